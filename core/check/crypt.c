/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One encrypted part makes the message an encrypted one, also when it was forwarded inside another.
 */
#include "core/check/crypt.h"

#include "core/check/gate.h"
#include "core/log/check_lines.h"
#include "core/message/message.h"
#include "rules/directives.h"
#include "rules/language.h"

static bool
is_encrypted(const struct facts *facts)
{
	for (unsigned n = 0; n < facts->parts->len; n++) {
		if (part_has(facts_part(facts, n), PART_FACT_mime_encrypted))
			return true;
	}
	return false;
}

unsigned
check_encryption(struct message *message)
{
	if (!gate_dangerous(message))
		return 0;
	bool encrypted = is_encrypted(message->facts);
	bool blocked = encrypted ? block_encrypted_messages_for(message->subject)
				 : block_unencrypted_messages_for(message->subject);
	const char *key = encrypted ? "encrypted" : "unencrypted";
	if (!blocked)
		return 0;
	lines_encryption(message_id(message), key);
	message_find_part(message, FINDING_error, FINDING_WHOLE, "crypt", key,
	    encrypted ? "Block Encrypted Messages" : "Block Unencrypted Messages",
	    language_text(message->subject, key));
	return 1;
}
