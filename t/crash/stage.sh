# SPDX-License-Identifier: GPL-2.0-or-later
# The stage on which t/crash plays: a directory ("home") with a program and the small world that it works in.
#
#	disk       the queues in and out, state and the like: all that a power cut may touch
#	before     the same as it was at the start
#	list       what is to become of each message, for t/crash/check.c; ID.edited are new bodies
#	program    a script: works off disk/in
#	log        what it said
#	inodes     inode numbers to be shown, where the disk was rebuilt from a recording
#
#	stage_new HOME STORY       sets it up and makes it the current one ($home)
#	stage_restore              puts disk back to what it was
#	stage_under OPTIONS        runs the program under t/crash/under.c; its report is in $result
#
# Stories: acted (the program, with parts replaced and kept, people told, bodies signed, messages split); those of t/crash/kept.sh; flat, split (the program, on flat or split queues, each with another Queue Sync); edited (t/crash/handover.c, which replaces bodies).
# Needs tap.sh and queue.sh.

. "$here/kept.sh"

stage_mail() { # name [header line...]; body on standard input
	printf '%s\n' "From: Alice <alice@sender.test>" "To: Bob <bob@example.test>" "Subject: $1" \
	    "Message-ID: <$1@sender.test>" "${@:2}" ""
	cat
}

# The next message, from standard input: into the incoming queue and the list.
stage_put() { # fate sender recipient...
	local fate=$1 sender=$2 number id directory=$home/disk/in
	shift 2
	number=$(($(wc -l <"$home/list") + 1))
	id=$(queue_id $((1700000000 + number / 2)) $((number * 97)))
	[ $((number % 3)) != 0 ] || id=${id:0:7}00000${id:7:7}00${id:14}
	if [ "$story" = split ]; then
		directory=$directory/${id:5:1}
		mkdir -p "$directory" "$home/disk/out/${id:5:1}"
	fi
	cat >"$home/mail"
	[ "$fate" != told ] || sender=$id@sender.test
	queue_put "$directory" "$id" "$home/mail" 192.0.2.$number "$sender" "$@"
	# awk ends each line; where the mail doesn't, neither does -D.
	[ -z "$(tail -c 1 "$home/mail" | tr -d '\n')" ] || truncate -s -1 "$directory/$id-D"
	echo "$id $fate" >>"$home/list"
	[ "$fate" != edited ] || { echo "$id-D"; sed "1,/^\$/d; ${edit:-s/^/edited: /}" "$home/mail"; } >"$home/$id.edited"
}

# With an attachment that is not let in, behind so many lines of text. The rest is a sender of its own.
stage_program_mail() { # name lines
	{ printf -- '--part\nContent-Type: text/plain\n\n'; seq -f 'line %g before the attachment' 1 "$2"
	    printf -- '--part\nContent-Type: application/octet-stream; name="setup.exe"\nContent-Transfer-Encoding: base64\n\n'
	    seq -f 'MZ a program, of %g lines' 1 40 | base64; printf -- '--part--\n'; } |
	    stage_mail "$1" "MIME-Version: 1.0" 'Content-Type: multipart/mixed; boundary="part"' |
	    stage_put told '' bob@example.test
}

stage_acted_messages() {
	mkdir -p "$home/disk/mails" "$home/disk/quarantine"
	printf 'A line.\n' | stage_mail plain | stage_put deliver alice@sender.test bob@example.test
	stage_program_mail short 3
	stage_program_mail long 2500
	seq -f 'line %g of a body that is signed at its end' 1 600 | stage_mail signed |
	    stage_put edited signed@sender.test bob@example.test
	printf 'Some are told more.\n' | stage_mail split |
	    stage_put split alice@sender.test bob@example.test dora@other.test carl@example.test eve@other.test
}

# What a run that nothing disturbs makes of them, looked at once.
stage_learn() {
	local id fate file
	stage_under
	while read -r id fate; do
		case $fate in
		told)
			grep -q "No program, thank you" "$home/disk/out/$id-D" && ! grep -q "$(echo 'MZ a program, of' | base64 | cut -c1-20)" "$home/disk/out/$id-D" &&
			    cp "$home/disk/out/$id-D" "$home/$id.edited"
			mkdir "$home/$id.kept"
			seq -f 'MZ a program, of %g lines' 1 40 >"$home/$id.kept/setup.exe"
			stage_whole_copy "$id"
			;;
		kept)
			! grep -q '<form ' "$home/disk/out/$id-D" && grep -q '<p>line 400</p>' "$home/disk/out/$id-D" && cp "$home/disk/out/$id-D" "$home/$id.edited"
			mkdir "$home/$id.kept"
			stage_whole_copy "$id"
			;;
		edited) tail -n 1 "$home/disk/out/$id-D" | grep -q "^This message was checked" && cp "$home/disk/out/$id-D" "$home/$id.edited" ;;
		split)
			for file in "$home"/disk/out/*-H; do
				! grep -q '^dora@' "$file" || cp "${file%-H}-D" "$home/$id.other"
			done
			;;
		esac
	done <"$home/list"
	stage_restore
}

stage_messages() {
	local changed=deliver archive=archive mbox=mbox
	# What only the program does, and what only the other one does.
	[ "$story" != edited ] || changed=edited archive=deliver mbox=deliver
	mkdir -p "$home/disk/archive"
	: >"$home/disk/archive/mbox"
	printf 'A line.\n' | stage_mail plain | stage_put deliver alice@sender.test bob@example.test
	seq -f 'line %g of a body that takes some blocks' 1 1200 | stage_mail large | stage_put $changed alice@sender.test bob@example.test
	stage_mail empty </dev/null | stage_put deliver alice@sender.test bob@example.test
	printf 'Not scanned.\n' | stage_mail untouched | stage_put untouched alice@sender.test bob@untouched.test
	printf 'Many.\n' | stage_mail many | stage_put $changed alice@sender.test $(seq -f 'user%g@example.test' 1 200)
	printf 'Nobody wants this.\n' | stage_mail reject | stage_put drop reject@sender.test bob@example.test
	printf 'Undeliverable.\n' | stage_mail bounce | stage_put deliver '' alice@sender.test
	printf 'gr\374\337e, no newline' | stage_mail eight-bit "Content-Transfer-Encoding: 8bit" |
	    stage_put deliver alice@sender.test bob@example.test
	printf 'Keep this.\n' | stage_mail archive | stage_put $archive archive@sender.test bob@example.test
	printf 'Keep this in a file.\n' | stage_mail mbox | stage_put $mbox mbox@sender.test bob@example.test
	printf 'Headers.\n' | stage_mail headers "$(seq -f 'X-Many-%g: one,
	two, three' 1 200)" | stage_put $changed alice@sender.test bob@example.test
	# Only its end changes, some blocks on.
	seq -f 'line %g of a body that has a signature' 1 600 | stage_mail signed |
	    edit='$s/$/ and more/' stage_put $changed alice@sender.test bob@example.test
}

# The configuration lies beside the disk: what it means when it can't be read is not the question here. A run that waited
# for the next scan would be taken for one that hangs.
stage_program() {
	if [ "$story" = edited ]; then
		echo "exec $BUILD/t/crash/handover ${stage_sync:-file} $home/list $home/disk"
		return
	fi
	! is_kept_story || stage_kept_program
	mkdir "$home/rules"
	printf 'From: signed@sender.test yes\nTo: *@other.test yes\nFromOrTo: default no\n' >"$home/rules/sign.rules"
	printf 'No program, thank you: $filename\n' >"$home/rules/stored.txt"
	printf 'To: *@untouched.test no\nFromOrTo: default yes\n' >"$home/rules/scan.rules"
	printf 'From: reject@sender.test yes\nFromOrTo: default no\n' >"$home/rules/reject.rules"
	printf 'From: %s@sender.test %s\n' archive "$home/disk/archive" mbox "$home/disk/archive/mbox" >"$home/rules/archive.rules"
	(
		scratch=$home/disk
		. "$root/t/lib/mailscanner.sh"
		sendmail=/bin/true acted=()
		[ ! -d "$home/disk/mails" ] || sendmail="$BUILD/t/crash/letterbox $home/disk/mails"
		case $story in
		acted | whole | queued)
			acted=("Sign Clean Messages = $home/rules/sign.rules" "Filename Modify Subject = no" "Disarmed Modify Subject = no"
			    "Stored Bad Filename Message Report = $home/rules/stored.txt")
			;;&
		acted) acted+=("Split By Recipient = yes") ;;
		whole | queued) acted+=("Quarantine Whole Message = yes" "Quarantine Modified Body = yes" "Allow Form Tags = disarm") ;;&
		queued) acted+=("Quarantine Whole Messages As Queue Files = yes") ;;
		esac
		ms_config "Max Children = 1" "Max Unscanned Messages Per Scan = 4" "Max Unsafe Messages Per Scan = 4" \
		    "Scan Messages = $home/rules/scan.rules" "Reject Message = $home/rules/reject.rules" \
		    "Archive Mail = $home/rules/archive.rules" "Rejection Report =" "Sendmail = $sendmail" \
		    "Queue Scan Interval = 60" "Queue Sync = $([ "$story" = split ] && echo file || echo filesystem)" "${acted[@]}"
		mv "$ms_conf" "$home"
		rm -r "$ms_log" "$home/disk/rules"
		is_kept_story || printf 'exec %s -c %s --log stderr once\n' "$MAILSCANNER" "$home/${ms_conf##*/}"
	)
}

stage_new() { # home story
	home=$1 story=$2
	rm -rf "$home"
	mkdir -p "$home"/disk/{in,out,state}
	: >"$home/list"
	case $story in
	acted) stage_acted_messages ;;
	whole | queued) stage_whole_messages ;;
	release | delete) stage_kept_messages ;;
	*) stage_messages ;;
	esac
	{ echo "#!/bin/sh"; stage_program; } >"$home/program"
	chmod 755 "$home/program"
	cp -a "$home/disk" "$home/before"
	case $story in
	acted | whole | queued) stage_learn ;;
	release) stage_kept_learn ;;
	esac
}

stage_restore() {
	rm -rf "$home/disk" "$home/inodes" "$home/words"
	cp -a "$home/before" "$home/disk"
	: >"$home/log"
}

stage_under() {
	result=$("$BUILD/t/crash/under" --scope "$home/disk" --shim "$BUILD/t/shim/fault.so" "$@" -- "$home/program" \
	    2>>"$home/log")
}
