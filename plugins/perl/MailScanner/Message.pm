# SPDX-License-Identifier: GPL-2.0-or-later
# A message as MailScanner 5 shows it to custom functions: a blessed hash. It is filled when a script first looks into it, from
# what the program knows (MailScanner::Host), and stays the same for all functions until the message is gone, with what they put
# there. To add a field, add a row to @MAKERS or a line to one of its subs.
package MailScanner::Message;

use strict;
use warnings;

use Encode ();
use POSIX ();

# Each gives fields, and may use those that are there already.
my @MAKERS = (\&_envelope, \&_subject, \&_times, \&_decisions, \&_metadata, \&_store, \&_state);

# Changing these changes nothing in this version, which is said once for each.
my %FIXED = map { $_ => 1 } qw(id store size from fromuser fromdomain to touser todomain clientip headers metadata mtime
    datestring datenumber hournumber scanmail scanvirusonly scanme archiveplaces archivesare virusinfected nameinfected
    otherinfected sizeinfected infected quarantineplaces spamarchive spamwhitelisted spamblacklisted isspam ishigh issaspam
    isrblspam sascore spamreport actions ismcp deleted abandoned dontdeliver);

sub _new {
	my ($handle) = @_;
	my %message;

	tie %message, 'MailScanner::Message::Fields', $handle;
	return bless \%message, 'MailScanner::Message';
}

# The program's number for it; undef for what is no message.
sub _handle {
	my ($message) = @_;
	my $fields = ref $message && UNIVERSAL::isa($message, 'HASH') ? tied %$message : undef;

	return ref $fields eq 'MailScanner::Message::Fields' ? $fields->[0] : undef;
}

sub _gone {
	my ($message) = @_;
	my $fields = tied %$message;

	$fields->[0] = 0;
	$fields->[1] ||= {};
	return;
}

# When the messages of the batch have left.
sub _final {
	my ($message) = @_;
	my $fields = tied %$message;

	%{ $fields->[1] } = (%{ $fields->[1] }, _state($fields->[0], $fields->[1])) if $fields->[1];
	return;
}

sub _build {
	my ($handle) = @_;
	my %fields;

	return {} unless $handle;
	%fields = (%fields, $_->($handle, \%fields)) for @MAKERS;
	return \%fields;
}

# A script has put something into a field of ours.
sub _changed {
	my ($handle, $name, $value) = @_;

	if ($name eq 'subject') {
		(my $text = defined $value ? $value : '') =~ s/^\s+//;
		return if $handle && MailScanner::Host::edit($handle, 1, 'Subject', $text);
	} elsif (!$FIXED{$name}) {
		return;
	}
	MailScanner::Plugin::once(4,
	    "a custom function changes $name of a message, which has no effect in this version");
}

sub address2userdomain {
	my ($address) = @_;

	$address = lc $address;
	$address =~ s/^<\s*//;
	$address =~ s/\s*>$//;
	return ($address, $address) unless $address =~ /^(.*)@([^@]*)$/s;
	return ($1, $2);
}

sub _envelope {
	my ($handle) = @_;
	my ($sender, $client, @to) = MailScanner::Host::envelope($handle);
	my $envelope = MailScanner::Host::fact($handle, 'envelope') || { id => '', size => 0 };
	my ($user, $domain) = address2userdomain($sender);
	my @parts = map { [ address2userdomain($_) ] } @to;

	return (
		id => $envelope->{id},
		size => $envelope->{size},
		from => lc $sender,
		fromuser => $user,
		fromdomain => $domain,
		to => [@to],
		touser => [ map { $_->[0] } @parts ],
		todomain => [ map { $_->[1] } @parts ],
		clientip => $client ne '' ? $client : '127.0.0.1',
	);
}

# Header lines are those of the message, continuations apart; the subject is what stands behind its colon.
sub _subject {
	my ($handle) = @_;
	my @headers = MailScanner::Host::headers($handle);
	my ($subject) = grep { /^subject\s*:/i } @headers;
	my %fields = (headers => [ map { split /\n/ } @headers ]);

	return (%fields, subject => undef, utf8subject => undef) unless defined $subject;
	$subject =~ s/^[^:]*://;
	$subject =~ s/\n(?=[ \t])//g;
	my $decoded = $subject =~ /=\?/ ? eval { Encode::decode('MIME-Header', $subject) } : undef;
	$decoded = eval { Encode::decode('UTF-8', $subject, Encode::FB_CROAK | Encode::LEAVE_SRC) }
	    unless defined $decoded;
	$decoded = $subject unless defined $decoded;
	return (%fields, subject => Encode::encode('UTF-8', $decoded), utf8subject => $decoded,
		safesubject => $subject, subjectwasunsafe => 0);
}

sub _times {
	my ($handle) = @_;
	my $queue = MailScanner::Host::fact($handle, 'queue');
	my $envelope = MailScanner::Host::fact($handle, 'envelope');
	my @now = localtime;

	return (
		mtime => ($queue && $queue->{modified}) || ($envelope && $envelope->{received}) || 0,
		datestring => scalar localtime,
		datenumber => POSIX::strftime('%Y%m%d', @now),
		hournumber => POSIX::strftime('%H', @now),
		ret => 0,
	);
}

my %TYPE_LETTERS = (zip => 'z', rar => 'r', ole => 'o', tnef => 't', uu => 'u', uuencoded => 'u');

sub _decisions {
	my ($handle, $fields) = @_;
	my $scan = MailScanner::Host::inner($handle, 'Scan Messages');
	my $archive = MailScanner::Host::directive($handle, 'Archive Mail');
	my $archives = MailScanner::Host::directive($handle, 'Archives Are');
	my $multiple = MailScanner::Host::directive($handle, 'Multiple Headers');
	my $top = MailScanner::Host::inner($handle, 'Place New Headers At Top Of Message');

	$archive =~ s/_DATE_/$fields->{datenumber}/g;
	$archive =~ s/_HOUR_/$fields->{hournumber}/g;
	return (
		scanmail => $scan ne '0' ? 1 : 0,
		scanvirusonly => $scan eq '2' ? 1 : 0,
		scanme => 1,
		archiveplaces => [ split ' ', $archive ],
		archivesare => join('', '[', (map { $TYPE_LETTERS{$_} || () } split /[\s,]+/, lc $archives), ']'),
		dkimfriendly => $multiple eq 'add' && $top eq '1' ? 1 : 0,
		($top eq '1' ? (newheadersattop => 1) : ()),
		mshmacnullvalid => 1,
		mshmacskipvalid => 0,
		virusinfected => 0,
		nameinfected => 0,
		otherinfected => 0,
		sizeinfected => 0,
		stillwarn => 0,
		quarantineplaces => [],
		spamarchive => [],
	);
}

# The letters by which Exim marks the headers that it needs itself.
my %FLAGS = (from => 'F', to => 'T', cc => 'C', bcc => 'B', sender => 'S', 'reply-to' => 'R', 'message-id' => 'I',
	received => 'P');

sub _header_entry {
	my ($line) = @_;
	my ($name, $body) = $line =~ /^([^:]*:)(.*)$/s ? ($1, $2) : ('', $line);

	(my $plain = lc $name) =~ s/\s*:$//;
	return { name => $name, body => "$body\n", flag => $FLAGS{$plain} || ' ' };
}

# The option lines of Exim's -H file, from the fifth line on; gives the number of the line behind them.
sub _read_options {
	my ($lines, $metadata) = @_;
	my $at = 4;

	for (; $at < @$lines && $lines->[$at] =~ /^-/; $at++) {
		if ($lines->[$at] =~ /^--?acl([cm]?) (\S+) (\d+)$/) {
			my ($kind, $name, $length) = ($1, $2, $3);
			my $value = '';

			$value .= ($value eq '' ? '' : "\n") . $lines->[++$at]
			    while length $value < $length && $at + 1 < @$lines;
			$metadata->{ $kind eq '' ? 'aclvars' : "acl${kind}vars" }{$name} = [$value];
		} elsif ($lines->[$at] =~ /^--?(?:\([^)]*\))?(\S+)(?: (.*))?$/) {
			$metadata->{dashvars}{$1} = defined $2 ? 1 : 0;
			$metadata->{"dv_$1"} = defined $2 ? $2 : 1;
		}
	}
	return $at;
}

sub _metadata {
	my ($handle) = @_;
	my $control = MailScanner::Host::control($handle);
	my $queue = MailScanner::Host::fact($handle, 'queue');

	return () unless defined $control && $queue && $queue->{format} eq 'exim';
	my @lines = split /\n/, $control;
	my %metadata = (id => $lines[0], aclvars => {}, aclcvars => {}, aclmvars => {}, dashvars => {}, nonrcpts => {},
		vanishedflags => {});

	@metadata{qw(user uid gid)} = split ' ', $lines[1];
	($metadata{sender} = $lines[2]) =~ s/^<(.*)>$/$1/;
	@metadata{qw(rcvtime warncnt)} = split ' ', $lines[3];
	my $at = _read_options(\@lines, \%metadata);
	for (; $at < @lines && $lines[$at] =~ /^[YN]{2} (.*)$/; $at++) {
		$metadata{nonrcpts}{$1} = 1;
	}
	$at++ if $at < @lines && $lines[$at] eq 'XX';
	$metadata{numrcpts} = $at < @lines ? $lines[$at] + 0 : 0;
	$metadata{rcpts} = [ grep { defined } @lines[ $at + 1 .. $at + $metadata{numrcpts} ] ];
	$metadata{headers} = [ map { _header_entry($_) } MailScanner::Host::headers($handle) ];
	$metadata{vanishedflags}{ $_->{flag} } = 0 for @{ $metadata{headers} };
	($metadata{subject}) = grep { lc $_->{name} eq 'subject:' } @{ $metadata{headers} };
	return (metadata => \%metadata);
}

sub _store {
	my ($handle) = @_;
	my $queue = MailScanner::Host::fact($handle, 'queue');

	return $queue ? (store => MailScanner::SMDiskStore->_new($handle, $queue)) : ();
}

sub _state {
	my ($handle) = @_;
	my $fate = $handle ? MailScanner::Host::fact($handle, 'fate') : undef;

	return () if !$fate || $fate->{kind} eq 'open';
	return $fate->{kind} =~ /^(?:leave|hold)$/ ? (abandoned => 1) : (abandoned => 0, deleted => 1);
}

# A header of several lines as one that is no longer than usual.
sub ReflowHeader {
	my (undef, $name, $text) = @_;
	my ($folded, $length) = ('', length $name);

	for my $word (split ' ', $text) {
		my $fits = $length + 1 + length $word <= 75;
		$folded .= $folded eq '' ? $word : $fits ? " $word" : "\n\t$word";
		$length = $fits ? $length + 1 + length $word : 8 + length $word;
	}
	return $folded;
}

sub _without_effect {
	my ($name) = @_;

	return sub {
		MailScanner::Plugin::once(4,
		    "a custom function calls $name of a message, which has no effect in this version");
		return;
	};
}

{
	no strict 'refs';
	*{$_} = _without_effect($_)
	    for qw(DeleteFile DeleteMessage DeleteAllRecipients DropFromBatch NeedsScanning);
}

# The hash itself: [number, fields or undef].
package MailScanner::Message::Fields;

sub TIEHASH { return bless [ $_[1], undef ], $_[0] }
sub _fields { return $_[0][1] ||= MailScanner::Message::_build($_[0][0]) }
sub FETCH { return $_[0]->_fields->{ $_[1] } }
sub EXISTS { return exists $_[0]->_fields->{ $_[1] } }
sub DELETE { return delete $_[0]->_fields->{ $_[1] } }
sub CLEAR { %{ $_[0]->_fields } = () }
sub SCALAR { return scalar %{ $_[0]->_fields } }
sub NEXTKEY { return each %{ $_[0][1] } }

sub FIRSTKEY {
	my $fields = $_[0]->_fields;

	keys %$fields;
	return each %$fields;
}

sub STORE {
	my ($self, $name, $value) = @_;
	my $fields = $self->_fields;
	my $before = $fields->{$name};

	$fields->{$name} = $value;
	MailScanner::Message::_changed($self->[0], $name, $value)
	    unless defined $before && defined $value && $before eq $value;
}

1;
