#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""usage: listen.py SOCKET FILE: writes each datagram that comes to a UNIX socket into the file, as a line or more."""
import os
import socket
import sys

path, file = sys.argv[1:]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(path)
os.chmod(path, 0o777)
with open(file, "ab", buffering=0) as out:
    while True:
        out.write(listener.recv(65536).rstrip(b"\0\n") + b"\n")
