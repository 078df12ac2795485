/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_TRANSFER_H
#define CORE_ACT_TRANSFER_H
/*
 * Content transfer encodings (RFC 2045 section 6) as far as they are needed to change a few bytes of an encoded content: decoding
 * as the reader does it, encoding, and where a decoded position lies in the encoded bytes.
 */
#include <glib.h>
#include <gmime/gmime-encodings.h>
#include <stdbool.h>
#include <stddef.h>

enum transfer {
	TRANSFER_IDENTITY, /* 7bit, 8bit, binary, none, and whatever is unknown */
	TRANSFER_QUOTED,   /* quoted-printable */
	TRANSFER_BASE64,
	TRANSFER_UUENCODE, /* decoded only */
};

enum transfer transfer_of(const char *encoding);
/* What a Content-Transfer-Encoding field says for it: "quoted-printable", "base64"; "7bit" for the identity. */
const char *transfer_name(enum transfer transfer);

/* Never NULL. */
GString *transfer_decode(enum transfer transfer, const char *bytes, size_t size);

/*
 * Encodes text for lines of at most 76 characters, behind what `out` holds already: its last line counts. Line feeds, with or without a
 * carriage return, become hard line breaks `line_end`. No line of the result begins with "--" (it could be a boundary) or "From ".
 */
void transfer_quote(GString *out, const char *text, size_t size, const char *line_end);

/* Lines of `width` characters (a multiple of 4), with `line_end` between them, none behind the last. */
void transfer_base64(
    GString *out, const char *bytes, size_t size, size_t width, const char *line_end);

/*
 * A way through quoted-printable bytes: `at` is the place that lies directly behind decoded byte number `count` - 1 (0 for 0).
 */
struct transfer_cursor {
	GMimeEncoding decoder;
	const char *bytes; /* borrowed */
	size_t size;
	size_t at, count;
	bool odd; /* the decoder is in use */
};
void transfer_cursor_init(struct transfer_cursor *cursor, const char *bytes, size_t size);
/* On to decoded position `place`, which must not lie behind the cursor. False where nothing can be cut there. */
bool transfer_cursor_seek(struct transfer_cursor *cursor, size_t place);

/*
 * The last beginning of a line in base64 at or before decoded position `place` where four characters make three bytes and nothing
 * odd stands before. Both 0 where it is the beginning of the content.
 */
struct transfer_cut {
	size_t encoded, decoded;
	size_t width; /* characters of the first line, as transfer_base64() takes it */
};
struct transfer_cut transfer_base64_cut(const char *bytes, size_t size, size_t place);

#define TRANSFER_BASE64_WIDTH 76

#endif
