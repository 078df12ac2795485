/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_ERROR_H
#define SPOOL_ERROR_H
/*
 * Why an operation on a queue failed. The codes keep "may work later" and "a fact about this
 * message" apart, so that a caller can decide without reading the text. The text always names the
 * file.
 */
#include <glib.h>
#include <stdbool.h>

#define SPOOL_ERROR (spool_error_quark())
GQuark spool_error_quark(void);

enum spool_error {
	SPOOL_ERROR_BUSY, /* another process holds the message: try again soon */
	SPOOL_ERROR_GONE, /* the message is no longer there: nothing to do */
	SPOOL_ERROR_IO, /* the system refused (disk full, I/O error, too many files ...): try again
			   later */
	SPOOL_ERROR_HELD,    /* the MTA or its operator holds it back (frozen, -N): leave it */
	SPOOL_ERROR_CORRUPT, /* not of the format: leave it, tell the operator */
	SPOOL_ERROR_EXISTS,  /* the name is taken by another file: leave both, tell the operator */
};

/* Sets `error` to the formatted text, with ": " and the text of errno behind it where errno is not
 * 0. Returns false. */
bool spool_fail(GError **error, enum spool_error code, const char *format, ...) G_GNUC_PRINTF(3, 4);

#endif
