/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every stream that says it is a file, or that a file specification leads to, is taken out, of several with one number each. Names that
 * are too many for one part are those of another with the same content, so that none hides behind the others.
 */
#include "core/read/pdf_files.h"

#include <string.h>
#include "core/read/member.h"
#include "core/read/pdf.h"
#include "core/read/pdf_specs.h"
#include "core/read/pdf_stream.h"

/* Places at which objects may begin. */
#define OBJECTS_MAX 1000000
/* Times its size that a file is gone over at most, in all, and bytes besides. */
#define WORK_TIMES 8
#define WORK_MORE (1 << 20)
/* Names of one part. */
#define NAMES_MAX 8
/* Bytes of all streams of objects. */
#define UNPACKED_MAX (64 << 20)

struct files {
	struct container container;
	struct pdf_specs specs;
	GPtrArray *streams; /* of GByteArray: those of objects, unpacked */
	GHashTable *taken;  /* numbers of objects that were found */
	size_t unpacked;
	bool encrypted;
};

static void
give_up(struct files *files, enum read_limit limit)
{
	task_reached(files->container.task, limit);
	container_stop(&files->container);
}

/* Whether there is to be more of it. */
static bool
goes_on(struct files *files)
{
	if (!files->container.stopped && files->specs.full)
		give_up(files, READ_LIMIT_files);
	else if (!files->container.stopped && !task_in_time(files->container.task))
		container_stop(&files->container);
	return !files->container.stopped;
}

/* Whether a stream may end at `p`: the word stands there, or behind the end of a line. */
static bool
ends_at(const char *p, const char *end)
{
	for (unsigned i = 0; i < 4 && p < end && g_ascii_isspace(*p); i++)
		p++;
	return end - p >= 9 && memcmp(p, "endstream", 9) == 0;
}

static void
try_length(size_t *length, gint64 said, const char *at, const char *end)
{
	if (said > 0 && said < end - at && (size_t)said > *length && ends_at(at + said, end))
		*length = (size_t)said;
}

/* How many bytes the stream has: as it says, where it ends there, and else up to the first end. */
static size_t
stream_length(struct files *files, const struct pdf_stream *stream, const char *end)
{
	struct pdf_lexer lexer = { .text = files->specs.lexer.text };
	const struct pdf_object *object;
	size_t length = 0;
	const char *stop;

	try_length(&length, stream->length, stream->at, end);
	for (unsigned i = 0; stream->length_object != 0 && i < PDF_VERSIONS_MAX; i++) {
		object = pdf_specs_find(&files->specs, stream->length_object, i);
		if (object == NULL)
			break;
		lexer.at = object->at;
		lexer.end = object->end;
		if (pdf_next(&lexer) == PDF_NUMBER)
			try_length(&length, lexer.number, stream->at, end);
		pdf_specs_worked(&files->specs, (size_t)(lexer.at - object->at));
	}
	if (length > 0)
		return length;
	stop = memmem(stream->at, (size_t)(end - stream->at), "endstream", 9);
	length = (size_t)((stop != NULL ? stop : end) - stream->at);
	pdf_specs_worked(&files->specs, length);
	/* The end of the line before it is none of its bytes. */
	if (stop != NULL && length > 0 && stream->at[length - 1] == '\n')
		length--;
	if (stop != NULL && length > 0 && stream->at[length - 1] == '\r')
		length--;
	return length;
}

struct buffer {
	struct files *files;
	GByteArray *bytes;
};

static bool
take_in_buffer(void *data, const void *bytes, size_t length)
{
	struct buffer *buffer = data;
	struct files *files = buffer->files;

	files->unpacked += length;
	if (files->unpacked > UNPACKED_MAX || !task_count_bytes(files->container.task, length)) {
		give_up(files, READ_LIMIT_bytes);
		return false;
	}
	g_byte_array_append(buffer->bytes, bytes, (guint)length);
	return task_in_time(files->container.task);
}

static bool
take_in_member(void *data, const void *bytes, size_t length)
{
	return member_write(data, bytes, length);
}

static enum pdf_end
decode(struct files *files, struct pdf_stream *stream, const char *end, pdf_taker take, void *data)
{
	/* Compressed data knows its end better than anyone. */
	bool whole = stream->filter_count > 0 && stream->filters[0] == PDF_FLATE;
	enum pdf_end ended;
	size_t used, size;

	if (!pdf_stream_is_known(stream))
		return PDF_DAMAGED;
	size = whole ? (size_t)(end - stream->at) : stream_length(files, stream, end);
	ended =
	    pdf_decode(stream->filters, stream->filter_count, stream->at, size, &used, take, data);
	return pdf_specs_worked(&files->specs, used) ? ended : PDF_FULL;
}

/* The object as a stream. False: it is none. */
static bool
read_stream(struct files *files, const struct pdf_object *object, struct pdf_stream *stream)
{
	struct pdf_lexer lexer = {
		.at = object->at, .end = object->end, .text = files->specs.lexer.text
	};
	bool found = pdf_stream_read(&lexer, stream);

	pdf_specs_worked(&files->specs, (size_t)(lexer.at - object->at));
	return found;
}

/* Filters that stand in an object of their own. */
static void
find_filters(struct files *files, struct pdf_stream *stream)
{
	const struct pdf_object *object =
	    stream->filter_object != 0 ? pdf_specs_find(&files->specs, stream->filter_object, 0)
				       : NULL;
	struct pdf_lexer lexer = { .text = files->specs.lexer.text };

	if (object != NULL) {
		lexer.at = object->at;
		lexer.end = object->end;
		pdf_stream_filters(&lexer, stream);
		pdf_specs_worked(&files->specs, (size_t)(lexer.at - object->at));
	} else if (stream->filter_object != 0) {
		stream->predicted = true;
	}
}

/* A stream of objects: pairs of numbers and places behind `first`, then the objects. */
static void
add_objects(GArray *objects, const struct pdf_lexer *within, const struct pdf_stream *stream)
{
	struct pdf_lexer lexer = *within;
	const char *first = lexer.at + CLAMP(stream->first, 0, lexer.end - lexer.at);

	while (lexer.at < first && pdf_next(&lexer) == PDF_NUMBER) {
		struct pdf_object object = { (uint32_t)lexer.number, first, lexer.end };

		if (pdf_next(&lexer) != PDF_NUMBER || objects->len >= OBJECTS_MAX)
			return;
		object.at += CLAMP(lexer.number, 0, lexer.end - first);
		g_array_append_val(objects, object);
	}
}

static void
unpack_objects(
    struct files *files, GArray *objects, struct pdf_stream *stream, const char *stream_end)
{
	GByteArray *bytes = g_byte_array_new();
	struct buffer buffer = { files, bytes };
	struct pdf_lexer lexer = { .text = files->specs.lexer.text };

	g_ptr_array_add(files->streams, bytes);
	find_filters(files, stream);
	decode(files, stream, stream_end, take_in_buffer, &buffer);
	if (bytes->len == 0)
		return;
	lexer.at = (const char *)bytes->data;
	lexer.end = lexer.at + bytes->len;
	add_objects(objects, &lexer, stream);
}

/* Where a PDF ends that is embedded as it is; NULL: it is none. */
static const char *
inner_end(struct files *files, const struct pdf_stream *stream, const char *end)
{
	size_t length;

	if (!stream->embedded || stream->filter_count > 0 || stream->filter_object != 0 ||
	    !pdf_is(stream->at, (size_t)(end - stream->at)))
		return NULL;
	length = stream_length(files, stream, end);
	return pdf_is(stream->at, length) ? stream->at + length : NULL;
}

/* Objects in streams of objects come behind those in the open; those of a PDF that is embedded are its own. How many are in the open. */
static guint
sort_objects(struct files *files)
{
	struct pdf_specs *specs = &files->specs;
	g_autoptr(GArray) all = specs->objects;
	g_autoptr(GArray) packed = g_array_new(FALSE, FALSE, sizeof(struct pdf_object));
	const char *inner = NULL;
	guint open;

	pdf_specs_sort(specs);
	specs->objects = g_array_new(FALSE, FALSE, sizeof(struct pdf_object));
	for (guint i = 0; i < all->len && goes_on(files); i++) {
		struct pdf_object *object = &g_array_index(all, struct pdf_object, i);
		struct pdf_stream stream;
		const char *end;

		if (inner != NULL && object->at < inner)
			continue;
		g_array_append_val(specs->objects, *object);
		if (!read_stream(files, object, &stream))
			continue;
		if (stream.objects)
			unpack_objects(files, packed, &stream, object->end);
		end = inner_end(files, &stream, object->end);
		inner = end != NULL ? end : inner;
	}
	open = specs->objects->len;
	if (packed->len > 0)
		g_array_append_vals(specs->objects, packed->data, packed->len);
	pdf_specs_sort(specs);
	return open;
}

/* Whether it was not encrypted, or looks so. */
static bool
is_readable(const GString *name)
{
	for (gsize i = 0; i < name->len; i++) {
		if (g_ascii_iscntrl(name->str[i]))
			return false;
	}
	return true;
}

/* Of `secret` ones only those that can be read. */
static void
add_names(struct member *member, const GPtrArray *names, guint from, bool secret)
{
	static const char made_up[] = "embedded-file";

	for (guint i = from; names != NULL && i < names->len && i < from + NAMES_MAX; i++) {
		const GString *name = g_ptr_array_index(names, i);

		if (!secret || is_readable(name))
			member_name(member, name->str, name->len);
	}
	if (member_part(member)->names->len == 0)
		member_name(member, made_up, strlen(made_up));
}

/* One whose content can't be had. */
static void
take_name(struct files *files, const GPtrArray *names, guint from)
{
	struct member member;

	if (!member_begin(&member, &files->container, NULL, 0))
		return;
	add_names(&member, names, from, files->encrypted);
	part_set(
	    member_part(&member), files->encrypted ? PART_FACT_encrypted : PART_FACT_unreadable);
	member_end_empty(&member);
}

static void
take_file(struct files *files, struct pdf_stream *stream, const char *end, const GPtrArray *names,
    guint from)
{
	struct member member;
	enum pdf_end ended;
	struct part *part;

	if (!member_begin(&member, &files->container, NULL, 0))
		return;
	if (!files->encrypted)
		add_names(&member, names, from, false);
	part = member_part(&member);
	ended = decode(files, stream, end, take_in_member, &member);
	if (files->encrypted)
		add_names(&member, names, from, ended != PDF_WHOLE);
	/* What is compressed and can be unpacked was not encrypted, whatever the file says. */
	if (files->encrypted && (ended != PDF_WHOLE || stream->filter_count == 0))
		part_set(part, PART_FACT_encrypted);
	else if (ended == PDF_CUT && member.size > 0)
		part_set(part, PART_FACT_truncated);
	else if (ended == PDF_CUT || ended == PDF_DAMAGED)
		part_set(part, PART_FACT_unreadable);
	if (member.size == 0 && ended != PDF_WHOLE)
		member_end_empty(&member);
	else
		member_end(&member);
}

static void
take_object(struct files *files, const struct pdf_object *object)
{
	void *key = GUINT_TO_POINTER(object->number);
	const GPtrArray *names = g_hash_table_lookup(files->specs.files, key);
	struct pdf_stream stream;

	if (!read_stream(files, object, &stream) || (names == NULL && !stream.embedded))
		return;
	g_hash_table_add(files->taken, key);
	find_filters(files, &stream);
	for (guint i = 0; (i == 0 || i < names->len) && goes_on(files); i += NAMES_MAX) {
		take_file(files, &stream, object->end, names, i);
		if (names == NULL)
			break;
	}
}

/* Files of which only the name is there. */
static void
take_missing(struct files *files)
{
	GHashTableIter iter;
	void *key, *value;

	g_hash_table_iter_init(&iter, files->specs.files);
	while (g_hash_table_iter_next(&iter, &key, &value) && goes_on(files)) {
		const GPtrArray *names = value;

		if (g_hash_table_contains(files->taken, key))
			continue;
		for (guint i = 0; (i == 0 || i < names->len) && goes_on(files); i += NAMES_MAX)
			take_name(files, names, i);
	}
}

static void
take_all(struct files *files, const char *bytes, size_t size)
{
	struct pdf_specs *specs = &files->specs;
	guint open;

	specs->full |= !pdf_find_objects(specs->objects, bytes, size, OBJECTS_MAX);
	open = sort_objects(files);
	for (guint i = 0; i < specs->objects->len && goes_on(files); i++)
		pdf_specs_read(specs, &g_array_index(specs->objects, struct pdf_object, i));
	for (guint i = 0; i < open && goes_on(files); i++)
		take_object(files, &g_array_index(specs->objects, struct pdf_object, i));
	take_missing(files);
}

void
pdf_files_open(struct task *task, unsigned n, const char *bytes, size_t size)
{
	unsigned most = MAX(task->brief->max_files, 1);
	struct files files = {
		.encrypted = part_has(facts_part(task->facts, n), PART_FACT_encrypted),
	};

	if (task->brief->max_archive_depth == 0)
		return;
	container_enter_document(&files.container, task, n, size, 'o');
	pdf_specs_init(&files.specs, 4 * most, (uint64_t)size * WORK_TIMES + WORK_MORE);
	files.streams = g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref);
	files.taken = g_hash_table_new(NULL, NULL);
	take_all(&files, bytes, size);
	g_hash_table_unref(files.taken);
	pdf_specs_clear(&files.specs);
	g_ptr_array_unref(files.streams);
	container_leave(&files.container);
}
