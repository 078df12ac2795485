/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_BROKEN_H
#define CORE_ACT_BROKEN_H
/*
 * Signatures of the sender that changes for safety break, so that a recipient who asks why can be told.
 */
#include "core/act/partedit.h"

/*
 * One text a signature, for people (char *): "DKIM of sender.test" where `dkim` says that one breaks, "part 2: it is signed", and of a signed
 * part that goes or is replaced as a whole "part 2: it was signed, and is gone". Cosmetic edits do not count. The array is the caller's.
 */
GPtrArray *broken_signatures(const struct build *build, bool dkim);

/* The stages that planned edits for safety, each once, with ", " between them. The caller's. */
char *broken_by(const struct message *message);

#endif
