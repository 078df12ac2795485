#!/bin/bash
# `once` works what can be worked now, says by its status whether something stays, and doesn't wait for more.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

quickly() { # a tenth of the scan interval is plenty
	local start=$EPOCHREALTIME
	"$@" || return 1
	local took=$((${EPOCHREALTIME/[.,]/} - ${start/[.,]/}))
	[ "$took" -lt 3000000 ] || { echo "it took $took microseconds"; return 1; }
}
put() {
	queue_put "$ms_in" "$(queue_id 1795341598 "$1")" "$root/t/mail/text.eml" 192.0.2.7 alice@sender.test bob@example.test
}

ms_config "Queue Scan Interval = 30"
ok "an empty queue: it ends at once, with 0" quickly ms_once 0

put 1
put 2
ok "two messages: 0" quickly ms_once 0
is "and they are in the outgoing queue" "$(ls "$ms_out" | grep -c -e '-H$')" 2

put 3
sed -i 's/^-deliver_firsttime$/&\n-frozen 1795341598/' "$ms_in"/*-H
ok "a frozen message: 75" quickly ms_once 75
ok "and again 75" quickly ms_once 75
put 4
ok "beside it one that can go: 75" quickly ms_once 75
is "and it went" "$(ls "$ms_out" | grep -c -e '-H$')" 3

for n in $(seq 10 109); do
	put "$n"
done
ok "a hundred, in several batches" ms_once 75
is "and all went" "$(ls "$ms_out" | grep -c -e '-H$')" 103
is "no batch was larger than thirty" "$(ms_lines | grep -Eo '^New Batch: Scanning [0-9]+' | grep -oE '[0-9]+$' | sort -n | tail -n 1)" 30
rm "$ms_in"/*

put 200
put 201
id=$(queue_id 1795341598 201)
ok "--id takes only that message" timeout 60 "$MAILSCANNER" -c "$ms_conf" --log stderr once --id "$id"
is "and leaves the other" "$(ls "$ms_in")" "$(queue_id 1795341598 200)-D
$(queue_id 1795341598 200)-H"

# Exim writes no NUL into a queue file: one that holds one is damaged, and nobody guesses what it was.
for field in Subject: alice@ "<alice" ; do
	rm -f "$ms_in"/* "$ms_out"/* "$ms_log"
	put 210
	put 211
	id=$(queue_id 1795341598 210)
	"$python" - "$ms_in/$id-H" "$field" <<-'END'
		import sys
		path, field = sys.argv[1], sys.argv[2].encode()
		text = open(path, "rb").read()
		at = text.rindex(field) + len(field)
		open(path, "wb").write(text[:at] + b"\0" + text[at + 1:])
	END
	cp "$ms_in/$id-H" "$scratch/damaged"
	ok "a NUL behind $field: 75" ms_once 75
	same "the message stays as it is" "$ms_in/$id-H" "$scratch/damaged"
	ok "its data, too" test -e "$ms_in/$id-D"
	ok "the log says where" grep -q "$id-H line [0-9]*: expected .*NUL" "$ms_log"
	is "the other goes" "$(ls "$ms_out" | grep -e '-H$')" "$(queue_id 1795341598 211)-H"
	ok "it is shown, with what is wrong" eval 'ms ls --json 2>/dev/null | grep -q NUL'
done
rm -f "$ms_in"/* "$ms_out"/*
put 200

echo "Queue Scan Interval = soon" >>"$ms_conf"
ok "a value that can't be used is a warning, and the default counts" ms_once 0
echo "this is no setting" >>"$ms_conf"
ok "a configuration that can't be used: 78" ms_once 78
sed -i '$d' "$ms_conf"
sed -i "s#^Outgoing Queue Dir = .*#Outgoing Queue Dir = $scratch/none#" "$ms_conf"
put 300
ok "no outgoing queue directory: the message stays" eval 'ms_once 75 || ms_once 78'
is "(it is there)" "$(ls "$ms_in" | grep -c -e '-H$')" 1

# A worker that can't open its journal ends, and the message that waited for it is not to blame.
ms_config
rm -rf "$ms_in"/* "$ms_state"/worker-*.journal
mkdir "$ms_state/worker-0.journal"
put 400
ok "no worker can work: 75" ms_once 75
ok "the log says why" grep -q "worker-0.journal: Is a directory" "$ms_log"
is "no attempt at the message is counted" "$(ms_count "a worker ended over it")" 0
rmdir "$ms_state/worker-0.journal"
ok "when that is mended, it goes on" ms_once 0

status=0
"$MAILSCANNER" --no-such-option >/dev/null 2>&1 || status=$?
is "an option that doesn't exist: 64" "$status" 64
status=0
"$MAILSCANNER" -c "$ms_conf" nonsense >/dev/null 2>&1 || status=$?
is "a command that doesn't exist: 64" "$status" 64
# A rule that decides the outgoing queue, and a resolver that doesn't answer: the default would be a guess.
rm -rf "$ms_in" "$ms_out" "$ms_state"
mkdir -p "$scratch/other"
printf 'From: host:mx.example.net %s\nFromOrTo: default %s\n' "$scratch/other" "$ms_out" >"$scratch/rules/out.rules"
ms_config "Outgoing Queue Dir = $scratch/rules/out.rules" "DNS Servers = 127.0.0.1:1" "DNS Timeout = 200"
queue_put "$ms_in" "$(queue_id 1795341598 77)" "$root/t/mail/text.eml" 192.0.2.7 alice@sender.test bob@example.test
ok "an outgoing queue that can't be told leaves the message where it is" ms_once 75
is "it is in no outgoing queue" "$(ls "$ms_out" "$scratch/other" | grep -c -e -H || :)" 0
is "it is in the incoming queue, as it came" "$(ls "$ms_in" | grep -c -e -H)" 1
ok "the log says what could not be told" grep -q "out.rules:1" "$ms_log"
finish
