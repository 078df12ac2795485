/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is found in HTML, what disarming makes of it, and that nothing of it is left. */
#include "core/read/html.h"

#include <gmime/gmime.h>

#include "t/unit/samples.h"

#define ALL ((1u << HTML_KIND_COUNT) - 1)

static GString *
apply(const char *text, const struct html_facts *facts, unsigned kinds)
{
	g_autoptr(GPtrArray) edits = html_edits_choose(facts, kinds);
	GString *out = g_string_new(NULL);
	size_t at = 0;

	for (unsigned i = 0; i < edits->len; i++) {
		const struct html_edit *edit = edits->pdata[i];

		g_assert_cmpuint(edit->start, >=, at);
		g_assert_cmpuint(edit->end, <=, facts->length);
		g_string_append_len(out, text + at, (gssize)(edit->start - at));
		g_string_append(out, edit->text);
		at = edit->end;
	}
	g_string_append_len(out, text + at, (gssize)(facts->length - at));
	return out;
}

/* "kind(detail) kind(detail)", in order of the text. */
static char *
describe(const struct html_facts *facts)
{
	GString *out = g_string_new(NULL);

	for (unsigned i = 0; i < facts->tags->len; i++) {
		const struct html_tag *tag = facts->tags->pdata[i];

		g_string_append_printf(
		    out, "%s%s(%s)", i > 0 ? " " : "", html_kind_name(tag->kind), tag->detail);
	}
	return g_string_free(out, FALSE);
}

static void
check_nothing_left(const char *bytes, const struct html_facts *facts, unsigned kinds, bool svg)
{
	GString *disarmed = apply(bytes, facts, kinds);
	struct html_facts *again = html_read(disarmed->str, disarmed->len, "utf-8", svg);

	for (unsigned i = 0; i < again->tags->len; i++) {
		const struct html_tag *tag = again->tags->pdata[i];

		if (kinds & (1u << tag->kind))
			g_error("%s is left in %s", html_kind_name(tag->kind), disarmed->str);
	}
	html_facts_free(again);
	g_string_free(disarmed, TRUE);
}

struct found_case {
	const char *text, *found; /* as describe() has it */
	const char *disarmed;	  /* NULL: not of interest; # is the document's number */
};

static const struct found_case plain[] = {
	{ "<p>Nothing <b>here</b> &lt;script&gt;", "", "<p>Nothing <b>here</b> &lt;script&gt;" },
	{ "a<script src=x.js>1<2</script>b", "script(x.js)",
	    "a<MailScannerScript# script src=x.js></MailScannerScript#>b" },
	{ "<SCRIPT>a</SCRIPT>", "script()", "<MailScannerScript# SCRIPT></MailScannerScript#>" },
	{ "<script>a", "script()", "<MailScannerScript# script>a" },
	{ "<script type='application/ld+json'>{}</script>", "",
	    "<script type='application/ld+json'>{}</script>" },
	{ "<script type='application/ld+json' src=x></script>", "script(x)", NULL },
	{ "</script></form>", "", "</script></form>" },
	{ "<FORM action=\"x\">t</form>", "form(x)",
	    "<BR><MailScannerForm# FORM action=\"x\">t</MailScannerForm#>" },
	{ "<input name=a value='1\"2&quot;' onfocus=x>", "event_handler(onfocus) form_input()",
	    "<input type=\"reset\" name=\"a\" value=\"1&quot;2&quot;\">" },
	{ "<INPUT TYPE=submit VALUE=Go />", "form_input(submit)",
	    "<input type=\"reset\" value=\"Go\" />" },
	{ "<input type=text value='<b> &amp;quot; &amp;lt;'>", "form_input(text)",
	    "<input type=\"reset\" value=\"&lt;b&gt; &amp;quot; &amp;lt;\">" },
	{ "<input type=reset value=x>", "", "<input type=reset value=x>" },
	{ "<button formaction=javascript:x>b</button>", "script_url(javascript:x) form_button()",
	    "<button type=\"reset\">b</button>" },
	{ "<button attributename=one type=reset formaction=f>",
	    "event_handler(attributeName) form_button(reset)", "<button type=\"reset\">" },
	{ "<iframe src=//e.example/>x</iframe>y", "iframe(//e.example/)",
	    "<MailScannerIFrame# iframe src=//e.example/></MailScannerIFrame#>y" },
	{ "<iframe srcdoc='&lt;script>1&lt;/script>'>", "script() iframe()",
	    "<MailScannerIFrame# iframe  >" },
	{ "<frame src=f>", "frame(f)", "<MailScannerFrame# frame src=f>" },
	{ "<object data=d codebase=c></object>", "object_codebase(c) object_data(d)",
	    "<MailScannerObject# object data=d codebase=c></MailScannerObject#>" },
	{ "<object></object><embed src=e><applet code=a>", "object() object(e) object(a)", NULL },
	{ "<base href='http://b.example/'>", "base(http://b.example/)",
	    "<MailScannerBase# base href='http://b.example/'>" },
	{ "<meta http-equiv=refresh content='0; URL=http://r.example/'>",
	    "meta_refresh(http://r.example/)",
	    "<meta http-equiv=mailscanner-refresh content='0; URL=http://r.example/'>" },
	{ "<meta http-equiv=' Refresh ' content='0;javascript:x'>",
	    "meta_refresh(javascript:x) script_url(javascript:x)",
	    "<meta http-equiv='mailscanner-refresh' content='0'>" },
	{ "<link rel='StyleSheet' href=http://c.example/a.css>",
	    "remote_css(http://c.example/a.css)", NULL },
	{ "<style>@import url(http://c.example/)</style>", "remote_css(@import)",
	    "<style>@mailscanner-import url(http://c.example/)</style>" },
	{ "<style>v\\:* { behavior: url(#default#VML); }</style>", "",
	    "<style>v\\:* { behavior: url(#default#VML); }</style>" },
	{ "<style>a{b:exp/**/ression (x)}</style>", "script_url(style)", "<style></style>" },
	{ "<style>@\\69mport url(x)</style>", "remote_css(@import)", "<style></style>" },
	{ "<p style='width:e\\78pression(x)' b>", "script_url(style)", "<p   b>" },
	{ "<p onclick='a' b>", "event_handler(onclick)", "<p   b>" },
	{ "<a href=\"x\"onclick=\"y\"title=z>", "event_handler(onclick)",
	    "<a href=\"x\" title=z>" },
	{ "<a href onclick=x =javascript:y>", "event_handler(onclick)",
	    "<a href /  =javascript:y>" },
	{ "<svg/onload=x>", "event_handler(onload)", "<svg/ >" },
	{ "<form onsubmit=x>", "event_handler(onsubmit) form()", "<BR><MailScannerForm# form  >" },
};

/* Ways around filters: all of them are seen. */
static const struct found_case evasions[] = {
	{ "<scr\0ipt>", NULL, NULL },
	{ "<a href='javascript:x'>", "script_url(javascript:x)", "<a href='#'>" },
	{ "<a href=JaVaScRiPt:x>", "script_url(JaVaScRiPt:x)", "<a href=#>" },
	{ "<a href='jav\tascript:x'>", "script_url(jav\tascript:x)", NULL },
	{ "<a href='jav&#x0A;ascript:x'>", "script_url(jav\nascript:x)", NULL },
	{ "<a href=' \x01\x0E javascript:x'>", "script_url( \x01\x0E javascript:x)", NULL },
	{ "<a href='&#106&#97&#118&#97&#115&#99&#114&#105&#112&#116&#58x'>",
	    "script_url(javascript:x)", NULL },
	{ "<a href='&#0000106avascript:x'>", "script_url(javascript:x)", NULL },
	{ "<a href='javascript&colon;x'>", "script_url(javascript:x)", NULL },
	{ "<a href='java&Tab;script&NewLine;:x'>", "script_url(java\tscript\n:x)", NULL },
	{ "<a href=`javascript:x`>", "", NULL },
	{ "<a href=vbscript:x>", "script_url(vbscript:x)", NULL },
	{ "<a href='data:text/html,<b>'>", "script_url(data:text/html,<b>)", NULL },
	{ "<a href='data:image/svg+xml;base64,x'>", "script_url(data:image/svg+xml;base64,x)",
	    NULL },
	{ "<img src='data:image/svg+xml;base64,x'>", "", NULL },
	{ "<img src='data:image/png;base64,x'>", "", NULL },
	{ "<img src=javascript:x>", "script_url(javascript:x)", NULL },
	{ "<table background=javascript:x>", "script_url(javascript:x)", NULL },
	{ "<img alt='javascript: a book'>", "", NULL },
	{ "<script/xss src=x>", "script(x)", NULL },
	{ "<script\n>", "script()", NULL },
	{ "<<script>x//<</script>", "script()", NULL },
	{ "<script src=x.js?<b>", "script(x.js?<b)", NULL },
	{ "<img \"\"\"><script>x</script>\">", "script()", NULL },
	{ "<img src=x:x onerror\n=\n'x'>", "event_handler(onerror)", NULL },
	{ "<img/src=x/onerror=x>", "", NULL },
	{ "<img/src=\"x\"/onerror=x>", "event_handler(onerror)", NULL },
	{ "<body/onload=x>", "event_handler(onload)", NULL },
	{ "<b onclick=1 ONCLICK=2>", "event_handler(onclick) event_handler(ONCLICK)", NULL },
	/* The end of the text. */
	{ "<iframe src=x", "iframe(x)", NULL },
	{ "<img src=\"x onerror=y ", "event_handler(onerror)", NULL },
	{ "<a title=\"x><script>y</script>", "script()", NULL },
	/* Comments that end elsewhere for somebody. */
	{ "<!--><script>x</script>-->", "script()", NULL },
	{ "<!-- <script>x</script> -->", "script()",
	    "<!-- <MailScannerScript# script></script> -->" },
	{ "<!-- --!><script>x</script>-->", "script()", NULL },
	{ "<!--[if mso]><iframe src=x></iframe><![endif]-->", "iframe(x)", NULL },
	{ "<![CDATA[<script>x</script>]]>", "script()", NULL },
	{ "<?<script>x</script>", "script()", NULL },
	{ "<! foo='<script>x</script>", "script()", NULL },
	/* Content that is none. */
	{ "<style><img src='</style><img src=x onerror=y>'>", "event_handler(onerror)", NULL },
	{ "<noscript><p title=\"</noscript><img src=x onerror=y>\">", "event_handler(onerror)",
	    NULL },
	{ "<textarea><script>x</script></textarea>", "script()", NULL },
	{ "<title><a title='</title><script>x</script>'>", "script()", NULL },
	{ "<xmp><p title='</xmp><img src=x onerror=y>'></xmp>", "event_handler(onerror)", NULL },
	{ "<noframes><iframe></noframes>", "iframe()", NULL },
	{ "<iframe><script>x</script></iframe>", "iframe() script()",
	    "<MailScannerIFrame# iframe></MailScannerIFrame#>" },
	{ "<plaintext><script>x</script>", "script()", NULL },
	{ "<script type=application/ld+json><!--<script></script><script>x</script>--></script>",
	    "script() script()", NULL },
	/* SVG and MathML. */
	{ "<svg><script>x</script></svg>", "svg_script()", NULL },
	{ "<svg><style><img src=x onerror=y></style></svg>", "event_handler(onerror)", NULL },
	{ "<svg></p><style><a id=\"</style><img src=1 onerror=x>\">", "event_handler(onerror)",
	    NULL },
	{ "<math><mtext><style><img title=\"</style><img src onerror=x>\">",
	    "event_handler(onerror)", NULL },
	{ "<svg><a xlink:href='javascript:x'>", "script_url(javascript:x)", NULL },
	{ "<svg><foreignObject><iframe src=x></iframe></foreignObject></svg>", "iframe(x)", NULL },
	{ "<svg><animate attributeName=onclick to=x>", "event_handler(attributeName)", NULL },
	{ "<svg><animate attributeName=href values='a;javascript:x'>", "script_url(a;javascript:x)",
	    NULL },
	{ "<div style='background:url(javascript:x)'>", "script_url(style)", NULL },
	{ "<div style='x:expre&#115;sion(y)'>", "script_url(style)", NULL },
	{ "<div style='-moz-binding:url(http://x/y)'>", "script_url(style)", NULL },
};

static const struct found_case drawings[] = {
	{ "<svg xmlns='http://www.w3.org/2000/svg' onload='x'><script>y</script></svg>",
	    "event_handler(onload) svg_script()",
	    "<svg xmlns='http://www.w3.org/2000/svg'  "
	    "><MailScannerScript#>y</MailScannerScript#></svg>" },
	{ "<s:svg><s:script xlink:href='x.js'/><circle r='1'/></s:svg>", "svg_script(x.js)", NULL },
	{ "<svg><![CDATA[ 1 < 2 ]]><a xlink:href=\"javascript:x\"/></svg>",
	    "script_url(javascript:x)", NULL },
	{ "<!DOCTYPE svg [<!ENTITY x 'javascript:y'>]><svg/>", "svg_script(ENTITY)", NULL },
	{ "<?xml version='1.0'?><?xml-stylesheet href='x.xsl'?><svg/>",
	    "svg_script(xml-stylesheet)", NULL },
	{ "<svg><foreignObject><form action='x'/></foreignObject></svg>", "form(x)", NULL },
	{ "<svg><path d='M0 0'/><title>x</title></svg>", "", NULL },
};

static void
check_found(const struct found_case *test, bool svg)
{
	size_t size = strlen(test->text);
	struct html_facts *facts = html_read(test->text, size, "utf-8", svg);
	g_autofree char *found = describe(facts);

	g_test_message("%s", test->text);
	g_assert_cmpstr(found, ==, test->found);
	check_nothing_left(test->text, facts, ALL, svg);
	for (unsigned kind = 0; kind < HTML_KIND_COUNT; kind++)
		check_nothing_left(test->text, facts, 1u << kind, svg);
	if (test->disarmed != NULL) {
		GString *disarmed = apply(test->text, facts, ALL);
		g_autofree char *number = g_strdup_printf("%zu", size);
		GString *wanted = g_string_new(test->disarmed);

		if (strstr(test->disarmed, "MailScanner") != NULL)
			g_string_replace(wanted, "#", number, 0);
		g_assert_cmpstr(disarmed->str, ==, wanted->str);
		g_string_free(disarmed, TRUE);
		g_string_free(wanted, TRUE);
	}
	html_facts_free(facts);
}

static void
test_plain(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(plain); i++)
		check_found(&plain[i], false);
}

static void
test_evasions(void)
{
	static const char nul[] = "<scr\0ipt>x</script><b on\0click=y><a href='java\0script:x'>";
	struct html_facts *facts = html_read(nul, sizeof(nul) - 1, "", false);

	g_assert_cmpuint(facts->tags->len, ==, 3);
	html_facts_free(facts);
	for (size_t i = 1; i < G_N_ELEMENTS(evasions); i++)
		check_found(&evasions[i], false);
}

static void
test_drawings(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(drawings); i++)
		check_found(&drawings[i], true);
}

/* Each kind by itself leaves the others as they were. */
static void
test_subsets(void)
{
	static const char text[] = "<form onsubmit='x'><input onclick=y>";
	static const struct {
		unsigned kinds;
		const char *disarmed;
	} cases[] = {
		{ 0, "<form onsubmit='x'><input onclick=y>" },
		{ 1u << HTML_form, "<BR><MailScannerForm36 form onsubmit='x'><input onclick=y>" },
		{ 1u << HTML_event_handler, "<form  ><input  >" },
		{ 1u << HTML_form_input, "<form onsubmit='x'><input type=\"reset\">" },
		{ 1u << HTML_form_input | 1u << HTML_event_handler,
		    "<form  ><input type=\"reset\">" },
	};
	struct html_facts *facts = html_read(text, strlen(text), "", false);

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GString *disarmed = apply(text, facts, cases[i].kinds);

		g_assert_cmpstr(disarmed->str, ==, cases[i].disarmed);
		g_string_free(disarmed, TRUE);
	}
	html_facts_free(facts);
}

/* "href [text]", and what else there is. */
static char *
describe_links(const struct html_facts *facts)
{
	GString *out = g_string_new(NULL);

	for (unsigned i = 0; i < facts->links->len; i++) {
		const struct html_link *link = facts->links->pdata[i];

		g_string_append_printf(out, "%s%s [%s]%s%s%s", i > 0 ? " " : "", link->href,
		    link->text, link->area != NULL ? " area " : "",
		    link->area != NULL ? link->area : "", link->hidden ? " hidden" : "");
	}
	return g_string_free(out, FALSE);
}

static void
test_links(void)
{
	static const struct {
		const char *text, *links;
	} cases[] = {
		{ "<a href='x&amp;y'>a <b>c</b></a>d", "x&y [a <b>c</b>]" },
		{ "<a href=x>open", "x [open]" },
		{ "<a href=x>one<a href=y>two</a>", "x [one] y [two]" },
		{ "<a href=x>one<a>two</a>", "x [one]" },
		{ "<a href=''>a</a><a name=b>c</a>", "" },
		{ "<a href=x>a<area href=y>b</a>", "x [a<area href=y>b] area y y []" },
		{ "<area href=y>", "y []" },
		{ "<a\nHREF = \"http://x\">\xE4</a>", "http://x [\xC3\xA4]" },
		{ "<a href=x><script>1</script>t</a>", "x [<script>1</script>t]" },
		{ "<!-- <a href=x>y</a> -->", "" },
		{ "<!--[if mso]><a href=x>y</a><![endif]--><a href=z>w</a>", "x [y] z [w]" },
		{ "<!--[if !mso]><!--><a href=x>y</a><!--<![endif]-->", "x [y]" },
		{ "<title><a href=x></title><a href=y>z</a>", "y [z]" },
		{ "<a href=x style='display: none'>y</a>", "x [y] hidden" },
		{ "<div style=display:none><div></div><a href=x>y</a></div><a href=z>w</a>",
		    "x [y] hidden z [w]" },
		{ "<a href=x><span style='font-size:0px'>y</span></a>",
		    "x [<span style='font-size:0px'>y</span>] hidden" },
		{ "<a href=x><span style='font-size:0.8em'>y</span></a>",
		    "x [<span style='font-size:0.8em'>y</span>]" },
		{ "<td style='font-size:0'><a href=x>y</a></td>", "x [y]" },
		{ "<a href=x style='color:#fff;background-color:#FFF'>y</a>", "x [y] hidden" },
		{ "<a href=x style='color:#fff;background-color:#036'>y</a>", "x [y]" },
		{ "<a href=x><img src=i width=1 height=1></a>",
		    "x [<img src=i width=1 height=1>] hidden" },
		{ "<a href=x><img src=i width=100%></a>", "x [<img src=i width=100%>]" },
		{ "<a href=x hidden>y</a>", "x [y] hidden" },
		{ "<a href=x> &nbsp; </a>", "x [ &nbsp; ]" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct html_facts *facts =
		    html_read(cases[i].text, strlen(cases[i].text), "", false);
		g_autofree char *links = describe_links(facts);

		g_assert_cmpstr(links, ==, cases[i].links);
		html_facts_free(facts);
	}
}

static void
test_link_text_is_cut(void)
{
	g_autoptr(GString) text = g_string_new("<a href=x>");

	for (unsigned i = 0; i < HTML_LINK_TEXT_MAX; i++)
		g_string_append(text, "\xE2\x82\xAC");
	struct html_facts *facts = html_read(text->str, text->len, "utf-8", false);
	const struct html_link *link = facts->links->pdata[0];

	g_assert_cmpuint(link->text_end, ==, text->len);
	g_assert_cmpuint(strlen(link->text), <=, HTML_LINK_TEXT_MAX);
	g_assert_true(g_str_has_prefix(link->text, "\xE2\x82\xAC\xE2\x82\xAC"));
	g_assert_true(g_utf8_validate(link->text, -1, NULL));
	html_facts_free(facts);
}

static void
test_images(void)
{
	static const char text[] = "<IMG SRC='http://x/?a&amp;b' width=1 height='0' alt=''><img>";
	struct html_facts *facts = html_read(text, strlen(text), "", false);
	const struct html_image *first = facts->images->pdata[0], *second = facts->images->pdata[1];

	g_assert_cmpuint(facts->images->len, ==, 2);
	g_assert_cmpuint(first->end, ==, strlen(text) - strlen("<img>"));
	g_assert_cmpstr(first->src, ==, "http://x/?a&b");
	g_assert_cmpstr(first->width, ==, "1");
	g_assert_cmpstr(first->height, ==, "0");
	g_assert_cmpstr(first->alt, ==, "");
	g_assert_cmpstr(second->src, ==, "");
	g_assert_null(second->width);
	g_assert_null(second->alt);
	html_facts_free(facts);
}

static void
test_places(void)
{
	static const char text[] = "<!-- <body> --><html lang=x><BODY a>t</body><b></body></html>";
	struct html_facts *facts = html_read(text, strlen(text), "", false);
	struct html_facts *none = html_read("text", 4, "", false);

	g_assert_true(g_str_has_prefix(text + facts->html_open, "<BODY"));
	g_assert_true(g_str_has_prefix(text + facts->body_open, "t<"));
	g_assert_cmpstr(text + facts->body_close, ==, "</body></html>");
	g_assert_cmpstr(text + facts->html_close, ==, "</html>");
	g_assert_cmpuint(none->html_open, ==, HTML_NOWHERE);
	g_assert_cmpuint(none->body_close, ==, HTML_NOWHERE);
	html_facts_free(facts);
	html_facts_free(none);
}

#define WIDE(s) s, sizeof(s) - 1

static void
test_charsets(void)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *charset, *transcoded; /* NULL: not */
		const char *href;
	} cases[] = {
		{ WIDE("<\0a\0 \0h\0r\0e\0f\0=\0x\0>\0"), "utf-16le", "utf-16le", "x" },
		{ WIDE("\0<\0a\0 \0h\0r\0e\0f\0=\0x\0>"), "UTF-16", "utf-16be", "x" },
		{ WIDE("\xFF\xFE<\0a\0 \0h\0r\0e\0f\0=\0x\0>\0"), "us-ascii", "utf-16le", "x" },
		{ WIDE("<a href=x>"), "utf-16", NULL, "x" },
		{ WIDE("+ADw-a href=x+AD4-"), "utf-7", "utf-7", "x" },
		{ WIDE("\x4C\x81\x40\x88\x99\x85\x86\x7E"
		       "\xA7\x6E"),
		    "cp037", "ibm037", "x" },
		{ WIDE("\x1B$B$\"\x1B(B<a href=x>"), "iso-2022-jp", "iso-2022-jp", "x" },
		{ WIDE("~{VPND~}<a href=x>"), "hz-gb-2312", "hz-gb-2312", "x" },
		{ WIDE("<meta charset=utf-16><a href=x>"), "", NULL, "x" },
		{ WIDE("<meta charset='koi8-r'><a href=\xC1>"), "", NULL, "\xD0\xB0" },
		{ WIDE("<meta charset='koi8-r'><a href=\xC3\xA4>"), "utf-8", NULL, "\xC3\xA4" },
		{ WIDE("<a href=\xE4>"), "iso-8859-1", NULL, "\xC3\xA4" },
		{ WIDE("<a href=\xE4\xB8>"), "no-such-charset", NULL, "\xC3\xA4\xC2\xB8" },
		{ WIDE("\xEF\xBB\xBF<a href=x>"), "", NULL, "x" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct html_facts *facts =
		    html_read(cases[i].bytes, cases[i].size, cases[i].charset, false);

		g_test_message("%zu: %s", i, cases[i].charset);
		g_assert_cmpuint(facts->links->len, ==, 1);
		g_assert_cmpstr(
		    ((struct html_link *)facts->links->pdata[0])->href, ==, cases[i].href);
		g_assert_cmpstr(facts->transcoded, ==, cases[i].transcoded);
		html_facts_free(facts);
	}
}

static void
test_base(void)
{
	static const char text[] = "<base><base href='x'><base href='y'>";
	struct html_facts *facts = html_read(text, strlen(text), "", false);

	g_assert_cmpstr(facts->base, ==, "x");
	html_facts_free(facts);
}

/* What is hostile by its amount. */
static void
test_amounts(void)
{
	static const char *const pieces[] = { "<div>", "<a href=x>", "<a ", "<a b='", "<!--",
		"<script><!--", "<title>", "<svg>", "<svg><style>", "<!-- <script>", "<iframe>",
		"<iframe srcdoc='<iframe>'>", "&", " on=x", "</", "<script></script>" };

	for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
		g_autoptr(GString) text = g_string_new("<p");
		gint64 start = g_get_monotonic_time();

		for (unsigned n = 0; n < 100000; n++)
			g_string_append(text, pieces[i]);
		struct html_facts *facts = html_read(text->str, text->len, "", false);
		g_autofree char *plain_text = html_to_text(text->str, text->len, "");

		g_assert_true(g_utf8_validate(plain_text, -1, NULL));
		g_assert_cmpuint(facts->tags->len, <=, HTML_LIST_MAX);
		g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
		html_facts_free(facts);
	}
}

static void
test_many_attributes(void)
{
	static const char *const ends[] = { " onclick=x>", " onclick=x", " onclick=x='y",
		" a='b onclick=x" };

	for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
		g_autoptr(GString) text = g_string_new("<p");

		for (unsigned k = 0; k < 300; k++)
			g_string_append(text, " a");
		g_string_append(text, ends[i]);
		struct html_facts *facts = html_read(text->str, text->len, "", false);

		g_assert_cmpuint(facts->tags->len, ==, 1);
		check_nothing_left(text->str, facts, 1u << HTML_event_handler, false);
		html_facts_free(facts);
	}
}

struct corpus_count {
	unsigned texts, disarmed;
};

static void
check_text(const char *bytes, size_t size, struct corpus_count *count)
{
	struct html_facts *facts = html_read(bytes, size, "utf-8", false);

	if (facts->transcoded == NULL && !facts->truncated) {
		check_nothing_left(bytes, facts, ALL, false);
		for (unsigned kind = 0; kind < HTML_KIND_COUNT; kind++)
			check_nothing_left(bytes, facts, 1u << kind, false);
		count->disarmed += facts->edits->len > 0;
	}
	count->texts++;
	html_facts_free(facts);
}

static void
check_part(GMimeObject *parent, GMimeObject *part, gpointer data)
{
	if (!GMIME_IS_PART(part) || g_mime_part_get_content(GMIME_PART(part)) == NULL ||
	    !g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", "*"))
		return;
	GMimeStream *stream = g_mime_stream_mem_new();

	(void)parent;
	g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), stream);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	check_text((const char *)bytes->data, bytes->len, data);
	g_object_unref(stream);
}

/* Each text part of real mail as HTML, and each file as a whole. */
static void
check_file(const char *path, struct corpus_count *count)
{
	g_autofree char *bytes = NULL;
	size_t size;

	if (!g_file_get_contents(path, &bytes, &size, NULL))
		return;
	check_text(bytes, size, count);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	if (message != NULL) {
		g_mime_message_foreach(message, check_part, count);
		g_object_unref(message);
	}
	g_object_unref(parser);
	g_object_unref(stream);
}

static void
test_corpus(void)
{
	g_autofree char *directory = sample_path("corpus/mail");
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	struct corpus_count count = { 0, 0 };

	sample_find(directory, "", paths);
	if (paths->len == 0) {
		g_test_skip("no corpus/mail beside the checkout");
		return;
	}
	for (unsigned i = 0; i < paths->len; i++)
		check_file(paths->pdata[i], &count);
	g_test_message(
	    "%u texts, %u of them with something to disarm", count.texts, count.disarmed);
	g_assert_cmpuint(count.disarmed, >, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	g_test_add_func("/html/each kind is found and disarmed", test_plain);
	g_test_add_func("/html/what hides from filters is found", test_evasions);
	g_test_add_func("/html/drawings get the same look", test_drawings);
	g_test_add_func("/html/any set of kinds can be disarmed", test_subsets);
	g_test_add_func("/html/links are found with their text", test_links);
	g_test_add_func(
	    "/html/the text of a link is cut at a whole character", test_link_text_is_cut);
	g_test_add_func("/html/images are found with their sizes", test_images);
	g_test_add_func("/html/the places of html and body are known", test_places);
	g_test_add_func("/html/the first base with an address counts", test_base);
	g_test_add_func("/html/charsets are believed as browsers do", test_charsets);
	g_test_add_func("/html/amounts do no harm", test_amounts);
	g_test_add_func("/html/more attributes than are kept are disarmed", test_many_attributes);
	g_test_add_func("/html/nothing is left in real mail", test_corpus);
	return g_test_run();
}
