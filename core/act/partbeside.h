/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_PARTBESIDE_H
#define CORE_ACT_PARTBESIDE_H
/*
 * What changes among the children of a part and around it: parts that go, parts of our own that come.
 */
#include "core/act/partedit.h"

/* Children that are planned to go, with a boundary each. */
void partbeside_remove_children(struct build *build, const struct site *site);

/* What stands behind the last boundary. */
void partbeside_replace_epilogue(struct build *build, const struct site *site);

/* New parts: among the children where that fits, else the part is wrapped, and of a message its fields go inside. */
void partbeside_surround(struct build *build, struct site *site);

#endif
