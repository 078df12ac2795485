/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report goes out before the message is dropped, so a crash between the two sends it again; the
 * other order could lose both.
 */
#include "core/act/reject.h"

#include <errno.h>

#include "core/act/answer.h"
#include "core/act/report.h"
#include "core/act/submit.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "spool/error.h"

static bool
send_report(const struct message *message, GError **error)
{
	g_autofree char *report = report_fill(message, REPORT_rejection, NULL);
	g_autofree char *mail = g_strconcat("X-MailScanner-Rejected: yes\n", report, NULL);
	const char *recipients[] = { message_sender(message), NULL };

	return submit_mail(sendmail_for(message->subject), "<>", recipients, mail, error);
}

/* Why nobody is to be told, or NULL. */
static const char *
reason_for_silence(const struct message *message, const char *report)
{
	return *report == '\0' ? "Rejection Report is blank" : answer_silence(message);
}

bool
reject_message(struct message *message, GError **error)
{
	bool rejected = reject_message_for(message->subject);
	const char *doubt = subject_doubt(message->subject);
	const char *id = message_id(message);

	if (doubt != NULL) {
		errno = 0;
		return spool_fail(error, SPOOL_ERROR_IO, "Reject Message can't be told: %s", doubt);
	}
	if (!rejected)
		return true;
	const char *report = rejection_report_for(message->subject);
	const char *silent = reason_for_silence(message, report);

	if (silent == NULL) {
		if (!send_report(message, error))
			return false;
		lines_rejected(id, message_sender(message), report);
	} else {
		log_message(LOG_NOTICE, id, "Reject message %s from <%s> without a report: %s", id,
		    message_sender(message), silent);
	}
	message_settle(message, FATE_DROP, "reject", "Reject Message says so");
	return true;
}
