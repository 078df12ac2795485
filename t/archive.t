#!/bin/bash
# Archive Mail keeps copies that are on disk before the message goes; Reject Message answers the sender and drops.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

id=1xV4MY-0004iP-0c
put() {
	rm -rf "$ms_in" "$ms_out" "$ms_state" "$ms_log" "$scratch/archive" "$scratch/mails"
	mkdir "$scratch/archive" "$scratch/mails"
	ms_config "$@"
	queue_put "$ms_in" "$id" "$root/t/mail/${mail:-text.eml}" 192.0.2.7 "${sender-alice@sender.test}" bob@example.test dora@example.test
	mkdir -p "$scratch/before"
	cp -p "$ms_in/$id"-* "$scratch/before"
}
today=$(date +%Y%m%d)

put "Archive Mail = $scratch/archive"
ok "once, with a directory to archive in" ms_once
same "the archive has the header file as it came" "$scratch/archive/$today/$id-H" "$scratch/before/$id-H"
same "and the data file" "$scratch/archive/$today/$id-D" "$scratch/before/$id-D"
is "as copies, not links: what is done to the queue file later is not done to them" \
    "$(stat -c %h "$scratch/archive/$today/$id-D")" 1
is "and the message goes on" "$(ls "$ms_out")" "$id-D
$id-H"
ok "the log names it" ms_logged "Saved archive copies of $id"

put "Archive Mail = $scratch/archive/_DATE_/mbox" "Missing Mail Archive Is = file"
mkdir -p "$scratch/archive/$today"
ok "once, with an mbox file to archive in" ms_once
mbox=$scratch/archive/$today/mbox
ok "the mbox begins with a From line" grep -q '^From alice@sender.test ' "$mbox"
is "and has the recipients" "$(grep -c '^X-MailScanner-Recipient: ' "$mbox")" 2
is "and the message's body" "$(tail -n 4 "$mbox" | head -n 3)" "$(sed 1d "$scratch/before/$id-D")"

put "Archive Mail = archive@example.test"
ok "once, with an address to archive to" ms_once
is "the address is a further recipient" "$(sed -n '/^XX$/,/^$/p' "$ms_out/$id-H")" "XX
3
bob@example.test
dora@example.test
archive@example.test"

# The MTA's program, for the notice: keeps what it is given.
cat >"$scratch/sendmail" <<-END
	#!/bin/sh
	{ echo "\$*"; cat; } >>"$scratch/mails/one"
END
chmod 755 "$scratch/sendmail"
cat >"$scratch/rejection.txt" <<-'END'
	From: "MailScanner" <$localpostmaster>
	To: $from
	Subject: Rejected: $subject

	Your message to $to was not taken.
END

put "Reject Message = yes" "Rejection Report = $scratch/rejection.txt" "Sendmail = $scratch/sendmail"
ok "once, with Reject Message" ms_once
is "the message is gone" "$(ls "$ms_in" "$ms_out" | grep -e '-[HD]$' || :)" ""
ok "the sender is told" grep -q '^To: alice@sender.test$' "$scratch/mails/one"
ok "from the null sender" grep -Eq -- '-f *(<>)?( |$)' "$scratch/mails/one"
ok "marked as ours" grep -q '^X-MailScanner-Rejected: yes$' "$scratch/mails/one"
ok "the log says so" grep -q "Reject message $id from alice@sender.test" "$ms_log"

sender='' put "Reject Message = yes" "Rejection Report = $scratch/rejection.txt" "Sendmail = $scratch/sendmail"
ok "once, with Reject Message and the null sender" ms_once
is "that message is gone too" "$(ls "$ms_in" "$ms_out" | grep -e '-[HD]$' || :)" ""
ok "and nobody is told" absent "$scratch/mails/one"
finish
