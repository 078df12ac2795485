/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/journal.h"

#include <signal.h>
#include <sys/resource.h>
#include "spool/error.h"
#include "spool/record.h"
#include "spool/task.h"
#include "t/unit/queue_fixture.h"

/* A record of about this size. */
static GByteArray *
record_of(const struct queue_fixture *queue, gsize size)
{
	g_autoptr(GPtrArray) tasks = g_ptr_array_new_with_free_func((GDestroyNotify)task_free);
	struct task *task = task_new("a", queue->in, "a-D");
	struct operation *patch = operation_new(OPERATION_PATCH, queue->in, "a-H", 1);

	patch->content = g_bytes_new_take(g_strnfill(size, 'x'), size);
	g_ptr_array_add(task->operations, patch);
	g_ptr_array_add(tasks, task);
	return record_write(tasks);
}

static void
write_record(const struct queue_fixture *queue, struct journal *journal, gsize size)
{
	g_autoptr(GByteArray) record = record_of(queue, size);
	g_autoptr(GError) error = NULL;

	g_assert_true(journal_write(journal, record, &error));
	g_assert_no_error(error);
}

static struct journal *
open_journal(const struct queue_fixture *queue)
{
	g_autoptr(GError) error = NULL;
	struct journal *journal = journal_open(queue->state, "w1", &error);

	g_assert_no_error(error);
	return journal;
}

static void
expect_refused(const struct queue_fixture *queue, enum spool_error code)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(journal_open(queue->state, "w1", &error));
	g_assert_error(error, SPOOL_ERROR, (int)code);
}

static void
test_lock(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	struct journal *journal = open_journal(&queue);

	expect_refused(&queue, SPOOL_ERROR_BUSY);
	journal_close(journal);
	journal_close(open_journal(&queue));
	journal_close(NULL);
	queue_fixture_close(&queue);
}

static void
test_record(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	struct journal *journal = open_journal(&queue);

	write_record(&queue, journal, 100);
	write_record(&queue, journal, 50);
	journal_close(journal);
	expect_refused(&queue, SPOOL_ERROR_EXISTS);
	queue_fixture_close(&queue);
}

static void
test_retire(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	struct journal *journal = open_journal(&queue);

	write_record(&queue, journal, 100);
	journal_retire(journal);
	journal_close(journal);
	journal_close(open_journal(&queue));
	queue_fixture_close(&queue);
}

static void
test_blocks(void)
{
	struct queue_fixture queue;
	struct stat before, after;

	queue_fixture_open(&queue);
	struct journal *journal = open_journal(&queue);

	g_assert_cmpint(fstatat(queue.state->fd, "w1.journal", &before, 0), ==, 0);
	g_assert_cmpint(before.st_size, >=, 100000);
	g_assert_cmpint(before.st_blocks * 512, >=, before.st_size);
	write_record(&queue, journal, 100000);
	g_assert_cmpint(fstatat(queue.state->fd, "w1.journal", &after, 0), ==, 0);
	g_assert_cmpint(after.st_size, ==, before.st_size);
	g_assert_cmpint(after.st_blocks, ==, before.st_blocks);
	write_record(&queue, journal, 1000000);
	g_assert_cmpint(fstatat(queue.state->fd, "w1.journal", &after, 0), ==, 0);
	g_assert_cmpint(after.st_size, >=, 1000000);
	journal_close(journal);
	queue_fixture_close(&queue);
}

static void
test_put_aside(void)
{
	struct queue_fixture queue;
	const guint8 mark = 1;

	queue_fixture_open(&queue);
	struct journal *journal = open_journal(&queue);
	g_autoptr(GByteArray) marks = g_byte_array_new();

	g_byte_array_append(marks, &mark, 1);
	for (guint n = 1; n <= 2; n++) {
		write_record(&queue, journal, 100);
		journal_put_aside(journal, marks, 300);
		g_assert_cmpuint(queue_fixture_count(queue.state, ".pending"), ==, n);
		g_assert_cmpuint(queue_fixture_count(queue.state, ".journal"), ==, 0);
	}
	write_record(&queue, journal, 100);
	g_assert_cmpuint(queue_fixture_count(queue.state, ".journal"), ==, 1);
	journal_close(journal);
	queue_fixture_close(&queue);
}

static void
limit_file_size(rlim_t limit)
{
	struct rlimit size = { .rlim_cur = limit, .rlim_max = RLIM_INFINITY };

	signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &size), ==, 0);
}

static void
test_short_write(void)
{
	static const struct {
		rlim_t limit;
		bool is_void;
	} cases[] = {
		{ 64, true }, /* the record is cut off, its header can be written over */
		{ 0, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct queue_fixture queue;
		g_autoptr(GError) error = NULL;

		queue_fixture_open(&queue);
		struct journal *journal = open_journal(&queue);
		g_autoptr(GByteArray) record = record_of(&queue, 100);

		limit_file_size(cases[i].limit);
		bool written = journal_write(journal, record, &error);

		limit_file_size(RLIM_INFINITY);
		g_assert_false(written);
		g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
		g_assert_cmpint(journal_is_void(journal), ==, cases[i].is_void);
		write_record(&queue, journal, 100);
		g_assert_true(journal_is_void(journal));
		journal_close(journal);
		queue_fixture_close(&queue);
	}
}

/* Root opens it for a person; the daemon must be able to, later. */
static void
test_owner(void)
{
	struct queue_fixture queue;
	struct stat st;

	if (geteuid() != 0) {
		g_test_skip("only root can give files away");
		return;
	}
	queue_fixture_open(&queue);
	g_assert_cmpint(fchown(queue.state->fd, 12345, 23456), ==, 0);
	g_autofree char *path = g_strdup(queue.state->path);
	spool_place_unref(queue.state);
	queue.state = spool_place_open(path, NULL);
	journal_close(open_journal(&queue));
	g_assert_cmpint(fstatat(queue.state->fd, "w1.journal", &st, 0), ==, 0);
	g_assert_cmpuint(st.st_uid, ==, 12345);
	g_assert_cmpuint(st.st_gid, ==, 23456);
	queue_fixture_close(&queue);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/journal/one owner at a time", test_lock);
	g_test_add_func("/journal/a record in it must be recovered first", test_record);
	g_test_add_func("/journal/a retired record is none", test_retire);
	g_test_add_func(
	    "/journal/a usual commit allocates nothing, a large one grows it", test_blocks);
	g_test_add_func("/journal/put aside it leaves its name free", test_put_aside);
	g_test_add_func("/journal/a record that was cut off is made void", test_short_write);
	g_test_add_func("/journal/it belongs to whom the directory belongs", test_owner);
	return g_test_run();
}
