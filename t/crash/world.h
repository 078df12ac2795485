/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CRASH_WORLD_H
#define CRASH_WORLD_H
/*
 * The queues on a disk as t/crash/check.c looks at them, and what it says of them.
 */
#include <glib.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum stage { FINISHED, KILLED, CUT };
enum file { H, D, FILES };
enum place { IN, OUT, ARCHIVE, PLACES };

static const char *const place_names[PLACES] = { "in", "out", "archive" };

struct message {
	GPtrArray *files[PLACES][FILES]; /* paths (char *) */
};

struct world {
	const char *root;
	GHashTable *messages; /* id -> struct message */
	GPtrArray *strays;    /* paths of whatever else lies in the queues */
};

static unsigned faults;

static inline void __attribute__((format(printf, 2, 3)))
fault(const char *id, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	printf("%s: %s\n", id, text);
	faults++;
}

static inline void
message_free(gpointer data)
{
	struct message *message = data;

	for (enum place place = IN; place < PLACES; place++)
		for (enum file file = H; file < FILES; file++)
			g_ptr_array_unref(message->files[place][file]);
	g_free(message);
}

static inline struct message *
message_of(struct world *world, const char *id)
{
	struct message *message = g_hash_table_lookup(world->messages, id);

	if (message != NULL)
		return message;
	message = g_new0(struct message, 1);
	for (enum place place = IN; place < PLACES; place++)
		for (enum file file = H; file < FILES; file++)
			message->files[place][file] = g_ptr_array_new_with_free_func(g_free);
	g_hash_table_insert(world->messages, g_strdup(id), message);
	return message;
}

static inline unsigned
count(const struct message *message, enum place place, enum file file)
{
	return message->files[place][file]->len;
}

/* The only one, where that was asked before. */
static inline const char *
path_of(const struct message *message, enum place place, enum file file)
{
	return g_ptr_array_index(message->files[place][file], 0);
}

static inline bool
is_queue_file(const char *name)
{
	size_t length = strlen(name);

	if (!g_str_has_suffix(name, "-H") && !g_str_has_suffix(name, "-D"))
		return false;
	return (length == 18 && name[6] == '-' && name[13] == '-') ||
	       (length == 25 && name[6] == '-' && name[18] == '-');
}

static inline void
note_file(struct world *world, enum place place, const char *directory, const char *name)
{
	size_t length = strlen(name);
	char *path = g_build_filename(directory, name, NULL);

	if (!is_queue_file(name)) {
		g_ptr_array_add(world->strays, path);
		return;
	}
	g_autofree char *id = g_strndup(name, length - 2);
	enum file file = name[length - 1] == 'H' ? H : D;
	g_ptr_array_add(message_of(world, id)->files[place][file], path);
}

static inline void
note_directory(struct world *world, enum place place, const char *directory, bool top)
{
	g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
	const char *name;

	if (dir == NULL && place != ARCHIVE)
		fault(directory, "can't be read");
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(directory, name, NULL);
		bool holds_files = strlen(name) == 1 || place == ARCHIVE;

		if (top && holds_files && g_file_test(path, G_FILE_TEST_IS_DIR))
			note_directory(world, place, path, false);
		else if (place != ARCHIVE || is_queue_file(name))
			note_file(world, place, directory, name);
	}
}

static inline void
world_read(struct world *world, const char *root)
{
	world->root = root;
	world->messages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, message_free);
	world->strays = g_ptr_array_new_with_free_func(g_free);
	for (enum place place = IN; place < PLACES; place++) {
		g_autofree char *directory = g_build_filename(root, place_names[place], NULL);

		note_directory(world, place, directory, true);
	}
}

static inline void
world_clear(struct world *world)
{
	g_hash_table_unref(world->messages);
	g_ptr_array_unref(world->strays);
}

/* Empty where it can't be read: then it is not whole, either. */
static GBytes *
load(const char *path)
{
	char *data = NULL;
	gsize length = 0;

	g_file_get_contents(path, &data, &length, NULL);
	return g_bytes_new_take(data, length);
}

static inline bool
same_content(const char *path, const char *other)
{
	g_autoptr(GBytes) ours = load(path);
	g_autoptr(GBytes) theirs = load(other);

	return g_bytes_get_size(ours) > 0 && g_bytes_equal(ours, theirs);
}

#endif
