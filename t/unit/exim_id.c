/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/exim_id.h"

#include <string.h>

static const struct {
	const char *name;
	const char *id; /* NULL: no queue file */
	bool control;
	gint64 received;
	const char *why;
} names[] = {
	{ "1xV4Lb-0004IV-0p-H", "1xV4Lb-0004IV-0p", true, 1795341539255000, "up to 4.96" },
	{ "1xV4Lb-0004IV-0p-D", "1xV4Lb-0004IV-0p", false, 1795341539255000, "its body" },
	{ "1xV4Lb-0004IV-0p-J", "1xV4Lb-0004IV-0p", false, 1795341539255000, "its journal" },
	{ "1xV4Lb-00000004IVx-0001-H", "1xV4Lb-00000004IVx-0001", true, 1795341539000001,
	    "from 4.97 on" },
	{ "000000-000000-00-H", "000000-000000-00", true, 0, "the first id of all" },
	{ "1xV4Lb-0004IV-zz-H", "1xV4Lb-0004IV-zz", true, 1795341539999999,
	    "a fraction that counts something else (host numbers) stays in its second" },
	{ "1xV4Lb-0004IV-0p-T", NULL, false, 0, "a temporary file" },
	{ "1xV4Lb-0004IV-0p-H-T", NULL, false, 0, "another" },
	{ "1xV4Lb-0004IV-0p-HH", NULL, false, 0, "one letter too many" },
	{ "1xV4Lb-0004IV-0p-", NULL, false, 0, "no letter" },
	{ "1xV4Lb-0004IV-0p", NULL, false, 0, "an id alone (message logs)" },
	{ "1xV4Lb-0004IV-0-H", NULL, false, 0, "too short a fraction" },
	{ "1xV4Lb-0004IVx-0p-H", NULL, false, 0, "too long a process" },
	{ "1xV4Lb-0004IV-000p-H", NULL, false, 0, "a fraction of the other kind" },
	{ "hdr.1xV4Lb-0004IV-0p", NULL, false, 0, "Exim's own temporary file" },
	{ "1xV4L.-0004IV-0p-H", NULL, false, 0, "not base 62" },
	{ "", NULL, false, 0, "nothing" },
	{ "S", NULL, false, 0, "a sub-directory" },
};

static void
test_names(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		struct spool_name what;
		bool known = exim_identify(names[i].name, &what);

		g_test_message("%s: %s", names[i].name, names[i].why);
		g_assert_cmpint(known, ==, names[i].id != NULL);
		if (!known)
			continue;
		g_assert_cmpstr(what.id, ==, names[i].id);
		g_assert_cmpint(what.control, ==, names[i].control);
		g_assert_cmpint(what.received, ==, names[i].received);
	}
}

static void
test_subdirectories(void)
{
	char name[2];

	g_assert_true(exim_is_subdirectory("S"));
	g_assert_true(exim_is_subdirectory("0"));
	g_assert_false(exim_is_subdirectory(""));
	g_assert_false(exim_is_subdirectory("."));
	g_assert_false(exim_is_subdirectory("SS"));
	exim_subdirectory("1xV4nS-0005bJ-2Z", name);
	g_assert_cmpstr(name, ==, "S");
}

static void
test_new_ids(void)
{
	static const char *const like[] = { "1xV4Lb-0004IV-0p", "1xV4Lb-00000004IVx-0001" };

	for (size_t i = 0; i < G_N_ELEMENTS(like); i++) {
		char first[EXIM_ID_MAX + 1], second[EXIM_ID_MAX + 1], file[EXIM_ID_MAX + 3];
		struct spool_name what;

		exim_id_make(first, like[i], 1795341539255001, 4242, 0);
		exim_id_make(second, like[i], 1795341539255001, 4242, 1);
		g_assert_cmpuint(strlen(first), ==, strlen(like[i]));
		g_assert_cmpuint(exim_id_length(second), ==, strlen(like[i]));
		g_assert_cmpstr(first, !=, second);
		g_snprintf(file, sizeof(file), "%s-H", first);
		g_assert_true(exim_identify(file, &what));
		g_assert_cmpint(what.received / G_USEC_PER_SEC, ==, 1795341539);
		g_assert_cmpint(what.received % G_USEC_PER_SEC / 5000, ==, 255000 / 5000);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/exim_id/queue files are known by their names", test_names);
	g_test_add_func("/exim_id/sub-directories have one character", test_subdirectories);
	g_test_add_func("/exim_id/a new id is of its model's kind", test_new_ids);
	return g_test_run();
}
