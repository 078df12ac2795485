/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headers are texts here, though a field may hold any byte: a plugin in C wants a string.
 */
#include "core/plugin/host_message.h"

#include <string.h>
#include <unistd.h>

#include "core/message/subject_line.h"
#include "core/plugin/host_view.h"
#include "rules/directives.h"

const char *
host_id(struct mailscanner_message *message)
{
	return host_entry(message) != NULL ? host_entry(message)->id : "";
}

const char *
host_sender(struct mailscanner_message *message)
{
	return subject_sender(host_subject(message));
}

const char *const *
host_recipients(struct mailscanner_message *message)
{
	return subject_recipients(host_subject(message));
}

const char *
host_client_address(struct mailscanner_message *message)
{
	return subject_client_ip(host_subject(message));
}

uint64_t
host_bytes(struct mailscanner_message *message)
{
	return host_entry(message) != NULL ? host_entry(message)->size : 0;
}

int64_t
host_received(struct mailscanner_message *message)
{
	return host_entry(message) != NULL ? host_entry(message)->envelope->received : 0;
}

const char *
host_header(struct mailscanner_message *message, const char *name)
{
	const struct spool_entry *entry = host_entry(message);
	g_autofree char *value = entry != NULL ? header_list_value(entry->headers, name) : NULL;

	return value != NULL ? host_keep(message, value) : NULL;
}

/* A field as a text: a NUL, which no mail should have, becomes '?'. */
static char *
field_text(const struct header_field *field)
{
	size_t length = field->length;

	if (length > 0 && field->text[length - 1] == '\n')
		length--;
	char *text = g_malloc(length + 1);
	memcpy(text, field->text, length);
	text[length] = '\0';
	for (char *nul = text; (nul = memchr(nul, '\0', length - (size_t)(nul - text))) != NULL;)
		*nul = '?';
	return text;
}

const char *
host_next_header(struct mailscanner_message *message, size_t *position)
{
	const struct spool_entry *entry = host_entry(message);

	while (entry != NULL && *position < header_list_count(entry->headers)) {
		const struct header_field *field = header_list_at(entry->headers, (*position)++);

		if (field->deleted)
			continue;
		g_autofree char *text = field_text(field);
		return host_keep(message, text);
	}
	return NULL;
}

static bool
is_named(const struct header_field *field, const char *name)
{
	g_autofree char *own = name != NULL ? header_field_name(field) : NULL;

	return name == NULL || (own != NULL && g_ascii_strcasecmp(own, name) == 0);
}

static char *
formed_text(const struct header_field *field, enum mailscanner_form form)
{
	g_autofree char *value = form != MAILSCANNER_RAW ? header_field_value(field) : NULL;

	if (value == NULL)
		return field_text(field);
	return form == MAILSCANNER_DECODED ? subject_line_decode(value) : g_steal_pointer(&value);
}

const char *
host_next_field(struct mailscanner_message *message, const char *name, enum mailscanner_form form,
    size_t *position)
{
	const struct spool_entry *entry = host_entry(message);

	while (entry != NULL && *position < header_list_count(entry->headers)) {
		const struct header_field *field = header_list_at(entry->headers, (*position)++);

		if (field->deleted || !is_named(field, name))
			continue;
		g_autofree char *text = formed_text(field, form);
		return host_keep(message, text);
	}
	return NULL;
}

const char *
host_next_original(struct mailscanner_message *message, size_t *position)
{
	const struct spool_entry *entry = host_entry(message);

	while (entry != NULL && *position < header_list_count(entry->headers)) {
		const struct header_field *field = header_list_at(entry->headers, (*position)++);

		if (field->added || field->lost)
			continue;
		g_autofree char *text = field_text(field);
		return host_keep(message, text);
	}
	return NULL;
}

const char *
host_control(struct mailscanner_message *message, size_t *length)
{
	const struct spool_entry *entry = host_entry(message);

	*length = 0;
	if (entry == NULL || entry->format->control == NULL)
		return NULL;
	return entry->format->control(entry, length);
}

size_t
host_body(struct mailscanner_message *message, uint64_t offset, void *buffer, size_t size)
{
	const struct spool_entry *entry = host_entry(message);

	if (entry == NULL || entry->body_fd < 0 || offset >= entry->body_size)
		return 0;
	ssize_t got = pread(entry->body_fd, buffer, MIN(size, entry->body_size - offset),
	    entry->body_offset + (off_t)offset);
	return got > 0 ? (size_t)got : 0;
}

int
host_edit_header(struct mailscanner_message *message, enum mailscanner_header_edit edit,
    const char *name, const char *value)
{
	static const enum edit_kind kinds[] = {
		[MAILSCANNER_HEADER_ADD] = EDIT_HEADER_ADD,
		[MAILSCANNER_HEADER_REPLACE] = EDIT_HEADER_REPLACE,
		[MAILSCANNER_HEADER_APPEND] = EDIT_HEADER_APPEND,
		[MAILSCANNER_HEADER_REMOVE] = EDIT_HEADER_REMOVE,
		[MAILSCANNER_HEADER_FIRST] = EDIT_KEEP_FIRST,
		[MAILSCANNER_HEADER_PREFIX] = EDIT_TAG_START,
		[MAILSCANNER_HEADER_SUFFIX] = EDIT_TAG_END,
	};
	struct message *whole = host_whole(message);
	bool needs_value = edit != MAILSCANNER_HEADER_REMOVE && edit != MAILSCANNER_HEADER_FIRST;

	if (whole == NULL || !message_is_open(whole) || (size_t)edit >= G_N_ELEMENTS(kinds) ||
	    (needs_value && value == NULL))
		return 0;
	message_edit_header(whole, kinds[edit], name, value,
	    place_new_headers_at_top_of_message_for(NULL) ? HEADER_TOP : HEADER_BOTTOM);
	return 1;
}

int
host_add_recipient(struct mailscanner_message *message, const char *address)
{
	struct message *whole = host_whole(message);

	if (whole == NULL || !message_is_open(whole))
		return 0;
	message_add_recipient(whole, address);
	return 1;
}

int
host_redirect(struct mailscanner_message *message, const char *const *addresses)
{
	struct message *whole = host_whole(message);

	if (whole == NULL || !message_is_open(whole) || addresses[0] == NULL)
		return 0;
	message_redirect(whole, addresses);
	return whole->redirected != NULL;
}

void
host_attach(
    struct mailscanner_message *message, const void *key, void *data, void (*release)(void *data))
{
	subject_attach(host_subject(message), key, data, release);
}

void *
host_attached(struct mailscanner_message *message, const void *key)
{
	return subject_attached(host_subject(message), key);
}
