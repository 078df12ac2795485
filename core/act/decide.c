/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order and the conditions are MailScanner's, since sites have set their directives with it in mind; but a message that is
 * stopped here has left its trace first (a copy, where one is wanted), and never goes because some step looked at a flag too late.
 */
#include "core/act/decide.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/act/clean.h"
#include "core/act/quarantine.h"
#include "core/act/sign.h"
#include "core/act/verdict.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "spool/error.h"
#include "spool/fd.h"

bool
decide_quarantine(struct message *message, struct reader *reader, GError **error)
{
	return quarantine_infections(message, reader, error);
}

bool
decide_denial(struct message *message, GError **error)
{
	const struct finding *denial = message_finding(message, FINDING_denial);

	if (denial == NULL || !quarantine_denial_of_service_for(message->subject))
		return true;
	if (message_finding(message, FINDING_copy) == NULL && !quarantine_message(message, error))
		return false;
	message_settle(message, FATE_DROP, "quarantine", "%s", denial->text);
	return true;
}

static void
log_silent(const struct message *message)
{
	g_autofree char *report = NULL;

	if (!log_silent_viruses_for(NULL))
		return;
	report = clean_report(message, "");
	g_strdelimit(g_strchomp(report), "\n", ',');
	lines_silent(report);
}

/*
 * `Still Deliver Silent Viruses`: cleaned, or as it is, at once; with `Still Scan Silent Viruses` only after everything else.
 * Without a spam check between, both come to the same here: the message goes on its way through the stages.
 */
void
decide_silent(struct message *message)
{
	struct verdict verdict;

	verdict_of(message, &verdict);
	if (!verdict_is_hushed(&verdict))
		return;
	log_silent(message);
	if (!still_deliver_silent_viruses_for(message->subject))
		message_settle(message, FATE_DROP, "silent viruses",
		    "what was found in it is silent, and Still Deliver Silent Viruses is no");
}

void
decide_redirect(struct message *message)
{
	const struct finding *redirect = message_finding(message, FINDING_redirect);

	if (redirect == NULL)
		return;
	g_auto(GStrv) addresses = g_strsplit_set(redirect->text, ", \t", -1);
	message_redirect(message, (const char *const *)addresses);
	log_message(LOG_NOTICE, message_id(message), "%s: goes to %s instead of its recipients: %s",
	    message_id(message), redirect->text, redirect->rule);
}

static char *
read_all(int fd)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, &error);
	return text;
}

static bool
is_attachment(const struct part *part)
{
	return strcmp(part->disposition, "attachment") == 0;
}

static bool
convert_part(struct message *message, struct reader *reader, unsigned n, GError **error)
{
	autofd fd = memfd_create("text", MFD_CLOEXEC);
	bool got = false;

	if (fd < 0)
		return spool_fail(error, SPOOL_ERROR_IO, "memory for a text");
	if (!reader_contents(reader, message, CONTENT_TEXT, &n, &fd, &got, 1, error))
		return false;
	g_autofree char *text = got ? read_all(fd) : NULL;

	/* What can't be had as text is not shown as HTML either. */
	message_edit_body(message, BODY_CONVERT, n, text != NULL ? text : "", NULL, "conversion");
	return true;
}

bool
decide_convert(struct message *message, struct reader *reader, GError **error)
{
	if (message->facts == NULL || message_finding(message, FINDING_convert) == NULL)
		return true;
	for (unsigned n = 0; n < message->facts->parts->len; n++) {
		const struct part *part = facts_part(message->facts, n);

		if (part->kind == PART_LEAF && part->reading == 0 && !is_attachment(part) &&
		    strcmp(part->type, "text/html") == 0 &&
		    !convert_part(message, reader, n, error))
			return false;
	}
	lines_converting(message_id(message));
	return true;
}

bool
decide_modified(struct message *message, GError **error)
{
	return quarantine_modified(message, error);
}

void
decide_clean(struct message *message)
{
	struct verdict verdict;

	verdict_of(message, &verdict);
	if (!verdict.infected)
		return;
	if (!deliver_cleaned_messages_for(message->subject)) {
		message_settle(message, FATE_DROP, "cleaning", "Deliver Cleaned Messages is no");
		return;
	}
	if (still_deliver_silent_viruses_unmodified_for(message->subject) &&
	    verdict_is_hushed(&verdict))
		return;
	clean_replace(message);
	clean_mark(message);
}

void
decide_sign(struct message *message)
{
	struct verdict verdict;

	verdict_of(message, &verdict);
	sign_plan_external(message);
	if (!verdict.infected)
		sign_plan(message);
}
