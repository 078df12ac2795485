/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CRASH_KEPT_H
#define CRASH_KEPT_H
/*
 * What lies in the quarantine, for t/crash/check.c, and what becomes of it. The project's own reader is not asked.
 */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "t/crash/control_file.h"
#include "t/crash/world.h"

static inline GPtrArray *
names_in(const char *path)
{
	g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	while (directory != NULL && (name = g_dir_read_name(directory)) != NULL)
		g_ptr_array_add(names, g_strdup(name));
	return names;
}

static inline char *
text_in(const char *path)
{
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, NULL);
	return text != NULL ? text : g_strdup("");
}

/* Are all files of one directory in the other as they are? */
static inline bool
holds_all(const char *directory, const char *expected)
{
	g_autoptr(GPtrArray) names = names_in(expected);

	for (guint i = 0; i < names->len; i++) {
		g_autofree char *wanted =
		    g_build_filename(expected, g_ptr_array_index(names, i), NULL);
		g_autofree char *path =
		    g_build_filename(directory, g_ptr_array_index(names, i), NULL);

		if (!same_content(path, wanted))
			return false;
	}
	return names->len > 0;
}

/* Is there, on some day, a copy that is whole, with the file that tells of it (`found`: and of what was found)? */
static inline bool
is_kept(const char *root, const char *id, const char *expected, bool found)
{
	g_autofree char *top = g_build_filename(root, "quarantine", NULL);
	g_autoptr(GPtrArray) days = names_in(top);

	for (guint i = 0; i < days->len; i++) {
		g_autofree char *path = g_build_filename(top, g_ptr_array_index(days, i), id, NULL);
		g_autofree char *envelope = g_build_filename(path, "envelope", NULL);
		g_autofree char *about = text_in(envelope);

		if (holds_all(path, expected) && strstr(about, id) != NULL &&
		    (!found || strstr(about, "Finding: ") != NULL))
			return true;
	}
	return false;
}

/* Calls `visit` for each entry of the quarantine at `root` with this id, be it a directory or a file, and each name of ours beside one. */
static inline void
for_each_entry(const char *root, const char *id,
    void (*visit)(const char *directory, const char *name, void *data), void *data)
{
	static const char *const inner[] = { "", "spam" };
	g_autofree char *top = g_build_filename(root, "quarantine", NULL);
	g_autoptr(GPtrArray) days = names_in(top);

	for (guint i = 0; i < days->len * 2; i++) {
		g_autofree char *directory =
		    g_build_filename(top, g_ptr_array_index(days, i / 2), inner[i % 2], NULL);
		g_autoptr(GPtrArray) names = names_in(directory);

		for (guint n = 0; n < names->len; n++) {
			const char *name = g_ptr_array_index(names, n);

			if (strstr(name, id) != NULL || g_str_has_prefix(name, ".deleted"))
				visit(directory, name, data);
		}
	}
}

/* The notes of a release: the value of "Id" of each. */
static inline void
take_note(const char *directory, const char *name, void *data)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);
	g_autoptr(GPtrArray) inner = names_in(path);

	for (guint i = 0; i < inner->len; i++) {
		const char *file = g_ptr_array_index(inner, i);

		if (g_str_has_prefix(file, ".released"))
			take_note(path, file, data);
	}
	if (strstr(name, ".released") == NULL)
		return;
	g_autofree char *text = text_in(path);
	const char *id = strstr(text, "\nId: ");

	g_ptr_array_add(
	    data, id == NULL ? g_strdup("(torn)") : g_strndup(id + 5, strcspn(id + 5, "\n")));
}

/* The message in -H and -D as one text, without the header that says that it was released; NULL where there is none. The caller's. */
static inline GBytes *
released_text(GBytes *control, GBytes *data)
{
	g_autoptr(GString) envelope = g_string_new(NULL);
	g_autoptr(GArray) headers = g_array_new(FALSE, FALSE, sizeof(struct control_header));
	gsize length, size;
	const char *text = g_bytes_get_data(control, &length);
	const char *bytes = g_bytes_get_data(data, &size);
	const char *rest = length > 0 ? read_envelope(text, text + length, envelope) : NULL;
	const char *body = size > 0 ? memchr(bytes, '\n', size) : NULL;

	if (rest == NULL || body == NULL || !read_headers(rest, text + length, headers))
		return NULL;
	GString *whole = g_string_new(NULL);

	for (guint i = 0; i < headers->len; i++) {
		const struct control_header *header =
		    &g_array_index(headers, struct control_header, i);

		if (i > 0 || !g_str_has_prefix(
				 header->text, "X-Example-MailScanner-Released: by tester on "))
			g_string_append_len(whole, header->text, (gssize)header->length);
		else
			g_string_append(whole, "RELEASED\n");
	}
	g_string_append_c(whole, '\n');
	g_string_append_len(whole, body + 1, (gssize)(size - (gsize)(body + 1 - bytes)));
	return g_string_free_to_bytes(whole);
}

/* Is it that message, as ID.message has it? */
static inline bool
is_that_message(GBytes *text, const char *expected)
{
	g_autoptr(GBytes) wanted = load(expected);
	g_autoptr(GString) whole = g_string_new("RELEASED\n");
	gsize length;
	const char *bytes = g_bytes_get_data(wanted, &length);

	g_string_append_len(whole, bytes, (gssize)length);
	return length > 0 && g_bytes_get_size(text) == whole->len &&
	       memcmp(g_bytes_get_data(text, NULL), whole->str, whole->len) == 0;
}

/* Each kept message has a Message-ID with its queue id. */
static inline bool
is_about(GBytes *control, const char *id)
{
	g_autofree char *field = g_strdup_printf("Message-ID: <%s@", id);
	gsize length;
	const char *text = g_bytes_get_data(control, &length);

	return length > 0 && memmem(text, length, field, strlen(field)) != NULL;
}

/* The outgoing MTA may take a message as soon as its -H is there. Those found become known messages. */
static inline void
check_release(enum stage stage, const char *id, struct world *before, const struct world *now,
    const char *directory)
{
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *expected = g_strdup_printf("%s/%s.message", directory, id);
	GHashTableIter iter;
	gpointer key, value;
	unsigned found = 0;

	for_each_entry(now->root, id, take_note, notes);
	g_hash_table_iter_init(&iter, now->messages);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		const struct message *is = value;

		if (count(is, OUT, H) == 0)
			continue;
		g_autoptr(GBytes) control = load(path_of(is, OUT, H));
		if (!is_about(control, id))
			continue;
		found++;
		message_of(before, key);
		if (count(is, OUT, D) == 0 && stage == CUT)
			continue;
		g_autoptr(GBytes) data =
		    count(is, OUT, D) > 0 ? load(path_of(is, OUT, D)) : g_bytes_new(NULL, 0);
		g_autoptr(GBytes) text = released_text(control, data);
		if (text == NULL || !is_that_message(text, expected))
			fault(key, "is not the message %s as it was kept", id);
		for (guint i = 0; i < notes->len; i++)
			if (strcmp(g_ptr_array_index(notes, i), key) != 0)
				fault(id, "is noted as released as %s, and is %s",
				    (char *)g_ptr_array_index(notes, i), (char *)key);
	}
	if (found > 1 || notes->len > 1)
		fault(id, "was released %u times, and noted %u times", found, notes->len);
	if (found == 0 && notes->len > 0)
		fault(id, "is noted as released, and is in no queue");
	if (stage == FINISHED && (found == 0 || notes->len == 0))
		fault(id, "was not released%s", found > 0 ? " by its notes" : "");
}

struct entry_left {
	const char *id;
	const struct world *before;
	unsigned whole, parts, doomed;
};

static inline void
note_left(const char *directory, const char *name, void *data)
{
	struct entry_left *left = data;
	g_autofree char *path = g_build_filename(directory, name, NULL);
	size_t skip = strlen(directory) - strlen(strstr(directory, "/quarantine/"));
	g_autofree char *was = g_build_filename(left->before->root, directory + skip, name, NULL);

	if (g_str_has_prefix(name, ".deleted"))
		left->doomed++;
	else if (g_file_test(was, G_FILE_TEST_IS_DIR) ? holds_all(path, was)
						      : same_content(path, was))
		left->whole++;
	else
		left->parts++;
}

/* An entry is whole, or gone where it is to go. */
static inline void
check_left(enum stage stage, const char *id, const struct world *before, const struct world *now,
    bool stays)
{
	struct entry_left left = { .id = id, .before = before };

	for_each_entry(now->root, id, note_left, &left);
	if (left.parts > 0)
		fault(id, "is in the quarantine in part");
	if (stays && left.whole != 1)
		fault(id, "was to stay in the quarantine");
	if (stage == FINISHED && !stays && left.whole > 0)
		fault(id, "was to be deleted");
	if (stage == FINISHED && left.doomed > 0)
		fault(id, "left something behind");
}

#endif
