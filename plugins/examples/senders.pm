# SPDX-License-Identifier: GPL-2.0-or-later
# Counts the messages of each sender, in all workers together and over restarts, and refuses those of one who sends more than so
# many within so many seconds; and blocks an address for good that an administrator has put into a file, one a line.
#
#	Reject Message = &LimitSenders(100, 3600, "/etc/MailScanner/blocked.senders")
package MailScanner::CustomConfig;

use strict;
use warnings;

my ($most, $span, $blocked_file, %blocked);
my $read = 0;

sub InitLimitSenders {
	($most, $span, $blocked_file) = @_;
	die "how many messages, in how many seconds?\n" unless defined $span && "$most$span" =~ /^\d+$/;
}

# The file is read again when it was changed.
sub IsBlocked {
	my ($sender) = @_;
	my $changed = defined $blocked_file ? (stat $blocked_file)[9] || 0 : 0;

	if ($changed != $read) {
		%blocked = ();
		if (open(my $file, '<', $blocked_file)) {
			%blocked = map { chomp; lc($_) => 1 } <$file>;
			close $file;
		}
		$read = $changed;
	}
	return $blocked{$sender};
}

sub LimitSenders {
	my ($message) = @_;

	return 0 unless $message && $message->{from} ne '';
	# It is asked more than once about a message; what is put into the message stays there.
	return $message->{limitsenders} if defined $message->{limitsenders};
	my $sender = $message->{from};
	my $count = MailScanner::Host::store_add("LimitSenders $sender", 1, $span);
	my $refuse = IsBlocked($sender) || $count > $most ? 1 : 0;
	MailScanner::Log::NoticeLog('LimitSenders: %s is refused (%d messages)', $sender, $count) if $refuse;
	return $message->{limitsenders} = $refuse;
}

1;
