/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text is written as it comes, and line breaks are only owed until more text does: so blocks within blocks, which mail is made of, give one
 * break and not ten. A cell that follows another with text in its row is set off by a bar; in layout tables most cells are alone.
 */
#include "core/read/html_writer.h"

#include <string.h>

void
html_writer_owe(struct html_writer *writer, unsigned lines)
{
	writer->owed = MAX(writer->owed, lines);
	writer->space = writer->cell = false;
}

static void
begin_line(struct html_writer *writer)
{
	for (unsigned i = 0; i < MIN(writer->quotes, HTML_WRITER_DEPTH_MAX); i++)
		g_string_append(writer->out, "> ");
	for (unsigned i = 1; i < MIN(writer->lists, HTML_WRITER_DEPTH_MAX); i++)
		g_string_append(writer->out, "  ");
}

static void
write_mark(struct html_writer *writer)
{
	unsigned list = CLAMP(writer->lists, 1, HTML_WRITER_DEPTH_MAX) - 1;

	writer->item = false;
	if (writer->lists > 0 && writer->numbered[list])
		g_string_append_printf(writer->out, "%u. ", ++writer->numbers[list]);
	else
		g_string_append(writer->out, "* ");
}

void
html_writer_settle(struct html_writer *writer)
{
	if (writer->owed > 0 && writer->out->len > 0) {
		for (unsigned i = 0; i < writer->owed; i++)
			g_string_append_c(writer->out, '\n');
		writer->begun = false;
	}
	if (!writer->begun)
		begin_line(writer);
	else if (writer->cell)
		g_string_append(writer->out, " | ");
	else if (writer->space)
		g_string_append_c(writer->out, ' ');
	writer->owed = 0;
	writer->space = writer->cell = false;
	writer->begun = true;
	if (writer->item)
		write_mark(writer);
}

void
html_writer_words(struct html_writer *writer, const char *text, size_t size)
{
	while (size > 0) {
		size_t blank = strspn(text, " \t\n\r\f"), word;

		blank = MIN(blank, size);
		writer->space |= blank > 0;
		text += blank;
		size -= blank;
		word = MIN(strcspn(text, " \t\n\r\f"), size);
		if (word == 0)
			continue;
		html_writer_settle(writer);
		g_string_append_len(writer->out, text, (gssize)word);
		text += word;
		size -= word;
	}
}

static void
write_preformatted(struct html_writer *writer, const char *text, size_t size)
{
	while (size > 0) {
		const char *end = memchr(text, '\n', size);
		size_t length = end != NULL ? (size_t)(end - text) : size;

		if (length > 0) {
			html_writer_settle(writer);
			g_string_append_len(writer->out, text, (gssize)length);
		}
		text += length;
		size -= length;
		if (size > 0) {
			writer->owed++;
			text++;
			size--;
		}
	}
}

void
html_writer_text(struct html_writer *writer, const char *text, size_t size)
{
	if (writer->pre > 0)
		write_preformatted(writer, text, size);
	else
		html_writer_words(writer, text, size);
}

void
html_writer_cell(struct html_writer *writer)
{
	writer->cell = writer->begun && writer->owed == 0;
	writer->space = false;
}

void
html_writer_list(struct html_writer *writer, bool start, bool numbered)
{
	html_writer_owe(writer, 1);
	if (start) {
		if (writer->lists < HTML_WRITER_DEPTH_MAX) {
			writer->numbers[writer->lists] = 0;
			writer->numbered[writer->lists] = numbered;
		}
		writer->lists++;
	} else if (writer->lists > 0) {
		writer->lists--;
	}
	writer->item = false;
}

void
html_writer_item(struct html_writer *writer, bool start)
{
	html_writer_owe(writer, 1);
	writer->item = start;
}
