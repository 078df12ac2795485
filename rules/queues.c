/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Incoming Queue Dir names a directory, a shell pattern, or a file that lists both. Lists are
 * resolved here, because they are configuration; patterns are not, because a queue that is made
 * later belongs to the pattern as well.
 */
#include "rules/config_data.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { LIST_BYTES = 1 << 20 };

static bool
is_pattern(const char *text)
{
	return strpbrk(text, "*?") != NULL;
}

static char *
without_slash(const char *path)
{
	size_t length = strlen(path);

	return g_strndup(path, length - (length > 1 && path[length - 1] == '/'));
}

/* Adds one entry of a list file. */
static void
add_entry(const struct config *config, const char *entry, const char *file, unsigned line,
    struct diagnostics *diagnostics, GPtrArray *queues)
{
	g_autofree char *path = macros_expand(config->macros, entry, true, NULL);

	if (is_pattern(path) || g_file_test(path, G_FILE_TEST_IS_DIR))
		g_ptr_array_add(queues, without_slash(path));
	else if (diagnostics)
		diagnostics_add(diagnostics, SEVERITY_WARNING, file, line, "Incoming Queue Dir",
		    "%s is no directory and is left out", path);
}

static bool
read_list(const struct config *config, const char *path, struct diagnostics *diagnostics,
    GPtrArray *queues, GError **error)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	struct stat st;

	if (stat(path, &st) != 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", path,
		    g_strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode) || st.st_size > LIST_BYTES) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
		    "%s is neither a directory nor a list of directories", path);
		return false;
	}
	if (!g_file_get_contents(path, &text, NULL, error))
		return false;
	lines = g_strsplit(text, "\n", -1);
	for (unsigned i = 0; lines[i]; i++)
		if (lines[i][0] != '#' && g_strstrip(lines[i])[0])
			add_entry(config, lines[i], path, i + 1, diagnostics, queues);
	return true;
}

GPtrArray *
queues_named(const struct config *config, struct diagnostics *diagnostics, GError **error)
{
	const struct value *value = &config->values[DIRECTIVE_incoming_queue_dir];
	g_autofree char *path = macros_expand(config->macros, value->text, true, NULL);
	g_autoptr(GPtrArray) queues = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) reason = NULL;

	if (is_pattern(path) || g_file_test(path, G_FILE_TEST_IS_DIR)) {
		g_ptr_array_add(queues, without_slash(path));
		return g_steal_pointer(&queues);
	}
	if (read_list(config, path, diagnostics, queues, &reason))
		return g_steal_pointer(&queues);
	if (diagnostics)
		diagnostics_add(diagnostics, SEVERITY_WARNING, value->line->file,
		    value->line->number, "Incoming Queue Dir", "%s", reason->message);
	g_propagate_error(error, g_steal_pointer(&reason));
	return NULL;
}

GPtrArray *
config_incoming_queues(const struct config *config, GError **error)
{
	return queues_named(config, NULL, error);
}
