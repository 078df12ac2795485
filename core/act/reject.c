/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report goes out before the message is dropped, so a crash between the two sends it again; the
 * other order could lose both.
 */
#include "core/act/reject.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/act/address.h"
#include "core/act/submit.h"
#include "core/act/template.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "spool/error.h"

static const char own_report[] =
    "From: \"$postmastername\" <$localpostmaster>\n"
    "To: <$from>\n"
    "Subject: Not accepted: $subject\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "\n"
    "The rules of this site refuse the message that you sent. Nobody has received it.\n"
    "\n"
    "    To:      $to\n"
    "    Subject: $subject\n"
    "    Taken:   $date\n"
    "    Number:  $id\n"
    "\n"
    "If you think that this is a mistake, please write to $localpostmaster and give the number.\n"
    "\n"
    "-- \n"
    "$postmastername at $hostname\n";

/* Why nobody is to be told, or NULL. */
static const char *
reason_for_silence(const struct message *message, const char *report)
{
	const struct header_list *headers = message->entry->headers;
	g_autofree char *automatic = header_list_value(headers, "Auto-Submitted");
	g_autofree char *return_path = header_list_value(headers, "Return-Path");

	if (*message_sender(message) == '\0')
		return "it has no sender";
	if (!address_is_mailable(message_sender(message)))
		return "its sender is no address that mail can be sent to";
	if (*report == '\0')
		return "Rejection Report is blank";
	if (automatic != NULL && strcasecmp(automatic, "no") != 0)
		return "a program sent it (Auto-Submitted)";
	if (header_list_find(headers, "List-Id") != NULL)
		return "it came through a list (List-Id)";
	if (return_path != NULL && strcmp(return_path, "<>") == 0)
		return "it wants no answer (Return-Path)";
	return NULL;
}

static char *
report_template(const struct message *message, const char *path)
{
	g_autoptr(GError) error = NULL;
	char *text = template_read(path, &error);

	if (text != NULL)
		return text;
	/* The file that the default names may well not be there. */
	if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		log_message(LOG_WARNING, message_id(message),
		    "Rejection Report: %s; message %s is rejected with the built-in text",
		    error->message, message_id(message));
	return g_strdup(own_report);
}

static char *
recipients_text(const struct message *message)
{
	g_autoptr(GPtrArray) all = address_sorted_recipients(message->entry->envelope);

	g_ptr_array_add(all, NULL);
	return g_strjoinv(", ", (char **)all->pdata);
}

static char *
fill_report(const struct message *message, const char *template)
{
	struct subject *subject = message->subject;
	g_autofree char *to = recipients_text(message);
	g_autofree char *title = header_list_value(message->entry->headers, "Subject");
	time_t now = time(NULL);
	char date[32];

	ctime_r(&now, date);
	date[strcspn(date, "\n")] = '\0';
	const struct template_value values[] = {
		{ "from", message_sender(message) },
		{ "to", to },
		{ "subject", title != NULL ? title : "" },
		{ "date", date },
		{ "id", message_id(message) },
		{ "hostname", hostname_for(subject) },
		{ "localpostmaster", local_postmaster_for(subject) },
		{ "postmastername", "MailScanner" },
		{ NULL, NULL },
	};
	return template_fill(template, values);
}

static bool
header_has(const char *mail, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = mail; line != NULL && *line != '\n';) {
		if (g_ascii_strncasecmp(line, name, length) == 0)
			return true;
		line = strchr(line, '\n');
		line += line != NULL ? 1 : 0;
	}
	return false;
}

static bool
send_report(const struct message *message, const char *path, GError **error)
{
	g_autofree char *template = report_template(message, path);
	g_autofree char *filled = fill_report(message, template);
	const char *recipients[] = { message_sender(message), NULL };
	g_autofree char *mail = g_strconcat("X-MailScanner-Rejected: yes\n",
	    header_has(filled, "Auto-Submitted:") ? "" : "Auto-Submitted: auto-replied\n", filled,
	    NULL);

	return submit_mail(sendmail_for(message->subject), "<>", recipients, mail, error);
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
		if (!send_report(message, report, error))
			return false;
		lines_rejected(id, message_sender(message), report);
	} else {
		log_message(LOG_NOTICE, id, "Reject message %s from <%s> without a report: %s", id,
		    message_sender(message), silent);
	}
	message_settle(message, FATE_DROP, "reject", "Reject Message says so");
	return true;
}
