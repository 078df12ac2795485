# SPDX-License-Identifier: GPL-2.0-or-later
# What custom functions ask of a MIME::Entity and of what is in it, for machines without MIME-tools: looked for under the names of
# its modules when nobody else has them (MailScanner/Plugin.pm). Entities are made in MailScanner/Parts.pm. To build mail of one's
# own takes MIME-tools itself.
package MailScanner::Mime;

use strict;
use warnings;

use MIME::Base64 ();
use MIME::QuotedPrint ();

# A header's name as MIME-tools writes it: words without vowels are upper case.
sub tag {
	my ($name) = @_;

	$name =~ s/:\z//;
	return join '-', map { /^(?:[b-df-hj-np-tv-z]+|MIME|SWE|SOAP|LDAP|ID)\z/i ? uc : ucfirst lc } split /-/, $name, -1;
}

sub missing {
	my ($what) = @_;

	die "$what needs MIME-tools, which is not installed (Debian: libmime-tools-perl)\n";
}

# "text/html; charset=utf-8" as ("text/html", charset => "utf-8").
sub parameters {
	my ($text) = @_;
	my ($value, %parameters);

	$text = '' unless defined $text;
	($value) = $text =~ /^\s*([^\s;]*)/;
	while ($text =~ /;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g) {
		my ($name, $quoted, $plain) = (lc $1, $2, $3);

		$quoted =~ s/\\(.)/$1/g if defined $quoted;
		$parameters{$name} = defined $quoted ? $quoted : $plain unless exists $parameters{$name};
	}
	return (lc $value, %parameters);
}

# Gives MIME-tools' packages the methods below.
sub define {
	$INC{$_} ||= 'MailScanner/Mime.pm' for qw(MIME/Entity.pm MIME/Head.pm MIME/Body.pm);
	no strict 'refs';
	@{'MIME::Entity::ISA'} = ('MailScanner::Mime::Entity');
	@{'MIME::Head::ISA'} = ('MailScanner::Mime::Head');
	@{"MIME::Body::${_}::ISA"} = ('MailScanner::Mime::Body') for qw(File InCore Scalar);
}

package MailScanner::Mime::Head;

our $AUTOLOAD;

sub AUTOLOAD { $AUTOLOAD =~ /::DESTROY\z/ or MailScanner::Mime::missing(($AUTOLOAD =~ s/.*::/MIME::Head->/r)) }
sub tags { return keys %{ $_[0]{mail_hdr_hash} } }
sub count { return scalar @{ $_[0]{mail_hdr_hash}{ MailScanner::Mime::tag($_[1]) } || [] } }
sub exists { return $_[0]->count($_[1]) }
sub header { return $_[0]{mail_hdr_list} }
sub fields { return @{ $_[0]{mail_hdr_list} } }
sub as_string { return join '', @{ $_[0]{mail_hdr_list} } }
*stringify = *original_text = \&as_string;
sub print { my ($self, $file) = @_; print { $file || \*STDOUT } $self->as_string }
sub unfold { return $_[0] }
sub fold { return $_[0] }
sub decode { return $_[0] }
sub delete { MailScanner::Mime::missing('MIME::Head->delete') }

# Texts behind the colon, each with its newline.
sub get_all {
	my ($self, $name) = @_;

	return map { ${$_} =~ /^[^:]*:[ \t]*(.*)\z/s ? $1 : () } @{ $self->{mail_hdr_hash}{ MailScanner::Mime::tag($name) } || [] };
}

sub get {
	my ($self, $name, $n) = @_;
	my @all = $self->get_all($name);

	return wantarray && !defined $n ? @all : $all[ $n || 0 ];
}

sub mime_attr {
	my ($self, $name) = @_;
	my ($field, $parameter) = $name =~ /^([^.]+)(?:\.(.*))?\z/;
	my $text = $self->get($field, 0);

	return unless defined $text;
	my ($value, %parameters) = MailScanner::Mime::parameters($text);
	return defined $parameter ? $parameters{ lc $parameter } : $value;
}

sub mime_type { return $_[0]->mime_attr('content-type') || $_[1] || 'text/plain' }
sub mime_encoding { return $_[0]->mime_attr('content-transfer-encoding') || $_[1] || '7bit' }
sub multipart_boundary { return $_[0]->mime_attr('content-type.boundary') }

sub recommended_filename {
	my ($self) = @_;

	for my $name ('content-disposition.filename', 'content-type.name') {
		my $found = $self->mime_attr($name);
		return $found if defined $found && $found ne '';
	}
	return;
}

package MailScanner::Mime::Body;

our $AUTOLOAD;

sub AUTOLOAD { $AUTOLOAD =~ /::DESTROY\z/ or MailScanner::Mime::missing(($AUTOLOAD =~ s/.*::/MIME::Body->/r)) }
sub path { return $_[0]{MB_Path} }
sub binmode { return $_[0]{MB_Binmode} }
sub is_encoded { return 0 }
sub purge { return 1 }

sub open {
	my ($self, $mode) = @_;

	return if defined $mode && $mode ne 'r';
	require IO::File;
	my $file = IO::File->new($self->path, '<') or return;
	CORE::binmode $file;
	return $file;
}

sub as_string {
	my ($self) = @_;
	my $file = $self->open('r') or return '';

	local $/;
	my $text = <$file>;
	return defined $text ? $text : '';
}

sub as_lines { return $_[0]->as_string =~ /([^\n]*\n|[^\n]+)/g }
sub print { my ($self, $file) = @_; print { $file || \*STDOUT } $self->as_string; return 1 }

package MailScanner::Mime::Entity;

our $AUTOLOAD;

sub AUTOLOAD { $AUTOLOAD =~ /::DESTROY\z/ or MailScanner::Mime::missing(($AUTOLOAD =~ s/.*::/MIME::Entity->/r)) }
sub head { return $_[0]{mail_inet_head} }
sub header { return $_[0]->head->header }
sub get { my ($self, @which) = @_; return $self->head->get(@which) }
sub bodyhandle { return $_[0]{ME_Bodyhandle} }
sub preamble { return $_[0]{ME_Preamble} }
sub epilogue { return $_[0]{ME_Epilogue} }
sub mime_type { return $_[0]->head->mime_type($_[1]) }
*effective_type = \&mime_type;
sub open { my ($self, @mode) = @_; return $self->bodyhandle && $self->bodyhandle->open(@mode) }
sub sync_headers { return 1 }
sub purge { return 1 }
sub header_as_string { return $_[0]->head->as_string }
*stringify_header = \&header_as_string;

sub parts {
	my ($self, $n) = @_;

	return defined $n ? $self->{ME_Parts}[$n] : @{ $self->{ME_Parts} };
}

sub parts_DFS { return ($_[0], map { $_->parts_DFS } $_[0]->parts) }

sub is_multipart {
	my ($self) = @_;

	return undef unless $self->head;
	return $self->mime_type =~ m{^multipart/} ? 1 : 0;
}

sub _encoded_body {
	my ($self) = @_;
	my $body = $self->bodyhandle or return '';
	my $encoding = $self->head->mime_encoding;

	return MIME::Base64::encode($body->as_string) if $encoding eq 'base64';
	return MIME::QuotedPrint::encode($body->as_string) if $encoding eq 'quoted-printable';
	return $body->as_string;
}

sub body_as_string {
	my ($self) = @_;
	my $boundary = $self->head->multipart_boundary;

	return $self->_encoded_body if $self->bodyhandle;
	return join '', map { $_->as_string } $self->parts unless $self->is_multipart && defined $boundary;
	my $preamble = join '', @{ $self->preamble || [] };
	return join '', $preamble, ($preamble ne '' ? "\n" : ''), (map { ("--$boundary\n", $_->as_string, "\n") } $self->parts),
	    "--$boundary--\n", @{ $self->epilogue || [] };
}

*stringify_body = \&body_as_string;

sub as_string { return $_[0]->header_as_string . "\n" . $_[0]->body_as_string }
*stringify = \&as_string;
sub body { return [ $_[0]->body_as_string =~ /([^\n]*\n|[^\n]+)/g ] }
sub print { my ($self, $file) = @_; print { $file || \*STDOUT } $self->as_string; return 1 }
sub print_header { my ($self, $file) = @_; print { $file || \*STDOUT } $self->header_as_string; return 1 }
sub print_body { my ($self, $file) = @_; print { $file || \*STDOUT } $self->body_as_string; return 1 }

1;
