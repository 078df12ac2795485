# SPDX-License-Identifier: GPL-2.0-or-later
# The fields of a message that are known from the start: envelope, header, times, and what directives say of it.
package MailScanner::Envelope;

use strict;
use warnings;

use Encode ();
use POSIX ();

sub _envelope {
	my ($handle) = @_;
	my ($sender, $client, @to) = MailScanner::Host::envelope($handle);
	my $envelope = MailScanner::Host::fact($handle, 'envelope') || { id => '', size => 0 };
	my ($user, $domain) = MailScanner::Message::address2userdomain($sender);
	my @parts = map { [ MailScanner::Message::address2userdomain($_) ] } @to;

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
	my @headers = MailScanner::Host::originals($handle);
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

# What the queue files say: `store` and, where they are Exim's, `metadata`.
sub _queue {
	my ($handle) = @_;
	my $queue = MailScanner::Host::fact($handle, 'queue') or return ();

	return (
		store => MailScanner::Message::_later(sub { store => MailScanner::SMDiskStore->_new($handle, $queue) }),
		($queue->{format} eq 'exim' ? (metadata => MailScanner::Message::_later(\&_metadata)) : ()),
	);
}

sub _metadata {
	my ($handle) = @_;
	my $control = MailScanner::Host::control($handle);

	return () unless defined $control;
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
	$metadata{numrcpts} = $at < @lines && $lines[$at] =~ /^(\d{1,9})\z/ ? $1 + 0 : 0;
	$metadata{rcpts} = [ splice @lines, $at + 1, $metadata{numrcpts} ];
	$metadata{headers} = [ map { _header_entry($_) } MailScanner::Host::headers($handle) ];
	$metadata{vanishedflags}{ $_->{flag} } = 0 for @{ $metadata{headers} };
	($metadata{subject}) = grep { lc $_->{name} eq 'subject:' } @{ $metadata{headers} };
	return (metadata => \%metadata);
}

1;
