/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * errno is taken at once: formatting the text may change it.
 */
#include "spool/error.h"

#include <errno.h>
#include <stdarg.h>

G_DEFINE_QUARK(spool_error, spool_error)

bool
spool_fail(GError **error, enum spool_error code, const char *format, ...)
{
	int number = errno;
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	if (number != 0)
		g_set_error(error, SPOOL_ERROR, (int)code, "%s: %s", text, g_strerror(number));
	else
		g_set_error_literal(error, SPOOL_ERROR, (int)code, text);
	return false;
}
