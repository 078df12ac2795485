/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_LANGUAGE_H
#define RULES_LANGUAGE_H
/*
 * Texts for people in the language of the site: `Language Strings` names a file of lines "key = text" (MailScanner's
 * languages.conf); what it lacks is there in English.
 */
#include "rules/subject.h"

/*
 * The text of a key (any case); for a key that nobody knows the key itself. `subject` NULL: the file without a message. Borrowed: good as
 * long as both the configuration and the subject live.
 */
const char *language_text(struct subject *subject, const char *key);

/* Every key that there is, in English: NULL-terminated pairs. */
extern const char *const language_built_in[];

#endif
