/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Senders choose what stands in a header, so a text goes to the terminal only after everything that
 * a terminal could take for a command was made visible.
 */
#include "cmd/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Columns are cut to this width at a terminal. */
#define CELL_MAX 36
#define PROGRESS_AFTER (1 * G_TIME_SPAN_SECOND)
#define PROGRESS_EVERY (G_TIME_SPAN_SECOND / 5)

struct row {
	char **cells; /* owned */
	enum screen_colour colour;
};

struct screen_table {
	const char *const *titles;
	unsigned columns;
	GArray *rows; /* of struct row */
};

bool
screen_is_terminal(void)
{
	return isatty(STDOUT_FILENO) == 1;
}

static bool
is_safe(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
	case G_UNICODE_UNASSIGNED:
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_SURROGATE:
		return false;
	default:
		return true;
	}
}

char *
screen_text(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	GString *out = g_string_new(NULL);

	for (const char *c = valid; *c != '\0'; c = g_utf8_next_char(c)) {
		gunichar letter = g_utf8_get_char(c);

		if (is_safe(letter))
			g_string_append_unichar(out, letter);
		else if (letter < 0x80)
			g_string_append_printf(out, "\\x%02x", letter);
		else
			g_string_append_printf(out, "\\u{%04x}", letter);
	}
	return g_string_free(out, FALSE);
}

json_t *
screen_json(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	return json_string(valid);
}

char *
screen_json_text(json_t *value)
{
	char *dumped = json_dumps(value, JSON_ENSURE_ASCII | JSON_INDENT(2));
	char *text = g_strconcat(dumped != NULL ? dumped : "null", "\n", NULL);

	free(dumped);
	json_decref(value);
	return text;
}

char *
screen_age(gint64 seconds)
{
	if (seconds < 60)
		return g_strdup_printf("%" G_GINT64_FORMAT "s", MAX(seconds, 0));
	if (seconds < 60 * 60)
		return g_strdup_printf("%" G_GINT64_FORMAT "m", seconds / 60);
	if (seconds < 48 * 60 * 60)
		return g_strdup_printf("%" G_GINT64_FORMAT "h", seconds / (60 * 60));
	return g_strdup_printf("%" G_GINT64_FORMAT "d", seconds / (24 * 60 * 60));
}

char *
screen_size(guint64 bytes)
{
	static const char units[] = "KMGTPE";
	double size = (double)bytes;
	size_t unit = 0;

	if (bytes < 10000)
		return g_strdup_printf("%" G_GUINT64_FORMAT, bytes);
	for (size /= 1024; size >= 999.5 && unit + 2 < sizeof units; unit++)
		size /= 1024;
	return g_strdup_printf(size < 9.95 ? "%.1f%c" : "%.0f%c", size, units[unit]);
}

char *
screen_time(gint64 seconds)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(seconds);

	return seconds == 0 || time == NULL ? g_strdup("-")
					    : g_date_time_format(time, "%Y-%m-%d %H:%M:%S");
}

struct screen_table *
screen_table_new(const char *const *titles)
{
	struct screen_table *table = g_new0(struct screen_table, 1);

	table->titles = titles;
	table->columns = g_strv_length((char **)titles);
	table->rows = g_array_new(FALSE, FALSE, sizeof(struct row));
	return table;
}

void
screen_table_add(struct screen_table *table, char **cells, enum screen_colour colour)
{
	struct row row = { cells, colour };

	g_array_append_val(table->rows, row);
}

static bool
aligns_right(const char *title)
{
	return *title == '>';
}

static const char *
title_text(const char *title)
{
	return title + (aligns_right(title) ? 1 : 0);
}

/* Width of a column, the widest of its cells; at a terminal not more than CELL_MAX. */
static unsigned
column_width(const struct screen_table *table, unsigned column)
{
	glong width = g_utf8_strlen(title_text(table->titles[column]), -1);

	for (unsigned i = 0; i < table->rows->len; i++) {
		const struct row *row = &g_array_index(table->rows, struct row, i);

		width = MAX(width, g_utf8_strlen(row->cells[column], -1));
	}
	return (unsigned)(screen_is_terminal() ? MIN(width, CELL_MAX) : width);
}

bool
screen_has_colours(void)
{
	return screen_is_terminal() && getenv("NO_COLOR") == NULL;
}

static void
print_coloured(const char *text, enum screen_colour colour)
{
	static const char *const codes[] = {
		[SCREEN_PLAIN] = "",
		[SCREEN_BOLD] = "\033[1m",
		[SCREEN_RED] = "\033[31m",
		[SCREEN_YELLOW] = "\033[33m",
		[SCREEN_BLUE] = "\033[34m",
	};

	if (colour == SCREEN_PLAIN || !screen_has_colours())
		fputs(text, stdout);
	else
		printf("%s%s\033[0m", codes[colour], text);
}

/* A cell and the gap behind it; the last column is neither filled up nor cut. */
static void
print_cell(const char *text, unsigned width, bool right)
{
	glong length = g_utf8_strlen(text, -1);
	g_autofree char *cut = NULL;

	if (length > width) {
		g_autofree char *start = g_utf8_substring(text, 0, (glong)width - 1);

		cut = g_strconcat(start, "\u2026", NULL);
		length = width;
	}
	int gap = (int)(width - length);
	printf(
	    "%*s%s%*s", right ? gap : 0, "", cut != NULL ? cut : text, (right ? 0 : gap) + 2, "");
}

static void
print_row(const struct screen_table *table, const unsigned *widths, char *const *cells,
    enum screen_colour colour)
{
	unsigned last = table->columns - 1;

	for (unsigned i = 0; i < last; i++)
		print_cell(cells[i], widths[i], aligns_right(table->titles[i]));
	print_coloured(cells[last], colour);
	putchar('\n');
}

void
screen_table_end(struct screen_table *table)
{
	g_autofree unsigned *widths = g_new0(unsigned, table->columns);
	g_autofree char **titles = g_new0(char *, table->columns);

	for (unsigned i = 0; i < table->columns; i++) {
		widths[i] = column_width(table, i);
		titles[i] = (char *)title_text(table->titles[i]);
	}
	print_row(table, widths, titles, SCREEN_PLAIN);
	for (unsigned i = 0; i < table->rows->len; i++) {
		struct row *row = &g_array_index(table->rows, struct row, i);

		print_row(table, widths, row->cells, row->colour);
		g_strfreev(row->cells);
	}
	g_array_unref(table->rows);
	g_free(table);
}

void
screen_progress(struct screen_progress *progress, const char *what, unsigned done, unsigned all)
{
	gint64 now = g_get_monotonic_time();

	if (progress->started == 0)
		progress->started = now;
	if (progress->shown != 0 && done == all) {
		fputs("\r\033[K", stderr);
		return;
	}
	if (now - progress->started < PROGRESS_AFTER || now - progress->shown < PROGRESS_EVERY ||
	    isatty(STDERR_FILENO) != 1)
		return;
	fprintf(stderr, "\r\033[K%s: %u of %u", what, done, all);
	progress->shown = now;
}
