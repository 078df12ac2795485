/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is the same for every format. The table of formats is searched the way the reference reads
 * its directive MTA: by a part of the text.
 */
#include "spool/spool.h"

#include <string.h>

static const struct {
	const char *word;
	const struct spool_format *format;
} formats[] = {
	{ "exim", &spool_exim },
};

void
spool_entry_free(struct spool_entry *entry)
{
	if (entry == NULL)
		return;
	header_list_free(entry->headers);
	envelope_free(entry->envelope);
	entry->format->release(entry);
	spool_place_unref(entry->place);
	g_free(entry->id);
	g_free(entry);
}

void
spool_entry_begin(struct spool_entry *entry, struct handoff *handoff)
{
	entry->delivered = 0;
	handoff_begin(handoff, entry->id, entry->place, entry->format->lock_file(entry));
}

const struct spool_format *
spool_format_named(const char *mta)
{
	g_autofree char *lower = g_ascii_strdown(mta, -1);

	for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
		if (strstr(lower, formats[i].word) != NULL)
			return formats[i].format;
	}
	return NULL;
}
