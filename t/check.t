#!/bin/bash
# check and show --parts tell what is in a message and what is found in it, change nothing, and let nothing in it act on a terminal.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

status_of() { # words of the program
	local status=0
	ms "$@" >"$scratch/said" 2>"$scratch/errors" || status=$?
	echo "$status"
}
shows() { # expression
	LC_ALL=C grep -aq -e "$1" "$scratch/said"
}
hides() { # expression
	! shows "$1"
}
json_has() { # Python expression over the object o
	"$python" -c 'import json, sys; o = json.load(open(sys.argv[1])); sys.exit(not ('"$1"'))' "$scratch/said"
}
at_terminal() { # words of the program
	"$python" -c 'import pty, sys; pty.spawn(sys.argv[1:])' "$MAILSCANNER" -c "$ms_conf" "$@" </dev/null >"$scratch/said"
}
everything() { # names, sizes, times and contents of mail, queues and whatever else a message leads to
	find "$mail" "$scratch"/{mail,in,out,quarantine,archive,work} -printf '%p %s %T@ ' -type f -exec cksum {} \; -o -printf '%p\n' | sort
}

mail=$root/t/mail
mkdir -p "$scratch"/{rules,mail}
printf 'From:\tvip@sender.test\tyes\nFromOrTo:\tdefault\tno\n' >"$scratch/rules/partial.rules"
printf 'From:\t203.0.113.9\tyes\nFromOrTo:\tdefault\tno\n' >"$scratch/rules/external.rules"
printf 'To:\tdora@example.test\tvirus\nFromOrTo:\tdefault\tyes\n' >"$scratch/rules/scan.rules"
ms_config "Allow Partial Messages = %rules-dir%/partial.rules" "Allow External Message Bodies = %rules-dir%/external.rules" \
	"Scan Messages = %rules-dir%/scan.rules"
head='From: alice@sender.test\nTo: bob@example.test\nMIME-Version: 1.0\n'
printf "${head}Content-Type: message/partial; number=2; total=3; id=x\n\nhello\n" >"$scratch/mail/partial.eml"
printf "${head}Content-Type: message/external-body; access-type=URL\n\nContent-Type: a/b\n\n" >"$scratch/mail/external.eml"
# Escape, bell and the one-byte CSI wherever a sender may write.
printf "${head}Subject: \033[31m\nContent-Type: text/\033[31mx; charset=\"\033[31m\"; name=\"a\033[31m\302\233.exe\"\n" >"$scratch/mail/escapes.eml"
printf 'Content-Transfer-Encoding: \033]0;x\007\302\233\nContent-Disposition: \033[31m; filename="\033]0;x\007.txt"\n\n\033[31mx\n' >>"$scratch/mail/escapes.eml"
{
	printf "${head}Content-Type: application/pdf; name=bill.pdf\n\n%%%%PDF-1.7\n1 0 obj<</Type/Filespec/F(invoice.exe)/EF<</F 2 0 R>>>>endobj\n"
	printf '2 0 obj<</Type/EmbeddedFile/Length 6>>stream\nhello\n\nendstream endobj\ntrailer<<>>\n'
} >"$scratch/mail/pdf.eml"
# Its file is called by what only the password makes readable.
sed 's/invoice\.exe/\x8f\xb2\x99\x01/; s/hello/\x91\x03\xc4\xff\x07/; s/trailer<</&\/Encrypt<<\/Filter\/Standard\/V 2>>/' "$scratch/mail/pdf.eml" >"$scratch/mail/locked.eml"
stood=$(stat -c %y "$ms_in")
before=$(everything)

is "a harmless message ends check with 0" "$(status_of check "$mail/attachment.eml")" 0
ok "its parts are told, with type, size, encoding and name" shows '^  2  text/csv  33  base64  "figures.csv"'
is "one with a program ends it with 1" "$(status_of check "$mail/program.eml")" 1
ok "the finding stands below the part, with its rule" shows '^      name: .*(setup.exe) (.*filename.rules.conf:[0-9]*)$'
is "what is only to be changed is a finding, too" "$(status_of check "$mail/form.eml")" 1
ok "what would be changed is told" shows 'disarm: form'
is "of several the worst counts" "$(status_of check "$mail/program.eml" "$mail/text.eml")" 1
is "a file that is embedded in a PDF is one of the message" "$(status_of check "$scratch/mail/pdf.eml")" 1
ok "and found by its name" shows '^      name: .*(invoice.exe) (.*filename.rules.conf:[0-9]*)$'
is "one that needs a password can't be checked" "$(status_of check "$scratch/mail/locked.eml")" 1
ok "and that is found" shows 'Allow Password-Protected Archives'
is "a file that is not there ends it with 66" "$(status_of check "$scratch/mail/none.eml")" 66

is "a fragment is stopped" "$(status_of check "$scratch/mail/partial.eml")" 1
is "--from decides for whom it is checked" "$(status_of check --from vip@sender.test "$scratch/mail/partial.eml")" 0
is "an outside body is stopped" "$(status_of check "$scratch/mail/external.eml")" 1
is "--ip does, too" "$(status_of check --ip 203.0.113.9 "$scratch/mail/external.eml")" 0
is "--to does, too" "$(status_of check --to dora@example.test "$mail/program.eml")" 0

ms check --json "$mail/program.eml" >"$scratch/said" || :
ok "--json has the parts" json_has '[p["name"] for p in o["facts"]["parts"]] == ["", "", "setup.exe"]'
ok "--json has the findings, each with part and rule" json_has \
	'all(f["part"] == 2 and ".rules.conf:" in f["rule"] for f in o["findings"]) and {f["kind"] for f in o["findings"]} == {"name", "type"}'

id=$(queue_id 1700000000 1)
queue_put "$ms_in" "$id" "$mail/program.eml" 192.0.2.7 alice@sender.test bob@example.test
ms show --parts "$mail/program.eml" >"$scratch/file"
ms show --parts "$id" >"$scratch/queued"
ok "show --parts tells the same of a file and of a queued message" cmp "$scratch/file" "$scratch/queued"
ms show --parts --json "$id" >"$scratch/said"
ok "and of that as JSON" json_has 'o["facts"]["parts"][2]["description"].startswith("MS-DOS executable")'
rm "$ms_in/$id"-*
touch -d "$stood" "$ms_in"

for words in "check" "show --parts" "show"; do
	NO_COLOR=1 at_terminal $words "$scratch/mail/escapes.eml"
	ok "$words: nothing from a message acts on a terminal" hides "$(printf '\033\\|\007\\|\302\233')"
done
for words in "check" "show --parts"; do
	at_terminal $words "$mail/program.eml"
	ok "$words: at a terminal there are colours" shows "$(printf '\033\\[31mname: ')"
	NO_COLOR=1 at_terminal $words "$mail/program.eml"
	ok "$words: unless NO_COLOR says otherwise" hides "$(printf '\033')"
	is "$words: without a terminal there are none" "$(status_of $words "$mail/program.eml" >/dev/null; LC_ALL=C grep -ac "$(printf '\033')" "$scratch/said")" 0
done
is "nothing was changed" "$(everything)" "$before"
finish
