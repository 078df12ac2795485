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
#include <unistd.h>

#include "core/act/notice.h"
#include "core/act/submit.h"
#include "core/log/log.h"
#include "spool/durable.h"
#include "spool/error.h"
#include "spool/fd.h"

#define WAITING "outbox-"
#define SENDING "sending-outbox-"

struct outbox {
	json_t *items;
	int fd; /* -1: not stored */
	char name[64];
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

static bool
send_mail(const json_t *item)
{
	const json_t *list = json_object_get(item, "recipients");
	g_autofree const char **recipients = g_new0(const char *, json_array_size(list) + 1);
	g_autoptr(GError) error = NULL;

	for (size_t i = 0; i < json_array_size(list); i++)
		recipients[i] = json_string_value(json_array_get(list, i));
	if (submit_mail(text_of(item, "command"), text_of(item, "sender"), recipients,
		text_of(item, "text"), &error))
		return true;
	log_message(LOG_WARNING, text_of(item, "id"), "%s: the %s can't be sent: %s",
	    text_of(item, "id"), text_of(item, "what"), error->message);
	return false;
}

static unsigned
send_items(const json_t *items, outbox_gone *gone, void *data, struct outbox_counts *counts)
{
	json_t *notices = json_array();
	unsigned sent = 0, i;
	const json_t *item;

	for (i = 0; i < json_array_size(items); i++) {
		item = json_array_get(items, i);
		if (!gone(text_of(item, "directory"), text_of(item, "id"), data))
			continue;
		if (strcmp(text_of(item, "kind"), "notice") == 0) {
			json_array_append(notices, (json_t *)item);
		} else if (send_mail(item)) {
			sent++;
			counts->warnings += strcmp(text_of(item, "what"), "sender warning") == 0;
		}
	}
	sent += notice_send(notices, &counts->notices);
	json_decref(notices);
	return sent;
}

/* From here on nobody sends it again. */
static bool
mark_sending(int state, const char *name, char *sending, size_t size)
{
	g_snprintf(sending, (gulong)size, "sending-%s", name);
	if (renameat(state, name, state, sending) == 0 && durable_sync_directory(state))
		return true;
	log_line(LOG_ERR, "%s: its mails stay unsent: rename: %s", name, g_strerror(errno));
	return false;
}

void
outbox_send(
    struct outbox *outbox, int state, outbox_gone *gone, void *data, struct outbox_counts *counts)
{
	char sending[sizeof(outbox->name) + sizeof(SENDING)];

	*counts = (struct outbox_counts){ 0 };
	if (outbox->fd < 0)
		return;
	if (mark_sending(state, outbox->name, sending, sizeof(sending))) {
		send_items(outbox->items, gone, data, counts);
		unlinkat(state, sending, 0);
	}
	close(outbox->fd);
	outbox->fd = -1;
	json_array_clear(outbox->items);
}

static unsigned
recover_file(int state, const char *name, outbox_gone *gone, void *data)
{
	autofd fd = openat(state, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	char sending[300];
	unsigned sent = 0;

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0)
		return 0;
	g_autoptr(GBytes) bytes = durable_read(fd);
	json_t *items = bytes != NULL ? json_loadb(g_bytes_get_data(bytes, NULL),
					    g_bytes_get_size(bytes), 0, NULL)
				      : NULL;
	/* A file that is cut short was written by a batch that was never handed over. */
	if (items == NULL) {
		unlinkat(state, name, 0);
	} else if (mark_sending(state, name, sending, sizeof(sending))) {
		struct outbox_counts counts = { 0 };

		sent = send_items(items, gone, data, &counts);
		unlinkat(state, sending, 0);
	}
	json_decref(items);
	return sent;
}

unsigned
outbox_recover(int state, outbox_gone *gone, void *data)
{
	autofd copy = openat(state, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = copy >= 0 ? fdopendir(dup(copy)) : NULL;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	unsigned sent = 0;

	if (directory == NULL)
		return 0;
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
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
	for (unsigned i = 0; i < names->len; i++)
		sent += recover_file(state, g_ptr_array_index(names, i), gone, data);
	return sent;
}
