# SPDX-License-Identifier: GPL-2.0-or-later
# What scripts do to a message by way of $global::MS->{mta}. Names of headers have their colon. Edits are planned and made when the
# message leaves.
package MailScanner::Sendmail;

use strict;
use warnings;

# As in enum mailscanner_header_edit.
my ($ADD, $REPLACE, $APPEND, $REMOVE, $FIRST, $PREFIX, $SUFFIX) = (0 .. 6);

sub _edit {
	my ($message, $kind, $name, $value) = @_;
	my $handle = MailScanner::Message::_handle($message);

	return if $handle && MailScanner::Host::edit($handle, $kind, $name, $value);
	MailScanner::Plugin::once(4,
	    "a custom function changes the header $name of a message that can't be changed any more");
}

sub _first {
	my ($message, $name) = @_;

	for my $header (MailScanner::Host::headers(MailScanner::Message::_handle($message))) {
		return $1 if $header =~ /^\Q$name\E\s*(.*)$/si;
	}
	return;
}

sub OriginalMsgHeaders {
	my (undef, $message, $separator) = @_;
	my @lines = @{ $message->{headers} };

	return defined $separator ? join($separator, @lines) : @lines;
}

sub AddHeader { _edit($_[1], $ADD, $_[2], $_[3]) }
sub ReplaceHeader { _edit($_[1], $REPLACE, $_[2], $_[3]) }
sub DeleteHeader { _edit($_[1], $REMOVE, $_[2], undef) }
sub UniqHeader { _edit($_[1], $FIRST, $_[2], undef) }

sub AppendHeader {
	my (undef, $message, $name, $value, $separator) = @_;
	my $now = _first($message, $name);

	return _edit($message, $APPEND, $name, $value) if !defined $separator || $separator eq ', ';
	_edit($message, defined $now ? $REPLACE : $ADD, $name, defined $now ? "$now$separator$value" : $value);
}

sub PrependHeader {
	my (undef, $message, $name, $value, $separator) = @_;
	my $now = _first($message, $name);

	$separator = ' ' unless defined $separator;
	_edit($message, defined $now ? $REPLACE : $ADD, $name, defined $now ? "$value$separator$now" : $value);
}

sub TextStartsHeader {
	my (undef, $message, $name, $text) = @_;
	my $now = _first($message, $name);

	return defined $now && index($now, $text) == 0 ? 1 : 0;
}

sub TextEndsHeader {
	my (undef, $message, $name, $text) = @_;
	my $now = _first($message, $name);

	return defined $now && $now =~ /\Q$text\E\s*$/ ? 1 : 0;
}

sub AddMultipleHeader {
	my ($self, $message, $directive, $value, $separator) = @_;

	$self->AddMultipleHeaderName($message, MailScanner::Config::Value($directive, $message), $value, $separator);
}

sub AddMultipleHeaderName {
	my ($self, $message, $name, $value, $separator) = @_;
	my $way = MailScanner::Config::Value('multipleheaders', $message);

	return $self->AppendHeader($message, $name, $value, $separator) if $way eq 'append';
	return $self->ReplaceHeader($message, $name, $value) if $way eq 'replace';
	return $self->AddHeader($message, $name, $value);
}

sub AddRecipients {
	my (undef, $message, @addresses) = @_;
	my $handle = MailScanner::Message::_handle($message);

	@addresses = grep { defined && $_ ne '' } map { ref $_ ? @$_ : $_ } @addresses;
	my $instead = $handle ? MailScanner::Message::_private($message, 'recipients') : undef;
	if ($instead && @addresses) {
		my %there = map { lc($_) => 1 } @$instead;
		push @$instead, grep { !$there{ lc $_ }++ } @addresses;
		return if MailScanner::Host::redirect($handle, @$instead);
	}
	for my $address (@addresses) {
		next if $handle && !$instead && MailScanner::Host::add_recipient($handle, $address);
		MailScanner::Plugin::once(4, "a custom function adds a recipient to a message that can't be changed any more");
	}
}

# Those that are added from now on get it instead. A message is not left without any: that is what actions are for.
sub DeleteRecipients {
	my (undef, $message) = @_;
	my $handle = MailScanner::Message::_handle($message);

	if (!$handle) {
		MailScanner::Plugin::once(4, "a custom function deletes the recipients of a message that can't be changed any more");
		return;
	}
	MailScanner::Message::_private($message, 'recipients', []);
}

sub SendMessageString {
	my (undef, undef, $text, $sender) = @_;
	my @command = split ' ', MailScanner::Host::directive(undef, 'Sendmail') || '/usr/sbin/sendmail';

	$sender = '<>' unless defined $sender && $sender ne '';
	open(my $pipe, '|-', @command, '-t', '-oi', '-oem', '-f', $sender) or do {
		MailScanner::Log::WarnLog('%s', "$command[0]: $!");
		return 0;
	};
	print {$pipe} $text;
	return close $pipe;
}

sub SendMessageEntity {
	my ($self, $message, $entity, $sender) = @_;

	return $self->SendMessageString($message, $entity->stringify, $sender);
}

our $AUTOLOAD;

sub AUTOLOAD {
	(my $method = $AUTOLOAD) =~ s/.*:://;

	return if $method eq 'DESTROY';
	my $text = "a custom function calls $method of the mail queue, which is not there in this version";
	MailScanner::Plugin::once(4, $text);
	my (undef, $file, $line) = caller;
	die "$text at $file line $line.\n";
}

1;
