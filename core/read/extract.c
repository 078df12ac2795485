/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an entry says of itself is a hint for names and kinds only; its content is what counts.
 */
#include "core/read/extract.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include "core/read/document.h"

void
extract_note_trouble(struct archive *archive, struct part *part)
{
	const char *error = archive_error_string(archive);
	g_autofree char *text = g_ascii_strdown(error != NULL ? error : "", -1);

	if (strstr(text, "truncated") != NULL || strstr(text, "premature") != NULL)
		part_set(part, PART_FACT_truncated);
	if (strstr(text, "encrypt") != NULL || strstr(text, "passphrase") != NULL)
		part_set(part, PART_FACT_encrypted);
	else
		part_set(part, PART_FACT_unreadable);
}

/* The name that a gzip file says it had (RFC 1952). Borrowed; NULL: none. */
static const char *
gzip_name(const char *bytes, size_t size)
{
	const uint8_t *u = (const uint8_t *)bytes;
	size_t at = 10;

	if (size < 12 || u[0] != 0x1f || u[1] != 0x8b || (u[3] & 8) == 0)
		return NULL;
	if (u[3] & 4)
		at += 2 + (u[10] | (size_t)u[11] << 8);
	return at < size && memchr(bytes + at, '\0', size - at) != NULL ? bytes + at : NULL;
}

/* A compressed file has no directory: its content is called as it is, without the last ending. The caller's. */
static char *
name_without_ending(const struct part *part)
{
	const char *dot = strrchr(part->name, '.');

	if (dot == NULL || dot == part->name)
		return g_strdup(part->name);
	if (g_ascii_strcasecmp(dot, ".tgz") == 0 || g_ascii_strcasecmp(dot, ".taz") == 0 ||
	    g_ascii_strcasecmp(dot, ".tbz") == 0 || g_ascii_strcasecmp(dot, ".tbz2") == 0 ||
	    g_ascii_strcasecmp(dot, ".txz") == 0)
		return g_strdup_printf("%.*s.tar", (int)(dot - part->name), part->name);
	if (g_ascii_strcasecmp(dot, ".svgz") == 0)
		return g_strdup_printf("%.*s.svg", (int)(dot - part->name), part->name);
	return g_strndup(part->name, (size_t)(dot - part->name));
}

/* Begins a member for this entry. */
static bool
begin_entry(struct opened *opened, struct member *member, struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry);

	if (path == NULL)
		path = archive_entry_pathname_utf8(entry);
	if (archive_format(opened->archive) == ARCHIVE_FORMAT_RAW) {
		g_autofree char *name = name_without_ending(opened_part(opened));
		const char *stored = gzip_name(opened->bytes, opened->size);

		if (!member_begin(member, &opened->container, name, strlen(name)))
			return false;
		if (stored != NULL)
			member_name(member, stored, strlen(stored));
		return true;
	}
	return member_begin(member, &opened->container, path, path != NULL ? strlen(path) : 0);
}

/* Content of a member. False: not all of it could be had. */
static bool
read_content(struct archive *archive, struct member *member)
{
	const void *bytes;
	size_t length;
	la_int64_t offset;
	int answer;

	while (
	    (answer = archive_read_data_block(archive, &bytes, &length, &offset)) != ARCHIVE_EOF) {
		if (answer < ARCHIVE_WARN || answer == ARCHIVE_RETRY)
			return false;
		if (offset > 0 && (uint64_t)offset > member->size &&
		    !member_write_hole(member, (uint64_t)offset - member->size))
			return true;
		if (length == 0 && !task_in_time(member->container->task))
			return true;
		if (length > 0 && !member_write(member, bytes, length))
			return true;
	}
	return true;
}

static void
end_content(struct opened *opened, struct archive *archive, struct member *member)
{
	struct part *part = member_part(member);
	const struct part *around = opened_part(opened);

	if (!read_content(archive, member)) {
		opened->damaged = true;
		extract_note_trouble(archive, part);
		if (part_has(part, PART_FACT_truncated))
			part_set(opened_part(opened), PART_FACT_truncated);
		if (member->size == 0) {
			member_end_empty(member);
			return;
		}
	}
	if (part_has(around, PART_FACT_ooxml) && member->bytes != NULL)
		document_member(opened_part(opened), part->names, (const char *)member->bytes->data,
		    member->bytes->len);
	member_end(member);
}

/* What kind of file it is. True: it has content. */
static bool
look_at_type(struct part *part, struct archive_entry *entry)
{
	mode_t type = archive_entry_filetype(entry);

	if (type == AE_IFLNK || archive_entry_hardlink(entry) != NULL ||
	    archive_entry_symlink(entry) != NULL) {
		part_set(part, PART_FACT_link);
		return false;
	}
	if (type == AE_IFCHR || type == AE_IFBLK || type == AE_IFIFO || type == AE_IFSOCK) {
		part_set(part, PART_FACT_device);
		return false;
	}
	return true;
}

static bool
is_encrypted(const struct opened *opened, struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry);

	if (archive_entry_is_data_encrypted(entry) || archive_entry_is_metadata_encrypted(entry))
		return true;
	for (unsigned i = 0; opened->rardir != NULL && i < opened->rardir->entries->len; i++) {
		const struct rar_entry *rar =
		    &g_array_index(opened->rardir->entries, struct rar_entry, i);

		if (path != NULL && rar->encrypted && strlen(path) == rar->name_length &&
		    memcmp(path, rar->name, rar->name_length) == 0)
			return true;
	}
	return false;
}

void
extract_entry(struct opened *opened, struct archive *archive, struct archive_entry *entry)
{
	struct member member;
	struct part *part;

	/* A directory with content is none. */
	if (archive_entry_filetype(entry) == AE_IFDIR && archive_entry_size(entry) <= 0) {
		if (!task_count_file(opened->container.task))
			container_stop(&opened->container);
		return;
	}
	if (!begin_entry(opened, &member, entry))
		return;
	part = member_part(&member);
	if (is_encrypted(opened, entry)) {
		part_set(part, PART_FACT_encrypted);
		part_set(opened_part(opened), PART_FACT_encrypted);
		member_end_empty(&member);
		return;
	}
	part_set(opened_part(opened), PART_FACT_unencrypted_member);
	if (opened->container.names_only) {
		part_set(part, PART_FACT_not_unpacked);
		member_end_empty(&member);
	} else if (look_at_type(part, entry)) {
		end_content(opened, archive, &member);
	} else {
		part->size = 0;
		g_clear_pointer(&member.bytes, g_byte_array_unref);
	}
}
