#!/bin/bash
# What Outlook hides in a winmail.dat becomes attachments that everybody can open, unless something in it is forbidden.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

id=1xV4MY-0004iP-0c
"$python" - "$scratch" <<-'END'
	import base64, struct, sys
	def attribute(level, kind, data):
	    return struct.pack("<BII", level, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xffff)
	def tnef(files):
	    text = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x10000))
	    text += attribute(1, 0x0002800C, b"from Outlook\0")
	    for name, data in files:
	        text += attribute(2, 0x00069002, bytes(14)) + attribute(2, 0x00018010, name.encode() + b"\0")
	        text += attribute(2, 0x0006800F, data)
	    return base64.encodebytes(text).decode()
	field = ("Content-Type: application/ms-tnef; name=\"winmail.dat\"\nContent-Transfer-Encoding: base64\n"
	    "Content-Disposition: attachment; filename=\"winmail.dat\"\n\n")
	head = "From: alice@sender.test\nTo: bob@example.test\nSubject: papers\nMIME-Version: 1.0\n"
	def mixed(files):
	    return (head + "Content-Type: multipart/mixed; boundary=part\n\n--part\nContent-Type: text/plain\n\nhello\n--part\n"
	        + field + tnef(files) + "--part--\n")
	good = [("plan.txt", b"the plan\n"), ("table.csv", b"1,2,3\n")]
	for name, mail in (("good", mixed(good)), ("bad", mixed(good + [("evil.exe", b"MZ")])), ("empty", mixed([])),
	        ("alone", head + field + tnef(good)),
	        ("signed", mixed(good).replace("multipart/mixed", "multipart/signed; protocol=\"application/pgp-signature\""))):
	    open("%s/%s.eml" % (sys.argv[1], name), "w").write(mail)
END

put() { # MAIL LINE...
	mail=$scratch/$1.eml
	shift
	rm -rf "$ms_in" "$ms_out" "$ms_state" "$ms_log"
	ms_config "$@"
	queue_put "$ms_in" "$id" "$mail" 192.0.2.7 alice@sender.test bob@example.test
}
parts() {
	{ ms_headers "$ms_out/$id-H"; echo; sed 1d "$ms_out/$id-D"; } | "$python" -c '
import email, sys
for part in email.message_from_binary_file(sys.stdin.buffer).walk():
    if not part.is_multipart():
        print(part.get_content_type(), part.get_filename(), part.get_content_disposition(), len(part.get_payload(decode=True)))'
}
unchanged() {
	cmp <(sed 1d "$ms_out/$id-D") <(sed '1,/^$/d' "$mail")
}
text='text/plain None None 5'
files='application/octet-stream plan.txt attachment 9
application/octet-stream table.csv attachment 6'

put good "Use TNEF Contents = add"
ok "files of a winmail.dat that are to be added" ms_once
is "are attached beside it" "$(parts | sed 's/winmail.dat attachment [0-9]*/winmail.dat attachment N/')" "$text
application/ms-tnef winmail.dat attachment N
$files"
ok "which is logged" test "$(ms_lines | grep -c "^Message $id added TNEF contents ")" = 2

put good "Use TNEF Contents = replace"
ok "that are to replace it" ms_once
is "come in its place" "$(parts)" "$text
$files"
is "which is logged" "$(ms_count "Message $id has had TNEF winmail.dat removed")" 1

put good
ok "by default" ms_once
ok "nothing is changed" unchanged

put alone "Use TNEF Contents = replace"
ok "a message that is nothing else" ms_once
is "becomes the text that is in it, and the files" "$(parts | tail -n +2)" "text/plain message.txt inline 12
$files"

printf 'FromOrTo: default replace\nTo: bob@example.test no\n' >"$scratch/rules/tnef.rules"
put good "Use TNEF Contents = $scratch/rules/tnef.rules"
ok "where a recipient wants none of it" ms_once
ok "nothing is changed" unchanged

put good "Use TNEF Contents = replace" "TNEF Expander ="
ok "without an expander" ms_once
ok "nothing is changed" unchanged

put empty "Use TNEF Contents = replace"
ok "one without files" ms_once
ok "stays as it is" unchanged

put signed "Use TNEF Contents = replace"
ok "one in a signed message" ms_once
ok "stays as it is" unchanged

printf 'deny\t\\.exe$\tprogram\tNo programs\n' >"$scratch/rules/names.conf"
put bad "Use TNEF Contents = replace" "Filename Rules = $scratch/rules/names.conf"
ok "one with a forbidden file" ms_once
is "it is replaced, and the others are attached" "$(parts | grep -E 'winmail|evil|dat|plan|csv')" "$files"
ok "by what was found" grep -q "evil.exe" <(ms_headers "$ms_out/$id-H"; sed 1d "$ms_out/$id-D")
finish
