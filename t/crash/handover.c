/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hands over a queue with nothing but spool/: recovery, claim, read, one header, deliver or drop,
 * commit. So the hand-off is put to the proof by itself, with bodies that are replaced: short ones in place.
 *
 * usage: handover file|filesystem LIST DISK
 *
 * LIST is that of t/crash/check.c; DISK holds "in", "out" and "state". Exit status 75 when
 * something had to stay.
 */
#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/error.h"
#include "spool/fd.h"
#include "spool/handoff.h"
#include "spool/spool.h"

#define BATCH 5
#define TAIL_MAX (32 * 1024)

struct errand {
	const char *id;
	const char *fate;
	const char *edited; /* path of the file with the new -D */
};

static int
trouble(const char *what, const GError *error)
{
	fprintf(
	    stderr, "handover: %s: %s\n", what, error != NULL ? error->message : "not done yet");
	return EX_TEMPFAIL;
}

/* The new body behind the first line of `path`. */
static GString *
read_body(const char *path)
{
	g_autofree char *whole = NULL;
	gsize length;

	if (!g_file_get_contents(path, &whole, &length, NULL))
		return NULL;
	const char *body = strchr(whole, '\n') + 1;

	return g_string_new_len(body, (gssize)(length - (size_t)(body - whole)));
}

static bool
give_body(const void *body, spool_take take, void *data, GError **error)
{
	const GString *text = body;

	return take(data, text->str, text->len, error);
}

/* The new body as a patch of the old, where it is short; NULL where it is not. */
static GBytes *
tail_of(const struct spool_entry *entry, const GString *body, uint64_t *same)
{
	g_autofree char *old = g_malloc(entry->body_size + 1);
	ssize_t old_size = pread(entry->body_fd, old, entry->body_size, entry->body_offset);

	*same = 0;
	if (body->len >= TAIL_MAX || old_size != (ssize_t)entry->body_size)
		return NULL;
	while (*same < MIN(body->len, (gsize)old_size) && old[*same] == body->str[*same])
		(*same)++;
	return g_bytes_new(body->str + *same, body->len - *same);
}

/* Adds one message to the hand-off. */
static bool
hand_over(struct spool_entry *entry, const struct errand *errand, struct spool_place *out,
    struct handoff *handoff, GError **error)
{
	struct spool_delivery delivery = { .to = out, .layout = SPOOL_DETECT };
	g_autoptr(GString) body = NULL;
	g_autoptr(GBytes) tail = NULL;

	if (!spool_exim.read(entry, error))
		return false;
	delivery.untouched = strcmp(errand->fate, "untouched") == 0;
	if (strcmp(errand->fate, "edited") == 0)
		body = read_body(errand->edited);
	if (body != NULL) {
		delivery.new_body = give_body;
		delivery.body = body;
		delivery.new_tail = tail = tail_of(entry, body, &delivery.same);
	}
	header_list_add(entry->headers, "X-Example-MailScanner", "Found to be clean", HEADER_TOP);
	spool_entry_begin(entry, handoff);
	if (strcmp(errand->fate, "drop") == 0) {
		spool_exim.drop(entry, handoff);
		return true;
	}
	if (spool_exim.deliver(entry, &delivery, handoff, error))
		return true;
	handoff_abandon(handoff);
	return false;
}

/* Claims an entry wherever in the incoming queue it lies. */
static struct spool_entry *
claim(struct spool_places *places, const char *disk, const char *id, GError **error)
{
	g_autofree char *flat = g_build_filename(disk, "in", NULL);
	g_autofree char *split = g_strdup_printf("%s/%c", flat, id[5]);
	const char *path = g_file_test(split, G_FILE_TEST_IS_DIR) ? split : flat;
	struct spool_place *place = spool_places_get(places, path, error);

	return place != NULL ? spool_exim.claim(place, id, error) : NULL;
}

static int
run_batch(GArray *errands, guint from, const char *disk, struct spool_places *places,
    struct journal *journal, enum handoff_sync sync)
{
	g_autofree char *out_path = g_build_filename(disk, "out", NULL);
	g_autoptr(GPtrArray) entries =
	    g_ptr_array_new_with_free_func((GDestroyNotify)spool_entry_free);
	g_autoptr(GPtrArray) refused = NULL, pending = NULL;
	g_autoptr(GError) error = NULL;
	struct spool_place *out = spool_places_get(places, out_path, &error);
	int status = EX_OK;

	if (out == NULL)
		return trouble("out", error);
	struct handoff *handoff = handoff_new(journal, sync);
	for (guint i = from; i < errands->len && i < from + BATCH; i++) {
		const struct errand *errand = &g_array_index(errands, struct errand, i);
		g_autoptr(GError) mishap = NULL;
		struct spool_entry *entry = claim(places, disk, errand->id, &mishap);

		if (entry != NULL)
			g_ptr_array_add(entries, entry);
		if (entry == NULL && g_error_matches(mishap, SPOOL_ERROR, SPOOL_ERROR_GONE))
			continue;
		if (entry == NULL || !hand_over(entry, errand, out, handoff, &mishap))
			status = trouble(errand->id, mishap);
	}
	if (!handoff_commit(handoff, &refused, &pending, &error))
		status = trouble("commit", error);
	else if (refused->len + pending->len > 0)
		status = trouble("commit", NULL);
	handoff_free(handoff);
	return status;
}

static GArray *
read_list(char *list, const char *directory)
{
	GArray *errands = g_array_new(FALSE, FALSE, sizeof(struct errand));

	for (char *line = strtok(list, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		char *fate = strchr(line, ' ');

		if (fate == NULL || strcmp(fate, " keep") == 0)
			continue;
		*fate = '\0';
		struct errand errand = { line, fate + 1,
			g_strdup_printf("%s/%s.edited", directory, line) };
		g_array_append_val(errands, errand);
	}
	return errands;
}

/* Removes bodies that were prepared for a batch which came to nothing, those of this second too. */
static bool
sweep(struct spool_place *state, const char *disk, GError **error)
{
	g_autofree char *path = g_build_filename(disk, "out", NULL);
	struct spool_place *out = spool_place_open(path, error);
	bool swept = out != NULL && handoff_sweep(state, out, -1, error);

	if (out != NULL)
		spool_place_unref(out);
	return swept;
}

int
main(int argc, char **argv)
{
	g_autofree char *list = NULL;
	g_autoptr(GPtrArray) pending = NULL;
	g_autoptr(GError) error = NULL;

	if (argc != 4 || !g_file_get_contents(argv[2], &list, NULL, NULL))
		return EX_USAGE;
	enum handoff_sync sync =
	    strcmp(argv[1], "file") == 0 ? HANDOFF_SYNC_FILE : HANDOFF_SYNC_FILE_SYSTEM;
	g_autofree char *directory = g_path_get_dirname(argv[2]);
	g_autofree char *state_path = g_build_filename(argv[3], "state", NULL);
	struct spool_place *state = spool_place_open(state_path, &error);
	if (state == NULL || !handoff_recover(state, sync, NULL, &pending, &error) ||
	    pending->len > 0 || !sweep(state, argv[3], &error))
		return trouble("recovery", error);
	struct journal *journal = journal_open(state, "worker-0", &error);
	if (journal == NULL)
		return trouble("journal", error);

	struct spool_places *places = spool_places_new();
	g_autoptr(GArray) errands = read_list(list, directory);
	int status = EX_OK;
	for (guint from = 0; from < errands->len && status == EX_OK; from += BATCH)
		status = run_batch(errands, from, argv[3], places, journal, sync);
	journal_close(journal);
	spool_places_free(places);
	spool_place_unref(state);
	return status;
}
