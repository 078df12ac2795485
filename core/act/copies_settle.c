/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Contents to disk, names, names to disk: for all messages at once. What goes wrong with a file, a directory or a file system
 * counts for every message that has a copy there.
 *
 * Envelopes are written here, when it is known which messages share one (parts of a message that was split), and get their names
 * last: where an envelope is, the rest is there too.
 */
#include "core/act/copies.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/act/copies_internal.h"
#include "core/act/keep.h"
#include "core/act/keep_envelope.h"
#include "core/act/kept_envelope.h"
#include "rules/directives.h"
#include "spool/durable.h"
#include "spool/error.h"
#include "spool/fd.h"

#define ENVELOPE "envelope"
/* So few are synced by themselves: other programs' files are none of our business. */
#define FEW 2

/* One directory, for one message. */
struct job {
	struct message *message;
	struct copy_place *place;
	dev_t device;
};

struct shared_envelope {
	struct copy_place *place; /* of the first message that has it */
	GString *text;
	bool changed;	      /* else it stays as it is, and there is no file */
	struct keepfile file; /* closed */
};

struct settling {
	GArray *jobs;	      /* of struct job */
	GPtrArray *envelopes; /* of struct shared_envelope */
	GHashTable *errors;   /* struct message * -> GError *, why its copies are not kept */
};

static void
shared_envelope_free(void *data)
{
	struct shared_envelope *envelope = data;

	keepfile_clear(&envelope->file);
	g_string_free(envelope->text, TRUE);
	g_free(envelope);
}

static struct job *
job_at(const struct settling *settling, unsigned i)
{
	return &g_array_index(settling->jobs, struct job, i);
}

static struct shared_envelope *
envelope_at(const struct settling *settling, unsigned i)
{
	return g_ptr_array_index(settling->envelopes, i);
}

static bool
has_failed(const struct settling *settling, const struct job *job)
{
	return g_hash_table_contains(settling->errors, job->message);
}

/* The first reason counts. */
static void
fail(struct settling *settling, const struct job *job, const GError *error)
{
	if (!has_failed(settling, job))
		g_hash_table_insert(settling->errors, job->message, g_error_copy(error));
}

/* All that have an envelope there. */
static void
fail_path(struct settling *settling, const char *path, const GError *error)
{
	for (unsigned i = 0; i < settling->jobs->len; i++) {
		if (strcmp(job_at(settling, i)->place->path, path) == 0)
			fail(settling, job_at(settling, i), error);
	}
}

/* ---- what there is ---- */

static void
add_jobs(struct settling *settling, struct message *message)
{
	if (message->copies == NULL || message->fate.kind == FATE_LEAVE)
		return;
	for (unsigned i = 0; i < message->copies->len; i++) {
		struct job job = { message, g_ptr_array_index(message->copies, i), 0 };
		struct stat st;

		if (fstat(job.place->fd, &st) == 0)
			job.device = st.st_dev;
		g_array_append_val(settling->jobs, job);
	}
}

static struct shared_envelope *
envelope_of(const struct settling *settling, const char *path)
{
	for (unsigned i = 0; i < settling->envelopes->len; i++) {
		if (strcmp(envelope_at(settling, i)->place->path, path) == 0)
			return envelope_at(settling, i);
	}
	return NULL;
}

/* What the message has to say, beside what is said there already. */
static void
add_envelope(struct settling *settling, const struct job *job)
{
	g_autoptr(GString) text = keep_envelope_text(job->message);
	struct shared_envelope *envelope = envelope_of(settling, job->place->path);

	if (envelope == NULL) {
		g_autofree char *there = kept_lines_text(job->place->fd, ENVELOPE);

		envelope = g_new0(struct shared_envelope, 1);
		envelope->place = job->place;
		envelope->file.fd = -1;
		envelope->text = g_string_new(there);
		g_ptr_array_add(settling->envelopes, envelope);
	}
	envelope->changed |= keep_envelope_merge(envelope->text, text->str);
}

static void
write_envelope(struct settling *settling, struct shared_envelope *envelope)
{
	struct copy_place *place = envelope->place;
	g_autoptr(GError) error = NULL;

	if (!keepfile_create(&envelope->file, place->fd, &place->access, &error) ||
	    !keepfile_write(&envelope->file, envelope->text->str, envelope->text->len, &error))
		fail_path(settling, place->path, error);
	fd_close(&envelope->file.fd);
}

static void
write_envelopes(struct settling *settling)
{
	for (unsigned i = 0; i < settling->jobs->len; i++) {
		if (job_at(settling, i)->place->envelope)
			add_envelope(settling, job_at(settling, i));
	}
	for (unsigned i = 0; i < settling->envelopes->len; i++) {
		if (envelope_at(settling, i)->changed)
			write_envelope(settling, envelope_at(settling, i));
	}
}

/* ---- to disk ---- */

/* Local file systems that sync all they have when they are asked to. */
static bool
syncs_as_a_whole(int fd)
{
	static const uint32_t known[] = { 0xEF53 /* ext2, 3, 4 */, 0x58465342 /* xfs */,
		0x9123683E /* btrfs */, 0xF2F52010 /* f2fs */, 0x2FC12FC1 /* zfs */,
		0x01021994 /* tmpfs */ };
	struct statfs st;

	if (queue_sync_for(NULL) == WORD_file || fstatfs(fd, &st) != 0)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
		if ((uint32_t)st.f_type == known[i])
			return true;
	}
	return false;
}

static bool
sync_file(const struct keepfile *file, GError **error)
{
	autofd fd = openat(file->directory, file->temporary, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return (fd >= 0 && durable_sync(fd)) ||
	       spool_fail(error, SPOOL_ERROR_IO, "sync %s", file->temporary);
}

static bool
sync_contents(const struct settling *settling, const struct job *job, GError **error)
{
	const struct shared_envelope *envelope = envelope_of(settling, job->place->path);

	for (unsigned i = 0; i < job->place->files->len; i++) {
		const struct copy *copy = g_ptr_array_index(job->place->files, i);

		if (!sync_file(&copy->file, error))
			return false;
	}
	return envelope == NULL || !envelope->changed || sync_file(&envelope->file, error);
}

static bool
sync_names(G_GNUC_UNUSED const struct settling *settling, const struct job *job, GError **error)
{
	return keepfile_sync_directory(job->place->fd, job->place->path, error) &&
	       keepfile_sync_directory(job->place->parent, job->place->path, error);
}

typedef bool sync_job(const struct settling *settling, const struct job *job, GError **error);

/* With its envelope. */
static unsigned
files_of(const struct job *job)
{
	return job->place->files->len + job->place->envelope;
}

/* All jobs on the device of job `first`. */
static void
sync_device(struct settling *settling, unsigned first, sync_job *sync)
{
	dev_t device = job_at(settling, first)->device;
	unsigned count = 0;
	bool whole = false, done = false;
	g_autoptr(GError) error = NULL;

	for (unsigned i = first; i < settling->jobs->len; i++)
		count += job_at(settling, i)->device == device ? files_of(job_at(settling, i)) : 0;
	whole = count > FEW && syncs_as_a_whole(job_at(settling, first)->place->fd);
	if (whole)
		done = durable_sync_file_system(job_at(settling, first)->place->fd) ||
		       spool_fail(&error, SPOOL_ERROR_IO, "sync the file system of %s",
			   job_at(settling, first)->place->path);
	for (unsigned i = first; i < settling->jobs->len; i++) {
		const struct job *job = job_at(settling, i);

		if (job->device != device || has_failed(settling, job))
			continue;
		if (!whole)
			done = sync(settling, job, &error);
		if (!done)
			fail(settling, job, error);
		if (!whole)
			g_clear_error(&error);
	}
}

static void
sync_all(struct settling *settling, sync_job *sync)
{
	for (unsigned i = 0; i < settling->jobs->len; i++) {
		unsigned before = 0;

		while (
		    before < i && job_at(settling, before)->device != job_at(settling, i)->device)
			before++;
		if (before == i)
			sync_device(settling, i, sync);
	}
}

/* ---- names ---- */

static void
give_names(struct settling *settling, const struct job *job)
{
	g_autoptr(GError) error = NULL;

	for (unsigned i = 0; i < job->place->files->len && error == NULL; i++) {
		struct copy *copy = g_ptr_array_index(job->place->files, i);

		if (!keep_name(&copy->file, copy->name, &error))
			fail(settling, job, error);
	}
}

/* Is it needed, and on disk? A message that had a part in it and failed stays in its queue, so a line too much does no harm. */
static bool
is_sound(const struct settling *settling, const struct shared_envelope *envelope)
{
	for (unsigned i = 0; i < settling->jobs->len; i++) {
		const struct job *job = job_at(settling, i);

		if (!has_failed(settling, job) &&
		    strcmp(job->place->path, envelope->place->path) == 0)
			return envelope->changed;
	}
	return false;
}

static void
name_envelope(struct settling *settling, struct shared_envelope *envelope)
{
	g_autoptr(GError) error = NULL;

	if (unlinkat(envelope->place->fd, ENVELOPE, 0) != 0 && errno != ENOENT)
		spool_fail(&error, SPOOL_ERROR_IO, "replace %s", ENVELOPE);
	else
		(void)!keep_name(&envelope->file, ENVELOPE, &error);
	if (error != NULL)
		fail_path(settling, envelope->place->path, error);
}

static void
name_all(struct settling *settling)
{
	for (unsigned i = 0; i < settling->jobs->len; i++) {
		if (!has_failed(settling, job_at(settling, i)))
			give_names(settling, job_at(settling, i));
	}
	for (unsigned i = 0; i < settling->envelopes->len; i++) {
		struct shared_envelope *envelope = envelope_at(settling, i);

		if (is_sound(settling, envelope))
			name_envelope(settling, envelope);
	}
}

/* ---- */

static void
tell_failures(const struct settling *settling, copies_failed *failed)
{
	GHashTableIter iter;
	void *message, *error;

	g_hash_table_iter_init(&iter, settling->errors);
	while (g_hash_table_iter_next(&iter, &message, &error))
		failed(message, error);
}

void
copies_settle(const GPtrArray *messages, copies_failed *failed)
{
	struct settling settling = {
		.jobs = g_array_new(FALSE, FALSE, sizeof(struct job)),
		.envelopes = g_ptr_array_new_with_free_func(shared_envelope_free),
		.errors = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_error_free),
	};

	for (unsigned i = 0; i < messages->len; i++)
		add_jobs(&settling, g_ptr_array_index(messages, i));
	write_envelopes(&settling);
	sync_all(&settling, sync_contents);
	name_all(&settling);
	sync_all(&settling, sync_names);
	tell_failures(&settling, failed);
	/* What was not given its name is removed. */
	g_ptr_array_unref(settling.envelopes);
	for (unsigned i = 0; i < settling.jobs->len; i++)
		g_clear_pointer(&job_at(&settling, i)->message->copies, g_ptr_array_unref);
	g_array_unref(settling.jobs);
	g_hash_table_unref(settling.errors);
}
