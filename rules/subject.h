/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_SUBJECT_H
#define RULES_SUBJECT_H
/*
 * For whom or what a directive is evaluated: envelope sender, recipients, client address, texts of
 * the reports found so far. Rulesets see a message only through this. A custom function reaches the
 * message through `handle`, which rules/ passes on and never looks into.
 *
 * A subject also remembers whether some answer about it was uncertain (a resolver that could not be
 * asked). The look-up then gave the directive's default, and whoever acts on values asks
 * subject_doubt() before acting.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct subject;

/* All strings are copied. `recipients` NULL-terminated, may be NULL. `client_ip` text, "" or NULL
 * when unknown. */
struct subject *subject_new(
    const char *sender, const char *const *recipients, const char *client_ip);
void subject_free(struct subject *subject);

/* A text that Virus: rules are compared with. */
void subject_add_report(struct subject *subject, const char *text);

void subject_set_handle(struct subject *subject, void *handle);
void *subject_handle(const struct subject *subject);

const char *subject_sender(const struct subject *subject);
const char *const *subject_recipients(const struct subject *subject);
const char *subject_client_ip(const struct subject *subject);
/* No other subject of this process has or had it; never 0. */
uint64_t subject_serial(const struct subject *subject);

/* NULL when every answer so far was certain; else why one was not. Borrowed. */
const char *subject_doubt(const struct subject *subject);

/* What is to be logged once about look-ups for this subject, such as an expression that was stopped
 * at a limit: of char *, NULL when nothing. Borrowed. */
const GPtrArray *subject_notes(const struct subject *subject);

/* For the modules of rules/: notes a doubt (the first one stays), adds a note unless it is there, and keeps `text` as
 * long as the subject lives. */
void subject_set_doubt(struct subject *subject, const char *why);
void subject_add_note(struct subject *subject, const char *text);
const char *subject_keep(struct subject *subject, const char *text);

/*
 * Something that belongs to whoever knows `key` (any address of its own) and lasts as long as the
 * subject: `release` (may be NULL) is called when that goes or when another takes its place. NULL:
 * nothing is attached.
 */
void subject_attach(struct subject *subject, const void *key, void *data, GDestroyNotify release);
void *subject_attached(const struct subject *subject, const void *key);

#endif
