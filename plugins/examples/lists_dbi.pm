# SPDX-License-Identifier: GPL-2.0-or-later
# White- and blacklist in a database, by way of DBI: here SQLite, with a table lists (kind, recipient, sender), where kind is
# "white" or "black", recipient an address, a domain or "default", and sender an address or a domain.
#
#	Is Definitely Not Spam = &DatabaseWhitelist("/etc/MailScanner/lists.db")
#	Is Definitely Spam     = &DatabaseBlacklist("/etc/MailScanner/lists.db")
package MailScanner::CustomConfig;

use strict;
use warnings;

use DBI;

my ($database, $statement);

sub OpenLists {
	my ($path) = @_;

	$database ||= DBI->connect("dbi:SQLite:dbname=$path", '', '', { RaiseError => 1, PrintError => 0 });
	$statement ||= $database->prepare(
		'SELECT 1 FROM lists WHERE kind = ? AND sender IN (?, ?) AND recipient IN (?, ?, ?) LIMIT 1');
}

sub CloseLists {
	undef $statement;
	$database->disconnect if $database;
	undef $database;
}

sub IsListed {
	my ($kind, $message) = @_;

	return 0 unless $message;
	my ($to) = map { lc } @{ $message->{to} };
	my ($domain) = @{ $message->{todomain} };
	my ($found) = $database->selectrow_array($statement, undef, $kind, $message->{from}, $message->{fromdomain},
		$to, $domain, 'default');
	return $found ? 1 : 0;
}

sub InitDatabaseWhitelist { OpenLists(@_) }
sub DatabaseWhitelist { return IsListed('white', @_) }
sub EndDatabaseWhitelist { CloseLists() }

sub InitDatabaseBlacklist { OpenLists(@_) }
sub DatabaseBlacklist { return IsListed('black', @_) }
sub EndDatabaseBlacklist { CloseLists() }

1;
