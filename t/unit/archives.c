/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What could not be looked into is never clean. */
#include "core/check/archives.h"

#include "rules/language.h"
#include "t/unit/check_fixture.h"

#define FACT(id) (UINT64_C(1) << PART_FACT_##id)
#define ARCHIVE FACT(archive)
#define PASSWORDED                                                                             \
	"content 1 [PasswordedArchive] Allow Password-Protected Archives: An archive needs a " \
	"password, so its files can't be checked\n"
#define BARE                                                                                      \
	"content 1 [NonPasswordedArchive] Archives Must Be Password Protected: An archive holds " \
	"files that are not protected by a password\n"
#define UNREADABLE                                                                                 \
	"content 1 [UnreadableArchive] : An archive could not be opened, so nobody knows what is " \
	"in it\n"
#define ALLOW "Allow Password-Protected Archives = yes\n"
#define INSIST "Archives Must Be Password Protected = yes\n"

static const struct {
	const char *lines;
	uint64_t facts;
	const char *said, *logged, *why;
} cases[] = {
	{ "", ARCHIVE, "", "", "an archive" },
	{ "", ARCHIVE | FACT(unencrypted_member), "", "", "an ordinary one" },
	{ "", ARCHIVE | FACT(encrypted), PASSWORDED,
	    "Password-protected archive (a.zip) in " ACT_ID "\n", "with a password" },
	{ "", ARCHIVE | FACT(encrypted_names), PASSWORDED,
	    "Password-protected archive (a.zip) in " ACT_ID "\n", "even its names" },
	{ "Dangerous Content Scanning = no\n", ARCHIVE | FACT(encrypted), PASSWORDED,
	    "Password-protected archive (a.zip) in " ACT_ID "\n", "whatever is switched off" },
	{ "Scan Messages = virus\n", ARCHIVE | FACT(encrypted), PASSWORDED,
	    "Password-protected archive (a.zip) in " ACT_ID "\n", "for viruses only, too" },
	{ ALLOW, ARCHIVE | FACT(encrypted), "", "", "allowed" },
	{ INSIST ALLOW, ARCHIVE | FACT(encrypted), "", "", "and asked for" },
	{ INSIST ALLOW, ARCHIVE | FACT(encrypted) | FACT(unencrypted_member), BARE,
	    "Non-password-protected archive (a.zip) in " ACT_ID "\n", "but not all of it" },
	{ INSIST, ARCHIVE | FACT(unencrypted_member), BARE,
	    "Non-password-protected archive (a.zip) in " ACT_ID "\n", "without a password" },
	{ INSIST, ARCHIVE | FACT(ooxml) | FACT(unencrypted_member), "", "", "documents need none" },
	{ "", FACT(ole) | FACT(encrypted), "", "", "rules are for encrypted documents" },
	{ "", ARCHIVE | FACT(unreadable), UNREADABLE, "Unreadable archive (a.zip) in " ACT_ID "\n",
	    "can't be opened" },
	{ "", ARCHIVE | FACT(truncated), UNREADABLE, "Unreadable archive (a.zip) in " ACT_ID "\n",
	    "ends too early" },
	{ "Ignore Truncated Archives = yes\n", ARCHIVE | FACT(truncated) | FACT(unreadable), "", "",
	    "ends too early, which is allowed" },
	{ "Ignore Truncated Archives = yes\n", ARCHIVE | FACT(unreadable), UNREADABLE,
	    "Unreadable archive (a.zip) in " ACT_ID "\n", "but this is more" },
	{ "", FACT(truncated), "", "", "a text that ends early is none" },
	{ "", FACT(ole) | FACT(unreadable), UNREADABLE,
	    "Unreadable archive (a.zip) in " ACT_ID "\n", "a document that can't be opened" },
};

static unsigned
check(struct message *message)
{
	check_archives(message);
	return 0;
}

static void
test_facts(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct act_fixture fixture;
		unsigned problems;

		g_test_message("%s", cases[i].why);
		check_open(&fixture, cases[i].lines);
		check_add(&fixture, 0, PART_LEAF, "a.zip")->facts = cases[i].facts;
		g_autofree char *logged = check_logged(&fixture, check, &problems);
		g_autofree char *said = check_said(&fixture);
		g_assert_cmpstr(said, ==, cases[i].said);
		g_assert_cmpstr(logged, ==, cases[i].logged);
		act_close(&fixture);
	}
}

/* A file in a PDF is as good as one in an archive; a PDF that only can't be read without a password is left alone. */
static void
test_locked_files(void)
{
	static const struct {
		const char *lines;
		uint64_t facts;
		bool found;
	} files[] = {
		{ "", FACT(encrypted) | FACT(empty_placeholder), true },
		{ "", 0, false },
		{ ALLOW, FACT(encrypted) | FACT(empty_placeholder), false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		struct act_fixture fixture;

		check_open(&fixture, files[i].lines);
		check_add(&fixture, 0, PART_LEAF, "a.pdf")->facts = FACT(encrypted);
		check_add(&fixture, 1, PART_MEMBER, "b.exe")->facts = files[i].facts;
		check_archives(fixture.message);
		g_autofree char *said = check_said(&fixture);
		g_assert_cmpstr(said, ==, files[i].found ? PASSWORDED : "");
		act_close(&fixture);
	}
}

static const struct {
	gint64 limit;
	unsigned depth;
	uint64_t size;
	bool reached, found;
} depths[] = {
	{ 1, 1, 4, false, true },
	{ 1, 1, 3, false, false },
	{ 2, 1, 100, false, false },
	{ 2, 2, 100, false, true },
	{ 8, 7, 100, false, false },
	{ 8, 8, 100, false, true },
	{ 8, 1, 100, true, true },
	{ 0, 3, 100, false, false },
	{ 0, 1, 100, true, false },
};

static void
test_depth(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(depths); i++) {
		struct act_fixture fixture;
		g_autofree char *lines = g_strdup_printf(
		    "Maximum Archive Depth = %" G_GINT64_FORMAT "\n", depths[i].limit);

		g_test_message("%s depth %u", lines, depths[i].depth);
		check_open(&fixture, lines);
		struct part *part = check_add(&fixture, 0, PART_MEMBER, "a.txt");
		part->archive_depth = depths[i].depth;
		part->size = depths[i].size;
		if (depths[i].reached)
			fixture.message->facts->limits = 1U << READ_LIMIT_archive_depth;
		check_archives(fixture.message);
		g_assert_cmpuint(fixture.message->findings->len, ==, depths[i].found);
		act_close(&fixture);
	}
}

/* Each but the number of parts, which has words of its own. */
static void
test_limits(void)
{
	for (unsigned limit = 0; limit < READ_LIMIT_COUNT; limit++) {
		struct act_fixture fixture;
		unsigned problems;

		check_open(&fixture, "");
		fixture.message->facts->limits = 1U << limit;
		g_autofree char *logged = check_logged(&fixture, check, &problems);
		if (limit == READ_LIMIT_parts) {
			g_assert_cmpuint(fixture.message->findings->len, ==, 0);
			act_close(&fixture);
			continue;
		}
		const struct finding *finding = g_ptr_array_index(fixture.message->findings, 0);
		g_assert_cmpstr(finding->key, ==, "ArchiveTooDeep");
		g_assert_cmpint(finding->part, ==, FINDING_WHOLE);
		g_assert_cmpstr(finding->rule, ==, read_limit_directive((enum read_limit)limit));
		g_assert_nonnull(strstr(
		    finding->text, language_text(NULL, read_limit_key((enum read_limit)limit))));
		g_assert_cmpstr(
		    logged, ==, "Files hidden in very deeply nested archive in " ACT_ID "\n");
		act_close(&fixture);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/archives/files in a PDF that nobody can open", test_locked_files);
	g_test_add_func("/archives/passwords and damage are as the site wants them", test_facts);
	g_test_add_func("/archives/depth counts as MailScanner counts it", test_depth);
	g_test_add_func("/archives/every limit of reading is a finding", test_limits);
	return g_test_run();
}
