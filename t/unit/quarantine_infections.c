/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a message is kept, by finding and directive. */
#include "core/act/quarantine.h"

#include <fcntl.h>
#include <unistd.h>

#include "act_fixture.h"
#include "core/act/keep.h"
#include "core/act/kept_tree.h"
#include "core/read/reader.h"
#include "spool/error.h"
#include "spool/fd.h"

/*
 * 0 multipart/mixed
 *   1 text/html
 *   2 "setup.exe"
 *   3 "a.zip", with 4 "b.exe" in it
 *   5 "message": a file with that name
 *   6 "same.txt"
 *   7 "same.txt": another
 *   8 message/rfc822, with 9 text/plain in it
 *   10 a file without a name
 */
static const char body[] =
    "--b\nContent-Type: text/html\n\n<form action=x></form>\n"
    "--b\nContent-Type: application/octet-stream; name=setup.exe\n"
    "Content-Transfer-Encoding: base64\n\nTVogYSBwcm9ncmFtCg==\n"
    "--b\nContent-Type: application/zip; name=\"a.zip\"\nContent-Transfer-Encoding: base64\n\n"
    "UEsDBBQAAAAAAAAAIVCiA4uOEQAAABEAAAAFAAAAYi5leGVNWiBpbiBhbiBhcmNoaXZlClBLAQIUAxQAAAAA\n"
    "AAAAIVCiA4uOEQAAABEAAAAFAAAAAAAAAAAAAACAAQAAAABiLmV4ZVBLBQYAAAAAAQABADMAAAA0AAAAAAA=\n"
    "--b\nContent-Type: text/plain; name=message\nContent-Disposition: attachment\n\n"
    "not the message\n"
    "--b\nContent-Type: text/plain; name=same.txt\nContent-Disposition: attachment\n\none\n"
    "--b\nContent-Type: text/plain; name=same.txt\nContent-Disposition: attachment\n\ntwo\n"
    "--b\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner text\n"
    "--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment\n\nnone\n"
    "--b--\n";

static const char *const fields[] = { "From: a@sender.test\n", "MIME-Version: 1.0\n",
	"Content-Type: multipart/mixed; boundary=b\n", "Subject: many files\n", NULL };

struct wanted {
	enum finding_kind kind;
	int part;
	const char *key, *text;
	unsigned flags;
};

#define PROGRAM                                     \
	{                                           \
		FINDING_name, 2, "", "a program", 0 \
	}
#define MEMBER                                      \
	{                                           \
		FINDING_name, 4, "", "a program", 0 \
	}
#define FORM                                                 \
	{                                                    \
		FINDING_content, 1, "FoundForm", "a form", 0 \
	}
#define WORM                                      \
	{                                         \
		FINDING_virus, 2, "", "Worm.X", 0 \
	}
#define EICAR                                         \
	{                                             \
		FINDING_virus, 2, "", "Eicar-Test", 0 \
	}
#define WHOLE                                                        \
	{                                                            \
		FINDING_error, FINDING_WHOLE, "", "can't be read", 0 \
	}
#define PART(n)                                     \
	{                                           \
		FINDING_name, n, "", "forbidden", 0 \
	}
#define WHOLE_MESSAGE "Quarantine Whole Message = yes"
#define QUEUE_FILES WHOLE_MESSAGE "\nQuarantine Whole Messages As Queue Files = yes"

static const struct {
	const char *lines;
	struct wanted findings[3];
	const char *kept; /* names of files, sorted; "": no directory either */
	const char *why;
} cases[] = {
	{ "", { PROGRAM }, "envelope setup.exe", "the file" },
	{ "", { { 0 } }, "", "nothing was found" },
	{ "", { { FINDING_note, 2, "", "x", 0 } }, "", "what is found is no infection" },
	{ "", { { FINDING_disarm, 1, "", "x", 0 } }, "", "nor is what is disarmed" },
	{ "Quarantine Infections = no", { PROGRAM }, "", "no quarantine" },
	{ "Quarantine Infections = no\n" WHOLE_MESSAGE, { PROGRAM }, "", "nor the whole then" },
	{ WHOLE_MESSAGE, { PROGRAM }, "envelope message setup.exe", "the file and the whole" },
	{ WHOLE_MESSAGE, { { FINDING_note, 2, "", "x", 0 } }, "", "the whole of clean ones stays" },
	{ QUEUE_FILES, { PROGRAM }, "@-D @-H envelope setup.exe", "the whole as queue files" },
	{ "Quarantine Whole Messages As Queue Files = yes", { PROGRAM }, "envelope setup.exe",
	    "which is only how, not whether" },
	{ "", { WHOLE }, "envelope message", "a finding about the whole" },
	{ "", { WHOLE, PROGRAM }, "envelope message setup.exe", "and one about a file" },
	{ "", { MEMBER }, "a.zip b.exe envelope", "a member, and the archive around it" },
	{ "", { MEMBER, PROGRAM, MEMBER }, "a.zip b.exe envelope setup.exe", "each once" },
	{ "", { FORM }, "envelope unnamed", "a part without a name" },
	{ "", { PART(10) }, "envelope unnamed", "a file without one" },
	{ WHOLE_MESSAGE, { PART(5) }, "envelope message message-1",
	    "a file that is called as the message would be" },
	{ "", { PART(5) }, "envelope message-1", "or is not there" },
	{ "", { PART(6), PART(7) }, "envelope same.txt same.txt-1", "two of one name" },
	{ "", { PART(8) }, "envelope message", "of a message in it the whole" },
	{ "", { PART(0) }, "envelope message", "of all its parts the whole" },
	{ "", { PART(8), PROGRAM }, "envelope message setup.exe", "and a file" },
	{ "", { { FINDING_name, 2, "", "x", FINDING_DELETE } }, "", "a rule says: delete" },
	{ WHOLE_MESSAGE, { { FINDING_name, 2, "", "x", FINDING_DELETE } }, "envelope message",
	    "the whole is kept all the same" },
	{ "", { { FINDING_name, 2, "", "x", FINDING_DELETE }, PART(6) }, "envelope same.txt",
	    "and so are the others" },
	{ "", { WORM }, "", "silent" },
	{ WHOLE_MESSAGE, { WORM }, "", "silent, whole or not" },
	{ "Quarantine Silent Viruses = yes", { WORM }, "envelope setup.exe", "silent and wanted" },
	{ "Silent Viruses =", { WORM }, "envelope setup.exe", "not silent" },
	{ "", { WORM, EICAR }, "envelope setup.exe", "noisy" },
	{ "", { WORM, PROGRAM }, "", "silence goes for all of it" },
	{ "Silent Viruses = HTML-Form", { FORM }, "envelope unnamed",
	    "a keyword for HTML silences no quarantine" },
	{ "Silent Viruses = setup", { PROGRAM }, "envelope setup.exe", "no virus of that name" },
	{ "", { { FINDING_denial, FINDING_WHOLE, "", "x", 0 } }, "envelope message",
	    "denial of service" },
	{ "", { { FINDING_denial, FINDING_WHOLE, "", "x", 0 }, PROGRAM },
	    "envelope message setup.exe", "denial of service and a file" },
	{ "", { { FINDING_size, 6, "", "too big", 0 } }, "envelope same.txt", "a size" },
	{ "Quarantine Infections = @@/rules", { PROGRAM }, "envelope setup.exe",
	    "one recipient wants it" },
	{ "Quarantine Infections = @@/none.rules", { PROGRAM }, "", "no recipient wants it" },
	{ WHOLE_MESSAGE "\nQuarantine Dir = @@/elsewhere", { PROGRAM }, "",
	    "another directory, not this one" },
};

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in the directory of the message, sorted, the id as @. The caller's. */
static char *
kept_list(const struct act_fixture *fixture)
{
	g_autofree char *day = keep_day();
	g_autofree char *path = g_build_filename(fixture->root, "quarantine", day, ACT_ID, NULL);
	g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
		GString *text = g_string_new(name);

		g_string_replace(text, ACT_ID, "@", 0);
		g_ptr_array_add(names, g_string_free(text, FALSE));
	}
	g_ptr_array_sort(names, compare);
	g_ptr_array_add(names, NULL);
	return g_strjoinv(" ", (char **)names->pdata);
}

static void
expect_file(const struct act_fixture *fixture, const char *name, const char *text)
{
	g_autofree char *day = keep_day();
	g_autofree char *path = g_strdup_printf("@@/quarantine/%s/" ACT_ID "/%s", day, name);
	g_autofree char *found = act_get(fixture, path);

	g_assert_cmpstr(found, ==, text);
}

static void
begin(struct act_fixture *fixture, const char *lines, struct reader *reader)
{
	g_autoptr(GError) error = NULL;

	act_open(fixture);
	act_put(fixture, "@@/rules", "To: dora@other.test yes\nFromOrTo: default no\n");
	act_put(fixture, "@@/none.rules", "To: eve@other.test yes\nFromOrTo: default no\n");
	act_configure(fixture, lines);
	act_take(fixture, "alice@sender.test", act_recipients, fields, "", body);
	g_assert_true(reader_read(reader, fixture->message, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(fixture->message->facts->parts->len, ==, 11);
}

static void
find(struct message *message, const struct wanted *findings, size_t count)
{
	for (size_t i = 0; i < count && findings[i].text != NULL; i++)
		message_find_part(message, findings[i].kind, findings[i].part, "test",
		    findings[i].key, "", findings[i].text)
		    ->flags = findings[i].flags;
}

static void
test_table(void)
{
	struct reader *reader = reader_start(true, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct act_fixture fixture;
		g_autoptr(GError) error = NULL;

		g_test_message("%s", cases[i].why);
		begin(&fixture, cases[i].lines, reader);
		find(fixture.message, cases[i].findings, G_N_ELEMENTS(cases[i].findings));
		/* A message that is tried again after a crash is not kept twice. */
		for (int again = 0; again < 2; again++) {
			g_assert_true(quarantine_infections(fixture.message, reader, &error));
			act_settle(fixture.message);
			g_assert_no_error(error);
			g_autofree char *kept = kept_list(&fixture);

			g_assert_cmpstr(kept, ==, cases[i].kept);
		}
		g_assert_true(
		    (act_copies(&fixture) > 0) ==
		    (*cases[i].kept != '\0' || strstr(cases[i].lines, "elsewhere") != NULL));
		act_close(&fixture);
	}
	reader_stop(reader);
}

static void
test_contents(void)
{
	static const struct wanted findings[] = { PROGRAM, MEMBER, PART(5), PART(6), PART(7),
		WHOLE };
	struct reader *reader = reader_start(true, NULL);
	struct act_fixture fixture;
	g_autoptr(GError) error = NULL;

	begin(&fixture, "", reader);
	find(fixture.message, findings, G_N_ELEMENTS(findings));
	g_assert_true(quarantine_infections(fixture.message, reader, &error));
	act_settle(fixture.message);
	expect_file(&fixture, "setup.exe", "MZ a program\n");
	expect_file(&fixture, "b.exe", "MZ in an archive\n");
	expect_file(&fixture, "message-1", "not the message");
	expect_file(&fixture, "same.txt", "one");
	expect_file(&fixture, "same.txt-1", "two");
	g_autofree char *header = g_strjoinv("", (char **)fields);
	g_autofree char *whole = g_strconcat(header, "\n", body, NULL);
	expect_file(&fixture, "message", whole);
	reader_stop(reader);
	act_close(&fixture);
}

/* What is known of it when it is kept is noted. */
static void
test_envelope(void)
{
	static const struct wanted findings[] = { PROGRAM, FORM,
		{ FINDING_note, 2, "", "not for this", 0 } };
	struct reader *reader = reader_start(true, NULL);
	struct act_fixture fixture;
	g_autofree char *day = keep_day();
	g_autofree char *path = g_strdup_printf("@@/quarantine/%s/" ACT_ID "/envelope", day);

	begin(&fixture, "Include Scanner Name In Reports = no", reader);
	find(fixture.message, findings, G_N_ELEMENTS(findings));
	g_assert_true(quarantine_infections(fixture.message, reader, NULL));
	act_settle(fixture.message);
	g_autofree char *text = act_get(&fixture, path);
	g_assert_nonnull(strstr(text, "\nSender: <alice@sender.test>\n"
				      "Recipient: <Bob@Example.test>\n"
				      "Recipient: <dora@other.test>\nSubject: many files\n"
				      "Finding: a program\nFinding: a form\n"));
	g_assert_null(strstr(text, "not for this"));
	reader_stop(reader);
	act_close(&fixture);
}

static void
expect_access(
    const struct act_fixture *fixture, const char *path, unsigned mode, uid_t owner, gid_t group)
{
	g_autofree char *whole = act_expand(fixture, path);
	struct stat st;

	g_test_message("%s", path);
	g_assert_cmpint(lstat(whole, &st), ==, 0);
	g_assert_cmpuint(st.st_mode & 07777, ==, mode);
	g_assert_cmpuint(st.st_uid, ==, owner);
	g_assert_cmpuint(st.st_gid, ==, group);
}

static void
test_access(void)
{
	static const struct wanted findings[] = { PROGRAM };
	static const char *const names[] = { "setup.exe", "envelope", "message" };
	bool root = geteuid() == 0;
	struct reader *reader = reader_start(true, NULL);
	struct act_fixture fixture;
	g_autofree char *day = keep_day();
	g_autofree char *above = g_strdup_printf("@@/new/quarantine/%s", day);
	g_autofree char *directory = g_build_filename(above, ACT_ID, NULL);
	mode_t mask = umask(0077);

	begin(&fixture,
	    root ? "Quarantine Dir = @@/new/quarantine\nQuarantine Permissions = "
		   "0640\n" WHOLE_MESSAGE "\nQuarantine User = nobody\nQuarantine Group = nogroup"
		 : "Quarantine Dir = @@/new/quarantine\nQuarantine Permissions = "
		   "0640\n" WHOLE_MESSAGE,
	    reader);
	find(fixture.message, findings, G_N_ELEMENTS(findings));
	g_assert_true(quarantine_infections(fixture.message, reader, NULL));
	act_settle(fixture.message);
	umask(mask);
	uid_t owner = root ? 65534 : geteuid();
	gid_t group = root ? 65534 : getegid();
	expect_access(&fixture, "@@/new", 0750, owner, group);
	expect_access(&fixture, "@@/new/quarantine", 0750, owner, group);
	expect_access(&fixture, above, 0750, owner, group);
	expect_access(&fixture, directory, 0750, owner, group);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(directory, names[i], NULL);

		expect_access(&fixture, path, 0640, owner, group);
	}
	reader_stop(reader);
	act_close(&fixture);
}

/* Names from mail stay in the directory of their message. */
static void
test_names(void)
{
	static const char *const names[] = { "../../../escaped", "/escaped", "..", ".", ".hidden",
		"a/b", "envelope", "message", ACT_ID "-H", ACT_ID "-D", "tab\there" };
	static const char *const ours[] = { "message", ACT_ID "-H", ACT_ID "-D", NULL };
	struct reader *reader = reader_start(true, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		static const struct wanted findings[] = { PROGRAM };
		struct act_fixture fixture;
		g_autoptr(GError) error = NULL;
		g_autofree char *day = keep_day();
		g_autofree char *path = g_strdup_printf("@@/quarantine/%s/" ACT_ID, day);

		g_test_message("%s", names[i]);
		begin(&fixture, "", reader);
		struct part *part = facts_part(fixture.message->facts, 2);
		g_free(part->name);
		part->name = g_strdup(names[i]);
		find(fixture.message, findings, G_N_ELEMENTS(findings));
		g_assert_true(quarantine_infections(fixture.message, reader, &error));
		act_settle(fixture.message);
		g_autofree char *whole = act_expand(&fixture, path);
		autofd directory = open(whole, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		g_autoptr(GPtrArray) kept = kept_names(directory);

		g_assert_cmpuint(kept->len, ==, 2);
		/* That is the one of ours. */
		g_autofree char *envelope = g_strconcat(path, "/envelope", NULL);
		g_autofree char *text = act_get(&fixture, envelope);
		g_assert_true(g_str_has_prefix(text, "Id: " ACT_ID "\n"));
		for (const char *const *own = ours; *own != NULL; own++)
			g_assert_false(
			    g_ptr_array_find_with_equal_func(kept, *own, g_str_equal, NULL));
		g_assert_false(act_exists(&fixture, "@@/escaped"));
		g_assert_false(g_file_test("/escaped", G_FILE_TEST_EXISTS));
		act_close(&fixture);
	}
	reader_stop(reader);
}

static void
test_modified(void)
{
	static const struct {
		const char *lines;
		bool edited, copied;
		const char *kept;
	} table[] = {
		{ "Quarantine Modified Body = yes", true, false, "envelope message" },
		{ "Quarantine Modified Body = yes", false, false, "" },
		{ "Quarantine Modified Body = yes", true, true, "" },
		{ "Quarantine Modified Body = no", true, false, "" },
		{ "", true, false, "" },
		{ WHOLE_MESSAGE, true, false, "" },
		{ "Quarantine Modified Body = yes\nQuarantine Infections = no", true, false,
		    "envelope message" },
		{ "Quarantine Modified Body = yes\nQuarantine Whole Messages As Queue Files = yes",
		    true, false, "@-D @-H envelope" },
	};
	struct reader *reader = reader_start(true, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		struct act_fixture fixture;
		g_autoptr(GError) error = NULL;

		begin(&fixture, table[i].lines, reader);
		if (table[i].edited)
			message_edit_body(fixture.message, BODY_SPLICE, 1, "x", NULL, "test");
		if (table[i].copied)
			message_find(fixture.message, FINDING_copy, "quarantine", "elsewhere");
		g_assert_true(quarantine_modified(fixture.message, &error));
		act_settle(fixture.message);
		g_assert_no_error(error);
		g_autofree char *kept = kept_list(&fixture);
		g_assert_cmpstr(kept, ==, table[i].kept);
		act_close(&fixture);
	}
	reader_stop(reader);
}

/* Nothing is settled, and nothing lost, where it can't be kept. */
static void
test_failure(void)
{
	static const struct wanted findings[] = { PROGRAM };
	static const char *const lines[] = { "Quarantine Dir = @@/file", "Quarantine Dir = @@/link",
		WHOLE_MESSAGE "\nQuarantine Dir = @@/file" };
	struct reader *reader = reader_start(true, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		struct act_fixture fixture;
		g_autoptr(GError) error = NULL;
		g_autofree char *day = keep_day();

		begin(&fixture, lines[i], reader);
		act_put(&fixture, "@@/file", "");
		act_directory(&fixture, "@@/link");
		g_autofree char *path = g_strdup_printf("%s/link/%s", fixture.root, day);
		g_assert_cmpint(symlink("/tmp", path), ==, 0);
		find(fixture.message, findings, G_N_ELEMENTS(findings));
		g_assert_false(quarantine_infections(fixture.message, reader, &error));
		g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
		g_assert_true(message_is_open(fixture.message));
		g_assert_cmpuint(act_copies(&fixture), ==, 0);
		act_close(&fixture);
	}
	reader_stop(reader);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/quarantine infections/what is found says what is kept", test_table);
	g_test_add_func("/quarantine infections/files are kept as they are", test_contents);
	g_test_add_func("/quarantine infections/what is known is noted", test_envelope);
	g_test_add_func("/quarantine infections/mode and owner are those asked for", test_access);
	g_test_add_func("/quarantine infections/names from mail lead nowhere", test_names);
	g_test_add_func("/quarantine infections/a body that changes is kept before", test_modified);
	g_test_add_func("/quarantine infections/what can't be kept stays as it is", test_failure);
	return g_test_run();
}
