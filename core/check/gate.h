/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_GATE_H
#define CORE_CHECK_GATE_H
/*
 * Which checks a message gets.
 */
#include <stdbool.h>

struct message;

/*
 * It ended its reader, and `Ignore Denial Of Service` lets it pass as it is: a note with this key says so. Nobody knows what is in
 * it, so nothing is found in it, and nobody may call it clean.
 */
#define GATE_UNREAD_KEY "KilledMailScanner"
bool gate_unread(const struct message *message);

/* It was read, so there is something to check. What could not be read has a finding that says so. */
bool gate_read(const struct message *message);
/* All content is checked: it was read, and `Scan Messages` is yes, not virus. */
bool gate_content(const struct message *message);
/* As well as what `Dangerous Content Scanning` switches. */
bool gate_dangerous(const struct message *message);

#endif
