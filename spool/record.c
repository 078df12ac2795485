/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GVariant does the serialising: it is compact, needs no parser of ours, and damaged bytes can't
 * make it read beyond its end. What has a fixed size goes into plain arrays that refer to the rest
 * by number: a value of its own for each field would cost more than all other work on a record.
 *
 * Directories are bound to their inode, since a queue that is not mounted yet looks like one whose
 * messages have all been moved; their device numbers may change with a reboot, so these are not
 * recorded.
 */
#include "spool/record.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>
#include "spool/error.h"
#include "spool/task.h"

#define PLACE_TYPE "(ayt)"
#define TASK_TYPE "(uuuu)"
#define OPERATION_TYPE "(ttuuuuuuuu)"
#define RECORD_TYPE "(a" PLACE_TYPE "a" TASK_TYPE "a" OPERATION_TYPE "aay)"

/* As TASK_TYPE and OPERATION_TYPE lay them out. Strings and contents are numbers of blobs. */
struct packed_task {
	guint32 id, lock_place, lock_name, operations;
};

struct packed_operation {
	guint64 inode, offset;
	guint32 kind, place, name, to, new_name, content, mode, prepared;
};

/* The parts of a record that is being written. */
struct packing {
	GPtrArray *places;
	GArray *tasks, *operations;
	GVariantBuilder blobs;
	guint32 blob_count;
};

/* The parts of a record that is being read. */
struct unpacking {
	GVariant *places, *blobs;
	struct spool_places *open;
};

static const char magic[] = { 'm', 's', 'j', 'o', 'u', 'r', 'n' };

enum { VERSION_NOW = '2' };

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

/* Number of the place among those seen, added when new. */
static guint32
pack_place(struct packing *packing, struct spool_place *place)
{
	guint i;

	if (!g_ptr_array_find(packing->places, place, &i)) {
		i = packing->places->len;
		g_ptr_array_add(packing->places, place);
	}
	return i;
}

/* The bytes are borrowed until the record is written. */
static guint32
pack_blob(struct packing *packing, const void *bytes, gsize size)
{
	g_variant_builder_add_value(&packing->blobs,
	    g_variant_new_from_data(G_VARIANT_TYPE_BYTESTRING, bytes, size, TRUE, NULL, NULL));
	return packing->blob_count++;
}

static guint32
pack_string(struct packing *packing, const char *text)
{
	return pack_blob(packing, text, strlen(text) + 1);
}

static void
pack_operation(struct packing *packing, const struct operation *operation)
{
	struct packed_operation packed = { .inode = operation->inode,
		.kind = operation->kind,
		.place = pack_place(packing, operation->place),
		.name = pack_string(packing, operation->name),
		.mode = operation->mode,
		.prepared = operation->prepared };

	if (operation->kind == OPERATION_RENAME) {
		packed.to = pack_place(packing, operation->to);
		packed.new_name = pack_string(packing, operation->new_name);
	}
	if (operation->kind == OPERATION_PATCH) {
		gsize size;
		const void *bytes = g_bytes_get_data(operation->content, &size);

		packed.content = pack_blob(packing, bytes, size);
		packed.offset = (guint64)operation->offset;
	}
	g_array_append_val(packing->operations, packed);
}

static void
pack_task(struct packing *packing, const struct task *task)
{
	struct packed_task packed = { .id = pack_string(packing, task->id),
		.lock_place = pack_place(packing, task->lock_place),
		.lock_name = pack_string(packing, task->lock_name),
		.operations = task->operations->len };

	for (guint i = 0; i < task->operations->len; i++)
		pack_operation(packing, g_ptr_array_index(task->operations, i));
	g_array_append_val(packing->tasks, packed);
}

static GVariant *
place_list(const struct packing *packing)
{
	GVariantBuilder builder;

	g_variant_builder_init(&builder, G_VARIANT_TYPE("a" PLACE_TYPE));
	for (guint i = 0; i < packing->places->len; i++) {
		const struct spool_place *place = g_ptr_array_index(packing->places, i);
		g_autofree char *path = g_canonicalize_filename(place->path, NULL);

		g_variant_builder_add(&builder, "(^ayt)", path, (guint64)place->inode);
	}
	return g_variant_builder_end(&builder);
}

static GVariant *
fixed_array(const char *type, const GArray *array)
{
	return g_variant_new_fixed_array(G_VARIANT_TYPE(type), array->data, array->len,
	    g_array_get_element_size((GArray *)array));
}

static GVariant *
body_of(const GPtrArray *tasks)
{
	g_autoptr(GPtrArray) places = g_ptr_array_new();
	g_autoptr(GArray) packed_tasks = g_array_new(FALSE, FALSE, sizeof(struct packed_task));
	g_autoptr(GArray) operations = g_array_new(FALSE, FALSE, sizeof(struct packed_operation));
	struct packing packing = {
		.places = places, .tasks = packed_tasks, .operations = operations
	};

	g_variant_builder_init(&packing.blobs, G_VARIANT_TYPE_BYTESTRING_ARRAY);
	for (guint i = 0; i < tasks->len; i++)
		pack_task(&packing, g_ptr_array_index(tasks, i));
	GVariant *parts[] = { place_list(&packing), fixed_array(TASK_TYPE, packed_tasks),
		fixed_array(OPERATION_TYPE, operations), g_variant_builder_end(&packing.blobs) };

	return g_variant_ref_sink(g_variant_new_tuple(parts, G_N_ELEMENTS(parts)));
}

GByteArray *
record_write(const GPtrArray *tasks)
{
	g_autoptr(GVariant) body = body_of(tasks);
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

/* Opens the place when it is still the directory that was recorded. Borrowed. */
static struct spool_place *
unpack_place(const struct unpacking *unpacking, guint32 i, GError **error)
{
	const char *path;
	guint64 inode;

	errno = 0;
	if (i >= g_variant_n_children(unpacking->places)) {
		spool_fail(error, SPOOL_ERROR_CORRUPT, "record without directory %u", i);
		return NULL;
	}
	g_variant_get_child(unpacking->places, i, "(^&ayt)", &path, &inode);
	struct spool_place *place = spool_places_get(unpacking->open, path, error);

	if (place == NULL || place->inode == inode)
		return place;
	errno = 0;
	spool_fail(error, SPOOL_ERROR_IO, "%s is not the directory that it was", path);
	return NULL;
}

/* The caller's; empty where the record has none of this number. */
static GBytes *
unpack_blob(const struct unpacking *unpacking, guint32 i)
{
	if (i >= g_variant_n_children(unpacking->blobs))
		return g_bytes_new_static("", 0);
	g_autoptr(GVariant) blob = g_variant_get_child_value(unpacking->blobs, i);

	return g_variant_get_data_as_bytes(blob);
}

static char *
unpack_string(const struct unpacking *unpacking, guint32 i)
{
	g_autoptr(GBytes) blob = unpack_blob(unpacking, i);
	gsize size;
	const char *text = g_bytes_get_data(blob, &size);

	return g_strndup(size > 0 ? text : "", size);
}

static struct operation *
unpack_operation(
    const struct unpacking *unpacking, const struct packed_operation *packed, GError **error)
{
	if (packed->kind >= OPERATION_KINDS) {
		errno = 0;
		spool_fail(error, SPOOL_ERROR_CORRUPT, "record with operation %u", packed->kind);
		return NULL;
	}
	struct spool_place *place = unpack_place(unpacking, packed->place, error);
	struct spool_place *to = place != NULL && packed->kind == OPERATION_RENAME
				     ? unpack_place(unpacking, packed->to, error)
				     : place;

	if (to == NULL)
		return NULL;
	g_autofree char *name = unpack_string(unpacking, packed->name);
	struct operation *operation = operation_new(packed->kind, place, name, packed->inode);

	operation->mode = packed->mode;
	operation->prepared = packed->prepared != 0;
	if (packed->kind == OPERATION_PATCH) {
		operation->content = unpack_blob(unpacking, packed->content);
		operation->offset = (off_t)packed->offset;
	}
	if (packed->kind == OPERATION_RENAME) {
		operation->to = spool_place_ref(to);
		operation->new_name = unpack_string(unpacking, packed->new_name);
	}
	return operation;
}

/* `operations`: those of this task, packed->operations of them. */
static struct task *
unpack_task(const struct unpacking *unpacking, const struct packed_task *packed,
    const struct packed_operation *operations)
{
	GError *error = NULL;
	g_autofree char *id = unpack_string(unpacking, packed->id);
	g_autofree char *lock_name = unpack_string(unpacking, packed->lock_name);
	struct task *task =
	    task_new(id, unpack_place(unpacking, packed->lock_place, &error), lock_name);

	for (guint32 i = 0; i < packed->operations && error == NULL; i++) {
		struct operation *operation = unpack_operation(unpacking, &operations[i], &error);

		if (operation != NULL)
			g_ptr_array_add(task->operations, operation);
	}
	if (error != NULL)
		task_stop(task, error);
	return task;
}

/* The tasks, of which there must be so many; NULL when the parts don't fit together. */
static GPtrArray *
unpack_tasks(GVariant *body, struct spool_places *places, gsize count)
{
	g_autoptr(GVariant) place_part = g_variant_get_child_value(body, 0);
	g_autoptr(GVariant) task_part = g_variant_get_child_value(body, 1);
	g_autoptr(GVariant) operation_part = g_variant_get_child_value(body, 2);
	g_autoptr(GVariant) blob_part = g_variant_get_child_value(body, 3);
	struct unpacking unpacking = { .places = place_part, .blobs = blob_part, .open = places };
	gsize task_count, left;
	const struct packed_task *packed =
	    g_variant_get_fixed_array(task_part, &task_count, sizeof *packed);
	const struct packed_operation *operations =
	    g_variant_get_fixed_array(operation_part, &left, sizeof *operations);
	g_autoptr(GPtrArray) tasks = g_ptr_array_new_with_free_func((GDestroyNotify)task_free);

	if (task_count != count)
		return NULL;
	for (gsize i = 0; i < count; i++) {
		if (packed[i].operations > left)
			return NULL;
		g_ptr_array_add(tasks, unpack_task(&unpacking, &packed[i], operations));
		operations += packed[i].operations;
		left -= packed[i].operations;
	}
	return g_steal_pointer(&tasks);
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

	record->tasks = unpack_tasks(variant, places, header.tasks);
	record->marks_offset = (off_t)(sizeof header + header.size);
	record->marks = data + record->marks_offset;
	return record->tasks != NULL ? RECORD_WHOLE : RECORD_NONE;
}

void
record_clear(struct record *record)
{
	g_clear_pointer(&record->tasks, g_ptr_array_unref);
}
