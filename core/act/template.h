/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_TEMPLATE_H
#define CORE_ACT_TEMPLATE_H
/*
 * Report templates: texts of the site with variables in them.
 *
 * $name and ${name} are replaced by the value of that name, %name% by the macro of the
 * configuration, \n \t \$ and \\ by newline, tab, $ and \. Whatever has no value stays as it is. The
 * text is gone through once, so nothing in a value is replaced again.
 */
#include <glib.h>
#include <stdbool.h>

struct template_value {
	const char *name;
	const char *text;
};

/*
 * Fills a template that is a whole mail. Values in its header (up to the first empty line) are made
 * fit for header fields: no value can begin a field of its own. `values` ends with a NULL name. The
 * caller's.
 */
char *template_fill(const char *text, const struct template_value *values);
/* The same for a text without a header. */
char *template_fill_text(const char *text, const struct template_value *values);

/*
 * The next $name in the text that is none of `names` (which end with NULL), for complaints: it would be left as it stands. Moves *text
 * behind it, and *line on by the newlines before it. NULL: there is no more. The caller's.
 */
char *template_unknown(const char **text, unsigned *line, const char *const *names);

/*
 * Reads a template file, line ends made LF, in UTF-8: `charset` is what it is written in where that isn't UTF-8. NULL with `error` (G_FILE_ERROR) when it can't be read, is
 * larger than TEMPLATE_MAX bytes or holds a NUL. The caller's.
 */
char *template_read(const char *path, const char *charset, GError **error);
#define TEMPLATE_MAX (256 * 1024)

#endif
