/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way from JSON to facts. Whoever wrote it has read hostile bytes and may be in their power, so nothing is taken that the
 * rest of the program could stumble over. The first thing that can't be ends it.
 */
#include "core/read/facts_json.h"

#include <string.h>

#include "core/read/facts_check.h"

/* Commas, brackets and braces of one text: each stands for up to some 300 bytes of memory. */
#define TOKENS_MAX 1000000
#define NAME_MAX_BYTES 1000

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

/* What a part has besides its simple members; NULL: what it is at first. */
struct specials {
	const json_t *parent, *kind, *letter, *names, *facts, *html;
	size_t count;
};

/* These stand first in a row, in this order; null stands for what isn't there. */
#define ROW_SPECIALS 6

static const json_t *
row_special(const json_t *json, size_t n)
{
	const json_t *value = json_array_get(json, n);

	return json_is_null(value) ? NULL : value;
}

static bool
find_specials(const struct facts_check *check, const json_t *json, struct specials *specials)
{
	if (json_is_array(json) && json_array_size(json) >= ROW_SPECIALS) {
		*specials = (struct specials){ row_special(json, 0), row_special(json, 1),
			row_special(json, 2), row_special(json, 3), row_special(json, 4),
			row_special(json, 5), ROW_SPECIALS };
		return true;
	}
	if (!json_is_object(json))
		return facts_refuse(check, "a part is no object, and no row");
	specials->count = 0;
	specials->parent = facts_special(json, "parent", &specials->count);
	specials->kind = facts_special(json, "kind", &specials->count);
	specials->letter = facts_special(json, "letter", &specials->count);
	specials->names = facts_special(json, "names", &specials->count);
	specials->facts = facts_special(json, "facts", &specials->count);
	specials->html = facts_special(json, "html", &specials->count);
	return true;
}

static bool
take_part(const struct facts_check *check, const json_t *json, struct facts *facts)
{
	struct specials found = { .count = 0 };
	unsigned kind = PART_LEAF;
	int number = -1;

	if (!find_specials(check, json, &found) ||
	    !take_parent(check, found.parent, facts, &number))
		return false;
	if (found.kind != NULL)
		kind = facts_find_name(found.kind, PART_MEMBER + 1, kind_name);
	if (kind > PART_MEMBER)
		return facts_refuse(check, "an unknown kind of part");
	struct part *part = facts_add_part(facts, number, (enum part_kind)kind);
	const struct part *parent = number >= 0 ? facts_part(facts, (unsigned)number) : NULL;

	return take_letter(check, found.letter, part) &&
	       facts_take_entry(check, &part_members, json, found.count, part) &&
	       check_family(check, part, parent) && take_names(check, found.names, part) &&
	       take_set(check, "facts", found.facts, PART_FACT_COUNT, fact_name, &part->facts) &&
	       check_name(check, part) && check_digest(check, part) &&
	       check_ranges(check, part, parent) && facts_take_html(check, found.html, part);
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

static struct facts *
check_json(const json_t *json, uint64_t size, struct facts_far *far, char **why)
{
	const struct facts_check check = { .size = size, .far = far, .why = why };
	struct facts *facts = facts_new();

	*why = NULL;
	if (take_facts(&check, json, facts) &&
	    (far->next == far->end || facts_refuse(&check, "a text that nothing has")))
		return facts;
	facts_free(facts);
	return NULL;
}

struct facts *
facts_from_json(const json_t *json, uint64_t size, char **why)
{
	struct facts_far none = { NULL, NULL };

	return check_json(json, size, &none, why);
}

struct facts *
facts_read(const char *text, size_t length, uint64_t size, char **why)
{
	size_t json_length = strnlen(text, length);
	struct facts_far far = { text + json_length, text + length };
	json_t *json = facts_load(text, json_length, why);
	struct facts *facts;

	if (json == NULL)
		return NULL;
	far.next += json_length < length;
	facts = check_json(json, size, &far, why);
	json_decref(json);
	return facts;
}
