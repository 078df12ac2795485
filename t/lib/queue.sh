# SPDX-License-Identifier: GPL-2.0-or-later
# Writes messages into a directory as Exim 4.96 does: no Exim needed, nothing but a POSIX shell and awk.
#
#	queue_id TIME N                                   an id: seconds since the epoch, a number below 62^4
#	queue_put DIRECTORY ID FILE IP SENDER RECIPIENT... the mail in FILE (LF line ends) becomes ID-D and ID-H

queue_id() {
	awk -v time="$1" -v n="$2" '
	function base62(value, digits, text) {
		for (text = ""; digits > 0; digits--) {
			text = substr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", value % 62 + 1, 1) text
			value = int(value / 62)
		}
		return text
	}
	BEGIN { print base62(time, 6) "-" base62(n + 100, 6) "-" base62(n, 2) }'
}

queue_put() {
	queue_directory=$1 queue_message=$2 queue_mail=$3 queue_ip=$4 queue_sender=$5
	shift 5
	LC_ALL=C awk -v directory="$queue_directory" -v id="$queue_message" -v ip="$queue_ip" -v sender="$queue_sender" \
	    -v recipients="$*" -v time="${queue_time:-$(date +%s)}" -v date="$(date -R)" '
	# The letters by which Exim finds the headers that it needs itself.
	function mark(field, name) {
		name = tolower(substr(field, 1, index(field, ":") - 1))
		return name == "from" ? "F" : name == "to" ? "T" : name == "cc" ? "C" : name == "bcc" ? "B" : \
		    name == "sender" ? "S" : name == "reply-to" ? "R" : name == "message-id" ? "I" : \
		    name == "received" ? "P" : " "
	}
	function put_field() {
		if (field != "")
			fields = fields sprintf("%03d%s %s", length(field), mark(field), field)
		field = ""
	}
	BEGIN { print id "-D" >(directory "/" id "-D") }
	in_body {
		print >(directory "/" id "-D")
		lines++
	}
	!in_body && $0 == "" { in_body = 1 }
	!in_body && /^[ \t]/ { field = field $0 "\n" }
	!in_body && /^[^ \t]/ { put_field(); field = $0 "\n" }
	length > longest { longest = length }
	END {
		put_field()
		count = split(recipients, recipient, " ")
		field = "Received: from [" ip "] (helo=client.test)\n\tby mx.example.test with esmtp (Exim 4.96)\n" \
		    "\t(envelope-from <" sender ">)\n\tid " id ";\n\t" date "\n"
		head = directory "/" id "-H.new"
		printf "%s-H\nDebian-exim 100 100\n<%s>\n%d 0\n", id, sender, time >head
		printf "-received_time_usec .000001\n--helo_name client.test\n-host_address [%s]:40000\n", ip >head
		printf "-interface_address [192.0.2.25]:25\n-received_protocol esmtp\n-body_linecount %d\n", lines >head
		printf "-max_received_linelength %d\n-deliver_firsttime\nXX\n%d\n", longest, count >head
		for (i = 1; i <= count; i++)
			print recipient[i] >head
		printf "\n%03dP %s%s", length(field), field, fields >head
	}' "$queue_mail" &&
	chmod 640 "$queue_directory/$queue_message-D" "$queue_directory/$queue_message-H.new" &&
	mv "$queue_directory/$queue_message-H.new" "$queue_directory/$queue_message-H"
}
