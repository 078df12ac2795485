/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The phishing net link by link, and what a message gets for the links that it holds. */
#include "core/check/phishing.h"

#include "core/check/claim.h"
#include "core/check/hosts.h"
#include "core/check/html.h"
#include "core/check/phishing_net.h"
#include "core/check/target.h"
#include "core/log/log.h"
#include "core/read/html.h"
#include "t/unit/act_fixture.h"
#include "t/unit/config_scratch.h"

#define NONE PHISHING_NONE
#define POSSIBLE PHISHING_POSSIBLE
#define DEFINITE PHISHING_DEFINITE
#define NUMERIC PHISHING_NUMERIC

static struct sitelist *safe, *bad, *country;

static void
lists_open(void)
{
	g_autofree char *safe_path =
	    scratch_write("safe", "*.safe.test\nredirector.test\nboth.test\n");
	g_autofree char *bad_path =
	    scratch_write("bad", "bad.test\n*.evil.test\nboth.test\n10.9.8.7\n");
	g_autofree char *country_path = scratch_write("country", "reg.test\nsub.prov.zz\n");

	safe = sitelist_load(safe_path, NULL);
	bad = sitelist_load(bad_path, NULL);
	country = sitelist_load(country_path, NULL);
}

static void
lists_close(void)
{
	sitelist_free(safe);
	sitelist_free(bad);
	sitelist_free(country);
}

static const struct row {
	const char *text, *href;
	enum phishing_verdict strict, lenient;
	const char *why;
} rows[] = {
	/* The text makes no claim. */
	{ "Click here", "http://evil.example/", NONE, NONE, "words are never suspicious" },
	{ "good.xyz", "http://evil.example/", NONE, NONE,
	    "nor is a name without a well-known end" },
	{ "", "http://evil.example/", NONE, NONE, "no text" },
	{ "<img src=x.com>", "http://evil.example/", NONE, NONE, "a picture" },
	{ ".NET", "http://evil.example/", NONE, NONE, "a platform" },
	{ "ASP.NET", "http://evil.example/", NONE, NONE, "a platform" },
	{ "learn ado.net", "http://evil.example/", NONE, NONE, "a platform" },
	{ "version 2.5", "http://evil.example/", NONE, NONE, "a number" },
	/* It says where it leads. */
	{ "www.mybank.com", "http://www.mybank.com/login", NONE, NONE, "same host" },
	{ "http://www.mybank.com/a", "http://www.mybank.com/b", NONE, NONE, "paths don't count" },
	{ "paypal.com", "http://www.paypal.com/", NONE, NONE, "www. in front" },
	{ "www.paypal.com", "http://paypal.com/", NONE, NONE, "or not" },
	{ "WWW.MyBank.COM", "HTTP://www.mybank.com", NONE, NONE, "letter case" },
	{ "www.mybank.com.", "http://www.mybank.com./", NONE, NONE, "dots at the end" },
	{ "<b>www.my</b>bank.com", "http://www.mybank.com/", NONE, NONE, "tags inside" },
	{ "(www.mybank.com)", "http://www.mybank.com/", NONE, NONE, "in parentheses" },
	{ "&lt;http://www.mybank.com&gt;", "http://www.mybank.com/", NONE, NONE, "in brackets" },
	{ "Our bank &lt;http://www.mybank.com/&gt;", "http://www.mybank.com/", NONE, NONE,
	    "in brackets" },
	{ "\"www.mybank.com\"", "http://www.mybank.com/", NONE, NONE, "in quotes" },
	{ "See www.mybank.com now", "http://www.mybank.com/", NONE, NONE, "a word of a sentence" },
	{ "Visit:<br>www.mybank.com", "http://www.mybank.com/", NONE, NONE,
	    "on a line of its own" },
	{ "http://www.mybank.com:80/", "http://www.mybank.com/", NONE, NONE, "the port of http" },
	{ "www.mybank.com", "http://www.mybank.com:80/", NONE, NONE, "the port of http" },
	{ "www.mybank.com", "http:\\\\www.mybank.com\\x", NONE, NONE, "backslashes" },
	{ "www.mybank.com", " http://www.my\nbank.com/", NONE, NONE, "blanks in the address" },
	{ "www.mybank.com", "www.mybank.com/login", NONE, NONE, "an address without scheme" },
	{ "www.mybank.com", "//www.mybank.com/login", NONE, NONE, "nor without its colon" },
	{ "www.mybank.com", "blocked::http://www.mybank.com/", NONE, NONE, "a mark of Outlook" },
	{ "www.mybank.com", "outbind://8/www.mybank.com", NONE, NONE, "another" },
	{ "www.mybank.com", "[1]http://www.mybank.com/", NONE, NONE, "the number of a list" },
	{ "ftp.mybank.com", "ftp://ftp.mybank.com/x", NONE, NONE, "ftp" },
	{ "www.mybank.com", "#top", NONE, NONE, "a place in the mail" },
	{ "www.mybank.com", "file:///c:/x.html", NONE, NONE, "a file" },
	{ "www.mybank.com", "page", NONE, NONE, "a word" },
	{ "www.m\xc3\xbcller.com", "http://www.xn--mller-kva.com/", NONE, NONE,
	    "A-labels are the same name" },
	{ "www.xn--mller-kva.com", "http://www.m\xc3\xbcller.com/", NONE, NONE, "either way" },
	{ "www.mybank.com", "http://www.%6dybank.com/", NONE, NONE, "a letter in hexadecimal" },
	{ "www.my&shy;bank.com", "http://www.mybank.com/", NONE, NONE,
	    "soft hyphens are not seen" },
	/* It doesn't. */
	{ "www.mybank.com", "http://evil.example.net/login", POSSIBLE, POSSIBLE, "another host" },
	{ "mybank.com", "http://evil.example.net/", POSSIBLE, POSSIBLE, "named without www" },
	{ "mail.evil.com", "http://www.evil.com/", POSSIBLE, NONE, "another host of the domain" },
	{ "www.mybank.com", "http://mybank.com.evil.net/", POSSIBLE, POSSIBLE,
	    "the name in front" },
	{ "www.mybank.com", "http://www.mybank.net/", POSSIBLE, POSSIBLE, "another end" },
	{ "https://login.mybank.co.uk", "http://x.example/", POSSIBLE, POSSIBLE, "a scheme" },
	{ "www,mybank,com", "http://x.example/", POSSIBLE, POSSIBLE, "commas for dots" },
	{ "mybank.co.uk", "http://x.example/", POSSIBLE, POSSIBLE, ".co. and a country" },
	{ "htttp://mybank.de", "http://x.example/", POSSIBLE, POSSIBLE, "a scheme with a slip" },
	{ "fpt.mybank.de", "http://x.example/", POSSIBLE, POSSIBLE, "a slip for ftp" },
	{ "http:;//mybank.de", "http://x.example/", POSSIBLE, POSSIBLE, "more marks than one" },
	{ "www%2emybank.com", "http://x.example/", POSSIBLE, POSSIBLE, "a dot in hexadecimal" },
	{ "www&#46;mybank&#x2e;com", "http://x.example/", POSSIBLE, POSSIBLE,
	    "dots as references" },
	{ "www.my&#8203;bank.com", "http://x.example/", POSSIBLE, POSSIBLE, "a blank of no width" },
	{ "\xef\xbd\x97\xef\xbd\x97\xef\xbd\x97.mybank.com", "http://x.example/", POSSIBLE,
	    POSSIBLE, "wide letters" },
	{ "www<!-- x.y -->.mybank.com", "http://x.example/", POSSIBLE, POSSIBLE, "a comment" },
	{ "www.mybank.com v1.0", "http://x.example/", POSSIBLE, POSSIBLE, "a number behind it" },
	{ "www.mybank.com", "javascript:go('x.y')", POSSIBLE, POSSIBLE, "a script" },
	{ "www.mybank.com", "java\tscript:go('x.y')", POSSIBLE, POSSIBLE, "a script with a tab" },
	{ "www.mybank.com", "data:text/html,x", POSSIBLE, POSSIBLE, "a document in the address" },
	{ "Click here", "javascript:go('x.y')", NONE, NONE, "a script that makes no claim" },
	{ "www.mybank.com", "tel:+1.900.5", POSSIBLE, POSSIBLE, "a telephone" },
	{ "+1 900.5", "tel:+1.900.5", NONE, NONE, "a number that says so" },
	{ "+1.900.6", "fax:1.900.5", NONE, NONE, "numbers make no claim" },
	{ "www.mybank.com", "http://www.mybank.com@x.example/", POSSIBLE, POSSIBLE,
	    "a user that looks like it" },
	{ "www.mybank.com", "http://me@www.mybank.com/", POSSIBLE, POSSIBLE, "a user" },
	{ "www.mybank.com", "http://www.mybank.com:8080/", POSSIBLE, NONE, "another port" },
	{ "https://www.mybank.com", "https://www.mybank.com:443/", POSSIBLE, NONE,
	    "the port of https counts" },
	{ "www.mybank.com:8080", "http://www.mybank.com:8080/", NONE, NONE,
	    "a port that is named" },
	{ "www.mybank.com", "http:///x.example/", POSSIBLE, POSSIBLE, "three slashes" },
	{ "www.mybank.com", "https:/\\x.example/", POSSIBLE, POSSIBLE, "slashes of two kinds" },
	{ "www.mybank.com", "http;//x.example/", POSSIBLE, POSSIBLE, "a semicolon" },
	/* Names beyond ASCII. */
	{ "www.apple.com", "http://www.\xd0\xb0pple.com/", POSSIBLE, POSSIBLE,
	    "a Cyrillic letter" },
	{ "Click here", "http://www.\xd0\xb0pple.com/", POSSIBLE, POSSIBLE,
	    "mixed scripts need no claim" },
	{ "Click here", "http://www.xn--pple-43d.com/", POSSIBLE, POSSIBLE,
	    "nor do they as A-labels" },
	{ "Click here", "http://\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.example/", NONE,
	    NONE, "one script" },
	{ "Click here", "http://m\xc3\xbcller.example/", NONE, NONE, "one script" },
	{ "Click here",
	    "http://\xe6\x9d\xb1\xe4\xba\xac\xe3\x81\xae"
	    "abc.example/",
	    NONE, NONE, "scripts that go together" },
	{ "www.apple.com", "http://www.xn--80ak6aa92e.com/", POSSIBLE, POSSIBLE,
	    "all letters Cyrillic" },
	/* Fishy addresses. */
	{ "Click here", "http://good.example%00.evil.example/", NONE, NONE,
	    "NUL stays as it is written" },
	{ "Click here", "http://good.example%01.evil.example/", POSSIBLE, POSSIBLE,
	    "a control character" },
	{ "Click here", "http://good.example\x02/", POSSIBLE, POSSIBLE, "an unescaped one" },
	{ "Click here", "http://good.example%2f@evil.example/", POSSIBLE, POSSIBLE,
	    "a slash in disguise" },
	/* Bare addresses. */
	{ "http://192.0.2.7/x", "http://192.0.2.7/x", NUMERIC, NUMERIC, "it says so" },
	{ "192.0.2.7", "http://192.0.2.7/", NUMERIC, NUMERIC, "it says so" },
	{ "Click here", "http://192.0.2.7/x", POSSIBLE, POSSIBLE, "it doesn't" },
	{ "", "http://192.0.2.7/x", POSSIBLE, POSSIBLE, "a picture doesn't either" },
	{ "www.mybank.com", "http://192.0.2.7/", POSSIBLE, POSSIBLE, "it says something else" },
	{ "Click here", "http://192.0.2.7:8080/", POSSIBLE, POSSIBLE, "with a port" },
	{ "Click here", "http://me@192.0.2.7/", POSSIBLE, POSSIBLE, "with a user" },
	{ "Click here", "http://3221225991/", POSSIBLE, POSSIBLE, "one number" },
	{ "Click here", "http://0xC0000207/", POSSIBLE, POSSIBLE, "hexadecimal" },
	{ "Click here", "http://0300.0.0x2.7/", POSSIBLE, POSSIBLE, "octal and hexadecimal" },
	{ "Click here", "http://192.519/", POSSIBLE, POSSIBLE, "two parts" },
	{ "Click here", "http://[2001:db8::1]/", POSSIBLE, POSSIBLE, "IPv6" },
	{ "Click here", "http://[2001:db8::1]:81/", POSSIBLE, POSSIBLE, "IPv6 with a port" },
	{ "Click here", "http://%31%39%32.0.2.7/", POSSIBLE, POSSIBLE, "digits in hexadecimal" },
	{ "Click here", "http://abba.de/", NONE, NONE, "letters of hexadecimal are no number" },
	{ "Click here", "http://1.2.3.4.5/", NONE, NONE, "nor are five parts" },
	{ "Click here", "http://192.0.2.256/", NONE, NONE, "nor one too large" },
	{ "Click here", "tel:1.2.3.4", NONE, NONE, "a telephone" },
	/* Lists. */
	{ "Click here", "http://bad.test/", DEFINITE, DEFINITE, "a bad site" },
	{ "bad.test", "http://bad.test/", DEFINITE, DEFINITE, "that says so" },
	{ "Click here", "http://BAD.test:81/", DEFINITE, DEFINITE, "with a port" },
	{ "Click here", "http://me@bad.test/", DEFINITE, DEFINITE, "with a user" },
	{ "Click here", "http://a.b.evil.test/", DEFINITE, DEFINITE, "below a star" },
	{ "Click here", "http://evil.test/", NONE, NONE, "the star is not the name" },
	{ "Click here", "http://10.9.8.7/", DEFINITE, DEFINITE, "a bad address" },
	{ "Click here", "mailto:a@bad.test", DEFINITE, DEFINITE, "a mailbox there" },
	{ "Click here", "http://both.test/", NONE, NONE, "safe wins" },
	{ "www.mybank.com", "http://x.safe.test/", NONE, NONE, "a safe site may say anything" },
	{ "www.mybank.com", "http://safe.test/", POSSIBLE, POSSIBLE, "the star is not the name" },
	/* Mailboxes. */
	{ "a@mybank.com", "mailto:a@mybank.com", NONE, NONE, "same mailbox" },
	{ "A@MyBank.com", "MAILTO:a@mybank.com?subject=www.x.com", NONE, NONE, "letter case" },
	{ "a@mybank.com", "mailto:b@mybank.com", POSSIBLE, NONE, "another mailbox" },
	{ "a@mybank.com", "mailto:a@evil.example", POSSIBLE, POSSIBLE, "another domain" },
	{ "Mail a@mybank.com now", "mailto:a@evil.example", POSSIBLE, POSSIBLE, "in a sentence" },
	{ "mybank.com", "mailto:a@evil.example", POSSIBLE, POSSIBLE, "a domain only" },
	{ "mailto:a@mybank.com", "mailto:a@mybank.com", NONE, NONE, "with its scheme" },
	{ "x@y.test", "mailto:x@y.test", NONE, NONE, "no well-known end" },
	{ "Write to us", "mailto:a@evil.example", NONE, NONE, "no claim" },
	/* Redirectors. */
	{ "www.google.com", "https://www.google.com/url?q=http://evil.example/", POSSIBLE, NONE,
	    "leads on" },
	{ "www.google.com", "https://www.google.com/url?sa=t&url=https%3A%2F%2Fevil.example%2F",
	    POSSIBLE, NONE, "encoded" },
	{ "www.google.com", "https://www.google.com/url?q=//evil.example/", POSSIBLE, NONE,
	    "without scheme" },
	{ "www.google.com", "https://www.google.com/url?q=https://mail.google.com/", NONE, NONE,
	    "within its domain" },
	{ "www.google.com", "https://www.google.com/search?q=evil", NONE, NONE, "no address" },
	{ "www.google.com", "https://www.google.com/x?ref=http://evil.example/", NONE, NONE,
	    "not led on" },
	{ "https://www.google.com/url?q=http://evil.example/",
	    "https://www.google.com/url?q=http://evil.example/", NONE, NONE, "the text shows all" },
	{ "www.mybank.com", "https://redirector.test/?url=https://www.mybank.com/", NONE, NONE,
	    "a safe one, to the claim" },
	{ "www.mybank.com", "https://redirector.test/?url=https://evil.example/", POSSIBLE,
	    POSSIBLE, "a safe one, elsewhere" },
	{ "Click here", "https://redirector.test/?url=https://evil.example/", NONE, NONE,
	    "no claim" },
	{ "Click here", "https://www.google.com/url?q=http://bad.test/", DEFINITE, DEFINITE,
	    "to a bad site" },
	{ "Click here",
	    "https://a.example/"
	    "?u=https%3A%2F%2Fb.example%2F%3Fu%3Dhttp%253A%252F%252Fbad.test%252F",
	    DEFINITE, DEFINITE, "by way of two" },
	/* What the lenient net takes for a domain. */
	{ "www.a.co.uk", "http://www.b.co.uk/", POSSIBLE, POSSIBLE, "a public suffix" },
	{ "www.a.co.uk", "http://x.a.co.uk/", POSSIBLE, NONE, "below one" },
	{ "www.a.com.reg.test", "http://b.com.reg.test/", POSSIBLE, NONE,
	    "below an entry of the list" },
	{ "www.a.com.reg.test", "http://x.org.reg.test/", POSSIBLE, POSSIBLE,
	    "another entry below it" },
	{ "www.com.sub.prov.zz", "http://www.net.sub.prov.zz/", POSSIBLE, POSSIBLE,
	    "three labels" },
	{ "www.com.sub.prov.zz", "http://y.com.sub.prov.zz/", POSSIBLE, NONE,
	    "three labels, and the same below" },
	{ "www.a.com", "http://com/", POSSIBLE, POSSIBLE, "a suffix is no domain" },
};

static void
test_rows(void)
{
	struct phishing_net net = {
		.numeric = true, .mail = true, .safe = safe, .bad = bad, .country = country
	};

	g_assert_cmpuint(G_N_ELEMENTS(rows), >=, 80);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (unsigned strict = 0; strict < 2; strict++) {
			struct phishing_hit hit;
			enum phishing_verdict expected = strict ? rows[i].strict : rows[i].lenient;

			net.strict = strict;
			phishing_judge(&net, rows[i].text, rows[i].href, NULL, NULL, &hit);
			if (hit.verdict != expected)
				g_test_message("%s: \"%s\" -> %s (%s): %s claims %s: %s",
				    strict ? "strict" : "lenient", rows[i].text, rows[i].href,
				    rows[i].why, hit.target, hit.claimed, hit.why ? hit.why : "-");
			g_assert_cmpint(hit.verdict, ==, expected);
			g_assert_cmpint(hit.why != NULL, ==, hit.verdict != NONE);
			phishing_hit_clear(&hit);
		}
	}
}

/* One link in the strict net with other circumstances. */
static void
test_circumstances(void)
{
	static const struct {
		bool numeric, mail, hidden;
		const char *text, *href, *area, *base;
		enum phishing_verdict verdict;
		const char *target, *claimed;
	} cases[] = {
		{ false, true, false, "Click here", "http://192.0.2.7/", NULL, NULL, NONE,
		    "192.0.2.7", "www.click" },
		{ false, true, false, "www.mybank.com", "http://192.0.2.7/", NULL, NULL, POSSIBLE,
		    "192.0.2.7", "www.mybank.com" },
		{ true, false, false, "a@mybank.com", "mailto:b@evil.example", NULL, NULL, NONE, "",
		    "www.a@mybank.com" },
		{ true, false, false, "www.mybank.com", "b@evil.example", NULL, NULL, NONE, "",
		    "www.mybank.com" },
		/* A base makes the host of what has none. */
		{ true, true, false, "www.mybank.com", "/login.html", NULL, "http://evil.example/x",
		    POSSIBLE, "evil.example", "www.mybank.com" },
		{ true, true, false, "www.mybank.com", "login", NULL, "http://www.mybank.com/x",
		    NONE, "www.mybank.com", "www.mybank.com" },
		{ true, true, false, "www.mybank.com", "http://evil.example/", NULL,
		    "http://www.mybank.com/", POSSIBLE, "evil.example", "www.mybank.com" },
		/* An area takes the place of the target, the target that of the text. */
		{ true, true, false, "Click here", "http://www.mybank.com/", "http://EVIL.example/",
		    NULL, POSSIBLE, "evil.example", "www.mybank.com" },
		{ true, true, false, "Click here", "http://www.mybank.com/",
		    "http://www.mybank.com/a", NULL, NONE, "www.mybank.com", "www.mybank.com" },
		/* Hidden targets. */
		{ true, true, true, "Click here", "http://good.example/", NULL, NULL,
		    PHISHING_HIDDEN, "good.example", "www.click" },
		{ true, true, true, "good.example", "http://www.good.example/x", NULL, NULL, NONE,
		    "www.good.example", "www.good.example" },
		{ true, true, true, "Write", "mailto:a@good.example", NULL, NULL, NONE,
		    "good.example", "www.write" },
		{ true, true, true, "Call", "tel:1.2.3", NULL, NULL, NONE, "1.2.3", "www.call" },
		{ true, true, true, "Up", "#top", NULL, NULL, NONE, "", "www.up" },
		{ true, true, true, "www.mybank.com", "http://evil.example", NULL, NULL, POSSIBLE,
		    "evil.example", "www.mybank.com" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct phishing_net net = { .numeric = cases[i].numeric,
			.strict = true,
			.mail = cases[i].mail,
			.hidden = cases[i].hidden };
		struct phishing_hit hit;

		g_test_message("%s -> %s", cases[i].text, cases[i].href);
		phishing_judge(
		    &net, cases[i].text, cases[i].href, cases[i].area, cases[i].base, &hit);
		g_assert_cmpint(hit.verdict, ==, cases[i].verdict);
		g_assert_cmpstr(hit.target, ==, cases[i].target);
		g_assert_cmpstr(hit.claimed, ==, cases[i].claimed);
		phishing_hit_clear(&hit);
	}
}

/* Nothing that may stand in a mail stops or slows the net. */
static void
test_hostile(void)
{
	static const char *const pieces[] = { "http://", "www.", "%", "&#", "&#x", "<", "<!--", "[",
		"@", ":", "?q=http://", " ", "\xd0\xb0", "\xe2\x80\x8b", "xn--", ".", "%2e",
		"&lt;http:" };
	struct phishing_net net = { .numeric = true,
		.strict = true,
		.mail = true,
		.hidden = true,
		.safe = safe,
		.bad = bad,
		.country = country };

	for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
		for (size_t j = 0; j < G_N_ELEMENTS(pieces); j++) {
			g_autoptr(GString) text = g_string_new(pieces[i]);
			struct phishing_hit hit;

			while (text->len < 4000)
				g_string_append(text, pieces[j]);
			phishing_judge(&net, text->str, text->str, NULL, text->str, &hit);
			phishing_hit_clear(&hit);
		}
	}
	g_autofree char *endless = g_strnfill(1 << 20, 'a');
	struct phishing_hit hit;
	phishing_judge(&net, "www.mybank.com", endless, NULL, NULL, &hit);
	phishing_hit_clear(&hit);
	phishing_judge(&net, "\xff.com", "http://\xff\xfe.com/%ff", NULL, NULL, &hit);
	g_assert_cmpint(hit.verdict, ==, POSSIBLE);
	g_assert_true(g_utf8_validate(hit.target, -1, NULL));
	phishing_hit_clear(&hit);
}

static void
test_speed(void)
{
	struct phishing_net net = { .numeric = true,
		.strict = true,
		.mail = true,
		.safe = safe,
		.bad = bad,
		.country = country };
	double best = G_MAXDOUBLE;

	for (unsigned round = 0; round < 20; round++) {
		gint64 start = g_get_monotonic_time();

		for (unsigned i = 0; i < 300; i++) {
			struct phishing_hit hit;

			phishing_judge(&net, "<b>Read more at</b> www.news.example.com",
			    "https://www.news.example.com/2024/05/"
			    "a-longer-path?utm_source=mail&utm_id=3",
			    NULL, NULL, &hit);
			phishing_hit_clear(&hit);
		}
		best = MIN(best, (double)(g_get_monotonic_time() - start) / 1000.0);
	}
	g_test_minimized_result(best, "300 links in %.2f ms", best);
	if (g_test_perf())
		g_assert_cmpfloat(best, <, 0.5);
}

static struct html_link *
add_link(struct html_facts *html, const char *href, size_t text_start, const char *text)
{
	struct html_link *link = html_add_link(html);

	link->href = g_strdup(href);
	link->text = g_strdup(text);
	link->start = text_start - MIN(text_start, 10);
	link->text_start = text_start;
	link->text_end = text_start + strlen(text);
	return link;
}

/* A message of one HTML part. */
static struct part *
take_html(struct act_fixture *fixture)
{
	act_take_plain(fixture);
	struct facts *facts = facts_new();
	struct part *part = facts_add_part(facts, -1, PART_LEAF);

	g_free(part->type);
	part->type = g_strdup("text/html");
	part->html = html_facts_new();
	fixture->message->facts = facts;
	return part;
}

static const struct body_edit *
edit_at(const struct act_fixture *fixture, unsigned i)
{
	g_assert_cmpuint(i, <, fixture->message->body_edits->len);
	return g_ptr_array_index(fixture->message->body_edits, i);
}

static const struct finding *
finding_of(const struct act_fixture *fixture, const char *key)
{
	for (unsigned i = 0; i < fixture->message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(fixture->message->findings, i);

		if (strcmp(finding->key, key) == 0)
			return finding;
	}
	return NULL;
}

#define STRINGS                                                                        \
	"PossibleFraudStart = <b>leads to\nPossibleFraudEnd = and says</b>\n"          \
	"DefiniteFraudStart = <b>bad:\nDefiniteFraudEnd = </b>\nNumericLinkWarning = " \
	"<b>number</b>\n"                                                              \
	"HiddenLinkWarningStart = <i>to\nHiddenLinkWarningEnd = </i>\n"

static void
configure(struct act_fixture *fixture, const char *lines)
{
	g_autofree char *all = g_strconcat("Language Strings = @@/strings\n"
					   "Phishing Bad Sites File = @@/bad\n"
					   "Phishing Safe Sites File = @@/safe\n",
	    lines, NULL);

	act_put(fixture, "@@/strings", STRINGS);
	act_put(fixture, "@@/bad", "bad.test\n");
	act_put(fixture, "@@/safe", "safe.test\n");
	act_configure(fixture, all);
}

static void
test_warnings(void)
{
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	configure(&fixture, "");
	struct part *part = take_html(&fixture);
	add_link(part->html, "http://evil.example.net/login", 100, "www.mybank.com");
	add_link(part->html, "http://192.0.2.7/x", 200, "http://192.0.2.7/x");
	add_link(part->html, "http://bad.test/", 300, "Click here");
	add_link(part->html, "http://\"onclick=x<y>.safe.test.evil/", 400, "www.mybank.com");
	add_link(part->html, "http://safe.test/", 500, "www.mybank.com");
	add_link(part->html, "http://evil.example.net/area", 600, "");
	check_phishing(fixture.message);
	g_assert_cmpuint(fixture.message->body_edits->len, ==, 4);
	static const struct {
		size_t at;
		const char *text;
	} expected[] = {
		{ 100, "<b>leads to \"evil.example.net\" and says</b> " },
		{ 200, "<b>number</b> " },
		{ 300, "<b>bad: \"bad.test\" </b> " },
		{ 400, "<b>leads to \"&quot;onclick=x\" and says</b> " },
	};
	for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
		g_assert_cmpuint(edit_at(&fixture, i)->start, ==, expected[i].at);
		g_assert_cmpuint(edit_at(&fixture, i)->end, ==, expected[i].at);
		g_assert_cmpstr(edit_at(&fixture, i)->text, ==, expected[i].text);
	}
	g_assert_cmpint(finding_of(&fixture, "PossibleFraud")->kind, ==, FINDING_phishing);
	g_assert_cmpstr(finding_of(&fixture, "PossibleFraud")->text, ==,
	    "A link leads to \"evil.example.net\", says \"www.mybank.com\": the text names another "
	    "host");
	g_assert_nonnull(finding_of(&fixture, "DefiniteFraud"));
	g_assert_nonnull(finding_of(&fixture, "NumericLink"));
	g_autofree char *words = check_html_words(fixture.message);
	g_assert_cmpstr(words, ==, "phishing");
	act_close(&fixture);
}

static void
test_second_pass(void)
{
	static const struct {
		const char *href, *text;
		unsigned edits;
	} cases[] = {
		{ "http://evil.example.net/",
		    "<b>leads to \"evil.example.net\" and says</b> www.mybank.com", 0 },
		{ "http://evil.example.net/",
		    "<b>leads to \"other.example\" and says</b> www.mybank.com", 1 },
		{ "http://192.0.2.7/", "<b>number</b> 192.0.2.7", 0 },
		{ "http://192.0.2.7/", "<b>leads to \"192.0.2.7\" and says</b> Click here", 0 },
		{ "http://bad.test/", "<b>bad: \"bad.test\" </b> Click here", 0 },
		{ "http://evil.example.net/", "<b>leads to www.mybank.com", 1 },
		{ "http://evil.example.net/", "<b>leads to \"www.mybank.com", 1 },
	};
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	configure(&fixture, "");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct part *part = take_html(&fixture);

		g_test_message("%s", cases[i].text);
		add_link(part->html, cases[i].href, 10, cases[i].text);
		check_phishing(fixture.message);
		g_assert_cmpuint(fixture.message->body_edits->len, ==, cases[i].edits);
		g_assert_nonnull(message_finding(fixture.message, FINDING_phishing));
	}
	act_close(&fixture);
}

/* The HTML with the planned edits made; the caller's. */
static char *
edited(const struct act_fixture *fixture, const char *html)
{
	GString *out = g_string_new(NULL);
	size_t at = 0;

	for (unsigned i = 0; i < fixture->message->body_edits->len; i++) {
		const struct body_edit *edit = edit_at(fixture, i);

		g_assert_cmpuint(edit->start, >=, at);
		g_string_append_len(out, html + at, (gssize)(edit->start - at));
		g_string_append(out, edit->text);
		at = edit->end;
	}
	g_string_append(out, html + at);
	return g_string_free(out, FALSE);
}

/* One gateway: reads and judges; returns the HTML as it leaves. The caller's. */
static char *
pass(struct act_fixture *fixture, const char *html)
{
	struct part *part = take_html(fixture);

	html_facts_free(part->html);
	part->html = html_read(html, strlen(html), "UTF-8", false);
	check_html(fixture->message);
	check_phishing(fixture->message);
	return edited(fixture, html);
}

static void
test_gateways(void)
{
	static const char html[] =
	    "<html><body onload=go()><p>Log in: <a href=\"http://evil.example.net/login\" "
	    "onclick='x()'>"
	    "www.<b>mybank</b>.com</a> <a href=http://192.0.2.7/x>http://192.0.2.7/x</a>"
	    "<a href='http://bad.test/?a&amp;b'>Click here</a><a href=http://good.example/>more</a>"
	    "<img src=http://a.test/bug width=1 height=1><script>x()</script></body></html>";
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	configure(&fixture, "Highlight Hidden URLs = yes");
	g_autofree char *first = pass(&fixture, html);
	g_assert_nonnull(strstr(first, "login\" "));
	g_assert_nonnull(strstr(
	    first, "><b>leads to \"evil.example.net\" and says</b> www.<b>mybank</b>.com</a>"));
	g_assert_nonnull(strstr(first, "><b>number</b> http://192.0.2.7/x</a>"));
	g_assert_nonnull(strstr(first, "><b>bad: \"bad.test\" </b> Click here</a>"));
	g_assert_nonnull(strstr(first, ">more <i>to http://good.example/</i></a>"));
	g_assert_nonnull(strstr(first, "alt=\"Web bug removed: http://a.test/bug\""));
	g_assert_null(strstr(first, "onclick"));
	g_assert_null(strstr(first, "x()"));
	g_autofree char *second = pass(&fixture, first);
	g_assert_cmpstr(second, ==, first);
	g_assert_nonnull(message_finding(fixture.message, FINDING_phishing));
	act_close(&fixture);
}

static void
test_hidden(void)
{
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	configure(&fixture, "Highlight Hidden URLs = yes");
	struct part *part = take_html(&fixture);
	add_link(part->html, "http://good.example/?a=1&b=\"<i>", 10, "Click here");
	add_link(part->html, "http://good.example/", 40, "Click <i>to http://good.example/</i>");
	check_phishing(fixture.message);
	g_assert_cmpuint(fixture.message->body_edits->len, ==, 1);
	g_assert_cmpuint(edit_at(&fixture, 0)->start, ==, 20);
	g_assert_cmpstr(edit_at(&fixture, 0)->text, ==,
	    " <i>to http://good.example/?a=1&amp;b=&quot;&lt;i&gt;</i>");
	g_assert_cmpint(finding_of(&fixture, "HiddenLink")->kind, ==, FINDING_note);
	g_assert_null(message_finding(fixture.message, FINDING_phishing));
	act_close(&fixture);
}

/* Nothing is put in, or nothing found. */
static void
test_directives(void)
{
	static const struct {
		const char *lines;
		bool found;
		unsigned edits;
	} cases[] = {
		{ "", true, 1 },
		{ "Highlight Phishing Fraud = no", true, 0 },
		{ "Find Phishing Fraud = no", false, 0 },
		{ "Dangerous Content Scanning = no", false, 0 },
		{ "Scan Messages = virus", false, 0 },
		{ "Convert HTML To Text = yes", true, 0 },
		{ "Use Stricter Phishing Net = no", false, 0 },
	};
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].lines);
		configure(&fixture, cases[i].lines);
		struct part *part = take_html(&fixture);

		add_link(part->html, "http://evil.mybank.com/", 10, "www.mybank.com");
		check_html(fixture.message);
		check_phishing(fixture.message);
		g_assert_cmpint(
		    message_finding(fixture.message, FINDING_phishing) != NULL, ==, cases[i].found);
		g_assert_cmpuint(fixture.message->body_edits->len, ==, cases[i].edits);
	}
	act_close(&fixture);
}

static void
test_attachment(void)
{
	struct act_fixture fixture = { NULL };

	act_open(&fixture);
	configure(&fixture, "");
	struct part *part = take_html(&fixture);
	g_free(part->disposition);
	part->disposition = g_strdup("attachment");
	for (unsigned i = 0; i < 3 * PHISHING_FINDINGS_MAX; i++) {
		g_autofree char *href = g_strdup_printf("http://evil%u.example/", i);

		add_link(part->html, href, 10, "www.mybank.com");
	}
	check_phishing(fixture.message);
	g_assert_cmpuint(fixture.message->findings->len, ==, PHISHING_FINDINGS_MAX);
	g_assert_cmpuint(fixture.message->body_edits->len, ==, 0);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	log_set_limit(LOG_ERR);
	scratch_open();
	lists_open();
	g_test_add_func("/phishing/each link gets its verdict, strict and lenient", test_rows);
	g_test_add_func(
	    "/phishing/bases, areas and options change the verdict", test_circumstances);
	g_test_add_func("/phishing/no text or address is too odd to be judged", test_hostile);
	g_test_add_func("/phishing/300 links take half a millisecond", test_speed);
	g_test_add_func("/phishing/warnings stand in the links, escaped", test_warnings);
	g_test_add_func("/phishing/a second pass adds nothing", test_second_pass);
	g_test_add_func(
	    "/phishing/a second gateway changes nothing in what the first made", test_gateways);
	g_test_add_func("/phishing/hidden targets are shown behind the text", test_hidden);
	g_test_add_func("/phishing/directives decide what is found and shown", test_directives);
	g_test_add_func("/phishing/attachments are judged and not edited, reports are limited",
	    test_attachment);
	int status = g_test_run();

	lists_close();
	scratch_close();
	return status;
}
