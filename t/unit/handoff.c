/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/handoff.h"

#include <signal.h>
#include <sys/resource.h>
#include "spool/durable.h"
#include "spool/error.h"
#include "spool/lock.h"
#include "t/unit/queue_fixture.h"

static const enum handoff_sync ways[] = { HANDOFF_SYNC_FILE, HANDOFF_SYNC_FILE_SYSTEM };

/* A hand-off with its queues, and the control files that it patches. */
struct scene {
	struct queue_fixture queue;
	struct journal *journal;
	struct handoff *handoff;
	GArray *fds;
	GPtrArray *refused, *pending;
};

static void
scene_open(struct scene *scene, enum handoff_sync sync)
{
	g_autoptr(GError) error = NULL;

	queue_fixture_open(&scene->queue);
	scene->journal = journal_open(scene->queue.state, "w1", &error);
	g_assert_no_error(error);
	scene->handoff = handoff_new(scene->journal, sync);
	scene->fds = g_array_new(FALSE, FALSE, sizeof(int));
	scene->refused = scene->pending = NULL;
}

static void
scene_close(struct scene *scene)
{
	handoff_free(scene->handoff);
	journal_close(scene->journal);
	for (guint i = 0; i < scene->fds->len; i++)
		close(g_array_index(scene->fds, int, i));
	g_array_unref(scene->fds);
	g_clear_pointer(&scene->refused, g_ptr_array_unref);
	g_clear_pointer(&scene->pending, g_ptr_array_unref);
	queue_fixture_close(&scene->queue);
}

static char *
named(const char *id, const char *suffix)
{
	return g_strconcat(id, suffix, NULL);
}

/* Puts a message in the incoming queue and begins its list with a patch of its header file. */
static ino_t
begin(struct scene *scene, const char *id, const char *headers)
{
	struct spool_place *in = scene->queue.in;
	g_autofree char *control = named(id, "-H"), *data = named(id, "-D");
	g_autoptr(GBytes) content = g_bytes_new(headers, strlen(headers));
	ino_t inode = queue_fixture_put(in, control, "old headers");

	queue_fixture_put(in, data, "body");
	int fd = queue_fixture_fd(in, control);

	g_array_append_val(scene->fds, fd);
	handoff_begin(scene->handoff, id, in, data);
	handoff_patch(scene->handoff, in, control, fd, inode, content);
	return inode;
}

static void
move(struct scene *scene, const char *name)
{
	struct stat st;

	g_assert_cmpint(fstatat(scene->queue.in->fd, name, &st, 0), ==, 0);
	handoff_rename(scene->handoff, scene->queue.in, name, scene->queue.out, name, st.st_ino);
}

static void
message(struct scene *scene, const char *id, const char *headers)
{
	g_autofree char *control = named(id, "-H"), *data = named(id, "-D");

	begin(scene, id, headers);
	move(scene, data);
	move(scene, control);
}

/* All but the first byte of another file. */
static bool
copy(void *from, int fd, off_t at, G_GNUC_UNUSED GError **error)
{
	return durable_copy(*(const int *)from, 1, fd, at);
}

static bool
refuse(G_GNUC_UNUSED void *data, G_GNUC_UNUSED int fd, G_GNUC_UNUSED off_t at, GError **error)
{
	return spool_fail(error, SPOOL_ERROR_IO, "fill");
}

/* A message whose body is replaced by one that is longer. */
static void
message_with_body(struct scene *scene, const char *id)
{
	struct queue_fixture *queue = &scene->queue;
	g_autofree char *control = named(id, "-H"), *data = named(id, "-D");
	g_autofree char *temporary = named(id, "-T");
	g_autoptr(GBytes) body = g_bytes_new_static("new ", 4);
	g_autoptr(GError) error = NULL;
	struct stat st;

	begin(scene, id, "new headers");
	int fd = queue_fixture_fd(queue->in, data);

	g_assert_cmpint(fstat(fd, &st), ==, 0);
	g_assert_true(handoff_prepare_file(scene->handoff, queue->out, temporary, 0640, getuid(),
	    getgid(), body, copy, &fd, &error));
	g_assert_no_error(error);
	close(fd);
	handoff_rename(scene->handoff, queue->out, temporary, queue->out, data, 0);
	move(scene, control);
	handoff_unlink_after(scene->handoff, queue->in, data, st.st_ino);
}

static void
commit(struct scene *scene, guint refused, guint pending)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(handoff_commit(scene->handoff, &scene->refused, &scene->pending, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(scene->refused->len, ==, refused);
	g_assert_cmpuint(scene->pending->len, ==, pending);
}

static void
expect_queues(struct scene *scene, const char *name, const char *in, const char *out)
{
	queue_fixture_expect(scene->queue.in, name, in);
	queue_fixture_expect(scene->queue.out, name, out);
}

static const struct handoff_trouble *
first(GPtrArray *list)
{
	return g_ptr_array_index(list, 0);
}

static void
test_batch(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		struct scene scene;

		scene_open(&scene, ways[i]);
		message(&scene, "a", "new headers, longer than before");
		message(&scene, "b", "new");
		message(&scene, "c", "");
		commit(&scene, 0, 0);
		expect_queues(&scene, "a-H", NULL, "new headers, longer than before");
		expect_queues(&scene, "b-H", NULL, "new");
		expect_queues(&scene, "c-H", NULL, "");
		expect_queues(&scene, "c-D", NULL, "body");
		scene_close(&scene);
	}
}

static void
test_replaced_body(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		struct scene scene;
		struct stat st;

		scene_open(&scene, ways[i]);
		message_with_body(&scene, "a");
		message(&scene, "b", "new");
		commit(&scene, 0, 0);
		expect_queues(&scene, "a-H", NULL, "new headers");
		expect_queues(&scene, "a-D", NULL, "new ody");
		expect_queues(&scene, "a-T", NULL, NULL);
		expect_queues(&scene, "b-D", NULL, "body");
		g_assert_cmpint(fstatat(scene.queue.out->fd, "a-D", &st, 0), ==, 0);
		g_assert_cmpint(st.st_mode & 07777, ==, 0640);
		scene_close(&scene);
	}
}

/* The outgoing MTA must not start on a body that a power cut could take back. */
static void
test_prepared_lock(void)
{
	struct scene scene;

	scene_open(&scene, HANDOFF_SYNC_FILE);
	message_with_body(&scene, "a");
	commit(&scene, 0, 0);
	int fd = queue_fixture_fd(scene.queue.out, "a-D");

	g_assert_false(lock_take(fd, "a-D", NULL));
	handoff_free(scene.handoff);
	scene.handoff = NULL;
	g_assert_true(lock_take(fd, "a-D", NULL));
	close(fd);
	scene_close(&scene);
}

static void
test_drop(void)
{
	struct scene scene;

	scene_open(&scene, HANDOFF_SYNC_FILE);
	queue_fixture_put(scene.queue.in, "a-H", "x");
	queue_fixture_put(scene.queue.in, "a-D", "x");
	queue_fixture_put(scene.queue.in, "a-log", "x");
	handoff_begin(scene.handoff, "a", scene.queue.in, "a-D");
	handoff_unlink(scene.handoff, scene.queue.in, "a-H", 0);
	handoff_unlink(scene.handoff, scene.queue.in, "a-log", 0);
	handoff_unlink(scene.handoff, scene.queue.in, "a-J", 0);
	handoff_unlink_after(scene.handoff, scene.queue.in, "a-D", 0);
	commit(&scene, 0, 0);
	expect_queues(&scene, "a-H", NULL, NULL);
	expect_queues(&scene, "a-log", NULL, NULL);
	expect_queues(&scene, "a-D", NULL, NULL);
	scene_close(&scene);
}

static void
test_empty(void)
{
	struct scene scene;

	scene_open(&scene, HANDOFF_SYNC_FILE);
	commit(&scene, 0, 0);
	scene_close(&scene);
}

static void
test_abandon(void)
{
	struct scene scene;

	scene_open(&scene, HANDOFF_SYNC_FILE);
	message(&scene, "a", "new");
	message_with_body(&scene, "b");
	handoff_abandon(scene.handoff);
	queue_fixture_expect(scene.queue.out, "b-T", NULL);
	commit(&scene, 0, 0);
	expect_queues(&scene, "a-H", NULL, "new");
	expect_queues(&scene, "b-H", "old headers", NULL);
	expect_queues(&scene, "b-D", "body", NULL);
	scene_close(&scene);
}

static void
test_freed_early(void)
{
	struct scene scene;

	scene_open(&scene, HANDOFF_SYNC_FILE);
	message_with_body(&scene, "a");
	message_with_body(&scene, "b");
	handoff_free(scene.handoff);
	scene.handoff = NULL;
	expect_queues(&scene, "a-H", "old headers", NULL);
	expect_queues(&scene, "a-T", NULL, NULL);
	expect_queues(&scene, "b-T", NULL, NULL);
	scene_close(&scene);
}

static void
test_prepared_name_taken(void)
{
	struct scene scene;
	g_autoptr(GError) error = NULL;

	scene_open(&scene, HANDOFF_SYNC_FILE);
	queue_fixture_put(scene.queue.out, "a-T", "of another");
	handoff_begin(scene.handoff, "a", scene.queue.in, "a-D");
	g_assert_false(handoff_prepare_file(scene.handoff, scene.queue.out, "a-T", 0600, getuid(),
	    getgid(), NULL, NULL, NULL, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_EXISTS);
	g_clear_error(&error);
	g_assert_false(handoff_prepare_file(scene.handoff, scene.queue.out, "b-T", 0600, getuid(),
	    getgid(), NULL, refuse, NULL, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
	queue_fixture_expect_absent(scene.queue.out, "b-T");
	handoff_abandon(scene.handoff);
	queue_fixture_expect(scene.queue.out, "a-T", "of another");
	scene_close(&scene);
}

static void
test_refused(void)
{
	struct scene scene;

	scene_open(&scene, HANDOFF_SYNC_FILE);
	message_with_body(&scene, "a");
	message(&scene, "b", "new");
	g_assert_cmpint(linkat(scene.queue.in->fd, "a-H", scene.queue.state->fd, "copy", 0), ==, 0);
	commit(&scene, 1, 0);
	g_assert_cmpstr(first(scene.refused)->id, ==, "a");
	expect_queues(&scene, "a-H", "old headers", NULL);
	expect_queues(&scene, "a-D", "body", NULL);
	expect_queues(&scene, "a-T", NULL, NULL);
	expect_queues(&scene, "b-H", NULL, "new");
	g_assert_cmpuint(queue_fixture_count(scene.queue.state, ".pending"), ==, 0);
	scene_close(&scene);
}

static void
test_pending(void)
{
	struct scene scene;
	g_autoptr(GPtrArray) finished = NULL, pending = NULL;

	scene_open(&scene, HANDOFF_SYNC_FILE_SYSTEM);
	message(&scene, "a", "new a");
	message(&scene, "b", "new b");
	queue_fixture_put(scene.queue.out, "a-H", "in the way");
	commit(&scene, 0, 1);
	g_assert_cmpstr(first(scene.pending)->id, ==, "a");
	g_assert_nonnull(strstr(first(scene.pending)->why, "out/a-H is another file"));
	expect_queues(&scene, "a-H", "new a", "in the way");
	expect_queues(&scene, "b-H", NULL, "new b");

	/* While the way is blocked it stays; then it is finished, and only it is told. */
	g_assert_true(handoff_recover(scene.queue.state, HANDOFF_SYNC_FILE, NULL, &pending, NULL));
	g_assert_cmpuint(pending->len, ==, 1);
	g_clear_pointer(&pending, g_ptr_array_unref);
	g_assert_cmpint(unlinkat(scene.queue.out->fd, "a-H", 0), ==, 0);
	g_assert_true(
	    handoff_recover(scene.queue.state, HANDOFF_SYNC_FILE, &finished, &pending, NULL));
	g_assert_cmpuint(pending->len, ==, 0);
	g_assert_cmpuint(finished->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(finished, 0), ==, "a");
	expect_queues(&scene, "a-H", NULL, "new a");
	g_assert_cmpuint(queue_fixture_count(scene.queue.state, ".pending"), ==, 0);
	scene_close(&scene);
}

/* The journal goes on after a record was put aside. */
static void
test_next_batch(void)
{
	struct scene scene;

	scene_open(&scene, HANDOFF_SYNC_FILE);
	message(&scene, "a", "new a");
	queue_fixture_put(scene.queue.out, "a-D", "in the way");
	commit(&scene, 0, 1);
	g_clear_pointer(&scene.refused, g_ptr_array_unref);
	g_clear_pointer(&scene.pending, g_ptr_array_unref);
	message(&scene, "b", "new b");
	commit(&scene, 0, 0);
	expect_queues(&scene, "b-H", NULL, "new b");
	g_assert_cmpuint(queue_fixture_count(scene.queue.state, ".pending"), ==, 1);
	scene_close(&scene);
}

static void
limit_file_size(rlim_t limit)
{
	struct rlimit size = { .rlim_cur = limit, .rlim_max = RLIM_INFINITY };

	signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &size), ==, 0);
}

static void
test_no_commit(void)
{
	static const struct {
		rlim_t limit;
		const char *prepared;
		const char *why;
	} cases[] = {
		{ 64, NULL, "the record is void: nothing of it is left" },
		{ 0, "new ody", "the record may come back: what it names is kept" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct scene scene;
		g_autoptr(GError) error = NULL;

		g_test_message("%s", cases[i].why);
		scene_open(&scene, HANDOFF_SYNC_FILE);
		message_with_body(&scene, "a");
		limit_file_size(cases[i].limit);
		bool committed =
		    handoff_commit(scene.handoff, &scene.refused, &scene.pending, &error);

		limit_file_size(RLIM_INFINITY);
		g_assert_false(committed);
		g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
		g_assert_null(scene.refused);
		g_assert_null(scene.pending);
		expect_queues(&scene, "a-H", "old headers", NULL);
		expect_queues(&scene, "a-D", "body", NULL);
		expect_queues(&scene, "a-T", NULL, cases[i].prepared);
		scene_close(&scene);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/handoff/a batch is patched and moved", test_batch);
	g_test_add_func("/handoff/a replaced body takes the place of the old", test_replaced_body);
	g_test_add_func("/handoff/a prepared file is locked to the end", test_prepared_lock);
	g_test_add_func("/handoff/a dropped message leaves nothing", test_drop);
	g_test_add_func("/handoff/an empty batch is done at once", test_empty);
	g_test_add_func("/handoff/an abandoned list leaves the message as it came", test_abandon);
	g_test_add_func("/handoff/what was not committed is abandoned", test_freed_early);
	g_test_add_func("/handoff/a prepared file replaces nothing", test_prepared_name_taken);
	g_test_add_func("/handoff/one message is refused and the others go on", test_refused);
	g_test_add_func("/handoff/one message stays pending and is finished later", test_pending);
	g_test_add_func("/handoff/the next batch has a new journal", test_next_batch);
	g_test_add_func("/handoff/without a journal nothing is decided", test_no_commit);
	return g_test_run();
}
