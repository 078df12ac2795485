/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory, not files: what was found to be bad should not lie anywhere but where it is kept on purpose.
 */
#include "core/act/contents.h"

#include <sys/mman.h>
#include <unistd.h>

#include "spool/durable.h"
#include "spool/error.h"

bool
contents_fetch(struct contents *contents, struct message *message, struct reader *reader,
    enum content_form form, const bool *wanted, GError **error)
{
	const struct facts *facts = message->facts;

	*contents = (struct contents){
		.parts = g_new0(unsigned, facts->parts->len),
		.fds = g_new0(int, facts->parts->len),
		.got = g_new0(bool, facts->parts->len),
	};
	for (unsigned n = 0; n < facts->parts->len; n++) {
		enum part_kind kind = facts_part(facts, n)->kind;

		if (!wanted[n] || (kind != PART_LEAF && kind != PART_MEMBER))
			continue;
		int fd = memfd_create("part", MFD_CLOEXEC);
		if (fd < 0)
			return spool_fail(error, SPOOL_ERROR_IO, "memory for an attachment");
		contents->parts[contents->count] = n;
		contents->fds[contents->count++] = fd;
	}
	return contents->count == 0 || reader_contents(reader, message, form, contents->parts,
					   contents->fds, contents->got, contents->count, error);
}

void
contents_clear(struct contents *contents)
{
	for (unsigned i = 0; i < contents->count; i++)
		close(contents->fds[i]);
	g_free(contents->parts);
	g_free(contents->fds);
	g_free(contents->got);
	*contents = (struct contents){ 0 };
}

GBytes *
contents_bytes(const struct contents *contents, unsigned n)
{
	return contents->got[n] ? durable_read(contents->fds[n]) : NULL;
}
