/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What MIME alone costs: a text of 2 KB and a multipart/alternative of 10 KB, or the files that are named, read again and again
 * with no look at contents. One line of JSON each.
 */
#include "core/read/reading.h"

#include "t/bench/measure.h"
#include "t/unit/reading.h"

#define ROUNDS 20000
#define FIELDS                                                                                  \
	"Received: from mail.example.com (mail.example.com [192.0.2.1])\n\tby mx.example.org "  \
	"with ESMTP id 1abcde-000001-AB\n\tfor <user@example.org>; Mon, 1 Jan 2024 00:00:00 "   \
	"+0000\nFrom: Sender <sender@example.com>\nTo: User <user@example.org>\nSubject: Some " \
	"words about something\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nMessage-ID: "             \
	"<12345.67890@example.com>\nMIME-Version: 1.0\n"

static void
add_lines(GString *text, const char *line, unsigned count)
{
	while (count-- > 0)
		g_string_append(text, line);
}

static void
measure(const char *what, const char *text, size_t size, unsigned rounds)
{
	struct brief brief;
	double cpu;

	reading_bare(&brief);
	/* Libraries start at the first message. */
	facts_free(reading_of(&brief, text, size));
	cpu = measure_cpu();
	for (unsigned i = 0; i < rounds; i++)
		facts_free(reading_of(&brief, text, size));
	printf("{\"what\": \"%s\", \"bytes\": %zu, \"cpu_us\": %.1f}\n", what, size,
	    1e6 * (measure_cpu() - cpu) / rounds);
}

static void
measure_file(const char *path)
{
	g_autofree char *text = NULL;
	size_t size;

	if (!g_file_get_contents(path, &text, &size, NULL))
		measure_fail(path);
	measure(path, text, size, 100);
}

int
main(int argc, char **argv)
{
	g_autoptr(GString) plain =
	    g_string_new(FIELDS "Content-Type: text/plain; charset=utf-8\n\n");
	g_autoptr(GString) both = g_string_new(
	    FIELDS "Content-Type: multipart/alternative; boundary=\"=_0123456789abcdef\"\n\n");

	for (int i = 1; i < argc; i++)
		measure_file(argv[i]);
	if (argc > 1)
		return 0;
	add_lines(plain, "A line of a message, as long as lines of messages are.\n", 28);
	measure("text", plain->str, plain->len, ROUNDS);
	add_lines(both,
	    "--=_0123456789abcdef\nContent-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n",
	    1);
	add_lines(both, "A line of a message, as long as lines of messages are=2E\n", 60);
	add_lines(both,
	    "--=_0123456789abcdef\nContent-Type: text/html; charset=utf-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n",
	    1);
	add_lines(both, "<p class=3D\"a\">A line of a message, as long as lines are=2E</p>\n", 90);
	add_lines(both, "--=_0123456789abcdef--\n", 1);
	measure("alternative", both->str, both->len, ROUNDS);
	return 0;
}
