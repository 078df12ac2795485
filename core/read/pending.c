/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for modules that are not there yet. */
#include <string.h>
#include "core/read/filetype.h"
#include "core/read/names.h"
#include "core/read/unpack.h"

void
brief_init(struct brief *brief)
{
	*brief = (struct brief){
		.max_depth = 100,
		.max_parts = 200,
		.max_header = UINT64_C(1) << 20,
		.max_archive_depth = 8,
		.max_files = 10000,
		.max_bytes = UINT64_C(200) << 20,
		.max_ratio = 250,
		.seconds = 30,
		.find_archives_by_content = true,
		.find_uuencoded = true,
		.unpack_documents = true,
		.expand_tnef = true,
		.list_archives = true,
		.want_types = true,
		.want_mime_types = true,
		.want_html = true,
		.want_digests = true,
	};
}

void
task_reached(struct task *task, enum read_limit limit)
{
	task->facts->limits |= 1u << limit;
}

bool
task_count_bytes(struct task *task, uint64_t bytes)
{
	if (task->bytes + bytes > task->brief->max_bytes) {
		task_reached(task, READ_LIMIT_bytes);
		return false;
	}
	task->bytes += bytes;
	return true;
}

bool
task_count_file(struct task *task)
{
	if (task->files >= task->brief->max_files) {
		task_reached(task, READ_LIMIT_files);
		return false;
	}
	task->files++;
	return true;
}

bool
task_in_time(struct task *task)
{
	if (g_get_monotonic_time() < task->deadline)
		return true;
	task_reached(task, READ_LIMIT_seconds);
	return false;
}

char *
names_utf8(const char *bytes, size_t length)
{
	if (g_utf8_validate(bytes, (gssize)length, NULL))
		return g_strndup(bytes, length);
	return g_convert(bytes, (gssize)length, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}

void
names_add(struct part *part, const char *raw, size_t length, const char *header)
{
	g_autofree char *name = names_utf8(raw, length);
	const char *slash = strrchr(name, '/');

	(void)header;
	part_add_name(part, name);
	part_add_name(part, slash != NULL ? slash + 1 : name);
	if (*part->name == '\0') {
		g_free(part->name);
		part->name = g_strdup(slash != NULL ? slash + 1 : name);
	}
}

void
task_content(struct task *task, unsigned n, const char *bytes, size_t size)
{
	struct part *part = facts_part(task->facts, n);

	part->size = size;
	if (task->brief->want_digests)
		part->digest =
		    g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
	if (task->brief->want_types)
		filetype_of(bytes, size, part->type, &part->description,
		    task->brief->want_mime_types ? &part->mime : NULL);
	unpack(task, n, bytes, size);
}
