#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The supervisor in bad days: it sleeps when nothing is to be done, blames no message for what is not its fault, and finds its
# directories again.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

n=0
put() { # how many
	local i=0
	while [ $i -lt "${1:-1}" ]; do
		i=$((i + 1))
		n=$((n + 1))
		last=$(queue_id 1795341598 $n)
		queue_put "$ms_in" "$last" "$root/t/mail/text.eml" 192.0.2.7 alice@sender.test bob@example.test
	done
}
arrived() {
	[ -e "$ms_out/$last-H" ]
}
workers_are() {
	[ "$(pgrep -c -P "$ms_pid")" = "$1" ]
}
wake_ups() { # how often the supervisor has gone to sleep so far
	awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$ms_pid/status"
}
ticks() {
	awk '{ print $14 + $15 }' "/proc/$ms_pid/stat"
}

ms_config "Max Children = 3" "Queue Scan Interval = 1"
ms_start
ok "(three workers)" wait_until 10 workers_are 3
sed -i 's/^Max Children = .*/Max Children = 1/' "$ms_conf"
kill -HUP "$ms_pid"
ok "HUP with fewer Max Children leaves that many workers" wait_until 10 workers_are 1
slept_twice() { [ "$(wake_ups)" -ge $((slept + 2)) ]; }
slept=$(wake_ups) used=$(ticks)
ok "and the supervisor sleeps between its scans" wait_until 10 slept_twice
ok "it doesn't spin meanwhile" test $(($(ticks) - used)) -lt 30

put 1
ok "(mail flows)" wait_until 10 arrived
mv "$ms_in" "$ms_in.away"
put_again() {
	mkdir "$ms_in"
	put 1
}
put_again
ok "a queue directory that was replaced is taken from" wait_until 10 arrived
mv "$ms_out" "$ms_out.away"
mkdir "$ms_out"
put 1
ok "an outgoing directory that was replaced is the one that gets the mail" wait_until 10 arrived
ms_stop

# A worker that can't start has begun nothing: no message is to blame.
ms_config "Max Children = 1"
: >"$ms_log"
rm -f "$ms_state"/worker-*.journal
mkdir "$ms_state/worker-0.journal"
put 1
ok "once gives up when no worker can start" ms_once 75
is "no message is blamed for that" "$(ms_count 'a worker ended over it')" 0
rmdir "$ms_state/worker-0.journal"
ok "once takes the message when they can" ms_once
ok "(it is handed over)" arrived

# The MTA's command hangs: a single batch ends all the same, and so does `once`. The command itself is left alone: an MTA
# that is killed while it delivers delivers again.
printf '#!/bin/sh\necho $$ >>%s/hanging\nexec sleep 600\n' "$scratch" >"$scratch/hang"
chmod 755 "$scratch/hang"
ms_config "Delivery Method = batch" "Sendmail2 = $scratch/hang" "Kick Timeout = 1"
put 1
ok "a single batch doesn't wait longer for the MTA than Kick Timeout" \
    timeout 20 "$MAILSCANNER" -c "$ms_conf" --log stderr once --one-batch
ok "(it is handed over)" arrived
ms_config "Delivery Method = batch" "Sendmail2 = $scratch/hang" "Kick Timeout = 1" "Deliver In Background = no"
put 1
ok "nor does once" timeout 20 "$MAILSCANNER" -c "$ms_conf" --log stderr once
ok "(it is handed over)" arrived
ok "and no command is killed for it" xargs -n 1 kill -0 <"$scratch/hanging"
is "(there are two)" "$(wc -l <"$scratch/hanging")" 2
xargs kill <"$scratch/hanging"

ms_config "Max Children = 1"
put 1
ms_start
ok "(mail flows)" wait_until 10 arrived
sed -i "s#^PID file = .*#PID file = $scratch/other.pid#" "$ms_conf"
: >"$ms_log"
kill -HUP "$ms_pid"
ok "(another PID file is configured)" wait_until 10 grep -q 'Reading configuration file' "$ms_log"
ms_stop
ok "the pid file that was written is the one that goes" absent "$scratch/mailscanner.pid"

if [ "$(id -u)" = 0 ] && unshare --pid --fork true 2>/dev/null; then
	put 1
	unshare --pid --fork "$MAILSCANNER" -c "$ms_conf" --log stderr once 2>>"$ms_log" || :
	ok "as process 1 (in a container) it works like anywhere" arrived
else
	skip "as process 1" "unshare needs root"
fi
finish
