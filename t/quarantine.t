#!/bin/bash
# What is kept is found, shown, given back and thrown away.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

today=$(date +%Y%m%d)
ms_config "Quarantine Whole Message = yes" "Notify Senders = no" "Send Notices = no"
queue_put "$ms_in" 1xV4MY-0004iP-0c "$root/t/mail/program.eml" 192.0.2.7 alice@sender.test bob@example.test dora@example.test
queue_put "$ms_in" 1xV4MZ-0004iP-0c "$root/t/mail/program.eml" 192.0.2.7 eve@other.test bob@example.test
ok "two messages are stopped" ms_once

is "ls shows both" "$(ms quarantine ls | sed 1d | awk '{ print $1, $2, $4 }')" "$today 1xV4MY-0004iP-0c alice@sender.test
$today 1xV4MZ-0004iP-0c eve@other.test"
is "by sender" "$(ms quarantine ls --from EVE | sed 1d | awk '{ print $2 }')" 1xV4MZ-0004iP-0c
is "by recipient" "$(ms quarantine ls --to dora | sed 1d | awk '{ print $2 }')" 1xV4MY-0004iP-0c
is "by reason" "$(ms quarantine ls --reason setup.exe | sed 1d | wc -l)" 2
is "by day" "$(ms quarantine ls --until 20200101 | sed 1d | wc -l)" 0
ok "as JSON" eval 'ms quarantine ls --json | "$python" -c "
import json, sys
all = json.load(sys.stdin)
assert [one[\"sender\"] for one in all] == [\"alice@sender.test\", \"eve@other.test\"], all
assert all[0][\"recipients\"] == [\"bob@example.test\", \"dora@example.test\"], all
assert all[0][\"whole\"] and sorted(all[0][\"files\"]) == [\"envelope\", \"message\", \"setup.exe\"], all"'
is "what a name and a type are forbidden for is told once" \
    "$(ms quarantine show --json 1xV4MY-0004iP-0c | grep -c "Programs are often")" 1
ok "show tells what was found" eval 'ms quarantine show 1xV4MY-0004iP-0c | grep -q "^Findings: .*setup.exe"'
ok "show --message prints it as it came" eval \
    'ms quarantine show --message 1xV4MY-0004iP-0c | grep -v "^Received:\|^	" | cmp - "$root/t/mail/program.eml"'
rm -f "$ms_state/quarantine.db"
is "an index that is lost is made again" "$(ms quarantine ls | sed 1d | wc -l)" 2
echo "no database" >"$ms_state/quarantine.db"
is "and one that is damaged" "$(ms quarantine ls | sed 1d | wc -l)" 2

# What the outgoing queue has of a message: its envelope's addresses, and its body.
out() { # ID what
	case $2 in
	sender) sed -n 3p "$ms_out/$1-H" ;;
	recipients) sed -n '/^XX$/,/^$/p' "$ms_out/$1-H" | sed '1,2d;/^$/d' | tr '\n' ' ' ;;
	body) sed 1d "$ms_out/$1-D" ;;
	esac
}

# Releases; the new id is in $new.
release() {
	local status=0
	ms quarantine release "$@" >"$scratch/said" 2>"$scratch/error" || status=$?
	new=$(sed -n 's/^.*: released as //p' "$scratch/said")
	return $status
}

# The status that this ends with, and a text on standard error.
fails() { # STATUS TEXT WORDS...
	local wanted=$1 text=$2 status=0
	shift 2
	ms quarantine "$@" >"$scratch/said" 2>"$scratch/error" || status=$?
	cat "$scratch/error"
	[ $status = "$wanted" ] && grep -q -- "$text" "$scratch/error"
}

body=$(sed '1,/^$/d' "$root/t/mail/program.eml" | sha256sum)
before=$(find "$ms_out" -name '*-H' | wc -l)
ok "release gives it back" release 1xV4MY-0004iP-0c --by carol
ok "under a new id" test -n "$new" -a "$new" != 1xV4MY-0004iP-0c
is "to its sender's name" "$(out "$new" sender)" "<alice@sender.test>"
is "and its recipients" "$(out "$new" recipients)" "bob@example.test dora@example.test "
ok "with a header that says so" eval 'ms_headers "$ms_out/$new-H" | grep -Eq "^X-Example-MailScanner-Released: by carol on 20"'
ok "but for that as it came" eval 'ms_headers "$ms_out/$new-H" | sed 1d | cmp - <(ms quarantine show --message 1xV4MY-0004iP-0c | sed "/^\$/,\$d")'
is "and all that was in it" "$(out "$new" body | sha256sum)" "$body"
is "and once" "$(($(find "$ms_out" -name '*-H' | wc -l) - before))" 1
ok "nothing is left beside it" eval '! find "$ms_out" "$ms_state" -name "*-T" -o -name "*.released" | grep .'
ok "the client it came from is still known" grep -q '^--host_address \[192.0.2.7\]' "$ms_out/$new-H"
ok "that it was released is noted beside it" grep -q '^By: carol$' "$scratch/quarantine/$today/1xV4MY-0004iP-0c/.released"
ok "and told" eval 'ms quarantine ls | grep "1xV4MY.* whole, released" && ms quarantine show 1xV4MY-0004iP-0c | grep "^Released: .*20"'
ok "a second time is refused" fails 65 "was released before on 20.* by carol" release 1xV4MY-0004iP-0c
ok "but for those who insist" release 1xV4MY-0004iP-0c --again --recipient "carol@example.test" --recipient '"d e"@example.test'
is "to somebody else" "$(out "$new" recipients)" 'carol@example.test "d e"@example.test '
ok "which is noted, too" grep -q '^Recipient: <"d e"@example.test>$' "$scratch/quarantine/$today/1xV4MY-0004iP-0c/.released-1"
ok "as JSON" eval 'ms quarantine ls --json | "$python" -c "
import json, sys, time
one = json.load(sys.stdin)[0]
assert [note[\"recipients\"] for note in one[\"released\"]] == [[\"bob@example.test\", \"dora@example.test\"], [\"carol@example.test\", \"\\\"d e\\\"@example.test\"]], one
assert one[\"released\"][0][\"by\"] == \"carol\", one
assert one[\"stored\"] <= one[\"released\"][0][\"released\"] <= time.time(), one
assert sorted(one[\"files\"]) == [\"envelope\", \"message\", \"setup.exe\"], one"'
ok "one that is not there is an error that names it" fails 66 1xV4M0-0004iP-0c release 1xV4M0-0004iP-0c
ok "what is no address is one" fails 64 "carol: no address" release 1xV4MZ-0004iP-0c --recipient carol
ok "and nothing is released" absent "$scratch/quarantine/$today/1xV4MZ-0004iP-0c/.released"
ok "what came of it is told as JSON" eval 'ms quarantine release --json 1xV4MY-0004iP-0c 1xV4MZ-0004iP-0c 2>/dev/null | "$python" -c "
import json, sys
all = json.load(sys.stdin)
assert [one[\"released\"] for one in all] == [False, True], all
assert \"released before\" in all[0][\"error\"] and all[0][\"new_id\"] is None, all
assert all[1][\"error\"] is None and len(all[1][\"new_id\"]) == 16, all"'
ok "a file of it is written as it is" eval 'ms quarantine show 1xV4MZ-0004iP-0c --file setup.exe | cmp - "$scratch/quarantine/$today/1xV4MZ-0004iP-0c/setup.exe"'
ok "one that it has not is an error" fails 66 "no such file" show 1xV4MZ-0004iP-0c --file ../1xV4MY-0004iP-0c/setup.exe
ln -s /etc/passwd "$scratch/quarantine/$today/1xV4MZ-0004iP-0c/link"
ok "and a link is not followed" fails 66 "" show 1xV4MZ-0004iP-0c --file link
ok "nothing was written" test ! -s "$scratch/said"

# Messages kept in other shapes; $kept is their directory.
kept=$scratch/quarantine/20200202
mkdir -p "$kept/1bbbbb-000001-aa" "$kept/1bbbbb-000002-aa" "$kept/1bbbbb-000003-aa" "$kept/1bbbbb-000004-aa" "$kept/spam"
queue_put "$kept/1bbbbb-000001-aa" 1bbbbb-000001-aa "$root/t/mail/program.eml" 192.0.2.9 alice@sender.test bob@example.test
ok "queue files are released" release 1bbbbb-000001-aa
is "to whom they say" "$(out "$new" sender)$(out "$new" recipients)" "<alice@sender.test>bob@example.test "
is "whole" "$(out "$new" body | sha256sum)" "$body"
ok "and stay as they were" test -e "$kept/1bbbbb-000001-aa/1bbbbb-000001-aa-H"
echo MZ >"$kept/1bbbbb-000002-aa/setup.exe"
ok "of files alone there is no message to release" fails 65 "no whole message, only files of it were kept (setup.exe)" \
    release 1bbbbb-000002-aa --recipient bob@example.test
cp "$root/t/mail/program.eml" "$kept/spam/1bbbbb-000005-aa"
ok "who shall receive it must be known" fails 65 "its recipients were not noted" release 1bbbbb-000005-aa
ok "or said" release 1bbbbb-000005-aa --recipient bob@example.test
is "a message that is one file is whole" "$(out "$new" body | sha256sum)" "$body"
is "nobody gets its bounces" "$(out "$new" sender)" "<>"
ok "its note lies beside it" test -e "$kept/spam/.1bbbbb-000005-aa.released"
ok "and counts" fails 65 "released before" release 1bbbbb-000005-aa --recipient bob@example.test
: >"$kept/1bbbbb-000003-aa/message"
ok "an empty message is damaged" fails 65 "is empty" release 1bbbbb-000003-aa --recipient bob@example.test
queue_put "$kept/1bbbbb-000004-aa" 1bbbbb-000004-aa "$root/t/mail/program.eml" 192.0.2.9 alice@sender.test bob@example.test
sed -i '3,$d' "$kept/1bbbbb-000004-aa/1bbbbb-000004-aa-H"
ok "and so is a queue file that is cut" fails 65 "line 3" release 1bbbbb-000004-aa
rm "$kept/1bbbbb-000004-aa/1bbbbb-000004-aa-D"
ok "or half of them" fails 65 "is missing" release 1bbbbb-000004-aa
ln -s "$kept/1bbbbb-000001-aa" "$kept/1bbbbb-000006-aa"
ok "a link is nobody's message" fails 66 "nothing is kept" release 1bbbbb-000006-aa
cp -r "$scratch/quarantine/$today/1xV4MZ-0004iP-0c" "$kept/1bbbbb-000007-aa"
ln -sf "$root/t/mail/program.eml" "$kept/1bbbbb-000007-aa/message"
rm -f "$kept/1bbbbb-000007-aa"/.released*
ok "nor is one followed to a message" fails 65 "open .*message" release 1bbbbb-000007-aa
mv "$ms_out" "$ms_out.away"
rm -f "$kept/1bbbbb-000001-aa/.released"
ok "without a queue it is to be tried again" fails 75 "$ms_out" release 1bbbbb-000001-aa
ok "and not noted" absent "$kept/1bbbbb-000001-aa/.released"
mv "$ms_out.away" "$ms_out"
rm -rf "$kept"

# A release that is killed when it was decided, and before the message was in the queue, is carried out by the daemon.
cut=$scratch/quarantine/20200204/1bbbbb-000008-aa
mkdir -p "$cut"
queue_put "$cut" 1bbbbb-000008-aa "$root/t/mail/program.eml" 192.0.2.9 alice@sender.test bob@example.test
sed -i '/^Queue Scan Interval/d' "$ms_conf"
echo "Queue Scan Interval = 1" >>"$ms_conf"
under() {
	"$BUILD/t/crash/under" --scope "$ms_state" --shim "$BUILD/t/shim/fault.so" "$@" -- "$MAILSCANNER" -c "$ms_conf" quarantine release 1bbbbb-000008-aa
}
under --trace "$scratch/trace" >/dev/null 2>&1
decided=$(grep -n "^fdatasync	release.journal" "$scratch/trace" | tail -n 1 | cut -d: -f1)
rm -f "$cut"/.released "$ms_out"/*
ms_start
ok "the daemon runs" wait_until 10 test -e "$scratch/mailscanner.pid"
case $(under --mode kill-after --at "$decided" 2>&1) in killed*) killed=0 ;; *) killed=1 ;; esac
ok "a release is killed" test $killed = 0
ok "the daemon puts the message into the queue" wait_until 20 eval 'ls "$ms_out"/*-H'
ok "and notes it" wait_until 10 test -e "$cut/.released"
is "once" "$(ls "$ms_out" | wc -l)" 2
ms_stop
ok "which is known to the next" fails 65 "released before" release 1bbbbb-000008-aa
rm -rf "$scratch/quarantine/20200204"

# What was kept because its body was to be changed.
ms_config "Quarantine Modified Body = yes" "Allow Form Tags = disarm" "Notify Senders = no" "Send Notices = no"
queue_put "$ms_in" 1xV4N0-0004iP-0c "$root/t/mail/form.eml" 192.0.2.7 alice@sender.test bob@example.test
ok "a form is disarmed" ms_once
ok "in the message" eval '! grep -q "<form " "$ms_out/1xV4N0-0004iP-0c-D"'
ok "and its original released" release 1xV4N0-0004iP-0c
is "as it was before" "$(out "$new" body | sha256sum)" "$(sed '1,/^$/d' "$root/t/mail/form.eml" | sha256sum)"

ok "delete" ms quarantine delete 1xV4MZ-0004iP-0c
ok "removes it from disk" absent "$scratch/quarantine/$today/1xV4MZ-0004iP-0c"
is "and from the list" "$(ms quarantine ls | sed 1d | wc -l)" 2
mkdir -p "$scratch/quarantine/20200101/1aaaaa-000001-aa" "$scratch/quarantine/20200101/spam"
echo x >"$scratch/quarantine/20200101/1aaaaa-000001-aa/old.exe"
echo "Subject: x" >"$scratch/quarantine/20200101/spam/1aaaaa-000002-aa"
is "what MailScanner kept is listed too" "$(ms quarantine ls --until 20200101 | sed 1d | awk '{ print $2 }' | sort | tr '\n' ' ')" \
    "1aaaaa-000001-aa 1aaaaa-000002-aa "
for ago in 0 29 30 31; do
	mkdir -p "$scratch/quarantine/$(date -d "$ago days ago" +%Y%m%d)/1bbbbb-0000$ago-aa"
done
mkdir -p "$scratch/quarantine/20200101/spam/.deleted-1" "$scratch/quarantine/20200101x/1ccccc-000001-aa" "$scratch/quarantine/kept"
ok "clean" ms quarantine clean --days 30
ok "keeps so many days" test -e "$scratch/quarantine/$(date -d "30 days ago" +%Y%m%d)/1bbbbb-000030-aa"
ok "and today" test -e "$scratch/quarantine/$today/1bbbbb-00000-aa"
ok "and no more" absent "$scratch/quarantine/$(date -d "31 days ago" +%Y%m%d)"
ok "and nothing that is no day" test -e "$scratch/quarantine/20200101x/1ccccc-000001-aa" -a -e "$scratch/quarantine/kept"
ok "another number of days" ms quarantine clean --days 29
ok "keeps fewer" absent "$scratch/quarantine/$(date -d "30 days ago" +%Y%m%d)"
ok "a number that is none is an error" fails 64 "" clean --days -1
rm -r "$scratch"/quarantine/*/1bbbbb-*
ok "removes old days" absent "$scratch/quarantine/20200101/1aaaaa-000001-aa"
ok "and their directories" absent "$scratch/quarantine/20200101"
is "and nothing else" "$(ms quarantine ls | sed 1d | wc -l)" 2
finish
