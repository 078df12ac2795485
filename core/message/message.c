/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The message owns all that is about it, so a stage that gives up frees nothing.
 */
#include "core/message/message.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gio/gio.h>

#include "rules/directives.h"

static void
finding_free(void *data)
{
	struct finding *finding = data;

	g_free(finding->source);
	g_free(finding->key);
	g_free(finding->rule);
	g_free(finding->text);
	g_free(finding);
}

static void
edit_free(void *data)
{
	struct edit *edit = data;

	g_free(edit->name);
	g_free(edit->value);
	g_free(edit);
}

void
new_part_free(struct new_part *part)
{
	if (part == NULL)
		return;
	g_free(part->type);
	g_free(part->charset);
	g_free(part->name);
	g_free(part->disposition);
	g_free(part->content_id);
	g_bytes_unref(part->bytes);
	g_free(part);
}

static void
body_edit_free(void *data)
{
	struct body_edit *edit = data;

	g_free(edit->text);
	new_part_free(edit->content);
	g_free(edit);
}

/* "yes", "no" or a number: which Received header names the client; 0 for none. */
static unsigned
received_wanted(void)
{
	const char *word = read_ip_address_from_received_header_for(NULL);

	if (g_ascii_strcasecmp(word, "yes") == 0)
		return 1;
	return (unsigned)CLAMP(strtol(word, NULL, 10), 0, 1000);
}

const GPtrArray *
message_recipients(const struct message *message)
{
	return message->recipients != NULL ? message->recipients
					   : message->entry->envelope->recipients;
}

static struct subject *
make_subject(const struct message *message)
{
	const struct envelope *envelope = message->entry->envelope;
	const GPtrArray *all = message_recipients(message);
	g_autofree const char **recipients = g_new0(const char *, all->len + 1);
	unsigned wanted = received_wanted();
	g_autofree char *received = wanted > 0 ? message_received_address(message, wanted) : NULL;

	for (unsigned i = 0; i < all->len; i++) {
		const struct recipient *recipient = g_ptr_array_index(all, i);

		recipients[i] = recipient->address;
	}
	return subject_new(
	    envelope->sender, recipients, received != NULL ? received : envelope->client_ip);
}

static struct message *
new_with(struct spool_entry *entry, const GPtrArray *recipients)
{
	struct message *message = g_new0(struct message, 1);

	message->entry = entry;
	if (recipients != NULL)
		message->recipients = g_ptr_array_copy((GPtrArray *)recipients, NULL, NULL);
	message->findings = g_ptr_array_new_with_free_func(finding_free);
	message->edits = g_ptr_array_new_with_free_func(edit_free);
	message->body_edits = g_ptr_array_new_with_free_func(body_edit_free);
	message->added_recipients = g_ptr_array_new_with_free_func(g_free);
	message->subject = make_subject(message);
	subject_set_handle(message->subject, message);
	return message;
}

struct message *
message_new(struct spool_entry *entry)
{
	return new_with(entry, NULL);
}

struct message *
message_new_share(struct message *owner, const GPtrArray *recipients)
{
	struct message *message = new_with(owner->entry, recipients);

	message->shares = owner;
	return message;
}

void
message_narrow(struct message *message, const GPtrArray *recipients)
{
	message->recipients = g_ptr_array_copy((GPtrArray *)recipients, NULL, NULL);
	subject_free(message->subject);
	message->subject = make_subject(message);
	subject_set_handle(message->subject, message);
}

void
message_free(struct message *message)
{
	if (message == NULL)
		return;
	subject_free(message->subject);
	g_ptr_array_unref(message->findings);
	g_ptr_array_unref(message->edits);
	g_ptr_array_unref(message->body_edits);
	facts_free(message->facts);
	g_ptr_array_unref(message->added_recipients);
	if (message->copies != NULL)
		g_ptr_array_unref(message->copies);
	if (message->redirected != NULL)
		g_ptr_array_unref(message->redirected);
	if (message->recipients != NULL)
		g_ptr_array_unref(message->recipients);
	g_free(message->fate.why);
	if (message->shares == NULL)
		spool_entry_free(message->entry);
	g_free(message);
}

const char *
message_id(const struct message *message)
{
	return message->entry->id;
}

const char *
message_sender(const struct message *message)
{
	return message->entry->envelope->sender;
}

struct finding *
message_find_part(struct message *message, enum finding_kind kind, int part, const char *source,
    const char *key, const char *rule, const char *text)
{
	struct finding *finding = g_new0(struct finding, 1);

	finding->kind = kind;
	finding->part = part;
	finding->source = g_strdup(source);
	finding->key = g_strdup(key != NULL ? key : "");
	finding->rule = g_strdup(rule != NULL ? rule : "");
	finding->text = g_strdup(text != NULL ? text : "");
	g_ptr_array_add(message->findings, finding);
	return finding;
}

void
message_find(struct message *message, enum finding_kind kind, const char *source, const char *text)
{
	message_find_part(message, kind, FINDING_WHOLE, source, NULL, NULL, text);
}

static const struct {
	const char *name;
	char letter;
} kinds[] = {
#define KIND(id, letter) { #id, letter },
	FINDING_KINDS(KIND)
#undef KIND
};

char
finding_letter(enum finding_kind kind)
{
	return kinds[kind].letter;
}

const char *
finding_kind_name(enum finding_kind kind)
{
	return kinds[kind].name;
}

const struct finding *
message_finding(const struct message *message, enum finding_kind kind)
{
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (finding->kind == kind)
			return finding;
	}
	return NULL;
}

void
message_settle(
    struct message *message, enum fate_kind kind, const char *stage, const char *why, ...)
{
	va_list arguments;

	if (message->fate.kind != FATE_OPEN)
		return;
	message->fate.kind = kind;
	message->fate.stage = stage;
	if (why == NULL)
		return;
	va_start(arguments, why);
	message->fate.why = g_strdup_vprintf(why, arguments);
	va_end(arguments);
}

void
message_leave(struct message *message, const char *stage, const char *why)
{
	message->fate.kind = FATE_LEAVE;
	message->fate.stage = stage;
	g_free(message->fate.why);
	message->fate.why = g_strdup(why);
}

bool
message_is_open(const struct message *message)
{
	return message->fate.kind == FATE_OPEN;
}

void
message_edit_header(struct message *message, enum edit_kind kind, const char *name,
    const char *value, enum header_place place)
{
	struct edit *edit = g_new0(struct edit, 1);

	edit->kind = kind;
	edit->name = g_strdup(name);
	edit->value = g_strdup(value);
	edit->place = place;
	g_ptr_array_add(message->edits, edit);
}

struct new_part *
new_part_new(
    const char *type, const char *charset, const char *name, const char *disposition, GBytes *bytes)
{
	struct new_part *part = g_new0(struct new_part, 1);

	part->type = g_strdup(type);
	part->charset = g_strdup(charset);
	part->name = g_strdup(name);
	part->disposition = g_strdup(disposition);
	part->bytes = bytes;
	return part;
}

struct body_edit *
message_edit_body(struct message *message, enum body_edit_kind kind, unsigned part,
    const char *text, struct new_part *content, const char *stage)
{
	struct body_edit *edit = g_new0(struct body_edit, 1);

	edit->kind = kind;
	edit->part = part;
	edit->text = g_strdup(text);
	edit->content = content;
	edit->stage = stage;
	g_ptr_array_add(message->body_edits, edit);
	return edit;
}

bool
message_part_goes(const struct message *message, unsigned part)
{
	for (unsigned i = 0; i < message->body_edits->len; i++) {
		const struct body_edit *edit = g_ptr_array_index(message->body_edits, i);

		if ((edit->kind == BODY_REPLACE || edit->kind == BODY_REMOVE) &&
		    (edit->part == part || edit->part == 0))
			return true;
	}
	return false;
}

static bool
has_recipient(const struct message *message, const char *address)
{
	const GPtrArray *original = message->entry->envelope->recipients;

	for (unsigned i = 0; i < original->len; i++) {
		const struct recipient *recipient = g_ptr_array_index(original, i);

		if (strcasecmp(recipient->address, address) == 0)
			return true;
	}
	for (unsigned i = 0; i < message->added_recipients->len; i++) {
		if (strcasecmp(g_ptr_array_index(message->added_recipients, i), address) == 0)
			return true;
	}
	return false;
}

void
message_add_recipient(struct message *message, const char *address)
{
	if (!has_recipient(message, address))
		g_ptr_array_add(message->added_recipients, g_strdup(address));
}

static void
recipient_free(void *data)
{
	struct recipient *recipient = data;

	g_free(recipient->address);
	g_free(recipient->own);
	g_free(recipient);
}

void
message_redirect(struct message *message, const char *const *addresses)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(recipient_free);

	for (; *addresses != NULL; addresses++) {
		if (**addresses == '\0')
			continue;
		struct recipient *recipient = g_new0(struct recipient, 1);

		recipient->address = g_strdup(*addresses);
		g_ptr_array_add(all, recipient);
	}
	/* Nobody is no recipient: the message would be gone. */
	if (all->len == 0)
		return;
	if (message->redirected != NULL)
		g_ptr_array_unref(message->redirected);
	message->redirected = g_steal_pointer(&all);
}

/* The first address in [brackets] that is one; mail servers write the client's so (RFC 5321 section 4.1.3). */
static char *
bracketed_address(const char *text, size_t length)
{
	const char *end = text + length;

	for (const char *open = memchr(text, '[', length); open != NULL;
	     open = memchr(open, '[', (size_t)(end - open))) {
		open++;
		const char *close = memchr(open, ']', (size_t)(end - open));

		if (close == NULL)
			return NULL;
		if (g_ascii_strncasecmp(open, "IPv6:", 5) == 0)
			open += 5;
		g_autofree char *candidate = g_strndup(open, (size_t)(close - open));
		if (g_hostname_is_ip_address(candidate))
			return g_steal_pointer(&candidate);
	}
	return NULL;
}

char *
message_received_address(const struct message *message, unsigned n)
{
	const struct header_list *headers = message->entry->headers;
	char *found = NULL;

	/* Fewer Received headers than asked for: the last one counts. */
	for (size_t i = 0; i < header_list_count(headers) && n > 0; i++) {
		const struct header_field *field = header_list_at(headers, i);
		g_autofree char *name = field->deleted ? NULL : header_field_name(field);

		if (name == NULL || g_ascii_strcasecmp(name, "Received") != 0)
			continue;
		n--;
		g_free(found);
		found = bracketed_address(field->text, field->length);
	}
	return found;
}
