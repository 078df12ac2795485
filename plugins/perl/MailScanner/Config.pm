# SPDX-License-Identifier: GPL-2.0-or-later
# The configuration, by the names of MailScanner 5. Directives are named as it names them inside, values are in its inner words (1
# and 0 for yes and no). What a script sets counts for scripts that ask here, not for the program.
package MailScanner::Config;

use strict;
use warnings;

our $MailScannerVersion = '5.5.3';
our $ConfFile = MailScanner::Host::configuration();
our $MailScannerProcessCommand = 'mailscanner';
our $MailScannerProcessName = 'MailScanner';
our $UsingFileICommand = 0;
our (%PhishingWhitelist, %PhishingBlacklist, %SecondLevelDomainExists);
our ($LDAP, $LDAPserver, $LDAPbase, $LDAPsite);

# As in enum mailscanner_name.
my ($IN_FILE, $EXTERNAL, $INTERNAL) = (0, 1, 2);

my %forced;      # internal name => value that SetValue() gave
my %pending;     # internal name => text, while a file is read
my %rulesets;    # internal name => path of the ruleset that ReadData() found
my %functions;   # internal name => what SetCustomFunction() gave
my %percent;     # macros that SetPercent() made
my %definitions; # path => { name => definition }

sub _internal {
	my ($name) = @_;

	return MailScanner::Host::name($name, $INTERNAL) || lc $name;
}

sub _queues {
	my ($text) = @_;

	return [ map { /[*?\[]/ ? glob : $_ } split ' ', $text ];
}

sub Value {
	my ($name, $message) = @_;
	my $internal = _internal($name);
	my $handle = MailScanner::Message::_handle($message);

	return $forced{$internal} if exists $forced{$internal};
	if (defined $rulesets{$internal} && !defined $functions{$internal}) {
		my $value = MailScanner::Host::ruleset($handle, $name, $rulesets{$internal});
		return _inner_words($value) if defined $value;
	}
	my $value = MailScanner::Host::inner($handle, $name);
	return _queues($value) if $internal eq 'inqueuedir' && defined $value;
	return $value;
}

sub _inner_words {
	my ($value) = @_;
	my %words = (yes => 1, no => 0, disarm => 'convert');

	return exists $words{$value} ? $words{$value} : $value;
}

# Beyond MailScanner 5: why a directive has its value, for people.
sub Explain {
	my ($name, $message) = @_;

	return MailScanner::Host::explain(MailScanner::Message::_handle($message), $name);
}

sub LanguageValue {
	my ($message, $key) = @_;

	return MailScanner::Host::language(ref $message ? MailScanner::Message::_handle($message) : undef, $key);
}

sub IsSimpleValue { return defined $functions{ _internal($_[0]) } || defined $rulesets{ _internal($_[0]) } ? 0 : 1 }

sub SetValue {
	my ($name, $value) = @_;

	$forced{ _internal($name) } = $value;
	MailScanner::Plugin::once(4,
	    "a custom function sets $name: that counts for functions in Perl only");
}

sub Default {
	my ($name, $value) = @_;
	my $now = Value($name);

	$forced{ _internal($name) } = $value unless defined $now && $now ne '';
}

sub QuickPeek {
	my (undef, $name) = @_;

	return $name =~ /^%/ ? MailScanner::Host::macro($name) : MailScanner::Host::directive(undef, $name);
}

sub DoPercentVars {
	my ($text) = @_;

	$text =~ s/(%[\w-]+%)/_macro($1)/ge;
	$text =~ s/\\n/\n/g;
	return $text;
}

sub _macro {
	my ($name) = @_;
	my $value = exists $percent{ lc $name } ? $percent{ lc $name } : MailScanner::Host::macro($name);

	return defined $value ? $value : $name;
}

sub SetPercent {
	my ($name, $value) = @_;

	$percent{ lc $name } = $value;
}

sub ItoE { my $name = MailScanner::Host::name($_[0], $EXTERNAL); return defined $name ? $name : $_[0] }
sub EtoI { my $name = MailScanner::Host::name($_[0], $INTERNAL); return defined $name ? $name : $_[0] }

# Those that have a name of their own inside: internal => external, and the other way.
sub GetItoE {
	my %names = map { (ItoE(EtoI($_)) => EtoI($_)) } MailScanner::Host::directives();

	return { map { $names{$_} => $_ } grep { $names{$_} ne $_ } keys %names };
}

sub GetEtoI { return { reverse %{ GetItoE() } } }

sub GetFileValue { return $pending{ _internal($_[0]) } }
sub SetFileValue { $pending{ _internal($_[0]) } = $_[1] }
sub GetCustomFunction { return $functions{ _internal($_[0]) } }
sub SetCustomFunction { $functions{ _internal($_[0]) } = $_[1] }

# A file with lines "directive = /path/of/a.rules", by which functions put a ruleset under themselves.
sub ReadData {
	my ($path) = @_;

	open(my $file, '<', $path) or do {
		MailScanner::Log::WarnLog('%s', "$path: $!");
		return;
	};
	while (my $line = <$file>) {
		next unless $line =~ /^\s*([^#=]+?)\s*=\s*(.*?)\s*$/;
		my ($internal, $value) = (_internal($1), DoPercentVars($2));
		if ($value =~ m{^/\S+$}) {
			$rulesets{$internal} = $value;
			delete $forced{$internal};
		} else {
			$forced{$internal} = _inner_words($value);
		}
	}
	close $file;
}

# Each rule as one text: action, expression, MIME expression, text for the log, text for people.
sub _file_rules {
	my ($name, $message) = @_;
	my @rules;

	for my $path (split ' ', Value($name, $message) || '') {
		open(my $file, '<', $path) or next;
		while (my $line = <$file>) {
			chomp $line;
			next if $line =~ /^\s*(?:#|$)/;
			my @fields = map { $_ eq '-' ? '' : $_ } split /\t+/, $line;
			splice @fields, 2, 0, '' if @fields < 5;
			push @rules, join "\0", map { defined ? $_ : '' } @fields[ 0 .. 4 ];
		}
	}
	return \@rules;
}

sub NFilenameRulesValue { return _file_rules('filenamerules', @_) }
sub AFilenameRulesValue { return _file_rules('afilenamerules', @_) }
sub NFiletypeRulesValue { return _file_rules('filetyperules', @_) }
sub AFiletypeRulesValue { return _file_rules('afiletyperules', @_) }

# A file of lines "name definition", where the definition may be two words.
sub _definition {
	my ($directive, $name) = @_;
	my $path = Value($directive);

	return unless defined $path && defined $name;
	$definitions{$path} ||= do {
		my %all;
		if (open(my $file, '<', $path)) {
			while (my $line = <$file>) {
				next unless $line =~ /^\s*([^\s#]+)\s+(\S+)(?:\s+(\S.*?))?\s*$/;
				$all{ lc $1 } = defined $3 ? "$2,$3" : $2;
			}
		}
		\%all;
	};
	return $definitions{$path}{ lc $name };
}

sub ScannerCmds { return _definition('virusscannerdefinitions', $_[0]) }
sub SpamLists { return _definition('spamlistdefinitions', $_[0]) }

sub GetClientHostname {
	my ($message, $which) = @_;
	my $envelope = MailScanner::Host::fact(MailScanner::Message::_handle($message), 'envelope') or return '';
	my $field = ($which || '') eq 'H' ? 'clienthostnamenocheck' : 'clienthostname';

	# The name that the MTA has verified is the only one that is known.
	$message->{$field} = $envelope->{client_name} || '' unless defined $message->{$field};
	return $message->{$field};
}

sub CallCustomAction {
	my ($message, $yes, $flag) = @_;
	my $action = MailScanner::CustomConfig->can('CustomAction') or return;

	eval { $action->($message, $yes, $flag); 1 }
	    or MailScanner::Log::WarnLog('%s', "CustomAction: $@");
}

sub Read { }
sub initialise { }
sub EndCustomFunctions { }

1;
