# SPDX-License-Identifier: GPL-2.0-or-later
# By what is in a message, which can be asked once it was read:
#
#	Sign Clean Messages = &SignOnce("Example Organisation")
#	Notify Senders      = &NotifyPeople
package MailScanner::CustomConfig;

use strict;
use warnings;

my $signature;

sub InitSignOnce { ($signature) = @_ }

# No signature below mail that has it already, in an answer for example, nor in mail that it would break.
sub SignOnce {
	my ($message) = @_;

	return 1 unless $message && $message->{entity};
	for my $part ($message->{entity}->parts_DFS) {
		return 0 if $part->mime_type =~ m{^(?:multipart/(?:signed|encrypted)|application/(?:x-)?pkcs7-)}i;
		my $body = $part->mime_type =~ m{^text/}i ? $part->bodyhandle : undef;
		return 0 if $body && defined $signature && index($body->as_string, $signature) >= 0;
	}
	return 1;
}

# Senders hear of what was found when they wrote a text themselves: not of a program without a word, which is a virus's way.
sub NotifyPeople {
	my ($message) = @_;

	return 1 unless $message && $message->{entity};
	my @texts = grep { $_->mime_type =~ m{^text/plain}i && $_->bodyhandle } $message->{entity}->parts_DFS;
	return (grep { $_->bodyhandle->as_string =~ /\w+\s+\w+/ } @texts) ? 1 : 0;
}

1;
