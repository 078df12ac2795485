/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SCREEN_H
#define CMD_SCREEN_H
/*
 * Output for people at a terminal, or for the next program in a pipe: the same words, but colours and
 * cut columns only at a terminal.
 */
#include <glib.h>
#include <stdbool.h>
#include <jansson.h>

/* Is standard output a terminal? */
bool screen_is_terminal(void);
/* Is it one on which colours are wanted (no NO_COLOR)? */
bool screen_has_colours(void);

/*
 * `text` in valid UTF-8 with \xNN or \u{NNNN} for what a terminal would act upon: controls, and the
 * marks that turn the direction of writing. The caller's.
 */
char *screen_text(const char *text);

/* The text as a JSON string; bytes that are no UTF-8 are replaced. Print it with JSON_ENSURE_ASCII. */
json_t *screen_json(const char *text);
/* A JSON value as text for the screen: indented, in ASCII, with a newline at the end. Takes the reference. The caller's. */
char *screen_json_text(json_t *value);

/* "42s", "5m", "3h", "2d". The caller's. */
char *screen_age(gint64 seconds);
/* "672", "9.8K", "12M". The caller's. */
char *screen_size(guint64 bytes);
/* Local time, "2026-11-22 10:02:41"; "-" for 0. The caller's. */
char *screen_time(gint64 seconds);

enum screen_colour { SCREEN_PLAIN, SCREEN_BOLD, SCREEN_RED, SCREEN_YELLOW, SCREEN_BLUE };

struct screen_table;

/* `titles` ends in NULL. Columns whose title begins with '>' are aligned to the right. */
struct screen_table *screen_table_new(const char *const *titles);
/* One cell for each title, taken over; the colour is that of the last cell. */
void screen_table_add(struct screen_table *table, char **cells, enum screen_colour colour);
/* Prints on standard output; frees. */
void screen_table_end(struct screen_table *table);

/*
 * "done of all" on standard error, when that is a terminal and the work has lasted for a second; gone
 * again when done equals all.
 */
struct screen_progress {
	gint64 started, shown; /* 0 at first */
};
void screen_progress(
    struct screen_progress *progress, const char *what, unsigned done, unsigned all);

#endif
