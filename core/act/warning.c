/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A warning to a forged sender is spam of our own making, so in doubt nobody is told: not for viruses unless the site insists,
 * never to what no person reads, and to each address only so often.
 */
#include "core/act/warning.h"

#include <string.h>

#include "core/act/answer.h"
#include "core/act/clean.h"
#include "core/act/report.h"
#include "core/act/tellrate.h"
#include "core/act/verdict.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "rules/language.h"

static bool
is_wanted(const struct message *message, const struct verdict *verdict)
{
	struct subject *subject = message->subject;

	if (!verdict->infected || verdict_is_hushed(verdict) || !notify_senders_for(subject))
		return false;
	if (verdict->virus)
		return notify_senders_of_viruses_for(subject);
	return (verdict->name && notify_senders_of_blocked_filenames_or_filetypes_for(subject)) ||
	       (verdict->size && notify_senders_of_blocked_size_attachments_for(subject)) ||
	       (verdict->other && notify_senders_of_other_blocked_content_for(subject));
}

static bool
is_told_too_often(const struct message *message)
{
	gint64 most = sender_warnings_per_hour_for(message->subject);

	return most > 0 && !tellrate_allows(message_sender(message), most);
}

static enum report_text
template_for(const struct message *message, const struct verdict *verdict)
{
	bool content = false;

	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		content |= finding_letter(finding->kind) == 'c';
	}
	if (verdict->virus)
		return REPORT_sender_virus;
	if (verdict->name)
		return REPORT_sender_filename;
	if (verdict->error || verdict->denial)
		return REPORT_sender_error;
	if (content)
		return REPORT_sender_content;
	return verdict->size ? REPORT_sender_size : REPORT_sender_virus;
}

static char *
mail_text(const struct message *message, const struct verdict *verdict)
{
	g_autofree char *prefix =
	    g_strconcat(language_text(message->subject, "Report"), ": ", NULL);
	g_autofree char *files = clean_file_names(message);
	g_autofree char *report = clean_report(message, prefix);
	const struct report_about about = { .files = files, .report = report };

	return report_fill(message, template_for(message, verdict), &about);
}

json_t *
warning_mail(const struct message *message)
{
	struct verdict verdict;

	verdict_of(message, &verdict);
	if (!is_wanted(message, &verdict) || answer_silence(message) != NULL)
		return NULL;
	if (is_told_too_often(message)) {
		log_message(LOG_INFO, message_id(message),
		    "%s: its sender is not told again: Sender Warnings Per Hour",
		    message_id(message));
		return NULL;
	}
	g_autofree char *text = mail_text(message, &verdict);

	return answer_mail(message, "sender warning", text);
}
