#!/bin/bash
# What is found in the reference's sample messages, and what is done about it, is what MailScanner 5.5.3 found and did; decisions aside.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"

golden=$root/../shared/golden
[ -d "$golden" ] || skip_all "the reference's runs (../shared/golden) are not here"

base=(
	"Profile = compat"
	"Virus Scanners = none"
	"Information Header Value = Please contact the ISP for more information"
	"Attachment Warning Filename = %org-name%-Attachment-Warning.txt"
	"Log Dangerous HTML Tags = yes"
	"Log Silent Viruses = yes"
	"Local Postmaster = postmaster"
	"Sendmail = $scratch/sendmail"
	"Max Children = 1"
	"File Command =" # the reference had no file(1) where it ran
)
cat >"$scratch/sendmail" <<-END
	#!/bin/sh
	{ echo "ARGUMENTS: \$*"; cat; echo; } >>"$scratch/mails"
END
chmod 755 "$scratch/sendmail"

overrides() {
	[ ! -e "$golden/$1/overrides" ] || sed "s#=rules/#=$golden/rules/#" "$golden/$1/overrides"
}

compare() { # case, decisions...
	local name=$1 status what detail any=
	local -a lines
	shift
	rm -rf "$ms_in" "$ms_out" "$ms_state" "$ms_log" "$scratch/mails" "$scratch/quarantine"
	mapfile -t lines < <(overrides "$name")
	ms_config "${base[@]}" "${lines[@]}"
	cp "$golden/$name/before"/* "$ms_in"
	chmod 640 "$ms_in"/*
	ok "$name: once ends as it should" ms_once 0
	while IFS=$'\t' read -r status what detail; do
		any=yes
		tap_result "$status" "$what"
		[ "$status" = 0 ] || echo "# ${detail:0:1200}"
	done < <("$python" "$root/t/lib/golden_act.py" "$golden/$name" "$ms_out" "$scratch/quarantine" "$scratch/mails" "$ms_log" "$@")
	[ -n "$any" ] || tap_result 1 "$name: is compared"
}

compare clean_text
compare clean_alt
compare clean_attach
compare clean_html
compare eightbit
compare utf8_subject
compare multi_rcpt
compare local_bm
compare attsize_limit
# The reference replaces the body and leaves the type and the name in the header as they were.
compare bigmsg_limit "parts=text/plain|Example-Attachment-Warning.txt|inline"
compare disarm_all
compare doc_ole
compare exe_attach
compare exe_hidden
# The number that the reference puts before names of members is never shown.
compare exe_in_zip "kept=setup.exe;stuff.zip" "log=Cleaned: Delivered 1 cleaned messages;Filename Checks: TEXT (ID setup.exe);Notices: \
Warned about 1 messages;Other Checks: Found 1 problems;Saved infected \"setup.exe\" to ID;Saved infected \"stuff.zip\" to ID;Sender \
Warnings: Delivered 1 warnings to virus senders;Virus and Content Scanning: Starting"
# Reports say "kept", so it is.
compare extbody "kept=message" "log=Cleaned: Delivered 1 cleaned messages;Content Checks: Detected and rejected external message body in ID;\
Content Checks: Found 1 problems;Notices: Warned about 1 messages;Saved entire message to ID;Sender Warnings: Delivered 1 warnings to virus \
senders;Virus and Content Scanning: Starting"
compare htmlnobody
compare iframe
# Keywords of Silent Viruses for HTML and archives say whom to tell, not that the only copy goes.
compare iframe_no "kept=unnamed" "log=Content Checks: Detected HTML-specific exploits in ID;Content Checks: Found 1 problems;HTML-IFrame tag \
found in message ID from alice@sender.test;Notices: Warned about 1 messages;Saved infected \"unnamed\" to ID;Virus and Content Scanning: Starting"
# What replaces a message is well-formed, whatever the message was.
compare malformed "parts=text/plain|Example-Attachment-Warning.txt|inline"
compare manyatt
# A fragment has no name; the whole message is kept.
compare partial "parts=text/plain|Example-Attachment-Warning.txt|inline" "kept=message" "log=Cleaned: Delivered 1 cleaned messages;Content \
Checks: Detected and rejected fragmented message section in ID;Content Checks: Found 1 problems;Notices: Warned about 1 messages;Saved entire \
message to ID;Sender Warnings: Delivered 1 warnings to virus senders;Virus and Content Scanning: Starting"
compare phish
compare pwzip "kept=secret.zip" "log=Notices: Warned about 1 messages;Saved infected \"secret.zip\" to ID;Virus and Content Scanning: Starting"
compare pwzip_allowed
# A text that a file was hidden in goes as a whole; the reference makes a multipart of it.
compare uuenc "parts=text/plain|Example-Attachment-Warning.txt|inline"
compare zipatt

# Of a batch that virus and spam scanners have a share in: the messages that they have none in.
counts="Notices: Warned about 1 messages;Other Checks: Found 1 problems;Saved infected \"a.exe\" to ID;Sender Warnings: Delivered 1 warnings to \
virus senders;Uninfected: Delivered 4 messages;Virus and Content Scanning: Starting"
fraud="Content Checks: Detected and have disarmed phishing tags in HTML message in ID from alice@sender.test;Filename Checks: TEXT (ID \
a.exe);Found phishing fraud from http://evil.example.net/ claiming to be www.mybank.com in ID"
compare mixed_batch "without=1xV4NR-0005Zm-1K;1xV4NR-0005Zm-1M" "log=Cleaned: Delivered 1 cleaned messages;$fraud;$counts"
compare quiet_defaults "without=1xV52a-0002pz-1B;1xV52a-0002pz-1D" "log=Cleaned: Delivered 1 cleaned messages;$fraud;$counts"
ok "quiet_defaults: what shall not be logged is not" eval '! ms_lines | grep -E "^<A> tag|completed at|processed in|^(Non-d|D)elivery of"'

# Messages that the reference leaves in the incoming queue, since its worker dies of a value.
none="log=Uninfected: Delivered 1 messages;Virus and Content Scanning: Starting"
delivered() { # case
	basename "$golden/$1"/before/*-H -H
}
for name in rule_ip1 rule_ip2 rule_ip4 cidr_probe; do
	compare "$name" "delivered=$(delivered "$name")" "$none"
done

# A custom function, with arguments and with the semicolon that stops the reference.
mkdir "$scratch/functions"
cat >"$scratch/functions/Myfunc.pm" <<'END'
package MailScanner::CustomConfig;
use strict;
my ($given, $calls) = ('', 0);
sub InitMyfunc {
	$given = join '|', @_;
	MailScanner::Log::InfoLog("Initialising Myfunc (args: $given)");
}
sub EndMyfunc { MailScanner::Log::InfoLog("Ending Myfunc (args: $given) count $calls") }
sub Myfunc {
	my ($message, $arguments) = @_;
	return 0 unless $message;
	$calls++;
	$arguments = '' unless defined $arguments;
	MailScanner::Log::InfoLog("Myfunc called for message $message->{id} from $message->{from} (extra args: $arguments)");
	return 1;
}
1;
END
function_lines() {
	grep Myfunc | grep -v 'semicolon' | sed 's/(0x[0-9a-f]*)//'
}
base+=("Custom Functions Dir = $scratch/functions")
for name in custom_func_args custom_func_semicolon; do
	if [ "$name" = custom_func_args ]; then
		compare "$name"
		function_lines <"$golden/$name/log" >"$scratch/expected"
	else
		compare "$name" "delivered=$(delivered "$name")" "$none"
		function_lines <"$golden/custom_func/log" | sed "s/1xV4OB-0001fl-2S/$(delivered "$name")/" >"$scratch/expected"
	fi
	ms_lines | function_lines >"$scratch/got"
	ok "$name: is called and logged as by the reference" diff "$scratch/expected" "$scratch/got"
done

# Every run of the reference is compared, here or beside, but for what waits for scanners.
declare -A waits=(
	[eicar_com]=viruses [eicar_inline]=viruses [eicar_nonforging]=viruses [eicar_txt]=viruses [eicar_zip]=viruses
	[quar_whole]=viruses [silent_quar]=viruses
	[blacklisted]=spam [gtube]=spam [gtube_actions]=spam [gtube_delete]=spam [sa_cache_twice]=spam [sa_cached]=spam
	[sa_cached_spam]=spam [spam_mid]=spam
)
for name in "$golden"/*/; do
	name=$(basename "$name")
	case $name in rules) continue ;; esac
	[ -z "${waits[$name]-}" ] || continue
	grep -Eqw -- "$name" "$root"/t/{golden,golden-act,daemon,exim-daemon,exim-states,plugins-perl}.t || echo "$name"
done >"$scratch/uncompared"
is "every other run of the reference is compared" "$(cat "$scratch/uncompared")" ""
finish
