/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three switches, asked by every check, in one place so that no check forgets one.
 */
#include "core/check/gate.h"

#include <string.h>

#include "core/message/message.h"
#include "rules/directives.h"

bool
gate_unread(const struct message *message)
{
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (finding->kind == FINDING_note && strcmp(finding->key, GATE_UNREAD_KEY) == 0)
			return true;
	}
	return false;
}

bool
gate_read(const struct message *message)
{
	return message->facts != NULL && !gate_unread(message);
}

bool
gate_content(const struct message *message)
{
	return gate_read(message) && scan_messages_for(message->subject) == WORD_yes;
}

bool
gate_dangerous(const struct message *message)
{
	return gate_content(message) && dangerous_content_scanning_for(message->subject);
}
