/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This runs for messages that have stopped workers, so nothing here looks at what a message means:
 * header bytes as they are in the list, body bytes as they are in the file.
 */
#include "core/act/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log/log.h"
#include "rules/directives.h"
#include "spool/durable.h"
#include "spool/error.h"
#include "spool/fd.h"

/* How many files of one name there may be: name, name-1 ... */
#define KEEP_SAME_NAME_MAX 1000
/* Bytes read at once. */
#define KEEP_PIECE (64 * 1024)

static uid_t
user_named(const char *name)
{
	const struct passwd *user = *name == '\0' ? NULL : getpwnam(name);

	if (user == NULL && *name != '\0')
		log_line(LOG_WARNING, "Quarantine User: there is no user %s", name);
	return user != NULL ? user->pw_uid : (uid_t)-1;
}

static gid_t
group_named(const char *name)
{
	const struct group *group = *name == '\0' ? NULL : getgrnam(name);

	if (group == NULL && *name != '\0')
		log_line(LOG_WARNING, "Quarantine Group: there is no group %s", name);
	return group != NULL ? group->gr_gid : (gid_t)-1;
}

void
keep_access(struct keepfile_access *access)
{
	mode_t mode = (mode_t)strtoul(quarantine_permissions_for(NULL), NULL, 8) & 0777;

	access->file_mode = mode;
	/* Whoever may read or write the files may enter the directories. */
	access->directory_mode = mode | ((mode | mode >> 1 | mode >> 2) & 0111);
	access->owner = user_named(quarantine_user_for(NULL));
	access->group = group_named(quarantine_group_for(NULL));
}

char *
keep_day(void)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_local();

	return g_date_time_format(now, "%Y%m%d");
}

char *
keep_part(const char *text)
{
	GString *part = g_string_new(NULL);

	for (const char *c = text; *c != '\0' && part->len < KEEP_PART_MAX; c++) {
		bool unsafe = *c == '/' || g_ascii_iscntrl(*c) || (*c == '.' && part->len == 0);

		g_string_append_c(part, unsafe ? '_' : *c);
	}
	if (part->len == 0)
		g_string_append_c(part, '_');
	return g_string_free(part, FALSE);
}

/* Reads up to `size` bytes, less only at the end of the file; -1 on failure. */
static ssize_t
read_piece(int fd, char *piece, size_t size, off_t offset)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = pread(fd, piece + got, size - got, offset + (off_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

static bool
same_content(int one, int other)
{
	g_autofree char *pieces = g_malloc(2 * (size_t)KEEP_PIECE);
	struct stat st;

	if (fstat(other, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	for (off_t offset = 0;; offset += KEEP_PIECE) {
		ssize_t n = read_piece(one, pieces, KEEP_PIECE, offset);

		if (n < 0 || n != read_piece(other, pieces + KEEP_PIECE, KEEP_PIECE, offset) ||
		    memcmp(pieces, pieces + KEEP_PIECE, (size_t)n) != 0)
			return false;
		if (n < KEEP_PIECE)
			return true;
	}
}

/* Is a file of that name there, with the same content, on disk? */
static bool
is_kept_already(const struct keepfile *file, const char *name)
{
	autofd there =
	    openat(file->directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	autofd mine = openat(file->directory, file->temporary, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return mine >= 0 && there >= 0 && same_content(mine, there) && fsync(there) == 0;
}

bool
keep_name(struct keepfile *file, const char *name, GError **error)
{
	g_autoptr(GError) taken = NULL;

	for (unsigned n = 0; n < KEEP_SAME_NAME_MAX; n++) {
		g_autofree char *numbered =
		    n == 0 ? g_strdup(name) : g_strdup_printf("%s-%u", name, n);

		g_clear_error(&taken);
		if (keepfile_name(file, numbered, &taken))
			return true;
		if (!g_error_matches(taken, SPOOL_ERROR, SPOOL_ERROR_EXISTS))
			break;
		if (is_kept_already(file, numbered))
			return true;
	}
	g_set_error_literal(error, SPOOL_ERROR, SPOOL_ERROR_IO, taken->message);
	return false;
}

bool
keep_publish(struct keepfile *file, const char *name, GError **error)
{
	if (!durable_sync(file->fd))
		return spool_fail(error, SPOOL_ERROR_IO, "sync %s", name);
	return keep_name(file, name, error);
}

GString *
keep_header(const struct spool_entry *entry)
{
	GString *header = g_string_new(NULL);

	for (size_t i = 0; i < header_list_count(entry->headers); i++) {
		const struct header_field *field = header_list_at(entry->headers, i);

		if (!field->deleted && !field->added)
			g_string_append_len(header, field->text, (gssize)field->length);
	}
	return header;
}

/* Takes the CRs that stand before LFs out of piece[0..n), in place. Returns what is left. */
static size_t
drop_line_end_cr(char *piece, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		if (piece[i] != '\r' || i + 1 == n || piece[i + 1] != '\n')
			piece[out++] = piece[i];
	}
	return out;
}

static bool
read_body(
    const struct spool_entry *entry, char *piece, size_t size, uint64_t offset, GError **error)
{
	ssize_t n = read_piece(entry->body_fd, piece, size, entry->body_offset + (off_t)offset);

	if (n >= 0)
		errno = 0;
	if (n != (ssize_t)size)
		return spool_fail(error, SPOOL_ERROR_IO, "read the body of %s", entry->id);
	return true;
}

bool
keep_body(const struct spool_entry *entry, keep_take take, void *data, GError **error)
{
	g_autofree char *buffer = g_malloc(KEEP_PIECE + 1);
	size_t held = 0; /* 1: buffer[0] is a CR whose next byte is not known yet */

	for (uint64_t done = 0; done < entry->body_size;) {
		size_t size = MIN(KEEP_PIECE, entry->body_size - done);
		size_t length = held + size;

		if (!read_body(entry, buffer + held, size, done, error))
			return false;
		done += size;
		if (entry->body_crlf)
			length = drop_line_end_cr(buffer, length);
		held = entry->body_crlf && buffer[length - 1] == '\r' ? 1 : 0;
		if (!take(buffer, length - held, data, error))
			return false;
		buffer[0] = '\r';
	}
	return held == 0 || take("\r", 1, data, error);
}
