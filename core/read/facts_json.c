/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text is written straight from the structs: building a tree of JSON values for it would cost more than reading a small
 * message does.
 */
#include "core/read/facts_json.h"

#include <string.h>

#include "core/read/facts_members.h"

struct writer {
	GString *out;
	bool full;
};

static void
write_escaped(GString *out, unsigned char byte)
{
	if (byte == '"' || byte == '\\')
		g_string_append_printf(out, "\\%c", byte);
	else
		g_string_append_printf(out, "\\u%04x", byte);
}

/* Valid UTF-8. */
static void
write_valid(GString *out, const char *text)
{
	const char *run = text;

	g_string_append_c(out, '"');
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte >= ' ' && byte != '"' && byte != '\\')
			continue;
		g_string_append_len(out, run, text - run);
		write_escaped(out, byte);
		run = text + 1;
	}
	g_string_append_len(out, run, text - run);
	g_string_append_c(out, '"');
}

static void
write_text(GString *out, const char *text)
{
	if (text == NULL) {
		g_string_append(out, "null");
	} else if (g_utf8_validate(text, -1, NULL)) {
		write_valid(out, text);
	} else {
		g_autofree char *valid = g_utf8_make_valid(text, -1);

		write_valid(out, valid);
	}
}

static void
write_number(GString *out, uint64_t number)
{
	char digits[24], *at = digits + sizeof digits;

	do
		*--at = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	g_string_append_len(out, at, digits + sizeof digits - at);
}

/* A comma where one is needed, the name, and a colon. */
static void
write_name(GString *out, const char *name)
{
	if (out->str[out->len - 1] != '{')
		g_string_append_c(out, ',');
	g_string_append_c(out, '"');
	g_string_append(out, name);
	g_string_append(out, "\":");
}

static uint64_t
number_of(const struct member *member, const void *at)
{
	switch (member->kind) {
	case MEMBER_TEXT:
	case MEMBER_OPTIONAL:
		break;
	case MEMBER_NUMBER:
		return *(const unsigned *)at;
	case MEMBER_LARGE:
	case MEMBER_PLACE:
		return *(const uint64_t *)at;
	case MEMBER_YES:
		return *(const bool *)at;
	}
	return 0;
}

static bool
is_initial(const struct member *member, const void *at)
{
	switch (member->kind) {
	case MEMBER_TEXT:
		return strcmp(*(char *const *)at, member->initial) == 0;
	case MEMBER_OPTIONAL:
		return *(char *const *)at == NULL;
	case MEMBER_PLACE:
		return number_of(member, at) == HTML_NOWHERE;
	case MEMBER_NUMBER:
	case MEMBER_LARGE:
	case MEMBER_YES:
		break;
	}
	return number_of(member, at) == 0;
}

static void
write_value(GString *out, const struct member *member, const void *at)
{
	switch (member->kind) {
	case MEMBER_TEXT:
	case MEMBER_OPTIONAL:
		write_text(out, *(char *const *)at);
		return;
	case MEMBER_YES:
		g_string_append(out, *(const bool *)at ? "true" : "false");
		return;
	case MEMBER_PLACE:
		if (number_of(member, at) == HTML_NOWHERE) {
			g_string_append(out, "null");
			return;
		}
		break;
	case MEMBER_NUMBER:
	case MEMBER_LARGE:
		break;
	}
	write_number(out, number_of(member, at));
}

static void
write_members(const struct writer *writer, const struct members *members, const void *object)
{
	for (size_t i = 0; i < members->count; i++) {
		const struct member *member = &members->list[i];
		const void *at = (const char *)object + member->offset;

		if (!writer->full && is_initial(member, at))
			continue;
		write_name(writer->out, member->name);
		write_value(writer->out, member, at);
	}
}

/* The values alone, without those at the end that are as they are at first. */
static void
write_row(GString *out, const char *kind, const struct members *members, const char *object)
{
	size_t count = members->count;

	while (count > 0 &&
	       is_initial(&members->list[count - 1], object + members->list[count - 1].offset))
		count--;
	g_string_append_c(out, '[');
	if (kind != NULL)
		write_text(out, kind);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 || kind != NULL)
			g_string_append_c(out, ',');
		write_value(out, &members->list[i], object + members->list[i].offset);
	}
	g_string_append_c(out, ']');
}

/* An entry of a list about HTML; `kind` NULL: it has none. */
static void
write_html_entry(const struct writer *writer, const char *kind, const struct members *members,
    const void *object)
{
	if (!writer->full) {
		write_row(writer->out, kind, members, object);
		return;
	}
	g_string_append_c(writer->out, '{');
	if (kind != NULL) {
		write_name(writer->out, "kind");
		write_text(writer->out, kind);
	}
	write_members(writer, members, object);
	g_string_append_c(writer->out, '}');
}

/* A set as a list of the names of what is in it. */
static void
write_set(const struct writer *writer, const char *name, uint64_t set, unsigned count,
    const char *(*name_of)(unsigned))
{
	GString *out = writer->out;

	if (set == 0 && !writer->full)
		return;
	write_name(out, name);
	g_string_append_c(out, '[');
	for (unsigned i = 0; i < count; i++) {
		if ((set & (UINT64_C(1) << i)) == 0)
			continue;
		if (out->str[out->len - 1] != '[')
			g_string_append_c(out, ',');
		write_text(out, name_of(i));
	}
	g_string_append_c(out, ']');
}

static const char *
fact_name(unsigned n)
{
	return part_fact_name((enum part_fact)n);
}

static const char *
limit_name(unsigned n)
{
	return read_limit_name((enum read_limit)n);
}

typedef void write_entry(const struct writer *writer, const void *entry);

static void
write_list(const struct writer *writer, const char *name, const GPtrArray *list, write_entry *write)
{
	GString *out = writer->out;

	if (list->len == 0 && !writer->full)
		return;
	write_name(out, name);
	g_string_append_c(out, '[');
	for (unsigned i = 0; i < list->len; i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		write(writer, g_ptr_array_index(list, i));
	}
	g_string_append_c(out, ']');
}

static void
write_plain(const struct writer *writer, const void *entry)
{
	write_text(writer->out, entry);
}

static void
write_tag(const struct writer *writer, const void *entry)
{
	const struct html_tag *tag = entry;

	write_html_entry(writer, html_kind_name(tag->kind), &html_tag_members, tag);
}

static void
write_edit(const struct writer *writer, const void *entry)
{
	const struct html_edit *edit = entry;

	write_html_entry(writer, html_kind_name(edit->kind), &html_edit_members, edit);
}

static void
write_link(const struct writer *writer, const void *entry)
{
	write_html_entry(writer, NULL, &html_link_members, entry);
}

static void
write_image(const struct writer *writer, const void *entry)
{
	write_html_entry(writer, NULL, &html_image_members, entry);
}

static void
write_html(const struct writer *writer, const struct html_facts *html)
{
	write_name(writer->out, "html");
	g_string_append_c(writer->out, '{');
	write_members(writer, &html_members, html);
	write_list(writer, "tags", html->tags, write_tag);
	write_list(writer, "edits", html->edits, write_edit);
	write_list(writer, "links", html->links, write_link);
	write_list(writer, "images", html->images, write_image);
	g_string_append_c(writer->out, '}');
}

static void
write_part(const struct writer *writer, const void *entry)
{
	const struct part *part = entry;
	GString *out = writer->out;
	char letter[2] = { part->letter, '\0' };

	g_string_append_c(out, '{');
	write_name(out, "parent");
	if (part->parent < 0)
		g_string_append(out, "-1");
	else
		write_number(out, (unsigned)part->parent);
	if (writer->full || part->kind != PART_LEAF) {
		write_name(out, "kind");
		write_text(out, part_kind_name(part->kind));
	}
	if (writer->full || part->letter != 'n') {
		write_name(out, "letter");
		write_text(out, letter);
	}
	write_members(writer, &part_members, part);
	write_list(writer, "names", part->names, write_plain);
	write_set(writer, "facts", part->facts, PART_FACT_COUNT, fact_name);
	if (part->html != NULL)
		write_html(writer, part->html);
	g_string_append_c(out, '}');
}

static void
write_facts(const struct writer *writer, const struct facts *facts)
{
	g_string_append_c(writer->out, '{');
	write_members(writer, &facts_members, facts);
	write_set(writer, "limits", facts->limits, READ_LIMIT_COUNT, limit_name);
	write_list(writer, "parts", facts->parts, write_part);
	g_string_append_c(writer->out, '}');
}

void
facts_write(const struct facts *facts, GString *out)
{
	write_facts(&(struct writer){ .out = out, .full = false }, facts);
}

json_t *
facts_to_json(const struct facts *facts)
{
	g_autoptr(GString) text = g_string_new(NULL);

	write_facts(&(struct writer){ .out = text, .full = true }, facts);
	return json_loadb(text->str, text->len, 0, NULL);
}
