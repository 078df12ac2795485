/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies have their names when all of them are on disk, and a message whose copies are not kept hears of it. */
#include "core/act/copies.h"

#include <string.h>

#include "act_fixture.h"
#include "core/act/keep.h"

static const char *const methods[] = { "Queue Sync = filesystem", "Queue Sync = file" };

static struct copy_place *
open_place(const struct act_fixture *fixture, struct message *message, const char *id)
{
	g_autofree char *top = act_expand(fixture, "@@/quarantine");
	g_autoptr(GError) error = NULL;
	struct keepfile_access access;

	keep_access(&access);
	struct copy_place *place = copies_open(message, top, "20261130", id, &access, &error);
	g_assert_no_error(error);
	place->envelope = true;
	return place;
}

static void
add(struct copy_place *place, const char *name, const char *text)
{
	struct keepfile file;
	g_autoptr(GError) error = NULL;

	g_assert_true(keepfile_create(&file, place->fd, &place->access, &error));
	g_assert_true(keepfile_write(&file, text, strlen(text), &error));
	copies_add(place, &file, name);
	keepfile_clear(&file);
}

static int
compare(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* Names in the directory, in order, with spaces between; "T" for a temporary one. */
static char *
names(const struct act_fixture *fixture, const char *id)
{
	g_autofree char *relative = g_strconcat("@@/quarantine/20261130/", id, NULL);
	g_autofree char *path = act_expand(fixture, relative);
	g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

	for (const char *name; directory != NULL && (name = g_dir_read_name(directory)) != NULL;)
		g_ptr_array_add(list, g_strdup(g_str_has_suffix(name, "-T") ? "T" : name));
	g_ptr_array_sort(list, compare);
	g_ptr_array_add(list, NULL);
	return g_strjoinv(" ", (char **)list->pdata);
}

#define expect_names(id, expected)                            \
	do {                                                  \
		g_autofree char *there = names(&fixture, id); \
		g_assert_cmpstr(there, ==, expected);         \
	} while (0)

static void
note_failure(struct message *message, const GError *error)
{
	g_assert_nonnull(error->message);
	message_leave(message, "copies", error->message);
}

static GPtrArray *
list_of(struct message *one, struct message *other)
{
	GPtrArray *list = g_ptr_array_new();

	g_ptr_array_add(list, one);
	if (other != NULL)
		g_ptr_array_add(list, other);
	return list;
}

static void
test_names(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
		struct act_fixture fixture;

		act_open(&fixture);
		act_configure(&fixture, methods[i]);
		act_take_plain(&fixture);
		for (int n = 0; n < 4; n++) {
			g_autofree char *id = g_strdup_printf("id%d", n);
			struct copy_place *place = open_place(&fixture, fixture.message, id);

			add(place, "same", "one");
			add(place, "same", "two");
			add(place, "same", "one");
			g_assert_true(open_place(&fixture, fixture.message, id) == place);
		}
		expect_names("id3", "T T T");
		act_settle(fixture.message);
		expect_names("id0", "envelope same same-1");
		expect_names("id3", "envelope same same-1");
		g_autofree char *second = act_get(&fixture, "@@/quarantine/20261130/id3/same-1");
		g_assert_cmpstr(second, ==, "two");
		g_assert_null(fixture.message->copies);
		act_close(&fixture);
	}
}

/* Parts of a message that was split share one envelope, now and after an earlier attempt. */
static void
test_shared(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	const GPtrArray *all = fixture.message->entry->envelope->recipients;
	g_autoptr(GPtrArray) first = g_ptr_array_new();
	g_autoptr(GPtrArray) second = g_ptr_array_new();
	g_ptr_array_add(first, g_ptr_array_index(all, 0));
	g_ptr_array_add(second, g_ptr_array_index(all, 1));

	for (int attempt = 0; attempt < 2; attempt++) {
		struct message *share = message_new_share(fixture.message, second);

		message_narrow(fixture.message, first);
		add(open_place(&fixture, fixture.message, "id"), "message", "text");
		add(open_place(&fixture, share, "id"), "message", "text");
		g_autoptr(GPtrArray) both = list_of(fixture.message, share);
		copies_settle(both, act_not_settled);
		expect_names("id", "envelope message");
		g_autofree char *text = act_get(&fixture, "@@/quarantine/20261130/id/envelope");
		g_assert_nonnull(strstr(text, "Recipient: <Bob@Example.test>\n"));
		g_assert_nonnull(strstr(text, "\nRecipient: <dora@other.test>\n"));
		g_auto(GStrv) senders = g_strsplit(text, "Sender: ", -1);
		g_assert_cmpuint(g_strv_length(senders), ==, 2);
		message_free(share);
	}
	act_close(&fixture);
}

/* A message that stays in its queue leaves nothing. */
static void
test_left(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	add(open_place(&fixture, fixture.message, "id"), "message", "text");
	message_leave(fixture.message, "test", "because");
	act_settle(fixture.message);
	expect_names("id", "T");
	message_free(g_steal_pointer(&fixture.message));
	expect_names("id", "");
	act_close(&fixture);
}

/* What can't be kept is the trouble of its message only. */
static void
test_failure(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
		struct act_fixture fixture;

		act_open(&fixture);
		act_configure(&fixture, methods[i]);
		act_take_plain(&fixture);
		g_autoptr(GPtrArray) nobody = g_ptr_array_new();
		struct message *share = message_new_share(fixture.message, nobody);
		add(open_place(&fixture, fixture.message, "id"), "message", "text");
		add(open_place(&fixture, share, "other"), "message", "text");
		add(open_place(&fixture, share, "third"), "message", "text");
		g_autofree char *gone = act_expand(&fixture, "@@/quarantine/20261130/id");
		g_autofree char *away = act_expand(&fixture, "@@/quarantine/away");
		g_autofree char *temporary = NULL;
		g_autoptr(GDir) directory = g_dir_open(gone, 0, NULL);
		for (const char *name; (name = g_dir_read_name(directory)) != NULL;) {
			g_free(temporary);
			temporary = g_build_filename(gone, name, NULL);
		}
		g_assert_cmpint(g_rename(temporary, away), ==, 0);
		g_autoptr(GPtrArray) both = list_of(fixture.message, share);
		copies_settle(both, note_failure);
		g_assert_cmpint(fixture.message->fate.kind, ==, FATE_LEAVE);
		g_assert_cmpint(share->fate.kind, ==, FATE_OPEN);
		expect_names("id", "");
		expect_names("other", "envelope message");
		message_free(share);
		act_close(&fixture);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/copies/names are given when all is written", test_names);
	g_test_add_func("/copies/an envelope is shared", test_shared);
	g_test_add_func("/copies/what stays in its queue leaves nothing", test_left);
	g_test_add_func("/copies/a failure concerns its message", test_failure);
	return g_test_run();
}
