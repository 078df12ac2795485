/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/keep.h"

#include "act_fixture.h"

static void
test_part(void)
{
	static const struct {
		const char *text, *expected, *why;
	} cases[] = {
		{ "alice", "alice", "plain" },
		{ "", "_", "nothing" },
		{ "..", "_.", "the directory above" },
		{ ".hidden", "_hidden", "a leading dot" },
		{ "../../etc/passwd", "_._.._etc_passwd", "a path" },
		{ "a/b\nc", "a_b_c", "a path and a control" },
	};
	g_autofree char *long_text = g_strnfill(1000, 'x');
	g_autofree char *long_part = keep_part(long_text);

	g_assert_cmpuint(strlen(long_part), ==, KEEP_PART_MAX);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *part = keep_part(cases[i].text);

		g_test_message("%s", cases[i].why);
		g_assert_cmpstr(part, ==, cases[i].expected);
	}
}

static void
test_access(void)
{
	static const struct {
		const char *line;
		mode_t file, directory;
	} cases[] = {
		{ "Quarantine Permissions = 0660", 0660, 0770 },
		{ "Quarantine Permissions = 640", 0640, 0750 },
		{ "Quarantine Permissions = 0604", 0604, 0705 },
		{ "Quarantine Permissions = 0420", 0420, 0530 },
	};
	struct act_fixture fixture;
	struct keepfile_access access;

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		act_configure(&fixture, cases[i].line);
		keep_access(&access);
		g_assert_cmpuint(access.file_mode, ==, cases[i].file);
		g_assert_cmpuint(access.directory_mode, ==, cases[i].directory);
		g_assert_true(access.owner == (uid_t)-1 && access.group == (gid_t)-1);
	}
	act_configure(&fixture, "Quarantine User = root\nQuarantine Group = root");
	keep_access(&access);
	g_assert_true(access.owner == 0 && access.group == 0);
	act_close(&fixture);
}

static bool
collect(const char *bytes, size_t length, void *data, GError **error)
{
	(void)error;
	g_string_append_len(data, bytes, (gssize)length);
	return true;
}

static char *
body_of(struct act_fixture *fixture, const char *option, const char *body)
{
	GString *out = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	act_take(fixture, "a@b", act_recipients, act_fields, option, body);
	g_assert_true(keep_body(fixture->message->entry, collect, out, &error));
	g_assert_no_error(error);
	return g_string_free(out, FALSE);
}

static void
test_body(void)
{
	static const struct {
		const char *option, *body, *expected, *why;
	} cases[] = {
		{ "", "", "", "no body" },
		{ "", "a\r\nb\r", "a\r\nb\r", "LF files keep their CRs" },
		{ "-spool_file_wireformat\n", "a\r\nb\r\n\r\n", "a\nb\n\n", "CRLF becomes LF" },
		{ "-spool_file_wireformat\n", "\ra\r\rb\n\r\r\nc\r", "\ra\r\rb\n\r\nc\r",
		    "CRs that end no line stay" },
	};
	struct act_fixture fixture;

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *body = body_of(&fixture, cases[i].option, cases[i].body);

		g_test_message("%s", cases[i].why);
		g_assert_cmpstr(body, ==, cases[i].expected);
	}
	act_close(&fixture);
}

static void
test_body_pieces(void)
{
	/* CRLF at every place around the ends of the pieces in which the body is read. */
	struct act_fixture fixture;

	act_open(&fixture);
	for (unsigned length = 64 * 1024 - 3; length <= 64 * 1024 + 1; length++) {
		g_autofree char *start = g_strnfill(length, 'x');
		g_autofree char *body = g_strconcat(start, "\r\ny\r", NULL);
		g_autofree char *expected = g_strconcat(start, "\ny\r", NULL);
		g_autofree char *found = body_of(&fixture, "-spool_file_wireformat\n", body);

		g_assert_cmpstr(found, ==, expected);
	}
	act_close(&fixture);
}

static void
publish(struct act_fixture *fixture, const char *text)
{
	struct keepfile_access access;
	struct keepfile file;
	g_autoptr(GError) error = NULL;

	keep_access(&access);
	g_assert_true(keepfile_create(&file, fixture->in->fd, &access, &error));
	g_assert_true(keepfile_write(&file, text, strlen(text), &error));
	g_assert_true(keep_publish(&file, "name", &error));
	g_assert_no_error(error);
	keepfile_clear(&file);
}

static void
test_publish(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	publish(&fixture, "one");
	publish(&fixture, "two");
	publish(&fixture, "one");
	publish(&fixture, "two");
	publish(&fixture, "three");
	g_autofree char *one = act_get(&fixture, "@@/in/name");
	g_autofree char *two = act_get(&fixture, "@@/in/name-1");
	g_autofree char *three = act_get(&fixture, "@@/in/name-2");
	g_assert_cmpstr(one, ==, "one");
	g_assert_cmpstr(two, ==, "two");
	g_assert_cmpstr(three, ==, "three");
	g_assert_false(act_exists(&fixture, "@@/in/name-3"));
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/keep/texts of a mail are safe in paths", test_part);
	g_test_add_func("/keep/directories may be entered by whom files may be read", test_access);
	g_test_add_func("/keep/bodies have LF line ends", test_body);
	g_test_add_func("/keep/line ends are found across pieces", test_body_pieces);
	g_test_add_func("/keep/nothing is overwritten, nothing kept twice", test_publish);
	return g_test_run();
}
