/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_EXIM_CONTROL_H
#define UNIT_EXIM_CONTROL_H
/* A -H file with most of what can stand in one, and what reading it gives. */
#include <glib.h>
#include <stdbool.h>
#include <string.h>
#include "spool/exim_read.h"

#define CONTROL_ID "1xV4Lb-0004IV-0p"

/* As Exim 4.96 wrote it: DSN recipients, ACL variables with newlines, tainted values. */
#define CONTROL_START                            \
	CONTROL_ID "-H\n"                        \
		   "mail 8 8\n"                  \
		   "<Sender.Case+x@from.test>\n" \
		   "1795341539 0\n"
#define CONTROL_OPTIONS                                        \
	"-received_time_usec .255088\n"                        \
	"-received_time_complete 1795341539.256289\n"          \
	"--helo_name client.test\n"                            \
	"-host_address [127.0.0.1]:35174\n"                    \
	"-interface_address [127.0.0.1]:12525\n"               \
	"-received_protocol esmtp\n"                           \
	"-aclc _peer 9\n"                                      \
	"127.0.0.1\n"                                          \
	"-aclm 2 11\n"                                         \
	"line1\nline2\n"                                       \
	"--aclm _rcpts 50\n"                                   \
	",rcpt.one@defer.test,two@defer.test,three@all.test\n" \
	"--(mysql)aclm _quoted 5\n"                            \
	"it''s\n"                                              \
	"-frozn\n"                                             \
	"-body_linecount 3\n"                                  \
	"-max_received_linelength 28\n"                        \
	"-deliver_firsttime\n"                                 \
	"-unheard_of\n"                                        \
	"--(lsearch)unheard_of either\n"                       \
	"-tls_resumption A\n"                                  \
	"-dsn_envid abc123\n"                                  \
	"-dsn_ret 2\n"
#define CONTROL_TREE "XX\n"
#define CONTROL_RECIPIENTS                                                 \
	"3\n"                                                              \
	"Rcpt.One@defer.test rfc822;Orig+40one@defer.test 28,12  0,-1#3\n" \
	"two@defer.test\n"                                                 \
	"three@all.test  0,2  0,-1#3\n"                                    \
	"\n"
#define CONTROL_HEADER                                         \
	"077P Received: from [127.0.0.1] (helo=client.test)\n" \
	"\tby mx.example.test with esmtp\n"                    \
	"025T To: b@x.test,\n"                                 \
	"  c@x.test\n"                                         \
	"016* Subject: before\n"                               \
	"013  Subject: now\n"                                  \
	"029  X-Weird : space before colon\n"                  \
	"009  X-Empty:\n"
#define CONTROL_TEXT CONTROL_START CONTROL_OPTIONS CONTROL_TREE CONTROL_RECIPIENTS CONTROL_HEADER

struct control_read {
	struct exim_control *control;
	struct envelope *envelope;
	struct header_list *headers;
};

/* Reads a copy of exactly these bytes, so that a look beyond them shows under a checker. */
static inline bool
control_read_bytes(struct control_read *read, const char *text, size_t length, GError **error)
{
	char *copy = g_malloc(MAX(length, 1));

	memcpy(copy, text, length);
	read->control = exim_control_read(
	    "x-H", CONTROL_ID, copy, length, NULL, &read->envelope, &read->headers, error);
	return read->control != NULL;
}

static inline void
control_read_text(struct control_read *read, const char *text)
{
	g_autoptr(GError) error = NULL;

	control_read_bytes(read, text, strlen(text), &error);
	g_assert_no_error(error);
}

static inline void
control_read_clear(struct control_read *read)
{
	header_list_free(read->headers);
	envelope_free(read->envelope);
	exim_control_free(read->control);
}

/* The recipients' addresses with a blank behind each. */
static inline char *
control_recipients(const struct envelope *envelope)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < envelope->recipients->len; i++) {
		const struct recipient *recipient = envelope->recipients->pdata[i];

		g_string_append_printf(text, "%s ", recipient->address);
	}
	return g_string_free(text, FALSE);
}

#endif
