/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order in which waiting messages are taken. */
#include "core/engine/backlog.h"

#include <string.h>

/* The ids that are taken next, joined by blanks; they stay taken. */
static char *
take(struct backlog *backlog, unsigned most, gint64 now)
{
	g_autoptr(GPtrArray) taken = g_ptr_array_new();
	GString *ids = g_string_new(NULL);

	backlog_take(backlog, most, now, taken);
	for (unsigned i = 0; i < taken->len; i++) {
		const struct item *item = g_ptr_array_index(taken, i);

		g_string_append_printf(ids, "%s%s", i > 0 ? " " : "", item->id);
	}
	return g_string_free(ids, FALSE);
}

#define TAKES(backlog, most, now, expected)                            \
	do {                                                           \
		g_autofree char *ids_taken = take(backlog, most, now); \
		g_assert_cmpstr(ids_taken, ==, expected);              \
	} while (0)

static void
test_oldest_first(void)
{
	struct backlog *backlog = backlog_new(800);

	backlog_ensure(backlog, "in", "c", 30);
	backlog_ensure(backlog, "in", "a", 10);
	backlog_ensure(backlog, "other", "b", 20);
	backlog_ensure(backlog, "in", "a", 10);
	g_assert_cmpuint(backlog_count(backlog), ==, 3);
	TAKES(backlog, 2, 0, "a b");
	TAKES(backlog, 2, 0, "c");
	TAKES(backlog, 2, 0, "");
	g_assert_cmpuint(backlog_count_state(backlog, ITEM_WORKING), ==, 3);
	backlog_free(backlog);
}

static void
test_long_queue_is_not_sorted(void)
{
	struct backlog *backlog = backlog_new(3);

	backlog_ensure(backlog, "in", "c", 30);
	backlog_ensure(backlog, "in", "b", 20);
	backlog_ensure(backlog, "in", "a", 10);
	g_assert_true(backlog_is_long(backlog));
	/* The two that came while it was short are in order, those after it queue behind. */
	backlog_ensure(backlog, "in", "0", 1);
	TAKES(backlog, 9, 0, "b c a 0");
	for (unsigned i = 0; i < 45; i++) {
		backlog_ensure(backlog, "in", "x", 5);
		TAKES(backlog, 1, 0, "x");
		backlog_remove(backlog, backlog_find(backlog, "in", "x"));
	}
	g_assert_false(backlog_is_long(backlog));
	backlog_free(backlog);
}

static void
test_delayed_wait_for_their_time(void)
{
	struct backlog *backlog = backlog_new(0);

	backlog_ensure(backlog, "in", "a", 10);
	backlog_ensure(backlog, "in", "b", 20);
	backlog_delay(backlog, backlog_find(backlog, "in", "a"), 500);
	g_assert_cmpint(backlog_next_due(backlog, 0), ==, 500);
	TAKES(backlog, 9, 499, "b");
	TAKES(backlog, 9, 500, "a");
	g_assert_cmpint(backlog_next_due(backlog, 500), ==, G_MAXINT64);
	backlog_free(backlog);
}

static void
test_alone_means_alone(void)
{
	struct backlog *backlog = backlog_new(0);
	struct item *item;

	backlog_ensure(backlog, "in", "a", 10);
	backlog_ensure(backlog, "in", "b", 20);
	backlog_ensure(backlog, "in", "c", 30);
	item = backlog_find(backlog, "in", "b");
	item->alone = true;
	backlog_wait(backlog, item);
	TAKES(backlog, 9, 0, "b");
	TAKES(backlog, 9, 0, "a c");
	backlog_free(backlog);
}

static void
test_scan_forgets_what_is_gone(void)
{
	struct backlog *backlog = backlog_new(0);

	backlog_ensure(backlog, "in", "gone", 10);
	backlog_ensure(backlog, "in", "working", 11);
	TAKES(backlog, 1, 0, "gone");
	backlog_wait(backlog, backlog_find(backlog, "in", "gone"));
	backlog_ensure(backlog, "in", "stays", 20);
	backlog_scan_begin(backlog);
	backlog_ensure(backlog, "in", "stays", 20);
	backlog_ensure(backlog, "in", "new", 30);
	backlog_scan_end(backlog, NULL, NULL);
	g_assert_null(backlog_find(backlog, "in", "gone"));
	g_assert_nonnull(backlog_find(backlog, "in", "stays"));
	g_assert_nonnull(backlog_find(backlog, "in", "new"));
	backlog_free(backlog);
}

static void
test_given_up_is_never_taken(void)
{
	struct backlog *backlog = backlog_new(0);

	backlog_ensure(backlog, "in", "a", 10);
	backlog_give_up(backlog, backlog_find(backlog, "in", "a"));
	backlog_ensure(backlog, "in", "a", 10);
	TAKES(backlog, 9, G_MAXINT64, "");
	g_assert_cmpuint(backlog_count(backlog), ==, 1);
	backlog_free(backlog);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/backlog/the oldest goes first, whatever its queue", test_oldest_first);
	g_test_add_func("/backlog/a long queue is taken as found, for 40 batches",
	    test_long_queue_is_not_sorted);
	g_test_add_func(
	    "/backlog/a delayed message waits for its time", test_delayed_wait_for_their_time);
	g_test_add_func("/backlog/a suspect is tried alone", test_alone_means_alone);
	g_test_add_func("/backlog/a scan forgets what is gone", test_scan_forgets_what_is_gone);
	g_test_add_func(
	    "/backlog/what was given up is never taken again", test_given_up_is_never_taken);
	return g_test_run();
}
