/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File names meet the lists and rules of the configuration; every name that a file may have is seen. */
#include "core/check/filenames.h"

#include "t/unit/check_fixture.h"

#define RULES                                                    \
	"allow\t\\.txt$\t-\t-\n"                                 \
	"deny\t\\.exe$\tA program\tPrograms are not wanted\n"    \
	"deny+delete\t\\.scr$\tA saver\tSavers are not wanted\n" \
	"rename\t\\.reg$\tA registry file\t-\n"                  \
	"rename to $1_$2\t^(.*)\\.(cab)$\t-\t-\n"                \
	"Post@Example.test, two@example.test\t\\.cv$\t-\t-\n"    \
	"deny\tfact:attached+script html?$\tScript\tNo script\n" \
	"deny\t-\tnot about names\tnot about names\n"            \
	"deny\t(x+x+)+[yz]\tslow\tslow\n"

/* A check of one file, and what was said of it. */
static void
check_one(struct act_fixture *fixture, const char *name, const char *expected)
{
	check_add(fixture, 0, PART_LEAF, name);
	check_filenames(fixture->message);
	g_autofree char *said = check_said(fixture);
	g_assert_cmpstr(said, ==, expected);
	check_forget(fixture);
	g_ptr_array_set_size(fixture->message->facts->parts, 1);
}

static void
open_rules(struct act_fixture *fixture, const char *lines)
{
	g_autofree char *all = g_strconcat(lines, "\nFilename Rules = @@/names.conf\n", NULL);

	check_open(fixture, "");
	act_put(fixture, "@@/names.conf", RULES);
	act_configure(fixture, all);
}

static const struct {
	const char *name, *said, *why;
} action_cases[] = {
	{ "a.txt", "", "allowed" },
	{ "a.unknown", "", "no rule matches" },
	{ "a.exe", "name 1 [] @@/names.conf:2: Programs are not wanted (a.exe)\n", "denied" },
	{ "A.EXE", "name 1 [] @@/names.conf:2: Programs are not wanted (A.EXE)\n", "any case" },
	{ "a.exe. ", "name 1 [] @@/names.conf:2: Programs are not wanted (a.exe. )\n",
	    "what Windows drops at the end" },
	{ "a.scr", "name 1 [] delete @@/names.conf:3: Savers are not wanted (a.scr)\n",
	    "denied without a copy" },
	{ "a.reg", "rename 1 [] @@/names.conf:4: a.reg.disarmed\n", "renamed by the pattern" },
	{ "a.cab", "rename 1 [] @@/names.conf:5: a_cab\n", "renamed by the rule" },
	{ "\xc3\xa4.cab", "rename 1 [] @@/names.conf:5: \xc3\xa4_cab\n", "beyond ASCII too" },
	{ "a.cv", "redirect 1 [] @@/names.conf:6: post@example.test two@example.test\n",
	    "sent to somebody else" },
	{ "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	    "name 1 [] @@/names.conf:9: slow "
	    "(xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx)\n",
	    "an expression that reaches its limit denies" },
};

static void
test_actions(void)
{
	struct act_fixture fixture;

	open_rules(&fixture, "");
	for (size_t i = 0; i < G_N_ELEMENTS(action_cases); i++) {
		g_test_message("%s", action_cases[i].why);
		check_one(&fixture, action_cases[i].name, action_cases[i].said);
	}
	act_close(&fixture);
}

static void
test_facts(void)
{
	struct act_fixture fixture;

	open_rules(&fixture, "");
	struct part *named = check_add(&fixture, 0, PART_LEAF, "a.html");
	struct part *body = check_add(&fixture, 0, PART_LEAF, NULL);
	check_set(&body->type, "text/html");
	check_add(&fixture, 0, PART_LEAF, "b.html");
	part_set(named, PART_FACT_script);
	part_set(body, PART_FACT_script);
	g_assert_cmpuint(check_filenames(fixture.message), ==, 1);
	g_autofree char *said = check_said(&fixture);
	g_assert_cmpstr(said, ==, "name 1 [] @@/names.conf:7: No script (a.html)\n");
	act_close(&fixture);
}

/* Whatever name the recipient's program shows. */
static void
test_all_names(void)
{
	struct act_fixture fixture;

	open_rules(&fixture, "");
	struct part *part = check_add(&fixture, 0, PART_LEAF, "a.txt");
	part_add_name(part, "b.exe");
	struct part *coded = check_add(&fixture, 0, PART_LEAF, "c.txt");
	part_add_name(coded, "=?utf-8?Q?c=2Etxt?=");
	check_filenames(fixture.message);
	g_autofree char *said = check_said(&fixture);
	g_assert_cmpstr(said, ==, "name 1 [] @@/names.conf:2: Programs are not wanted (a.txt)\n");
	act_close(&fixture);
}

/* Where all is denied but what a list or rule allows. */
static void
test_nothing_unknown(void)
{
	struct act_fixture fixture;

	check_open(&fixture, "");
	act_put(&fixture, "@@/names.conf",
	    "allow\t^msg-\\d+-\\d+\\.txt$\t-\t-\nallow\t\\.pdf$\t-\t-\ndeny\t.\t-\t-\n");
	act_configure(&fixture, NO_RULES "Filename Rules = @@/names.conf\n");
	check_add(&fixture, 0, PART_LEAF, NULL);
	struct part *part = check_add(&fixture, 0, PART_LEAF, "\xc3\xa4.pdf");
	part_add_name(part, "=?utf-8?Q?=C3=A4=2Epdf?=");
	struct part *html = check_add(&fixture, 0, PART_LEAF, NULL);
	check_set(&html->type, "text/html");
	check_filenames(fixture.message);
	g_autofree char *said = check_said(&fixture);
	g_assert_cmpstr(said, ==,
	    "name 3 [] @@/names.conf:3: Attachments with this name are not allowed (an attachment "
	    "without a name)\n");
	act_close(&fixture);
}

static void
test_lists(void)
{
	struct act_fixture fixture;

	open_rules(
	    &fixture, "Allow Filenames = ^good\\.exe$ *.fine\nDeny Filenames = *.txt (wrong\n");
	check_one(&fixture, "good.exe", "");
	check_one(&fixture, "a.fine", "");
	check_one(&fixture, "a.txt",
	    "name 1 [FoundBlockedFilename] delete listed Deny Filenames: Attachments with this "
	    "name "
	    "are not allowed (a.txt)\n");
	check_one(
	    &fixture, "bad.exe", "name 1 [] @@/names.conf:2: Programs are not wanted (bad.exe)\n");
	act_close(&fixture);
}

#define ENDLESS "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.exe"

/* A list that can't tell denies, and doesn't allow. */
static void
test_endless_lists(void)
{
	static const struct {
		const char *list;
		unsigned problems;
	} cases[] = { { "Allow Filenames = (x+x+)+[yz]\n", 1 },
		{ "Deny Filenames = (x+x+)+[yz]\n", 1 }, { "Allow Filenames = x\n", 0 } };

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct act_fixture fixture;

		open_rules(&fixture, cases[i].list);
		check_add(&fixture, 0, PART_LEAF, ENDLESS);
		g_assert_cmpuint(check_filenames(fixture.message), ==, cases[i].problems);
		act_close(&fixture);
	}
}

/* A rule that can't tell allows nothing, whatever it is for; a later rule may. */
static void
test_endless_rules(void)
{
	static const struct {
		const char *rules;
		unsigned problems;
	} cases[] = {
		{ "allow\t(x+x+)+[yz]\t-\t-\ndeny\t\\.exe$\tx\ty\n", 1 },
		{ "allow\t(x+x+)+[yz]\t-\t-\n", 0 },
		{ "rename\t(x+x+)+[yz]\t-\t-\n", 1 },
		{ "a@b.test\t(x+x+)+[yz]\t-\t-\n", 1 },
		{ "deny\t(x+x+)+[yz]\tx\ty\nallow\t\\.exe$\t-\t-\n", 1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct act_fixture fixture;

		check_open(&fixture, "");
		act_put(&fixture, "@@/slow.conf", cases[i].rules);
		act_configure(&fixture, NO_RULES "Filename Rules = @@/slow.conf\n");
		check_add(&fixture, 0, PART_LEAF, ENDLESS);
		g_test_message("%s", cases[i].rules);
		g_assert_cmpuint(check_filenames(fixture.message), ==, cases[i].problems);
		act_close(&fixture);
	}
}

/* For one letter of a member, what stops it under `Archives Are`. */
static void
check_letter(char letter, const char *archives, bool stopped)
{
	struct act_fixture fixture;
	g_autofree char *lines =
	    g_strdup_printf("Archives Are = %s\nArchives: Deny Filenames = \\.zzz$\n", archives);

	check_open(&fixture, lines);
	struct part *part = check_add(&fixture, 0, PART_MEMBER, "a.zzz");
	part->letter = letter;
	g_assert_cmpuint(check_filenames(fixture.message), ==, stopped);
	act_close(&fixture);
}

static void
test_archives(void)
{
	check_letter('z', "zip rar ole", true);
	check_letter('r', "zip rar ole", true);
	check_letter('o', "zip rar ole", true);
	check_letter('t', "zip rar ole", false);
	check_letter('t', "TNEF", true);
	check_letter('n', "zip rar", false);
	check_letter('z', "", false);
	check_letter('i', "zip", false);
}

static void
test_other_reading(void)
{
	struct act_fixture fixture;

	open_rules(&fixture, "");
	check_add(&fixture, 0, PART_LEAF, "a.exe")->reading = 1;
	check_add(&fixture, 0, PART_LEAF, "a.reg")->reading = 1;
	check_filenames(fixture.message);
	g_autofree char *said = check_said(&fixture);
	g_assert_cmpstr(said, ==,
	    "name -1 [] @@/names.conf:2: Programs are not wanted (a.exe)\n"
	    "note -1 [] @@/names.conf:4: a.reg is to be renamed, which can't be done where it "
	    "is\n");
	act_close(&fixture);
}

/* Neither members nor containers nor what had no name are renamed: of a member that is said, containers are not looked at. */
static void
test_not_renamed(void)
{
	struct act_fixture fixture;

	open_rules(&fixture, "Archives Are =\n");
	check_add(&fixture, 0, PART_MEMBER, "a.reg");
	check_add(&fixture, 0, PART_MESSAGE, "a.exe");
	check_add(&fixture, 0, PART_MULTIPART, "a.exe");
	g_assert_cmpuint(check_filenames(fixture.message), ==, 0);
	g_autofree char *said = check_said(&fixture);
	g_assert_true(g_str_has_prefix(said, "note "));
	g_assert_cmpuint(fixture.message->findings->len, ==, 1);
	act_close(&fixture);
}

static void
test_gates(void)
{
	static const char *const off[] = { "Scan Messages = virus\n",
		"Dangerous Content Scanning = no\n" };

	for (size_t i = 0; i < G_N_ELEMENTS(off); i++) {
		struct act_fixture fixture;

		open_rules(&fixture, off[i]);
		check_one(&fixture, "a.exe", "");
		act_close(&fixture);
	}
}

static void
test_placeholders(void)
{
	struct act_fixture fixture;

	for (int i = 0; i < 2; i++) {
		open_rules(&fixture, i == 0
					 ? "Archives Are =\n"
					 : "Archives Are =\n"
					   "Check Filenames In Password-Protected Archives = no\n");
		part_set(check_add(&fixture, 0, PART_MEMBER, "a.exe"), PART_FACT_empty_placeholder);
		g_assert_cmpuint(check_filenames(fixture.message), ==, i == 0);
		act_close(&fixture);
	}
}

/* Files are read one after the other, as if they were one. */
static void
test_several_files(void)
{
	struct act_fixture fixture;

	check_open(&fixture, "");
	act_put(&fixture, "@@/one.conf", "allow\tgood\\.exe$\t-\t-\n");
	act_put(&fixture, "@@/two.conf", "# nothing\ndeny\t\\.exe$\tx\ty\n");
	act_configure(&fixture, NO_RULES "Filename Rules = @@/one.conf @@/two.conf\n");
	check_one(&fixture, "good.exe", "");
	check_one(&fixture, "bad.exe", "name 1 [] @@/two.conf:2: y (bad.exe)\n");
	act_close(&fixture);
}

static void
test_missing_file(void)
{
	struct act_fixture fixture;

	check_open(&fixture, "");
	act_configure(&fixture, NO_RULES "Filename Rules = @@/gone.conf\n");
	check_add(&fixture, 0, PART_LEAF, "a.txt");
	g_assert_cmpuint(check_filenames(fixture.message), ==, 0);
	g_assert_cmpint(fixture.message->fate.kind, ==, FATE_LEAVE);
	g_assert_nonnull(strstr(fixture.message->fate.why, "gone.conf"));
	act_close(&fixture);
}

static void
test_unknown_fact(void)
{
	struct act_fixture fixture;
	unsigned problems;

	check_open(&fixture, "");
	act_put(&fixture, "@@/names.conf", "deny\tfact:vba+frob\tx\ty\n");
	act_configure(&fixture, NO_RULES "Filename Rules = @@/names.conf\n");
	part_set(check_add(&fixture, 0, PART_LEAF, "a.txt"), PART_FACT_vba);
	g_autofree char *logged = check_logged(&fixture, check_filenames, &problems);
	g_assert_cmpuint(problems, ==, 0);
	g_assert_nonnull(strstr(logged, "names.conf:1: error: \"frob\" is no fact"));
	act_close(&fixture);
}

static void
test_rename_pattern(void)
{
	static const char *const cases[][2] = { { "x-__filename__.safe", "x-a.reg.safe" },
		{ ".off", "a.reg.off" }, { "__FILENAME____FILENAME__", "a.rega.reg" } };

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct act_fixture fixture;
		g_autofree char *lines =
		    g_strdup_printf("Default Rename Pattern = %s\n", cases[i][0]);
		g_autofree char *said =
		    g_strdup_printf("rename 1 [] @@/names.conf:4: %s\n", cases[i][1]);

		open_rules(&fixture, lines);
		check_one(&fixture, "a.reg", said);
		act_close(&fixture);
	}
}

static void
test_log(void)
{
	struct act_fixture fixture;
	unsigned problems;

	open_rules(&fixture, "Log Permitted Filenames = yes\n");
	check_add(&fixture, 0, PART_LEAF, "a.exe");
	check_add(&fixture, 0, PART_LEAF, "a.txt");
	check_add(&fixture, 0, PART_LEAF, "a.bin");
	check_add(&fixture, 0, PART_LEAF, "a.reg");
	check_add(&fixture, 0, PART_LEAF, "a.cv");
	g_autofree char *logged = check_logged(&fixture, check_filenames, &problems);
	g_assert_cmpuint(problems, ==, 1);
	g_assert_cmpstr(logged, ==,
	    "Filename Checks: A program (" ACT_ID " a.exe)\n"
	    "Filename Checks: Allowing " ACT_ID " a.txt\n"
	    "Filename Checks: Allowing " ACT_ID " a.bin (no rule matched)\n"
	    "Filename Checks: A registry file (" ACT_ID " a.reg)\n"
	    "Filename Checks: " ACT_ID " renamed a.reg to a.reg.disarmed\n"
	    "Filename Checks: Forwarding " ACT_ID " a.cv to post@example.test two@example.test\n");
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/filenames/the first rule that matches decides", test_actions);
	g_test_add_func("/filenames/rules may ask for facts", test_facts);
	g_test_add_func("/filenames/a harmless name covers no other", test_all_names);
	g_test_add_func("/filenames/rules may allow a few and deny the rest", test_nothing_unknown);
	g_test_add_func("/filenames/lists come before rules", test_lists);
	g_test_add_func("/filenames/a list that can't tell denies", test_endless_lists);
	g_test_add_func("/filenames/a rule that can't tell allows nothing", test_endless_rules);
	g_test_add_func("/filenames/Archives Are says what is in an archive", test_archives);
	g_test_add_func(
	    "/filenames/what another reading shows is about the whole message", test_other_reading);
	g_test_add_func("/filenames/only parts with names are renamed", test_not_renamed);
	g_test_add_func("/filenames/both switches leave files alone", test_gates);
	g_test_add_func(
	    "/filenames/names in locked archives count where they are to", test_placeholders);
	g_test_add_func("/filenames/several rules files are one", test_several_files);
	g_test_add_func("/filenames/a rule about no fact is said", test_unknown_fact);
	g_test_add_func("/filenames/without its rules a message stays", test_missing_file);
	g_test_add_func(
	    "/filenames/the rename pattern holds the name or follows it", test_rename_pattern);
	g_test_add_func("/filenames/log lines are those that parsers know", test_log);
	return g_test_run();
}
