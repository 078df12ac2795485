/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No function runs while the message is read, so the checks see the defaults of directives that functions serve.
 */
#include "cmd/trial_message.h"

#include <string.h>
#include <sysexits.h>

#include "core/engine/pipeline.h"
#include "core/engine/survey.h"
#include "core/read/reader.h"
#include "spool/eml.h"

static int fail(struct trial_message *message, int status, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static int
fail(struct trial_message *message, int status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	message->fault = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	return status;
}

/* Lets the entry say what is given instead. */
static void
set_envelope(struct envelope *envelope, const char *from, const char *const *to, const char *ip)
{
	if (from != NULL) {
		g_free(envelope->sender);
		envelope->sender = g_strdup(from);
	}
	if (ip != NULL) {
		g_free(envelope->client_ip);
		envelope->client_ip = g_strdup(ip);
	}
	if (to == NULL)
		return;
	g_ptr_array_set_size(envelope->recipients, 0);
	for (; *to != NULL; to++)
		envelope_add_recipient(envelope, *to, NULL);
}

/* The entry of a queued message; NULL, with the status, where it can't be had. */
static struct spool_entry *
take_queued(struct trial_message *message, const char *id, int *status)
{
	g_autoptr(GError) error = NULL;
	struct survey *survey = survey_new(id, &error);
	struct spool_entry *entry = NULL;

	if (survey == NULL) {
		*status = fail(message, EX_CONFIG, "%s", error->message);
		return NULL;
	}
	struct surveyed *surveyed =
	    survey_count(survey) > 0 ? survey_take(survey, 0, &entry) : NULL;
	survey_free(survey);
	if (surveyed == NULL)
		*status = fail(message, EX_NOINPUT, "no message %s lies in an incoming queue", id);
	else if (surveyed->state == SURVEY_LOCKED)
		*status = fail(message, EX_TEMPFAIL, "somebody is at work on message %s", id);
	else if (!surveyed->read || entry == NULL)
		*status = fail(message, EX_NOINPUT, "message %s can't be read: %s", id,
		    surveyed->why != NULL ? surveyed->why : survey_state_name(surveyed->state));
	surveyed_free(surveyed);
	if (*status != EX_OK)
		g_clear_pointer(&entry, spool_entry_free);
	return entry;
}

static int
judge(struct trial_message *message)
{
	g_autoptr(GError) error = NULL;
	struct reader *reader = reader_start(false, &error);

	if (reader == NULL)
		return fail(message, EX_OSERR, "%s", error->message);
	pipeline_judge(reader, message->message);
	reader_stop(reader);
	if (message_is_open(message->message))
		return EX_OK;
	return fail(message, EX_TEMPFAIL, "%s: %s", message_id(message->message),
	    message->message->fate.why != NULL ? message->message->fate.why
					       : "it can't be read now");
}

int
trial_message_take(struct trial_message *message, const char *what, const char *from,
    const char *const *to, const char *ip)
{
	g_autoptr(GError) error = NULL;
	struct spool_entry *entry = NULL;
	int status = EX_OK;

	*message = (struct trial_message){ .all = g_ptr_array_new() };
	if (what == NULL) {
		if (from != NULL || to != NULL || ip != NULL)
			message->subject =
			    subject_new(from != NULL ? from : "", to, ip != NULL ? ip : "");
		return EX_OK;
	}
	bool is_file = strchr(what, '/') != NULL || g_file_test(what, G_FILE_TEST_IS_REGULAR);
	if (!is_file)
		entry = take_queued(message, what, &status);
	else if ((entry = eml_open(what, from, to, ip, &error)) == NULL)
		status = fail(message, EX_NOINPUT, "%s", error->message);
	if (entry == NULL)
		return status;
	if (!is_file)
		set_envelope(entry->envelope, from, to, ip);
	message->message = message_new(entry);
	message->subject = message->message->subject;
	g_ptr_array_add(message->all, message->message);
	return judge(message);
}

void
trial_message_clear(struct trial_message *message)
{
	if (message->message != NULL)
		message_free(message->message);
	else
		subject_free(message->subject);
	g_clear_pointer(&message->all, g_ptr_array_unref);
	g_clear_pointer(&message->fault, g_free);
	*message = (struct trial_message){ 0 };
}
