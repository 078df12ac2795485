/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_CONFIG_SCRATCH_H
#define UNIT_CONFIG_SCRATCH_H
/*
 * A scratch directory with configuration files, for tests. Call scratch_open() first and
 * scratch_close() last.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include "rules/config.h"

static char *scratch_root;

static inline void
scratch_open(void)
{
	scratch_root = g_dir_make_tmp("mailscanner-unit-XXXXXX", NULL);
	g_assert_nonnull(scratch_root);
}

static inline void
scratch_close(void)
{
	g_autofree char *quoted = g_shell_quote(scratch_root);
	g_autofree char *command = g_strdup_printf("rm -rf %s", quoted);

	g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
	g_free(scratch_root);
}

/* The path of a name in the scratch directory; the caller's. */
static inline char *
scratch_path(const char *name)
{
	return g_build_filename(scratch_root, name, NULL);
}

/* Writes a file, with the directories above it; its path is the caller's. */
static inline char *
scratch_write(const char *name, const char *text)
{
	char *path = scratch_path(name);
	g_autofree char *directory = g_path_get_dirname(path);

	g_assert_cmpint(g_mkdir_with_parents(directory, 0755), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

/* All diagnostics of at least this severity, one a line, with the scratch directory as "@". */
static inline char *
scratch_said(const struct diagnostics *diagnostics, enum severity at_least)
{
	const GPtrArray *list = diagnostics_list(diagnostics);
	g_autoptr(GString) said = g_string_new(NULL);

	for (unsigned i = 0; i < list->len; i++) {
		const struct diagnostic *diagnostic = list->pdata[i];
		g_autofree char *text = diagnostic_text(diagnostic);

		if (diagnostic->severity >= at_least)
			g_string_append_printf(said, "%s\n", text);
	}
	g_string_replace(said, scratch_root, "@", 0);
	return g_strdup(said->str);
}

/* Loads main.conf with this text; `said` (may be NULL) gets warnings and worse, the caller's. */
static inline struct config *
scratch_load(const char *text, const char *const *overrides, char **said)
{
	g_autofree char *path = scratch_write("main.conf", text);
	struct diagnostics *diagnostics = diagnostics_new();
	struct config *config = config_load(path, overrides, diagnostics);

	if (said)
		*said = scratch_said(diagnostics, SEVERITY_WARNING);
	diagnostics_free(diagnostics);
	return config;
}

#endif
