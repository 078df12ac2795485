/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each state has a name that programs may rely on (the JSON field "state"); people get the reason
 * with it.
 */
#include "cmd/message_view.h"

#include "cmd/screen.h"
#include "core/plugin/dump.h"

char *
message_view_state(const struct surveyed *message)
{
	const char *name = survey_state_name(message->state);

	if (message->state == SURVEY_LATER) {
		g_autofree char *next = screen_time(message->next);

		return g_strdup_printf("retry at %s", next);
	}
	if (message->why == NULL)
		return g_strdup(name);
	g_autofree char *why = screen_text(message->why);
	return g_strdup_printf("%s: %s", name, why);
}

static json_t *
number_or_null(guint64 number)
{
	return number == 0 ? json_null() : json_integer((json_int_t)number);
}

static json_t *
recipients_json(const struct surveyed *message)
{
	json_t *list = json_array();

	if (!message->read) {
		json_decref(list);
		return json_null();
	}
	for (unsigned i = 0; i < message->recipients->len; i++)
		json_array_append_new(list, screen_json(g_ptr_array_index(message->recipients, i)));
	return list;
}

json_t *
message_view_json(const struct surveyed *message)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", screen_json(message->id));
	json_object_set_new(object, "directory", screen_json(message->directory));
	json_object_set_new(object, "received", number_or_null((guint64)message->received));
	json_object_set_new(object, "size", number_or_null(message->size));
	json_object_set_new(
	    object, "sender", message->read ? screen_json(message->sender) : json_null());
	json_object_set_new(object, "recipients", recipients_json(message));
	json_object_set_new(object, "state", json_string(survey_state_name(message->state)));
	json_object_set_new(
	    object, "why", message->why != NULL ? screen_json(message->why) : json_null());
	json_object_set_new(object, "attempts", json_integer(message->attempts));
	json_object_set_new(object, "next", number_or_null((guint64)message->next));
	return object;
}

/* What is known of a message that could not be read. */
static void
set_unread(json_t *object, const struct surveyed *surveyed)
{
	json_object_set_new(object, "envelope",
	    json_pack("{s:o, s:o, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:o, s:n}", "id",
		screen_json(surveyed->id), "size", number_or_null(surveyed->size), "sender",
		"recipients", "client_ip", "client_name", "helo", "protocol", "auth_id", "received",
		number_or_null((guint64)surveyed->received), "frozen"));
	json_object_set_new(object, "queue",
	    json_pack("{s:n, s:o, s:n, s:n}", "format", "directory",
		screen_json(surveyed->directory), "files", "modified"));
}

json_t *
message_view_whole(const struct surveyed *surveyed, const struct message *message)
{
	json_t *object = dump_object(message != NULL ? message->subject : NULL);

	if (message == NULL)
		set_unread(object, surveyed);
	json_t *queue = json_object_get(object, "queue");
	json_object_set_new(queue, "state", json_string(survey_state_name(surveyed->state)));
	json_object_set_new(
	    queue, "why", surveyed->why != NULL ? screen_json(surveyed->why) : json_null());
	json_object_set_new(queue, "attempts", json_integer(surveyed->attempts));
	json_object_set_new(queue, "next", number_or_null((guint64)surveyed->next));
	return object;
}
