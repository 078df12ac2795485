/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages are blocked because they are encrypted, or because they are not. */
#include "core/check/crypt.h"

#include "t/unit/check_fixture.h"

#define ENCRYPTED                                                                                 \
	"error -1 [encrypted] Block Encrypted Messages: This message is encrypted, which is not " \
	"allowed\n"
#define UNENCRYPTED                                                                                \
	"error -1 [unencrypted] Block Unencrypted Messages: This message is not encrypted, which " \
	"is not allowed\n"

static const struct {
	const char *lines, *encrypted, *plain;
} cases[] = {
	{ "", "", "" },
	{ "Block Encrypted Messages = yes\n", ENCRYPTED, "" },
	{ "Block Unencrypted Messages = yes\n", "", UNENCRYPTED },
	{ "Block Encrypted Messages = yes\nDangerous Content Scanning = no\n", "", "" },
	{ "Block Unencrypted Messages = yes\nScan Messages = virus\n", "", "" },
};

static void
check_case(const char *lines, bool encrypted, const char *expected)
{
	struct act_fixture fixture;
	unsigned problems;

	check_open(&fixture, lines);
	check_add(&fixture, 0, PART_LEAF, "a.txt");
	struct part *part = check_add(&fixture, 0, PART_LEAF, "smime.p7m");
	part_set(part, encrypted ? PART_FACT_mime_encrypted : PART_FACT_mime_signed);
	g_autofree char *logged = check_logged(&fixture, check_encryption, &problems);
	g_autofree char *said = check_said(&fixture);
	g_assert_cmpstr(said, ==, expected);
	g_assert_cmpuint(problems, ==, *expected != '\0');
	g_assert_cmpstr(logged, ==,
	    problems == 0 ? ""
	    : encrypted	  ? "Content Checks: Detected and blocked encrypted message in " ACT_ID "\n"
			  : "Content Checks: Detected and blocked unencrypted message in " ACT_ID
			  "\n");
	act_close(&fixture);
}

static void
test_encryption(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].lines);
		check_case(cases[i].lines, true, cases[i].encrypted);
		check_case(cases[i].lines, false, cases[i].plain);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/crypt/one encrypted part makes an encrypted message", test_encryption);
	return g_test_run();
}
