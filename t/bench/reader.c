/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What opening a message costs in time of the processor: read in this process, and by the reader process (both processes together);
 * the difference is the way there and back.
 * usage: reader [-c CONFIG] [FILE.eml ...]
 */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "core/read/reader.h"
#include "rules/config.h"
#include "spool/eml.h"
#include "t/bench/measure.h"

#define ROUNDS 20000
/* Messages read in turn, each with texts and files of its own: more than the reader remembers the types of. */
#define VARIANTS 100
#define HEADER                                                                                \
	"Received: from client.sender.test ([192.0.2.7])\n\tby mx.example.test with esmtps\n" \
	"\t(Exim 4.96) (envelope-from <alice@sender.test>)\n\tid 1xV4PB-0002j0-0T;\n"         \
	"\tSun, 22 Nov 2026 09:00:00 +0000\nFrom: Alice Sender <alice@sender.test>\n"         \
	"To: Bob <bob@example.test>\nSubject: The figures that you asked for\n"               \
	"Date: Sun, 22 Nov 2026 09:00:00 +0000\nMessage-ID: <one@sender.test>\n"              \
	"MIME-Version: 1.0\n"

static void
fill(GString *text, const char *line, size_t size)
{
	for (size_t end = text->len + size; text->len < end;)
		g_string_append(text, line);
}

static void
add_text(GString *text, size_t size, unsigned variant)
{
	g_string_append_printf(
	    text, "Content-Type: text/plain; charset=utf-8\n\nNumber %u\n", variant);
	fill(text, "This is a line of text as people write them, of some length.\n", size);
}

static void
add_html(GString *text, size_t size)
{
	g_string_append(text, "Content-Type: text/html; charset=utf-8\n"
			      "Content-Transfer-Encoding: quoted-printable\n\n<html><body>\n");
	fill(text,
	    "<p style=3D\"margin:0\">This is a <b>line</b> with a <a href=3D\"https://www.exam=\n"
	    "ple.test/a/page?n=3D1\">link</a> and <img "
	    "src=3D\"https://www.example.test/i.png\"></p>\n",
	    size);
	g_string_append(text, "</body></html>\n");
}

static void
add_file(GString *text, size_t size, unsigned variant)
{
	g_string_append_printf(text,
	    "Content-Type: application/pdf; name=\"figures.pdf\"\n"
	    "Content-Disposition: attachment; filename=\"figures.pdf\"\n"
	    "Content-Transfer-Encoding: base64\n\nJVBERi0xLjQK\n%04u\n",
	    variant);
	fill(text, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4\n",
	    size);
}

/* 10 KB: text, HTML, a file. */
static void
add_multipart(GString *text, unsigned variant)
{
	g_string_append(text,
	    "Content-Type: multipart/mixed; boundary=\"outer\"\n\n--outer\n"
	    "Content-Type: multipart/alternative; boundary=\"inner\"\n\n--inner\n");
	add_text(text, 1500, variant);
	g_string_append(text, "\n--inner\n");
	add_html(text, 4000);
	g_string_append(text, "\n--inner--\n\n--outer\n");
	add_file(text, 4000, variant);
	g_string_append(text, "\n--outer--\n");
}

static double
clock_now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* The clock of the only child, for its time of the processor. */
static clockid_t
child_clock(void)
{
	g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int)getpid());
	g_autofree char *text = NULL;
	clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;

	if (!g_file_get_contents(path, &text, NULL, NULL) ||
	    clock_getcpuclockid((pid_t)strtol(text, NULL, 10), &clock) != 0)
		measure_fail("the reader process");
	return clock;
}

static void
read_once(struct reader *reader, struct message *message)
{
	g_autoptr(GError) error = NULL;

	if (!reader_read(reader, message, &error)) {
		fprintf(stderr, "%s\n", error->message);
		exit(EX_SOFTWARE);
	}
}

/* Microseconds of both processes for each reading. */
static double
cost(bool local, GPtrArray *messages)
{
	struct reader *reader = reader_start(local, NULL);

	read_once(reader, g_ptr_array_index(messages, 0));
	clockid_t child = local ? CLOCK_PROCESS_CPUTIME_ID : child_clock();
	double before = clock_now(CLOCK_PROCESS_CPUTIME_ID), child_before = clock_now(child);

	for (unsigned i = 0; i < ROUNDS; i++)
		read_once(reader, g_ptr_array_index(messages, i % messages->len));
	double used = clock_now(CLOCK_PROCESS_CPUTIME_ID) - before;
	double child_used = local ? 0 : clock_now(child) - child_before;

	reader_stop(reader);
	return (used + child_used) / ROUNDS;
}

static struct message *
open_message(const char *path)
{
	g_autoptr(GError) error = NULL;
	struct spool_entry *entry = eml_open(path, NULL, NULL, NULL, &error);

	if (entry == NULL) {
		fprintf(stderr, "%s\n", error->message);
		exit(EX_NOINPUT);
	}
	return message_new(entry);
}

static void
show(const char *name, GPtrArray *messages)
{
	const struct message *first = g_ptr_array_index(messages, 0);
	double here = cost(true, messages), there = cost(false, messages);

	printf("{\"message\": \"%s\", \"bytes\": %" G_GUINT64_FORMAT ", \"parts\": %u, "
	       "\"reading_us\": %.1f, \"process_us\": %.1f, \"way_us\": %.1f}\n",
	    name, first->entry->size, first->facts->parts->len, here, there, there - here);
	for (unsigned i = 0; i < messages->len; i++)
		message_free(g_ptr_array_index(messages, i));
}

static void
show_file(const char *path)
{
	g_autoptr(GPtrArray) messages = g_ptr_array_new();

	g_ptr_array_add(messages, open_message(path));
	show(path, messages);
}

static struct message *
make_message(const GString *text)
{
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "bench-XXXXXX", NULL);
	int fd = g_mkstemp(path);

	if (fd < 0 || write(fd, text->str, text->len) != (ssize_t)text->len)
		measure_fail(path);
	struct message *message = open_message(path);

	close(fd);
	g_unlink(path);
	return message;
}

static void
show_made(const char *name, bool multipart)
{
	g_autoptr(GPtrArray) messages = g_ptr_array_new();
	g_autoptr(GString) text = g_string_new(NULL);

	for (unsigned i = 0; i < VARIANTS; i++) {
		g_string_assign(text, HEADER);
		if (multipart)
			add_multipart(text, i);
		else
			add_text(text, 1500, i);
		g_ptr_array_add(messages, make_message(text));
	}
	show(name, messages);
}

int
main(int argc, char **argv)
{
	bool configured = argc > 2 && strcmp(argv[1], "-c") == 0;
	struct diagnostics *diagnostics = diagnostics_new();

	g_set_prgname("reader");
	struct config *config = config_load(configured ? argv[2] : "/dev/null", NULL, diagnostics);
	if (config == NULL)
		return EX_CONFIG;
	diagnostics_free(diagnostics);
	config_free(config_use(config));
	for (int i = configured ? 3 : 1; i < argc; i++)
		show_file(argv[i]);
	if (argc > (configured ? 3 : 1))
		return 0;
	show_made("text", false);
	show_made("multipart", true);
	config_free(config_use(NULL));
	return 0;
}
