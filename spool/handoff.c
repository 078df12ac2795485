/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Up to the commit, whatever fails concerns one message and leaves it as it came: its file can't be
 * patched in place, its room can't be had, its prepared file can't be synced. So all that can be
 * known to fail is tried before the record is written. Behind it there is only forward: what fails
 * there is left to the journal.
 */
#include "spool/handoff.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include "spool/durable.h"
#include "spool/error.h"
#include "spool/fd.h"
#include "spool/lock.h"
#include "spool/record.h"
#include "spool/trouble.h"

struct handoff {
	struct journal *journal;
	enum handoff_sync sync;
	GPtrArray *tasks; /* of struct task; the last is the one that is being filled */
	GPtrArray *done;  /* of struct task: committed, kept for the locks of prepared files */
};

static GPtrArray *
tasks_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)task_free);
}

struct handoff *
handoff_new(struct journal *journal, enum handoff_sync sync)
{
	struct handoff *handoff = g_new0(struct handoff, 1);

	handoff->journal = journal;
	handoff->sync = sync;
	handoff->tasks = tasks_new();
	handoff->done = tasks_new();
	return handoff;
}

void
handoff_free(struct handoff *handoff)
{
	if (handoff == NULL)
		return;
	while (handoff->tasks->len > 0)
		handoff_abandon(handoff);
	g_ptr_array_unref(handoff->tasks);
	g_ptr_array_unref(handoff->done);
	g_free(handoff);
}

void
handoff_begin(
    struct handoff *handoff, const char *id, struct spool_place *lock_place, const char *lock_name)
{
	g_ptr_array_add(handoff->tasks, task_new(id, lock_place, lock_name));
}

static struct task *
current(struct handoff *handoff)
{
	g_assert(handoff->tasks->len > 0);
	return g_ptr_array_index(handoff->tasks, handoff->tasks->len - 1);
}

void
handoff_abandon(struct handoff *handoff)
{
	task_discard_prepared(current(handoff));
	g_ptr_array_set_size(handoff->tasks, (gint)handoff->tasks->len - 1);
}

/* The file gets its owner, then its mode (which a change of owner may alter). */
static bool
dress(int fd, const struct stat *st, mode_t mode, uid_t owner, gid_t group)
{
	if ((st->st_uid != owner || st->st_gid != group) &&
	    TEMP_FAILURE_RETRY(fchown(fd, owner, group)) != 0)
		return false;
	return (st->st_mode & 07777) == mode || TEMP_FAILURE_RETRY(fchmod(fd, mode)) == 0;
}

bool
handoff_prepare_file(struct handoff *handoff, struct spool_place *place, const char *name,
    mode_t mode, uid_t owner, gid_t group, GBytes *content, handoff_fill fill, void *data,
    GError **error)
{
	gsize size = 0;
	const void *bytes = content != NULL ? g_bytes_get_data(content, &size) : NULL;
	struct stat st;
	autofd fd = TEMP_FAILURE_RETRY(
	    openat(place->fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));

	if (fd < 0)
		return spool_fail(error, errno == EEXIST ? SPOOL_ERROR_EXISTS : SPOOL_ERROR_IO,
		    "create %s/%s", place->path, name);
	bool whole = lock_take(fd, name, error);

	if (whole && (fstat(fd, &st) != 0 || !dress(fd, &st, mode, owner, group) ||
			 !durable_write(fd, bytes, size, 0)))
		whole = spool_fail(error, SPOOL_ERROR_IO, "write %s/%s", place->path, name);
	if (!whole || (fill != NULL && !fill(data, fd, (off_t)size, error))) {
		unlinkat(place->fd, name, 0);
		return false;
	}
	struct prepared_file *file = g_new0(struct prepared_file, 1);

	*file = (struct prepared_file){ .place = spool_place_ref(place),
		.name = g_strdup(name),
		.inode = st.st_ino,
		.fd = fd_steal(&fd) };
	g_ptr_array_add(current(handoff)->prepared, file);
	return true;
}

static struct operation *
add(struct handoff *handoff, enum operation_kind kind, struct spool_place *place, const char *name,
    ino_t inode)
{
	struct operation *operation = operation_new(kind, place, name, inode);

	g_ptr_array_add(current(handoff)->operations, operation);
	return operation;
}

void
handoff_patch(struct handoff *handoff, struct spool_place *place, const char *name, int fd,
    ino_t inode, GBytes *content)
{
	struct operation *operation = add(handoff, OPERATION_PATCH, place, name, inode);

	operation->fd = fd;
	operation->content = g_bytes_ref(content);
}

void
handoff_patch_tail(struct handoff *handoff, struct spool_place *place, const char *name,
    ino_t inode, off_t offset, GBytes *content)
{
	struct operation *operation = add(handoff, OPERATION_PATCH, place, name, inode);

	operation->offset = offset;
	operation->content = g_bytes_ref(content);
}

/* The inode of the file that was prepared under this name, or 0. */
static ino_t
prepared_inode(const struct task *task, const struct spool_place *place, const char *name)
{
	for (guint i = 0; i < task->prepared->len; i++) {
		const struct prepared_file *file = g_ptr_array_index(task->prepared, i);

		if (file->place == place && g_str_equal(file->name, name))
			return file->inode;
	}
	return 0;
}

void
handoff_rename(struct handoff *handoff, struct spool_place *from, const char *old_name,
    struct spool_place *to, const char *new_name, ino_t inode)
{
	ino_t prepared = prepared_inode(current(handoff), from, old_name);
	struct operation *operation =
	    add(handoff, OPERATION_RENAME, from, old_name, prepared != 0 ? prepared : inode);

	operation->prepared = prepared != 0;
	operation->to = spool_place_ref(to);
	operation->new_name = g_strdup(new_name);
}

void
handoff_chmod(
    struct handoff *handoff, struct spool_place *place, const char *name, mode_t mode, ino_t inode)
{
	add(handoff, OPERATION_CHMOD, place, name, inode)->mode = mode;
}

void
handoff_unlink(struct handoff *handoff, struct spool_place *place, const char *name, ino_t inode)
{
	add(handoff, OPERATION_UNLINK, place, name, inode);
}

void
handoff_unlink_after(
    struct handoff *handoff, struct spool_place *place, const char *name, ino_t inode)
{
	add(handoff, OPERATION_UNLINK_AFTER, place, name, inode);
}

static void
reserve(struct task *task)
{
	for (guint i = 0; i < task->operations->len && task->trouble == NULL; i++) {
		GError *error = NULL;

		if (!operation_reserve(g_ptr_array_index(task->operations, i), &error))
			task_stop(task, error);
	}
}

/* Takes the tasks out that are in trouble, which leaves their messages as they came. */
static void
refuse_troubled(struct handoff *handoff, GPtrArray *refused)
{
	for (guint i = 0; i < handoff->tasks->len;) {
		struct task *task = g_ptr_array_index(handoff->tasks, i);

		if (task->trouble == NULL) {
			i++;
			continue;
		}
		trouble_add(refused, task->id, task->trouble->message);
		task_discard_prepared(task);
		g_ptr_array_remove_index(handoff->tasks, i);
	}
}

static bool
write_record(struct handoff *handoff, guint *size, GError **error)
{
	g_autoptr(GByteArray) record = record_write(handoff->tasks);

	*size = record->len;
	if (journal_write(handoff->journal, record, error))
		return true;
	/* A record that may come back needs the files that it names. */
	if (!journal_is_void(handoff->journal))
		g_ptr_array_set_size(handoff->tasks, 0);
	while (handoff->tasks->len > 0)
		handoff_abandon(handoff);
	return false;
}

/* Ends the batch whose record has this size. */
static void
finish(struct handoff *handoff, guint size, GPtrArray *pending)
{
	g_autoptr(GByteArray) marks = g_byte_array_new();

	while (handoff->tasks->len > 0) {
		struct task *task = g_ptr_array_steal_index(handoff->tasks, 0);
		guint8 mark = task->trouble == NULL;

		if (task->trouble != NULL)
			trouble_add(pending, task->id, task->trouble->message);
		g_byte_array_append(marks, &mark, 1);
		g_ptr_array_add(handoff->done, task);
	}
	if (pending->len == 0)
		journal_retire(handoff->journal);
	else
		journal_put_aside(handoff->journal, marks, (off_t)(size - marks->len));
}

bool
handoff_commit(struct handoff *handoff, GPtrArray **refused, GPtrArray **pending, GError **error)
{
	g_autoptr(GPtrArray) left_out = trouble_array();
	guint size;

	*refused = *pending = NULL;
	task_sync_prepared(handoff->tasks, handoff->sync);
	for (guint i = 0; i < handoff->tasks->len; i++)
		reserve(g_ptr_array_index(handoff->tasks, i));
	refuse_troubled(handoff, left_out);
	*pending = trouble_array();
	if (handoff->tasks->len > 0) {
		if (!write_record(handoff, &size, error)) {
			g_clear_pointer(pending, g_ptr_array_unref);
			return false;
		}
		task_carry_out(handoff->tasks, handoff->sync);
		finish(handoff, size, *pending);
	}
	*refused = g_steal_pointer(&left_out);
	return true;
}
