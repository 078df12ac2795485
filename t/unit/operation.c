/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/operation.h"

#include "spool/error.h"
#include "t/unit/queue_fixture.h"

static struct operation *
make(const struct queue_fixture *queue, enum operation_kind kind, ino_t inode)
{
	struct operation *operation = operation_new(kind, queue->in, "a-H", inode);

	operation->mode = 0700;
	if (kind == OPERATION_PATCH)
		operation->content = g_bytes_new_static("new", 3);
	if (kind == OPERATION_RENAME) {
		operation->to = spool_place_ref(queue->out);
		operation->new_name = g_strdup("a-H");
	}
	return operation;
}

static void
apply(const struct queue_fixture *queue, enum operation_kind kind, ino_t inode)
{
	g_autoptr(GError) error = NULL;
	struct operation *operation = make(queue, kind, inode);

	g_assert_true(operation_apply(operation, &error));
	g_assert_no_error(error);
	operation_free(operation);
}

/* What is in in/a-H and out/a-H afterwards, NULL for no file. */
static const struct {
	enum operation_kind kind;
	const char *in, *out;
	bool remains; /* a patch is never known to be done while its file is there */
} cases[] = {
	{ OPERATION_PATCH, "new", NULL, true },
	{ OPERATION_RENAME, NULL, "old text", false },
	{ OPERATION_CHMOD, "old text", NULL, false },
	{ OPERATION_UNLINK, NULL, NULL, false },
	{ OPERATION_UNLINK_AFTER, NULL, NULL, false },
};

static void
test_twice(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct queue_fixture queue;

		queue_fixture_open(&queue);
		ino_t inode = queue_fixture_put(queue.in, "a-H", "old text");
		struct operation *operation = make(&queue, cases[i].kind, inode);

		g_assert_true(operation_remains(operation));
		for (int times = 0; times < 2; times++) {
			apply(&queue, cases[i].kind, inode);
			queue_fixture_expect(queue.in, "a-H", cases[i].in);
			queue_fixture_expect(queue.out, "a-H", cases[i].out);
			g_assert_cmpint(operation_remains(operation), ==, cases[i].remains);
		}
		operation_free(operation);
		queue_fixture_close(&queue);
	}
}

static void
test_other_inode(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct queue_fixture queue;

		queue_fixture_open(&queue);
		ino_t inode = queue_fixture_put(queue.in, "a-H", "another message");

		apply(&queue, cases[i].kind, inode + 1);
		queue_fixture_expect(queue.in, "a-H", "another message");
		queue_fixture_expect(queue.out, "a-H", NULL);
		queue_fixture_close(&queue);
	}
}

static void
test_absent(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		apply(&queue, cases[i].kind, 4711);
	queue_fixture_expect(queue.in, "a-H", NULL);
	queue_fixture_expect(queue.out, "a-H", NULL);
	queue_fixture_close(&queue);
}

static void
test_patch_lengths(void)
{
	static const char *const texts[] = { "", "short", "text of about the length" };
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		for (size_t j = 0; j < G_N_ELEMENTS(texts); j++) {
			g_autoptr(GError) error = NULL;
			ino_t inode = queue_fixture_put(queue.in, "a-H", texts[i]);
			struct operation *patch =
			    operation_new(OPERATION_PATCH, queue.in, "a-H", inode);

			patch->content = g_bytes_new(texts[j], strlen(texts[j]));
			patch->fd = queue_fixture_fd(queue.in, "a-H");
			g_assert_true(operation_reserve(patch, &error));
			g_assert_true(operation_apply(patch, &error));
			queue_fixture_expect(queue.in, "a-H", texts[j]);
			close(patch->fd);
			operation_free(patch);
		}
	}
	queue_fixture_close(&queue);
}

/* What a patch of the tail of a file leaves, however often and by whomever it is made. */
static void
test_patch_tail(void)
{
	static const struct {
		off_t offset;
		const char *tail, *expected;
	} tails[] = { { 0, "all", "all" }, { 4, "", "body" },
		{ 4, " and a tail", "body and a tail" }, { 9, "", "body, end" },
		{ 9, "ing", "body, ending" }, { 1, "e", "be" } };
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	for (size_t i = 0; i < G_N_ELEMENTS(tails); i++) {
		ino_t inode = queue_fixture_put(queue.in, "a-H", "body, end");

		for (int times = 0; times < 2; times++) {
			g_autoptr(GError) error = NULL;
			struct operation *patch =
			    operation_new(OPERATION_PATCH, queue.in, "a-H", inode);

			patch->offset = tails[i].offset;
			patch->content = g_bytes_new(tails[i].tail, strlen(tails[i].tail));
			g_assert_true(times == 1 || operation_reserve(patch, &error));
			g_assert_true(operation_apply(patch, &error));
			g_assert_no_error(error);
			queue_fixture_expect(queue.in, "a-H", tails[i].expected);
			operation_free(patch);
		}
	}
	queue_fixture_close(&queue);
}

/* Nothing is decided about a file that isn't there, is another one, or is too short. */
static void
test_patch_refused(void)
{
	struct queue_fixture queue;
	g_autoptr(GError) error = NULL;

	queue_fixture_open(&queue);
	ino_t inode = queue_fixture_put(queue.in, "a-H", "body");
	struct operation *patch = operation_new(OPERATION_PATCH, queue.in, "a-H", inode);

	patch->content = g_bytes_new_static("tail", 4);
	patch->offset = 5;
	g_assert_false(operation_reserve(patch, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
	operation_free(patch);
	g_clear_error(&error);
	patch = operation_new(OPERATION_PATCH, queue.in, "a-H", inode + 1);
	patch->content = g_bytes_new_static("tail", 4);
	g_assert_false(operation_reserve(patch, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_GONE);
	queue_fixture_expect(queue.in, "a-H", "body");
	operation_free(patch);
	queue_fixture_close(&queue);
}

static void
test_reserve(void)
{
	struct queue_fixture queue;
	g_autoptr(GError) error = NULL;

	queue_fixture_open(&queue);
	ino_t inode = queue_fixture_put(queue.in, "a-H", "old");
	struct operation *patch = operation_new(OPERATION_PATCH, queue.in, "a-H", inode);
	g_autofree char *big = g_strnfill(100000, 'x');
	struct stat st;

	patch->content = g_bytes_new(big, strlen(big));
	patch->fd = queue_fixture_fd(queue.in, "a-H");
	g_assert_true(operation_reserve(patch, &error));
	queue_fixture_expect(queue.in, "a-H", "old");
	g_assert_cmpint(fstat(patch->fd, &st), ==, 0);
	g_assert_cmpint(st.st_blocks * 512, >=, 100000);

	g_assert_cmpint(linkat(queue.in->fd, "a-H", queue.out->fd, "copy", 0), ==, 0);
	g_assert_false(operation_reserve(patch, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_EXISTS);
	close(patch->fd);
	operation_free(patch);
	queue_fixture_close(&queue);
}

static void
test_taken_name(void)
{
	struct queue_fixture queue;
	g_autoptr(GError) error = NULL;

	queue_fixture_open(&queue);
	ino_t inode = queue_fixture_put(queue.in, "a-H", "mine");
	struct operation *rename = make(&queue, OPERATION_RENAME, inode);

	queue_fixture_put(queue.out, "a-H", "theirs");
	g_assert_false(operation_apply(rename, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_EXISTS);
	g_assert_nonnull(strstr(error->message, "out/a-H is another file"));
	queue_fixture_expect(queue.in, "a-H", "mine");
	queue_fixture_expect(queue.out, "a-H", "theirs");
	operation_free(rename);
	queue_fixture_close(&queue);
}

static void
test_linked_already(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	ino_t inode = queue_fixture_put(queue.in, "a-H", "mine");

	g_assert_cmpint(linkat(queue.in->fd, "a-H", queue.out->fd, "a-H", 0), ==, 0);
	apply(&queue, OPERATION_RENAME, inode);
	queue_fixture_expect(queue.in, "a-H", NULL);
	queue_fixture_expect(queue.out, "a-H", "mine");
	queue_fixture_close(&queue);
}

static void
test_mode(void)
{
	struct queue_fixture queue;
	struct stat st;

	queue_fixture_open(&queue);
	ino_t inode = queue_fixture_put(queue.in, "a-H", "x");

	apply(&queue, OPERATION_CHMOD, inode);
	g_assert_cmpint(fstatat(queue.in->fd, "a-H", &st, 0), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, 0700);
	queue_fixture_close(&queue);
}

static void
test_no_symbolic_link(void)
{
	struct queue_fixture queue;
	struct stat st;

	queue_fixture_open(&queue);
	queue_fixture_put(queue.out, "victim", "precious");
	g_assert_cmpint(symlinkat("../out/victim", queue.in->fd, "a-H"), ==, 0);
	g_assert_cmpint(fstatat(queue.out->fd, "victim", &st, 0), ==, 0);
	struct operation *patch = make(&queue, OPERATION_PATCH, st.st_ino);

	g_assert_false(operation_apply(patch, NULL));
	queue_fixture_expect(queue.out, "victim", "precious");
	operation_free(patch);
	queue_fixture_close(&queue);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/operation/done twice is the same as once", test_twice);
	g_test_add_func("/operation/another inode of that name is left alone", test_other_inode);
	g_test_add_func("/operation/an absent file means done", test_absent);
	g_test_add_func("/operation/a patch makes a file longer and shorter", test_patch_lengths);
	g_test_add_func(
	    "/operation/a patch of a tail leaves what stands before it", test_patch_tail);
	g_test_add_func(
	    "/operation/a patch of what is not as it was is refused", test_patch_refused);
	g_test_add_func(
	    "/operation/room is reserved before, linked files are refused", test_reserve);
	g_test_add_func("/operation/a rename never replaces another file", test_taken_name);
	g_test_add_func(
	    "/operation/a link under the new name ends as a rename", test_linked_already);
	g_test_add_func("/operation/chmod sets the mode", test_mode);
	g_test_add_func("/operation/a symbolic link is never followed", test_no_symbolic_link);
	return g_test_run();
}
