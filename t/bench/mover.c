/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bare mover that the program is measured against: what it costs to bring Exim messages from
 * one queue to another with one more header, durably, one by one, with nothing clever about it.
 *
 * usage: mover INCOMING OUTGOING THREADS
 *
 * For each message: lock -D, read both files, write a new -H beside the outgoing queue and sync it,
 * link -D, rename -H, sync the directory, unlink the old files.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>
#include "t/bench/measure.h"

#define ADDED "021  X-Moved: by mover\n"

struct mover {
	int in, out;
	GPtrArray *ids;
	gint next; /* atomic */
};

static GString *
read_file(int fd, const char *name)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		measure_fail(name);
	GString *text = g_string_sized_new((gsize)st.st_size + sizeof ADDED);

	g_string_set_size(text, (gsize)st.st_size);
	if (read(fd, text->str, text->len) != (ssize_t)text->len)
		measure_fail(name);
	return text;
}

static int
open_locked(int directory, const char *name)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = openat(directory, name, O_RDWR | O_CLOEXEC);

	if (fd < 0 || fcntl(fd, F_SETLK, &lock) != 0)
		measure_fail(name);
	return fd;
}

static void
write_synced(int directory, const char *name, const GString *text)
{
	int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

	if (fd < 0 || write(fd, text->str, text->len) != (ssize_t)text->len || fsync(fd) != 0 ||
	    close(fd) != 0)
		measure_fail(name);
}

static void
move(const struct mover *mover, const char *id)
{
	g_autofree char *control = g_strconcat(id, "-H", NULL);
	g_autofree char *data = g_strconcat(id, "-D", NULL);
	g_autofree char *temporary = g_strconcat(id, "-T", NULL);
	int data_fd = open_locked(mover->in, data);
	int control_fd = openat(mover->in, control, O_RDONLY | O_CLOEXEC);

	if (control_fd < 0)
		measure_fail(control);
	GString *body = read_file(data_fd, data);
	GString *headers = read_file(control_fd, control);

	g_string_append(headers, ADDED);
	write_synced(mover->out, temporary, headers);
	if (linkat(mover->in, data, mover->out, data, 0) != 0 ||
	    renameat(mover->out, temporary, mover->out, control) != 0 || fsync(mover->out) != 0 ||
	    unlinkat(mover->in, control, 0) != 0 || unlinkat(mover->in, data, 0) != 0)
		measure_fail(id);
	close(control_fd);
	close(data_fd);
	g_string_free(body, TRUE);
	g_string_free(headers, TRUE);
}

static gpointer
work(gpointer data)
{
	struct mover *mover = data;
	gint n;

	while ((n = g_atomic_int_add(&mover->next, 1)) < (gint)mover->ids->len)
		move(mover, g_ptr_array_index(mover->ids, (guint)n));
	return NULL;
}

int
main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: mover INCOMING OUTGOING THREADS\n");
		return EX_USAGE;
	}
	struct mover mover = { .in = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.out = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.ids = measure_ids(argv[1]) };

	if (mover.in < 0 || mover.out < 0)
		measure_fail(argv[1]);
	measure_threads(work, &mover, (guint)atoi(argv[3]), mover.ids->len);
	g_ptr_array_unref(mover.ids);
	return 0;
}
