/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What would become of a message is told before it happens, and nothing is done. */
#include "core/act/foresee.h"

#include "t/unit/act_facts.h"

static const struct {
	const char *lines;
	enum finding_kind kind;
	int part;
	const char *key, *text;
	bool unclear; /* part 6 has two types */
	const char *told;
} cases[] = {
	{ "", FINDING_note, FINDING_WHOLE, "", "x", false, "" },
	{ "Mark Infected Messages = no", FINDING_name, 5, "", "a program", false,
	    "part 4 is replaced (cleaning)" },
	{ "Mark Infected Messages = no", FINDING_content, FINDING_WHOLE, "", "bad", false,
	    "part 0 is replaced (cleaning)" },
	{ "Deliver Cleaned Messages = no", FINDING_name, 5, "", "a program", false,
	    "it is stopped: Deliver Cleaned Messages is no" },
	{ "", FINDING_content, 3, "FoundIFrame", "a frame", false,
	    "it is stopped: what was found in it is silent" },
	{ "", FINDING_denial, FINDING_WHOLE, "KilledMailScanner", "it ended the reader", false,
	    "it is kept and stopped: it ended the reader" },
	{ "", FINDING_rename, 6, "", "d.png", false, "part 6 gets another name (renaming)" },
	{ "", FINDING_note, FINDING_WHOLE, "", "x", true,
	    "mending: left part 6 as it is: it can't be reached" },
	{ "Mend Ambiguous Headers = no", FINDING_note, FINDING_WHOLE, "", "x", true, "" },
	{ "Scan Messages = no", FINDING_name, 5, "", "a program", true, "" },
	{ "Sign Clean Messages = yes", FINDING_note, FINDING_WHOLE, "", "x", false,
	    "signing: left part 2 as it is: it can't be reached\n"
	    "signing: left part 3 as it is: it can't be reached" },
};

static void
test_cases(void)
{
	struct act_fixture fixture;

	/* The parts of this tree have no place in the message, so only what replaces them reaches it. */
	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		act_configure(&fixture, cases[i].lines);
		act_take_tree(&fixture);
		if (cases[i].unclear)
			part_set(facts_part(fixture.message->facts, 6), PART_FACT_unclear_fields);
		message_find_part(fixture.message, cases[i].kind, cases[i].part, "test",
		    cases[i].key, NULL, cases[i].text);
		g_autoptr(GPtrArray) told = foresee(fixture.message);
		g_ptr_array_add(told, NULL);
		g_autofree char *text = g_strjoinv("\n", (char **)told->pdata);
		g_test_message("%s: %s", cases[i].lines, cases[i].text);
		g_assert_cmpstr(text, ==, cases[i].told);
		g_assert_cmpuint(act_copies(&fixture), ==, 0);
	}
	act_close(&fixture);
}

/* What can't be judged now waits, and that is said. */
static void
test_waiting(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_configure(&fixture, "");
	act_take_tree(&fixture);
	message_settle(fixture.message, FATE_LEAVE, "test", "the rules can't be read");
	g_autoptr(GPtrArray) told = foresee(fixture.message);
	g_assert_cmpuint(told->len, ==, 1);
	g_assert_cmpstr(
	    g_ptr_array_index(told, 0), ==, "it stays in the queue: the rules can't be read");
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/foresee/each case in its own words", test_cases);
	g_test_add_func("/foresee/a message that waits", test_waiting);
	return g_test_run();
}
