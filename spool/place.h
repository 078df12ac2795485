/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_PLACE_H
#define SPOOL_PLACE_H
/*
 * A queue directory that is held open. All file-system calls on queue files go through its
 * descriptor, so a queue that is renamed or mounted over can't be mixed up half-way.
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

struct spool_place {
	char *path;
	int fd; /* opened O_DIRECTORY | O_PATH-free: may be synced */
	dev_t device;
	int users; /* references */
};

/* Opens the directory. SPOOL_ERROR_IO when that fails. Release with spool_place_unref(). */
struct spool_place *spool_place_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
struct spool_place *spool_place_ref(struct spool_place *place);
void spool_place_unref(struct spool_place *place);

/*
 * Places by path, each opened once: a worker keeps one. spool_places_get() returns a borrowed
 * place, SPOOL_ERROR_IO when the directory can't be opened.
 */
struct spool_places;
struct spool_places *spool_places_new(void);
void spool_places_free(struct spool_places *places);
struct spool_place *spool_places_get(
    struct spool_places *places, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
