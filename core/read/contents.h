/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_CONTENTS_H
#define CORE_READ_CONTENTS_H
/*
 * Contents of parts, written to descriptors.
 */
#include "core/read/reading.h"

/*
 * Each of the parts (ascending) goes to the descriptor of the same index, from its offset on; `got` says of each whether it was
 * written whole.
 */
void contents_write(const struct brief *brief, const struct source *source, enum content_form form,
    const unsigned *parts, const int *fds, bool *got, unsigned count);

#endif
