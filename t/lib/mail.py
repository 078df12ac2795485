#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mail in all shapes, for a real MTA: sent by SMTP byte for byte as written here, and compared when it has arrived.

usage: mail.py send ADDRESS PORT DIRECTORY [NAME...]
           Sends the messages of the table SHAPES (or those named). DIRECTORY/sent then has a line for each: name, the
           id that the MTA gave it; DIRECTORY/NAME.eml is what was sent, with LF line ends.
       mail.py one ADDRESS PORT SENDER RECIPIENT...
           Sends standard input, prints the id.
       mail.py flood ADDRESS PORT COUNT
           Sends COUNT small messages over one connection, prints their ids.
       mail.py compare DIRECTORY DELIVERED LOG OURS [CONTROL]
           For each message sent: is DELIVERED/ID what was sent (and the same as CONTROL/ID), but for headers that match
           the expression OURS, and was it delivered once to each recipient (Exim's main log LOG)?
           Prints a line "0 or 1 TAB what is true" for each.
       mail.py headers OURS BEFORE AFTER
           Is Exim's -H file AFTER the same as BEFORE, but for added headers that match OURS? Prints the difference.

The smtplib module is not used: it would repair what is to be sent broken.
"""
import difflib
import os
import re
import socket
import sys

TEXT = (
    b"From: Alice Sender <alice@sender.test>\n"
    b"To: Bob <bob@example.test>\n"
    b"Subject: %s\n"
    b"Date: Sun, 22 Nov 2026 09:00:00 +0000\n"
    b"Message-ID: <%s@sender.test>\n"
)
MIME = b"MIME-Version: 1.0\nContent-Type: text/plain; charset=%s\nContent-Transfer-Encoding: %s\n"


def text(name, more=b"", body=b"A line of text.\nAnother one.\n"):
    return TEXT % (name, name) + more + b"\n" + body


def large(megabytes):
    line = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + b" some more to fill\n"
    return line * (megabytes * 1000000 // len(line))


class Shape:
    """One message: envelope, content, and how it goes over the wire."""

    def __init__(self, data, sender=b"alice@sender.test", to=(b"bob@example.test",), mail=b"", rcpt=(), chunks=0,
                 changed=False):
        self.data = data  # LF line ends
        self.sender = sender
        self.to = list(to)
        self.mail = mail  # parameters of MAIL
        self.rcpt = list(rcpt)  # parameters of RCPT, by position
        self.chunks = chunks  # sent by BDAT in so many chunks; 0: by DATA
        self.changed = changed  # the MTA itself mends this content, so only the control copy can be compared


ODD_HEADERS = (
    b"X-Empty:\n"
    b"X-Blank: \n"
    b"X-No-Space:value\n"
    b"X-Space-Before : value\n"
    b"X-Tab-Before\t:\tvalue\n"
    b"X-Eight-Bit: gr\xfc\xdfe \xc3\xa9\n"
    b"X-Many-Blanks:     value     \n"
    b"X-Twice: one\n"
    b"X-Twice: two\n"
    b"x-tWICE: three\n"
    b"Subject: a second subject\n"
    b"X-Colons: a:b::c\n"
    b"X-Percent: %s %n %d $name ${expand} \\n\n"
    b"X!#$&'*+-/=?^_`{|}~: a name of odd characters\n"
    b"X-Long: " + b"0123456789" * 2000 + b"\n"
)
FOLDED_HEADERS = (
    b"X-Folded: one\n two\n\tthree\n    four\n"
    b"X-Folded-Empty-First:\n value on the second line\n"
    b"X-Folded-Many: 0" + b"".join(b",\n\t%d" % n for n in range(1, 400)) + b"\n"
)
BINARY = bytes(range(256)).replace(b"\r", b"").replace(b"\n", b"") * 4

SHAPES = {
    "plain": Shape(text(b"plain")),
    "empty-body": Shape(text(b"empty-body", body=b"")),
    "dots": Shape(text(b"dots", body=b".\n..\n...\n.a\n..a\nend.\n.\n")),
    "from-lines": Shape(text(b"from-lines", body=b"From alice Sun Nov 22\n>From bob\nFrom: no header\n")),
    "folded-headers": Shape(text(b"folded-headers", FOLDED_HEADERS)),
    "odd-headers": Shape(text(b"odd-headers", ODD_HEADERS)),
    "no-headers": Shape(b"\nOnly a body.\n"),
    "not-a-header": Shape(text(b"not-a-header", b"this line has no colon\n"), changed=True),
    "own-names": Shape(text(b"own-names", b"X-Spam-Status: No\nX-MailScanner-Theirs: set by someone before\n")),
    "eight-bit": Shape(text(b"eight-bit", MIME % (b"iso-8859-1", b"8bit"), b"gr\xfc\xdfe\n\xff\xfe\n"),
                       mail=b" BODY=8BITMIME"),
    "utf8-address": Shape(text(b"utf8-address", MIME % (b"utf-8", b"8bit"), "Grüße\n".encode()),
                          sender="jürgen@sender.test".encode(), to=["žofie@example.test".encode()],
                          mail=b" BODY=8BITMIME SMTPUTF8"),
    "nul": Shape(text(b"nul", body=b"before\0after\n\0\0\n")),
    "long-line": Shape(text(b"long-line", body=b"x" * 20000 + b"\n")),
    "null-sender": Shape(text(b"null-sender"), sender=b""),
    "letter-case": Shape(text(b"letter-case"), sender=b"Alice.SENDER@Sender.Test", to=[b"BOB@Example.Test"]),
    "quoted-local-part": Shape(text(b"quoted-local-part"), sender=b'"alice sender"@sender.test',
                               to=[b'"bob example"@example.test', b'"a#3,1 2"@example.test']),
    "dsn": Shape(text(b"dsn"), to=[b"one@example.test", b"two@example.test", b"three@example.test"],
                 mail=b" RET=HDRS ENVID=envelope+2Did",
                 rcpt=[b" NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;Orig+40one@example.test", b"", b" NOTIFY=NEVER"]),
    "recipients-500": Shape(text(b"recipients-500"), to=[b"user%03d@example.test" % n for n in range(500)]),
    "large": Shape(text(b"large", body=large(20))),
    "chunked": Shape(text(b"chunked"), chunks=3),
    "chunked-no-newline": Shape(text(b"chunked-no-newline", body=b"one\ntwo, and no newline"), chunks=2),
    "chunked-binary": Shape(text(b"chunked-binary", body=BINARY), chunks=1, mail=b" BODY=8BITMIME"),
    "chunked-empty": Shape(text(b"chunked-empty", body=b""), chunks=1),
    # Exim 4.96 says "wire format" of this one too, though its lines end in LF.
    "after-chunked": Shape(text(b"after-chunked")),
}


class Client:
    def __init__(self, address, port):
        self.socket = socket.create_connection((address, int(port)), timeout=60)
        self.replies = self.socket.makefile("rb")
        self.expect(b"220")
        self.command(b"EHLO client.sender.test", b"250")

    def expect(self, code):
        line = self.replies.readline()
        while line[3:4] == b"-":
            line = self.replies.readline()
        if not line.startswith(code):
            raise SystemExit("expected %s, got: %r" % (code.decode(), line))
        return line

    def command(self, line, code):
        self.socket.sendall(line + b"\r\n")
        return self.expect(code)

    def send(self, shape):
        """Returns the id that the MTA gave the message."""
        self.command(b"MAIL FROM:<%s>%s" % (shape.sender, shape.mail), b"250")
        parameters = shape.rcpt + [b""] * len(shape.to)
        for address, parameter in zip(shape.to, parameters):
            self.command(b"RCPT TO:<%s>%s" % (address, parameter), b"250")
        wire = shape.data.replace(b"\n", b"\r\n")
        if shape.chunks:
            reply = self.send_chunks(wire, shape.chunks)
        else:
            self.command(b"DATA", b"354")
            self.socket.sendall(re.sub(rb"(?m)^\.", b"..", wire) + b".\r\n")
            reply = self.expect(b"250")
        return re.search(rb"id=(\S+)", reply).group(1).decode()

    def send_chunks(self, wire, chunks):
        size = len(wire) // chunks + 1
        pieces = [wire[n:n + size] for n in range(0, len(wire), size)]
        for piece in pieces[:-1]:
            self.socket.sendall(b"BDAT %d\r\n" % len(piece) + piece)
            self.expect(b"250")
        self.socket.sendall(b"BDAT %d LAST\r\n" % len(pieces[-1]) + pieces[-1])
        return self.expect(b"250")

    def quit(self):
        self.command(b"QUIT", b"221")


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def send(address, port, directory, *names):
    client = Client(address, port)
    with open(os.path.join(directory, "sent"), "a") as list_of_ids:
        for name in names or SHAPES:
            list_of_ids.write("%s %s\n" % (name, client.send(SHAPES[name])))
            with open(os.path.join(directory, name + ".eml"), "wb") as file:
                file.write(SHAPES[name].data)
    client.quit()


def one(address, port, sender, *recipients):
    client = Client(address, port)
    shape = Shape(sys.stdin.buffer.read(), sender.encode(), [recipient.encode() for recipient in recipients])
    print(client.send(shape))
    client.quit()


def flood(address, port, count):
    client = Client(address, port)
    for n in range(int(count)):
        print(client.send(Shape(text(b"number-%d" % n))))
    client.quit()


def split(message):
    """Header fields (a list) and the rest, which begins with the empty line."""
    end = message.find(b"\n\n") + 1 if not message.startswith(b"\n") else 0
    return re.findall(rb"[^\n]*\n(?:[ \t][^\n]*\n)*", message[:end]), message[end:]


def without(message, ours, received):
    """The message without our headers and, where `received`, without the topmost Received, the MTA's own."""
    fields, rest = split(message)
    fields = [field for field in fields if not re.match(ours, field)]
    if received and fields and fields[0].startswith(b"Received:"):
        fields = fields[1:]
    return b"".join(fields) + rest


def deliveries(log, message_id):
    """Recipients to whom Exim's log says that this message was delivered, in order."""
    pattern = rb"(?m)^\S+ \S+ (?:\[\d+\] )?%s [=-]> (.*?) R=\w+ T=" % re.escape(message_id.encode())
    found = re.findall(pattern, log)
    return sorted(address.rsplit(b"<", 1)[-1].rstrip(b">") for address in found)


def difference(got, expected):
    if len(got) > 200000:
        return "%d bytes, expected %d" % (len(got), len(expected))
    lines = difflib.unified_diff(repr_lines(expected), repr_lines(got), "expected", "got", n=0, lineterm="")
    return " | ".join(lines)[:600]


def repr_lines(data):
    return [repr(line)[1:] for line in data.split(b"\n")]


def report(passed, what, detail=""):
    print("%d\t%s" % (0 if passed else 1, what) + ("" if passed else "\t" + detail))


def compare(directory, delivered, log, ours, control=None):
    ours = ours.encode()
    log = read(log)
    for line in read(directory, "sent").decode().splitlines():
        name, message_id = line.split()
        if not os.path.exists(os.path.join(delivered, message_id)):
            report(False, name + ": arrives", "no " + message_id)
            continue
        got = read(delivered, message_id)
        if name in SHAPES and not SHAPES[name].changed:
            expected = SHAPES[name].data
            stripped = without(got, ours, True)
            report(stripped == expected, name + ": arrives as it was sent", difference(stripped, expected))
        if control:
            expected = without(read(control, message_id), ours, False)
            stripped = without(got, ours, False)
            report(stripped == expected, name + ": arrives as it would have without us", difference(stripped, expected))
        if name in SHAPES:
            expected = sorted(set(SHAPES[name].to))
            got = deliveries(log, message_id)
            report(got == expected, name + ": goes once to each recipient", "to %r" % got[:5])


def headers(ours, before, after):
    pattern = rb"(?m)^\d{3,}[ A-Z*] (?=%s)[^\n]*\n(?:[ \t][^\n]*\n)*" % ours.encode()
    expected = re.sub(pattern, b"", read(before))
    got = re.sub(pattern, b"", read(after))
    if got != expected:
        sys.exit(difference(got, expected))


if __name__ == "__main__":
    commands = {"send": send, "one": one, "flood": flood, "compare": compare, "headers": headers}
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])
