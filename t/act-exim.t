#!/bin/bash
# Between two real Exims: a bad attachment is replaced and kept, its sender and the postmaster are told, and what was kept is given back.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/exim.sh"
. "$(dirname "$0")/lib/mailscanner.sh"

exim_require
exim_setup
exim_start
# Mail of our own goes the way of the outgoing Exim at once.
ms_config "Sendmail = $exim_kick -odi" "Sendmail2 = $exim_kick -odi" "Quarantine Whole Message = yes" \
    "Local Postmaster = postmaster@example.test" "Notices To = admin@example.test" "Run As User ="

deliveries() {
	grep -rlE "$1" "$exim_delivered" 2>/dev/null || :
}

id=$("$python" "$root/t/lib/mail.py" one "$exim_address" "$exim_port" alice@sender.test bob@example.test <"$root/t/mail/program.eml")
ok "once" ms_once
exim_deliver "$id"
ok "the message arrives" wait_until 10 test -e "$exim_delivered/$id"
ok "without the program" eval '! grep -q TVqQ "$exim_delivered/$id"'
ok "with a text in its place" grep -q 'File:    setup.exe' "$exim_delivered/$id"
ok "and a subject that says so" grep -q '^Subject: {Filename?} a program for you' "$exim_delivered/$id"
ok "Python's parser reads it" "$python" -c '
import email, sys
message = email.message_from_binary_file(open(sys.argv[1], "rb"))
parts = [part.get_content_type() for part in message.walk()]
assert parts == ["multipart/mixed", "text/plain", "text/plain"], parts
assert not any(part.defects for part in message.walk())' "$exim_delivered/$id"
ok "the sender is warned" wait_until 10 test -n "$(deliveries '^To: <alice@sender.test>')"
ok "by a mail that nothing answers" grep -q '^Auto-Submitted: auto-replied' $(deliveries '^To: <alice@sender.test>')
ok "the postmaster gets a notice" wait_until 10 test -n "$(deliveries '^To: admin@example.test')"

rm -f "$exim_delivered"/*
ok "release" ms quarantine release "$id"
ok "it arrives as it was sent" wait_until 10 grep -rq '^TVqQAAMAAAAEAAAA' "$exim_delivered"
ok "with the header that says so" grep -rq '^X-Example-MailScanner-Released: by ' "$exim_delivered"
finish
