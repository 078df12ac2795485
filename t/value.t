#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `value` says which value a directive has for a message, and which line or rule gave it.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"

ms_config "Sign Clean Messages = $scratch/sign.rules" "Scan Messages = $scratch/scan.rules" \
    "Spam Actions = $scratch/dns.rules" "DNS Servers = 127.0.0.1:1" "DNS Timeout = 200"
cat >"$scratch/sign.rules" <<END
# who gets a signature
From:     a@b.example    yes
To:       *@d.example    no
From:     192.0.2.0/24   yes
FromOrTo: default        no
END
printf 'From: a@b.example virus\nTo: c@d.example yes\nTo: e@f.example no\n' >"$scratch/scan.rules"
printf 'From: host:mx.example.net store\nFromOrTo: default deliver\n' >"$scratch/dns.rules"

is "the first rule that matches any of several recipients decides" \
    "$(ms value "Sign Clean Messages" --from a@b.example --to c@d.example --to e@f.example --ip 192.0.2.1)" \
    "Sign Clean Messages = yes
  rule $scratch/sign.rules:2: From:     a@b.example    yes"
is "an address decides" "$(ms value sign-clean-messages --from x@y.example --to z@y.example --ip 192.0.2.1 | tail -n 1)" \
    "  rule $scratch/sign.rules:4: From:     192.0.2.0/24   yes"
is "the default rule decides where none matches" "$(ms value signcleanmessages --from x@y.example --to z@y.example | tail -n 1)" \
    "  default rule $scratch/sign.rules:5: FromOrTo: default        no"
is "of several values one results, and each is named" \
    "$(ms value "Scan Messages" --from a@b.example --to c@d.example --to e@f.example)" \
    "Scan Messages = yes
  from the values: virus yes no
  rule $scratch/scan.rules:1: From: a@b.example virus
  rule $scratch/scan.rules:2: To: c@d.example yes
  rule $scratch/scan.rules:3: To: e@f.example no"
is "a line of the file is the reason of a plain value" "$(ms value "Max Children")" \
    "Max Children = 2
  file $ms_conf:$(grep -n '^Max Children' "$ms_conf" | tail -n 1 | cut -d: -f1): Max Children = 2"
is "where nothing is set the default is" "$(ms value "Queue Scan Interval" | head -n 2 | tr -d '\n')" \
    "Queue Scan Interval = 6  default"

status=0
ms value "Spam Actions" --from a@b.example --to c@d.example --ip 192.0.2.1 >"$scratch/unknown" || status=$?
is "what can't be found out is no answer: status 75" "$status" 75
ok "it says what could not be found out" grep -q "$scratch/dns.rules:1" "$scratch/unknown"

ms value "Scan Messages" --json --from a@b.example --to e@f.example >"$scratch/json"
is "--json has value, joined values and reasons" "$("$python" -c '
import json, sys
a = json.load(open(sys.argv[1]))
print(a["value"], a["joined"], [r["line"] for r in a["reasons"]], a["certain"])' "$scratch/json")" \
    "virus virus no [1, 3] True"

ms value --all >"$scratch/all"
ok "--all names what differs from the default, a ruleset too" \
    test "$(grep -c '^[A-Z].* = ' "$scratch/all")" -gt 10 -a -n "$(grep '^Sign Clean Messages = no (rules decide' "$scratch/all")"
ok "and nothing else" sh -c "! grep -q '^Queue Scan Interval' '$scratch/all'"
is "--changed of MailScanner 5 is the same" "$("$MAILSCANNER" --changed -c "$ms_conf")" "$(cat "$scratch/all")"
is "so are its --value, --from, --to and --ip" \
    "$("$MAILSCANNER" -c "$ms_conf" --value="Sign Clean Messages" --from=a@b.example --to=c@d.example --ip=192.0.2.9)" \
    "$(ms value "Sign Clean Messages" --from a@b.example --to c@d.example --ip 192.0.2.9)"

refused() { # status, words...
	local expected=$1 status=0
	shift
	"$@" >"$scratch/said" 2>&1 || status=$?
	[ "$status" = "$expected" ] && [ -s "$scratch/said" ]
}
ok "an unknown directive is a usage error" refused 64 ms value "Sign Claen Messages"
ok "no directive is a usage error" refused 64 ms value
ok "an unknown option is a usage error" refused 64 ms value --frm a@b "Max Children"
ok "an unknown command is a usage error" refused 64 "$MAILSCANNER" -c "$ms_conf" valeu
ok "a configuration that is not there is said so" refused 78 "$MAILSCANNER" -c "$scratch/none" value "Max Children"
echo "no directive at all" >>"$ms_conf"
ok "one that can't be used as well" refused 78 ms value "Max Children"
ok "with file and line" grep -q "$ms_conf:$(wc -l <"$ms_conf"):" "$scratch/said"
for command in run once lint value ls show processing; do
	ok "$command --help" refused 0 "$MAILSCANNER" $command --help
done
ok "--help" refused 0 "$MAILSCANNER" --help
ok "--version" refused 0 "$MAILSCANNER" --version
finish
