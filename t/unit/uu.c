/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/read/uu.h"

#include "t/unit/reading.h"

#define BINHEX                                              \
	"(This file must be converted with BinHex 4.0)\n\n" \
	":\"AJZCAKP!&4&@&4dG(Kd!*!&&3#3\"QKPE'a[N!\"SC@aXEf'3#J#3\"!:\n"

/* Files in a text: name and content of each, as "name=content". */
static const struct {
	const char *text;
	enum part_fact fact; /* of the text */
	const char *files[3];
} cases[] = {
	{ "hi\nbegin 644 a.exe\n#86)C\n`\nend\nbye\n", PART_FACT_uuencode, { "a.exe=abc" } },
	{ "begin 0755 a b.exe \r\n#86)C\r\n`\r\nend\r\n", PART_FACT_uuencode, { "a b.exe=abc" } },
	{ "begin 644 a\n#86)C\n \nend\nbegin 644 b\n#9&5F\n`\nend\n", PART_FACT_uuencode,
	    { "a=abc", "b=def" } },
	{ "begin 644 a\n#86)C\n", PART_FACT_uuencode, { "a=abc" } },
	{ "begin 644 a\nthis is prose that is far too long for the length of it\n#86)C\nend\n",
	    PART_FACT_uuencode, { "a=abc" } },
	{ "begin 644 a\n#86)C\nbegin 644 b\n#9&5F\n", PART_FACT_uuencode, { "a=abc", "b=def" } },
	{ "begin-base64 644 a.exe\nYWJj\n====\n", PART_FACT_uuencode, { "a.exe=abc" } },
	{ "=ybegin line=128 size=3 name=a b.exe\n\x8b\x8c\x8d\n=yend size=3\n", PART_FACT_yenc,
	    { "a b.exe=abc" } },
	{ "=ybegin part=1 line=128 size=3 name=a\n=ypart begin=1 end=3\n\x8b=\xcc\x8d\r\n=yend\n",
	    PART_FACT_yenc, { "a=abc" } },
	{ "text\n" BINHEX, PART_FACT_binhex, { "x.exe=hello\x90helloaaaaaaaaaa" } },
	/* A mode is a formality, if data follows. */
	{ "begin  a.exe\n#86)C\n`\nend\n", PART_FACT_uuencode, { "a.exe=abc" } },
	{ "begin 0 a.exe\n#86)C\n`\nend\n", PART_FACT_uuencode, { "a.exe=abc" } },
	{ "begin a.exe\r\n#86)C\r\n", PART_FACT_uuencode, { "a.exe=abc" } },
	{ "begin the story\nAND SO IT GOES ON\n", PART_FACT_COUNT, { NULL } },
	{ "begin with a word\nbegin 644\nbegin 644 nothing\n", PART_FACT_COUNT, { NULL } },
	{ "=ybegin no file\nwe =ybegin name=x\n(This file must be converted with BinHex)\n\nx\n",
	    PART_FACT_binhex, { NULL } },
};

struct collected {
	GPtrArray *contents;
	GString *content;
};

static bool
begin(unsigned part, void *data)
{
	struct collected *collected = data;

	(void)part;
	collected->content = g_string_new(NULL);
	g_ptr_array_add(collected->contents, collected->content);
	return true;
}

static bool
take(const char *bytes, size_t length, void *data)
{
	struct collected *collected = data;

	g_string_append_len(collected->content, bytes, (gssize)length);
	return true;
}

static void
free_string(void *data)
{
	g_string_free(data, TRUE);
}

static void
check_case(const char *text, const char *const *files, enum part_fact fact)
{
	static const unsigned wished[] = { 1, 2, 3 };
	g_autofree char *whole = g_strconcat("\n", text, NULL);
	g_autoptr(GPtrArray) contents = g_ptr_array_new_with_free_func(free_string);
	struct collected collected = { .contents = contents };
	struct reading_wish wish = { wished, 3, CONTENT_DECODED, begin, take, &collected };
	struct brief brief;
	struct facts *facts;
	struct source *source = reading_source(whole, strlen(whole));
	unsigned count = 0;

	reading_bare(&brief);
	facts = reading_run(&brief, source);
	g_assert_true(reading_contents(&brief, source, &wish));
	g_test_message("%s", text);
	if (fact != PART_FACT_COUNT)
		g_assert_true(part_has(facts_part(facts, 0), fact));
	for (; count < 3 && files[count] != NULL; count++) {
		const struct part *part;
		g_autofree char *file = NULL;

		g_assert_cmpuint(facts->parts->len, >, count + 1);
		part = facts_part(facts, count + 1);
		file = g_strdup_printf(
		    "%s=%s", part->name, ((GString *)g_ptr_array_index(contents, count))->str);
		g_assert_cmpstr(file, ==, files[count]);
		g_assert_cmpint(part->letter, ==, 'u');
		g_assert_cmpint(part->kind, ==, PART_MEMBER);
	}
	g_assert_cmpuint(facts->parts->len, ==, count + 1);
	facts_free(facts);
	source_free(source);
}

static void
test_files(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		check_case(cases[i].text, cases[i].files, cases[i].fact);
}

static void
test_hidden_message(void)
{
	static const struct {
		const char *text;
		bool hidden;
	} texts[] = {
		{ "\nYour message bounced:\n\nFrom: a\nTo: b\nContent-Type: multipart/mixed; "
		  "boundary=b\n\n--b\nContent-Type: a/b; name=x.exe\n\nMZ\n--b--\n",
		    true },
		{ "\nFrom: a\nTo: b\nContent-Type: a/b;\n name=x.exe\n\nMZ\n", true },
		{ "\nFrom: a\nTo: b\n\nnothing of MIME\n", false },
		{ "\nFrom: a\nContent-Type: x\nsome text\n", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		struct brief brief;
		struct facts *facts;

		reading_bare(&brief);
		facts = reading_of(&brief, texts[i].text, strlen(texts[i].text));
		g_test_message("%s", texts[i].text);
		g_assert_cmpint(
		    part_has(facts_part(facts, 0), PART_FACT_hidden_message), ==, texts[i].hidden);
		g_assert_cmpuint(facts->parts->len, ==, texts[i].hidden ? 2 : 1);
		if (texts[i].hidden)
			g_assert_cmpstr(facts_part(facts, 1)->name, ==, "x.exe");
		facts_free(facts);
	}
}

static void
test_limits(void)
{
	static const char text[] = "\nbegin 644 a\n#86)C\nend\nbegin 644 b\n#86)C\nend\n";
	struct brief brief;
	struct facts *facts;

	reading_bare(&brief);
	brief.max_files = 1;
	facts = reading_of(&brief, text, strlen(text));
	g_assert_cmpuint(facts->parts->len, ==, 2);
	g_assert_cmpuint(facts->limits, ==, 1u << READ_LIMIT_files);
	g_assert_true(part_has(facts_part(facts, 0), PART_FACT_not_unpacked));
	facts_free(facts);
	brief.max_files = 0; /* still one */
	brief.max_bytes = strlen(text) - 1 + 3;
	facts = reading_of(&brief, text, strlen(text));
	g_assert_cmpuint(facts->parts->len, ==, 2);
	facts_free(facts);
}

/* In files only where the brief says so. */
static void
test_files_in_files(void)
{
	static const char text[] = "Content-Type: application/x-y\n\nbegin 644 a\n#86)C\nend\n";
	struct brief brief;

	reading_bare(&brief);
	for (int wanted = 0; wanted < 2; wanted++) {
		struct facts *facts;

		brief.find_uuencoded = wanted;
		facts = reading_of(&brief, text, strlen(text));
		g_assert_cmpuint(facts->parts->len, ==, wanted ? 2 : 1);
		facts_free(facts);
	}
}

/* Before the first boundary and behind the last; the parts between are their own. */
static void
test_beside_parts(void)
{
#define UU(name) "begin 644 " name "\n#86)C\n`\nend\n"
	static const struct {
		const char *text, *names;
	} texts[] = {
		{ "Content-Type: multipart/mixed; boundary=b\n\n" UU("pre") "--b\n\nx\n" UU(
		      "in") "--b--\n" UU("post"),
		    "0 pre 2 in 0 post" },
		{ "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: "
		  "multipart/mixed; boundary=c\n\n--c\n\n\n--c--\n" UU("inner") "\n--b--\n",
		    "1 inner" },
		{ "Content-Type: multipart/mixed; boundary=b\n\n" UU("pre") "--b\n\ncut", "0 pre" },
		{ "Content-Type: message/rfc822\n\nContent-Type: multipart/mixed; "
		  "boundary=b\n\n--b\n\n\n--b--\n" UU("post"),
		    "1 post" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GString) names = g_string_new(NULL);
		struct brief brief;

		reading_bare(&brief);
		struct facts *facts = reading_of(&brief, texts[i].text, strlen(texts[i].text));
		for (unsigned n = 0; n < facts->parts->len; n++) {
			const struct part *part = facts_part(facts, n);

			if (part->kind == PART_MEMBER)
				g_string_append_printf(names, "%s%d %s", names->len > 0 ? " " : "",
				    part->parent, part->name);
		}
		g_assert_cmpstr(names->str, ==, texts[i].names);
		g_assert_cmpuint(facts->readings, ==, 1);
		facts_free(facts);
	}
}

/* A code that we don't know may be one that names itself in the text. */
static void
test_unknown_code(void)
{
	static const char text[] =
	    "Content-Type: application/x-y\n"
	    "Content-Transfer-Encoding: x-yencode\n\n"
	    "=ybegin line=128 size=3 name=a.exe\n\x8b\x8c\x8d\n=yend size=3\n";
	struct brief brief;
	struct facts *facts;

	reading_bare(&brief);
	brief.find_uuencoded = false;
	facts = reading_of(&brief, text, sizeof text - 1);
	g_assert_cmpuint(facts->parts->len, ==, 2);
	g_assert_cmpstr(facts_part(facts, 1)->name, ==, "a.exe");
	facts_free(facts);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/uu/files in texts are found and decoded", test_files);
	g_test_add_func("/uu/files beside the parts are found", test_beside_parts);
	g_test_add_func("/uu/a message in a text is found", test_hidden_message);
	g_test_add_func("/uu/files are counted", test_limits);
	g_test_add_func(
	    "/uu/other files are searched where that is asked for", test_files_in_files);
	g_test_add_func("/uu/what has an unknown encoding is searched", test_unknown_code);
	return g_test_run();
}
