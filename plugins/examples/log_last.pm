# SPDX-License-Identifier: GPL-2.0-or-later
# A line in the log for each message and each batch, when they have left:
#
#	Always Looked Up Last             = &LogLast
#	Always Looked Up Last After Batch = &LogBatchLast
package MailScanner::CustomConfig;

use strict;
use warnings;

my $count = 0;

sub InitLogLast { $count = 0 }

sub LogLast {
	my ($message) = @_;

	$count++;
	MailScanner::Log::InfoLog('LogLast: %s from %s to %s, %d bytes, client %s, %s, subject%s', $message->{id}, $message->{from},
		join(',', @{ $message->{to} }), $message->{size}, $message->{clientip},
		$message->{deleted} ? 'gone' : 'still here', $message->{subject});
}

sub EndLogLast { MailScanner::Log::InfoLog('LogLast: %d messages in this worker', $count) }

sub LogBatchLast {
	my ($batch) = @_;

	MailScanner::Log::InfoLog('LogBatchLast: %d messages (%s), %d bytes', $batch->{totalmessages},
		join(' ', sort keys %{ $batch->{messages} }), $batch->{totalbytes});
}

1;
