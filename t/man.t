#!/bin/bash
# The manual pages are well formed, and tell of everything that there is to tell of.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"

command -v mandoc >/dev/null || skip_all "mandoc is not installed"
cd "$root"
main=cmd/mailscanner.8
schema=core/plugin/mailscanner-message.5
lua=plugins/lua/mailscanner-lua.7
functions=plugins/mailscanner-functions.7

for page in $main $schema $lua $functions; do
	ok "$page is well formed" mandoc -T lint -W warning "$page"
	mandoc -T ascii "$page" | sed 's/.\x08//g' >"$scratch/${page##*/}"
done
# Which of the words on standard input does a page not have?
lacks() { # page
	while read -r word; do
		grep -qwF -- "$word" "$scratch/${1##*/}" || echo "$word"
	done
}
"$MAILSCANNER" --help >"$scratch/help"
sed -nE 's/^  ([a-z]+) +[A-Z].*/\1/p' "$scratch/help" >"$scratch/commands"
ok "there are commands" grep -qx try "$scratch/commands"
is "each command is told of" "$(sed -nE 's/^\.It Ic ([a-z]+).*/\1/p' $main | sort)" "$(sort "$scratch/commands")"
while read -r command; do
	"$MAILSCANNER" "$command" --help | sed -nE 's/^  (-[a-z], )?(--[a-z-]+).*/\2/p' | grep -vx -e --help
done <"$scratch/commands" | sort -u >"$scratch/options"
is "each option too" "$(lacks $main <"$scratch/options")" ""
is "each option before the command" "$(sed -nE 's/^  (-c, )?(--[a-z]+)[= ].*/\2/p' "$scratch/help" | lacks $main)" ""
is "statuses are those that README.md tells of" "$(sed -nE 's/^\.It ([0-9]+)$/\1/p' $main | tr '\n' ' ')" \
    "$(sed -n '/^Exit codes are/p' README.md | grep -oE '\b[0-9]+ (done|wrong|not to be|no such|a function|it has|the system|something|the conf)' | grep -oE '^[0-9]+' | tr '\n' ' ')"

# The object: every key of real ones, and every word that can stand in it.
ms_config
"$python" - "$scratch/rich.eml" <<'END'
import email.message, io, sys, zipfile
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as z:
    z.writestr("setup.exe", b"MZ" + b"x" * 100)
m = email.message.EmailMessage()
m["From"], m["To"], m["Subject"] = "a@b.test", "bob@example.test", "all of it"
m.set_content("<html><body><a href='http://a.test'>www.b.test</a><img src='x'><form></form></body></html>", subtype="html")
m.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="a.zip")
open(sys.argv[1], "wb").write(m.as_bytes())
END
ms check --json "$scratch/rich.eml" >"$scratch/rich.json" || :
. "$root/t/lib/queue.sh"
queue_put "$ms_in" "$(queue_id 1795341598 1)" "$scratch/rich.eml" 192.0.2.7 a@b.test bob@example.test
ms show --json "$(queue_id 1795341598 1)" >"$scratch/shown.json"
"$python" - "$scratch/rich.json" "$scratch/shown.json" >"$scratch/keys" <<'END'
import json, sys
keys = set()
def walk(value):
    if isinstance(value, dict):
        keys.update(value)
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        walk(one)
for path in sys.argv[1:]:
    walk(json.load(open(path)))
print("\n".join(sorted(keys)))
END
ok "an object has parts, links, findings and a state" eval '[ "$(grep -cxE "declared_type|href|rule|state|alt" "$scratch/keys")" = 5 ]'
is "each key of it is told of" "$(lacks $schema <"$scratch/keys")" ""
is "and there is no other" "$(sed -nE '/^\.Sh SYNOPSIS/d; s/^\.It Va (.*)/\1/p' $schema | sed 's/ , /\n/g' | sort -u | grep -vxFf "$scratch/keys" || :)" ""
names() { # file, macro: the first arguments in its table
	sed -nE "s/^	$2\(([a-z_]+),? .*/\1/p; s/^	$2\(([a-z_]+), *\\\\?$/\1/p" "$1"
}
for table in "core/message/part.h FACT" "core/message/part.h LIMIT" "core/message/message.h KIND" "core/message/html.h KIND"; do
	# shellcheck disable=SC2086
	names $table >"$scratch/words"
	ok "$table: there are words" eval '[ "$(wc -l <"$scratch/words")" -gt 7 ]'
	is "each of them is told of" "$(lacks $schema <"$scratch/words")" ""
done

# Lua: the fields and functions that the sources have.
grep -hoE '\{ "[a-z_]+",' plugins/lua/{message,contents,library}.c | grep -oE '[a-z_]+' | sort -u >"$scratch/lua"
sed -nE 's/.*set_part\(state, [a-z]*, "([a-z_]+)".*/\1/p; s/.*lua_setfield\(state, -[0-9], "([a-z]+)"\);/\1/p' plugins/lua/{message,contents,headers}.c |
    grep -v '^__' | sort -u >>"$scratch/lua"
ok "there are fields" eval '[ "$(grep -cxE "parts|unpacked_from|flags|domain|explain|dump|text" "$scratch/lua")" -ge 7 ]'
is "each is told of" "$(lacks $lua <"$scratch/lua")" ""

is "each example is told of" "$(sed -nE 's/^\.It Pa ([a-z_]+\.(c|lua|pm))$/\1/p' $functions | sort)" "$(cd plugins/examples && ls)"

# What is shown in them works.
mkdir "$scratch/functions"
sed -n '/^#include <mailscanner.h>/,/^\.Ed/p' $functions | sed '$d' >"$scratch/from.c"
ok "the function in C compiles" gcc -std=gnu17 -Wall -Werror -Wno-unused-parameter -Iplugins -fPIC -shared -o "$scratch/functions/from.so" "$scratch/from.c"
sed -n '/^package MailScanner/,/^\.Ed/p' $functions | sed '$d' >"$scratch/functions/myfunc.pm"
sed -n '/^-- [A-Z]/,/^\.Ed/p' $lua | grep -v '^\.' >"$scratch/functions/shown.lua"
ms_config "Custom Functions Dir = $scratch/functions"
tried() { # function, message
	ms try "$1" --directive "Scan Messages" --message "$2" --from "${3-user@example.com}" --to a@b.test --ip 192.0.2.7 >"$scratch/tried" 2>&1 || cat "$scratch/tried"
	sed -n 's/^  gave *//p' "$scratch/tried"
}
is "and runs" "$(tried 'From(user@example.com)' t/mail/text.eml) $(tried 'From(x@y.test)' t/mail/text.eml)" "yes no"
if [ -e "$BUILD/plugins/perl.so" ]; then
	is "so does the one in Perl" "$(tried Myfunc t/mail/text.eml) $(tried Myfunc t/mail/text.eml x@y.test)" "1 0"
fi
if [ -e "$BUILD/plugins/lua.so" ]; then
	is "so do those in Lua" "$(tried 'Ours(example.com)' t/mail/text.eml) $(tried TooMany t/mail/text.eml) $(tried NotEncrypted "$scratch/rich.eml")" "yes no yes"
	tried "Record($scratch)" t/mail/text.eml >"$scratch/none"
	ok "one of them leaves a file" test -s "$scratch/text.eml.json"
fi

# Where they go.
ok "make install" make -s install DESTDIR="$scratch/installed" BUILD="$BUILD"
is "puts them where man looks" "$(cd "$scratch/installed/usr/local/share/man" && find . -type f | sort | tr '\n' ' ')" \
    "./man5/mailscanner-message.5 ./man7/mailscanner-functions.7 ./man7/mailscanner-lua.7 ./man8/mailscanner.8 "
is "examples are beside them" "$(ls "$scratch/installed/usr/local/share/mailscanner/examples")" "$(ls plugins/examples)"
finish
