/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the supervisor remembers of messages, and what it holds against them. */
#include "core/engine/ledger.h"

#include <glib/gstdio.h>
#include "core/engine/attempts.h"
#include "core/engine/board.h"
#include "core/log/log.h"
#include "rules/config.h"
#include "spool/handoff.h"

struct fixture {
	char *root, *queue, *database;
};

static void
configure(const struct fixture *fixture, const char *lines)
{
	g_autofree char *path = g_build_filename(fixture->root, "conf", NULL);
	g_autofree char *text =
	    g_strdup_printf("Processing Attempts Database = %s\n%s", fixture->database, lines);
	struct diagnostics *diagnostics = diagnostics_new();

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	struct config *config = config_load(path, NULL, diagnostics);
	g_assert_nonnull(config);
	config_free(config_use(config));
	diagnostics_free(diagnostics);
	g_unlink(path);
}

static void
set_up(struct fixture *fixture, gconstpointer lines)
{
	fixture->root = g_dir_make_tmp("ledger-XXXXXX", NULL);
	fixture->queue = g_build_filename(fixture->root, "in", NULL);
	fixture->database = g_build_filename(fixture->root, "Processing.db", NULL);
	g_assert_cmpint(g_mkdir(fixture->queue, 0700), ==, 0);
	configure(fixture, lines);
}

static void
tear_down(struct fixture *fixture, gconstpointer lines)
{
	(void)lines;
	config_free(config_use(NULL));
	g_unlink(fixture->database);
	g_rmdir(fixture->queue);
	g_rmdir(fixture->root);
	g_free(fixture->root);
	g_free(fixture->queue);
	g_free(fixture->database);
}

/* How many messages the database holds an attempt against. */
static unsigned
rows(const struct fixture *fixture)
{
	g_autoptr(GError) error = NULL;
	struct attempts *attempts = attempts_open(fixture->database, &error);

	g_assert_no_error(error);
	g_autoptr(GPtrArray) list = attempts_list(attempts, false, 0);
	attempts_close(attempts);
	return list->len;
}

static GPtrArray *
take(struct ledger *ledger, gint64 now, unsigned expected)
{
	unsigned waiting;
	GPtrArray *items = ledger_take(ledger, 30, now, &waiting);

	g_assert_cmpuint(items != NULL ? items->len : 0, ==, expected);
	return items;
}

static void
recovered(struct ledger *ledger, const char *finished)
{
	g_autoptr(GPtrArray) done = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) pending = g_ptr_array_new();

	if (finished != NULL)
		g_ptr_array_add(done, g_strdup(finished));
	ledger_recovered(ledger, done, pending);
}

static void
test_only_one_is_blamed(struct fixture *fixture, gconstpointer lines)
{
	struct ledger *ledger = ledger_open();

	(void)lines;
	ledger_found(ledger, fixture->queue, "a", 1);
	ledger_found(ledger, fixture->queue, "b", 2);
	g_autoptr(GPtrArray) job = take(ledger, 0, 2);
	ledger_suspect(ledger, job, 1);
	g_assert_cmpuint(rows(fixture), ==, 1);
	gint64 now = g_get_monotonic_time();
	g_autoptr(GPtrArray) alone = take(ledger, now, 1);
	g_assert_cmpstr(((struct item *)g_ptr_array_index(alone, 0))->id, ==, "a");
	g_assert_null(take(ledger, now, 0));
	ledger_close(ledger);
}

static void
test_finished_is_not_blamed(struct fixture *fixture, gconstpointer lines)
{
	struct ledger *ledger = ledger_open();

	(void)lines;
	ledger_found(ledger, fixture->queue, "a", 1);
	g_autoptr(GPtrArray) job = take(ledger, 0, 1);
	recovered(ledger, "a");
	ledger_suspect(ledger, job, 0);
	g_assert_cmpuint(rows(fixture), ==, 0);
	g_assert_cmpuint(ledger_count(ledger), ==, 0);
	ledger_close(ledger);
}

static void
blame_and_lose(struct ledger *ledger, const struct fixture *fixture)
{
	ledger_found(ledger, fixture->queue, "a", 1);
	g_autoptr(GPtrArray) job = take(ledger, 0, 1);
	recovered(ledger, NULL);
	ledger_suspect(ledger, job, BOARD_BATCH);
	g_assert_cmpuint(rows(fixture), ==, 1);
}

static void
test_removed_is_forgotten(struct fixture *fixture, gconstpointer lines)
{
	struct ledger *ledger = ledger_open();

	(void)lines;
	blame_and_lose(ledger, fixture);
	ledger_scan_begin(ledger);
	ledger_scan_end(ledger);
	g_assert_cmpuint(ledger_count(ledger), ==, 0);
	g_assert_cmpuint(rows(fixture), ==, 0);
	ledger_close(ledger);
}

static void
test_absent_directory_is_not_forgotten(struct fixture *fixture, gconstpointer lines)
{
	struct ledger *ledger = ledger_open();

	(void)lines;
	blame_and_lose(ledger, fixture);
	g_assert_cmpint(g_rmdir(fixture->queue), ==, 0);
	ledger_scan_begin(ledger);
	ledger_scan_end(ledger);
	g_assert_cmpuint(rows(fixture), ==, 1);
	ledger_close(ledger);
}

static void
test_delays_have_a_bound(struct fixture *fixture, gconstpointer lines)
{
	struct ledger *ledger = ledger_open();

	(void)lines;
	for (unsigned i = 0; i < 10; i++) {
		ledger_found(ledger, fixture->queue, "a", 1);
		g_autoptr(GPtrArray) job = take(ledger, G_MAXINT64, 1);
		recovered(ledger, NULL);
		ledger_suspect(ledger, job, 0);
		gint64 now = g_get_monotonic_time();
		gint64 due = ledger_next_due(ledger, now);
		g_assert_cmpint(due, >, now);
		g_assert_cmpint(due, <=, now + 240 * G_USEC_PER_SEC);
	}
	ledger_close(ledger);
}

static void
report_busy(struct ledger *ledger, const GPtrArray *job)
{
	struct report *report = report_new(1);

	report_set(report, 0, RESULT_BUSY, NULL);
	ledger_settle(ledger, job, report);
	report_free(report);
}

static void
test_let_go_lock_is_noticed(struct fixture *fixture, gconstpointer lines)
{
	struct ledger *ledger = ledger_open();

	(void)lines;
	ledger_found(ledger, fixture->queue, "a", 1);
	g_autoptr(GPtrArray) first = take(ledger, 0, 1);
	report_busy(ledger, first);
	g_assert_null(take(ledger, 0, 0));
	ledger_closed(ledger, fixture->queue, "a");
	g_autoptr(GPtrArray) second = take(ledger, 0, 1);
	ledger_closed(ledger, fixture->queue, "a");
	report_busy(ledger, second);
	g_autoptr(GPtrArray) third = take(ledger, 0, 1);
	report_busy(ledger, third);
	g_assert_null(take(ledger, 0, 0));
	ledger_close(ledger);
}

static void
add(const char *name, const char *lines, void (*test)(struct fixture *, gconstpointer))
{
	g_test_add(name, struct fixture, lines, set_up, test, tear_down);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	log_set_limit(LOG_EMERG);
	add("/ledger/of a batch only the message that was in hand is blamed", "",
	    test_only_one_is_blamed);
	add("/ledger/a message whose hand-off recovery finished is blamed for nothing", "",
	    test_finished_is_not_blamed);
	add("/ledger/what was removed from the queue is forgotten on disk too", "",
	    test_removed_is_forgotten);
	add("/ledger/while a queue directory is away its messages are remembered", "",
	    test_absent_directory_is_not_forgotten);
	add("/ledger/delays have a bound, whatever is configured",
	    "Maximum Processing Attempts = 0\nQueue Scan Interval = 9000000000000\n",
	    test_delays_have_a_bound);
	add("/ledger/a lock that is let go is noticed, before the worker's report and after", "",
	    test_let_go_lock_is_noticed);
	return g_test_run();
}
