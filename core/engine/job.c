/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GVariant carries the frames because its reader is safe with any bytes: a worker that went mad can't harm its supervisor.
 */
#include "core/engine/job.h"

#include <errno.h>
#include <unistd.h>

#define FRAME_MAX (64u << 20)

static void
job_item_free(void *data)
{
	struct job_item *item = data;

	g_free(item->id);
	g_free(item);
}

static void
report_item_free(void *data)
{
	struct report_item *item = data;

	g_free(item->why);
	g_free(item);
}

static void
kick_free(void *data)
{
	struct kick *kick = data;

	g_free(kick->command);
	g_free(kick->queue);
	g_ptr_array_unref(kick->ids);
	g_free(kick);
}

struct job *
job_new(unsigned waiting)
{
	struct job *job = g_new0(struct job, 1);

	job->waiting = waiting;
	job->items = g_ptr_array_new_with_free_func(job_item_free);
	return job;
}

void
job_free(struct job *job)
{
	if (job == NULL)
		return;
	g_ptr_array_unref(job->items);
	g_free(job);
}

void
job_add(struct job *job, const char *directory, const char *id, unsigned attempt, bool give_up)
{
	struct job_item *item = g_new0(struct job_item, 1);

	item->directory = g_intern_string(directory);
	item->id = g_strdup(id);
	item->attempt = attempt;
	item->give_up = give_up;
	g_ptr_array_add(job->items, item);
}

struct report *
report_new(unsigned items)
{
	struct report *report = g_new0(struct report, 1);

	report->items = g_ptr_array_new_with_free_func(report_item_free);
	report->kicks = g_ptr_array_new_with_free_func(kick_free);
	for (unsigned i = 0; i < items; i++)
		g_ptr_array_add(report->items, g_new0(struct report_item, 1));
	return report;
}

void
report_free(struct report *report)
{
	if (report == NULL)
		return;
	g_ptr_array_unref(report->items);
	g_ptr_array_unref(report->kicks);
	g_free(report);
}

void
report_set(struct report *report, unsigned item, enum result result, const char *why)
{
	struct report_item *entry = g_ptr_array_index(report->items, item);

	entry->result = result;
	g_free(entry->why);
	entry->why = g_strdup(why);
}

struct kick *
report_kick(struct report *report, const char *command, const char *queue)
{
	for (unsigned i = 0; i < report->kicks->len; i++) {
		struct kick *kick = g_ptr_array_index(report->kicks, i);

		if (g_str_equal(kick->command, command) && g_str_equal(kick->queue, queue))
			return kick;
	}
	struct kick *kick = g_new0(struct kick, 1);

	kick->command = g_strdup(command);
	kick->queue = g_strdup(queue);
	kick->ids = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(report->kicks, kick);
	return kick;
}

/* Ids and directories are bytes of a file system, GVariant strings are UTF-8: escaped on the way. */
static char *
wire_text(const char *text)
{
	return g_strescape(text != NULL ? text : "", NULL);
}

GVariant *
job_pack(const struct job *job)
{
	GVariantBuilder items;

	g_variant_builder_init(&items, G_VARIANT_TYPE("a(ssub)"));
	for (unsigned i = 0; i < job->items->len; i++) {
		const struct job_item *item = g_ptr_array_index(job->items, i);
		g_autofree char *directory = wire_text(item->directory);
		g_autofree char *id = wire_text(item->id);

		g_variant_builder_add(
		    &items, "(ssub)", directory, id, item->attempt, (gboolean)item->give_up);
	}
	return g_variant_new(JOB_TYPE, job->waiting, &items);
}

struct job *
job_unpack(GVariant *packed)
{
	unsigned waiting;
	g_autoptr(GVariantIter) items = NULL;
	const char *directory, *id;
	unsigned attempt;
	gboolean give_up;

	g_variant_get(packed, JOB_TYPE, &waiting, &items);
	struct job *job = job_new(waiting);
	while (g_variant_iter_next(items, "(&s&sub)", &directory, &id, &attempt, &give_up)) {
		g_autofree char *plain_directory = g_strcompress(directory);
		g_autofree char *plain_id = g_strcompress(id);

		job_add(job, plain_directory, plain_id, attempt, give_up);
	}
	return job;
}

GVariant *
report_pack(const struct report *report)
{
	GVariantBuilder items, kicks;

	g_variant_builder_init(&items, G_VARIANT_TYPE("a(us)"));
	for (unsigned i = 0; i < report->items->len; i++) {
		const struct report_item *item = g_ptr_array_index(report->items, i);
		g_autofree char *why = wire_text(item->why);

		g_variant_builder_add(&items, "(us)", (guint32)item->result, why);
	}
	g_variant_builder_init(&kicks, G_VARIANT_TYPE("a(ssasb)"));
	for (unsigned i = 0; i < report->kicks->len; i++) {
		const struct kick *kick = g_ptr_array_index(report->kicks, i);
		GVariantBuilder ids;
		g_autofree char *command = wire_text(kick->command);
		g_autofree char *queue = wire_text(kick->queue);

		g_variant_builder_init(&ids, G_VARIANT_TYPE("as"));
		for (unsigned j = 0; j < kick->ids->len; j++) {
			g_autofree char *id = wire_text(g_ptr_array_index(kick->ids, j));

			g_variant_builder_add(&ids, "s", id);
		}
		g_variant_builder_add(
		    &kicks, "(ssasb)", command, queue, &ids, (gboolean)kick->wait);
	}
	return g_variant_new(REPORT_TYPE, &items, &kicks);
}

static void
unpack_kicks(struct report *report, GVariantIter *kicks)
{
	const char *command, *queue, *id;
	GVariantIter *ids;
	gboolean wait;

	while (g_variant_iter_next(kicks, "(&s&sasb)", &command, &queue, &ids, &wait)) {
		g_autofree char *plain_command = g_strcompress(command);
		g_autofree char *plain_queue = g_strcompress(queue);
		struct kick *kick = report_kick(report, plain_command, plain_queue);

		kick->wait = wait;
		while (g_variant_iter_next(ids, "&s", &id))
			g_ptr_array_add(kick->ids, g_strcompress(id));
		g_variant_iter_free(ids);
	}
}

struct report *
report_unpack(GVariant *packed)
{
	g_autoptr(GVariantIter) items = NULL;
	g_autoptr(GVariantIter) kicks = NULL;
	guint32 result;
	const char *why;

	g_variant_get(packed, REPORT_TYPE, &items, &kicks);
	struct report *report = report_new((unsigned)g_variant_iter_n_children(items));
	for (unsigned i = 0; g_variant_iter_next(items, "(u&s)", &result, &why); i++) {
		g_autofree char *plain = *why != '\0' ? g_strcompress(why) : NULL;

		report_set(report, i, MIN(result, RESULT_PENDING), plain);
	}
	unpack_kicks(report, kicks);
	return report;
}

static bool
write_all(int fd, const void *data, size_t length)
{
	for (const char *at = data; length > 0;) {
		ssize_t n = write(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		length -= (size_t)n;
	}
	return true;
}

static bool
read_all(int fd, void *data, size_t length)
{
	for (char *at = data; length > 0;) {
		ssize_t n = read(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		length -= (size_t)n;
	}
	return true;
}

bool
frame_send(int fd, GVariant *content)
{
	g_autoptr(GVariant) owned = g_variant_ref_sink(content);
	size_t length = g_variant_get_size(owned);
	g_autofree char *frame = g_malloc(sizeof(guint32) + length);
	guint32 prefix = (guint32)length;

	if (length > FRAME_MAX)
		return false;
	memcpy(frame, &prefix, sizeof prefix);
	g_variant_store(owned, frame + sizeof prefix);
	return write_all(fd, frame, sizeof prefix + length);
}

GVariant *
frame_receive(int fd, const char *type)
{
	guint32 length;

	if (!read_all(fd, &length, sizeof length) || length > FRAME_MAX)
		return NULL;
	/* g_malloc aligns for every type, as GVariant wants it. */
	g_autofree char *data = g_malloc(length + 1);
	if (!read_all(fd, data, length))
		return NULL;
	g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&data), length);
	g_autoptr(GVariant) raw =
	    g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(type), bytes, FALSE));

	return g_variant_get_normal_form(raw);
}
