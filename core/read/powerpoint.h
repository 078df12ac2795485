/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_POWERPOINT_H
#define CORE_READ_POWERPOINT_H
/*
 * The stream of a PowerPoint 97 document ([MS-PPT]): objects and macros lie in it compressed.
 */
#include "core/read/member.h"

/* Embedded storages become members of the container; what they say of macros is said of it, too. */
void powerpoint_read(struct container *container, const char *bytes, size_t size);

#endif
