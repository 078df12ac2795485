/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts at the end of a batch's checks; the other lines are held by the tests of the checks that write them. */
#include "core/log/check_lines.h"

#include "t/unit/check_fixture.h"

static unsigned
write_counts(struct message *message)
{
	(void)message;
	lines_other_checks(0);
	lines_content_checks(0);
	lines_other_checks(1);
	lines_content_checks(12);
	return 0;
}

static void
test_counts(void)
{
	struct act_fixture fixture;
	unsigned problems;

	check_open(&fixture, "");
	g_autofree char *logged = check_logged(&fixture, write_counts, &problems);
	g_assert_cmpstr(
	    logged, ==, "Other Checks: Found 1 problems\nContent Checks: Found 12 problems\n");
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/check_lines/problems are counted where there are some", test_counts);
	return g_test_run();
}
