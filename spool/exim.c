/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exim's queue: "<id>-D" with the body, "<id>-H" with all else, which makes it a message, and
 * sometimes "<id>-J", a journal of deliveries that were interrupted.
 *
 * Exim locks -D for writing (fcntl). We lock it for reading, which keeps every Exim out just as
 * well, because then it need not be open for writing: closing a file that was makes an inotify
 * event, and a message found busy would wake the one who found it, again and again. Against others
 * of us it is -H that is locked for writing. The locks belong to the open files (OFD), not to the
 * process, so closing some other descriptor of the same file can't lose them.
 */
#include "spool/exim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "spool/error.h"
#include "spool/fd.h"
#include "spool/lock.h"

#define OPEN_FLAGS (O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

enum { CONTROL_MAX = 64 * 1024 * 1024, JOURNAL_MAX = 16 * 1024 * 1024 };

static bool
is_there(const struct spool_place *place, const char *name)
{
	struct stat st;

	return fstatat(place->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

/* What it means that a queue file can't be opened. ENOENT is the caller's to judge. */
static bool
fail_open(const struct spool_place *place, const char *name, GError **error)
{
	bool odd = errno == ELOOP || errno == EISDIR || errno == ENXIO;

	return spool_fail(
	    error, odd ? SPOOL_ERROR_CORRUPT : SPOOL_ERROR_IO, "open %s/%s", place->path, name);
}

static bool
fail_gone(const struct spool_place *place, const char *id, GError **error)
{
	errno = 0;
	return spool_fail(error, SPOOL_ERROR_GONE, "%s/%s-H is no longer there", place->path, id);
}

static bool
examine(int fd, struct stat *st, const struct spool_place *place, const char *name, GError **error)
{
	if (fstat(fd, st) != 0)
		return spool_fail(error, SPOOL_ERROR_IO, "examine %s/%s", place->path, name);
	if (S_ISREG(st->st_mode))
		return true;
	errno = 0;
	return spool_fail(
	    error, SPOOL_ERROR_CORRUPT, "%s/%s is not a regular file", place->path, name);
}

static bool
claim_data(struct spool_entry *entry, GError **error)
{
	struct exim_entry *own = entry->own;
	const struct spool_place *place = entry->place;

	own->data_fd = openat(place->fd, own->data_name, O_RDONLY | OPEN_FLAGS);
	if (own->data_fd < 0 && errno == ENOENT) {
		if (!is_there(place, own->header_name))
			return fail_gone(place, entry->id, error);
		errno = 0;
		return spool_fail(error, SPOOL_ERROR_CORRUPT, "%s/%s is missing, its -H is there",
		    place->path, own->data_name);
	}
	if (own->data_fd < 0)
		return fail_open(place, own->data_name, error);

	g_autofree char *path = g_strdup_printf("%s/%s", place->path, own->data_name);

	return lock_share(own->data_fd, path, error) &&
	       examine(own->data_fd, &own->data, place, own->data_name, error);
}

static bool
claim_header(struct spool_entry *entry, GError **error)
{
	struct exim_entry *own = entry->own;
	const struct spool_place *place = entry->place;

	own->header_fd = openat(place->fd, own->header_name, O_RDWR | OPEN_FLAGS);
	if (own->header_fd < 0 && errno == ENOENT)
		return fail_gone(place, entry->id, error);
	if (own->header_fd < 0)
		return fail_open(place, own->header_name, error);

	g_autofree char *path = g_strdup_printf("%s/%s", place->path, own->header_name);

	return lock_take(own->header_fd, path, error) &&
	       examine(own->header_fd, &own->header, place, own->header_name, error);
}

/* The first line of -D is its own name. */
static bool
check_data(struct spool_entry *entry, GError **error)
{
	struct exim_entry *own = entry->own;
	size_t length = strlen(own->data_name);
	char line[EXIM_NAME_MAX + 1];
	ssize_t got = TEMP_FAILURE_RETRY(pread(own->data_fd, line, length + 1, 0));

	if (got < 0)
		return spool_fail(
		    error, SPOOL_ERROR_IO, "read %s/%s", entry->place->path, own->data_name);
	errno = 0;
	if ((size_t)got != length + 1 || memcmp(line, own->data_name, length) != 0 ||
	    line[length] != '\n')
		return spool_fail(error, SPOOL_ERROR_CORRUPT,
		    "%s/%s line 1: expected the file's own name", entry->place->path,
		    own->data_name);
	entry->size = (uint64_t)own->header.st_size + (uint64_t)own->data.st_size;
	entry->body_fd = own->data_fd;
	entry->body_offset = (off_t)length + 1;
	entry->body_size = (uint64_t)own->data.st_size - length - 1;
	return true;
}

static struct spool_entry *
exim_claim(struct spool_place *place, const char *id, GError **error)
{
	size_t length = exim_id_length(id);

	if (length == 0 || id[length] != '\0') {
		errno = 0;
		spool_fail(
		    error, SPOOL_ERROR_CORRUPT, "%s/%s: no Exim message id", place->path, id);
		return NULL;
	}

	struct spool_entry *entry = g_new0(struct spool_entry, 1);
	struct exim_entry *own = g_new0(struct exim_entry, 1);

	entry->format = &spool_exim;
	entry->place = spool_place_ref(place);
	entry->id = g_strdup(id);
	entry->body_fd = -1;
	entry->own = own;
	own->header_fd = own->data_fd = -1;
	g_snprintf(own->header_name, sizeof(own->header_name), "%s-H", id);
	g_snprintf(own->data_name, sizeof(own->data_name), "%s-D", id);
	g_snprintf(own->journal_name, sizeof(own->journal_name), "%s-J", id);
	own->files[0] = own->header_name;
	own->files[1] = own->data_name;
	if (claim_data(entry, error) && claim_header(entry, error) && check_data(entry, error))
		return entry;
	spool_entry_free(entry);
	return NULL;
}

/* Reads `size` bytes from the file's beginning into new memory, closed by a 0. */
static char *
read_file(const struct spool_entry *entry, int fd, const char *name, off_t size, off_t most,
    GError **error)
{
	if (size > most) {
		errno = 0;
		spool_fail(error, SPOOL_ERROR_CORRUPT, "%s/%s: longer than %lld bytes",
		    entry->place->path, name, (long long)most);
		return NULL;
	}

	g_autofree char *text = g_malloc((size_t)size + 1);
	off_t at = 0;
	ssize_t got = 1;

	while (at < size && got > 0) {
		got = TEMP_FAILURE_RETRY(pread(fd, text + at, (size_t)(size - at), at));
		at += MAX(got, 0);
	}
	if (at < size) {
		errno = got == 0 ? 0 : errno;
		spool_fail(error, SPOOL_ERROR_IO, "read %s/%s", entry->place->path, name);
		return NULL;
	}
	text[size] = '\0';
	return g_steal_pointer(&text);
}

/* Reads -J where there is one: `text` stays NULL where there is none. */
static bool
read_journal(struct spool_entry *entry, char **text, size_t *length, GError **error)
{
	struct exim_entry *own = entry->own;
	struct stat st;
	autofd fd = openat(entry->place->fd, own->journal_name, O_RDONLY | OPEN_FLAGS);

	if (fd < 0)
		return errno == ENOENT || fail_open(entry->place, own->journal_name, error);
	if (!examine(fd, &st, entry->place, own->journal_name, error))
		return false;
	*text = read_file(entry, fd, own->journal_name, st.st_size, JOURNAL_MAX, error);
	*length = (size_t)st.st_size;
	return *text != NULL;
}

/* A -J that can't be made out says that somebody has got the message, but not who: it must wait
 * for a person. Trouble of the system may pass. */
static bool
hold_for_journal(GError **error)
{
	if (error != NULL && g_error_matches(*error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT))
		(*error)->code = SPOOL_ERROR_HELD;
	return false;
}

static bool
parse(struct spool_entry *entry, char *text, struct exim_text *journal, GError **error)
{
	struct exim_entry *own = entry->own;
	g_autofree char *file = g_strdup_printf("%s/%s", entry->place->path, own->header_name);
	g_autoptr(GError) why = NULL;

	own->control = exim_control_read(file, entry->id, text, (size_t)own->header.st_size,
	    journal, &entry->envelope, &entry->headers, &why);
	if (own->control == NULL) {
		if (journal != NULL && g_str_has_prefix(why->message, journal->file))
			hold_for_journal(&why);
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	own->has_journal = journal != NULL;
	entry->body_crlf = own->control->wireformat;
	if (!own->control->no_delivery)
		return true;
	errno = 0;
	return spool_fail(error, SPOOL_ERROR_HELD, "%s: no delivery of it is wanted (-N)", file);
}

static bool
exim_read(struct spool_entry *entry, GError **error)
{
	struct exim_entry *own = entry->own;
	g_autofree char *journal = NULL;
	g_autofree char *journal_file =
	    g_strdup_printf("%s/%s", entry->place->path, own->journal_name);
	struct exim_text journal_text = { .file = journal_file };
	g_autoptr(GError) why = NULL;

	if (!read_journal(entry, &journal, &journal_text.length, &why)) {
		hold_for_journal(&why);
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	journal_text.text = journal;

	char *text = read_file(
	    entry, own->header_fd, own->header_name, own->header.st_size, CONTROL_MAX, error);

	return text != NULL && parse(entry, text, journal != NULL ? &journal_text : NULL, error);
}

static const char *const *
exim_files(const struct spool_entry *entry)
{
	const struct exim_entry *own = entry->own;

	return own->files;
}

static const char *
exim_lock_file(const struct spool_entry *entry)
{
	const struct exim_entry *own = entry->own;

	return own->data_name;
}

static const char *
exim_control_text(const struct spool_entry *entry, size_t *length)
{
	const struct exim_entry *own = entry->own;

	*length = own->control != NULL ? own->control->header_start : 0;
	return own->control != NULL ? own->control->text : NULL;
}

static void
exim_release(struct spool_entry *entry)
{
	struct exim_entry *own = entry->own;

	exim_control_free(own->control);
	fd_close(&own->header_fd);
	fd_close(&own->data_fd);
	g_free(own);
}

const struct spool_format spool_exim = {
	.name = "exim",
	.identify = exim_identify,
	.is_subdirectory = exim_is_subdirectory,
	.claim = exim_claim,
	.read = exim_read,
	.deliver = exim_deliver,
	.drop = exim_drop,
	.submit = exim_submit,
	.files = exim_files,
	.lock_file = exim_lock_file,
	.control = exim_control_text,
	.release = exim_release,
};
