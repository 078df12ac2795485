/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recipients with equal answers of all rules stay together, so a configuration without rulesets never splits anything.
 */
#include "core/engine/split.h"

#include <string.h>

#include "rules/directives.h"
#include "rules/fingerprint.h"

/* More recipients than this are not looked at one by one: such a message stays whole. */
#define SPLIT_RECIPIENTS_MAX 1000

static char *
fingerprint_of(const struct message *message, const struct recipient *recipient)
{
	const char *addresses[] = { recipient->address, NULL };
	struct subject *subject =
	    subject_new(message_sender(message), addresses, subject_client_ip(message->subject));

	subject_set_handle(subject, (void *)message);
	char *text = config_fingerprint(config_current(), subject);

	subject_free(subject);
	return text;
}

/* Groups of recipients, in the order of their first ones. */
static GPtrArray *
group(const struct message *message)
{
	const GPtrArray *all = message->entry->envelope->recipients;
	GPtrArray *groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	g_autoptr(GHashTable) by_text =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (unsigned i = 0; i < all->len; i++) {
		struct recipient *recipient = g_ptr_array_index(all, i);
		g_autofree char *text = fingerprint_of(message, recipient);
		GPtrArray *members = g_hash_table_lookup(by_text, text);

		if (members == NULL) {
			members = g_ptr_array_new();
			g_hash_table_insert(by_text, g_steal_pointer(&text), members);
			g_ptr_array_add(groups, members);
		}
		g_ptr_array_add(members, recipient);
	}
	return groups;
}

GPtrArray *
split_message(struct message *message)
{
	GPtrArray *messages = g_ptr_array_new();
	unsigned recipients = message->entry->envelope->recipients->len;

	g_ptr_array_add(messages, message);
	if (!split_by_recipient_for(NULL) || recipients < 2 || recipients > SPLIT_RECIPIENTS_MAX)
		return messages;
	g_autoptr(GPtrArray) groups = group(message);

	if (groups->len < 2)
		return messages;
	for (unsigned i = 1; i < groups->len; i++)
		g_ptr_array_add(messages, message_new_share(message, g_ptr_array_index(groups, i)));
	message_narrow(message, g_ptr_array_index(groups, 0));
	return messages;
}
