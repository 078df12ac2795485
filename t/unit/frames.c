/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/read/frames.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct pair {
	int ends[2];
	struct frame frame;
};

static void
open_pair(struct pair *pair)
{
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair->ends), ==, 0);
	frame_init(&pair->frame);
}

static void
close_pair(struct pair *pair)
{
	frame_clear(&pair->frame);
	close(pair->ends[0]);
	close(pair->ends[1]);
}

static gint64
soon(void)
{
	return g_get_monotonic_time() + 20 * 1000;
}

static gint64
later(void)
{
	return g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
}

static void
carries_descriptors(void)
{
	struct pair pair;
	int fds[] = { memfd_create("one", MFD_CLOEXEC), memfd_create("two", MFD_CLOEXEC) };
	char byte;

	open_pair(&pair);
	g_assert_cmpint(write(fds[1], "2", 1), ==, 1);
	g_assert_cmpint(
	    frame_put(pair.ends[0], FRAME_READ, "text", 4, "\0bytes", 6, fds, 2, later()), ==,
	    FRAME_DONE);
	g_assert_cmpint(frame_take(pair.ends[1], &pair.frame, later()), ==, FRAME_DONE);
	g_assert_cmpuint(pair.frame.kind, ==, FRAME_READ);
	g_assert_cmpmem(pair.frame.text->str, pair.frame.text->len, "text", 4);
	g_assert_cmpmem(pair.frame.bytes->str, pair.frame.bytes->len, "\0bytes", 6);
	g_assert_cmpuint(pair.frame.fd_count, ==, 2);
	g_assert_cmpint(pread(pair.frame.fds[1], &byte, 1, 0), ==, 1);
	g_assert_cmpint(byte, ==, '2');
	/* The next frame closes them. */
	int taken = pair.frame.fds[0];

	g_assert_cmpint(
	    frame_put(pair.ends[0], FRAME_FACTS, "", 0, "", 0, NULL, 0, later()), ==, FRAME_DONE);
	g_assert_cmpint(frame_take(pair.ends[1], &pair.frame, later()), ==, FRAME_DONE);
	g_assert_cmpuint(pair.frame.fd_count, ==, 0);
	g_assert_cmpuint(pair.frame.text->len, ==, 0);
	g_assert_cmpint(read(taken, &byte, 1), ==, -1);
	close(fds[0]);
	close(fds[1]);
	close_pair(&pair);
}

static void
carries_many(void)
{
	struct pair pair;
	int fds[FRAME_FDS_MAX];

	open_pair(&pair);
	for (unsigned i = 0; i < FRAME_FDS_MAX; i++)
		fds[i] = STDIN_FILENO;
	g_assert_cmpint(
	    frame_put(pair.ends[0], FRAME_CONTENTS, "", 0, "", 0, fds, FRAME_FDS_MAX, later()), ==,
	    FRAME_DONE);
	g_assert_cmpint(frame_take(pair.ends[1], &pair.frame, later()), ==, FRAME_DONE);
	g_assert_cmpuint(pair.frame.fd_count, ==, FRAME_FDS_MAX);
	close_pair(&pair);
}

/* More than the socket holds needs both sides at once. */
static void
carries_much(void)
{
	size_t size = 5 << 20;
	g_autofree char *much = g_malloc(size);
	struct pair pair;

	open_pair(&pair);
	memset(much, 'm', size);
	pid_t child = fork();
	if (child == 0)
		_exit(frame_put(pair.ends[0], FRAME_FACTS, much, size, "end", 3, NULL, 0, later()));
	g_assert_cmpint(frame_take(pair.ends[1], &pair.frame, later()), ==, FRAME_DONE);
	g_assert_cmpmem(pair.frame.text->str, pair.frame.text->len, much, size);
	g_assert_cmpstr(pair.frame.bytes->str, ==, "end");
	int status;
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
	close_pair(&pair);
}

static void
keeps_deadlines(void)
{
	size_t size = 5 << 20;
	g_autofree char *much = g_malloc0(size);
	struct pair pair;

	open_pair(&pair);
	g_assert_cmpint(frame_take(pair.ends[1], &pair.frame, soon()), ==, FRAME_LATE);
	/* Half a frame is not enough, either. */
	g_assert_cmpint(write(pair.ends[0], "\3\0\0\0\7", 5), ==, 5);
	g_assert_cmpint(frame_take(pair.ends[1], &pair.frame, soon()), ==, FRAME_LATE);
	g_assert_cmpint(frame_put(pair.ends[0], FRAME_FACTS, much, size, "", 0, NULL, 0, soon()),
	    ==, FRAME_LATE);
	close_pair(&pair);
}

static void
sees_the_end(void)
{
	struct pair pair;

	open_pair(&pair);
	close(pair.ends[1]);
	g_assert_cmpint(
	    frame_put(pair.ends[0], FRAME_READ, "", 0, "", 0, NULL, 0, later()), ==, FRAME_CLOSED);
	g_assert_cmpint(frame_take(pair.ends[0], &pair.frame, later()), ==, FRAME_CLOSED);
	pair.ends[1] = -1;
	close_pair(&pair);
}

static void
knows_odd_ones(void)
{
	/* kind, length of the text, length of the bytes */
	static const struct {
		uint32_t kind, text;
		uint64_t bytes;
		const char *rest;
	} odd[] = {
		{ FRAME_KINDS, 0, 0, "" },
		{ FRAME_FACTS, FRAME_TEXT_MAX + 1, 0, "" },
		{ FRAME_FACTS, 0, FRAME_BYTES_MAX + 1, "" },
		{ FRAME_FACTS, 0, UINT64_MAX, "" },
		{ FRAME_FACTS, 2, 0, "{}and more" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
		struct pair pair;
		char wire[64] = "";

		open_pair(&pair);
		memcpy(wire, &odd[i], 16);
		memcpy(wire + 16, odd[i].rest, strlen(odd[i].rest));
		size_t length = 16 + strlen(odd[i].rest);
		g_assert_cmpint(write(pair.ends[0], wire, length), ==, (gssize)length);
		g_assert_cmpint(frame_take(pair.ends[1], &pair.frame, later()), ==, FRAME_ODD);
		close_pair(&pair);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/frames/text, bytes and descriptors arrive", carries_descriptors);
	g_test_add_func("/frames/as many descriptors as there may be arrive", carries_many);
	g_test_add_func("/frames/a frame may be larger than the socket", carries_much);
	g_test_add_func("/frames/nobody waits beyond the deadline", keeps_deadlines);
	g_test_add_func("/frames/a side that has gone is noticed", sees_the_end);
	g_test_add_func("/frames/what is no frame is noticed", knows_odd_ones);
	return g_test_run();
}
