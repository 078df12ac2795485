/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/watch.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include "t/unit/samples.h"

#define ID "1xV4nS-0005bJ-2Z"
#define OTHER "1xV4nT-0005bJ-00"

/* A scratch directory, a watch, and what it has found: " directory/id+" for each, "-" where it
 * wasn't the file that makes it a message. */
struct fixture {
	char *root;
	struct watch *watch;
	GString *found;
};

static void
note(const char *directory, const struct spool_name *name, void *data)
{
	struct fixture *fixture = data;

	g_assert_true(g_str_has_prefix(directory, fixture->root));
	g_assert_true(directory == g_intern_string(directory));
	g_string_append_printf(fixture->found, "%s/%s%c ", directory + strlen(fixture->root) + 1,
	    name->id, name->control ? '+' : '-');
}

static char *
at(const struct fixture *fixture, const char *name)
{
	return g_build_filename(fixture->root, name, NULL);
}

static void
make(const struct fixture *fixture, const char *name)
{
	g_autofree char *path = at(fixture, name);

	g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
}

static void
put(const struct fixture *fixture, const char *name)
{
	g_autofree char *path = at(fixture, name);

	g_assert_true(g_file_set_contents_full(path, "x", 1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
move(const struct fixture *fixture, const char *from, const char *to)
{
	g_autofree char *old = at(fixture, from);
	g_autofree char *new = at(fixture, to);

	g_assert_cmpint(rename(old, new), ==, 0);
}

static void
begin(struct fixture *fixture)
{
	fixture->root = g_dir_make_tmp("watch-XXXXXX", NULL);
	fixture->found = g_string_new(NULL);
}

static void
watch(struct fixture *fixture, const char *pattern, const char *other)
{
	g_autoptr(GPtrArray) patterns = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;

	g_ptr_array_add(patterns, at(fixture, pattern));
	if (other != NULL)
		g_ptr_array_add(patterns, at(fixture, other));
	fixture->watch = watch_new(&spool_exim, WATCH_ARRIVALS, patterns, note, fixture, &error);
	g_assert_no_error(error);
}

static void
end(struct fixture *fixture)
{
	watch_free(fixture->watch);
	sample_remove(fixture->root);
	g_string_free(fixture->found, TRUE);
	g_free(fixture->root);
}

static void
scan(struct fixture *fixture)
{
	watch_scan_start(fixture->watch);
	while (watch_scan_step(fixture->watch, 3))
		continue;
}

/* What was found since the last call is this; events are there when the call that made them
 * returns. */
static void
expect(struct fixture *fixture, const char *found)
{
	g_assert_cmpstr(fixture->found->str, ==, found);
	g_string_set_size(fixture->found, 0);
}

static bool
take_events(struct fixture *fixture)
{
	struct pollfd poll_for = { .fd = watch_fd(fixture->watch), .events = POLLIN };

	g_assert_cmpint(poll(&poll_for, 1, 10000), ==, 1);
	return watch_read(fixture->watch);
}

static void
expect_directories(struct fixture *fixture, const char *expected)
{
	g_autoptr(GString) names = g_string_new(NULL);
	const GPtrArray *directories = watch_directories(fixture->watch);

	for (guint i = 0; i < directories->len; i++)
		g_string_append_printf(
		    names, "%s ", (const char *)directories->pdata[i] + strlen(fixture->root) + 1);
	g_assert_cmpstr(names->str, ==, expected);
}

static void
test_scan(void)
{
	struct fixture fixture;

	begin(&fixture);
	make(&fixture, "in");
	put(&fixture, "in/" ID "-D");
	put(&fixture, "in/" ID "-H");
	put(&fixture, "in/hdr." OTHER);
	put(&fixture, "in/" OTHER "-D");
	put(&fixture, "in/core");
	watch(&fixture, "in/", NULL);
	scan(&fixture);
	expect(&fixture, "in/" ID "+ ");
	expect_directories(&fixture, "in ");
	end(&fixture);
}

static void
test_steps(void)
{
	struct fixture fixture;
	unsigned steps = 0;

	begin(&fixture);
	make(&fixture, "in");
	for (int i = 0; i < 100; i++) {
		g_autofree char *name = g_strdup_printf("in/1xV4nS-0005bJ-%02d-H", i);

		put(&fixture, name);
	}
	watch(&fixture, "in", NULL);
	watch_scan_start(fixture.watch);
	while (watch_scan_step(fixture.watch, 10))
		steps++;
	g_assert_cmpuint(steps, >=, 10);
	g_assert_cmpuint(steps, <=, 11);
	g_assert_cmpuint(fixture.found->len, ==, 100 * strlen("in/" ID "+ "));
	end(&fixture);
}

static void
test_events(void)
{
	struct fixture fixture;

	begin(&fixture);
	make(&fixture, "in");
	make(&fixture, "away");
	watch(&fixture, "in", NULL);
	scan(&fixture);
	put(&fixture, "in/" ID "-D");
	g_assert_true(take_events(&fixture));
	expect(&fixture, "in/" ID "- ");
	put(&fixture, "in/hdr." ID);
	move(&fixture, "in/hdr." ID, "in/" ID "-H");
	g_assert_true(take_events(&fixture));
	expect(&fixture, "in/" ID "+ ");
	put(&fixture, "in/" OTHER "-H");
	g_assert_true(take_events(&fixture));
	expect(&fixture, "in/" OTHER "+ ");
	move(&fixture, "in/" ID "-H", "away/" ID "-H");
	move(&fixture, "away/" ID "-H", "in/" ID "-H");
	g_assert_true(take_events(&fixture));
	expect(&fixture, "in/" ID "+ ");
	end(&fixture);
}

static void
test_reading_is_no_event(void)
{
	struct fixture fixture;
	g_autofree char *path = NULL;

	begin(&fixture);
	make(&fixture, "in");
	put(&fixture, "in/" ID "-D");
	watch(&fixture, "in", NULL);
	scan(&fixture);
	path = at(&fixture, "in/" ID "-D");
	g_assert_cmpint(close(open(path, O_RDONLY)), ==, 0);
	g_assert_true(watch_read(fixture.watch));
	expect(&fixture, "");
	end(&fixture);
}

static void
test_split(void)
{
	struct fixture fixture;

	begin(&fixture);
	make(&fixture, "in");
	make(&fixture, "in/S");
	make(&fixture, "in/other");
	put(&fixture, "in/S/" ID "-H");
	put(&fixture, "in/other/" OTHER "-H");
	put(&fixture, "in/x");
	watch(&fixture, "in", NULL);
	scan(&fixture);
	expect(&fixture, "in/S/" ID "+ ");
	expect_directories(&fixture, "in in/S ");
	put(&fixture, "in/S/" OTHER "-H");
	g_assert_true(take_events(&fixture));
	expect(&fixture, "in/S/" OTHER "+ ");
	end(&fixture);
}

/* The sub-directory and its first message are there before anybody looks. */
static void
test_new_subdirectory(void)
{
	struct fixture fixture;

	begin(&fixture);
	make(&fixture, "in");
	watch(&fixture, "in", NULL);
	scan(&fixture);
	make(&fixture, "in/S");
	put(&fixture, "in/S/" ID "-H");
	g_assert_true(take_events(&fixture));
	expect(&fixture, "in/S/" ID "+ ");
	put(&fixture, "in/S/" OTHER "-H");
	g_assert_true(take_events(&fixture));
	expect(&fixture, "in/S/" OTHER "+ ");
	expect_directories(&fixture, "in in/S ");
	end(&fixture);
}

static void
test_globs(void)
{
	struct fixture fixture;

	begin(&fixture);
	make(&fixture, "q1");
	make(&fixture, "q2");
	put(&fixture, "q3");
	put(&fixture, "q1/" ID "-H");
	watch(&fixture, "q?", NULL);
	scan(&fixture);
	expect(&fixture, "q1/" ID "+ ");
	expect_directories(&fixture, "q1 q2 ");
	make(&fixture, "q4");
	put(&fixture, "q4/" OTHER "-H");
	scan(&fixture);
	expect(&fixture, "q1/" ID "+ q4/" OTHER "+ ");
	expect_directories(&fixture, "q1 q2 q4 ");
	end(&fixture);
}

/* The same directory by a plain pattern and by a glob is one queue. */
static void
test_named_twice(void)
{
	struct fixture fixture;

	begin(&fixture);
	make(&fixture, "in");
	make(&fixture, "in/S");
	put(&fixture, "in/S/" ID "-H");
	watch(&fixture, "in", "in/?");
	scan(&fixture);
	expect(&fixture, "in/S/" ID "+ ");
	put(&fixture, "in/S/" OTHER "-H");
	g_assert_true(take_events(&fixture));
	expect(&fixture, "in/S/" OTHER "+ ");
	end(&fixture);
}

static void
test_come_and_go(void)
{
	struct fixture fixture;
	g_autofree char *path = NULL;

	begin(&fixture);
	watch(&fixture, "in", NULL);
	scan(&fixture);
	expect_directories(&fixture, "");
	make(&fixture, "in");
	put(&fixture, "in/" ID "-H");
	scan(&fixture);
	expect(&fixture, "in/" ID "+ ");
	move(&fixture, "in", "away");
	make(&fixture, "in");
	put(&fixture, "in/" OTHER "-H");
	g_assert_false(take_events(&fixture));
	scan(&fixture);
	expect(&fixture, "in/" OTHER "+ ");
	move(&fixture, "away/" ID "-H", "in/" ID "-H");
	g_assert_true(take_events(&fixture));
	expect(&fixture, "in/" ID "+ ");
	path = at(&fixture, "in");
	sample_remove(path);
	g_assert_false(take_events(&fixture));
	expect_directories(&fixture, "");
	end(&fixture);
}

/* A queue directory goes while the scan is in it. */
static void
test_gone_in_scan(void)
{
	struct fixture fixture;
	g_autofree char *path = NULL;

	begin(&fixture);
	make(&fixture, "in");
	make(&fixture, "in/S");
	put(&fixture, "in/S/" ID "-H");
	put(&fixture, "in/S/" OTHER "-H");
	watch(&fixture, "in/S", "in");
	watch_scan_start(fixture.watch);
	g_assert_true(watch_scan_step(fixture.watch, 1));
	path = at(&fixture, "in/S");
	sample_remove(path);
	while (watch_scan_step(fixture.watch, 1))
		continue;
	g_assert_false(take_events(&fixture));
	expect_directories(&fixture, "in ");
	scan(&fixture);
	expect_directories(&fixture, "in ");
	end(&fixture);
}

static void
test_overflow(void)
{
	struct fixture fixture;
	g_autofree char *text = NULL;
	guint64 most;

	begin(&fixture);
	make(&fixture, "in");
	put(&fixture, "in/" ID "-D");
	put(&fixture, "in/" OTHER "-D");
	watch(&fixture, "in", NULL);
	scan(&fixture);
	if (!g_file_get_contents("/proc/sys/fs/inotify/max_queued_events", &text, NULL, NULL)) {
		g_test_skip("the kernel doesn't say how many events it keeps");
		end(&fixture);
		return;
	}
	most = g_ascii_strtoull(text, NULL, 10);

	/* Two files in turn: equal events in a row would count as one. */
	g_autofree char *one = at(&fixture, "in/" ID "-D");
	g_autofree char *two = at(&fixture, "in/" OTHER "-D");

	for (guint64 i = 0; i < most / 2 + 2; i++) {
		g_assert_cmpint(close(open(one, O_WRONLY)), ==, 0);
		g_assert_cmpint(close(open(two, O_WRONLY)), ==, 0);
	}
	g_assert_false(take_events(&fixture));
	end(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/watch/a scan finds messages, not other files", test_scan);
	g_test_add_func("/watch/a scan goes in steps", test_steps);
	g_test_add_func("/watch/arrivals are told as they come", test_events);
	g_test_add_func("/watch/a file that was only read is no event", test_reading_is_no_event);
	g_test_add_func("/watch/sub-directories are entered", test_split);
	g_test_add_func("/watch/new sub-directories are entered at once", test_new_subdirectory);
	g_test_add_func("/watch/globs are expanded at each scan", test_globs);
	g_test_add_func("/watch/a queue that is named twice is one", test_named_twice);
	g_test_add_func("/watch/queue directories come and go", test_come_and_go);
	g_test_add_func(
	    "/watch/a queue directory may go in the middle of a scan", test_gone_in_scan);
	g_test_add_func("/watch/lost events are told", test_overflow);
	return g_test_run();
}
