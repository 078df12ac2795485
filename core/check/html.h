/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_HTML_H
#define CORE_CHECK_HTML_H
/*
 * What is done about the HTML of a message: `Allow IFrame Tags`, `Allow Form Tags`, `Allow Script Tags`, `Allow Object Codebase
 * Tags`, `Allow WebBugs` decide about kinds of tags, as the table in html.c says.
 *
 * - no: a finding of kind content for the part, its key one of FoundIFrame, FoundForm, FoundScript, FoundObject, FoundWebBug.
 *   Companions of those tags (an input without form, an event handler, a refresh ...) never stop a message: they are disarmed.
 * - disarm: a finding of kind disarm, its text MailScanner's word for the kind, and the edits that the reader proposed.
 * - yes: nothing, unless `Convert Dangerous HTML To Text`.
 *
 * HTML that mail programs show by itself is edited: text/html that is no attachment, whether it has a name or not. With `Disarm HTML
 * Attachments` so are attachments, and SVG. In members of archives and in parts that only other readings have, `disarm` leaves things
 * as they are and a note says so; `no` stops them too. What programs show and
 * nobody can edit (another reading, signed data) is stopped by `disarm`, too.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/message.h"

/* Findings and edits for all parts, where gate_dangerous() says so. */
void check_html(struct message *message);

/* The finding that `word` was disarmed in the part, once. */
void check_html_disarmed(struct message *message, unsigned part, const char *word);

/* The words of all that was disarmed, each once, separated by ", ", for the log; "" for nothing. The caller's. */
char *check_html_words(const struct message *message);

#endif
