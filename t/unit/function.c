/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How functions are named in the configuration, and what becomes of what they give. */
#include "rules/function.h"

#include <string.h>

#include "t/unit/config_scratch.h"

struct parse_case {
	const char *text;
	const char *parsed; /* "Name|argument|argument"; NULL: refused */
	const char *why;
};

static const struct parse_case parse_cases[] = {
	{ "&Myfunc", "Myfunc", "a name" },
	{ "&my_func2", "my_func2", "digits and _" },
	{ "&Myfunc()", "Myfunc", "an empty list" },
	{ "&Myfunc( )", "Myfunc", "blanks in it" },
	{ "&Myfunc(a, \"b c\")", "Myfunc|a|b c", "a bare word and a quoted one" },
	{ "&Myfunc (a)", NULL, "a blank before the list" },
	{ "&Myfunc( 'it''s')", NULL, "two quoted texts side by side" },
	{ "&Myfunc('a \"b\", (c)' ,d e )", "Myfunc|a \"b\", (c)|d e", "quotes hold everything" },
	{ "&Myfunc(\"\")", "Myfunc|", "an empty text" },
	{ "&Myfunc(a,)", NULL, "nothing behind the comma" },
	{ "&Myfunc(,a)", NULL, "nothing before it" },
	{ "&Myfunc(a", NULL, "no )" },
	{ "&Myfunc(\"a)", NULL, "no closing quote" },
	{ "&Myfunc(a\"b\")", NULL, "a quote in the middle" },
	{ "&Myfunc(a) b", NULL, "more behind it" },
	{ "&Myfunc;", "Myfunc;", "the semicolon of the tutorial" },
	{ "&Myfunc(a) ; ", "Myfunc;|a", "behind a list" },
	{ "&Myfunc;;", NULL, "two" },
	{ "&", NULL, "no name" },
	{ "&2nd", NULL, "a digit first" },
	{ "& Myfunc", NULL, "a blank first" },
	{ "&My::func", NULL, "a package" },
};

static void
test_parse(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(parse_cases); i++) {
		const struct parse_case *expected = &parse_cases[i];
		g_autoptr(GError) error = NULL;
		bool semicolon = false;
		struct function_use *use = function_parse(expected->text, &semicolon, &error);

		g_test_message("%s: %s", expected->text, expected->why);
		if (expected->parsed == NULL) {
			g_assert_null(use);
			g_assert_error(error, FUNCTION_ERROR, FUNCTION_ERROR_SYNTAX);
			continue;
		}
		g_assert_no_error(error);
		g_autofree char *arguments = g_strjoinv("|", use->arguments);
		g_autofree char *parsed = g_strconcat(use->name, semicolon ? ";" : "",
		    use->arguments[0] != NULL ? "|" : "", arguments, NULL);
		g_assert_cmpstr(parsed, ==, expected->parsed);
		function_use_free(use);
	}
}

static void
test_text_of_arguments(void)
{
	bool semicolon = false;
	struct function_use *use = function_parse("&F(\"one\", 'two' );", &semicolon, NULL);

	g_assert_cmpstr(use->text, ==, "(\"one\", 'two' )");
	function_use_free(use);
}

struct convert_case {
	enum directive directive;
	const char *given, *kept; /* kept NULL: the directive can't have it */
	const char *why;
};

static const struct convert_case convert_cases[] = {
	{ DIRECTIVE_virus_scanning, "yes", "yes", "a word of the file" },
	{ DIRECTIVE_virus_scanning, "1", "yes", "MailScanner 5's own" },
	{ DIRECTIVE_virus_scanning, "0", "no", "and its no" },
	{ DIRECTIVE_virus_scanning, "1 0", "yes no", "as a ruleset would join them" },
	{ DIRECTIVE_virus_scanning, "2", NULL, "virus is no word of this one" },
	{ DIRECTIVE_virus_scanning, "maybe", NULL, "no word at all" },
	{ DIRECTIVE_virus_scanning, "", NULL, "nothing" },
	{ DIRECTIVE_scan_messages, "2", "virus", "virus only" },
	{ DIRECTIVE_use_tnef_contents, "2", "replace", "the same digit for another directive" },
	{ DIRECTIVE_use_tnef_contents, "1", "add", "not yes" },
	{ DIRECTIVE_allow_iframe_tags, "convert", "disarm", "an old word" },
	{ DIRECTIVE_maximum_message_size, "10k", "10000", "a number with a suffix" },
	{ DIRECTIVE_maximum_message_size, "1", "1", "a number is not a yes" },
	{ DIRECTIVE_maximum_message_size, "much", NULL, "no number" },
	{ DIRECTIVE_mail_header, "X-A B:", "X-A-B:", "made a header name" },
	{ DIRECTIVE_notices_to, "1", "1", "a text stays what it is" },
	{ DIRECTIVE_archive_mail, "/a   /b ", "/a /b", "one blank between words" },
};

static void
test_convert(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(convert_cases); i++) {
		const struct convert_case *expected = &convert_cases[i];
		const struct table_row *row = table_row(expected->directive);
		g_autoptr(GError) error = NULL;
		g_autofree char *note = NULL;
		g_autofree char *kept = function_convert(row, expected->given, &note, &error);

		g_test_message("%s: %s", row->info.name, expected->why);
		g_assert_cmpstr(kept, ==, expected->kept);
		g_assert_true((error != NULL) == (expected->kept == NULL));
	}
}

/* What the function of the tests answers. */
struct script {
	enum function_answer answer;
	const char *text;
	unsigned calls;
};

static enum function_answer
answer_script(
    void *data, const struct function_use *use, struct subject *subject, const char **text)
{
	struct script *script = data;

	(void)subject;
	g_assert_cmpstr(use->name, ==, "Look");
	script->calls++;
	*text = script->text;
	return script->answer;
}

struct answer_case {
	enum function_answer answer;
	const char *text;
	const char *value;
	const char *reasons; /* numbers of enum reason_source */
	const char *doubt, *note;
};

static const struct answer_case answer_cases[] = {
	{ FUNCTION_VALUE, "0", "no", "6", NULL, NULL },
	{ FUNCTION_VALUE, "1 0", "yes", "6", NULL, NULL },
	{ FUNCTION_NO_VALUE, NULL, "yes", "0", NULL, NULL },
	{ FUNCTION_VALUE, "maybe", "yes", "0", NULL,
	    "Virus Scanning: function Look: expected no or yes, not \"maybe\"; the default is "
	    "used" },
	{ FUNCTION_UNKNOWN, "asleep", "yes", "50",
	    "Virus Scanning: function Look can't tell: asleep", NULL },
};

static void
check_answer(const struct answer_case *expected, struct subject *subject)
{
	struct explanation *explanation =
	    config_explain(config_current(), DIRECTIVE_virus_scanning, subject);
	g_autoptr(GString) reasons = g_string_new(NULL);

	for (unsigned i = 0; i < explanation->reasons->len; i++) {
		const struct reason *reason = explanation->reasons->pdata[i];

		g_string_append_printf(reasons, "%d", reason->source);
	}
	g_assert_cmpstr(explanation->value, ==, expected->value);
	g_assert_cmpstr(reasons->str, ==, expected->reasons);
	g_assert_true(explanation->certain == (expected->doubt == NULL));
	explanation_free(explanation);
}

static void
test_answers(void)
{
	config_free(config_use(scratch_load("Virus Scanning = &Look\n", NULL, NULL)));
	for (size_t i = 0; i < G_N_ELEMENTS(answer_cases); i++) {
		const struct answer_case *expected = &answer_cases[i];
		struct script script = { expected->answer, expected->text, 0 };
		struct subject *subject = subject_new("a@b.example", NULL, NULL);

		function_register(answer_script, &script);
		g_assert_true(virus_scanning_for(subject) == (expected->value[0] == 'y'));
		g_assert_cmpuint(script.calls, ==, 1);
		check_answer(expected, subject);
		check_answer(expected, NULL);
		g_assert_cmpstr(subject_doubt(subject), ==, expected->doubt);
		const GPtrArray *notes = subject_notes(subject);
		g_assert_cmpuint(notes ? notes->len : 0, ==, expected->note != NULL);
		if (notes)
			g_assert_cmpstr(notes->pdata[0], ==, expected->note);
		subject_free(subject);
	}
	function_register(NULL, NULL);
}

static void
test_nobody_registered(void)
{
	config_free(config_use(scratch_load("Virus Scanning = &Look\n", NULL, NULL)));
	g_assert_true(virus_scanning_for(NULL));
}

static void
test_texts_without_a_message(void)
{
	char text[] = "X-One:";
	struct script script = { FUNCTION_VALUE, text, 0 };

	config_free(config_use(scratch_load("Mail Header = &Look\n", NULL, NULL)));
	function_register(answer_script, &script);
	const char *first = mail_header_for(NULL);
	text[2] = 'A';
	g_assert_cmpstr(first, ==, "X-One:");
	function_register(NULL, NULL);
}

static void
test_inner_values(void)
{
	static const struct {
		enum directive directive;
		const char *value, *inner;
	} inner_cases[] = {
		{ DIRECTIVE_virus_scanning, "yes", "1" },
		{ DIRECTIVE_virus_scanning, "no", "0" },
		{ DIRECTIVE_scan_messages, "virus", "2" },
		{ DIRECTIVE_allow_iframe_tags, "disarm", "convert" },
		{ DIRECTIVE_mail_header, "yes", "yes" },
		{ DIRECTIVE_max_children, "5", "5" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(inner_cases); i++) {
		const struct table_row *row = table_row(inner_cases[i].directive);
		g_autofree char *inner = function_inner_value(row, inner_cases[i].value);

		g_assert_cmpstr(inner, ==, inner_cases[i].inner);
	}
}

/* A function whose value is the name of a file of rules. */
static void
test_returned_ruleset(void)
{
	g_autofree char *path =
	    scratch_write("some.rules", "From: *@b.c no\nFromOrTo: default yes\n");
	struct script script = { FUNCTION_VALUE, path, 0 };
	struct subject *fits = subject_new("a@b.c", NULL, NULL);
	struct subject *other = subject_new("a@d.e", NULL, NULL);

	config_free(config_use(scratch_load("Virus Scanning = &Look\n", NULL, NULL)));
	function_register(answer_script, &script);
	g_assert_false(virus_scanning_for(fits));
	g_assert_true(virus_scanning_for(other));
	g_assert_true(virus_scanning_for(NULL));
	/* It was read once: what becomes of the file shows after a reload. */
	g_assert_true(g_file_set_contents(path, "FromOrTo: default no\n", -1, NULL));
	g_assert_true(virus_scanning_for(other));
	g_assert_null(subject_notes(fits));
	function_register(NULL, NULL);
	subject_free(fits);
	subject_free(other);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	scratch_open();
	g_test_add_func("/function/a name and literal arguments are read", test_parse);
	g_test_add_func("/function/the arguments are logged as written", test_text_of_arguments);
	g_test_add_func("/function/results are checked, inner words too", test_convert);
	g_test_add_func("/function/each answer leads to a value and a reason", test_answers);
	g_test_add_func("/function/without plugins the default counts", test_nobody_registered);
	g_test_add_func(
	    "/function/a text without a message stays good", test_texts_without_a_message);
	g_test_add_func("/function/values in MailScanner 5's inner words", test_inner_values);
	g_test_add_func(
	    "/function/the name of a ruleset lets its rules decide", test_returned_ruleset);
	int status = g_test_run();
	config_free(config_use(NULL));
	scratch_close();
	return status;
}
