# SPDX-License-Identifier: GPL-2.0-or-later
# kill -9 of workers and of the supervisor, at random, under load, between two real Exims that receive and deliver
# meanwhile. At the end each message that was accepted has been delivered once, and whole. Read by t/crash/run.
. "$root/t/lib/exim.sh"
. "$root/t/lib/mailscanner.sh"

kills=$([ -n "$full" ] && echo 200 || echo 10)
crowd=150 # messages that may wait in a queue before more are sent
sent=$scratch/sent

waiting() { # directory
	find "$1" -name '*-H' | wc -l
}

nothing_waits() { # directory
	[ "$(waiting "$1")" = 0 ]
}

pause() { # at most so many milliseconds
	read -rt "0.$(printf %03d $((RANDOM % $1)))" <> <(:) || :
}

# Sends all the time, as long as $scratch/busy exists.
keep_sending() {
	while [ -e "$scratch/busy" ]; do
		if [ "$(waiting "$exim_in")" -lt $crowd ] && [ "$(waiting "$exim_out")" -lt $crowd ]; then
			"$python" "$root/t/lib/mail.py" flood "$exim_address" "$exim_port" 20 >>"$sent"
		else
			pause 100
		fi
	done
}

gone() { # process...
	local process
	for process; do
		[ ! -d "/proc/$process" ] || return 1
	done
}

kill_supervisor() {
	local workers
	workers=$(pgrep -xP "$ms_pid" mailscanner)
	ms_stop KILL
	wait_until 20 gone $workers || outlived=$((outlived + 1))
	ms_start
}

# Not the MTA's programs, which the supervisor started: Exim itself, killed in the middle, delivers again.
kill_worker() {
	local workers
	mapfile -t workers < <(pgrep -xP "$ms_pid" mailscanner)
	[ ${#workers[@]} -gt 0 ] && kill -KILL "${workers[RANDOM % ${#workers[@]}]}" 2>/dev/null
}

wreak_havoc() {
	local n=0
	supervisors=0 outlived=0
	while [ $n -lt "$kills" ]; do
		pause 400
		if [ $((RANDOM % 4)) = 0 ]; then
			kill_supervisor
			supervisors=$((supervisors + 1))
		else
			kill_worker || continue
		fi
		n=$((n + 1))
		! [ -t 1 ] || printf '\rchaos: %d ' $n >/dev/tty
	done
	! [ -t 1 ] || printf '\r%40s\r' '' >/dev/tty
}

run_outgoing_queue() {
	$exim_kick -qf
	nothing_waits "$exim_out"
}

# A line for each message that was not delivered once and whole.
unlike_once() {
	local id count
	while read -r id; do
		count=$(grep -c "^Message-ID: " "$exim_delivered/$id" 2>/dev/null)
		[ "${count:-0}" = 1 ] || echo "$id: delivered ${count:-0} times"
		[ "$(tail -n 1 "$exim_delivered/$id" 2>/dev/null)" = "Another one." ] || echo "$id: not whole"
	done <"$sent"
	grep -Eo ' [^ ]+ [=-]> ' "$exim_out_log" | sort | uniq -d | sed 's/$/: delivered again, says Exim/'
	ls "$exim_delivered" | sort | comm -13 <(sort "$sent") - | sed 's/$/: was never sent/'
}

if [ -z "$exim_program" ] || [ "$(id -u)" != 0 ]; then
	skip "kill -9 at random under load" "needs exim4, and root to run it with a configuration of its own"
else
	RANDOM=$seed
	exim_setup in
	exim_start
	ms_config "Max Children = 3" "Delivery Method = batch" "Sendmail2 = $exim_kick" "Maximum Processing Attempts = 1000" \
	    "Run As User = Debian-exim" "Run As Group = Debian-exim"
	chown -R Debian-exim:Debian-exim "$scratch"/{state,work,quarantine,archive,locks}
	touch "$scratch/busy"
	: >"$sent"
	keep_sending &
	sender=$!
	ms_start
	wreak_havoc
	rm "$scratch/busy"
	wait $sender
	ok "after $kills times kill -9 ($supervisors of the supervisor) all mail is handed over" wait_until 120 nothing_waits "$exim_in"
	ms_stop
	ok "the outgoing Exim delivers all of it" wait_until 60 run_outgoing_queue
	is "no worker outlived its supervisor" "$outlived" 0
	unlike_once >"$scratch/unlike"
	is "each of $(wc -l <"$sent") messages was delivered once, and whole" "$(head -n 20 "$scratch/unlike")" ""
	figures[chaos]=$kills
	. "$here/chaos_release.sh"
	exim_stop
fi
