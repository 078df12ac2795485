/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MESSAGE_PART_H
#define CORE_MESSAGE_PART_H
/*
 * What a message holds, as facts: the tree of its parts, of the files that were unpacked from them, and what each is like.
 * The reader process fills this in; checks turn it into findings. Plain data, nobody's opinion.
 *
 * Coordinates. The message is read as one run of bytes: the header fields as they came (those that the MTA had deleted left
 * out, LF line ends), an empty line, the body as it lies on disk. Ranges of parts count in these bytes, from 0. A position at or
 * behind `facts.body_start` minus that is a position in the body. Members of archives have no range: both ends are 0.
 *
 * The tree is an array. Part 0 is the message itself; a part stands behind its parent, siblings stand in the order of the
 * message. Numbers are the same each time the same message is read with the same brief.
 *
 * Readings. Where mail programs differ on how a message is to be read, each reading's parts are in the array: `reading` 0 is
 * the usual one, the tree that edits work on; parts with another number are the same bytes as somebody else may see them, and
 * what is found in one of these is found in the whole message.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include "core/message/html.h"

enum part_kind {
	PART_LEAF,	/* a MIME part with content of its own */
	PART_MULTIPART, /* its children are MIME parts */
	PART_MESSAGE,	/* message/rfc822 and the like: its one child is the message in it */
	PART_MEMBER,	/* a file that was taken out of its parent */
};

/*
 * FACT(id, text for people): what can be true of a part. The id is its name in JSON.
 */
#define PART_FACTS(FACT)                                                                         \
	/* What it is */                                                                         \
	FACT(archive, "an archive or compressed file")                                           \
	FACT(partial, "a fragment of a message (message/partial)")                               \
	FACT(external_body, "its content lies elsewhere (message/external-body)")                \
	FACT(mime_encrypted, "encrypted (multipart/encrypted, S/MIME enveloped data)")           \
	FACT(mime_signed, "signed (multipart/signed, S/MIME signed data)")                       \
	FACT(tnef, "a TNEF container (winmail.dat)")                                             \
	FACT(ole, "an OLE2 compound file")                                                       \
	FACT(ooxml, "an Office Open XML or OpenDocument file")                                   \
	FACT(generated, "made by unpacking, not sent as a part: text before uuencoded data ...") \
	/* Archives and documents */                                                             \
	FACT(encrypted, "encrypted, or holds encrypted members")                                 \
	FACT(encrypted_names, "even the names of its members are encrypted")                     \
	FACT(unencrypted_member, "holds members that are not encrypted")                         \
	FACT(unreadable, "could not be opened")                                                  \
	FACT(truncated, "ends too early")                                                        \
	FACT(bad_tnef, "a TNEF container that could not be decoded")                             \
	FACT(not_unpacked, "was left unopened: a limit was reached or nobody asked")             \
	FACT(empty_placeholder, "its content could not be had, only its name is known")          \
	FACT(absolute_path, "was stored with an absolute path")                                  \
	FACT(parent_path, "was stored with a path that climbs (..)")                             \
	FACT(link, "a symbolic or hard link")                                                    \
	FACT(device, "a device, socket or pipe")                                                 \
	FACT(same_name, "another member of the same archive has the same name")                  \
	FACT(vba, "holds VBA macros")                                                            \
	FACT(xlm, "holds Excel 4.0 macros")                                                      \
	FACT(dde, "holds a DDE link")                                                            \
	FACT(remote_template, "loads a template or object from elsewhere")                       \
	FACT(embedded_object, "holds embedded objects")                                          \
	FACT(script, "holds script (SVG, HTML, PDF JavaScript)")                                 \
	/* How it was written */                                                                 \
	FACT(no_boundary, "a multipart without a usable boundary")                               \
	FACT(odd_boundary, "its boundary is written so that programs differ on it")              \
	FACT(unclear_fields, "its Content- fields say different things to different programs")   \
	FACT(repeated_header, "a Content- header stands more than once")                         \
	FACT(repeated_parameter, "a parameter stands more than once in one header")              \
	FACT(conflicting_names, "has two different names")                                       \
	FACT(odd_header_name, "a header name with characters that no name has")                  \
	FACT(broken_header, "lines in the header that are no header")                            \
	FACT(eight_bit_header, "unencoded 8-bit bytes in a header")                              \
	FACT(nul, "NUL bytes")                                                                   \
	FACT(bare_cr, "CR without LF")                                                           \
	FACT(unknown_encoding, "an unknown transfer encoding")                                   \
	FACT(encoded_multipart, "a container with a transfer encoding")                          \
	FACT(rubbish_base64, "bytes that base64 does not have")                                  \
	FACT(uuencode, "holds uuencoded files")                                                  \
	FACT(yenc, "holds yEnc files")                                                           \
	FACT(binhex, "holds BinHex files")                                                       \
	FACT(hidden_message, "text that holds a message of its own")                             \
	FACT(bidi_name, "its name holds marks that turn the direction of writing")               \
	FACT(control_name, "its name holds control characters")

enum part_fact {
#define FACT(id, text) PART_FACT_##id,
	PART_FACTS(FACT)
#undef FACT
	    PART_FACT_COUNT
};

/* In a text part: the signature goes here (the word is known to users of MailScanner). */
#define SIGNATURE_MARK "_SIGNATURE_"

struct part {
	int parent; /* -1: it is the message */
	enum part_kind kind;
	char
	    letter; /* MailScanner's: n MIME part, t out of TNEF, z zip, r other archives, o OLE, u uuencode and the like */
	unsigned reading;
	unsigned archive_depth; /* archives around it */

	char *type;	     /* "text/html": what it counts as, lower case; never NULL */
	char *declared_type; /* as its header says; NULL where it says nothing */
	char *encoding;	     /* transfer encoding, lower case; "" for none */
	char *charset;	     /* "" for none */
	char *disposition;   /* "attachment", "inline", ...; "" for none */
	char *boundary;	     /* of a multipart, as sent; NULL elsewhere */
	char *content_id;    /* without <>; NULL for none */

	/* For people, safe to show: no controls, no bidi marks, limited; "" where it has none. Valid UTF-8. */
	char *name;
	/* Every name that some program may see in it (RFC 2231, RFC 2047, raw; both headers; cleaned), each once. Of char *, valid UTF-8. */
	GPtrArray *names;
	char *
	    name_header; /* which header gave `name`: "Content-Disposition", "Content-Type" or "" */

	uint64_t header_start, header_end; /* its own header fields, the empty line not included */
	uint64_t body_start, body_end;	   /* its content, still encoded */
	uint64_t size;			   /* bytes of its decoded content; of a container: 0 */
	char *digest;	   /* SHA-256 of the decoded content, hex; NULL where nobody asked */
	char *description; /* libmagic: what `file -b` says; NULL where nobody asked */
	char *mime;	   /* libmagic: what `file -b --mime-type` says; NULL where nobody asked */

	uint64_t facts; /* bit set of enum part_fact */
	uint64_t
	    blank_line; /* length of the longest decoded line of white space only, where it is quoted-printable text */
	size_t
	    signature_mark; /* where SIGNATURE_MARK stands first in a text part, in the coordinates of body edits; else HTML_NOWHERE */
	struct html_facts *html; /* of HTML and SVG; else NULL */
};

/* LIMIT(id, directive, language key): limits on reading; which of them a message reached. The id is its name in JSON. */
#define READ_LIMITS(LIMIT)                                                 \
	LIMIT(depth, "Maximum MIME Depth", "LimitDepth")                   \
	LIMIT(parts, "Maximum Attachments Per Message", "LimitParts")      \
	LIMIT(header, "Maximum Header Size", "LimitHeader")                \
	LIMIT(archive_depth, "Maximum Archive Depth", "LimitArchiveDepth") \
	LIMIT(files, "Maximum Unpacked Files", "LimitFiles")               \
	LIMIT(bytes, "Maximum Unpacked Size", "LimitBytes")                \
	LIMIT(ratio, "Maximum Compression Ratio", "LimitRatio")            \
	LIMIT(seconds, "Reader Timeout", "LimitSeconds")

enum read_limit {
#define LIMIT(id, directive, text) READ_LIMIT_##id,
	READ_LIMITS(LIMIT)
#undef LIMIT
	    READ_LIMIT_COUNT
};

/* All that was read of one message. */
struct facts {
	GPtrArray *parts;    /* of struct part, owned; never empty */
	uint64_t body_start; /* where the body begins: length of the header and its empty line */
	unsigned counted;    /* parts as `Maximum Attachments Per Message` counts them */
	unsigned limits;     /* bit set of enum read_limit: reached */
	bool unparsable;     /* no tree could be made of it; part 0 is the whole of it */
	unsigned longest_boundary; /* bytes of the outermost boundary */
	unsigned readings;	   /* how many: 1 where all programs agree */
};

struct facts *facts_new(void);
/* NULL is allowed. */
void facts_free(struct facts *facts);

/* A part behind the others, every text "" or NULL as said above. Borrowed. Its number is facts->parts->len - 1. */
struct part *facts_add_part(struct facts *facts, int parent, enum part_kind kind);
struct part *facts_part(const struct facts *facts, unsigned n);

bool part_has(const struct part *part, enum part_fact fact);
void part_set(struct part *part, enum part_fact fact);
/* Adds a candidate unless it is there or empty. */
void part_add_name(struct part *part, const char *name);

/* The MIME part that a member was unpacked from (itself for a MIME part): what is replaced when something is wrong with it. */
unsigned facts_mime_part(const struct facts *facts, unsigned n);

/* Names in JSON, texts for people. */
const char *part_fact_name(enum part_fact fact);
const char *part_fact_text(enum part_fact fact);
const char *part_kind_name(enum part_kind kind);
const char *read_limit_name(enum read_limit limit);
const char *read_limit_directive(enum read_limit limit);
/* Of the language string that says what was too much. */
const char *read_limit_key(enum read_limit limit);

#endif
