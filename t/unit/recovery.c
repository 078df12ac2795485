/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/handoff.h"

#include "spool/error.h"
#include "spool/lock.h"
#include "spool/record.h"
#include "t/unit/queue_fixture.h"

static struct operation *
add(struct task *task, enum operation_kind kind, struct spool_place *place, const char *name,
    ino_t inode)
{
	struct operation *operation = operation_new(kind, place, name, inode);

	g_ptr_array_add(task->operations, operation);
	return operation;
}

static void
add_rename(struct task *task, struct spool_place *from, const char *name, struct spool_place *to,
    const char *new_name, ino_t inode)
{
	struct operation *operation = add(task, OPERATION_RENAME, from, name, inode);

	operation->to = spool_place_ref(to);
	operation->new_name = g_strdup(new_name);
	operation->prepared = g_str_has_suffix(name, HANDOFF_PREPARED_SUFFIX);
}

static char *
named(const char *id, const char *suffix)
{
	return g_strconcat(id, suffix, NULL);
}

/* A queued message and what was decided about it: new headers, then both files move. */
static struct task *
message(const struct queue_fixture *queue, const char *id)
{
	g_autofree char *control = named(id, "-H"), *data = named(id, "-D");
	struct task *task = task_new(id, queue->in, data);
	ino_t control_inode = queue_fixture_put(queue->in, control, "old headers");
	ino_t data_inode = queue_fixture_put(queue->in, data, "body");

	add(task, OPERATION_PATCH, queue->in, control, control_inode)->content =
	    g_bytes_new_static("new", 3);
	add_rename(task, queue->in, data, queue->out, data, data_inode);
	add_rename(task, queue->in, control, queue->out, control, control_inode);
	return task;
}

/* The same with a body that replaces the old one, and a log that goes before. */
static struct task *
message_with_body(const struct queue_fixture *queue, const char *id)
{
	g_autofree char *control = named(id, "-H"), *data = named(id, "-D");
	g_autofree char *temporary = named(id, "-T"), *log = named(id, "-log");
	struct task *task = task_new(id, queue->in, data);
	ino_t control_inode = queue_fixture_put(queue->in, control, "old headers");
	ino_t data_inode = queue_fixture_put(queue->in, data, "old body");
	ino_t new_inode = queue_fixture_put(queue->out, temporary, "body");

	queue_fixture_put(queue->in, log, "log");
	add(task, OPERATION_PATCH, queue->in, control, control_inode)->content =
	    g_bytes_new_static("new", 3);
	add(task, OPERATION_UNLINK, queue->in, log, 0);
	add_rename(task, queue->out, temporary, queue->out, data, new_inode);
	add_rename(task, queue->in, control, queue->out, control, control_inode);
	add(task, OPERATION_UNLINK_AFTER, queue->in, data, data_inode);
	return task;
}

/* Leaves a journal with a record of these tasks, as a worker that has died. Takes the task. */
static void
leave_journal(const struct queue_fixture *queue, const char *name, GPtrArray *tasks)
{
	g_autoptr(GByteArray) record = record_write(tasks);
	g_autoptr(GError) error = NULL;
	struct journal *journal = journal_open(queue->state, name, &error);

	g_assert_no_error(error);
	g_assert_true(journal_write(journal, record, &error));
	journal_close(journal);
}

static void
leave_task(const struct queue_fixture *queue, const char *name, struct task *task)
{
	g_autoptr(GPtrArray) tasks = g_ptr_array_new_with_free_func((GDestroyNotify)task_free);

	g_ptr_array_add(tasks, task);
	leave_journal(queue, name, tasks);
}

/* Runs recovery; returns what is pending. */
static GPtrArray *
recover(const struct queue_fixture *queue, guint finished)
{
	GPtrArray *done = NULL, *pending = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(
	    handoff_recover(queue->state, HANDOFF_SYNC_FILE_SYSTEM, &done, &pending, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(done->len, ==, finished);
	g_ptr_array_unref(done);
	return pending;
}

static void
expect_pending(const struct queue_fixture *queue, guint finished, const char *id, const char *why)
{
	g_autoptr(GPtrArray) pending = recover(queue, finished);

	g_assert_cmpuint(pending->len, ==, 1);
	const struct handoff_trouble *trouble = g_ptr_array_index(pending, 0);

	g_assert_true(g_str_has_suffix(trouble->id, id));
	g_test_message("%s", trouble->why);
	g_assert_nonnull(strstr(trouble->why, why));
}

static void
expect_finished(const struct queue_fixture *queue, guint finished)
{
	g_autoptr(GPtrArray) pending = recover(queue, finished);

	g_assert_cmpuint(pending->len, ==, 0);
	g_assert_cmpuint(queue_fixture_count(queue->state, ".pending"), ==, 0);
}

static void
expect_handed_over(const struct queue_fixture *queue, const char *id)
{
	static const char *const gone[] = { "-H", "-D", "-T", "-log" };
	g_autofree char *control = named(id, "-H"), *data = named(id, "-D");

	queue_fixture_expect(queue->out, control, "new");
	queue_fixture_expect(queue->out, data, "body");
	for (size_t i = 0; i < G_N_ELEMENTS(gone); i++) {
		g_autofree char *name = named(id, gone[i]);

		queue_fixture_expect(queue->in, name, NULL);
	}
	g_autofree char *temporary = named(id, "-T");

	queue_fixture_expect(queue->out, temporary, NULL);
}

static void
test_nothing(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	expect_finished(&queue, 0);
	journal_close(journal_open(queue.state, "w1", NULL));
	expect_finished(&queue, 0);
	queue_fixture_close(&queue);
}

/* After a power cut any of the operations may have survived, after a kill the first few. */
static void
test_any_subset(void)
{
	static struct task *(*const makers[])(
	    const struct queue_fixture *, const char *) = { message, message_with_body };

	for (size_t i = 0; i < G_N_ELEMENTS(makers); i++) {
		for (guint subset = 0, all = 1; subset < all; subset++) {
			struct queue_fixture queue;

			queue_fixture_open(&queue);
			struct task *task = makers[i](&queue, "a");

			all = 1u << task->operations->len;
			g_autoptr(GPtrArray) tasks =
			    g_ptr_array_new_with_free_func((GDestroyNotify)task_free);

			g_ptr_array_add(tasks, task);
			leave_journal(&queue, "w1", tasks);
			/* Nothing moves before the patch is on disk. */
			bool patched = subset != 0;

			for (guint j = 0; j < task->operations->len; j++) {
				if ((subset >> j & 1) != 0 || (j == 0 && patched))
					g_assert_true(operation_apply(
					    g_ptr_array_index(task->operations, j), NULL));
			}
			expect_finished(&queue, 1);
			expect_handed_over(&queue, "a");
			expect_finished(&queue, 0);
			queue_fixture_close(&queue);
		}
	}
}

static void
test_half_patched(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	leave_task(&queue, "w1", message(&queue, "a"));
	queue_fixture_put(queue.in, "a-H", "neadersXXXXXXXXXXXXXXXXXXXX");
	expect_finished(&queue, 1);
	expect_handed_over(&queue, "a");
	queue_fixture_close(&queue);
}

/* A tail was being written into the body when the power went: what stands behind its start may be anything. */
static void
test_half_patched_body(void)
{
	static const char *const torn[] = { "body", "bo", "bodyXXXXXXXXXXXX", "boXX",
		"body as it is now" };
	struct queue_fixture queue;

	for (size_t i = 0; i < G_N_ELEMENTS(torn); i++) {
		queue_fixture_open(&queue);
		struct task *task = message(&queue, "a");
		const struct operation *rename = g_ptr_array_index(task->operations, 1);
		struct operation *patch =
		    operation_new(OPERATION_PATCH, queue.in, "a-D", rename->inode);

		patch->offset = 2;
		patch->content = g_bytes_new_static("dy as it is now", 15);
		g_ptr_array_insert(task->operations, 0, patch);
		leave_task(&queue, "w1", task);
		queue_fixture_put(queue.in, "a-D", torn[i]);
		expect_finished(&queue, 1);
		queue_fixture_expect(queue.in, "a-D", NULL);
		queue_fixture_expect(queue.out, "a-D", "body as it is now");
		expect_finished(&queue, 0);
		queue_fixture_expect(queue.out, "a-D", "body as it is now");
		queue_fixture_close(&queue);
	}
}

static void
test_torn_record(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	leave_task(&queue, "w1", message(&queue, "a"));
	int fd = queue_fixture_fd(queue.state, "w1.journal");

	g_assert_cmpint(pwrite(fd, "\377", 1, 60), ==, 1);
	close(fd);
	expect_finished(&queue, 0);
	queue_fixture_expect(queue.in, "a-H", "old headers");
	queue_fixture_expect(queue.in, "a-D", "body");
	journal_close(journal_open(queue.state, "w1", NULL));
	queue_fixture_close(&queue);
}

static void
test_two_journals(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	leave_task(&queue, "w1", message(&queue, "a"));
	leave_task(&queue, "w2", message_with_body(&queue, "b"));
	expect_finished(&queue, 2);
	expect_handed_over(&queue, "a");
	expect_handed_over(&queue, "b");
	queue_fixture_close(&queue);
}

static void
test_owner_lives(void)
{
	struct queue_fixture queue;
	g_autoptr(GError) error = NULL;

	queue_fixture_open(&queue);
	leave_task(&queue, "w1", message(&queue, "a"));
	int fd = queue_fixture_fd(queue.state, "w1.journal");

	g_assert_true(lock_take(fd, "w1.journal", &error));
	expect_finished(&queue, 0);
	queue_fixture_expect(queue.in, "a-H", "old headers");
	close(fd);
	expect_finished(&queue, 1);
	expect_handed_over(&queue, "a");
	queue_fixture_close(&queue);
}

/* Whoever holds a message is left alone with it, wherever its lock file is. */
static void
test_locked_message(void)
{
	static const struct {
		const char *in_place; /* of the file that is locked */
		guint moved;	      /* operations that were done before */
	} cases[] = { { "in", 0 }, { "out", 2 } };

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct queue_fixture queue;
		g_autoptr(GPtrArray) tasks =
		    g_ptr_array_new_with_free_func((GDestroyNotify)task_free);
		struct task *task;

		queue_fixture_open(&queue);
		g_ptr_array_add(tasks, task = message(&queue, "a"));
		g_ptr_array_add(tasks, message(&queue, "b"));
		leave_journal(&queue, "w1", tasks);
		for (guint j = 0; j < cases[i].moved; j++)
			g_assert_true(
			    operation_apply(g_ptr_array_index(task->operations, j), NULL));
		struct spool_place *place =
		    g_str_equal(cases[i].in_place, "in") ? queue.in : queue.out;
		int fd = queue_fixture_fd(place, "a-D");

		g_assert_true(lock_take(fd, "a-D", NULL));
		expect_pending(&queue, 1, "a", "locked");
		expect_handed_over(&queue, "b");
		queue_fixture_expect(queue.in, "a-H", cases[i].moved > 0 ? "new" : "old headers");
		journal_close(journal_open(queue.state, "w1", NULL));
		close(fd);
		expect_finished(&queue, 1);
		expect_handed_over(&queue, "a");
		queue_fixture_close(&queue);
	}
}

/* What was prepared is locked by the outgoing MTA once it has the message. */
static void
test_locked_new_body(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	leave_task(&queue, "w1", message_with_body(&queue, "a"));
	int fd = queue_fixture_fd(queue.out, "a-T");

	g_assert_true(lock_take(fd, "a-T", NULL));
	expect_pending(&queue, 0, "a", "locked");
	queue_fixture_expect(queue.in, "a-H", "old headers");
	close(fd);
	expect_finished(&queue, 1);
	expect_handed_over(&queue, "a");
	queue_fixture_close(&queue);
}

/* A message that is done may be in delivery; recovery has no business with its lock. */
static void
test_done_and_locked(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	leave_task(&queue, "w1", message(&queue, "a"));
	g_assert_cmpint(renameat(queue.in->fd, "a-D", queue.out->fd, "a-D"), ==, 0);
	g_assert_cmpint(renameat(queue.in->fd, "a-H", queue.out->fd, "a-H"), ==, 0);
	int fd = queue_fixture_fd(queue.out, "a-D");

	g_assert_true(lock_take(fd, "a-D", NULL));
	expect_finished(&queue, 1);
	close(fd);
	queue_fixture_close(&queue);
}

static void
test_other_message(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	leave_task(&queue, "w1", message(&queue, "a"));
	/* Held open, so that the inodes aren't used again. */
	int control = queue_fixture_fd(queue.in, "a-H"), data = queue_fixture_fd(queue.in, "a-D");

	g_assert_cmpint(unlinkat(queue.in->fd, "a-H", 0), ==, 0);
	g_assert_cmpint(unlinkat(queue.in->fd, "a-D", 0), ==, 0);
	queue_fixture_put(queue.in, "a-H", "another message");
	queue_fixture_put(queue.in, "a-D", "with its body");
	expect_finished(&queue, 1);
	queue_fixture_expect(queue.in, "a-H", "another message");
	queue_fixture_expect(queue.in, "a-D", "with its body");
	close(control);
	close(data);
	queue_fixture_close(&queue);
}

static void
test_queue_missing(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	leave_task(&queue, "w1", message(&queue, "a"));
	g_autofree char *away = g_strconcat(queue.in->path, ".away", NULL);

	g_assert_cmpint(g_rename(queue.in->path, away), ==, 0);
	expect_pending(&queue, 0, "a", "open ");
	g_assert_cmpint(g_mkdir(queue.in->path, 0700), ==, 0);
	expect_pending(&queue, 0, "a", "not the directory that it was");
	g_assert_cmpint(g_rmdir(queue.in->path), ==, 0);
	g_assert_cmpint(g_rename(away, queue.in->path), ==, 0);
	expect_finished(&queue, 1);
	expect_handed_over(&queue, "a");
	queue_fixture_close(&queue);
}

static void
test_unreadable_records(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	queue_fixture_put(queue.state, "x.pending", "what is this");
	expect_pending(&queue, 0, "x.pending", "damaged");
	g_assert_cmpint(unlinkat(queue.state->fd, "x.pending", 0), ==, 0);
	queue_fixture_put(queue.state, "y.pending", "msjourn9 and some more bytes of it");
	expect_pending(&queue, 0, "y.pending", "another version");
	queue_fixture_expect(queue.state, "y.pending", "msjourn9 and some more bytes of it");
	queue_fixture_close(&queue);
}

/* A message that comes from no queue: both files were prepared, and its lock is that of one of them. */
static void
test_new_message(void)
{
	for (int renamed = 0; renamed <= 2; renamed++) {
		struct queue_fixture queue;
		static const char *const names[] = { "1-D", "1-H" };

		queue_fixture_open(&queue);
		struct task *task = task_new("1", queue.out, "1-D");

		for (int i = 0; i < 2; i++) {
			g_autofree char *prepared = named(names[i], "-T");
			ino_t inode = queue_fixture_put(
			    queue.out, i < renamed ? names[i] : prepared, i == 0 ? "body" : "new");

			add_rename(task, queue.out, prepared, queue.out, names[i], inode);
		}
		leave_task(&queue, "release", task);
		expect_finished(&queue, 1);
		expect_handed_over(&queue, "1");
		g_assert_cmpuint(queue_fixture_count(queue.out, "-T"), ==, 0);
		queue_fixture_close(&queue);
	}
}

/* Who knows only of one journal finishes that and what was put aside of it. */
static void
test_one_journal(void)
{
	static const char *const names[] = { "release", "worker-1", "release2", "releas" };
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		leave_task(&queue, names[i], message(&queue, names[i]));
	g_autoptr(GPtrArray) pending = NULL;
	leave_task(&queue, "aside", message(&queue, "aside"));
	g_assert_true(journal_rename_pending(queue.state, "aside.journal", NULL));
	g_assert_true(
	    handoff_recover_journal(queue.state, "release", HANDOFF_SYNC_FILE, &pending, NULL));
	g_assert_cmpuint(pending->len, ==, 0);
	expect_handed_over(&queue, "release");
	for (size_t i = 1; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *control = named(names[i], "-H");

		queue_fixture_expect(queue.in, control, "old headers");
	}
	g_clear_pointer(&pending, g_ptr_array_unref);
	g_assert_true(
	    handoff_recover_journal(queue.state, "aside", HANDOFF_SYNC_FILE, &pending, NULL));
	expect_handed_over(&queue, "aside");
	g_assert_cmpuint(queue_fixture_count(queue.state, ".pending"), ==, 0);
	queue_fixture_close(&queue);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/recovery/nothing to do", test_nothing);
	g_test_add_func("/recovery/whatever part was done, all is done after", test_any_subset);
	g_test_add_func("/recovery/a half-written patch is written again", test_half_patched);
	g_test_add_func(
	    "/recovery/a half-written patch of a body is written again", test_half_patched_body);
	g_test_add_func("/recovery/a torn record decided nothing", test_torn_record);
	g_test_add_func("/recovery/every journal is looked at", test_two_journals);
	g_test_add_func("/recovery/a journal whose owner lives is left alone", test_owner_lives);
	g_test_add_func("/recovery/a locked message stays pending", test_locked_message);
	g_test_add_func("/recovery/a locked new body stays pending", test_locked_new_body);
	g_test_add_func("/recovery/a message that is done may be locked", test_done_and_locked);
	g_test_add_func("/recovery/another message of that name is left alone", test_other_message);
	g_test_add_func(
	    "/recovery/a queue that is missing is not an empty one", test_queue_missing);
	g_test_add_func(
	    "/recovery/a record that can't be read is kept and told", test_unreadable_records);
	g_test_add_func(
	    "/recovery/a new message needs no more than its own locks", test_new_message);
	g_test_add_func("/recovery/one journal can be recovered by itself", test_one_journal);
	return g_test_run();
}
