/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/read/reader.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/config.h"
#include "spool/eml.h"

#define BODY "Some text, and more of it.\n"
#define MAIL                                                           \
	"From: a@sender.test\nTo: b@example.test\nMIME-Version: 1.0\n" \
	"Content-Type: text/plain; charset=utf-8\n\n" BODY

static char *scratch;

static void
configure(const char *lines)
{
	g_autofree char *path = g_build_filename(scratch, "conf", NULL);
	struct diagnostics *diagnostics = diagnostics_new();

	g_assert_true(g_file_set_contents(path, lines, -1, NULL));
	struct config *config = config_load(path, NULL, diagnostics);
	g_assert_nonnull(config);
	config_free(config_use(config));
	diagnostics_free(diagnostics);
}

static struct message *
take(const char *text)
{
	g_autofree char *path = g_build_filename(scratch, "mail.eml", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	struct spool_entry *entry = eml_open(path, NULL, NULL, NULL, &error);
	g_assert_no_error(error);
	return message_new(entry);
}

static struct reader *
start(bool local)
{
	g_autoptr(GError) error = NULL;
	struct reader *reader = reader_start(local, &error);

	g_assert_no_error(error);
	return reader;
}

static void
expect_read(struct reader *reader, struct message *message)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(reader_read(reader, message, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(message->facts->parts->len, ==, 1);
	const struct part *part = facts_part(message->facts, 0);
	g_assert_cmpuint(part->body_start, ==, strlen(MAIL) - strlen(BODY));
	g_assert_cmpuint(part->body_end, ==, strlen(MAIL));
	g_assert_cmpuint(part->size, ==, strlen(BODY));
	g_assert_cmpstr(part->type, ==, "text/plain");
}

static void
reads(const void *local)
{
	struct reader *reader = start(GPOINTER_TO_INT(local));
	struct message *message = take(MAIL);

	for (unsigned i = 0; i < 3; i++)
		expect_read(reader, message);
	message_free(message);
	reader_stop(reader);
}

static void
gives_contents(const void *local)
{
	struct reader *reader = start(GPOINTER_TO_INT(local));
	struct message *message = take(MAIL);
	static const unsigned parts[] = { 0, 7 };
	int fds[] = { memfd_create("0", 0), memfd_create("7", 0) };
	bool got[2] = { false, true };
	char text[100] = "";
	g_autoptr(GError) error = NULL;

	/* Written from where the descriptor stands. */
	g_assert_cmpint(write(fds[0], "> ", 2), ==, 2);
	expect_read(reader, message);
	g_assert_true(
	    reader_contents(reader, message, CONTENT_DECODED, parts, fds, got, 2, &error));
	g_assert_no_error(error);
	g_assert_true(got[0]);
	g_assert_false(got[1]);
	g_assert_cmpint(pread(fds[0], text, sizeof text - 1, 0), >, 0);
	g_assert_cmpstr(text, ==, "> " BODY);
	g_assert_cmpint(pread(fds[1], text, sizeof text, 0), ==, 0);
	close(fds[0]);
	close(fds[1]);
	expect_read(reader, message);
	message_free(message);
	reader_stop(reader);
}

/* The only child of this process; fails the test where there is none. */
static pid_t
only_child(void)
{
	g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int)getpid());
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	pid_t child = (pid_t)strtol(text, NULL, 10);
	g_assert_cmpint(child, >, 0);
	return child;
}

/* One that died while it had nothing in hand. */
static void
replaces_idle(void)
{
	struct reader *reader = start(false);
	struct message *message = take(MAIL);
	siginfo_t info;

	expect_read(reader, message);
	pid_t first = only_child();
	kill(first, SIGKILL);
	g_assert_cmpint(waitid(P_PID, (id_t)first, &info, WEXITED | WNOWAIT), ==, 0);
	expect_read(reader, message);
	g_assert_cmpint(only_child(), !=, first);
	message_free(message);
	reader_stop(reader);
	/* Nobody is left behind. */
	g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1);
}

static void
stays_after_signals(void)
{
	struct reader *reader = start(false);
	struct message *message = take(MAIL);

	expect_read(reader, message);
	pid_t child = only_child();
	kill(child, SIGTERM);
	kill(child, SIGINT);
	kill(child, SIGHUP);
	expect_read(reader, message);
	g_assert_cmpint(only_child(), ==, child);
	message_free(message);
	reader_stop(reader);
}

/* One that is stopped takes the message and never answers. */
static void
ends_one_that_overruns(void)
{
	struct reader *reader = start(false);
	struct message *message = take(MAIL);
	g_autoptr(GError) error = NULL;

	expect_read(reader, message);
	kill(only_child(), SIGSTOP);
	g_assert_false(reader_read(reader, message, &error));
	g_assert_error(error, READER_ERROR, READER_ERROR_OVERRAN);
	g_assert_null(message->facts);
	expect_read(reader, message);
	message_free(message);
	reader_stop(reader);
}

/* The file is shorter than was said: the system's affair. */
static void
blames_no_message_for_its_file(void)
{
	struct reader *reader = start(false);
	struct message *message = take(MAIL);
	g_autoptr(GError) error = NULL;
	int fd = message->entry->body_fd;

	message->entry->body_fd = open("/dev/null", O_RDONLY);
	g_assert_false(reader_read(reader, message, &error));
	g_assert_error(error, READER_ERROR, READER_ERROR_SYSTEM);
	close(message->entry->body_fd);
	message->entry->body_fd = fd;
	expect_read(reader, message);
	message_free(message);
	reader_stop(reader);
}

static void
sends_long_headers(void)
{
	struct reader *reader = start(false);
	g_autoptr(GString) text = g_string_new("Subject: x\n");
	g_autoptr(GError) error = NULL;

	for (unsigned i = 0; i < 60000; i++)
		g_string_append_printf(text, "X-%u: a field that is one of very many\n", i);
	g_string_append(text, "\n" BODY);
	struct message *message = take(text->str);
	g_assert_true(reader_read(reader, message, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(facts_part(message->facts, 0)->body_end, ==, text->len);
	message_free(message);
	reader_stop(reader);
}

static bool
can_lock(const char *path)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(path, O_RDWR | O_CLOEXEC);
	bool locked = fcntl(fd, F_OFD_SETLK, &whole) == 0;

	close(fd);
	return locked;
}

/*
 * A queue file's lock belongs to the open file, of which the process gets a copy of the descriptor: as long as that is open
 * there, the MTA that is to deliver the message is kept out. On one processor it would still be, most of the time.
 */
static void
lets_go_before_it_answers(void)
{
	g_autofree char *path = g_build_filename(scratch, "mail.eml", NULL);
	struct flock whole = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	cpu_set_t before, one;

	sched_getaffinity(0, sizeof before, &before);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof one, &one);
	struct reader *reader = start(false);
	for (unsigned i = 0; i < 500; i++) {
		struct message *message = take(MAIL);

		g_assert_cmpint(fcntl(message->entry->body_fd, F_OFD_SETLK, &whole), ==, 0);
		expect_read(reader, message);
		message_free(message);
		g_assert_true(can_lock(path));
	}
	reader_stop(reader);
	sched_setaffinity(0, sizeof before, &before);
}

/* The message that was asked about ahead is the next to be received, or is forgotten. */
static void
asks_ahead(void)
{
	struct reader *reader = start(false);
	struct message *one = take(MAIL), *other = take("Subject: x\n\nlonger\n" BODY);
	g_autoptr(GError) error = NULL;

	for (unsigned i = 0; i < 3; i++) {
		g_assert_true(reader_receive(reader, one, &error));
		reader_ask_ahead(reader, other);
		g_assert_null(one->facts);
		g_assert_true(reader_believe(reader, one, &error));
		g_assert_cmpuint(one->facts->body_start, ==, strlen(MAIL) - strlen(BODY));
		g_assert_true(reader_receive(reader, other, &error));
		g_assert_true(reader_believe(reader, other, &error));
		g_assert_cmpuint(other->facts->body_start, ==, strlen("Subject: x\n\n"));
		reader_ask_ahead(reader, other);
		expect_read(reader, one);
	}
	message_free(one);
	message_free(other);
	reader_stop(reader);
}

/* Whoever is asked about next has the process's death, and not the one whose facts are being looked at. */
static void
blames_the_one_asked_ahead(void)
{
	struct reader *reader = start(false);
	struct message *one = take(MAIL), *other = take(MAIL);
	g_autoptr(GError) error = NULL;

	expect_read(reader, one);
	pid_t child = only_child();

	g_assert_true(reader_receive(reader, one, &error));
	kill(child, SIGSTOP);
	reader_ask_ahead(reader, other);
	kill(child, SIGKILL);
	g_assert_true(reader_believe(reader, one, &error));
	g_assert_no_error(error);
	g_assert_false(reader_receive(reader, other, &error));
	g_assert_error(error, READER_ERROR, READER_ERROR_DIED);
	/* Another process, which has not been told what to do yet. */
	expect_read(reader, one);
	expect_read(reader, other);
	message_free(one);
	message_free(other);
	reader_stop(reader);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	scratch = g_dir_make_tmp("reader-XXXXXX", NULL);
	configure("Reader Timeout = 1\n");
	g_test_add_data_func(
	    "/reader/a process reads message after message", GINT_TO_POINTER(false), reads);
	g_test_add_data_func(
	    "/reader/without a process it is the same", GINT_TO_POINTER(true), reads);
	g_test_add_data_func(
	    "/reader/contents go to descriptors", GINT_TO_POINTER(false), gives_contents);
	g_test_add_data_func(
	    "/reader/without a process contents do too", GINT_TO_POINTER(true), gives_contents);
	g_test_add_func("/reader/a process that died idle costs no message", replaces_idle);
	g_test_add_func(
	    "/reader/signals to the program as a whole don't end it", stays_after_signals);
	g_test_add_func(
	    "/reader/a process that does not answer is ended and replaced", ends_one_that_overruns);
	g_test_add_func("/reader/a file that can't be read is held against no message",
	    blames_no_message_for_its_file);
	g_test_add_func("/reader/headers may be longer than a socket holds", sends_long_headers);
	g_test_add_func("/reader/the next message can be asked about ahead", asks_ahead);
	g_test_add_func(
	    "/reader/a death is that of the message asked about ahead", blames_the_one_asked_ahead);
	g_test_add_func("/reader/when it has answered it holds no lock on the queue file",
	    lets_go_before_it_answers);
	int status = g_test_run();
	config_free(config_use(NULL));
	static const char *const files[] = { "conf", "mail.eml" };
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(scratch, files[i], NULL);

		g_unlink(path);
	}
	g_rmdir(scratch);
	g_free(scratch);
	return status;
}
