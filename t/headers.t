#!/bin/bash
# Each header directive changes exactly the headers that it is about.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

# One message through `once`; $headers then has its headers.
id=1xV4MY-0004iP-0c
through() { # mail (of t/mail, or a path) sender recipients -- lines
	local mail=$1 sender=$2 to=()
	[ -e "$mail" ] || mail=$root/t/mail/$mail
	shift 2
	while [ "$1" != -- ]; do
		to+=("$1")
		shift
	done
	shift
	rm -rf "$ms_in" "$ms_out" "$ms_state" "$ms_log"
	ms_config "$@"
	queue_put "$ms_in" "$id" "$mail" "${ip:-192.0.2.7}" "$sender" "${to[@]}"
	cp "$ms_in/$id-H" "$scratch/before-H"
	cp "$ms_in/$id-D" "$scratch/before-D"
	ms_once || tap_result 1 "(once with $*)"
	headers=$(ms_headers "$ms_out/$id-H")
	original=$(ms_headers "$scratch/before-H")
}
ours="X-Example-MailScanner-Information: Please contact us
X-Example-MailScanner-ID: $id
X-Example-MailScanner: Found to be clean
X-Example-MailScanner-From: alice@sender.test"
information="Information Header Value = Please contact us"

through text.eml alice@sender.test bob@example.test -- "$information"
is "by default our headers stand on top, all others below as they came" \
    "$headers" "$(tac <<<"$ours")
$original"
same "the body stays" "$ms_out/$id-D" "$scratch/before-D"

through text.eml alice@sender.test bob@example.test -- "$information" "Place New Headers At Top Of Message = no"
is "or at the bottom" "$headers" "$original
$ours"

through text.eml alice@sender.test bob@example.test -- "Profile = compat" "$information"
is "with profile = compat at the bottom too" "$headers" "$original
$ours"

through odd-headers.eml alice@sender.test bob@example.test -- "Profile = compat" "Information Header =" "ID Header =" \
    "Mail Header =" "Add Envelope From Header = no"
is "with no header to add nothing is added; of several subjects the first stays" "$headers" \
    "$(grep -v '^subject : another' <<<"$original")"

through text.eml "" bob@example.test -- "Profile = compat" "Information Header =" "ID Header =" "Mail Header ="
is "the null sender gets an empty envelope header" "$(grep From: <<<"$headers" | tail -n 1 | tr -d ' ')" \
    "X-Example-MailScanner-From:"

through many-recipients.eml list-bounces@lists.test zoe@example.test adam@example.test Bob@example.test zoe@example.test -- \
    "Profile = compat" "Add Envelope To Header = yes"
is "the recipients' header is sorted, each once, and folded" "$(sed -n '/MailScanner-To:/,$p' <<<"$headers")" \
    "X-Example-MailScanner-To: Bob@example.test, adam@example.test,
	zoe@example.test"

through text.eml alice@sender.test bob@example.test -- "IP Protocol Version Header = X-%org-name%-IP-Protocol:"
is "the client's protocol: IPv4" "$(grep -i IP-Protocol <<<"$headers")" "X-Example-IP-Protocol: IPv4"
ip=2001:db8::7 through text.eml alice@sender.test bob@example.test -- "IP Protocol Version Header = X-%org-name%-IP-Protocol:"
is "the client's protocol: IPv6" "$(grep -i IP-Protocol <<<"$headers")" "X-Example-IP-Protocol: IPv6"

through text.eml alice@sender.test bob@example.test -- "Virus Scanning = no" "Unscanned Header Value = Nobody looked"
is "without virus scanning the value says so" "$(grep '^X-Example-MailScanner:' <<<"$headers")" \
    "X-Example-MailScanner: Nobody looked"

# Multiple Headers: what becomes of a header of ours that is there already (the message came through another one of us).
{ echo "X-Example-MailScanner: Found to be clean"; cat "$root/t/mail/text.eml"; } >"$scratch/again.eml"
again() {
	through "$scratch/again.eml" alice@sender.test bob@example.test -- \
	    "Place New Headers At Top Of Message = $2" "Multiple Headers = $1"
	grep '^X-Example-MailScanner:' <<<"$headers"
}
is "Multiple Headers = append joins the values" "$(again append no)" \
    "X-Example-MailScanner: Found to be clean, Found to be clean"
is "Multiple Headers = replace leaves one" "$(again replace no)" "X-Example-MailScanner: Found to be clean"
is "Multiple Headers = add leaves both" "$(again add no | wc -l)" 2
is "Multiple Headers = add, on top, leaves both" "$(again add yes | wc -l)" 2

through odd-headers.eml alice@sender.test bob@example.test -- \
    "Remove These Headers = X-Twice:, x-empty /^x-lo.g/ X-Example-MailScanner-ID:"
is "Remove These Headers takes names and expressions, our own headers too" \
    "$(grep -Eic '^(x-twice|x-empty|x-long|X-Example-MailScanner-ID)' <<<"$headers" || :)" 0
is "and leaves the others" "$(grep -Eic '^(from|to|message-id|X-Example-MailScanner):' <<<"$headers")" 4

subject() {
	grep -i '^subject' <<<"$headers"
}
through text.eml alice@sender.test bob@example.test -- "Scanned Modify Subject = start"
is "Scanned Modify Subject = start" "$(subject)" "Subject: {Scanned} Lunch on Thursday"
through text.eml alice@sender.test bob@example.test -- "Scanned Modify Subject = yes"
is "Scanned Modify Subject = yes means the end" "$(subject)" "Subject: Lunch on Thursday {Scanned}"
through text.eml alice@sender.test bob@example.test -- "Scanned Modify Subject = end" "Scanned Subject Text = Thursday"
is "a tag that is there is not added again" "$(subject)" "Subject: Lunch on Thursday"
grep -v '^Subject' "$root/t/mail/text.eml" >"$scratch/again.eml"
through "$scratch/again.eml" alice@sender.test bob@example.test -- \
    "Scanned Modify Subject = start"
is "a message without a subject gets one" "$(subject)" "Subject: {Scanned}"

through dkim-signed.eml statements@bank.test bob@example.test --
is "a signed message's own headers and body stay as they are" \
    "$(grep -v '^X-Example' <<<"$headers" | cat - "$ms_out/$id-D")" "$(cat - "$scratch/before-D" <<<"$original")"

printf 'To:\tdora@example.test\tno\nFromOrTo:\tdefault\tyes\n' >"$scratch/scan.rules"
through text.eml alice@sender.test dora@example.test -- "Scan Messages = $scratch/scan.rules"
same "Scan Messages = no by ruleset: -H passes byte for byte" "$ms_out/$id-H" "$scratch/before-H"
same "and -D too" "$ms_out/$id-D" "$scratch/before-D"
through text.eml alice@sender.test bob@example.test -- "Scan Messages = $scratch/scan.rules"
is "and for other recipients our headers are added" "$(grep -c X-Example-MailScanner-ID <<<"$headers")" 1

mkdir -p "$scratch/out-for-dora" && : >"$scratch/out.rules"
printf 'To:\tdora@example.test\t%s\nFromOrTo:\tdefault\t%s\n' "$scratch/out-for-dora" "$ms_out" >"$scratch/out.rules"
rm -rf "$ms_in" "$ms_out" "$ms_state"
ms_config "Outgoing Queue Dir = $scratch/out.rules"
queue_put "$ms_in" "$id" "$root/t/mail/text.eml" 192.0.2.7 alice@sender.test dora@example.test
queue_put "$ms_in" "${id%c}d" "$root/t/mail/text.eml" 192.0.2.7 alice@sender.test bob@example.test
ok "Outgoing Queue Dir by ruleset: once" ms_once
is "Outgoing Queue Dir by ruleset: one goes there" "$(ls "$scratch/out-for-dora")" "$id-D
$id-H"
is "Outgoing Queue Dir by ruleset: one here" "$(ls "$ms_out")" "${id%c}d-D
${id%c}d-H"
finish
