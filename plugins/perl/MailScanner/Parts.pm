# SPDX-License-Identifier: GPL-2.0-or-later
# The MIME parts of a message as MailScanner 5 shows them: `entity`, and the hashes that go from part to file name and back.
#
# The program has read the message already (MailScanner::Host::fact($handle, 'parts')), in a process apart, so nothing is parsed
# here: objects are made of what it found, with the members that MIME-tools gives its own, so that its methods work on them. Where
# MIME-tools is not installed, MailScanner/Mime.pm has the methods that functions use. Contents are decoded into files below
# `Incoming Work Dir` when a script asks where they are, and go with the message.
package MailScanner::Parts;

use strict;
use warnings;

use Errno ();
use MIME::Base64 ();
use MIME::QuotedPrint ();

my $CHUNK = 1 << 16;
my $TEXT_MAX = 1 << 16;    # of headers, and of what stands before and behind parts

my %made;                  # directories of ours
my %read;                  # number of a message => what was read of it
my $serial = 0;            # of parts without a name in this process

sub _parts {
	my ($handle, $fields) = @_;
	my $changes = MailScanner::Host::fact($handle, 'changes');

	return () if exists $fields->{entity} || !$changes || !$changes->{read};
	my $tree = MailScanner::Message::_later(\&_tree);
	return (
		(map { $_ => $tree } qw(entity entity2file entity2parent entity2safefile file2entity file2parent file2safefile
			name2entity safefile2file tnefentity tnefname numberparts)),
		headerspath => MailScanner::Message::_later(\&_headers_file),
		md5 => MailScanner::Message::_later(\&_digest),
		maxmessagesize => MailScanner::Host::inner($handle, 'Maximum Message Size'),
		(MailScanner::Host::unpacked($handle, 'tnef') ? (foundtnefattachments => 1) : ()),
		_is_reply($handle),
	);
}

# Where HTML in answers is not signed: is it one?
sub _is_reply {
	my ($handle) = @_;
	my @names = split /[\s,]+/, MailScanner::Host::directive($handle, 'Dont Sign HTML If Headers Exist') || '';

	return () unless @names;
	my %wanted = map { s/:\z//r => 1 } map { lc } @names;
	return (isreply => (grep { /^([^:\s]+)\s*:/ && $wanted{ lc $1 } } MailScanner::Host::headers($handle)) ? 1 : 0);
}

# Below this one are the files of a message.
sub _directory {
	my ($id) = @_;
	my $top = MailScanner::Host::directive(undef, 'Incoming Work Dir');

	$id =~ s{/}{_}g;
	return ("$top/$$", "$top/$$/$id");
}

sub _write {
	my ($path, $give) = @_;

	(my $directory = $path) =~ s{/[^/]*\z}{};
	(my $above = $directory) =~ s{/[^/]*\z}{};
	for my $wanted ($above, $directory) {
		next if -d $wanted;
		_sweep($above =~ s{/[^/]*\z}{}r) if $wanted =~ m{/$$\z};
		$made{$wanted} = 1 if mkdir $wanted, 0700;
	}
	open(my $file, '>:raw', $path) or do {
		MailScanner::Plugin::once(4, "a file for custom functions can't be written: $path: $!");
		return;
	};
	$give->($file);
	close $file;
}

sub _headers_file {
	my ($handle, $fields) = @_;
	my (undef, $directory) = _directory($fields->{id});
	my $path = "$directory.header";

	_write($path, sub { print { $_[0] } map { "$_\n" } @{ $fields->{headers} } });
	return (headerspath => $path);
}

# The message goes, and its files.
sub _forget {
	my ($handle, $fields) = @_;

	delete $read{$handle};
	return unless %made && defined $fields->{id};
	my (undef, $directory) = _directory($fields->{id});
	unlink "$directory.header";
	return unless delete $made{$directory};
	unlink glob(quotemeta($directory) . '/*');
	rmdir $directory;
}

# Directories of workers that have been killed.
sub _sweep {
	my ($top) = @_;

	opendir(my $all, $top) or return;
	for my $left (map { "$top/$_" } grep { /^\d+\z/ && !kill(0, $_) && $!{ESRCH} } readdir $all) {
		unlink glob(quotemeta($left) . '/*/* ' . quotemeta($left) . '/*.header');
		rmdir $_ for glob(quotemeta($left) . '/*'), $left;
	}
}

END {
	rmdir $_ for sort { length $b <=> length $a } keys %made;
}

# Bytes of the body: positions in facts count from the message's beginning.
sub _each {
	my ($handle, $from, $to, $take) = @_;

	while ($from < $to) {
		my $wanted = $to - $from < $CHUNK ? $to - $from : $CHUNK;
		my $bytes = MailScanner::Host::body($handle, $from, $wanted);
		last if length $bytes == 0;
		$take->($bytes);
		$from += length $bytes;
	}
}

sub _text {
	my ($handle, $from, $to) = @_;
	my $text = '';

	$to = $from + $TEXT_MAX if $to - $from > $TEXT_MAX;
	_each($handle, $from, $to, sub { $text .= $_[0] }) if $from >= 0;
	return $text;
}

sub _digest {
	my ($handle) = @_;

	require Digest::MD5;
	my $changes = MailScanner::Host::fact($handle, 'changes');
	return (md5 => undef) if $changes->{intact} < $changes->{size};
	my $digest = Digest::MD5->new;
	_each($handle, 0, ~0 >> 1, sub { $digest->add($_[0]) });
	return (md5 => $digest->hexdigest);
}

# Decodes as the bytes come.
sub _decoder {
	my ($encoding, $file) = @_;
	my $rest = '';

	return sub { print {$file} $_[0] if defined $_[0] } unless $encoding =~ /^(?:base64|quoted-printable)\z/;
	return sub {
		my ($bytes) = @_;
		my $last = !defined $bytes;

		$rest .= $bytes unless $last;
		if ($encoding eq 'base64') {
			$rest =~ tr{A-Za-z0-9+/=}{}cd;
			print {$file} MIME::Base64::decode(substr $rest, 0, length($rest) & ~3, '');
			print {$file} MIME::Base64::decode($rest) if $last;
		} elsif ($last || $rest =~ /\n[^\n]*\z/) {
			my $lines = $last ? $rest : substr $rest, 0, $-[0] + 1, '';
			print {$file} MIME::QuotedPrint::decode($lines);
		}
	};
}

# The header of a part in MIME-tools' shape.
sub _head {
	my (@fields) = @_;
	my (%by_name, @lines);

	for my $field (@fields) {
		next unless $field =~ /^([^:\s]+)\s*:/;
		push @lines, "$field\n";
		push @{ $by_name{ MailScanner::Mime::tag($1) } }, \$lines[-1];
	}
	# The addresses of elements change while a list grows.
	my %seen;
	for my $n (0 .. $#lines) {
		my ($name) = $lines[$n] =~ /^([^:\s]+)/;
		my $tag = MailScanner::Mime::tag($name);
		$by_name{$tag}[ $seen{$tag}++ ] = \$lines[$n];
	}
	return bless {
		mail_hdr_foldlen => 79,
		mail_hdr_hash => \%by_name,
		mail_hdr_lengths => {},
		mail_hdr_list => \@lines,
		mail_hdr_mail_from => 'KEEP',
		mail_hdr_modify => 0,
	}, 'MIME::Head';
}

sub _fields_of {
	my ($text) = @_;
	my @fields;

	for my $line (split /\r?\n/, $text) {
		if (@fields && $line =~ /^[ \t]/) {
			$fields[-1] .= "\n$line";
		} else {
			push @fields, $line;
		}
	}
	return @fields;
}

# How many bytes of the body are as they came: in one that has left, what was changed is so for good.
sub _intact { return MailScanner::Host::fact($_[0], 'changes')->{intact} }

# Of a part whose bytes are not there any more, by what was read of it.
sub _header_again {
	my ($part) = @_;
	my $name = defined $part->{name} && $part->{name} ne '' ? $part->{name} =~ s/(["\\])/\\$1/gr : undef;

	return (
		'Content-Type: ' . $part->{type} . (defined $name ? qq(; name="$name") : ''),
		($part->{encoding} ne '' ? "Content-Transfer-Encoding: $part->{encoding}" : ()),
		($part->{disposition} ne '' ? "Content-Disposition: $part->{disposition}"
			. (defined $name ? qq(; filename="$name") : '') : ()),
	);
}

sub _lines { return [ $_[0] =~ /([^\n]*\n|[^\n]+)/g ] }

my %ENDINGS = ('text/plain' => 'txt', 'text/html' => 'html', 'image/gif' => 'gif', 'image/jpeg' => 'jpg', 'image/png' => 'png',
	'application/pdf' => 'pdf', 'message/rfc822' => 'msg');

# The name of a part's file: its own, or a made-up one. Then that on disk, which says by its first letter where it is from.
sub _names {
	my ($part, $taken) = @_;
	my $name = $part->{name};

	$name = join '', "msg-$$-", ++$serial, '.', $ENDINGS{ $part->{type} } || 'dat' if $name eq '';
	(my $safe = $part->{letter} . $name) =~ s{[/\0-\x1f\x7f]}{_}g;
	$safe = substr $safe, 0, 200;
	my ($plain, $n) = ($safe, 0);
	$safe = "$plain-" . ++$n while $taken->{$safe};
	return ($name, $safe);
}

# What was read of a message, with names of files; kept until it goes.
sub _facts {
	my ($handle) = @_;

	return $read{$handle} if $read{$handle};
	my $facts = MailScanner::Host::fact($handle, 'parts') || { parts => [], body_start => 0 };
	my %taken;
	for my $part (grep { $_->{reading} == 0 && $_->{kind} =~ /^(?:leaf|member)\z/ } @{ $facts->{parts} }) {
		@{$part}{qw(plain safe)} = _names($part, \%taken);
		$taken{ $part->{safe} } = 1;
	}
	return $read{$handle} = $facts;
}

# The file that a finding about this part is about, "" for the whole message; and the attachment that the file is in.
sub _file {
	my ($handle, $n) = @_;

	return ('', '') if $n < 0;
	my $parts = _facts($handle)->{parts};
	my $part = $parts->[$n];
	my $above = $part;

	return ('', '') unless $part && defined $part->{safe};
	$above = $parts->[ $above->{parent} ] while $above->{kind} eq 'member' && $above->{parent} >= 0;
	return ($part->{safe}, defined $above->{safe} ? $above->{safe} : '');
}

# One part as an object; its children are put into it as they come.
sub _entity {
	my ($handle, $part, $shift, @header) = @_;
	my %entity = (ME_Parts => [], mail_inet_head => _head(@header));

	if ($part->{kind} eq 'multipart') {
		@entity{qw(ME_Preamble ME_Epilogue)} = ([], []);
		my $until = $part->{first} ? $part->{first}{header_start} - $shift : $part->{body_end} - $shift;
		my $before = _text($handle, $part->{body_start} - $shift, $until);
		# The last line is the boundary, and the newline before it belongs to that.
		$before =~ s/\n?[^\n]*\n?\z// if $part->{first};
		$entity{ME_Preamble} = _lines($before);
		my $behind = $part->{last}
		    ? _text($handle, $part->{last}{body_end} - $shift, $part->{body_end} - $shift) : '';
		$entity{ME_Epilogue} = _lines($1)
		    if defined $part->{boundary} && $behind =~ /^\r?\n?--\Q$part->{boundary}\E--[ \t\r]*\n(.*)\z/s;
	}
	return bless \%entity, 'MIME::Entity';
}

# The body of a leaf: a file, written when its path is looked at.
sub _body {
	my ($number, $part, $shift, $path) = @_;
	my %body;

	tie $body{MB_Path}, 'MailScanner::Parts::Path', $number, $part, $shift, $path;
	$body{MB_Binmode} = 1 unless $part->{type} =~ m{^(?:text|message)/};
	return bless \%body, 'MIME::Body::File';
}

sub _is_mime { return $_[0]{reading} == 0 && $_[0]{kind} ne 'member' }

# `number` refers to the message's number, which is 0 when that is gone.
sub _tree {
	my ($handle, $fields, $number) = @_;
	my $facts = _facts($handle);
	my @parts = @{ $facts->{parts} };
	my $shift = $facts->{body_start};
	my $intact = _intact($handle);
	my (undef, $directory) = _directory($fields->{id});
	my %maps = (
		(map { $_ => { '' => 0 } } qw(entity2file entity2parent entity2safefile name2entity)),
		(map { $_ => { '' => '' } } qw(file2parent file2safefile safefile2file)),
		file2entity => {}, tnefentity => undef, tnefname => undef,
		numberparts => scalar(grep { _is_mime($_) && $_->{kind} eq 'leaf' } @parts),
	);
	my @entities;

	require MIME::Entity;
	require MIME::Head;
	require MIME::Body;
	for my $part (grep { _is_mime($_) && $_->{parent} >= 0 } @parts) {
		my $above = $parts[ $part->{parent} ];
		$above->{first} ||= $part;
		$above->{last} = $part;
	}
	for my $n (grep { _is_mime($parts[$_]) } 0 .. $#parts) {
		my $part = $parts[$n];
		my $above = $part->{parent} >= 0 ? $entities[ $part->{parent} ] : undef;
		my @header = $n == 0 ? MailScanner::Host::originals($handle)
		    : $part->{header_end} - $shift > $intact ? _header_again($part)
		    : _fields_of(_text($handle, $part->{header_start} - $shift, $part->{header_end} - $shift));
		my $entity = $entities[$n] = _entity($handle, $part, $shift, @header);

		push @{ $above->{ME_Parts} }, $entity if $above;
		$maps{entity2parent}{"$entity"} = $above;
		$maps{name2entity}{"$entity"} = $entity;
		_map_leaf($number, \%maps, $entity, $part, $shift, $directory) if $part->{kind} eq 'leaf';
	}
	_map_members(\%maps, \@entities, \@parts);
	$maps{entity} = $maps{file2entity}{''} = $entities[0];
	return %maps;
}

sub _map_name {
	my ($maps, $entity, $part) = @_;
	my ($name, $safe) = @{$part}{qw(plain safe)};

	$maps->{file2entity}{$name} = $entity;
	$maps->{file2safefile}{$name} = $safe;
	$maps->{safefile2file}{$safe} = $name;
	return ($name, $safe);
}

sub _map_leaf {
	my ($number, $maps, $entity, $part, $shift, $directory) = @_;
	my ($name, $safe) = _map_name($maps, $entity, $part);

	$entity->{ME_Bodyhandle} = _body($number, $part, $shift, "$directory/$safe");
	$maps->{entity2file}{"$entity"} = $name;
	$maps->{entity2safefile}{"$entity"} = $safe;
	@{$maps}{qw(tnefentity tnefname)} = ($entity, $safe) if grep { $_ eq 'tnef' } @{ $part->{facts} };
}

# Files in archives and the like: they are where the attachment is.
sub _map_members {
	my ($maps, $entities, $parts) = @_;

	for my $n (grep { $parts->[$_]{kind} eq 'member' && $parts->[$_]{reading} == 0 } 0 .. $#$parts) {
		my $part = $parts->[$n];

		$entities->[$n] = $entities->[ $part->{parent} ];
		my (undef, $safe) = _map_name($maps, $entities->[$n], $part);
		$maps->{file2parent}{$safe} = $parts->[ $part->{parent} ]{safe};
	}
}

# A path whose file is made when it is looked at.
package MailScanner::Parts::Path;

sub TIESCALAR { my ($class, @what) = @_; return bless [@what], $class }
sub STORE { @{ $_[0] } = (\0, undef, undef, $_[1]) }

sub FETCH {
	my ($self) = @_;
	my ($number, $part, $shift, $path) = @$self;
	my $handle = $$number or return $path;
	return $path if $part->{body_end} - $shift > MailScanner::Parts::_intact($handle);

	$self->[0] = \0;
	MailScanner::Parts::_write($path, sub {
		my $take = MailScanner::Parts::_decoder($part->{encoding}, $_[0]);
		MailScanner::Parts::_each($handle, $part->{body_start} - $shift, $part->{body_end} - $shift, $take);
		$take->(undef);
	});
	return $path;
}

1;
