/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tells that it is one is a header that says "multipart" and names a boundary, and a boundary line behind it: no other text has
 * both. Headers are looked for by the colons of two fields, one of which it must have, so that other files cost next to nothing.
 */
#include "core/read/mhtml.h"

#include <string.h>

#include "core/read/mime.h"
#include "core/read/pdf.h"
#include "core/read/view.h"

/* What may stand in front of the header, unless that is a PDF. */
#define FRONT_MAX 65536
/* Bytes of a header that are looked at. */
#define HEADER_LOOK 4096
/* Bytes that are searched for boundary lines behind what may be headers. */
#define SEARCHED_MAX (UINT64_C(1) << 30)

/* Length of what stands in front of a colon, where that is the name of one of the two fields; else 0. */
static size_t
field_before(const char *bytes, const char *colon)
{
	static const char *const names[] = { "mime-version", "content-type" };
	const char *end = colon;

	while (end > bytes && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		size_t length = strlen(names[i]);

		if ((size_t)(end - bytes) >= length &&
		    g_ascii_strncasecmp(end - length, names[i], length) == 0)
			return length + (size_t)(colon - end);
	}
	return 0;
}

/* Whether the word stands there, in any case. */
static bool
says_multipart(const char *at, const char *end)
{
	static const char word[] = "multipart";
	size_t length = sizeof word - 1;

	for (const char *p = at; (p = memchr(p, '/', (size_t)(end - p))) != NULL; p++) {
		if ((size_t)(p - at) >= length &&
		    g_ascii_strncasecmp(p - length, word, length) == 0)
			return true;
	}
	return false;
}

static bool
has_parts(const struct view *view, const char *bytes, size_t size)
{
	struct delimiter delimiter;

	return view_delimiter(view, bytes, view->body, size, &delimiter);
}

/* Whether some program sees parts behind the header that begins here. */
static bool
is_multipart(const char *bytes, size_t size)
{
	struct fields fields;
	struct view *view;
	bool found;

	fields_read(&fields, bytes, MIN(size, FRONT_MAX), HEADER_LOOK);
	view = view_usual(&fields, "text/plain");
	found = has_parts(view, bytes, size);
	if (!found) {
		g_autoptr(GPtrArray) views = views_other(&fields, view, bytes, size);

		for (guint i = 0; i < views->len; i++)
			found |= has_parts(g_ptr_array_index(views, i), bytes, size);
	}
	view_free(view);
	fields_clear(&fields);
	return found;
}

/* Whether a name ends so that Office opens the file, whatever is in it. */
static bool
is_document_name(const char *name)
{
	static const char *const endings[] = { "doc", "docm", "docx", "dot", "dotm", "mht", "mhtml",
		"pdf", "pps", "ppt", "rtf", "wbk", "wps", "xls", "xlsm", "xlsx", "xlt", "xml" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < G_N_ELEMENTS(endings); i++) {
		if (g_ascii_strcasecmp(dot + 1, endings[i]) == 0)
			return true;
	}
	return false;
}

/*
 * Texts are what they are, and copies of mail lie in many; a name of Office's is another matter. Parts that call themselves
 * messages or multiparts were read as such.
 */
static bool
is_other(const struct part *part)
{
	bool text = g_str_has_prefix(part->type, "text/");

	if (part->kind == PART_LEAF && (g_str_has_prefix(part->type, "message/") ||
					   g_str_has_prefix(part->type, "multipart/")))
		return true;
	for (unsigned i = 0; text && i < part->names->len; i++)
		text = !is_document_name(g_ptr_array_index(part->names, i));
	return text;
}

bool
mhtml_read(struct task *task, unsigned n, const char *bytes, size_t size)
{
	const char *at = bytes, *end = bytes + size;
	const char *stop = pdf_is(bytes, size) ? end : bytes + MIN(size, FRONT_MAX);
	uint64_t searched = 0;

	if (is_other(facts_part(task->facts, n)))
		return false;
	for (; (at = memchr(at, ':', (size_t)(stop - at))) != NULL; at++) {
		size_t length = field_before(bytes, at);
		const char *start = at - length;

		if (length == 0 || !says_multipart(at, at + MIN(end - at, HEADER_LOOK)))
			continue;
		searched += (size_t)(end - start);
		if (searched > SEARCHED_MAX || !task_in_time(task)) {
			task_reached(task, READ_LIMIT_seconds);
			part_set(facts_part(task->facts, n), PART_FACT_not_unpacked);
			return false;
		}
		if (!is_multipart(start, (size_t)(end - start)))
			continue;
		if (start > bytes)
			part_set(facts_part(task->facts, n), PART_FACT_hidden_message);
		mime_read_content(task, n, start, (size_t)(end - start));
		return true;
	}
	return false;
}
