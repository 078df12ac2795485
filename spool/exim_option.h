/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_EXIM_OPTION_H
#define SPOOL_EXIM_OPTION_H
/* The option lines of Exim's -H file: what they say about the envelope and the body. */
#include "spool/exim_read.h"

/* Reads the option lines at the text's position up to the first line that is none.
 * SPOOL_ERROR_CORRUPT. */
bool exim_options_read(struct exim_control *control, struct envelope *envelope,
    struct exim_text *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The address in "[address]:port", "address.port" (Exim up to 4.95) or a bare address, both IPv4
 * and IPv6; "" where it is none. The caller's.
 */
char *exim_client_address(const char *value);

#endif
