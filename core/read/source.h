/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_SOURCE_H
#define CORE_READ_SOURCE_H
/*
 * The bytes of a message for the reader: header text in memory, body in a file that is mapped, or copied where that costs less. The file
 * stays unchanged as long as the source lives.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct source {
	GBytes *header; /* fields with LF line ends and the empty line behind them */
	const char *body;
	uint64_t body_size;
	/* What `body` is in; NULL in both: it is borrowed. */
	char *copy;
	void *mapping;
	size_t mapping_size;
};

/* `header` is the fields as they came, without the empty line; both may be empty. `body` is borrowed. */
struct source *source_new(
    const char *header, size_t header_size, const char *body, uint64_t body_size);
/* Maps, or copies, what lies behind `offset` in `fd`, which may be closed after. G_FILE_ERROR. */
struct source *source_new_mapped(const char *header, size_t header_size, int fd, off_t offset,
    uint64_t body_size, GError **error);
/* NULL is allowed. */
void source_free(struct source *source);

#endif
