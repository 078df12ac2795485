/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports have their words: in the language of the site, and in English where its file has none. */
#include "rules/language.h"

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
	g_autofree char *lines = g_strdup_printf("Language Strings = %s\n", ruleset);
	const char *to[] = { "a@fr.example", NULL };
	struct subject *subject = subject_new("x@y.example", to, NULL);

	use(lines);
	g_assert_cmpstr(language_text(subject, "NotNamed"), ==, "sans nom");
	g_assert_cmpstr(language_text(NULL, "NotNamed"), ==, "ohne Namen");
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

static void
test_built_in(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	use("");
	for (const char *const *pair = language_built_in; *pair; pair += 2) {
		g_test_message("%s", pair[0]);
		g_assert_nonnull(pair[1]);
		g_assert_true(g_hash_table_add(seen, g_ascii_strdown(pair[0], -1)));
		g_assert_cmpstr(language_text(NULL, pair[0]), ==, pair[1]);
	}
	g_auto(GStrv) keys = g_strsplit(known_keys, " ", -1);
	for (char **key = keys; *key; key++) {
		g_autofree char *lower = g_ascii_strdown(*key, -1);

		g_test_message("%s", *key);
		g_assert_true(g_hash_table_contains(seen, lower));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	scratch_open();
	g_test_add_func("/language/a file of the site replaces words", test_own_file);
	g_test_add_func("/language/each message may have a language of its own", test_ruleset);
	g_test_add_func(
	    "/language/a file that is lost leaves English and is said once", test_lost_file);
	g_test_add_func("/language/every word is there in English", test_built_in);
	int status = g_test_run();

	config_free(config_use(NULL));
	scratch_close();
	return status;
}
