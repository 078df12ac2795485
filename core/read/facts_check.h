/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_FACTS_CHECK_H
#define CORE_READ_FACTS_CHECK_H
/*
 * What the pieces of facts_from_json() share: the tree of parts (facts_check.c), HTML (facts_html.c), and members (facts_take.c).
 */
#include <jansson.h>
#include "core/message/part.h"
#include "core/read/facts_members.h"

/* Texts that stand behind the JSON, those that have not been taken yet. */
struct facts_far {
	const char *next, *end;
};

struct facts_check {
	uint64_t size; /* of the message */
	struct facts_far *far;
	char **why;
};

/* Says why, unless that was said already. Always false. */
bool facts_refuse(const struct facts_check *check, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Takes the simple members; `others` of the object's members are known to the caller, and there may be no more. */
bool facts_take_members(const struct facts_check *check, const struct members *members,
    const json_t *json, size_t others, void *object);

/* The same for an entry of a list, which may be a row as well: the `others` stand first in it. */
bool facts_take_entry(const struct facts_check *check, const struct members *members,
    const json_t *json, size_t others, void *object);

/* The member where it is there, counted in `others`; else NULL. */
const json_t *facts_special(const json_t *json, const char *name, size_t *others);

/* Index of the name that the value is; `count` where it is none. */
unsigned facts_find_name(const json_t *value, unsigned count, const char *(*name_of)(unsigned));

/* part->html, which may be absent. The part's size is known. */
bool facts_take_html(const struct facts_check *check, const json_t *json, struct part *part);

#endif
