/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef T_UNIT_SAMPLES_H
#define T_UNIT_SAMPLES_H
/* Real Exim queue files that lie beside the checkout, where they do. */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>

#define SAMPLES "../shared"

/* A path below ../shared, which tests are run beside. The caller's. */
static inline char *
sample_path(const char *path)
{
	const char *top = g_getenv("G_TEST_SRCDIR");

	return g_build_filename(top != NULL ? top : ".", SAMPLES, path, NULL);
}

/* Adds the paths of all files below `directory` whose names end in `suffix`. */
static inline void
sample_find(const char *directory, const char *suffix, GPtrArray *paths)
{
	g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(directory, name, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			sample_find(path, suffix, paths);
		else if (g_str_has_suffix(name, suffix))
			g_ptr_array_add(paths, g_steal_pointer(&path));
	}
}

static inline void
sample_remove(const char *directory)
{
	const char *argv[] = { "rm", "-rf", directory, NULL };

	g_spawn_sync(
	    NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

/* Unpacks an archive below ../shared into a new scratch directory. NULL where that can't be done.
 */
static inline char *
sample_unpack(const char *path)
{
	g_autofree char *archive = sample_path(path);
	g_autofree char *scratch = g_dir_make_tmp("unit-XXXXXX", NULL);
	const char *argv[] = { "tar", "-xf", archive, "-C", scratch, NULL };
	int status = 1;

	if (g_file_test(archive, G_FILE_TEST_EXISTS) &&
	    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
		&status, NULL) &&
	    status == 0)
		return g_steal_pointer(&scratch);
	sample_remove(scratch);
	return NULL;
}

#endif
