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
#include "core/read/directories.h"
#include "core/read/extract.h"

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

static void
note_header_trouble(struct opened *opened)
{
	struct part *part = opened_part(opened);

	opened->damaged = true;
	extract_note_trouble(opened->archive, part);
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
		extract_entry(opened, opened->archive, entry);
	}
	return archive_format(opened->archive) != 0;
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
		directories_read(opened);
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
		directories_open(&opened, kind);
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
