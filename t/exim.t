#!/bin/bash
# Mail of all shapes, taken by a real Exim and delivered by another, arrives as it was sent but for our headers.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/exim.sh"
. "$(dirname "$0")/lib/mailscanner.sh"

exim_require
exim_setup
exim_start
ms_config

mkdir "$scratch/sent" "$scratch/before"
"$python" "$root/t/lib/mail.py" send "$exim_address" "$exim_port" "$scratch/sent"

# A local program's message, by its name in the list of what was sent.
bm() { # name arguments...
	local name=$1 before after
	shift
	before=$(exim_ids "$exim_in")
	exim_bm "$@"
	after=$(exim_ids "$exim_in")
	echo "$name $(comm -13 <(echo "$before") <(echo "$after"))" >>"$scratch/sent/sent"
}
printf 'Subject: local\n\nA line, and one without newline' | bm bm-no-newline bob@example.test
printf 'To: a@example.test, b@example.test\nCc: c@example.test\nBcc: d@example.test\nSubject: t\n\n.\n..\n' | bm bm-recipients-from-headers -t
printf 'Subject: bounce\n\nA bounce.\n' | bm bm-null-sender -f '<>' bob@example.test
printf 'Subject: gr\374\337e\n\n\377\376\0\r\nCR \r before.\n' | bm bm-eight-bit -f alice@sender.test bob@example.test

cp -p "$exim_in"/* "$scratch/before"
total=$(exim_ids "$scratch/before" | wc -l)
exim_control

ok "once works the whole queue" ms_once
is "the incoming queue is empty after it" "$(ls "$exim_in")" ""
is "every message is in the outgoing queue" "$(exim_ids "$exim_out")" "$(exim_ids "$scratch/before")"
is "queue files keep owner and mode" \
    "$(stat -c '%U:%G %a' "$exim_out"/* | sort -u)" "Debian-exim:Debian-exim 640"

while read -r name id; do
	ok "$name: its -H file is as Exim wrote it but for our headers" \
	    "$python" "$root/t/lib/mail.py" headers "$ms_ours" "$scratch/before/$id-H" "$exim_out/$id-H"
	same "$name: its -D file is as Exim wrote it" "$exim_out/$id-D" "$scratch/before/$id-D"
	ok "$name: it has our headers" grep -aq "X-Example-MailScanner-ID: $id" "$exim_out/$id-H"
done <"$scratch/sent/sent"

exim_deliver $(exim_ids "$exim_out")
is "the outgoing Exim delivers all" "$(exim_ids "$exim_out")" ""
exim_arrives "$scratch/sent"

# The outgoing Exim itself acts on what the sender asked for by DSN (RFC 3461).
ok "a success notice comes with the sender's envelope id" \
    wait_until 10 grep -rqx 'Original-Envelope-ID: envelope+2Did' "$exim_delivered"
ok "the success notice names the original recipient" \
    grep -rqx 'Original-Recipient: rfc822;Orig+40one@example.test' "$exim_delivered"

is "the log's delivery lines add up" \
    "$(ms_lines | awk '/^Uninfected: Delivered [0-9]+ messages$/ { n += $3 } END { print n + 0 }')" "$total"
finish
