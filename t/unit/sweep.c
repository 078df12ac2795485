/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/handoff.h"

#include <utime.h>
#include "spool/error.h"
#include "spool/lock.h"
#include "spool/record.h"
#include "t/unit/queue_fixture.h"

enum { HOUR = 3600 };

static void
put_aged(const struct queue_fixture *queue, const char *name, time_t age)
{
	struct timespec then[2] = { { .tv_sec = time(NULL) - age },
		{ .tv_sec = time(NULL) - age } };

	queue_fixture_put(queue->out, name, "left");
	g_assert_cmpint(utimensat(queue->out->fd, name, then, 0), ==, 0);
}

static void
sweep(const struct queue_fixture *queue)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(handoff_sweep(queue->state, queue->out, HOUR, &error));
	g_assert_no_error(error);
}

/* A record that is going to rename out/kept-T. */
static void
leave_record(const struct queue_fixture *queue)
{
	g_autoptr(GPtrArray) tasks = g_ptr_array_new_with_free_func((GDestroyNotify)task_free);
	struct task *task = task_new("kept", queue->in, "kept-D");
	struct operation *rename = operation_new(OPERATION_RENAME, queue->out, "kept-T", 1);

	rename->to = spool_place_ref(queue->out);
	rename->new_name = g_strdup("kept-D");
	g_ptr_array_add(task->operations, rename);
	g_ptr_array_add(tasks, task);
	g_autoptr(GByteArray) record = record_write(tasks);
	struct journal *journal = journal_open(queue->state, "w1", NULL);

	g_assert_true(journal_write(journal, record, NULL));
	journal_close(journal);
}

static void
test_what_goes(void)
{
	static const struct {
		const char *name;
		time_t age;
		bool stays;
		const char *why;
	} cases[] = {
		{ "old-T", 2 * HOUR, false, "left by a crash" },
		{ "young-T", 60, true, "somebody may be writing it" },
		{ "kept-T", 2 * HOUR, true, "a record names it" },
		{ "locked-T", 2 * HOUR, true, "somebody works on it" },
		{ "old-D", 2 * HOUR, true, "a queue file" },
	};
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		put_aged(&queue, cases[i].name, cases[i].age);
	leave_record(&queue);
	int fd = queue_fixture_fd(queue.out, "locked-T");

	g_assert_true(lock_take(fd, "locked-T", NULL));
	sweep(&queue);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s: %s", cases[i].name, cases[i].why);
		queue_fixture_expect(queue.out, cases[i].name, cases[i].stays ? "left" : NULL);
	}
	close(fd);
	queue_fixture_close(&queue);
}

static void
test_unknown_record(void)
{
	struct queue_fixture queue;
	g_autoptr(GError) error = NULL;

	queue_fixture_open(&queue);
	put_aged(&queue, "old-T", 2 * HOUR);
	queue_fixture_put(queue.state, "x.pending", "msjourn9 and some more bytes of it");
	g_assert_false(handoff_sweep(queue.state, queue.out, HOUR, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
	queue_fixture_expect(queue.out, "old-T", "left");
	queue_fixture_close(&queue);
}

static void
test_record_of_missing_queue(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	put_aged(&queue, "old-T", 2 * HOUR);
	leave_record(&queue);
	g_assert_cmpint(g_rmdir(queue.in->path), ==, 0);
	g_assert_false(handoff_sweep(queue.state, queue.out, HOUR, NULL));
	queue_fixture_expect(queue.out, "old-T", "left");
	queue_fixture_close(&queue);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sweep/only what a crash left goes", test_what_goes);
	g_test_add_func(
	    "/sweep/with a record that can't be read nothing goes", test_unknown_record);
	g_test_add_func(
	    "/sweep/with a queue that can't be reached nothing goes", test_record_of_missing_queue);
	return g_test_run();
}
