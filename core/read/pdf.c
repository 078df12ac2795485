/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of PDF are searched for in the whole file, objects and streams alike, since a reader that repairs damaged files finds objects
 * wherever they are. A name may be written with #xx for any byte. Short ones are believed only with what must follow them, for
 * compressed data has every short word somewhere. Later versions put objects into compressed streams; of these, the ones that say so are
 * searched, too.
 */
#include "core/read/pdf.h"

#include <string.h>
#include "core/read/pdf_stream.h"

/* The version may stand so far behind the beginning. */
#define HEADER_LOOK 1024
#define NAME_MAX_LENGTH 16
/* Bytes behind a name among which its value begins. */
#define VALUE_LOOK 256
/* So far behind its kind a stream of objects begins; so many bytes of one are searched, and so many streams. */
#define STREAM_LOOK 4096
#define STREAM_MAX (4 << 20)
#define STREAMS_MAX 20000
/* Places at which the dictionary of one may begin. */
#define TRIES_MAX 4
/* Bytes of all of them together. */
#define UNPACKED_MAX (64 << 20)

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

/* Whether the dictionary of an embedded file, or a reference to one, comes next; or so much else that it may. */
static bool
has_file(const char *p, const char *end)
{
	g_autoptr(GString) text = g_string_new("");
	struct pdf_lexer lexer = { .at = p, .end = p + MIN(end - p, VALUE_LOOK), .text = text };
	enum pdf_token token = pdf_next(&lexer);

	return token == PDF_DICTIONARY || token == PDF_NUMBER ||
	       (token == PDF_END && lexer.end < end);
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

static bool
take(void *data, const void *bytes, size_t length)
{
	GByteArray *unpacked = data;

	g_byte_array_append(unpacked, bytes, (guint)length);
	return unpacked->len < STREAM_MAX;
}

/* The stream of objects in whose dictionary `p` is. False: it is in none. */
static bool
read_stream(const char *p, const char *begin, const char *end, struct pdf_stream *stream)
{
	g_autoptr(GString) text = g_string_new("");
	struct pdf_lexer lexer = { .end = p + MIN(end - p, STREAM_LOOK), .text = text };
	const char *first = p - MIN(p - begin, STREAM_LOOK);
	unsigned tries = 0;

	/* The word may stand in the dictionary, too, and mean nothing there. */
	for (const char *at = p - 3; at >= first && tries < TRIES_MAX; at--) {
		if (memcmp(at, "obj", 3) != 0)
			continue;
		lexer.at = at + 3;
		if (pdf_stream_read(&lexer, stream) && stream->objects && stream->at > p)
			return true;
		tries++;
	}
	return false;
}

/* The stream that begins behind `p`, in whatever it is, taken for a compressed one. False: there is none. */
static bool
guess_stream(const char *p, const char *end, struct pdf_stream *stream)
{
	const char *word = memmem(p, (size_t)MIN(end - p, STREAM_LOOK), "stream", 6);

	*stream = (struct pdf_stream){ .filters = { PDF_FLATE }, .filter_count = 1 };
	if (word == NULL || g_ascii_isalpha(word[-1]))
		return false;
	for (word += 6; word < end && g_ascii_isspace(*word); word++)
		continue;
	stream->at = word;
	return true;
}

/* The stream of objects in whose dictionary `p` is, decoded as far as it goes. `used` is how many bytes were looked at. */
static GByteArray *
unpack_stream(struct part *part, const char *p, const char *begin, const char *end, size_t *used)
{
	GByteArray *bytes = g_byte_array_new();
	struct pdf_stream stream;
	bool found = read_stream(p, begin, end, &stream);
	bool plain = found && stream.filter_count == 0 && stream.filter_object == 0;

	*used = 0;
	if (!found && !guess_stream(p, end, &stream))
		return bytes;
	/* Where the filter is named elsewhere, or not at all, it is the usual one, or nothing comes of it. */
	if ((stream.filter_object != 0 || plain) && stream.filter_count < PDF_FILTERS_MAX)
		stream.filters[stream.filter_count++] = PDF_FLATE;
	pdf_decode(stream.filters, stream.filter_count, stream.at,
	    (size_t)MIN(end - stream.at, STREAM_MAX), used, take, bytes);
	if (!plain && (!pdf_stream_is_known(&stream) || bytes->len == 0) &&
	    !part_has(part, PART_FACT_encrypted))
		part_set(part, PART_FACT_unreadable);
	return bytes;
}

/* Something may be in the rest. */
static void
give_up(struct task *task, struct part *part)
{
	task_reached(task, READ_LIMIT_bytes);
	part_set(part, PART_FACT_not_unpacked);
}

bool
pdf_read(struct task *task, struct part *part, const char *bytes, size_t size)
{
	g_autoptr(GPtrArray) streams = g_ptr_array_new();
	size_t unpacked = 0, used, searched = 0;

	search(part, bytes, size, streams);
	for (unsigned i = 0; i < streams->len && task_in_time(task); i++) {
		g_autoptr(GByteArray) stream =
		    unpack_stream(part, g_ptr_array_index(streams, i), bytes, bytes + size, &used);

		unpacked += stream->len;
		searched += used;
		if (stream->len > 0)
			search(part, (const char *)stream->data, stream->len, NULL);
		if (unpacked > UNPACKED_MAX || searched > 2 * UNPACKED_MAX ||
		    stream->len >= STREAM_MAX || !task_count_bytes(task, stream->len)) {
			give_up(task, part);
			break;
		}
	}
	if (streams->len >= STREAMS_MAX)
		give_up(task, part);
	return part_has(part, PART_FACT_embedded_object);
}
