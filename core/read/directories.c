/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs differ on which list of its files an archive has: the one at its end, or the headers before each file. A file that stands in
 * one of them only is there for somebody.
 */
#include "core/read/directories.h"

#include <archive.h>
#include <archive_entry.h>
#include "core/read/document.h"
#include "core/read/names.h"

typedef struct archive reader_handle;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(reader_handle, archive_read_free)

/* A file that only our own reading of the directory knows. */
static void
add_missing(struct opened *opened, const char *name, size_t length, bool encrypted)
{
	struct member member;

	if (length == 0 || name[length - 1] == '/' ||
	    container_find(&opened->container, name, length) != NULL ||
	    !member_begin(&member, &opened->container, name, length))
		return;
	if (encrypted) {
		part_set(member_part(&member), PART_FACT_encrypted);
		part_set(opened_part(opened), PART_FACT_encrypted);
	} else {
		part_set(opened_part(opened), PART_FACT_unencrypted_member);
	}
	member_end_empty(&member);
}

/* Reads the one zip member whose local header stands there, as a program does that reads the stream. */
static void
read_local_zip(struct opened *opened, uint64_t at)
{
	g_autoptr(reader_handle) archive = archive_read_new();
	struct archive_entry *entry;

	archive_read_support_format_zip_streamable(archive);
	if (archive_read_open_memory(archive, opened->bytes + at, opened->size - at) >=
		ARCHIVE_WARN &&
	    archive_read_next_header(archive, &entry) >= ARCHIVE_WARN)
		extract_entry(opened, archive, entry);
}

static void
add_names(struct part *part, const struct zip_entry *entry)
{
	names_add(part, entry->name, entry->name_length, NULL);
	if (entry->local_name != NULL)
		names_add(part, entry->local_name, entry->local_length, NULL);
	if (entry->unicode_name != NULL)
		names_add(part, entry->unicode_name, entry->unicode_length, NULL);
}

/* What the two directories of a zip file do not agree about. */
static void
compare_directories(struct opened *opened)
{
	unsigned maximum = MAX(opened->container.task->brief->max_files, 1);
	g_autoptr(GArray) hidden =
	    zipdir_hidden(opened->zipdir, opened->bytes, opened->size, maximum);

	for (unsigned i = 0; i < opened->zipdir->entries->len; i++) {
		const struct zip_entry *entry =
		    &g_array_index(opened->zipdir->entries, struct zip_entry, i);
		struct part *part =
		    container_find(&opened->container, entry->name, entry->name_length);

		if (part == NULL && entry->local_name != NULL)
			part = container_find(
			    &opened->container, entry->local_name, entry->local_length);
		if (part != NULL)
			add_names(part, entry);
		else
			add_missing(
			    opened, entry->name, entry->name_length, (entry->flags & 1) != 0);
		if (zip_entry_content_differs(entry))
			read_local_zip(opened, entry->local);
		/* libarchive believes the local header, and nothing reads what others read. */
		opened->damaged |= zip_entry_method_differs(entry);
	}
	for (unsigned i = 0; i < hidden->len; i++)
		read_local_zip(opened, g_array_index(hidden, size_t, i));
}

void
directories_read(struct opened *opened)
{
	struct part *part = opened_part(opened);

	if (opened->zipdir != NULL && !opened->container.stopped)
		compare_directories(opened);
	if (opened->zipdir != NULL && opened->zipdir->encrypted) {
		part_set(part, PART_FACT_encrypted);
		part_set(part, PART_FACT_encrypted_names);
	}
	if (opened->rardir == NULL)
		return;
	if (opened->rardir->encrypted_names) {
		part_set(part, PART_FACT_encrypted);
		part_set(part, PART_FACT_encrypted_names);
	}
	for (unsigned i = 0; i < opened->rardir->entries->len; i++) {
		const struct rar_entry *entry =
		    &g_array_index(opened->rardir->entries, struct rar_entry, i);

		if (!entry->directory)
			add_missing(opened, entry->name, entry->name_length, entry->encrypted);
	}
}

void
directories_open(struct opened *opened, enum archive_kind kind)
{
	unsigned maximum = opened->container.task->brief->max_files;

	if (kind != ARCHIVE_OTHER)
		opened->zipdir = zipdir_new(opened->bytes, opened->size, maximum);
	opened->rardir = rardir_new(opened->bytes, opened->size, maximum);
	if (opened->zipdir != NULL && opened->zipdir->too_many) {
		task_reached(opened->container.task, READ_LIMIT_files);
		container_stop(&opened->container);
	}
	if (opened->zipdir != NULL && document_is(opened->zipdir))
		part_set(opened_part(opened), PART_FACT_ooxml);
}
