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

# What Exim has delivered of it, but for what it put on top.
arrived() {
	sed -n '/^From: /,$p' "$exim_delivered/$1"
}

rm -f "$exim_delivered"/*
new=$(ms quarantine release "$id" | sed 's/.* as //')
ok "release puts it into the outgoing queue" test -e "$exim_out/$new-H"
ok "where Exim finds nothing wrong with it" eval '$exim_kick -bp | grep -q "$new <alice@sender.test>"'
exim_deliver "$new"
ok "it arrives" wait_until 10 test -e "$exim_delivered/$new"
is "as it was sent" "$(arrived "$new" | sha256sum)" "$(sha256sum <"$root/t/mail/program.eml")"
ok "with the header that says so" grep -q '^X-Example-MailScanner-Released: by ' "$exim_delivered/$new"
is "and leaves the queue" "$(exim_ids "$exim_out")" ""
is "once" "$(ls "$exim_delivered" | wc -l)" 1

# As queue files, of a body in wire format; and where messages are delivered at once, those are too.
sed -i 's/^Delivery Method = .*/Delivery Method = batch/' "$ms_conf"
echo "Quarantine Whole Messages As Queue Files = yes" >>"$ms_conf"
id=$("$python" "$root/t/lib/mail.py" one "$exim_address" "$exim_port" alice@sender.test bob@example.test <"$root/t/mail/program.eml")
ok "another is stopped" ms_once
ok "and kept as queue files" eval 'ms quarantine show "$id" | grep -q "$id-H"'
wait_until 10 test -e "$exim_delivered/$id"
rm -f "$exim_delivered"/*
new=$(ms quarantine release "$id" --recipient carol@example.test | sed 's/.* as //')
ok "it is delivered without being asked" wait_until 10 test -e "$exim_delivered/$new"
is "as it was sent, too" "$(arrived "$new" | sha256sum)" "$(sha256sum <"$root/t/mail/program.eml")"
ok "to the recipient that was named" grep -q "=> .*carol@example.test\|$new => .*<carol@example.test>" "$exim_out_log"
ok "Exim has nothing to complain of" test ! -s "$exim_home/out/log/paniclog"
finish
