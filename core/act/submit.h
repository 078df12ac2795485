/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_SUBMIT_H
#define CORE_ACT_SUBMIT_H
/*
 * Mail of our own: given to the program that the directive `Sendmail` names, as one would at a
 * terminal. Never through a shell, and never with recipients taken from the headers.
 */
#include <glib.h>
#include <stdbool.h>

/*
 * Runs `command` (split as a shell would, nothing expanded) with "-oi -oem -F MailScanner -f sender
 * -- recipients", the text (headers, empty line, body) on its standard input. `sender` is "<>" for
 * mail that must not be answered. True when the program has ended with status 0 within its time
 * (SUBMIT_SECONDS); it is killed when that is over. Errors are those of GLib (G_SHELL_ERROR,
 * G_SPAWN_ERROR, G_SPAWN_EXIT_ERROR, G_IO_ERROR), the text names the program and its last words.
 */
bool submit_mail(const char *command, const char *sender, const char *const *recipients,
    const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the program may have taken the mail, though submit_mail() failed so: it was killed, or nobody saw its end. */
bool submit_may_have_gone(const GError *error);

/* Seconds that the program may take. */
#define SUBMIT_SECONDS 60

/* The same with another limit. */
bool submit_mail_within(unsigned seconds, const char *command, const char *sender,
    const char *const *recipients, const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * `value` fit for a header field: controls (so CR and LF too) become blanks, runs of them one blank,
 * none at the ends. The caller's.
 */
char *submit_header_value(const char *value);

#endif
