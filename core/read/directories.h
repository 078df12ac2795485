/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_DIRECTORIES_H
#define CORE_READ_DIRECTORIES_H
/*
 * What the directories of an archive say, beside what libarchive tells of them (core/read/zipdir.h, core/read/rardir.h).
 */
#include "core/read/archive.h"
#include "core/read/extract.h"

/* Before anything is read: opens those of that kind, and says what they alone say. */
void directories_open(struct opened *opened, enum archive_kind kind);

/* When all entries were taken: files that only these know, and what is encrypted. */
void directories_read(struct opened *opened);

#endif
