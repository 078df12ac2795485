#!/bin/bash
# The daemon takes mail from split and flat Exim queues as it arrives, and Exim delivers it at the kick.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/exim.sh"
. "$(dirname "$0")/lib/mailscanner.sh"

exim_require
shapes=(plain odd-headers folded-headers dsn recipients-500 null-sender eight-bit utf8-address quoted-local-part \
    chunked-no-newline chunked-binary after-chunked)

# How many of these messages has the outgoing Exim dealt with to the end?
completed() {
	local name id n=0
	while read -r name id; do
		grep -q "$id Completed" "$exim_out_log" 2>/dev/null && n=$((n + 1))
	done <"$1/sent"
	[ "$n" = "${#shapes[@]}" ]
}

lines=() # of configuration
story() { # name, words for exim_setup
	local name=$1 sent=$scratch/sent-$1
	shift
	rm -rf "$exim_home" "$scratch/state"
	mkdir -p "$sent"
	exim_setup "$@"
	ms_config "Delivery Method = batch" "Sendmail2 = $exim_kick" "${lines[@]}"
	chown -R Debian-exim:Debian-exim "$scratch"/{state,work,quarantine,archive,locks}
	exim_start
	ms_start
	"$python" "$root/t/lib/mail.py" send "$exim_address" "$exim_port" "$sent" "${shapes[@]}"
	ok "$name: all is delivered without a queue run" wait_until 30 completed "$sent"
	ms_stop
	is "$name: the daemon ends cleanly when told to" "$ms_status" 0
	is "$name: no queue file is left on either side" "$(find "$exim_in" "$exim_out" -type f)" ""
	is "$name: no file is left in Exim's message log directory of the incoming queue" \
	    "$(find "$exim_home/in/msglog" -type f)" ""
	exim_arrives "$sent"
	exim_stop
}

exim_control= # nothing to compare with: the mail is gone before it could be copied
story flat-to-flat
story split-to-flat in
story flat-to-split out
story split-to-split in out
lines=("Run As User = Debian-exim" "Run As Group = Debian-exim")
story as-exim-user in
finish
