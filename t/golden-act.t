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
compare bigmsg_limit
compare disarm_all
compare doc_ole
compare exe_attach
compare exe_hidden
compare exe_in_zip
compare extbody
compare htmlnobody
compare iframe
compare iframe_no
compare malformed
compare manyatt
compare partial
compare phish
compare pwzip
compare pwzip_allowed
compare uuenc
compare zipatt
finish
