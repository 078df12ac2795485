#!/bin/bash
# `try` runs one function on one message: what it gives, what that is worth, what it logs, and how it fails.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

[ -e "$BUILD/plugins/lua.so" ] || skip_all "the plugin for Lua was not built"
functions=$scratch/functions
mkdir "$functions"
cat >"$functions/tried.lua" <<'END'
function InitTried(...) mailscanner.info("start %d", select("#", ...)) end
function Tried(m, first)
	mailscanner.notice("called %s %s", m and m.sender.address or "-", first or "-")
	return m ~= nil and m.sender.domain == "sender.test"
end
function EndTried() mailscanner.info("end") end
function Gives(m, what)
	local values = { odd = "odd", two = 2, rules = RULES, nothing = nil }
	if what == "fault" then return m.nothing.at_all end
	if what == "cannot" then return nil, "the moon is full" end
	if what == "sees" then return table.concat({ m.client.ip, m.recipients[1].address, #m.parts, m.id }, " ") end
	if what == "other" then return mailscanner.value("Virus Scanning", m) .. " " .. mailscanner.value("Notices To", m) end
	if what == "slow" then while true do end end
	return values[what]
end
function InitWrong() error("no way") end
function Wrong() return 1 end
function LogIt(m) mailscanner.info("last %s", m.id) end
function LogBatch(b) mailscanner.info("batch of %d", #b.messages) end
END
printf 'From: *@sender.test virus\nFromOrTo: default no\n' >"$scratch/some.rules"
sed -i "1i RULES = '$scratch/some.rules'" "$functions/tried.lua"
config() {
	ms_config "Custom Functions Dir = $functions" "$@"
}
try() { # expected status, arguments...
	local wanted=$1 status=0
	shift
	ms try "$@" >"$scratch/printed" 2>"$scratch/complained" || status=$?
	[ "$status" = "$wanted" ] || { echo "status $status"; cat "$scratch/printed" "$scratch/complained"; return 1; }
}
says() { # an expression, for lines of what was printed
	grep -qE -- "$1" "$scratch/printed" || { cat "$scratch/printed"; return 1; }
}
mail=$root/t/mail/text.eml
config 'Sign Clean Messages = &Tried("one", two)' 'Virus Scanning = &Gives(nothing)' 'Notices To = &Gives(odd)'

ok "a function on a file" try 0 Tried --message "$mail" --from alice@sender.test --to bob@example.test --ip 192.0.2.7
is "its value, how it came to that, and what it has logged" "$(sed -E 's/[0-9]+\.[0-9]{3} ms/N ms/; s/^( *[a-z ]*[a-z])  +/\1  /' "$scratch/printed")" "Sign Clean Messages = yes
  message  text.eml
  answer  value
  gave  yes
  inside  1
  because  function $ms_conf:$(grep -n "^Sign" "$ms_conf" | cut -d: -f1): Sign Clean Messages = &Tried(\"one\", two)
  took  N ms
  its start  N ms
  log info  Config: calling custom init function Tried(\"one\", two)
  log info  start 2
  log notice  called alice@sender.test one
  log info  Config: calling custom end function Tried(\"one\", two)
  log info  end"
ok "it was called once" eval '[ "$(grep -c "called alice" "$scratch/printed")" = 1 ]'
ok "other arguments" try 0 '&Tried(other)' --message "$mail" --from x@y.test
ok "are what it gets" says 'called x@y.test other$'
ok "without a message" try 0 Tried
ok "it has none" says 'called - one$'
ok "an envelope alone" try 0 Tried --from a@sender.test
ok "is enough for some" says '^Sign Clean Messages = yes$'
ok "for another directive" try 0 'Gives(two)' --directive "Scan Messages" --message "$mail"
ok "whose words count" says '^Scan Messages = virus$'
ok "and its inner ones" says '^  inside  *2$'
ok "one that the configuration doesn't name" try 0 'LogIt' --message "$mail"
ok "is called all the same" says '^  log info    last text.eml$'
ok "what it gives is not judged" eval '! says " = "'
ok "rules that it names" try 0 'Gives(rules)' --directive "Scan Messages" --from a@sender.test
ok "are asked" says '^Scan Messages = virus$'
ok "and named" says "^  because  *rule $scratch/some.rules:1: "
ok "what a function sees of a message" try 0 'Gives(sees)' --directive "Notices To" --message "$mail" --to other@example.test --ip 192.0.2.9
ok "is the message, as read, with the envelope that was given" says '^  gave  *192.0.2.9 other@example.test 1 text.eml$'
ok "other functions" try 0 'Gives(other)' --directive "Notices From" --message "$mail"
ok "are not run: their directives have the defaults" says '^  gave  *yes postmaster$'
ok "a function for the end of a batch" try 0 LogBatch --directive "Always Looked Up Last After Batch" --message "$mail"
ok "gets the batch" says '^  log info    batch of 1$'

# Queued messages.
id=$(queue_id 1795341598 1)
queue_put "$ms_in" "$id" "$mail" 192.0.2.7 Alice@Sender.test bob@example.test
before=$(cat "$ms_in"/* | cksum)
ok "a message of the queue" try 0 Tried --message "$id"
ok "with its own envelope" says 'called Alice@Sender.test one$'
ok "or another" try 0 Tried --message "$id" --from "" --to x@y.test
is "its bytes stay as they are" "$(cat "$ms_in"/* | cksum)" "$before"
"$python" -c '
import fcntl, subprocess, sys
data = open(sys.argv[1], "r+b")
fcntl.lockf(data, fcntl.LOCK_EX | fcntl.LOCK_NB, 19)
print(subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode)' \
    "$ms_in/$id-D" "$MAILSCANNER" -c "$ms_conf" try Tried --message "$id" >"$scratch/locked"
is "one that somebody works on: status 75" "$(cat "$scratch/locked")" 75
ok "no such message: status 66" try 66 Tried --message "$(queue_id 1795341598 2)"
ok "no such file: status 66" try 66 Tried --message "$scratch/none.eml"
ok "and it is said which" says "fault .*$scratch/none.eml"

# Faults.
ok "a fault in a function: status 69" try 69 'Gives(fault)' --directive "Scan Messages" --message "$mail"
ok "with its line" says "^  fault .*tried.lua:[0-9]+: attempt to index a nil value"
echo "Custom Function Timeout = 1" >>"$ms_conf"
ok "one that hangs: status 69" try 69 'Gives(slow)' --message "$mail"
sed -i '$d' "$ms_conf"
ok "with the limit" says "^  fault .*it has taken more than 1 seconds"
ok "can't tell: status 69" try 69 'Gives(cannot)' --directive "Scan Messages" --message "$mail"
ok "and why" says "^  fault  *the moon is full$"
ok "a value that the directive can't have: status 69" try 69 'Gives(odd)' --directive "Scan Messages" --message "$mail"
ok "why not, and the default" eval 'says "^  fault .*odd" && says "^Scan Messages = yes$"'
ok "one that can't start: status 69" try 69 Wrong --message "$mail"
ok "and why" says "^  fault .*tried.lua:[0-9]+: no way"
ok "no such function: status 64" try 64 Nowhere
ok "no such directive: status 64" try 64 Tried --directive "Scan Mesages"
ok "did you mean" grep -qF 'did you mean "Scan Messages"?' "$scratch/complained"
for wrong in '' 'Tried(' '1x' 'Tried --ip nonsense' 'Tried again'; do
	# Words, as on a command line.
	# shellcheck disable=SC2086
	ok "wrong usage ($wrong): status 64" try 64 $wrong
done
mv "$ms_conf" "$ms_conf.away"
ok "no configuration: status 78" try 78 Tried
mv "$ms_conf.away" "$ms_conf"

# A function in C that ends the process.
read -ra flags <<<"-I$root/plugins"
for how in 'raise(SIGSEGV)' 'exit(0)'; do
	cat >"$scratch/crash.c" <<-END
		#include <mailscanner.h>
		#include <signal.h>
		#include <stdlib.h>
		static enum mailscanner_answer
		value(void *state, struct mailscanner_message *message, const char **text)
		{
			(void)state, (void)message, (void)text;
			$how;
			return MAILSCANNER_NO_VALUE;
		}
		static const struct mailscanner_function crash = { .size = sizeof(struct mailscanner_function), .name = "Crash", .value = value };
		static const struct mailscanner_function *const functions[] = { &crash, 0 };
		const struct mailscanner_plugin mailscanner_plugin = {
			.abi = MAILSCANNER_ABI, .size = sizeof(struct mailscanner_plugin), .functions = functions };
	END
	gcc "${flags[@]}" -fPIC -shared -o "$functions/crash.so" "$scratch/crash.c"
	ok "$how: status 70" try 70 Crash --message "$mail"
	ok "it is said what it did" says '^  fault  *it ended the process'
done
rm "$functions/crash.so"

# JSON.
ok "as an object" try 0 Tried --message "$mail" --from alice@sender.test --json
is "with all of that" "$("$python" -c 'import json, sys
r = json.load(open(sys.argv[1]))
print(r["function"], r["arguments"], r["directive"], r["message"], r["answer"], r["gave"], r["value"], r["inside"], r["fault"],
	len(r["why"]), r["seconds"]["call"] > 0, r["log"][2])' "$scratch/printed")" \
    "Tried ['one', 'two'] Sign Clean Messages text.eml value yes yes 1 None 1 True {'level': 'notice', 'text': 'called alice@sender.test one'}"
ok "a failure too" try 69 'Gives(cannot)' --json
is "with the fault" "$("$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["fault"])' "$scratch/printed")" "the moon is full"

# Perl.
if [ -e "$BUILD/plugins/perl.so" ]; then
	cp "$root/plugins/examples/myfunc.pm" "$functions/"
	printf 'package MailScanner::CustomConfig;\nsub Dies { print STDERR "a word\\n"; die "no luck" }\n1;\n' >"$functions/dies.pm"
	ok "a function in Perl" try 0 "Myfunc(\"$scratch\")" --message "$mail" --directive "Sign Clean Messages"
	ok "has its value" says '^Sign Clean Messages = yes$'
	ok "and its log" says '^  log info    Myfunc: called for text.eml$'
	ok "one that dies: status 69" try 69 Dies --message "$mail"
	ok "why" says '^  fault .*no luck at .*dies.pm line 2'
	ok "what it prints is shown" says '^  log -       a word$'
fi
finish
