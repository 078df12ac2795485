/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports have their words: those of the site, and built-in ones in the language that it chose where its file has none. */
#include "rules/language.h"

#include <string.h>

#include "t/unit/config_scratch.h"

static const char own_file[] = "# the words of this site\n"
			       "FoundBlockedFilename  =   verboten (%place%)  \n"
			       "THEENTIREMESSAGE=die ganze Mail\n"
			       "HTMLParserAttack = eins\\nzwei\n"
			       "DefiniteFraudStart = <font color=\"#ff0000\"> a = b\n"
			       "  # = no comment\n"
			       "MailScanner =\n"
			       "no line of the kind\n"
			       "OwnWord = eigen\n";

static const struct {
	const char *key, *text, *why;
} own_cases[] = {
	{ "FoundBlockedFilename", "verboten (Kiel)", "macros are replaced, blanks are trimmed" },
	{ "foundblockedFILENAME", "verboten (Kiel)", "keys have no case" },
	{ "TheEntireMessage", "die ganze Mail", "blanks around = are not needed" },
	{ "HTMLParserAttack", "eins\nzwei", "\\n is a new line" },
	{ "DefiniteFraudStart", "<font color=\"#ff0000\"> a = b",
	    "only the first = counts, # too" },
	{ "#", "no comment", "# is a comment only at the beginning of a line" },
	{ "MailScanner", "", "a word may be empty" },
	{ "OwnWord", "eigen", "words that we don't know are kept" },
	{ "NotNamed", "an attachment without a name", "what is missing is English" },
	{ "NobodysKey", "NobodysKey", "a key that nobody knows stands for itself" },
};

/* The configuration lives until the end of the test. */
static void
use(const char *lines)
{
	config_free(config_use(scratch_load(lines, NULL, NULL)));
}

static void
test_own_file(void)
{
	g_autofree char *path = scratch_write("languages.conf", own_file);
	g_autofree char *lines = g_strdup_printf("%%place%% = Kiel\nLanguage Strings = %s\n", path);

	use(lines);
	for (size_t i = 0; i < G_N_ELEMENTS(own_cases); i++) {
		g_test_message("%s", own_cases[i].why);
		g_assert_cmpstr(language_text(NULL, own_cases[i].key), ==, own_cases[i].text);
	}
}

static void
test_ruleset(void)
{
	g_autofree char *german = scratch_write("de.conf", "NotNamed = ohne Namen\n");
	g_autofree char *french = scratch_write("fr.conf", "NotNamed = sans nom\n");
	g_autofree char *rules =
	    g_strdup_printf("To: *@fr.example %s\nFromOrTo: default %s\n", french, german);
	g_autofree char *ruleset = scratch_write("language.rules", rules);
	g_autofree char *choice =
	    scratch_write("choice.rules", "To: *@fr.example fr\nFromOrTo: default de\n");
	g_autofree char *lines =
	    g_strdup_printf("Language Strings = %s\nReport Language = %s\n", ruleset, choice);
	const char *to[] = { "a@fr.example", NULL };
	struct subject *subject = subject_new("x@y.example", to, NULL);

	use(lines);
	g_assert_cmpstr(language_text(subject, "NotNamed"), ==, "sans nom");
	g_assert_cmpstr(language_text(NULL, "NotNamed"), ==, "ohne Namen");
	g_assert_cmpstr(language_text(subject, "Report"), ==, "Rapport");
	g_assert_cmpstr(language_text(NULL, "Report"), ==, "Befund");
	subject_free(subject);
}

static void
test_lost_file(void)
{
	g_autofree char *gone = scratch_write("gone.conf", "");
	g_autofree char *lines = g_strdup_printf("Language Strings = %s\n", gone);
	struct subject *subject = subject_new("x@y.example", NULL, NULL);

	use(lines);
	g_unlink(gone);
	g_assert_cmpstr(
	    language_text(subject, "CantAnalyze"), ==, language_text(NULL, "CantAnalyze"));
	g_assert_cmpstr(language_text(subject, "Report"), ==, "Report");
	g_assert_cmpuint(subject_notes(subject)->len, ==, 1);
	subject_free(subject);
}

/* All that MailScanner 5 looks for. */
static const char known_keys[] =
    "Blacklisted Whitelisted Spam NotSpam skippedastoobig SpamAssassin score required "
    "cached notcached SATimedOut SADisabled SATooLarge SANoHeaders GSDisabled GSTimedOut "
    "watermarked MCP MCPSpamAssassin MCPspam MCPnotspam MCPblacklisted MCPwhitelisted "
    "MCPsadisabled MCPsanoheaders MCPsatimedout TheEntireMessage NotNamed MailScanner "
    "PostmasterName NoticeHeading Report NoticeSubject NoticePrefix FullHeadersAre "
    "NoticeVirusInfected NoticeFilenameInfected NoticeOtherInfected NoticeSizeInfected "
    "NoticePasswordProtected NoticeNonPasswordProtected Disinfected CantAnalyze BadTNEF "
    "TooManyAttachments PartialMessage ExternalBody EudoraLongMIME DOSAttack "
    "KilledMailScanner HTMLParserAttack QPDOSFound QPDOSFail UnreadableArchive "
    "PasswordedArchive NonPasswordedArchive ArchiveTooDeep FoundIFrame FoundForm "
    "FoundScript FoundObject FoundWebBug encrypted unencrypted TooBig AttachmentTooLarge "
    "AttachmentTooSmall FoundBlockedFilename FoundBlockedFiletype PossibleFraudStart "
    "PossibleFraudEnd DefiniteFraudStart DefiniteFraudEnd NumericLinkWarning "
    "HiddenLinkWarningStart HiddenLinkWarningEnd";

static const char *const languages[] = { "en", "de", "fr", "es", "nl", "it", "pt" };

/* Key in lower case -> text, as the file has them. */
static GHashTable *
words_of(const char *language)
{
	size_t length;
	const char *text = language_built_in(language, &length);
	g_autofree char *all = g_strndup(text, length);
	g_auto(GStrv) lines = g_strsplit(all, "\n", -1);
	GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	g_assert_true(g_utf8_validate(all, -1, NULL));
	for (char **line = lines; *line != NULL; line++) {
		const char *equals = strstr(*line, " = ");

		if (**line == '\0' || **line == '#')
			continue;
		g_test_message("%s: %s", language, *line);
		g_assert_nonnull(equals);
		g_assert_cmpuint(strlen(equals), >, 3);
		g_autofree char *key = g_strndup(*line, (size_t)(equals - *line));
		g_assert_true(
		    g_hash_table_insert(words, g_ascii_strdown(key, -1), g_strdup(equals + 3)));
	}
	return words;
}

static void
test_known(void)
{
	g_auto(GStrv) keys = g_strsplit(known_keys, " ", -1);
	g_autoptr(GHashTable) english = words_of("en");

	use("");
	for (char **key = keys; *key; key++) {
		g_autofree char *lower = g_ascii_strdown(*key, -1);
		const char *text = g_hash_table_lookup(english, lower);

		g_test_message("%s", *key);
		g_assert_nonnull(text);
		g_assert_cmpstr(language_text(NULL, *key), ==, text);
	}
}

/* What a program looks for or puts in: conversions, and tags in their order. */
static char *
marks_of(const char *text)
{
	GString *marks = g_string_new(NULL);

	for (const char *at = text; (at = strpbrk(at, "%<")) != NULL; at++)
		g_string_append_printf(
		    marks, "%.*s ", *at == '%' ? 2 : (int)strcspn(at, ">") + 1, at);
	return g_string_free(marks, FALSE);
}

static void
test_in_step(void)
{
	g_autoptr(GHashTable) english = words_of("en");

	for (size_t i = 1; i < G_N_ELEMENTS(languages); i++) {
		g_autoptr(GHashTable) words = words_of(languages[i]);
		GHashTableIter all;
		void *key, *text;

		g_assert_cmpuint(g_hash_table_size(words), ==, g_hash_table_size(english));
		g_hash_table_iter_init(&all, english);
		while (g_hash_table_iter_next(&all, &key, &text)) {
			const char *other = g_hash_table_lookup(words, key);

			g_test_message("%s: %s", languages[i], (char *)key);
			g_assert_nonnull(other);
			g_autofree char *wanted = marks_of(text), *marks = marks_of(other);
			g_assert_cmpstr(marks, ==, wanted);
			/* Sentences are translated; a name may be the same. */
			if (strlen(text) > 20 && strchr(text, '<') == NULL)
				g_assert_cmpstr(other, !=, text);
		}
	}
}

/* The words of sites that are older than UTF-8. */
static void
test_charset(void)
{
	g_autofree char *latin = scratch_write("latin.conf", "NotNamed = gr\xFC\xDF \x93x\x94\n");
	g_autofree char *greek = scratch_write("greek.conf", "NotNamed = \xE1\xE2\n");
	g_autofree char *first = g_strdup_printf("Language Strings = %s\n", latin);
	g_autofree char *second = g_strdup_printf(
	    "Language Strings = %s\nAttachment Encoding Charset = ISO-8859-7\n", greek);

	use(first);
	g_assert_cmpstr(language_text(NULL, "NotNamed"), ==, "gr\u00FC\u00DF \u201Cx\u201D");
	use(second);
	g_assert_cmpstr(language_text(NULL, "NotNamed"), ==, "\u03B1\u03B2");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	scratch_open();
	g_test_add_func("/language/a file of the site replaces words", test_own_file);
	g_test_add_func("/language/each message may have a language of its own", test_ruleset);
	g_test_add_func("/language/a file that is lost leaves the built-in words and is said once",
	    test_lost_file);
	g_test_add_func("/language/every word that MailScanner 5 knows is there", test_known);
	g_test_add_func("/language/every language has every word", test_in_step);
	g_test_add_func("/language/a file in another charset is read", test_charset);
	int status = g_test_run();

	config_free(config_use(NULL));
	scratch_close();
	return status;
}
