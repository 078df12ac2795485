/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions are made here, and answers believed; how they come to the process and back stands in child.c.
 */
#include "core/read/reader.h"

#include <string.h>

#include "core/read/brief_json.h"
#include "core/read/child.h"
#include "core/read/contents.h"
#include "core/read/facts_json.h"
#include "core/read/prepare.h"

struct reader {
	bool local;
	struct child child;
	const struct message *asked; /* what the child was asked about last */
	uint64_t size;		     /* of the message that was answered about, as ranges count */
};

struct reader *
reader_start(bool local, GError **error)
{
	struct reader *reader = g_new0(struct reader, 1);
	g_autoptr(GError) why = NULL;

	reader->local = local;
	child_init(&reader->child);
	if (local ? prepare_libraries(&why) : child_start(&reader->child, &why))
		return reader;
	g_set_error(
	    error, G_SPAWN_ERROR, G_SPAWN_ERROR_FORK, "the reader process: %s", why->message);
	reader_stop(reader);
	return NULL;
}

void
reader_stop(struct reader *reader)
{
	if (reader == NULL)
		return;
	child_clear(&reader->child);
	g_free(reader);
}

/* What was asked ahead and isn't wanted any more. */
static void
drop_asked(struct reader *reader)
{
	if (reader->child.waiting)
		(void)!child_take(&reader->child, FRAME_FACTS, NULL);
}

/* The header as the reader counts it: the fields that the MTA has not deleted. */
static void
collect_fields(GString *fields, const struct message *message)
{
	const struct header_list *headers = message->entry->headers;

	g_string_truncate(fields, 0);
	for (size_t i = 0; i < header_list_count(headers); i++) {
		const struct header_field *field = header_list_at(headers, i);

		if (!field->deleted)
			g_string_append_len(fields, field->text, (gssize)field->length);
	}
}

/* The text of a request, without its last brace, and what goes with it. */
static void
begin_request(struct reader *reader, const struct brief *brief, const struct message *message)
{
	const struct spool_entry *entry = message->entry;

	g_string_truncate(reader->child.brief, 0);
	brief_write(brief, reader->child.brief);
	g_string_printf(reader->child.request,
	    "\"offset\":%" G_GINT64_FORMAT ",\"size\":%" G_GUINT64_FORMAT,
	    (gint64)entry->body_offset, entry->body_size);
	collect_fields(reader->child.fields, message);
}

/* Begins to ask for a message's facts. */
static bool
ask_facts(struct reader *reader, const struct message *message, GError **error)
{
	struct brief brief;

	brief_for(&brief, message->subject);
	begin_request(reader, &brief, message);
	g_string_append_c(reader->child.request, '}');
	if (!child_ask(
		&reader->child, FRAME_READ, &message->entry->body_fd, 1, brief.seconds, error))
		return false;
	reader->asked = message;
	return true;
}

static struct source *
local_source(struct reader *reader, const struct message *message, GError **error)
{
	const struct spool_entry *entry = message->entry;
	g_autoptr(GError) why = NULL;

	collect_fields(reader->child.fields, message);
	struct source *source = source_new_mapped(reader->child.fields->str,
	    reader->child.fields->len, entry->body_fd, entry->body_offset, entry->body_size, &why);
	if (source == NULL)
		g_set_error_literal(error, READER_ERROR, READER_ERROR_SYSTEM, why->message);
	return source;
}

static bool
read_locally(struct reader *reader, struct message *message, GError **error)
{
	struct source *source = local_source(reader, message, error);
	struct brief brief;

	if (source == NULL)
		return false;
	brief_for(&brief, message->subject);
	message->facts = reading_run(&brief, source);
	source_free(source);
	return true;
}

void
reader_ask_ahead(struct reader *reader, const struct message *message)
{
	if (!reader->local && reader->child.ready && !reader->child.waiting)
		(void)!ask_facts(reader, message, NULL);
}

bool
reader_receive(struct reader *reader, struct message *message, GError **error)
{
	facts_free(g_steal_pointer(&message->facts));
	if (reader->local)
		return read_locally(reader, message, error);
	if (!reader->child.waiting || reader->asked != message) {
		drop_asked(reader);
		if (!ask_facts(reader, message, error))
			return false;
	}
	reader->size = reader->child.fields->len + 1 + message->entry->body_size;
	return child_take(&reader->child, FRAME_FACTS, error);
}

bool
reader_believe(struct reader *reader, struct message *message, GError **error)
{
	const GString *text = reader->child.frame.text;
	g_autofree char *why = NULL;

	if (reader->local)
		return true;
	message->facts = facts_read(text->str, text->len, reader->size, &why);
	if (message->facts != NULL)
		return true;
	return child_refuse(&reader->child, error, why);
}

bool
reader_read(struct reader *reader, struct message *message, GError **error)
{
	return reader_receive(reader, message, error) && reader_believe(reader, message, error);
}

/* What is wanted of a message. */
struct wanted {
	enum content_form form;
	const unsigned *parts;
	const int *fds;
	bool *got;
	unsigned count;
};

static bool
contents_locally(struct reader *reader, const struct brief *brief, struct message *message,
    const struct wanted *wanted, GError **error)
{
	struct source *source = local_source(reader, message, error);

	if (source == NULL)
		return false;
	contents_write(
	    brief, source, wanted->form, wanted->parts, wanted->fds, wanted->got, wanted->count);
	source_free(source);
	return true;
}

static bool
some_contents(struct reader *reader, const struct brief *brief, struct message *message,
    const struct wanted *some, GError **error)
{
	int fds[FRAME_FDS_MAX] = { message->entry->body_fd };

	drop_asked(reader);
	begin_request(reader, brief, message);
	g_string_append_printf(reader->child.request, ",\"form\":%d,\"parts\":[", (int)some->form);
	for (unsigned i = 0; i < some->count; i++) {
		fds[1 + i] = some->fds[i];
		g_string_append_printf(
		    reader->child.request, "%s%u", i > 0 ? "," : "", some->parts[i]);
	}
	g_string_append(reader->child.request, "]}");
	if (!child_ask(
		&reader->child, FRAME_CONTENTS, fds, 1 + some->count, brief->seconds, error) ||
	    !child_take(&reader->child, FRAME_WRITTEN, error))
		return false;
	const GString *digits = reader->child.frame.text;
	if (digits->len != some->count || strspn(digits->str, "01") != some->count)
		return child_refuse(&reader->child, error, NULL);
	for (unsigned i = 0; i < some->count; i++)
		some->got[i] = digits->str[i] == '1';
	return true;
}

bool
reader_contents(struct reader *reader, struct message *message, enum content_form form,
    const unsigned *parts, const int *fds, bool *got, unsigned count, GError **error)
{
	struct brief brief;
	struct wanted all = {
		.form = form, .parts = parts, .fds = fds, .got = got, .count = count
	};

	memset(got, 0, count * sizeof *got);
	brief_for(&brief, message->subject);
	if (reader->local)
		return contents_locally(reader, &brief, message, &all, error);
	for (unsigned at = 0; at < count; at += FRAME_FDS_MAX - 1) {
		struct wanted some = {
			.form = form,
			.parts = parts + at,
			.fds = fds + at,
			.got = got + at,
			.count = MIN(count - at, FRAME_FDS_MAX - 1),
		};

		if (!some_contents(reader, &brief, message, &some, error))
			return false;
	}
	return true;
}
