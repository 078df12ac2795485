/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_COPIES_INTERNAL_H
#define CORE_ACT_COPIES_INTERNAL_H
/* What copies.c and copies_settle.c share. Not for others. */
#include "core/act/keepfile.h"

struct copy {
	struct keepfile file; /* closed; its temporary name is to become `name` */
	char *name;
};

#endif
