/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a plugin in C may ask of a message, by the table that it is given: before it was read, and after.
 */
#include "core/plugin/host.h"

#include <unistd.h>

#include <jansson.h>

#include "rules/function.h"
#include "t/unit/act_facts.h"

static const struct mailscanner_host *host = &plugin_host;

/* Parts as act_take_tree() makes them, and two findings. */
static struct mailscanner_message *
take(struct act_fixture *fixture)
{
	act_open(fixture);
	act_configure(fixture, "Sign Clean Messages = no");
	act_take_tree(fixture);
	struct part *member = facts_part(fixture->message->facts, 5);
	part_set(member, PART_FACT_encrypted);
	part_set(member, PART_FACT_vba);
	part_add_name(member, "c.exe");
	member->archive_depth = 1;
	message_find_part(fixture->message, FINDING_name, 5, "filename rules", "executable",
	    "rules:3", "no programs");
	message_find(fixture->message, FINDING_size, "size", "too large");
	return host_message(fixture->message->subject);
}

static void
test_parts(void)
{
	struct act_fixture fixture;
	struct mailscanner_message *message = take(&fixture);

	g_assert_cmpuint(host->parts(message), ==, 7);
	g_assert_cmpstr(host->part_text(message, 0, MAILSCANNER_PART_TYPE), ==, "multipart/mixed");
	g_assert_cmpstr(host->part_text(message, 5, MAILSCANNER_PART_KIND), ==, "member");
	g_assert_cmpstr(host->part_text(message, 5, MAILSCANNER_PART_NAME), ==, "b.exe");
	g_assert_cmpstr(
	    host->part_text(message, 4, MAILSCANNER_PART_DISPOSITION), ==, "attachment");
	g_assert_null(host->part_text(message, 2, MAILSCANNER_PART_NAME));
	g_assert_null(host->part_text(message, 2, MAILSCANNER_PART_DIGEST));
	g_assert_null(host->part_text(message, 7, MAILSCANNER_PART_TYPE));
	g_assert_null(host->part_text(message, 2, (enum mailscanner_part_text)99));
	static const struct {
		size_t part;
		enum mailscanner_part_number what;
		gint64 expected;
	} numbers[] = {
		{ 0, MAILSCANNER_PART_PARENT, -1 },
		{ 5, MAILSCANNER_PART_PARENT, 4 },
		{ 0, MAILSCANNER_PART_DEPTH, 0 },
		{ 5, MAILSCANNER_PART_DEPTH, 2 },
		{ 5, MAILSCANNER_PART_UNPACKED_FROM, 4 },
		{ 6, MAILSCANNER_PART_UNPACKED_FROM, 6 },
		{ 5, MAILSCANNER_PART_ARCHIVE_DEPTH, 1 },
		{ 5, MAILSCANNER_PART_SIZE, 100 },
		{ 5, MAILSCANNER_PART_READING, 0 },
		{ 7, MAILSCANNER_PART_SIZE, -1 },
		{ 5, (enum mailscanner_part_number)99, -1 },
	};
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		g_assert_cmpint(host->part_number(message, numbers[i].part, numbers[i].what), ==,
		    numbers[i].expected);
	g_assert_cmpstr(host->part_name(message, 5, 0), ==, "b.exe");
	g_assert_cmpstr(host->part_name(message, 5, 1), ==, "c.exe");
	g_assert_null(host->part_name(message, 5, 2));
	g_assert_null(host->part_name(message, 99, 0));
	g_assert_cmpint(host->part_is(message, 5, "encrypted"), ==, 1);
	g_assert_cmpint(host->part_is(message, 5, "archive"), ==, 0);
	g_assert_cmpint(host->part_is(message, 5, "beautiful"), ==, -1);
	g_assert_cmpint(host->part_is(message, 7, "archive"), ==, -1);
	act_close(&fixture);
}

static void
test_findings(void)
{
	struct act_fixture fixture;
	struct mailscanner_message *message = take(&fixture);

	g_assert_cmpuint(host->findings(message), ==, 2);
	g_assert_cmpstr(host->finding_text(message, 0, MAILSCANNER_FINDING_KIND), ==, "name");
	g_assert_cmpstr(
	    host->finding_text(message, 0, MAILSCANNER_FINDING_TEXT), ==, "no programs");
	g_assert_cmpstr(host->finding_text(message, 0, MAILSCANNER_FINDING_RULE), ==, "rules:3");
	g_assert_cmpstr(
	    host->finding_text(message, 0, MAILSCANNER_FINDING_WHO), ==, "filename rules");
	g_assert_cmpstr(host->finding_text(message, 0, MAILSCANNER_FINDING_KEY), ==, "executable");
	g_assert_cmpint(host->finding_part(message, 0), ==, 5);
	g_assert_cmpint(host->finding_part(message, 1), ==, -1);
	g_assert_null(host->finding_text(message, 1, MAILSCANNER_FINDING_RULE));
	g_assert_null(host->finding_text(message, 2, MAILSCANNER_FINDING_TEXT));
	g_assert_cmpint(host->finding_part(message, 2), ==, -1);
	act_close(&fixture);
}

static void
test_paths(void)
{
	struct act_fixture fixture;
	struct mailscanner_message *message = take(&fixture);
	gint64 number = 7;

	static const struct {
		const char *path, *expected;
	} texts[] = {
		{ "envelope.helo", "client.sender.test" },
		{ "envelope.recipients.1", "dora@other.test" },
		{ "envelope.frozen", "false" },
		{ "envelope.auth_id", NULL },
		{ "envelope", NULL },
		{ "header.0.name", "From" },
		{ "header.1.value", "hello\tclean text" },
		{ "header.1.text", "Subject: hello\n\tclean text" },
		{ "header.3.name", NULL },
		{ "facts.parts.5.name", "b.exe" },
		{ "parts.parts.5.facts.1", "vba" },
		{ "facts.parts.5.parent", "4" },
		{ "facts.parts.7.name", NULL },
		{ "facts.parts.-1.name", NULL },
		{ "facts.parts..name", NULL },
		{ "findings.0.rule", "rules:3" },
		{ "findings.0.infection", "true" },
		{ "fate.kind", "open" },
		{ "nothing", NULL },
		{ "", NULL },
	};
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_test_message("%s", texts[i].path);
		g_assert_cmpstr(host->fact_text(message, texts[i].path), ==, texts[i].expected);
	}
	g_assert_cmpint(host->fact_number(message, "facts.parts.5.size", &number), ==, 1);
	g_assert_cmpint(number, ==, 100);
	g_assert_cmpint(host->fact_number(message, "findings.0.delete", &number), ==, 1);
	g_assert_cmpint(number, ==, 0);
	number = 7;
	g_assert_cmpint(host->fact_number(message, "envelope.helo", &number), ==, 0);
	g_assert_cmpint(number, ==, 7);
	g_assert_cmpuint(host->fact_count(message, "facts.parts"), ==, 7);
	g_assert_cmpuint(host->fact_count(message, "fate"), ==, 4);
	g_assert_cmpuint(host->fact_count(message, "envelope.helo"), ==, 0);
	g_assert_cmpuint(host->fact_count(message, "nothing.at.all"), ==, 0);
	act_close(&fixture);
}

/* What is asked before the message was read, and of an envelope alone. */
static void
test_unread(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	struct mailscanner_message *message = host_message(fixture.message->subject);
	g_assert_cmpuint(host->parts(message), ==, 0);
	g_assert_null(host->part_text(message, 0, MAILSCANNER_PART_TYPE));
	g_assert_cmpint(host->part_number(message, 0, MAILSCANNER_PART_SIZE), ==, -1);
	g_assert_cmpint(host->part_is(message, 0, "archive"), ==, -1);
	g_assert_cmpuint(host->fact_count(message, "facts.parts"), ==, 0);
	g_assert_null(host->fact_text(message, "facts.parts.0.type"));
	g_assert_cmpuint(host->findings(message), ==, 0);
	/* Then it is read. */
	fixture.message->facts = facts_new();
	act_part(&fixture, -1, PART_LEAF, "text/plain", NULL);
	g_assert_cmpstr(host->fact_text(message, "facts.parts.0.type"), ==, "text/plain");
	struct subject *envelope = subject_new("a@b.test", act_recipients, "192.0.2.1");
	message = host_message(envelope);
	size_t position = 0;
	g_assert_cmpuint(host->parts(message), ==, 0);
	g_assert_cmpuint(host->findings(message), ==, 0);
	g_assert_cmpint(host->finding_part(message, 0), ==, -1);
	g_assert_null(host->fact_text(message, "envelope.sender"));
	g_assert_null(host->next_field(message, NULL, MAILSCANNER_RAW, &position));
	subject_free(envelope);
	act_close(&fixture);
}

/* All that next_field() gives, with | between. The caller's. */
static char *
fields(struct mailscanner_message *message, const char *name, enum mailscanner_form form)
{
	GString *all = g_string_new(NULL);
	size_t position = 0;
	const char *text;

	while ((text = host->next_field(message, name, form, &position)) != NULL)
		g_string_append_printf(all, "%s%s", all->len > 0 ? "|" : "", text);
	return g_string_free(all, FALSE);
}

static void
test_fields(void)
{
	static const char *const given[] = { "Received: one\n", "X-Gone: deleted\n",
		"Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n an Bob\n", "RECEIVED : two\n\tfolded\n",
		"X-Raw: \xff\n", NULL };
	static const struct {
		const char *name;
		enum mailscanner_form form;
		const char *expected;
	} cases[] = {
		{ "received", MAILSCANNER_UNFOLDED, "one|two\tfolded" },
		{ "Received", MAILSCANNER_RAW, "Received: one|RECEIVED : two\n\tfolded" },
		{ "Subject", MAILSCANNER_UNFOLDED, "=?utf-8?Q?Gr=C3=BC=C3=9Fe?= an Bob" },
		{ "Subject", MAILSCANNER_DECODED, "Grüße an Bob" },
		{ "X-Raw", MAILSCANNER_UNFOLDED, "\xff" },
		{ "X-Raw", MAILSCANNER_DECODED, "\xef\xbf\xbd" },
		{ "X-Gone", MAILSCANNER_RAW, "" },
		{ "X-None", MAILSCANNER_RAW, "" },
		{ NULL, MAILSCANNER_DECODED, "one|Grüße an Bob|two folded|\xef\xbf\xbd" },
	};
	struct act_fixture fixture;

	act_open(&fixture);
	act_take(&fixture, "a@b.test", act_recipients, given, "", "text\n");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *got =
		    fields(host_message(fixture.message->subject), cases[i].name, cases[i].form);
		g_assert_cmpstr(got, ==, cases[i].expected);
	}
	act_close(&fixture);
}

static void
test_explain(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_put(&fixture, "@@/scan.rules", "From: *@sender.test virus\nFromOrTo: default no\n");
	act_configure(&fixture, "Scan Messages = @@/scan.rules\nSign Clean Messages = no");
	act_take_plain(&fixture);
	struct mailscanner_message *message = host_message(fixture.message->subject);
	g_autofree char *rule =
	    act_expand(&fixture, "rule @@/scan.rules:1: From: *@sender.test virus");
	g_autofree char *otherwise =
	    act_expand(&fixture, "default rule @@/scan.rules:2: FromOrTo: default no");
	g_autofree char *line = act_expand(&fixture, "file @@/conf:4: Sign Clean Messages = no");
	g_assert_cmpstr(host->explain(message, "scanmessages"), ==, rule);
	g_assert_cmpstr(host->explain(NULL, "Scan Messages"), ==, otherwise);
	g_assert_cmpstr(host->explain(message, "Sign Clean Messages"), ==, line);
	g_assert_cmpstr(host->explain(NULL, "Max Children"), ==, "default");
	g_assert_null(host->explain(message, "No Such Thing"));
	act_close(&fixture);
}

/* A function_ask. */
static enum function_answer
moon(void *data, const struct function_use *use, struct subject *subject, const char **text)
{
	(void)data, (void)use, (void)subject;
	*text = "the moon is full";
	return FUNCTION_UNKNOWN;
}

static void
test_doubt(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_configure(&fixture, "Scan Messages = &Moon");
	act_take_plain(&fixture);
	function_register(moon, NULL);
	struct mailscanner_message *message = host_message(fixture.message->subject);
	g_assert_cmpstr(host->directive(message, "Scan Messages"), ==, "yes");
	const char *why = host->explain(message, "Scan Messages");
	g_test_message("%s", why);
	g_assert_true(g_str_has_prefix(why, "could not be found out: "));
	g_assert_nonnull(strstr(why, "the moon is full; default "));
	g_assert_nonnull(subject_doubt(fixture.message->subject));
	function_register(NULL, NULL);
	act_close(&fixture);
}

/* The object in a file that was dumped; to be unreferenced. */
static json_t *
dumped(const struct act_fixture *fixture, const char *path)
{
	g_autofree char *text = act_get(fixture, path);
	json_t *object = json_loads(text, 0, NULL);

	g_assert_nonnull(object);
	return object;
}

static void
test_dump(void)
{
	struct act_fixture fixture;
	struct mailscanner_message *message = take(&fixture);
	g_autofree char *path = act_expand(&fixture, "@@/dump.json");
	int schema, parts_of = -1;
	const char *id, *name, *rule;

	g_assert_cmpint(host->dump(message, path), ==, 1);
	g_assert_cmpuint(act_mode(&fixture, "@@/dump.json"), ==, 0600);
	json_t *object = dumped(&fixture, "@@/dump.json");
	g_assert_cmpint(
	    json_unpack(object,
		"{s:i, s:{s:s}, s:{}, s:[{}], s:{s:[{}, {}, {}, {}, {}, {s:s}]}, s:[{s:s, s:i}], "
		"s:{}, s:{}}",
		"schema", &schema, "envelope", "id", &id, "queue", "header", "facts", "parts",
		"name", &name, "findings", "rule", &rule, "part", &parts_of, "fate", "changes"),
	    ==, 0);
	g_assert_cmpint(schema, ==, 1);
	g_assert_cmpstr(id, ==, ACT_ID);
	g_assert_cmpstr(name, ==, "b.exe");
	g_assert_cmpstr(rule, ==, "rules:3");
	g_assert_cmpint(parts_of, ==, 5);
	json_decref(object);
	/* Again, over itself; nothing else is left behind. */
	g_assert_cmpint(host->dump(message, path), ==, 1);
	g_autofree char *temporary =
	    g_strdup_printf("%s/.dump.json.%d", fixture.root, (int)getpid());
	g_assert_false(g_file_test(temporary, G_FILE_TEST_EXISTS));
	act_close(&fixture);
}

/* Where nothing may be written. */
static void
test_dump_refused(void)
{
	static const struct {
		const char *path, *why;
	} cases[] = {
		{ "@@/file.txt", "another ending" },
		{ "@@/.json", "only an ending" },
		{ "relative.json", "no absolute path" },
		{ "@@/none/file.json", "no directory" },
		{ "@@/link.json", "a link" },
		{ "@@/dangling.json", "a link to nothing" },
		{ "@@/directory.json", "a directory" },
		{ "@@/away/file.json", "a directory that is a link" },
		{ "@@/away/../file.json", "likewise, further up" },
	};
	struct act_fixture fixture;
	struct mailscanner_message *message = take(&fixture);
	g_autofree char *link = act_expand(&fixture, "@@/link.json");
	g_autofree char *dangling = act_expand(&fixture, "@@/dangling.json");
	g_autofree char *away = act_expand(&fixture, "@@/away");
	g_autofree char *kept = act_expand(&fixture, "@@/kept");
	g_autofree char *none = act_expand(&fixture, "@@/none.json");

	act_put(&fixture, "@@/kept", "precious");
	act_directory(&fixture, "@@/directory.json");
	g_assert_cmpint(symlink(kept, link), ==, 0);
	g_assert_cmpint(symlink(none, dangling), ==, 0);
	g_assert_cmpint(symlink("/tmp", away), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = act_expand(&fixture, cases[i].path);

		g_test_message("%s", cases[i].why);
		g_assert_cmpint(host->dump(message, path), ==, 0);
	}
	g_autofree char *text = act_get(&fixture, "@@/kept");
	g_assert_cmpstr(text, ==, "precious");
	g_assert_false(act_exists(&fixture, "@@/none.json"));
	/* A file of somebody else. */
	if (geteuid() == 0) {
		g_autofree char *theirs = act_expand(&fixture, "@@/theirs.json");

		act_put(&fixture, "@@/theirs.json", "precious");
		g_assert_cmpint(chown(theirs, 65534, 65534), ==, 0);
		g_assert_cmpint(host->dump(message, theirs), ==, 0);
	}
	act_close(&fixture);
}

/* An envelope without a message; and what is not there is null. */
static void
test_dump_envelope(void)
{
	struct act_fixture fixture;
	const char *sender, *to;

	act_open(&fixture);
	g_autofree char *path = act_expand(&fixture, "@@/envelope.json");
	struct subject *subject = subject_new("a@b.test", act_recipients, "192.0.2.1");
	g_assert_cmpint(host->dump(host_message(subject), path), ==, 1);
	json_t *object = dumped(&fixture, "@@/envelope.json");
	g_assert_cmpint(
	    json_unpack(object, "{s:{s:n, s:s, s:[s, s!]}, s:n, s:n, s:n, s:n, s:n, s:n}",
		"envelope", "id", "sender", &sender, "recipients", &to, &to, "queue", "header",
		"facts", "findings", "fate", "changes"),
	    ==, 0);
	g_assert_cmpstr(sender, ==, "a@b.test");
	json_decref(object);
	subject_free(subject);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/plugin-facts/parts are told by number", test_parts);
	g_test_add_func("/plugin-facts/findings too", test_findings);
	g_test_add_func("/plugin-facts/any fact is told by its path", test_paths);
	g_test_add_func("/plugin-facts/what is not known yet is nothing", test_unread);
	g_test_add_func("/plugin-facts/fields are told raw, unfolded and decoded", test_fields);
	g_test_add_func("/plugin-facts/a value's reason is told", test_explain);
	g_test_add_func("/plugin-facts/so is that it can't be told", test_doubt);
	g_test_add_func("/plugin-facts/all is dumped as one object", test_dump);
	g_test_add_func("/plugin-facts/a dump takes no other's place", test_dump_refused);
	g_test_add_func("/plugin-facts/an envelope is dumped too", test_dump_envelope);
	return g_test_run();
}
