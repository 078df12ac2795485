/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GVariant does the serialising: it is compact, needs no parser of ours, and damaged bytes can't
 * make it read beyond its end. Directories are bound to their inode, since a queue that is not
 * mounted yet looks like one whose messages have all been moved; their device numbers may change
 * with a reboot, so these are not recorded.
 */
#include "spool/record.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>
#include "spool/error.h"
#include "spool/task.h"

#define PLACE_TYPE "(ayt)"
#define OPERATION_TYPE "(yuaytuayubay)"
#define TASK_TYPE "(ayuaya" OPERATION_TYPE ")"
#define RECORD_TYPE "(a" PLACE_TYPE "a" TASK_TYPE ")"

static const char magic[] = { 'm', 's', 'j', 'o', 'u', 'r', 'n' };

enum { VERSION_NOW = '1' };

struct header {
	char magic[sizeof magic];
	char version;
	guint32 checksum; /* of what follows: the rest of the header and the body */
	guint32 tasks;
	guint64 size; /* of the body */
};

G_STATIC_ASSERT(sizeof(struct header) == RECORD_HEADER_SIZE);

static guint32
checksum_of(const struct header *header, const void *body)
{
	uLong sum = crc32_z(
	    0, (const Bytef *)&header->tasks, sizeof *header - offsetof(struct header, tasks));

	return (guint32)crc32_z(sum, body, header->size);
}

/* Index of the place among those seen, added when new. */
static guint32
place_index(GPtrArray *places, struct spool_place *place)
{
	guint i;

	if (!g_ptr_array_find(places, place, &i)) {
		i = places->len;
		g_ptr_array_add(places, place);
	}
	return i;
}

static GVariant *
place_variant(const struct spool_place *place)
{
	g_autofree char *path = g_canonicalize_filename(place->path, NULL);
	struct stat st;
	guint64 inode = fstat(place->fd, &st) == 0 ? st.st_ino : 0;

	return g_variant_new("(^ayt)", path, inode);
}

static GVariant *
operation_variant(const struct operation *operation, GPtrArray *places)
{
	struct spool_place *to = operation->to != NULL ? operation->to : operation->place;
	g_autoptr(GBytes) none = g_bytes_new_static("", 0);
	GBytes *content = operation->content != NULL ? operation->content : none;

	return g_variant_new("(yu^aytu^ayub@ay)", (guchar)operation->kind,
	    place_index(places, operation->place), operation->name, (guint64)operation->inode,
	    place_index(places, to), operation->new_name != NULL ? operation->new_name : "",
	    (guint32)operation->mode, (gboolean)operation->prepared,
	    g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, content, TRUE));
}

static GVariant *
task_variant(const struct task *task, GPtrArray *places)
{
	GVariantBuilder operations;

	g_variant_builder_init(&operations, G_VARIANT_TYPE("a" OPERATION_TYPE));
	for (guint i = 0; i < task->operations->len; i++)
		g_variant_builder_add_value(
		    &operations, operation_variant(g_ptr_array_index(task->operations, i), places));
	return g_variant_new("(^ayu^aya" OPERATION_TYPE ")", task->id,
	    place_index(places, task->lock_place), task->lock_name, &operations);
}

static GVariant *
record_variant(const GPtrArray *tasks)
{
	g_autoptr(GPtrArray) places = g_ptr_array_new();
	GVariantBuilder place_list, task_list;

	g_variant_builder_init(&task_list, G_VARIANT_TYPE("a" TASK_TYPE));
	for (guint i = 0; i < tasks->len; i++)
		g_variant_builder_add_value(
		    &task_list, task_variant(g_ptr_array_index(tasks, i), places));
	g_variant_builder_init(&place_list, G_VARIANT_TYPE("a" PLACE_TYPE));
	for (guint i = 0; i < places->len; i++)
		g_variant_builder_add_value(
		    &place_list, place_variant(g_ptr_array_index(places, i)));
	return g_variant_ref_sink(
	    g_variant_new("(a" PLACE_TYPE "a" TASK_TYPE ")", &place_list, &task_list));
}

GByteArray *
record_write(const GPtrArray *tasks)
{
	g_autoptr(GVariant) body = record_variant(tasks);
	struct header header = {
		.version = VERSION_NOW, .tasks = tasks->len, .size = g_variant_get_size(body)
	};
	gsize length = sizeof header + header.size + tasks->len;
	GByteArray *bytes = g_byte_array_sized_new((guint)length);

	g_byte_array_set_size(bytes, (guint)length);
	g_variant_store(body, bytes->data + sizeof header);
	memcpy(header.magic, magic, sizeof magic);
	header.checksum = checksum_of(&header, bytes->data + sizeof header);
	memcpy(bytes->data, &header, sizeof header);
	memset(bytes->data + sizeof header + header.size, 0, tasks->len);
	return bytes;
}

enum record_state
record_glance(const void *start)
{
	struct header header;

	memcpy(&header, start, sizeof header);
	if (memcmp(header.magic, magic, sizeof magic) != 0)
		return RECORD_NONE;
	if (header.version == 0)
		return RECORD_NONE; /* torn right here */
	return header.version == VERSION_NOW ? RECORD_WHOLE : RECORD_UNKNOWN;
}

/* Opens the place when it is still the directory that was recorded. Borrowed from `places`. */
static struct spool_place *
open_place(GVariant *place_list, guint32 i, struct spool_places *places, GError **error)
{
	const char *path;
	guint64 inode;
	struct stat st;

	errno = 0;
	if (i >= g_variant_n_children(place_list)) {
		spool_fail(error, SPOOL_ERROR_CORRUPT, "record without directory %u", i);
		return NULL;
	}
	g_variant_get_child(place_list, i, "(^&ayt)", &path, &inode);
	struct spool_place *place = spool_places_get(places, path, error);

	if (place == NULL)
		return NULL;
	errno = 0;
	if (inode != 0 && fstat(place->fd, &st) == 0 && st.st_ino == inode)
		return place;
	spool_fail(error, SPOOL_ERROR_IO, "%s is not the directory that it was", path);
	return NULL;
}

static struct operation *
read_operation(GVariant *variant, GVariant *place_list, struct spool_places *places, GError **error)
{
	guchar kind;
	guint32 place_number, to_number, mode;
	const char *name, *new_name;
	guint64 inode;
	gboolean prepared;
	g_autoptr(GVariant) content = NULL;

	g_variant_get(variant, "(yu^&aytu^&ayub@ay)", &kind, &place_number, &name, &inode,
	    &to_number, &new_name, &mode, &prepared, &content);
	errno = 0;
	if (kind >= OPERATION_KINDS) {
		spool_fail(error, SPOOL_ERROR_CORRUPT, "record with operation %d", kind);
		return NULL;
	}
	struct spool_place *place = open_place(place_list, place_number, places, error);
	struct spool_place *to =
	    place != NULL ? open_place(place_list, to_number, places, error) : NULL;

	if (to == NULL)
		return NULL;
	struct operation *operation = operation_new(kind, place, name, inode);

	operation->mode = mode;
	if (kind == OPERATION_PATCH)
		operation->content = g_variant_get_data_as_bytes(content);
	if (kind == OPERATION_RENAME) {
		operation->to = spool_place_ref(to);
		operation->new_name = g_strdup(new_name);
		operation->prepared = prepared;
	}
	return operation;
}

static struct task *
read_task(GVariant *variant, GVariant *place_list, struct spool_places *places)
{
	const char *id, *lock_name;
	guint32 lock_number;
	g_autoptr(GVariant) operations = NULL;
	GError *error = NULL;

	g_variant_get(
	    variant, "(^&ayu^&ay@a" OPERATION_TYPE ")", &id, &lock_number, &lock_name, &operations);
	struct task *task =
	    task_new(id, open_place(place_list, lock_number, places, &error), lock_name);

	for (gsize i = 0; i < g_variant_n_children(operations) && error == NULL; i++) {
		g_autoptr(GVariant) child = g_variant_get_child_value(operations, i);
		struct operation *operation = read_operation(child, place_list, places, &error);

		if (operation != NULL)
			g_ptr_array_add(task->operations, operation);
	}
	if (error != NULL)
		task_stop(task, error);
	return task;
}

enum record_state
record_read(GBytes *bytes, struct spool_places *places, struct record *record)
{
	gsize size;
	const guint8 *data = g_bytes_get_data(bytes, &size);
	struct header header;

	if (size < sizeof header)
		return RECORD_NONE;
	if (record_glance(data) != RECORD_WHOLE)
		return record_glance(data);
	memcpy(&header, data, sizeof header);
	if (header.size > size - sizeof header ||
	    header.tasks > size - sizeof header - header.size ||
	    header.checksum != checksum_of(&header, data + sizeof header))
		return RECORD_NONE;
	g_autoptr(GBytes) body = g_bytes_new_from_bytes(bytes, sizeof header, header.size);
	g_autoptr(GVariant) variant =
	    g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(RECORD_TYPE), body, FALSE));
	g_autoptr(GVariant) place_list = g_variant_get_child_value(variant, 0);
	g_autoptr(GVariant) task_list = g_variant_get_child_value(variant, 1);

	if (g_variant_n_children(task_list) != header.tasks)
		return RECORD_NONE;
	record->tasks = g_ptr_array_new_with_free_func((GDestroyNotify)task_free);
	record->marks_offset = (off_t)(sizeof header + header.size);
	record->marks = data + record->marks_offset;
	for (gsize i = 0; i < header.tasks; i++) {
		g_autoptr(GVariant) child = g_variant_get_child_value(task_list, i);

		g_ptr_array_add(record->tasks, read_task(child, place_list, places));
	}
	return RECORD_WHOLE;
}

void
record_clear(struct record *record)
{
	g_clear_pointer(&record->tasks, g_ptr_array_unref);
}
