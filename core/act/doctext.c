/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one program that parses what strangers have sent has a process of its own, with limits on its time, its memory and its
 * output.
 */
#include "core/act/doctext.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gio/gio.h>

#include "core/act/contents.h"
#include "core/log/log.h"
#include "rules/directives.h"

/* Bytes that the text of a document may have. */
#define DOCUMENT_TEXT_MAX (4 * 1024 * 1024)

static void
limit_child(void *data)
{
	const struct rlimit memory = { 512U << 20, 512U << 20 };
	const struct rlimit output = { DOCUMENT_TEXT_MAX, DOCUMENT_TEXT_MAX };
	const gint64 *seconds = data;
	const struct rlimit time = { (rlim_t)*seconds, (rlim_t)*seconds + 1 };

	setrlimit(RLIMIT_AS, &memory);
	setrlimit(RLIMIT_FSIZE, &output);
	setrlimit(RLIMIT_CPU, &time);
	alarm((unsigned)*seconds);
	signal(SIGALRM, SIG_DFL);
}

/* Runs it to its end, with what it says in `output`. */
static bool
run_program(const char *const *words, int document, int output, GError **error)
{
	gint64 seconds = CLAMP(antiword_timeout_for(NULL), 1, 3600);
	g_autoptr(GSubprocessLauncher) launcher =
	    g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_SILENCE);

	g_subprocess_launcher_take_stdin_fd(launcher, dup(document));
	g_subprocess_launcher_take_stdout_fd(launcher, dup(output));
	g_subprocess_launcher_set_child_setup(launcher, limit_child, &seconds, NULL);
	g_autoptr(GSubprocess) process = g_subprocess_launcher_spawnv(launcher, words, error);

	return process != NULL && g_subprocess_wait_check(process, NULL, error);
}

static char *
read_output(int output)
{
	off_t length = lseek(output, 0, SEEK_END);
	g_autofree char *text = length > 0 ? g_malloc((size_t)length) : NULL;

	if (text == NULL || pread(output, text, (size_t)length, 0) != length)
		return NULL;
	return g_utf8_make_valid(text, length);
}

/* What the program says of the document; NULL where it fails or says nothing. */
static char *
text_of(const struct message *message, int document)
{
	g_auto(GStrv) words = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GStrvBuilder) arguments = g_strv_builder_new();
	char *text = NULL;

	if (!g_shell_parse_argv(antiword_for(message->subject), NULL, &words, NULL))
		return NULL;
	g_strv_builder_addv(arguments, (const char **)words);
	g_strv_builder_add_many(arguments, "-m", "UTF-8.txt", "-", NULL);
	g_auto(GStrv) all = g_strv_builder_end(arguments);
	/* A file, not a pipe: a limit holds for it, and nobody has to read while the program runs. */
	int output = memfd_create("document", MFD_CLOEXEC);

	if (output < 0)
		return NULL;
	if (run_program((const char *const *)all, document, output, &error))
		text = read_output(output);
	else
		log_message(LOG_WARNING, message_id(message), "%s: no text of a document: %s: %s",
		    message_id(message), words[0], error->message);
	close(output);
	return text;
}

static bool
is_document(const struct message *message, unsigned n)
{
	const struct part *part = facts_part(message->facts, n);
	size_t length = strlen(part->name);

	return part->kind == PART_LEAF && part->reading == 0 && !message_part_goes(message, n) &&
	       length >= 4 && g_ascii_strcasecmp(part->name + length - 4, ".doc") == 0;
}

static void
add_text(struct message *message, unsigned n, char *text)
{
	const struct part *part = facts_part(message->facts, n);
	g_autofree char *name = g_strconcat(part->name, ".txt", NULL);
	unsigned place = part->parent < 0 ? 0 : (unsigned)part->parent;

	message_edit_body(message, BODY_APPEND, place, NULL,
	    new_part_new(
		"text/plain", "UTF-8", name, "attachment", g_bytes_new_take(text, strlen(text))),
	    "text of documents");
}

bool
doctext_add(struct message *message, struct reader *reader, GError **error)
{
	if (message->facts == NULL || !add_text_of_doc_for(message->subject))
		return true;
	unsigned count = message->facts->parts->len;
	g_autofree bool *wanted = g_new0(bool, count);
	struct contents contents;

	for (unsigned n = 0; n < count; n++)
		wanted[n] = is_document(message, n);
	bool done = contents_fetch(&contents, message, reader, CONTENT_DECODED, wanted, error);
	for (unsigned i = 0; done && i < contents.count; i++) {
		char *text = contents.got[i] && lseek(contents.fds[i], 0, SEEK_SET) == 0
				 ? text_of(message, contents.fds[i])
				 : NULL;

		if (text != NULL)
			add_text(message, contents.parts[i], text);
	}
	contents_clear(&contents);
	return done;
}
