/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The note of what a worker has in hand is written but not synced: it is for a supervisor that was killed, which the
 * page cache survives. After a power cut it may be old or empty; then those messages are simply taken as new.
 */
#include "core/engine/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/engine/worker.h"
#include "spool/fd.h"

struct slot *
slot_new(unsigned number)
{
	struct slot *slot = g_new0(struct slot, 1);

	slot->number = number;
	slot->socket = -1;
	slot->board = mmap(
	    NULL, sizeof *slot->board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (slot->board == MAP_FAILED)
		g_error("no memory for a worker's board");
	board_note(slot->board, "starting", BOARD_NOTHING);
	return slot;
}

void
slot_free(struct slot *slot)
{
	fd_close(&slot->socket);
	munmap(slot->board, sizeof *slot->board);
	if (slot->job != NULL)
		g_ptr_array_unref(slot->job);
	g_free(slot);
}

bool
slot_start(struct slot *slot, const struct spool_format *format, struct spool_place *state,
    void (*in_child)(void *), void *data)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	board_note(slot->board, "starting", BOARD_NOTHING);
	slot->board->function[0] = '\0';
	pid_t supervisor = getpid();
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		in_child(data);
		_exit(worker_run(ends[1], slot->board, format, state, slot->number, supervisor));
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return false;
	}
	slot->retiring = false;
	slot->pid = pid;
	slot->socket = ends[0];
	slot->born = g_get_monotonic_time();
	return true;
}

static char *
note_name(unsigned number)
{
	return g_strdup_printf("work-%u", number);
}

static void
write_note(const struct slot *slot, const struct spool_place *state)
{
	g_autofree char *name = note_name(slot->number);
	g_autoptr(GString) text = g_string_new(NULL);
	autofd fd = openat(state->fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	for (unsigned i = 0; i < slot->job->len; i++) {
		const struct item *item = g_ptr_array_index(slot->job, i);
		g_autofree char *directory = g_strescape(item->directory, NULL);

		g_string_append_printf(
		    text, "%s\t%s%s\n", directory, item->id, item->alone ? "\talone" : "");
	}
	/* The empty line ends it; what an earlier, longer note left behind that doesn't count. Truncating would cost a flush. */
	g_string_append_c(text, '\n');
	/* Without the note a message that kills its supervisor is not tried alone; nothing else is lost. */
	if (fd >= 0 && write(fd, text->str, text->len) < 0)
		errno = 0;
}

void
slot_give(struct slot *slot, GPtrArray *items, unsigned waiting, unsigned most_attempts,
    struct spool_place *state)
{
	struct job *job = job_new(waiting);

	for (unsigned i = 0; i < items->len; i++) {
		const struct item *item = g_ptr_array_index(items, i);
		bool give_up = most_attempts > 0 && item->attempts >= most_attempts;

		job_add(job, item->directory, item->id,
		    item->attempts > 0 ? item->attempts + !give_up : 0, give_up);
	}
	slot->job = items;
	slot->job_started = g_get_monotonic_time();
	write_note(slot, state);
	/* A worker that is gone shows as a child that ended; what it was given comes back then. */
	if (!frame_send(slot->socket, job_pack(job)))
		fd_close(&slot->socket);
	job_free(job);
}

void
slot_retire(struct slot *slot)
{
	slot->retiring = true;
	/* While a job is in hand the socket must stay open for the report. */
	if (slot->socket >= 0)
		shutdown(slot->socket, SHUT_WR);
	if (slot->job == NULL)
		fd_close(&slot->socket);
}

bool
slot_is_idle(const struct slot *slot)
{
	return slot->pid != 0 && slot->socket >= 0 && slot->job == NULL && !slot->waits_for_kick &&
	       !slot->retiring;
}

GPtrArray *
slot_bury(struct slot *slot)
{
	slot->pid = 0;
	slot->waits_for_kick = false;
	fd_close(&slot->socket);
	return g_steal_pointer(&slot->job);
}

static void
read_note(const char *path,
    void (*found)(const char *directory, const char *id, bool alone, void *data), void *data)
{
	g_autofree char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return;
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL && **line != '\0'; line++) {
		char *tab = strchr(*line, '\t');

		if (tab == NULL)
			continue;
		*tab = '\0';
		g_autofree char *directory = g_strcompress(*line);
		char *id = tab + 1, *mark = strchr(id, '\t');

		if (mark != NULL)
			*mark = '\0';
		found(directory, id, mark != NULL, data);
	}
}

static GPtrArray *
note_paths(struct spool_place *state)
{
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) directory = g_dir_open(state->path, 0, NULL);

	for (const char *name = directory != NULL ? g_dir_read_name(directory) : NULL; name != NULL;
	     name = g_dir_read_name(directory)) {
		if (g_str_has_prefix(name, "work-"))
			g_ptr_array_add(paths, g_build_filename(state->path, name, NULL));
	}
	return paths;
}

void
slot_read_notes(struct spool_place *state,
    void (*found)(const char *directory, const char *id, bool alone, void *data), void *data)
{
	g_autoptr(GPtrArray) paths = note_paths(state);

	for (unsigned i = 0; i < paths->len; i++)
		read_note(g_ptr_array_index(paths, i), found, data);
}

void
slot_clear_notes(struct spool_place *state)
{
	g_autoptr(GPtrArray) paths = note_paths(state);

	for (unsigned i = 0; i < paths->len; i++)
		unlink(g_ptr_array_index(paths, i));
}
