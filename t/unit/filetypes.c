/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File types meet the lists and rules of the configuration. */
#include "core/check/filetypes.h"

#include "t/unit/check_fixture.h"

#define RULES                                            \
	"allow\tscript\t-\t-\n"                          \
	"deny\texecutable\tA program\tNo programs\n"     \
	"deny+delete\t^ELF\tAn ELF\tNo ELF\n"            \
	"rename to x\tRegistry\t-\t-\n"                  \
	"a@example.test\tspecial\t-\t-\n"                \
	"deny\t-\t^image/gif$\tA picture\tNo pictures\n" \
	"rename\t-\t^image/png$\t-\t-\n"                 \
	"b@example.test\t-\t^image/tiff$\t-\t-\n"        \
	"deny\t^x+, y\tnever\tnever\n"

static void
open_rules(struct act_fixture *fixture, const char *lines)
{
	g_autofree char *all =
	    g_strconcat(NO_RULES, "Filetype Rules = @@/types.conf\n", lines, NULL);

	check_open(fixture, "");
	act_put(fixture, "@@/types.conf", RULES);
	act_configure(fixture, all);
}

static struct part *
add(struct act_fixture *fixture, const char *name, const char *description, const char *mime)
{
	struct part *part = check_add(fixture, 0, PART_LEAF, name);

	part->description = g_strdup(description);
	part->mime = g_strdup(mime);
	return part;
}

static const struct {
	const char *description, *mime, *said, *why;
} cases[] = {
	{ "Python script, ASCII text executable", "text/x-python", "", "allowed" },
	{ "data", "application/octet-stream", "", "no rule matches" },
	{ "PE32 executable (GUI), for MS Windows", "application/x-dosexec",
	    "type 1 [] @@/types.conf:2: No programs (a.bin)\n", "denied" },
	{ "data, executable", "application/octet-stream", "", "only up to the first comma" },
	{ "xx, y", "application/octet-stream", "", "the comma itself is not seen" },
	{ "ELF 64-bit", "application/x-object",
	    "type 1 [] delete @@/types.conf:3: No ELF (a.bin)\n", "denied without a copy" },
	{ "Windows Registry text", "text/plain", "rename 1 [] @@/types.conf:4: a.bin.disarmed\n",
	    "types rename by the pattern only" },
	{ "special", "text/plain", "redirect 1 [] @@/types.conf:5: a@example.test\n", "sent on" },
	{ "GIF image data", "image/gif; charset=binary",
	    "type 1 [] @@/types.conf:6: No pictures (a.bin)\n", "denied by MIME type" },
	{ "PNG image data", "image/png", "", "MIME types don't rename" },
	{ "TIFF image data", "image/tiff", "redirect 1 [] @@/types.conf:8: b@example.test\n",
	    "sent on by MIME type" },
	{ "PE32 executable", "image/gif", "type 1 [] @@/types.conf:2: No programs (a.bin)\n",
	    "said once" },
};

static void
test_rules(void)
{
	struct act_fixture fixture;

	open_rules(&fixture, "");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].why);
		add(&fixture, "a.bin", cases[i].description, cases[i].mime);
		check_filetypes(fixture.message);
		g_autofree char *said = check_said(&fixture);
		g_assert_cmpstr(said, ==, cases[i].said);
		check_forget(&fixture);
		g_ptr_array_set_size(fixture.message->facts->parts, 1);
	}
	act_close(&fixture);
}

/* One file of type "PE32 executable", application/x-dosexec under these lines. */
static void
check_program(const char *lines, const char *expected)
{
	struct act_fixture fixture;

	open_rules(&fixture, lines);
	add(&fixture, "a.bin", "PE32 executable", "application/x-dosexec");
	check_filetypes(fixture.message);
	g_autofree char *said = check_said(&fixture);
	g_assert_cmpstr(said, ==, expected);
	act_close(&fixture);
}

static void
test_lists(void)
{
	const char *denied = "type 1 [] @@/types.conf:2: No programs (a.bin)\n";

	check_program("Allow Filetypes = pe32\n", "");
	check_program("Allow Filetypes = elf\n", denied);
	check_program("Allow File MIME Types = dosexec\n", "");
	check_program("Archives: Allow File MIME Types = dosexec\n", denied);
	check_program("Filetype Rules =\nDeny Filetypes = pe32\n",
	    "type 1 [FoundBlockedFiletype] delete listed Deny Filetypes: Attachments of this type "
	    "are "
	    "not allowed (a.bin)\n");
	check_program("Filetype Rules =\nDeny File MIME Types = dosexec$\n",
	    "type 1 [FoundBlockedFiletype] delete listed Deny File MIME Types: Attachments of this "
	    "type are not allowed (a.bin)\n");
}

/* A MIME type that is allowed takes back what is said of the type, not what is said of the name. */
static void
test_name_stays(void)
{
	struct act_fixture fixture;

	open_rules(&fixture, "Allow File MIME Types = dosexec\n");
	add(&fixture, "a.bin", "PE32 executable", "application/x-dosexec");
	message_find_part(fixture.message, FINDING_name, 1, "filename", "", "", "bad name");
	check_filetypes(fixture.message);
	g_assert_cmpuint(fixture.message->findings->len, ==, 1);
	act_close(&fixture);
}

static void
test_override(void)
{
	const char *denied = "type 1 [] @@/types.conf:2: No programs (a.bin)\n";

	check_program("Allow Filenames = bin$\n", denied);
	check_program("Override Filetypes = yes\nAllow Filenames = bin$\n", "");
	check_program("Override Filetypes = yes\n", denied);
}

static void
test_dat(void)
{
	static const struct {
		const char *name, *ignore;
		enum part_kind kind;
		unsigned problems;
	} dat[] = { { "a.dat", "yes", PART_MEMBER, 0 }, { "a.dat", "no", PART_MEMBER, 1 },
		{ "a.DAT", "yes", PART_MEMBER, 1 }, { "a.dat", "yes", PART_LEAF, 1 } };

	for (size_t i = 0; i < G_N_ELEMENTS(dat); i++) {
		struct act_fixture fixture;
		unsigned problems;
		g_autofree char *lines =
		    g_strdup_printf("Archives: Filetype Rules = @@/types.conf\n"
				    "Archives: Ignore DAT File Executable = %s\n",
			dat[i].ignore);

		open_rules(&fixture, lines);
		struct part *part = check_add(&fixture, 0, dat[i].kind, dat[i].name);
		part->description = g_strdup("PE32 executable");
		part->mime = g_strdup("application/x-dosexec");
		g_autofree char *logged = check_logged(&fixture, check_filetypes, &problems);
		g_assert_cmpuint(problems, ==, dat[i].problems);
		if (problems == 0)
			g_assert_cmpstr(logged, ==,
			    "Skipping archive .dat file type check (prevent wrong executable "
			    "type)\n");
		act_close(&fixture);
	}
}

static void
test_unknown(void)
{
	struct act_fixture fixture;

	open_rules(&fixture, "");
	add(&fixture, "a.bin", NULL, NULL);
	struct part *empty = add(&fixture, "empty.bin", NULL, NULL);
	empty->size = 0;
	part_set(add(&fixture, "locked.bin", NULL, NULL), PART_FACT_empty_placeholder);
	g_assert_cmpuint(check_filetypes(fixture.message), ==, 1);
	const struct finding *finding = message_finding(fixture.message, FINDING_error);
	g_assert_cmpint(finding->part, ==, 1);
	g_assert_cmpstr(finding->key, ==, "CantAnalyze");
	check_forget(&fixture);
	fixture.message->facts->limits = 1U << READ_LIMIT_bytes;
	g_assert_cmpuint(check_filetypes(fixture.message), ==, 0);
	act_close(&fixture);
}

/* Only what something is said about has to be known. */
static void
test_wanted(void)
{
	static const struct {
		const char *lines, *description, *mime;
		unsigned problems;
	} wanted[] = {
		{ "", NULL, NULL, 0 },
		{ "Deny Filetypes = x\n", "data", NULL, 0 },
		{ "Deny Filetypes = x\n", NULL, "text/plain", 1 },
		{ "Archives: Allow Filetypes = x\n", NULL, "text/plain", 1 },
		{ "Deny File MIME Types = zzz\n", NULL, "text/plain", 0 },
		{ "Deny File MIME Types = zzz\n", "data", NULL, 1 },
		{ "Filetype Rules = @@/plain.conf\n", "data", NULL, 0 },
		{ "Filetype Rules = @@/types.conf\n", "data", NULL, 1 },
		{ "Archives: Filetype Rules = @@/types.conf\n", "data", NULL, 1 },
		{ "Filetype Rules = @@/types.conf\nFile Command =\n", NULL, NULL, 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
		struct act_fixture fixture;
		g_autofree char *lines = g_strconcat(NO_RULES, wanted[i].lines, NULL);

		g_test_message("%s", wanted[i].lines);
		open_rules(&fixture, "");
		act_put(&fixture, "@@/plain.conf", "deny\tx\ty\tz\n");
		act_configure(&fixture, lines);
		add(&fixture, "a.bin", wanted[i].description, wanted[i].mime);
		g_assert_cmpuint(check_filetypes(fixture.message), ==, wanted[i].problems);
		act_close(&fixture);
	}
}

static void
test_log(void)
{
	struct act_fixture fixture;
	unsigned problems;

	open_rules(
	    &fixture, "Log Permitted Filetypes = yes\nLog Permitted File MIME Types = yes\n");
	add(&fixture, "a.py", "Python script", "text/x-python");
	add(&fixture, "a.exe", "PE32 executable", "application/x-dosexec");
	add(&fixture, "a.gif", "GIF image data", "image/gif");
	add(&fixture, "a.reg", "Windows Registry", "text/plain");
	add(&fixture, "a.odd", "special", "image/tiff");
	g_autofree char *logged = check_logged(&fixture, check_filetypes, &problems);
	g_assert_cmpuint(problems, ==, 2);
	g_assert_cmpstr(logged, ==,
	    "Filetype Checks: Allowing " ACT_ID " a.py\n"
	    "Filetype Mime Checks: Allowing " ACT_ID " a.py (no match found)\n"
	    "Filetype Checks: A program (" ACT_ID " a.exe)\n"
	    "Filetype Checks: Allowing " ACT_ID " a.gif (no match found)\n"
	    "Filetype Mime Checks: A picture (" ACT_ID " a.gif)\n"
	    "Filetype Checks: " ACT_ID " renamed a.reg to a.reg.disarmed\n"
	    "Filetype Mime Checks: Allowing " ACT_ID " a.reg (no match found)\n"
	    "Filetype Checks: Forwarding " ACT_ID " a.odd to a@example.test\n"
	    "Filetype Mime Checks: Forwarding " ACT_ID " a.odd to b@example.test\n");
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/filetypes/the first rule that matches decides", test_rules);
	g_test_add_func("/filetypes/lists come before rules", test_lists);
	g_test_add_func("/filetypes/an allowed MIME type takes back no name", test_name_stays);
	g_test_add_func("/filetypes/an allowed name exempts where it is to", test_override);
	g_test_add_func(
	    "/filetypes/.dat files in archives are passed over where they are to", test_dat);
	g_test_add_func("/filetypes/a type that nobody could tell is not allowed", test_unknown);
	g_test_add_func(
	    "/filetypes/only what something is said about has to be known", test_wanted);
	g_test_add_func("/filetypes/log lines are those that parsers know", test_log);
	return g_test_run();
}
