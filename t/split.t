#!/bin/bash
# Split By Recipient: where the rules treat recipients differently, a message leaves as several.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

id=1xV4MY-0004iP-0c
cat >"$scratch/sendmail" <<-END
	#!/bin/sh
	{ echo "ARGUMENTS: \$*"; cat; echo; } >>"$scratch/mails"
END
chmod 755 "$scratch/sendmail"
mkdir -p "$scratch/rules"
printf 'To: bob@example.test yes\nFromOrTo: default no\n' >"$scratch/rules/bob.rules"

printf 'To: bob@example.test no\nFromOrTo: default yes\n' >"$scratch/rules/others.rules"

put() { # mail lines...
	local mail=$1
	shift
	rm -rf "$ms_in" "$ms_out" "$ms_state" "$ms_log" "$scratch/quarantine" "$scratch/mails"
	ms_config "Sendmail = $scratch/sendmail" "Local Postmaster = pm@example.test" "Notices To = pm@example.test" "$@"
	queue_put "$ms_in" "$id" "$root/t/mail/$mail.eml" 192.0.2.7 alice@sender.test bob@example.test dora@example.test eve@example.test
}
# The header file of the message that goes to an address; its recipients, separated by blanks.
goes_to() {
	grep -l "^$1\$" "$ms_out"/*-H
}
recipients() {
	sed -n '/^XX$/,/^$/p' "$1" | sed 1,2d | tr '\n' ' ' | sed 's/ *$//'
}

put text "Sign Clean Messages = $scratch/rules/bob.rules"
ok "without it" ms_once
is "there is one message" "$(ls "$ms_out"/*-H | wc -l)" 1

put text "Split By Recipient = yes" "Sign Clean Messages = $scratch/rules/bob.rules"
ok "with it" ms_once
is "there are two" "$(ls "$ms_out"/*-H | wc -l)" 2
is "the incoming queue is empty" "$(ls "$ms_in")" ""
one=$(goes_to bob@example.test)
other=$(goes_to dora@example.test)
is "one for whom the rule is about" "$(recipients "$one")" "bob@example.test"
is "one for all others" "$(recipients "$other")" "dora@example.test eve@example.test"
ok "the first is signed" grep -q "was checked for viruses" "${one%-H}-D"
ok "the second is not" eval '! grep -q "was checked for viruses" "${other%-H}-D"'
for file in "$one" "$other"; do
	name=$(basename "$file" -H)
	is "files of $name bear its id" "$(head -n 1 "$file" | sed 's/-H$//') $(head -n 1 "${file%-H}-D" | sed 's/-D$//')" "$name $name"
done

put text "Split By Recipient = yes" "Sign Clean Messages = $scratch/rules/bob.rules" "Add Envelope To Header = yes" \
    "Archive Mail = $scratch/all.mbox $scratch/_TOUSER_.mbox" "Missing Mail Archive Is = file"
ok "each part tells of its recipients only" ms_once
is "in its header" "$(for file in "$ms_out"/*-H; do ms_headers "$file" | grep -i '^X-Example-MailScanner-To:'; done | sort)" \
    "X-Example-MailScanner-To: bob@example.test
X-Example-MailScanner-To: dora@example.test, eve@example.test"
is "and in mailboxes of the archive" "$(grep -h '^X-MailScanner-Recipient:' "$scratch/all.mbox" | tr '\n' ' ')" \
    "X-MailScanner-Recipient: bob@example.test X-MailScanner-Recipient: dora@example.test X-MailScanner-Recipient: eve@example.test "
is "that are each one's" "$(grep -c '^From ' "$scratch/bob.mbox" "$scratch/dora.mbox" | sed 's/.*://' | tr '\n' ' ')" "1 1 "

put program "Split By Recipient = yes" "Sign Clean Messages = $scratch/rules/bob.rules" "Reject Message = $scratch/rules/bob.rules"
ok "a part that is rejected" ms_once
is "is told of with its recipients" "$(grep -A 1 -h 'Nobody has received it' "$scratch/mails" | wc -l) $(grep -ch '    To:      bob@example.test$' "$scratch/mails")" "2 1"

put program "Split By Recipient = yes" "Deliver Cleaned Messages = $scratch/rules/bob.rules"
ok "a message that is not for all" ms_once
is "goes to one" "$(recipients "$ms_out"/*-H)" "bob@example.test"
is "and is gone" "$(ls "$ms_in")" ""
is "its sender is warned once" "$(grep -c 'ARGUMENTS: .* -- alice@sender.test' "$scratch/mails")" 1
is "what is kept names all for whom it was stopped" "$(sed -n 's/^Recipient: //p' "$scratch"/quarantine/*/"$id"/envelope | sort | tr '\n' ' ')" \
    "<bob@example.test> <dora@example.test> <eve@example.test> "
is "the file is kept once" "$(find "$scratch/quarantine" -name 'setup.exe*' | wc -l)" 1

# bob gets what is left of it, the others nothing.
put program "Split By Recipient = yes" "Deliver Cleaned Messages = $scratch/rules/bob.rules" "Quarantine Infections = $scratch/rules/others.rules" \
    "Quarantine Whole Message = yes" "Quarantine Whole Messages As Queue Files = yes"
ok "a message that is kept for some" ms_once
rm -rf "$ms_out"
mkdir "$ms_out"
ok "is released" ms quarantine release "$id"
is "to them alone" "$(recipients "$ms_out"/*-H)" "dora@example.test eve@example.test"
finish
