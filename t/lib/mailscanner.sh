# SPDX-License-Identifier: GPL-2.0-or-later
# The program under test, with all its directories in the scratch directory. Needs tap.sh; where exim.sh was read too,
# it works between those two queues, else between $scratch/in and $scratch/out.
#
#	ms_config LINE...        writes the configuration: directories, header names with "Example", nothing sent, then the lines
#	ms WORDS...              the program with that configuration
#	ms_once [STATUS]         `once`, which must end with STATUS (0); its log is appended to $ms_log
#	ms_start                 `run` in the background
#	ms_stop [SIGNAL]         ends it (TERM) and waits; its status is in $ms_status
#	ms_logged TEXT           was this line logged (the text as a whole, but for time stamp and tag)?
#	ms_count TEXT            how many lines contain the text
#	ms_lines                 the log lines without time stamp and tag
#	ms_headers FILE          the headers in an -H file, without Exim's length and flag, and without deleted ones
#	ms_ours                  expression for the names of our headers

ms_conf=$scratch/MailScanner.conf
ms_log=$scratch/mailscanner.log
ms_state=$scratch/state
ms_in=${exim_in:-$scratch/in}
ms_out=${exim_out:-$scratch/out}
ms_ours='X-Example-MailScanner'
ms_pid=
ms_status=

ms_config() {
	mkdir -p "$scratch"/{state,work,quarantine,archive,locks,rules} "$ms_in" "$ms_out"
	: >>"$ms_log"
	{
		cat <<-END
			%org-name% = Example
			%org-long-name% = Example Organisation
			%web-site% = www.example.test
			%rules-dir% = $scratch/rules
			MTA = exim
			Incoming Queue Dir = $ms_in
			Outgoing Queue Dir = $ms_out
			State Dir = $ms_state
			Incoming Work Dir = $scratch/work
			Quarantine Dir = $scratch/quarantine
			Lockfile Dir = $scratch/locks
			Processing Attempts Database = $ms_state/Processing.db
			PID file = $scratch/mailscanner.pid
			Max Children = 2
			Virus Scanners = none
			Delivery Method = queue
			Sendmail = /bin/true
			Sendmail2 = /bin/true
			Filename Rules = $root/rules/filename.rules.conf
			Filetype Rules = $root/rules/filetype.rules.conf
			Archives: Filename Rules = $root/rules/archives.filename.rules.conf
			Archives: Filetype Rules = $root/rules/archives.filetype.rules.conf
			Mail Header = X-%org-name%-MailScanner:
			Information Header = X-%org-name%-MailScanner-Information:
			ID Header = X-%org-name%-MailScanner-ID:
			Envelope From Header = X-%org-name%-MailScanner-From:
			Envelope To Header = X-%org-name%-MailScanner-To:
		END
		printf '%s\n' "$@"
	} >"$ms_conf"
}

ms() {
	"$MAILSCANNER" -c "$ms_conf" "$@"
}

ms_once() {
	local status=0
	timeout 120 "$MAILSCANNER" -c "$ms_conf" --log stderr once 2>>"$ms_log" || status=$?
	[ "$status" = "${1:-0}" ] || { echo "once ended with $status"; tail -n 20 "$ms_log"; return 1; }
}

ms_start() {
	"$MAILSCANNER" -c "$ms_conf" --log stderr run --foreground 2>>"$ms_log" &
	ms_pid=$!
	at_exit ms_stop KILL
}

ms_stop() {
	[ -n "$ms_pid" ] || return 0
	kill -"${1:-TERM}" "$ms_pid" 2>/dev/null
	ms_status=0
	wait "$ms_pid" 2>/dev/null || ms_status=$?
	ms_pid=
}

ms_lines() {
	sed -E 's/^[^[]*\[[0-9]+\]: //' "$ms_log"
}

ms_logged() {
	ms_lines | grep -Fxq -- "$1"
}

ms_count() {
	grep -Fc -- "$1" "$ms_log" || :
}

ms_headers() {
	LC_ALL=C awk '
	headers && /^[0-9][0-9][0-9]+[A-Z* ] / { deleted = /^[0-9]+\*/; sub(/^[0-9]+[A-Z* ] /, "") }
	headers && !deleted
	$0 == "" { headers = 1 }' "$1"
}
