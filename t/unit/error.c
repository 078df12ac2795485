/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/error.h"

#include <errno.h>

static void
test_text_of_errno(void)
{
	g_autoptr(GError) error = NULL;

	errno = ENOSPC;
	g_assert_false(spool_fail(&error, SPOOL_ERROR_IO, "write %s", "out/x-H"));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
	g_assert_cmpstr(error->message, ==, "write out/x-H: No space left on device");
}

static void
test_without_errno(void)
{
	g_autoptr(GError) error = NULL;

	errno = 0;
	g_assert_false(spool_fail(&error, SPOOL_ERROR_CORRUPT, "in/x-H line %d", 3));
	g_assert_cmpstr(error->message, ==, "in/x-H line 3");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/error/names the system's reason", test_text_of_errno);
	g_test_add_func("/error/a fact about a file has no system reason", test_without_errno);
	return g_test_run();
}
