#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A message that ends, stops or perverts the process that opens it bears the finding; all others flow, and none is lost.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

shim=$BUILD/t/shim/reader.so
[ -e "$shim" ] || skip_all "$shim was not built"
case $BUILD in *sanitize*) skip_all "the sanitizer's runtime can't be preloaded over" ;; esac

n=0
put() { # fault, or - for none
	n=$((n + 1))
	last=$(queue_id $((1795341598 + n)) $n)
	sed "1s/^/X-Reader: $1\n/" "$root/t/mail/text.eml" >"$scratch/mail.eml"
	queue_put "$ms_in" "$last" "$scratch/mail.eml" 192.0.2.7 alice@sender.test bob@example.test
}
once() { # more options of the program
	: >"$ms_log"
	LD_PRELOAD=$shim timeout 60 "$MAILSCANNER" -c "$ms_conf" --log stderr once "$@" 2>>"$ms_log"
}
blamed() { # id: is it, and nothing else?
	[ "$(grep -c 'could not be read' "$ms_log")" = 1 ] && grep -q "Message $1 could not be read: $2" "$ms_log"
}
arrived() { # how many left the incoming queue, and are in the outgoing one or the quarantine?
	[ -z "$(ls "$ms_in")" ] && [ $(($(ls "$ms_out" | grep -c -e '-H$') + $(quarantined))) = "$1" ]
}
quarantined() {
	find "$scratch/quarantine" -mindepth 2 -maxdepth 2 -type d | wc -l
}
empty() {
	rm -rf "$ms_in"/* "$ms_out"/* "$scratch/quarantine"/*
}

ms_config "Reader Timeout = 1" "Max Children = 1" "Sendmail = /bin/true"

# Killed from outside, over each message of a batch in turn.
rounds=0
for bad in 1 2 3 4 5 6 7 8 9 10; do
	empty
	for i in 1 2 3 4 5 6 7 8 9 10; do
		if [ $i = $bad ]; then put kill; else put -; continue; fi
		victim=$last
	done
	once || :
	if blamed "$victim" "the reader process was killed by signal 9" && arrived 10; then rounds=$((rounds + 1)); fi
done
is "a reader killed over the first, second ... tenth message of a batch costs that message and no other" $rounds 10
ok "(they were one batch)" grep -q 'Scanning 10 messages' "$ms_log"

empty
for i in 1 2 3 4 5 6 7 8 9 10; do put kill; done
once || :
is "killed over each of them, each bears the finding" "$(ms_count 'could not be read: the reader process was killed')" 10
ok "and none is lost" arrived 10
is "no worker ends" "$(ms_count 'did not exit cleanly')" 0

fault() { # word, text in the log
	empty
	put -
	put "$1"
	victim=$last
	put -
	once || :
	if [ -n "$2" ]; then
		ok "$1: the message is blamed: $2" blamed "$victim" "$2"
	else
		is "$1: nobody is blamed" "$(ms_count 'could not be read')" 0
	fi
	ok "$1: nothing is lost" arrived 3
}
fault crash "the reader process was killed by signal 11"
fault exit "the reader process ended with status 3"
fault hang "the reader process was not done in time"
fault nonsense "the reader process sent what is no answer"
fault lie "the reader process sent facts that can't be believed: a part lies outside"
fault socket "the reader process asked the kernel for something that it may not (seccomp)"
fault open ""

ms_config "Reader Timeout = 1" "Max Children = 1" "Sendmail = /bin/true" "Ignore Denial Of Service = yes"
empty
put crash
once || :
ok "Ignore Denial Of Service: it is logged" grep -q "$last could not be read: .*lets it pass" "$ms_log"
ok "and the message goes on" test -e "$ms_out/$last-H"
ok "as it came" eval '! grep -q Attachment-Warning "$ms_out/$last-D"'
ok "called neither clean nor infected" eval '! grep -q "Found to be" "$ms_out/$last-H"'

# Which limit it was.
ms_config "Reader Timeout = 1"
sed "1s/^/X-Reader: hang\n/" "$root/t/mail/text.eml" >"$scratch/mail.eml"
LD_PRELOAD=$shim ms check "$scratch/mail.eml" >"$scratch/said" 2>/dev/null || :
ok "the finding names the directive" grep -q '^denial: .* (Reader Timeout)$' "$scratch/said"

# Walls that the kernel lacks.
ms_config "Reader Timeout = 30" "Max Children = 1" "Sendmail = /bin/true"
empty
for i in 1 2 3; do put -; done
READER_OLD_KERNEL=1 once || :
is "a kernel without walls is told of once" "$(ms_count 'this kernel lacks Landlock seccomp: ')" 1
ok "and mail flows" arrived 3

# Without a process, in a debugger's hands, there is none to crash but the program itself.
ms_config "Debug = yes" "Max Children = 1"
empty
put -
: >"$ms_log"
"$MAILSCANNER" -c "$ms_conf" --log stderr once --one-batch 2>>"$ms_log"
ok "Debug: one process reads and delivers" arrived 1
finish
