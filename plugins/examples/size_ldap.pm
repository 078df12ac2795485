# SPDX-License-Identifier: GPL-2.0-or-later
# How large a message may be, by an attribute of the first recipient in a directory:
#
#	Maximum Message Size = &DirectorySize("ldap://ldap.example.com", "ou=people,dc=example,dc=com", "mailQuotaSize")
#
# An entry without the attribute, and a recipient without an entry, give the default. The MTA has a limit of its own.
package MailScanner::CustomConfig;

use strict;
use warnings;

use Net::LDAP;
use Net::LDAP::Util qw(escape_filter_value);

my ($connection, %directory);

sub ConnectDirectory {
	$connection = Net::LDAP->new($directory{url}, timeout => 5) or die "$directory{url}: $@\n";
	my $bound = $connection->bind;
	die $bound->error . "\n" if $bound->code;
}

sub InitDirectorySize {
	@directory{qw(url base attribute)} = @_;
	ConnectDirectory();
}

sub DirectorySize {
	my ($message) = @_;

	return undef unless $message && @{ $message->{to} };
	my $filter = '(mail=' . escape_filter_value($message->{to}[0]) . ')';
	my $found = $connection->search(base => $directory{base}, filter => $filter, timelimit => 5,
		attrs => [ $directory{attribute} ]);
	if ($found->code) {
		# Once more, for a server that has been restarted.
		ConnectDirectory();
		$found = $connection->search(base => $directory{base}, filter => $filter, timelimit => 5,
			attrs => [ $directory{attribute} ]);
		die $found->error . "\n" if $found->code;
	}
	my $entry = $found->entry(0);
	return $entry ? scalar $entry->get_value($directory{attribute}) : undef;
}

sub EndDirectorySize {
	$connection->unbind if $connection;
	undef $connection;
}

1;
