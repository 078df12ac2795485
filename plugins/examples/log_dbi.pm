# SPDX-License-Identifier: GPL-2.0-or-later
# A row in a database for each message, when it has left: who, what, how large, what was found, what was kept. Here SQLite; with
# another DBI driver only the first argument changes.
#
#	Always Looked Up Last = &LogToDatabase("dbi:SQLite:dbname=/var/lib/mailscanner/messages.db")
#
# A row that can't be written is logged and lost: the message has left by then.
package MailScanner::CustomConfig;

use strict;
use warnings;

use DBI;

my @COLUMNS = qw(id stored sender recipients client subject size infected names other report kept spam score fate);
my ($database, $insert);

sub InitLogToDatabase {
	my ($source) = @_;

	$database = DBI->connect($source, '', '', { RaiseError => 1, PrintError => 0 });
	$database->do('CREATE TABLE IF NOT EXISTS messages (' . join(', ', @COLUMNS) . ')');
	$insert = $database->prepare('INSERT INTO messages VALUES (' . join(', ', map { '?' } @COLUMNS) . ')');
}

sub LogToDatabase {
	my ($message) = @_;

	return unless $message;
	my $reports = $message->{allreports} || {};
	$insert->execute(
		$message->{id}, time, $message->{from}, join(',', @{ $message->{to} }), $message->{clientip}, $message->{subject},
		$message->{size}, $message->{infected} ? 1 : 0, $message->{nameinfected} ? 1 : 0, $message->{otherinfected} ? 1 : 0,
		join(' ', map { "$_: $reports->{$_}" =~ s/\n+/ /gr } sort keys %$reports), join(',', @{ $message->{quarantineplaces} || [] }),
		$message->{isspam} ? 1 : 0, $message->{sascore}, $message->{deleted} ? 'gone' : 'stays');
}

sub EndLogToDatabase {
	undef $insert;
	$database->disconnect if $database;
	undef $database;
}

1;
