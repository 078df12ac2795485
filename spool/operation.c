/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each operation looks at its own file and at nothing else. That one operation of a list is done
 * says nothing about the others: after a power cut any of the renames may have survived. The inode
 * is looked at before the name is used, and the caller holds the message's lock, so the name can't
 * change hands in between.
 */
#include "spool/operation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include "spool/durable.h"
#include "spool/error.h"
#include "spool/fd.h"

enum presence { PRESENT, ABSENT, UNKNOWN };

struct operation *
operation_new(enum operation_kind kind, struct spool_place *place, const char *name, ino_t inode)
{
	struct operation *operation = g_new0(struct operation, 1);

	operation->kind = kind;
	operation->place = spool_place_ref(place);
	operation->name = g_strdup(name);
	operation->inode = inode;
	operation->fd = -1;
	return operation;
}

void
operation_free(struct operation *operation)
{
	spool_place_unref(operation->place);
	g_clear_pointer(&operation->to, spool_place_unref);
	g_clear_pointer(&operation->content, g_bytes_unref);
	g_free(operation->name);
	g_free(operation->new_name);
	if (operation->opened)
		fd_close(&operation->fd);
	g_free(operation);
}

static bool
fail(const struct operation *operation, enum spool_error code, const char *verb, GError **error)
{
	return spool_fail(error, code, "%s %s/%s", verb, operation->place->path, operation->name);
}

static enum presence
look(const struct operation *operation, struct stat *st)
{
	if (TEMP_FAILURE_RETRY(
		fstatat(operation->place->fd, operation->name, st, AT_SYMLINK_NOFOLLOW)) != 0)
		return errno == ENOENT ? ABSENT : UNKNOWN;
	return operation->inode == 0 || st->st_ino == operation->inode ? PRESENT : ABSENT;
}

bool
operation_remains(const struct operation *operation)
{
	struct stat st;

	switch (look(operation, &st)) {
	case ABSENT:
		return false;
	case UNKNOWN:
		return true;
	case PRESENT:
		break;
	}
	return operation->kind != OPERATION_CHMOD || (st.st_mode & 07777) != operation->mode;
}

/* True with fd still -1: the file that was meant isn't there. */
static bool
open_again(struct operation *operation, struct stat *st, GError **error)
{
	autofd fd = TEMP_FAILURE_RETRY(openat(operation->place->fd, operation->name,
	    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));

	if (fd < 0)
		return errno == ENOENT || fail(operation, SPOOL_ERROR_IO, "open", error);
	if (fstat(fd, st) != 0)
		return fail(operation, SPOOL_ERROR_IO, "look at", error);
	if (!S_ISREG(st->st_mode) || (operation->inode != 0 && st->st_ino != operation->inode))
		return true;
	operation->fd = fd_steal(&fd);
	operation->opened = true;
	operation->old_size = st->st_size;
	return true;
}

bool
operation_reserve(struct operation *operation, GError **error)
{
	struct stat st;

	if (operation->kind != OPERATION_PATCH)
		return true;
	if (operation->fd >= 0 && fstat(operation->fd, &st) != 0)
		return fail(operation, SPOOL_ERROR_IO, "look at", error);
	if (operation->fd < 0 && !open_again(operation, &st, error))
		return false;
	errno = 0;
	if (operation->fd < 0)
		return fail(operation, SPOOL_ERROR_GONE, "patch", error);
	if (st.st_nlink > 1) {
		errno = 0;
		return spool_fail(error, SPOOL_ERROR_EXISTS,
		    "%s/%s has another name and can't be changed in place", operation->place->path,
		    operation->name);
	}
	errno = 0;
	if (st.st_size < operation->offset)
		return fail(operation, SPOOL_ERROR_CORRUPT, "patch behind the end of", error);
	operation->old_size = st.st_size;
	off_t size = operation->offset + (off_t)g_bytes_get_size(operation->content);
	off_t block = MAX(st.st_blksize, 512);

	off_t room = (st.st_size + block - 1) / block * block;

	/* Blocks may be fewer (a hole, a large "block" that isn't one) or serve another purpose. */
	if (size <= MIN(room, (off_t)st.st_blocks * 512))
		return true;
	if (TEMP_FAILURE_RETRY(fallocate(operation->fd, FALLOC_FL_KEEP_SIZE, 0, size)) == 0)
		return true;
	return errno == EOPNOTSUPP || errno == ENOSYS ||
	       fail(operation, SPOOL_ERROR_IO, "reserve room for", error);
}

static bool
apply_patch(struct operation *operation, GError **error)
{
	gsize size;
	struct stat st;
	const void *bytes = g_bytes_get_data(operation->content, &size);

	if (operation->fd < 0 && !open_again(operation, &st, error))
		return false;
	if (operation->fd < 0)
		return true;
	off_t end = operation->offset + (off_t)size;

	if (!durable_write(operation->fd, bytes, size, operation->offset))
		return fail(operation, SPOOL_ERROR_IO, "write", error);
	if (operation->old_size <= end || TEMP_FAILURE_RETRY(ftruncate(operation->fd, end)) == 0)
		return true;
	return fail(operation, SPOOL_ERROR_IO, "shorten", error);
}

/* False with errno set; EEXIST when the new name is taken. */
static bool
rename_to_free_name(const struct operation *operation)
{
	int from = operation->place->fd, to = operation->to->fd;
	struct stat st;

	if (TEMP_FAILURE_RETRY(
		renameat2(from, operation->name, to, operation->new_name, RENAME_NOREPLACE)) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	/* The file system can't do both in one step. */
	if (TEMP_FAILURE_RETRY(fstatat(to, operation->new_name, &st, AT_SYMLINK_NOFOLLOW)) == 0)
		errno = EEXIST;
	else if (errno == ENOENT)
		return TEMP_FAILURE_RETRY(
			   renameat(from, operation->name, to, operation->new_name)) == 0;
	return false;
}

static bool
is_linked_to_new_name(const struct operation *operation, const struct stat *st)
{
	struct stat other;

	return TEMP_FAILURE_RETRY(fstatat(
		   operation->to->fd, operation->new_name, &other, AT_SYMLINK_NOFOLLOW)) == 0 &&
	       other.st_dev == st->st_dev && other.st_ino == st->st_ino;
}

static bool
apply_unlink(struct operation *operation, GError **error)
{
	struct stat st;

	switch (look(operation, &st)) {
	case ABSENT:
		return true;
	case UNKNOWN:
		return fail(operation, SPOOL_ERROR_IO, "look at", error);
	case PRESENT:
		break;
	}
	return TEMP_FAILURE_RETRY(unlinkat(operation->place->fd, operation->name, 0)) == 0 ||
	       errno == ENOENT || fail(operation, SPOOL_ERROR_IO, "unlink", error);
}

static bool
apply_rename(struct operation *operation, GError **error)
{
	struct stat st;

	switch (look(operation, &st)) {
	case ABSENT:
		return true;
	case UNKNOWN:
		return fail(operation, SPOOL_ERROR_IO, "look at", error);
	case PRESENT:
		break;
	}
	if (rename_to_free_name(operation))
		return true;
	if (errno != EEXIST)
		return spool_fail(error, SPOOL_ERROR_IO, "rename %s/%s to %s/%s",
		    operation->place->path, operation->name, operation->to->path,
		    operation->new_name);
	if (is_linked_to_new_name(operation, &st))
		return apply_unlink(operation, error);
	errno = 0;
	return spool_fail(error, SPOOL_ERROR_EXISTS, "rename %s/%s: %s/%s is another file",
	    operation->place->path, operation->name, operation->to->path, operation->new_name);
}

static bool
apply_chmod(struct operation *operation, GError **error)
{
	struct stat st;

	if (operation->fd < 0 && !open_again(operation, &st, error))
		return false;
	if (operation->fd < 0)
		return true;
	if (TEMP_FAILURE_RETRY(fchmod(operation->fd, operation->mode)) != 0)
		return fail(operation, SPOOL_ERROR_IO, "change the mode of", error);
	return durable_sync(operation->fd) || fail(operation, SPOOL_ERROR_IO, "sync", error);
}

bool
operation_apply(struct operation *operation, GError **error)
{
	switch (operation->kind) {
	case OPERATION_PATCH:
		return apply_patch(operation, error);
	case OPERATION_RENAME:
		return apply_rename(operation, error);
	case OPERATION_CHMOD:
		return apply_chmod(operation, error);
	case OPERATION_UNLINK:
	case OPERATION_UNLINK_AFTER:
		return apply_unlink(operation, error);
	case OPERATION_KINDS:
		break;
	}
	g_assert_not_reached();
}
