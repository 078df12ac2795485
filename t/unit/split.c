/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which recipients stay together: those to whom all rules say the same. */
#include "core/engine/split.h"

#include "rules/directives.h"
#include "rules/fingerprint.h"
#include "t/unit/act_fixture.h"

#define ON "Split By Recipient = yes\n"
#define SIGN "Sign Clean Messages = @@/sign.rules\n"
#define SCAN "Notify Senders = @@/notify.rules\n"
#define DROP "Deliver Cleaned Messages = @@/clean.rules\n"

static const char *const recipients[] = { "bob@a.test", "eve@b.test", "dora@a.test", "carl@c.test",
	"BOB2@A.test", NULL };

static const struct {
	const char *lines, *groups, *why;
} cases[] = {
	{ SIGN, "*", "nobody asked for it" },
	{ ON, "*", "there are no rules" },
	{ ON SIGN, "bob@a.test dora@a.test BOB2@A.test | eve@b.test carl@c.test",
	    "a rule for a domain" },
	{ ON SCAN, "bob@a.test dora@a.test carl@c.test BOB2@A.test | eve@b.test",
	    "the first one's group comes first" },
	{ ON SIGN SCAN, "bob@a.test dora@a.test BOB2@A.test | eve@b.test | carl@c.test",
	    "two directives, each combination of answers" },
	{ ON DROP, "*", "a rule for the sender says the same to all" },
	{ ON "Notices From = @@/values.rules\n",
	    "bob@a.test dora@a.test BOB2@A.test carl@c.test | eve@b.test",
	    "other rules, the same answer" },
};

static void
add_group(GString *text, const struct message *message)
{
	g_string_append(text, text->len > 0 ? " | " : "");
	if (message->recipients == NULL) {
		g_string_append_c(text, '*');
		return;
	}
	for (unsigned i = 0; i < message->recipients->len; i++) {
		const struct recipient *recipient = g_ptr_array_index(message->recipients, i);

		g_string_append_printf(text, "%s%s", i > 0 ? " " : "", recipient->address);
	}
}

/* All messages but the first, which the fixture owns, are freed. */
static void
free_shares(GPtrArray *messages)
{
	for (unsigned i = 1; i < messages->len; i++)
		message_free(g_ptr_array_index(messages, i));
	g_ptr_array_unref(messages);
}

static void
put_rules(const struct act_fixture *fixture)
{
	act_put(fixture, "@@/sign.rules", "To: *@a.test yes\nFromOrTo: default no\n");
	act_put(fixture, "@@/notify.rules", "To: eve@b.test no\nFromOrTo: default yes\n");
	act_put(fixture, "@@/clean.rules", "From: *@s.test no\nFromOrTo: default yes\n");
	act_put(fixture, "@@/values.rules",
	    "To: bob@a.test One\nTo: *@a.test One\nTo: eve@b.test Two\nFromOrTo: default One\n");
}

/* "bob@a.test carl@c.test" in any order of words. */
static void
assert_same_groups(const char *got, const char *wanted)
{
	g_auto(GStrv) one = g_strsplit(got, " | ", -1), other = g_strsplit(wanted, " | ", -1);

	g_assert_cmpuint(g_strv_length(one), ==, g_strv_length(other));
	for (unsigned i = 0; one[i] != NULL; i++) {
		g_auto(GStrv) words = g_strsplit(one[i], " ", -1);
		g_auto(GStrv) others = g_strsplit(other[i], " ", -1);

		g_assert_cmpuint(g_strv_length(words), ==, g_strv_length(others));
		for (char **word = words; *word != NULL; word++)
			g_assert_true(g_strv_contains((const char *const *)others, *word));
	}
}

static void
test_groups(void)
{
	static const char *const fields[] = { "Subject: x\n", NULL };
	struct act_fixture fixture;

	act_open(&fixture);
	put_rules(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(NULL);

		g_test_message("%s", cases[i].why);
		act_configure(&fixture, cases[i].lines);
		act_take(&fixture, "alice@s.test", recipients, fields, "", "x\n");
		GPtrArray *messages = split_message(fixture.message);
		g_assert_true(g_ptr_array_index(messages, 0) == fixture.message);
		for (unsigned n = 0; n < messages->len; n++)
			add_group(text, g_ptr_array_index(messages, n));
		assert_same_groups(text->str, cases[i].groups);
		free_shares(messages);
	}
	act_close(&fixture);
}

/* Each message asks for its own recipients, and has findings and a fate of its own; the bytes are the same. */
static void
test_shares(void)
{
	static const char *const fields[] = { "Subject: x\n", NULL };
	struct act_fixture fixture;

	act_open(&fixture);
	put_rules(&fixture);
	act_configure(&fixture, ON SIGN);
	act_take(&fixture, "alice@s.test", recipients, fields, "", "x\n");
	GPtrArray *messages = split_message(fixture.message);
	g_assert_cmpuint(messages->len, ==, 2);
	struct message *other = g_ptr_array_index(messages, 1);
	g_assert_true(sign_clean_messages_for(fixture.message->subject));
	g_assert_false(sign_clean_messages_for(other->subject));
	message_settle(other, FATE_DROP, "test", "x");
	message_find(other, FINDING_name, "test", "x");
	g_assert_true(message_is_open(fixture.message));
	g_assert_cmpuint(fixture.message->findings->len, ==, 0);
	g_assert_true(other->entry == fixture.message->entry);
	g_assert_cmpstr(message_sender(other), ==, "alice@s.test");
	free_shares(messages);
	act_close(&fixture);
}

static void
test_limit(void)
{
	static const char *const fields[] = { "Subject: x\n", NULL };
	g_autoptr(GPtrArray) many = g_ptr_array_new_with_free_func(g_free);
	struct act_fixture fixture;

	for (unsigned i = 0; i <= 1000; i++)
		g_ptr_array_add(many, g_strdup_printf("x%u@%s.test", i, i % 2 == 0 ? "a" : "b"));
	g_ptr_array_add(many, NULL);
	act_open(&fixture);
	put_rules(&fixture);
	act_configure(&fixture, ON SIGN);
	act_take(&fixture, "alice@s.test", (const char *const *)many->pdata, fields, "", "x\n");
	GPtrArray *messages = split_message(fixture.message);
	g_assert_cmpuint(messages->len, ==, 1);
	g_assert_null(fixture.message->recipients);
	free_shares(messages);
	act_close(&fixture);
}

static void
test_fingerprint(void)
{
	static const char *const one[] = { "bob@a.test", NULL }, *const same[] = { "x@a.test",
		NULL };
	static const char *const other[] = { "x@c.test", NULL };
	struct act_fixture fixture;

	act_open(&fixture);
	put_rules(&fixture);
	act_configure(&fixture, "Sign Clean Messages = yes");
	struct subject *first = subject_new("s@s.test", one, NULL);
	struct subject *second = subject_new("s@s.test", same, NULL);
	struct subject *third = subject_new("s@s.test", other, NULL);
	g_autofree char *nothing = config_fingerprint(config_current(), first);
	g_assert_cmpstr(nothing, ==, "");
	act_configure(&fixture, SIGN SCAN);
	g_autofree char *a = config_fingerprint(config_current(), first);
	g_autofree char *b = config_fingerprint(config_current(), second);
	g_autofree char *c = config_fingerprint(config_current(), third);
	g_assert_cmpstr(a, ==, b);
	g_assert_cmpstr(a, !=, c);
	subject_free(first);
	subject_free(second);
	subject_free(third);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/split/equal answers stay together", test_groups);
	g_test_add_func("/split/each has a life of its own", test_shares);
	g_test_add_func("/split/a crowd stays whole", test_limit);
	g_test_add_func("/split/a fingerprint is what rules answer", test_fingerprint);
	return g_test_run();
}
