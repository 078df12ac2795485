/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers add, and never decide who sees it: lint shows all, the daemon logs warnings, a reload
 * looks for fatal ones only. So everything is kept, in order, until the whole was read.
 */
#include "rules/diagnostic.h"

#include <stdarg.h>

struct diagnostics {
	GPtrArray *list; /* of struct diagnostic */
	unsigned count[SEVERITY_FATAL + 1];
};

static const char *const severity_names[] = {
	[SEVERITY_INFO] = "info",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_ERROR] = "error",
	[SEVERITY_FATAL] = "fatal",
};

static void
diagnostic_free(gpointer data)
{
	struct diagnostic *diagnostic = data;

	g_free(diagnostic->file);
	g_free(diagnostic->directive);
	g_free(diagnostic->text);
	g_free(diagnostic);
}

struct diagnostics *
diagnostics_new(void)
{
	struct diagnostics *all = g_new0(struct diagnostics, 1);

	all->list = g_ptr_array_new_with_free_func(diagnostic_free);
	return all;
}

void
diagnostics_free(struct diagnostics *all)
{
	if (all == NULL)
		return;
	g_ptr_array_unref(all->list);
	g_free(all);
}

void
diagnostics_add(struct diagnostics *all, enum severity severity, const char *file, unsigned line,
    const char *directive, const char *format, ...)
{
	struct diagnostic *diagnostic = g_new0(struct diagnostic, 1);
	va_list arguments;

	diagnostic->severity = severity;
	diagnostic->file = g_strdup(file);
	diagnostic->line = line;
	diagnostic->directive = g_strdup(directive);
	va_start(arguments, format);
	diagnostic->text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_ptr_array_add(all->list, diagnostic);
	all->count[severity]++;
}

const GPtrArray *
diagnostics_list(const struct diagnostics *all)
{
	return all->list;
}

unsigned
diagnostics_count(const struct diagnostics *all, enum severity at_least)
{
	unsigned count = 0;

	for (unsigned i = at_least; i <= SEVERITY_FATAL; i++)
		count += all->count[i];
	return count;
}

char *
diagnostic_text(const struct diagnostic *diagnostic)
{
	GString *text = g_string_new(NULL);

	if (diagnostic->file)
		g_string_append_printf(text, "%s:", diagnostic->file);
	if (diagnostic->file && diagnostic->line)
		g_string_append_printf(text, "%u:", diagnostic->line);
	if (text->len)
		g_string_append_c(text, ' ');
	g_string_append_printf(text, "%s: ", severity_names[diagnostic->severity]);
	if (diagnostic->directive)
		g_string_append_printf(text, "%s: ", diagnostic->directive);
	g_string_append(text, diagnostic->text);
	return g_string_free(text, FALSE);
}
