/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three switches, asked by every check, in one place so that no check forgets one.
 */
#include "core/check/gate.h"

#include "core/message/message.h"
#include "rules/directives.h"

bool
gate_read(const struct message *message)
{
	return message->facts != NULL;
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
