/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over braces, control words and text. Only the text of three destinations is kept: data of objects, instructions of fields,
 * and the template. Word is generous with all of it, so the beginning is, too; what is cut up by groups and words that mean nothing
 * is put together again.
 */
#include "core/read/richtext.h"

#include <string.h>
#include "core/read/little.h"
#include "core/read/member.h"
#include "core/read/package.h"
#include "core/read/wordfield.h"

/* Blanks that may stand in front; letters of a control word; bytes of instructions and templates that are looked at. */
#define BLANKS_MAX 1024
#define WORD_MAX 32
#define TEXT_MAX 4096
/* [MS-OLEDS] 2.2.1: kinds of object. */
#define OBJECT_LINKED 1
#define OBJECT_EMBEDDED 2

enum destination { DESTINATION_NONE, DESTINATION_DATA, DESTINATION_FIELD, DESTINATION_TEMPLATE };

static const struct {
	const char *word;
	enum destination destination;
} destinations[] = {
	{ "objdata", DESTINATION_DATA },
	{ "fldinst", DESTINATION_FIELD },
	{ "template", DESTINATION_TEMPLATE },
};

struct walk {
	struct container container;
	struct part *part;
	const char *at, *end;
	unsigned depth;
	enum destination destination;
	unsigned begun;	  /* depth of the group that the destination is */
	unsigned ignored; /* depth of a group in it that has nothing to do with it; 0: none */
	GByteArray *text; /* of the destination */
	int nibble;	  /* the first half of a byte of data; -1: none */
};

bool
richtext_is(const char *bytes, size_t size)
{
	size_t at = 0;

	while (at < size && at < BLANKS_MAX && (g_ascii_isspace(bytes[at]) || bytes[at] == '\0'))
		at++;
	return size - at > 4 && memcmp(bytes + at, "{\\rt", 4) == 0;
}

/* A text of an object: length and bytes. NULL: it does not fit. Its end is *at. */
static const char *
read_text(const uint8_t **at, const uint8_t *end, size_t *length)
{
	const char *text = (const char *)*at + 4;

	if (end - *at < 4 || little32(*at) > (size_t)(end - *at - 4))
		return NULL;
	*length = little32(*at);
	*at += 4 + *length;
	return text;
}

static bool
is_named(const char *text, size_t length, const char *name)
{
	return length >= strlen(name) && g_ascii_strncasecmp(text, name, strlen(name)) == 0;
}

/* An object: versions and kinds, class, topic, item, length and data. What is not written so is taken as it is. */
static void
take_object(struct walk *walk)
{
	static const char ole[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
	const uint8_t *data = walk->text->data, *at = data, *end = data + walk->text->len;
	const char *compound = memmem(data, walk->text->len, ole, sizeof ole - 1);
	const char *class, *topic;
	size_t length, topic_length, item;

	part_set(walk->part, PART_FACT_embedded_object);
	at += MIN(walk->text->len, 8);
	if (at < end && (class = read_text(&at, end, &length)) != NULL) {
		if (is_named(class, length, "OLE2Link"))
			part_set(walk->part, PART_FACT_remote_template);
		topic = read_text(&at, end, &topic_length);
		if (topic != NULL && little32(data + 4) == OBJECT_LINKED) {
			g_autofree char *target = g_strndup(topic, topic_length);

			if (wordfield_is_elsewhere(target))
				part_set(walk->part, PART_FACT_remote_template);
		}
		if (compound == NULL && topic != NULL && is_named(class, length, "Package") &&
		    read_text(&at, end, &item) != NULL && !walk->container.names_only) {
			package_take(&walk->container, (const char *)at, (size_t)(end - at));
			return;
		}
	}
	if (walk->container.names_only || data == end)
		return;
	if (compound == NULL)
		compound = (const char *)data;
	member_whole(
	    &walk->container, "object", 6, compound, (size_t)((const char *)end - compound));
}

static void
end_destination(struct walk *walk)
{
	enum destination destination = walk->destination;

	walk->destination = DESTINATION_NONE;
	if (destination == DESTINATION_DATA) {
		if (walk->text->len > 0)
			take_object(walk);
	} else if (destination != DESTINATION_NONE) {
		g_byte_array_append(walk->text, (const guint8 *)"", 1);
		if (destination == DESTINATION_FIELD)
			wordfield_look(walk->part, (const char *)walk->text->data);
		else if (wordfield_is_elsewhere(g_strchug((char *)walk->text->data)))
			part_set(walk->part, PART_FACT_remote_template);
	}
	g_byte_array_set_size(walk->text, 0);
}

static void
begin_destination(struct walk *walk, enum destination destination)
{
	/* Nothing inside of data ends it. */
	if (walk->destination == DESTINATION_DATA) {
		if (walk->ignored == 0 && walk->depth > walk->begun)
			walk->ignored = walk->depth;
		return;
	}
	end_destination(walk);
	walk->destination = destination;
	walk->begun = walk->depth;
	walk->ignored = 0;
	walk->nibble = -1;
}

static void
add_byte(struct walk *walk, uint8_t byte)
{
	if (walk->ignored == 0 &&
	    (walk->destination == DESTINATION_DATA || walk->text->len < TEXT_MAX))
		g_byte_array_append(walk->text, &byte, 1);
}

static void
add_character(struct walk *walk, char c)
{
	if (walk->destination == DESTINATION_NONE)
		return;
	if (walk->destination != DESTINATION_DATA) {
		if (c != '\r' && c != '\n')
			add_byte(walk, (uint8_t)c);
	} else if (g_ascii_isxdigit(c) && walk->ignored == 0) {
		int value = g_ascii_xdigit_value(c);

		if (walk->nibble >= 0)
			add_byte(walk, (uint8_t)(walk->nibble << 4 | value));
		walk->nibble = walk->nibble >= 0 ? -1 : value;
	}
}

/* \bin: so many bytes follow as they are. */
static void
take_binary(struct walk *walk, gint64 count)
{
	size_t length = (size_t)CLAMP(count, 0, walk->end - walk->at);

	if (walk->destination == DESTINATION_DATA && walk->ignored == 0)
		g_byte_array_append(walk->text, (const guint8 *)walk->at, (guint)length);
	walk->at += length;
}

static void
take_word(struct walk *walk)
{
	char word[WORD_MAX + 1];
	unsigned length = 0;
	gint64 number = 0;
	char *behind;

	for (; walk->at < walk->end && g_ascii_isalpha(*walk->at); walk->at++) {
		if (length < WORD_MAX)
			word[length++] = *walk->at;
	}
	word[length] = '\0';
	if (walk->at < walk->end && (*walk->at == '-' || g_ascii_isdigit(*walk->at))) {
		g_autofree char *digits = g_strndup(walk->at, (gsize)MIN(walk->end - walk->at, 12));

		number = g_ascii_strtoll(digits, &behind, 10);
		walk->at += behind - digits;
	}
	if (walk->at < walk->end && *walk->at == ' ')
		walk->at++;
	if (strcmp(word, "bin") == 0) {
		take_binary(walk, number);
	} else if (strcmp(word, "u") == 0) {
		/* One character follows for those who know no Unicode. */
		add_character(walk, (number & 0xffff) < 0x80 ? (char)(number & 0x7f) : '?');
		walk->at += walk->at < walk->end && strchr("\\{}", *walk->at) == NULL;
	}
	for (unsigned i = 0; i < G_N_ELEMENTS(destinations); i++) {
		if (strcmp(word, destinations[i].word) == 0)
			begin_destination(walk, destinations[i].destination);
	}
}

/* Behind a backslash. */
static void
take_control(struct walk *walk)
{
	if (walk->at == walk->end)
		return;
	if (g_ascii_isalpha(*walk->at)) {
		take_word(walk);
	} else if (*walk->at == '\'' && walk->end - walk->at > 2) {
		if (walk->destination != DESTINATION_DATA)
			add_character(walk, (char)(g_ascii_xdigit_value(walk->at[1]) * 16 +
						   g_ascii_xdigit_value(walk->at[2])));
		walk->at += 3;
	} else {
		if (strchr("\\{}", *walk->at) != NULL)
			add_character(walk, *walk->at);
		walk->at++;
	}
}

static void
take_group(struct walk *walk)
{
	walk->depth++;
	/* A destination that Word may not know: what is in it is no data. */
	if (walk->destination == DESTINATION_DATA && walk->ignored == 0 &&
	    walk->end - walk->at > 1 && memcmp(walk->at, "\\*", 2) == 0)
		walk->ignored = walk->depth;
}

static void
leave_group(struct walk *walk)
{
	if (walk->destination != DESTINATION_NONE && walk->depth <= walk->begun)
		end_destination(walk);
	if (walk->depth == walk->ignored)
		walk->ignored = 0;
	walk->depth -= walk->depth > 0;
}

void
richtext_open(struct task *task, unsigned n, const char *bytes, size_t size)
{
	g_autoptr(GByteArray) text = g_byte_array_new();
	struct walk walk = {
		.part = facts_part(task->facts, n),
		.at = bytes,
		.end = bytes + size,
		.text = text,
	};

	container_enter_document(&walk.container, task, n, size, 'o');
	walk.container.names_only = task->brief->max_archive_depth == 0;
	while (walk.at < walk.end && !walk.container.stopped) {
		char c = *walk.at++;

		if (c == '{')
			take_group(&walk);
		else if (c == '}')
			leave_group(&walk);
		else if (c == '\\')
			take_control(&walk);
		else
			add_character(&walk, c);
	}
	if (!walk.container.stopped)
		end_destination(&walk);
	container_leave(&walk.container);
}
