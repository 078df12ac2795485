/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report is on disk before the message is dropped, and goes out when it is gone: a mail program that hangs keeps nobody waiting,
 * and a crash neither loses the report nor sends it twice.
 */
#include "core/act/reject.h"

#include <errno.h>
#include <string.h>

#include "core/act/answer.h"
#include "core/act/report.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "spool/error.h"

#define STAGE "reject"
/* Key of the finding that says so. */
#define TOLD_KEY "RejectionReport"

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
		message_find_part(message, FINDING_note, FINDING_WHOLE, STAGE, TOLD_KEY,
		    "Rejection Report", "Its sender is told that it was rejected");
		lines_rejected(id, message_sender(message), report);
	} else {
		log_message(LOG_NOTICE, id, "Reject message %s from <%s> without a report: %s", id,
		    message_sender(message), silent);
	}
	message_settle(message, FATE_DROP, STAGE, "Reject Message says so");
	return true;
}

json_t *
reject_mail(const struct message *message)
{
	bool told = false;

	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		told |= strcmp(finding->key, TOLD_KEY) == 0;
	}
	if (!told || message->fate.kind != FATE_DROP)
		return NULL;
	g_autofree char *report = report_fill(message, REPORT_rejection, NULL);
	g_autofree char *mail = g_strconcat("X-MailScanner-Rejected: yes\n", report, NULL);

	return answer_mail(message, "rejection", mail);
}
