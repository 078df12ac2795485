/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files are read whole and in place: a value can't span lines, so one pass with memchr() is the
 * whole parser. Reading goes on after a nonsensical line, so that all of them are reported at once.
 * A file is known by device and inode, whatever name leads to it; so no include can go in circles.
 */
#include "rules/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILE_BYTES = 64 << 20,
	INCLUDE_DEPTH = 50,
	SYNTAX_ERRORS = 100, /* of one file; a file with more is something else */
	LOCK_TRIES = 100,
	LOCK_PAUSE = 10000, /* microseconds */
};

struct reading {
	GPtrArray *lines;
	GHashTable *seen; /* "device:inode" */
	struct diagnostics *diagnostics;
	unsigned depth;
};

/* Left over by editors and package managers. */
static const char *const leftovers[] = { "~", ".rpmnew", ".rpmsave", ".rpmorig", ".dpkg-dist",
	".dpkg-new", ".dpkg-old", ".swp" };

static void read_file(struct reading *reading, const char *path, const char *from, unsigned line);

static void
line_free(gpointer data)
{
	struct line *line = data;

	g_free(line->file);
	g_free(line->name);
	g_free(line->value);
	g_free(line);
}

struct line *
line_new(const char *name, const char *value)
{
	struct line *line = g_new0(struct line, 1);

	line->name = g_strdup(name);
	line->value = g_strstrip(g_strdup(value));
	return line;
}

static bool
is_macro(const char *name)
{
	size_t length = strlen(name);

	return length > 2 && name[0] == '%' && strchr(name + 1, '%') == name + length - 1;
}

bool
line_is_macro(const struct line *line)
{
	return is_macro(line->name);
}

char *
line_text(const struct line *line)
{
	return g_strdup_printf("%s = %s", line->name, line->value);
}

static bool
is_leftover(const char *path)
{
	for (size_t i = 0; i < G_N_ELEMENTS(leftovers); i++)
		if (g_str_has_suffix(path, leftovers[i]))
			return true;
	return false;
}

/* What follows the word include, NULL when the line is no include. */
static const char *
include_patterns(const char *line)
{
	const char *rest = line + strlen("include");

	if (g_ascii_strncasecmp(line, "include", strlen("include")) != 0 ||
	    !g_ascii_isspace(*rest) || strchr(rest, '='))
		return NULL;
	return rest;
}

static gint
by_bytes(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Adds the files that one pattern of an include names. */
static void
find_files(struct reading *reading, const char *pattern, const char *file, unsigned number,
    GPtrArray *paths)
{
	g_autofree char *directory = g_path_get_dirname(file);
	g_autofree char *beside = pattern[0] == '/' || pattern[0] == '~'
				      ? g_strdup(pattern)
				      : g_build_filename(directory, pattern, NULL);
	bool literal = strpbrk(pattern, "*?[{") == NULL;
	glob_t found;

	if (glob(beside, GLOB_BRACE | GLOB_TILDE | GLOB_NOSORT, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			g_ptr_array_add(paths, g_strdup(found.gl_pathv[i]));
	else
		diagnostics_add(reading->diagnostics, literal ? SEVERITY_WARNING : SEVERITY_INFO,
		    file, number, NULL, "nothing to include: no file %s", beside);
	globfree(&found);
}

static void
read_include(struct reading *reading, const char *patterns, const char *file, unsigned number)
{
	g_auto(GStrv) words = g_strsplit_set(patterns, " \t\r\f", -1);
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

	if (reading->depth >= INCLUDE_DEPTH) {
		diagnostics_add(reading->diagnostics, SEVERITY_WARNING, file, number, NULL,
		    "not included: files include each other more than %d deep", INCLUDE_DEPTH);
		return;
	}
	for (char **word = words; *word; word++)
		if (**word)
			find_files(reading, *word, file, number, paths);
	g_ptr_array_sort(paths, by_bytes);
	reading->depth++;
	for (unsigned i = 0; i < paths->len; i++) {
		const char *path = paths->pdata[i];

		if (is_leftover(path))
			diagnostics_add(reading->diagnostics, SEVERITY_INFO, file, number, NULL,
			    "%s is not included: by its name a backup", path);
		else if (g_file_test(path, G_FILE_TEST_IS_DIR))
			diagnostics_add(reading->diagnostics, SEVERITY_INFO, file, number, NULL,
			    "%s is not included: a directory", path);
		else
			read_file(reading, path, file, number);
	}
	reading->depth--;
}

static bool
has_letter_or_digit(const char *text)
{
	for (; *text; text++)
		if (g_ascii_isalnum(*text))
			return true;
	return false;
}

/* Takes in one line, without its line end. False: it makes no sense. */
static bool
read_line(struct reading *reading, char *text, const char *file, unsigned number)
{
	g_autofree char *name = NULL;
	const char *patterns, *equals;
	struct line *line;

	text[strcspn(text, "#")] = '\0';
	g_strstrip(text);
	if (text[0] == '\0')
		return true;
	patterns = include_patterns(text);
	if (patterns) {
		read_include(reading, patterns, file, number);
		return true;
	}
	equals = strchr(text, '=');
	if (equals == NULL)
		return false;
	name = g_strchomp(g_strndup(text, equals - text));
	if (!is_macro(name) && !has_letter_or_digit(name))
		return false;
	line = line_new(name, equals + 1);
	line->file = g_strdup(file);
	line->number = number;
	g_ptr_array_add(reading->lines, line);
	return true;
}

/* Reports a line that is neither a setting nor an include nor a comment. */
static void
report_nonsense(struct reading *reading, const char *text, const char *file, unsigned number)
{
	g_autofree char *shown = g_strescape(text, NULL);

	if (strlen(shown) > 60)
		strcpy(shown + 57, "...");
	diagnostics_add(reading->diagnostics, SEVERITY_FATAL, file, number, NULL,
	    "expected \"Name = value\", \"include FILE\" or a comment, found \"%s\"", shown);
}

static void
read_text(struct reading *reading, char *text, size_t length, const char *file)
{
	char *end = text + length;
	unsigned number = 0, errors = 0;

	if (g_str_has_prefix(text, "\xef\xbb\xbf"))
		text += 3;
	for (char *next; text < end && errors < SYNTAX_ERRORS; text = next) {
		char *newline = memchr(text, '\n', end - text);

		number++;
		next = newline ? newline + 1 : end;
		if (newline)
			*newline = '\0';
		if (strlen(text) == (size_t)((newline ? newline : end) - text) &&
		    read_line(reading, text, file, number))
			continue;
		errors++;
		report_nonsense(reading, text, file, number);
	}
	if (errors == SYNTAX_ERRORS)
		diagnostics_add(reading->diagnostics, SEVERITY_FATAL, file, number, NULL,
		    "this is no configuration file; the rest of it was not read");
}

/* Why an open file is not to be read, NULL when it is. */
static const char *
refusal(struct reading *reading, const struct stat *st)
{
	g_autofree char *identity = g_strdup_printf(
	    "%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64)st->st_dev, (guint64)st->st_ino);

	if (!S_ISREG(st->st_mode))
		return "not a plain file";
	if (st->st_size > FILE_BYTES)
		return "larger than 64 MB";
	if (!g_hash_table_add(reading->seen, g_steal_pointer(&identity)))
		return "already read";
	return NULL;
}

/*
 * Programs that write configuration files may lock them. Who can read the file can lock it as well,
 * so the wait is short: nobody can keep the configuration from being read.
 */
static void
wait_for_writer(int fd)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK)
			return;
		g_usleep(LOCK_PAUSE);
	}
}

/* The bytes of an open file, with a NUL behind them; NULL and why not. */
static char *
read_bytes(struct reading *reading, int fd, size_t *length, const char **why)
{
	g_autofree char *bytes = NULL;
	size_t have = 0;
	ssize_t got;
	struct stat st;

	*why = fstat(fd, &st) == 0 ? refusal(reading, &st) : g_strerror(errno);
	if (*why)
		return NULL;
	wait_for_writer(fd);
	bytes = g_malloc(st.st_size + 1);
	while ((got = read(fd, bytes + have, st.st_size - have)) != 0) {
		if (got < 0 && errno != EINTR) {
			*why = g_strerror(errno);
			return NULL;
		}
		have += MAX(got, 0);
	}
	bytes[have] = '\0';
	*length = have;
	return g_steal_pointer(&bytes);
}

/* Reads a file that is included at from:line, or the main file (`from` NULL), which must be there. */
static void
read_file(struct reading *reading, const char *path, const char *from, unsigned line)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *why = fd < 0 ? g_strerror(errno) : NULL;
	g_autofree char *bytes = NULL;
	size_t length = 0;

	if (fd >= 0) {
		bytes = read_bytes(reading, fd, &length, &why);
		close(fd);
	}
	if (bytes)
		read_text(reading, bytes, length, path);
	else if (from)
		diagnostics_add(reading->diagnostics, SEVERITY_WARNING, from, line, NULL,
		    "%s is not included: %s", path, why);
	else
		diagnostics_add(reading->diagnostics, SEVERITY_FATAL, path, 0, NULL,
		    "can't read the configuration: %s", why);
}

GPtrArray *
lines_read(const char *path, struct diagnostics *diagnostics)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct reading reading = {
		.lines = g_ptr_array_new_with_free_func(line_free),
		.seen = seen,
		.diagnostics = diagnostics,
	};

	if (path)
		read_file(&reading, path, NULL, 0);
	return reading.lines;
}
