/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How an Exim message leaves, as file operations:
 *
 *	                      -D                          -H
 *	ordinary              renamed                     patched in place if it differs, renamed
 *	-H has other links    renamed                     written anew there, the old one unlinked
 *	new body, short tail  patched in place, renamed   as above
 *	new body              written anew there,         as above
 *	                      the old one unlinked
 *	other file system     copied there                written anew there
 *	                      ... both originals unlinked when the copies' names are on disk
 *	further part          copied there, new id        written anew there, new id
 *
 * A -D that has other links, or is in wire format, is never patched. A patch begins with a block of the file, so that all that a
 * power cut may tear stands in the journal.
 *
 * -D always comes before -H, whose name makes it a message. What is written anew has a name that
 * Exim ignores until it is renamed. A journal that was merged, and the message's log, go first:
 * neither makes or unmakes a message.
 */
#include "spool/exim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "spool/durable.h"
#include "spool/error.h"
#include "spool/exim_place.h"
#include "spool/exim_write.h"

#define TEMPORARY_CHOICES 1000
#define BLOCK_MIN 4096

/* One call of deliver(). */
struct parcel {
	struct spool_entry *entry;
	struct exim_entry *own;
	struct spool_delivery *delivery;
	struct handoff *handoff;
	struct spool_place *to; /* the directory in which the files will lie */
	bool moves;		/* the files themselves can go there */
	bool patches;		/* a new body is written into the old file */
	char id[EXIM_ID_MAX + 1];
	char header_name[EXIM_NAME_MAX + 1];
	char data_name[EXIM_NAME_MAX + 1];
	char header_temporary[EXIM_NAME_MAX + 5];
	char data_temporary[EXIM_NAME_MAX + 7];
};

static bool
find_place(struct parcel *parcel, GError **error)
{
	parcel->to = exim_place_of(parcel->delivery->to, parcel->delivery->layout, parcel->id,
	    parcel->entry->place, error);
	return parcel->to != NULL;
}

static void
name_files(struct parcel *parcel)
{
	const char *id = parcel->id;

	g_snprintf(parcel->header_name, sizeof(parcel->header_name), "%s-H", id);
	g_snprintf(parcel->data_name, sizeof(parcel->data_name), "%s-D", id);
	g_snprintf(parcel->header_temporary, sizeof(parcel->header_temporary), "%s-T", id);
	g_snprintf(parcel->data_temporary, sizeof(parcel->data_temporary), "%s-D-T", id);
}

/*
 * What a process prepared before it died lies there until it is swept: its names are passed over, for it may still be wanted by
 * a record, and the message need not wait for that.
 */
static bool
choose_temporary_names(struct parcel *parcel, GError **error)
{
	for (unsigned n = 1; n < TEMPORARY_CHOICES; n++) {
		if (exim_place_is_free(parcel->to, parcel->data_temporary) &&
		    exim_place_is_free(parcel->to, parcel->header_temporary))
			return true;
		g_snprintf(parcel->header_temporary, sizeof(parcel->header_temporary), "%s.%u-T",
		    parcel->id, n);
		g_snprintf(parcel->data_temporary, sizeof(parcel->data_temporary), "%s-D.%u-T",
		    parcel->id, n);
	}
	errno = 0;
	return spool_fail(error, SPOOL_ERROR_EXISTS, "%s/%s: no free name found", parcel->to->path,
	    parcel->data_temporary);
}

static bool
choose_own_id(struct parcel *parcel, GError **error)
{
	g_strlcpy(parcel->id, parcel->entry->id, sizeof(parcel->id));
	name_files(parcel);
	if (!find_place(parcel, error))
		return false;
	if (exim_place_is_free(parcel->to, parcel->data_name))
		return true;
	errno = 0;
	return spool_fail(error, SPOOL_ERROR_EXISTS, "%s/%s is there already", parcel->to->path,
	    parcel->data_name);
}

static bool
choose_new_id(struct parcel *parcel, GError **error)
{
	parcel->to = exim_place_for_new(parcel->delivery->to, parcel->delivery->layout,
	    parcel->entry->id, parcel->entry->place, parcel->id, error);
	name_files(parcel);
	return parcel->to != NULL;
}

static bool
measure(void *data, const char *bytes, size_t size, G_GNUC_UNUSED GError **error)
{
	exim_body_measure(data, bytes, size);
	return true;
}

static GBytes *
compose(const struct parcel *parcel, GError **error)
{
	const struct spool_delivery *delivery = parcel->delivery;
	const struct spool_entry *entry = parcel->entry;
	bool own_id = strcmp(parcel->id, entry->id) == 0;
	struct exim_body body = { 0 };
	struct exim_change change = {
		.id = own_id ? NULL : parcel->id,
		.recipients = delivery->recipients != NULL ? delivery->recipients
							   : entry->envelope->recipients,
		.added = delivery->added,
		.headers = delivery->untouched ? NULL : entry->headers,
		.keep_deleted = delivery->keep_deleted_headers,
	};

	if (delivery->new_body != NULL) {
		if (!delivery->new_body(delivery->body, measure, &body, error))
			return NULL;
		exim_body_measured(&body);
		change.body = &body;
	}
	return exim_control_write(parcel->own->control, &change, error);
}

/* Writes a file under its temporary name, and plans to give it its own. */
static bool
write_anew(struct parcel *parcel, const char *temporary, const char *name, GBytes *content,
    handoff_fill fill, GError **error)
{
	const struct stat *like = &parcel->own->header;

	if (!handoff_prepare_file(parcel->handoff, parcel->to, temporary, EXIM_FILE_MODE,
		like->st_uid, like->st_gid, content, fill, parcel, error))
		return false;
	handoff_rename(parcel->handoff, parcel->to, temporary, parcel->to, name, 0);
	return true;
}

static bool
can_patch(const struct parcel *parcel)
{
	return parcel->moves && parcel->delivery->new_body != NULL &&
	       parcel->delivery->new_tail != NULL && parcel->own->data.st_nlink == 1 &&
	       !parcel->entry->body_crlf && parcel->delivery->same <= parcel->entry->body_size;
}

/* From the start of the block in which the first change lies. */
static bool
patch_data(struct parcel *parcel, GError **error)
{
	const struct exim_entry *own = parcel->own;
	off_t change = parcel->entry->body_offset + (off_t)parcel->delivery->same;
	off_t block = MAX(own->data.st_blksize, BLOCK_MIN);
	off_t start = change / block * block;
	size_t kept = (size_t)(change - start), size;
	const void *tail = g_bytes_get_data(parcel->delivery->new_tail, &size);
	g_autofree char *bytes = g_malloc(kept + size + 1);
	ssize_t got = TEMP_FAILURE_RETRY(pread(own->data_fd, bytes, kept, start));

	if (got != (ssize_t)kept)
		return spool_fail(error, SPOOL_ERROR_IO, "read %s/%s", parcel->entry->place->path,
		    own->data_name);
	if (size > 0)
		memcpy(bytes + kept, tail, size);
	g_autoptr(GBytes) content = g_bytes_new(bytes, kept + size);
	handoff_patch_tail(parcel->handoff, parcel->entry->place, own->data_name, own->data.st_ino,
	    start, content);
	return true;
}

static bool
copy_old(void *data, int fd, off_t at, GError **error)
{
	const struct parcel *parcel = data;

	return durable_copy(parcel->own->data_fd, parcel->entry->body_offset, fd, at) ||
	       spool_fail(error, SPOOL_ERROR_IO, "copy %s", parcel->own->data_name);
}

struct writer {
	int fd;
	off_t at;
};

static bool
write_piece(void *data, const char *bytes, size_t size, GError **error)
{
	struct writer *writer = data;

	if (!durable_write(writer->fd, bytes, size, writer->at))
		return spool_fail(error, SPOOL_ERROR_IO, "write a new body");
	writer->at += (off_t)size;
	return true;
}

static bool
write_new(void *data, int fd, off_t at, GError **error)
{
	const struct parcel *parcel = data;
	struct writer writer = { fd, at };

	return parcel->delivery->new_body(parcel->delivery->body, write_piece, &writer, error);
}

static bool
send_data(struct parcel *parcel, GError **error)
{
	const struct exim_entry *own = parcel->own;
	bool other = parcel->delivery->new_body != NULL;

	if (parcel->patches && !patch_data(parcel, error))
		return false;
	if (parcel->moves && (!other || parcel->patches)) {
		handoff_rename(parcel->handoff, parcel->entry->place, own->data_name, parcel->to,
		    parcel->data_name, own->data.st_ino);
		return true;
	}

	g_autofree char *line = g_strdup_printf("%s\n", parcel->data_name);
	g_autoptr(GBytes) first = g_bytes_new(line, strlen(line));

	return write_anew(parcel, parcel->data_temporary, parcel->data_name, first,
	    other ? write_new : copy_old, error);
}

static bool
header_moves(const struct parcel *parcel)
{
	return parcel->moves && parcel->own->header.st_nlink == 1;
}

static bool
send_header(struct parcel *parcel, GBytes *content, GError **error)
{
	const struct exim_entry *own = parcel->own;
	const struct exim_control *control = own->control;
	struct spool_place *place = parcel->entry->place;
	size_t length;
	const char *text = g_bytes_get_data(content, &length);

	if (!header_moves(parcel))
		return write_anew(
		    parcel, parcel->header_temporary, parcel->header_name, content, NULL, error);
	if (length != control->length || memcmp(text, control->text, length) != 0)
		handoff_patch(parcel->handoff, place, own->header_name, own->header_fd,
		    own->header.st_ino, content);
	handoff_rename(parcel->handoff, place, own->header_name, parcel->to, parcel->header_name,
	    own->header.st_ino);
	return true;
}

/* <spool>/msglog/<id> lies beside <spool>/input, and is split as that is. */
static char *
message_log(const struct spool_entry *entry)
{
	g_autofree char *last = g_path_get_basename(entry->place->path);
	char name[2];

	exim_subdirectory(entry->id, name);
	if (strcmp(last, name) == 0)
		return g_strdup_printf("../../msglog/%s/%s", name, entry->id);
	return g_strdup_printf("../msglog/%s", entry->id);
}

static void
remove_extras(struct spool_entry *entry, struct handoff *handoff)
{
	const struct exim_entry *own = entry->own;
	g_autofree char *log = message_log(entry);

	handoff_unlink(handoff, entry->place, log, 0);
	if (own->has_journal || own->control == NULL)
		handoff_unlink(handoff, entry->place, own->journal_name, 0);
}

/* What was not moved but written anew leaves its original behind. */
static void
remove_originals(struct parcel *parcel)
{
	const struct exim_entry *own = parcel->own;
	struct spool_place *place = parcel->entry->place;

	if (!spool_place_same_file_system(place, parcel->to)) {
		handoff_unlink_after(parcel->handoff, place, own->header_name, own->header.st_ino);
		handoff_unlink_after(parcel->handoff, place, own->data_name, own->data.st_ino);
		return;
	}
	if (!header_moves(parcel))
		handoff_unlink(parcel->handoff, place, own->header_name, own->header.st_ino);
	if (parcel->delivery->new_body != NULL && !parcel->patches)
		handoff_unlink(parcel->handoff, place, own->data_name, own->data.st_ino);
}

static bool
writes_anew(const struct parcel *parcel)
{
	return !header_moves(parcel) || (parcel->delivery->new_body != NULL && !parcel->patches);
}

bool
exim_deliver(struct spool_entry *entry, struct spool_delivery *delivery, struct handoff *handoff,
    GError **error)
{
	struct parcel parcel = {
		.entry = entry, .own = entry->own, .delivery = delivery, .handoff = handoff
	};
	bool first = entry->delivered == 0;

	if (!(first ? choose_own_id(&parcel, error) : choose_new_id(&parcel, error)))
		return false;
	parcel.moves = first && spool_place_same_file_system(entry->place, parcel.to);
	parcel.patches = delivery->patched = can_patch(&parcel);
	if (first && writes_anew(&parcel) && !choose_temporary_names(&parcel, error))
		return false;

	g_autoptr(GBytes) content = compose(&parcel, error);

	if (content == NULL)
		return false;
	if (first)
		remove_extras(entry, handoff);
	if (!send_data(&parcel, error) || !send_header(&parcel, content, error))
		return false;
	if (first)
		remove_originals(&parcel);
	entry->delivered++;
	g_strlcpy(delivery->new_id, parcel.id, sizeof(delivery->new_id));
	return true;
}

void
exim_drop(struct spool_entry *entry, struct handoff *handoff)
{
	const struct exim_entry *own = entry->own;

	handoff_unlink(handoff, entry->place, own->header_name, own->header.st_ino);
	handoff_unlink(handoff, entry->place, own->data_name, own->data.st_ino);
	remove_extras(entry, handoff);
}
