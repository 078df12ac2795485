/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An answer to what no person reads goes round in circles or to thousands; so in doubt there is none.
 */
#include "core/act/answer.h"

#include <string.h>
#include <strings.h>

#include "core/act/address.h"
#include "core/log/lines.h"
#include "rules/directives.h"

/* The value of the last Precedence field, or NULL. The caller's. */
static char *
last_precedence(const struct header_list *headers)
{
	for (size_t i = header_list_count(headers); i-- > 0;) {
		const struct header_field *field = header_list_at(headers, i);
		g_autofree char *name = field->deleted ? NULL : header_field_name(field);

		if (name != NULL && strcasecmp(name, "Precedence") == 0)
			return header_field_value(field);
	}
	return NULL;
}

/* Its first word is one of the list. */
static bool
has_refused_precedence(const struct message *message)
{
	g_autofree char *last = last_precedence(message->entry->headers);
	g_auto(GStrv) refused =
	    g_strsplit_set(never_notify_senders_of_precedence_for(message->subject), " ,\t", -1);

	if (last == NULL)
		return false;
	last[strcspn(last, " \t;,")] = '\0';
	for (char **word = refused; *word != NULL; word++) {
		if (**word != '\0' && strcasecmp(*word, last) == 0) {
			lines_skipping_precedence(last);
			return true;
		}
	}
	return false;
}

const char *
answer_silence(const struct message *message)
{
	const struct header_list *headers = message->entry->headers;
	g_autofree char *automatic = header_list_value(headers, "Auto-Submitted");
	g_autofree char *return_path = header_list_value(headers, "Return-Path");

	if (*message_sender(message) == '\0')
		return "it has no sender";
	if (!address_is_mailable(message_sender(message)))
		return "its sender is no address that mail can be sent to";
	if (automatic != NULL && strcasecmp(automatic, "no") != 0)
		return "a program sent it (Auto-Submitted)";
	if (header_list_find(headers, "List-Id") != NULL)
		return "it came through a list (List-Id)";
	if (return_path != NULL && strcmp(return_path, "<>") == 0)
		return "it wants no answer (Return-Path)";
	if (has_refused_precedence(message))
		return "it was sent to many (Precedence)";
	return NULL;
}

json_t *
answer_mail(const struct message *message, const char *what, const char *text)
{
	g_autofree char *sender = g_utf8_make_valid(message_sender(message), -1);
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	return json_pack("{ss ss ss ss ss ss s[s] ss}", "kind", "mail", "what", what, "directory",
	    message->entry->place->path, "id", message_id(message), "command",
	    sendmail_for(message->subject), "sender", "<>", "recipients", sender, "text", valid);
}
