#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: dump.pl [-k] THEIRS OURS [ID]
# Compares two messages that Data::Dumper has written (sorted keys), of THEIRS the one with that id where there are several.
# With -k: names of fields that only one has, with < or > before them. Else names of fields that both have and that differ, but
# for what can't be the same: directories, process and memory numbers, the time.
use strict;
use warnings;

my $keys_only = @ARGV && $ARGV[0] eq '-k' && shift;
my ($their_file, $our_file, $id) = @ARGV;

sub dumps {
	my ($path) = @_;

	open(my $file, '<', $path) or die "$path: $!\n";
	local $/;
	return split /^(?=\$VAR1 = bless)/m, <$file>;
}

sub fields {
	my ($text) = @_;

	# Numbers that are made up for parts without a name, and of processes; those of objects become the names of their files.
	my %address;
	$text =~ s/msg-\d+-\d+/msg/g;
	$address{$1} ||= $2 while $text =~ /'MIME::Entity=HASH\((0x[0-9a-f]+)\)' => '([^']*)'/g;
	$text =~ s/MIME::Entity=HASH\((0x[0-9a-f]+)\)/'MIME::Entity(' . ($address{$1} || '') . ')'/ge;
	$text =~ s{'[^'\n]*/(\d+)/([\w-]+(?:/[^'\n]+|\.header))'}{'WORK/$2'}g;
	$text =~ s{'/[^'\n]*/((?:\.\./msglog/)?[\w-]+(?:-[DH])?)'}{'QUEUE/$1'}g;
	$text =~ s{^(    'dir' => )'[^'\n]*'}{$1'QUEUE'}m;
	$text =~ s/\\\*Symbol::GEN\d+/\\*Symbol::GEN/g;
	$text =~ s/^(  '(?:mtime|datestring|datenumber|hournumber)' => )('?).*\2,$/$1${2}TIME$2,/mg;
	$text =~ s/^(  'clientip' => )'\[(.*)\]:\d+'/$1'$2'/m;
	my %fields = $text =~ /^  '(\w+)' => (.*?),?\n(?=  '|\})/msg;
	# Hashes whose keys have an address in them have no order.
	$_ = join "\n", sort map { s/,$//r } split /\n/ for @fields{ grep { /^(?:entity2|name2)/ } keys %fields };
	return %fields;
}

my ($theirs) = grep { !defined $id || /^  'id' => '\Q$id\E'/m } dumps($their_file);
my ($ours) = grep { !defined $id || /^  'id' => '\Q$id\E'/m } dumps($our_file);
my %theirs = fields($theirs);
my %ours = fields($ours);
if ($keys_only) {
	print map { "< $_\n" } grep { !exists $ours{$_} } sort keys %theirs;
	print map { "> $_\n" } grep { !exists $theirs{$_} } sort keys %ours;
	exit 0;
}
for my $name (grep { exists $theirs{$_} && $theirs{$_} ne $ours{$_} } sort keys %ours) {
	print "$name\n";
	next unless $ENV{VERBOSE};
	print "- $theirs{$name}\n+ $ours{$name}\n";
}
