#!/bin/bash
# What is kept is found, shown, given back and thrown away.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

today=$(date +%Y%m%d)
cat >"$scratch/sendmail" <<-END
	#!/bin/sh
	{ echo "ARGUMENTS: \$*"; cat; echo; } >>"$scratch/mails"
END
chmod 755 "$scratch/sendmail"
ms_config "Sendmail = $scratch/sendmail" "Sendmail2 = $scratch/sendmail" "Quarantine Whole Message = yes" \
    "Notify Senders = no" "Send Notices = no"
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
ok "show tells what was found" eval 'ms quarantine show 1xV4MY-0004iP-0c | grep -q "^Findings: .*setup.exe"'
ok "show --message prints it as it came" eval \
    'ms quarantine show --message 1xV4MY-0004iP-0c | grep -v "^Received:\|^	" | cmp - "$root/t/mail/program.eml"'
rm -f "$ms_state/quarantine.db"
is "an index that is lost is made again" "$(ms quarantine ls | sed 1d | wc -l)" 2
echo "no database" >"$ms_state/quarantine.db"
is "and one that is damaged" "$(ms quarantine ls | sed 1d | wc -l)" 2

ok "release gives it back" ms quarantine release 1xV4MY-0004iP-0c --by carol
ok "to its sender's name and its recipients" grep -q '^ARGUMENTS: .*-f alice@sender.test -- bob@example.test dora@example.test$' "$scratch/mails"
ok "with a header that says so" grep -Eq '^X-Example-MailScanner-Released: by carol on 20' "$scratch/mails"
ok "and all that was in it" grep -q '^TVqQAAMAAAAEAAAA' "$scratch/mails"
rm "$scratch/mails"
ok "release to somebody else" ms quarantine release 1xV4MZ-0004iP-0c --recipient carol@example.test
ok "goes there" grep -q '^ARGUMENTS: .* -- carol@example.test$' "$scratch/mails"
status=0
ms quarantine release 1xV4M0-0004iP-0c 2>"$scratch/error" || status=$?
is "one that is not there is an error" "$status" 66
ok "that names it" grep -q 1xV4M0-0004iP-0c "$scratch/error"

ok "delete" ms quarantine delete 1xV4MZ-0004iP-0c
ok "removes it from disk" absent "$scratch/quarantine/$today/1xV4MZ-0004iP-0c"
is "and from the list" "$(ms quarantine ls | sed 1d | wc -l)" 1
mkdir -p "$scratch/quarantine/20200101/1aaaaa-000001-aa" "$scratch/quarantine/20200101/spam"
echo x >"$scratch/quarantine/20200101/1aaaaa-000001-aa/old.exe"
echo "Subject: x" >"$scratch/quarantine/20200101/spam/1aaaaa-000002-aa"
is "what MailScanner kept is listed too" "$(ms quarantine ls --until 20200101 | sed 1d | awk '{ print $2 }' | sort | tr '\n' ' ')" \
    "1aaaaa-000001-aa 1aaaaa-000002-aa "
ok "clean" ms quarantine clean --days 30
ok "removes old days" absent "$scratch/quarantine/20200101/1aaaaa-000001-aa"
is "and nothing else" "$(ms quarantine ls | sed 1d | wc -l)" 1
finish
