#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what was done to messages with what the reference, MailScanner 5.5.3, did to the same ones: structure, never wording.

usage: golden_act.py CASE OUT QUARANTINE MAILS LOG [WHAT=EXPECTED...]

CASE is a folder with the reference's results; OUT our outgoing queue, QUARANTINE our quarantine, MAILS a file with all mail that we sent
(each behind a line "ARGUMENTS: ..."), LOG our log. Prints a line "0 or 1 TAB what is true TAB detail" for each thing compared:

    delivered   the ids in the outgoing queue
    subject     the subject of each
    status      the value of the main header of each
    parts       type, name and disposition of each leaf, in order
    kept        names of files in the quarantine
    mails       how many mails went to each address
    log         the log lines of kinds that this version writes

WHAT=EXPECTED names what we do instead by a decision: the text that is printed for it where it differs. "without=ID;ID" leaves out
messages of the batch (their log lines too; those that count messages are compared by what "log=..." says).
"""
import email
import email.policy
import os
import re
import sys

from golden import parse, read

LINES = [
    r"(Uninfected|Silent|Cleaned): Delivered \d+ .*",
    r"(Other Checks|Content Checks): Found \d+ problems",
    r"Virus and Content Scanning: Starting",
    r"Content Checks: Detected .*",
    r"HTML[- ]\w+ tag found in message .*",
    r"(Filename|Filetype) Checks: .*",
    r"Attachment size check: .*",
    r"Saved (entire message|infected) .*",
    r"Sender Warnings: Delivered \d+ warnings to virus senders",
    r"Notices: Warned about \d+ messages",
    r"Found (ip-based |definite )?phishing fraud .*",
]


def message_text(directory, name):
    _, headers = parse(read(directory, name + "-H"))
    data = read(directory, name + "-D")
    return b"".join(headers) + b"\n" + data[data.index(b"\n") + 1:]


def messages(directory):
    names = sorted(name[:-2] for name in os.listdir(directory) if name.endswith("-H")) if os.path.isdir(directory) else []
    return {name: email.message_from_bytes(message_text(directory, name), policy=email.policy.compat32) for name in names}


def leaf(part):
    name = part.get_filename() or ""
    return "%s|%s|%s" % (part.get_content_type(), name, part.get_content_disposition() or "")


def leaves(message):
    return [leaf(part) for part in message.walk() if not part.is_multipart()]


def kept(directory, without):
    found = []
    for folder, _, files in os.walk(directory):
        if os.path.basename(folder) in without:
            continue
        found += [name for name in files if name != "envelope"]
    return sorted(found)


def kept_by_reference(case, without):
    path = os.path.join(case, "quarantine.ls")
    if not os.path.exists(path):
        return []
    with open(path) as listing:
        return sorted(os.path.basename(line.split()[-1]) for line in listing
                      if line.startswith("-") and "/spam/" not in line and not any(id in line for id in without))


def mails_of_reference(case):
    folder, found = os.path.join(case, "notices"), {}
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        message = email.message_from_bytes(read(folder, name))
        address = re.sub(r"@.*", "", message["Envelope-to"] or "")
        found[address] = found.get(address, 0) + 1
    return found


def our_mails(path):
    found = {}
    if not os.path.exists(path):
        return found
    with open(path, errors="replace") as mails:
        for line in mails:
            match = re.match(r"ARGUMENTS: .* -- (.*)", line)
            if match:
                address = re.sub(r"@.*", "", match.group(1))
                found[address] = found.get(address, 0) + 1
    return found


def log_lines(text, without):
    found = []
    for line in text.splitlines():
        if any(id in line for id in without):
            continue
        if any(re.fullmatch(pattern, line) for pattern in LINES):
            line = re.sub(r"(Saved .* to ).*/(\d{8}/)?", r"\1", line)
            # Texts of rules are each side's own; kinds come in any order.
            line = re.sub(r"(File\w+ Checks: ).* \(", r"\1TEXT (", line)
            line = re.sub(r"(have disarmed )(.*)( tags)", lambda m: m[1] + ", ".join(sorted(m[2].split(", "))) + m[3], line)
            found.append(re.sub(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}\b", "ID", line))
    return sorted(found)


def show(value):
    if isinstance(value, dict):
        return ";".join("%s=%s" % item for item in sorted(value.items()))
    return ";".join(value) if isinstance(value, list) else str(value)


def main(case, out, quarantine, mails, log, *exceptions):
    name = os.path.basename(case)
    decided = dict(text.split("=", 1) for text in exceptions)
    without = decided.pop("without").split(";") if "without" in decided else []
    ours, theirs = ({id: message for id, message in messages(folder).items() if id not in without}
                    for folder in (out, os.path.join(case, "after")))

    def compare(what, got, expected):
        by_decision = what in decided
        wanted = decided[what] if by_decision else show(expected)
        passed = show(got) == wanted
        print("%d\t%s: %s %s%s" % (0 if passed else 1, name, what, "by decision" if by_decision else "as the reference",
                                   "" if passed else "\tgot %s, expected %s" % (show(got), wanted)))

    compare("delivered", sorted(ours), sorted(theirs))
    both = sorted(set(ours) & set(theirs))
    compare("subject", [str(ours[id]["Subject"]) for id in both], [str(theirs[id]["Subject"]) for id in both])
    main_header = "X-Example-MailScanner"
    compare("status", [str(ours[id][main_header]) for id in both], [str(theirs[id][main_header]) for id in both])
    compare("parts", sum((leaves(ours[id]) for id in both), []), sum((leaves(theirs[id]) for id in both), []))
    compare("kept", kept(quarantine, without), kept_by_reference(case, without))
    compare("mails", our_mails(mails), mails_of_reference(case))
    with open(log, errors="replace") as text:
        got = re.sub(r"(?m)^[^\[\n]*\[\d+\]: ", "", text.read())
    compare("log", log_lines(got, without), log_lines(read(case, "log").decode(errors="replace"), without))


if __name__ == "__main__":
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
