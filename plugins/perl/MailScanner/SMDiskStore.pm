# SPDX-License-Identifier: GPL-2.0-or-later
# $message->{store}: the queue files. Their contents come from the program, which holds them open and locked.
package MailScanner::SMDiskStore;

use strict;
use warnings;

use Symbol ();

my $CHUNK = 65536;

our $AUTOLOAD;

sub _new {
	my ($class, $handle, $queue) = @_;
	my ($header) = grep { /-H$/ } @{ $queue->{files} };
	my ($data) = grep { /-D$/ } @{ $queue->{files} };
	my $envelope = MailScanner::Host::fact($handle, 'envelope');
	my $id = $envelope->{id};
	my %store = (dir => $queue->{directory}, size => $envelope->{size});

	@store{qw(hname hpath inhhandle)} = ($header, "$store{dir}/$header", _open("$store{dir}/$header")) if defined $header;
	@store{qw(dname dpath indhandle)} = ($data, "$store{dir}/$data", _open("$store{dir}/$data")) if defined $data;
	if ($queue->{format} eq 'exim') {
		$store{tname} = "$id-T";
		$store{lname} = "../msglog/$id";
		$store{lpath} = "$store{dir}/$store{lname}";
	}
	return bless \%store, $class;
}

# For reading, and closed where the file has left. The lock is the program's, and stays whatever is done with this one.
sub _open {
	my ($path) = @_;
	my $file = Symbol::gensym();

	open($file, '<:raw', $path);
	return bless $file, 'FileHandle';
}

sub _handle {
	my ($message) = @_;

	return MailScanner::Message::_handle($message);
}

sub AUTOLOAD {
	(my $method = $AUTOLOAD) =~ s/.*:://;

	return if $method eq 'DESTROY';
	my $text = "a custom function calls $method of a message's store, which is not there in this version";
	MailScanner::Plugin::once(4, $text);
	my (undef, $file, $line) = caller;
	die "$text at $file line $line.\n";
}

sub size { return $_[0]{size} }
sub dsize { return -s $_[0]{dpath} || 0 }

# The message that a store belongs to, for methods that are not given it.
sub _message_of {
	my ($self) = @_;

	for my $message (MailScanner::Host::batch_messages()) {
		return $message if ($message->{store} || 0) == $self;
	}
	return;
}

sub _each_chunk {
	my ($handle, $limit, $take) = @_;
	my $offset = 0;

	while ($handle && (!$limit || $offset < $limit)) {
		my $wanted = $limit && $limit - $offset < $CHUNK ? $limit - $offset : $CHUNK;
		my $bytes = MailScanner::Host::body($handle, $offset, $wanted);
		last if length $bytes == 0;
		$take->($bytes);
		$offset += length $bytes;
	}
}

# Appends lines of the body, with their line ends, until there are so many bytes.
sub ReadBody {
	my ($self, $lines, $limit) = @_;
	my $text = '';

	_each_chunk(_handle($self->_message_of), ref $limit ? 0 : $limit, sub { $text .= $_[0] });
	push @$lines, $text =~ /([^\n]*\n|[^\n]+)/g;
}

sub WriteEntireMessage {
	my ($self, $message, $file) = @_;

	print {$file} map { "$_\n" } @{ $message->{headers} };
	print {$file} "\n";
	_each_chunk(_handle($message), 0, sub { print {$file} $_[0] });
	return 1;
}

sub ReadMessageHandle {
	my ($self, $message, $file) = @_;

	open(my $copy, '+>', undef) or return;
	$self->WriteEntireMessage($message, $copy);
	seek $copy, 0, 0;
	$_[2] = $copy if defined $file;
	return $copy;
}

sub CopyEntireMessage {
	my ($self, $message, $directory, $name, $uid, $gid, $change) = @_;
	my $path = "$directory/$name";

	open(my $file, '>', $path) or do {
		MailScanner::Log::WarnLog('%s', "$path: $!");
		return;
	};
	$self->WriteEntireMessage($message, $file);
	close $file or MailScanner::Log::WarnLog('%s', "$path: $!");
	chown $uid, $gid, $path if $change;
	return $path;
}

sub CopyToDir {
	my ($self, $directory, $name) = @_;

	return $self->CopyEntireMessage($self->_message_of, $directory, $name);
}

sub Lock { return 1 }
sub Unlock { return 1 }
sub DeleteUnlock { MailScanner::Plugin::once(4, 'a custom function deletes queue files, which has no effect in this version') }

1;
