/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An address is told so often an hour, whoever counts. */
#include "core/act/tellrate.h"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "t/unit/act_fixture.h"

static void
open_fixture(struct act_fixture *fixture, const char *state)
{
	g_autofree char *lines = g_strdup_printf("State Dir = %s", state);

	act_open(fixture);
	act_configure(fixture, lines);
}

/* How many of `times` mails to the address are allowed. */
static unsigned
allowed(const char *address, unsigned times, gint64 most)
{
	unsigned count = 0;

	for (unsigned i = 0; i < times; i++)
		count += tellrate_allows(address, most);
	return count;
}

static void
test_count(void)
{
	struct act_fixture fixture;

	open_fixture(&fixture, "@@/in");
	g_assert_cmpuint(allowed("a@b.test", 5, 3), ==, 3);
	g_assert_cmpuint(allowed("A@B.TEST", 2, 3), ==, 0);
	g_assert_cmpuint(allowed("c'\"@b.test", 2, 1), ==, 1);
	g_assert_true(act_exists(&fixture, "@@/in/told.db"));
	act_close(&fixture);
}

/* Workers, and a process that cron starts. */
static void
test_processes(void)
{
	struct act_fixture fixture;

	open_fixture(&fixture, "@@/in");
	for (unsigned i = 0; i < 4; i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0)
			_exit((int)allowed("a@b.test", 2, 5));
		g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
		g_assert_cmpint(WEXITSTATUS(status), ==, i < 2 ? 2 : i == 2 ? 1 : 0);
	}
	act_close(&fixture);
}

static void
execute(const struct act_fixture *fixture, const char *sql)
{
	g_autofree char *path = act_expand(fixture, "@@/in/told.db");
	sqlite3 *database;

	g_assert_cmpint(sqlite3_open(path, &database), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(database, sql, NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(database);
}

/* An hour later, and when the clock was an hour ahead. */
static void
test_time(void)
{
	static const char *const changes[] = { "UPDATE told SET since = since - 3700",
		"UPDATE told SET since = since + 3700" };
	struct act_fixture fixture;

	open_fixture(&fixture, "@@/in");
	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_assert_cmpuint(allowed("a@b.test", 3, 2), ==, 2);
		execute(&fixture, changes[i]);
		g_assert_cmpuint(allowed("a@b.test", 3, 2), ==, 2);
		execute(&fixture, "DELETE FROM told");
	}
	act_close(&fixture);
}

static void
test_damage(void)
{
	struct act_fixture fixture;

	open_fixture(&fixture, "@@/in");
	act_put(&fixture, "@@/in/told.db", "this is no database, and it is long enough to be sure");
	g_assert_cmpuint(allowed("a@b.test", 3, 2), ==, 2);
	act_close(&fixture);
	open_fixture(&fixture, "@@/none");
	g_assert_cmpuint(allowed("d@b.test", 3, 2), ==, 2);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tellrate/so often and no more", test_count);
	g_test_add_func("/tellrate/processes count together", test_processes);
	g_test_add_func("/tellrate/an hour later it begins anew", test_time);
	g_test_add_func("/tellrate/a file of no use stops nobody", test_damage);
	return g_test_run();
}
