/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of dangerous HTML: findings, edits that fit together, conversion, log lines. */
#include "core/check/html.h"

#include "core/check/phishing.h"
#include "core/check/splices.h"
#include "core/check/webbug.h"
#include "core/log/log.h"
#include "t/unit/act_fixture.h"

/* A part of the message; where it says so with HTML facts. */
static struct part *
add_part(struct act_fixture *fixture, int parent, enum part_kind kind, const char *type,
    const char *disposition)
{
	if (fixture->message->facts == NULL)
		fixture->message->facts = facts_new();
	struct part *part = facts_add_part(fixture->message->facts, parent, kind);

	g_free(part->type);
	part->type = g_strdup(type);
	g_free(part->disposition);
	part->disposition = g_strdup(disposition);
	part->html = html_facts_new();
	return part;
}

static struct part *
take_html(struct act_fixture *fixture)
{
	act_take_plain(fixture);
	return add_part(fixture, -1, PART_LEAF, "text/html", "");
}

/* The kind at that place, with a proposal to take it out. */
static void
add_kind(struct part *part, enum html_kind kind, size_t start)
{
	html_add_tag(part->html, kind, start, start + 5, "");
	html_add_edit(part->html, kind, start, start + 5, "x");
}

static struct html_image *
add_image(struct part *part, size_t start, const char *src, const char *width, const char *height)
{
	struct html_image *image = html_add_image(part->html);

	image->start = start;
	image->end = start + 10;
	image->src = g_strdup(src);
	image->width = g_strdup(width);
	image->height = g_strdup(height);
	return image;
}

/* Findings that a report or a log would show: "kind key;", in order. The caller's. */
static char *
found(const struct act_fixture *fixture)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < fixture->message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(fixture->message->findings, i);
		const char *what = finding->kind == FINDING_content || finding->kind == FINDING_note
				       ? finding->key
				       : finding->text;

		g_string_append_printf(text, "%s %s;", finding_kind_name(finding->kind), what);
	}
	return g_string_free(text, FALSE);
}

/* "start-end text;" of each edit, in order. The caller's. */
static char *
edits(const struct act_fixture *fixture)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < fixture->message->body_edits->len; i++) {
		const struct body_edit *edit = g_ptr_array_index(fixture->message->body_edits, i);

		g_assert_cmpint(edit->kind, ==, BODY_SPLICE);
		g_string_append_printf(text, "%zu-%zu %s;", edit->start, edit->end, edit->text);
	}
	return g_string_free(text, FALSE);
}

/* One tag of a kind in the text of a message: what the words of its directive do. */
static void
test_kinds(void)
{
	static const struct {
		enum html_kind kind;
		const char *directive;
		const char *on_no, *on_disarm;
	} rows[] = {
		{ HTML_iframe, "Allow IFrame Tags", "content FoundIFrame;", "disarm iframe;" },
		{ HTML_frame, "Allow IFrame Tags", "content FoundIFrame;", "disarm frame;" },
		{ HTML_form, "Allow Form Tags", "content FoundForm;", "disarm form;" },
		{ HTML_form_input, "Allow Form Tags", "disarm form input;", "disarm form input;" },
		{ HTML_form_button, "Allow Form Tags", "disarm form button;",
		    "disarm form button;" },
		{ HTML_script, "Allow Script Tags", "content FoundScript;", "disarm script;" },
		{ HTML_event_handler, "Allow Script Tags", "disarm script;", "disarm script;" },
		{ HTML_script_url, "Allow Script Tags", "content FoundScript;", "disarm script;" },
		{ HTML_svg_script, "Allow Script Tags", "content FoundScript;", "disarm script;" },
		{ HTML_meta_refresh, "Allow Script Tags", "disarm meta refresh;",
		    "disarm meta refresh;" },
		{ HTML_object_codebase, "Allow Object Codebase Tags", "content FoundObject;",
		    "disarm object codebase;" },
		{ HTML_object_data, "Allow Object Codebase Tags", "content FoundObject;",
		    "disarm object data;" },
		{ HTML_object, "Allow Object Codebase Tags", "disarm object;", "disarm object;" },
		{ HTML_base, "Allow Object Codebase Tags", "disarm base;", "" },
		{ HTML_remote_css, "Allow WebBugs", "disarm css;", "" },
	};
	static const char *const words[] = { "yes", "disarm", "no" };
	struct act_fixture fixture = { NULL };

	g_assert_cmpuint(G_N_ELEMENTS(rows), ==, HTML_KIND_COUNT);
	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *expected[] = { "", rows[i].on_disarm, rows[i].on_no };

		for (size_t w = 0; w < G_N_ELEMENTS(words); w++) {
			g_autofree char *line =
			    g_strdup_printf("%s = %s", rows[i].directive, words[w]);

			g_test_message("%s: %s", html_kind_name(rows[i].kind), line);
			act_configure(&fixture, line);
			add_kind(take_html(&fixture), rows[i].kind, 10);
			check_html(fixture.message);
			g_autofree char *findings = found(&fixture);
			g_assert_cmpstr(findings, ==, expected[w]);
			g_autofree char *planned = edits(&fixture);
			g_assert_cmpstr(
			    planned, ==, g_str_has_prefix(findings, "disarm") ? "10-15 x;" : "");
		}
	}
	act_close(&fixture);
}

static void
test_recipients(void)
{
	static const struct {
		const char *bob, *dora;
		const char *findings;
	} rows[] = {
		{ "yes", "yes", "" },
		{ "yes", "disarm", "disarm form;" },
		{ "disarm", "yes", "disarm form;" },
		{ "disarm", "no", "content FoundForm;" },
		{ "no", "yes", "content FoundForm;" },
	};
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *rules = g_strdup_printf(
		    "To: bob@example.test %s\nTo: dora@other.test %s\nFromOrTo: default yes\n",
		    rows[i].bob, rows[i].dora);

		g_test_message("%s, %s", rows[i].bob, rows[i].dora);
		act_put(&fixture, "@@/form.rules", rules);
		act_configure(&fixture, "Allow Form Tags = @@/form.rules");
		add_kind(take_html(&fixture), HTML_form, 10);
		check_html(fixture.message);
		g_autofree char *findings = found(&fixture);
		g_assert_cmpstr(findings, ==, rows[i].findings);
	}
	act_close(&fixture);
}

/* Where nothing can be edited, disarm leaves a note and no stops the message. */
static void
test_places(void)
{
	static const struct {
		const char *type, *disposition;
		enum part_kind kind;
		unsigned reading;
		bool edited;
		const char *lines;
	} rows[] = {
		{ "text/html", "", PART_LEAF, 0, true, "" },
		{ "text/html", "inline", PART_LEAF, 0, true, "Disarm HTML Attachments = no" },
		{ "text/html", "attachment", PART_LEAF, 0, true, "" },
		{ "text/html", "attachment", PART_LEAF, 0, false, "Disarm HTML Attachments = no" },
		{ "text/html", "attachment", PART_LEAF, 0, true, "Convert HTML To Text = yes" },
		{ "text/html", "", PART_MEMBER, 0, false, "" },
		{ "text/html", "", PART_LEAF, 1, false, "" },
		{ "image/svg+xml", "", PART_LEAF, 0, true, "" },
		{ "image/svg+xml", "", PART_LEAF, 0, false, "Disarm HTML Attachments = no" },
	};
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (unsigned no = 0; no < 2; no++) {
			g_autofree char *lines = g_strdup_printf(
			    "%s\n%s", rows[i].lines, no ? "Allow Script Tags = no" : "");

			g_test_message("%s %s %s", rows[i].type, rows[i].disposition, lines);
			act_configure(&fixture, lines);
			act_take_plain(&fixture);
			add_part(&fixture, -1, PART_MULTIPART, "multipart/mixed", "");
			struct part *part =
			    add_part(&fixture, 0, rows[i].kind, rows[i].type, rows[i].disposition);

			part->reading = rows[i].reading;
			add_kind(part, HTML_script, 10);
			add_kind(part, HTML_script, 20);
			add_image(part, 30, "http://a.test/b.gif", "1", "1");
			check_html(fixture.message);
			g_autofree char *findings = found(&fixture);
			g_autofree char *planned = edits(&fixture);
			const char *script = rows[i].reading > 0 ? "content ;"
					     : no		 ? "content FoundScript;"
					     : rows[i].edited	 ? "disarm script;"
								 : "note FoundScript;";
			const char *bug = rows[i].edited ? "disarm web bug;" : "note FoundWebBug;";
			g_autofree char *expected = g_strconcat(script, bug, NULL);

			g_assert_cmpstr(findings, ==, expected);
			g_assert_cmpint(g_str_has_prefix(planned, "10-15 x;20-25 x;30-40 <img"), ==,
			    rows[i].edited && !no);
			g_assert_cmpint(*planned != '\0', ==, rows[i].edited);
		}
	}
	act_close(&fixture);
}

static void
test_web_bugs(void)
{
	static const struct {
		const char *src, *width, *height;
		bool bug;
		const char *why;
	} rows[] = {
		{ "http://a.test/x.gif", "1", "1", true, "one pixel" },
		{ "http://a.test/x.gif", "2", "2", true, "two" },
		{ "http://a.test/x.gif", "0", " 1px ", true, "units and blanks" },
		{ "http://a.test/x.gif", "3", "1", false, "three" },
		{ "http://a.test/x.gif", "1", NULL, false, "no height" },
		{ "http://a.test/x.gif", NULL, "1", false, "no width" },
		{ "http://a.test/x.gif", "", "1", false, "no number" },
		{ "http://a.test/x.gif", "auto", "auto", false, "no number" },
		{ "http://a.test/x.gif", "1%", "1%", false, "no pixels" },
		{ "http://a.test/x.gif", "1em", "1", false, "no pixels" },
		{ "http://a.test/x.gif", "0x1", "1", false, "no decimal" },
		{ "http://a.test/x.gif", "-1", "1", false, "below nothing" },
		{ "cid:1", "1", "1", false, "it is in the mail" },
		{ "CID:1", "1", "1", false, "in any case" },
		{ "data:image/gif;base64,x", "1", "1", false, "it is in the address" },
		{ "http://mine.test/dot.gif", "1", "1", false, "our replacement" },
		{ NULL, "1", "1", false, "nothing is loaded" },
		{ "", "1", "1", false, "nothing is loaded" },
		{ "http://a.test/spacer.gif", "1", "1", false, "an ignored name" },
		{ "http://a.test/my-Spacer.GIF?x=1", "1", "1", false, "in any case" },
		{ "http://a.test/spacer/x.gif", "1", "1", true, "a name, not a folder" },
		{ "http://a.test/x.gif?spacer", "1", "1", true, "nor a query" },
		{ "http://bug.test/logo.png", NULL, NULL, true, "a known server" },
		{ "https://www.BUG.test/logo.png", "600", "80", true, "anywhere in the name" },
		{ "http://a.test/bug.test/logo.png", NULL, NULL, false, "not in the path" },
		{ "http://count7.stat.test/l.png", NULL, NULL, true, "a star" },
		{ "http://stat.test/l.png", NULL, NULL, false, "a star needs its surroundings" },
		{ "http://bugxtest/l.png", NULL, NULL, false, "a dot is a dot" },
		{ "bug.test.gif", NULL, NULL, true, "no whole address: as it stands" },
		{ "http://bug.test/spacer.gif", NULL, NULL, false, "ignored names win" },
	};
	struct webbug_rules rules;

	webbug_rules_init(&rules, "bug.test, count*.stat.test", "spacer\tpixel",
	    "http://mine.test/dot.gif", "Web bug removed");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct html_image image = { .src = (char *)rows[i].src,
			.width = (char *)rows[i].width,
			.height = (char *)rows[i].height };

		g_test_message("%s: %s", rows[i].src, rows[i].why);
		g_assert_cmpint(webbug_is(&rules, &image), ==, rows[i].bug);
	}
	webbug_rules_clear(&rules);
	webbug_rules_init(&rules, "", "", "", "");
	struct html_image image = {
		.src = (char *)"http://a.test/x", .width = (char *)"1", .height = (char *)"1"
	};
	g_assert_true(webbug_is(&rules, &image));
	webbug_rules_clear(&rules);
}

static void
test_replacement(void)
{
	static const struct {
		const char *replacement, *src, *width, *tag;
	} rows[] = {
		{ "http://mine.test/?a&b", "http://a.test/?\"<x>", "1",
		    "<img src=\"http://mine.test/?a&amp;b\" width=\"1\" alt=\"Web bug removed: "
		    "http://a.test/?&quot;&lt;x&gt;\" />" },
		{ "", "http://a.test/x", "\"><script>",
		    "<img width=\"&quot;&gt;&lt;script&gt;\" alt=\"Web bug removed: "
		    "http://a.test/x\" />" },
		{ "", "http://a.test/\xff", NULL,
		    "<img alt=\"Web bug removed: http://a.test/\xef\xbf\xbd\" />" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct webbug_rules rules;
		struct html_image image = { .src = (char *)rows[i].src,
			.width = (char *)rows[i].width };

		webbug_rules_init(&rules, "", "", rows[i].replacement, "Web bug removed");
		g_autofree char *tag = webbug_replacement(&rules, &image);
		g_assert_cmpstr(tag, ==, rows[i].tag);
		webbug_rules_clear(&rules);
	}
}

static void
test_web_bug_words(void)
{
	static const struct {
		const char *word, *findings;
		bool edited;
	} rows[] = {
		{ "yes", "", false },
		{ "disarm", "disarm web bug;", true },
		{ "no", "content FoundWebBug;", false },
	};
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		/* All else allowed: web bugs are looked for by themselves. */
		g_autofree char *lines =
		    g_strdup_printf("Allow WebBugs = %s\nAllow Form Tags = yes\n"
				    "Allow IFrame Tags = yes\nAllow Script Tags = yes\n"
				    "Allow Object Codebase Tags = yes\nFind Phishing Fraud = no",
			rows[i].word);

		act_configure(&fixture, lines);
		struct part *part = take_html(&fixture);
		add_image(part, 10, "http://a.test/photo.jpg", "600", "400");
		add_image(part, 30, "http://a.test/dot.gif", "1", "1");
		add_image(part, 50, "http://a.test/dot.gif", "1", "1");
		check_html(fixture.message);
		g_autofree char *findings = found(&fixture);
		g_assert_cmpstr(findings, ==, rows[i].findings);
		g_assert_cmpuint(fixture.message->body_edits->len, ==, rows[i].edited ? 2 : 0);
	}
	act_close(&fixture);
}

static void
test_conversion(void)
{
	static const struct {
		const char *lines;
		enum html_kind kind;
		const char *findings;
	} rows[] = {
		{ "Convert HTML To Text = yes", HTML_form, "convert HTML becomes plain text;" },
		{ "Convert HTML To Text = yes\nAllow Form Tags = no", HTML_form,
		    "convert HTML becomes plain text;content FoundForm;" },
		{ "Convert Dangerous HTML To Text = yes", HTML_form, "disarm form;" },
		{ "Convert Dangerous HTML To Text = yes\nAllow Form Tags = yes", HTML_form,
		    "convert HTML becomes plain text;" },
		{ "Convert Dangerous HTML To Text = yes\nAllow Form Tags = yes", HTML_form_input,
		    "" },
		{ "Convert Dangerous HTML To Text = yes\nAllow Form Tags = no", HTML_form,
		    "content FoundForm;" },
		{ "Dangerous Content Scanning = no\nConvert HTML To Text = yes", HTML_form, "" },
		{ "Scan Messages = virus", HTML_form, "" },
	};
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].lines);
		act_configure(&fixture, rows[i].lines);
		add_kind(take_html(&fixture), rows[i].kind, 10);
		check_html(fixture.message);
		g_autofree char *findings = found(&fixture);
		g_assert_cmpstr(findings, ==, rows[i].findings);
		g_assert_cmpuint(fixture.message->body_edits->len, ==,
		    strcmp(rows[i].findings, "disarm form;") == 0 ? 1 : 0);
	}
	/* Attachments are not converted, and what is no HTML needn't be. */
	act_configure(&fixture, "Convert HTML To Text = yes");
	act_take_plain(&fixture);
	add_part(&fixture, -1, PART_LEAF, "text/html", "attachment");
	check_html(fixture.message);
	g_assert_cmpuint(fixture.message->findings->len, ==, 0);
	act_close(&fixture);
}

/* Lists that were cut hide what stands behind. */
static void
test_truncated(void)
{
	static const struct {
		const char *lines, *findings;
	} rows[] = {
		{ "", "content HTMLParserAttack;" },
		{ "Ignore Denial Of Service = yes", "note HTMLParserAttack;" },
		{ "Allow Form Tags = yes\nAllow IFrame Tags = yes\nAllow Script Tags = yes\n"
		  "Allow Object Codebase Tags = yes\nAllow WebBugs = yes",
		    "" },
	};
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		act_configure(&fixture, rows[i].lines);
		take_html(&fixture)->html->truncated = true;
		check_html(fixture.message);
		g_autofree char *findings = found(&fixture);
		g_assert_cmpstr(findings, ==, rows[i].findings);
	}
	act_close(&fixture);
}

/* Splices of two checks become one list. */
static void
test_merge(void)
{
	static const struct {
		struct {
			size_t start, end;
			const char *text;
		} first[4], second[4];
		const char *planned;
		const char *why;
	} rows[] = {
		{ { { 30, 35, "c" }, { 10, 15, "a" } }, { { 20, 20, "b" } },
		    "10-15 a;20-20 b;30-35 c;", "in order of position" },
		{ { { 10, 10, "a" }, { 10, 10, "b" } }, { { 10, 10, "c" } },
		    "10-10 a;10-10 b;10-10 c;", "insertions at one place in order of planning" },
		{ { { 10, 20, "a" } }, { { 20, 20, "b" }, { 10, 10, "c" } },
		    "10-10 c;10-20 a;20-20 b;", "insertions at the ends of a replacement" },
		{ { { 10, 20, "a" } }, { { 15, 15, "b" } }, "10-20 a;", "an insertion within one" },
		{ { { 10, 20, "a" } }, { { 20, 30, "b" } }, "10-20 a;20-30 b;", "neighbours" },
		{ { { 10, 20, "a" } }, { { 12, 15, "b" } }, "10-20 a;", "one within another" },
		{ { { 12, 15, "b" } }, { { 10, 20, "a" } }, "10-20 a;",
		    "whichever was planned first" },
		{ { { 10, 20, "a" } }, { { 10, 20, "b" } }, "10-20 a;", "the same bytes" },
		{ { { 10, 15, "b" } }, { { 10, 20, "a" } }, "10-20 a;", "the same start" },
		{ { { 10, 20, "a" } }, { { 15, 25, "b" }, { 24, 30, "c" } }, "10-30 abc;",
		    "overlaps take all bytes away" },
		{ { { 10, 20, "a" } }, { { 15, 25, "b" }, { 22, 22, "c" } }, "10-25 ab;",
		    "an insertion within what grew" },
	};
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	act_configure(&fixture, "");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GArray) splices = splices_new();

		g_test_message("%s", rows[i].why);
		take_html(&fixture);
		for (size_t j = 0; j < 4 && rows[i].first[j].text != NULL; j++)
			splices_add(splices, rows[i].first[j].start, rows[i].first[j].end,
			    rows[i].first[j].text);
		splices_plan(fixture.message, 0, splices, "first");
		for (size_t j = 0; j < 4 && rows[i].second[j].text != NULL; j++)
			splices_add(splices, rows[i].second[j].start, rows[i].second[j].end,
			    rows[i].second[j].text);
		splices_plan(fixture.message, 0, splices, "second");
		g_autofree char *planned = edits(&fixture);
		g_assert_cmpstr(planned, ==, rows[i].planned);
	}
	act_close(&fixture);
}

/* Edits of other parts and of other kinds stay where they are. */
static void
test_merge_others(void)
{
	struct act_fixture fixture = { NULL };
	g_autoptr(GArray) splices = splices_new();

	act_open(&fixture);
	act_configure(&fixture, "");
	take_html(&fixture);
	message_edit_body(fixture.message, BODY_RENAME, 0, "name", NULL, "other");
	message_edit_body(fixture.message, BODY_SPLICE, 1, "of part 1", NULL, "other");
	splices_add(splices, 9, 9, "late");
	splices_plan(fixture.message, 0, splices, "first");
	message_edit_body(fixture.message, BODY_REMOVE, 2, NULL, NULL, "other");
	splices_add(splices, 1, 1, "early");
	splices_plan(fixture.message, 0, splices, "second");
	static const char *const stages[] = { "other", "other", "other", "second", "first" };
	g_assert_cmpuint(fixture.message->body_edits->len, ==, G_N_ELEMENTS(stages));
	for (unsigned i = 0; i < G_N_ELEMENTS(stages); i++) {
		const struct body_edit *edit = g_ptr_array_index(fixture.message->body_edits, i);

		g_assert_cmpstr(edit->stage, ==, stages[i]);
	}
	act_close(&fixture);
}

static void
test_both_checks(void)
{
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	act_configure(&fixture, "");
	struct part *part = take_html(&fixture);
	add_kind(part, HTML_script, 50);
	add_kind(part, HTML_event_handler, 15);
	add_kind(part, HTML_form, 80);
	struct html_link *link = html_add_link(part->html);
	link->href = g_strdup("http://evil.test/");
	link->text = g_strdup("www.mybank.com");
	link->start = 10;
	link->text_start = 20;
	link->text_end = 34;
	check_html(fixture.message);
	check_phishing(fixture.message);
	g_autofree char *planned = edits(&fixture);
	g_assert_true(g_str_has_prefix(planned, "15-20 x;20-20 <"));
	g_assert_true(g_str_has_suffix(planned, " ;50-55 x;80-85 x;"));
	g_autofree char *words = check_html_words(fixture.message);
	g_assert_cmpstr(words, ==, "script, form, phishing");
	act_close(&fixture);
}

/* Twenty thousand edits of two checks are merged at once. */
static void
test_many(void)
{
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	act_configure(&fixture, "");
	struct part *part = take_html(&fixture);
	for (unsigned i = 0; i < HTML_LIST_MAX; i++) {
		add_kind(part, HTML_event_handler, i * 50);
		struct html_link *link = html_add_link(part->html);
		link->href = g_strdup("http://evil.test/");
		link->text = g_strdup("www.mybank.com");
		link->text_start = i * 50 + 10;
		link->text_end = i * 50 + 24;
	}
	gint64 start = g_get_monotonic_time();
	check_html(fixture.message);
	check_phishing(fixture.message);
	double milliseconds = (double)(g_get_monotonic_time() - start) / 1000.0;
	g_assert_cmpuint(fixture.message->body_edits->len, ==, 2 * HTML_LIST_MAX);
	g_test_minimized_result(
	    milliseconds, "%d tags and links in %.0f ms", HTML_LIST_MAX, milliseconds);
	g_assert_cmpfloat(milliseconds, <, 5000);
	act_close(&fixture);
}

/* What a run writes to standard error; the caller's. */
static char *
logged(const char *lines)
{
	struct act_fixture fixture = { NULL };
	char *text = NULL;
	g_autofree char *path = NULL;

	act_open(&fixture);
	act_configure(&fixture, lines);
	struct part *part = take_html(&fixture);
	for (unsigned kind = 0; kind < HTML_KIND_COUNT; kind++)
		add_kind(part, kind, 10 * kind);
	add_image(part, 500, "photo.jpg", NULL, NULL);
	html_add_link(part->html)->href = g_strdup("#");
	int file = g_file_open_tmp("log-XXXXXX", &path, NULL);
	int standard = dup(STDERR_FILENO);
	dup2(file, STDERR_FILENO);
	log_open(LOG_SINK_STDERR, "Test", "mail");
	check_html(fixture.message);
	dup2(standard, STDERR_FILENO);
	close(standard);
	close(file);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_unlink(path);
	act_close(&fixture);
	GString *plain = g_string_new(text);
	g_autofree char *ident = g_strdup_printf("Test[%d]: ", (int)getpid());
	g_string_replace(plain, ident, "", 0);
	g_free(text);
	return g_string_free(plain, FALSE);
}

static void
test_log(void)
{
	g_autofree char *quiet = logged("");
	g_autofree char *tags = logged("Log Dangerous HTML Tags = yes");
	g_autofree char *blocked = logged("Allow Script Tags = no\nAllow Form Tags = no");

	g_assert_cmpstr(quiet, ==, "");
	g_assert_cmpstr(tags, ==,
	    "HTML-IFrame tag found in message " ACT_ID " from Alice@Sender.test\n"
	    "HTML-Form tag found in message " ACT_ID " from Alice@Sender.test\n"
	    "HTML-Script tag found in message " ACT_ID " from Alice@Sender.test\n"
	    "HTML-Object tag found in message " ACT_ID " from Alice@Sender.test\n"
	    "HTML Img tag found in message " ACT_ID " from Alice@Sender.test\n"
	    "<A> tag found in message " ACT_ID " from Alice@Sender.test\n");
	g_assert_cmpstr(
	    blocked, ==, "Content Checks: Detected HTML-specific exploits in " ACT_ID "\n");
}

static void
test_unread(void)
{
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	act_configure(&fixture, "Convert HTML To Text = yes");
	act_take_plain(&fixture);
	check_html(fixture.message);
	check_phishing(fixture.message);
	g_assert_cmpuint(fixture.message->findings->len, ==, 0);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/check_html/each kind obeys its directive", test_kinds);
	g_test_add_func("/check_html/the strictest of several recipients wins", test_recipients);
	g_test_add_func("/check_html/only shown HTML is edited, all is stopped", test_places);
	g_test_add_func("/check_html/a web bug is tiny or known", test_web_bugs);
	g_test_add_func("/check_html/what replaces a web bug is escaped", test_replacement);
	g_test_add_func("/check_html/web bugs obey their directive alone", test_web_bug_words);
	g_test_add_func("/check_html/what becomes text is not disarmed", test_conversion);
	g_test_add_func("/check_html/what could not be looked at is not clean", test_truncated);
	g_test_add_func("/check_html/edits are merged in order and don't overlap", test_merge);
	g_test_add_func("/check_html/edits of others stay", test_merge_others);
	g_test_add_func("/check_html/warnings fit between disarmed tags", test_both_checks);
	g_test_add_func("/check_html/thousands of edits are merged at once", test_many);
	g_test_add_func("/check_html/log lines are those that tools know", test_log);
	g_test_add_func("/check_html/a message that was not read has no findings", test_unread);
	return g_test_run();
}
