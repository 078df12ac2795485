/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every text that is built in, in every language: filled in, nothing of the template is left, and nothing that a stranger wrote. */
#include "core/act/report.h"

#include <string.h>

#include "t/unit/act_fixture.h"

static const char *const languages[] = { "en", "de", "fr", "es", "nl", "it", "pt" };

static const struct {
	const char *file;
	bool whole;
} texts[] = {
#define REPORT(id, accessor, file, whole) { file, whole },
	REPORTS(REPORT)
#undef REPORT
};

static char *
built_in(unsigned which, const char *language)
{
	size_t length;
	const char *text = report_built_in(which, language, &length);

	g_assert_nonnull(text);
	g_assert_cmpuint(length, >, 0);
	return g_strndup(text, length);
}

static int
compare_words(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The variables and macros of a text, each once, sorted. */
static char *
variables(const char *text)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	for (const char *at = text; (at = strpbrk(at, "$%")) != NULL; at++) {
		size_t brace = at[0] == '$' && at[1] == '{' ? 1 : 0;
		size_t length = strspn(at + 1 + brace, "abcdefghijklmnopqrstuvwxyz-_");
		char *name = g_strndup(at + 1 + brace, length);

		if (length == 0 || (*at == '%' && at[length + 1] != '%') ||
		    g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL)) {
			g_free(name);
			continue;
		}
		g_ptr_array_add(names, name);
	}
	g_ptr_array_sort(names, compare_words);
	g_ptr_array_add(names, NULL);
	return g_strjoinv(" ", (char **)names->pdata);
}

/* A translation that has lost a variable says less than the others. */
static void
test_same(void)
{
	for (unsigned which = 0; which < REPORT_COUNT; which++) {
		g_autofree char *english = built_in(which, "en");
		g_autofree char *wanted = variables(english);

		for (unsigned i = 1; i < G_N_ELEMENTS(languages); i++) {
			g_autofree char *text = built_in(which, languages[i]);
			g_autofree char *got = variables(text);

			g_test_message("%s/%s", languages[i], texts[which].file);
			g_assert_cmpstr(got, ==, wanted);
			g_assert_true(g_utf8_validate(text, -1, NULL));
			/* The signature is a line between dots and a name. */
			if (strlen(english) > 200)
				g_assert_cmpstr(text, !=, english);
		}
	}
}

static const char *const hostile_recipients[] = { "Bob@Example.test", NULL };
static const char *const hostile_fields[] = { "From: Alice <alice@sender.test>\n",
	"Subject: $report %org-name% <b>x</b>\n\tBcc: eve@other.test\n", NULL };

static void
check_header(const char *mail)
{
	const char *end = strstr(mail, "\n\n");

	g_assert_nonnull(end);
	g_autofree char *header = g_strndup(mail, (size_t)(end + 1 - mail));
	g_auto(GStrv) lines = g_strsplit(header, "\n", -1);

	g_assert_true(g_str_is_ascii(header));
	for (char **line = lines; **line != '\0'; line++) {
		g_assert_true(g_ascii_isupper(**line) || **line == ' ' || **line == '\t');
		g_assert_false(g_str_has_prefix(*line, "Bcc:"));
	}
	g_assert_nonnull(strstr(header, "From: "));
	g_assert_nonnull(strstr(header, "To: "));
	g_assert_nonnull(strstr(header, "Subject: "));
}

static void
check_text(const struct act_fixture *fixture, unsigned which)
{
	const struct report_about about = { .files = "a\"<i>.exe",
		.report = "   MailScanner: <u>found</u>\n",
		.type = "n",
		.html = g_str_has_suffix(texts[which].file, ".html") };
	g_autofree char *text = report_fill(fixture->message, which, &about);

	g_assert_true(g_utf8_validate(text, -1, NULL));
	/* The one that the sender wrote is the only one. */
	for (const char *at = text; (at = strchr(at, '$')) != NULL; at++)
		g_assert_true(g_str_has_prefix(at, "$report "));
	g_assert_null(strstr(text, "\\n"));
	if (about.html) {
		g_assert_null(strstr(text, "<u>"));
		g_assert_null(strstr(text, "<i>"));
		g_assert_null(strstr(text, "<b>x"));
	}
	if (texts[which].whole)
		check_header(text);
}

static void
test_filled(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	for (unsigned i = 0; i < G_N_ELEMENTS(languages); i++) {
		g_autofree char *lines =
		    g_strdup_printf("Report Language = %s\n%%org-name%% = Example\n"
				    "%%org-long-name%% = Example Organisation\n"
				    "%%web-site%% = www.example.test",
			languages[i]);

		act_configure(&fixture, lines);
		act_take(
		    &fixture, "alice@sender.test", hostile_recipients, hostile_fields, "", "x\n");
		for (unsigned which = 0; which < REPORT_COUNT; which++) {
			g_test_message("%s/%s", languages[i], texts[which].file);
			check_text(&fixture, which);
		}
	}
	act_close(&fixture);
}

/* The file that the directive names comes first; one that can't be read is not the end of it. */
static void
test_own_file(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_put(&fixture, "@@/own.txt", "Ours: $from, ${id}.\n");
	act_configure(&fixture, "Stored Virus Message Report = @@/own.txt");
	act_take_plain(&fixture);
	g_autofree char *own = report_fill(fixture.message, REPORT_stored_virus, NULL);
	g_assert_cmpstr(own, ==, "Ours: Alice@Sender.test, " ACT_ID ".\n");

	g_autofree char *path = act_expand(&fixture, "@@/own.txt");
	g_assert_true(g_file_set_contents(path, "a\0b", 3, NULL));
	g_autofree char *instead = report_fill(fixture.message, REPORT_stored_virus, NULL);
	g_assert_nonnull(strstr(instead, "Alice@Sender.test"));
	g_assert_null(strstr(instead, "Ours"));
	act_close(&fixture);
}

/* The variables of MailScanner 5's templates. */
static const char documented[] =
    "filename report date datenumber id hostname linkhostname quarantinedir localpostmaster "
    "postmastername to from subject viruswarningname type messagesize maxmessagesize";

static void
test_variables(void)
{
	struct act_fixture fixture;
	const struct report_about about = { .files = "a.exe", .report = "R", .type = "f" };
	g_auto(GStrv) names = g_strsplit(documented, " ", -1);
	g_autofree char *joined = g_strjoinv("]\n[$", names);
	g_autofree char *template = g_strconcat("[$", joined, "]\n", NULL);

	act_open(&fixture);
	act_put(&fixture, "@@/own.txt", template);
	act_configure(&fixture,
	    "Stored Virus Message Report = @@/own.txt\nSender Virus Report = @@/own.txt\n"
	    "Inline Text Warning = @@/own.txt\nInline Text Signature = @@/own.txt\n"
	    "Inline Text External Warning = @@/own.txt\nRejection Report = @@/own.txt");
	act_take_plain(&fixture);
	static const enum report_text all[] = { REPORT_stored_virus, REPORT_sender_virus,
		REPORT_warning_text, REPORT_signature_text, REPORT_external_text,
		REPORT_rejection };
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		g_autofree char *text = report_fill(fixture.message, all[i], &about);

		g_test_message("%s", text);
		g_assert_null(strchr(text, '$'));
		g_assert_null(strstr(text, "[]"));
		g_assert_nonnull(strstr(text, "[a.exe]\n[R]\n"));
	}
	struct diagnostics *diagnostics = diagnostics_new();
	report_check(diagnostics);
	g_assert_cmpuint(diagnostics_list(diagnostics)->len, ==, 0);
	act_put(&fixture, "@@/own.txt", "$from\n$spamreport\n");
	report_check(diagnostics);
	g_assert_cmpuint(diagnostics_list(diagnostics)->len, ==, 1);
	const struct diagnostic *said = g_ptr_array_index(diagnostics_list(diagnostics), 0);
	g_assert_cmpuint(said->line, ==, 2);
	diagnostics_free(diagnostics);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report/each language has the same variables", test_same);
	g_test_add_func(
	    "/report/filled in, nothing is left and nothing hostile works", test_filled);
	g_test_add_func("/report/a file of the site comes first", test_own_file);
	g_test_add_func("/report/every variable of MailScanner 5 has a value", test_variables);
	return g_test_run();
}
