/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTML as text: what a reader sees, in the order in which it stands. */
#include "core/read/html.h"

#include <string.h>

#include "t/unit/samples.h"

static const struct {
	const char *html, *text;
} cases[] = {
	{ "", "" },
	{ "<html></html>", "" },
	{ "text", "text\n" },
	{ "before <b>bold</b>, <!-- a comment -->after\r\n it", "before bold, after it\n" },
	{ "<p>one</p><p>two\n\n three</p>", "one\n\ntwo three\n" },
	{ "<div><div><div>a</div></div></div><div>b</div>", "a\nb\n" },
	{ "a<br>b<br><br><br>c", "a\nb\n\nc\n" },
	{ "a<hr>b", "a\n----------\nb\n" },
	{ "&lt;b&gt; &amp; &eacute;&euro; &#65;&ampx", "<b> & \xC3\xA9\xE2\x82\xAC A&x\n" },
	{ "<a href='http://x.example/?a&amp;b'>here</a>.", "here <http://x.example/?a&b>.\n" },
	{ "<a href=http://x.example>http://x.example</a>", "http://x.example\n" },
	{ "<a href=mailto:a@b.example>a@b.example</a>", "a@b.example\n" },
	{ "<a href=#top>top</a> <a name=x>n</a>", "top n\n" },
	{ "<a href=x>one<a href=y>two", "one <x>two <y>\n" },
	{ "<a href=x><img src=i></a>", "<x>\n" },
	{ "<ul><li>a<li>b<ul><li>c</ul></ul>d", "* a\n* b\n  * c\nd\n" },
	{ "<ol><li>a</li><li><p>b</p></li></ol>", "1. a\n\n2. b\n" },
	{ "<table><tr><th>Name<th>Price</tr><tr><td>Thing</td><td></td><td>3</td></tr></table>",
	    "Name | Price\nThing | 3\n" },
	{ "<table><tr><td><table><tr><td>alone</td></tr></table></td></tr></table>after",
	    "alone\nafter\n" },
	{ "<pre>a  b\n  c\n\nd</pre>e", "a  b\n  c\n\nd\ne\n" },
	{ "<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d", "> a\n> b\n> > c\nd\n" },
	{ "a<script>var x = '<b>';</script><style>p{}</style>b", "ab\n" },
	{ "<title>T &amp; <i></title><textarea>x<b></textarea>", "T & <i>\nx<b>\n" },
	{ "<img alt='a  picture' src=x> <input value=v><input type=hidden value=h>",
	    "[a picture] [v]\n" },
	{ "<noscript>n</noscript><iframe>f", "nf\n" },
	/* What is cut off or left open hides nothing. */
	{ "<style>a <script>b", "a b\n" },
	{ "a <b title=\"c>d", "a d\n" },
	{ "a <!-- b", "a\n" },
	{ "a < b <3", "a < b <3\n" },
	{ "<p>a\0b", "a\n" },
};

static void
test_cases(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = html_to_text(cases[i].html, strlen(cases[i].html), "utf-8");

		g_test_message("%s", cases[i].html);
		g_assert_cmpstr(text, ==, cases[i].text);
	}
}

static void
test_charsets(void)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *charset, *text;
	} charsets[] = {
		{ "\xE4", 1, "iso-8859-1", "\xC3\xA4\n" },
		{ "\x80", 1, "us-ascii", "\xE2\x82\xAC\n" },
		{ "\xC1", 1, "KOI8-R", "\xD0\xB0\n" },
		{ "\x1B$B$\"\x1B(B.", 9, "iso-2022-jp", "\xE3\x81\x82.\n" },
		{ "a\0<\0b\0>\0b\0", 10, "utf-16le", "ab\n" },
		{ "a\xFF\x62", 3, "utf-8", "a\xEF\xBF\xBD\x62\n" },
		{ "a\0b", 3, "utf-8", "a\xEF\xBF\xBD\x62\n" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(charsets); i++) {
		g_autofree char *text =
		    html_to_text(charsets[i].bytes, charsets[i].size, charsets[i].charset);

		g_assert_cmpstr(text, ==, charsets[i].text);
	}
}

/* Each word of a text that is wrapped in all kinds of elements comes out, once and in order. */
static void
test_nothing_is_lost(void)
{
	static const char *const wraps[] = { "p", "div", "td", "li", "b", "a", "h1", "pre", "svg",
		"noscript", "select", "option", "unknown", "button", "blockquote", "title" };
	g_autoptr(GString) html = g_string_new(NULL);

	for (unsigned i = 0; i < 500; i++) {
		const char *outer = wraps[i % G_N_ELEMENTS(wraps)];

		g_string_append_printf(html, "<%s>word%u</%s><i>", outer, i, i % 7 ? outer : "x");
		g_string_append(html, outer[0] == 't' && i % 7 == 0 ? "</title>" : "");
	}
	g_autofree char *text = html_to_text(html->str, html->len, "");
	const char *at = text;
	for (unsigned i = 0; i < 500; i++) {
		g_autofree char *word = g_strdup_printf("word%u", i);

		at = strstr(at, word);
		g_assert_nonnull(at);
		at += strlen(word);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/html_text/a reader sees what a browser would show", test_cases);
	g_test_add_func("/html_text/any charset becomes UTF-8", test_charsets);
	g_test_add_func("/html_text/no word is lost", test_nothing_is_lost);
	return g_test_run();
}
