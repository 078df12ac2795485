# SPDX-License-Identifier: GPL-2.0-or-later
# What does a custom function get? This one writes all of it to a file for each message, and says yes.
#
#	Sign Clean Messages = &Myfunc
#
# The directory may be given: &Myfunc("/var/tmp").
package MailScanner::CustomConfig;

use strict;
use warnings;

use Data::Dumper;

my $directory = '/tmp';

sub MyfuncLog {
	my ($text) = @_;

	MailScanner::Log::InfoLog('Myfunc: %s', $text);
}

sub InitMyfunc {
	my ($given) = @_;

	$directory = $given if defined $given;
	MyfuncLog('starting');
}

sub EndMyfunc {
	MyfuncLog('ending');
}

sub Myfunc {
	my ($message) = @_;

	# It is asked for a value without a message too.
	return 0 unless $message;
	my $id = $message->{id};
	MyfuncLog("called for $id");
	local $Data::Dumper::Sortkeys = 1;
	if (open(my $file, '>', "$directory/msg-$id")) {
		print {$file} Dumper($message);
		close $file;
	}
	return 1;
}

1;
