/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_TEXTFILE_H
#define RULES_TEXTFILE_H
/*
 * A configuration file as a whole, and its lines.
 */
#include <glib.h>
#include <stdbool.h>

/*
 * The content of a regular file of at most TEXTFILE_LIMIT bytes; the caller's, NUL-terminated.
 * NULL with the reason, which names no file, in `error`.
 */
#define TEXTFILE_LIMIT (512U << 20)
char *textfile_read(const char *path, size_t *length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * What people wrote, as UTF-8: as it is where it is that, else read as `charset`; where that is Latin-1, or makes no sense of it, as
 * Windows-1252, which the old texts of most sites are written in. NULs end it. The caller's.
 */
char *textfile_utf8(const char *text, size_t length, const char *charset);

/* A stretch of text; borrowed, not terminated. */
struct slice {
	const char *text;
	size_t length;
};

/* Takes the next line, without its end, off the front of `rest`; false at the end. */
bool textfile_line(struct slice *rest, struct slice *line);
/* Takes blanks off both ends. */
void slice_strip(struct slice *slice);
/* Takes the first word, up to a blank, and the blanks behind it off the front of `rest`, which has
 * none before it. */
struct slice slice_word(struct slice *rest);
/* Compares without regard to case. */
bool slice_is(struct slice slice, const char *word);
/* For messages: without control characters, cut where it is long. The caller's. */
char *slice_shown(struct slice slice);

#endif
