/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever a plugin is given is a copy that lives as long as the subject, or something that does anyway; so no plugin has to free
 * anything, and none sees how a message is made. The same text asked for again is the same copy.
 */
#include "core/plugin/host.h"

#include <stdarg.h>
#include <string.h>

#include "core/log/log.h"
#include "core/message/message.h"
#include "rules/config.h"

struct mailscanner_message *
host_message(struct subject *subject)
{
	return (struct mailscanner_message *)(void *)subject;
}

static struct subject *
subject_of(struct mailscanner_message *message)
{
	return (struct subject *)(void *)message;
}

/* NULL: there is only an envelope. */
static const struct spool_entry *
entry_of(struct mailscanner_message *message)
{
	const struct message *whole = subject_handle(subject_of(message));

	return whole != NULL ? whole->entry : NULL;
}

static void write_log(enum mailscanner_level level, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
write_log(enum mailscanner_level level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	log_line(CLAMP((int)level, LOG_ERR, LOG_DEBUG), "%s", text);
}

static const char *
keep(struct mailscanner_message *message, const char *text)
{
	return message != NULL ? subject_keep(subject_of(message), text) : g_intern_string(text);
}

static const char *
directive_value(struct mailscanner_message *message, const char *name)
{
	enum directive directive;

	if (!directive_named(name, &directive))
		return NULL;
	struct explanation *explanation =
	    config_explain(config_current(), directive, subject_of(message));
	const char *value = keep(message, explanation->value);
	explanation_free(explanation);
	return value;
}

static const char *
id(struct mailscanner_message *message)
{
	return entry_of(message) != NULL ? entry_of(message)->id : "";
}

static const char *
sender(struct mailscanner_message *message)
{
	return subject_sender(subject_of(message));
}

static const char *const *
recipients(struct mailscanner_message *message)
{
	return subject_recipients(subject_of(message));
}

static const char *
client_address(struct mailscanner_message *message)
{
	return subject_client_ip(subject_of(message));
}

static uint64_t
bytes(struct mailscanner_message *message)
{
	return entry_of(message) != NULL ? entry_of(message)->size : 0;
}

static int64_t
received(struct mailscanner_message *message)
{
	return entry_of(message) != NULL ? entry_of(message)->envelope->received : 0;
}

static const char *
header(struct mailscanner_message *message, const char *name)
{
	const struct spool_entry *entry = entry_of(message);
	g_autofree char *value = entry != NULL ? header_list_value(entry->headers, name) : NULL;

	return value != NULL ? keep(message, value) : NULL;
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

static const char *
next_header(struct mailscanner_message *message, size_t *position)
{
	const struct spool_entry *entry = entry_of(message);

	while (entry != NULL && *position < header_list_count(entry->headers)) {
		const struct header_field *field = header_list_at(entry->headers, (*position)++);

		if (field->deleted)
			continue;
		g_autofree char *text = field_text(field);
		return keep(message, text);
	}
	return NULL;
}

const struct mailscanner_host plugin_host = {
	.size = sizeof(struct mailscanner_host),
	.log = write_log,
	.directive = directive_value,
	.keep = keep,
	.id = id,
	.sender = sender,
	.recipients = recipients,
	.client_address = client_address,
	.bytes = bytes,
	.received = received,
	.header = header,
	.next_header = next_header,
};
