/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/outbox.h"

#include <fcntl.h>
#include <unistd.h>

#include "act_fixture.h"

static json_t *
mail_item(const struct act_fixture *fixture, const char *id, const char *text)
{
	g_autofree char *program = act_expand(fixture, "@@/sendmail");

	return json_pack("{ss ss ss ss ss ss s[s] ss}", "kind", "mail", "what", "sender warning",
	    "directory", fixture->in->path, "id", id, "command", program, "sender", "<>",
	    "recipients", "a@sender.test", "text", text);
}

static bool
only_first(const char *directory, const char *id, void *data)
{
	g_assert_cmpstr(directory, ==, ((const struct act_fixture *)data)->in->path);
	return strcmp(id, "1") == 0;
}

static int
open_state(const struct act_fixture *fixture)
{
	g_autofree char *path = act_expand(fixture, "@@/in");

	return open(path, O_RDONLY | O_DIRECTORY);
}

static unsigned
files(const struct act_fixture *fixture)
{
	g_autofree char *path = act_expand(fixture, "@@/in");
	g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
	unsigned count = 0;

	while (g_dir_read_name(directory) != NULL)
		count++;
	return count;
}

static void
store_two(struct act_fixture *fixture, struct outbox *outbox, int state)
{
	g_autoptr(GError) error = NULL;

	outbox_add(outbox, mail_item(fixture, "1", "To: a@sender.test\n\nfirst\n"));
	outbox_add(outbox, mail_item(fixture, "2", "To: a@sender.test\n\nsecond\n"));
	g_assert_true(outbox_store(outbox, state, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(files(fixture), ==, 1);
}

static void
test_send(void)
{
	struct act_fixture fixture;
	struct outbox_counts counts;

	act_open(&fixture);
	struct outbox *outbox = outbox_new();
	int state = open_state(&fixture);
	store_two(&fixture, outbox, state);
	outbox_send(outbox, state, only_first, &fixture, &counts);
	g_autofree char *mails = act_get(&fixture, "@@/mails");
	g_assert_nonnull(strstr(mails, "\nfirst\n"));
	g_assert_null(strstr(mails, "second"));
	g_assert_cmpuint(counts.warnings, ==, 1);
	g_assert_cmpuint(files(&fixture), ==, 0);
	outbox_free(outbox);
	close(state);
	act_close(&fixture);
}

static void
test_nothing(void)
{
	struct act_fixture fixture;
	g_autoptr(GError) error = NULL;

	act_open(&fixture);
	struct outbox *outbox = outbox_new();
	int state = open_state(&fixture);
	outbox_add(outbox, NULL);
	g_assert_true(outbox_store(outbox, state, &error));
	g_assert_false(outbox_is_stored(outbox));
	g_assert_cmpuint(files(&fixture), ==, 0);
	outbox_free(outbox);
	close(state);
	act_close(&fixture);
}

/* The writer ends after it has stored. */
static void
test_recover(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	struct outbox *outbox = outbox_new();
	int state = open_state(&fixture);
	store_two(&fixture, outbox, state);
	g_assert_cmpuint(outbox_recover(state, only_first, &fixture), ==, 0);
	g_assert_false(act_exists(&fixture, "@@/mails"));
	outbox_free(outbox);
	g_assert_cmpuint(outbox_recover(state, only_first, &fixture), ==, 1);
	g_autofree char *mails = act_get(&fixture, "@@/mails");
	g_assert_nonnull(strstr(mails, "\nfirst\n"));
	g_assert_null(strstr(mails, "second"));
	g_assert_cmpuint(files(&fixture), ==, 0);
	close(state);
	act_close(&fixture);
}

/* It may have been sent: then it is not sent again, and not thrown away either. */
static void
test_unsure(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	int state = open_state(&fixture);
	act_put(&fixture, "@@/in/sending-outbox-1-2-3", "[]");
	g_assert_cmpuint(outbox_recover(state, only_first, &fixture), ==, 0);
	g_assert_cmpuint(files(&fixture), ==, 1);
	act_put(&fixture, "@@/in/outbox-1-2-4", "[{\"kind\": \"mail\", \"id\"");
	g_assert_cmpuint(outbox_recover(state, only_first, &fixture), ==, 0);
	g_assert_false(act_exists(&fixture, "@@/in/outbox-1-2-4"));
	close(state);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/outbox/mails about messages that are gone are sent", test_send);
	g_test_add_func("/outbox/without items there is no file", test_nothing);
	g_test_add_func("/outbox/what a dead process left is sent", test_recover);
	g_test_add_func("/outbox/what may have been sent is not sent again", test_unsure);
	return g_test_run();
}
