/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The temporary name lies in the same directory, since nameless files (O_TMPFILE) are not to be had
 * on network file systems, where archives like to lie. A name is given by renameat2() that refuses
 * to replace, or, on file systems that can't do that, by link and unlink.
 */
#include "core/act/keepfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/durable.h"
#include "spool/error.h"
#include "spool/fd.h"

/* How often another temporary name is tried when one is taken. */
#define KEEPFILE_NAME_TRIES 16

bool
keepfile_set_access(int fd, mode_t mode, const struct keepfile_access *access, GError **error)
{
	/* Without the privilege the owner stays as it is; fchown may take mode bits away, so it is first. */
	if (fchown(fd, access->owner, access->group) != 0 && errno != EPERM)
		return spool_fail(error, SPOOL_ERROR_IO, "set the owner of a new file");
	if (fchmod(fd, mode) != 0)
		return spool_fail(error, SPOOL_ERROR_IO, "set the mode of a new file");
	return true;
}

static bool
open_temporary(struct keepfile *file, GError **error)
{
	for (unsigned i = 0; i < KEEPFILE_NAME_TRIES; i++) {
		snprintf(file->temporary, sizeof file->temporary, ".mailscanner-%08x%08x-T",
		    g_random_int(), g_random_int());
		file->fd = openat(file->directory, file->temporary,
		    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (file->fd >= 0)
			return true;
		if (errno != EEXIST)
			break;
	}
	spool_fail(error, SPOOL_ERROR_IO, "create %s", file->temporary);
	file->temporary[0] = '\0';
	return false;
}

bool
keepfile_create(
    struct keepfile *file, int directory, const struct keepfile_access *access, GError **error)
{
	*file = (struct keepfile){ .fd = -1, .directory = directory };
	return open_temporary(file, error) &&
	       keepfile_set_access(file->fd, access->file_mode, access, error);
}

bool
keepfile_write(struct keepfile *file, const void *bytes, size_t length, GError **error)
{
	if (!durable_write(file->fd, bytes, length, file->size))
		return spool_fail(error, SPOOL_ERROR_IO, "write %s", file->temporary);
	file->size += (off_t)length;
	return true;
}

bool
keepfile_copy(struct keepfile *file, int source, GError **error)
{
	if (!durable_copy(source, 0, file->fd, file->size))
		return spool_fail(error, SPOOL_ERROR_IO, "copy to %s", file->temporary);
	file->size = lseek(file->fd, 0, SEEK_END);
	return true;
}

static int
rename_to_free_name(int directory, const char *from, const char *to)
{
	if (renameat2(directory, from, directory, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (linkat(directory, from, directory, to, 0) != 0)
		return -1;
	return unlinkat(directory, from, 0);
}

bool
keepfile_name(struct keepfile *file, const char *name, GError **error)
{
	if (rename_to_free_name(file->directory, file->temporary, name) != 0)
		return spool_fail(error, errno == EEXIST ? SPOOL_ERROR_EXISTS : SPOOL_ERROR_IO,
		    "name a new file %s", name);
	file->temporary[0] = '\0';
	return true;
}

bool
keepfile_publish(struct keepfile *file, const char *name, GError **error)
{
	if (!durable_sync(file->fd))
		return spool_fail(error, SPOOL_ERROR_IO, "sync %s", name);
	return keepfile_name(file, name, error);
}

void
keepfile_clear(struct keepfile *file)
{
	if (file->temporary[0] != '\0')
		unlinkat(file->directory, file->temporary, 0);
	file->temporary[0] = '\0';
	fd_close(&file->fd);
}

bool
keepfile_sync_directory(int directory, const char *path, GError **error)
{
	if (!durable_sync_directory(directory))
		return spool_fail(error, SPOOL_ERROR_IO, "sync directory %s", path);
	return true;
}

static int
open_directory(
    int parent, const char *name, const struct keepfile_access *access, bool sync, GError **error)
{
	bool made = mkdirat(parent, name, 0700) == 0;

	if (!made && errno != EEXIST) {
		spool_fail(error, SPOOL_ERROR_IO, "make directory %s", name);
		return -1;
	}
	autofd fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		spool_fail(error, SPOOL_ERROR_IO, "open directory %s", name);
		return -1;
	}
	if (made && (!keepfile_set_access(fd, access->directory_mode, access, error) ||
			(sync && !keepfile_sync_directory(parent, name, error))))
		return -1;
	return fd_steal(&fd);
}

int
keepfile_make_directory(
    int parent, const char *name, const struct keepfile_access *access, GError **error)
{
	return open_directory(parent, name, access, false, error);
}

int
keepfile_open_directory(
    int parent, const char *name, const struct keepfile_access *access, GError **error)
{
	return open_directory(parent, name, access, true, error);
}

static int
open_canonical(const char *path, const struct keepfile_access *access, GError **error)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	g_autofree char *above = g_path_get_dirname(path);
	if (errno != ENOENT || strcmp(above, path) == 0) {
		spool_fail(error, SPOOL_ERROR_IO, "open directory %s", path);
		return -1;
	}
	g_autofree char *name = g_path_get_basename(path);
	autofd parent = open_canonical(above, access, error);

	return parent < 0 ? -1 : keepfile_open_directory(parent, name, access, error);
}

int
keepfile_open_path(const char *path, const struct keepfile_access *access, GError **error)
{
	g_autofree char *canonical = g_canonicalize_filename(path, "/");

	return open_canonical(canonical, access, error);
}
