/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values come from senders. template_fill() goes through a text once, so nothing in a value is a variable again, and keeps values
 * from beginning header fields; what goes into HTML is escaped here.
 */
#include "core/act/report.h"

#include <string.h>
#include <time.h>

#include "core/act/address.h"
#include "core/act/mailheader.h"
#include "core/act/submit.h"
#include "core/act/template.h"
#include "core/log/log.h"
#include "core/message/subject_line.h"
#include "rules/directives.h"
#include "rules/language.h"
#include "rules/table.h"

static const char *
path_for(enum report_text which, struct subject *subject)
{
	switch (which) {
#define REPORT(id, accessor, file, whole) \
	case REPORT_##id:                 \
		return accessor(subject);
		REPORTS(REPORT)
#undef REPORT
	case REPORT_COUNT:
		break;
	}
	g_return_val_if_reached("");
}

static bool
is_whole_mail(enum report_text which)
{
	static const bool whole[] = {
#define REPORT(id, accessor, file, whole) whole,
		REPORTS(REPORT)
#undef REPORT
	};

	return (size_t)which < G_N_ELEMENTS(whole) && whole[which];
}

static char *
text_for(const struct message *message, enum report_text which)
{
	g_autoptr(GError) error = NULL;
	const char *path = path_for(which, message->subject);
	char *text = *path != '\0' ? template_read(path,
					 attachment_encoding_charset_for(message->subject), &error)
				   : NULL;
	size_t length;

	if (text != NULL)
		return text;
	/* The file that a default names may well not be there. */
	if (error != NULL && !g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		log_message(LOG_WARNING, message_id(message),
		    "%s: %s; the built-in text is used instead", message_id(message),
		    error->message);
	const char *built_in =
	    report_built_in(which, table_word_text(report_language_for(message->subject)), &length);
	return g_strndup(built_in, length);
}

static char *
recipients_text(const struct message *message)
{
	g_autoptr(GPtrArray) all = address_sorted_recipients(message_recipients(message));

	g_ptr_array_add(all, NULL);
	return g_strjoinv(", ", (char **)all->pdata);
}

/* Letters, digits, - and _, in lower case: fit for a part of a URL. */
static char *
link_text(const char *hostname)
{
	GString *text = g_string_new(NULL);

	for (const char *c = hostname; *c != '\0'; c++) {
		if (g_ascii_isalnum(*c) || *c == '-' || *c == '_')
			g_string_append_c(text, g_ascii_tolower(*c));
	}
	return g_string_free(text, FALSE);
}

/* Values are replaced by escaped ones, which go into `owned`. */
static void
escape_values(struct template_value *values, GPtrArray *owned)
{
	for (; values->name != NULL; values++) {
		char *escaped = g_markup_escape_text(values->text, -1);

		g_ptr_array_add(owned, escaped);
		values->text = escaped;
	}
}

struct moment {
	char date[64], day[16];
};

/* A GDateTime would look up the zone of this machine anew each time, in three calls of the system. */
static void
moment_now(struct moment *moment)
{
	time_t now = time(NULL);
	struct tm broken;

	*moment = (struct moment){ 0 };
	if (localtime_r(&now, &broken) == NULL)
		return;
	strftime(moment->date, sizeof moment->date, "%a %b %e %H:%M:%S %Y", &broken);
	strftime(moment->day, sizeof moment->day, "%Y%m%d", &broken);
}

/* VARIABLE(name, value in report_fill()) */
#define VARIABLES(VARIABLE)                                                           \
	VARIABLE(from, message_sender(message))                                       \
	VARIABLE(to, to)                                                              \
	VARIABLE(subject, title)                                                      \
	VARIABLE(date, now.date)                                                      \
	VARIABLE(datenumber, now.day)                                                 \
	VARIABLE(id, message_id(message))                                             \
	VARIABLE(hostname, hostname_for(subject))                                     \
	VARIABLE(linkhostname, link)                                                  \
	VARIABLE(localpostmaster, local_postmaster_for(subject))                      \
	VARIABLE(postmastername, language_text(subject, "MailScanner"))               \
	VARIABLE(quarantinedir, quarantine_dir_for(subject))                          \
	VARIABLE(viruswarningname, attachment_warning_filename_for(subject))          \
	VARIABLE(messagesize, size)                                                   \
	VARIABLE(maxmessagesize, most)                                                \
	VARIABLE(filename, about != NULL && about->files != NULL ? about->files : "") \
	VARIABLE(report, about != NULL && about->report != NULL ? about->report : "") \
	VARIABLE(type, about != NULL && about->type != NULL ? about->type : "")

static const char *const variables[] = {
#define VARIABLE(name, value) #name,
	VARIABLES(VARIABLE)
#undef VARIABLE
	    NULL,
};

char *
report_fill(const struct message *message, enum report_text which, const struct report_about *about)
{
	struct subject *subject = message->subject;
	g_autofree char *template = text_for(message, which);
	g_autofree char *to = recipients_text(message);
	g_autofree char *subject_text = subject_line_text(message->entry->headers);
	g_autofree char *title = submit_header_value(subject_text);
	g_autofree char *link = link_text(hostname_for(subject));
	g_autofree char *size = g_strdup_printf("%" G_GUINT64_FORMAT, message->entry->size);
	g_autofree char *most =
	    g_strdup_printf("%" G_GINT64_FORMAT, maximum_message_size_for(subject));
	struct moment now;
	g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
	struct template_value values[] = {
#define VARIABLE(name, value) { #name, value },
		VARIABLES(VARIABLE)
#undef VARIABLE
		    { NULL, NULL },
	};

	moment_now(&now);
	if (about != NULL && about->html)
		escape_values(values, owned);
	if (!is_whole_mail(which))
		return template_fill_text(template, values);
	g_autofree char *mail = template_fill(template, values);
	return mailheader_complete(mail);
}

void
report_check(struct diagnostics *diagnostics)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned which = 0; which < REPORT_COUNT; which++) {
		const char *path = path_for((enum report_text)which, NULL);
		g_autofree char *text =
		    *path != '\0' && g_hash_table_add(seen, (char *)path)
			? template_read(path, attachment_encoding_charset_for(NULL), NULL)
			: NULL;
		const char *at = text;
		unsigned line = 1;
		char *name;

		while (at != NULL && (name = template_unknown(&at, &line, variables)) != NULL) {
			diagnostics_add(diagnostics, SEVERITY_WARNING, path, line, NULL,
			    "there is no $%s, so it is left as it stands", name);
			g_free(name);
		}
	}
}
