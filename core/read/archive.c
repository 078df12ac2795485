/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libarchive decodes; what it does not tell is read beside it: which of the two directories of a zip says what (zipdir.c), and what is
 * encrypted in RAR 5 (rardir.c). Filters and formats are named one by one: those that run other programs (lrzip, lzop, grzip) or open
 * other files (mtree) have no place here. Left to itself libarchive takes off all layers of compression at once, as many as there
 * are, before it can be stopped; so each is taken off by itself, and counts as a layer.
 */
#include "core/read/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <string.h>
#include "core/read/document.h"
#include "core/read/member.h"
#include "core/read/names.h"
#include "core/read/rardir.h"
#include "core/read/zipdir.h"

/* Headers that can't be read, one after the other, before an archive is given up. */
#define BAD_HEADERS_MAX 100
/* Longer files hold something: an empty 7z, ar, RAR or compressed file is at most as long. */
#define EMPTY_MAX 32
/* The end of an empty cpio archive stands within so many bytes. */
#define CPIO_END_MAX 136

typedef struct archive reader_handle;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(reader_handle, archive_read_free)

static locale_t utf8;

void
archive_prepare(void)
{
	if (utf8 == (locale_t)0)
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* One archive while it is open. */
struct opened {
	struct container container;
	struct archive *archive;
	const char *bytes;
	size_t size;
	struct zipdir *zipdir; /* NULL: it is no zip, or has no central directory */
	struct rardir *rardir; /* NULL: it is no RAR 5 archive */
	unsigned headers;      /* that could be read */
	bool damaged;
};

static struct part *
container_part(const struct opened *opened)
{
	return facts_part(opened->container.task->facts, opened->container.part);
}

static struct archive *
new_reader(enum archive_kind kind)
{
	static const int filters[] = {
		[ARCHIVE_BZIP2] = ARCHIVE_FILTER_BZIP2,
		[ARCHIVE_GZIP] = ARCHIVE_FILTER_GZIP,
		[ARCHIVE_LZ4] = ARCHIVE_FILTER_LZ4,
		[ARCHIVE_LZIP] = ARCHIVE_FILTER_LZIP,
		[ARCHIVE_LZMA] = ARCHIVE_FILTER_LZMA,
		[ARCHIVE_RPM] = ARCHIVE_FILTER_RPM,
		[ARCHIVE_XZ] = ARCHIVE_FILTER_XZ,
		[ARCHIVE_ZSTD] = ARCHIVE_FILTER_ZSTD,
	};
	static int (*const formats[])(struct archive *) = {
		archive_read_support_format_7zip,
		archive_read_support_format_ar,
		archive_read_support_format_cpio,
		archive_read_support_format_iso9660,
		archive_read_support_format_lha,
		archive_read_support_format_rar,
		archive_read_support_format_rar5,
		archive_read_support_format_tar,
		archive_read_support_format_xar,
	};
	struct archive *archive = archive_read_new();

	if (kind == ARCHIVE_ZIP || kind == ARCHIVE_ANY)
		archive_read_support_format_zip(archive);
	if (kind == ARCHIVE_ANY || kind == ARCHIVE_OTHER) {
		for (unsigned i = 0; i < G_N_ELEMENTS(formats); i++)
			formats[i](archive);
		/* Names as Windows sees them; those of Rock Ridge are looked for in circles where somebody laid one (3.6.2). */
		archive_read_set_format_option(archive, "iso9660", "rockridge", NULL);
	} else if (kind != ARCHIVE_ZIP) {
		archive_read_support_format_raw(archive);
		archive_read_support_format_empty(archive);
		/* It reads before it is open where it is told and not asked (3.6.2). */
		if (kind == ARCHIVE_COMPRESS)
			archive_read_support_filter_compress(archive);
		else
			archive_read_append_filter(archive, filters[kind]);
	}
	return archive;
}

/* What went wrong, as facts about a part. */
static void
note_trouble(struct archive *archive, struct part *part)
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
		g_autofree char *name = name_without_ending(container_part(opened));
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
	const struct part *around = container_part(opened);

	if (!read_content(archive, member)) {
		opened->damaged = true;
		note_trouble(archive, part);
		if (part_has(part, PART_FACT_truncated))
			part_set(container_part(opened), PART_FACT_truncated);
		if (member->size == 0) {
			member_end_empty(member);
			return;
		}
	}
	if (part_has(around, PART_FACT_ooxml) && member->bytes != NULL)
		document_member(container_part(opened), part->names,
		    (const char *)member->bytes->data, member->bytes->len);
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

static void
take_entry(struct opened *opened, struct archive *archive, struct archive_entry *entry)
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
		part_set(container_part(opened), PART_FACT_encrypted);
		member_end_empty(&member);
		return;
	}
	part_set(container_part(opened), PART_FACT_unencrypted_member);
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

static void
note_header_trouble(struct opened *opened)
{
	struct part *part = container_part(opened);

	opened->damaged = true;
	note_trouble(opened->archive, part);
	if (part_has(part, PART_FACT_encrypted) && opened->headers == 0)
		part_set(part, PART_FACT_encrypted_names);
	if (archive_read_has_encrypted_entries(opened->archive) == 1) {
		part_set(part, PART_FACT_encrypted);
		if (opened->headers == 0)
			part_set(part, PART_FACT_encrypted_names);
	}
}

/* All headers. False: it is no archive. */
static bool
read_all(struct opened *opened)
{
	struct archive_entry *entry;
	unsigned bad = 0;
	int answer;

	while (!opened->container.stopped && bad < BAD_HEADERS_MAX &&
	       (answer = archive_read_next_header(opened->archive, &entry)) != ARCHIVE_EOF) {
		if (archive_format(opened->archive) == 0)
			return false;
		if ((archive_format(opened->archive) & ARCHIVE_FORMAT_BASE_MASK) ==
		    ARCHIVE_FORMAT_ZIP)
			opened->container.letter = 'z';
		if (answer < ARCHIVE_FAILED) {
			note_header_trouble(opened);
			break;
		}
		if (answer < ARCHIVE_WARN) {
			note_header_trouble(opened);
			bad++;
			continue;
		}
		opened->headers++;
		take_entry(opened, opened->archive, entry);
	}
	return archive_format(opened->archive) != 0;
}

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
		part_set(container_part(opened), PART_FACT_encrypted);
	} else {
		part_set(container_part(opened), PART_FACT_unencrypted_member);
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
		take_entry(opened, archive, entry);
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

/* What libarchive did not tell. */
static void
read_beside(struct opened *opened)
{
	struct part *part = container_part(opened);

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

/* Before anything is read: what the directories alone say. */
static void
look_at_directories(struct opened *opened, enum archive_kind kind)
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
		part_set(container_part(opened), PART_FACT_ooxml);
}

/* Whether no member may be all that there is: nothing was put into it, or it is a program that begins like one. */
static bool
may_be_empty(const struct opened *opened)
{
	const char *bytes = opened->bytes;
	size_t size = opened->size;

	/* Some programs fill up with zeros. */
	while (size > 0 && bytes[size - 1] == '\0')
		size--;
	return opened->headers > 0 || opened->container.stopped || size <= EMPTY_MAX ||
	       archive_format(opened->archive) == ARCHIVE_FORMAT_EMPTY ||
	       memcmp(bytes, "PK\5\6", 4) == 0 || memcmp(bytes, "MZ", 2) == 0 ||
	       memmem(bytes, MIN(size, CPIO_END_MAX), "TRAILER!!!", 10) != NULL;
}

static bool
open_and_read(struct opened *opened)
{
	bool found;

	if (archive_read_open_memory(opened->archive, opened->bytes, opened->size) < ARCHIVE_WARN) {
		if (archive_format(opened->archive) != 0)
			note_header_trouble(opened);
		return archive_format(opened->archive) != 0;
	}
	found = opened->container.stopped || read_all(opened);
	if (found && !opened->container.stopped)
		read_beside(opened);
	return found;
}

bool
archive_open(struct task *task, unsigned n, const char *bytes, size_t size, enum archive_kind kind)
{
	g_autoptr(reader_handle) archive = new_reader(kind);
	struct opened opened = { .archive = archive, .bytes = bytes, .size = size };
	struct part *part = facts_part(task->facts, n);
	locale_t before;
	bool found;

	archive_prepare();
	before = uselocale(utf8 != (locale_t)0 ? utf8 : LC_GLOBAL_LOCALE);
	container_enter(&opened.container, task, n, size, kind == ARCHIVE_ZIP ? 'z' : 'r');
	opened.container.names_only = task->brief->max_archive_depth == 0;
	if (kind == ARCHIVE_ZIP || kind == ARCHIVE_ANY || kind == ARCHIVE_OTHER)
		look_at_directories(&opened, kind);
	found = open_and_read(&opened);
	if (found && !part_has(part, PART_FACT_ooxml))
		part_set(part, PART_FACT_archive);
	if (found && opened.container.names_only)
		part_set(part, PART_FACT_not_unpacked);
	opened.damaged |= found && !may_be_empty(&opened);
	if (opened.damaged && !part_has(part, PART_FACT_encrypted) &&
	    !part_has(part, PART_FACT_truncated))
		part_set(part, PART_FACT_unreadable);
	container_leave(&opened.container);
	zipdir_free(opened.zipdir);
	rardir_free(opened.rardir);
	uselocale(before);
	return found;
}
