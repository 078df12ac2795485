/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plain data. Only what every queue format can say stands here; the rest stays with the format, in
 * a recipient's `own` text, so that it can be written back as it was.
 */
#include "spool/envelope.h"

static void
recipient_free(void *data)
{
	struct recipient *recipient = data;

	g_free(recipient->address);
	g_free(recipient->own);
	g_free(recipient);
}

struct envelope *
envelope_new(void)
{
	struct envelope *envelope = g_new0(struct envelope, 1);

	envelope->sender = g_strdup("");
	envelope->client_ip = g_strdup("");
	envelope->recipients = g_ptr_array_new_with_free_func(recipient_free);
	return envelope;
}

void
envelope_free(struct envelope *envelope)
{
	if (envelope == NULL)
		return;
	g_free(envelope->sender);
	g_ptr_array_unref(envelope->recipients);
	g_free(envelope->client_ip);
	g_free(envelope->client_name);
	g_free(envelope->helo);
	g_free(envelope->protocol);
	g_free(envelope->auth_id);
	g_free(envelope);
}

void
envelope_add_recipient(struct envelope *envelope, const char *address, const char *own)
{
	struct recipient *recipient = g_new(struct recipient, 1);

	recipient->address = g_strdup(address);
	recipient->own = g_strdup(own);
	g_ptr_array_add(envelope->recipients, recipient);
}
