/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bringing a note to its place may be done any number of times: a file with the same content is not made twice.
 */
#include "core/act/release_note.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/act/keep.h"
#include "core/act/kept_envelope.h"
#include "core/act/kept_tree.h"
#include "core/log/log.h"
#include "spool/fd.h"
#include "spool/listing.h"

#define NOTES_MAX 1000

static void
add_line(GString *text, const char *name, const char *value, bool address)
{
	g_autofree char *safe = log_escape(value);

	g_string_append_printf(text, address ? "%s: <%s>\n" : "%s: %s\n", name, safe);
}

/* The two lines that are for the state directory only come first. */
char *
release_note_text(const struct kept *kept, const char *by, const char *id, const char *queue,
    const struct envelope *envelope)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *stamp = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "Quarantine: %s\nPath: %s\n", kept->root, kept->path);
	add_line(text, "Released", stamp, false);
	add_line(text, "By", by, false);
	add_line(text, "Id", id, false);
	add_line(text, "Queue", queue, false);
	for (unsigned i = 0; i < envelope->recipients->len; i++) {
		const struct recipient *recipient = g_ptr_array_index(envelope->recipients, i);

		add_line(text, "Recipient", recipient->address, true);
	}
	return g_string_free(text, FALSE);
}

/* Takes the first line, whose value is the caller's; `text` moves behind it. NULL where it is another. */
static char *
take_first(const char **text, const char *name)
{
	size_t length = strcspn(*text, "\n"), skip = strlen(name);

	if (strncmp(*text, name, skip) != 0 || length < skip || (*text)[length] != '\n')
		return NULL;
	char *value = g_strndup(*text + skip, length - skip);

	*text += length + 1;
	return value;
}

/* Name of the n-th note of what lies there. The caller's. */
static char *
name_of(const struct kept_location *location, unsigned n)
{
	g_autofree char *first = location->file != NULL
				     ? g_strdup_printf(".%s.released", location->file)
				     : g_strdup(".released");

	return n == 0 ? g_steal_pointer(&first) : g_strdup_printf("%s-%u", first, n);
}

/* Where the directives name nobody, a note that root makes is for those whose the directory is. */
static void
access_like(const struct spool_place *place, struct keepfile_access *access)
{
	keep_access(access);
	if (geteuid() != 0)
		return;
	if (access->owner == (uid_t)-1)
		access->owner = place->owner;
	if (access->group == (gid_t)-1)
		access->group = place->group;
}

static bool
write_note(const struct kept_location *location, const char *text, GError **error)
{
	struct keepfile_access access;
	struct keepfile file;
	g_autofree char *name = name_of(location, 0);

	access_like(location->place, &access);
	bool done = keepfile_create(&file, location->place->fd, &access, error) &&
		    keepfile_write(&file, text, strlen(text), error) &&
		    keep_publish(&file, name, error) &&
		    keepfile_sync_directory(location->place->fd, location->place->path, error);
	keepfile_clear(&file);
	return done;
}

static bool
bring(const struct kept *kept, const char *text, GError **error)
{
	struct kept_location location;
	g_autoptr(GError) why = NULL;
	bool done = kept_locate(kept, &location, &why) && write_note(&location, text, &why);

	kept_location_clear(&location);
	if (done || g_error_matches(why, KEPT_ERROR, KEPT_ERROR_GONE) ||
	    g_error_matches(why, KEPT_ERROR, KEPT_ERROR_REFUSED))
		return true;
	g_set_error(error, KEPT_ERROR, KEPT_ERROR_SYSTEM, "note a release in %s: %s", kept->path,
	    why->message);
	return false;
}

bool
release_note_settle(struct spool_place *state, const char *name, GError **error)
{
	g_autofree char *text = kept_lines_text(state->fd, name);
	const char *rest = text;
	g_autofree char *root = text != NULL ? take_first(&rest, "Quarantine: ") : NULL;
	g_autofree char *path = root != NULL ? take_first(&rest, "Path: ") : NULL;
	const struct kept kept = { .root = root, .path = path };

	if (text == NULL) {
		g_set_error(error, KEPT_ERROR, KEPT_ERROR_SYSTEM, "read %s/%s: %s", state->path,
		    name, g_strerror(errno));
		return false;
	}
	/* One that is no note of ours can't be brought anywhere. */
	if (path != NULL && !bring(&kept, rest, error))
		return false;
	unlinkat(state->fd, name, 0);
	return true;
}

static GPtrArray *
waiting(const struct spool_place *state)
{
	static const char *const suffixes[] = { RELEASE_NOTE_SUFFIX, NULL };

	return listing_of((struct spool_place *)state, suffixes, NULL);
}

void
release_note_settle_all(struct spool_place *state)
{
	g_autoptr(GPtrArray) names = waiting(state);

	for (unsigned i = 0; names != NULL && i < names->len; i++)
		(void)!release_note_settle(state, g_ptr_array_index(names, i), NULL);
}

/* Notes that could not be brought to this entry yet. */
static void
add_waiting(GPtrArray *notes, const struct kept *kept, const struct spool_place *state)
{
	g_autoptr(GPtrArray) names = waiting(state);

	for (unsigned i = 0; names != NULL && i < names->len; i++) {
		g_autofree char *text = kept_lines_text(state->fd, g_ptr_array_index(names, i));
		const char *rest = text;
		g_autofree char *root = text != NULL ? take_first(&rest, "Quarantine: ") : NULL;
		g_autofree char *path = root != NULL ? take_first(&rest, "Path: ") : NULL;

		if (path != NULL && strcmp(path, kept->path) == 0)
			g_ptr_array_add(notes, g_strdup(rest));
	}
}

static bool
is_there(const struct spool_place *place, const char *name)
{
	struct stat st;

	return fstatat(place->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

GPtrArray *
release_notes(const struct kept *kept, const struct spool_place *state)
{
	struct kept_location location;
	GPtrArray *notes = g_ptr_array_new_with_free_func(g_free);

	if (kept_locate(kept, &location, NULL)) {
		for (unsigned n = 0; n < NOTES_MAX; n++) {
			g_autofree char *name = name_of(&location, n);
			char *text = kept_lines_text(location.place->fd, name);

			/* One that can't be read is one all the same. */
			if (text == NULL && !is_there(location.place, name))
				break;
			g_ptr_array_add(notes, text != NULL ? text : g_strdup(""));
		}
	}
	kept_location_clear(&location);
	if (state != NULL)
		add_waiting(notes, kept, state);
	return notes;
}
