/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What reading HTML costs: facts and proposals of newsletters of several sizes, as marketing programs write them; text of them; and what
 * somebody may send to make it dear.
 * usage: html [--json]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/read/html.h"

static const char head[] =
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" "
    "\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\r\n<html "
    "xmlns=\"http://www.w3.org/1999/xhtml\"><head><meta charset=\"utf-8\" /><title>News</title>\r\n"
    "<!--[if mso]><style>v\\:* { behavior: url(#default#VML); }</style><![endif]-->\r\n"
    "<style type=\"text/css\">body{margin:0;padding:0} .main td{font-family:Arial} /* small */ "
    "@media only screen and (max-width:480px){.c{width:100%!important}}</style></head>\r\n"
    "<body bgcolor=\"#f4f4f4\"><div style=\"display:none;font-size:1px\">What is in it</div>\r\n";

static const char row[] =
    "<table class=\"main\" width=\"600\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\" "
    "align=\"center\" style=\"border-collapse:collapse;mso-table-lspace:0pt;\">\r\n<tr><td "
    "style=\"padding:20px 30px 10px 30px;font-family:Arial,sans-serif;font-size:16px;"
    "line-height:24px;color:#333333;\" valign=\"top\">\r\n<h2 style=\"margin:0 0 10px "
    "0;color:#003366;\">Offer number %u</h2><a href=\"https://click.example.com/track?u=%u&amp;"
    "id=0123456789abcdef0123456789abcdef&amp;r=1\" target=\"_blank\"><img "
    "src=\"https://img.example.com/%u/picture.jpg\" width=\"260\" height=\"180\" border=\"0\" "
    "alt=\"A thing &amp; its price\" style=\"display:block;\"></a>\r\n<p style=\"margin:0;\">Some "
    "words about it, which nobody will read, but which are there&nbsp;&mdash; as they always are "
    "&mdash; and go on for two lines or three.</p>\r\n<a href=\"https://click.example.com/buy?%u\" "
    "style=\"background-color:#003366;color:#ffffff;text-decoration:none;padding:8px 16px;\">Buy "
    "now</a></td></tr></table>\r\n";

static const char tail[] =
    "<form action=\"https://example.com/s\"><input type=\"text\" name=\"q\"></form><script "
    "src=\"https://example.com/x.js\"></script><img src=\"https://example.com/o.gif\" width=\"1\" "
    "height=\"1\"></body></html>\r\n";

static GString *
newsletter(size_t size)
{
	GString *text = g_string_new(head);

	for (unsigned i = 0; text->len < size; i++)
		g_string_append_printf(text, row, i, i, i, i);
	return g_string_append(text, tail);
}

static GString *
repeated(const char *piece, size_t size)
{
	GString *text = g_string_sized_new(size);

	while (text->len < size)
		g_string_append(text, piece);
	return text;
}

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void
read_facts(const GString *text)
{
	html_facts_free(html_read(text->str, text->len, "utf-8", false));
}

static void
read_text(const GString *text)
{
	g_free(html_to_text(text->str, text->len, "utf-8"));
}

/* Seconds of one call: the best of several rounds, each long enough to be measured. */
static double
measure(void (*work)(const GString *text), const GString *text)
{
	double best = 1e9;
	unsigned calls = (unsigned)MAX(1, 4000000 / text->len);

	for (unsigned round = 0; round < 5; round++) {
		double start = now();

		for (unsigned i = 0; i < calls; i++)
			work(text);
		best = MIN(best, (now() - start) / calls);
	}
	return best;
}

static const struct {
	const char *name;
	const char *piece; /* over and over; NULL: a newsletter */
	size_t size;
} cases[] = {
	{ "newsletter of 10 KB", NULL, 10000 },
	{ "newsletter of 200 KB", NULL, 200000 },
	{ "newsletter of 10 MB", NULL, 10000000 },
	{ "2,000,000 nested tags", "<div>", 10000000 },
	{ "open links", "<a href=x>", 10000000 },
	{ "open quotes", "<a b='", 10000000 },
	{ "open tags", "<a ", 10000000 },
	{ "open comments", "<!--", 10000000 },
	{ "open scripts", "<script><!--", 10000000 },
	{ "open titles", "<title>", 10000000 },
	{ "frames in frames", "<iframe srcdoc='<iframe>'>", 10000000 },
	{ "ampersands", "&ampersand", 10000000 },
	{ "sheets in drawings", "<svg><style>", 10000000 },
	{ "values in values", "<a b=\"<a b='<a b=", 10000000 },
	{ "attributes", " a=b", 10000000 },
};

int
main(int argc, char **argv)
{
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;

	printf(json ? "{\"html\": [" : "%-26s %12s %14s %14s\n", "text", "bytes", "facts us",
	    "text us");
	for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
		GString *text = cases[i].piece == NULL ? newsletter(cases[i].size)
						       : repeated(cases[i].piece, cases[i].size);
		if (strcmp(cases[i].name, "attributes") == 0)
			g_string_prepend(text, "<a");
		double facts = measure(read_facts, text), plain = measure(read_text, text);

		printf(json ? "%s\n  {\"name\": \"%s\", \"bytes\": %zu, \"facts_us\": %.1f, "
			      "\"text_us\": %.1f}"
			    : "%s%-26s %12zu %14.1f %14.1f\n",
		    json && i > 0 ? "," : "", cases[i].name, text->len, facts * 1e6, plain * 1e6);
		fflush(stdout);
		g_string_free(text, TRUE);
	}
	if (json)
		printf("\n]}\n");
	return 0;
}
