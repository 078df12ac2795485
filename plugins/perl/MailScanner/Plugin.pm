# SPDX-License-Identifier: GPL-2.0-or-later
# What the plugin starts the interpreter with: all modules that a custom function may name, the handler that ends a function
# which takes too long, and the reading of files. MailScanner::Host is defined in C (plugins/perl/host.c).
package MailScanner::Plugin;

use strict;
use warnings;

our $worker;

# A script must not end the worker.
BEGIN {
	$worker = $$;
	no warnings 'once';
	*CORE::GLOBAL::exit = sub (;$) {
		my ($status) = @_;
		my (undef, $file, $line) = caller;

		# A process that the script has forked may.
		MailScanner::Host::leave($status || 0) if $$ != $MailScanner::Plugin::worker;
		die "exit was called at $file line $line.\n";
	};
	*CORE::GLOBAL::exec = sub {
		my (undef, $file, $line) = caller;

		return CORE::exec(@_) if $$ != $MailScanner::Plugin::worker;
		die "exec was called at $file line $line.\n";
	};
}

use POSIX ();

BEGIN {
	no warnings 'redefine';
	my $leave = \&POSIX::_exit;
	*POSIX::_exit = sub {
		my ($status) = @_;
		my (undef, $file, $line) = caller;

		$leave->($status || 0) if $$ != $worker;
		die "exit was called at $file line $line.\n";
	};
}

use MailScanner::Log;
use MailScanner::Mime;
use MailScanner::Config;
use MailScanner::ConfigSQL;
use MailScanner::Message;
use MailScanner::MessageBatch;
use MailScanner::Sendmail;
use MailScanner::SMDiskStore;
use MailScanner::CustomConfig;

# A limit on the texts that are remembered so as to be said once.
my $SAID_MAX = 1000;
my %said;

sub once {
	my ($level, $text) = @_;

	return if $said{$text} || keys %said >= $SAID_MAX;
	$said{$text} = 1;
	MailScanner::Host::log($level, $text);
}

# Modules of MailScanner 5 that are not here: a script may name them, and learns what is missing when it calls something in them.
push @INC, sub {
	my (undef, $file) = @_;

	if ($file =~ m{^MIME/(?:Entity|Head|Body)\.pm$}) {
		my $text = "MailScanner::Mime::define();\n1;\n";
		open(my $handle, '<', \$text) or return;
		return $handle;
	}
	return unless $file =~ m{^MailScanner/\w+\.pm$};
	(my $module = $file) =~ s{/}{::};
	$module =~ s/\.pm$//;
	once(4, "a custom function uses $module, which is empty here");
	my $text = "package $module;\n1;\n";
	open(my $handle, '<', \$text) or return;
	return $handle;
};

$SIG{__WARN__} = sub {
	my ($text) = @_;

	$text =~ s/\s+\z//;
	once(4, "custom function: $text");
};

$SIG{NUM40} = sub {
	my $limit = MailScanner::Host::overdue() or return;
	my (undef, $file, $line) = caller;

	die "it has taken more than $limit seconds (Custom Function Timeout) at $file line $line.\n";
};

sub load {
	my ($path) = @_;

	delete $INC{$path};
	return if eval { require $path };
	my $fault = $@;
	# Where we have read it from is of no use to anybody.
	$fault =~ s/^Compilation failed in require at \S+Plugin\.pm line \d+\.\s*\z//m;
	$fault =~ s/ at \S+Plugin\.pm line \d+\.\s*\z//;
	die $fault ne '' ? $fault : "$path can't be compiled\n";
}

# What scripts reach as $global::MS->{...}; the batch is set when there is one.
{
	my %owner = (uid => $>, gid => $) + 0, changeowner => 0, fileumask => umask, dirumask => umask);

	$global::MS = {
		inq => { dir => MailScanner::Config::Value('inqueuedir') },
		work => { dir => MailScanner::Config::Value('incomingworkdir'), %owner },
		quar => { dir => MailScanner::Config::Value('quarantinedir'), %owner },
		mta => bless({}, 'MailScanner::Sendmail'),
		batch => undef,
	};
}

1;
