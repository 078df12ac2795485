# SPDX-License-Identifier: GPL-2.0-or-later
# The log, by the names of MailScanner 5. The first argument is a format, also where it is alone; the program makes a record of
# each line.
package MailScanner::Log;

use strict;
use warnings;

my %levels = (err => 3, warning => 4, notice => 5, info => 6, debug => 7);
our $WarningsOnly = 0;

sub _format {
	my ($format, @arguments) = @_;

	no warnings;
	my $text = sprintf(defined $format ? $format : '', @arguments);
	$text =~ s/\n+\z//;
	return $text;
}

sub LogText {
	my ($text, $level) = @_;

	$level = 'info' unless defined $level && exists $levels{$level};
	return if $WarningsOnly && $levels{$level} > $levels{warning};
	MailScanner::Host::log($levels{$level}, $text);
}

sub InfoLog { LogText(_format(@_), 'info') }
sub NoticeLog { LogText(_format(@_), 'notice') }
sub WarnLog { LogText(_format(@_), 'warning') }

sub DebugLog {
	LogText(_format(@_), 'debug') if (MailScanner::Host::directive(undef, 'Debug') || '') eq 'yes';
}

sub DieLog {
	my $text = _format(@_);

	LogText($text, 'err');
	my (undef, $file, $line) = caller;
	die "$text at $file line $line.\n";
}

sub WarningsOnly { $WarningsOnly = 1 }
sub Configure { }
sub Start { }
sub Reset { }
sub Stop { }

1;
