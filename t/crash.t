#!/bin/bash
# Stopped, refused or cut off from power at a sample of its file-system calls, the hand-over loses and doubles nothing.
# All calls: make crash.
exec "$(dirname "$0")/crash/run"
