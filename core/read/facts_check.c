/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way from JSON to facts. Whoever wrote it has read hostile bytes and may be in their power, so nothing is taken that the
 * rest of the program could stumble over. The first thing that can't be ends it.
 */
#include "core/read/facts_json.h"

#include <stdarg.h>
#include <string.h>

#include "core/read/facts_members.h"

/* Commas, brackets and braces of one text: each stands for up to some 300 bytes of memory. */
#define TOKENS_MAX 1000000
#define NAME_MAX_BYTES 1000

struct check {
	uint64_t size;
	char **why;
};

static bool G_GNUC_PRINTF(2, 3) refuse(const struct check *check, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (*check->why == NULL)
		*check->why = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	return false;
}

static bool
take_text(const struct check *check, const struct member *member, const json_t *value, char **at)
{
	if (json_is_null(value) && member->kind == MEMBER_OPTIONAL)
		return true;
	if (!json_is_string(value))
		return refuse(check, "%s is no text", member->name);
	g_free(*at);
	*at = g_strndup(json_string_value(value), json_string_length(value));
	return true;
}

static bool
take_number(const struct check *check, const char *name, const json_t *value, uint64_t most,
    uint64_t *number)
{
	json_int_t found = json_integer_value(value);

	if (!json_is_integer(value) || found < 0 || (uint64_t)found > most)
		return refuse(check, "%s is no number that can be", name);
	*number = (uint64_t)found;
	return true;
}

static bool
take_member(const struct check *check, const struct member *member, const json_t *value, void *at)
{
	uint64_t number = 0;

	switch (member->kind) {
	case MEMBER_TEXT:
	case MEMBER_OPTIONAL:
		return take_text(check, member, value, at);
	case MEMBER_NUMBER:
		if (!take_number(check, member->name, value, G_MAXINT32, &number))
			return false;
		*(unsigned *)at = (unsigned)number;
		return true;
	case MEMBER_PLACE:
		if (json_is_null(value))
			return true;
		return take_number(check, member->name, value, G_MAXINT64, at);
	case MEMBER_LARGE:
		return take_number(check, member->name, value, G_MAXINT64, at);
	case MEMBER_YES:
		if (!json_is_boolean(value))
			return refuse(check, "%s is neither true nor false", member->name);
		*(bool *)at = json_is_true(value);
		return true;
	}
	return false;
}

/* Takes the simple members; `others` of the object's members are known to the caller, and there may be no more. */
static bool
take_members(const struct check *check, const struct members *members, const json_t *json,
    size_t others, void *object)
{
	size_t found = others;

	for (size_t i = 0; i < members->count; i++) {
		const struct member *member = &members->list[i];
		const json_t *value = json_object_get(json, member->name);

		if (value == NULL)
			continue;
		found++;
		if (!take_member(check, member, value, (char *)object + member->offset))
			return false;
	}
	if (found != json_object_size(json))
		return refuse(check, "a member that nothing has");
	return true;
}

/* The member where it is there, counted in `others`. */
static const json_t *
special(const json_t *json, const char *name, size_t *others)
{
	const json_t *value = json_object_get(json, name);

	*others += value != NULL ? 1 : 0;
	return value;
}

/* Index of the name that the value is; `count` where it is none. */
static unsigned
find_name(const json_t *value, unsigned count, const char *(*name_of)(unsigned))
{
	const char *text = json_string_value(value);
	unsigned i = 0;

	while (i < count && (text == NULL || strcmp(text, name_of(i)) != 0))
		i++;
	return i;
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

static const char *
kind_name(unsigned n)
{
	return part_kind_name((enum part_kind)n);
}

static const char *
tag_name(unsigned n)
{
	return html_kind_name((enum html_kind)n);
}

/* A set that may be absent. */
static bool
take_set(const struct check *check, const char *name, const json_t *list, unsigned count,
    const char *(*name_of)(unsigned), uint64_t *set)
{
	if (list == NULL)
		return true;
	if (!json_is_array(list))
		return refuse(check, "%s is no list", name);
	for (size_t i = 0; i < json_array_size(list); i++) {
		unsigned n = find_name(json_array_get(list, i), count, name_of);

		if (n == count)
			return refuse(check, "%s holds something unknown", name);
		*set |= UINT64_C(1) << n;
	}
	return true;
}

/* HTML */

/* Takes one entry of a list, and checks it against what was taken before. */
typedef bool take_entry(const struct check *check, const json_t *entry, struct html_facts *html);

static bool
take_list(const struct check *check, const json_t *list, take_entry *take, struct html_facts *html)
{
	if (list == NULL)
		return true;
	if (!json_is_array(list) || json_array_size(list) > HTML_LIST_MAX)
		return refuse(check, "a list about HTML is none, or too long");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);

		if (!json_is_object(entry))
			return refuse(check, "an entry about HTML is no object");
		if (!take(check, entry, html))
			return false;
	}
	return true;
}

static bool
check_range(const struct check *check, size_t start, size_t end, const struct html_facts *html)
{
	if (start <= end && end <= html->length)
		return true;
	return refuse(check, "a place that is not in the HTML");
}

static bool
take_kind(const struct check *check, const json_t *entry, enum html_kind *kind)
{
	unsigned n = find_name(json_object_get(entry, "kind"), HTML_KIND_COUNT, tag_name);

	if (n == HTML_KIND_COUNT)
		return refuse(check, "an unknown kind of HTML");
	*kind = (enum html_kind)n;
	return true;
}

static bool
take_tag(const struct check *check, const json_t *entry, struct html_facts *html)
{
	html_add_tag(html, (enum html_kind)0, 0, 0, "");
	struct html_tag *tag = g_ptr_array_index(html->tags, html->tags->len - 1);

	return take_kind(check, entry, &tag->kind) &&
	       take_members(check, &html_tag_members, entry, 1, tag) &&
	       check_range(check, tag->start, tag->end, html);
}

static bool
take_edit(const struct check *check, const json_t *entry, struct html_facts *html)
{
	const struct html_edit *before =
	    html->edits->len > 0 ? g_ptr_array_index(html->edits, html->edits->len - 1) : NULL;

	html_add_edit(html, (enum html_kind)0, 0, 0, "");
	struct html_edit *edit = g_ptr_array_index(html->edits, html->edits->len - 1);
	if (!take_kind(check, entry, &edit->kind) ||
	    !take_members(check, &html_edit_members, entry, 1, edit) ||
	    !check_range(check, edit->start, edit->end, html))
		return false;
	if (before != NULL && before->start > edit->start)
		return refuse(check, "edits out of order");
	return true;
}

/* Edits of one kind are all done together, so none may reach into the next. */
static bool
check_edits(const struct check *check, const struct html_facts *html)
{
	size_t ends[HTML_KIND_COUNT] = { 0 };

	for (unsigned i = 0; i < html->edits->len; i++) {
		const struct html_edit *edit = g_ptr_array_index(html->edits, i);

		if (edit->start < ends[edit->kind])
			return refuse(check, "edits that overlap");
		ends[edit->kind] = edit->end;
	}
	return true;
}

static bool
take_link(const struct check *check, const json_t *entry, struct html_facts *html)
{
	struct html_link *link = html_add_link(html);

	if (!take_members(check, &html_link_members, entry, 0, link) ||
	    !check_range(check, link->start, link->end, html) ||
	    !check_range(check, link->text_start, link->text_end, html))
		return false;
	if (link->href == NULL || link->text == NULL || strlen(link->text) > HTML_LINK_TEXT_MAX)
		return refuse(check, "a link without address or text, or with too much of it");
	return true;
}

static bool
take_image(const struct check *check, const json_t *entry, struct html_facts *html)
{
	struct html_image *image = html_add_image(html);

	if (!take_members(check, &html_image_members, entry, 0, image) ||
	    !check_range(check, image->start, image->end, html))
		return false;
	if (image->src == NULL)
		return refuse(check, "a picture without address");
	return true;
}

static bool
check_place(const struct check *check, size_t place, const struct html_facts *html)
{
	return place == HTML_NOWHERE || check_range(check, place, place, html);
}

static bool
take_html(const struct check *check, const json_t *json, struct part *part)
{
	size_t others = 0;

	if (json == NULL)
		return true;
	if (!json_is_object(json))
		return refuse(check, "html is no object");
	const json_t *tags = special(json, "tags", &others);
	const json_t *edits = special(json, "edits", &others);
	const json_t *links = special(json, "links", &others);
	const json_t *images = special(json, "images", &others);
	struct html_facts *html = part->html = html_facts_new();

	if (!take_members(check, &html_members, json, others, html))
		return false;
	if (html->transcoded == NULL && html->length > part->size)
		return refuse(check, "HTML that is larger than its part");
	return check_place(check, html->html_open, html) &&
	       check_place(check, html->body_open, html) &&
	       check_place(check, html->body_close, html) &&
	       check_place(check, html->html_close, html) &&
	       take_list(check, tags, take_tag, html) && take_list(check, edits, take_edit, html) &&
	       check_edits(check, html) && take_list(check, links, take_link, html) &&
	       take_list(check, images, take_image, html);
}

/* Parts */

static bool
take_names(const struct check *check, const json_t *list, struct part *part)
{
	if (list == NULL)
		return true;
	if (!json_is_array(list) || json_array_size(list) > FACTS_NAMES_MAX)
		return refuse(check, "names are no list, or too many");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));

		if (name == NULL)
			return refuse(check, "a name is no text");
		g_ptr_array_add(part->names, g_strdup(name));
	}
	return true;
}

static bool
check_name(const struct check *check, const struct part *part)
{
	for (const char *at = part->name; *at != '\0'; at++) {
		if (g_ascii_iscntrl(*at))
			return refuse(check, "a name for people with control characters");
	}
	if (strlen(part->name) > NAME_MAX_BYTES)
		return refuse(check, "a name for people that is too long");
	return true;
}

static bool
check_digest(const struct check *check, const struct part *part)
{
	if (part->digest == NULL ||
	    (strlen(part->digest) == 64 && strspn(part->digest, "0123456789abcdef") == 64))
		return true;
	return refuse(check, "a digest that is none");
}

static bool
has_range(const struct part *part)
{
	return (part->header_start | part->header_end | part->body_start | part->body_end) != 0;
}

/* `parent` NULL: it has none. */
static bool
check_ranges(const struct check *check, const struct part *part, const struct part *parent)
{
	uint64_t from = 0, to = check->size;

	if (parent != NULL && !has_range(part))
		return true;
	if (parent != NULL && has_range(parent)) {
		from = parent->body_start;
		to = parent->body_end;
	}
	if (from <= part->header_start && part->header_start <= part->header_end &&
	    part->header_end <= part->body_start && part->body_start <= part->body_end &&
	    part->body_end <= to)
		return true;
	return refuse(check, "a part lies outside of the message, or of its parent");
}

/* The number of the part that this one is in, which must have come before. */
static bool
take_parent(const struct check *check, const json_t *value, const struct facts *facts, int *parent)
{
	json_int_t found = json_integer_value(value);
	bool first = facts->parts->len == 0;

	if (!json_is_integer(value) || found < -1 || found >= (json_int_t)facts->parts->len ||
	    (found == -1) != first)
		return refuse(check, "a part whose parent can't be");
	*parent = (int)found;
	return true;
}

static bool
check_family(const struct check *check, const struct part *part, const struct part *parent)
{
	if (part->kind == PART_MEMBER
		? parent != NULL
		: parent == NULL || parent->kind == PART_MULTIPART || parent->kind == PART_MESSAGE)
		return true;
	return refuse(check, "a part in something that can't hold it");
}

static bool
take_letter(const struct check *check, const json_t *value, struct part *part)
{
	const char *text = json_string_value(value);

	if (value == NULL)
		return true;
	if (text == NULL || strlen(text) != 1 || strchr("ntzrou", *text) == NULL)
		return refuse(check, "an unknown letter");
	part->letter = *text;
	return true;
}

static bool
take_part(const struct check *check, const json_t *json, struct facts *facts)
{
	size_t others = 0;
	int number = -1;

	if (!json_is_object(json))
		return refuse(check, "a part is no object");
	const json_t *kind = special(json, "kind", &others);
	const json_t *letter = special(json, "letter", &others);
	const json_t *names = special(json, "names", &others);
	const json_t *set = special(json, "facts", &others);
	const json_t *html = special(json, "html", &others);
	unsigned n = kind != NULL ? find_name(kind, PART_MEMBER + 1, kind_name) : PART_LEAF;

	if (!take_parent(check, special(json, "parent", &others), facts, &number))
		return false;
	if (n > PART_MEMBER)
		return refuse(check, "an unknown kind of part");
	struct part *part = facts_add_part(facts, number, (enum part_kind)n);
	const struct part *parent = number >= 0 ? facts_part(facts, (unsigned)number) : NULL;

	return check_family(check, part, parent) && take_letter(check, letter, part) &&
	       take_members(check, &part_members, json, others, part) &&
	       take_names(check, names, part) &&
	       take_set(check, "facts", set, PART_FACT_COUNT, fact_name, &part->facts) &&
	       check_name(check, part) && check_digest(check, part) &&
	       check_ranges(check, part, parent) && take_html(check, html, part);
}

static bool
take_parts(const struct check *check, const json_t *list, struct facts *facts)
{
	size_t count = json_array_size(list);

	if (count == 0 || count > FACTS_PARTS_MAX)
		return refuse(check, "no parts, or too many");
	for (size_t i = 0; i < count; i++) {
		if (!take_part(check, json_array_get(list, i), facts))
			return false;
	}
	return true;
}

static bool
take_facts(const struct check *check, const json_t *json, struct facts *facts)
{
	size_t others = 0;
	uint64_t limits = 0;

	if (!json_is_object(json))
		return refuse(check, "no object");
	facts->readings = 0;
	const json_t *parts = special(json, "parts", &others);
	const json_t *set = special(json, "limits", &others);
	if (!take_members(check, &facts_members, json, others, facts) ||
	    !take_set(check, "limits", set, READ_LIMIT_COUNT, limit_name, &limits) ||
	    !take_parts(check, parts, facts))
		return false;
	facts->limits = (unsigned)limits;
	if (facts->body_start > check->size || facts->readings == 0)
		return refuse(check, "a body behind the message's end, or no reading");
	for (unsigned i = 0; i < facts->parts->len; i++) {
		if (facts_part(facts, i)->reading >= facts->readings)
			return refuse(check, "a part of a reading that there is not");
	}
	return true;
}

struct facts *
facts_from_json(const json_t *json, uint64_t size, char **why)
{
	struct facts *facts = facts_new();

	*why = NULL;
	if (take_facts(&(struct check){ .size = size, .why = why }, json, facts))
		return facts;
	facts_free(facts);
	return NULL;
}

json_t *
facts_load(const char *text, size_t length, char **why)
{
	json_error_t error;
	size_t tokens = 0;

	*why = NULL;
	for (size_t i = 0; length > TOKENS_MAX && i < length; i++)
		tokens += text[i] == ',' || text[i] == '[' || text[i] == '{' ? 1 : 0;
	if (tokens > TOKENS_MAX) {
		*why = g_strdup("too many values");
		return NULL;
	}
	json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	if (json == NULL)
		*why = g_strdup_printf("no JSON: %s", error.text);
	return json;
}
