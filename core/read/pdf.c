/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of PDF are searched for in the whole file, objects and streams alike, since a reader that repairs damaged files finds objects
 * wherever they are. A name may be written with #xx for any byte. Short ones are believed only with what must follow them, for
 * compressed data has every short word somewhere. Later versions put objects into compressed streams; of these, the ones that say so are
 * searched, too.
 */
#include "core/read/pdf.h"

#include <string.h>
#include <zlib.h>
#include "core/read/pdf_scan.h"

/* The version may stand so far behind the beginning. */
#define HEADER_LOOK 1024
#define NAME_MAX_LENGTH 16
/* So far behind its kind a stream of objects begins; so many bytes of one are searched, and so many streams. */
#define STREAM_LOOK 4096
#define STREAM_MAX (4 << 20)
#define STREAMS_MAX 1000
/* Bytes of all of them together. */
#define UNPACKED_MAX (32 << 20)

static const struct {
	const char *name;
	bool with_value; /* counts only with a string, a stream or a reference behind it */
	enum part_fact fact;
} names[] = {
	{ "JavaScript", false, PART_FACT_script },
	{ "JS", true, PART_FACT_script },
	{ "Launch", false, PART_FACT_script },
	{ "EmbeddedFile", false, PART_FACT_embedded_object },
	{ "EmbeddedFiles", false, PART_FACT_embedded_object },
	{ "FileAttachment", false, PART_FACT_embedded_object },
	{ "EF", true, PART_FACT_embedded_object },
	{ "Encrypt", true, PART_FACT_encrypted },
};

bool
pdf_is(const char *bytes, size_t size)
{
	return memmem(bytes, MIN(size, HEADER_LOOK), "%PDF-", 5) != NULL;
}

/* The name at p, decoded, into `name`. What follows it. */
static const char *
read_name(const char *p, const char *end, char name[static NAME_MAX_LENGTH])
{
	size_t length = 0;

	while (p < end && length < NAME_MAX_LENGTH - 1) {
		char c = *p;

		if (c == '#' && end - p > 2 && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
			c = (char)(g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2]));
			p += 2;
		}
		if (!g_ascii_isalpha(c))
			break;
		name[length++] = c;
		p++;
	}
	name[length] = '\0';
	return p;
}

static bool
has_value(const char *p, const char *end)
{
	while (p < end && g_ascii_isspace(*p))
		p++;
	return p < end && (*p == '(' || *p == '<' || g_ascii_isdigit(*p));
}

/* Whether the dictionary of an embedded file, or a reference to one, comes next. */
static bool
has_file(const char *p, const char *end)
{
	g_autoptr(GString) text = g_string_new("");
	struct pdf_lexer lexer = { .at = p, .end = end, .text = text };
	enum pdf_token token = pdf_next(&lexer);

	return token == PDF_DICTIONARY || (token == PDF_NUMBER && pdf_is_reference(&lexer));
}

static bool
counts(const char *name, bool with_value, const char *p, const char *end)
{
	if (strcmp(name, "EF") == 0)
		return has_file(p, end);
	return !with_value || has_value(p, end);
}

/* What names in these bytes say; streams of objects are put into `streams`, which may be NULL: where each begins. */
static void
search(struct part *part, const char *bytes, size_t size, GPtrArray *streams)
{
	const char *p = bytes, *end = bytes + size;
	char name[NAME_MAX_LENGTH];

	while ((p = memchr(p, '/', (size_t)(end - p))) != NULL) {
		p = read_name(p + 1, end, name);
		for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
			if (strcmp(name, names[i].name) == 0 &&
			    counts(name, names[i].with_value, p, end))
				part_set(part, names[i].fact);
		}
		if (streams != NULL && streams->len < STREAMS_MAX && strcmp(name, "ObjStm") == 0)
			g_ptr_array_add(streams, (void *)p);
	}
}

/* The stream that begins behind `p`, decompressed as far as it goes. */
static GByteArray *
inflate_stream(const char *p, const char *end)
{
	const char *word = memmem(p, (size_t)MIN(end - p, STREAM_LOOK), "stream", 6);
	GByteArray *bytes = g_byte_array_new();
	z_stream stream = { 0 };
	guint8 piece[16384];
	int answer = Z_OK;

	if (word == NULL || inflateInit(&stream) != Z_OK)
		return bytes;
	for (p = word + 6; p < end && g_ascii_isspace(*p); p++)
		continue;
	stream.next_in = (Bytef *)p;
	stream.avail_in = (uInt)MIN(end - p, STREAM_MAX);
	while (answer == Z_OK && bytes->len < STREAM_MAX) {
		stream.next_out = piece;
		stream.avail_out = sizeof piece;
		answer = inflate(&stream, Z_NO_FLUSH);
		g_byte_array_append(bytes, piece, (guint)(sizeof piece - stream.avail_out));
	}
	inflateEnd(&stream);
	return bytes;
}

bool
pdf_read(struct task *task, struct part *part, const char *bytes, size_t size)
{
	g_autoptr(GPtrArray) streams = g_ptr_array_new();
	size_t unpacked = 0;

	search(part, bytes, size, streams);
	for (unsigned i = 0; i < streams->len && task_in_time(task); i++) {
		g_autoptr(GByteArray) stream =
		    inflate_stream(g_ptr_array_index(streams, i), bytes + size);

		unpacked += stream->len;
		if (unpacked > UNPACKED_MAX || !task_count_bytes(task, stream->len)) {
			part_set(part, PART_FACT_not_unpacked);
			break;
		}
		if (stream->len > 0)
			search(part, (const char *)stream->data, stream->len, NULL);
	}
	return part_has(part, PART_FACT_embedded_object);
}
