/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/outbox.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
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

/* The first is gone, the second is to be worked again, the third is decided and waits. */
static enum outbox_fate
judge(const char *directory, const char *id, void *data)
{
	g_assert_cmpstr(directory, ==, ((const struct act_fixture *)data)->in->path);
	return strcmp(id, "1") == 0   ? OUTBOX_SEND
	       : strcmp(id, "3") == 0 ? OUTBOX_KEEP
				      : OUTBOX_FORGET;
}

static enum outbox_fate
judge_gone(const char *directory, const char *id, void *data)
{
	(void)directory, (void)id, (void)data;
	return OUTBOX_SEND;
}

static unsigned
recover(int state, outbox_judge *judged, struct act_fixture *fixture)
{
	g_autoptr(GPtrArray) taken = outbox_take(state, judged, fixture);

	return outbox_send_taken(taken, state);
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
	outbox_send(outbox, state, judge, &fixture, &counts);
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
	g_assert_cmpuint(recover(state, judge, &fixture), ==, 0);
	g_assert_false(act_exists(&fixture, "@@/mails"));
	outbox_free(outbox);
	g_assert_cmpuint(recover(state, judge, &fixture), ==, 1);
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
	g_assert_cmpuint(recover(state, judge, &fixture), ==, 0);
	g_assert_cmpuint(files(&fixture), ==, 1);
	act_put(&fixture, "@@/in/outbox-1-2-4", "[{\"kind\": \"mail\", \"id\"");
	g_assert_cmpuint(recover(state, judge, &fixture), ==, 0);
	g_assert_false(act_exists(&fixture, "@@/in/outbox-1-2-4"));
	close(state);
	act_close(&fixture);
}

/* What waits for the end of a hand-off is in a file of its own until then, and goes out once. */
static void
test_keep(void)
{
	struct act_fixture fixture;
	struct outbox_counts counts;
	g_autoptr(GError) error = NULL;

	act_open(&fixture);
	struct outbox *outbox = outbox_new();
	int state = open_state(&fixture);
	outbox_add(outbox, mail_item(&fixture, "1", "To: a@sender.test\n\nfirst\n"));
	outbox_add(outbox, mail_item(&fixture, "3", "To: a@sender.test\n\nthird\n"));
	g_assert_true(outbox_store(outbox, state, &error));
	outbox_send(outbox, state, judge, &fixture, &counts);
	g_assert_cmpuint(counts.warnings, ==, 1);
	g_assert_cmpuint(files(&fixture), ==, 1);
	g_assert_cmpuint(recover(state, judge, &fixture), ==, 0);
	g_assert_cmpuint(files(&fixture), ==, 1);
	g_assert_cmpuint(recover(state, judge_gone, &fixture), ==, 1);
	g_autofree char *mails = act_get(&fixture, "@@/mails");
	g_assert_nonnull(strstr(mails, "\nthird\n"));
	g_auto(GStrv) firsts = g_strsplit(mails, "\nfirst\n", -1);
	g_assert_cmpuint(g_strv_length(firsts), ==, 2);
	g_assert_cmpuint(files(&fixture), ==, 0);
	outbox_free(outbox);
	close(state);
	act_close(&fixture);
}

/* What the mail program does not take is tried again, but not for ever, and nothing else waits for it. */
static void
test_tries(void)
{
	struct act_fixture fixture;
	struct outbox_counts counts;

	act_open(&fixture);
	struct outbox *outbox = outbox_new();
	int state = open_state(&fixture);
	store_two(&fixture, outbox, state);
	act_put(&fixture, "@@/broken", "");
	outbox_send(outbox, state, judge_gone, &fixture, &counts);
	outbox_free(outbox);
	g_assert_cmpuint(counts.warnings, ==, 0);
	g_assert_cmpuint(files(&fixture), ==, 1);
	gint64 wait = outbox_due(state) - g_get_real_time() / G_USEC_PER_SEC;
	g_assert_cmpint(wait, >=, 4);
	g_assert_cmpint(wait, <=, 6);
	g_autofree char *mark = act_expand(&fixture, "@@/broken");
	g_unlink(mark);
	g_assert_cmpuint(recover(state, judge_gone, &fixture), ==, 2);
	g_assert_cmpuint(files(&fixture), ==, 0);
	g_assert_cmpuint(recover(state, judge_gone, &fixture), ==, 0);

	outbox = outbox_new();
	store_two(&fixture, outbox, state);
	outbox_free(outbox);
	act_put(&fixture, "@@/broken", "");
	for (unsigned i = 0; i < OUTBOX_TRIES; i++) {
		g_assert_cmpuint(files(&fixture), ==, 1);
		g_assert_cmpuint(recover(state, judge_gone, &fixture), ==, 0);
		wait = outbox_due(state) - g_get_real_time() / G_USEC_PER_SEC;
		if (i + 1 < OUTBOX_TRIES)
			g_assert_cmpint(ABS(wait - ((gint64)6 << i)), <=, 2);
	}
	g_assert_cmpint(outbox_due(state), ==, G_MAXINT64);
	g_assert_cmpuint(files(&fixture), ==, 0);
	close(state);
	act_close(&fixture);
}

/* A file that its writer has not locked yet is nobody else's; one that was left so by a crash goes. */
static void
test_being_made(void)
{
	struct act_fixture fixture;
	const struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };

	act_open(&fixture);
	int state = open_state(&fixture);
	act_put(&fixture, "@@/in/outbox-1", "");
	g_assert_cmpint(outbox_due(state), ==, G_MAXINT64);
	g_assert_cmpuint(recover(state, judge_gone, &fixture), ==, 0);
	g_assert_true(act_exists(&fixture, "@@/in/outbox-1"));
	g_assert_cmpint(utimensat(state, "outbox-1", old, 0), ==, 0);
	g_assert_cmpint(outbox_due(state), ==, 1);
	g_assert_cmpuint(recover(state, judge_gone, &fixture), ==, 0);
	g_assert_false(act_exists(&fixture, "@@/in/outbox-1"));
	close(state);
	act_close(&fixture);
}

/* Where that can't be kept, what was being sent is left for people. */
static void
test_no_room(void)
{
	struct act_fixture fixture;
	struct outbox_counts counts;
	struct rlimit usual, none;

	act_open(&fixture);
	struct outbox *outbox = outbox_new();
	int state = open_state(&fixture);
	store_two(&fixture, outbox, state);
	act_put(&fixture, "@@/broken", "");
	getrlimit(RLIMIT_FSIZE, &usual);
	none = usual;
	none.rlim_cur = 0;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &none);
	outbox_send(outbox, state, judge_gone, &fixture, &counts);
	setrlimit(RLIMIT_FSIZE, &usual);
	signal(SIGXFSZ, SIG_DFL);
	outbox_free(outbox);
	g_assert_cmpuint(files(&fixture), ==, 1);
	g_autofree char *mark = act_expand(&fixture, "@@/broken");
	g_unlink(mark);
	g_assert_cmpuint(recover(state, judge_gone, &fixture), ==, 0);
	g_assert_cmpuint(files(&fixture), ==, 1);
	close(state);
	act_close(&fixture);
}

/* Between the judgement and the sending the message may be worked again: what is taken has been judged. */
static void
test_taken(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	struct outbox *outbox = outbox_new();
	int state = open_state(&fixture);
	store_two(&fixture, outbox, state);
	outbox_free(outbox);
	g_autoptr(GPtrArray) taken = outbox_take(state, judge, &fixture);
	g_assert_cmpuint(taken->len, ==, 1);
	g_assert_cmpuint(recover(state, judge_gone, &fixture), ==, 0);
	g_assert_cmpuint(outbox_send_taken(taken, state), ==, 1);
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
	g_test_add_func("/outbox/what waits for the end of a hand-off is kept", test_keep);
	g_test_add_func("/outbox/what is not taken is tried again, and given up", test_tries);
	g_test_add_func(
	    "/outbox/where there is no room to keep it, it is left for people", test_no_room);
	g_test_add_func("/outbox/what is being made is left to its writer", test_being_made);
	g_test_add_func("/outbox/what was taken is judged once", test_taken);
	return g_test_run();
}
