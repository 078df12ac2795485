#!/bin/bash
# The daemon: signals, a second instance, reloading with good and bad configurations, workers that come and go.
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
taken() { # what a message's main header says, when it has arrived
	wait_until 10 arrived && grep -q "X-Example-MailScanner: $1$" "$ms_out/$last-H"
}
workers() {
	pgrep -P "$ms_pid" | wc -l
}
workers_are() {
	[ "$(workers)" = "$1" ]
}
put_one_and_wait() {
	put 1
	wait_until 10 arrived
}

ms_config "Max Children = 3" "Clean Header Value = first"
put 40
ms_start
ok "mail that waits at the start is taken" wait_until 10 arrived
ok "mail that comes later is taken" put_one_and_wait
ok "Max Children workers run" wait_until 10 workers_are 3
is "the pid file names the daemon" "$(cat "$scratch/mailscanner.pid")" "$ms_pid"

status=0
timeout 20 "$MAILSCANNER" -c "$ms_conf" --log stderr run --foreground 2>"$scratch/second" || status=$?
ok "a second instance is refused" test "$status" -ne 0 -a "$status" -ne 124
ok "it says why" grep -qi 'already\|another\|lock' "$scratch/second"
is "the pid file still names the first" "$(cat "$scratch/mailscanner.pid")" "$ms_pid"
status=0
timeout 20 "$MAILSCANNER" -c "$ms_conf" --log stderr once 2>"$scratch/second" || status=$?
ok "once does not work beside the daemon" test "$status" -ne 0 -a "$status" -ne 124
ok "the first goes on" put_one_and_wait

reload() {
	local reloads
	reloads=$(grep -ci "reload\|new configuration\|configuration" "$ms_log" || :)
	kill -HUP "$ms_pid"
	wait_until 10 eval '[ $(grep -ci "reload\|new configuration\|configuration" "$ms_log") -gt '"$reloads"' ]'
}
takes_effect() { # HUP is asynchronous: messages until one bears the new value
	local deadline=$((SECONDS + 10))
	while [ $SECONDS -lt $deadline ]; do
		put 1
		taken "$1" && return
	done
	return 1
}
sed -i 's/^Clean Header Value = .*/Clean Header Value = second/' "$ms_conf"
kill -HUP "$ms_pid"
ok "HUP: the new configuration counts" takes_effect second
ok "HUP: workers run as before" wait_until 10 workers_are 3

cp "$ms_conf" "$scratch/good"
sed -i 's/^Clean Header Value = .*/Clean Header Value = third/' "$ms_conf"
echo "Incoming Queue Dir = $scratch/is/not/there" >>"$ms_conf"
echo "this line is no directive" >>"$ms_conf"
ok "HUP with a broken configuration is answered in the log" reload
ok "and the old configuration stays" eval 'put 1 && taken second'
ok "the error names file and line" grep -q "MailScanner.conf:$(wc -l <"$ms_conf")" "$ms_log"
refused_reload() { # line
	local refusals
	refusals=$(grep -c "reload refused" "$ms_log" || :)
	sed 's/^Clean Header Value = .*/Clean Header Value = third/' "$scratch/good" >"$ms_conf"
	echo "$1" >>"$ms_conf"
	kill -HUP "$ms_pid"
	wait_until 10 eval '[ $(grep -c "reload refused" "$ms_log") -gt '"$refusals"' ]' && put 1 && taken second
}
ok "HUP with an MTA that is not known is refused whole" refused_reload "MTA = postfix"
ok "with a queue that is not there" refused_reload "Incoming Queue Dir = $scratch/is/not/there"
ok "with a user who does not exist" refused_reload "Run As User = nobody-of-that-name"
sed 's/^Clean Header Value = .*/Clean Header Value = fourth/' "$scratch/good" >"$ms_conf"
kill -HUP "$ms_pid"
ok "HUP with it mended works again" takes_effect fourth

victim=$(pgrep -P "$ms_pid" | head -n 1)
kill -KILL "$victim"
worker_gone() {
	[ ! -e "/proc/$victim" ] || grep -q '^State:.*Z' "/proc/$victim/status"
}
ok "(a worker is killed)" wait_until 10 worker_gone
ok "mail flows on" put_one_and_wait
ok "the worker is replaced" wait_until 10 workers_are 3
ok "the log tells of it" grep -q 'Process did not exit cleanly' "$ms_log"

put 200
kill -TERM "$ms_pid"
ms_stop TERM
is "TERM: the daemon ends with 0" "$ms_status" 0
total=$(($(ls "$ms_in" | grep -c -e '-H$' || :) + $(ls "$ms_out" | grep -c -e '-H$')))
is "TERM: each message is in one queue, whole" "$total" "$n"
is "TERM: no message is in both" "$(cd "$ms_in" && ls | while read -r f; do [ ! -e "$ms_out/$f" ] || echo "$f"; done)" ""
ok "the pid file is gone" absent "$scratch/mailscanner.pid"

# Workers never outlive their supervisor.
ms_config "Max Children = 2"
ms_start
ok "(two workers)" wait_until 10 workers_are 2
mapfile -t orphans < <(pgrep -P "$ms_pid")
ms_stop KILL
orphans_gone() {
	local pid
	for pid in "${orphans[@]}"; do
		[ ! -e "/proc/$pid" ] || return 1
	done
}
ok "workers end when the supervisor is killed" wait_until 10 orphans_gone
rm -rf "$ms_in" "$ms_out" && mkdir "$ms_in" "$ms_out"
put 1
ms_start
ok "after that it starts again and takes mail" wait_until 10 arrived
ms_stop

ms_config "Max Children = 1" "Restart Every = 1"
ms_start
ok "(one worker)" wait_until 10 workers_are 1
first=$(pgrep -P "$ms_pid")
replaced() {
	[ -n "$(pgrep -P "$ms_pid")" ] && [ "$(pgrep -P "$ms_pid")" != "$first" ]
}
ok "Restart Every: an idle worker is replaced when it is old" wait_until 10 replaced
ok "the log says that it was old age" ms_logged "MailScanner child dying of old age"
ok "mail flows on then" put_one_and_wait
ms_stop

# In the background: the first process waits until the daemon runs, or says why it doesn't.
ms_config "Max Children = 1"
status=0
ms --log syslog run 2>"$scratch/said" || status=$?
is "a start in the background ends with 0 once the daemon runs" "$status" 0
is "and says nothing" "$(cat "$scratch/said")" ""
background=$(cat "$scratch/mailscanner.pid")
at_exit "kill -KILL $background 2>/dev/null"
put 1
ok "it takes mail" wait_until 10 arrived
status=0
ms --log syslog run 2>"$scratch/said" || status=$?
is "a second one ends with 75" "$status" 75
ok "and says why, though its log goes elsewhere" grep -q 'another instance is at work' "$scratch/said"
kill -TERM "$background"
background_gone() { [ ! -e "/proc/$background" ] || grep -q '^State:.*Z' "/proc/$background/status"; }
ok "TERM ends it" wait_until 10 background_gone
ok "its pid file is gone" absent "$scratch/mailscanner.pid"

if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
	rm -rf "$scratch/state"
	ms_config "Max Children = 2" "Run As User = nobody" "Run As Group = $(id -gn nobody)"
	chown -R nobody "$ms_in" "$ms_out" "$scratch"/{state,work,quarantine,locks}
	touch "$scratch/mailscanner.pid"
	chown nobody "$scratch/mailscanner.pid"
	put 3
	chown nobody "$ms_in"/*
	ms_start
	ok "Run As User: mail is taken" wait_until 10 arrived
	is "Run As User: all processes are that user's" \
	    "$(for pid in $ms_pid $(pgrep -P "$ms_pid"); do stat -c %U "/proc/$pid"; done | sort -u)" nobody
	ms_stop
	is "Run As User: and it ends cleanly" "$ms_status" 0
else
	skip "Run As User" "needs root"
fi
finish
