#!/bin/bash
# lint names what is wrong with a configuration, with file and line; value tells where a value comes from.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"

# lints STATUS TEXT LINE...: with these lines, lint ends with the status and prints the text behind the place of the last line.
lints() {
	local wanted=$1 text=$2 status=0
	shift 2
	ms_config "$@"
	[ -z "$text" ] || text="$ms_conf:$(wc -l <"$ms_conf"): $text"
	ms lint >"$scratch/said" 2>&1 || status=$?
	[ "$status" = "$wanted" ] && grep -Fq -- "$text" "$scratch/said" || {
		sed "s/^/# $status: /" "$scratch/said"
		return 1
	}
}

ok "nothing is wrong: 0" lints 0 ""
{
	echo "include $root/mailscanner.conf"
	cat "$ms_conf"
} >"$scratch/shipped.conf"
"$MAILSCANNER" -c "$scratch/shipped.conf" lint >"$scratch/said" 2>&1 || :
is "nothing is wrong with the shipped configuration" "$(grep -Ev ': info: |accepted, without effect|can be used' "$scratch/said")" ""
ok "a line that makes no sense: 2" lints 2 'fatal: expected "Name = value"' "nonsense"
ok "a misspelt directive" lints 0 'warning: Max Chidlren: there is no such directive; did you mean "Max Children"?' "Max Chidlren = 2"
ok "a directive without effect" lints 0 "warning: Spam Checks: accepted, without effect" "Spam Checks = no"
ok "one that nothing needs is no reason to worry" lints 0 "info: Unrar Command: not needed any more: rar is unpacked by the reader itself" \
    "Unrar Command = /opt/bin/unrar"
ok "a user who doesn't exist: 1" lints 1 "" "Run As User = nobody-of-that-name"
ok "and it names the user" grep -q 'error: Run As User: no user nobody-of-that-name' "$scratch/said"
ok "an expression that doesn't compile: 1" lints 1 "error: Remove These Headers: /(x/ removes nothing" \
    "Remove These Headers = X-Good /(x/"
ok "an expression of a list that doesn't compile: 1" lints 1 "error: Deny Filenames: the expression \\.(exe|com$ is wrong and left out: missing" \
    "Deny Filenames = *.doc \\.(exe|com$"
ok "and it names the place in it" grep -q "at character 12" "$scratch/said"
printf 'From: a@b.example [a-\nFromOrTo: default application/x-\n' >"$scratch/rules/types.rules"
ok "one in a rule: 1" lints 1 "" "Archives: Allow File MIME Types = $scratch/rules/types.rules"
ok "is named with file and line" grep -qF "$scratch/rules/types.rules:1: error: Archives: Allow File MIME Types: the expression [a- is wrong" "$scratch/said"
printf 'deny\tfact:attached+skript .\tx\ty\n' >"$scratch/rules/names.conf"
ok "a file rule that asks for what is no fact: 1" lints 1 "" "Filename Rules = $scratch/rules/names.conf"
ok "is named with file and line" grep -qF "$scratch/rules/names.conf:1: error: \"skript\" is no fact" "$scratch/said"
printf 'Ours: $from,\n${sender} and \\$5.\n' >"$scratch/report.txt"
ok "a report with a variable that there is none of" lints 0 "" "Stored Virus Message Report = $scratch/report.txt"
ok "is named with file and line" grep -qF "$scratch/report.txt:2: warning: there is no \$sender, so it is left as it stands" "$scratch/said"
is "and nothing else in it" "$(grep -c "report.txt" "$scratch/said")" 1
ok "an incoming queue that isn't there: 1" lints 1 "error: Incoming Queue Dir" "Incoming Queue Dir = $scratch/absent"
ok "a pattern that no directory fits: 1" lints 1 "error: Incoming Queue Dir: there is no such directory" \
    "Incoming Queue Dir = $scratch/absent*"
ok "an MTA that this version doesn't know: 1" lints 1 "error: MTA: qmail" "MTA = qmail"

ok "a number below 0" lints 0 "warning: Max Children: -3 is below 0" "Max Children = -3"
lints 0 "" "Maximum Attachment Size = -1" "Minimum Attachment Size = -1" "Maximum Attachments Per Message = -1" >/dev/null
ok "unless that means that there is no limit" sh -c "! grep -q 'below 0' '$scratch/said'"
ok "a program that isn't there" lints 0 "warning: Sendmail2: there is no program /no/such/exim" "Sendmail2 = /no/such/exim -C x"
ok "a default that the user never wrote is named so" lints 1 "" "Profile = compat" "MTA ="
lints 0 "" "Spam Checks = yes" "Required SpamAssassin Score = 6" >/dev/null
ok "a directive without effect that keeps its default is worth no warning" \
    sh -c "! grep -q 'warning: Required SpamAssassin' '$scratch/said'"

printf 'From:\ta@b.example\tno\nFromOrTo: default yes\n' >"$scratch/rules/scan.rules"
ms_config "Scan Messages = $scratch/rules/scan.rules"
is "value shows the rule, on one line" "$(ms value scanmessages --from a@b.example)" \
    "Scan Messages = no
  rule $scratch/rules/scan.rules:1: From: a@b.example no"
is "the reference's form is accepted" "$(ms --value=ScanMessages --from=c@b.example)" \
    "Scan Messages = yes
  default rule $scratch/rules/scan.rules:2: FromOrTo: default yes"
is "value suggests a name" "$(ms value "Sign Clean Mesages" 2>&1)" \
    'mailscanner value: there is no directive "Sign Clean Mesages"; did you mean "Sign Clean Messages"?'
finish
