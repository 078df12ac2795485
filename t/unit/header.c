/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/header.h"

#include <string.h>

static const char *const sample[] = {
	"Received: from a\n\tby b\n",
	"Subject: one\n two\n",
	"X-Weird : space before colon\n",
	"no colon here\n",
	"X-Empty:\n",
	"subject: again\n",
	"X Y: blank inside\n",
	": no name\n",
	"\n",
	NULL,
};

static struct header_list *
new_list(void)
{
	struct header_list *list = header_list_new();

	for (size_t i = 0; sample[i] != NULL; i++)
		header_list_read(list, sample[i], strlen(sample[i]), i == 0 ? 'P' : ' ', false);
	return list;
}

/* The undeleted fields, one after the other. */
static char *
shown(const struct header_list *list)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < header_list_count(list); i++) {
		const struct header_field *field = header_list_at(list, i);

		if (!field->deleted)
			g_string_append_len(text, field->text, (gssize)field->length);
	}
	return g_string_free(text, FALSE);
}

static void
expect(const struct header_list *list, const char *expected)
{
	g_autofree char *text = shown(list);

	g_assert_cmpstr(text, ==, expected);
}

static const struct {
	const char *name, *value, *why;
} values[] = {
	{ "Received", "from a\tby b", "the newline goes, what folds stays" },
	{ "received:", "from a\tby b", "case and a final colon don't matter" },
	{ "Subject", "one two", "the first of two" },
	{ "X-Weird", "space before colon", "blanks before the colon are not of the name" },
	{ "X-Empty", "", "an empty value is a value" },
	{ "X", NULL, "a name with a blank inside is no name" },
	{ "X Y", NULL, "not even if one asks for it" },
	{ "no colon here", NULL, "without a colon there is no name" },
	{ "", NULL, "an empty name names nothing" },
	{ ":", NULL, "nor does a colon" },
	{ "X-Absent", NULL, "absent" },
};

static void
test_values(void)
{
	struct header_list *list = new_list();

	for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		g_autofree char *value = header_list_value(list, values[i].name);

		g_test_message("%s: %s", values[i].name, values[i].why);
		g_assert_cmpstr(value, ==, values[i].value);
	}
	g_assert_false(header_list_changed(list));
	header_list_free(list);
}

static const struct {
	const char *text;
	size_t length;
	const char *name, *value, *why;
} fields[] = {
	{ "A: b\n", 5, "A", "b", "plain" },
	{ "A: b\0c\n", 7, "A", "bc", "a NUL goes" },
	{ "A\0B: c\n", 7, NULL, "AB: c", "a NUL in the name: no name" },
	{ "A:\r\n b\r\n", 9, "A", "b", "CRLF folding" },
	{ "A", 1, NULL, "A", "nothing but letters" },
	{ "A:", 2, "A", "", "no newline" },
	{ "A \t", 3, NULL, "A", "blanks up to the end" },
	{ "", 0, NULL, "", "nothing" },
	{ "\xc3\xa4: b\n", 6, NULL, "\xc3\xa4: b", "eight bits in the name" },
};

static void
test_fields(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		struct header_field field = { .text = fields[i].text, .length = fields[i].length };
		g_autofree char *name = header_field_name(&field);
		g_autofree char *value = header_field_value(&field);

		g_test_message("%s", fields[i].why);
		g_assert_cmpstr(name, ==, fields[i].name);
		g_assert_cmpstr(value, ==, fields[i].value);
	}
}

static const struct {
	const char *name, *value, *expected, *why;
} additions[] = {
	{ "X-A", "b", "X-A: b\n", "plain" },
	{ "X-A:", "b", "X-A: b\n", "a colon in the name is not doubled" },
	{ "X-A", "b\n c\n\td", "X-A: b\n c\n\td\n", "folding stays" },
	{ "X-A", "b\nBcc: c", "X-A: b?Bcc: c\n", "a newline can't start a field" },
	{ "X-A", "b\r\nBcc: c", "X-A: b??Bcc: c\n", "nor can CRLF" },
	{ "X-A", "b\n \n\nbody", "X-A: b? ??body\n", "an empty line can't end the header" },
	{ "X-A", "b\n", "X-A: b\n", "a newline at the end is no second one" },
	{ "X-A",
	    "b\x01\x7f"
	    "c",
	    "X-A: b??c\n", "control characters" },
	{ "X-A", "\xc3\xa4", "X-A: \xc3\xa4\n", "eight bits are no control characters" },
	{ "X A:b", "c", "X-A-b: c\n", "a name is a name" },
	{ "", "c", "", "no name, no field" },
	{ ":", "c", "", "a colon is no name" },
};

static void
test_additions(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(additions); i++) {
		struct header_list *list = header_list_new();

		g_test_message("%s", additions[i].why);
		header_list_add(list, additions[i].name, additions[i].value, HEADER_BOTTOM);
		expect(list, additions[i].expected);
		header_list_free(list);
	}
}

static void
test_places(void)
{
	struct header_list *list = header_list_new();

	header_list_read(list, "A: 1\n", 5, ' ', false);
	header_list_add(list, "B", "2", HEADER_TOP);
	header_list_add(list, "C", "3", HEADER_TOP);
	header_list_add(list, "D", "4", HEADER_BOTTOM);
	expect(list, "C: 3\nB: 2\nA: 1\nD: 4\n");
	g_assert_true(header_list_changed(list));
	header_list_free(list);
}

static bool
begins_with_x(const struct header_field *field, void *data)
{
	(*(unsigned *)data)++;
	return field->length > 0 && field->text[0] == 'X';
}

static void
test_removal(void)
{
	struct header_list *list = new_list();
	unsigned asked = 0;
	size_t all = header_list_count(list);

	g_assert_cmpuint(header_list_remove(list, "nothing"), ==, 0);
	g_assert_false(header_list_changed(list));
	g_assert_cmpuint(header_list_remove(list, "SUBJECT:"), ==, 2);
	g_assert_null(header_list_find(list, "Subject"));
	g_assert_cmpuint(header_list_count(list), ==, all);
	g_assert_cmpuint(header_list_remove_if(list, begins_with_x, &asked), ==, 3);
	g_assert_cmpuint(asked, ==, all - 2);
	expect(list, "Received: from a\n\tby b\nno colon here\n: no name\n\n");
	g_assert_true(header_list_changed(list));
	header_list_free(list);
}

static void
test_added_go(void)
{
	struct header_list *list = new_list();
	size_t all = header_list_count(list);

	header_list_add(list, "X-Ours", "1", HEADER_TOP);
	header_list_add(list, "X-Ours", "2", HEADER_BOTTOM);
	g_assert_cmpuint(header_list_remove(list, "X-Ours"), ==, 2);
	g_assert_cmpuint(header_list_count(list), ==, all);
	header_list_free(list);
}

static void
test_keep_first(void)
{
	struct header_list *list = new_list();
	g_autofree char *before = header_list_value(list, "Subject");

	g_assert_cmpuint(header_list_keep_first(list, "Subject"), ==, 1);
	g_assert_cmpuint(header_list_keep_first(list, "Subject"), ==, 0);
	g_assert_cmpuint(header_list_keep_first(list, "X-Absent"), ==, 0);

	g_autofree char *after = header_list_value(list, "Subject");

	g_assert_cmpstr(before, ==, after);
	header_list_free(list);
}

static const struct {
	const char *text, *appended, *prepended, *why;
} replacements[] = {
	{ "A: b\n", "A: b, v\n", "A: v, b\n", "plain" },
	{ "a: b\n", "a: b, v\n", "a: v, b\n", "the name stays as it is written" },
	{ "A:b\n", "A:b, v\n", "A: v, b\n", "no blank behind the colon" },
	{ "A:\n", "A:, v\n", "A: v, \n", "no value" },
	{ "A: \n", "A: , v\n", "A: v, \n", "no value but a blank" },
	{ "A :\tb\n c\n", "A :\tb\n c, v\n", "A :\tv, b\n c\n", "folded" },
	{ "A:\n b\n", "A:\n b, v\n", "A:\n v, b\n", "folded at once" },
	{ "A: b\r\n", "A: b, v\r\n", "A: v, b\r\n", "its line ends are kept" },
	{ "B: b\n", "B: b\nA: v\n", "B: b\nA: v\n", "absent: added" },
};

static void
test_replacements(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(replacements); i++) {
		const char *text = replacements[i].text;
		struct header_list *appended = header_list_new();
		struct header_list *prepended = header_list_new();

		g_test_message("%s", replacements[i].why);
		header_list_read(appended, text, strlen(text), ' ', false);
		header_list_read(prepended, text, strlen(text), ' ', false);
		header_list_append(appended, "A", ", ", "v", HEADER_BOTTOM);
		header_list_prepend(prepended, "A:", "v", ", ", HEADER_BOTTOM);
		expect(appended, replacements[i].appended);
		expect(prepended, replacements[i].prepended);
		header_list_free(appended);
		header_list_free(prepended);
	}
}

static void
test_replaced_stays(void)
{
	struct header_list *list = header_list_new();

	header_list_read(list, "Subject: s\n", 11, 'S', false);
	header_list_read(list, "B: b\n", 5, ' ', false);
	header_list_prepend(list, "Subject", "{1}", " ", HEADER_BOTTOM);
	header_list_prepend(list, "Subject", "{2}\nX: y", " ", HEADER_BOTTOM);
	g_assert_cmpuint(header_list_count(list), ==, 3);
	g_assert_true(header_list_at(list, 0)->deleted);
	g_assert_cmpmem(header_list_at(list, 0)->text, 11, "Subject: s\n", 11);
	g_assert_cmpint(header_list_at(list, 1)->mark, ==, 'S');
	expect(list, "Subject: {2}?X: y {1} s\nB: b\n");
	header_list_free(list);
}

static void
test_deleted_on_file(void)
{
	struct header_list *list = header_list_new();

	header_list_read(list, "A: old\n", 7, '*', true);
	header_list_read(list, "A: new\n", 7, ' ', false);
	g_autofree char *value = header_list_value(list, "A");

	g_assert_cmpstr(value, ==, "new");
	g_assert_cmpuint(header_list_remove(list, "A"), ==, 1);
	header_list_free(list);
}

static void
test_folding(void)
{
	static const char *const items[] = { "aaaaaaaaaaaaaaaaaaaaaaaaaa@example.test",
		"bbbbbbbbbbbbbbbbbbbbbbbbbb@example.test", "c@example.test", NULL };
	static const char *const none[] = { NULL };
	g_autofree char *folded = header_fold_list("X-To:", items);
	g_autofree char *nothing = header_fold_list("X-To:", none);

	g_assert_cmpstr(folded, ==,
	    "aaaaaaaaaaaaaaaaaaaaaaaaaa@example.test,\n"
	    "\tbbbbbbbbbbbbbbbbbbbbbbbbbb@example.test, c@example.test");
	g_assert_cmpstr(nothing, ==, "");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/header/values are found by name, unfolded", test_values);
	g_test_add_func("/header/names and values of odd fields", test_fields);
	g_test_add_func("/header/an added value stays one field", test_additions);
	g_test_add_func("/header/each addition on top goes above the one before", test_places);
	g_test_add_func("/header/removed fields stay but are not seen", test_removal);
	g_test_add_func("/header/removed fields of ours go altogether", test_added_go);
	g_test_add_func("/header/all but the first can be removed", test_keep_first);
	g_test_add_func("/header/values grow at either end", test_replacements);
	g_test_add_func("/header/a replaced field stays as deleted", test_replaced_stays);
	g_test_add_func("/header/fields deleted on file are not seen", test_deleted_on_file);
	g_test_add_func("/header/long lists are folded at column 75", test_folding);
	return g_test_run();
}
