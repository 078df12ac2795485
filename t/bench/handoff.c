/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hand-off alone: what spool/handoff.h costs when nothing else is done with the messages than
 * what the bare mover does (t/bench/mover.c).
 *
 * usage: handoff INCOMING OUTGOING STATE file|system THREADS BATCH
 *
 * "file" syncs each patched file, "system" the file system once a batch.
 */
#include "spool/handoff.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "spool/lock.h"
#include "t/bench/measure.h"

#define ADDED "021  X-Moved: by mover\n"

struct run {
	const char *in, *out, *state;
	enum handoff_sync sync;
	guint batch;
	GPtrArray *ids;
	gint next, workers; /* atomic */
};

/* What one thread holds open. */
struct worker {
	struct spool_place *in, *out, *state;
	struct journal *journal;
	GArray *fds; /* of the messages of this batch: their locks */
};

static void
check(bool fine, GError *error)
{
	if (fine)
		return;
	fprintf(stderr, "handoff: %s\n", error->message);
	exit(EX_OSERR);
}

static struct spool_place *
place_of(const char *path)
{
	GError *error = NULL;
	struct spool_place *place = spool_place_open(path, &error);

	check(place != NULL, error);
	return place;
}

/* Opens a file of the batch and reads it, with room for one more header. */
static GString *
take(struct worker *worker, const char *name, struct stat *st, int *fd)
{
	*fd = openat(worker->in->fd, name, O_RDWR | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, st) != 0)
		measure_fail(name);
	GString *text = g_string_sized_new((gsize)st->st_size + sizeof ADDED);

	g_string_set_size(text, (gsize)st->st_size);
	if (read(*fd, text->str, text->len) != (ssize_t)text->len)
		measure_fail(name);
	g_array_append_val(worker->fds, *fd);
	return text;
}

static void
plan(struct worker *worker, struct handoff *handoff, const char *id)
{
	g_autofree char *control = g_strconcat(id, "-H", NULL);
	g_autofree char *data = g_strconcat(id, "-D", NULL);
	struct stat data_st, control_st;
	GError *error = NULL;
	int data_fd, control_fd;

	g_string_free(take(worker, data, &data_st, &data_fd), TRUE);
	check(lock_take(data_fd, data, &error), error);
	GString *headers = take(worker, control, &control_st, &control_fd);

	g_string_append(headers, ADDED);
	g_autoptr(GBytes) content = g_string_free_to_bytes(headers);

	handoff_begin(handoff, id, worker->in, data);
	handoff_patch(handoff, worker->in, control, control_fd, control_st.st_ino, content);
	handoff_rename(handoff, worker->in, data, worker->out, data, data_st.st_ino);
	handoff_rename(handoff, worker->in, control, worker->out, control, control_st.st_ino);
}

static void
close_fd(gpointer fd)
{
	close(*(int *)fd);
}

static void
hand_over(struct worker *worker, const struct run *run, guint from, guint to)
{
	struct handoff *handoff = handoff_new(worker->journal, run->sync);
	g_autoptr(GPtrArray) refused = NULL, pending = NULL;
	GError *error = NULL;

	for (guint i = from; i < to; i++)
		plan(worker, handoff, g_ptr_array_index(run->ids, i));
	check(handoff_commit(handoff, &refused, &pending, &error), error);
	if (refused->len + pending->len > 0)
		fprintf(stderr, "handoff: %u refused, %u pending\n", refused->len, pending->len);
	handoff_free(handoff);
	g_array_set_size(worker->fds, 0);
}

static gpointer
work(gpointer data)
{
	struct run *run = data;
	g_autofree char *name = g_strdup_printf("w%d", g_atomic_int_add(&run->workers, 1));
	GError *error = NULL;
	struct worker worker = { .in = place_of(run->in),
		.out = place_of(run->out),
		.state = place_of(run->state),
		.fds = g_array_new(FALSE, FALSE, sizeof(int)) };
	guint from;

	g_array_set_clear_func(worker.fds, close_fd);
	worker.journal = journal_open(worker.state, name, &error);
	check(worker.journal != NULL, error);
	while ((from = (guint)g_atomic_int_add(&run->next, (gint)run->batch)) < run->ids->len)
		hand_over(&worker, run, from, MIN(from + run->batch, run->ids->len));
	journal_close(worker.journal);
	g_array_unref(worker.fds);
	spool_place_unref(worker.in);
	spool_place_unref(worker.out);
	spool_place_unref(worker.state);
	return NULL;
}

int
main(int argc, char **argv)
{
	if (argc != 7) {
		fprintf(
		    stderr, "usage: handoff INCOMING OUTGOING STATE file|system THREADS BATCH\n");
		return EX_USAGE;
	}
	struct run run = { .in = argv[1],
		.out = argv[2],
		.state = argv[3],
		.sync = g_str_equal(argv[4], "file") ? HANDOFF_SYNC_FILE : HANDOFF_SYNC_FILE_SYSTEM,
		.batch = (guint)MAX(atoi(argv[6]), 1),
		.ids = measure_ids(argv[1]) };

	measure_threads(work, &run, (guint)atoi(argv[5]), run.ids->len);
	g_ptr_array_unref(run.ids);
	return 0;
}
