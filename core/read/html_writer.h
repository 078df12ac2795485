/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_WRITER_H
#define CORE_READ_HTML_WRITER_H
/*
 * Text in lines, with quotes and lists, as it is written out of HTML.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Deeper quotes and lists look like these. */
#define HTML_WRITER_DEPTH_MAX 8

/* All zero but `out` at the beginning. */
struct html_writer {
	GString *out;
	unsigned owed; /* line breaks before the next text */
	bool space;    /* a blank is owed */
	bool begun;    /* the line has text */
	bool cell;     /* a bar is owed: the row has text in an earlier cell on this line */
	unsigned pre, quotes, lists;
	unsigned
	    numbers[HTML_WRITER_DEPTH_MAX]; /* of each open list: the last number; 0: bullets */
	bool numbered[HTML_WRITER_DEPTH_MAX];
	bool item; /* the mark of a list item is owed */
};

/* Text in UTF-8, white space as one blank; or as it stands, where `pre` is set. */
void html_writer_words(struct html_writer *writer, const char *text, size_t size);
void html_writer_text(struct html_writer *writer, const char *text, size_t size);

/* What follows begins a line (1), or a line behind a blank one (2). */
void html_writer_owe(struct html_writer *writer, unsigned lines);

/* A cell of a table begins or ends. */
void html_writer_cell(struct html_writer *writer);

/* A list begins or ends; and an item of it. */
void html_writer_list(struct html_writer *writer, bool start, bool numbered);
void html_writer_item(struct html_writer *writer, bool start);

/* Pays what is owed: what is put behind `out` next stands where text would. */
void html_writer_settle(struct html_writer *writer);

#endif
