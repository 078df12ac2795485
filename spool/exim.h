/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_EXIM_H
#define SPOOL_EXIM_H
/* What the files of the Exim format share about an entry. Not for others: they use spool/spool.h. */
#include <sys/stat.h>
#include "spool/exim_id.h"
#include "spool/exim_read.h"
#include "spool/spool.h"

#define EXIM_NAME_MAX (EXIM_ID_MAX + 2)

/* spool_entry.own */
struct exim_entry {
	int header_fd, data_fd;
	struct stat header, data;
	char header_name[EXIM_NAME_MAX + 1];
	char data_name[EXIM_NAME_MAX + 1];
	char journal_name[EXIM_NAME_MAX + 1];
	const char *files[3];
	bool has_journal;	      /* -J was there and is merged into the control */
	struct exim_control *control; /* NULL until read */
};

/* spool_format.deliver, drop and submit */
bool exim_deliver(struct spool_entry *entry, struct spool_delivery *delivery,
    struct handoff *handoff, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exim_drop(struct spool_entry *entry, struct handoff *handoff);
bool exim_submit(struct spool_submission *submission, struct handoff *handoff,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
