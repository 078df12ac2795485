/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of a message, by finding and directive: a table, and the stages in their order. */
#include "core/act/decide.h"

#include <string.h>

#include "act_facts.h"

#define FINDING(kind, part, key, text)          \
	{                                       \
		FINDING_##kind, part, key, text \
	}
#define FORM FINDING(content, 3, "FoundForm", "a form")
#define FRAME FINDING(content, 3, "FoundIFrame", "a frame")
#define PROGRAM FINDING(name, 5, "", "a program")
#define WORM FINDING(virus, 6, "", "Worm.X")
#define EICAR FINDING(virus, 6, "", "Eicar-Test")
#define ENDED FINDING(denial, FINDING_WHOLE, "KilledMailScanner", "it ended the reader")

static const struct {
	const char *lines;
	struct {
		enum finding_kind kind;
		int part;
		const char *key, *text;
	} findings[3];
	const char *fate; /* and the stage that settled it */
	const char
	    *edits; /* kinds and parts of the body edits, but for the warning above the text */
} cases[] = {
	{ "", { { 0 } }, "open", "" },
	{ "", { FINDING(note, FINDING_WHOLE, "", "x") }, "open", "" },
	/* Cleaned by default. */
	{ "", { PROGRAM }, "open", "replace 4" },
	{ "", { FORM }, "open", "replace 3" },
	{ "", { PROGRAM, FORM }, "open", "replace 4 replace 3" },
	{ "", { EICAR }, "open", "replace 6" },
	{ "Deliver Cleaned Messages = no", { PROGRAM }, "drop cleaning", "" },
	{ "Deliver Cleaned Messages = no", { FINDING(disarm, 3, "", "x") }, "open", "" },
	/* Silent: gone, unless the directives say otherwise; noisy ones are not silent. */
	{ "", { WORM }, "drop silent viruses", "" },
	{ "", { FRAME }, "drop silent viruses", "" },
	{ "", { WORM, PROGRAM }, "drop silent viruses", "" },
	{ "", { WORM, EICAR }, "open", "replace 6" },
	{ "Silent Viruses =", { WORM }, "open", "replace 6" },
	{ "Still Deliver Silent Viruses = yes", { WORM }, "open", "replace 6" },
	{ "Still Deliver Silent Viruses = yes\nDeliver Cleaned Messages = no", { WORM },
	    "drop cleaning", "" },
	{ "Still Deliver Silent Viruses = yes\nStill Deliver Silent Viruses Unmodified = yes",
	    { WORM }, "open", "" },
	/* Only what is silent is delivered as it is. */
	{ "Still Deliver Silent Viruses = yes\nStill Deliver Silent Viruses Unmodified = yes",
	    { EICAR }, "open", "replace 6" },
	{ "Still Deliver Silent Viruses Unmodified = yes", { WORM }, "drop silent viruses", "" },
	/* Denial of service is kept and stopped; else the whole is replaced. */
	{ "", { ENDED }, "drop quarantine", "" },
	{ "Quarantine Denial Of Service = no", { ENDED }, "open", "replace 0" },
	{ "Quarantine Denial Of Service = no\nDeliver Cleaned Messages = no", { ENDED },
	    "drop cleaning", "" },
	/* What a rule sends elsewhere goes there; one that names nobody leaves it. */
	{ "", { FINDING(redirect, FINDING_WHOLE, "", "eve@other.test") }, "open", "" },
	{ "", { FINDING(redirect, FINDING_WHOLE, "", "-bd, <>") }, "leave redirection", "" },
	/* New names are for files that people see. */
	{ "", { FINDING(rename, 6, "", "d.png") }, "open", "rename 6" },
	{ "", { FINDING(rename, 5, "", "d.exe") }, "open", "" },
	{ "", { FINDING(rename, 3, "", "d.html") }, "open", "" },
};

static char *
fate_text(const struct fate *fate)
{
	static const char *const words[] = { "open", "pass", "deliver", "drop", "leave", "hold" };

	return fate->kind == FATE_OPEN ? g_strdup(words[fate->kind])
				       : g_strconcat(words[fate->kind], " ", fate->stage, NULL);
}

static char *
edits_text(const struct act_fixture *fixture)
{
	g_autofree char *all = act_body_edits(fixture);
	g_auto(GStrv) lines = g_strsplit(all, "\n", -1);
	GString *text = g_string_new(NULL);

	for (char **line = lines; *line != NULL; line++) {
		if (**line != '\0' && !g_str_has_prefix(*line, "splice"))
			g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", *line);
	}
	return g_string_free(text, FALSE);
}

/* The stages that need no reader, as the pipeline calls them: none after the fate is settled. */
static void
decide(struct message *message)
{
	static void (*const stages[])(
	    struct message *) = { decide_silent, decide_redirect, decide_rename, decide_clean };
	g_autoptr(GError) error = NULL;

	g_assert_true(decide_denial(message, &error));
	for (size_t i = 0; i < G_N_ELEMENTS(stages) && message->fate.kind == FATE_OPEN; i++)
		stages[i](message);
}

static void
test_cases(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		act_configure(&fixture, cases[i].lines);
		act_take_tree(&fixture);
		for (size_t n = 0; n < 3 && cases[i].findings[n].text != NULL; n++)
			message_find_part(fixture.message, cases[i].findings[n].kind,
			    cases[i].findings[n].part, "test", cases[i].findings[n].key, NULL,
			    cases[i].findings[n].text);
		decide(fixture.message);
		g_autofree char *fate = fate_text(&fixture.message->fate);
		g_autofree char *edits = edits_text(&fixture);
		g_test_message("case %zu: %s: %s", i, cases[i].lines,
		    cases[i].findings[0].text != NULL ? cases[i].findings[0].text : "nothing");
		g_assert_cmpstr(fate, ==, cases[i].fate);
		g_assert_cmpstr(edits, ==, cases[i].edits);
	}
	act_close(&fixture);
}

/* Denial leaves its trace before the message goes. */
static void
test_denial_is_kept(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_tree(&fixture);
	message_find_part(fixture.message, FINDING_denial, FINDING_WHOLE, "test",
	    "KilledMailScanner", NULL, "it ended the reader");
	decide(fixture.message);
	g_assert_cmpuint(act_copies(&fixture), ==, 1);
	act_close(&fixture);
}

/* A clean message is signed, one with findings is not. */
static void
test_signing(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_configure(&fixture, "Sign Clean Messages = yes");
	for (unsigned infected = 0; infected < 2; infected++) {
		act_take_tree(&fixture);
		if (infected)
			message_find_part(
			    fixture.message, FINDING_name, 6, "test", NULL, NULL, "x");
		decide_sign(fixture.message);
		g_assert_cmpuint(fixture.message->body_edits->len > 0, ==, !infected);
	}
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/decide/findings and directives make the fate", test_cases);
	g_test_add_func(
	    "/decide/denial of service is kept before it is stopped", test_denial_is_kept);
	g_test_add_func("/decide/clean mail is signed", test_signing);
	return g_test_run();
}
