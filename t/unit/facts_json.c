/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/read/facts_json.h"

#include <string.h>

#define SIZE 1000

/* Facts in which everything is set, and one part with nothing. */
static struct facts *
make_facts(void)
{
	struct facts *facts = facts_new();
	struct part *whole = facts_add_part(facts, -1, PART_MULTIPART);

	facts->body_start = 100;
	facts->counted = 3;
	facts->limits = 1u << READ_LIMIT_parts | 1u << READ_LIMIT_seconds;
	facts->longest_boundary = 70;
	facts->readings = 2;
	g_free(whole->type);
	whole->type = g_strdup("multipart/mixed");
	whole->boundary = g_strdup("=_\"\\\t\x7f");
	whole->header_end = 99;
	whole->body_start = 100;
	whole->body_end = SIZE;
	struct part *text = facts_add_part(facts, 0, PART_LEAF);

	text->header_start = 110;
	text->header_end = 150;
	text->body_start = 151;
	text->body_end = 400;
	text->size = 200;
	text->declared_type = g_strdup("Text/HTML");
	text->content_id = g_strdup("id@x");
	text->digest = g_strdup("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	text->description = g_strdup("HTML document, \xc3\xa9t\xc3\xa9");
	text->mime = g_strdup("text/html");
	text->reading = 1;
	text->blank_line = 77;
	text->signature_mark = 12;
	part_set(text, PART_FACT_archive);
	part_set(text, PART_FACT_control_name);
	part_add_name(text, "a\nb.exe");
	part_add_name(text, "b.exe");
	struct html_facts *html = text->html = html_facts_new();

	html->length = 200;
	html->base = g_strdup("http://x.test/");
	html->body_open = 20;
	html->truncated = true;
	html_add_tag(html, HTML_script, 30, 40, "x.js");
	html_add_tag(html, HTML_form, 30, 40, "");
	html_add_edit(html, HTML_script, 30, 32, "<Nope");
	html_add_edit(html, HTML_form, 31, 33, "");
	html_add_edit(html, HTML_script, 32, 34, "x");
	struct html_link *link = html_add_link(html);

	link->start = 50;
	link->end = 60;
	link->text_start = 60;
	link->text_end = 70;
	link->href = g_strdup("http://y.test/?a&b");
	link->text = g_strdup("y");
	link->hidden = true;
	struct html_image *image = html_add_image(html);

	image->end = 5;
	image->src = g_strdup("cid:1");
	image->alt = g_strdup("");
	struct part *member = facts_add_part(facts, 1, PART_MEMBER);

	member->letter = 'z';
	member->archive_depth = 1;
	facts_add_part(facts, 0, PART_LEAF);
	return facts;
}

static char *
full_text(const struct facts *facts)
{
	json_t *json = facts_to_json(facts);
	char *text = json_dumps(json, JSON_SORT_KEYS | JSON_INDENT(1));

	json_decref(json);
	return text;
}

static struct facts *
parse(const char *text, size_t length, char **why)
{
	return facts_read(text, length, SIZE, why);
}

static void
expect_same(const struct facts *facts, const char *text, size_t length)
{
	g_autofree char *why = NULL;
	struct facts *back = parse(text, length, &why);

	g_assert_cmpstr(why, ==, NULL);
	char *expected = full_text(facts), *found = full_text(back);
	g_assert_cmpstr(found, ==, expected);
	free(expected);
	free(found);
	facts_free(back);
}

static void
comes_back(void)
{
	struct facts *facts = make_facts();
	g_autoptr(GString) compact = g_string_new(NULL);
	char *full = full_text(facts);

	facts_write(facts, compact);
	expect_same(facts, compact->str, compact->len);
	expect_same(facts, full, strlen(full));
	g_assert_cmpuint(compact->len, <, strlen(full) / 2);
	free(full);
	facts_free(facts);
}

static void
names_all_members(void)
{
	static const char *const expected[] = { "\"body_start\": 100", "\"counted\": 3",
		"\"parts\",\n  \"seconds\"", "\"unparsable\": false", "\"longest_boundary\": 70",
		"\"readings\": 2", "\"parent\": -1", "\"kind\": \"multipart\"", "\"letter\": \"z\"",
		"\"reading\": 1", "\"archive_depth\": 1", "\"declared_type\": \"Text/HTML\"",
		"\"charset\": \"\"", "\"boundary\": \"=_\\\"\\\\\\t", "\"content_id\": \"id@x\"",
		"\"a\\nb.exe\"", "\"header_start\": 110", "\"body_end\": 400", "\"size\": 200",
		"\"mime\": \"text/html\"", "\"control_name\"", "\"blank_line\": 77",
		"\"signature_mark\": 12", "\"signature_mark\": null", "\"html_open\": null",
		"\"body_open\": 20", "\"truncated\": true", "\"detail\": \"x.js\"",
		"\"text\": \"<Nope\"", "\"hidden\": true", "\"alt\": \"\"", "\"width\": null" };
	struct facts *facts = make_facts();
	char *text = full_text(facts);

	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
		if (strstr(text, expected[i]) == NULL)
			g_test_message("%s is not in %s", expected[i], text);
		g_assert_nonnull(strstr(text, expected[i]));
	}
	free(text);
	facts_free(facts);
}

static void
mends_bytes(void)
{
	struct facts *facts = make_facts();
	struct part *part = facts_part(facts, 1);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *why = NULL;

	g_ptr_array_add(part->names, g_strdup("gr\xfc\xdf"));
	facts_write(facts, text);
	struct facts *back = parse(text->str, text->len, &why);
	g_assert_cmpstr(why, ==, NULL);
	g_assert_cmpstr(
	    g_ptr_array_index(facts_part(back, 1)->names, 2), ==, "gr\xef\xbf\xbd\xef\xbf\xbd");
	facts_free(back);
	facts_free(facts);
}

/* What stands around the part, or the member, that a row is about. */
#define FACTS(text) "{\"readings\":1,\"parts\":[" text "]}"
#define PART(text) FACTS("{\"parent\":-1," text "}")
#define CHILD(text)                                                                       \
	FACTS("{\"parent\":-1,\"kind\":\"multipart\",\"body_start\":10,\"body_end\":90}," \
	      "{\"parent\":0," text "}")
#define ROW(text) FACTS("[-1," text "]")
#define HTML(text) PART("\"size\":50,\"html\":{\"length\":50" text "}")

static const struct {
	const char *text, *why;
} hostile[] = {
	{ "", "no JSON" },
	{ "null", "no JSON" },
	{ "[]", "no object" },
	{ "{", "no JSON" },
	{ "{} {}", "no JSON" },
	{ "{}", "no parts" },
	{ "\xff", "no JSON" },
	{ "{\"readings\":1,\"parts\":{}}", "no parts" },
	{ "{\"readings\":1,\"parts\":[]}", "no parts" },
	{ "{\"readings\":1,\"parts\":[1]}", "no object" },
	{ "{\"parts\":[{\"parent\":-1}]}", "no reading" },
	{ "{\"readings\":1,\"readings\":1,\"parts\":[{\"parent\":-1}]}", "no JSON" },
	{ "{\"readings\":1,\"extra\":1,\"parts\":[{\"parent\":-1}]}", "nothing has" },
	{ "{\"readings\":1,\"body_start\":1001,\"parts\":[{\"parent\":-1}]}", "message's end" },
	{ "{\"readings\":1,\"counted\":-1,\"parts\":[{\"parent\":-1}]}", "counted" },
	{ "{\"readings\":1,\"counted\":4294967296,\"parts\":[{\"parent\":-1}]}", "counted" },
	{ "{\"readings\":1,\"counted\":1.5,\"parts\":[{\"parent\":-1}]}", "counted" },
	{ "{\"readings\":1,\"counted\":99999999999999999999,\"parts\":[{\"parent\":-1}]}",
	    "no JSON" },
	{ "{\"readings\":1,\"unparsable\":1,\"parts\":[{\"parent\":-1}]}", "unparsable" },
	{ "{\"readings\":1,\"limits\":[\"wits\"],\"parts\":[{\"parent\":-1}]}", "limits" },
	{ "{\"readings\":1,\"limits\":\"parts\",\"parts\":[{\"parent\":-1}]}", "limits" },
	{ FACTS("{}"), "parent" },
	{ FACTS("{\"parent\":0}"), "parent" },
	{ FACTS("{\"parent\":-2}"), "parent" },
	{ FACTS("{\"parent\":\"-1\"}"), "parent" },
	{ FACTS("{\"parent\":-1},{\"parent\":-1}"), "parent" },
	{ FACTS("{\"parent\":-1},{\"parent\":1}"), "parent" },
	{ FACTS("{\"parent\":-1},{\"parent\":2},{\"parent\":0}"), "parent" },
	{ FACTS("{\"parent\":-1},{\"parent\":0}"), "can't hold" },
	{ FACTS("{\"parent\":-1,\"kind\":\"member\"}"), "can't hold" },
	{ PART("\"kind\":\"whole\""), "kind" },
	{ PART("\"kind\":0"), "kind" },
	{ PART("\"letter\":\"x\""), "letter" },
	{ PART("\"letter\":\"\""), "letter" },
	{ PART("\"letter\":\"nn\""), "letter" },
	{ PART("\"letter\":null"), "letter" },
	{ PART("\"type\":null"), "type" },
	{ PART("\"type\":7"), "type" },
	{ PART("\"type\":\"a\\u0000b\""), "no JSON" },
	{ PART("\"type\":\"\xc3\""), "no JSON" },
	{ PART("\"type\":\"\\ud800\""), "no JSON" },
	{ PART("\"name\":\"a\\u001bb\""), "control" },
	{ PART("\"name\":\"a\\u007fb\""), "control" },
	{ PART("\"names\":\"a\""), "names" },
	{ PART("\"names\":[null]"), "name" },
	{ PART("\"digest\":\"00\""), "digest" },
	{ PART("\"digest\":\"0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef\""),
	    "digest" },
	{ PART("\"facts\":[\"lovely\"]"), "facts" },
	{ PART("\"facts\":[null]"), "facts" },
	{ PART("\"reading\":1"), "reading" },
	{ PART("\"size\":-1"), "size" },
	{ PART("\"body_end\":1001"), "outside" },
	{ PART("\"body_start\":5,\"body_end\":4"), "outside" },
	{ PART("\"header_start\":6,\"header_end\":5,\"body_start\":6,\"body_end\":6"), "outside" },
	{ PART("\"header_end\":6,\"body_start\":5,\"body_end\":9"), "outside" },
	{ CHILD("\"header_start\":9,\"header_end\":9,\"body_start\":9,\"body_end\":20"),
	    "outside" },
	{ CHILD("\"header_start\":10,\"header_end\":10,\"body_start\":10,\"body_end\":91"),
	    "outside" },
	{ CHILD("\"body_end\":20"), "outside" },
	{ CHILD("\"reading\":1,\"body_start\":9,\"body_end\":1001"), "outside" },
	{ CHILD("\"reading\":1,\"header_start\":1001,\"header_end\":1001"), "outside" },
	{ PART("\"size\":5,\"signature_mark\":6"), "signature" },
	{ PART("\"html\":[]"), "html" },
	{ PART("\"html\":{\"length\":1}"), "larger" },
	{ HTML(",\"body_open\":51"), "place" },
	{ HTML(",\"body_open\":-1"), "body_open" },
	{ HTML(",\"colour\":1"), "nothing has" },
	{ HTML(",\"tags\":{}"), "list" },
	{ HTML(",\"tags\":[1]"), "object" },
	{ HTML(",\"tags\":[{}]"), "kind" },
	{ HTML(",\"tags\":[{\"kind\":\"blink\"}]"), "kind" },
	{ HTML(",\"tags\":[{\"kind\":\"form\",\"start\":3,\"end\":2}]"), "place" },
	{ HTML(",\"tags\":[{\"kind\":\"form\",\"end\":51}]"), "place" },
	{ HTML(",\"edits\":[{\"kind\":\"form\",\"start\":5,\"end\":6},{\"kind\":\"base\",\"end\":1}"
	       "]"),
	    "order" },
	{ HTML(",\"edits\":[{\"kind\":\"form\",\"end\":6},{\"kind\":\"form\",\"start\":5,\"end\":7}"
	       "]"),
	    "overlap" },
	{ HTML(",\"edits\":[{\"kind\":\"form\",\"text\":null}]"), "text" },
	{ HTML(",\"links\":[{\"href\":\"x\"}]"), "link" },
	{ HTML(",\"links\":[{\"text\":\"x\"}]"), "link" },
	{ HTML(",\"links\":[{\"href\":\"x\",\"text\":\"\",\"text_start\":9}]"), "place" },
	{ HTML(",\"images\":[{}]"), "picture" },
	{ FACTS("[]"), "no row" },
	{ FACTS("[-1,null,null,null,null]"), "no row" },
	{ FACTS("[null,null,null,null,null,null]"), "parent" },
	{ FACTS("[-1,null,null,null,null,null],[-1,null,null,null,null,null]"), "parent" },
	{ ROW("\"whole\",null,null,null,null"), "kind" },
	{ ROW("0,null,null,null,null"), "kind" },
	{ ROW("null,\"x\",null,null,null"), "letter" },
	{ ROW("null,null,\"a\",null,null"), "names" },
	{ ROW("null,null,[null],null,null"), "name" },
	{ ROW("null,null,null,[\"lovely\"],null"), "facts" },
	{ ROW("null,null,null,null,[]"), "html" },
	{ ROW("null,null,null,null,null,null"), "type" },
	{ ROW("null,null,null,null,null,7"), "type" },
	{ ROW("null,null,null,null,null,\"\",-1"), "size" },
	{ ROW("null,null,null,null,null,\"\",0,\"a\\u001bb\""), "control" },
	{ ROW("null,null,null,null,null,\"\",0,\"\",null,null,0,null,0,0,0,1001"), "outside" },
	{ ROW("null,null,null,null,null,\"\",0,\"\",null,null,0,null,0,0,0,0,\"\",\"\",\"\",\"\","
	      "null,"
	      "null,0,null,0,null,0"),
	    "nothing has" },
	{ HTML(",\"tags\":[[]]"), "kind" },
	{ HTML(",\"tags\":[[1,2,3]]"), "kind" },
	{ HTML(",\"tags\":[[\"blink\",1,2]]"), "kind" },
	{ HTML(",\"tags\":[[\"form\",3,2]]"), "place" },
	{ HTML(",\"tags\":[[\"form\",3,4,5]]"), "detail" },
	{ HTML(",\"tags\":[[\"form\",3,4,\"\",5]]"), "nothing has" },
	{ HTML(",\"edits\":[[\"form\",0,6],[\"form\",5,7]]"), "overlap" },
	{ HTML(",\"edits\":[[\"form\",5,6],{\"kind\":\"base\",\"end\":1}]"), "order" },
	{ HTML(",\"edits\":[[\"form\",0,-1]]"), "end" },
	{ HTML(",\"links\":[[]]"), "link" },
	{ HTML(",\"links\":[[0,1,1,2,\"x\"]]"), "link" },
	{ HTML(",\"links\":[[0,1,1,2,\"x\",\"y\",null,1]]"), "hidden" },
	{ HTML(",\"links\":[[0,1,1,2,\"x\",\"y\",null,true,null]]"), "nothing has" },
	{ HTML(",\"links\":[[0,1,1,51,\"x\",\"y\"]]"), "place" },
	{ HTML(",\"links\":[[0,[1]]]"), "end" },
	{ HTML(",\"images\":[[0,1,null]]"), "picture" },
	{ HTML(",\"images\":[[0,51,\"\"]]"), "place" },
	{ HTML(",\"images\":[{\"src\":\"\",\"start\":60,\"end\":61}]"), "place" },
};

/* Texts behind the JSON, `text` up to its zero. */
#define FAR(type, texts) ROW("null,null,null,null,null," type) "\0" texts

static const struct {
	const char *text;
	size_t size;
	const char *why;
} far[] = {
#define BYTES(text) text, sizeof(text) - 1
	{ BYTES(FAR("9", "text/html\0")), NULL },
	{ BYTES(FAR("9,0,3", "text/html\0a.b\0")), NULL },
	{ BYTES(FAR("0", "\0")), NULL },
	{ BYTES(FAR("9", "")), "type" },
	{ BYTES(FAR("9", "text/html")), "type" },
	{ BYTES(FAR("9", "text/ht\0")), "type" },
	{ BYTES(FAR("9", "text/html2\0")), "type" },
	{ BYTES(FAR("9", "text\0html\0")), "type" },
	{ BYTES(FAR("9", "text/ht\xff\xff\0")), "type" },
	{ BYTES(FAR("-1", "text/html\0")), "type" },
	{ BYTES(FAR("9223372036854775807", "text/html\0")), "type" },
	{ BYTES(FAR("9,0,3", "text/html\0a.b")), "name" },
	{ BYTES(FAR("9,0,3", "text/html\0a\x1b.\0")), "control" },
	{ BYTES(FAR("9", "text/html\0more\0")), "nothing has" },
	{ BYTES(FAR("9", "text/html\0\0")), "nothing has" },
	{ BYTES(FAR("\"a\"", "\0")), "nothing has" },
};

static void
believes_no_far_text(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(far); i++) {
		g_autofree char *why = NULL;
		/* To its last byte, so that a checker sees what is read behind it. */
		g_autofree char *text = g_memdup2(far[i].text, far[i].size);
		struct facts *facts = parse(text, far[i].size, &why);

		g_test_message("%zu: %s", i, why);
		g_assert_cmpint(facts == NULL, ==, far[i].why != NULL);
		g_assert_true(far[i].why == NULL || strstr(why, far[i].why) != NULL);
		facts_free(facts);
	}
}

static void
believes_nothing(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autofree char *why = NULL;
		struct facts *facts = parse(hostile[i].text, strlen(hostile[i].text), &why);

		g_test_message("%s: %s", hostile[i].text, why);
		g_assert_null(facts);
		g_assert_nonnull(why);
		g_assert_nonnull(strstr(why, hostile[i].why));
	}
}

/* Each of the shapes that the hostile ones are made from is good by itself. */
static void
takes_what_can_be(void)
{
	static const char *const good[] = { PART("\"type\":\"\""), ROW("null,null,null,null,null"),
		ROW("\"leaf\",\"z\",[],[],{},\"\",5"),
		FACTS("[-1,null,null,null,null,null],{\"parent\":0,\"kind\":\"member\"}"),
		CHILD("\"size\":5"),
		CHILD("\"header_start\":10,\"header_end\":10,\"body_start\":10,\"body_end\":90"),
		HTML(""), HTML(",\"links\":[{\"href\":\"\",\"text\":\"\"}]"),
		HTML(",\"links\":[[0,1,1,2,\"x\",\"y\"],[0,1,1,2,\"x\",\"y\",null,true]]"),
		HTML(",\"tags\":[[\"form\"],[\"base\",1,2,\"x\"]],\"images\":[[0,50,\"\"]]"),
		HTML(",\"edits\":[{\"kind\":\"form\",\"end\":6},{\"kind\":\"form\",\"start\":6,"
		     "\"end\":7}]"),
		FACTS("{\"parent\":-1},{\"parent\":0,\"kind\":\"member\"}"),
		/* Another reading of a leaf, whose content begins in the header. */
		"{\"readings\":2,\"parts\":[{\"parent\":-1,\"header_end\":9,\"body_start\":10,"
		"\"body_end\":90},"
		"{\"parent\":0,\"reading\":1,\"header_start\":10,\"header_end\":10,\"body_start\":"
		"5,\"body_end\":95}]}" };

	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autofree char *why = NULL;
		struct facts *facts = parse(good[i], strlen(good[i]), &why);

		g_assert_cmpstr(why, ==, NULL);
		g_assert_nonnull(facts);
		facts_free(facts);
	}
}

/* `count` times `entry`, commas between. */
static char *
repeated(const char *before, const char *entry, unsigned count, const char *after)
{
	GString *text = g_string_new(before);

	for (unsigned i = 0; i < count; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? "," : "", entry);
	g_string_append(text, after);
	return g_string_free(text, FALSE);
}

static void
counts(void)
{
	static const struct {
		const char *before, *entry, *after;
		unsigned most;
	} lists[] = {
		{ "{\"readings\":1,\"parts\":[{\"parent\":-1},",
		    "{\"parent\":0,\"kind\":\"member\"}", "]}", FACTS_PARTS_MAX - 1 },
		{ "{\"readings\":1,\"parts\":[{\"parent\":-1},",
		    "[0,\"member\",\"z\",null,null,null]", "]}", FACTS_PARTS_MAX - 1 },
		{ "{\"readings\":1,\"parts\":[{\"parent\":-1,\"names\":[", "\"a\"", "]}]}",
		    FACTS_NAMES_MAX },
		{ "{\"readings\":1,\"parts\":[{\"parent\":-1,\"html\":{\"tags\":[",
		    "{\"kind\":\"base\"}", "]}}]}", HTML_LIST_MAX },
		{ "{\"readings\":1,\"parts\":[{\"parent\":-1,\"html\":{\"tags\":[", "[\"base\"]",
		    "]}}]}", HTML_LIST_MAX },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
		for (unsigned more = 0; more < 2; more++) {
			g_autofree char *why = NULL;
			g_autofree char *text = repeated(
			    lists[i].before, lists[i].entry, lists[i].most + more, lists[i].after);
			struct facts *facts = parse(text, strlen(text), &why);

			g_assert_cmpint(facts != NULL, ==, more == 0);
			facts_free(facts);
		}
	}
	g_autofree char *why = NULL;
	g_autofree char *text = repeated("[", "0", 1000001, "]");
	g_assert_null(facts_load(text, strlen(text), &why));
	g_assert_cmpstr(why, ==, "too many values");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/facts_json/facts come back as they were, by either form", comes_back);
	g_test_add_func(
	    "/facts_json/the full form has every member by its name", names_all_members);
	g_test_add_func("/facts_json/bytes that are no UTF-8 are marked", mends_bytes);
	g_test_add_func("/facts_json/what can't be is not believed", believes_nothing);
	g_test_add_func(
	    "/facts_json/texts behind the JSON are believed as little", believes_no_far_text);
	g_test_add_func("/facts_json/what can be is", takes_what_can_be);
	g_test_add_func("/facts_json/lists have their limits", counts);
	return g_test_run();
}
