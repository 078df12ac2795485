#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A message that ends the worker that reads it is tried alone, later, and in the end stored away; all others flow.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

poison=$BUILD/t/shim/poison.so
[ -e "$poison" ] || skip_all "$poison was not built"
case $BUILD in *sanitize*) skip_all "the sanitizer's runtime can't be preloaded over" ;; esac

# Notices are collected in a file.
cat >"$scratch/sendmail" <<END
#!/bin/sh
{ echo "ARGUMENTS: \$*"; cat; echo; } >>"$scratch/notices"
END
chmod 755 "$scratch/sendmail"

n=0
put() { # mail
	n=$((n + 1))
	last=$(queue_id $((1795341598 + n)) $n)
	queue_put "$ms_in" "$last" "$1" 192.0.2.7 alice@sender.test bob@example.test
}
poisoned() { # how
	sed "1s/^/X-Poison: $1\n/" "$root/t/mail/text.eml" >"$scratch/poisoned.eml"
	put "$scratch/poisoned.eml"
	bad=$last
}
# The shim reads what the worker reads; the second pread of a quarantine copy may not die again, so it looks at -H only.
start() {
	POISON_MARK=$scratch/mark LD_PRELOAD=$poison ms_start
}
others_arrived() {
	[ "$(ls "$ms_out" | grep -c -e '-H$')" = "$1" ]
}

ms_config "Queue Scan Interval = 1" "Maximum Processing Attempts = 2" "Max Children = 1" \
    "Sendmail = $scratch/sendmail" "Notices To = postmaster@example.test" \
    "Quarantine Denial Of Service = no"
for i in 1 2 3; do put "$root/t/mail/text.eml"; done
poisoned die
for i in 1 2 3; do put "$root/t/mail/text.eml"; done
start
ok "the rest of its batch is delivered" wait_until 20 others_arrived 6
ok "the worker's end is logged" grep -q 'Process did not exit cleanly, returned 0 with signal' "$ms_log"
ok "the message is blamed by name" wait_until 10 grep -q "$bad: a worker ended over it (attempt 1)" "$ms_log"
put "$root/t/mail/text.eml"
ok "new mail flows while it waits" wait_until 10 others_arrived 7
ok "it is tried again" wait_until 20 grep -q "$bad: a worker ended over it (attempt 2)" "$ms_log"
ok "storing it away is tried too, and ends a worker as well: then it is left for good" \
    wait_until 40 grep -q "$bad: .*given up" "$ms_log"
ok "it is still in the incoming queue, untouched" test -e "$ms_in/$bad-H" -a -e "$ms_in/$bad-D"
ms processing --more-than=0 >"$scratch/processing"
ok "it is listed in the archive of attempts" grep -q "$bad" "$scratch/processing"
ms_stop
: >"$ms_log"
ms_start
put "$root/t/mail/text.eml"
ok "after a restart mail flows" wait_until 10 others_arrived 8
ok "and what was given up stays given up" test -e "$ms_in/$bad-H"
ms_stop
rm -f "$ms_in"/*

# Only the look at it ends the worker, not the copy: it is stored in the quarantine, and the postmaster is told.
ms_config "Queue Scan Interval = 1" "Maximum Processing Attempts = 1" "Max Children = 1" \
    "Sendmail = $scratch/sendmail" "Notices To = postmaster@example.test" "Batch Time Limit = 2"
: >"$ms_log"
poisoned hang
start
ok "a message that never ends is ended by Batch Time Limit" \
    wait_until 20 grep -q "$bad: a worker ended over it (attempt 1)" "$ms_log"
ms_stop KILL
ms_start
ok "after its last attempt it is quarantined" \
    wait_until 20 grep -q "Quarantined message $bad as it caused MailScanner to crash several times" "$ms_log"
ok "the line that parsers know is there" \
    ms_logged "Warning: skipping message $bad as it has been attempted too many times"
gone() { [ ! -e "$ms_in/$bad-H" ]; }
ok "it leaves the incoming queue" wait_until 10 gone
ok "the whole message is kept" test -s "$(echo "$scratch"/quarantine/*/"$bad"/message)"
ok "the postmaster is told" wait_until 10 grep -q "$bad" "$scratch/notices"
ms_stop

# A quarantine that can't be written to is no reason to give the message up.
: >"$ms_log"
rm -rf "$scratch/quarantine"/*
touch "$scratch/quarantine/$(date +%Y%m%d)"
poisoned hang
start
ok "(another that hangs)" wait_until 20 grep -q "$bad: a worker ended over it (attempt 1)" "$ms_log"
ms_stop KILL
ms_start
ok "a message that can't be quarantined stays" wait_until 20 grep -q "$bad: .*stays queued (quarantine)" "$ms_log"
is "it is not given up for that" "$(ms_count "$bad: given up")" 0
rm "$scratch/quarantine"/*
ok "it is quarantined as soon as that can be done" \
    wait_until 20 grep -q "Quarantined message $bad as it caused" "$ms_log"
ms_stop

# What is cut short because the program ends is not to blame for it, and is not forgotten either.
ms_config "Queue Scan Interval = 1" "Max Children = 1" "Worker Grace Period = 1"
: >"$ms_log"
poisoned hang
start
ok "(the batch is in work)" wait_until 10 grep -q "$bad" "$ms_state/work-0"
ms_stop
is "TERM: the daemon ends after its grace period" "$ms_status" 0
is "the message that was in work is not blamed" "$(ms_count "$bad: a worker ended over it")" 0
ok "what was in work is noted for the next start" grep -q "$bad" "$ms_state/work-0"
rm -f "$ms_in"/*

# A supervisor that is killed leaves a note of what was in work: it is tried again at once, alone.
ms_config "Queue Scan Interval = 60" "Max Children = 1"
: >"$ms_log"
for i in 1 2; do put "$root/t/mail/text.eml"; done
poisoned hang
rm -f "$scratch/mark"
start
ok "(the batch is in work)" wait_until 10 test -e "$scratch/mark"
before=$(ls "$ms_out" | grep -c -e '-H$')
ms_stop KILL
: >"$ms_log"
ms_start
ok "after a supervisor's end nothing waits" wait_until 10 others_arrived $((before + 3))
is "each was taken alone" "$(ms_lines | grep -c '^New Batch: Scanning 1 messages')" 3
ms_stop
rm -f "$ms_in"/*

# One that ends its supervisor each time it is tried alone is counted, without a wait.
ms_config "Queue Scan Interval = 60" "Max Children = 1" "Maximum Processing Attempts = 2" \
    "Sendmail = $scratch/sendmail"
: >"$ms_log"
poisoned hang
for round in 1 2 3; do
	rm -f "$scratch/mark"
	start
	ok "(it is in work, round $round)" wait_until 10 test -e "$scratch/mark"
	ms_stop KILL
	: >"$ms_log"
done
ms_start
ok "a message that ends its supervisor again and again is stored away in the end" \
    wait_until 20 grep -q "Quarantined message $bad as it caused" "$ms_log"
ms_stop
finish
