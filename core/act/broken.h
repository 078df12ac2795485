/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_BROKEN_H
#define CORE_ACT_BROKEN_H
/*
 * Signatures of the sender that changes for safety break, so that a recipient who asks why can be told.
 */
#include "core/act/partedit.h"

/*
 * One text a signature, for people (char *): "DKIM of sender.test", "part 2: it is signed". Parts that go or are replaced as a whole
 * are not named: nothing is left there that claims to be signed. `dkim`: a DKIM signature breaks, too. Cosmetic edits do not count.
 * Behind them, who wanted it: broken_by().
 */
GPtrArray *broken_signatures(const struct build *build, bool dkim);

/* The stages that planned edits for safety, each once, with ", " between them. The caller's. */
char *broken_by(const struct message *message);

#endif
