/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text is written straight from the structs: building a tree of JSON values for it would cost more than reading a small
 * message does.
 */
#include "core/read/facts_json.h"

#include <string.h>

#include "core/read/facts_members.h"
#include "core/read/json_write.h"

struct writer {
	GString *out;
	GString *far; /* texts that stand behind the JSON; NULL: none do */
	bool full;
};

static void
write_member_text(const struct writer *writer, const char *text)
{
	size_t length = text != NULL ? strlen(text) : 0;

	if (writer->far == NULL || length < FACTS_FAR_MIN) {
		json_write_text(writer->out, text);
	} else if (g_utf8_validate(text, (gssize)length, NULL)) {
		json_write_number(writer->out, length);
		g_string_append_len(writer->far, text, (gssize)length + 1);
	} else {
		g_autofree char *valid = g_utf8_make_valid(text, -1);

		write_member_text(writer, valid);
	}
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
write_value(const struct writer *writer, const struct member *member, const void *at)
{
	GString *out = writer->out;

	switch (member->kind) {
	case MEMBER_TEXT:
	case MEMBER_OPTIONAL:
		write_member_text(writer, *(char *const *)at);
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
	json_write_number(out, number_of(member, at));
}

static void
write_members(const struct writer *writer, const struct members *members, const void *object)
{
	for (size_t i = 0; i < members->count; i++) {
		const struct member *member = &members->list[i];
		const void *at = (const char *)object + member->offset;

		if (!writer->full && is_initial(member, at))
			continue;
		json_write_name(writer->out, member->name);
		write_value(writer, member, at);
	}
}

/* Into a row, without those at the end that are as they are at first. */
static void
write_values(const struct writer *writer, const struct members *members, const char *object)
{
	size_t count = members->count;

	while (count > 0 &&
	       is_initial(&members->list[count - 1], object + members->list[count - 1].offset))
		count--;
	for (size_t i = 0; i < count; i++) {
		json_write_comma(writer->out);
		write_value(writer, &members->list[i], object + members->list[i].offset);
	}
}

static void
write_row(const struct writer *writer, const char *kind, const struct members *members,
    const void *object)
{
	GString *out = writer->out;

	g_string_append_c(out, '[');
	if (kind != NULL)
		json_write_text(out, kind);
	write_values(writer, members, object);
	g_string_append_c(out, ']');
}

/* An entry of a list about HTML; `kind` NULL: it has none. */
static void
write_html_entry(const struct writer *writer, const char *kind, const struct members *members,
    const void *object)
{
	if (!writer->full) {
		write_row(writer, kind, members, object);
		return;
	}
	g_string_append_c(writer->out, '{');
	if (kind != NULL) {
		json_write_name(writer->out, "kind");
		json_write_text(writer->out, kind);
	}
	write_members(writer, members, object);
	g_string_append_c(writer->out, '}');
}

/* A set as a list of the names of what is in it. */
static void
write_set(GString *out, uint64_t set, unsigned count, const char *(*name_of)(unsigned))
{
	g_string_append_c(out, '[');
	for (unsigned i = 0; i < count; i++) {
		if ((set & (UINT64_C(1) << i)) == 0)
			continue;
		json_write_comma(out);
		json_write_text(out, name_of(i));
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
write_list(const struct writer *writer, const GPtrArray *list, write_entry *write)
{
	g_string_append_c(writer->out, '[');
	for (unsigned i = 0; i < list->len; i++) {
		json_write_comma(writer->out);
		write(writer, g_ptr_array_index(list, i));
	}
	g_string_append_c(writer->out, ']');
}

/* As a member of an object. */
static void
write_named_list(
    const struct writer *writer, const char *name, const GPtrArray *list, write_entry *write)
{
	if (list->len == 0 && !writer->full)
		return;
	json_write_name(writer->out, name);
	write_list(writer, list, write);
}

static void
write_plain(const struct writer *writer, const void *entry)
{
	json_write_text(writer->out, entry);
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
	g_string_append_c(writer->out, '{');
	write_members(writer, &html_members, html);
	write_named_list(writer, "tags", html->tags, write_tag);
	write_named_list(writer, "edits", html->edits, write_edit);
	write_named_list(writer, "links", html->links, write_link);
	write_named_list(writer, "images", html->images, write_image);
	g_string_append_c(writer->out, '}');
}

static void
write_parent(GString *out, const struct part *part)
{
	if (part->parent < 0)
		g_string_append(out, "-1");
	else
		json_write_number(out, (unsigned)part->parent);
}

static void
write_part_object(const struct writer *writer, const struct part *part)
{
	GString *out = writer->out;
	char letter[2] = { part->letter, '\0' };

	g_string_append_c(out, '{');
	json_write_name(out, "parent");
	write_parent(out, part);
	json_write_name(out, "kind");
	json_write_text(out, part_kind_name(part->kind));
	json_write_name(out, "letter");
	json_write_text(out, letter);
	write_members(writer, &part_members, part);
	write_named_list(writer, "names", part->names, write_plain);
	json_write_name(out, "facts");
	write_set(out, part->facts, PART_FACT_COUNT, fact_name);
	if (part->html != NULL) {
		json_write_name(out, "html");
		write_html(writer, part->html);
	}
	g_string_append_c(out, '}');
}

static void
write_part_row(const struct writer *writer, const struct part *part)
{
	GString *out = writer->out;
	char letter[2] = { part->letter, '\0' };

	g_string_append_c(out, '[');
	write_parent(out, part);
	g_string_append_c(out, ',');
	json_write_text(out, part->kind != PART_LEAF ? part_kind_name(part->kind) : NULL);
	g_string_append_c(out, ',');
	json_write_text(out, part->letter != 'n' ? letter : NULL);
	g_string_append_c(out, ',');
	if (part->names->len > 0)
		write_list(writer, part->names, write_plain);
	else
		g_string_append(out, "null");
	g_string_append_c(out, ',');
	if (part->facts != 0)
		write_set(out, part->facts, PART_FACT_COUNT, fact_name);
	else
		g_string_append(out, "null");
	g_string_append_c(out, ',');
	/* The part's own texts come before those of its HTML, which is looked at last. */
	g_autoptr(GString) far = g_string_new(NULL);

	if (part->html != NULL)
		write_html(&(struct writer){ .out = out, .far = far }, part->html);
	else
		g_string_append(out, "null");
	write_values(writer, &part_members, (const char *)part);
	g_string_append_c(out, ']');
	g_string_append_len(writer->far, far->str, (gssize)far->len);
}

static void
write_part(const struct writer *writer, const void *entry)
{
	if (writer->full)
		write_part_object(writer, entry);
	else
		write_part_row(writer, entry);
}

static void
write_facts(const struct writer *writer, const struct facts *facts)
{
	g_string_append_c(writer->out, '{');
	write_members(writer, &facts_members, facts);
	if (writer->full || facts->limits != 0) {
		json_write_name(writer->out, "limits");
		write_set(writer->out, facts->limits, READ_LIMIT_COUNT, limit_name);
	}
	write_named_list(writer, "parts", facts->parts, write_part);
	g_string_append_c(writer->out, '}');
}

void
facts_write(const struct facts *facts, GString *out)
{
	g_autoptr(GString) far = g_string_new(NULL);

	write_facts(&(struct writer){ .out = out, .far = far, .full = false }, facts);
	if (far->len == 0)
		return;
	g_string_append_c(out, '\0');
	g_string_append_len(out, far->str, (gssize)far->len);
}

json_t *
facts_to_json(const struct facts *facts)
{
	g_autoptr(GString) text = g_string_new(NULL);

	write_facts(&(struct writer){ .out = text, .full = true }, facts);
	return json_loadb(text->str, text->len, 0, NULL);
}
