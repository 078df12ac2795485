/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/keepfile.h"

#include <fcntl.h>
#include <unistd.h>

#include "act_fixture.h"
#include "spool/error.h"
#include "spool/fd.h"

static const struct keepfile_access plain = {
	.file_mode = 0640, .directory_mode = 0750, .owner = (uid_t)-1, .group = (gid_t)-1
};

static void
test_whole_or_absent(void)
{
	struct act_fixture fixture;
	struct keepfile file;
	g_autoptr(GError) error = NULL;

	act_open(&fixture);
	g_assert_true(keepfile_create(&file, fixture.in->fd, &plain, &error));
	g_assert_true(keepfile_write(&file, "ab", 2, &error));
	g_assert_false(act_exists(&fixture, "@@/in/name"));
	keepfile_clear(&file);
	g_autofree char *in = act_expand(&fixture, "@@/in");
	g_assert_cmpint(g_rmdir(in), ==, 0);
	act_close(&fixture);
}

static void
test_publish(void)
{
	struct act_fixture fixture;
	struct keepfile file;
	g_autoptr(GError) error = NULL;
	mode_t umask_before = umask(077);

	act_open(&fixture);
	act_put(&fixture, "@@/in/taken", "old");
	autofd source = openat(fixture.in->fd, "taken", O_RDONLY);
	g_assert_true(keepfile_create(&file, fixture.in->fd, &plain, &error));
	g_assert_true(keepfile_write(&file, "ab", 2, &error));
	g_assert_true(keepfile_copy(&file, source, &error));
	g_assert_true(keepfile_write(&file, "c", 1, &error));
	g_assert_false(keepfile_publish(&file, "taken", &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_EXISTS);
	g_clear_error(&error);
	g_assert_true(keepfile_publish(&file, "free", &error));
	keepfile_clear(&file);
	g_autofree char *old = act_get(&fixture, "@@/in/taken");
	g_autofree char *new = act_get(&fixture, "@@/in/free");
	g_assert_cmpstr(old, ==, "old");
	g_assert_cmpstr(new, ==, "aboldc");
	g_assert_cmpuint(act_mode(&fixture, "@@/in/free"), ==, 0640);
	umask(umask_before);
	act_close(&fixture);
}

static void
test_directories(void)
{
	struct act_fixture fixture;
	g_autoptr(GError) error = NULL;

	act_open(&fixture);
	g_autofree char *path = act_expand(&fixture, "@@/in/a/b//c/");
	for (unsigned i = 0; i < 2; i++) {
		autofd made = keepfile_open_path(path, &plain, &error);

		g_assert_no_error(error);
		g_assert_cmpint(made, >=, 0);
	}
	g_assert_cmpuint(act_mode(&fixture, "@@/in/a"), ==, 0750);
	g_assert_cmpuint(act_mode(&fixture, "@@/in/a/b/c"), ==, 0750);
	g_assert_cmpint(symlinkat("/", fixture.in->fd, "link"), ==, 0);
	g_assert_cmpint(keepfile_open_directory(fixture.in->fd, "link", &plain, &error), ==, -1);
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
	    "/keepfile/a file that isn't published leaves nothing", test_whole_or_absent);
	g_test_add_func("/keepfile/a name that is taken is not taken away", test_publish);
	g_test_add_func("/keepfile/missing directories are made, links refused", test_directories);
	return g_test_run();
}
