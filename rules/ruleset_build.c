/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all parts of the compiler say goes through here, so that a file of a million wrong lines doesn't fill the log.
 */
#include "rules/ruleset_build.h"

void
builder_complain(struct builder *builder, enum severity severity, const struct where *where,
    const char *format, ...)
{
	va_list arguments;

	if (++builder->complaints > COMPLAINTS_LIMIT)
		return;
	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	diagnostics_add(builder->diagnostics, severity, where->file, where->line,
	    builder->use->directive, "%s", text);
}
