#!/bin/bash
# Seeds, and every input that fuzzing has found to do harm, are read without harm.
set -eu
. "$(dirname "$0")/lib/tap.sh"
corpus=$root/../shared/corpus

# Some of the sample files that are of a target's kind, for what seeds of our own don't cover.
samples() { # target
	[ -d "$corpus" ] || return 0
	case $1 in
	reading | rewrite) find "$corpus/mail" -type f -size -40k | sort | awk 'NR % 20 == 0' ;;
	unpack) find "$corpus/attachments" -type f -size -100k ! -name '*.uu' | sort | awk 'NR % 5 == 0' ;;
	html) find "$corpus/mail/rspamd" -type f -size -100k | sort | awk 'NR % 5 == 0' ;;
	exim_control) find "$corpus/queue/exim" -name '*-H*' | sort | awk 'NR % 20 == 0' ;;
	esac
}

for target in "$root"/t/fuzz/*.c; do
	name=$(basename "$target" .c)
	mapfile -t files < <({ find "$root/t/fuzz/seeds/$name" -type f 2>/dev/null | sort; samples "$name"; })
	ok "$name: ${#files[@]} inputs do no harm" timeout 300 "$BUILD/t/fuzz/$name" "${files[@]}"
done
finish
