/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes meet their limits. */
#include "core/check/sizes.h"

#include "t/unit/check_fixture.h"

/* 100 bytes each: attachment, text, nameless picture, member. */
static void
open_sizes(struct act_fixture *fixture, const char *lines)
{
	check_open(fixture, lines);
	check_add(fixture, 0, PART_LEAF, "a.txt");
	check_add(fixture, 0, PART_LEAF, NULL);
	check_set(&check_add(fixture, 0, PART_LEAF, NULL)->type, "image/gif");
	check_add(fixture, 1, PART_MEMBER, "b.txt");
}

#define LARGE(part)                                                                              \
	"size " part " [AttachmentTooLarge] Maximum Attachment Size: This attachment is larger " \
	"than is allowed: 100 bytes\n"
#define SMALL(part)                                                                               \
	"size " part " [AttachmentTooSmall] Minimum Attachment Size: This attachment is smaller " \
	"than is allowed\n"

static const struct {
	const char *lines, *said, *why;
} cases[] = {
	{ "", "", "no limits" },
	{ "Maximum Attachment Size = 100\n", "", "as large as is allowed" },
	{ "Maximum Attachment Size = 99\n", LARGE("1") LARGE("3"), "larger" },
	{ "Maximum Attachment Size = 0\n", LARGE("1") LARGE("3"), "none but empty ones" },
	{ "Minimum Attachment Size = 100\n", "", "as small as is allowed" },
	{ "Minimum Attachment Size = 101\n", SMALL("1") SMALL("3"), "smaller" },
	{ "Maximum Attachment Size = 99\nDangerous Content Scanning = no\n", "", "switched off" },
	{ "Maximum Attachment Size = 99\nScan Messages = virus\n", "", "viruses only" },
	{ "Maximum Message Size = 1m\n", "", "small enough as a whole" },
};

static void
test_attachments(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct act_fixture fixture;

		g_test_message("%s", cases[i].why);
		open_sizes(&fixture, cases[i].lines);
		check_sizes(fixture.message);
		g_autofree char *said = check_said(&fixture);
		g_assert_cmpstr(said, ==, cases[i].said);
		act_close(&fixture);
	}
}

static void
test_message(void)
{
	struct act_fixture fixture;
	unsigned problems;

	open_sizes(&fixture, "Maximum Message Size = 10\n");
	g_autofree char *logged = check_logged(&fixture, check_sizes, &problems);
	g_autofree char *said = check_said(&fixture);
	g_autofree char *expected =
	    g_strdup_printf("size -1 [TooBig] Maximum Message Size: This "
			    "message is larger than is allowed: %" G_GUINT64_FORMAT " bytes\n",
		fixture.message->entry->size);
	g_assert_cmpuint(problems, ==, 1);
	g_assert_cmpstr(said, ==, expected);
	g_assert_cmpstr(logged, ==, "Content Checks: Message " ACT_ID " is bigger than 10 bytes\n");
	act_close(&fixture);
}

static void
test_log(void)
{
	struct act_fixture fixture;
	unsigned problems;

	check_open(&fixture, "Maximum Attachment Size = 100\nMinimum Attachment Size = 50\n");
	check_add(&fixture, 0, PART_LEAF, "notes.txt")->size = 220;
	check_add(&fixture, 0, PART_LEAF, "tiny.txt")->size = 3;
	g_autofree char *logged = check_logged(&fixture, check_sizes, &problems);
	g_assert_cmpuint(problems, ==, 2);
	g_assert_cmpstr(logged, ==,
	    "Attachment size check: 220 > 100 (notes.txt) in " ACT_ID "\n"
	    "Attachment size check: 3 < 50 (tiny.txt) in " ACT_ID "\n");
	act_close(&fixture);
}

static void
test_other_reading(void)
{
	struct act_fixture fixture;

	check_open(&fixture, "Maximum Attachment Size = 99\n");
	check_add(&fixture, 0, PART_LEAF, "a.txt")->reading = 2;
	check_sizes(fixture.message);
	g_autofree char *said = check_said(&fixture);
	g_assert_cmpstr(said, ==, LARGE("-1"));
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sizes/attachments have limits, texts and members none", test_attachments);
	g_test_add_func("/sizes/the message has a limit", test_message);
	g_test_add_func(
	    "/sizes/what another reading shows is about the whole message", test_other_reading);
	g_test_add_func("/sizes/log lines are those that parsers know", test_log);
	return g_test_run();
}
