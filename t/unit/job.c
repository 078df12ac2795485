/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What travels between supervisor and worker. */
#include "core/engine/job.h"

#include <sys/socket.h>
#include <unistd.h>

static void
test_job_travels(void)
{
	int ends[2];
	struct job *job = job_new(77);

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
	job_add(job, "/spool/in put\xff", "1abc-\"x\"", 0, false);
	job_add(job, "/spool/in", "2abc", 7, true);
	g_assert_true(frame_send(ends[0], job_pack(job)));
	job_free(job);
	g_autoptr(GVariant) frame = frame_receive(ends[1], JOB_TYPE);
	g_assert_nonnull(frame);
	job = job_unpack(frame);
	g_assert_cmpuint(job->waiting, ==, 77);
	g_assert_cmpuint(job->items->len, ==, 2);
	const struct job_item *first = g_ptr_array_index(job->items, 0);
	const struct job_item *second = g_ptr_array_index(job->items, 1);
	g_assert_cmpstr(first->directory, ==, "/spool/in put\xff");
	g_assert_cmpstr(first->id, ==, "1abc-\"x\"");
	g_assert_cmpuint(second->attempt, ==, 7);
	g_assert_true(second->give_up);
	job_free(job);
	close(ends[0]);
	g_assert_null(frame_receive(ends[1], JOB_TYPE));
	close(ends[1]);
}

static void
test_report_travels(void)
{
	int ends[2];
	struct report *report = report_new(3);

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
	report_set(report, 1, RESULT_BAD, "line 3:\nno \x01 such thing");
	struct kick *kick = report_kick(report, "exim -C x", "/out");
	g_ptr_array_add(kick->ids, g_strdup("1abc"));
	g_assert_true(report_kick(report, "exim -C x", "/out") == kick);
	kick->wait = true;
	g_assert_true(frame_send(ends[0], report_pack(report)));
	report_free(report);
	g_autoptr(GVariant) frame = frame_receive(ends[1], REPORT_TYPE);
	report = report_unpack(frame);
	g_assert_cmpuint(report->items->len, ==, 3);
	const struct report_item *item = g_ptr_array_index(report->items, 1);
	g_assert_cmpint(item->result, ==, RESULT_BAD);
	g_assert_cmpstr(item->why, ==, "line 3:\nno \x01 such thing");
	item = g_ptr_array_index(report->items, 2);
	g_assert_cmpint(item->result, ==, RESULT_NOT_TAKEN);
	g_assert_null(item->why);
	kick = g_ptr_array_index(report->kicks, 0);
	g_assert_true(kick->wait);
	g_assert_cmpstr(g_ptr_array_index(kick->ids, 0), ==, "1abc");
	report_free(report);
	close(ends[0]);
	close(ends[1]);
}

static void
test_nonsense_is_harmless(void)
{
	int ends[2];
	guint32 length = 40;
	char noise[40];

	for (unsigned round = 0; round < 2000; round++) {
		for (unsigned i = 0; i < sizeof noise; i++)
			noise[i] = (char)g_random_int_range(0, 256);
		g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
		g_assert_cmpint(write(ends[0], &length, sizeof length), ==, sizeof length);
		g_assert_cmpint(write(ends[0], noise, sizeof noise), ==, sizeof noise);
		g_autoptr(GVariant) frame = frame_receive(ends[1], REPORT_TYPE);
		struct report *report = report_unpack(frame);

		report_free(report);
		close(ends[0]);
		close(ends[1]);
	}
	length = G_MAXUINT32;
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
	g_assert_cmpint(write(ends[0], &length, sizeof length), ==, sizeof length);
	g_assert_null(frame_receive(ends[1], REPORT_TYPE));
	close(ends[0]);
	close(ends[1]);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/job/any bytes of names arrive as they are", test_job_travels);
	g_test_add_func("/job/a report arrives as it is", test_report_travels);
	g_test_add_func("/job/a frame of nonsense does no harm", test_nonsense_is_harmless);
	return g_test_run();
}
