/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_KIND_H
#define RULES_KIND_H
/*
 * What a value of each kind looks like. A value is kept as text in a form in which it means the
 * same to every reader: words as the table spells them, numbers as plain decimals, one blank
 * between words.
 */
#include <glib.h>
#include "rules/table.h"

#define KIND_ERROR kind_error_quark()
GQuark kind_error_quark(void);
enum kind_error { KIND_ERROR_VALUE };

/*
 * Checks `text`, already expanded, and gives the text that is kept; the caller's. NULL with `error`
 * saying what was expected when the directive can't have that value. `note` (may be NULL) is set
 * when the value counts but some of it is strange; the caller frees it. Files and directories are
 * looked for on the disk.
 */
char *kind_convert(const struct table_row *row, const char *text, char **note, GError **error);

/* True when a blank value means the default, as it does for these kinds without a word. */
bool kind_blank_is_default(enum kind kind);

#endif
