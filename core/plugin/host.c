/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever a plugin is given is a copy that lives as long as the subject, or something that does anyway; so no plugin has to free
 * anything, and none sees how a message is made. The same text asked for again is the same copy.
 */
#include "core/plugin/host.h"

#include <stdarg.h>
#include <string.h>

#include <unistd.h>

#include <jansson.h>

#include "core/log/log.h"
#include "core/message/message.h"
#include "core/plugin/facts.h"
#include "core/plugin/store.h"
#include "rules/config.h"
#include "rules/directives.h"
#include "rules/function.h"
#include "rules/language.h"
#include "rules/table.h"

static struct batch_view *batch_in_hand;

struct mailscanner_message *
host_message(struct subject *subject)
{
	return (struct mailscanner_message *)(void *)subject;
}

struct mailscanner_batch *
host_batch(struct batch_view *view)
{
	return (struct mailscanner_batch *)(void *)view;
}

void
host_set_batch(struct batch_view *view)
{
	batch_in_hand = view;
}

static struct batch_view *
view_of(struct mailscanner_batch *batch)
{
	return (struct batch_view *)(void *)batch;
}

static struct subject *
subject_of(struct mailscanner_message *message)
{
	return (struct subject *)(void *)message;
}

/* NULL: there is only an envelope. */
static struct message *
whole_of(struct mailscanner_message *message)
{
	return subject_handle(subject_of(message));
}

/* Likewise. */
static const struct spool_entry *
entry_of(struct mailscanner_message *message)
{
	const struct message *whole = whole_of(message);

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

static const char *
next_original(struct mailscanner_message *message, size_t *position)
{
	const struct spool_entry *entry = entry_of(message);

	while (entry != NULL && *position < header_list_count(entry->headers)) {
		const struct header_field *field = header_list_at(entry->headers, (*position)++);

		if (field->added || field->lost)
			continue;
		g_autofree char *text = field_text(field);
		return keep(message, text);
	}
	return NULL;
}

static unsigned
time_limit(void)
{
	return (unsigned)CLAMP(custom_function_timeout_for(NULL), 0, G_MAXINT);
}

static const char *
fact(struct mailscanner_message *message, const char *name)
{
	const struct message *whole = whole_of(message);
	g_autofree char *json = whole != NULL ? facts_json(whole, name) : NULL;

	return json != NULL ? keep(message, json) : NULL;
}

static const char *
control(struct mailscanner_message *message, size_t *length)
{
	const struct spool_entry *entry = entry_of(message);

	*length = 0;
	if (entry == NULL || entry->format->control == NULL)
		return NULL;
	return entry->format->control(entry, length);
}

static size_t
body(struct mailscanner_message *message, uint64_t offset, void *buffer, size_t size)
{
	const struct spool_entry *entry = entry_of(message);

	if (entry == NULL || entry->body_fd < 0 || offset >= entry->body_size)
		return 0;
	ssize_t got = pread(entry->body_fd, buffer, MIN(size, entry->body_size - offset),
	    entry->body_offset + (off_t)offset);
	return got > 0 ? (size_t)got : 0;
}

static int
edit_header(struct mailscanner_message *message, enum mailscanner_header_edit edit,
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
	struct message *whole = whole_of(message);
	bool needs_value = edit != MAILSCANNER_HEADER_REMOVE && edit != MAILSCANNER_HEADER_FIRST;

	if (whole == NULL || !message_is_open(whole) || (size_t)edit >= G_N_ELEMENTS(kinds) ||
	    (needs_value && value == NULL))
		return 0;
	message_edit_header(whole, kinds[edit], name, value,
	    place_new_headers_at_top_of_message_for(NULL) ? HEADER_TOP : HEADER_BOTTOM);
	return 1;
}

static int
add_recipient(struct mailscanner_message *message, const char *address)
{
	struct message *whole = whole_of(message);

	if (whole == NULL || !message_is_open(whole))
		return 0;
	message_add_recipient(whole, address);
	return 1;
}

static const char *
inner_value(struct mailscanner_message *message, const char *name)
{
	const char *value = directive_value(message, name);
	enum directive directive;

	if (value == NULL || !directive_named(name, &directive))
		return NULL;
	g_autofree char *inner = function_inner_value(table_row(directive), value);
	return keep(message, inner);
}

static const char *
directive_name(const char *name, enum mailscanner_name form)
{
	enum directive directive;
	g_autofree char *text = NULL;

	if (!directive_named(name, &directive))
		return NULL;
	switch (form) {
	case MAILSCANNER_NAME_FILE:
		return directive_info(directive)->name;
	case MAILSCANNER_NAME_EXTERNAL:
		text = table_fold(directive_info(directive)->name);
		break;
	case MAILSCANNER_NAME_INTERNAL:
		text = table_internal_name(directive);
		break;
	}
	return text != NULL ? g_intern_string(text) : NULL;
}

static const char *
ruleset(struct mailscanner_message *message, const char *name, const char *path)
{
	struct subject *subject = message != NULL ? subject_of(message) : NULL;
	enum directive directive;

	if (!directive_named(name, &directive))
		return NULL;
	struct diagnostics *diagnostics = diagnostics_new();
	g_autofree char *value =
	    config_ask_file(config_current(), directive, subject, path, diagnostics);
	log_diagnostics(diagnostics);
	diagnostics_free(diagnostics);
	return value != NULL ? keep(message, value) : NULL;
}

static const char *
macro(const char *name)
{
	return config_macro(config_current(), name);
}

static const char *
configuration(void)
{
	const char *path = config_path(config_current());

	return path != NULL ? path : "";
}

static void
attach(
    struct mailscanner_message *message, const void *key, void *data, void (*release)(void *data))
{
	subject_attach(subject_of(message), key, data, release);
}

static void *
attached(struct mailscanner_message *message, const void *key)
{
	return subject_attached(subject_of(message), key);
}

static struct mailscanner_batch *
current_batch(void)
{
	return host_batch(batch_in_hand);
}

static struct mailscanner_message *
next_message(struct mailscanner_batch *batch, size_t *position)
{
	const struct batch_view *view = view_of(batch);

	if (*position >= view->messages->len)
		return NULL;
	const struct message *message = g_ptr_array_index(view->messages, (*position)++);
	return host_message(message->subject);
}

static uint64_t
batch_number(struct mailscanner_batch *batch)
{
	return view_of(batch)->number;
}

static const char *
batch_fact(struct mailscanner_batch *batch)
{
	static char *last;
	const struct batch_view *view = view_of(batch);
	json_t *json =
	    json_pack("{s:I, s:I, s:f, s:o}", "messages", (json_int_t)view->messages->len, "bytes",
		(json_int_t)view->bytes, "started", (double)view->started / G_USEC_PER_SEC, "ended",
		view->ended != 0 ? json_real((double)view->ended / G_USEC_PER_SEC) : json_null());
	char *dumped = json_dumps(json, JSON_COMPACT);

	g_free(last);
	last = g_strdup(dumped);
	free(dumped);
	json_decref(json);
	return last;
}

static uint64_t
revision(struct mailscanner_message *message)
{
	const struct message *whole = whole_of(message);
	bool ended = batch_in_hand != NULL && batch_in_hand->ended != 0;

	if (whole == NULL)
		return 0;
	return ((uint64_t)whole->findings->len << 8) | ((uint64_t)whole->fate.kind << 2) |
	       (whole->facts != NULL ? 2u : 0u) | (ended ? 1u : 0u);
}

static int
redirect(struct mailscanner_message *message, const char *const *addresses)
{
	struct message *whole = whole_of(message);

	if (whole == NULL || !message_is_open(whole) || addresses[0] == NULL)
		return 0;
	message_redirect(whole, addresses);
	return whole->redirected != NULL;
}

static const char *
language(struct mailscanner_message *message, const char *key)
{
	return keep(message, language_text(message != NULL ? subject_of(message) : NULL, key));
}

static const char *
next_directive(size_t *position)
{
	if (*position >= DIRECTIVE_COUNT)
		return NULL;
	return directive_info((enum directive)(*position)++)->name;
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
	.time_limit = time_limit,
	.fact = fact,
	.control = control,
	.body = body,
	.edit_header = edit_header,
	.add_recipient = add_recipient,
	.inner_value = inner_value,
	.directive_name = directive_name,
	.ruleset = ruleset,
	.macro = macro,
	.configuration = configuration,
	.attach = attach,
	.attached = attached,
	.batch = current_batch,
	.next_message = next_message,
	.batch_number = batch_number,
	.batch_fact = batch_fact,
	.store_get = store_get,
	.store_set = store_set,
	.store_add = store_add,
	.revision = revision,
	.redirect = redirect,
	.next_original = next_original,
	.language = language,
	.next_directive = next_directive,
};
