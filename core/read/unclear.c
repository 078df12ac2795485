/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Only fields that decide what is shown, run or saved are looked at. Much ordinary mail says things twice, and is left alone for it:
 * what counts is that two programs could come to different ends.
 */
#include "core/read/unclear.h"

#include <string.h>

static const char *const deciding[] = { "content-type", "content-transfer-encoding",
	"content-disposition", "content-id" };

static bool
has_two_values(const struct params *params)
{
	for (guint i = 1; params->repeated && i < params->list->len; i++) {
		const struct param *one = &g_array_index(params->list, struct param, i);

		for (guint j = 0; j < i; j++) {
			const struct param *other = &g_array_index(params->list, struct param, j);

			if (one->section == other->section && one->extended == other->extended &&
			    strcmp(one->name, other->name) == 0 &&
			    strcmp(one->value, other->value) != 0)
				return true;
		}
	}
	return false;
}

static bool
says_two_things(const struct field *field)
{
	struct params params;

	params_read(&params, field->value);
	bool two = has_two_values(&params);
	params_clear(&params);
	return two;
}

static bool
is_unclear(const struct fields *fields, const char *name)
{
	const struct field *first = NULL;

	for (guint i = 0; i < fields->list->len; i++) {
		const struct field *field = &g_array_index(fields->list, struct field, i);

		if (strcmp(field->name, name) != 0)
			continue;
		if (field->odd || says_two_things(field) ||
		    (first != NULL && g_ascii_strcasecmp(first->value, field->value) != 0))
			return true;
		first = first != NULL ? first : field;
	}
	return false;
}

bool
unclear_fields(const struct fields *fields)
{
	bool unclear = false;

	for (size_t i = 0; i < G_N_ELEMENTS(deciding) && !unclear; i++)
		unclear = is_unclear(fields, deciding[i]);
	return unclear;
}
