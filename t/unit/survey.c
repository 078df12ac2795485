/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/engine/survey.h"

#include "act_fixture.h"
#include "core/engine/attempts.h"

static const char *const lines = "MTA = exim\nIncoming Queue Dir = @@/in\n"
				 "Processing Attempts Database = @@/attempts.db";

/* The message of the fixture, put into the queue and let go again. */
static void
put(struct act_fixture *fixture)
{
	act_take(fixture, "alice@sender.test", act_recipients, act_fields, "", "x\n");
	message_free(fixture->message);
	fixture->message = NULL;
	act_configure(fixture, lines);
}

static struct surveyed *
look(const char *id)
{
	g_autoptr(GError) error = NULL;
	struct survey *survey = survey_new(id, &error);
	struct surveyed *message = NULL;

	g_assert_no_error(error);
	if (survey_count(survey) > 0)
		message = survey_look(survey, 0);
	survey_free(survey);
	return message;
}

static void
test_waiting(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	put(&fixture);
	struct surveyed *message = look(NULL);
	g_assert_cmpstr(message->id, ==, ACT_ID);
	g_assert_cmpint(message->received, ==, 1795341761);
	g_assert_cmpstr(survey_state_name(message->state), ==, "waiting");
	g_assert_null(message->why);
	g_assert_cmpstr(message->sender, ==, "alice@sender.test");
	g_assert_cmpuint(message->recipients->len, ==, 2);
	g_assert_cmpuint(message->size, >, 300);
	surveyed_free(message);
	g_assert_null(look("1xV4PB-0002j0-0U"));
	act_close(&fixture);
}

static void
test_kept(void)
{
	static const struct {
		const char *option, *state;
		bool has_reason;
	} cases[] = {
		{ "-frozen 1795341761\n", "frozen", false },
		{ "-N\n", "held", true },
		{ "no option\n", "bad", true },
	};
	struct act_fixture fixture;

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		put(&fixture);
		g_autofree char *control = act_get(&fixture, "@@/in/" ACT_ID "-H");
		g_autoptr(GString) changed = g_string_new(control);
		const char *options = strstr(changed->str, "-helo_name");

		g_string_insert(changed, options - changed->str, cases[i].option);
		act_put(&fixture, "@@/in/" ACT_ID "-H", changed->str);
		struct surveyed *message = look(NULL);
		g_assert_cmpstr(survey_state_name(message->state), ==, cases[i].state);
		g_assert_true((message->why != NULL) == cases[i].has_reason);
		surveyed_free(message);
	}
	act_close(&fixture);
}

static void
test_locked(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	put(&fixture);
	struct spool_entry *entry = spool_exim.claim(fixture.in, ACT_ID, NULL);
	g_assert_nonnull(entry);
	struct surveyed *message = look(ACT_ID);
	g_assert_cmpint(message->state, ==, SURVEY_LOCKED);
	g_assert_false(message->read);
	surveyed_free(message);
	spool_entry_free(entry);
	message = look(ACT_ID);
	g_assert_cmpint(message->state, ==, SURVEY_WAITING);
	surveyed_free(message);
	act_close(&fixture);
}

static void
test_attempts(void)
{
	struct act_fixture fixture;
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	act_open(&fixture);
	put(&fixture);
	g_autofree char *in = act_expand(&fixture, "@@/in");
	g_autofree char *path = act_expand(&fixture, "@@/attempts.db");
	struct attempts *attempts = attempts_open(path, NULL);
	g_assert_nonnull(attempts);
	attempts_count(attempts, in, ACT_ID, now + 1000, NULL);
	attempts_count(attempts, in, ACT_ID, now + 1000, NULL);
	struct surveyed *message = look(NULL);
	g_assert_cmpint(message->state, ==, SURVEY_LATER);
	g_assert_cmpint(message->next, ==, now + 1000);
	g_assert_cmpuint(message->attempts, ==, 2);
	surveyed_free(message);
	attempts_give_up(attempts, in, ACT_ID, now, NULL);
	message = look(NULL);
	g_assert_cmpint(message->state, ==, SURVEY_GIVEN_UP);
	surveyed_free(message);
	attempts_close(attempts);
	act_close(&fixture);
}

static void
test_nowhere(void)
{
	struct act_fixture fixture;
	g_autoptr(GError) error = NULL;

	act_open(&fixture);
	act_configure(&fixture, "MTA = postfix");
	g_assert_null(survey_new(NULL, &error));
	g_assert_nonnull(strstr(error->message, "postfix"));
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/survey/a waiting message is read whole", test_waiting);
	g_test_add_func("/survey/what keeps a message is told", test_kept);
	g_test_add_func("/survey/a locked message is left alone", test_locked);
	g_test_add_func("/survey/attempts are told", test_attempts);
	g_test_add_func("/survey/an unknown queue format is an error", test_nowhere);
	return g_test_run();
}
