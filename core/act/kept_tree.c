/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What our quarantine writes has an envelope file; what MailScanner left has none, so all that is known of that is names, sizes and,
 * where the whole message is there, its header.
 */
#include "core/act/kept_tree.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

static const char *const kinds[] = { "spam", "nonspam", "mcp", "nonmcp" };

GQuark
kept_error_quark(void)
{
	return g_quark_from_static_string("kept-error-quark");
}

static void
place_free(void *data)
{
	struct kept_place *place = data;

	g_free(place->path);
	g_free(place->day);
	g_free(place->id);
	g_free(place);
}

void
kept_free(void *data)
{
	struct kept *kept = data;

	g_free(kept->path);
	g_free(kept->day);
	g_free(kept->id);
	g_free(kept->kind);
	g_free(kept->sender);
	g_free(kept->recipients);
	g_free(kept->subject);
	g_free(kept->findings);
	g_free(kept);
}

static const char *
kind_named(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strcmp(kinds[i], name) == 0)
			return kinds[i];
	}
	return NULL;
}

static bool
is_day(const char *name)
{
	return strlen(name) == 8 && strspn(name, "0123456789") == 8;
}

static void
add_place(GPtrArray *places, const char *path, const char *day, const char *id, const char *kind)
{
	struct stat st;

	/* A symbolic link is nobody's message. */
	if (lstat(path, &st) != 0 || (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)))
		return;
	struct kept_place *place = g_new0(struct kept_place, 1);

	place->path = g_strdup(path);
	place->day = g_strdup(day);
	place->id = g_strdup(id);
	place->kind = kind;
	place->changed = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec;
	g_ptr_array_add(places, place);
}

/* `kind` NULL: the directory of a day, which has those of the kinds in it. */
static void
add_directory(GPtrArray *places, const char *directory, const char *day, const char *kind)
{
	g_autoptr(GDir) listing = g_dir_open(directory, 0, NULL);

	for (const char *name; listing != NULL && (name = g_dir_read_name(listing)) != NULL;) {
		g_autofree char *path = g_build_filename(directory, name, NULL);
		const char *inner = kind == NULL ? kind_named(name) : NULL;

		if (inner != NULL)
			add_directory(places, path, day, inner);
		else if (*name != '.')
			add_place(places, path, day, name, kind != NULL ? kind : "infection");
	}
}

GPtrArray *
kept_places(const char *root, GError **error)
{
	g_autoptr(GError) open_error = NULL;
	g_autoptr(GDir) days = g_dir_open(root, 0, &open_error);

	if (days == NULL) {
		g_set_error_literal(error, KEPT_ERROR, KEPT_ERROR_SYSTEM, open_error->message);
		return NULL;
	}
	GPtrArray *places = g_ptr_array_new_with_free_func(place_free);

	for (const char *day; (day = g_dir_read_name(days)) != NULL;) {
		g_autofree char *path = g_build_filename(root, day, NULL);

		if (is_day(day))
			add_directory(places, path, day, NULL);
	}
	return places;
}

/* Most bytes of an envelope file or a header that are looked at. */
#define TEXT_MAX (1024 * 1024)

static char *
read_start(const char *path)
{
	g_autofree char *text = g_malloc(TEXT_MAX + 1);
	FILE *file = g_fopen(path, "re");
	size_t length = file != NULL ? fread(text, 1, TEXT_MAX, file) : 0;

	if (file == NULL)
		return NULL;
	fclose(file);
	return g_utf8_make_valid(text, (gssize)length);
}

static void
append(char **list, const char *item, const char *between)
{
	char *longer = **list == '\0' ? g_strdup(item) : g_strconcat(*list, between, item, NULL);

	g_free(*list);
	*list = longer;
}

static void
take_line(struct kept *kept, const char *line)
{
	const char *colon = strstr(line, ": ");

	if (colon == NULL)
		return;
	g_autofree char *value = g_strdup(colon + 2);
	size_t length = strlen(value);

	if (g_str_has_prefix(line, "Finding: ")) {
		append(&kept->findings, value, "\n");
	} else if (g_str_has_prefix(line, "Subject: ")) {
		g_free(kept->subject);
		kept->subject = g_steal_pointer(&value);
	} else if (length >= 2 && value[0] == '<' && value[length - 1] == '>') {
		g_autofree char *address = g_strndup(value + 1, length - 2);

		if (g_str_has_prefix(line, "Recipient: "))
			append(&kept->recipients, address, " ");
		else if (g_str_has_prefix(line, "Sender: "))
			append(&kept->sender, address, " ");
	}
}

static void
read_envelope(struct kept *kept)
{
	g_autofree char *path = g_build_filename(kept->path, "envelope", NULL);
	g_autofree char *text = read_start(path);
	g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);

	for (char **line = lines; *line != NULL; line++)
		take_line(kept, *line);
}

static void
count_files(struct kept *kept)
{
	g_autoptr(GDir) listing = g_dir_open(kept->path, 0, NULL);

	for (const char *name; listing != NULL && (name = g_dir_read_name(listing)) != NULL;) {
		g_autofree char *path = g_build_filename(kept->path, name, NULL);
		struct stat st;

		if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && strcmp(name, "envelope") != 0)
			kept->bytes += (uint64_t)st.st_size;
		kept->whole |= strcmp(name, "message") == 0 || g_str_has_suffix(name, "-H");
	}
}

struct kept *
kept_read(const struct kept_place *place)
{
	struct kept *kept = g_new0(struct kept, 1);
	struct stat st;

	kept->path = g_strdup(place->path);
	kept->day = g_strdup(place->day);
	kept->id = g_strdup(place->id);
	kept->kind = g_strdup(place->kind);
	kept->sender = g_strdup("");
	kept->recipients = g_strdup("");
	kept->subject = g_strdup("");
	kept->findings = g_strdup("");
	if (lstat(place->path, &st) != 0)
		return kept;
	kept->stored = st.st_mtime;
	if (S_ISREG(st.st_mode)) {
		kept->whole = true;
		kept->bytes = (uint64_t)st.st_size;
		return kept;
	}
	read_envelope(kept);
	count_files(kept);
	return kept;
}
