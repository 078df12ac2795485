/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file is written once and read only after a crash. Its lock says that its writer still lives; its name says how far it came:
 * "outbox-" before anything was given away, "sending-outbox-" from then on.
 */
#include "core/act/outbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/act/notice.h"
#include "core/act/submit.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "spool/durable.h"
#include "spool/error.h"
#include "spool/fd.h"

#define WAITING "outbox-"
#define SENDING "sending-outbox-"
/* An empty file that is older was left by a crash. */
#define MAKING_SECONDS 60

struct outbox {
	json_t *items;
	int fd; /* -1: not stored */
	char name[300];
};

struct outbox *
outbox_new(void)
{
	struct outbox *outbox = g_new0(struct outbox, 1);

	outbox->items = json_array();
	outbox->fd = -1;
	return outbox;
}

void
outbox_free(struct outbox *outbox)
{
	json_decref(outbox->items);
	if (outbox->fd >= 0)
		close(outbox->fd);
	g_free(outbox);
}

void
outbox_add(struct outbox *outbox, json_t *item)
{
	if (item != NULL)
		json_array_append_new(outbox->items, item);
}

static bool
write_items(struct outbox *outbox, int state, GError **error)
{
	char *text = json_dumps(outbox->items, JSON_COMPACT);
	bool done = text != NULL && flock(outbox->fd, LOCK_EX | LOCK_NB) == 0 &&
		    durable_write(outbox->fd, text, strlen(text), 0) && durable_sync(outbox->fd) &&
		    durable_sync_directory(state);

	free(text);
	return done || spool_fail(error, SPOOL_ERROR_IO, "write %s", outbox->name);
}

bool
outbox_store(struct outbox *outbox, int state, GError **error)
{
	static unsigned number;

	if (json_array_size(outbox->items) == 0)
		return true;
	g_snprintf(outbox->name, sizeof(outbox->name), WAITING "%ld-%" G_GINT64_FORMAT "-%u",
	    (long)getpid(), g_get_real_time(), ++number);
	outbox->fd = openat(state, outbox->name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (outbox->fd < 0)
		return spool_fail(error, SPOOL_ERROR_IO, "create %s", outbox->name);
	if (write_items(outbox, state, error))
		return true;
	unlinkat(state, outbox->name, 0);
	close(outbox->fd);
	outbox->fd = -1;
	return false;
}

bool
outbox_is_stored(const struct outbox *outbox)
{
	return outbox->fd >= 0;
}

static const char *
text_of(const json_t *item, const char *key)
{
	const char *text = json_string_value(json_object_get(item, key));

	return text != NULL ? text : "";
}

/* Seconds until what has failed so often is tried again. */
static gint64
delay_after(json_int_t tries)
{
	gint64 interval = CLAMP(queue_scan_interval_for(NULL), 1, 3600);

	return interval << CLAMP(tries - 1, 0, OUTBOX_TRIES);
}

/* False when it is to be tried again. */
static bool
send_mail(json_t *item, bool *sent)
{
	const json_t *list = json_object_get(item, "recipients");
	g_autofree const char **recipients = g_new0(const char *, json_array_size(list) + 1);
	g_autoptr(GError) error = NULL;

	for (size_t i = 0; i < json_array_size(list); i++)
		recipients[i] = json_string_value(json_array_get(list, i));
	*sent = submit_mail(text_of(item, "command"), text_of(item, "sender"), recipients,
	    text_of(item, "text"), &error);
	if (*sent)
		return true;
	json_int_t tries = json_integer_value(json_object_get(item, "tries")) + 1;
	bool last = tries >= OUTBOX_TRIES || submit_may_have_gone(error);

	json_object_set_new(item, "tries", json_integer(tries));
	g_autofree char *next =
	    last ? g_strdup("given up")
		 : g_strdup_printf("tried again after %" G_GINT64_FORMAT " s", delay_after(tries));
	log_message(last ? LOG_ERR : LOG_WARNING, text_of(item, "id"),
	    "%s: the %s can't be sent: %s; it is %s", text_of(item, "id"), text_of(item, "what"),
	    error->message, next);
	return last;
}

/* What is to be tried again goes into `later`. */
static unsigned
send_items(const json_t *items, struct outbox *later, struct outbox_counts *counts)
{
	json_t *notices = json_array();
	unsigned sent = 0;

	for (size_t i = 0; i < json_array_size(items); i++) {
		json_t *item = json_array_get(items, i);
		bool done;

		if (strcmp(text_of(item, "kind"), "notice") == 0) {
			json_array_append(notices, item);
			continue;
		}
		if (!send_mail(item, &done))
			json_array_append(later->items, item);
		sent += done;
		counts->warnings += done && strcmp(text_of(item, "what"), "sender warning") == 0;
	}
	sent += notice_send(notices, &counts->notices);
	json_decref(notices);
	return sent;
}

/* From here on nobody sends it again. */
static bool
mark_sending(struct outbox *outbox, int state)
{
	g_autofree char *sending = g_strconcat("sending-", outbox->name, NULL);

	if (renameat(state, outbox->name, state, sending) == 0 && durable_sync_directory(state)) {
		g_strlcpy(outbox->name, sending, sizeof(outbox->name));
		return true;
	}
	log_line(LOG_ERR, "%s: its mails stay unsent: rename: %s", outbox->name, g_strerror(errno));
	return false;
}

/* Leaves in the outbox what is to be sent, and in `later` what is to be kept. */
static void
sort_items(struct outbox *outbox, struct outbox *later, outbox_judge *judge, void *data)
{
	json_t *all = outbox->items;

	outbox->items = json_array();
	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *item = json_array_get(all, i);

		switch (judge(text_of(item, "directory"), text_of(item, "id"), data)) {
		case OUTBOX_FORGET:
			break;
		case OUTBOX_SEND:
			json_array_append(outbox->items, item);
			break;
		case OUTBOX_KEEP:
			json_array_append(later->items, item);
			break;
		}
	}
	json_decref(all);
}

/*
 * What is kept is stored only when the old file is out of the way: two files with the same mail would both be sent. In between a
 * crash leaves the old one for people.
 */
static bool
make_ready(struct outbox *outbox, int state, outbox_judge *judge, void *data)
{
	struct outbox *later = outbox_new();
	g_autoptr(GError) error = NULL;

	sort_items(outbox, later, judge, data);
	bool ready = mark_sending(outbox, state);

	if (ready && !outbox_store(later, state, &error))
		log_line(LOG_ERR,
		    "mails about messages that could not be moved yet can't be sent later: %s",
		    error->message);
	outbox_free(later);
	return ready;
}

/* Says when a file is due: as soon as one of its mails is. One that can't say it is due at once. */
static void
put_off(const struct outbox *outbox)
{
	json_int_t tries = OUTBOX_TRIES;

	for (size_t i = 0; i < json_array_size(outbox->items); i++)
		tries = MIN(tries,
		    json_integer_value(json_object_get(json_array_get(outbox->items, i), "tries")));
	if (!outbox_is_stored(outbox))
		return;
	struct timespec when = { .tv_sec = time(NULL) + delay_after(tries) };
	if (futimens(outbox->fd, (struct timespec[]){ when, when }) != 0)
		log_line(LOG_WARNING, "%s: set time: %s", outbox->name, g_strerror(errno));
}

static unsigned
send_ready(const struct outbox *outbox, int state, struct outbox_counts *counts)
{
	struct outbox *later = outbox_new();
	g_autoptr(GError) error = NULL;
	unsigned sent = send_items(outbox->items, later, counts);

	/* Until what is to be tried again is on disk the old file stays, for people: it is never sent again. */
	if (outbox_store(later, state, &error)) {
		put_off(later);
		unlinkat(state, outbox->name, 0);
	} else
		log_line(LOG_ERR, "%s: mails in it can't be tried again: %s", outbox->name,
		    error->message);
	outbox_free(later);
	return sent;
}

void
outbox_send(
    struct outbox *outbox, int state, outbox_judge *judge, void *data, struct outbox_counts *counts)
{
	*counts = (struct outbox_counts){ 0 };
	if (outbox->fd < 0)
		return;
	if (make_ready(outbox, state, judge, data))
		send_ready(outbox, state, counts);
	close(outbox->fd);
	outbox->fd = -1;
	json_array_clear(outbox->items);
}

/* Its writer has made it, and may not have come to lock it: whoever is quicker would stop that. */
static bool
is_being_made(int fd)
{
	struct stat status;

	return fstat(fd, &status) != 0 ||
	       (status.st_size == 0 && status.st_mtim.tv_sec > time(NULL) - MAKING_SECONDS);
}

/* NULL when it is not for us now. */
static struct outbox *
take_file(int state, const char *name, outbox_judge *judge, void *data)
{
	autofd fd = openat(state, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || is_being_made(fd) || flock(fd, LOCK_EX | LOCK_NB) != 0)
		return NULL;
	g_autoptr(GBytes) bytes = durable_read(fd);
	json_t *items = bytes == NULL ? NULL
				      : json_loadb(g_bytes_get_data(bytes, NULL),
					    g_bytes_get_size(bytes), 0, NULL);
	if (items == NULL) {
		/* A file that is cut short was written by a batch that was never handed over. */
		if (bytes != NULL)
			unlinkat(state, name, 0);
		else
			log_line(LOG_ERR, "%s: its mails stay unsent: read: %s", name,
			    g_strerror(errno));
		return NULL;
	}
	struct outbox *outbox = outbox_new();

	json_decref(outbox->items);
	outbox->items = items;
	outbox->fd = fd_steal(&fd);
	g_strlcpy(outbox->name, name, sizeof(outbox->name));
	if (make_ready(outbox, state, judge, data))
		return outbox;
	outbox_free(outbox);
	return NULL;
}

static DIR *
open_directory(int state)
{
	autofd copy = openat(state, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = copy >= 0 ? fdopendir(copy) : NULL;

	if (directory != NULL)
		fd_steal(&copy);
	return directory;
}

static GPtrArray *
waiting_names(int state)
{
	DIR *directory = open_directory(state);
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	if (directory == NULL)
		return names;
	for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		if (g_str_has_prefix(entry->d_name, WAITING))
			g_ptr_array_add(names, g_strdup(entry->d_name));
		else if (g_str_has_prefix(entry->d_name, SENDING))
			log_line(LOG_WARNING,
			    "%s: some of the mails in it may not have been sent when a worker "
			    "ended; they are not sent again, remove the file when you have "
			    "looked at it",
			    entry->d_name);
	}
	closedir(directory);
	return names;
}

/* G_MAXINT64 where somebody has it in hands. */
static gint64
due_of(int state, const char *name)
{
	autofd fd = openat(state, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	struct stat status;

	if (fd < 0 || is_being_made(fd) || flock(fd, LOCK_EX | LOCK_NB) != 0 ||
	    fstat(fd, &status) != 0)
		return G_MAXINT64;
	return status.st_mtim.tv_sec;
}

gint64
outbox_due(int state)
{
	DIR *directory = open_directory(state);
	gint64 due = G_MAXINT64;

	if (directory == NULL)
		return due;
	for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		if (g_str_has_prefix(entry->d_name, WAITING))
			due = MIN(due, due_of(state, entry->d_name));
	}
	closedir(directory);
	return due;
}

GPtrArray *
outbox_take(int state, outbox_judge *judge, void *data)
{
	GPtrArray *taken = g_ptr_array_new_with_free_func((GDestroyNotify)outbox_free);
	g_autoptr(GPtrArray) names = waiting_names(state);

	for (unsigned i = 0; i < names->len; i++) {
		struct outbox *outbox = take_file(state, g_ptr_array_index(names, i), judge, data);

		if (outbox != NULL)
			g_ptr_array_add(taken, outbox);
	}
	return taken;
}

unsigned
outbox_send_taken(const GPtrArray *taken, int state)
{
	struct outbox_counts counts = { 0 };
	unsigned sent = 0;

	for (unsigned i = 0; i < taken->len; i++)
		sent += send_ready(g_ptr_array_index(taken, i), state, &counts);
	return sent;
}
