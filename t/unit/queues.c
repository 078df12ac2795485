/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/config.h"

#include <unistd.h>
#include "t/unit/config_scratch.h"

/* The queues that a value names, separated by blanks, with the scratch directory as "@". */
static char *
queues_of(const char *value, char **said, GError **error)
{
	g_autofree char *text =
	    g_strdup_printf("%%root%% = %s\nIncoming Queue Dir = %s\n", scratch_root, value);
	struct config *config = scratch_load(text, NULL, said);
	g_autoptr(GPtrArray) queues = config_incoming_queues(config, error);
	g_autoptr(GString) names = g_string_new(NULL);

	for (unsigned i = 0; queues && i < queues->len; i++)
		g_string_append_printf(names, "%s%s", i ? " " : "", (const char *)queues->pdata[i]);
	g_string_replace(names, scratch_root, "@", 0);
	config_free(config);
	return queues ? g_strdup(names->str) : NULL;
}

static void
test_forms(void)
{
	static const struct {
		const char *value, *queues, *said, *why;
	} cases[] = {
		{ "%root%/one", "@/one", "", "a directory" },
		{ "%root%/one/", "@/one", "", "a slash at the end goes" },
		{ "%root%/t*/input", "@/t*/input", "", "patterns are left to the one who watches" },
		{ "%root%/link", "@/link", "", "a link to a directory" },
		{ "%root%/list", "@/one @/two @/t*/input",
		    "@/list:6: warning: Incoming Queue Dir: @/absent is no directory and is left "
		    "out\n",
		    "a list" },
		{ "%root%/absent", NULL,
		    "@/main.conf:2: warning: Incoming Queue Dir: @/absent: No such file or "
		    "directory\n",
		    "nothing" },
		{ "/dev/zero", NULL,
		    "@/main.conf:2: warning: Incoming Queue Dir: /dev/zero is neither a directory "
		    "nor "
		    "a list of directories\n",
		    "no list" },
	};
	g_autofree char *link = scratch_path("link"), *list = NULL;

	g_free(scratch_write("one/x", ""));
	g_free(scratch_write("two/input/x", ""));
	g_setenv("QUEUE", "two", TRUE);
	list = scratch_write("list",
	    "# comment\n\n  %root%/one/ \n%root%/$QUEUE\r\n%root%/t*/input\n%root%/absent\n");
	g_assert_cmpint(symlink("one", link), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *said = NULL;
		g_autofree char *queues = queues_of(cases[i].value, &said, &error);

		g_test_message("%s: %s", cases[i].value, cases[i].why);
		g_assert_cmpstr(queues, ==, cases[i].queues);
		g_assert_cmpstr(said, ==, cases[i].said);
		g_assert_true((queues == NULL) == (error != NULL));
	}
}

static void
test_default(void)
{
	g_autofree char *said = NULL;
	struct config *config = scratch_load("", NULL, &said);

	g_assert_cmpstr(said, ==, "");
	config_free(config);
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	scratch_open();
	g_test_add_func("/queues/are a directory, a pattern, or a list of both", test_forms);
	g_test_add_func("/queues/of the default need not be there to load", test_default);
	status = g_test_run();
	scratch_close();
	return status;
}
