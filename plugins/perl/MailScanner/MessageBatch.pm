# SPDX-License-Identifier: GPL-2.0-or-later
# The batch as MailScanner 5 shows it: $global::MS->{batch}, and what `Always Looked Up Last After Batch` is given.
package MailScanner::MessageBatch;

use strict;
use warnings;

use Scalar::Util ();

# Called when another batch is in hand, or when its messages have left.
sub _refresh {
	my ($number) = @_;
	my $fact = MailScanner::Host::batch_fact();
	my $batch = $global::MS->{batch};

	if (!$fact) {
		$global::MS->{batch} = undef;
		return;
	}
	$batch = bless { number => $number }, 'MailScanner::MessageBatch' unless $batch && $batch->{number} == $number;
	if (!$batch->{messages}) {
		tie my %messages, 'MailScanner::MessageBatch::Messages';
		$batch->{messages} = \%messages;
	}
	@{$batch}{qw(totalmessages totalbytes starttime)} = @{$fact}{qw(messages bytes started)};
	$batch->{deleted} = '' unless defined $batch->{deleted};
	if (defined $fact->{ended}) {
		$batch->{endtime} = $fact->{ended};
		$batch->{totaltime} = $fact->{ended} - $fact->{started};
		$batch->{bytespersecond} = $batch->{totaltime} > 0 ? int($fact->{bytes} / $batch->{totaltime}) : 0;
	}
	$global::MS->{batch} = $batch;
	return;
}

# Id => message, of the batch in hand. Nothing is kept, so a message goes when the program lets it go.
package MailScanner::MessageBatch::Messages;

sub _all { return map { $_->{id} => $_ } MailScanner::Host::batch_messages() }
sub TIEHASH { return bless { ids => [] }, $_[0] }
sub FETCH { my %all = _all(); return $all{ $_[1] } }
sub EXISTS { my %all = _all(); return exists $all{ $_[1] } }
sub STORE { }
sub DELETE { }
sub CLEAR { }
sub SCALAR { return scalar(() = MailScanner::Host::batch_messages()) }

sub FIRSTKEY {
	my ($self) = @_;

	$self->{ids} = [ map { $_->{id} } MailScanner::Host::batch_messages() ];
	return shift @{ $self->{ids} };
}

sub NEXTKEY { return shift @{ $_[0]{ids} } }

1;
