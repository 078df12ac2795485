#!/bin/bash
# The message that a custom function in Perl gets: its MIME parts as objects, its queue files, what comes of changing it; and the
# configuration as functions see it.
set -eu
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/mailscanner.sh"
. "$(dirname "$0")/lib/queue.sh"

[ -e "$BUILD/plugins/perl.so" ] || skip_all "the plugin for Perl was not built"
functions=$scratch/functions
mkdir "$functions"

script() { # name; the text is on standard input
	{ echo 'package MailScanner::CustomConfig; use strict; use warnings;'
	echo 'sub say_it { MailScanner::Log::InfoLog("%s", join "|", map { defined $_ ? $_ : "undef" } @_) }' | sed "s/say_it/say_${1%.pm}/"
	cat; echo '1;'; } >"$functions/$1"
}
config() { # lines...
	ms_config "Custom Functions Dir = $functions" "Max Children = 1" "$@"
	: >"$ms_log"
}
n=0
put() { # file [recipient...]
	local file=$1
	shift
	n=$((n + 1))
	id=$(queue_id 1795341598 $n)
	queue_put "$ms_in" "$id" "$file" 192.0.2.7 Alice@Sender.test "${@:-bob@Example.TEST}"
}
said() { # text: the log has this line
	ms_logged "$1" || { ms_lines | tail -n 30; return 1; }
}
warned() { # text: once
	is "warned once: $1" "$(ms_lines | grep -cxF -- "$1")" 1
}

# Parts.
script parts.pm <<'END'
use Digest::MD5 ();
sub outline {
	my ($entity, $depth) = @_;
	my $body = $entity->bodyhandle;
	my @lines = join '|', $depth, $entity->mime_type, $entity->head->mime_encoding, $entity->head->recommended_filename || '',
	    $body ? length $body->as_string : '-', $body ? Digest::MD5::md5_hex($body->as_string) : '-',
	    map { join('', @{ $_ || [] }) =~ s/\n/~/gr } $body ? () : ($entity->preamble, $entity->epilogue);
	return (@lines, map { outline($_, $depth + 1) } $entity->parts);
}
sub Outline {
	my ($m) = @_;
	return undef unless $m && $m->{entity};
	open my $file, '>', "$ENV{OUTLINES}/$m->{id}" or die;
	print {$file} "$_\n" for outline($m->{entity}, 0);
	close $file;
	return undef;
}
END
cat >"$scratch/outline.pl" <<'END'
use MIME::Parser; use Digest::MD5 ();
package MailScanner::CustomConfig;
{ open my $f, '<', $ARGV[0] or die; local $/; my ($text) = <$f> =~ /^(sub outline .*?^\})/ms; eval "$text; 1" or die }
package main;
my $parser = MIME::Parser->new;
$parser->output_to_core(1);
$parser->decode_headers(0);
my $entity = $parser->parse(\*STDIN);
print "$_\n" for MailScanner::CustomConfig::outline($entity, 0);
END
mkdir "$scratch/outlines" "$scratch/plain"
cat >"$scratch/nested.eml" <<'END'
From: a@b.test
To: bob@example.test
Subject: nested
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

before

--outer
Content-Type: multipart/alternative;
 boundary="in ner"

--in ner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

caf=C3=A9 =
goes on

--in ner
Content-Type: text/html

<p>cafe</p>
--in ner--
--outer
Content-Type: message/rfc822
Content-Disposition: attachment; filename="letter.eml"

Subject: inside
MIME-Version: 1.0
Content-Type: image/png; name="dot.png"
Content-Transfer-Encoding: base64

iVBORw0KGgoA
iVBORw0KGgo=

--outer--
behind
it
END
export OUTLINES=$scratch/outlines
# A directive that is looked up for each message that was read.
config 'Maximum Message Size = &Outline'
ids=
for mail in "$root"/t/mail/*.eml "$scratch/nested.eml"; do put "$mail"; ids="$ids $id:$mail"; done
ok "messages are looked into" ms_once
if perl -MMIME::Parser -e1 2>/dev/null; then
	for pair in $ids; do
		perl "$scratch/outline.pl" "$functions/parts.pm" <"${pair#*:}" >"$scratch/theirs"
		is "$(basename "${pair#*:}" .eml): parts, bodies, what is around them are as MIME-tools parses them" \
		    "$(cat "$OUTLINES/${pair%%:*}")" "$(cat "$scratch/theirs")"
	done
else
	skip "MIME-tools parses the same" "MIME::Parser is not installed"
fi
# The same without MIME-tools.
script aaa.pm <<'END'
BEGIN {
	unshift @INC, sub {
		return unless $_[1] =~ m{^MIME/(?:Entity|Head|Body)\.pm$};
		my $text = 'MailScanner::Mime::define(); 1;';
		open my $handle, '<', \$text or die;
		return $handle;
	};
}
sub Nothing { 0 }
END
mkdir "$scratch/without"
OUTLINES=$scratch/without
rm "$ms_out"/*
for pair in $ids; do queue_put "$ms_in" "${pair%%:*}" "${pair#*:}" 192.0.2.7 Alice@Sender.test bob@Example.TEST; done
: >"$ms_log"
ok "messages are looked into without MIME-tools" ms_once
is "our own methods give the same" "$(cat "$scratch"/without/*)" "$(cat "$scratch"/outlines/*)"
script methods.pm <<'END'
sub Methods {
	my ($m) = @_;
	return 0 unless $m;
	my $entity = $m->{entity};
	my $part = $entity->parts(1);
	my @all = $entity->parts_DFS;
	say_methods('methods', ref $entity, $entity->is_multipart, $part->head->get('content-type') =~ s/\n//r,
		$part->head->mime_attr('content-disposition.filename'), $part->head->count('Content-Type'), scalar @all);
	say_methods('path', $part->bodyhandle->path =~ s{.*/(?=\d+/)}{}r =~ s/^\d+/PID/r, -s $part->bodyhandle->path);
	my $text = $entity->as_string;
	say_methods('text', $text =~ /\ASubject: |\AFrom: |\AReceived: / ? 'whole' : 'cut', $text =~ /\nbW9udGgs/ ? 'encoded' : 'plain');
	eval { $entity->make_multipart; 1 } or say_methods('missing', $@ =~ s/\n//r);
	say_methods('maps', map({ "$_=$m->{file2safefile}{$_}" } grep { $_ ne '' && !/^msg-/ } sort keys %{ $m->{file2safefile} }),
		$m->{safefile2file}{'nfigures.csv'}, $m->{entity2file}{"$part"}, $m->{file2entity}{'figures.csv'} == $part ? 'same' : 'other',
		$m->{entity2parent}{"$part"} == $entity ? 'above' : 'nowhere', $m->{numberparts});
	say_methods('header file', -s $m->{headerspath} > 100 ? 'there' : 'not there');
	$Kept::entity = $entity;
	return 0;
}
sub Later { say_methods('later', defined $Kept::entity ? $Kept::entity->parts(0)->bodyhandle->as_string =~ s/\n//gr : 'none') if $_[0] && $_[0]{id} eq $Kept::id; return 0 }
END
config 'Sign Clean Messages = &Methods'
put "$root/t/mail/attachment.eml"
ok "a message" ms_once
ok "methods that functions use" said "methods|MIME::Entity|1|text/csv; name=\"figures.csv\"|figures.csv|1|3"
ok "the path of a body is that of a file" said "path|PID/$id/nfigures.csv|33"
ok "a part as text" said "text|whole|encoded"
ok "what takes MIME-tools says so" said "missing|MIME::Entity->make_multipart needs MIME-tools, which is not installed (Debian: libmime-tools-perl)"
ok "names of files" said "maps|figures.csv=nfigures.csv|figures.csv|figures.csv|same|above|2"
ok "the header is a file" said "header file|there"
is "the files go with the message" "$(find "$scratch/work" -mindepth 1)" ""
rm "$functions/aaa.pm"

# An object that outlives its message.
script kept.pm <<'END'
my ($entity, $message, $store, $handle);
sub Keeps {
	my ($m) = @_;
	return 0 unless $m;
	say_kept('kept', $m->{id}, $entity ? eval { length $entity->parts(0)->bodyhandle->as_string } // 'gone' : '-', $message ? "$message->{id} $message->{from}" : '-',
		$message && exists $message->{metadata} ? defined $message->{metadata} : '-') unless $m->{seen}++;
	($entity, $message) = ($m->{entity}, $m) if $m->{entity};
	return 0;
}
END
config 'Sign Clean Messages = &Keeps' 'Max Unsafe Messages Per Scan = 1'
mkdir -p "$scratch/work/999999999/old"; touch "$scratch/work/999999999/old/nfile" "$scratch/work/999999999/old.header"
put "$root/t/mail/attachment.eml"
first=$id
put "$root/t/mail/attachment.eml"
ms_start
ok "two messages, one after the other" wait_until 20 test -e "$ms_out/$first-H" -a -e "$ms_out/$id-H"
ms_stop
ok "what is kept of one that is gone is harmless" eval 'ms_lines | grep -qE "^kept\|$id\|gone\|$first alice@sender.test\|"'
config 'Sign Clean Messages = &Methods'
put "$root/t/mail/attachment.eml"
ok "a message" ms_once
is "what a worker that was killed has left in the work directory goes" "$(find "$scratch/work" -mindepth 1)" ""

# Queue files.
script store.pm <<'END'
sub Store {
	my ($m) = @_;
	return 0 unless $m;
	my $store = $m->{store};
	my @body;
	say_store('handles', map { my $line = readline $store->{$_}; $line =~ s/\n//r } qw(inhhandle indhandle));
	$store->ReadBody(\@body, 40);
	say_store('body', length join('', @body), $body[0] =~ s/\n//r);
	my @all;
	$store->ReadBody(\@all, 0);
	say_store('sizes', $store->size == $m->{size} ? 'size' : 'other', $store->dsize - length join('', @all));
	mkdir "$ENV{OUTLINES}/copies";
	$store->CopyEntireMessage($m, "$ENV{OUTLINES}/copies", $m->{id}, $<, 0, 0);
	my $handle = $store->ReadMessageHandle($m);
	my ($first) = <$handle>;
	say_store('handle', $first =~ /^Received: / ? 'whole' : $first);
	say_store('lock', $store->Lock, $store->Unlock);
	for my $object ($store, $global::MS->{mta}) {
		eval { $object->Frobnicate; 1 } or say_store('error', $@ =~ s/\n//gr =~ s/ at \S*store/ at store/r);
	}
	return 0;
}
END
config 'Scan Messages = &Store'
put "$root/t/mail/text.eml"
cp "$ms_in/$id-D" "$scratch/data"
ok "a message" ms_once
ok "the handles read the queue files" said "handles|$id-H|$id-D"
ok "a part of the body" said "body|40|$(sed -n 2p "$scratch/data" | cut -c1-40)"
ok "sizes" said "sizes|size|$((${#id} + 3))"
is "a copy of the message" "$(sed '1,/^$/d' "$OUTLINES/copies/$id")" "$(sed 1d "$scratch/data")"
ok "a handle of it" said "handle|whole"
ok "locks are the program's" said "lock|1|1"
ok "another method of the store dies, and says which" eval 'ms_lines | grep -qx "error|a custom function calls Frobnicate of a message.s store, which is not there in this version at store.pm line 2[0-9]."'
warned "a custom function calls Frobnicate of a message's store, which is not there in this version"
warned "a custom function calls Frobnicate of the mail queue, which is not there in this version"
ok "the lock outlived all that" test -e "$ms_out/$id-H"

# Changes: those that count, and those that don't.
script changes.pm <<'END'
sub Changes {
	my ($m) = @_;
	return 1 if !$m || $m->{mine}++;
	my $mta = $global::MS->{mta};
	$m->{subject} = ' another';
	push @{ $m->{extraspamheaders} }, 'X-Pushed: yes';
	$m->{extramcpheaders} = ['X-Set: yes'];
	$mta->UniqHeader($m, 'X-Twice:');
	$mta->PrependHeader($m, 'To:', 'before', ', ');
	$mta->AddMultipleHeader($m, 'mailheader', 'by a function', ', ');
	$m->{to} = [ @{ $m->{to} }[ 0, 0, 1 ] ];
	return 1;
}
sub Ignored {
	my ($m) = @_;
	return 1 if !$m || $m->{mine}++;
	$m->{$_} = 7 for split ' ', $ENV{IGNORED};
	push @{ $m->{$_} }, 'X-Text: new' for qw(headers archiveplaces quarantineplaces spamarchive);
	push @{ $m->{to} }, 'more@b.test';
	$m->{metadata}{rcpts}[0] = 'other@b.test';
	$m->$_ for qw(DeleteMessage DeleteAllRecipients DropFromBatch);
	$m->{own} = 'own';
	return 1;
}
sub Redirects {
	my ($m) = @_;
	return 1 if !$m || $m->{mine}++;
	$global::MS->{mta}->DeleteRecipients($m);
	$global::MS->{mta}->AddRecipients($m, 'new@c.test', 'New@c.test');
	$global::MS->{mta}->AddRecipients($m, ['second@c.test']);
	return 1;
}
sub Deletes { my ($m) = @_; $global::MS->{mta}->DeleteRecipients($m) if $m && !$m->{mine}++; return 1 }
sub Late { my ($m) = @_; $m->{subject} = 'late'; $global::MS->{mta}->AddHeader($m, 'X-Late:', 'x'); $global::MS->{mta}->DeleteRecipients($m); return 1 }
END
config 'Scan Messages = &Changes' 'Sign Clean Messages = no'
sed '1i X-Twice: 1\nX-Twice: 2' "$root/t/mail/text.eml" >"$scratch/twice.eml"
put "$scratch/twice.eml" bob@example.test eve@b.test
to=$(sed -n 's/^To: //p' "$scratch/twice.eml")
ok "a message" ms_once
ms_headers "$ms_out/$id-H" >"$scratch/headers"
is "subject, headers in lists, and all kinds of edits count" "$(grep -E '^(Subject|X-Pushed|X-Set|X-Twice|To|X-Example-MailScanner):' "$scratch/headers" | LC_ALL=C sort)" \
    "$(printf '%s\n' "Subject: another" "To: before, $to" "X-Example-MailScanner: Found to be clean" "X-Example-MailScanner: by a function" "X-Pushed: yes" "X-Set: yes" "X-Twice: 1")"
is "the same recipients, one of them twice, are no change" "$(ms_count "which has no effect")" 0
export IGNORED="id store size from fromuser fromdomain touser todomain clientip utf8subject mtime scanmail archivesare virusinfected
nameinfected infected allreports alltypes virusreports namereports otherreports spamwhitelisted spamblacklisted isspam ishigh sascore
spamreport actions ismcp mcpsascore deleted abandoned dontdeliver entity bodymodified"
config 'Sign Clean Messages = &Ignored'
put "$root/t/mail/text.eml" bob@example.test
ok "a message" ms_once
for name in $IGNORED; do
	warned "a custom function changes $name of a message, which has no effect in this version"
done
for name in headers:AddHeader to:AddRecipients metadata:"the methods" archiveplaces:"Archive Mail"; do
	is "warned once, with advice: $name" "$(ms_count "a custom function changes ${name%%:*} of a message, which has no effect in this version: use ${name#*:}")" 1
done
for name in quarantineplaces spamarchive; do warned "a custom function changes $name of a message, which has no effect in this version"; done
for name in DeleteMessage DeleteAllRecipients DropFromBatch; do warned "a custom function calls $name of a message, which has no effect in this version"; done
is "a field of its own is not worth a word" "$(ms_count "changes own")" 0
is "the message has gone to whom it was for" "$(sed -n '/^XX$/,/^$/p' "$ms_out/$id-H" | sed -n 3p)" bob@example.test
config 'Scan Messages = &Redirects'
put "$root/t/mail/text.eml" bob@example.test eve@b.test
ok "a message" ms_once
is "recipients that are deleted, and others that are added" "$(sed -n '/^XX$/,/^$/p' "$ms_out/$id-H" | tr '\n' ' ')" "XX 2 new@c.test second@c.test  "
config 'Scan Messages = &Deletes'
put "$root/t/mail/text.eml" bob@example.test
ok "a message" ms_once
ok "without recipients no message is left: it keeps those that it has" grep -q '^bob@example.test$' "$ms_out/$id-H"
warned "a custom function deletes all recipients of a message, and gives no other: it keeps them"
config 'Always Looked Up Last = &Late'
put "$root/t/mail/text.eml" bob@example.test
put "$root/t/mail/text.eml" bob@example.test
ok "two messages" ms_once
warned "a custom function changes subject of a message, which has no effect in this version"
warned "a custom function changes the header X-Late: of a message that can't be changed any more"

# What only some messages have.
script some.pm <<'END'
sub Some {
	my ($m) = @_;
	return 0 unless $m;
	MailScanner::Config::GetClientHostname($m, 'h');
	say_some(map { exists $m->{$_} ? "$_ " . ($m->{$_} // 'undef') : "no $_" } qw(foundtnefattachments isreply denialofservice infected
		otherinfected clienthostname clienthostnamenocheck));
	return 0;
}
END
"$python" - "$scratch/tnef.eml" <<'END'
import email.message, struct, sys
def attribute(level, name, data):
    return struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xffff)
tnef = struct.pack("<IH", 0x223E9F78, 1) + attribute(2, 0x00069002, bytes(14)) + attribute(2, 0x00018010, b"a.txt\0") + attribute(2, 0x0006800F, b"hello\n")
m = email.message.EmailMessage()
m["From"], m["To"], m["Subject"], m["In-Reply-To"] = "a@b.test", "bob@example.test", "packed", "<x@y.test>"
m.set_content("see there\n")
m.add_attachment(tnef, maintype="application", subtype="ms-tnef", filename="winmail.dat")
open(sys.argv[1], "wb").write(m.as_bytes())
END
config 'Always Looked Up Last = &Some' 'Dont Sign HTML If Headers Exist = In-Reply-To: References:'
put "$scratch/tnef.eml"
ok "a message with TNEF that is an answer" ms_once
said_some() { ms_lines | grep '^foundtnef\|^no foundtnef'; }
is "is known as one" "$(said_some)" "foundtnefattachments 1|isreply 1|no denialofservice|infected 0|otherinfected 0|clienthostname |no clienthostnamenocheck"
: >"$ms_log"
put "$root/t/mail/text.eml"
ok "another" ms_once
is "isn't" "$(said_some)" "no foundtnefattachments|isreply 0|no denialofservice|infected 0|otherinfected 0|clienthostname |no clienthostnamenocheck"
shim=$BUILD/t/shim/reader.so
case $BUILD in
*sanitize*) skip "one that ends its reader" "the sanitizer's runtime can't be preloaded over" ;;
*)
	config 'Always Looked Up Last = &Some'
	sed '1s/^/X-Reader: kill\n/' "$root/t/mail/text.eml" >"$scratch/kill.eml"
	put "$scratch/kill.eml"
	LD_PRELOAD=$shim timeout 60 "$MAILSCANNER" -c "$ms_conf" --log stderr once 2>>"$ms_log" || :
	is "one that ends its reader has what was found nevertheless" "$(said_some)" \
	    "no foundtnefattachments|no isreply|denialofservice 1|infected 1|otherinfected 1|clienthostname |no clienthostnamenocheck"
	;;
esac
rm "$functions/some.pm"

# The configuration.
script config.pm <<'END'
sub Config {
	my ($m) = @_;
	return 1 if !$m || $m->{mine}++;
	my ($ito, $eti) = (MailScanner::Config::GetItoE(), MailScanner::Config::GetEtoI());
	say_config('names', $ito->{scanmail}, $eti->{scanmessages}, exists $ito->{mta} ? 'all' : 'aliases', keys %$ito > 100 ? 'many' : 'few',
		MailScanner::Config::ItoE('nothing'));
	say_config('values', MailScanner::Config::Value('virusscan', $m), MailScanner::Config::Value('signalreadyscanned'), MailScanner::Config::Value('mailheader', $m),
		MailScanner::Config::Value('MaximumMessageSize', $m), ref MailScanner::Config::Value('inqueuedir'));
	say_config('texts', MailScanner::Config::LanguageValue($m, 'TheEntireMessage'), MailScanner::Config::LanguageValue(0, 'theentiremessage'),
		MailScanner::Config::LanguageValue($m, 'no such key'));
	my $rules = MailScanner::Config::NFilenameRulesValue($m);
	say_config('rules', scalar @$rules, map { s/\0/~/gr } $rules->[0], @{ MailScanner::Config::NFiletypeRulesValue($m) }[0]);
	say_config('definitions', MailScanner::Config::ScannerCmds('clamav'), MailScanner::Config::ScannerCmds('none'), MailScanner::Config::SpamLists('some-list'));
	say_config('others', MailScanner::Config::GetClientHostname($m, 'h'), MailScanner::Config::IsSimpleValue('virusscan'), MailScanner::Config::AFilenameRulesValue($m) ? 'list' : '-');
	return 1;
}
END
printf 'deny\t\\.x$\tAn x\tNo x here\nallow\t.*\t-\t-\n' >"$scratch/n.conf"
printf 'deny\tELF\tx-executable\tA program\tNo programs\n' >"$scratch/t.conf"
printf '# scanners\nclamav /usr/lib/wrapper /usr/local\n' >"$scratch/scanners.conf"
printf 'Some-List zone.example.test.\n' >"$scratch/lists.conf"
printf 'TheEntireMessage = alles davon\n' >"$scratch/languages.conf"
printf 'To: bob@example.test 12345\nFromOrTo: default 0\n' >"$scratch/size.rules"
config 'Sign Clean Messages = &Config' "Filename Rules = $scratch/n.conf" "Filetype Rules = $scratch/t.conf" "Language Strings = $scratch/languages.conf" \
    "Virus Scanner Definitions = $scratch/scanners.conf" "Spam List Definitions = $scratch/lists.conf" "Maximum Message Size = $scratch/size.rules"
put "$root/t/mail/text.eml" bob@example.test
ok "a message" ms_once
ok "names of directives, both ways" said "names|scanmessages|scanmail|aliases|many|nothing"
ok "values, of rulesets too" said "values|1|0|X-Example-MailScanner:|12345|ARRAY"
ok "texts in the site's language" said "texts|alles davon|alles davon|no such key"
ok "rules for files" said "rules|2|deny~\\.x\$~~An x~No x here|deny~ELF~x-executable~A program~No programs"
ok "definitions of scanners and lists" said "definitions|/usr/lib/wrapper,/usr/local|undef|zone.example.test."
ok "the rest" eval 'ms_lines | grep -q "^others|[^|]*|1|list$"'
finish
