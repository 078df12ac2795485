/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The message streams through: bodies may be larger than memory. What a crash leaves is a message cut
 * short at the end of the file; the next append begins on a line of its own whatever stands there.
 */
#include "core/act/mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/act/keep.h"
#include "core/act/submit.h"
#include "spool/error.h"
#include "spool/fd.h"

/* Between two tries to lock. */
#define LOCK_PAUSE_MICROSECONDS 20000

static const char from_line[] = "From ";
#define FROM_LENGTH (sizeof from_line - 1)

struct writer {
	const char *name;
	int fd;
	bool at_start;	/* only '>'s stand on this line so far */
	size_t matched; /* bytes of from_line seen after them, not written yet */
	char last;
};

static bool
write_all(struct writer *writer, const char *bytes, size_t length, GError **error)
{
	if (length > 0)
		writer->last = bytes[length - 1];
	while (length > 0) {
		ssize_t n = write(writer->fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return spool_fail(error, SPOOL_ERROR_IO, "write %s", writer->name);
		bytes += n;
		length -= (size_t)n;
	}
	return true;
}

/* One byte of the message's text into `out`, with what was held back before it. */
static void
escape_byte(struct writer *writer, char c, GString *out)
{
	if (writer->at_start && c == from_line[writer->matched]) {
		if (++writer->matched < FROM_LENGTH)
			return;
		g_string_append_printf(out, ">%s", from_line);
		writer->matched = 0;
		writer->at_start = false;
		return;
	}
	g_string_append_len(out, from_line, (gssize)writer->matched);
	writer->at_start = c == '\n' || (writer->at_start && writer->matched == 0 && c == '>');
	writer->matched = 0;
	g_string_append_c(out, c);
}

static bool
write_text(const char *bytes, size_t length, void *data, GError **error)
{
	struct writer *writer = data;
	g_autoptr(GString) out = g_string_sized_new(length + length / 8);

	for (size_t i = 0; i < length; i++)
		escape_byte(writer, bytes[i], out);
	return write_all(writer, out->str, out->len, error);
}

static bool
end_text(struct writer *writer, GError **error)
{
	if (!write_all(writer, from_line, writer->matched, error))
		return false;
	writer->matched = 0;
	writer->at_start = true;
	return writer->last == '\n' || write_all(writer, "\n", 1, error);
}

/* "From sender date" and the recipients, with an empty line before them where the last message has none. */
static GString *
first_lines(const struct writer *writer, const struct message *message)
{
	const struct envelope *envelope = message->entry->envelope;
	const GPtrArray *recipients = message_recipients(message);
	GString *lines = g_string_new(NULL);
	g_autofree char *sender =
	    *envelope->sender == '\0' ? g_strdup("MAILER-DAEMON") : g_strdup(envelope->sender);
	time_t now = time(NULL);
	char date[32];
	char ends[2];
	off_t size = lseek(writer->fd, 0, SEEK_END);

	if (size > 1 && pread(writer->fd, ends, 2, size - 2) == 2 && memcmp(ends, "\n\n", 2) != 0)
		g_string_append(lines, ends[1] == '\n' ? "\n" : "\n\n");
	for (char *c = sender; *c != '\0'; c++) {
		if (*c == ' ' || g_ascii_iscntrl(*c))
			*c = '_';
	}
	ctime_r(&now, date);
	/* The day of the month with a zero, as MailScanner writes it. */
	if (date[8] == ' ')
		date[8] = '0';
	g_string_append_printf(lines, "%s%s %s", from_line, sender, date);
	for (unsigned i = 0; i < recipients->len; i++) {
		const struct recipient *recipient = g_ptr_array_index(recipients, i);
		g_autofree char *address = submit_header_value(recipient->address);

		g_string_append_printf(lines, "X-MailScanner-Recipient: %s\n", address);
	}
	return lines;
}

static bool
write_message(struct writer *writer, const struct message *message, GError **error)
{
	const struct spool_entry *entry = message->entry;
	g_autoptr(GString) first = first_lines(writer, message);
	g_autoptr(GString) header = keep_header(entry);

	writer->at_start = true;
	return write_all(writer, first->str, first->len, error) &&
	       write_text(header->str, header->len, writer, error) && end_text(writer, error) &&
	       write_all(writer, "\n", 1, error) && keep_body(entry, write_text, writer, error) &&
	       end_text(writer, error) && write_all(writer, "\n", 1, error);
}

static bool
lock(const struct writer *writer, GError **error)
{
	struct flock wanted = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	gint64 limit = g_get_monotonic_time() + MBOX_LOCK_SECONDS * G_TIME_SPAN_SECOND;

	while (fcntl(writer->fd, F_OFD_SETLK, &wanted) != 0) {
		bool busy = errno == EAGAIN || errno == EACCES || errno == EINTR;

		if (!busy || g_get_monotonic_time() > limit)
			return spool_fail(error, SPOOL_ERROR_IO, "lock %s", writer->name);
		g_usleep(LOCK_PAUSE_MICROSECONDS);
	}
	return true;
}

static bool
append(struct writer *writer, const struct message *message, GError **error)
{
	struct stat st;

	if (!lock(writer, error))
		return false;
	if (fstat(writer->fd, &st) != 0)
		return spool_fail(error, SPOOL_ERROR_IO, "look at %s", writer->name);
	if (write_message(writer, message, error)) {
		if (fsync(writer->fd) == 0)
			return true;
		spool_fail(error, SPOOL_ERROR_IO, "sync %s", writer->name);
	}
	/* Should this fail too, a message cut short stays, which mail programs bear. */
	(void)!ftruncate(writer->fd, st.st_size);
	return false;
}

/* Opens, or makes with its name on disk. */
static int
open_mbox(int directory, const char *name, const struct keepfile_access *access, GError **error)
{
	int flags = O_RDWR | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	autofd fd = openat(directory, name, flags | O_CREAT | O_EXCL, 0600);
	struct stat st;

	if (fd >= 0) {
		if (!keepfile_set_access(fd, access->file_mode, access, error) ||
		    !keepfile_sync_directory(directory, name, error))
			return -1;
		return fd_steal(&fd);
	}
	if (errno == EEXIST)
		fd = openat(directory, name, flags);
	if (fd < 0 || fstat(fd, &st) != 0) {
		spool_fail(error, SPOOL_ERROR_IO, "open %s", name);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		errno = 0;
		spool_fail(error, SPOOL_ERROR_IO, "%s is not a plain file", name);
		return -1;
	}
	return fd_steal(&fd);
}

bool
mbox_append(int directory, const char *name, const struct keepfile_access *access,
    const struct message *message, GError **error)
{
	struct writer writer = { .name = name, .at_start = true };
	autofd fd = open_mbox(directory, name, access, error);

	writer.fd = fd;
	return fd >= 0 && append(&writer, message, error);
}
