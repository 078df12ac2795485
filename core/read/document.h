/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_DOCUMENT_H
#define CORE_READ_DOCUMENT_H
/*
 * Office documents that are zip files (Office Open XML, OpenDocument): facts about macros, links and objects in them.
 */
#include "core/message/part.h"
#include "core/read/zipdir.h"

/* Whether a zip file with that directory is one. */
bool document_is(const struct zipdir *zipdir);

/* What a member with these names (of char *) and this content says about the document around it. */
void document_member(struct part *document, const GPtrArray *names, const char *bytes, size_t size);

/* Whether a target lies beside the document or on this machine's disk. */
bool document_is_local(const char *target, size_t size);

#endif
