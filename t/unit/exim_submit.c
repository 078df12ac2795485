/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A message that comes from no queue becomes one of Exim's. */
#include "spool/exim.h"

#include <string.h>
#include "spool/error.h"
#include "t/unit/queue_fixture.h"

struct world {
	struct queue_fixture queues;
	struct journal *journal;
	struct handoff *handoff;
	struct envelope *envelope;
	struct header_list *headers;
	struct spool_submission submission;
};

static bool
give_text(const void *source, spool_take take, void *data, GError **error)
{
	/* In two pieces, the first of them without a line end. */
	const char *text = source;
	size_t half = strlen(text) / 2;

	return take(data, text, half, error) && take(data, text + half, strlen(text) - half, error);
}

static void
read_fields(struct header_list *headers, const char *const *fields)
{
	for (; *fields != NULL; fields++)
		header_list_read(headers, *fields, strlen(*fields), ' ', false);
}

static void
begin(struct world *world, const char *body)
{
	static const char *const fields[] = { "Received: from a\n\tby b\n", "FROM : a@from.test\n",
		"reply-to: r@from.test\n", "Sender: s@from.test\n", "To: b@to.test\n",
		"Cc: c@to.test\n", "BCC: d@to.test\n", "Message-Id: <m@from.test>\n",
		"Subject: a subject\n", "no field at all\n", NULL };
	g_autoptr(GError) error = NULL;

	*world = (struct world){ 0 };
	queue_fixture_open(&world->queues);
	world->journal = journal_open(world->queues.state, "release", &error);
	g_assert_no_error(error);
	world->handoff = handoff_new(world->journal, HANDOFF_SYNC_FILE);
	world->envelope = envelope_new();
	g_free(world->envelope->sender);
	world->envelope->sender = g_strdup("Some.One@from.test");
	envelope_add_recipient(world->envelope, "b@to.test", NULL);
	envelope_add_recipient(world->envelope, "\"c d\"@to.test", NULL);
	world->headers = header_list_new();
	read_fields(world->headers, fields);
	world->submission = (struct spool_submission){ .to = world->queues.out,
		.envelope = world->envelope,
		.headers = world->headers,
		.body = give_text,
		.source = body };
}

static void
end(struct world *world)
{
	handoff_free(world->handoff);
	journal_close(world->journal);
	envelope_free(world->envelope);
	header_list_free(world->headers);
	queue_fixture_close(&world->queues);
}

static void
submit(struct world *world)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) refused = NULL, pending = NULL;

	g_assert_true(spool_exim.submit(&world->submission, world->handoff, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(queue_fixture_count(world->queues.out, "-H"), ==, 0);
	g_assert_cmpuint(queue_fixture_count(world->queues.out, "-D"), ==, 0);
	g_assert_true(handoff_commit(world->handoff, &refused, &pending, &error));
	g_assert_cmpuint(refused->len + pending->len, ==, 0);
}

/* A queue file of the new message. The caller's. */
static char *
file_text(const struct world *world, const char *ending)
{
	g_autofree char *path =
	    g_strconcat(world->queues.out->path, "/", world->submission.new_id, ending, NULL);
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	return text;
}

static void
expect_line(const char *text, const char *line, bool expected)
{
	g_autofree char *whole = g_strconcat("\n", line, "\n", NULL);

	g_test_message("%s", line);
	g_assert_true((strstr(text, whole) != NULL) == expected);
}

static void
test_files(void)
{
	static const char *const lines[] = { "<Some.One@from.test>", "-local", "-body_linecount 2",
		"-max_received_linelength 25", "-deliver_firsttime", "XX", "2", "b@to.test",
		"\"c d\"@to.test", "023P Received: from a", "019F FROM : a@from.test",
		"022R reply-to: r@from.test", "020S Sender: s@from.test", "014T To: b@to.test",
		"014C Cc: c@to.test", "015B BCC: d@to.test", "026I Message-Id: <m@from.test>",
		"019  Subject: a subject", "016  no field at all" };
	struct world world;
	struct stat st;

	begin(&world, "line 1\nline 2, without an end");
	submit(&world);
	g_assert_cmpuint(exim_id_length(world.submission.new_id), ==, 16);
	g_autofree char *control = file_text(&world, "-H");
	g_autofree char *data = file_text(&world, "-D");
	g_autofree char *expected =
	    g_strconcat(world.submission.new_id, "-D\nline 1\nline 2, without an end", NULL);
	g_autofree char *first = g_strconcat(world.submission.new_id, "-H\n", NULL);
	g_autofree char *name = g_strconcat(world.submission.new_id, "-H", NULL);

	g_assert_cmpstr(data, ==, expected);
	g_assert_true(g_str_has_prefix(control, first));
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
		expect_line(control, lines[i], true);
	g_assert_cmpuint(queue_fixture_count(world.queues.out, ""), ==, 2);
	g_assert_cmpint(fstatat(world.queues.out->fd, name, &st, 0), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, 0640);
	end(&world);
}

/* What stands in the files is read as what was asked for. */
static void
test_read_back(void)
{
	struct world world;
	g_autoptr(GError) error = NULL;
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	begin(&world, "body\n");
	world.envelope->client_ip = (g_free(world.envelope->client_ip), g_strdup("2001:db8::7"));
	world.envelope->client_name = g_strdup("client.from.test");
	world.envelope->helo = g_strdup("helo.from.test");
	world.envelope->protocol = g_strdup("esmtps");
	world.envelope->auth_id = g_strdup("someone\n-N");
	submit(&world);
	handoff_free(world.handoff);
	world.handoff = NULL;
	struct spool_entry *entry =
	    spool_exim.claim(world.queues.out, world.submission.new_id, &error);
	g_assert_no_error(error);
	g_assert_true(spool_exim.read(entry, &error));
	const struct envelope *envelope = entry->envelope;
	g_assert_cmpstr(envelope->sender, ==, "Some.One@from.test");
	g_assert_cmpuint(envelope->recipients->len, ==, 2);
	const struct recipient *second = g_ptr_array_index(envelope->recipients, 1);
	g_assert_cmpstr(second->address, ==, "\"c d\"@to.test");
	g_assert_cmpstr(envelope->client_ip, ==, "2001:db8::7");
	g_assert_cmpstr(envelope->client_name, ==, "client.from.test");
	g_assert_cmpstr(envelope->helo, ==, "helo.from.test");
	g_assert_cmpstr(envelope->protocol, ==, "esmtps");
	g_assert_null(envelope->auth_id);
	g_assert_cmpint(envelope->received, >=, now);
	g_assert_cmpint(envelope->received, <=, now + 60);
	g_assert_cmpuint(header_list_count(entry->headers), ==, 10);
	g_assert_cmpuint(entry->body_size, ==, strlen("body\n"));
	spool_entry_free(entry);
	end(&world);
}

static void
test_international(void)
{
	static const struct {
		const char *sender, *recipient;
		bool expected;
	} cases[] = { { "a@from.test", "b@to.test", false },
		{ "a@from.test", "gr\303\274n@to.test", true },
		{ "gr\303\274n@from.test", "b@to.test", true } };

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct world world;

		begin(&world, "");
		g_free(world.envelope->sender);
		world.envelope->sender = g_strdup(cases[i].sender);
		envelope_add_recipient(world.envelope, cases[i].recipient, NULL);
		submit(&world);
		g_autofree char *control = file_text(&world, "-H");
		expect_line(control, "-smtputf8", cases[i].expected);
		expect_line(control, cases[i].recipient, true);
		end(&world);
	}
}

static void
test_deleted(void)
{
	struct world world;

	begin(&world, "");
	header_list_remove(world.headers, "Subject");
	header_list_add(world.headers, "X-Released", "by a test", HEADER_TOP);
	submit(&world);
	g_autofree char *control = file_text(&world, "-H");
	g_autofree char *data = file_text(&world, "-D");
	expect_line(control, "019  Subject: a subject", false);
	g_assert_nonnull(strstr(control, "\n\n022  X-Released: by a test\n"));
	expect_line(control, "-body_linecount 0", true);
	g_assert_true(g_str_has_suffix(data, "-D\n"));
	end(&world);
}

static void
test_kind_of_id(void)
{
	static const struct {
		const char *like;
		size_t length;
	} cases[] = { { "1xV4nS-0005bJ-2Z", 16 }, { "1xV4Lb-00000004IVx-0001", 23 },
		{ "1xV4nS-0005bJ-2Z-H", 16 }, { "4XyZ123abc", 16 }, { "", 16 } };

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct world world;

		begin(&world, "");
		world.submission.like = cases[i].like;
		submit(&world);
		g_assert_cmpuint(exim_id_length(world.submission.new_id), ==, cases[i].length);
		end(&world);
	}
}

static void
test_split(void)
{
	struct world world;
	char inner[] = "out/?";

	begin(&world, "");
	world.submission.layout = SPOOL_SPLIT;
	submit(&world);
	exim_subdirectory(world.submission.new_id, inner + strlen("out/"));
	struct spool_place *place = queue_fixture_place(&world.queues, inner);
	g_assert_cmpuint(queue_fixture_count(world.queues.out, "-H"), ==, 0);
	g_assert_cmpuint(queue_fixture_count(place, "-H"), ==, 1);
	g_assert_cmpuint(queue_fixture_count(place, "-D"), ==, 1);
	spool_place_unref(place);
	end(&world);
}

/* Nothing of what can't be written is left behind. */
static void
test_refused(void)
{
	static const struct {
		const char *sender, *recipient;
	} cases[] = {
		{ "", NULL },
		{ "", "" },
		{ "", "a@to.test\nb@to.test" },
		{ "", "a@to.test 0,5,0" },
		{ "a@b>\n-N", "a@to.test" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct world world;
		g_autoptr(GError) error = NULL;

		begin(&world, "body\n");
		g_ptr_array_set_size(world.envelope->recipients, 0);
		if (cases[i].recipient != NULL)
			envelope_add_recipient(world.envelope, cases[i].recipient, NULL);
		g_free(world.envelope->sender);
		world.envelope->sender = g_strdup(cases[i].sender);
		g_assert_false(spool_exim.submit(&world.submission, world.handoff, &error));
		g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
		g_assert_cmpuint(queue_fixture_count(world.queues.out, ""), ==, 0);
		end(&world);
	}
}

static bool
give_up(const void *source, spool_take take, void *data, GError **error)
{
	return take(data, source, strlen(source), error) &&
	       spool_fail(error, SPOOL_ERROR_IO, "the rest can't be read");
}

static void
test_unreadable(void)
{
	struct world world;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) refused = NULL, pending = NULL;

	begin(&world, "half");
	world.submission.body = give_up;
	g_assert_false(spool_exim.submit(&world.submission, world.handoff, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
	g_clear_error(&error);
	g_assert_true(handoff_commit(world.handoff, &refused, &pending, &error));
	g_assert_cmpuint(queue_fixture_count(world.queues.out, ""), ==, 0);
	end(&world);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/exim submit/two files say all that Exim wants to know", test_files);
	g_test_add_func("/exim submit/what was submitted is read back", test_read_back);
	g_test_add_func("/exim submit/addresses beyond ASCII are said to be", test_international);
	g_test_add_func("/exim submit/deleted fields are left out, others added", test_deleted);
	g_test_add_func("/exim submit/the id is of the kind that is asked for", test_kind_of_id);
	g_test_add_func("/exim submit/a split queue has it in a sub-directory", test_split);
	g_test_add_func("/exim submit/an envelope that can't be written is refused", test_refused);
	g_test_add_func("/exim submit/a body that can't be read leaves nothing", test_unreadable);
	return g_test_run();
}
