#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The log reaches syslog with identity and facility, standard error, or comes as JSON; systemd is told how things are.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

n=0
put() {
	n=$((n + 1))
	last=$(queue_id 1795341598 $n)
	queue_put "$ms_in" "$last" "$root/t/mail/text.eml" 192.0.2.7 alice@sender.test bob@example.test
}
listen() { # socket file
	"$python" "$root/t/lib/listen.py" "$1" "$2" &
	at_exit "kill $! 2>/dev/null"
	wait_until 10 test -S "$1"
}

# JSON lines, one object each; a message can be followed by its id.
ms_config "Log Format = json" "Log Delivery And Non-Delivery = yes"
put
"$MAILSCANNER" -c "$ms_conf" once 2>"$scratch/json"
ok "Log Format = json: every line is an object with time, level, process and text" "$python" -c '
import json, sys
for line in open(sys.argv[1]):
    record = json.loads(line)
    assert {"time", "level", "pid", "text"} <= set(record), record
    assert record["level"] in ("info", "notice", "warning", "err"), record
' "$scratch/json"
is "a message's records carry its id" "$("$python" -c '
import json, sys
print(sum(json.loads(line).get("id") == sys.argv[2] for line in open(sys.argv[1])))' "$scratch/json" "$last")" 2
put
ms --log stderr once 2>"$scratch/stderr"
ok "--log wins over the directive" grep -q '^MailScanner\[[0-9]*\]: New Batch: Scanning 1 messages' "$scratch/stderr"
ok "Log Delivery And Non-Delivery: the line that parsers know" grep -q \
    "Delivery of nonspam: message $last from alice@sender.test to bob@example.test with subject  Lunch" "$scratch/stderr"
status=0
ms --log nowhere once 2>"$scratch/stderr" || status=$?
is "a format that does not exist is a usage error" "$status" 64

# syslog: a /dev of our own, where /dev/log is ours.
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	mkdir "$scratch/dev"
	for node in null zero urandom; do cp -a /dev/$node "$scratch/dev/$node"; done
	listen "$scratch/dev/log" "$scratch/syslog"
	mv "$ms_conf" "$scratch/Gateway.conf"
	ms_conf=$scratch/Gateway.conf
	printf 'Log Format = syslog\nSyslog Facility = local3\n' >>"$ms_conf"
	put
	unshare -m sh -c 'mount --bind "$1/dev" /dev && exec "$2" -c "$3" --log syslog once' - "$scratch" "$MAILSCANNER" "$ms_conf"
	handed_over() { grep -q "handed over" "$scratch/syslog"; }
	ok "syslog gets the lines" wait_until 10 handed_over
	# local3.info: 19 * 8 + 6
	ok "with the facility of Syslog Facility, and the configuration file's name as identity" \
	    grep -Eq '^<158>.* Gateway\[[0-9]+\]: New Batch: Scanning 1 messages' "$scratch/syslog"
	ok "a decision about mail is a notice" grep -Eq '^<157>.* Gateway\[[0-9]+\]: Delivery of nonspam' "$scratch/syslog"
else
	skip "syslog" "needs root and mount namespaces"
fi

# systemd: READY, RELOADING and READY again, STATUS, WATCHDOG, STOPPING.
ms_conf=$scratch/MailScanner.conf
ms_config
listen "$scratch/notify" "$scratch/told"
told() { grep -q "^$1" "$scratch/told"; }
NOTIFY_SOCKET=$scratch/notify WATCHDOG_USEC=400000 ms_start
ok "systemd is told when all is ready" wait_until 10 told READY=1
ok "how things are" wait_until 10 told STATUS=
ok "and, again and again, that it lives" wait_until 10 sh -c "[ \$(grep -c WATCHDOG=1 '$scratch/told') -ge 3 ]"
: >"$scratch/told"
kill -HUP "$ms_pid"
ok "a reload is announced, with its time" wait_until 10 told MONOTONIC_USEC=
ok "and its end" wait_until 10 told READY=1
ms_stop
ok "so is the end" wait_until 10 told STOPPING=1
is "which is clean" "$ms_status" 0
finish
