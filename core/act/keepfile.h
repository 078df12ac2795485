/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_KEEPFILE_H
#define CORE_ACT_KEEPFILE_H
/*
 * Files that are whole or absent, never partial, and that never take another file's name.
 *
 *	struct keepfile file;
 *	bool done = keepfile_create(&file, directory, &access, error) &&
 *		    keepfile_write(&file, text, length, error) &&
 *		    keepfile_publish(&file, "name", error);
 *	keepfile_clear(&file);
 *	...
 *	keepfile_sync_directory(directory, path, error)
 *
 * All failures are SPOOL_ERROR_IO (may work later) but for the one that keepfile_publish() names.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Mode and owner of what is created, whatever the umask says. */
struct keepfile_access {
	mode_t file_mode;
	mode_t directory_mode;
	uid_t owner; /* (uid_t)-1: as the system gives it */
	gid_t group; /* (gid_t)-1: as the system gives it */
};

struct keepfile {
	int fd;
	int directory;	    /* borrowed */
	char temporary[40]; /* "" when there is no such name any more */
	off_t size;	    /* so far */
};

/* Gives an open file or directory owner and mode. An owner that this process may not give is left out. */
bool keepfile_set_access(int fd, mode_t mode, const struct keepfile_access *access,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * A new file with a temporary name in `directory`. `file` may be cleared whatever the
 * result.
 */
bool keepfile_create(struct keepfile *file, int directory, const struct keepfile_access *access,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool keepfile_write(struct keepfile *file, const void *bytes, size_t length,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All of `source`, from its offset 0 (which is not moved) to its end. */
bool keepfile_copy(struct keepfile *file, int source, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/*
 * Syncs the file and gives it its name. SPOOL_ERROR_EXISTS when that is taken: another name may be
 * tried. The name itself is on disk after keepfile_sync_directory().
 */
bool keepfile_publish(
    struct keepfile *file, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for a file that is on disk already; it may be closed. */
bool keepfile_name(
    struct keepfile *file, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Closes; what was not published is removed. */
void keepfile_clear(struct keepfile *file);

/* `path` is for the error text. */
bool keepfile_sync_directory(
    int directory, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Opens the directory `name` in `parent`, which is made if need be, its name synced. A symbolic
 * link there is refused. -1 on failure.
 */
int keepfile_open_directory(int parent, const char *name, const struct keepfile_access *access,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same, but its name is on disk after keepfile_sync_directory(parent). */
int keepfile_make_directory(int parent, const char *name, const struct keepfile_access *access,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* keepfile_open_directory() for an absolute path with all that is missing above it; links in what exists are followed. */
int keepfile_open_path(const char *path, const struct keepfile_access *access,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
