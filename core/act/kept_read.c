/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of an entry without a look at the message: the index is made from this.
 */
#include "core/act/kept_tree.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/act/kept_envelope.h"
#include "spool/fd.h"

static void
append(char **list, const char *item)
{
	char *longer = **list == '\0' ? g_strdup(item) : g_strconcat(*list, "\n", item, NULL);

	g_free(*list);
	*list = longer;
}

static void
take_line(const char *name, const char *value, void *data)
{
	struct kept *kept = data;

	if (strcmp(name, "Finding") == 0) {
		append(&kept->findings, value);
	} else if (strcmp(name, "Recipient") == 0) {
		append(&kept->recipients, value);
	} else if (strcmp(name, "Subject") == 0) {
		g_free(kept->subject);
		kept->subject = g_strdup(value);
	} else if (strcmp(name, "Sender") == 0) {
		g_free(kept->sender);
		kept->sender = g_strdup(value);
	}
}

static void
count_files(struct kept *kept, int directory)
{
	g_autoptr(GPtrArray) names = kept_names(directory);

	for (unsigned i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		struct stat st;

		if (*name == '.' || fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		/* The directory itself changes with each note of a release. */
		kept->stored = MIN(kept->stored, st.st_mtime);
		if (strcmp(name, "envelope") == 0)
			continue;
		kept->bytes += (uint64_t)st.st_size;
		kept->whole |= strcmp(name, "message") == 0 ||
			       (g_str_has_suffix(name, "-H") && g_str_has_prefix(name, kept->id) &&
				   strlen(name) == strlen(kept->id) + 2);
	}
}

static void
read_directory(struct kept *kept, const struct kept_location *location)
{
	int directory = location->place->fd;
	struct stat st;

	if (location->file != NULL) {
		kept->whole = true;
		if (fstatat(directory, location->file, &st, AT_SYMLINK_NOFOLLOW) == 0) {
			kept->bytes = (uint64_t)st.st_size;
			kept->stored = st.st_mtime;
		}
		return;
	}
	if (fstat(directory, &st) == 0)
		kept->stored = st.st_mtime;
	kept_envelope_lines(directory, take_line, kept);
	count_files(kept, directory);
}

struct kept *
kept_read(const struct kept_place *place)
{
	struct kept *kept = g_new0(struct kept, 1);
	struct kept_location location;

	kept->root = g_strdup(place->root);
	kept->path = g_strdup(place->path);
	kept->day = g_strdup(place->day);
	kept->id = g_strdup(place->id);
	kept->kind = g_strdup(place->kind);
	kept->sender = g_strdup("");
	kept->recipients = g_strdup("");
	kept->subject = g_strdup("");
	kept->findings = g_strdup("");
	if (kept_locate(kept, &location, NULL))
		read_directory(kept, &location);
	kept_location_clear(&location);
	return kept;
}
