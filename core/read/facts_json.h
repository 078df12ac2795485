/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_FACTS_JSON_H
#define CORE_READ_FACTS_JSON_H
/*
 * Facts as JSON: between reader and worker, and for people (`show --parts --json`). The schema is that of struct facts, member for
 * member; facts and limits are arrays of their names.
 */
#include <jansson.h>
#include "core/message/part.h"

json_t *facts_to_json(const struct facts *facts);

/*
 * The other way, believing nothing: types, numbers of parents, ranges within a message of `size` bytes (children within their
 * parents), order of edits, lengths, UTF-8. NULL with `why` (the caller's) for anything that can't be.
 */
struct facts *facts_from_json(const json_t *json, uint64_t size, char **why);

#endif
