/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_PLACE_H
#define SPOOL_PLACE_H
/*
 * A queue directory that is held open. All file-system calls on queue files go through its
 * descriptor, so a queue that is renamed or mounted over can't be mixed up half-way.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Whether a queue directory has sub-directories for its messages: unknown until somebody looked. */
enum place_layout { PLACE_UNKNOWN, PLACE_FLAT, PLACE_SPLIT };

struct spool_place {
	char *path;
	int fd; /* open for reading, so that it may be synced */
	dev_t device;
	ino_t inode;
	uint64_t mount; /* through which the directory is reached; 0 where the kernel can't say */
	uid_t owner;
	gid_t group;
	enum place_layout layout; /* remembered by the queue format */
	GHashTable *children;	  /* by name, see spool_place_child(); NULL: none yet */
	int users;		  /* references */
};

/* Opens the directory. SPOOL_ERROR_IO when that fails. Release with spool_place_unref(). */
struct spool_place *spool_place_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for a directory that is open already; `fd` is taken over, closed on failure. */
struct spool_place *spool_place_take(
    const char *path, int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;
struct spool_place *spool_place_ref(struct spool_place *place);
void spool_place_unref(struct spool_place *place);

/* True when files can be renamed from one to the other. */
bool spool_place_same_file_system(const struct spool_place *a, const struct spool_place *b);

/*
 * The sub-directory `name` of a split queue, opened once; borrowed from `place`. Where it is
 * missing it is made, durably, with mode 0750 and the owner and group of `like`; with `like` NULL
 * that is SPOOL_ERROR_IO, as is everything else that goes wrong.
 */
struct spool_place *spool_place_child(struct spool_place *place, const char *name,
    const struct spool_place *like, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Places by path, each opened once: a worker keeps one. spool_places_get() returns a borrowed
 * place, SPOOL_ERROR_IO when the directory can't be opened.
 */
struct spool_places;
struct spool_places *spool_places_new(void);
void spool_places_free(struct spool_places *places);
struct spool_place *spool_places_get(
    struct spool_places *places, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/*
 * Forgets the directories that their path doesn't lead to any more (renamed, removed, mounted over);
 * one with such a sub-directory too. What was borrowed is void: to be called between batches.
 */
void spool_places_refresh(struct spool_places *places);

#endif
