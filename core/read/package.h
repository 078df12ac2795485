/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_PACKAGE_H
#define CORE_READ_PACKAGE_H
/*
 * A file as Windows' Packager wraps it for a document: the content of the stream "\1Ole10Native" ([MS-OLEDS] 2.3.6).
 */
#include "core/read/member.h"

/* The file in it becomes a member; where it can't be told, all behind the length does. */
void package_take(struct container *container, const char *bytes, size_t size);

#endif
