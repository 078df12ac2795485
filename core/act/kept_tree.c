/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What our quarantine writes has an envelope file; what MailScanner left has none, so all that is known of that is names, sizes and,
 * where the whole message is there, its header. Others may write here too (it belongs to the user that `Quarantine User` names), so
 * each step down is taken from the directory above.
 */
#include "core/act/kept_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/fd.h"

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

	g_free(place->root);
	g_free(place->path);
	g_free(place->day);
	g_free(place->id);
	g_free(place);
}

void
kept_free(void *data)
{
	struct kept *kept = data;

	g_free(kept->root);
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

int
kept_open_directory(int parent, const char *name)
{
	return TEMP_FAILURE_RETRY(
	    openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

GPtrArray *
kept_names(int directory)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	int fd = kept_open_directory(directory, ".");
	DIR *listing = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *item;

	while (listing != NULL && (item = readdir(listing)) != NULL) {
		if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0)
			g_ptr_array_add(names, g_strdup(item->d_name));
	}
	if (listing != NULL)
		closedir(listing);
	else if (fd >= 0)
		close(fd);
	return names;
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

bool
kept_is_kind(const char *name)
{
	return kind_named(name) != NULL;
}

bool
kept_is_day(const char *name)
{
	return strlen(name) == 8 && strspn(name, "0123456789") == 8;
}

/* A directory that is being listed. */
struct listing {
	GPtrArray *places;
	const char *root, *day;
};

static void
add_place(const struct listing *listing, int directory, const char *path, const char *id,
    const char *kind)
{
	struct stat st;

	/* A symbolic link is nobody's message. */
	if (fstatat(directory, id, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)))
		return;
	struct kept_place *place = g_new0(struct kept_place, 1);

	place->root = g_strdup(listing->root);
	place->path = g_strdup(path);
	place->day = g_strdup(listing->day);
	place->id = g_strdup(id);
	place->kind = kind;
	place->changed = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec;
	g_ptr_array_add(listing->places, place);
}

/* `kind` NULL: the directory of a day, which has those of the kinds in it. */
static void
add_directory(
    const struct listing *listing, int parent, const char *name, const char *path, const char *kind)
{
	autofd directory = kept_open_directory(parent, name);

	if (directory < 0)
		return;
	g_autoptr(GPtrArray) names = kept_names(directory);
	for (unsigned i = 0; i < names->len; i++) {
		const char *inner = g_ptr_array_index(names, i);
		g_autofree char *inner_path = g_build_filename(path, inner, NULL);
		const char *inner_kind = kind == NULL ? kind_named(inner) : NULL;

		if (inner_kind != NULL)
			add_directory(listing, directory, inner, inner_path, inner_kind);
		else if (*inner != '.' && strchr(inner, '\n') == NULL)
			add_place(listing, directory, inner_path, inner,
			    kind != NULL ? kind : "infection");
	}
}

GPtrArray *
kept_places(const char *root, GError **error)
{
	autofd top = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (top < 0) {
		g_set_error(
		    error, KEPT_ERROR, KEPT_ERROR_SYSTEM, "open %s: %s", root, g_strerror(errno));
		return NULL;
	}
	GPtrArray *places = g_ptr_array_new_with_free_func(place_free);
	g_autoptr(GPtrArray) days = kept_names(top);

	for (unsigned i = 0; i < days->len; i++) {
		const char *day = g_ptr_array_index(days, i);
		g_autofree char *path = g_build_filename(root, day, NULL);
		const struct listing listing = { places, root, day };

		if (kept_is_day(day))
			add_directory(&listing, top, day, path, NULL);
	}
	return places;
}

static bool
fail_locate(const struct kept *kept, GError **error)
{
	bool odd = errno == ELOOP || errno == ENOTDIR || errno == EINVAL;

	if (errno == ENOENT)
		g_set_error(
		    error, KEPT_ERROR, KEPT_ERROR_GONE, "%s is not there any more", kept->path);
	else if (odd)
		g_set_error(error, KEPT_ERROR, KEPT_ERROR_REFUSED,
		    "%s does not lie in the quarantine %s", kept->path, kept->root);
	else
		g_set_error(error, KEPT_ERROR, KEPT_ERROR_SYSTEM, "open %s: %s", kept->path,
		    g_strerror(errno));
	return false;
}

/* The steps from the top to the entry; NULL where its path does not lead below. */
static char **
steps_to(const struct kept *kept)
{
	size_t length = strlen(kept->root);

	while (length > 0 && kept->root[length - 1] == '/')
		length--;
	if (strncmp(kept->path, kept->root, length) != 0 || kept->path[length] != '/')
		return NULL;
	g_auto(GStrv) steps = g_strsplit(kept->path + length + 1, "/", -1);

	for (char **step = steps; *step != NULL; step++) {
		if (**step == '\0' || **step == '.')
			return NULL;
	}
	return *steps != NULL ? g_steal_pointer(&steps) : NULL;
}

/* The last step may be a file. */
static bool
take_last_step(const struct kept *kept, struct kept_location *location, int parent,
    const char *name, GError **error)
{
	struct stat st;
	g_autofree char *above = g_path_get_dirname(kept->path);
	bool file = fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
	int fd = kept_open_directory(parent, file ? "." : name);

	if (fd < 0)
		return fail_locate(kept, error);
	location->place = spool_place_take(file ? above : kept->path, fd, NULL);
	if (location->place == NULL)
		return fail_locate(kept, error);
	location->file = file ? g_strdup(name) : NULL;
	return true;
}

bool
kept_locate(const struct kept *kept, struct kept_location *location, GError **error)
{
	g_auto(GStrv) steps = steps_to(kept);

	*location = (struct kept_location){ 0 };
	errno = EINVAL;
	if (steps == NULL)
		return fail_locate(kept, error);
	autofd at = open(kept->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* A quarantine that is not there (not mounted?) tells nothing of what is in it. */
	if (at < 0) {
		g_set_error(error, KEPT_ERROR, KEPT_ERROR_SYSTEM, "open %s: %s", kept->root,
		    g_strerror(errno));
		return false;
	}
	char **step = steps;
	for (; step[1] != NULL; step++) {
		int next = kept_open_directory(at, *step);

		if (next < 0)
			return fail_locate(kept, error);
		close(at);
		at = next;
	}
	return take_last_step(kept, location, at, *step, error);
}

void
kept_location_clear(struct kept_location *location)
{
	g_clear_pointer(&location->place, spool_place_unref);
	g_clear_pointer(&location->file, g_free);
}
