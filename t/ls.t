#!/bin/bash
# ls and show tell what lies in the incoming queues and what keeps it, and let nothing in a message act on a terminal.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

absent_in() { # file, expression
	! LC_ALL=C grep -q -e "$2" "$1"
}

ms_config
is "of an empty queue ls has nothing but the titles" "$(ms ls)" "ID  AGE  SIZE  FROM  TO  STATE"
is "and --json an empty array" "$(ms ls --json)" "[]"

old=$(queue_id 1700000000 1) young=$(queue_id 1700000100 2)
bad=$(queue_id 1700000200 3) frozen=$(queue_id 1700000300 4)
queue_time=1700000000 queue_put "$ms_in" "$old" "$root/t/mail/text.eml" 192.0.2.7 alice@sender.test bob@example.test dora@example.test
queue_time=1700000100 queue_put "$ms_in" "$young" "$root/t/mail/bounce.eml" 192.0.2.7 "" bob@example.test
for id in $bad $frozen; do
	queue_put "$ms_in" "$id" "$root/t/mail/text.eml" 192.0.2.7 alice@sender.test bob@example.test
done
sed -i '2s/.*/garbage/' "$ms_in/$bad-H"
sed -i 's/^-received_protocol/-frozen 1700000000\n&/' "$ms_in/$frozen-H"
before=$(cat "$ms_in"/* | cksum)

ms ls >"$scratch/ls"
is "the oldest comes first" "$(awk 'NR > 1 { print $1 }' "$scratch/ls")" "$old
$young
$bad
$frozen"
line() { grep "^$1 " "$scratch/ls" | sed -E 's/ +/ /g' | cut -d ' ' -f 4-; }
is "a row has sender, recipients and state" "$(line "$old")" "alice@sender.test bob@example.test +1 waiting"
is "the null sender shows" "$(line "$young")" "<> bob@example.test waiting"
is "a frozen message is called so" "$(line "$frozen")" "alice@sender.test bob@example.test frozen"
ok "a bad one with what is wrong" grep -q "^$bad .* bad: .*$bad-H line 2" "$scratch/ls"
ok "without a terminal there is neither colour nor tab" absent_in "$scratch/ls" "$(printf '\033\\|\t')"

"$MAILSCANNER" -c "$ms_conf" ls --json >"$scratch/json"
is "--json has the same" "$("$python" -c '
import json, sys
for m in json.load(open(sys.argv[1])):
    print(m["id"], m["state"], m["sender"], ",".join(m["recipients"] or []), m["received"])' "$scratch/json" | head -n 2)" \
    "$old waiting alice@sender.test bob@example.test,dora@example.test 1700000000
$young waiting  bob@example.test 1700000100"

ms show "$old" >"$scratch/show"
ok "show has the envelope" grep -q '^Client: *192.0.2.7$' "$scratch/show"
ok "the files" grep -q "^Files: *$ms_in/$old-H$" "$scratch/show"
ok "and the header" grep -q '^  Subject: ' "$scratch/show"
ok "show --json is JSON" eval 'ms show "$old" --json | "$python" -m json.tool >"$scratch/show.json"'
is "all of it: what the queue knows, the envelope, the header" "$("$python" -c 'import json, sys
m = json.load(open(sys.argv[1]))
print(m["schema"], m["envelope"]["id"], m["envelope"]["client_ip"], m["queue"]["state"], m["queue"]["files"], "Subject" in [h["name"] for h in m["header"]], m["facts"])' \
    "$scratch/show.json")" "1 $old 192.0.2.7 waiting ['$old-H', '$old-D'] True None"
ms show "$old" --parts --json >"$scratch/parts.json"
is "with --parts also what is in it" "$("$python" -c 'import json, sys
whole, parts = (json.load(open(path)) for path in sys.argv[1:])
print([name for name in whole if whole[name] != parts[name]], parts["facts"]["parts"][0]["kind"])' "$scratch/show.json" "$scratch/parts.json")" \
    "['facts', 'changes'] leaf"
printf 'broken\n' >"$ms_in/$(queue_id 1700000300 7)-H"
printf '%s-D\nbody\n' "$(queue_id 1700000300 7)" >"$ms_in/$(queue_id 1700000300 7)-D"
is "one that can't be read: what is known" "$(ms show "$(queue_id 1700000300 7)" --json | "$python" -c 'import json, sys
m = json.load(sys.stdin)
whole = json.load(open(sys.argv[1]))
print(m["schema"], m["envelope"]["id"], m["queue"]["state"], m["header"], m["facts"],
	all(list(m[name]) == list(whole[name]) for name in ("envelope", "queue")))' "$scratch/show.json")" "1 $(queue_id 1700000300 7) bad None None True"
rm "$ms_in/$(queue_id 1700000300 7)"-*
status=0
ms show "$(queue_id 1700000000 9)" >"$scratch/none" 2>&1 || status=$?
is "a message that isn't there: status 66" "$status" 66
status=0
ms show >"$scratch/none" 2>&1 || status=$?
is "no id: status 64" "$status" 64
status=0
"$MAILSCANNER" -c "$scratch/none.conf" ls >"$scratch/none" 2>&1 || status=$?
is "no configuration: status 78" "$status" 78
is "not a byte of the queue is changed" "$(cat "$ms_in"/* | cksum)" "$before"

# An escape sequence, an 8-bit one, a line end that isn't one, and a mark that turns the text round.
hostile=$(queue_id 1700000400 5)
printf 'Subject: a\033]0;x\007b\233c\302\233d\342\200\256e\r\n\nbody\n' >"$scratch/hostile.eml"
queue_put "$ms_in" "$hostile" "$scratch/hostile.eml" 192.0.2.7 "$(printf 'a\033b@sender.test')" bob@example.test
{ ms ls; ms show "$hostile"; ms show "$hostile" --json; } >"$scratch/hostile" 2>&1
ok "nothing in a header reaches the terminal as a command" absent_in "$scratch/hostile" "$(printf '\033\\|\007\\|\302\233\\|\342\200\256\\|\r')"
ok "it is made visible" grep -qF 'a\x1b]0;x\x07b' "$scratch/hostile"

# At work: the lock that Exim takes.
mkfifo "$scratch/locked" "$scratch/release"
"$python" -c '
import fcntl, sys
data = open(sys.argv[1], "r+b")
fcntl.lockf(data, fcntl.LOCK_EX | fcntl.LOCK_NB, 19)
open(sys.argv[2], "w").close()
open(sys.argv[3]).close()' "$ms_in/$old-D" "$scratch/locked" "$scratch/release" &
locker=$!
: <"$scratch/locked"
ms ls >"$scratch/ls"
is "a message that somebody works on is locked" "$(line "$old")" "- - locked"
: >"$scratch/release"
wait "$locker"
finish
