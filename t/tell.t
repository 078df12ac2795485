#!/bin/bash
# A mail program that hangs keeps neither mail waiting nor what a worker decided from being recovered.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

mkfifo "$scratch/gate"
cat >"$scratch/sendmail" <<-END
	#!/bin/sh
	cat >/dev/null
	: >"$scratch/sending"
	read -r line <"$scratch/gate"
	echo sent >>"$scratch/sent"
END
chmod 755 "$scratch/sendmail"
ms_config "Sendmail = $scratch/sendmail" "Max Children = 1" "Notify Senders = no"
ms_start
queue_put "$ms_in" 1xV4MY-0004iP-0c "$root/t/mail/program.eml" 192.0.2.7 alice@sender.test bob@example.test
ok "a message that the postmaster is told of goes on" wait_until 20 test -e "$ms_out/1xV4MY-0004iP-0c-H"
ok "the mail program is at it" wait_until 20 test -e "$scratch/sending"

queue_put "$ms_in" 1xV4MZ-0004iP-0c "$root/t/mail/text.eml" 192.0.2.7 alice@sender.test bob@example.test
ok "the next message does not wait for it" wait_until 10 test -e "$ms_out/1xV4MZ-0004iP-0c-H"

# The only worker dies, while the mail program that it started still hangs.
worker=$(pgrep -P "$ms_pid" | head -n 1)
kill -9 "$worker"
queue_put "$ms_in" 1xV4Ma-0004iP-0c "$root/t/mail/text.eml" 192.0.2.7 alice@sender.test bob@example.test
ok "another worker takes over, and its journal" wait_until 10 test -e "$ms_out/1xV4Ma-0004iP-0c-H"
ok "the mail has not gone yet" absent "$scratch/sent"
echo go >"$scratch/gate"
ok "it goes when it can" wait_until 10 test -s "$scratch/sent"

# A mail program that refuses what it is given gets it again, while others are working.
cat >"$scratch/sendmail" <<-END
	#!/bin/sh
	cat >/dev/null
	[ "\$(cat "$scratch/refused" | wc -l)" -ge 2 ] || { echo no >>"$scratch/refused"; exit 75; }
	echo "\$*" >"$scratch/taken"
END
: >"$scratch/refused"
ms_config "Sendmail = $scratch/sendmail" "Max Children = 1" "Send Notices = no" "Queue Scan Interval = 1"
kill -HUP "$ms_pid"
queue_put "$ms_in" 1xV4Mb-0004iP-0c "$root/t/mail/program.eml" 192.0.2.7 alice@sender.test bob@example.test
ok "refused mail is tried again in time, not at the next start only" wait_until 20 test -s "$scratch/taken"
ok "after one second" grep -q "1xV4Mb-0004iP-0c: the sender warning can't be sent: .*; it is tried again after 1 s" "$ms_log"
ok "after two seconds" grep -q "1xV4Mb-0004iP-0c: the sender warning can't be sent: .*; it is tried again after 2 s" "$ms_log"
ms_stop
is "once" "$(wc -l <"$scratch/sent")" 1
finish
