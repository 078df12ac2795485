/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/kept_tree.h"

#include <errno.h>

#include "core/act/keep.h"
#include "core/act/kept_remove.h"
#include "spool/fd.h"
#include "t/unit/kept_fixture.h"

static void
test_tree(void)
{
	struct act_fixture fixture;
	const struct kept_filter all = { 0 };

	act_open(&fixture);
	put(&fixture, OLD "/infected", "message", "x");
	put(&fixture, OLD "/spam", "spam1", "x");
	put(&fixture, OLD "/nonspam", "ham1", "x");
	put(&fixture, OLD "/mcp", "mcp1", "x");
	put(&fixture, OLD "/nonmcp", "nonmcp1", "x");
	put(&fixture, OLD "/spam/queued", "queued-H", "x");
	/* None of these is a message. */
	put(&fixture, OLD "/.hidden", "message", "x");
	put(&fixture, OLD "/two\nlines", "message", "x");
	put(&fixture, OLD "/spam", ".spam1.released", "x");
	put(&fixture, "@@/quarantine/2020013", "message", "x");
	put(&fixture, "@@/quarantine/202001311", "message", "x");
	put(&fixture, "@@/quarantine/2020-131", "message", "x");
	put(&fixture, "@@/quarantine/spam", "message", "x");
	put(&fixture, "@@/outside/20200202/secret", "message", "x");
	link_to(&fixture, "@@/outside/20200202", "@@/quarantine/20200202");
	link_to(&fixture, "@@/outside/20200202/secret", OLD "/secret");
	link_to(&fixture, "@@/outside/20200202/secret/message", OLD "/spam/secret2");
	act_put(&fixture, "@@/quarantine/20200203", "a file with the name of a day");
	expect_ids(&fixture, &all, "ham1 infected mcp1 nonmcp1 queued spam1");
	act_close(&fixture);
}

static void
test_read(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	put_three(&fixture);
	put(&fixture, "@@/quarantine/20200201/two", "message", "12345");
	put(&fixture, "@@/quarantine/20200201/two", ".released", "By: me\n");
	g_autofree char *path = act_expand(&fixture, "@@/quarantine/20200201/two");
	struct kept *two = entry(&fixture, "two");
	g_assert_cmpstr(two->path, ==, path);
	g_assert_cmpstr(two->day, ==, "20200201");
	g_assert_cmpstr(two->kind, ==, "infection");
	g_assert_cmpstr(two->sender, ==, "");
	g_assert_cmpstr(two->recipients, ==, "bob@example.test\n\"d e\"@Other.test");
	g_assert_cmpstr(two->subject, ==, "it's me");
	g_assert_cmpstr(two->findings, ==, "Eicar in x.zip\nanother");
	g_assert_true(two->whole);
	g_assert_cmpuint(two->bytes, ==, 5);
	g_autoptr(GPtrArray) files = kept_files(two);
	g_assert_cmpuint(files->len, ==, 2);
	g_assert_cmpstr(g_ptr_array_index(files, 0), ==, "envelope");
	g_assert_cmpstr(g_ptr_array_index(files, 1), ==, "message");
	struct kept *one = entry(&fixture, "one"), *three = entry(&fixture, "three");
	g_assert_false(one->whole);
	g_assert_true(three->whole);
	g_assert_cmpstr(three->kind, ==, "spam");
	g_assert_cmpuint(three->bytes, ==, strlen("Subject: spam\n\n"));
	kept_free(one);
	kept_free(two);
	kept_free(three);
	act_close(&fixture);
}

/* A note, or a file that is taken away, does not make it younger. */
static void
test_stored(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	put(&fixture, OLD "/one", "message", "x");
	settle(&fixture, OLD "/one/message");
	put(&fixture, OLD "/one", ".released", "x");
	struct kept *kept = entry(&fixture, "one");
	g_assert_cmpint(kept->stored, ==, 1580000000);
	kept_free(kept);
	act_close(&fixture);
}

static void
test_hostile_envelope(void)
{
	static const struct {
		const char *text, *sender, *recipients, *findings, *why;
	} cases[] = {
		{ "", "", "", "", "empty" },
		{ "no colon\nSender:<a>\n: x\n", "", "", "", "no lines of ours" },
		{ "Sender: <a@b>\nSender: <c@d>\n", "c@d", "", "", "two senders: the last" },
		{ "Sender: a@b\nRecipient: <>\n", "a@b", "", "", "no brackets, nothing in them" },
		{ "Finding: \xff\xfe\n", "", "", "\xef\xbf\xbd\xef\xbf\xbd", "no UTF-8" },
		{ "Finding: a: b: c\r\n", "", "", "a: b: c\r", "colons, and a CR" },
		{ "Recipient: <a@b", "", "<a@b", "", "no end" },
	};
	struct act_fixture fixture;

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		put(&fixture, OLD "/one", "envelope", cases[i].text);
		g_test_message("%s", cases[i].why);
		struct kept *kept = entry(&fixture, "one");
		g_assert_cmpstr(kept->sender, ==, cases[i].sender);
		g_assert_cmpstr(kept->recipients, ==, cases[i].recipients);
		g_assert_cmpstr(kept->findings, ==, cases[i].findings);
		kept_free(kept);
	}
	g_autofree char *envelope = act_expand(&fixture, OLD "/one/envelope");
	g_assert_cmpint(unlink(envelope), ==, 0);
	put(&fixture, "@@/outside", "envelope", "Sender: <secret@sender.test>\n");
	link_to(&fixture, "@@/outside/envelope", OLD "/one/envelope");
	struct kept *kept = entry(&fixture, "one");
	g_assert_cmpstr(kept->sender, ==, "");
	kept_free(kept);
	act_close(&fixture);
}

static void
test_locate(void)
{
	static const struct {
		const char *path;
		int code;
	} cases[] = {
		{ OLD "/one", -1 },
		{ OLD "/spam/three", -1 },
		{ OLD "/none", KEPT_ERROR_GONE },
		{ "@@/quarantine/20200202/none", KEPT_ERROR_GONE },
		{ "@@/quarantine", KEPT_ERROR_REFUSED },
		{ "@@/quarantine/", KEPT_ERROR_REFUSED },
		{ "@@/quarantine2/20200131/two", KEPT_ERROR_REFUSED },
		{ "@@/quarantine/../quarantine2/20200131/two", KEPT_ERROR_REFUSED },
		{ OLD "/../20200131/one", KEPT_ERROR_REFUSED },
		{ OLD "//one", KEPT_ERROR_REFUSED },
		{ OLD "/./one", KEPT_ERROR_REFUSED },
		{ OLD "/link", KEPT_ERROR_REFUSED },
		{ OLD "/linked/two", KEPT_ERROR_REFUSED },
		{ "/etc", KEPT_ERROR_REFUSED },
	};
	struct act_fixture fixture;

	act_open(&fixture);
	put(&fixture, OLD "/one", "message", "x");
	put(&fixture, OLD "/spam", "three", "x");
	put(&fixture, "@@/quarantine2/20200131/two", "message", "x");
	link_to(&fixture, "@@/quarantine2/20200131/two", OLD "/link");
	link_to(&fixture, "@@/quarantine2/20200131", OLD "/linked");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *root = act_expand(&fixture, "@@/quarantine");
		g_autofree char *path = act_expand(&fixture, cases[i].path);
		const struct kept kept = { .root = root, .path = path };
		struct kept_location location;
		g_autoptr(GError) error = NULL;

		g_test_message("%s", cases[i].path);
		g_assert_true(kept_locate(&kept, &location, &error) == (cases[i].code == -1));
		if (cases[i].code != -1)
			g_assert_error(error, KEPT_ERROR, cases[i].code);
		kept_location_clear(&location);
	}
	act_close(&fixture);
}

static void
test_open_file(void)
{
	static const struct {
		const char *id, *name;
		bool there;
	} cases[] = { { "one", "message", true }, { "one", "none", false },
		{ "one", "../two/message", false }, { "one", "..", false }, { "one", ".", false },
		{ "one", "", false }, { "one", "link", false }, { "one", "inner", false },
		{ "one", "fifo", false }, { "three", "three", true }, { "three", "four", false } };
	struct act_fixture fixture;

	act_open(&fixture);
	put(&fixture, OLD "/one", "message", "x");
	put(&fixture, OLD "/one/inner", "message", "x");
	put(&fixture, OLD "/two", "message", "x");
	put(&fixture, OLD "/spam", "three", "x");
	put(&fixture, OLD "/spam", "four", "x");
	link_to(&fixture, OLD "/two/message", OLD "/one/link");
	g_autofree char *fifo = act_expand(&fixture, OLD "/one/fifo");
	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct kept *kept = entry(&fixture, cases[i].id);
		g_autoptr(GError) error = NULL;
		autofd fd = kept_open_file(kept, cases[i].name, &error);

		g_test_message("%s of %s", cases[i].name, cases[i].id);
		g_assert_true((fd >= 0) == cases[i].there);
		if (!cases[i].there)
			g_assert_error(error, KEPT_ERROR, KEPT_ERROR_GONE);
		kept_free(kept);
	}
	act_close(&fixture);
}

static void
expect_entry(const struct act_fixture *fixture, const char *id, int code)
{
	struct kept *kept = entry(fixture, id);
	g_autoptr(GError) error = NULL;
	struct spool_entry *message = kept_entry(kept, &error);

	g_test_message("%s: %s", id, error != NULL ? error->message : "good");
	g_assert_true((message != NULL) == (code == -1));
	if (message == NULL)
		g_assert_error(error, KEPT_ERROR, code);
	spool_entry_free(message);
	kept_free(kept);
}

static void
test_entry(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	put(&fixture, OLD "/one", "message", "Subject: x\nTo: nobody@example.test\n\nbody\n");
	put(&fixture, OLD "/one", "envelope",
	    "Client-Address: 192.0.2.7\nClient-Name: c.test\nHelo: h.test\nProtocol: esmtps\n"
	    "Authenticated: alice\nSender: <a@from.test>\nRecipient: <b@to.test>\n");
	struct kept *kept = entry(&fixture, "one");
	struct spool_entry *message = kept_entry(kept, NULL);
	const struct envelope *envelope = message->envelope;
	const struct recipient *recipient = g_ptr_array_index(envelope->recipients, 0);
	g_assert_cmpuint(envelope->recipients->len, ==, 1);
	g_assert_cmpstr(recipient->address, ==, "b@to.test");
	g_assert_cmpstr(envelope->sender, ==, "a@from.test");
	g_assert_cmpstr(envelope->client_ip, ==, "192.0.2.7");
	g_assert_cmpstr(envelope->client_name, ==, "c.test");
	g_assert_cmpstr(envelope->helo, ==, "h.test");
	g_assert_cmpstr(envelope->protocol, ==, "esmtps");
	g_assert_cmpstr(envelope->auth_id, ==, "alice");
	g_assert_cmpuint(header_list_count(message->headers), ==, 2);
	g_assert_cmpuint(message->body_size, ==, 5);
	spool_entry_free(message);
	kept_free(kept);
	/* Without the envelope nobody is guessed from the header. */
	g_autofree char *path = act_expand(&fixture, OLD "/one/envelope");
	g_assert_cmpint(unlink(path), ==, 0);
	kept = entry(&fixture, "one");
	message = kept_entry(kept, NULL);
	g_assert_cmpuint(message->envelope->recipients->len, ==, 0);
	g_assert_cmpstr(message->envelope->sender, ==, "");
	spool_entry_free(message);
	kept_free(kept);
	act_close(&fixture);
}

static void
test_entry_shapes(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	g_clear_pointer(&fixture.message, message_free);
	g_autofree char *control = act_get(&fixture, "@@/in/" ACT_ID "-H");
	g_autofree char *data = act_get(&fixture, "@@/in/" ACT_ID "-D");
	put(&fixture, OLD "/" ACT_ID, ACT_ID "-H", control);
	put(&fixture, OLD "/" ACT_ID, ACT_ID "-D", data);
	expect_entry(&fixture, ACT_ID, -1);
	put(&fixture, OLD "/" ACT_ID, ACT_ID "-H", "cut");
	expect_entry(&fixture, ACT_ID, KEPT_ERROR_REFUSED);
	g_autofree char *path = act_expand(&fixture, OLD "/" ACT_ID "/" ACT_ID "-D");
	g_assert_cmpint(unlink(path), ==, 0);
	expect_entry(&fixture, ACT_ID, KEPT_ERROR_REFUSED);
	put(&fixture, OLD "/spam", "one", "Subject: x\n\n");
	expect_entry(&fixture, "one", -1);
	put(&fixture, OLD "/files", "setup.exe", "MZ");
	put(&fixture, OLD "/files", "other-H", "another's");
	expect_entry(&fixture, "files", KEPT_ERROR_REFUSED);
	make(&fixture, OLD "/empty");
	expect_entry(&fixture, "empty", KEPT_ERROR_REFUSED);
	put(&fixture, OLD "/nothing", "message", "");
	expect_entry(&fixture, "nothing", KEPT_ERROR_REFUSED);
	make(&fixture, OLD "/directory/message");
	expect_entry(&fixture, "directory", KEPT_ERROR_REFUSED);
	act_close(&fixture);
}

static void delete (const struct act_fixture *fixture, const char *id)
{
	struct kept *kept = entry(fixture, id);
	struct kept_index *index = open_index(fixture, "@@/quarantine");
	g_autoptr(GError) error = NULL;

	g_assert_true(kept_delete(index, kept, &error));
	g_assert_no_error(error);
	/* Twice is no error: somebody else may have been faster. */
	g_assert_true(kept_delete(index, kept, &error));
	kept_close(index);
	kept_free(kept);
}

static void
test_delete(void)
{
	struct act_fixture fixture;
	const struct kept_filter all = { 0 };
	g_autofree char *day = keep_day();
	g_autofree char *today = g_strdup_printf("@@/quarantine/%s", day);
	g_autofree char *now = g_build_filename(today, "now", NULL);

	act_open(&fixture);
	put(&fixture, OLD "/one", "message", "x");
	put(&fixture, OLD "/one/inner/more", "message", "x");
	put(&fixture, "@@/outside", "precious", "x");
	link_to(&fixture, "@@/outside", OLD "/one/link");
	put(&fixture, OLD "/two", "message", "x");
	put(&fixture, OLD "/spam", "three", "x");
	put(&fixture, OLD "/spam", ".three.released", "x");
	put(&fixture, OLD "/spam", ".three.released-1", "x");
	put(&fixture, now, "message", "x");
	delete (&fixture, "one");
	g_assert_true(act_exists(&fixture, "@@/outside/precious"));
	g_assert_false(act_exists(&fixture, OLD "/one"));
	expect_ids(&fixture, &all, "now three two");
	delete (&fixture, "three");
	g_assert_false(act_exists(&fixture, OLD "/spam"));
	delete (&fixture, "two");
	g_assert_false(act_exists(&fixture, OLD));
	delete (&fixture, "now");
	/* A worker may have it in hand. */
	g_assert_true(act_exists(&fixture, today));
	act_close(&fixture);
}

/* What a removal left that was cut short is no message, and goes with the next. */
static void
test_sweep(void)
{
	struct act_fixture fixture;
	const struct kept_filter all = { 0 };
	g_autofree char *day = keep_day();
	g_autofree char *today = g_strdup_printf("@@/quarantine/%s", day);
	g_autofree char *doomed = g_build_filename(today, KEPT_DOOMED_PREFIX "1", NULL);

	act_open(&fixture);
	put(&fixture, OLD "/" KEPT_DOOMED_PREFIX "1", "message", "x");
	put(&fixture, OLD "/spam", KEPT_DOOMED_PREFIX "2", "x");
	put(&fixture, "@@/quarantine/20200201/one", "message", "x");
	put(&fixture, "@@/quarantine/20200201/" KEPT_DOOMED_PREFIX "3", "message", "x");
	put(&fixture, doomed, "message", "x");
	put(&fixture, "@@/quarantine/kept/" KEPT_DOOMED_PREFIX "4", "message", "x");
	expect_ids(&fixture, &all, "one");
	g_autofree char *root = act_expand(&fixture, "@@/quarantine");
	kept_sweep(root);
	g_assert_false(act_exists(&fixture, OLD));
	g_assert_false(act_exists(&fixture, doomed));
	g_assert_true(act_exists(&fixture, today));
	g_assert_false(act_exists(&fixture, "@@/quarantine/20200201/" KEPT_DOOMED_PREFIX "3"));
	g_assert_true(act_exists(&fixture, "@@/quarantine/kept/" KEPT_DOOMED_PREFIX "4"));
	expect_ids(&fixture, &all, "one");
	act_close(&fixture);
}

/* Between the listing and the removal somebody puts a link in its place. */
static void
test_swapped(void)
{
	struct act_fixture fixture;
	g_autoptr(GError) error = NULL;

	act_open(&fixture);
	put(&fixture, OLD "/one", "message", "x");
	put(&fixture, "@@/outside/one", "message", "x");
	struct kept *kept = entry(&fixture, "one");
	g_autofree char *day = act_expand(&fixture, OLD), *away = act_expand(&fixture, "@@/away");
	g_assert_cmpint(rename(day, away), ==, 0);
	link_to(&fixture, "@@/outside", OLD);
	g_assert_false(kept_remove(kept, &error));
	g_assert_error(error, KEPT_ERROR, KEPT_ERROR_REFUSED);
	g_assert_true(act_exists(&fixture, "@@/outside/one/message"));
	kept_free(kept);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kept tree/what lies at its place is a message, nothing else", test_tree);
	g_test_add_func("/kept tree/all that was noted is known", test_read);
	g_test_add_func("/kept tree/it was stored when its first file was", test_stored);
	g_test_add_func(
	    "/kept tree/what stands in an envelope is only text", test_hostile_envelope);
	g_test_add_func("/kept tree/no path leads out of the quarantine", test_locate);
	g_test_add_func("/kept tree/a file is a file of this message", test_open_file);
	g_test_add_func("/kept tree/a message is read with its envelope", test_entry);
	g_test_add_func("/kept tree/each shape is read, and what is no whole message refused",
	    test_entry_shapes);
	g_test_add_func("/kept tree/what is deleted goes with all that is in it", test_delete);
	g_test_add_func("/kept tree/what was half removed goes later", test_sweep);
	g_test_add_func("/kept tree/a link is never followed to remove something", test_swapped);
	return g_test_run();
}
