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
finish
