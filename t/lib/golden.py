#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares an outgoing Exim queue and a log with what the reference, MailScanner 5.5.3, made of the same messages.

usage: golden.py CASE OUT LOG BEFORE

CASE is a folder with the reference's `after` and `log`; BEFORE holds the queue files that went in. Prints a line
"0 or 1 TAB what is true TAB detail" for each thing compared. Compared are structure and values, not the wording or the
order of what differs by decision:
- headers by name and value, in order, but for those of checks that this version doesn't have yet;
- every other line of -H against BEFORE (the reference reorders option lines and loses taint marks; ours must not);
- the log lines of kinds that this version writes, with times and speeds left out.
"""
import difflib
import os
import re
import sys

# Headers that checks of later versions add, and the MIME-Version that the reference adds when it signs.
LATER = re.compile(rb"X-Spam-Status:|X-Example-MailScanner-Spam|X-Example-MailScanner-SpamScore:|MIME-Version: 1.0\n\Z")

# Log lines that this version writes, each with what varies from run to run made equal.
LINES = [
    (r"New Batch: .*", None),
    (r"(Unscanned|Uninfected): Delivered \d+ messages", None),
    (r"Deleted \d+ messages from processing-database", None),
    (r"Batch completed at \d+ bytes per second \((\d+) / \d+\)", r"Batch completed at S bytes per second (\1 / T)"),
    (r"Batch \((\d+ messages?)\) processed in \d+\.\d\d seconds", r"Batch (\1) processed in T seconds"),
    (r"MailScanner Email Processor version \S+ starting\.\.\.", "MailScanner Email Processor version V starting..."),
    (r"Connected to Processing Attempts Database", None),
    (r"Found \d+ messages in the Processing Attempts Database", None),
    (r"Using locktype = posix", None),
    (r"Saved archive copies of.*", None),
]


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def parse(data):
    """What stands before the headers, and the headers (text only)."""
    start = re.search(rb"\n\n(?=\d{3,}[ A-Z*] |\Z)", data).end()
    envelope, headers = data[:start], []
    while start < len(data):
        length, flag = re.match(rb"(\d{3,})([ A-Z*]) ", data[start:]).groups()
        start += len(length) + 2
        if flag != b"*":
            headers.append(data[start:start + int(length)])
        start += int(length)
    return envelope, headers


def log_lines(text):
    found = []
    for line in text.splitlines():
        for pattern, replacement in LINES:
            if re.fullmatch(pattern, line):
                found.append(re.sub(pattern, replacement, line) if replacement else line)
    # Supervisor and worker start side by side.
    start = next((n for n, line in enumerate(found) if line.startswith("New Batch")), len(found))
    return sorted(found[:start]) + found[start:]


def report(passed, what, detail=""):
    print("%d\t%s" % (0 if passed else 1, what) + ("" if passed else "\t" + detail))


def difference(got, expected):
    lines = difflib.unified_diff([repr(x) for x in expected], [repr(x) for x in got], "expected", "got", n=0, lineterm="")
    return " | ".join(lines)


def main(case, out, log, before):
    name = os.path.basename(case)
    for file in sorted(os.listdir(out)):
        if not file.endswith("-H") or not os.path.exists(os.path.join(case, "after", file)):
            continue
        envelope, headers = parse(read(out, file))
        came_with, original = parse(read(before, file))
        _, expected = parse(read(case, "after", file))
        what = "%s: %s" % (name, file[:-2])
        report(envelope == came_with, what + " keeps its envelope byte for byte")
        # Only what stands behind the original headers can have been added.
        expected = expected[:len(original)] + [text for text in expected[len(original):] if not LATER.match(text)]
        report(headers == expected, what + " has the reference's headers", difference(headers, expected))
        data = file[:-2] + "-D"
        report(read(out, data) == read(before, data), what + " keeps its body")
    got = log_lines(log_text(log))
    expected = log_lines(read(case, "log").decode(errors="replace"))
    report(got == expected, name + ": logs the reference's lines", difference(got, expected))


def log_text(path):
    return re.sub(r"(?m)^[^\[\n]*\[\d+\]: ", "", read(path).decode(errors="replace"))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
