/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_REPORT_H
#define CORE_ACT_REPORT_H
/*
 * Texts for people who send or get mail: the file that a directive names, filled in; where there is none, the text that is built
 * in, in the language that `Report Language` names.
 *
 * REPORT(id, accessor, file, whole): the accessor is that of the directive; the file is that of the built-in text, in core/act/reports/LANGUAGE/; `whole` texts are
 * mails with a header of their own.
 *
 * Variables of all: from to subject date datenumber id hostname linkhostname localpostmaster postmastername quarantinedir
 * viruswarningname messagesize maxmessagesize. Of those about findings besides: filename report type.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/message.h"
#include "rules/diagnostic.h"

#define REPORTS(REPORT)                                                                            \
	REPORT(stored_virus, stored_virus_message_report_for, "stored.virus.message.txt", false)   \
	REPORT(stored_filename, stored_bad_filename_message_report_for,                            \
	    "stored.filename.message.txt", false)                                                  \
	REPORT(stored_content, stored_bad_content_message_report_for,                              \
	    "stored.content.message.txt", false)                                                   \
	REPORT(stored_size, stored_size_message_report_for, "stored.size.message.txt", false)      \
	REPORT(                                                                                    \
	    deleted_virus, deleted_virus_message_report_for, "deleted.virus.message.txt", false)   \
	REPORT(deleted_filename, deleted_bad_filename_message_report_for,                          \
	    "deleted.filename.message.txt", false)                                                 \
	REPORT(deleted_content, deleted_bad_content_message_report_for,                            \
	    "deleted.content.message.txt", false)                                                  \
	REPORT(deleted_size, deleted_size_message_report_for, "deleted.size.message.txt", false)   \
	REPORT(warning_text, inline_text_warning_for, "inline.warning.txt", false)                 \
	REPORT(warning_html, inline_html_warning_for, "inline.warning.html", false)                \
	REPORT(signature_text, inline_text_signature_for, "inline.sig.txt", false)                 \
	REPORT(signature_html, inline_html_signature_for, "inline.sig.html", false)                \
	REPORT(                                                                                    \
	    external_text, inline_text_external_warning_for, "inline.external.warning.txt", false) \
	REPORT(external_html, inline_html_external_warning_for, "inline.external.warning.html",    \
	    false)                                                                                 \
	REPORT(sender_virus, sender_virus_report_for, "sender.virus.report.txt", true)             \
	REPORT(                                                                                    \
	    sender_filename, sender_bad_filename_report_for, "sender.filename.report.txt", true)   \
	REPORT(sender_content, sender_content_report_for, "sender.content.report.txt", true)       \
	REPORT(sender_size, sender_size_report_for, "sender.size.report.txt", true)                \
	REPORT(sender_error, sender_error_report_for, "sender.error.report.txt", true)             \
	REPORT(rejection, rejection_report_for, "rejection.report.txt", true)

enum report_text {
#define REPORT(id, accessor, file, whole) REPORT_##id,
	REPORTS(REPORT)
#undef REPORT
	    REPORT_COUNT
};

/* About findings; both may be NULL: then the variables are "". */
struct report_about {
	const char *files; /* names of the files, ", " between them */
	const char
	    *report;	  /* the texts of the findings, each line indented and ended by a newline */
	const char *type; /* type letters of the findings */
	bool html;	  /* values go into HTML: escape them */
};

/* The text, filled in; UTF-8. The caller's. A file that is there but can't be read is logged, and the built-in text is used. */
char *report_fill(
    const struct message *message, enum report_text which, const struct report_about *about);

/* Says which variables there are none of in the files that the configuration in use names without a message. */
void report_check(struct diagnostics *diagnostics);

/* The built-in text in a language ("en", "de", "fr", "es", "nl", "it", "pt"; others give English). Its length is in *length; not NUL-terminated. */
const char *report_built_in(enum report_text which, const char *language, size_t *length);

#endif
