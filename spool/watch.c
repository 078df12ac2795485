/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directory is watched before it is scanned, so what arrives in between is found twice, not
 * never. A scan costs what reading the directory costs: no file is looked at, and one that goes on
 * for long is done in steps between which events are taken.
 *
 * New sub-directories are asked for (IN_CREATE) only as long as no message was seen in the
 * directory itself: a queue is split or it isn't, and each file that an MTA creates would wake us
 * once more. Should a queue change its ways, the next scan finds out.
 */
#include "spool/watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#include "spool/error.h"
#include "spool/fd.h"

#define ALWAYS (IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define EVENT_BUFFER 65536

struct watched {
	const char *path; /* interned */
	int wd;		  /* -1: not watched */
	bool inner;	  /* a sub-directory that we found by ourselves */
	bool flat;	  /* a message was seen in it */
	unsigned scan;	  /* the last scan that came by */
};

struct watch {
	const struct spool_format *format;
	watch_found found;
	void *data;
	GPtrArray *patterns; /* char * */
	int fd;
	GPtrArray *directories; /* const char *, interned */
	GHashTable *by_path;	/* interned path -> struct watched *, owned */
	GHashTable *by_wd;	/* wd -> struct watched * */
	unsigned scan;		/* number of the scan */
	bool scanning;		/* it isn't at its end */
	GPtrArray *to_scan;	/* struct watched *, borrowed: still to do in this scan */
	DIR *open;		/* the directory that is being scanned */
	struct watched *current;
};

static void
ask_inotify(struct watch *watch, struct watched *watched)
{
	bool may_be_split =
	    watch->format->is_subdirectory != NULL && !watched->inner && !watched->flat;

	if (watch->fd < 0)
		return;
	watched->wd =
	    inotify_add_watch(watch->fd, watched->path, ALWAYS | (may_be_split ? IN_CREATE : 0));
	if (watched->wd >= 0)
		g_hash_table_insert(watch->by_wd, GINT_TO_POINTER(watched->wd), watched);
}

static void
stop_inotify(struct watch *watch, struct watched *watched)
{
	if (watched->wd < 0)
		return;
	g_hash_table_remove(watch->by_wd, GINT_TO_POINTER(watched->wd));
	inotify_rm_watch(watch->fd, watched->wd);
	watched->wd = -1;
}

/* The directory is known, watched, and due in this scan, from here on. */
static struct watched *
watch_directory(struct watch *watch, const char *path, bool inner)
{
	const char *name = g_intern_string(path);
	struct watched *watched = g_hash_table_lookup(watch->by_path, name);

	if (watched == NULL) {
		watched = g_new0(struct watched, 1);
		watched->path = name;
		watched->wd = -1;
		watched->inner = inner;
		g_hash_table_insert(watch->by_path, (char *)name, watched);
		g_ptr_array_add(watch->directories, (char *)name);
	}
	if (watched->wd < 0)
		ask_inotify(watch, watched);
	if (watched->scan != watch->scan)
		g_ptr_array_add(watch->to_scan, watched);
	watched->scan = watch->scan;
	return watched;
}

/* Forgets a directory, unless the scan is in it: then it is the scan's to come to its end. */
static void
forget(struct watch *watch, struct watched *watched)
{
	stop_inotify(watch, watched);
	if (watch->current == watched)
		return;
	g_ptr_array_remove(watch->to_scan, watched);
	g_ptr_array_remove(watch->directories, (char *)watched->path);
	g_hash_table_remove(watch->by_path, watched->path);
}

static void
report(struct watch *watch, struct watched *watched, const struct spool_name *name)
{
	if (name->control && !watched->flat) {
		watched->flat = true;
		if (watched->wd >= 0 && !watched->inner)
			ask_inotify(watch, watched);
	}
	watch->found(watched->path, name, watch->data);
}

static bool
is_directory(DIR *directory, const struct dirent *item)
{
	struct stat st;

	if (item->d_type != DT_UNKNOWN)
		return item->d_type == DT_DIR;
	return fstatat(dirfd(directory), item->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode);
}

static bool
may_be_subdirectory(const struct watch *watch, const struct watched *watched, const char *name)
{
	return !watched->inner && watch->format->is_subdirectory != NULL &&
	       watch->format->is_subdirectory(name);
}

static void
enter(struct watch *watch, const struct watched *above, const char *name)
{
	g_autofree char *path = g_build_filename(above->path, name, NULL);

	watch_directory(watch, path, true);
}

static void
look_at(struct watch *watch, struct watched *watched, const struct dirent *item)
{
	struct spool_name name;

	if (watch->format->identify(item->d_name, &name)) {
		if (name.control)
			report(watch, watched, &name);
	} else if (may_be_subdirectory(watch, watched, item->d_name) &&
		   is_directory(watch->open, item)) {
		enter(watch, watched, item->d_name);
	}
}

static void
close_directory(struct watch *watch)
{
	if (watch->open != NULL)
		closedir(watch->open);
	watch->open = NULL;
	watch->current = NULL;
}

/* Opens the next directory that is due. One that can't be opened is forgotten: it may be back at
 * the next scan. False when none is left. */
static bool
open_next(struct watch *watch)
{
	while (watch->to_scan->len > 0) {
		struct watched *next = g_ptr_array_steal_index(watch->to_scan, 0);

		watch->open = opendir(next->path);
		watch->current = watch->open != NULL ? next : NULL;
		if (watch->open != NULL)
			return true;
		forget(watch, next);
	}
	return false;
}

/* What this scan didn't come by is no queue directory any more. */
static void
forget_others(struct watch *watch)
{
	for (guint i = watch->directories->len; i-- > 0;) {
		struct watched *watched =
		    g_hash_table_lookup(watch->by_path, watch->directories->pdata[i]);

		if (watched->scan != watch->scan)
			forget(watch, watched);
	}
}

bool
watch_scan_step(struct watch *watch, unsigned names)
{
	while (names > 0) {
		if (watch->open == NULL && !open_next(watch)) {
			forget_others(watch);
			watch->scanning = false;
			return false;
		}

		const struct dirent *item = readdir(watch->open);

		if (item == NULL) {
			close_directory(watch);
		} else {
			look_at(watch, watch->current, item);
			names--;
		}
	}
	return true;
}

static void
expand(struct watch *watch, const char *pattern)
{
	glob_t matches = { 0 };

	if (strpbrk(pattern, "*?") == NULL) {
		watch_directory(watch, pattern, false);
		return;
	}
	if (glob(pattern, GLOB_ONLYDIR, NULL, &matches) == 0) {
		for (size_t i = 0; i < matches.gl_pathc; i++) {
			if (g_file_test(matches.gl_pathv[i], G_FILE_TEST_IS_DIR))
				watch_directory(watch, matches.gl_pathv[i], false);
		}
	}
	globfree(&matches);
}

void
watch_scan_start(struct watch *watch)
{
	close_directory(watch);
	g_ptr_array_set_size(watch->to_scan, 0);
	watch->scan++;
	watch->scanning = true;
	for (guint i = 0; i < watch->patterns->len; i++)
		expand(watch, watch->patterns->pdata[i]);
}

static bool
take_event(struct watch *watch, const struct inotify_event *event)
{
	struct watched *watched = g_hash_table_lookup(watch->by_wd, GINT_TO_POINTER(event->wd));
	struct spool_name name;

	if ((event->mask & IN_Q_OVERFLOW) != 0)
		return false;
	if (watched == NULL)
		return true;
	if ((event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) != 0) {
		forget(watch, watched);
		return false;
	}
	if (event->len == 0)
		return true;
	if ((event->mask & IN_ISDIR) != 0) {
		if (may_be_subdirectory(watch, watched, event->name))
			enter(watch, watched, event->name);
	} else if ((event->mask & (IN_MOVED_TO | IN_CLOSE_WRITE)) != 0 &&
		   watch->format->identify(event->name, &name)) {
		report(watch, watched, &name);
	}
	return true;
}

/* Sub-directories that an event told of may hold messages from before they were watched. A scan
 * that is under way comes to them; else they are scanned at once. */
static void
scan_new(struct watch *watch)
{
	if (!watch->scanning && watch->to_scan->len > 0)
		watch_scan_step(watch, G_MAXUINT);
}

bool
watch_read(struct watch *watch)
{
	_Alignas(struct inotify_event) char buffer[EVENT_BUFFER];
	bool complete = true;
	ssize_t length;

	while ((length = TEMP_FAILURE_RETRY(read(watch->fd, buffer, sizeof(buffer)))) > 0) {
		const struct inotify_event *event;

		for (ssize_t at = 0; at < length; at += (ssize_t)(sizeof(*event) + event->len)) {
			event = (const struct inotify_event *)(buffer + at);
			complete = take_event(watch, event) && complete;
		}
	}
	scan_new(watch);
	return complete;
}

struct watch *
watch_new(const struct spool_format *format, enum watch_means means, GPtrArray *patterns,
    watch_found found, void *data, GError **error)
{
	struct watch *watch = g_new0(struct watch, 1);

	watch->format = format;
	watch->found = found;
	watch->data = data;
	watch->patterns = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < patterns->len; i++) {
		char *pattern = g_strdup(patterns->pdata[i]);
		size_t length = strlen(pattern);

		while (length > 1 && pattern[length - 1] == '/')
			pattern[--length] = '\0';
		g_ptr_array_add(watch->patterns, pattern);
	}
	watch->directories = g_ptr_array_new();
	watch->by_path = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
	watch->by_wd = g_hash_table_new(g_direct_hash, g_direct_equal);
	watch->to_scan = g_ptr_array_new();
	watch->fd = means == WATCH_ARRIVALS ? inotify_init1(IN_NONBLOCK | IN_CLOEXEC) : -1;
	if (means == WATCH_ARRIVALS && watch->fd < 0)
		spool_fail(error, SPOOL_ERROR_IO, "watch the queue directories (inotify)");
	return watch;
}

void
watch_free(struct watch *watch)
{
	if (watch == NULL)
		return;
	close_directory(watch);
	fd_close(&watch->fd);
	g_ptr_array_unref(watch->patterns);
	g_ptr_array_unref(watch->directories);
	g_ptr_array_unref(watch->to_scan);
	g_hash_table_unref(watch->by_wd);
	g_hash_table_unref(watch->by_path);
	g_free(watch);
}

int
watch_fd(const struct watch *watch)
{
	return watch->fd;
}

const GPtrArray *
watch_directories(const struct watch *watch)
{
	return watch->directories;
}
