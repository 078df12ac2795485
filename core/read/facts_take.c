/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members of facts out of JSON, each of the type that it must have.
 */
#include "core/read/facts_check.h"

#include <stdarg.h>
#include <string.h>

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

/* The next text behind the JSON, of which the length is said. */
static bool
take_far(
    const struct facts_check *check, const struct member *member, const json_t *value, char **at)
{
	struct facts_far *far = check->far;
	size_t left = (size_t)(far->end - far->next);
	json_int_t length = json_integer_value(value);

	if (length < 0 || (uint64_t)length >= left || far->next[length] != '\0' ||
	    memchr(far->next, '\0', (size_t)length) != NULL ||
	    !g_utf8_validate(far->next, (gssize)length, NULL))
		return facts_refuse(check, "%s is no text", member->name);
	g_free(*at);
	*at = g_strndup(far->next, (size_t)length);
	far->next += length + 1;
	return true;
}

static bool
take_text(
    const struct facts_check *check, const struct member *member, const json_t *value, char **at)
{
	if (json_is_null(value) && member->kind == MEMBER_OPTIONAL)
		return true;
	if (json_is_integer(value))
		return take_far(check, member, value, at);
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
