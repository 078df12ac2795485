# SPDX-License-Identifier: GPL-2.0-or-later
# Stories about the quarantine: read by t/crash/stage.sh.
#
#	whole      as acted, but whole messages are kept, as one file
#	queued     the same, as queue files
#	release    messages of all shapes are given back
#	delete     some are deleted, and those that are old

is_kept_story() {
	case $story in release | delete) return 0 ;; *) return 1 ;; esac
}

# A message in the quarantine, from standard input: day, shape (message, queue, file), how many recipients, and what becomes of it.
stage_keep() {
	local day=$home/disk/quarantine/$1 shape=$2 count=$3 fate=$4 number id directory
	number=$(($(wc -l <"$home/list") + 1))
	id=$(queue_id $((1700000000 + number)) $((number * 97)))
	directory=$day/$id
	{ printf '%s\n' "Received: from client.test" "From: Alice <alice@sender.test>" "To: Bob <bob@example.test>" \
	    "Subject: $shape" "Message-ID: <$id@sender.test>" ""; cat; } >"$home/mail"
	echo "$id $fate" >>"$home/list"
	mkdir -p "$day/spam"
	case $shape in
	file)
		cp "$home/mail" "$day/spam/$id"
		return
		;;
	queue)
		mkdir "$directory"
		queue_put "$directory" "$id" "$home/mail" 192.0.2.$number alice@sender.test $(seq -f 'user%g@example.test' 1 "$count")
		;;
	message)
		mkdir "$directory"
		cp "$home/mail" "$directory/message"
		;;
	esac
	{ printf '%s\n' "Id: $id" "Client-Address: 192.0.2.$number" "Sender: <alice@sender.test>"; seq -f 'Recipient: <user%g@example.test>' 1 "$count"
	    echo "Finding: setup.exe"; } >"$directory/envelope"
	echo "MZ $id" >"$directory/setup.exe"
}

stage_kept_messages() {
	local old=20200131 young
	young=$(date +%Y%m%d)
	mkdir -p "$home/disk/quarantine"
	if [ "$story" = release ]; then
		printf 'A line.\n' | stage_keep $old message 1 release
		seq -f 'line %g of a body that takes some blocks' 1 1200 | stage_keep "$young" message 50 release
		printf 'Queue files.\n' | stage_keep $old queue 2 release
		printf 'One file.\n' | stage_keep $old file 1 release
		printf 'Not asked for.\n' | stage_keep $old message 1 stay
	else
		printf 'A line.\n' | stage_keep "$young" message 1 delete
		printf 'Queue files.\n' | stage_keep "$young" queue 1 delete
		printf 'One file.\n' | stage_keep "$young" file 1 delete
		printf 'Old.\n' | stage_keep $old message 1 delete
		printf 'Old too.\n' | stage_keep $old file 1 delete
		printf 'Young.\n' | stage_keep "$young" message 1 stay
		printf 'Young too.\n' | stage_keep "$young" file 1 stay
	fi
}

# What was done before is no fault of the next run: a status that says so counts as 0, and none worse is lost.
stage_kept_program() {
	local ids
	ids=$(sed -n "s/ $story\$//p" "$home/list" | tr '\n' ' ')
	cat <<-END
		status=0
		try() {
			$MAILSCANNER -c $home/MailScanner.conf quarantine "\$@" >&2
			case \$? in 0 | 65 | 66) ;; *) status=75 ;; esac
		}
	END
	if [ "$story" = release ]; then
		echo "try release ${ids% * } --by tester"
		echo "try release $(echo $ids | sed 's/.* //') --by tester --recipient bob@example.test"
	else
		echo "try delete $(echo $ids | cut -d' ' -f1-3)"
		echo "try clean --days 30"
		# Index and tree agree, or the next run has something to say.
		echo "listed=\$($MAILSCANNER -c $home/MailScanner.conf quarantine ls) || exit 75"
		echo "listed=\$(echo \"\$listed\" | sed 1d | awk '{ print \$2 }' | sort)"
		echo "there=\$(cd $home/disk/quarantine && ls -d */*-* */spam/*-* | sed 's,.*/,,' | sort)"
		echo '[ "$listed" = "$there" ] || exit 1'
	fi
	echo 'exit $status'
}

# The messages as they are to be found in the outgoing queue.
stage_kept_learn() {
	local id fate
	while read -r id fate; do
		[ "$fate" != release ] ||
		    "$MAILSCANNER" -c "$home/MailScanner.conf" quarantine show "$id" --message >"$home/$id.message"
	done <"$home/list"
	stage_restore
}

# A part that is replaced, one that is disarmed, and one that is only signed; all of the first two is kept.
stage_whole_messages() {
	mkdir -p "$home/disk/mails" "$home/disk/quarantine"
	stage_program_mail short 3
	stage_program_mail long 2500
	{ echo '<html><body><form action="http://evil.test/"><input name="p"></form>'; seq -f '<p>line %g</p>' 1 400; echo '</body></html>'; } |
	    stage_mail form "MIME-Version: 1.0" "Content-Type: text/html" | stage_put kept alice@sender.test bob@example.test
	printf 'A line.\n' | stage_mail plain | stage_put deliver alice@sender.test bob@example.test
}

# What is to be kept of a message in the story.
stage_whole_copy() { # id
	local id=$1 kept
	kept=$(echo "$home"/disk/quarantine/*/"$id")
	if [ "$story" = queued ]; then
		cp "$home/before/in/$id-H" "$home/before/in/$id-D" "$home/$id.kept"
	elif [ "$story" = whole ] && cmp -s <(sed 1d "$home/before/in/$id-D") <(sed '1,/^$/d' "$kept/message"); then
		cp "$kept/message" "$home/$id.kept"
	elif [ "$story" = whole ]; then
		echo "it should be kept" >"$home/$id.kept/message"
	fi
}
