# SPDX-License-Identifier: GPL-2.0-or-later
# Two real Exims in the scratch directory, as in a dual-queue set-up. Needs tap.sh.
#
#	exim_require                  skips the whole test where there is no Exim, or no root to run it
#	exim_setup [in] [out]         writes both configurations; the words say which spools are split
#	exim_start                    the incoming one listens on $exim_address port 2525
#	exim_bm ARGUMENTS...          a message on standard input, as a local program hands it over
#	exim_deliver ID...            what the kick does, waiting for the end
#	exim_control                  delivers a copy of what is in the incoming queue, past the program, to $exim_control
#	exim_ids DIRECTORY            ids of the messages in an input directory, one a line
#	exim_file DIRECTORY NAME      path of a queue file, in a sub-directory or not
#	exim_arrives DIRECTORY        one test a message: mail.py's comparison
#
# Recipients in held.test are deferred until the file $exim_home/release exists.
# $exim_in, $exim_out: their input directories. $exim_kick: the command for Sendmail2.
# Each message that the outgoing one delivers is one file, $exim_delivered/ID, headers and body as
# they would go over the wire but for line ends; $exim_out_log says for which recipients.
#
# The strange check_string is there because Exim 4.96 would else write a body in wire format with sendfile(2), which a
# file open for appending refuses: the body would be lost.
#
# The listening address is made from the process id, so that tests running at the same time (each
# with its own 127.x.y.z) don't need to agree on ports.

exim_program=$(command -v exim4 || command -v /usr/sbin/exim4 || :)
exim_address=127.$((($$ >> 16) + 1)).$((($$ >> 8) & 255)).$(($$ & 255))
exim_port=2525
exim_home=$scratch/exim
exim_in=$exim_home/in/input
exim_out=$exim_home/out/input
exim_delivered=$exim_home/out/delivered
exim_control=$exim_home/control/delivered
exim_in_log=$exim_home/in/log/mainlog
exim_out_log=$exim_home/out/log/mainlog
exim_kick="$exim_program -C $exim_home/out.conf"
exim_pid=

exim_require() {
	[ -n "$exim_program" ] || skip_all "no exim4 here (package exim4-daemon-light)"
	[ "$(id -u)" = 0 ] || skip_all "only root may run Exim with a configuration of its own"
}

exim_common() { # which split
	cat <<-END
		primary_hostname = mx.example.test
		spool_directory = $exim_home/$1
		log_file_path = $exim_home/$1/log/%slog
		log_selector = +all_parents -retry_defer
		split_spool_directory = $2
		local_interfaces = $exim_address
		daemon_smtp_ports = $exim_port
		pid_file_path = $exim_home/$1/pid
		tls_advertise_hosts =
		host_lookup =
		rfc1413_hosts =
		qualify_domain = example.test
		trusted_users = root : Debian-exim
		never_users =
		keep_environment =
		deliver_drop_privilege = true
		check_spool_space = 0
		check_log_space = 0
		message_size_limit = 100M
		smtp_accept_max = 0
		recipients_max = 0
		allow_utf8_domains = true
	END
}

exim_setup() {
	local split_in=false split_out=false word
	for word in "$@"; do
		eval "split_$word=true"
	done
	mkdir -p "$exim_home"/{in,out,control}/{input,msglog,db,log,delivered}
	{
		exim_common in $split_in
		cat <<-END
			queue_only = true
			local_from_check = false
			spool_wireformat = true
			chunking_advertise_hosts = *
			dsn_advertise_hosts = *
			smtputf8_advertise_hosts = *
			pipelining_advertise_hosts = *
			acl_smtp_connect = connect
			acl_smtp_rcpt = recipient
			acl_smtp_data = accept
			acl_not_smtp = accept
			begin acl
			connect:
			  accept set acl_c_peer = \$sender_host_address
			recipient:
			  accept set acl_m_last = \$local_part
			         set acl_m0 = two lines:\n\n-this is not an option
		END
	} >"$exim_home/in.conf"
	exim_outgoing out $split_out >"$exim_home/out.conf"
	exim_outgoing control false >"$exim_home/control.conf"
	chmod 644 "$exim_home"/*.conf
	chown -R Debian-exim:Debian-exim "$exim_home"/{in,out,control}
	chmod 755 "$exim_home"
	chmod 750 "$exim_home"/{in,out,control} "$exim_home"/{in,out,control}/*
	at_exit exim_stop
}

exim_outgoing() { # which split
	exim_common "$1" "$2"
	cat <<-END
		begin routers
		held:
		  driver = redirect
		  domains = held.test
		  condition = \${if !exists{$exim_home/release}}
		  allow_defer
		  data = :defer: held
		all:
		  driver = accept
		  transport = file
		begin transports
		file:
		  driver = appendfile
		  file = $exim_home/$1/delivered/\$message_exim_id
		  create_file = anywhere
		  message_prefix =
		  message_suffix =
		  check_string = \\001a line that begins so is in no message
		  escape_string = \\001a line that begins so is in no message
		  no_check_owner
		  batch_max = 1000
		  mode = 0644
		  user = Debian-exim
		  group = Debian-exim
		begin retry
		*  *  F,2h,1h
	END
}

exim_listens() {
	local greeting
	# shellcheck disable=SC2261 # one descriptor, both ways
	{ IFS= read -rt 5 greeting <&3 && echo QUIT >&3; } 3<>"/dev/tcp/$exim_address/$exim_port" && [[ $greeting == 220* ]]
}

exim_start() {
	"$exim_program" -C "$exim_home/in.conf" -bdf >"$exim_home/in.stderr" 2>&1 &
	exim_pid=$!
	wait_until 20 exim_listens || { note_file "$exim_home/in.stderr"; note_file "$exim_home/in/log/paniclog"; exit 1; }
}

exim_stop() {
	[ -n "$exim_pid" ] || return 0
	kill "$exim_pid" 2>/dev/null
	wait "$exim_pid" 2>/dev/null
	exim_pid=
}

exim_bm() {
	"$exim_program" -C "$exim_home/in.conf" -odq -oi -bm "$@"
}

exim_deliver() {
	$exim_kick -Mc "$@"
}

exim_ids() {
	find "$1" -type f -name '*-H' -printf '%f\n' | sed 's/-H$//' | sort
}

exim_file() {
	find "$1" -name "$2"
}

exim_control() {
	find "$exim_in" -type f -exec cp -p {} "$exim_home/control/input/" \;
	"$exim_program" -C "$exim_home/control.conf" -Mc $(exim_ids "$exim_home/control/input")
}

exim_arrives() {
	local status what detail any=
	while IFS=$'\t' read -r status what detail; do
		any=yes
		tap_result "$status" "$what"
		[ "$status" = 0 ] || echo "# $detail"
	done < <("$python" "$root/t/lib/mail.py" compare "$1" "$exim_delivered" "$exim_out_log" "$ms_ours" $exim_control)
	[ -n "$any" ] || tap_result 1 "messages are compared"
}
