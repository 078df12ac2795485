/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every stream is looked at wherever it lies, so documents embedded in documents are seen without opening each for itself. What a stream
 * is, its name says: a table of them.
 */
#include "core/read/ole.h"

#include <string.h>
#include "core/read/cfb.h"
#include "core/read/little.h"
#include "core/read/member.h"
#include "core/read/package.h"
#include "core/read/powerpoint.h"

struct document {
	struct container container;
	struct cfb *cfb;
	struct part *part;
};

/* One stream, its content in memory. */
struct stream {
	struct document *document;
	uint32_t n;
	const char *bytes;
	size_t size;
};

/* Word: a field is the mark 0x13 and words, in one byte or two each. */
static bool
has_dde_field(const char *bytes, size_t size, unsigned width)
{
	const char *p = bytes, *end = bytes + size;

	while ((p = memchr(p, 0x13, (size_t)(end - p))) != NULL) {
		char word[4] = "";
		unsigned length = 0;

		p += width;
		while (p < end && (*p == ' ' || *p == '"'))
			p += width;
		for (const char *q = p; q < end && length < 3; q += width)
			word[length++] = *q;
		if (g_ascii_strcasecmp(word, "dde") == 0)
			return true;
		if (p >= end)
			break;
	}
	return false;
}

static void
look_at_word(struct stream *stream)
{
	struct part *part = stream->document->part;

	if (stream->size > 12 && (little16(stream->bytes + 10) & 0x100) != 0)
		part_set(part, PART_FACT_encrypted);
	if (has_dde_field(stream->bytes, stream->size, 1) ||
	    has_dde_field(stream->bytes, stream->size, 2))
		part_set(part, PART_FACT_dde);
}

enum biff_record { BIFF_FILEPASS = 0x2f, BIFF_SHEET = 0x85, BIFF_SUPBOOK = 0x1ae };
#define SHEET_MACRO 1

/* A link to another program has a 3 between its name and what it is told. */
static bool
is_dde_link(const char *record, size_t length)
{
	return length > 6 && memchr(record + 6, 3, length - 6) != NULL;
}

static void
look_at_excel(struct stream *stream)
{
	struct part *part = stream->document->part;
	const char *p = stream->bytes, *end = stream->bytes + stream->size;

	while (end - p >= 4) {
		unsigned id = little16(p);
		size_t length = MIN(little16(p + 2), (size_t)(end - p - 4));

		p += 4;
		if (id == BIFF_FILEPASS) {
			part_set(part, PART_FACT_encrypted);
			return;
		}
		if (id == BIFF_SHEET && length > 5 && p[5] == SHEET_MACRO)
			part_set(part, PART_FACT_xlm);
		if (id == BIFF_SUPBOOK && is_dde_link(p, length))
			part_set(part, PART_FACT_dde);
		p += length;
	}
}

static void
look_at_powerpoint(struct stream *stream)
{
	powerpoint_read(&stream->document->container, stream->bytes, stream->size);
}

static void
look_at_user(struct stream *stream)
{
	if (stream->size >= 16 && little32(stream->bytes + 12) == 0xf3d1c4df)
		part_set(stream->document->part, PART_FACT_encrypted);
}

static void
look_at_encrypted(struct stream *stream)
{
	part_set(stream->document->part, PART_FACT_encrypted);
}

static void
look_at_vba(struct stream *stream)
{
	part_set(stream->document->part, PART_FACT_vba);
}

/* The stream is a file. */
static void
take_file(struct stream *stream)
{
	const char *name = cfb_entry(stream->document->cfb, stream->n)->name;

	part_set(stream->document->part, PART_FACT_embedded_object);
	if (!stream->document->container.names_only && stream->size > 0)
		member_whole(
		    &stream->document->container, name, strlen(name), stream->bytes, stream->size);
}

static void
take_native(struct stream *stream)
{
	struct document *document = stream->document;

	part_set(document->part, PART_FACT_embedded_object);
	if (!document->container.names_only)
		package_take(&document->container, stream->bytes, stream->size);
}

/* A text property of Outlook's that stands beside a stream, as UTF-8. NULL: none. The caller's. */
static char *
outlook_text(struct stream *stream, const char *wide, const char *narrow)
{
	struct cfb *cfb = stream->document->cfb;
	uint32_t parent = cfb_entry(cfb, stream->n)->parent;
	uint32_t n = cfb_find(cfb, parent, wide);
	bool is_wide = n != CFB_NONE;
	GString *text;

	if (!is_wide && (n = cfb_find(cfb, parent, narrow)) == CFB_NONE)
		return NULL;

	g_autoptr(GByteArray) value = cfb_stream(cfb, n);

	if (!is_wide)
		return g_strndup((const char *)value->data, value->len);
	text = g_string_new("");
	for (unsigned i = 0; i + 1 < value->len; i += 2) {
		gunichar c = little16((const char *)value->data + i);

		if (c == 0)
			break;
		g_string_append_unichar(text, g_unichar_validate(c) ? c : 0xfffd);
	}
	return g_string_free(text, FALSE);
}

static void
take_attachment(struct stream *stream)
{
	struct document *document = stream->document;
	g_autofree char *name =
	    outlook_text(stream, "__substg1.0_3707001F", "__substg1.0_3707001E");
	g_autofree char *old = outlook_text(stream, "__substg1.0_3704001F", "__substg1.0_3704001E");
	const char *shown = name != NULL ? name : old != NULL ? old : "attachment";
	struct member member;

	part_set(document->part, PART_FACT_embedded_object);
	if (document->container.names_only ||
	    !member_begin(&member, &document->container, shown, strlen(shown)))
		return;
	if (old != NULL)
		member_name(&member, old, strlen(old));
	member_write(&member, stream->bytes, stream->size);
	member_end(&member);
}

static const struct {
	const char *name; /* in any case */
	void (*look)(struct stream *stream);
} streams[] = {
	{ "\1Ole10Native", take_native },
	{ "\2Ole10Native", take_native },
	{ "Ole10Native", take_native },
	{ "Package", take_file },
	{ "CONTENTS", take_file },
	{ "__substg1.0_37010102", take_attachment },
	{ "WordDocument", look_at_word },
	{ "Workbook", look_at_excel },
	{ "Book", look_at_excel },
	{ "PowerPoint Document", look_at_powerpoint },
	{ "Current User", look_at_user },
	{ "EncryptedPackage", look_at_encrypted },
	{ "EncryptedSummary", look_at_encrypted },
	{ "_VBA_PROJECT", look_at_vba },
};

static void
look_at_stream(struct document *document, uint32_t n)
{
	const char *name = cfb_entry(document->cfb, n)->name;

	for (unsigned i = 0; i < G_N_ELEMENTS(streams); i++) {
		if (g_ascii_strcasecmp(name, streams[i].name) != 0)
			continue;

		g_autoptr(GByteArray) bytes = cfb_stream(document->cfb, n);
		struct stream stream = {
			.document = document,
			.n = n,
			.bytes = bytes->data != NULL ? (const char *)bytes->data : "",
			.size = bytes->len,
		};

		streams[i].look(&stream);
	}
}

static void
look_at_storage(struct document *document, uint32_t n)
{
	const struct cfb_entry *entry = cfb_entry(document->cfb, n);

	if (g_ascii_strcasecmp(entry->name, "_VBA_PROJECT_CUR") == 0 ||
	    g_ascii_strcasecmp(entry->name, "Macros") == 0 ||
	    (g_ascii_strcasecmp(entry->name, "VBA") == 0 &&
		cfb_find(document->cfb, n, "dir") != CFB_NONE))
		part_set(document->part, PART_FACT_vba);
	if ((g_ascii_strcasecmp(entry->name, "ObjectPool") == 0 && entry->child != CFB_NONE) ||
	    g_ascii_strncasecmp(entry->name, "MBD", 3) == 0)
		part_set(document->part, PART_FACT_embedded_object);
}

void
ole_open(struct task *task, unsigned n, const char *bytes, size_t size)
{
	struct document document = { .part = facts_part(task->facts, n) };

	part_set(document.part, PART_FACT_ole);
	document.cfb = cfb_open(bytes, size);
	if (document.cfb == NULL) {
		part_set(document.part, PART_FACT_unreadable);
		return;
	}
	container_enter(&document.container, task, n, size, 'o');
	document.container.names_only = task->brief->max_archive_depth == 0;
	for (uint32_t i = 1;
	     i < document.cfb->entries->len && !document.container.stopped && task_in_time(task);
	     i++) {
		if (cfb_entry(document.cfb, i)->storage)
			look_at_storage(&document, i);
		else
			look_at_stream(&document, i);
	}
	container_leave(&document.container);
	if (document.cfb->damaged)
		part_set(document.part, PART_FACT_truncated);
	cfb_close(document.cfb);
}
