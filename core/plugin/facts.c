/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One row a fact, made when it is asked for. JSON, because every language reads it and it grows without anybody's structs
 * changing.
 */
#include "core/plugin/facts.h"

#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

#include "core/read/facts_json.h"

static json_t *
text(const char *bytes)
{
	g_autofree char *valid = bytes != NULL ? g_utf8_make_valid(bytes, -1) : NULL;

	return valid != NULL ? json_string(valid) : json_null();
}

/* Those that the message is for: a part of the queue file's where it was split. */
static json_t *
recipients(const struct subject *subject)
{
	const char *const *addresses = subject_recipients(subject);
	json_t *list = json_array();

	for (size_t i = 0; addresses[i] != NULL; i++)
		json_array_append_new(list, text(addresses[i]));
	return list;
}

static json_t *
envelope(const struct message *message)
{
	const struct envelope *from = message->entry->envelope;

	return json_pack("{s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:b}", "id",
	    text(message->entry->id), "size", (json_int_t)message->entry->size, "sender",
	    text(from->sender), "recipients", recipients(message->subject), "client_ip",
	    text(from->client_ip), "client_name", text(from->client_name), "helo", text(from->helo),
	    "protocol", text(from->protocol), "auth_id", text(from->auth_id), "received",
	    (json_int_t)from->received, "frozen", from->frozen);
}

json_t *
facts_envelope(struct subject *subject)
{
	return json_pack("{s:n, s:n, s:o, s:o, s:o, s:n, s:n, s:n, s:n, s:n, s:n}", "id", "size",
	    "sender", text(subject_sender(subject)), "recipients", recipients(subject), "client_ip",
	    text(subject_client_ip(subject)), "client_name", "helo", "protocol", "auth_id",
	    "received", "frozen");
}

static json_t *
header(const struct message *message)
{
	const struct header_list *headers = message->entry->headers;
	json_t *list = json_array();

	for (size_t i = 0; i < header_list_count(headers); i++) {
		const struct header_field *field = header_list_at(headers, i);

		if (field->deleted)
			continue;
		g_autofree char *name = header_field_name(field);
		g_autofree char *value = header_field_value(field);
		g_autofree char *whole = g_utf8_make_valid(field->text, (gssize)field->length);
		if (g_str_has_suffix(whole, "\n"))
			whole[strlen(whole) - 1] = '\0';
		json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "name", text(name),
						"value", text(value), "text", text(whole)));
	}
	return list;
}

static json_t *
queue(const struct message *message)
{
	const struct spool_entry *entry = message->entry;
	const char *const *files = entry->format->files(entry);
	json_t *list = json_array();
	struct stat status = { 0 };

	for (size_t i = 0; files[i] != NULL; i++) {
		if (status.st_mtime == 0 && fstatat(entry->place->fd, files[i], &status, 0) != 0)
			status.st_mtime = 0;
		json_array_append_new(list, text(files[i]));
	}
	return json_pack("{s:s, s:o, s:o, s:I}", "format", entry->format->name, "directory",
	    text(entry->place->path), "files", list, "modified", (json_int_t)status.st_mtime);
}

static json_t *
fate(const struct message *message)
{
	static const char *const names[] = { [FATE_OPEN] = "open",
		[FATE_PASS] = "pass",
		[FATE_DELIVER] = "deliver",
		[FATE_DROP] = "drop",
		[FATE_LEAVE] = "leave",
		[FATE_HOLD] = "hold" };

	return json_pack("{s:s, s:o, s:o, s:o}", "kind", names[message->fate.kind], "stage",
	    text(message->fate.stage), "why", text(message->fate.why), "new_id",
	    text(message->delivery.new_id));
}

static json_t *
findings(const struct message *message)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);
		const char letter = finding_letter(finding->kind);

		json_array_append_new(
		    list, json_pack("{s:s, s:i, s:o, s:o, s:o, s:o, s:s, s:b, s:b}", "kind",
			      finding_kind_name(finding->kind), "part", finding->part, "source",
			      text(finding->source), "text", text(finding->text), "rule",
			      text(finding->rule), "key", text(finding->key), "letter",
			      letter != ' ' ? (const char[]){ letter, '\0' } : "", "infection",
			      letter != ' ', "delete", (finding->flags & FINDING_DELETE) != 0));
	}
	return list;
}

static json_t *
reading(const struct message *message)
{
	return message->facts != NULL ? facts_to_json(message->facts) : NULL;
}

static json_t *
changes(const struct message *message)
{
	const struct spool_delivery *delivery = &message->delivery;
	uint64_t whole = message->entry->body_size;

	return json_pack("{s:I, s:I, s:b, s:i, s:i}", "size", (json_int_t)whole, "intact",
	    (json_int_t)(delivery->patched ? MIN(delivery->same, whole) : whole), "read",
	    message->facts != NULL, "header", (int)message->edits->len, "body",
	    (int)message->body_edits->len);
}

static const struct {
	const char *name;
	json_t *(*make)(const struct message *message);
} facts[] = {
	{ "envelope", envelope },
	{ "queue", queue },
	{ "header", header },
	{ "facts", reading },
	{ "parts", reading },
	{ "findings", findings },
	{ "fate", fate },
	{ "changes", changes },
};

json_t *
facts_value(const struct message *message, const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(facts); i++) {
		if (strcmp(facts[i].name, name) == 0)
			return facts[i].make(message);
	}
	return NULL;
}

char *
facts_json(const struct message *message, const char *name)
{
	json_t *made = facts_value(message, name);
	char *dumped = made != NULL ? json_dumps(made, JSON_COMPACT) : NULL;
	char *copy = g_strdup(dumped);

	json_decref(made);
	free(dumped);
	return copy;
}
