/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function, whose author may be anybody whom the administrator lets write one, names the file; so a file is written only where
 * nothing else can be harmed: the path is walked step by step, no step may be a link, and the finished file is renamed over what it
 * replaces.
 */
#include "core/plugin/dump.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log/log.h"
#include "core/plugin/facts.h"
#include "spool/error.h"
#include "spool/fd.h"

#define ENDING ".json"

static const char *const members[] = { "envelope", "queue", "header", "facts", "findings", "fate",
	"changes" };

json_t *
dump_object(struct subject *subject)
{
	const struct message *message = subject != NULL ? subject_handle(subject) : NULL;
	json_t *object = json_pack("{s:i}", "schema", DUMP_SCHEMA);

	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		json_t *value = message != NULL ? facts_value(message, members[i]) : NULL;

		json_object_set_new(object, members[i], value != NULL ? value : json_null());
	}
	if (message == NULL && subject != NULL)
		json_object_set_new(object, "envelope", facts_envelope(subject));
	return object;
}

/* The directory of an absolute path; -1 on failure. */
static int
open_directory(const char *path, GError **error)
{
	g_autofree char *directory = g_path_get_dirname(path);
	g_auto(GStrv) steps = g_strsplit(directory, "/", -1);
	autofd fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (char **step = steps; fd >= 0 && *step != NULL; step++) {
		if (**step == '\0')
			continue;
		int next = openat(fd, *step, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (next < 0 && errno == ENOTDIR) {
			errno = 0;
			spool_fail(error, SPOOL_ERROR_EXISTS, "%s: %s is a link or no directory",
			    path, *step);
			return -1;
		}
		fd_close(&fd);
		fd = next;
	}
	if (fd < 0)
		spool_fail(error, SPOOL_ERROR_IO, "open %s", directory);
	return fd_steal(&fd);
}

/* Is nothing there, or a file that may be replaced? */
static bool
may_take(int directory, const char *name, const char *path, GError **error)
{
	struct stat st;

	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? true
				       : spool_fail(error, SPOOL_ERROR_IO, "look at %s", path);
	if (S_ISREG(st.st_mode) && st.st_uid == geteuid())
		return true;
	errno = 0;
	return spool_fail(
	    error, SPOOL_ERROR_EXISTS, "%s is there already, and is no file of ours", path);
}

static bool
write_text(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, text, length);

		if (n < 0)
			return false;
		text += n;
		length -= (size_t)n;
	}
	return true;
}

static bool
put(int directory, const char *name, const char *path, const char *text, GError **error)
{
	g_autofree char *temporary = g_strdup_printf(".%s.%d", name, (int)getpid());
	autofd fd = openat(
	    directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	/* One of a process with our number that was killed over it. */
	if (fd < 0 && errno == EEXIST && may_take(directory, temporary, path, NULL) &&
	    unlinkat(directory, temporary, 0) == 0)
		fd = openat(directory, temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return spool_fail(error, SPOOL_ERROR_IO, "create %s", path);
	if (write_text(fd, text, strlen(text)) && write_text(fd, "\n", 1) &&
	    renameat(directory, temporary, directory, name) == 0)
		return true;
	spool_fail(error, SPOOL_ERROR_IO, "write %s", path);
	unlinkat(directory, temporary, 0);
	return false;
}

bool
dump_write(const json_t *object, const char *path, GError **error)
{
	g_autofree char *name = g_path_get_basename(path);

	errno = 0;
	if (!g_path_is_absolute(path))
		return spool_fail(error, SPOOL_ERROR_EXISTS, "%s is no absolute path", path);
	if (!g_str_has_suffix(name, ENDING) || strcmp(name, ENDING) == 0)
		return spool_fail(error, SPOOL_ERROR_EXISTS, "%s doesn't end in " ENDING, path);
	autofd directory = open_directory(path, error);
	if (directory < 0 || !may_take(directory, name, path, error))
		return false;
	char *text = json_dumps(object, JSON_INDENT(2));
	bool written = put(directory, name, path, text, error);
	free(text);
	return written;
}

void
dump_log(const json_t *object)
{
	const char *id =
	    json_string_value(json_object_get(json_object_get(object, "envelope"), "id"));

	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		char *text =
		    json_dumps(json_object_get(object, members[i]), JSON_COMPACT | JSON_ENCODE_ANY);

		log_line(LOG_INFO, "message %s: \"%s\": %s", id != NULL ? id : "(none)", members[i],
		    text);
		free(text);
	}
}
