#!/bin/bash
# Custom functions in C: built from nothing but the header, asked for values, wrong ones named, crashing ones too.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

functions=$scratch/functions
mkdir "$functions"
# What others have to build with: the installed header, and what pkg-config says of it.
make -s -C "$root" install DESTDIR="$scratch/installed" PREFIX=/usr BUILD="$BUILD" >"$scratch/install" 2>&1 || note_file "$scratch/install"
export PKG_CONFIG_PATH=$scratch/installed/usr/lib/pkgconfig
read -ra flags <<<"$(pkg-config --define-variable=prefix="$scratch/installed/usr" --define-variable=includedir="$scratch/installed/usr/include" --cflags mailscanner)"
case $BUILD in *sanitize*) sanitizer=-fsanitize=address,undefined ;; *) sanitizer= ;; esac

# build NAME [LIBRARY]: the plugin whose source is on standard input becomes NAME.so.
build() {
	cat >"$scratch/$1.c"
	(cd "$scratch" && gcc -std=c99 -Wall -Wextra -Werror $sanitizer "${flags[@]}" -fPIC -shared -o "$functions/$1.so" "$1.c" ${2-})
}
# plugin NAME FUNCTION [ABI]: the part of a source that every plugin ends with.
plugin() {
	cat <<-END
		#ifndef START
		#define START start
		#endif
		#ifndef END
		#define END end
		#endif
		static const struct mailscanner_function $1 = {
			.size = sizeof(struct mailscanner_function), .name = "$2", .init = START, .value = value, .end = END };
		static const struct mailscanner_function *const functions[] = { &$1, 0 };
		const struct mailscanner_plugin mailscanner_plugin = {
			.abi = ${3:-MAILSCANNER_ABI}, .size = sizeof(struct mailscanner_plugin), .functions = functions };
	END
}
empty() { # the callbacks of a function that has nothing to say
	cat <<-'END'
		#include <mailscanner.h>
		#define START 0
		#define END 0
		static enum mailscanner_answer
		value(void *state, struct mailscanner_message *message, const char **text)
		{
			(void)state, (void)message, (void)text;
			return MAILSCANNER_NO_VALUE;
		}
	END
}
value_of() { # directive, options...
	ms value "$@" 2>"$scratch/err" | sed -n '1s/^[^=]*= //p'
}
lint_says() { # text
	ms lint >"$scratch/lint" 2>&1
	grep -qF -- "$1" "$scratch/lint" || { cat "$scratch/lint"; return 1; }
}
put() { # number
	queue_put "$ms_in" "$(queue_id 1795341598 "$1")" "$root/t/mail/odd-headers.eml" 192.0.2.7 Alice@Sender.test bob@example.test
}

is "pkg-config says where the header is" "${flags[*]}" "-I$scratch/installed/usr/include"
ms_config "Custom Functions Dir = $functions" 'Scan Messages = &Constant("0")'
ok "the smallest example builds with the header alone" build constant <"$root/plugins/examples/constant.c"
ms value "Scan Messages" >"$scratch/value" 2>&1
is "its value counts, and the line that names it is the reason" "$(cat "$scratch/value")" "Scan Messages = no
  function $ms_conf:$(grep -n '^Scan' "$ms_conf" | cut -d: -f1): Scan Messages = &Constant(\"0\")"
put 1
cp "$ms_in"/*-H "$scratch/before"
ok "a worker asks it too" ms_once
ok "so the message passed untouched" cmp "$scratch/before" "$ms_out/$(queue_id 1795341598 1)-H"
ok "its start is logged" ms_logged 'Config: calling custom init function Constant("0")'
ok "and its end" ms_logged 'Config: calling custom end function Constant("0")'
is "lint has nothing to say" "$(ms lint 2>&1 | grep -c -i -e function -e plugin)" 0
ms_config "Custom Functions Dir = $functions" 'Mail Header = &Constant(a, b)' 'Notices To = &Constant(");")' 'Log Speed = &Constant(yes)'
ms lint >"$scratch/lint" 2>&1 || :
ok "a function that can't start is an error, with file and line" grep -q \
    "^$ms_conf:[0-9]*: error: Mail Header: function Constant can't start: it takes one argument, the value; the default is used" "$scratch/lint"
is "the default is used" "$(value_of "Mail Header")" "X-Example-MailScanner:"
is "one function serves several directives" "$(value_of "Notices To")" ");"

# Everything that a plugin can ask, as one line of the log.
cat >"$scratch/facts.part" <<'END'
#include <mailscanner.h>
#include <string.h>
static const struct mailscanner_host *host;
static const char *
start(const struct mailscanner_host *of, const char *const *arguments, void **state)
{
	(void)arguments, (void)state;
	host = of;
	host->log(MAILSCANNER_INFO, "facts: start, queue %s", host->directive(NULL, "Delivery Method"));
	return host->size < sizeof *host ? "too old" : NULL;
}
static enum mailscanner_answer
value(void *state, struct mailscanner_message *m, const char **text)
{
	size_t position = 0, headers = 0;
	const char *field, *last = "";
	(void)state;
	if (m == NULL)
		return MAILSCANNER_NO_VALUE;
	while ((field = host->next_header(m, &position)) != NULL) {
		last = field;
		headers++;
	}
	*text = host->keep(m, "X-Facts:");
	host->log(MAILSCANNER_INFO, "facts: %s from %s to %s (%d more) client %s bytes %d received %d subject %s "
		"none %s headers %d last %s own %s scan %s unknown %s", host->id(m), host->sender(m), host->recipients(m)[0],
		host->recipients(m)[1] != NULL, host->client_address(m), host->bytes(m) > 100,
		host->received(m) > 1000000, host->header(m, "subject"), host->header(m, "X-No") ? "?" : "-", (int)headers,
		strchr(last, ':') ? "whole" : last, host->directive(m, "Mail Header"), host->directive(m, "Scan Messages"),
		host->directive(m, "No Such Thing") ? "?" : "-");
	return MAILSCANNER_VALUE;
}
static void
end(void *state)
{
	(void)state;
	host->log(MAILSCANNER_INFO, "facts: end");
}
END
ok "a plugin with all three callbacks builds" build facts < <(cat "$scratch/facts.part"; plugin facts Facts)
ms_config "Custom Functions Dir = $functions" "Mail Header = &Facts"
: >"$ms_log"
sed '1s/^/Subject: a plain one\n/' "$root/t/mail/text.eml" | sed '/^Subject/!b;:a;n;s/^Subject/X-Old/;ba' >"$scratch/facts.eml"
queue_put "$ms_in" "$(queue_id 1795341598 2)" "$scratch/facts.eml" 192.0.2.7 Alice@Sender.test bob@example.test eve@example.test
headers=$(sed '/^$/q' "$scratch/facts.eml" | grep -c '^[^ 	]')
ok "the message is delivered" ms_once
ok "init may read directives" ms_logged "facts: start, queue queue"
ok "end is called" ms_logged "facts: end"
is "all facts are there, and its own directive gives it the default" "$(ms_lines | grep -m1 '^facts: [^se]')" \
    "facts: $(queue_id 1795341598 2) from Alice@Sender.test to bob@example.test (1 more) client 192.0.2.7 bytes 1 received 1 subject a plain one none - headers $((headers + 1)) last whole own X-Example-MailScanner: scan yes unknown -"
ok "the header has the name that it gave" grep -q 'X-Facts: ' "$ms_out/$(queue_id 1795341598 2)-H"

# SQLite, as shipped.
database=$scratch/customers.db
query='SELECT scan FROM customers WHERE address = :from OR domain = :domain OR ip = :ip ORDER BY address IS NULL'
sqlite3 "$database" "CREATE TABLE customers (address, domain, ip, scan);
	INSERT INTO customers VALUES ('alice@sender.test', NULL, NULL, 'no'), (NULL, 'example.net', NULL, 'virus'),
	    (NULL, NULL, '192.0.2.9', 'nonsense'), (NULL, 'null.test', NULL, NULL);"
ms_config "Custom Functions Dir = $functions" "Scan Messages = &SQLite(\"$database\", \"$query\")"
is "SQLite: a row by sender" "$(value_of "Scan Messages" --from Alice@Sender.test --to x@example.net)" no
is "by the first recipient's domain" "$(value_of "Scan Messages" --from x@y.test --to a@Example.NET --to b@other.test)" virus
is "no row: the default" "$(value_of "Scan Messages" --from x@y.test)" yes
is "NULL: the default" "$(value_of "Scan Messages" --to x@null.test)" yes
is "no message: the default" "$(value_of "Scan Messages")" yes
is "a value that the directive can't have: the default" "$(value_of "Scan Messages" --ip 192.0.2.9)" yes
is "a quote in an address is data" "$(value_of "Scan Messages" --from "' OR 1=1 --@x.test")" yes
put 3
ok "a worker asks the database" ms_once
is "and passes what it says" "$(grep -c X-Example-MailScanner "$ms_out/$(queue_id 1795341598 3)-H")" 0
mv "$database" "$database.away"
put 4
status=0
ms value "Scan Messages" --from a@b.test >"$scratch/value" || status=$?
is "no database: value can't tell, status 75" "$status" 75
ok "why is said" grep -qF "function SQLite can't tell: $database: unable to open database file" "$scratch/value"
ok "and the message stays in the queue" ms_once 75
ok "its bytes still there" test -e "$ms_in/$(queue_id 1795341598 4)-H" -a ! -e "$ms_out/$(queue_id 1795341598 4)-H"
mv "$database.away" "$database"
ok "until the database is back" ms_once
ok "then it goes" test -e "$ms_out/$(queue_id 1795341598 4)-H"
for wrong in 'SELEKT 1' 'SELECT scan FROM nothing' 'SELECT :form' 'SELECT ?'; do
	ms_config "Scan Messages = &SQLite(\"$database\", \"$wrong\")"
	status=0
	ms value "Scan Messages" --from a@b.test >"$scratch/value" || status=$?
	is "$wrong: can't tell" "$status" 75
done

# What can be wrong.
ms_config "Custom Functions Dir = $functions" "Scan Messages = &Nobody"
ok "an unknown function is a warning with file and line" lint_says ": warning: Scan Messages: there is no function Nobody in "
is "the default is used" "$(value_of "Scan Messages" --from a@b.test)" yes
ms_config "Custom Functions Dir = $functions"
{ empty; plugin other Constant; } | build again
ok "two functions of one name: lint names both files" lint_says "$functions/constant.so: error: function Constant is in $functions/again.so as well"
rm "$functions/again.so"
{ empty; plugin old Old 999; } | build old
ok "a wrong ABI" lint_says "$functions/old.so: error: it was built for ABI 999 of plugins"
rm "$functions/old.so"
{ empty; plugin odd "a b"; } | build odd
ok "a name that can't be one" lint_says "$functions/odd.so: error: it has a function whose description is not whole"
rm "$functions/odd.so"
echo 'int nothing;' | build none
ok "no plugin at all" lint_says "$functions/none.so: error: it is no plugin"
rm "$functions/none.so"
echo text >"$functions/text.so"
ok "no shared object" lint_says "$functions/text.so: error: can't be loaded: "
rm "$functions/text.so"
touch "$functions/A.pm" "$functions/b.lua" "$functions/b.lua.rpmnew"
is "empty files and leftovers of other programs are passed over" "$(ms lint 2>&1 | grep -cE 'A\.pm|b\.lua')" 0
rm "$functions/A.pm" "$functions"/b.lua*

# A function that gives the name of a ruleset.
printf 'From: *@special.test virus\nFromOrTo: default no\n' >"$scratch/some.rules"
ms_config "Custom Functions Dir = $functions" "Scan Messages = &Constant($scratch/some.rules)"
is "the rules that a function names decide" "$(value_of "Scan Messages" --from a@special.test)" virus
is "their default too" "$(value_of "Scan Messages" --from a@b.test)" no
is "without a message their default counts" "$(value_of "Scan Messages")" no
ok "the reasons name function and rule" eval 'ms value "Scan Messages" --from a@special.test | tr "\n" "@" | grep -q "function .*&Constant.*@  rule $scratch/some.rules:1: "'

# What ships: lists of senders.
mkdir "$scratch/white"
printf '# friends\nfriend@out.test\n@Near.test\n' >"$scratch/white/bob@example.test"
echo 192.0.2.7 >"$scratch/white/example.net"
echo anybody.test >"$scratch/white/default"
ms_config "Sign Clean Messages = &ByDomainSpamWhitelist($scratch/white)" "Virus Scanning = &SpamWhiteList($scratch/white/default)"
listed() {
	ms value "Sign Clean Messages" "$@" 2>"$scratch/err" | sed -n '1s/^[^=]*= //p'
}
is "a sender in the recipient's own list" "$(listed --from Friend@Out.test --to Bob@example.test)" yes
is "a sender's domain in it" "$(listed --from x@near.test --to bob@example.test)" yes
is "a client in the list of the recipient's domain" "$(listed --from x@y.test --to a@example.net --ip 192.0.2.7)" yes
is "a sender in the default list" "$(listed --from x@anybody.test --to a@b.test)" yes
is "the first recipient counts, not the second" "$(listed --from friend@out.test --to a@b.test --to bob@example.test)" no
is "a list in one file" "$(value_of "Virus Scanning" --from x@anybody.test) $(value_of "Virus Scanning" --from a@b.test)" "yes no"

# Loggers.
ok "the logger of the examples builds" build logger <"$root/plugins/examples/logger.c"
ok "the function with a database too" build database -lsqlite3 <"$root/plugins/examples/database.c"
sqlite3 "$scratch/c.db" "CREATE TABLE customers (address TEXT PRIMARY KEY); INSERT INTO customers VALUES ('alice@sender.test');"
ms_config "Custom Functions Dir = $functions" "Always Looked Up Last = &Ledger($scratch/ledger)" \
    "Always Looked Up Last After Batch = &Ledger($scratch/ledger)" "Sign Clean Messages = &Customer($scratch/c.db)" "Log Speed = yes"
is "the database is asked" "$(listed --from alice@SENDER.test) $(listed --from b@c.test)" "yes no"
: >"$ms_log"
put 11
put 12
ok "a batch is logged by a logger" ms_once
is "a line a message, when it has left, then one for the batch" \
    "$(sed -E 's/"stage".*//; s/"bytes":[0-9]+/"bytes":N/; s/(ed":)[0-9.]+/\1T/g' "$scratch/ledger")" \
    "$(for n in 11 12; do printf '%s\tAlice@Sender.test\tbob@example.test\ta subject without a blank\t{"kind":"deliver",\n' "$(queue_id 1795341598 $n)"; done
echo 'batch {"messages":2,"bytes":N,"started":T,"ended":T}')"
ok "how long it took is logged" grep -q '"Always Looked Up Last" took 0.[0-9][0-9] seconds' "$ms_log"
ms_config "Custom Functions Dir = $functions" "Scan Messages = &Ledger($scratch/ledger)"
ok "a logger has no value" lint_says "Scan Messages: function Ledger can't start: it is a logger, which has no value; the default is used"
ms_config "Custom Functions Dir = $functions" "Scan Messages = &Constant(no)" "Virus Scanning = &Constant(yes)"
ms plugins >"$scratch/listed" 2>&1 || :
ok "plugins lists what is there and who uses it" grep -qE "^Constant +function +1  $functions/constant.so  used by: (Scan Messages, Virus Scanning|Virus Scanning, Scan Messages)$" "$scratch/listed"
ok "loggers too" grep -qE "^Ledger +logger +1  $functions/logger.so$" "$scratch/listed"
is "and as JSON" "$(ms plugins --json | "$python" -c 'import json, sys
print([(o["kind"], o["abi"], o["language"], sorted(o["used_by"])) for o in json.load(sys.stdin) if o["name"] == "Constant"])')" \
    "[('function', 1, None, ['Scan Messages', 'Virus Scanning'])]"
rm "$functions/logger.so" "$functions/database.so"

# A logger that looks at what was read and found, built with the installed header like all others.
build look <<'END'
#include <mailscanner.h>
#include <stdio.h>
static const struct mailscanner_host *host;
static const char *
start(const struct mailscanner_host *of, const char *const *arguments, void **state)
{
	host = of;
	*state = (void *)arguments[0];
	return MAILSCANNER_HOST_HAS(host, dump) && arguments[0] ? NULL : "too old, or no file";
}
static void
look(void *state, struct mailscanner_message *m)
{
	for (size_t n = 0; n < host->parts(m); n++) {
		const char *name = host->part_text(m, n, MAILSCANNER_PART_NAME);
		host->log(MAILSCANNER_INFO, "look: %d %s %s in %d, %s", (int)n, host->part_text(m, n, MAILSCANNER_PART_TYPE), name ? name : "-",
		    (int)host->part_number(m, n, MAILSCANNER_PART_PARENT), host->part_number(m, n, MAILSCANNER_PART_SIZE) > 0 ? "sized" : "empty");
	}
	for (size_t n = 0; n < host->findings(m); n++)
		host->log(MAILSCANNER_INFO, "look: found %s in %d", host->finding_text(m, n, MAILSCANNER_FINDING_KIND), host->finding_part(m, n));
	host->log(MAILSCANNER_INFO, "look: %s, dumped %d", host->fact_text(m, "fate.kind"), host->dump(m, state));
}
static const struct mailscanner_logger logger = { .size = sizeof logger, .name = "Look", .init = start, .message = look };
static const struct mailscanner_logger *const loggers[] = { &logger, 0 };
const struct mailscanner_plugin mailscanner_plugin = {
	.abi = MAILSCANNER_ABI, .size = sizeof(struct mailscanner_plugin), .loggers = loggers };
END
ms_config "Custom Functions Dir = $functions" "Always Looked Up Last = &Look($scratch/look.json)"
: >"$ms_log"
queue_put "$ms_in" "$(queue_id 1795341598 21)" "$root/t/mail/program.eml" 192.0.2.7 a@b.test bob@example.test
ok "a logger looks at a message with a program" ms_once
is "at its parts" "$(ms_lines | grep -E '^look: [0-9]')" "look: 0 multipart/mixed - in -1, empty
look: 1 text/plain - in 0, sized
look: 2 application/octet-stream setup.exe in 0, sized"
ok "at what was found, and where" ms_logged "look: found name in 2"
ok "and dumps it" eval 'ms_lines | grep -qE "^look: [a-z]+, dumped 1$" && "$python" -m json.tool "$scratch/look.json" >"$scratch/tool"'
rm "$functions/look.so"

# A function of the site's takes the place of one that ships.
{ empty; plugin mine SpamWhiteList; } | build mine
ok "that is worth knowing" lint_says "$functions/mine.so: info: function SpamWhiteList takes the place of the one in "
rm "$functions/mine.so"

# A function that crashes or hangs over one message, and one that crashes at its start.
crashing() { # function, condition in init, condition in value, what it does then
	cat <<-END
		#include <mailscanner.h>
		#include <signal.h>
		#include <string.h>
		#include <unistd.h>
		static const struct mailscanner_host *host;
		static const char *
		start(const struct mailscanner_host *of, const char *const *arguments, void **state)
		{
			(void)arguments, (void)state;
			host = of;
			if ($2)
				raise(SIGKILL);
			return NULL;
		}
		static enum mailscanner_answer
		value(void *state, struct mailscanner_message *message, const char **text)
		{
			(void)state, (void)text;
			if (message != NULL && ($3))
				${4:-raise(SIGKILL)};
			return MAILSCANNER_NO_VALUE;
		}
		#define END 0
	END
	plugin crash "$1"
}
crashing Crash 0 'strcmp(host->sender(message), "bad@sender.test") == 0' | build crash
ms_config "Custom Functions Dir = $functions" "Scan Messages = &Crash" "Max Children = 1"
: >"$ms_log"
put 5
queue_put "$ms_in" "$(queue_id 1795341598 6)" "$root/t/mail/text.eml" 192.0.2.7 bad@sender.test bob@example.test
put 7
ok "a function that crashes over a message: it stays" ms_once 75
ok "the others go" test -e "$ms_out/$(queue_id 1795341598 5)-H" -a -e "$ms_out/$(queue_id 1795341598 7)-H"
ok "the log names the function" grep -q 'a worker ended while it was reading, in custom function Crash; 3 messages' "$ms_log"
ok "and the message" grep -q "$(queue_id 1795341598 6): a worker ended over it (attempt 1)" "$ms_log"
rm "$ms_in"/*
crashing Crash 0 'strcmp(host->sender(message), "slow@sender.test") == 0' 'for (;;) pause()' | build crash
ms_config "Custom Functions Dir = $functions" "Scan Messages = &Crash" "Max Children = 1" "Batch Time Limit = 1"
: >"$ms_log"
queue_put "$ms_in" "$(queue_id 1795341598 9)" "$root/t/mail/text.eml" 192.0.2.7 slow@sender.test bob@example.test
ok "one that hangs: the message stays" ms_once 75
ok "the log names the function" grep -q 'has exceeded Batch Time Limit while reading, in custom function Crash and is ended' "$ms_log"
rm "$ms_in"/*
crashing Crash 1 0 | build crash
: >"$ms_log"
put 8
ok "one that crashes at its start: the message stays" ms_once 75
ok "the log names the function" grep -q 'a worker ended while it was starting, in custom function Crash; 0 messages' "$ms_log"
is "and blames no message" "$(ms_count "a worker ended over it")" 0
finish
