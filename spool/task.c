/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Syncs are what a hand-off costs, so the tasks of a batch go through the steps side by side and
 * each directory or file system is synced once a step. What came of that sync is remembered, and
 * every task that depends on it learns of it.
 */
#include "spool/task.h"

#include <errno.h>
#include "spool/durable.h"
#include "spool/error.h"
#include "spool/fd.h"

enum step { STEP_PATCH, STEP_MOVE, STEP_REMOVE };

static const enum step step_of[OPERATION_KINDS] = {
	[OPERATION_PATCH] = STEP_PATCH,
	[OPERATION_RENAME] = STEP_MOVE,
	[OPERATION_CHMOD] = STEP_MOVE,
	[OPERATION_UNLINK] = STEP_MOVE,
	[OPERATION_UNLINK_AFTER] = STEP_REMOVE,
};

/* One sync that was made, and what came of it. */
struct synced {
	const struct spool_place *place;
	GError *error;
};

static void
prepared_file_free(struct prepared_file *file)
{
	spool_place_unref(file->place);
	g_free(file->name);
	fd_close(&file->fd);
	g_free(file);
}

static void
synced_free(struct synced *synced)
{
	g_clear_error(&synced->error);
	g_free(synced);
}

static GPtrArray *
synced_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)synced_free);
}

struct task *
task_new(const char *id, struct spool_place *lock_place, const char *lock_name)
{
	struct task *task = g_new0(struct task, 1);

	task->id = g_strdup(id);
	task->lock_place = lock_place != NULL ? spool_place_ref(lock_place) : NULL;
	task->lock_name = g_strdup(lock_name);
	task->operations = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);
	task->prepared = g_ptr_array_new_with_free_func((GDestroyNotify)prepared_file_free);
	return task;
}

void
task_free(struct task *task)
{
	g_free(task->id);
	g_clear_pointer(&task->lock_place, spool_place_unref);
	g_free(task->lock_name);
	g_ptr_array_unref(task->operations);
	g_ptr_array_unref(task->prepared);
	g_clear_error(&task->trouble);
	g_free(task);
}

void
task_stop(struct task *task, GError *error)
{
	if (task->trouble == NULL)
		task->trouble = error;
	else
		g_error_free(error);
}

void
task_discard_prepared(struct task *task)
{
	for (guint i = 0; i < task->prepared->len; i++) {
		struct prepared_file *file = g_ptr_array_index(task->prepared, i);

		unlinkat(file->place->fd, file->name, 0);
	}
	g_ptr_array_set_size(task->prepared, 0);
}

bool
task_remains(const struct task *task)
{
	for (guint i = 0; i < task->operations->len; i++) {
		if (operation_remains(g_ptr_array_index(task->operations, i)))
			return true;
	}
	return false;
}

static bool
same_directory(const struct spool_place *a, const struct spool_place *b)
{
	return a == b || g_str_equal(a->path, b->path);
}

static bool
same_file_system(const struct spool_place *a, const struct spool_place *b)
{
	return a->device == b->device;
}

/* Syncs what `place` stands for, once in the life of `memory`; a failure stops the task. */
static void
sync_once(GPtrArray *memory, struct task *task, const struct spool_place *place,
    bool (*same)(const struct spool_place *, const struct spool_place *), bool (*sync)(int))
{
	struct synced *synced = NULL;

	for (guint i = 0; i < memory->len && synced == NULL; i++) {
		struct synced *known = g_ptr_array_index(memory, i);

		synced = same(known->place, place) ? known : NULL;
	}
	if (synced == NULL) {
		synced = g_new0(struct synced, 1);
		synced->place = place;
		g_ptr_array_add(memory, synced);
		if (!sync(place->fd))
			spool_fail(&synced->error, SPOOL_ERROR_IO, "sync %s", place->path);
	}
	if (synced->error != NULL)
		task_stop(task, g_error_copy(synced->error));
}

static void
sync_file(struct task *task, const struct spool_place *place, const char *name, int fd)
{
	GError *error = NULL;

	if (durable_sync_data(fd))
		return;
	spool_fail(&error, SPOOL_ERROR_IO, "sync %s/%s", place->path, name);
	task_stop(task, error);
}

void
task_sync_prepared(GPtrArray *tasks, enum handoff_sync sync)
{
	g_autoptr(GPtrArray) memory = synced_new();

	for (guint i = 0; i < tasks->len; i++) {
		struct task *task = g_ptr_array_index(tasks, i);

		for (guint j = 0; j < task->prepared->len; j++) {
			struct prepared_file *file = g_ptr_array_index(task->prepared, j);

			if (sync == HANDOFF_SYNC_FILE)
				sync_file(task, file->place, file->name, file->fd);
		}
	}
	for (guint i = 0; i < tasks->len; i++) {
		struct task *task = g_ptr_array_index(tasks, i);

		for (guint j = 0; j < task->prepared->len; j++) {
			struct prepared_file *file = g_ptr_array_index(task->prepared, j);

			if (sync == HANDOFF_SYNC_FILE)
				sync_once(memory, task, file->place, same_directory,
				    durable_sync_directory);
			else
				sync_once(memory, task, file->place, same_file_system,
				    durable_sync_file_system);
		}
	}
}

/* Calls `visit` for the operations of one step, of the tasks that are not in trouble. */
static void
for_each(GPtrArray *tasks, enum step step,
    void (*visit)(struct task *task, struct operation *operation, void *data), void *data)
{
	for (guint i = 0; i < tasks->len; i++) {
		struct task *task = g_ptr_array_index(tasks, i);

		for (guint j = 0; j < task->operations->len && task->trouble == NULL; j++) {
			struct operation *operation = g_ptr_array_index(task->operations, j);

			if (step_of[operation->kind] == step)
				visit(task, operation, data);
		}
	}
}

static void
apply(struct task *task, struct operation *operation, G_GNUC_UNUSED void *data)
{
	GError *error = NULL;

	if (!operation_apply(operation, &error))
		task_stop(task, error);
}

static void
sync_patched_file(struct task *task, struct operation *operation, G_GNUC_UNUSED void *data)
{
	if (operation->fd >= 0)
		sync_file(task, operation->place, operation->name, operation->fd);
}

static void
sync_systems(struct task *task, struct operation *operation, void *memory)
{
	if (operation->to != NULL)
		sync_once(memory, task, operation->to, same_file_system, durable_sync_file_system);
	sync_once(memory, task, operation->place, same_file_system, durable_sync_file_system);
}

static void
sync_patched_system(struct task *task, struct operation *operation, void *memory)
{
	if (operation->fd >= 0)
		sync_systems(task, operation, memory);
}

static void
sync_directories(struct task *task, struct operation *operation, void *memory)
{
	if (operation->to != NULL)
		sync_once(memory, task, operation->to, same_directory, durable_sync_directory);
	sync_once(memory, task, operation->place, same_directory, durable_sync_directory);
}

static void
carry_out_step(GPtrArray *tasks, enum step step,
    void (*sync)(struct task *task, struct operation *operation, void *memory))
{
	g_autoptr(GPtrArray) memory = synced_new();

	for_each(tasks, step, apply, NULL);
	for_each(tasks, step, sync, memory);
}

void
task_carry_out(GPtrArray *tasks, enum handoff_sync sync)
{
	/* A few files by themselves: other writers' data would only keep them waiting. Of many, the names too go together: two
	 * queues, or the dozens of directories of split ones, are a wait each. */
	bool by_file = sync == HANDOFF_SYNC_FILE || tasks->len <= HANDOFF_SYNC_FEW;

	carry_out_step(tasks, STEP_PATCH, by_file ? sync_patched_file : sync_patched_system);
	carry_out_step(tasks, STEP_MOVE, by_file ? sync_directories : sync_systems);
	carry_out_step(tasks, STEP_REMOVE, by_file ? sync_directories : sync_systems);
}
