/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_UNCLEAR_H
#define CORE_READ_UNCLEAR_H
/*
 * Whether the Content- fields of a header say one thing to every mail program.
 */
#include <stdbool.h>
#include "core/read/fields.h"

/*
 * True where a type, encoding, disposition or identifier is said twice and differently, in a field whose name is not written
 * properly, or with a parameter that stands there with two values. The same said twice is clear.
 */
bool unclear_fields(const struct fields *fields);

#endif
