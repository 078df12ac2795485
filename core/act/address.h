/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_ADDRESS_H
#define CORE_ACT_ADDRESS_H
/* Mail addresses that come from outside, before anything is done with them. */
#include <glib.h>
#include <stdbool.h>
#include "spool/envelope.h"

/*
 * Can this be given to a program, or written into a queue file, as the address of one recipient? Not
 * when it is empty, an option, or a pipe, or holds, outside quotes, what separates addresses.
 */
bool address_is_mailable(const char *address);

/* Addresses of struct recipient, sorted, each once: of const char *, borrowed; the array is the caller's. */
GPtrArray *address_sorted_recipients(const GPtrArray *recipients);

#endif
