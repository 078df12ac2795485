#!/bin/bash
# Messages that Exim holds back, has delivered in part, is working on, or can't read itself are treated as Exim would.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/exim.sh"
. "$(dirname "$0")/lib/mailscanner.sh"

exim_require
exim_setup
exim_start
ms_config

send() { # recipients...
	printf 'Subject: to %s\nMessage-ID: <%s@sender.test>\n\nText.\n' "$*" "$RANDOM$RANDOM" |
	    "$python" "$root/t/lib/mail.py" one "$exim_address" "$exim_port" alice@sender.test "$@"
}
delivered() { # id: to whom, each as often as it happened
	sed -En "s/^.* $1 [=-]> [^ ]+ <([^>]*)> .*/\1/p" "$exim_out_log" | sort | paste -sd' '
}

# Partly delivered: with a non-recipient tree in -H (the outgoing Exim makes one), and with a journal file -J.
tree=$(send one@example.test two@example.test three@held.test Four@example.test)
mv "$exim_in/$tree"-* "$exim_out"
exim_deliver "$tree"
mv "$exim_out/$tree"-* "$exim_in"
mv "$exim_home/out/msglog/$tree" "$exim_home/in/msglog"
is "(a message that was delivered to three of four)" "$(delivered "$tree")" \
    "Four@example.test one@example.test two@example.test"
journal=$(send one@example.test two@example.test three@example.test)
printf 'two@example.test\n' >"$exim_in/$journal-J"
chown Debian-exim:Debian-exim "$exim_in/$journal-J"
both=$(send one@example.test two@example.test three@held.test)
mv "$exim_in/$both"-* "$exim_out"
exim_deliver "$both"
mv "$exim_out/$both"-* "$exim_in"
sed -i 's/^YN one@example.test$/NN one@example.test/; s/^NY one@example.test$/NN one@example.test/; /^NN two@example.test$/d' \
    "$exim_in/$both-H"
printf 'two@example.test\n' >"$exim_in/$both-J"
chown Debian-exim:Debian-exim "$exim_in/$both-J"

# Held back: frozen, and with -N.
frozen=$(send frozen@example.test)
"$exim_program" -C "$exim_home/in.conf" -Mf "$frozen" >/dev/null
no_delivery=$(send no-delivery@example.test)
sed -i 's/^-deliver_firsttime$/&\n-N/' "$exim_in/$no_delivery-H"

# Unreadable: garbage, a -H that stops in its options, in its recipients, in a header, one full of NULs; no -D; -D alone.
garbage=$(send garbage@example.test)
head -c 3000 /dev/urandom >"$exim_in/$garbage-H"
cut_options=$(send cut@example.test)
sed -i '/^-received_protocol/,$d' "$exim_in/$cut_options-H"
cut_recipients=$(send cut@example.test cut2@example.test)
sed -i '/^cut2@example.test$/,$d' "$exim_in/$cut_recipients-H"
cut_header=$(send cut@example.test)
truncate -s -5 "$exim_in/$cut_header-H"
zeros=$(send zeros@example.test)
head -c 600 /dev/zero >"$exim_in/$zeros-H"
empty=$(send empty@example.test)
: >"$exim_in/$empty-H"
other_id=$(send other@example.test)
sed -i "1s/.*/$frozen-H/" "$exim_in/$other_id-H"
no_data=$(send no-data@example.test)
rm "$exim_in/$no_data-D"
no_head=$(send no-head@example.test)
rm "$exim_in/$no_head-H"

# At work: Exim's lock on the first line of -D.
locked=$(send locked@example.test)
mkfifo "$scratch/locked" "$scratch/release"
"$python" -c '
import fcntl, sys
data = open(sys.argv[1], "r+b")
fcntl.lockf(data, fcntl.LOCK_EX | fcntl.LOCK_NB, 19)
open(sys.argv[2], "w").close()
open(sys.argv[3]).close()' "$exim_in/$locked-D" "$scratch/locked" "$scratch/release" &
locker=$!
: <"$scratch/locked"

good=$(send good@example.test)
last=$(send last@example.test)
bad="$garbage $cut_options $cut_recipients $cut_header $zeros $empty $other_id $no_data"
stay="$frozen $no_delivery $locked $bad"
mkdir "$scratch/before"
cp -p "$exim_in"/* "$scratch/before"

ok "once ends with 75, because something had to stay" ms_once 75
is "what can go goes, whatever lies beside it" "$(exim_ids "$exim_out")" \
    "$(printf '%s\n' "$tree" "$journal" "$both" "$good" "$last" | sort)"
is "the others stay" "$(exim_ids "$exim_in")" "$(printf '%s\n' $stay | sort)"
for id in $stay $no_head; do
	for file in "$scratch/before/$id"-*; do
		cmp -s "$file" "$exim_in/${file##*/}" || changed="${changed-} ${file##*/}"
	done
done
is "not a byte of the files that stay is changed" "${changed-}" ""
is "no journal file is left behind" "$(ls "$exim_in" | grep -e '-J$' || :)" ""
is "no temporary file is left behind" "$(ls "$exim_in" "$exim_out" | grep -Ev -e '-[HD]$|^$|:$' || :)" ""

for id in $bad; do
	ms_lines | grep -Eq "^New Batch: Found invalid queue files: .*$id" || unnamed="${unnamed-} $id"
done
is "each unreadable message is named in the log" "${unnamed-}" ""
ms ls >"$scratch/ls" || :
for id in $stay; do
	grep -q "^ *$id" "$scratch/ls" || unlisted="${unlisted-} $id"
done
is "ls shows each message that stays" "${unlisted-}" "" || note_file "$scratch/ls"
ok "ls says that a message is frozen" grep -Eqi "$frozen.*frozen" "$scratch/ls"
ms ls --json >"$scratch/ls.json" || :
ok "ls --json is JSON" "$python" -c 'import json, sys; json.load(open(sys.argv[1]))' "$scratch/ls.json"

lines_before=$(ms_count "invalid queue files")
ok "once again finds nothing to do" ms_once 75
: >"$scratch/release"
wait "$locker"
ok "a message goes when its lock is let go" ms_once 75
is "(it is the one that was locked)" "$(exim_ids "$exim_out" | grep -c "$locked")" 1

"$exim_program" -C "$exim_home/in.conf" -Mt "$frozen" >/dev/null
ok "a frozen message goes when it is thawed" ms_once 75
is "(it is in the outgoing queue)" "$(exim_ids "$exim_out" | grep -c "$frozen")" 1

: >"$exim_home/release"
exim_deliver $(exim_ids "$exim_out")
is "the outgoing Exim delivers all" "$(exim_ids "$exim_out")" ""
is "of a message with delivered recipients each gets one copy" "$(delivered "$tree")" \
    "Four@example.test one@example.test three@held.test two@example.test"
is "the same when a journal file says who has it" "$(delivered "$journal")" "one@example.test three@example.test"
is "the same when both do" "$(delivered "$both")" "one@example.test three@held.test two@example.test"
is "message logs left behind are gone" "$(ls "$exim_home/in/msglog" | grep -E "$tree|$good" || :)" ""
finish
