/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/clean.h"

#include "act_facts.h"

static void
find(struct act_fixture *fixture, enum finding_kind kind, int part, const char *text)
{
	message_find_part(fixture->message, kind, part, "test", NULL, NULL, text);
}

static void
test_member(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_tree(&fixture);
	find(&fixture, FINDING_name, 5, "No programs (b.exe)");
	clean_replace(fixture.message);
	clean_mark(fixture.message);
	g_autofree char *edits = act_body_edits(&fixture);
	g_assert_cmpstr(edits, ==, "replace 4\nsplice 2 0-0\nsplice 3 20-20\n");
	g_autofree char *text = act_edit_text(&fixture, 0);
	g_assert_nonnull(strstr(text, "File:    b.exe\n"));
	g_assert_nonnull(strstr(text, "\n   MailScanner: No programs (b.exe)\n"));
	g_assert_nonnull(strstr(text, "No copy was kept."));
	g_assert_null(strchr(text, '$'));
	const struct body_edit *edit = g_ptr_array_index(fixture.message->body_edits, 0);
	g_assert_cmpstr(edit->content->disposition, ==, "attachment");
	act_close(&fixture);
}

static void
test_stored(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_tree(&fixture);
	find(&fixture, FINDING_size, 6, "Too large");
	find(&fixture, FINDING_content, 4, "A password");
	find(&fixture, FINDING_copy, 6, "/quarantine/x");
	act_configure(&fixture, "Warning Is Attachment = no");
	clean_replace(fixture.message);
	g_autofree char *edits = act_body_edits(&fixture);
	g_autofree char *kept = act_edit_text(&fixture, 0);
	g_autofree char *gone = act_edit_text(&fixture, 1);
	g_assert_cmpstr(edits, ==, "replace 6\nreplace 4\n");
	g_assert_nonnull(strstr(kept, "because of its size"));
	g_assert_nonnull(strstr(kept, "The original is kept"));
	g_assert_nonnull(strstr(gone, "because of what is in it"));
	g_assert_nonnull(strstr(gone, "No copy was kept"));
	const struct body_edit *edit = g_ptr_array_index(fixture.message->body_edits, 0);
	g_assert_cmpstr(edit->content->disposition, ==, "inline");
	act_close(&fixture);
}

/* What is found in the whole message, or in a part that only some programs see, replaces all of it. */
static void
test_whole(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	for (unsigned other_reading = 0; other_reading < 2; other_reading++) {
		act_take_tree(&fixture);
		act_part(&fixture, 0, PART_LEAF, "application/x", "hidden.exe")->reading = 1;
		find(&fixture, FINDING_name, 6, "No pictures");
		find(&fixture, FINDING_error, other_reading ? 7 : FINDING_WHOLE, "Can't be read");
		clean_replace(fixture.message);
		clean_mark(fixture.message);
		g_autofree char *edits = act_body_edits(&fixture);
		g_autofree char *text = act_edit_text(&fixture, 0);
		g_assert_cmpstr(edits, ==, "replace 0\n");
		g_assert_nonnull(strstr(text, "No pictures\n"));
		g_assert_nonnull(strstr(text, "Can't be read\n"));
	}
	act_close(&fixture);
}

static void
test_unread(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	find(&fixture, FINDING_denial, FINDING_WHOLE, "It ended the reader");
	clean_replace(fixture.message);
	clean_mark(fixture.message);
	g_autofree char *edits = act_body_edits(&fixture);
	g_assert_cmpstr(edits, ==, "replace 0\n");
	act_close(&fixture);
}

static void
test_texts(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_tree(&fixture);
	find(&fixture, FINDING_name, 5, "Twice");
	find(&fixture, FINDING_type, 5, "Twice");
	find(&fixture, FINDING_virus, 4, "Once\nmore");
	find(&fixture, FINDING_note, 6, "not shown");
	g_autofree char *report = clean_report(fixture.message, "> ");
	g_autofree char *files = clean_file_names(fixture.message);
	g_assert_cmpstr(report, ==, "> MailScanner: Twice\n> Once\n> more\n");
	g_assert_cmpstr(files, ==, "b.exe, a.zip");
	act_configure(&fixture, "Mark Infected Messages = no");
	clean_mark(fixture.message);
	g_assert_cmpuint(fixture.message->body_edits->len, ==, 0);
	act_close(&fixture);
}

/* The language of the recipients. */
static void
test_language(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_put(&fixture, "@@/language.rules", "To: *@example.test de\nFromOrTo: default fr\n");
	act_configure(&fixture, "Report Language = @@/language.rules");
	act_take_tree(&fixture);
	find(&fixture, FINDING_virus, 6, "Worm");
	clean_replace(fixture.message);
	g_autofree char *text = act_edit_text(&fixture, 0);
	g_assert_nonnull(strstr(text, "Datei:"));
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/clean/a bad member replaces its archive", test_member);
	g_test_add_func("/clean/the text says whether a copy was kept", test_stored);
	g_test_add_func("/clean/findings about everything replace everything", test_whole);
	g_test_add_func("/clean/a message that was never read is replaced", test_unread);
	g_test_add_func("/clean/texts and names stand once", test_texts);
	g_test_add_func("/clean/texts come in the language of the recipients", test_language);
	return g_test_run();
}
