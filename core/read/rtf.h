/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_RTF_H
#define CORE_READ_RTF_H
/*
 * RTF as mail of Exchange has it, compressed ([MS-OXRTFCP]).
 */
#include <glib.h>
#include <stdint.h>

/* The RTF; NULL where it is none. Never more than 9 times as long. The caller's. */
GByteArray *rtf_decompress(const uint8_t *bytes, size_t size);

#endif
