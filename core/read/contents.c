/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pieces are written as they come; a part that can't be written is given up, and the others are not.
 */
#include "core/read/contents.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct writing {
	const unsigned *parts;
	const int *fds;
	bool *got;
	unsigned count, now;
};

static bool
begin_part(unsigned part, void *data)
{
	struct writing *writing = data;

	while (writing->now < writing->count && writing->parts[writing->now] < part)
		writing->now++;
	if (writing->now >= writing->count || writing->parts[writing->now] != part)
		return false;
	writing->got[writing->now] = true;
	return true;
}

static bool
write_piece(const char *bytes, size_t length, void *data)
{
	struct writing *writing = data;

	while (length > 0 && writing->got[writing->now]) {
		ssize_t n = write(writing->fds[writing->now], bytes, length);

		if (n > 0) {
			bytes += n;
			length -= (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			writing->got[writing->now] = false;
		}
	}
	return true;
}

void
contents_write(const struct brief *brief, const struct source *source, enum content_form form,
    const unsigned *parts, const int *fds, bool *got, unsigned count)
{
	struct writing writing = { .parts = parts, .fds = fds, .got = got, .count = count };
	struct reading_wish wish = {
		.parts = parts,
		.count = count,
		.form = form,
		.begin = begin_part,
		.take = write_piece,
		.data = &writing,
	};

	memset(got, 0, count * sizeof *got);
	/* What was not written shows in `got`. */
	(void)reading_contents(brief, source, &wish);
}
