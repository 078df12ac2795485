/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_EXIM_WRITE_H
#define SPOOL_EXIM_WRITE_H
/*
 * Exim's -H file written back with the least change: each part that nothing asks to change is
 * copied byte for byte from the file that was read.
 */
#include <glib.h>
#include <stdbool.h>
#include "spool/exim_read.h"

/* What Exim notes about a body. */
struct exim_body {
	guint64 lines;
	guint64 zeros;	 /* NUL bytes */
	guint64 longest; /* line, in bytes without its newline */
	guint64 open;	 /* while it is measured: bytes of a line whose newline is still to come */
};

/* Measures a body piece by piece, from all zero on. */
void exim_body_measure(struct exim_body *body, const char *bytes, size_t size);
/* There are no more pieces. */
void exim_body_measured(struct exim_body *body);

/* What is to be different; all borrowed. All zero: nothing. */
struct exim_change {
	const char *id;			   /* the new id; NULL: as it is */
	GPtrArray *recipients;		   /* of struct recipient, who gets it; NULL: as they are */
	const char *const *added;	   /* addresses to add, NULL-terminated; NULL: none */
	const struct header_list *headers; /* NULL: as they are */
	bool keep_deleted;	      /* fields that were deleted stay on file, with the flag '*' */
	const struct exim_body *body; /* of the body that takes the old one's place; NULL: none */
};

/*
 * The new text. Recipients that are done stay on file unless `recipients` is a part of those that
 * aren't; then only those stay that one of the part was expanded from. SPOOL_ERROR_CORRUPT where
 * an address to add can't stand in the file, or there are too many recipients.
 */
GBytes *exim_control_write(const struct exim_control *control, const struct exim_change *change,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Can the address stand on a line of its own in the file and be read back as it is? */
bool exim_can_stand(const char *address);

#endif
