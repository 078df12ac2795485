/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/record.h"

#include <string.h>
#include <zlib.h>
#include "spool/task.h"
#include "t/unit/queue_fixture.h"

enum { CHECKSUM_AT = 8, CHECKED_FROM = 12 }; /* in a record's header */

static GPtrArray *
two_tasks(const struct queue_fixture *queue)
{
	GPtrArray *tasks = g_ptr_array_new_with_free_func((GDestroyNotify)task_free);
	struct task *first = task_new("a", queue->in, "a-D");
	struct task *second = task_new("b\xff", queue->in, "b-D");
	struct operation *patch = operation_new(OPERATION_PATCH, queue->in, "a-H", 17);
	struct operation *rename = operation_new(OPERATION_RENAME, queue->in, "a-D", 18);
	struct operation *chmod = operation_new(OPERATION_CHMOD, queue->out, "b\xff", 19);

	patch->content = g_bytes_new("he\0ader", 7);
	patch->offset = 0x123456789;
	rename->to = spool_place_ref(queue->out);
	rename->new_name = g_strdup("a-D");
	rename->prepared = true;
	chmod->mode = 0700;
	g_ptr_array_add(first->operations, patch);
	g_ptr_array_add(first->operations, rename);
	g_ptr_array_add(second->operations, chmod);
	g_ptr_array_add(tasks, first);
	g_ptr_array_add(tasks, second);
	return tasks;
}

static GByteArray *
two_tasks_written(const struct queue_fixture *queue)
{
	g_autoptr(GPtrArray) tasks = two_tasks(queue);

	return record_write(tasks);
}

static enum record_state
state_of(const void *bytes, gsize size)
{
	g_autoptr(GBytes) copy = g_bytes_new(bytes, size);
	struct spool_places *places = spool_places_new();
	struct record record = { 0 };
	enum record_state state = record_read(copy, places, &record);

	record_clear(&record);
	spool_places_free(places);
	return state;
}

static void
expect_two_tasks(const struct queue_fixture *queue, const struct record *record)
{
	const struct task *first = g_ptr_array_index(record->tasks, 0);
	const struct task *second = g_ptr_array_index(record->tasks, 1);
	const struct operation *patch = g_ptr_array_index(first->operations, 0);
	const struct operation *rename = g_ptr_array_index(first->operations, 1);
	const struct operation *chmod = g_ptr_array_index(second->operations, 0);
	g_autoptr(GBytes) content = g_bytes_new("he\0ader", 7);

	g_assert_cmpstr(first->id, ==, "a");
	g_assert_cmpstr(first->lock_name, ==, "a-D");
	g_assert_cmpstr(first->lock_place->path, ==, queue->in->path);
	g_assert_cmpint(patch->kind, ==, OPERATION_PATCH);
	g_assert_cmpuint(patch->inode, ==, 17);
	g_assert_true(g_bytes_equal(patch->content, content));
	g_assert_cmpint(patch->offset, ==, 0x123456789);
	g_assert_cmpint(patch->fd, ==, -1);
	g_assert_cmpstr(rename->to->path, ==, queue->out->path);
	g_assert_cmpstr(rename->new_name, ==, "a-D");
	g_assert_true(rename->prepared);
	g_assert_cmpstr(second->id, ==, "b\xff");
	g_assert_cmpint(chmod->mode, ==, 0700);
	g_assert_cmpstr(chmod->name, ==, "b\xff");
}

static void
test_round_trip(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	g_autoptr(GByteArray) written = two_tasks_written(&queue);
	g_autoptr(GBytes) bytes = g_bytes_new(written->data, written->len);
	struct spool_places *places = spool_places_new();
	struct record record = { 0 };

	g_assert_cmpint(record_read(bytes, places, &record), ==, RECORD_WHOLE);
	g_assert_cmpuint(record.tasks->len, ==, 2);
	g_assert_cmpint(record.marks_offset, ==, written->len - 2);
	g_assert_cmpint(record.marks[0] + record.marks[1], ==, 0);
	expect_two_tasks(&queue, &record);
	record_clear(&record);
	spool_places_free(places);
	queue_fixture_close(&queue);
}

static void
test_torn(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	g_autoptr(GByteArray) whole = two_tasks_written(&queue);
	g_autofree guint8 *torn = g_malloc(whole->len);
	gsize end = whole->len - 2; /* of what the checksum covers */

	g_assert_cmpint(state_of(whole->data, whole->len), ==, RECORD_WHOLE);
	for (gsize cut = 0; cut < end; cut++) {
		g_assert_cmpint(state_of(whole->data, cut), ==, RECORD_NONE);
		memset(torn, 0, whole->len);
		memcpy(torn, whole->data, cut);
		/* A tail that is all zeros anyway makes the record whole again. */
		if (memcmp(torn, whole->data, end) != 0)
			g_assert_cmpint(state_of(torn, whole->len), ==, RECORD_NONE);
		memset(torn, 0, whole->len);
		memcpy(torn + cut, whole->data + cut, whole->len - cut);
		if (memcmp(torn, whole->data, end) != 0)
			g_assert_cmpint(state_of(torn, whole->len), ==, RECORD_NONE);
	}
	queue_fixture_close(&queue);
}

static void
test_bit(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	g_autoptr(GByteArray) bytes = two_tasks_written(&queue);

	for (gsize i = 0; i < bytes->len - 2; i++) {
		bytes->data[i] ^= 0x10;
		g_assert_cmpint(state_of(bytes->data, bytes->len), !=, RECORD_WHOLE);
		bytes->data[i] ^= 0x10;
	}
	queue_fixture_close(&queue);
}

/* Even with a checksum that agrees, bytes that make no sense are only ever refused. */
static void
test_garbage(void)
{
	static const guint8 values[] = { 0x00, 0x01, 0x7f, 0xff };
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	g_autoptr(GByteArray) bytes = two_tasks_written(&queue);

	for (gsize i = CHECKED_FROM; i < bytes->len - 2; i++) {
		guint8 good = bytes->data[i];

		for (size_t j = 0; j < G_N_ELEMENTS(values); j++) {
			bytes->data[i] = values[j];
			guint32 checksum = (guint32)crc32(
			    0, bytes->data + CHECKED_FROM, bytes->len - 2 - CHECKED_FROM);

			memcpy(bytes->data + CHECKSUM_AT, &checksum, sizeof checksum);
			state_of(bytes->data, bytes->len);
		}
		bytes->data[i] = good;
	}
	queue_fixture_close(&queue);
}

static void
test_version(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	g_autoptr(GByteArray) bytes = two_tasks_written(&queue);

	bytes->data[7]++;
	g_assert_cmpint(state_of(bytes->data, bytes->len), ==, RECORD_UNKNOWN);
	queue_fixture_close(&queue);
}

static void
test_void(void)
{
	static const guint8 zeros[4096];

	g_assert_cmpint(state_of(zeros, sizeof zeros), ==, RECORD_NONE);
	g_assert_cmpint(state_of(zeros, 0), ==, RECORD_NONE);
}

/* Puts other directories in the place of the queues: as if they were not mounted. */
static void
test_other_directory(void)
{
	struct queue_fixture queue;

	queue_fixture_open(&queue);
	g_autoptr(GByteArray) written = two_tasks_written(&queue);
	g_autoptr(GBytes) bytes = g_bytes_new(written->data, written->len);
	g_autofree char *moved = g_strconcat(queue.out->path, ".moved", NULL);

	g_assert_cmpint(g_rename(queue.out->path, moved), ==, 0);
	for (int times = 0; times < 2; times++) {
		struct spool_places *places = spool_places_new();
		struct record record = { 0 };

		g_assert_cmpint(record_read(bytes, places, &record), ==, RECORD_WHOLE);
		g_assert_nonnull(((struct task *)g_ptr_array_index(record.tasks, 0))->trouble);
		g_assert_nonnull(((struct task *)g_ptr_array_index(record.tasks, 1))->trouble);
		record_clear(&record);
		spool_places_free(places);
		g_mkdir(queue.out->path, 0700);
	}
	queue_fixture_close(&queue);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/record/what is written is read", test_round_trip);
	g_test_add_func("/record/torn or zeroed at any byte it is void", test_torn);
	g_test_add_func("/record/with any byte altered it is not whole", test_bit);
	g_test_add_func("/record/bytes that make no sense do no harm", test_garbage);
	g_test_add_func("/record/another version is told from garbage", test_version);
	g_test_add_func("/record/zeros are void", test_void);
	g_test_add_func("/record/a missing or replaced directory is trouble, not an empty queue",
	    test_other_directory);
	return g_test_run();
}
