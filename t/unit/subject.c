/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/subject_private.h"

#include "t/unit/rules.h"

static void
test_plain(void)
{
	const char *recipients[] = { "X@Y.Z", "k@l.m", NULL };
	int handle;
	struct subject *subject = subject_new("A@b.c", recipients, "::ffff:192.0.2.1");

	recipients[0] = "other";
	g_assert_cmpstr(subject_sender(subject), ==, "A@b.c");
	g_assert_cmpstr(subject_recipients(subject)[0], ==, "X@Y.Z");
	g_assert_cmpstr(subject_recipients(subject)[1], ==, "k@l.m");
	g_assert_null(subject_recipients(subject)[2]);
	g_assert_cmpstr(subject_client_ip(subject), ==, "::ffff:192.0.2.1");
	g_assert_cmpstr(subject_ip_text(subject), ==, "192.0.2.1");
	g_assert_null(subject_handle(subject));
	subject_set_handle(subject, &handle);
	g_assert_true(subject_handle(subject) == &handle);
	subject_free(subject);
}

static void
test_empty(void)
{
	struct subject *subject = subject_new(NULL, NULL, NULL);
	unsigned count;

	g_assert_cmpstr(subject_sender(subject), ==, "");
	g_assert_null(subject_recipients(subject)[0]);
	g_assert_cmpstr(subject_client_ip(subject), ==, "");
	g_assert_cmpint(subject_ip(subject)->family, ==, IP_NONE);
	subject_recipient_addresses(subject, &count);
	g_assert_cmpuint(count, ==, 0);
	subject_free(subject);
	subject_free(NULL);
}

static void
test_doubt(void)
{
	struct subject *subject = subject_new("", NULL, "");

	g_assert_null(subject_doubt(subject));
	subject_set_doubt(subject, "first");
	subject_set_doubt(subject, "second");
	g_assert_cmpstr(subject_doubt(subject), ==, "first");
	g_assert_null(subject_notes(subject));
	subject_add_note(subject, "a");
	subject_add_note(subject, "b");
	g_assert_cmpuint(subject_notes(subject)->len, ==, 2);
	const char *kept = subject_keep(subject, "text");
	g_assert_cmpstr(kept, ==, "text");
	g_assert_true(subject_keep(subject, "text") == kept);
	subject_free(subject);
}

static void
test_address(void)
{
	static const struct {
		const char *text, *lower;
		unsigned domain;
		const char *marks;
	} addresses[] = {
		{ "Joe.X@Y.Z", "joe.x@y.z", 6, "5 7 " },
		{ "joe@y.z.", "joe@y.z", 4, "3 5 " },
		{ "a@b@c.d", "a@b@c.d", 4, "1 3 5 " },
		{ "a.b", "a.b", 0, "" },
		{ "", "", 0, "" },
		{ ".", "", 0, "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
		struct address address;
		GString *marks = g_string_new(NULL);
		address_init(&address, addresses[i].text);
		g_assert_cmpstr(address.text, ==, addresses[i].text);
		g_assert_cmpstr(address.lower, ==, addresses[i].lower);
		g_assert_cmpuint(address.domain, ==, addresses[i].domain);
		for (unsigned j = 0; j < address.length; j++)
			g_assert_cmpuint(address.tails[j], ==,
			    address_hash(address.lower + j, address.length - j));
		for (unsigned j = 0; j < address.mark_count; j++)
			g_string_append_printf(marks, "%u ", address.marks[j]);
		g_assert_cmpstr(marks->str, ==, addresses[i].marks);
		g_string_free(marks, TRUE);
		address_clear(&address);
	}
}

static void
test_substitute(void)
{
	static const struct {
		const char *envelope, *expected;
	} cases[] = {
		{ "- x@y.z,w@Y.Z", "*@y.z" },
		{ "- x@y.z,w@q.r", "*@*" },
		{ "- x@y.z,w", "*@*" },
		{ "- a@b@y.z,c@b@y.z", "*@b@y.z" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct subject *subject = rules_subject(cases[i].envelope);
		g_assert_cmpstr(subject_substitute(subject)->text, ==, cases[i].expected);
		subject_free(subject);
	}
}

static void
count_release(void *data)
{
	++*(int *)data;
}

static void
test_attachments(void)
{
	static const char one, two;
	struct subject *subject = rules_subject("a@b.c d@e.f");
	int first = 0, second = 0, third = 0;

	g_assert_null(subject_attached(subject, &one));
	subject_attach(subject, &one, &first, count_release);
	subject_attach(subject, &two, &second, count_release);
	g_assert_true(subject_attached(subject, &one) == &first);
	g_assert_true(subject_attached(subject, &two) == &second);
	subject_attach(subject, &one, &third, NULL);
	g_assert_cmpint(first, ==, 1);
	g_assert_true(subject_attached(subject, &one) == &third);
	subject_free(subject);
	g_assert_cmpint(first, ==, 1);
	g_assert_cmpint(second, ==, 1);
	g_assert_cmpint(third, ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/subject/keeps copies of what it was given", test_plain);
	g_test_add_func("/subject/may be about nobody", test_empty);
	g_test_add_func("/subject/the first doubt stays", test_doubt);
	g_test_add_func("/subject/addresses are prepared", test_address);
	g_test_add_func("/subject/several recipients have a substitute", test_substitute);
	g_test_add_func("/subject/what is attached goes with it, once", test_attachments);
	return g_test_run();
}
