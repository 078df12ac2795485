/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/lines.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "t/unit/config_scratch.h"

/* "name=value;" for each line, and what was said, with the scratch directory as "@". */
static char *
read_all(const char *path, char **said)
{
	struct diagnostics *diagnostics = diagnostics_new();
	g_autoptr(GPtrArray) lines = lines_read(path, diagnostics);
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < lines->len; i++) {
		const struct line *line = lines->pdata[i];

		g_string_append_printf(text, "%s=%s;", line->name, line->value);
	}
	*said = scratch_said(diagnostics, SEVERITY_INFO);
	diagnostics_free(diagnostics);
	return g_string_free(text, FALSE);
}

static void
test_syntax(void)
{
	static const struct {
		const char *text, *lines, *said, *why;
	} cases[] = {
		{ "A = b", "A=b;", "", "no line end at the end" },
		{ "\xef\xbb\xbf# x\r\n A\t= b \r\n\f\n", "A=b;", "",
		    "byte order mark, CRLF, blanks" },
		{ "A = b # c\n#D = e\n", "A=b;", "", "all behind the first # is a comment" },
		{ "A = \"b # c\"\n", "A=\"b;", "", "in quotes as well" },
		{ "A = b\\\nC = d\n", "A=b\\;C=d;", "", "a backslash continues nothing" },
		{ "A = b = c\n", "A=b = c;", "", "the first = splits" },
		{ "A =\n", "A=;", "", "a blank value" },
		{ "%a b% = c\n%x = y\n", "%a b%=c;%x=y;", "",
		    "macros, and what only looks like one" },
		{ "A = b\nnonsense\n = c\nD = e", "A=b;D=e;",
		    "@/a.conf:2: fatal: expected \"Name = value\", \"include FILE\" or a comment, "
		    "found \"nonsense\"\n"
		    "@/a.conf:3: fatal: expected \"Name = value\", \"include FILE\" or a comment, "
		    "found \"= c\"\n",
		    "every line without a sense is reported" },
		{ "include = x\n", "include=x;", "", "a setting, of nothing that exists" },
		{ "Include @@\n", "", "@/a.conf:1: warning: nothing to include: no file @/@@\n",
		    "include in any case" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = scratch_write("a.conf", cases[i].text), *said = NULL;
		g_autofree char *lines = read_all(path, &said);

		g_test_message("%s", cases[i].why);
		g_assert_cmpstr(said, ==, cases[i].said);
		g_assert_cmpstr(lines, ==, cases[i].lines);
	}
}

static void
test_nul_and_long(void)
{
	g_autofree char *path = scratch_path("nul.conf"), *said = NULL, *lines = NULL;
	g_autofree char *value = g_strnfill(1 << 20, 'x');
	g_autofree char *text = g_strconcat("A = ", value, NULL);
	g_autofree char *long_path = scratch_write("long.conf", text);
	struct diagnostics *diagnostics = diagnostics_new();
	g_autoptr(GPtrArray) read = lines_read(long_path, diagnostics);

	g_assert_cmpuint(read->len, ==, 1);
	g_assert_cmpuint(strlen(((struct line *)read->pdata[0])->value), ==, 1 << 20);
	diagnostics_free(diagnostics);
	g_assert_true(g_file_set_contents(path, "A = b\0c\nD = e\n", 14, NULL));
	lines = read_all(path, &said);
	g_assert_cmpstr(lines, ==, "D=e;");
	g_assert_true(g_str_has_prefix(said, "@/nul.conf:1: fatal: "));
}

static void
test_garbage(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *path = NULL, *said = NULL, *lines = NULL;

	for (int i = 0; i < 100000; i++)
		g_string_append(text, "\x01\x02garbage\n");
	path = scratch_write("garbage.conf", text->str);
	lines = read_all(path, &said);
	g_assert_cmpuint(strlen(said), <, 20000);
	g_assert_nonnull(strstr(said, "\\001\\002garbage"));
	g_assert_nonnull(strstr(said, ":100: fatal: this is no configuration file"));
}

static void
test_includes(void)
{
	g_autofree char *main_path = scratch_write(
	    "inc/main.conf", "A = 1\ninclude conf.d/*\ninclude {two,one}.conf no-?.conf\nZ = 9\n");
	g_free(scratch_write("inc/conf.d/b", "B = 2\ninclude ../sub/x.conf\n"));
	g_free(scratch_write("inc/conf.d/a.conf", "C = 3\n"));
	g_free(scratch_write("inc/sub/x.conf", "X = 7\ninclude ../main.conf\n"));
	g_free(scratch_write("inc/one.conf", "ONE = 1\n"));
	g_free(scratch_write("inc/two.conf", "TWO = 2\ninclude one.conf\n"));
	g_free(scratch_write("inc/conf.d/a.conf.rpmnew", "BAD = 1\n"));
	g_free(scratch_write("inc/conf.d/a.conf~", "BAD = 1\n"));
	g_free(scratch_write("inc/conf.d/.hidden", "BAD = 1\n"));
	g_free(scratch_write("inc/conf.d/dir/y", "BAD = 1\n"));
	g_autofree char *said = NULL, *lines = read_all(main_path, &said);

	g_assert_cmpstr(lines, ==, "A=1;C=3;B=2;X=7;ONE=1;TWO=2;Z=9;");
	g_assert_cmpstr(said, ==,
	    "@/inc/main.conf:2: info: @/inc/conf.d/a.conf.rpmnew is not included: by its name a "
	    "backup\n"
	    "@/inc/main.conf:2: info: @/inc/conf.d/a.conf~ is not included: by its name a backup\n"
	    "@/inc/conf.d/../sub/x.conf:2: warning: @/inc/conf.d/../sub/../main.conf is not "
	    "included: "
	    "already read\n"
	    "@/inc/main.conf:2: info: @/inc/conf.d/dir is not included: a directory\n"
	    "@/inc/main.conf:3: info: nothing to include: no file @/inc/no-?.conf\n"
	    "@/inc/two.conf:2: warning: @/inc/one.conf is not included: already read\n");
}

static void
test_deep(void)
{
	g_autofree char *first = scratch_path("deep/0"), *said = NULL, *lines = NULL;

	for (int i = 0; i < 100; i++) {
		g_autofree char *name = g_strdup_printf("deep/%d", i);
		g_autofree char *text = g_strdup_printf("include %d\n", i + 1);

		g_free(scratch_write(name, text));
	}
	lines = read_all(first, &said);
	g_assert_cmpstr(said, ==,
	    "@/deep/50:1: warning: not included: files include each other more than 50 deep\n");
}

static void
test_unreadable(void)
{
	g_autofree char *absent = scratch_path("absent.conf"), *fifo = scratch_path("fifo");
	g_autofree char *said = NULL, *lines = read_all(absent, &said);

	g_assert_cmpstr(said, ==,
	    "@/absent.conf: fatal: can't read the configuration: No such file or directory\n");
	g_free(said);
	g_free(lines);
	lines = read_all(scratch_root, &said);
	g_assert_cmpstr(said, ==, "@: fatal: can't read the configuration: not a plain file\n");
	g_free(said);
	g_free(lines);
	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	lines = read_all(fifo, &said);
	g_assert_cmpstr(
	    said, ==, "@/fifo: fatal: can't read the configuration: not a plain file\n");
}

static void
test_lock(void)
{
	g_autofree char *path = scratch_write("locked.conf", "A = b\n"), *said = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	g_autofree char *lines = NULL;

	g_assert_cmpint(flock(fd, LOCK_EX), ==, 0);
	lines = read_all(path, &said);
	g_assert_cmpstr(lines, ==, "A=b;");
	close(fd);
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	scratch_open();
	g_test_add_func("/lines/are name and value, and nothing else", test_syntax);
	g_test_add_func("/lines/hold no NUL, and have any length", test_nul_and_long);
	g_test_add_func("/lines/of a file that is none are not all reported", test_garbage);
	g_test_add_func("/lines/of included files stand where the include does", test_includes);
	g_test_add_func("/lines/come from files nested to a limit", test_deep);
	g_test_add_func("/lines/need a plain file that can be read", test_unreadable);
	g_test_add_func("/lines/are read even if somebody holds a lock for ever", test_lock);
	status = g_test_run();
	scratch_close();
	return status;
}
