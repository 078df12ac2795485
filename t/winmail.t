#!/bin/bash
# Files in a winmail.dat (TNEF) are attached, instead of it or besides, as Use TNEF Contents says.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

id=1xV4MY-0004iP-0c

# A message with a text (unless `only`) and a winmail.dat of the text "from Outlook" and files NAME=CONTENT.
mail() { # name kind NAME=CONTENT...
	"$python" - "$@" >"$scratch/$1.eml" <<-'END'
		import base64, struct, sys
		def attribute(level, id, data):
		    return struct.pack("<BII", level, id, len(data)) + data + struct.pack("<H", sum(data) & 0xffff)
		tnef = struct.pack("<IH", 0x223e9f78, 1) + attribute(1, 0x0002800c, b"from Outlook\0")
		for file in sys.argv[3:]:
		    name, content = file.split("=", 1)
		    tnef += attribute(2, 0x00069002, b"\0" * 14) + attribute(2, 0x00018010, name.encode() + b"\0")
		    tnef += attribute(2, 0x0006800f, content.encode())
		if sys.argv[2] == "broken":
		    tnef = tnef[:-3]
		code = base64.encodebytes(tnef).decode()
		part = ("Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n"
		    "Content-Disposition: attachment; filename=winmail.dat\n")
		head = "From: Alice <alice@sender.test>\nTo: bob@example.test\nSubject: minutes\nMIME-Version: 1.0\n"
		if sys.argv[2] == "only":
		    print(head + part + "\n" + code, end="")
		else:
		    kind = "signed" if sys.argv[2] == "signed" else "mixed"
		    print(head + 'Content-Type: multipart/%s; boundary="t"\n\n--t\nContent-Type: text/plain\n\nHello Bob\n--t\n' % kind
		        + part + "\n" + code + "--t--")
	END
}
put() { # mail lines...
	local mail=$scratch/$1.eml
	shift
	rm -rf "$ms_in" "$ms_out" "$ms_state" "$ms_log" "$scratch/quarantine"
	ms_config "$@"
	queue_put "$ms_in" "$id" "$mail" 192.0.2.7 alice@sender.test bob@example.test dora@other.test
	mkdir -p "$scratch/before"
	cp -p "$ms_in/$id"-* "$scratch/before"
}
# The parts of what is in the outgoing queue: type, name, content.
parts() {
	{ ms_headers "$ms_out/$id-H"; echo; sed 1d "$ms_out/$id-D"; } | "$python" -c '
import email, sys
for part in email.message_from_binary_file(sys.stdin.buffer).walk():
    if not part.is_multipart():
        print(part.get_content_type(), part.get_filename() or "-", repr(part.get_payload(decode=True))[2:-1].replace("\\n", "").strip()[:16])'
}

mail two with minutes.txt="at nine" "plan (2).pdf"="%PDF-1.4"
put two
ok "a winmail.dat with two files" ms_once
is "the files are attached in its place" "$(parts)" "text/plain - Hello Bob
application/octet-stream minutes.txt at nine
application/octet-stream plan (2).pdf %PDF-1.4"
ok "the log says what was added" ms_logged "Message $id added TNEF contents minutes.txt, plan (2).pdf"
ok "and what went" ms_logged "Message $id has had TNEF winmail.dat removed"

put two "Use TNEF Contents = add"
ok "added" ms_once
is "they stand beside it" "$(parts | cut -d' ' -f 1,2)" "text/plain -
application/ms-tnef winmail.dat
application/octet-stream minutes.txt
application/octet-stream plan"

put two "Use TNEF Contents = no"
ok "left" ms_once
same "not a byte changes" "$ms_out/$id-D" "$scratch/before/$id-D"

printf 'To: bob@example.test replace\nTo: dora@other.test no\n' >"$scratch/rules/tnef.rules"
put two "Use TNEF Contents = $scratch/rules/tnef.rules"
ok "replaced for one recipient, left for the other" ms_once
is "both get it and its files" "$(parts | wc -l)" 4

mail only only minutes.txt="at nine"
put only
ok "a message that is nothing but a winmail.dat" ms_once
is "becomes the text and the files in it" "$(parts | grep -v 'text/plain - $')" "text/plain message.txt from Outlook
application/octet-stream minutes.txt at nine"

mail bad with minutes.txt="at nine" setup.exe="MZ"
put bad
ok "one with a forbidden file" ms_once
is "it is replaced by the report, the file that is clean is attached" "$(parts | cut -d' ' -f 1,2)" "text/plain -
text/plain Example-Attachment-Warning.txt
application/octet-stream minutes.txt"
ok "the report names the other" eval '{ ms_headers "$ms_out/$id-H"; echo; sed 1d "$ms_out/$id-D"; } | grep -q setup.exe'
put bad "Use TNEF Contents = add"
ok "the same where files are added" ms_once
is "the forbidden one is nowhere" "$(parts | cut -d' ' -f 2 | tr '\n' ' ')" "- Example-Attachment-Warning.txt minutes.txt "

mail signed signed minutes.txt="at nine"
put signed
ok "one that is signed" ms_once
same "stays as it is" "$ms_out/$id-D" "$scratch/before/$id-D"

mail broken broken minutes.txt="at nine"
put broken "Deliver Unparsable TNEF = yes"
ok "one that can't be read to its end, and is let through" ms_once
same "stays as it is" "$ms_out/$id-D" "$scratch/before/$id-D"
finish
