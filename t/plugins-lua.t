#!/bin/bash
# Custom functions in Lua: their life, what they see of a message, what they may do, and what becomes of mistakes.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

[ -e "$BUILD/plugins/lua.so" ] || skip_all "the plugin for Lua was not built"
functions=$scratch/functions
mkdir "$functions"

script() { # name; the text is on standard input
	cat >"$functions/$1.lua"
}
config() { # lines...
	ms_config "Custom Functions Dir = $functions" "$@"
}
value_of() { # directive, options...
	ms value "$@" 2>"$scratch/err" | sed -n '1s/^[^=]*= //p'
}
lint_says() { # text
	ms lint >"$scratch/lint" 2>&1 || :
	grep -qF -- "$1" "$scratch/lint" || { cat "$scratch/lint"; return 1; }
}
put() { # number [sender [client]]
	queue_put "$ms_in" "$(queue_id 1795341598 "$1")" "$root/t/mail/text.eml" "${3-192.0.2.7}" "${2-Alice@Sender.test}" bob@Example.TEST eve@b.test
}
said() { # the lines that functions wrote
	ms_lines | grep '^Lua'
}

cp "$root/plugins/examples/smallest.lua" "$functions/"
config 'Sign Clean Messages = &Ours("example.com")'
is "the smallest function: yes" "$(value_of "Sign Clean Messages" --from a@Example.COM)" yes
is "no" "$(value_of "Sign Clean Messages" --from a@b.test)" no
is "lint has nothing to say" "$(ms lint 2>&1 | grep -ci -e function -e lua)" 0
ok "plugins lists the language" eval 'ms plugins | grep -qE "^Lua +language +1 "'
ok "and the function with its file" eval 'ms plugins | grep -qE "^Ours +function +1  $functions/smallest.lua  used by: Sign Clean Messages$"'

# Life: Init, look-ups, End, once for each directive that names the function.
script life <<'END'
local calls = 0
function InitLife(a, b)
	mailscanner.info("Lua init %s %s, queue %s", a or "-", b or "-", mailscanner.value("Delivery Method"))
end
function Life(message, a, b)
	calls = calls + 1
	if message then
		mailscanner.info("Lua life %s %s %s", message.id, a or "-", b or "-")
	end
end
function EndLife(a, b)
	mailscanner.log("Lua end %s %s", a or "-", b or "-")
end
END
config 'Sign Clean Messages = &Life' "Scan Messages = &Life(one, 'two three')" "Max Children = 1"
put 1
ok "a worker takes a message" ms_once
ok "the line before init" ms_logged "Config: calling custom init function Life(one, 'two three')"
ok "init has the arguments" ms_logged "Lua init one two three, queue queue"
ok "and none where there are none" ms_logged "Lua init - -, queue queue"
ok "a look-up has message and arguments" ms_logged "Lua life $(queue_id 1795341598 1) one two three"
ok "the line before end" ms_logged "Config: calling custom end function Life"
is "end follows, with arguments, for each directive" "$(ms_lines | grep -c '^Lua end')" 2
is "init, life and end in this order" "$(ms_lines | sed -nE 's/^Lua (init|life|end) ([^ ]*-[^ ]* )?one.*/\1/p' | uniq | tr '\n' ' ')" "init life end "
ok "plugins doesn't take Init and End for functions" eval '! ms plugins | grep -E "InitLife|EndLife"'

# What there is of a message.
script facts <<'END'
function Facts(m)
	if not m then return nil end
	m.mine = (m.mine or 0) + 1
	mailscanner.info("Lua %s size %s %s|%s|%s to %d %s|%s|%s client %s name %s helo %s proto %s auth %s", m.id, m.size > 300, m.sender.address,
		m.sender.user, m.sender.domain, #m.recipients, m.recipients[1].address, m.recipients[1].user, m.recipients[1].domain,
		m.client.ip, m.client.name or "-", m.helo, m.protocol, m.auth or "-")
	mailscanner.info("Lua subject %s|%s headers %d first %s none %s received %s", m.subject, m.headers["SUBJECT"], #m.headers,
		m.headers[1].name, m.headers.nothing or "-", m.received > 1e9)
	mailscanner.info("Lua body %s same %s own %d", m:body(5), m.sender == m.sender, m.mine)
	mailscanner.info("Lua fact %s %s none %s", m:fact("queue").format, m:fact("envelope").recipients[2], m:fact("nothing") or "-")
	mailscanner.info("Lua %s", mailscanner.value("Scan Messages", m))
	mailscanner.info("%s")
	return m:add_header("X-Lua", "was here") and m:set_header("Subject", "set by Lua") and m:remove_header("Date")
end
END
config 'Sign Clean Messages = &Facts' 'Reject Message = &Facts' "Max Children = 1"
sed -i 's/return m:add/m:add/; s/"Date")/"Date") return false/; s/ and m:set/ m:set/; s/ and m:rem/ m:rem/' "$functions/facts.lua"
: >"$ms_log"
rm -f "$ms_out"/*
put 2
body=$(sed '1,/^$/d' "$root/t/mail/text.eml" | head -c 5)
headers=$(sed '/^$/q' "$root/t/mail/text.eml" | grep -c '^[^ 	]')
subject=$(sed -n 's/^Subject: //p' "$root/t/mail/text.eml" | head -n 1)
ok "a worker takes a message" ms_once
id=$(queue_id 1795341598 2)
is "all fields are there" "$(said | head -n 5)" "Lua $id size true Alice@Sender.test|Alice|sender.test to 2 bob@Example.TEST|bob|example.test client 192.0.2.7 name - helo client.test proto esmtp auth -
Lua subject $subject|$subject headers $((headers + 1)) first Received none - received true
Lua body $body same true own 1
Lua fact exim eve@b.test none -
Lua yes"
ok "a text alone is no format" ms_logged "%s"
ms_headers "$ms_out/$id-H" >"$scratch/headers"
ok "a header is added" grep -q "^X-Lua: was here" "$scratch/headers"
is "one is replaced" "$(grep '^Subject:' "$scratch/headers")" "Subject: set by Lua"
is "one is removed" "$(grep -c '^Date:' "$scratch/headers")" 0

# What is in it, and what was found: a program, a ZIP archive in it, a link.
script contents <<'END'
local function list(t, f) local all = {} for i, v in ipairs(t) do all[i] = f(v) end return table.concat(all, ",") end
function Contents(m)
	if not m then return nil end
	mailscanner.info("Lua last %s, %d parts: %s", m.fate, #m.parts, list(m.parts, function(p)
		return p.index .. " " .. p.kind .. " " .. p.type .. " " .. (p.name or "-") .. " in " .. (p.parent and p.parent.index or "-") ..
			" from " .. (p.unpacked_from and p.unpacked_from.name or "-") .. " depth " .. p.depth .. (p.size > 0 and " sized" or "") ..
			(p.flags.archive and " archive" or "") .. (p.names[1] and " " .. #p.names or "")
	end))
	mailscanner.info("Lua found %s", list(m.findings, function(f)
		return f.kind .. " " .. (f.part and f.part.name or "whole") .. " " .. (f.rule and f.rule:match("[^/]*$") or "-") .. " " .. f.who
	end))
	mailscanner.info("Lua same %s %s", m.parts == m.parts, #m.findings == 0 or m.findings[1].part == nil or m.findings[1].part == m.parts[m.findings[1].part.index])
end
function Before(m)
	if m then mailscanner.info("Lua first %s, %d parts, %d findings", m.fate, #m.parts, #m.findings) end
end
function Words(m)
	if not m then return nil end
	mailscanner.info("Lua fields %d %s|%s", #m:fields("received"), m:fields("Subject", "decoded")[1], m:fields("subject", "raw")[1])
	mailscanner.info("Lua explain %s|%s|%s", mailscanner.explain("Delivery Method"):match(": (.*)"), mailscanner.explain("Scan Messages", m):match("^%a+"),
		mailscanner.explain("No Such Thing") or "-")
	mailscanner.info("Lua language %s|%s", mailscanner.language("MailScanner"), mailscanner.language("no such key", m))
	local well, fault = pcall(m.fields, m, "a", "upside down")
	mailscanner.info("Lua %s", fault)
end
END
config 'Always Looked Up Last = &Contents' 'Scan Messages = &Before' "Max Children = 1"
: >"$ms_log"
id=$(queue_id 1795341598 30)
"$python" - "$scratch/packed.eml" <<'END'
import email.message, io, sys, zipfile
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as z:
    z.writestr("setup.exe", b"MZ" + b"x" * 100)
m = email.message.EmailMessage()
m["From"], m["To"], m["Subject"] = "a@b.test", "bob@example.test", "Gr\u00fc\u00dfe"
m.set_content("see there\n")
m.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="a.zip")
open(sys.argv[1], "wb").write(m.as_bytes())
END
queue_put "$ms_in" "$id" "$scratch/packed.eml" 192.0.2.7 a@b.test bob@example.test
ok "a worker takes an archive with a program" ms_once
ok "before it is read there is nothing in it" ms_logged "Lua first open, 0 parts, 0 findings"
ok "after that its parts are there, as a tree" ms_logged "Lua last $(ms_lines | sed -n 's/^Lua last \([a-z]*\),.*/\1/p'), 4 parts: \
1 multipart multipart/mixed - in - from - depth 0,2 leaf text/plain - in 1 from - depth 1 sized,\
3 leaf application/zip a.zip in 1 from - depth 1 sized archive 1,4 member application/octet-stream setup.exe in 3 from a.zip depth 2 sized 1"
ok "and what was found, with its part" eval 'ms_lines | grep -qE "^Lua found .*name setup.exe archives.filename.rules.conf:[0-9]+ "'
ok "the same tables each time" ms_logged "Lua same true true"
config 'Reject Message = &Words' "Max Children = 1"
: >"$ms_log"
rm "$ms_out"/*
queue_put "$ms_in" "$id" "$scratch/packed.eml" 192.0.2.7 a@b.test bob@example.test
ok "another asks for words" ms_once
ok "header fields by name, decoded and raw" ms_logged "Lua fields 1 Grüße|Subject: $(sed -n 's/^Subject: //p' "$scratch/packed.eml")"
ok "why a directive has its value" ms_logged "Lua explain Delivery Method = queue|default|-"
ok "language strings" ms_logged "Lua language MailScanner|no such key"
ok "a form that there isn't is the script's error" eval 'ms_lines | grep -q "^Lua bad argument #[23] to .*invalid option"'

# All of it as one object, as show prints it.
script dumps <<'END'
function Dumps(m, path)
	if m then mailscanner.info("Lua dumps %s %s %s", m:dump(path), m:dump("/no/such/place.json"), m:dump()) end
end
END
config "Reject Message = &Dumps($scratch/dump.json)" "Max Children = 1"
: >"$ms_log"
rm "$ms_out"/*
queue_put "$ms_in" "$id" "$scratch/packed.eml" 192.0.2.7 a@b.test bob@example.test
ms show "$id" --json >"$scratch/shown.json"
ok "another dumps the message" ms_once
ok "into a file and the log, but not into nowhere" ms_logged "Lua dumps true false true"
is "the file is for its owner only" "$(stat -c %a "$scratch/dump.json")" 600
ok "why it can't is said" eval 'ms_lines | grep -q "^a message can.t be dumped: open /no/such: No such file or directory"'
ok "the log has a line a fact" eval 'ms_lines | grep -q "^message $id: \"envelope\": {\"id\": *\"$id\","'
is "it is what show prints, but for what only the queue knows" "$("$python" - "$scratch/dump.json" "$scratch/shown.json" <<'END'
import json, sys
ours, shown = (json.load(open(path)) for path in sys.argv[1:])
for name in "state", "why", "attempts", "next":
    del shown["queue"][name]
print([name for name in shown if ours[name] != shown[name]], list(ours) == list(shown), ours["schema"])
END
)" "[] True 1"

# Results.
script results <<'END'
function Result(message, kind)
	local results = { yes = "yes", one = 1, zero = "0", truth = true, table = {}, nothing = nil, odd = "odd" }
	if kind == "cannot" then return nil, "the moon is full" end
	return results[kind]
end
END
for case in yes:yes one:yes zero:no truth:yes nothing:yes table:yes odd:yes; do
	config "Scan Messages = &Result(${case%:*})"
	is "a result of ${case%:*} is ${case#*:}" "$(value_of "Scan Messages" --from a@b.test)" "${case#*:}"
done
ok "one that the directive can't have is named" eval 'ms value "Scan Messages" --from a@b.test | grep -q "odd"'
config "Scan Messages = &Result(table)"
ok "what is no value is named with the function" eval 'ms value "Scan Messages" --from a@b.test 2>&1 >/dev/null | grep -q "custom function Result: Result gave a table: expected"'
config "Scan Messages = &Result(cannot)"
ok "nil and a text: it can't tell" eval 'ms value "Scan Messages" --from a@b.test | grep -q "function Result can.t tell: the moon is full"'
put 3
ok "and the message stays" ms_once 75
rm "$ms_in"/*

# Mistakes.
echo 'function Broken( return 1' | script broken
config "Scan Messages = &Ours(x)"
ok "a file that is no Lua: lint names file and line" lint_says "broken.lua:1: "
ok "as an error" lint_says "$functions/broken.lua: error: "
is "others work" "$(value_of "Scan Messages" --from a@x)" yes
rm "$functions/broken.lua"
printf 'local x = nil\nfunction Dies(message)\n\treturn x.y\nend\n' | script dies
config "Scan Messages = &Dies" "Max Children = 1"
: >"$ms_log"
put 4
put 5
ok "a function that fails: the messages go on" ms_once
ok "with the default" test -e "$ms_out/$(queue_id 1795341598 4)-H"
is "the error has file and line, and is logged once" "$(grep -c 'custom function Dies: .*dies.lua:3: attempt to index.*; the default is used' "$ms_log")" 1
is "the worker lived" "$(ms_count "a worker ended")" 0
printf 'function InitDies()\n\terror("no way")\nend\n' >>"$functions/dies.lua"
ok "an error in init: lint names it" lint_says "Scan Messages: function Dies can't start: "
cat >"$functions/dies.lua" <<'END'
function Hang(message) while message do end end
function Stubborn(message) while message do pcall(function() while true do end end) end end
function Coroutine(message) return coroutine.wrap(function() while message do end end)() end
function Eater(message) local t = {} while message do t[#t + 1] = ("x"):rep(1000) .. #t end end
function Deep(message) local function f() return 1 + f() end return message and f() end
END
n=20
for name in Hang Stubborn Coroutine; do
	n=$((n + 1))
	config "Scan Messages = &$name" "Custom Function Timeout = 1" "Max Children = 1"
	: >"$ms_log"
	put $n
	ok "$name: one that hangs: the message goes on" ms_once
	ok "the log names it" grep -q "custom function $name: .*it has taken more than 1 seconds (Custom Function Timeout); the default is used" "$ms_log"
	is "the worker lived" "$(ms_count "a worker ended")" 0
done
config "Scan Messages = &Eater" "Lua Memory Limit = 5m" "Max Children = 1"
: >"$ms_log"
put 7
ok "one that eats memory: the message goes on" ms_once
ok "the log names it" grep -q "custom function Eater: not enough memory; the default is used" "$ms_log"
config "Scan Messages = &Deep" "Max Children = 1"
put 8
ok "one without an end to its depth: the message goes on" ms_once
ok "the log names it" grep -q "custom function Deep: .*\(stack overflow\|not enough memory\)" "$ms_log"

# The sandbox.
script box <<'END'
local function has(name) return _G[name] ~= nil and name or "" end
function Box()
	return has("io") .. has("os") .. has("package") .. has("require") .. has("debug") .. has("load") .. has("dofile") .. has("loadfile") ..
		(string.dump and "dump" or "") .. "."
end
END
config "Notices To = &Box"
is "no files, programs or code" "$(value_of "Notices To")" "."
config "Notices To = &Box" "Lua Libraries = all"
is "unless the configuration says so" "$(value_of "Notices To")" "ioospackagerequiredebugloaddofileloadfiledump."
printf 'x = "mine"\nfunction One() return x end\n' | script one
printf 'function Two() return tostring(x) end\n' | script two
config "Notices To = &Two" "Notices From = &One"
is "files don't see each other's globals" "$(value_of "Notices To") $(value_of "Notices From")" "nil mine"
printf 'function One() return "another" end\n' | script three
ok "two functions of one name: lint names both files" lint_says "$functions/three.lua: error: function One is in $functions/one.lua as well; neither is used"
rm "$functions/three.lua"

# The examples.
cp "$root"/plugins/examples/*.lua "$functions/"
mkdir "$scratch/virus"
printf 'From: *@bad.test no\nFromOrTo: default yes\n' >"$scratch/virus/example.test.rules"
config "Virus Scanning = &RulesOfDomain($scratch/virus)"
is "rules of the recipient's domain" "$(value_of "Virus Scanning" --from a@bad.test --to x@Example.test) $(value_of "Virus Scanning" --from a@good.test --to x@example.test)" "no yes"
is "none for another" "$(value_of "Virus Scanning" --from a@bad.test --to x@other.test)" yes
is "a domain that is a path" "$(value_of "Virus Scanning" --from a@bad.test --to x@../../etc)" yes
config "Reject Message = &TooMany(2)" "Rejection Report = $root/t/plugins-lua.t" "Always Looked Up Last = &LogMessage" \
    "Always Looked Up Last After Batch = &LogBatch" "Max Children = 2" "Max Unscanned Messages Per Scan = 1" "Max Unsafe Messages Per Scan = 1"
: >"$ms_log"
for n in 11 12 13 14; do put $n a@b.test 192.0.2.1; done
put 15 a@b.test 192.0.2.2
ok "five messages, four of one client" ms_once
is "two of those are too many" "$(ms_count "TooMany: 192.0.2.1 has sent")" 2
is "that of another client is none" "$(ms_count "192.0.2.2 has sent")" 0
is "each is logged when it has left" "$(ms_lines | grep -cE "^LogMessage: .* from a@b.test, [0-9]+ bytes, 2 recipients: (deliver|drop)$")" 5
is "and each batch" "$(ms_lines | grep -cE "^LogBatch: 1 messages, [0-9]+ bytes$")" 5
config 'Always Looked Up Last = &Record('"$scratch/record"')' "Max Children = 1"
mkdir "$scratch/record"
: >"$ms_log"
put 16
put 17
ok "two messages are recorded" ms_once
is "each in a file of its own, with its fate" "$("$python" -c 'import json, sys
for path in sys.argv[1:]:
    m = json.load(open(path))
    print(m["envelope"]["id"], m["envelope"]["sender"], m["fate"]["kind"], m["facts"]["parts"][0]["kind"])' "$scratch/record"/*.json)" \
    "$(for n in 16 17; do echo "$(queue_id 1795341598 $n) Alice@Sender.test deliver leaf"; done)"
config 'Always Looked Up Last = &Record(here)'
ok "without an absolute path it can't start" lint_says "function Record can't start: which directory? An absolute path is needed"
finish
