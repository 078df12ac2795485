/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_READER_ERROR_H
#define CORE_READ_READER_ERROR_H
/* What can come of asking the reader process. */
#include <glib.h>

#define READER_ERROR reader_error_quark()
GQuark reader_error_quark(void);
enum reader_error {
	READER_ERROR_DIED,     /* the process ended over this message; the text says how */
	READER_ERROR_OVERRAN,  /* it was not done in time, and was ended */
	READER_ERROR_NONSENSE, /* its answer could not be believed, and it was ended */
	READER_ERROR_SYSTEM, /* the system refused (no process, no memory): nothing is held against the message; later may work */
};

#endif
