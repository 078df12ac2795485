# SPDX-License-Identifier: GPL-2.0-or-later
# A message as MailScanner 5 shows it to custom functions: a blessed hash. It is filled when a script first looks into it, from
# what the program knows (MailScanner::Host), and stays the same for all functions until the message is gone, with what they put
# there. What is found out later (MIME parts, findings, what became of it) is added as it comes.
package MailScanner::Message;

use strict;
use warnings;

use MailScanner::Envelope;
use MailScanner::Findings;
use MailScanner::Parts;

# Each gives fields, and may use those that are there already. The second list is made again when more is known. A field that
# takes some work to make is given as _later(): a sub that gives it, and perhaps others, when it is asked for.
my @MAKERS = (\&MailScanner::Envelope::_envelope, \&MailScanner::Envelope::_subject, \&MailScanner::Envelope::_times,
	\&MailScanner::Envelope::_decisions, \&MailScanner::Envelope::_queue);
my @LATER_MAKERS = (\&MailScanner::Parts::_parts, \&MailScanner::Findings::_findings, \&MailScanner::Findings::_spam,
	\&MailScanner::Findings::_state);

# Where fields are in the object behind the hash.
my ($HANDLE, $FIELDS, $WRITTEN, $LISTS, $PRIVATE) = (0 .. 4);

# What a script puts into these counts for scripts only, which is said once for each. The value says what to do instead.
my %FIXED = map { $_ => '' } qw(id store size from fromuser fromdomain touser todomain clientip utf8subject safesubject
	subjectwasunsafe metadata mtime datestring datenumber hournumber scanmail scanvirusonly scanme archivesare dkimfriendly
	newheadersattop virusinfected nameinfected otherinfected sizeinfected infected stillwarn silent noisy allreports alltypes
	virusreports virustypes namereports nametypes otherreports othertypes entityreports entitytypes quarantinedinfections
	needsstripping needsencapsulating bodymodified headermodified signed messagedisarmed tagstoconvert override deleteattach
	entity spamwhitelisted spamblacklisted isspam ishigh issaspam isrblspam sascore spamreport rblspamreport salongreport
	sarules saruleaction gshits gsreport actions mcpwhitelisted ismcp ishighmcp issamcp mcpsascore mcpreport mcpdelivering
	deleted gonefromdisk abandoned dontdeliver);
@FIXED{qw(headers to archiveplaces quarantineplaces spamarchive metadata)} = (
	': use AddHeader, ReplaceHeader or DeleteHeader of $global::MS->{mta}',
	': use AddRecipients and DeleteRecipients of $global::MS->{mta}', ': use Archive Mail', '', '',
	': use the methods of $global::MS->{mta}');

# Lists that scripts push to.
my @LISTS = qw(headers to archiveplaces quarantineplaces spamarchive extraspamheaders extramcpheaders);
my %HEADER_LISTS = (extraspamheaders => 1, extramcpheaders => 1);

sub _later {
	my ($make) = @_;

	return bless \$make, 'MailScanner::Message::Later';
}

sub _new {
	my ($handle) = @_;
	my %message;

	tie %message, 'MailScanner::Message::Fields', $handle;
	return bless \%message, 'MailScanner::Message';
}

# The program's number for it; undef for what is no message.
sub _handle {
	my ($message) = @_;
	my $fields = ref $message && UNIVERSAL::isa($message, 'HASH') ? tied %$message : undef;

	return ref $fields eq 'MailScanner::Message::Fields' ? $fields->[$HANDLE] : undef;
}

# What our own modules keep with a message, unseen by scripts.
sub _private {
	my ($message, $name, @value) = @_;
	my $fields = tied %$message;

	$fields->[$PRIVATE]{$name} = $value[0] if @value;
	return $fields->[$PRIVATE]{$name};
}

# It is no longer the program's.
sub _gone {
	my ($message) = @_;
	my $fields = tied %$message;

	$fields->[$FIELDS] ||= {};
	MailScanner::Parts::_forget(@{$fields}[ $HANDLE, $FIELDS ]);
	$fields->[$HANDLE] = 0;
	return;
}

# More is known of it now; what scripts have written stays.
sub _refresh {
	my ($message) = @_;
	my $self = tied %$message;
	my ($handle, $fields, $written) = @$self;

	for my $maker (@LATER_MAKERS) {
		my %new = $maker->($handle, $fields);

		delete @new{ keys %$written };
		@$fields{ keys %new } = values %new;
	}
	_note_lists($self);
	return;
}

sub _build {
	my ($self) = @_;
	my $handle = $self->[$HANDLE];
	my %fields;

	return {} unless $handle;
	%fields = (%fields, $_->($handle, \%fields)) for @MAKERS, @LATER_MAKERS;
	$self->[$FIELDS] = \%fields;
	_note_lists($self);
	return \%fields;
}

sub _note_lists {
	my ($self) = @_;

	for my $name (@LISTS) {
		my $list = $self->[$FIELDS]{$name};
		$self->[$LISTS]{$name} = [ ref $list eq 'ARRAY' ? @$list : () ] if ref $list eq 'ARRAY' || $HEADER_LISTS{$name};
	}
}

# What scripts change in the queue file's contents.
sub _metadata_now {
	my ($fields) = @_;
	my $metadata = $fields->{metadata};

	return '' unless ref $metadata eq 'HASH';
	return join "\0", $metadata->{sender} || '', @{ $metadata->{rcpts} || [] },
	    map { ($_->{name}, $_->{body}) } @{ $metadata->{headers} || [] };
}

# A function has had it: was something put into a list?
sub _seen {
	my ($message) = @_;
	my $self = tied %$message;
	my ($handle, $fields, undef, $lists) = @$self;

	my $instead = $self->[$PRIVATE]{recipients};
	MailScanner::Plugin::once(4, 'a custom function deletes all recipients of a message, and gives no other: it keeps them')
	    if $instead && !@$instead;
	if (exists $lists->{metadata} && $lists->{metadata} ne (my $now = _metadata_now($fields))) {
		$lists->{metadata} = $now;
		_no_effect('metadata');
	}
	for my $name (grep { ref $lists->{$_} } keys %$lists) {
		my ($now, $before) = ($fields->{$name}, $lists->{$name});

		next if ref $now ne 'ARRAY';
		next if @$now == @$before && "@$now" eq "@$before";
		_list_changed($handle, $name, $now, $before);
		$lists->{$name} = [@$now];
	}
	return;
}

sub _set {
	my ($list) = @_;
	my %all = map { lc($_) => 1 } @$list;

	return join ' ', sort keys %all;
}

sub _list_changed {
	my ($handle, $name, $now, $before) = @_;

	# The same recipients, each once, are no others.
	return if $name eq 'to' && _set($now) eq _set($before);
	return _no_effect($name) unless $HEADER_LISTS{$name};
	my %old = map { $_ => 1 } @$before;
	for my $header (grep { !$old{$_} } @$now) {
		my ($field, $value) = $header =~ /^([^:\s]+:)\s*(.*)$/s or next;

		MailScanner::Host::edit($handle, 0, $field, $value) or _no_effect($name);
	}
}

# A script has put something into a field of ours.
sub _changed {
	my ($self, $name, $value) = @_;
	my $handle = $self->[$HANDLE];

	if ($name eq 'subject') {
		(my $text = defined $value ? $value : '') =~ s/^\s+//;
		return if $handle && MailScanner::Host::edit($handle, 1, 'Subject', $text);
	}
	# Lists are looked at when the function is over.
	return if $handle && exists $self->[$LISTS]{$name} && ref $value eq 'ARRAY';
	_no_effect($name) if exists $FIXED{$name} || $name eq 'subject';
}

sub _no_effect {
	my ($name) = @_;

	MailScanner::Plugin::once(4, "a custom function changes $name of a message, which has no effect in this version"
		. ($FIXED{$name} || ''));
}

# Beyond MailScanner 5. All facts as one JSON object, into a file whose path ends in ".json", or without one into the log; true when
# it is written. A fact by its name, as a structure: envelope, header, facts, findings ... (mailscanner-message(5)).
sub dump {
	my ($message, $path) = @_;

	return MailScanner::Host::dump(_handle($message), $path);
}

sub fact {
	my ($message, $name) = @_;

	return MailScanner::Host::fact(_handle($message), $name);
}

sub address2userdomain {
	my ($address) = @_;

	$address = lc $address;
	$address =~ s/^<\s*//;
	$address =~ s/\s*>$//;
	return ($address, $address) unless $address =~ /^(.*)@([^@]*)$/s;
	return ($1, $2);
}

# A header of several lines as one that is no longer than usual.
sub ReflowHeader {
	my (undef, $name, $text) = @_;
	my ($folded, $length) = ('', length $name);

	for my $word (split ' ', $text) {
		my $fits = $length + 1 + length $word <= 75;
		$folded .= $folded eq '' ? $word : $fits ? " $word" : "\n\t$word";
		$length = $fits ? $length + 1 + length $word : 8 + length $word;
	}
	return $folded;
}

sub _without_effect {
	my ($name) = @_;

	return sub {
		MailScanner::Plugin::once(4,
		    "a custom function calls $name of a message, which has no effect in this version");
		return;
	};
}

{
	no strict 'refs';
	*{$_} = _without_effect($_)
	    for qw(DeleteFile DeleteMessage DeleteAllRecipients DropFromBatch NeedsScanning);
}

# The hash itself: [number, fields or undef, names that scripts have written, lists as they were, what is ours].
package MailScanner::Message::Fields;

sub TIEHASH { return bless [ $_[1], undef, {}, {}, {} ], $_[0] }
sub _fields { return $_[0][1] ||= MailScanner::Message::_build($_[0]) }
sub EXISTS { return exists $_[0]->_fields->{ $_[1] } }
sub SCALAR { return scalar %{ $_[0]->_fields } }
sub NEXTKEY { return each %{ $_[0][1] } }

sub FETCH {
	my ($self, $name) = @_;
	my $fields = $self->[1] || $self->_fields;
	my $value = $fields->{$name};

	return $value if ref $value ne 'MailScanner::Message::Later';
	my %made = $self->[0] ? ${$value}->($self->[0], $fields, \$self->[0]) : ();
	$made{$name} = undef unless exists $made{$name};
	delete @made{ keys %{ $self->[2] } };
	@$fields{ keys %made } = values %made;
	$self->[3]{metadata} = MailScanner::Message::_metadata_now($fields) if $name eq 'metadata';
	return $fields->{$name};
}

sub FIRSTKEY {
	my $fields = $_[0]->_fields;

	keys %$fields;
	return each %$fields;
}

sub DELETE {
	my ($self, $name) = @_;

	$self->[2]{$name} = 1;
	return delete $self->_fields->{$name};
}

sub CLEAR {
	my ($self) = @_;

	$self->DELETE($_) for keys %{ $self->_fields };
}

sub STORE {
	my ($self, $name, $value) = @_;
	my $before = $self->FETCH($name);

	$self->[1]{$name} = $value;
	$self->[2]{$name} = 1;
	MailScanner::Message::_changed($self, $name, $value)
	    unless defined $before && defined $value && $before eq $value;
}

1;
