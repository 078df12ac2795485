/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MESSAGE_SUBJECT_LINE_H
#define CORE_MESSAGE_SUBJECT_LINE_H
/*
 * The Subject field, and others like it, as people read them (RFC 2047).
 */
#include "spool/header.h"

/*
 * Value of the first Subject, unfolded, encoded words decoded, in valid UTF-8; "" where there is none. Whatever can't be decoded stays as
 * it is. At most SUBJECT_LINE_MAX bytes. The caller's.
 */
char *subject_line_text(const struct header_list *headers);
#define SUBJECT_LINE_MAX 2000

/* The same of any unfolded value, however long. The caller's. */
char *subject_line_decode(const char *value);

/* `text` as it may stand in a header: itself when it is ASCII, else encoded words (RFC 2047, UTF-8, base64). The caller's. */
char *subject_line_encode(const char *text);

#endif
