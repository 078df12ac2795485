/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way from JSON to facts. Whoever wrote it has read hostile bytes and may be in their power, so nothing is taken that the
 * rest of the program could stumble over. The first thing that can't be ends it.
 */
#include "core/read/facts_json.h"

#include <stdarg.h>
#include <string.h>

#include "core/read/facts_check.h"

/* Commas, brackets and braces of one text: each stands for up to some 300 bytes of memory. */
#define TOKENS_MAX 1000000
#define NAME_MAX_BYTES 1000

bool
facts_refuse(const struct facts_check *check, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (*check->why == NULL)
		*check->why = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	return false;
}

static bool
take_text(
    const struct facts_check *check, const struct member *member, const json_t *value, char **at)
{
	if (json_is_null(value) && member->kind == MEMBER_OPTIONAL)
		return true;
	if (!json_is_string(value))
		return facts_refuse(check, "%s is no text", member->name);
	g_free(*at);
	*at = g_strndup(json_string_value(value), json_string_length(value));
	return true;
}

static bool
take_number(const struct facts_check *check, const char *name, const json_t *value, uint64_t most,
    uint64_t *number)
{
	json_int_t found = json_integer_value(value);

	if (!json_is_integer(value) || found < 0 || (uint64_t)found > most)
		return facts_refuse(check, "%s is no number that can be", name);
	*number = (uint64_t)found;
	return true;
}

static bool
take_member(
    const struct facts_check *check, const struct member *member, const json_t *value, void *at)
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
			return facts_refuse(check, "%s is neither true nor false", member->name);
		*(bool *)at = json_is_true(value);
		return true;
	}
	return false;
}

/* Takes the simple members; `others` of the object's members are known to the caller, and there may be no more. */
bool
facts_take_members(const struct facts_check *check, const struct members *members,
    const json_t *json, size_t others, void *object)
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
		return facts_refuse(check, "a member that nothing has");
	return true;
}

static bool
take_row(const struct facts_check *check, const struct members *members, const json_t *json,
    size_t others, void *object)
{
	size_t count = json_array_size(json);

	if (count > others + members->count)
		return facts_refuse(check, "a member that nothing has");
	for (size_t i = others; i < count; i++) {
		const struct member *member = &members->list[i - others];

		if (!take_member(
			check, member, json_array_get(json, i), (char *)object + member->offset))
			return false;
	}
	return true;
}

bool
facts_take_entry(const struct facts_check *check, const struct members *members, const json_t *json,
    size_t others, void *object)
{
	return json_is_array(json) ? take_row(check, members, json, others, object)
				   : facts_take_members(check, members, json, others, object);
}

/* The member where it is there, counted in `others`. */
const json_t *
facts_special(const json_t *json, const char *name, size_t *others)
{
	const json_t *value = json_object_get(json, name);

	*others += value != NULL ? 1 : 0;
	return value;
}

/* Index of the name that the value is; `count` where it is none. */
unsigned
facts_find_name(const json_t *value, unsigned count, const char *(*name_of)(unsigned))
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

/* A set that may be absent. */
static bool
take_set(const struct facts_check *check, const char *name, const json_t *list, unsigned count,
    const char *(*name_of)(unsigned), uint64_t *set)
{
	if (list == NULL)
		return true;
	if (!json_is_array(list))
		return facts_refuse(check, "%s is no list", name);
	for (size_t i = 0; i < json_array_size(list); i++) {
		unsigned n = facts_find_name(json_array_get(list, i), count, name_of);

		if (n == count)
			return facts_refuse(check, "%s holds something unknown", name);
		*set |= UINT64_C(1) << n;
	}
	return true;
}

static bool
take_names(const struct facts_check *check, const json_t *list, struct part *part)
{
	if (list == NULL)
		return true;
	if (!json_is_array(list) || json_array_size(list) > FACTS_NAMES_MAX)
		return facts_refuse(check, "names are no list, or too many");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));

		if (name == NULL)
			return facts_refuse(check, "a name is no text");
		g_ptr_array_add(part->names, g_strdup(name));
	}
	return true;
}

static bool
check_name(const struct facts_check *check, const struct part *part)
{
	for (const char *at = part->name; *at != '\0'; at++) {
		if (g_ascii_iscntrl(*at))
			return facts_refuse(check, "a name for people with control characters");
	}
	if (part->signature_mark != HTML_NOWHERE && part->signature_mark > part->size)
		return facts_refuse(check, "a signature's place that is not in the part");
	if (strlen(part->name) > NAME_MAX_BYTES)
		return facts_refuse(check, "a name for people that is too long");
	return true;
}

static bool
check_digest(const struct facts_check *check, const struct part *part)
{
	if (part->digest == NULL ||
	    (strlen(part->digest) == 64 && strspn(part->digest, "0123456789abcdef") == 64))
		return true;
	return facts_refuse(check, "a digest that is none");
}

static bool
has_range(const struct part *part)
{
	return (part->header_start | part->header_end | part->body_start | part->body_end) != 0;
}

/*
 * `parent` NULL: it has none. Another reading may see the content begin or end elsewhere, even within the header; only what it sees in
 * itself lies within itself.
 */
static bool
check_ranges(const struct facts_check *check, const struct part *part, const struct part *parent)
{
	bool other = parent != NULL && parent->reading != part->reading;
	uint64_t from = 0, to = check->size;

	if (parent != NULL && !has_range(part))
		return true;
	if (parent != NULL && !other && has_range(parent)) {
		from = parent->body_start;
		to = parent->body_end;
	}
	if (from <= part->header_start && part->header_start <= part->header_end &&
	    (other || part->header_end <= part->body_start) && part->body_start <= part->body_end &&
	    part->header_end <= to && part->body_end <= to)
		return true;
	return facts_refuse(check, "a part lies outside of the message, or of its parent");
}

/* The number of the part that this one is in, which must have come before. */
static bool
take_parent(
    const struct facts_check *check, const json_t *value, const struct facts *facts, int *parent)
{
	json_int_t found = json_integer_value(value);
	bool first = facts->parts->len == 0;

	if (!json_is_integer(value) || found < -1 || found >= (json_int_t)facts->parts->len ||
	    (found == -1) != first)
		return facts_refuse(check, "a part whose parent can't be");
	*parent = (int)found;
	return true;
}

/* Another reading of a part stands below it, whatever it is. */
static bool
check_family(const struct facts_check *check, const struct part *part, const struct part *parent)
{
	bool held = part->kind == PART_MEMBER || parent == NULL || parent->kind == PART_MULTIPART ||
		    parent->kind == PART_MESSAGE || parent->reading != part->reading;

	if (held && (parent != NULL || part->kind != PART_MEMBER))
		return true;
	return facts_refuse(check, "a part in something that can't hold it");
}

static bool
take_letter(const struct facts_check *check, const json_t *value, struct part *part)
{
	const char *text = json_string_value(value);

	if (value == NULL)
		return true;
	if (text == NULL || strlen(text) != 1 || strchr("ntzrou", *text) == NULL)
		return facts_refuse(check, "an unknown letter");
	part->letter = *text;
	return true;
}

static bool
take_part(const struct facts_check *check, const json_t *json, struct facts *facts)
{
	size_t others = 0;
	int number = -1;

	if (!json_is_object(json))
		return facts_refuse(check, "a part is no object");
	const json_t *kind = facts_special(json, "kind", &others);
	const json_t *letter = facts_special(json, "letter", &others);
	const json_t *names = facts_special(json, "names", &others);
	const json_t *set = facts_special(json, "facts", &others);
	const json_t *html = facts_special(json, "html", &others);
	unsigned n = kind != NULL ? facts_find_name(kind, PART_MEMBER + 1, kind_name) : PART_LEAF;

	if (!take_parent(check, facts_special(json, "parent", &others), facts, &number))
		return false;
	if (n > PART_MEMBER)
		return facts_refuse(check, "an unknown kind of part");
	struct part *part = facts_add_part(facts, number, (enum part_kind)n);
	const struct part *parent = number >= 0 ? facts_part(facts, (unsigned)number) : NULL;

	return take_letter(check, letter, part) &&
	       facts_take_members(check, &part_members, json, others, part) &&
	       check_family(check, part, parent) && take_names(check, names, part) &&
	       take_set(check, "facts", set, PART_FACT_COUNT, fact_name, &part->facts) &&
	       check_name(check, part) && check_digest(check, part) &&
	       check_ranges(check, part, parent) && facts_take_html(check, html, part);
}

static bool
take_parts(const struct facts_check *check, const json_t *list, struct facts *facts)
{
	size_t count = json_array_size(list);

	if (count == 0 || count > FACTS_PARTS_MAX)
		return facts_refuse(check, "no parts, or too many");
	for (size_t i = 0; i < count; i++) {
		if (!take_part(check, json_array_get(list, i), facts))
			return false;
	}
	return true;
}

static bool
take_facts(const struct facts_check *check, const json_t *json, struct facts *facts)
{
	size_t others = 0;
	uint64_t limits = 0;

	if (!json_is_object(json))
		return facts_refuse(check, "no object");
	facts->readings = 0;
	const json_t *parts = facts_special(json, "parts", &others);
	const json_t *set = facts_special(json, "limits", &others);
	if (!facts_take_members(check, &facts_members, json, others, facts) ||
	    !take_set(check, "limits", set, READ_LIMIT_COUNT, limit_name, &limits) ||
	    !take_parts(check, parts, facts))
		return false;
	facts->limits = (unsigned)limits;
	if (facts->body_start > check->size || facts->readings == 0)
		return facts_refuse(check, "a body behind the message's end, or no reading");
	for (unsigned i = 0; i < facts->parts->len; i++) {
		if (facts_part(facts, i)->reading >= facts->readings)
			return facts_refuse(check, "a part of a reading that there is not");
	}
	return true;
}

struct facts *
facts_from_json(const json_t *json, uint64_t size, char **why)
{
	struct facts *facts = facts_new();

	*why = NULL;
	if (take_facts(&(struct facts_check){ .size = size, .why = why }, json, facts))
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
