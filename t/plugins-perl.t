#!/bin/bash
# Custom functions in Perl as MailScanner 5 has them: a tutorial's module from end to end, what a message looks like beside the
# reference's, mistakes, and the kinds of function that sites have.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

[ -e "$BUILD/plugins/perl.so" ] || skip_all "the plugin for Perl was not built"
functions=$scratch/functions
mkdir "$functions"

script() { # name; the text is on standard input
	{ echo 'package MailScanner::CustomConfig; use strict; use warnings;'; cat; echo '1;'; } >"$functions/$1"
}
config() { # lines...
	ms_config "Custom Functions Dir = $functions" "Max Children = 1" "$@"
	: >"$ms_log"
}
value_of() { # directive, options...
	ms value "$@" 2>"$scratch/err" | sed -n '1s/^[^=]*= //p'
}
lint_says() { # text
	ms lint >"$scratch/lint" 2>&1 || :
	grep -qF -- "$1" "$scratch/lint" || { cat "$scratch/lint"; return 1; }
}
n=0
put() { # [sender [client]]
	n=$((n + 1))
	id=$(queue_id 1795341598 $n)
	queue_put "$ms_in" "$id" "$root/t/mail/text.eml" "${2-192.0.2.7}" "${1-Alice@Sender.test}" bob@Example.TEST eve@b.test
}
# The way of the tutorial: a module in the directory, a directive with a semicolon, the log, the file.
sed 's/local $Data::Dumper::Sortkeys = 1;/local ($Data::Dumper::Sortkeys, $Data::Dumper::Indent) = (1, 1);/' \
    "$root/plugins/examples/myfunc.pm" >"$functions/Myfunc.pm"
config 'Sign Clean Messages = &Myfunc;' "Scan Messages = &Myfunc(\"$scratch\")"
ok "the semicolon is accepted, with a warning" lint_says "Sign Clean Messages: the semicolon behind the function is ignored"
is "its value" "$(value_of "Sign Clean Messages" --from a@b.test)" yes
is "without a message" "$(value_of "Sign Clean Messages")" no
config "Sign Clean Messages = &Myfunc(\"$scratch\");" "Scan Messages = &Myfunc(\"$scratch\")"
golden=$root/../shared/golden/custom_func
if [ -d "$golden" ]; then
	cp "$golden"/before/* "$ms_in"
	chmod 640 "$ms_in"/*
	id=$(basename "$golden"/before/*-H -H)
else
	put
fi
ok "a worker takes a message" ms_once
is "the lines of the log, in order" "$(ms_lines | grep -E 'Myfunc|^New Batch|^Uninfected' | sed "s#$scratch#DIR#g" | uniq | sed 's/, [0-9]* bytes/, N bytes/')" \
'Config: calling custom init function Myfunc("DIR")
Myfunc: starting
Config: calling custom init function Myfunc("DIR")
Myfunc: starting
Myfunc: called for '"$id"'
New Batch: Scanning 1 messages, N bytes
Myfunc: called for '"$id"'
Uninfected: Delivered 1 messages
Config: calling custom end function Myfunc("DIR")
Myfunc: ending
Config: calling custom end function Myfunc("DIR")
Myfunc: ending'
dump="$(command -v perl) $root/t/lib/dump.pl"
if [ -d "$golden" ]; then
	# Our own configuration has new headers on top.
	is "every field of the reference is there, and no other but one" "$($dump -k "$golden/myfunc.dump" "$scratch/msg-$id")" "> newheadersattop"
	is "they are the same, objects and all, but for spam checks and that one" "$($dump "$golden/myfunc.dump" "$scratch/msg-$id" | tr '\n' ' ')" \
	    "actions dkimfriendly extraspamheaders salongreport sarules sascore spamreport "
else
	skip "the fields of the reference" "its runs (../shared/golden) are not here"
fi
is "nothing is left in the work directory" "$(find "$scratch/work" -mindepth 1)" ""
ok "plugins lists the function and its file" eval 'ms plugins | grep -qE "^Myfunc +function +1  $functions/Myfunc.pm  used by: "'
# The same with a module in the manner of those days, and the lines that the tutorial shows.
cat >"$functions/Then.pm" <<END
package MailScanner::CustomConfig;
use Data::Dumper;
use strict 'vars';
use strict 'refs';
no strict 'subs'; # Allow bare words
use vars qw(\$VERSION);
\$VERSION = substr q\$Revision: 1.7 \$, 10;
sub ThenLOG { my(\$text) = @_; MailScanner::Log::InfoLog("Then: \$text"); }
sub InitThen { ThenLOG("Starting Then"); }
sub EndThen { ThenLOG("Ending Then"); }
sub Then {
	my(\$message) = @_;
	return 0 unless \$message;
	my \$msgid = \$message->{id};
	ThenLOG("Invoking Then for \$msgid");
	if (open(MESSAGE, "> $scratch/then-\$msgid")) {
		print MESSAGE Dumper(\$message);
		close(MESSAGE);
	}
	return 1;
}
1;
END
config 'Sign Clean Messages = &Then;'
put
ok "a module in the manner of 2007: a worker takes a message" ms_once
is "the log is as the tutorial's" "$(ms_lines | grep -E 'Then|^New Batch|^Virus and|^Uninfected' | sed 's/, [0-9]* bytes/, N bytes/')" \
"Config: calling custom init function Then
Then: Starting Then
New Batch: Scanning 1 messages, N bytes
Virus and Content Scanning: Starting
Then: Invoking Then for $id
Uninfected: Delivered 1 messages
Config: calling custom end function Then
Then: Ending Then"
for name in datestring sascore virusinfected metadata id otherreports safesubject fromuser spamreport subject fromdomain spamwhitelisted \
    scanmail todomain size touser from numberparts clientip headerspath; do
	grep -q "^ *'$name' => " "$scratch/then-$id" || echo "$name"
done >"$scratch/missing"
is "and so is what it has written: no field of the tutorial's is missing" "$(cat "$scratch/missing")" ""
ok "with the class at the end" grep -q "}, 'MailScanner::Message' );" "$scratch/then-$id"
rm "$functions/Then.pm"

# When messages have left: what was found in them.
last=$root/../shared/golden/custom_func_lastlook
if [ -d "$last" ]; then
	config "Always Looked Up Last = &Myfunc(\"$scratch\")"
	cp "$last"/before/* "$ms_in"
	chmod 640 "$ms_in"/*
	ok "a batch with a program, a marked link and clean mail" ms_once
	cat "$scratch"/msg-*-0001mz-* >"$scratch/all"
	last_differ() { # -k or nothing, end of the id
		local keys=
		[ "$1" != -k ] || { keys=-k; shift; }
		$dump $keys "$last/myfunc.dump" "$scratch/all" "1xV4OL-0001mz-$1" |
		    grep -vxE '(> )?(actions|dkimfriendly|newheadersattop|extraspamheaders|salongreport|sarules|sascore|spamreport|metadata)' | tr '\n' ' '
	}
	is "a clean message: its fields (the reference has signed it)" "$(last_differ -k 05)" "< bodymodified "
	is "are the same, but for the order of new headers" "$(last_differ 05)" ""
	is "a program: its fields" "$(last_differ -k 07)" "< signed "
	is "are the same, but for our wording and parts that were replaced" "$(last_differ 07)" \
	    "allreports entity entity2safefile file2entity md5 name2entity namereports "
	is "a marked link: its fields" "$(last_differ -k 09)" ""
	is "are the same, but that the link was found" "$(last_differ 09)" "disarmphishingfound md5 "
	is "nothing is left in the work directory" "$(find "$scratch/work" -mindepth 1)" ""
else
	skip "the fields of the reference at the end" "its runs (../shared/golden) are not here"
fi

# Life and arguments.
script life.pm <<'END'
my $calls = 0;
sub InitLife { MailScanner::Log::InfoLog('Perl init %s, scan %s', join('|', @_), MailScanner::Config::Value('scanmail')) }
sub Life {
	my ($message, $arguments) = @_;
	$calls++;
	MailScanner::Log::NoticeLog("Perl life %s %s", $message->{id}, ref $arguments ? join('|', @$arguments) : '-') if $message;
	return undef;
}
sub EndLife { MailScanner::Log::InfoLog("Perl end %s calls %s\ntwo lines", join('|', @_), $calls > 0 ? 'some' : 'none') }
END
config 'Sign Clean Messages = &Life' "Scan Messages = &Life(\"one\", 'two three')"
put
ok "a worker takes a message" ms_once
ok "init has the arguments one by one" ms_logged "Perl init one|two three, scan 1"
ok "and none where there are none" ms_logged "Perl init , scan 1"
ok "a look-up has them as a list" ms_logged "Perl life $id one|two three"
ok "end has them too" ms_logged "Perl end one|two three calls some"
ok "a text of two lines is two records" ms_logged "two lines"
: >"$ms_log"
ms_start
ok "a daemon's worker starts it" wait_until 10 ms_logged "Perl init one|two three, scan 1"
ok "and waits for messages" wait_until 10 ms_logged "Using locktype = posix"
ms_stop
ok "and ends it at TERM" eval 'ms_lines | grep -q "^Perl end one|two three calls"'
times() { # text, at least so many lines
	[ "$(ms_lines | grep -c "^$1")" -ge "$2" ]
}
: >"$ms_log"
ms_start
ok "(a worker has started it)" wait_until 30 times "Perl init one|two three" 1
sed -i 's/two three/four/' "$ms_conf"
kill -HUP "$ms_pid"
ok "HUP: it is ended with the old arguments" wait_until 30 times "Perl end one|two three" 1
ok "and started with the new" wait_until 30 times "Perl init one|four" 1
ms_stop
config 'Scan Messages = &Life(old)' "Restart Every = 1"
ms_start
ok "old age: it is ended" wait_until 30 times "Perl end old" 1
ok "and started anew" wait_until 30 times "Perl init old" 2
ms_stop

# What a message costs.
script built.pm <<'END'
my $built = 0;
sub InitBlind {
	no warnings 'redefine';
	my $build = \&MailScanner::Message::_build;
	*MailScanner::Message::_build = sub { $built++; return $build->(@_) };
}
sub Blind { return 1 }
sub EndBlind { MailScanner::Log::InfoLog("Perl built $built") }
sub Looks { my ($m) = @_; return 0 unless $m; my $all = join ',', $m->{from}, $m->{clientip}, keys %$m; return 1 }
END
config 'Sign Clean Messages = &Blind' 'Scan Messages = &Blind'
put
ok "functions that look at nothing" ms_once
ok "have no hash made" ms_logged "Perl built 0"
config 'Sign Clean Messages = &Blind' 'Scan Messages = &Looks' 'Always Looked Up Last = &Looks'
put
ok "two that do" ms_once
ok "have one made" ms_logged "Perl built 1"
rm "$functions/built.pm"

# Results.
script results.pm <<'END'
sub InitResult { }
sub Result {
	my (undef, $arguments) = @_;
	my %results = (yes => 'yes', one => 1, zero => 0, virus => 2, nothing => undef, reference => {}, odd => 'odd');
	return $results{$arguments->[0]};
}
END
for case in yes:yes one:yes zero:no virus:virus nothing:yes reference:yes odd:yes; do
	config "Scan Messages = &Result(${case%:*})"
	is "a result of ${case%:*} is ${case#*:}" "$(value_of "Scan Messages" --from a@b.test)" "${case#*:}"
done

# Mistakes.
printf 'package MailScanner::CustomConfig;\nsub Bad {\n\tmy $x = ;\n}\n1;\n' >"$functions/bad.pm"
config "Scan Messages = &Result(zero)"
ok "a module that doesn't compile: lint names it, with the line" eval 'lint_says "$functions/bad.pm: error: " && grep -q "bad.pm line 3" "$scratch/lint"'
is "others work" "$(value_of "Scan Messages" --from a@b.test)" no
rm "$functions/bad.pm"
printf 'package MailScanner::CustomConfig;\nsub NoTruth { return 0 }\n0;\n' >"$functions/notrue.pm"
config "Scan Messages = &NoTruth"
ok "a module that ends in no true value is said to" lint_says "notrue.pm did not return a true value"
is "its functions are there all the same" "$(value_of "Scan Messages" --from a@b.test)" no
rm "$functions/notrue.pm"
script mistakes.pm <<'END'
sub Dies { die "no luck" }
sub Exits { exit 3 }
sub Missing { return MailScanner::Nowhere::value(@_) }
sub asked { MailScanner::Log::InfoLog('asked for %s', $_[0]->{id}) }
sub Hangs { return 0 unless $_[0]; asked(@_); 1 while 1 }
sub Sleeps { return 0 unless $_[0]; asked(@_); sleep 100; return 1 }
sub Stubborn { return 0 unless $_[0]; for (1 .. 3) { eval { 1 while 1 } } return 0 }
sub Alarmed { return 0 unless $_[0]; local $SIG{ALRM} = sub { die "own alarm\n" }; eval { alarm 1; select undef, undef, undef, 20; }; alarm 0; return $@ eq "own alarm\n" ? 0 : 1 }
sub InitNoInit { die "not today" }
sub NoInit { return 0 }
sub NoArguments { return 0 }
sub Quick { return 0 unless $_[0]; asked(@_); return 1 }
END
for case in "Dies:no luck at .*mistakes.pm line 2" "Exits:exit was called at .*mistakes.pm line 3" \
    "Missing:Undefined subroutine &MailScanner::Nowhere::value called at .*mistakes.pm line 4" \
    "Hangs:it has taken more than 1 seconds (Custom Function Timeout) at .*mistakes.pm line 6" \
    "Sleeps:it has taken more than 1 seconds (Custom Function Timeout) at .*mistakes.pm line 7" \
    "Stubborn:it has taken too long (Custom Function Timeout)"; do
	name=${case%%:*}
	config "Scan Messages = &$name" "Custom Function Timeout = 1"
	put
	ok "$name: the message goes on" ms_once
	case $name in Hangs | Sleeps) is "$name: it is not asked again about the same message" "$(ms_count "asked for $id")" 1 ;; esac
	ok "$name: with the default" test -e "$ms_out/$id-H"
	is "$name: the log says why, once" "$(grep -c "custom function $name: ${case#*:}; the default is used" "$ms_log")" 1
	is "$name: the worker lived" "$(ms_count "a worker ended")" 0
done
config "Scan Messages = &Quick" "Custom Function Timeout = 0"
put
ok "without a limit: a worker takes a message" ms_once
ok "no call is taken for one that has run into it" test "$(ms_count "asked for $id")" -gt 1
config "Scan Messages = &Alarmed" "Custom Function Timeout = 10"
is "a script's own alarm works" "$(value_of "Scan Messages" --from a@b.test)" no
config "Scan Messages = &NoInit"
ok "an init that dies: lint names it" lint_says "Scan Messages: function NoInit can't start: not today at $functions/mistakes.pm line 10; the default is used"
is "and the default is used" "$(value_of "Scan Messages" --from a@b.test)" yes
config "Scan Messages = &NoArguments(a)"
ok "arguments without an init to take them" lint_says "function NoArguments can't start: there is no Init function to take the arguments"
config "Scan Messages = &NoArguments"
is "no init is none missed" "$(value_of "Scan Messages" --from a@b.test)" no

# What a script does to the process that is not its own.
script process.pm <<'END'
use POSIX ();
sub report { MailScanner::Log::InfoLog('Perl process: %s', $_[0]) }
sub ExecsItself { exec 'true'; return 0 }
sub LeavesAtOnce { POSIX::_exit(3); return 0 }
sub ClosesStreams {
	close STDERR; close STDOUT; close STDIN;
	open my $file, '<', '/dev/null' or die; report('a file has number ' . (fileno $file > 2 ? 'above 2' : fileno $file));
	open STDERR, '>', '/dev/null'; warn 'into nothing'; print STDERR "nobody sees this\n";
	return 0;
}
sub ForksAndReturns { my $pid = fork; return 0 unless $pid; waitpid $pid, 0; report("child $?"); return 0 }
sub ForksAndExits { my $pid = fork; if (!$pid) { print STDOUT ''; exit 7 } waitpid $pid, 0; report('child ' . ($? >> 8)); return 0 }
sub ForksAndDies { my $pid = fork; if (!$pid) { die "in the child\n" } waitpid $pid, 0; report("child $?"); return 0 }
sub RunsProgram { my $text = `echo from a program`; chomp $text; report($text); system 'sh', '-c', 'exit 4'; report('status ' . ($? >> 8)); return 0 }
sub SpoilsSignals { @SIG{qw(TERM HUP CHLD PIPE)} = ('IGNORE') x 4; umask 0; alarm 1; return 0 }
sub DiesWithObject { die { code => 5 } }
sub DiesWithLines { die "one\ntwo\n" }
sub DiesWithNothing { die }
sub Deep { my ($n) = @_; return ref $n || !defined $n ? Deep(1) : $n < 20000 ? Deep($n + 1) : 0 }
sub Large { return 'x' x 5_000_000 }
sub Zeros { return "0\0rest" }
END
for case in "ExecsItself:exec was called at .*process.pm line 4" "LeavesAtOnce:exit was called at .*process.pm line 5" \
    "DiesWithObject:it died with a reference (HASH)" "DiesWithLines:one two" "DiesWithNothing:Died at .*process.pm line 19"; do
	name=${case%%:*}
	config "Scan Messages = &$name"
	put
	ok "$name: the message goes on" ms_once
	is "$name: the log says why, once" "$(grep -c "custom function $name: ${case#*:}; the default is used" "$ms_log")" 1
	is "$name: the worker lived" "$(ms_count "a worker ended")" 0
done
for case in "ClosesStreams:a file has number above 2" "ForksAndReturns:child 0" "ForksAndExits:child 7" "ForksAndDies:child 0" \
    "RunsProgram:from a program" "RunsProgram:status 4" SpoilsSignals: Deep: ; do
	name=${case%%:*}
	config "Scan Messages = &$name" 'Reject Message = &Result(zero)'
	put
	ok "$name: the message goes on" ms_once
	is "$name: it passes, once, as the function says" "$(ms_count "from <Alice@Sender.test>") $(grep -c X-Example "$ms_out/$id-H")" "1 0"
	[ -z "${case#*:}" ] || ok "$name: ${case#*:}" ms_logged "Perl process: ${case#*:}"
	is "$name: the worker lived, and was one" "$(ms_count "a worker ended") $(ms_count "Config: calling custom end function $name")" "0 1"
done
for name in Large Zeros; do
	config "Scan Messages = &$name"
	is "$name: what the directive can't have is the default" "$(value_of "Scan Messages" --from a@b.test)" "$([ $name = Large ] && echo yes || echo no)"
done
config "Scan Messages = &SpoilsSignals"
: >"$ms_log"
ms_start
put
ok "a daemon whose worker's signals a script has taken: the message goes" wait_until 20 test -e "$ms_out/$id-H"
ms_stop
is "and it still stops when told to" "$ms_status $(ms_count "Config: calling custom end function SpoilsSignals")" "0 1"

# What scripts use.
script uses.pm <<'END'
use MailScanner::Log; use MailScanner::Config; use MailScanner::Message; use MailScanner::Quarantine;
sub Uses {
	my ($m) = @_;
	return 0 unless $m;
	return 1 if $m->{seen}++;
	my @body;
	$m->{store}->ReadBody(\@body, 5) if $global::MS->{batch};
	MailScanner::Log::InfoLog('Perl uses %s|%s|%s|%s|%s', MailScanner::Config::Value('children', $m), MailScanner::Config::ItoE('scanmail'),
		MailScanner::Config::EtoI('Scan Messages'), MailScanner::Config::DoPercentVars('%org-name%'), MailScanner::Config::QuickPeek('', 'mta'));
	MailScanner::Log::InfoLog('Perl batch %s %s %s', ref $global::MS->{batch}, join(',', @body), MailScanner::Config::LanguageValue($m, 'nokey'));
	my $mta = $global::MS->{mta};
	$mta->AddHeader($m, 'X-Perl:', 'was here');
	$mta->ReplaceHeader($m, 'From:', 'new@from.test');
	$mta->DeleteHeader($m, 'Date:');
	$mta->AppendHeader($m, 'X-Perl-More:', 'more', ', ');
	$mta->AddRecipients($m, 'copy@b.test');
	$m->{subject} = ' changed';
	$m->{sascore} = 5;
	$m->{sascore} = 6;
	my ($user, $domain) = MailScanner::Message::address2userdomain('<A@B.Test>');
	MailScanner::Log::InfoLog('Perl %s at %s', $user, $domain);
	return 1;
}
sub Sees { MailScanner::Log::InfoLog('Perl sees %s', $_[0]{seen} ? 'it' : 'nothing') if $_[0]; return 0 }
END
config "Scan Messages = &Uses" "Reject Message = &Sees"
put
ok "a worker takes a message" ms_once
ok "a module of MailScanner's that is not here is said once" ms_logged "a custom function uses MailScanner::Quarantine, which is empty here"
ok "the configuration answers" ms_logged "Perl uses 1|scanmessages|scanmail|Example|exim"
ok "a private field stays with the message" ms_logged "Perl sees it"
ok "an address is taken apart" ms_logged "Perl a at b.test"
ms_headers "$ms_out/$id-H" >"$scratch/headers"
is "headers are added, replaced, removed" "$(grep -E '^(X-Perl|From|Date|Subject)' "$scratch/headers" | LC_ALL=C sort)" \
    "$(printf 'From: new@from.test\nSubject: changed\nX-Perl-More: more\nX-Perl: was here')"
ok "a recipient is added" grep -q '^copy@b.test' "$ms_out/$id-H"
is "a change without effect is said once" "$(ms_count "a custom function changes sascore of a message, which has no effect in this version")" 1

# What there is beyond MailScanner 5.
script beyond.pm <<'END'
sub Beyond {
	my ($m, $arguments) = @_;
	return 0 unless $m;
	MailScanner::Log::InfoLog('Perl beyond %s %s %s %s', map { $_ ? 'yes' : 'no' } $m->dump($arguments->[0]), $m->dump('/tmp/beyond.txt'),
		$m->dump(undef), MailScanner::Message::dump({}, '/tmp/beyond.json'));
	MailScanner::Log::InfoLog('Perl beyond %s', $m->fact('facts')->{parts}[0]{type}) if $m->fact('facts');
	MailScanner::Log::InfoLog('%s', 'Perl beyond ' . MailScanner::Config::Explain('Delivery Method', $m));
	return 0;
}
END
sed -i 's/^sub Beyond/sub InitBeyond { }\nsub Beyond/' "$functions/beyond.pm"
config "Sign Clean Messages = &Beyond($scratch/beyond.json)"
put
ok "a worker takes a message" ms_once
ok "it is dumped into a file and the log; not under another ending, nor what is no message" ms_logged "Perl beyond yes no yes no"
is "the file holds it" "$("$python" -c 'import json, sys; d = json.load(open(sys.argv[1])); print(d["schema"], d["envelope"]["id"], d["facts"]["parts"][0]["type"])' "$scratch/beyond.json")" \
    "1 $id text/plain"
ok "the log too" eval 'ms_lines | grep -q "^message $id: \"facts\": {"'
ok "a fact is a structure" ms_logged "Perl beyond text/plain"
ok "why a directive has its value" ms_logged "Perl beyond file $ms_conf:$(grep -n '^Delivery' "$ms_conf" | cut -d: -f1): Delivery Method = queue"

# The kinds of function that sites have.
cp "$root"/plugins/examples/*.pm "$functions/"
rm "$functions/myfunc.pm"
if perl -MDBI -MDBD::SQLite -e1 2>/dev/null; then
	sqlite3 "$scratch/lists.db" "CREATE TABLE lists (kind, recipient, sender);
		INSERT INTO lists VALUES ('white', 'bob@example.test', 'friend@a.test'), ('white', 'default', 'good.test'), ('black', 'example.test', 'bad.test');"
	config "Is Definitely Not Spam = &DatabaseWhitelist($scratch/lists.db)" "Is Definitely Spam = &DatabaseBlacklist($scratch/lists.db)"
	listed() {
		echo "$(value_of "Is Definitely Not Spam" "$@") $(value_of "Is Definitely Spam" "$@")"
	}
	is "DBI: a sender on a recipient's whitelist" "$(listed --from Friend@A.test --to Bob@Example.test)" "yes no"
	is "a domain on everybody's" "$(listed --from x@good.test --to a@b.test)" "yes no"
	is "a domain on a domain's blacklist" "$(listed --from x@bad.test --to a@example.test)" "no yes"
	is "nobody" "$(listed --from x@y.test --to a@b.test)" "no no"
	config "Is Definitely Not Spam = &DatabaseWhitelist($scratch/none/lists.db)"
	ok "no database: lint names it" lint_says "function DatabaseWhitelist can't start: DBI connect"
else
	skip "DBI" "DBI or DBD::SQLite is not installed"
fi
rm "$functions/lists_dbi.pm" "$functions/log_dbi.pm"

# A directory: a real slapd on the loopback interface.
ldap_start() {
	local home=$scratch/ldap
	command -v slapd >/dev/null && perl -MNet::LDAP -e1 2>/dev/null || return 1
	mkdir -p "$home/db"
	cat >"$home/slapd.conf" <<-END
		include /etc/ldap/schema/core.schema
		include /etc/ldap/schema/cosine.schema
		include /etc/ldap/schema/inetorgperson.schema
		modulepath /usr/lib/ldap
		moduleload back_mdb
		pidfile $home/slapd.pid
		database mdb
		maxsize 10485760
		suffix "dc=example,dc=test"
		directory $home/db
	END
	slapadd -f "$home/slapd.conf" >"$home/add" 2>&1 <<-END || { note_file "$home/add"; return 1; }
		dn: dc=example,dc=test
		objectClass: dcObject
		objectClass: organization
		o: Example
		dc: example

		dn: cn=Bob,dc=example,dc=test
		objectClass: inetOrgPerson
		cn: Bob
		sn: Builder
		mail: bob@example.test
		employeeNumber: 5000000

		dn: cn=Eve,dc=example,dc=test
		objectClass: inetOrgPerson
		cn: Eve
		sn: Plain
		mail: eve@example.test
	END
	ldap_port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	slapd -d 0 -f "$home/slapd.conf" -h "ldap://127.0.0.1:$ldap_port" >"$home/log" 2>&1 &
	ldap_pid=$!
	at_exit 'kill $ldap_pid 2>/dev/null; wait $ldap_pid 2>/dev/null'
	wait_until 10 eval 'exec 3<>/dev/tcp/127.0.0.1/$ldap_port'
}
if ldap_start; then
	config "Maximum Message Size = &DirectorySize(ldap://127.0.0.1:$ldap_port, 'dc=example,dc=test', employeeNumber)"
	is "LDAP: the attribute of the recipient" "$(value_of "Maximum Message Size" --to Bob@example.test)" 5000000
	is "one without it gets the default" "$(value_of "Maximum Message Size" --to eve@example.test)" 0
	is "one who is not there too" "$(value_of "Maximum Message Size" --to "x*)(mail=*@example.test")" 0
	kill $ldap_pid
	wait $ldap_pid || :
	ok "no directory: lint names it" lint_says "function DirectorySize can't start: ldap://127.0.0.1:$ldap_port: "
else
	skip "LDAP" "slapd or Net::LDAP is not installed"
fi
rm "$functions/size_ldap.pm"
mkdir "$scratch/virus"
printf 'From: *@bad.test no\nFromOrTo: default yes\n' >"$scratch/virus/example.test.rules"
echo alice@sender.test >"$scratch/zip.users"
config "Virus Scanning = &RulesByDomain($scratch/virus)" "Allow Password-Protected Archives = &ArchivesOfUsers($scratch/zip.users)" "Notify Senders = &NotifyByContent"
is "a ruleset for the recipient's domain" "$(value_of "Virus Scanning" --from a@bad.test --to x@Example.test) $(value_of "Virus Scanning" --from a@good.test --to x@example.test) $(value_of "Virus Scanning" --from a@bad.test --to x@b.test)" "no yes yes"
is "archives of some users" "$(value_of "Allow Password-Protected Archives" --from Alice@Sender.test) $(value_of "Allow Password-Protected Archives" --from b@sender.test --to alice@sender.test) $(value_of "Allow Password-Protected Archives" --from a@b.test)" "yes yes no"
is "who is notified" "$(value_of "Notify Senders" --from '' --to a@b.test)" no
config "Reject Message = &BlockBusy(2)" "Rejection Report = $root/LICENSE" "Always Looked Up Last = &LogLast" "Always Looked Up Last After Batch = &LogBatchLast"
ids=
for _ in 1 2 3; do put a@b.test 192.0.2.1; ids="$ids${ids:+ }$id"; done
put a@b.test 192.0.2.2
ids="$ids $id"
ok "four messages, three of one client" ms_once
is "one of those is too many" "$(ms_count "BlockBusy: 192.0.2.1 sends too much") $(ms_count "Reject message")" "1 1"
is "each is logged when it has left" "$(ms_lines | grep -cE "^LogLast: .* from a@b.test to bob@Example.TEST,eve@b.test, [0-9]+ bytes, client 192.0.2.[12], gone, subject Lunch on Thursday$")" 4
ok "and the batch, with its messages" grep -qE "LogBatchLast: 4 messages \($ids\), [0-9]+ bytes" "$ms_log"
ok "and their number in the worker" ms_logged "LogLast: 4 messages in this worker"
config "Reject Message = &LimitSenders(2, 3600, $scratch/blocked)" "Rejection Report = $root/LICENSE"
echo bad@b.test >"$scratch/blocked"
put many@b.test
put many@b.test
put bad@b.test
ok "senders that are counted" ms_once
is "one that is blocked is refused" "$(ms_lines | grep '^LimitSenders')" "LimitSenders: bad@b.test is refused (1 messages)"
put many@b.test
ok "another worker" ms_once
ok "counts on" ms_logged "LimitSenders: many@b.test is refused (3 messages)"
config 'Sign Clean Messages = &SignOnce("Lunch on Thursday")' 'Notify Senders = &NotifyPeople' 'Inline Text Signature = '"$scratch/signature"
echo '-- signed here --' >"$scratch/signature"
sed '1,/^$/!s/^/Lunch on Thursday /' "$root/t/mail/text.eml" >"$scratch/signed.eml"
put
plain=$id
n=$((n + 1))
id=$(queue_id 1795341598 $n)
queue_put "$ms_in" "$id" "$scratch/signed.eml" 192.0.2.7 a@b.test bob@example.test
ok "signing by content" ms_once
is "one gets a signature, one has it" "$(grep -c 'signed here' "$ms_out/$plain-D") $(grep -c 'signed here' "$ms_out/$id-D")" "1 0"
program() { # the text in it
	n=$((n + 1))
	id=$(queue_id 1795341598 $n)
	sed "s/^Lieber Bob.*/$1/" "$root/t/mail/program.eml" >"$scratch/program.eml"
	queue_put "$ms_in" "$id" "$scratch/program.eml" 192.0.2.7 a@b.test bob@example.test
}
config 'Notify Senders = &NotifyPeople'
program ''
program 'Lieber Bob, hier ist das Programm.'
ok "senders of programs, one without a word" ms_once
is "only who has written something is told" "$(ms_lines | grep '^Sender Warnings')" "Sender Warnings: Delivered 1 warnings to virus senders"
if perl -MDBI -MDBD::SQLite -e1 2>/dev/null; then
	cp "$root/plugins/examples/log_dbi.pm" "$functions/"
	config "Always Looked Up Last = &LogToDatabase(\"dbi:SQLite:dbname=$scratch/log.db\")"
	put
	program ''
	ok "messages are logged into a database" ms_once
	is "a clean one" "$(sqlite3 "$scratch/log.db" "SELECT sender, recipients, client, subject, infected, names, kept, spam, score, fate FROM messages WHERE NOT infected")" \
	    "alice@sender.test|bob@Example.TEST,eve@b.test|192.0.2.7| Lunch on Thursday|0|0||0|0|gone"
	is "one with a program" "$(sqlite3 "$scratch/log.db" "SELECT id, infected, names, other, report LIKE 'nsetup.exe: MailScanner: %', kept LIKE '%/quarantine/%/$id', fate FROM messages WHERE infected")" \
	    "$id|1|1|0|1|1|gone"
	rm "$functions/log_dbi.pm"
fi
config "Reject Message = &BlockBusy(2)"
printf 'package MailScanner::CustomConfig;\nsub BlockBusy { 0 }\n1;\n' >"$functions/zz.pm"
ok "two functions of one name: lint names both files" lint_says "$functions/zz.pm: error: function BlockBusy is in $functions/ideas.pm as well; neither is used"
finish
