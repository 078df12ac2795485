/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/sign.h"

#include "act_facts.h"

#define SIGN "Sign Clean Messages = yes\n"

static void
sealed(struct act_fixture *fixture)
{
	part_set(facts_part(fixture->message->facts, 0), PART_FACT_mime_signed);
}

static void
marked(struct act_fixture *fixture)
{
	facts_part(fixture->message->facts, 2)->signature_mark = 7;
}

static void
no_text(struct act_fixture *fixture)
{
	facts_part(fixture->message->facts, 1)->kind = PART_LEAF;
}

static void
pictured(struct act_fixture *fixture)
{
	struct html_image *image = html_add_image(facts_part(fixture->message->facts, 3)->html);

	image->src = g_strdup("cid:x");
	image->alt = g_strdup("MailScanner Signature of Example");
}

static const struct {
	const char *lines;
	void (*change)(struct act_fixture *);
	const char *edits, *why;
} cases[] = {
	{ "Sign Clean Messages = no", NULL, "", "nobody wants it" },
	{ SIGN, NULL, "splice 2 -1--1\nsplice 3 80-80\n", "the end of the text, before </body>" },
	{ SIGN, marked, "splice 2 7-18\nsplice 3 80-80\n", "in place of the mark" },
	{ SIGN, sealed, "", "what is signed stays" },
	{ SIGN, no_text, "before 0\n", "a part of its own where there is no text" },
	{ SIGN, pictured, "splice 2 -1--1\n", "HTML with our picture is signed already" },
	{ SIGN "Allow Multiple HTML Signatures = yes", pictured, "splice 2 -1--1\nsplice 3 80-80\n",
	    "unless the site wants another" },
	{ SIGN "Dont Sign HTML If Headers Exist = X-Last:", NULL, "", "a reply" },
	{ SIGN "Mail Header = X-Last:", NULL, "", "it was signed before" },
	{ SIGN "Mail Header = X-Last:\nSign Messages Already Processed = yes", NULL,
	    "splice 2 -1--1\nsplice 3 80-80\n", "and is signed again" },
	{ SIGN "Attach Image To Signature = yes\nSignature Image Filename = @@/picture.jpg\n"
	       "Signature Image <img> Filename = signature.jpg",
	    NULL, "splice 2 -1--1\nsplice 3 80-80\nrelate 3\n", "with a picture" },
};

static void
test_sign(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_put(&fixture, "@@/picture.jpg", "picture");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		act_configure(&fixture, cases[i].lines);
		act_take_tree(&fixture);
		if (cases[i].change != NULL)
			cases[i].change(&fixture);
		sign_plan(fixture.message);
		g_autofree char *edits = act_body_edits(&fixture);
		g_test_message("%s", cases[i].why);
		g_assert_cmpstr(edits, ==, cases[i].edits);
		for (unsigned n = 0; n < fixture.message->body_edits->len; n++) {
			const struct body_edit *edit =
			    g_ptr_array_index(fixture.message->body_edits, n);

			g_assert_true(edit->cosmetic);
		}
	}
	act_close(&fixture);
}

static void
test_picture(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_put(&fixture, "@@/picture.jpg", "picture");
	act_configure(&fixture, cases[G_N_ELEMENTS(cases) - 1].lines);
	act_take_tree(&fixture);
	sign_plan(fixture.message);
	const struct body_edit *edit = g_ptr_array_index(fixture.message->body_edits, 2);
	g_assert_cmpstr(edit->content->type, ==, "image/jpeg");
	g_assert_cmpstr(edit->content->content_id, ==, "signature.jpg");
	g_assert_cmpstr(edit->content->name, ==, "signature.jpg");
	act_close(&fixture);
}

static void
test_external(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_tree(&fixture);
	g_assert_false(sign_plan_external(fixture.message));
	act_configure(&fixture, "External Message Warning = yes");
	g_assert_true(sign_plan_external(fixture.message));
	g_autofree char *edits = act_body_edits(&fixture);
	g_assert_cmpstr(edits, ==, "splice 2 0-0\nsplice 3 20-20\n");
	act_close(&fixture);
}

/* What a sender wrote is no HTML of ours. */
static void
test_escape(void)
{
	static const char *const fields[] = { "Subject: <script>alert(1)</script>\n", NULL };
	struct act_fixture fixture;

	act_open(&fixture);
	act_put(&fixture, "@@/signature.html", "<i>$subject</i>");
	act_configure(&fixture, SIGN "Inline HTML Signature = @@/signature.html");
	act_take_tree(&fixture);
	struct facts *facts = g_steal_pointer(&fixture.message->facts);
	act_take(&fixture, "a@b.test", act_recipients, fields, "", "x\n");
	fixture.message->facts = facts;
	sign_plan(fixture.message);
	g_autofree char *text = act_edit_text(&fixture, 1);
	g_assert_cmpstr(text, ==, "<i>&lt;script&gt;alert(1)&lt;/script&gt;</i>");
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sign/where and when messages are signed", test_sign);
	g_test_add_func("/sign/the picture comes with name and id", test_picture);
	g_test_add_func("/sign/mail from outside gets a warning on top", test_external);
	g_test_add_func("/sign/values are escaped in HTML", test_escape);
	return g_test_run();
}
