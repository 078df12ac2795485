#!/bin/bash
# With `profile = compat` the program makes of real queue files what MailScanner 5.5.3 made of them, decisions aside.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"

golden=$root/../shared/golden
[ -d "$golden" ] || skip_all "the reference's runs (../shared/golden) are not here"

# The base configuration of the reference's runs, in so far as it differs from MailScanner 5's own defaults. The reference
# had a scanner; this version has none, and says "clean" only when none is named.
base=(
	"Profile = compat"
	"Virus Scanners = none"
	"Sign Clean Messages = no" # bodies are compared
	"Information Header Value = Please contact the ISP for more information"
	"Unscanned Header Value = Not scanned: please contact your Internet E-Mail Service Provider for details"
	"Log Speed = yes"
	"Max Children = 1"
)

compare() { # name, what not to compare
	local status what detail any=
	while IFS=$'\t' read -r status what detail; do
		any=yes
		[[ $what != *"${2-nothing}" ]] || continue
		tap_result "$status" "$what"
		[ "$status" = 0 ] || echo "# ${detail:0:800}"
	done < <("$python" "$root/t/lib/golden.py" "$golden/$1" "$ms_out" "$ms_log" "$golden/$1/before")
	[ -n "$any" ] || tap_result 1 "$1: is compared"
}

run_case() { # name status lines...
	local name=$1 status=$2 file
	shift 2
	rm -rf "$ms_in" "$ms_out" "$ms_state" "$ms_log"
	ms_config "${base[@]}" "$@"
	for file in "$golden/$name/before"/*; do
		cp "$file" "$ms_in"
	done
	chmod 640 "$ms_in"/*
	ok "$name: once ends as it should" ms_once "$status"
}

overrides() {
	[ ! -e "$golden/$1/overrides" ] || sed "s#=rules/#=$golden/rules/#" "$golden/$1/overrides"
}

for name in nosign_text nosign_attach nosign_multi_rcpt clean_text clean_attach clean_html multi_rcpt \
    null_sender eightbit utf8_subject local_bm novirus_noscan rule_to; do
	mapfile -t lines < <(overrides "$name")
	run_case "$name" 0 "${lines[@]}"
	is "$name: the incoming queue is empty" "$(ls "$ms_in")" ""
	compare "$name"
done

# Thirty messages are a batch. The reference, run for one batch, left five; `once` goes on.
run_case over_batch 0
compare over_batch "logs the reference's lines"
is "over_batch: the first batch is the reference's" "$(ms_lines | grep '^New Batch' | head -n 2)" \
    "$(grep '^New Batch' "$golden/over_batch/log")"
is "over_batch: the second is what it left" "$(ms_lines | grep '^New Batch' | sed 1,2d)" \
    "New Batch: Scanning 5 messages, $(cat "$golden"/over_batch/in_after/* | wc -c) bytes"

# Of the five messages of this batch four are spam or have something in them that only later versions look for.
mapfile -t lines < <(overrides nosign_batch)
run_case nosign_batch 0 "${lines[@]}"
find "$ms_out" -name '*-H' ! -name '*-2X-H' -delete
compare nosign_batch "logs the reference's lines"
is "nosign_batch: one batch of five" "$(ms_count "New Batch: Scanning 5 messages, 7965 bytes")" 1

# Scan Messages = no: not a byte is changed. The reference's `Spam Checks: Starting` there is no line of ours.
mapfile -t lines < <(overrides unscanned)
run_case unscanned 0 "${lines[@]}"
for file in "$golden"/unscanned/before/*; do
	same "unscanned: ${file##*/} passes untouched" "$ms_out/${file##*/}" "$file"
done
ok "unscanned: the log says so" ms_logged "Unscanned: Delivered 1 messages"

# Archive Mail: queue files in DIRECTORY/yyyymmdd, and the line that names them.
run_case archive_mail 0 "Archive Mail = $scratch/archive"
compare archive_mail
for file in "$golden"/archive_mail/before/*; do
	same "archive_mail: ${file##*/} is in the archive" "$scratch/archive/$(date +%Y%m%d)/${file##*/}" "$file"
done

# A lock that another process holds, as Exim does it: that message stays, the other goes.
rm -rf "$ms_in" "$ms_out" "$ms_state" "$ms_log"
ms_config "${base[@]}"
cp "$golden"/locked/before/* "$ms_in"
chmod 640 "$ms_in"/*
stays=$(basename "$golden"/locked/in_after/*-D)
mkfifo "$scratch/locked" "$scratch/release"
"$python" -c '
import fcntl, sys
data = open(sys.argv[1], "r+b")
fcntl.lockf(data, fcntl.LOCK_EX, 19)
open(sys.argv[2], "w").close()
open(sys.argv[3]).close()' "$ms_in/$stays" "$scratch/locked" "$scratch/release" &
locker=$!
: <"$scratch/locked"
ok "locked: once ends with 75" ms_once 75
: >"$scratch/release"
wait "$locker"
is "locked: the same message stays" "$(ls "$ms_in")" "$(ls "$golden/locked/in_after")"
compare locked

# Decision: -H is read strictly. The reference delivered two damaged ones, without their
# headers or recipients; here they stay, and the log names all that are invalid.
run_case invalid_queue 75
is "invalid_queue: only the whole message goes" "$(ls "$ms_out")" "$(cd "$golden/invalid_queue/before" && ls 1xV51H*)"
is "invalid_queue: all others stay" "$(ls "$ms_in")" "$(cd "$golden/invalid_queue/before" && ls 1xAAAA*)"
for n in 1 2 4 6; do
	ok "invalid_queue: the log names 1xAAAA-00000$n-aa" \
	    grep -Eq "New Batch: Found invalid queue files: .*1xAAAA-00000$n-aa " "$ms_log"
done

# Delivery Method = batch: the MTA is told at once.
cat >"$scratch/sendmail2" <<-END
	#!/bin/sh
	echo "\$PWD|\$*" >>"$scratch/kicked"
END
chmod 755 "$scratch/sendmail2"
run_case deliver_batch 0 "Delivery Method = batch" "Sendmail2 = $scratch/sendmail2" "Deliver In Background = no"
is "deliver_batch: Sendmail2 gets -Mc and the id" "$(sed 's/.*|//' "$scratch/kicked")" \
    "-Mc $(basename "$golden"/deliver_batch/before/*-H -H)"
compare deliver_batch

# Decision: rules see the client address without brackets and port, so address rules match.
for n in 1 2 4; do
	ms_config "${base[@]}" "Is Definitely Not Spam = $golden/rules/ip$n.rules"
	is "rule_ip$n: the address rule matches" \
	    "$(ms value "Is Definitely Not Spam" --from alice@sender.test --to bob@example.test --ip 127.0.0.1 | head -n 1)" "Is Definitely Not Spam = yes"
done
finish
