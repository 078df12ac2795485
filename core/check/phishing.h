/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_PHISHING_H
#define CORE_CHECK_PHISHING_H
/*
 * The links of a message, judged by the phishing net (core/check/phishing_net.h), and warnings beside those that it holds.
 *
 * A link that it holds is a finding of kind phishing: key PossibleFraud, DefiniteFraud or NumericLink, its text says where the link
 * leads, what it claims, and why that is held to be fraud. A link that only hides its target (`Highlight Hidden URLs`)
 * is a note with the key HiddenLink. Where a warning is put into the text, that is a finding of kind disarm too.
 *
 * Warnings go only into HTML that is edited at all (core/check/html.h), and not twice: a link that begins with our own
 * warning about the same host is left alone.
 */
#include "core/message/message.h"

/* Links that are reported one by one; warnings go into all. */
#define PHISHING_FINDINGS_MAX 100

/* After check_html(): what is to become text gets no warnings. */
void check_phishing(struct message *message);

/*
 * Reads the lists of sites now, so that no message waits for them. They are kept with the configuration in use. Without this they are
 * read when the first link is judged.
 */
void check_phishing_prepare(void);

#endif
