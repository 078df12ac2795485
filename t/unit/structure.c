/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can't be read, is not all there, or is read in different ways. */
#include "core/check/structure.h"

#include "t/unit/check_fixture.h"

static unsigned
check_built(struct message *message)
{
	check_structure(message);
	return 0;
}

static void
test_parts(void)
{
	static const struct {
		const char *limit;
		unsigned counted;
		bool stopped, found;
	} cases[] = { { "7", 6, false, false }, { "7", 7, false, true }, { "0", 199, false, false },
		{ "0", 200, false, true }, { "-1", 100000, false, false },
		{ "200", 10, true, true } };

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct act_fixture fixture;
		unsigned problems;
		g_autofree char *lines =
		    g_strdup_printf("Maximum Attachments Per Message = %s\n", cases[i].limit);
		g_autofree char *line =
		    g_strdup_printf("Too many attachments (%u) in " ACT_ID "\n", cases[i].counted);

		g_test_message("%u parts, limit %s", cases[i].counted, cases[i].limit);
		check_open(&fixture, lines);
		fixture.message->facts->counted = cases[i].counted;
		fixture.message->facts->limits = cases[i].stopped ? 1U << READ_LIMIT_parts : 0;
		g_autofree char *logged = check_logged(&fixture, check_built, &problems);
		g_autofree char *said = check_said(&fixture);
		g_assert_cmpstr(logged, ==, cases[i].found ? line : "");
		g_assert_cmpstr(said, ==,
		    cases[i].found ? "error -1 [TooManyAttachments] Maximum Attachments Per "
				     "Message: This message has more attachments than are "
				     "allowed\n"
				   : "");
		act_close(&fixture);
	}
}

static void
test_unreadable(void)
{
	for (int i = 0; i < 3; i++) {
		struct act_fixture fixture;

		check_open(&fixture, "Scan Messages = virus\n");
		struct part *inner = check_add(&fixture, 0, PART_MULTIPART, NULL);
		if (i == 0)
			fixture.message->facts->unparsable = true;
		else
			part_set(i == 1 ? facts_part(fixture.message->facts, 0) : inner,
			    PART_FACT_no_boundary);
		check_structure(fixture.message);
		const struct finding *found = message_finding(fixture.message, FINDING_error);
		g_assert_cmpint(found != NULL, ==, i < 2);
		if (found != NULL) {
			g_assert_cmpstr(found->key, ==, "CantAnalyze");
			g_assert_cmpint(found->part, ==, FINDING_WHOLE);
		}
		act_close(&fixture);
	}
}

static void
test_tnef(void)
{
	for (int i = 0; i < 2; i++) {
		struct act_fixture fixture;
		unsigned problems;

		check_open(&fixture, i == 0 ? "" : "Deliver Unparsable TNEF = yes\n");
		part_set(check_add(&fixture, 0, PART_LEAF, "winmail.dat"), PART_FACT_bad_tnef);
		g_autofree char *logged = check_logged(&fixture, check_built, &problems);
		g_autofree char *said = check_said(&fixture);
		g_assert_cmpstr(said, ==,
		    i == 0
			? "error 1 [BadTNEF] Deliver Unparsable TNEF: The winmail.dat attachment "
			  "could not be decoded, so nobody knows what is in it\n"
			: "");
		g_assert_cmpstr(logged, ==,
		    i == 0 ? "Corrupt TNEF winmail.dat that cannot be analysed in message " ACT_ID
			     "\n"
			   : "");
		act_close(&fixture);
	}
}

static void
test_ambiguous(void)
{
	struct act_fixture fixture;

	check_open(&fixture, "");
	part_set(check_add(&fixture, 0, PART_LEAF, "a"), PART_FACT_repeated_header);
	struct part *other = check_add(&fixture, 0, PART_LEAF, "b");
	part_set(other, PART_FACT_odd_boundary);
	part_set(other, PART_FACT_eight_bit_header);
	other->reading = 1;
	fixture.message->facts->readings = 2;
	check_structure(fixture.message);
	g_autofree char *said = check_said(&fixture);
	g_assert_cmpstr(said, ==,
	    "ambiguous -1 [Ambiguous] : Mail programs differ on what this message contains: it can "
	    "be "
	    "read in more than one way\n"
	    "ambiguous 1 [Ambiguous] : Mail programs differ on what this message contains: a "
	    "Content- "
	    "header stands more than once\n"
	    "ambiguous -1 [Ambiguous] : Mail programs differ on what this message contains: its "
	    "boundary is written so that programs differ on it\n");
	act_close(&fixture);
}

static void
test_boundary(void)
{
	struct act_fixture fixture;
	unsigned problems;

	check_open(&fixture, "");
	fixture.message->facts->longest_boundary = 79;
	g_assert_cmpuint(check_boundary(fixture.message), ==, 0);
	fixture.message->facts->longest_boundary = 80;
	g_autofree char *logged = check_logged(&fixture, check_boundary, &problems);
	g_assert_cmpuint(problems, ==, 1);
	g_assert_cmpstr(logged, ==,
	    "Other Checks: Found multipart boundary violation of RFC 2046 limit of 70 charaters "
	    "in " ACT_ID "\n");
	const struct finding *finding = g_ptr_array_index(fixture.message->findings, 0);
	g_assert_cmpstr(finding->key, ==, "EudoraLongMIME");
	g_assert_cmpint(finding->part, ==, FINDING_WHOLE);
	act_close(&fixture);
}

/* What is said of a quoted-printable text with these facts. */
static void
check_text(const char *lines, uint64_t blank_line, bool unpacked, const char *expected)
{
	struct act_fixture fixture;

	check_open(&fixture, lines);
	struct part *part = check_add(&fixture, 0, PART_LEAF, NULL);
	check_set(&part->encoding, "quoted-printable");
	part->blank_line = blank_line;
	if (!unpacked)
		part_set(part, PART_FACT_not_unpacked);
	g_assert_cmpuint(check_fragments(fixture.message), ==, *expected != '\0');
	g_autofree char *said = check_said(&fixture);
	g_assert_cmpstr(said, ==, expected);
	act_close(&fixture);
}

static void
test_blank_lines(void)
{
	check_text("", 100000, true, "");
	check_text("Dangerous Content Scanning = no\n", 100001, true,
	    "content -1 [QPDOSFound] : A line of blanks is so long that mail programs may fail on "
	    "it; its length is 100001\n");
	check_text("Scan Messages = virus\n", 100001, true, "");
	check_text("", 0, false,
	    "content -1 [QPDOSFail] Ignore QP Denial Of Service Failure: The text of this message "
	    "could not be searched for dangerously long lines\n");
	check_text("Ignore QP Denial Of Service Failure = yes\n", 0, false, "");
}

static void
check_piece(const char *lines, enum part_fact fact, const char *expected, const char *line)
{
	struct act_fixture fixture;
	unsigned problems;

	check_open(&fixture, lines);
	part_set(check_add(&fixture, 0, PART_LEAF, "a"), fact);
	g_autofree char *logged = check_logged(&fixture, check_fragments, &problems);
	g_autofree char *said = check_said(&fixture);
	g_assert_cmpstr(said, ==, expected);
	g_assert_cmpstr(logged, ==, line);
	g_assert_cmpuint(problems, ==, *expected != '\0');
	act_close(&fixture);
}

static void
test_pieces(void)
{
	check_piece("Dangerous Content Scanning = no\n", PART_FACT_partial,
	    "error 1 [PartialMessage] Allow Partial Messages: This message is a fragment of a "
	    "larger "
	    "one, which can't be checked piece by piece\n",
	    "Content Checks: Detected and rejected fragmented message section in " ACT_ID "\n");
	check_piece("Allow Partial Messages = yes\n", PART_FACT_partial, "", "");
	check_piece("Scan Messages = virus\n", PART_FACT_partial, "", "");
	check_piece("", PART_FACT_external_body,
	    "error 1 [ExternalBody] Allow External Message Bodies: The content of this message "
	    "lies "
	    "elsewhere and can't be checked\n",
	    "Content Checks: Detected and rejected external message body in " ACT_ID "\n");
	check_piece("Allow External Message Bodies = yes\n", PART_FACT_external_body, "", "");
}

/* What could not be read at all has its finding already. */
static void
test_not_read(void)
{
	struct act_fixture fixture;

	check_open(&fixture, "");
	facts_free(fixture.message->facts);
	fixture.message->facts = NULL;
	check_structure(fixture.message);
	g_assert_cmpuint(check_boundary(fixture.message), ==, 0);
	g_assert_cmpuint(check_fragments(fixture.message), ==, 0);
	g_assert_cmpuint(fixture.message->findings->len, ==, 0);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/structure/parts are counted to their limit", test_parts);
	g_test_add_func("/structure/what can't be read is said", test_unreadable);
	g_test_add_func("/structure/a winmail.dat that can't be decoded is said", test_tnef);
	g_test_add_func("/structure/what programs differ on is said", test_ambiguous);
	g_test_add_func("/structure/long boundaries are stopped", test_boundary);
	g_test_add_func("/structure/long blank lines are stopped", test_blank_lines);
	g_test_add_func("/structure/fragments and outside content are stopped", test_pieces);
	g_test_add_func("/structure/without facts there is nothing to check", test_not_read);
	return g_test_run();
}
