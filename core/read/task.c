/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Budgets are counted in one place, since a bomb is whatever exceeds the sum of all that was opened, whoever opened it. And every
 * content passes one point, so that nothing that some module took out of something escapes being looked at.
 */
#include "core/read/task.h"

#include <string.h>
#include "core/read/filetype.h"
#include "core/read/html.h"
#include "core/read/mhtml.h"
#include "core/read/mime.h"
#include "core/read/smime.h"
#include "core/read/unpack.h"
#include "core/read/uu.h"

/* Bytes at the beginning of a file among which a tag tells that it is HTML. */
#define SNIFFED 1024

void
task_reached(struct task *task, enum read_limit limit)
{
	task->facts->limits |= 1u << limit;
}

bool
task_count_bytes(struct task *task, uint64_t bytes)
{
	uint64_t left =
	    task->brief->max_bytes > task->bytes ? task->brief->max_bytes - task->bytes : 0;

	if (task->ended)
		return false;
	if (bytes > left) {
		task_reached(task, READ_LIMIT_bytes);
		return false;
	}
	task->bytes += bytes;
	return true;
}

bool
task_count_file(struct task *task)
{
	if (task->ended)
		return false;
	if (task->files >= MAX(task->brief->max_files, 1)) {
		task_reached(task, READ_LIMIT_files);
		return false;
	}
	task->files++;
	return true;
}

bool
task_in_time(struct task *task)
{
	if (task->ended)
		return false;
	if (g_get_monotonic_time() < task->deadline)
		return true;
	task_reached(task, READ_LIMIT_seconds);
	return false;
}

static bool
has_name_ending(const struct part *part, const char *const *endings)
{
	for (unsigned i = 0; i < part->names->len; i++) {
		const char *name = g_ptr_array_index(part->names, i);
		size_t length = strlen(name);

		for (size_t e = 0; endings[e] != NULL; e++) {
			size_t ending = strlen(endings[e]);

			if (length >= ending &&
			    g_ascii_strcasecmp(name + length - ending, endings[e]) == 0)
				return true;
		}
	}
	return false;
}

/* Whether one of the first tags is one that browsers take for the mark of such a file. */
static bool
begins_with_tag(const char *bytes, size_t size, const char *const *tags)
{
	const char *end = bytes + MIN(size, SNIFFED);

	if (size >= 3 && memcmp(bytes, "\357\273\277", 3) == 0)
		bytes += 3;
	while (bytes < end && g_ascii_isspace(*bytes))
		bytes++;
	if (bytes >= end || *bytes != '<')
		return false;
	for (const char *at = bytes; at < end && (at = memchr(at, '<', (size_t)(end - at))); at++) {
		for (size_t i = 0; tags[i] != NULL; i++) {
			size_t length = strlen(tags[i]);

			if ((size_t)(end - at) > length &&
			    g_ascii_strncasecmp(at + 1, tags[i], length) == 0)
				return true;
		}
	}
	return false;
}

enum markup { MARKUP_NONE, MARKUP_HTML, MARKUP_SVG };

static enum markup
markup_of(const struct part *part, const char *bytes, size_t size)
{
	static const char *const svg_names[] = { ".svg", NULL };
	static const char *const html_names[] = { ".htm", ".html", ".shtml", ".xhtml", ".xht",
		NULL };
	static const char *const svg_tags[] = { "svg", "!doctype svg", NULL };
	static const char *const html_tags[] = { "!doctype html", "html", "head", "body", "script",
		"iframe", "meta", "table", "form", NULL };
	bool plain = part->kind != PART_MEMBER && strcmp(part->type, "text/plain") == 0;

	if (strcmp(part->type, "text/html") == 0 ||
	    strcmp(part->type, "application/xhtml+xml") == 0)
		return MARKUP_HTML;
	if (strcmp(part->type, "image/svg+xml") == 0 || has_name_ending(part, svg_names))
		return MARKUP_SVG;
	if (has_name_ending(part, html_names))
		return MARKUP_HTML;
	/* No program shows what is called plain text as anything else. */
	if (plain)
		return MARKUP_NONE;
	if (begins_with_tag(bytes, size, html_tags))
		return MARKUP_HTML;
	return begins_with_tag(bytes, size, svg_tags) ? MARKUP_SVG : MARKUP_NONE;
}

/* Length of the longest line of nothing but white space. */
static uint64_t
longest_blank_line(const char *bytes, size_t size)
{
	uint64_t longest = 0;

	for (const char *at = bytes, *end = bytes + size; at < end;) {
		const char *start = at;

		while (at < end && g_ascii_isspace(*at) && *at != '\n')
			at++;
		if (at == end || *at == '\n')
			longest = MAX(longest, (uint64_t)(at - start));
		at = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
		at = at != NULL ? at + 1 : end;
	}
	return longest;
}

static void
look_at_text(struct part *part, const char *bytes, size_t size)
{
	const char *mark = memmem(bytes, size, SIGNATURE_MARK, strlen(SIGNATURE_MARK));

	if (memchr(bytes, '\0', size) != NULL)
		part_set(part, PART_FACT_nul);
	if (mark != NULL && (part->html == NULL || part->html->transcoded == NULL))
		part->signature_mark = (size_t)(mark - bytes);
	if (strcmp(part->encoding, "quoted-printable") == 0)
		part->blank_line = longest_blank_line(bytes, size);
}

static void
look_at_type(struct task *task, struct part *part, const char *bytes, size_t size)
{
	const struct brief *brief = task->brief;

	if (brief->want_types || brief->want_mime_types)
		filetype_of(bytes, size, part->type, brief->want_types ? &part->description : NULL,
		    brief->want_mime_types ? &part->mime : NULL);
}

static bool
is_wished(const struct reading_wish *wish, unsigned n)
{
	for (unsigned low = 0, high = wish->count; low < high;) {
		unsigned middle = low + (high - low) / 2;

		if (wish->parts[middle] == n)
			return true;
		if (wish->parts[middle] < n)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static void
hand_out(struct task *task, unsigned n, const char *bytes, size_t size)
{
	const struct reading_wish *wish = task->wish;
	const struct part *part = facts_part(task->facts, n);
	g_autofree char *text = NULL;

	if (task->ended || !is_wished(wish, n))
		return;
	if (wish->form == CONTENT_TEXT && markup_of(part, bytes, size) != MARKUP_NONE) {
		text = html_to_text(bytes, size, part->charset);
		bytes = text;
		size = strlen(text);
	}
	task->ended = (wish->begin != NULL && !wish->begin(n, wish->data)) ||
		      (size > 0 && !wish->take(bytes, size, wish->data));
}

/* A file that mail programs open as a message. Of MIME parts the walker has opened those that say so. */
static bool
is_message_file(const struct part *part)
{
	static const char *const endings[] = { ".eml", ".mht", ".mhtml", NULL };
	bool typed = strcmp(part->type, "message/rfc822") == 0;

	return typed ? part->kind == PART_MEMBER : has_name_ending(part, endings);
}

/* What is behind the limit of the lists may be script, too. */
static void
note_script(struct part *part)
{
	bool found = part->html->truncated;

	for (unsigned i = 0; i < part->html->tags->len; i++) {
		const struct html_tag *tag = g_ptr_array_index(part->html->tags, i);

		found |= strcmp(html_kind_word(tag->kind), html_kind_word(HTML_script)) == 0;
	}
	if (found)
		part_set(part, PART_FACT_script);
}

void
task_content(struct task *task, unsigned n, const char *bytes, size_t size)
{
	struct part *part = facts_part(task->facts, n);
	enum markup markup;

	/* Nothing may come from no array at all; from here on there are bytes to point at. */
	if (size == 0)
		bytes = "";
	part->size = size;
	if (task->brief->want_digests)
		part->digest =
		    g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
	look_at_type(task, part, bytes, size);
	if (task->brief->want_html && (markup = markup_of(part, bytes, size)) != MARKUP_NONE) {
		part->html = html_read(bytes, size, part->charset, markup == MARKUP_SVG);
		note_script(part);
	}
	if (g_str_has_prefix(part->type, "text/"))
		look_at_text(part, bytes, size);
	if (task->wish != NULL)
		hand_out(task, n, bytes, size);
	if (task->ended || !task_in_time(task)) {
		part_set(part, PART_FACT_not_unpacked);
		return;
	}
	if (smime_open(task, n, bytes, size))
		return;
	if (!(is_message_file(part) && mime_read_embedded(task, n, bytes, size)) &&
	    task->brief->unpack_documents)
		mhtml_read(task, n, bytes, size);
	uu_find(task, n, bytes, size);
	unpack(task, n, bytes, size);
}
