/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_LANGUAGE_H
#define RULES_LANGUAGE_H
/*
 * Texts for people in the language of the site: `Language Strings` names a file of lines "key = text" (MailScanner's
 * languages.conf); what it lacks is there in the `Report Language`, which may differ from message to message.
 */
#include "rules/subject.h"

/*
 * The text of a key (any case), in UTF-8; for a key that nobody knows the key itself. `subject` NULL: without a message. Borrowed: good as
 * long as both the configuration and the subject live.
 */
const char *language_text(struct subject *subject, const char *key);

/*
 * The words that are built in, as such a file: "en", "de", "fr", "es", "nl", "it", "pt"; others give English. Its length is in *length.
 */
const char *language_built_in(const char *language, size_t *length);

#endif
