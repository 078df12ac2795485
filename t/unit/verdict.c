/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/verdict.h"

#include "act_facts.h"
#include "rules/language.h"

#define FINDING(kind, key, text)          \
	{                                 \
		FINDING_##kind, key, text \
	}

static const struct {
	const char *lines;
	struct {
		enum finding_kind kind;
		const char *key, *text;
	} findings[3];
	const char *flags, *why;
} cases[] = {
	{ "", { { 0 } }, "", "nothing found" },
	{ "", { FINDING(copy, "", "x") }, "", "a copy is no infection" },
	{ "", { FINDING(note, "", "x") }, "", "nor is a note" },
	{ "", { FINDING(name, "", "x") }, "infected name", "a file name" },
	{ "", { FINDING(type, "", "x") }, "infected name", "a file type" },
	{ "", { FINDING(size, "TooBig", "x") }, "infected size", "a size" },
	{ "", { FINDING(content, "FoundForm", "x") }, "infected other", "dangerous content" },
	{ "", { FINDING(content, "FoundIFrame", "x") }, "infected other silent hushed",
	    "HTML-IFrame is in the default of Silent Viruses" },
	{ "Silent Viruses = HTML-Form", { FINDING(content, "FoundForm", "x") },
	    "infected other silent hushed", "a keyword" },
	{ "", { FINDING(error, "PartialMessage", "x") }, "infected other error", "an error" },
	{ "", { FINDING(denial, "KilledMailScanner", "x") }, "infected other denial", "denial" },
	{ "", { FINDING(virus, "", "Worm.X found") }, "infected virus silent silent_virus hushed",
	    "All-Viruses is in the default" },
	{ "", { FINDING(virus, "", "Eicar-Test") }, "infected virus silent noisy silent_virus",
	    "eicar is noisy by default" },
	{ "Silent Viruses = worm", { FINDING(virus, "", "W32.WORM.A") },
	    "infected virus silent silent_virus hushed", "a word in any case" },
	{ "Silent Viruses =", { FINDING(virus, "", "Worm") }, "infected virus", "no word" },
	{ "", { FINDING(content, "PasswordedArchive", "x") },
	    "infected other silent password hushed", "All-Viruses means password archives too" },
	{ "Non-Forging Viruses = Zip-Password", { FINDING(content, "PasswordedArchive", "x") },
	    "infected other silent noisy password", "unless they are noisy" },
	{ "", { FINDING(content, "NonPasswordedArchive", "x") },
	    "infected other silent no_password hushed", "and those without" },
	{ "", { FINDING(disarm, "", "x"), FINDING(phishing, "", "x") }, "disarmed phishing",
	    "both are no infection" },
	{ "", { FINDING(name, "", "x"), FINDING(size, "", "x") }, "infected name size", "two" },
};

static char *
flags_of(const struct message *message)
{
	struct verdict verdict;

	verdict_of(message, &verdict);
	const struct {
		bool is;
		const char *name;
	} flags[] = {
		{ verdict.infected, "infected" },
		{ verdict.virus, "virus" },
		{ verdict.name, "name" },
		{ verdict.size, "size" },
		{ verdict.other, "other" },
		{ verdict.error, "error" },
		{ verdict.denial, "denial" },
		{ verdict.silent, "silent" },
		{ verdict.noisy, "noisy" },
		{ verdict.silent_virus, "silent_virus" },
		{ verdict.password, "password" },
		{ verdict.no_password, "no_password" },
		{ verdict.disarmed, "disarmed" },
		{ verdict.phishing, "phishing" },
		{ verdict_is_hushed(&verdict), "hushed" },
	};
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
		if (flags[i].is)
			g_string_append_printf(
			    text, "%s%s", text->len > 0 ? " " : "", flags[i].name);
	}
	return g_string_free(text, FALSE);
}

static void
test_flags(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		act_configure(&fixture, cases[i].lines);
		act_take_plain(&fixture);
		for (size_t n = 0; n < 3 && cases[i].findings[n].text != NULL; n++)
			message_find_part(fixture.message, cases[i].findings[n].kind, FINDING_WHOLE,
			    "test", cases[i].findings[n].key, NULL, cases[i].findings[n].text);
		g_autofree char *flags = flags_of(fixture.message);
		g_test_message("%s", cases[i].why);
		g_assert_cmpstr(flags, ==, cases[i].flags);
	}
	act_close(&fixture);
}

static void
test_reports(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_tree(&fixture);
	const struct finding *name = message_find_part(
	    fixture.message, FINDING_name, 5, "filenames", NULL, "rules:3", "No programs");
	const struct finding *virus = message_find_part(
	    fixture.message, FINDING_virus, FINDING_WHOLE, "clamd", NULL, NULL, "Worm");
	const struct finding *unnamed = message_find_part(
	    fixture.message, FINDING_content, 2, "html", "FoundForm", NULL, "A form");
	g_autofree char *prefixed = verdict_report(fixture.message, name);
	g_autofree char *plain = verdict_report(fixture.message, virus);
	g_assert_cmpstr(prefixed, ==, "MailScanner: No programs");
	g_assert_cmpstr(plain, ==, "Worm");
	g_assert_cmpstr(verdict_file_name(fixture.message, name), ==, "b.exe");
	g_assert_cmpstr(
	    verdict_file_name(fixture.message, virus), ==, language_text(NULL, "TheEntireMessage"));
	g_assert_cmpstr(
	    verdict_file_name(fixture.message, unnamed), ==, language_text(NULL, "NotNamed"));
	act_configure(&fixture, "Include Scanner Name In Reports = no");
	g_autofree char *bare = verdict_report(fixture.message, name);
	g_assert_cmpstr(bare, ==, "No programs");
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/verdict/findings come to flags", test_flags);
	g_test_add_func("/verdict/reports name scanner and file", test_reports);
	return g_test_run();
}
