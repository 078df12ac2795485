/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole message is stored without any parsing, only bytes from the queue entry to files, since messages that have stopped
 * workers are kept so. Parts come from the reader, by way
 * of memory: their bytes never touch the disk but in the file that keeps them.
 */
#include "core/act/quarantine.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/act/contents.h"
#include "core/act/copies.h"
#include "core/act/keep.h"
#include "core/act/verdict.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "core/message/subject_line.h"
#include "rules/directives.h"
#include "spool/fd.h"

static bool
write_piece(const char *bytes, size_t length, void *data, GError **error)
{
	return keepfile_write(data, bytes, length, error);
}

static bool
store_message(const struct spool_entry *entry, struct copy_place *place, GError **error)
{
	g_autoptr(GString) header = keep_header(entry);
	struct keepfile file;

	g_string_append_c(header, '\n');
	bool done = keepfile_create(&file, place->fd, &place->access, error) &&
		    keepfile_write(&file, header->str, header->len, error) &&
		    keep_body(entry, write_piece, &file, error);
	if (done)
		copies_add(place, &file, "message");
	keepfile_clear(&file);
	return done;
}

/* The directory of a message. */
static struct copy_place *
open_place(struct message *message, GError **error)
{
	g_autofree char *day = keep_day();
	g_autofree char *id = keep_part(message_id(message));
	const char *top = quarantine_dir_for(message->subject);
	struct keepfile_access access;

	keep_access(&access);
	struct copy_place *place = copies_open(message, top, day, id, &access, error);
	if (place == NULL)
		g_prefix_error(error, "quarantine in %s/%s/%s: ", top, day, id);
	else
		place->envelope = true;
	return place;
}

bool
quarantine_message(struct message *message, GError **error)
{
	struct copy_place *place = open_place(message, error);

	if (place == NULL)
		return false;
	bool stored = quarantine_whole_messages_as_queue_files_for(NULL)
			  ? copies_add_queue_files(message->entry, place, error)
			  : store_message(message->entry, place, error);
	if (!stored) {
		g_prefix_error(error, "quarantine in %s: ", place->path);
		return false;
	}
	message_find(message, FINDING_copy, "quarantine", place->path);
	lines_saved_whole(message_id(message), place->path);
	return true;
}

bool
quarantine_is_wanted(const struct message *message)
{
	struct subject *subject = message->subject;
	struct verdict verdict;

	verdict_of(message, &verdict);
	if (!verdict.infected || !quarantine_infections_for(subject))
		return false;
	/* Keywords for HTML and archives say whom to tell, not that the only copy is to go. */
	return !(verdict.silent_virus && !verdict.noisy) || quarantine_silent_viruses_for(subject);
}

/* A text that something was hidden in is no archive: what was in it is stored, not the text. */
static bool
is_container(const struct part *part)
{
	return part_has(part, PART_FACT_archive) || part_has(part, PART_FACT_tnef) ||
	       part_has(part, PART_FACT_ole) || part_has(part, PART_FACT_ooxml);
}

/* The bad files and the archives around them: which are to be stored. */
static void
mark_bad(const struct message *message, bool *bad)
{
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (finding->part == FINDING_WHOLE || !verdict_counts(finding))
			continue;
		unsigned n = (unsigned)finding->part;
		if ((finding->flags & FINDING_DELETE) != 0) {
			lines_deleted_infected(verdict_file_name(message, finding));
			continue;
		}
		for (bad[n] = true; facts_part(message->facts, n)->kind == PART_MEMBER;) {
			n = (unsigned)facts_part(message->facts, n)->parent;
			bad[n] = bad[n] || is_container(facts_part(message->facts, n));
		}
	}
}

static bool
wants_whole(const struct message *message)
{
	if (quarantine_whole_message_for(message->subject))
		return true;
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (finding->part == FINDING_WHOLE && verdict_counts(finding))
			return true;
	}
	return false;
}

/* A file that a mail has may not be taken for one that says something about it. */
static char *
free_name(const struct message *message, const struct part *part)
{
	g_autofree char *name = keep_part(*part->name != '\0' ? part->name : "unnamed");
	const char *const *own = message->entry->format->files(message->entry);
	bool ours = strcmp(name, "message") == 0 || strcmp(name, "envelope") == 0 ||
		    g_strv_contains(own, name);

	return ours ? g_strconcat(name, "-1", NULL) : g_steal_pointer(&name);
}

static bool
store_contents(struct message *message, const struct contents *contents, unsigned i,
    struct copy_place *place, GError **error)
{
	const struct part *part = facts_part(message->facts, contents->parts[i]);
	g_autofree char *name = free_name(message, part);
	struct keepfile file;
	bool done = keepfile_create(&file, place->fd, &place->access, error) &&
		    keepfile_copy(&file, contents->fds[i], error);

	if (done) {
		copies_add(place, &file, name);
		message_find_part(message, FINDING_copy, (int)contents->parts[i], "quarantine",
		    NULL, NULL, place->path);
		lines_saved_infected(name, place->path);
	}
	keepfile_clear(&file);
	return done;
}

/* A multipart or a message in the message is no file. */
static bool
has_containers(const struct facts *facts, const bool *bad)
{
	for (unsigned n = 0; n < facts->parts->len; n++) {
		enum part_kind kind = facts_part(facts, n)->kind;

		if (bad[n] && (kind == PART_MULTIPART || kind == PART_MESSAGE))
			return true;
	}
	return false;
}

/* Files whose content could not be had are covered by the whole message, which is stored then. */
static bool
store_parts(
    struct message *message, struct reader *reader, const bool *bad, bool *missed, GError **error)
{
	struct contents contents;
	bool done = true;

	*missed = !contents_fetch(&contents, message, reader, CONTENT_DECODED, bad, NULL) ||
		  has_containers(message->facts, bad);
	if (contents.count > 0) {
		struct copy_place *place = open_place(message, error);

		done = place != NULL;
		for (unsigned i = 0; done && i < contents.count; i++) {
			*missed |= !contents.got[i];
			if (contents.got[i])
				done = store_contents(message, &contents, i, place, error);
		}
	}
	contents_clear(&contents);
	return done;
}

bool
quarantine_infections(struct message *message, struct reader *reader, GError **error)
{
	bool missed = false;

	if (!quarantine_is_wanted(message))
		return true;
	bool whole = wants_whole(message);
	if (whole && !quarantine_message(message, error))
		return false;
	if (message->facts != NULL) {
		g_autofree bool *bad = g_new0(bool, message->facts->parts->len);

		mark_bad(message, bad);
		if (!store_parts(message, reader, bad, &missed, error))
			return false;
	}
	return whole || !missed || quarantine_message(message, error);
}

bool
quarantine_modified(struct message *message, GError **error)
{
	if (message->body_edits->len == 0 || message_finding(message, FINDING_copy) != NULL ||
	    !quarantine_modified_body_for(message->subject))
		return true;
	lines_quarantining_modified(message_id(message));
	return quarantine_message(message, error);
}

bool
quarantine_crasher(struct message *message, GError **error)
{
	const char *id = message_id(message);

	if (!quarantine_denial_of_service_for(message->subject)) {
		log_message(LOG_WARNING, id,
		    "Message %s has stopped its worker too often: it stays in the queue and is not "
		    "tried again (Quarantine Denial Of Service is no)",
		    id);
		message_settle(message, FATE_HOLD, "quarantine", "it was tried too many times");
		return true;
	}
	if (!quarantine_message(message, error))
		return false;
	lines_quarantined_crasher(id);
	message_settle(message, FATE_DROP, "quarantine", "it was tried too many times");
	return true;
}
