# SPDX-License-Identifier: GPL-2.0-or-later
# Four short ones.
#
#	Allow Password-Protected Archives = &ArchivesOfUsers("/etc/MailScanner/zip.users")
#	Virus Scanning                    = &RulesByDomain("/etc/MailScanner/rules/virus")
#	Notify Senders                    = &NotifyByContent
#	Reject Message                    = &BlockBusy(100)
package MailScanner::CustomConfig;

use strict;
use warnings;

# Users, one a line, who may send and get archives with a password.
my %archive_users;

sub InitArchivesOfUsers {
	my ($path) = @_;

	open(my $file, '<', $path) or die "$path: $!\n";
	%archive_users = map { chomp; lc($_) => 1 } <$file>;
	close $file;
}

sub ArchivesOfUsers {
	my ($message) = @_;

	return 0 unless $message;
	return (grep { $archive_users{ lc $_ } } $message->{from}, @{ $message->{to} }) ? 1 : 0;
}

# A ruleset for each domain of recipients. The name of its file is the value; the program asks the rules in it.
sub InitRulesByDomain { }

sub RulesByDomain {
	my ($message, $arguments) = @_;
	my ($domain) = $message ? @{ $message->{todomain} } : ();

	return undef unless defined $domain && $domain =~ /^[a-z0-9][a-z0-9.-]*$/ && $domain !~ /\.\./;
	my $path = "$arguments->[0]/$domain.rules";
	return -e $path ? $path : undef;
}

# Senders hear of what was found in their mail, unless a mailing list or a program sent it.
sub NotifyByContent {
	my ($message) = @_;

	return 1 unless $message;
	return 0 if $message->{from} eq '' || grep { /^(?:List-Id|Precedence|Auto-Submitted)\s*:/i } @{ $message->{headers} };
	return $message->{subject} =~ /newsletter/i ? 0 : 1;
}

# Counts the messages of each client in this worker, and refuses those of one with too many within an hour.
my (%busy, $limit);

sub InitBlockBusy {
	($limit) = @_;
}

sub BlockBusy {
	my ($message) = @_;

	return 0 unless $message;
	# What is put into the message stays there, so that it counts once.
	return $message->{blockbusy} if defined $message->{blockbusy};
	my $client = $message->{clientip};
	my $since = time - 3600;
	%busy = () if keys %busy > 100000;
	my $seen = $busy{$client} ||= [];
	@$seen = grep { $_ > $since } @$seen;
	push @$seen, time;
	$message->{blockbusy} = @$seen > $limit ? 1 : 0;
	MailScanner::Log::NoticeLog('BlockBusy: %s sends too much', $client) if $message->{blockbusy};
	return $message->{blockbusy};
}

1;
