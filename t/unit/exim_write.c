/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/exim_write.h"

#include <stdlib.h>
#include <unistd.h>
#include "spool/error.h"
#include "spool/fd.h"
#include "t/unit/exim_control.h"

static void
expect(const struct control_read *read, const struct exim_change *change, const char *expected)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = exim_control_write(read->control, change, &error);

	g_assert_no_error(error);

	g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	struct control_read again;

	g_assert_cmpstr(text, ==, expected);
	if (change->id == NULL) {
		control_read_text(&again, text);
		control_read_clear(&again);
	}
}

static void
test_unchanged(void)
{
	struct control_read read;

	control_read_text(&read, CONTROL_TEXT);
	expect(&read,
	    &(struct exim_change){
		.recipients = read.envelope->recipients, .headers = read.headers },
	    CONTROL_TEXT);
	expect(&read, &(struct exim_change){ 0 }, CONTROL_TEXT);
	control_read_clear(&read);
}

static void
test_new_id(void)
{
	struct control_read read;

	control_read_text(&read, CONTROL_TEXT);
	expect(&read, &(struct exim_change){ .id = "1xV4Lb-000001-00" },
	    "1xV4Lb-000001-00-H\n"
	    "mail 8 8\n"
	    "<Sender.Case+x@from.test>\n"
	    "1795341539 0\n" CONTROL_OPTIONS CONTROL_TREE CONTROL_RECIPIENTS CONTROL_HEADER);
	control_read_clear(&read);
}

#define BEFORE_HEADER CONTROL_START CONTROL_OPTIONS CONTROL_TREE CONTROL_RECIPIENTS

static void
test_headers(void)
{
	struct control_read read;

	control_read_text(&read, CONTROL_TEXT);
	header_list_add(read.headers, "X-New", "1", HEADER_TOP);
	header_list_add(read.headers, "X-Last", "2", HEADER_BOTTOM);
	header_list_prepend(read.headers, "To", "a@x.test,", " ", HEADER_TOP);
	header_list_remove(read.headers, "X-Empty");
	expect(&read, &(struct exim_change){ .headers = read.headers, .keep_deleted = true },
	    BEFORE_HEADER "009  X-New: 1\n"
			  "077P Received: from [127.0.0.1] (helo=client.test)\n"
			  "\tby mx.example.test with esmtp\n"
			  "025* To: b@x.test,\n"
			  "  c@x.test\n"
			  "035T To: a@x.test, b@x.test,\n"
			  "  c@x.test\n"
			  "016* Subject: before\n"
			  "013  Subject: now\n"
			  "029  X-Weird : space before colon\n"
			  "009* X-Empty:\n"
			  "010  X-Last: 2\n");
	expect(&read, &(struct exim_change){ .headers = read.headers },
	    BEFORE_HEADER "009  X-New: 1\n"
			  "077P Received: from [127.0.0.1] (helo=client.test)\n"
			  "\tby mx.example.test with esmtp\n"
			  "035T To: a@x.test, b@x.test,\n"
			  "  c@x.test\n"
			  "016* Subject: before\n"
			  "013  Subject: now\n"
			  "029  X-Weird : space before colon\n"
			  "010  X-Last: 2\n");
	control_read_clear(&read);
}

static void
test_long_header(void)
{
	struct control_read read;
	g_autofree char *value = g_strnfill(1500, 'x');
	g_autofree char *expected =
	    g_strdup_printf("%s%s1506  L: %s x\n", BEFORE_HEADER, CONTROL_HEADER, value);

	control_read_text(&read, CONTROL_TEXT);

	g_autofree char *longer = g_strconcat(value, " x", NULL);

	header_list_add(read.headers, "L", longer, HEADER_BOTTOM);
	expect(&read, &(struct exim_change){ .headers = read.headers }, expected);
	control_read_clear(&read);
}

/* Recipients with every kind of parent: p is a parent that is done; c, d, e, f are its children. */
#define FAMILY_TREE "NN p@x\n"
#define FAMILY              \
	"7\n"               \
	"a@x\n"             \
	"p@x\n"             \
	"c@x 1\n"           \
	"d@x 0,1,0\n"       \
	"e@x o@x 3,1#1\n"   \
	"f@x  0,2  0,1#3\n" \
	"l@x  0,2  0,0#3\n" \
	"\n"

static const struct {
	const char *chosen; /* letters that the addresses begin with */
	const char *recipients;
	const char *why;
} parts[] = {
	{ "lfedca", FAMILY, "all, in another order: as they were" },
	{ "al", "2\na@x\nl@x  0,2  0,0#3\n\n", "a parent that keeps its place" },
	{ "l", "1\nl@x  0,2  0,-1#3\n\n", "the parent isn't of the part, and isn't done" },
	{ "c", "2\np@x\nc@x 0\n\n", "a parent that is done comes along" },
	{ "d", "2\np@x\nd@x 0,0,0\n\n", "the same, Exim 3" },
	{ "e", "2\np@x\ne@x o@x 3,0#1\n\n", "the same, with errors-to" },
};

static GPtrArray *
choose(const struct envelope *envelope, const char *letters)
{
	GPtrArray *chosen = g_ptr_array_new();

	for (guint i = 0; i < envelope->recipients->len; i++) {
		struct recipient *recipient = envelope->recipients->pdata[i];

		if (strchr(letters, recipient->address[0]) != NULL)
			g_ptr_array_add(chosen, recipient);
	}
	return chosen;
}

static void
test_parts(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		struct control_read read;

		g_test_message("%s", parts[i].why);
		control_read_text(&read, CONTROL_START FAMILY_TREE FAMILY CONTROL_HEADER);

		g_autoptr(GPtrArray) chosen = choose(read.envelope, parts[i].chosen);
		g_autofree char *expected = g_strconcat(
		    CONTROL_START FAMILY_TREE, parts[i].recipients, CONTROL_HEADER, NULL);

		g_assert_cmpuint(read.envelope->recipients->len, ==, 6);
		expect(&read, &(struct exim_change){ .recipients = chosen }, expected);
		control_read_clear(&read);
	}
}

/* A parent that isn't done and isn't of the part: the forms that can't say "none" lose it. */
static void
test_parent_left_behind(void)
{
	static const char recipients[] = "4\np@x\nc@x 0\nd@x 0,0,0\ne@x o@x 3,0#1\n\n";
	struct control_read read;
	g_autofree char *text =
	    g_strconcat(CONTROL_START CONTROL_TREE, recipients, CONTROL_HEADER, NULL);

	control_read_text(&read, text);

	g_autoptr(GPtrArray) chosen = choose(read.envelope, "cde");

	expect(&read, &(struct exim_change){ .recipients = chosen },
	    CONTROL_START CONTROL_TREE "3\nc@x\nd@x\ne@x o@x 3,-1#1\n\n" CONTROL_HEADER);
	control_read_clear(&read);
}

static const struct {
	const char *const added[4];
	const char *tree, *recipients;
	const char *why;
} additions[] = {
	{ { "n@x", "\"a b\"@x" }, FAMILY_TREE,
	    "9\na@x\np@x\nc@x 1\nd@x 0,1,0\ne@x o@x 3,1#1\nf@x  0,2  0,1#3\n"
	    "l@x  0,2  0,0#3\nn@x\n\"a b\"@x\n\n",
	    "two more" },
	{ { "a@x", "c@x" }, FAMILY_TREE, FAMILY, "who is there is not added" },
	{ { "n@x", "n@x" }, FAMILY_TREE,
	    "8\na@x\np@x\nc@x 1\nd@x 0,1,0\ne@x o@x 3,1#1\nf@x  0,2  0,1#3\n"
	    "l@x  0,2  0,0#3\nn@x\n\n",
	    "twice the same is once" },
	{ { "p@X" }, "XX\n",
	    "8\na@x\np@x\nc@x 1\nd@x 0,1,0\ne@x o@x 3,1#1\nf@x  0,2  0,1#3\n"
	    "l@x  0,2  0,0#3\np@X\n\n",
	    "who has got it gets it again: out of the tree" },
};

static void
test_additions(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(additions); i++) {
		struct control_read read;
		g_autofree char *expected = g_strconcat(CONTROL_START, additions[i].tree,
		    additions[i].recipients, CONTROL_HEADER, NULL);

		g_test_message("%s", additions[i].why);
		control_read_text(&read, CONTROL_START FAMILY_TREE FAMILY CONTROL_HEADER);
		expect(&read, &(struct exim_change){ .added = additions[i].added }, expected);
		control_read_clear(&read);
	}
}

static void
test_addition_in_list(void)
{
	struct control_read read;

	control_read_text(&read, CONTROL_START CONTROL_TREE "1\na@x\n\n" CONTROL_HEADER);
	envelope_add_recipient(read.envelope, "n@x", NULL);
	expect(&read, &(struct exim_change){ .recipients = read.envelope->recipients },
	    CONTROL_START CONTROL_TREE "2\na@x\nn@x\n\n" CONTROL_HEADER);
	g_ptr_array_remove_index(read.envelope->recipients, 0);
	expect(&read, &(struct exim_change){ .recipients = read.envelope->recipients },
	    CONTROL_START CONTROL_TREE "1\nn@x\n\n" CONTROL_HEADER);
	control_read_clear(&read);
}

static const char *const not_addresses[] = { "", "a@x\nb@x", "a@x 1", "a@x  0,-1#1", "a@x\x7f" };

static void
test_no_address(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(not_addresses); i++) {
		struct control_read read;
		const char *added[] = { not_addresses[i], NULL };
		g_autoptr(GError) error = NULL;

		control_read_text(&read, CONTROL_TEXT);
		g_assert_null(exim_control_write(
		    read.control, &(struct exim_change){ .added = added }, &error));
		g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
		control_read_clear(&read);
	}
}

static void
test_too_many(void)
{
	const char *added[] = { "one@x", NULL };
	g_autoptr(GString) text = g_string_new(CONTROL_START "XX\n16384\n");
	g_autoptr(GError) error = NULL;
	struct control_read read;

	for (int i = 0; i < EXIM_RECIPIENTS_MAX; i++)
		g_string_append_printf(text, "r%d@x\n", i);
	g_string_append(text, "\n" CONTROL_HEADER);
	control_read_text(&read, text->str);
	g_assert_null(
	    exim_control_write(read.control, &(struct exim_change){ .added = added }, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
	control_read_clear(&read);
}

#define REST CONTROL_TREE CONTROL_RECIPIENTS CONTROL_HEADER

static const struct {
	const char *before;
	struct exim_body body;
	const char *after;
	const char *why;
} bodies[] = {
	{ "-local\n-body_linecount 3\n-max_received_linelength 28\n-dsn_ret 2\n", { 7, 0, 20 },
	    "-local\n-body_linecount 7\n-max_received_linelength 28\n-dsn_ret 2\n",
	    "shorter lines don't lower the longest" },
	{ "-body_linecount 3\n-body_zerocount 9\n-max_received_linelength 28\n", { 1, 0, 99 },
	    "-body_linecount 1\n-max_received_linelength 99\n", "no NULs any more" },
	{ "-body_linecount 3\n-max_received_linelength 28\n", { 1, 2, 3 },
	    "-body_linecount 1\n-max_received_linelength 28\n-body_zerocount 2\n", "new NULs" },
	{ "-spool_file_wireformat\n-max_received_linelength 28\n", { 5, 0, 3 },
	    "-max_received_linelength 28\n-body_linecount 5\n", "no wire format any more" },
	{ "-aclm 1 18\n-body_linecount 3\n\n-body_linecount 4\n-body_linecount 5\n", { 5, 0, 3 },
	    "-aclm 1 18\n-body_linecount 3\n\n-body_linecount 5\n-max_received_linelength 3\n",
	    "once, and not inside of an ACL value" },
	{ "", { .lines = 5, .zeros = 0, .longest = 3 },
	    "-body_linecount 5\n-max_received_linelength 3\n", "none before" },
};

static void
test_bodies(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
		struct control_read read;
		g_autofree char *text = g_strconcat(CONTROL_START, bodies[i].before, REST, NULL);
		g_autofree char *expected = g_strconcat(CONTROL_START, bodies[i].after, REST, NULL);

		g_test_message("%s", bodies[i].why);
		control_read_text(&read, text);
		expect(&read, &(struct exim_change){ .body = &bodies[i].body }, expected);
		control_read_clear(&read);
	}
}

static const struct {
	const char *text;
	size_t length;
	struct exim_body body;
	const char *why;
} measures[] = {
	{ "", 0, { 0 }, "empty" },
	{ "a\n", 2, { .lines = 1, .zeros = 0, .longest = 1 }, "a line" },
	{ "a\nbcd", 5, { .lines = 2, .zeros = 0, .longest = 3 },
	    "the last line lacks its newline" },
	{ "\n\n", 2, { .lines = 2, .zeros = 0, .longest = 0 }, "empty lines" },
	{ "a\0\0\n\0", 5, { .lines = 2, .zeros = 3, .longest = 3 }, "NULs" },
};

static void
test_measure(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(measures); i++) {
		g_test_message("%s", measures[i].why);
		for (size_t cut = 0; cut <= measures[i].length; cut++) {
			struct exim_body body = { 0 };

			exim_body_measure(&body, measures[i].text, cut);
			exim_body_measure(&body, measures[i].text + cut, measures[i].length - cut);
			exim_body_measured(&body);
			g_assert_cmpuint(body.lines, ==, measures[i].body.lines);
			g_assert_cmpuint(body.zeros, ==, measures[i].body.zeros);
			g_assert_cmpuint(body.longest, ==, measures[i].body.longest);
		}
	}
}

static void
test_tree(void)
{
	struct control_read read;

	control_read_text(
	    &read, CONTROL_START "NY z@x\nNN a@x\n" CONTROL_RECIPIENTS CONTROL_HEADER);
	expect(&read, &(struct exim_change){ 0 },
	    CONTROL_START "YN z@x\nNN a@x\n" CONTROL_RECIPIENTS CONTROL_HEADER);
	control_read_clear(&read);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/exim_write/nothing changes by itself", test_unchanged);
	g_test_add_func("/exim_write/a new id is all that is new", test_new_id);
	g_test_add_func("/exim_write/fields keep their flags, edits get theirs", test_headers);
	g_test_add_func("/exim_write/long fields have longer lengths", test_long_header);
	g_test_add_func("/exim_write/a part of the recipients keeps its lines", test_parts);
	g_test_add_func("/exim_write/a parent may be left behind", test_parent_left_behind);
	g_test_add_func("/exim_write/added recipients have plain lines", test_additions);
	g_test_add_func("/exim_write/recipients may be added to the list", test_addition_in_list);
	g_test_add_func("/exim_write/what is no address is not added", test_no_address);
	g_test_add_func("/exim_write/no file has more recipients than Exim reads", test_too_many);
	g_test_add_func("/exim_write/a new body has its own counts", test_bodies);
	g_test_add_func("/exim_write/bodies are measured", test_measure);
	g_test_add_func("/exim_write/a tree that is out of order is put in order", test_tree);
	return g_test_run();
}
