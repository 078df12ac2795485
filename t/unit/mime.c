/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/read/mime.h"

#include "t/unit/reading.h"

static struct facts *
read_text(const char *text)
{
	struct brief brief;

	reading_bare(&brief);
	return reading_of(&brief, text, strlen(text));
}

/* Children of n in one reading, as text: "multipart/mixed(text/plain,image/gif=a.gif)". */
static void
append_tree(GString *tree, const struct facts *facts, unsigned n)
{
	const struct part *part = facts_part(facts, n);
	unsigned children = 0;

	g_string_append(tree, part->type);
	if (*part->name != '\0')
		g_string_append_printf(tree, "=%s", part->name);
	for (unsigned i = n + 1; i < facts->parts->len; i++) {
		const struct part *child = facts_part(facts, i);

		if (child->parent != (int)n || child->reading != part->reading)
			continue;
		g_string_append_c(tree, children++ == 0 ? '(' : ',');
		append_tree(tree, facts, i);
	}
	if (children > 0)
		g_string_append_c(tree, ')');
}

/* The usual tree, and behind a blank each other reading. */
static char *
tree_of(const struct facts *facts)
{
	GString *tree = g_string_new(NULL);

	for (unsigned reading = 0; reading < facts->readings; reading++) {
		for (unsigned n = 0; n < facts->parts->len; n++) {
			const struct part *part = facts_part(facts, n);
			bool top = part->parent < 0 ||
				   facts_part(facts, (unsigned)part->parent)->reading != reading;

			if (part->reading != reading || !top)
				continue;
			if (tree->len > 0)
				g_string_append_c(tree, ' ');
			append_tree(tree, facts, n);
		}
	}
	return g_string_free(tree, FALSE);
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"
#define FILE_PART "Content-Disposition: attachment; filename=x.exe\n\nMZ\n"

static const struct {
	const char *text, *tree;
} trees[] = {
	{ "Subject: x\n\nhello\n", "text/plain" },
	{ "", "text/plain" },
	{ "\nbody\n", "text/plain" },
	{ "Content-Type: text\n\nx", "text/plain" },
	{ "Content-Type: TEXT/HTML; charset=x\n\nx", "text/html" },
	{ MIXED "--b\n\none\n--b\n" FILE_PART "--b--\n",
	    "multipart/mixed(text/plain,text/plain=x.exe)" },
	{ MIXED "preamble\n--b\n\none\n--b--\nepilogue\n", "multipart/mixed(text/plain)" },
	{ MIXED "--b\n--b\n--b--", "multipart/mixed(text/plain,text/plain)" },
	{ MIXED "--b \t\n\none\n--b--  \n", "multipart/mixed(text/plain)" },
	{ MIXED "--b\n\none\n", "multipart/mixed(text/plain)" },
	{ MIXED "--b\nContent-Type: message/rfc822\n\n--b--\n",
	    "multipart/mixed(message/rfc822(text/plain))" },
	{ MIXED "--b\nContent-Type: message/rfc822\n\n" MIXED "--b--\n",
	    "multipart/mixed(message/rfc822(multipart/mixed))" },
	{ "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b--",
	    "multipart/digest(message/rfc822(text/plain))" },
	{ MIXED "--b\nContent-Type: multipart/alternative; "
		"boundary=bb\n\n--bb\n\n1\n--bb\n\n2\n--bb--\n--b\n\n3\n--b--\n",
	    "multipart/mixed(multipart/alternative(text/plain,text/plain),text/plain) "
	    "multipart/mixed(multipart/alternative,text/plain,text/plain,text/plain,text/plain)" },
	{ "Content-Type: message/partial; id=a; number=1; total=2\n\nSubject: x\n\ny",
	    "message/partial(text/plain)" },
	{ "Content-Type: message/partial; id=a; number=2; total=2\n\ny", "message/partial" },
	{ "Content-Type: message/external-body; access-type=URL\n\nContent-Type: image/gif\n\n",
	    "message/external-body(image/gif)" },
};

static void
test_trees(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(trees); i++) {
		struct facts *facts = read_text(trees[i].text);
		g_autofree char *tree = tree_of(facts);

		g_test_message("%s", trees[i].text);
		g_assert_cmpstr(tree, ==, trees[i].tree);
		facts_free(facts);
	}
}

/* A file x.exe hidden behind something: whoever reads it in one of the ways sees it. */
static const struct {
	const char *text;
	enum part_fact fact; /* that some part has */
} hidden[] = {
	/* Which boundary? */
	{ "Content-Type: multipart/mixed; boundary=a; "
	  "boundary=b\n\n--a\n\nhi\n--a--\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_repeated_parameter },
	{ "Content-Type: multipart/mixed; boundary=b; "
	  "boundary=a\n\n--a\n\nhi\n--a--\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_repeated_parameter },
	{ "Content-Type: multipart/mixed; boundary=a\nContent-Type: multipart/mixed; boundary=b\n\n"
	  "--a\n\nhi\n--a--\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_repeated_header },
	{ "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" FILE_PART
	  "--b--\n",
	    PART_FACT_repeated_header },
	{ "Content-Type: text/plain; boundary=b\n\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_odd_boundary },
	{ "Content-Type: multipart/mixed; boundary*=us-ascii''%62\n\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_odd_boundary },
	{ "Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\n\n--bc\n" FILE_PART
	  "--bc--\n",
	    PART_FACT_odd_boundary },
	{ "Content-Type: multipart/mixed; boundary=\"b  \"\n\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_odd_boundary },
	{ "Content-Type: multipart/mixed boundary=b\n\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_COUNT },
	{ "Content-Type: multipart/mixed; X; boundary=b\n\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_COUNT },
	{ "Content-Type: multipart/mixed\nContent-Disposition: x; boundary=b\n\n--b\n" FILE_PART
	  "--b--\n",
	    PART_FACT_odd_boundary },
	{ "Content-Type: multipart/mixed (boundary=a); boundary=b\n\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_COUNT },
	{ "Content-Type: multipart/mixed; boundary=b c\n\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_odd_boundary },
	{ "Content-Type: multipart/mixed\n\n--b\n" FILE_PART "--b--\n", PART_FACT_no_boundary },
	{ "Content-Type: multipart/mixed; boundary=zzz\n\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_no_boundary },
	{ "Content-Type: multipart/mixed\n\nthis is a preamble\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_no_boundary },
	{ MIXED "--b\n\nhi\n--b---\n" FILE_PART "--b--\n", PART_FACT_COUNT },
	/* Where does a line end? */
	{ MIXED "--b\n\nhi\r--b\r" FILE_PART "--b--\n", PART_FACT_bare_cr },
	{ MIXED "--b\r\rhi\r--b\rContent-Disposition: x; filename=x.exe\r\rMZ\r--b--\r",
	    PART_FACT_no_boundary },
	{ "Subject: x\n\rContent-Type: multipart/mixed; boundary=b\n\r\n\r--b\n\r"
	  "Content-Disposition: x; filename=x.exe\n\r\n\rMZ\n\r--b--\n\r",
	    PART_FACT_bare_cr },
	{ MIXED "--b junk\n" FILE_PART "--b--\n", PART_FACT_COUNT },
	{ MIXED "--b\n\nhi\n--b--\n--b\n" FILE_PART "--b--\n", PART_FACT_COUNT },
	/* Which header? */
	{ "Content-Type (x): multipart/mixed; boundary=b\n\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_odd_header_name },
	{ "Content-Type : multipart/mixed; boundary=b\n\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_odd_header_name },
	{ "Content-\x01Type: multipart/mixed; boundary=b\n\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_odd_header_name },
	{ "Subject: x\rContent-Type: multipart/mixed; boundary=b\n\n--b\n" FILE_PART "--b--\n",
	    PART_FACT_bare_cr },
	{ "Subject: x\nno header at all\n" MIXED "--b\n" FILE_PART "--b--\n",
	    PART_FACT_broken_header },
	{ "Subject: x\n \n" MIXED "--b\n" FILE_PART "--b--\n", PART_FACT_broken_header },
	{ " folded\n" MIXED "--b\n" FILE_PART "--b--\n", PART_FACT_COUNT },
	{ "\xef\xbb\xbf" MIXED "--b\n" FILE_PART "--b--\n", PART_FACT_COUNT },
	/* Which encoding? */
	{ "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"
	  "LS1iCkNvbnRlbnQtVHlwZTogYS9iOyBuYW1lPXguZXhlCgpNWgotLWItLQo=\n",
	    PART_FACT_no_boundary },
	{ "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
	  "Q29udGVudC1UeXBlOiBhL2I7IG5hbWU9eC5leGUKCk1aCg==\n",
	    PART_FACT_encoded_multipart },
};

static bool
has_file(const struct facts *facts)
{
	for (unsigned n = 0; n < facts->parts->len; n++) {
		const struct part *part = facts_part(facts, n);

		if (g_ptr_array_find_with_equal_func(part->names, "x.exe", g_str_equal, NULL) &&
		    part->size > 0 && part->kind != PART_MULTIPART)
			return true;
	}
	return false;
}

static void
test_hidden(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++) {
		struct facts *facts = read_text(hidden[i].text);
		bool found = hidden[i].fact == PART_FACT_COUNT;

		for (unsigned n = 0; n < facts->parts->len && !found; n++)
			found = part_has(facts_part(facts, n), hidden[i].fact);
		if (!has_file(facts) || !found) {
			g_autofree char *tree = tree_of(facts);

			g_test_message("%s\n%s", hidden[i].text, tree);
			g_test_fail();
		}
		facts_free(facts);
	}
}

static void
test_encodings(void)
{
	static const struct {
		const char *header, *body;
		uint64_t sizes[2]; /* of the usual reading, and of the next one */
		enum part_fact fact;
	} cases[] = {
		{ "base64", "aGVsbG8=\n", { 5 }, PART_FACT_COUNT },
		{ "base64", "aG*Vs bG8=\n", { 5 }, PART_FACT_rubbish_base64 },
		{ "quoted-printable", "a=3D=\nb\n", { 4 }, PART_FACT_COUNT },
		{ "7 bit", "x\n", { 2 }, PART_FACT_COUNT },
		{ "x-uuencode", "begin 644 a\n#86)C\n`\nend\n", { 3 }, PART_FACT_COUNT },
		{ "base64 (comment)", "aGVsbG8=\n", { 5 }, PART_FACT_COUNT },
		{ "\"base64\"", "aGVsbG8=\n", { 9, 5 }, PART_FACT_unknown_encoding },
		{ "x-secret", "abc", { 3 }, PART_FACT_unknown_encoding },
		{ "7bit\nContent-Transfer-Encoding: base64", "aGVsbG8=\n", { 9, 5 },
		    PART_FACT_repeated_header },
		{ "base64\nContent-Transfer-Encoding: 7bit", "aGVsbG8=\n", { 5, 9 },
		    PART_FACT_repeated_header },
		{ "base64", "aGVs\nbG8=\nbG8=\n", { 5, 7 }, PART_FACT_rubbish_base64 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf(
		    "Content-Transfer-Encoding: %s\n\n%s", cases[i].header, cases[i].body);
		struct facts *facts = read_text(text);

		g_test_message("%s", text);
		g_assert_cmpuint(facts_part(facts, 0)->size, ==, cases[i].sizes[0]);
		if (cases[i].sizes[1] != 0)
			g_assert_cmpuint(facts_part(facts, 1)->size, ==, cases[i].sizes[1]);
		if (cases[i].fact != PART_FACT_COUNT)
			g_assert_true(part_has(facts_part(facts, 0), cases[i].fact));
		facts_free(facts);
	}
}

/* What the ranges of the parts hold; the last of a header's line ends counts in, that before a boundary doesn't. */
static void
check_ranges(const char *end)
{
	static const struct {
		const char *header, *body;
	} expected[] = {
		{ "Content-Type: multipart/mixed; boundary=b\n",
		    "pre\n--b\n\none\n\n--b\nContent-Type: text/html\n\n<p>\n--b--\nepi\n" },
		{ "", "one\n" },
		{ "Content-Type: text/html\n", "<p>" },
	};
	g_auto(GStrv) lines = g_strsplit(
	    MIXED "pre\n--b\n\none\n\n--b\nContent-Type: text/html\n\n<p>\n--b--\nepi\n", "\n", -1);
	g_autofree char *text = g_strjoinv(end, lines);
	struct facts *facts = read_text(text);

	g_assert_cmpuint(facts->parts->len, ==, 3);
	for (unsigned n = 0; n < 3; n++) {
		const struct part *part = facts_part(facts, n);
		/* The empty line that ends the header is always LF. */
		g_autofree char *all = g_strconcat("Content-Type: multipart/mixed; boundary=b", end,
		    "\n", strstr(text, "pre"), NULL);
		g_autofree char *header =
		    g_strndup(all + part->header_start, part->header_end - part->header_start);
		g_autofree char *body =
		    g_strndup(all + part->body_start, part->body_end - part->body_start);
		g_auto(GStrv) header_lines = g_strsplit(expected[n].header, "\n", -1);
		g_auto(GStrv) body_lines = g_strsplit(expected[n].body, "\n", -1);
		g_autofree char *right_header = g_strjoinv(end, header_lines);
		g_autofree char *right_body = g_strjoinv(end, body_lines);

		g_assert_cmpstr(header, ==, right_header);
		g_assert_cmpstr(body, ==, right_body);
	}
	facts_free(facts);
}

static void
test_ranges(void)
{
	check_ranges("\n");
	check_ranges("\r\n");
}

/* The empty line before a boundary ends the header; it is no line end of a content. */
static void
test_no_content(void)
{
	static const char text[] = MIXED "--b\nX: y\n\n--b\nX: y\n--b--\n";
	struct facts *facts = read_text(text);

	g_assert_cmpuint(facts->parts->len, ==, 3);
	for (unsigned n = 1; n < 3; n++) {
		const struct part *part = facts_part(facts, n);

		g_assert_cmpint(strncmp(text + part->body_start, "--b", 3), ==, 0);
		g_assert_cmpuint(part->body_start, ==, part->body_end);
		g_assert_cmpuint(part->header_end - part->header_start, ==, 5);
	}
	facts_free(facts);
}

static void
test_description(void)
{
	struct facts *facts =
	    read_text("Content-Type: text/html; charset=\"UTF-8\"\n"
		      "Content-Disposition: INLINE; filename=\"a.html\"\n"
		      "Content-ID: <one@two>\nContent-Transfer-Encoding: Base64\n\nPHA+");
	const struct part *part = facts_part(facts, 0);

	g_assert_cmpstr(part->charset, ==, "UTF-8");
	g_assert_cmpstr(part->disposition, ==, "inline");
	g_assert_cmpstr(part->content_id, ==, "one@two");
	g_assert_cmpstr(part->encoding, ==, "base64");
	g_assert_cmpstr(part->name, ==, "a.html");
	g_assert_cmpstr(part->name_header, ==, "Content-Disposition");
	g_assert_cmpuint(part->facts, ==, 0);
	facts_free(facts);
}

static void
test_facts(void)
{
	static const struct {
		const char *text;
		enum part_fact fact;
	} cases[] = {
		{ "Content-Type: multipart/encrypted; boundary=b\n\n--b\n\n--b--",
		    PART_FACT_mime_encrypted },
		{ "Content-Type: multipart/signed; boundary=b\n\n--b\n\n--b--",
		    PART_FACT_mime_signed },
		{ "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\n",
		    PART_FACT_mime_encrypted },
		{ "Content-Type: application/pkcs7-mime; smime-type=signed-data\n\n",
		    PART_FACT_mime_signed },
		{ "Content-Type: application/x-pkcs7-mime; name=smime.p7m\n"
		  "Content-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHA6CAMIACAQAx",
		    PART_FACT_mime_encrypted },
		{ "Content-Type: application/pkcs7-mime\n"
		  "Content-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHAqCAMIACAQEx",
		    PART_FACT_mime_signed },
		{ "Content-Type: message/partial; number=2\n\n", PART_FACT_partial },
		{ "Content-Type: message/external-body\n\n", PART_FACT_external_body },
		{ "Subject: caf\xe9\n\n", PART_FACT_eight_bit_header },
		{ "Subject: x\n\na\rb", PART_FACT_bare_cr },
		{ "Content-Type: a/b\rname=x\n\n", PART_FACT_repeated_header },
		{ MIXED "--b\n\nx", PART_FACT_truncated },
		{ "Content-Type: a/b; name=a.txt\nContent-Disposition: x; filename=b.exe\n\n",
		    PART_FACT_conflicting_names },
	};

	struct facts *facts = read_text("Content-Type: a/b\r\r\nContent-ID: x\r\r\n\r\r\nx");

	g_assert_false(part_has(facts_part(facts, 0), PART_FACT_repeated_header));
	facts_free(facts);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		facts = read_text(cases[i].text);
		g_test_message("%s", cases[i].text);
		g_assert_true(part_has(facts_part(facts, 0), cases[i].fact));
		facts_free(facts);
	}
}

static void
test_unparsable(void)
{
	static const struct {
		const char *type;
		bool unparsable;
	} cases[] = {
		{ "multipart/mixed", true },
		{ "multipart/mixed; boundary=", true },
		{ "multipart/mixed; boundary=\"\"", true },
		{ "multipart/mixed; boundary=\"b \"", true },
		{ "multipart/mixed; boundary=b", false },
		{ "text/plain", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text =
		    g_strdup_printf("Content-Type: %s\n\n--b\n\nx\n--b--\n", cases[i].type);
		struct facts *facts = read_text(text);

		g_assert_cmpint(facts->unparsable, ==, cases[i].unparsable);
		if (cases[i].unparsable)
			g_assert_cmpint(facts_part(facts, 0)->kind, ==, PART_LEAF);
		facts_free(facts);
	}
}

static void
test_parts_limit(void)
{
	static const struct {
		gint64 limit;
		unsigned parts, counted;
		bool reached;
	} cases[] = {
		{ 7, 7, 7, true }, { 8, 7, 7, false }, { -1, 700, 700, false },
		{ 0, 199, 199, false }, { 0, 200, 200, true },
		{ 2, 700, 7, true }, /* three times the limit, and the one that is too many */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(MIXED);
		struct brief brief;
		struct facts *facts;

		for (unsigned n = 0; n < cases[i].parts; n++)
			g_string_append(text, "--b\n\nx\n");
		g_string_append(text, "--b--\n");
		reading_bare(&brief);
		brief.max_parts = cases[i].limit;
		facts = reading_of(&brief, text->str, text->len);
		g_assert_cmpuint(facts->counted, ==, cases[i].counted);
		g_assert_cmpint(
		    (facts->limits & 1u << READ_LIMIT_parts) != 0, ==, cases[i].reached);
		facts_free(facts);
	}
}

/* `levels` multiparts or messages in each other. */
static char *
nested(unsigned levels, bool messages)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < levels; i++) {
		if (messages)
			g_string_append(text, "Content-Type: message/rfc822\n\n");
		else
			g_string_append_printf(
			    text, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
	}
	g_string_append(text, "\nthe end\n");
	return g_string_free(text, FALSE);
}

static void
test_depth(void)
{
	for (int messages = 0; messages < 2; messages++) {
		g_autofree char *shallow = nested(99, messages), *deep = nested(20000, messages);
		struct facts *facts = read_text(shallow);

		g_assert_cmpuint(facts->limits & 1u << READ_LIMIT_depth, ==, 0);
		facts_free(facts);
		facts = read_text(deep);
		g_assert_cmpuint(facts->limits & 1u << READ_LIMIT_depth, !=, 0);
		g_assert_cmpuint(facts->parts->len, <, 1000);
		facts_free(facts);
	}
}

static void
test_budgets(void)
{
	g_autoptr(GString) text = g_string_new("X: ");
	struct brief brief;
	struct facts *facts;

	for (unsigned i = 0; i < 2000; i++)
		g_string_append(text, "y");
	g_string_append(text, "\n\nbody of some length");
	reading_bare(&brief);
	brief.max_header = 1000;
	brief.max_bytes = 10;
	facts = reading_of(&brief, text->str, text->len);
	g_assert_cmpuint(facts->limits, ==, 1u << READ_LIMIT_header | 1u << READ_LIMIT_bytes);
	g_assert_true(part_has(facts_part(facts, 0), PART_FACT_not_unpacked));
	facts_free(facts);
}

/* What is encoded counts as what it decodes to, in each code and in containers, and exactly as much as there may be is read. */
static void
test_coded_bytes(void)
{
	static const char lines[] = "QUJD\nREVG\nR0hJ\n"; /* nine bytes */
	static const struct {
		const char *head;
		uint64_t bytes;
	} rows[] = {
		{ "Content-Transfer-Encoding: base64\n\n", 12 },
		{ "Content-Transfer-Encoding: quoted-printable\n\n", 15 },
		{ "Content-Transfer-Encoding: x-uuencode\n\n", 12 },
		{ "\n", 15 },
		{ "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n",
		    2 * 12 + 9 },
	};
	struct brief brief;

	reading_bare(&brief);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strconcat(rows[i].head, lines, NULL);

		g_test_message("%s", rows[i].head);
		for (uint64_t less = 0; less < 2; less++) {
			brief.max_bytes = rows[i].bytes - less;
			struct facts *facts = reading_of(&brief, text, strlen(text));
			g_assert_cmpuint(facts->limits, ==, less << READ_LIMIT_bytes);
			facts_free(facts);
		}
	}
}

/* Written to cost: none takes long (sanitizers and a busy machine allowed for), nor gives many parts or readings. */
static void
test_costs(void)
{
	static const struct {
		const char *head, *repeated;
	} cases[] = {
		{ MIXED, "--b\n" },
		{ "", "a:\n" },
		{ "", "Content-Type: multipart/mixed; boundary=b\n" },
		{ "", "Content-Type (((((((((((\n" },
		{ "Content-Type: multipart/mixed; boundary=-\n\n", "-" },
		{ "Content-Type: multipart/mixed; boundary=aaaaaaaaaaaaaaaaaaaaab\n\n", "a" },
		{ "Content-Type: a/b; ", "boundary=b; " },
		{ "Content-Type: a/b; ", "name*1*=%41; " },
		{ "Content-Type: a/b; name=\"", "\\" },
		{ "\n", "begin 644 a\n" },
		{ "\n", "=ybegin name=a\n" },
		{ "\n", "(This file must be converted with BinHex\n:" },
		{ "\n", "A: b\nContent-Type: c\n\n" },
		{ "Content-Transfer-Encoding: quoted-printable\n\n", "= \n" },
		{ "Content-Transfer-Encoding: base64\n\n", "=" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(cases[i].head);
		gint64 start;
		struct facts *facts;

		while (text->len < (4u << 20))
			g_string_append(text, cases[i].repeated);
		start = g_get_monotonic_time();
		facts = read_text(text->str);
		start = g_get_monotonic_time() - start;
		g_test_message("%" G_GINT64_FORMAT " us, %u parts: %s%s", start, facts->parts->len,
		    cases[i].head, cases[i].repeated);
		g_assert_cmpint(start, <, 5 * G_USEC_PER_SEC);
		g_assert_cmpuint(facts->parts->len, <=, 20001);
		g_assert_cmpuint(facts->readings, <=, 8);
		facts_free(facts);
	}
}

static void
test_embedded(void)
{
	static const char text[] = "From: a\nTo: b\nSubject: c\n" MIXED "--b\n" FILE_PART "--b--\n";
	struct brief brief;
	struct facts *facts = facts_new();
	struct task task = { .brief = &brief, .facts = facts, .deadline = G_MAXINT64 };

	reading_bare(&brief);
	facts_add_part(facts, -1, PART_LEAF);
	g_assert_true(mime_read_embedded(&task, 0, text, strlen(text)));
	g_assert_cmpuint(facts->parts->len, ==, 2);
	g_assert_cmpint(facts_part(facts, 1)->kind, ==, PART_MEMBER);
	g_assert_cmpint(facts_part(facts, 1)->parent, ==, 0);
	g_assert_cmpstr(facts_part(facts, 1)->name, ==, "x.exe");
	g_assert_false(mime_read_embedded(&task, 0, "Dear: you\n\nhello", 16));
	facts_free(facts);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/the tree is that of the message", test_trees);
	g_test_add_func("/mime/what some programs see and others don't is found", test_hidden);
	g_test_add_func("/mime/contents are decoded in each way that is in use", test_encodings);
	g_test_add_func("/mime/ranges are exact for LF and for CRLF", test_ranges);
	g_test_add_func("/mime/a part without content has a place for it", test_no_content);
	g_test_add_func("/mime/fields describe the part", test_description);
	g_test_add_func("/mime/what a part is like is known", test_facts);
	g_test_add_func("/mime/a multipart without a boundary is no tree", test_unparsable);
	g_test_add_func("/mime/parts are counted and limited", test_parts_limit);
	g_test_add_func("/mime/depth is limited", test_depth);
	g_test_add_func("/mime/header and bytes are limited", test_budgets);
	g_test_add_func("/mime/encoded contents count decoded", test_coded_bytes);
	g_test_add_func("/mime/hostile messages cost no more than others", test_costs);
	g_test_add_func("/mime/a message in a file gives members", test_embedded);
	return g_test_run();
}
