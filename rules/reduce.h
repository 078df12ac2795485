/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_REDUCE_H
#define RULES_REDUCE_H
/*
 * From the text of a value, or the joined texts of the values that several rules gave, to the one
 * value that counts. How, says the column `combine` of the table.
 */
#include <glib.h>
#include "rules/table.h"

/* What goes between the values of rules when they are joined. */
char reduce_separator(const struct table_row *row);

/*
 * What the accessor of the directive gives, as a number: 1 or 0 for yesno, an enum word for enum
 * and loose, the number itself (cut to a whole one), else 0.
 */
gint64 reduce_number(const struct table_row *row, const char *joined);

/* The value that counts as text, in the words of the configuration file. The caller's. */
char *reduce_text(const struct table_row *row, const char *joined);

#endif
