# SPDX-License-Identifier: GPL-2.0-or-later
# What was found in a message, and what became of it, in the fields that MailScanner 5 has for that. Made again whenever more is
# known. Names of files are those on disk, "" for the whole message.
package MailScanner::Findings;

use strict;
use warnings;

# Letters of report types, the fields that they go to, and the flag of these.
my %KINDS = (v => [ 'virus', 'virusinfected' ], f => [ 'name', 'nameinfected' ], (map { $_ => [ 'other', 'otherinfected' ] } qw(c e d)),
	s => [ 'other', 'sizeinfected' ]);
# Words of the language strings by which findings are known, and fields that are 1 then.
my %FLAGS = (passwordedarchive => 'passwordprotected', nonpasswordedarchive => 'nonpasswordprotected', cantanalyze => 'cantparse',
	toomanyattachments => 'toomanyattach', badtnef => 'badtnef');

sub _was_read {
	my ($handle) = @_;
	my $changes = MailScanner::Host::fact($handle, 'changes');

	return $changes && $changes->{read} ? $changes : undef;
}

sub _findings {
	my ($handle) = @_;
	my $findings = MailScanner::Host::fact($handle, 'findings') || [];
	my $changes = MailScanner::Host::fact($handle, 'changes') or return ();

	# Of one that could not be read there are findings, too.
	return () unless $changes->{read} || @$findings;
	my %new = (
		(map { $_ => {} } qw(virusreports virustypes namereports nametypes otherreports othertypes)),
		(map { $_ => 0 } qw(virusinfected nameinfected otherinfected sizeinfected infected)),
	);
	my (%all, %types, @copies, %delete);
	my $word = '';

	$word = MailScanner::Config::LanguageValue(0, 'MailScanner') . ': '
	    if grep({ $_->{letter} ne '' } @$findings)
	    && (MailScanner::Host::directive(undef, 'Include Scanner Name In Reports') || '') eq 'yes';
	for my $finding (@$findings) {
		my ($letter, $text) = @{$finding}{qw(letter text)};
		my $kind = $KINDS{$letter};

		push @copies, $text if $finding->{kind} eq 'copy' && $finding->{source} eq 'quarantine';
		$new{ $FLAGS{ lc $finding->{key} } } = 1 if defined $finding->{key} && $FLAGS{ lc $finding->{key} };
		$new{denialofservice} = 1 if $finding->{kind} eq 'denial';
		next unless $kind;
		my ($file, $attachment) = MailScanner::Parts::_file($handle, $finding->{part});
		_add($new{"$kind->[0]reports"}, $new{"$kind->[0]types"}, $file, "$text\n", $letter);
		_add(\%all, \%types, $attachment, $letter eq 'v' ? "$text\n" : "$word$text\n", $letter);
		$new{ $kind->[1] } = 1;
		$delete{$file} = 1 if $finding->{delete};
	}
	$new{infected} |= $_ for @new{qw(virusinfected nameinfected otherinfected sizeinfected)};
	# The findings of a message are combined when it is not clean, and at the end.
	my $ended = MailScanner::Host::fact($handle, 'fate')->{kind} ne 'open';
	$new{allreports} = \%all if %all || $ended;
	@new{qw(alltypes deleteattach)} = (\%types, \%delete) if %all;
	$new{entityreports} = {} if $ended;
	if (@copies) {
		$new{quarantinedinfections} = 1 if %all;
		$new{quarantineplaces} = \@copies;
	}
	return (%new, _disarmed($findings), _changes($changes));
}

# Appends to reports and types of a file.
sub _add {
	my ($reports, $types, $file, $text, $letter) = @_;

	$reports->{$file} = '' unless defined $reports->{$file};
	$reports->{$file} .= $text unless index($reports->{$file}, $text) >= 0;
	$types->{$file} = '' unless defined $types->{$file};
	$types->{$file} .= $letter unless index($types->{$file}, $letter) >= 0;
}

sub _disarmed {
	my ($findings) = @_;
	my @done = grep { $_->{kind} eq 'disarm' || $_->{kind} eq 'phishing' } @$findings or return ();
	my %tags = map { ($_->{kind} eq 'phishing' ? 'phishing' : ($_->{key} || '') =~ /^Found(.+)/ ? lc $1 : ()) => 1 }
	    grep { $_->{kind} eq 'phishing' || ($_->{key} || '') =~ /^Found./ } @done;
	my @tags = sort keys %tags;

	return (messagedisarmed => 1, disarmedtags => [@tags], tagstoconvert => join('', map { "$_ " } @tags),
		disarmphishingfound => $tags{phishing} ? 1 : 0, sigimagepresent => 0);
}

sub _changes {
	my ($changes) = @_;

	return (($changes->{header} ? (headermodified => 1) : ()), ($changes->{body} ? (bodymodified => 1) : ()));
}

# There is no spam check in this version: what MailScanner 5 says where nothing was found.
sub _spam {
	my ($handle, $fields) = @_;

	return () if exists $fields->{spamreport} || !_was_read($handle);
	return (
		(map { $_ => 0 } qw(isspam ishigh issaspam spamwhitelisted spamblacklisted sascore)),
		spamreport => MailScanner::Message::_later(\&_not_spam),
		rblspamreport => '',
		salongreport => '',
		sarules => {},
		actions => 'deliver',
		extraspamheaders => [],
	);
}

sub _not_spam {
	my $text = MailScanner::Config::LanguageValue(0, 'notspam');

	return (spamreport => $text eq 'notspam' ? 'not spam' : $text);
}

sub _state {
	my ($handle) = @_;
	my $fate = MailScanner::Host::fact($handle, 'fate');

	return () if !$fate || $fate->{kind} eq 'open';
	return (abandoned => 1) if $fate->{kind} =~ /^(?:leave|hold)$/;
	return (abandoned => 0, deleted => 1, gonefromdisk => 1);
}

1;
