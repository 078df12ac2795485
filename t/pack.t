#!/bin/bash
# Conveniences: attachments packed into one archive, small files of an archive laid beside it, the text of documents.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

id=1xV4MY-0004iP-0c
"$python" - "$scratch/mail.eml" <<-END
	import base64, io, sys, zipfile
	archive = io.BytesIO()
	with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
	    file.writestr("notes.txt", "these are the notes\n")
	    file.writestr("large.txt", "x" * 5000)
	    file.writestr("picture.dat", "no text")
	def part(type, name, data):
	    return ("--part\nContent-Type: %s; name=\"%s\"\nContent-Transfer-Encoding: base64\n"
	            "Content-Disposition: attachment; filename=\"%s\"\n\n%s\n"
	            % (type, name, name, base64.encodebytes(data).decode()))
	open(sys.argv[1], "w").write(
	    "From: alice@sender.test\nTo: bob@example.test\nSubject: papers\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/mixed; boundary=part\n\n--part\nContent-Type: text/plain\n\nhello\n"
	    + part("application/zip", "a.zip", archive.getvalue())
	    + part("application/msword", "letter.DOC", b"a letter as a document")
	    + part("text/csv", "table.csv", b"1,2,3\n")
	    + part("audio/mpeg", "song.mp3", b"ID3 la la la") + "--part--\n")
END

put() { # lines...
	rm -rf "$ms_in" "$ms_out" "$ms_state" "$ms_log"
	ms_config "$@"
	queue_put "$ms_in" "$id" "$scratch/mail.eml" 192.0.2.7 alice@sender.test bob@example.test
}
# One line for each file that the recipient finds: name, bytes, sha256 of its beginning; archives with their members.
files() {
	{ ms_headers "$ms_out/$id-H"; echo; sed 1d "$ms_out/$id-D"; } | "$python" -c '
import email, io, sys, zipfile
for part in email.message_from_binary_file(sys.stdin.buffer).walk():
    data = part.get_payload(decode=True)
    if part.get_filename() is None or data is None:
        continue
    if data.startswith(b"PK"):
        members = zipfile.ZipFile(io.BytesIO(data))
        print(part.get_filename() + ":", *("%s=%d" % (m.filename, m.file_size) for m in members.infolist()))
    else:
        print(part.get_filename(), part.get_content_type(), data.decode().strip())'
}
said() {
	ms_lines | grep -Fq -- "$1"
}
antiword() { # the rest of a shell script
	printf '#!/bin/sh\n%s\n' "$1" >"$scratch/antiword"
	chmod +x "$scratch/antiword"
}

put
ok "by default nothing is done" ms_once
ok "and the body is as it was" cmp <(sed 1d "$ms_out/$id-D") <(sed '1,/^$/d' "$scratch/mail.eml")

put "Zip Attachments = yes" "Attachments Min Total Size To Zip = 0" "Attachments Zip Filename = all.zip"
ok "attachments to be packed" ms_once
is "are in one archive, but for those that are packed already" "$(files)" \
    "$(printf '%s\n' 'a.zip: notes.txt=20 large.txt=5000 picture.dat=7' 'song.mp3 audio/mpeg ID3 la la la' 'all.zip: letter.DOC=22 table.csv=6')"

put "Zip Attachments = yes" "Attachments Min Total Size To Zip = 29"
ok "fewer bytes than are worth it" ms_once
ok "stay as they were" cmp <(sed 1d "$ms_out/$id-D") <(sed '1,/^$/d' "$scratch/mail.eml")

put "Unzip Maximum Files Per Archive = 3" "Unzip Maximum File Size = 1000" "Unzip Filenames = *.txt *.log"
ok "an archive to be laid open" ms_once
is "its small texts are beside it" "$(files | grep -e zip -e notes -e large)" \
    "$(printf '%s\n' 'a.zip: notes.txt=20 large.txt=5000 picture.dat=7' 'notes.txt text/plain these are the notes')"

put "Unzip Maximum Files Per Archive = 2" "Unzip Filenames = *.txt"
ok "one with more files than that" ms_once
is "stays closed" "$(files | grep -c notes.txt)" 1

antiword 'echo "ARGUMENTS: $*"; tr a-z A-Z'
put "Add Text Of Doc = yes" "Antiword = $scratch/antiword -f"
ok "a document" ms_once
is "has its text beside it" "$(files | sed -n '/letter.DOC.txt/,/LETTER/p')" \
    "$(printf '%s\n' 'letter.DOC.txt text/plain ARGUMENTS: -f -m UTF-8.txt -' 'A LETTER AS A DOCUMENT')"

antiword 'exit 3'
put "Add Text Of Doc = yes" "Antiword = $scratch/antiword"
ok "a program that fails" ms_once
ok "is named in the log" said "$id: no text of a document: $scratch/antiword: "
ok "and nothing is changed" cmp <(sed 1d "$ms_out/$id-D") <(sed '1,/^$/d' "$scratch/mail.eml")

antiword 'exec yes'
put "Add Text Of Doc = yes" "Antiword = $scratch/antiword"
ok "one that never stops talking" ms_once
ok "is stopped" said "$id: no text of a document: $scratch/antiword: "

antiword 'exec sleep 1000'
put "Add Text Of Doc = yes" "Antiword = $scratch/antiword" "Antiword Timeout = 1"
ok "one that says nothing" ms_once
ok "is stopped too" said "$id: no text of a document: $scratch/antiword: "

put "Add Text Of Doc = yes" "Antiword = /no/such/antiword"
ok "one that is not there" ms_once
ok "is told of" said "$id: no text of a document: /no/such/antiword: "
finish
