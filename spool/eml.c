/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header is copied once, because its lines may have to lose their CRs; the body stays where it is.
 * Addresses are picked out of the header with the few rules that tell an address from what stands
 * around it: this is a convenience for people at a terminal, and whoever wants to be sure names them.
 */
#include "spool/eml.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "spool/error.h"
#include "spool/fd.h"

#define RECIPIENTS_MAX 1000

struct eml {
	char *files[2]; /* its name, NULL */
	GString *header;
};

static const struct spool_format eml_format;

/* Copies the header with LF line ends; returns where the body begins. `crlf` says how its last line ended. */
static size_t
take_header(GString *header, const char *text, size_t length, bool *crlf)
{
	size_t at = 0;

	if (length >= 5 && memcmp(text, "From ", 5) == 0) {
		const char *end = memchr(text, '\n', length);

		at = end != NULL ? (size_t)(end - text) + 1 : length;
	}
	while (at < length) {
		const char *line = text + at, *end = memchr(line, '\n', length - at);
		size_t size = end != NULL ? (size_t)(end - line) : length - at;

		at += end != NULL ? size + 1 : size;
		*crlf = end != NULL && size > 0 && line[size - 1] == '\r';
		size -= *crlf ? 1 : 0;
		if (size == 0)
			break;
		g_string_append_len(header, line, (gssize)size);
		g_string_append_c(header, '\n');
	}
	return at;
}

/* Fields begin at lines that don't begin with a blank. */
static void
split_fields(struct header_list *headers, const GString *header)
{
	const char *text = header->str, *end = text + header->len;

	while (text < end) {
		const char *next = text;

		do
			next = (const char *)memchr(next, '\n', (size_t)(end - next)) + 1;
		while (next < end && (*next == ' ' || *next == '\t'));
		header_list_read(headers, text, (size_t)(next - text), ' ', false);
		text = next;
	}
}

/* Behind a quoted string or comment that begins at `at`; at the end of the text where it is not closed. */
static const char *
skip_quoted(const char *at)
{
	char close = *at == '"' ? '"' : ')';
	unsigned depth = 1;

	for (at++; *at != '\0'; at++) {
		if (*at == '\\' && at[1] != '\0')
			at++;
		else if (*at == close && --depth == 0)
			return at + 1;
		else if (*at == '(' && close == ')')
			depth++;
	}
	return at;
}

static void
take_address(GPtrArray *addresses, GString *plain, GString *angled)
{
	GString *found = angled->len > 0 ? angled : plain;

	g_strstrip(found->str);
	if (strchr(found->str, '@') != NULL && addresses->len < RECIPIENTS_MAX)
		g_ptr_array_add(addresses, g_strdup(found->str));
	g_string_truncate(plain, 0);
	g_string_truncate(angled, 0);
}

/* Addresses in the value of an address field (RFC 5322 section 3.4): what is in <>, else what is neither comment nor phrase. */
static void
find_addresses(GPtrArray *addresses, const char *value)
{
	g_autoptr(GString) plain = g_string_new(NULL);
	g_autoptr(GString) angled = g_string_new(NULL);
	bool inside = false;

	while (*value != '\0') {
		const char *next = value + 1;

		if (*value == '"' || *value == '(')
			next = skip_quoted(value);
		if (*value == '<' || *value == '>')
			inside = *value == '<';
		else if (!inside && (*value == ',' || *value == ';'))
			take_address(addresses, plain, angled);
		else if (!inside && *value == ':')
			g_string_truncate(plain, 0); /* that was the name of a group */
		else if (*value != '(')
			g_string_append_len(inside ? angled : plain, value, next - value);
		value = next;
	}
	take_address(addresses, plain, angled);
}

static void
find_in(const struct header_list *headers, const char *name, GPtrArray *addresses)
{
	g_autofree char *value = header_list_value(headers, name);

	if (value != NULL)
		find_addresses(addresses, value);
}

static struct envelope *
make_envelope(const struct header_list *headers, const char *sender, const char *const *recipients,
    const char *client_ip)
{
	struct envelope *envelope = envelope_new();
	g_autoptr(GPtrArray) from = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) to = g_ptr_array_new_with_free_func(g_free);

	if (sender == NULL) {
		find_in(headers, "Return-Path", from);
		find_in(headers, "From", from);
		sender = from->len > 0 ? g_ptr_array_index(from, 0) : "";
	}
	g_free(envelope->sender);
	envelope->sender = g_strdup(sender);
	if (client_ip != NULL) {
		g_free(envelope->client_ip);
		envelope->client_ip = g_strdup(client_ip);
	}
	if (recipients == NULL) {
		find_in(headers, "To", to);
		find_in(headers, "Cc", to);
		g_ptr_array_add(to, NULL);
		recipients = (const char *const *)to->pdata;
	}
	for (; *recipients != NULL; recipients++)
		envelope_add_recipient(envelope, *recipients, NULL);
	return envelope;
}

static int
open_file(
    const struct spool_place *place, const char *name, int flags, struct stat *st, GError **error)
{
	int fd = openat(place->fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);

	if (fd < 0 || fstat(fd, st) != 0) {
		enum spool_error code = errno == ENOENT	 ? SPOOL_ERROR_GONE
					: errno == ELOOP ? SPOOL_ERROR_CORRUPT
							 : SPOOL_ERROR_IO;

		spool_fail(error, code, "open %s/%s", place->path, name);
		fd_close(&fd);
	} else if (!S_ISREG(st->st_mode)) {
		errno = 0;
		spool_fail(error, SPOOL_ERROR_CORRUPT, "%s/%s is no plain file", place->path, name);
		fd_close(&fd);
	}
	return fd;
}

/* Reads header and line ends into the entry, whose descriptor is set. */
static bool
read_file(struct spool_entry *entry, const char *path, GError **error)
{
	struct eml *eml = entry->own;
	g_autoptr(GError) failure = NULL;
	g_autoptr(GMappedFile) map = g_mapped_file_new_from_fd(entry->body_fd, FALSE, &failure);

	if (map == NULL) {
		errno = 0;
		return spool_fail(error, SPOOL_ERROR_IO, "read %s: %s", path, failure->message);
	}
	size_t length = g_mapped_file_get_length(map);
	size_t body =
	    take_header(eml->header, g_mapped_file_get_contents(map), length, &entry->body_crlf);

	entry->size = length;
	entry->body_offset = (off_t)body;
	entry->body_size = length - body;
	split_fields(entry->headers, eml->header);
	return true;
}

/* Takes the descriptor. */
static struct spool_entry *
new_entry(struct spool_place *place, const char *name, int fd)
{
	struct spool_entry *entry = g_new0(struct spool_entry, 1);
	struct eml *eml = g_new0(struct eml, 1);

	eml->files[0] = g_strdup(name);
	eml->header = g_string_new(NULL);
	entry->format = &eml_format;
	entry->place = spool_place_ref(place);
	entry->id = g_strdup(name);
	entry->own = eml;
	entry->body_fd = fd;
	entry->headers = header_list_new();
	return entry;
}

static struct spool_entry *
open_entry(struct spool_place *place, const char *name, int flags, const char *sender,
    const char *const *recipients, const char *client_ip, GError **error)
{
	struct stat st;
	int fd = open_file(place, name, flags, &st, error);
	struct spool_entry *entry = fd >= 0 ? new_entry(place, name, fd) : NULL;

	if (entry == NULL)
		return NULL;
	g_autofree char *path = g_build_filename(place->path, name, NULL);
	if (!read_file(entry, path, error)) {
		spool_entry_free(entry);
		return NULL;
	}
	entry->envelope = make_envelope(entry->headers, sender, recipients, client_ip);
	entry->envelope->received = st.st_mtime;
	return entry;
}

struct spool_entry *
eml_open_at(struct spool_place *place, const char *name, const char *sender,
    const char *const *recipients, const char *client_ip, GError **error)
{
	return open_entry(place, name, O_NOFOLLOW, sender, recipients, client_ip, error);
}

struct spool_entry *
eml_open(const char *path, const char *sender, const char *const *recipients, const char *client_ip,
    GError **error)
{
	g_autofree char *directory = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	struct spool_place *place = spool_place_open(directory, error);

	if (place == NULL)
		return NULL;
	struct spool_entry *entry =
	    open_entry(place, name, 0, sender, recipients, client_ip, error);

	spool_place_unref(place);
	return entry;
}

static bool
identify(const char *name, struct spool_name *what)
{
	(void)name;
	(void)what;
	return false;
}

static struct spool_entry *
claim(struct spool_place *place, const char *id, GError **error)
{
	g_autofree char *path = g_build_filename(place->path, id, NULL);

	return eml_open(path, NULL, NULL, NULL, error);
}

static bool
read_entry(struct spool_entry *entry, GError **error)
{
	(void)entry;
	(void)error;
	return true;
}

static bool
deliver(struct spool_entry *entry, struct spool_delivery *delivery, struct handoff *handoff,
    GError **error)
{
	(void)delivery;
	(void)handoff;
	errno = 0;
	return spool_fail(
	    error, SPOOL_ERROR_HELD, "%s lies in no queue and can't be delivered", entry->id);
}

static void
drop(struct spool_entry *entry, struct handoff *handoff)
{
	(void)entry;
	(void)handoff;
}

static const char *const *
files(const struct spool_entry *entry)
{
	const struct eml *eml = entry->own;

	return (const char *const *)eml->files;
}

static const char *
lock_file(const struct spool_entry *entry)
{
	return entry->id;
}

static void
release(struct spool_entry *entry)
{
	struct eml *eml = entry->own;

	fd_close(&entry->body_fd);
	g_free(eml->files[0]);
	g_string_free(eml->header, TRUE);
	g_free(eml);
}

static const struct spool_format eml_format = {
	.name = "eml",
	.identify = identify,
	.claim = claim,
	.read = read_entry,
	.deliver = deliver,
	.drop = drop,
	.files = files,
	.lock_file = lock_file,
	.release = release,
};
