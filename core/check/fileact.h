/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_FILEACT_H
#define CORE_CHECK_FILEACT_H
/*
 * What follows from a verdict about a file.
 */
#include "core/check/filejudge.h"

/* Turns it into a finding and a log line; how many problems it is (0 or 1). `kind` is FINDING_name or FINDING_type. */
unsigned file_act(const struct file *file, const struct file_policy *policy, enum finding_kind kind,
    const struct file_verdict *verdict, bool log_permitted);

#endif
