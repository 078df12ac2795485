/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table of kinds, each with its test and its opener; the first whose test holds opens. What the bytes are comes before what the
 * name says, for programs go by the bytes; a name alone is believed last, and then the bytes must agree, or the file could not be
 * opened.
 */
#include "core/read/unpack.h"

#include <string.h>
#include "core/read/activemime.h"
#include "core/read/applefile.h"
#include "core/read/archive.h"
#include "core/read/archive_magic.h"
#include "core/read/cab.h"
#include "core/read/document.h"
#include "core/read/member.h"
#include "core/read/officexml.h"
#include "core/read/ole.h"
#include "core/read/pdf.h"
#include "core/read/pdf_files.h"
#include "core/read/richtext.h"
#include "core/read/tnef.h"

/* Files that are shorter hold nothing. */
#define FILE_MIN 4

/* A file that is looked at. */
struct look {
	struct task *task;
	unsigned n;
	const struct part *part;
	const char *bytes;
	size_t size;
	bool second; /* it was opened as a zip, and begins like something else */
};

/* Endings of names that say it is an archive. */
static const char *const endings[] = { "001", "7z", "arj", "bz2", "bzip2", "cab", "cpio", "deb",
	"dmg", "fat", "gz", "gzip", "hfs", "img", "iso", "jar", "lha", "lz", "lz4", "lzh", "lzma",
	"ntfs", "rar", "rpm", "squashfs", "swm", "tar", "taz", "tbz", "tbz2", "tgz", "tpz", "txz",
	"tz", "vhd", "vhdx", "wim", "xar", "xz", "z", "zip", "zst" };

static bool
has_ending(const struct part *part, const char *ending)
{
	size_t length = strlen(ending);

	for (unsigned i = 0; i < part->names->len; i++) {
		const char *name = g_ptr_array_index(part->names, i);
		size_t all = strlen(name);

		if (all > length && name[all - length - 1] == '.' &&
		    g_ascii_strcasecmp(name + all - length, ending) == 0)
			return true;
	}
	return false;
}

static bool
starts(const struct look *look, const char *bytes)
{
	size_t length = strlen(bytes);

	return look->size >= length && memcmp(look->bytes, bytes, length) == 0;
}

static bool
is_tnef(const struct look *look)
{
	if (tnef_is(look->bytes, look->size) ||
	    strcmp(look->part->type, "application/ms-tnef") == 0)
		return true;
	for (unsigned i = 0; i < look->part->names->len; i++) {
		g_autofree char *name =
		    g_ascii_strdown(g_ptr_array_index(look->part->names, i), -1);

		if (tnef_is_name(name))
			return true;
	}
	return false;
}

static bool
is_ole(const struct look *look)
{
	return look->size >= 8 && memcmp(look->bytes, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0;
}

static bool
is_applefile(const struct look *look)
{
	return applefile_is(look->bytes, look->size) ||
	       strcmp(look->part->type, "application/applefile") == 0;
}

static bool
is_pdf(const struct look *look)
{
	return pdf_is(look->bytes, look->size);
}

static bool
begins_as_zip(const struct look *look)
{
	return starts(look, "PK\3\4") || starts(look, "PK00PK\3\4") ||
	       starts(look, "PK\7\10PK\3\4"); /* the first of several volumes */
}

static bool
is_zip(const struct look *look)
{
	return begins_as_zip(look) || zipdir_ends_here(look->bytes, look->size);
}

static bool
is_rar(const struct look *look)
{
	return starts(look, "Rar!");
}

static bool
is_cabinet(const struct look *look)
{
	return look->size >= 8 && memcmp(look->bytes, "MSCF\0\0\0\0", 8) == 0 &&
	       (look->task->brief->find_archives_by_content || has_ending(look->part, "cab"));
}

static bool
is_program(const struct look *look)
{
	return starts(look, "MZ");
}

static bool
is_archive(const struct look *look)
{
	return look->task->brief->find_archives_by_content &&
	       archive_magic_is(look->bytes, look->size);
}

static bool
is_archive_name(const struct look *look)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(endings); i++) {
		if (has_ending(look->part, endings[i]))
			return true;
	}
	return false;
}

/* Opens an archive, unless its depth forbids. `claim`: if it can't be opened, that is a fact. */
static void
open_archive(struct look *look, enum archive_kind kind, bool claim)
{
	struct part *part = facts_part(look->task->facts, look->n);

	if (look->task->brief->max_archive_depth == 0 && !look->task->brief->list_archives) {
		if (claim)
			part_set(part, PART_FACT_archive);
		part_set(part, PART_FACT_not_unpacked);
		return;
	}
	if (kind == ARCHIVE_ANY && look->second)
		kind = ARCHIVE_OTHER;
	if (archive_open(look->task, look->n, look->bytes, look->size, kind) || !claim)
		return;
	part_set(part, PART_FACT_archive);
	part_set(part, PART_FACT_unreadable);
}

static void
open_zip(struct look *look)
{
	struct part *part = facts_part(look->task->facts, look->n);
	struct zipdir *zipdir;

	if (!look->task->brief->unpack_documents) {
		zipdir = zipdir_new(look->bytes, look->size, look->task->brief->max_files);
		if (zipdir != NULL && document_is(zipdir)) {
			part_set(part, PART_FACT_ooxml);
			part_set(part, PART_FACT_not_unpacked);
			zipdir_free(zipdir);
			return;
		}
		zipdir_free(zipdir);
	}
	open_archive(look, ARCHIVE_ZIP, starts(look, "PK"));
}

static void
open_magic(struct look *look)
{
	const struct archive_magic *magic = archive_magic_find(look->bytes, look->size);
	bool claim = (magic != NULL && !magic->weak) || is_archive_name(look);

	open_archive(look, magic != NULL ? magic->kind : ARCHIVE_ANY, claim);
}

static void
open_rar(struct look *look)
{
	open_archive(look, ARCHIVE_ANY, true);
}

static void
open_cabinet(struct look *look)
{
	const struct brief *brief = look->task->brief;
	struct part *part = facts_part(look->task->facts, look->n);

	if (brief->max_archive_depth != 0 || brief->list_archives) {
		cab_open(look->task, look->n, look->bytes, look->size);
		return;
	}
	part_set(part, PART_FACT_archive);
	part_set(part, PART_FACT_not_unpacked);
}

/* Many programs unpack themselves; most do not. */
static void
open_program(struct look *look)
{
	open_archive(look, ARCHIVE_ANY, false);
}

static void
open_ole(struct look *look)
{
	part_set(facts_part(look->task->facts, look->n), PART_FACT_ole);
	if (look->task->brief->unpack_documents)
		ole_open(look->task, look->n, look->bytes, look->size);
	else
		part_set(facts_part(look->task->facts, look->n), PART_FACT_not_unpacked);
}

static void
open_applefile(struct look *look)
{
	applefile_open(look->task, look->n, look->bytes, look->size);
}

static void
open_tnef(struct look *look)
{
	struct part *part = facts_part(look->task->facts, look->n);

	if (look->task->brief->expand_tnef) {
		tnef_open(look->task, look->n, look->bytes, look->size);
		return;
	}
	part_set(part, PART_FACT_tnef);
	part_set(part, PART_FACT_not_unpacked);
}

/* Documents are known by their bytes, and opened where that is asked for; they have no `is` and `open`. */
static const struct kind {
	const char *name;
	bool (*is)(const struct look *look);
	void (*open)(struct look *look);
	bool layer; /* opening it needs a layer of archives to be left */
	bool (*is_document)(const char *bytes, size_t size);
	void (*open_document)(struct task *task, unsigned n, const char *bytes, size_t size);
} kinds[] = {
	{ "TNEF", is_tnef, open_tnef, false, NULL, NULL },
	{ "OLE2", is_ole, open_ole, true, NULL, NULL },
	{ "RTF", NULL, NULL, false, richtext_is, richtext_open },
	{ "Office XML", NULL, NULL, false, officexml_is, officexml_open },
	{ "ActiveMime", NULL, NULL, false, activemime_is, activemime_open },
	{ "Apple file", is_applefile, open_applefile, false, NULL, NULL },
	{ "zip", is_zip, open_zip, true, NULL, NULL },
	{ "RAR", is_rar, open_rar, true, NULL, NULL },
	{ "cabinet", is_cabinet, open_cabinet, true, NULL, NULL },
	{ "program", is_program, open_program, true, NULL, NULL },
	{ "archive", is_archive, open_magic, true, NULL, NULL },
	{ "archive by name", is_archive_name, open_magic, true, NULL, NULL },
};
#define KIND_ZIP 6 /* its row */

/* Beside the others: a PDF may be a file of another kind, too. */
static const struct kind pdf_files = { "PDF", NULL, NULL, false, pdf_is, pdf_files_open };

/* Whether it lies too deep to be opened. */
static bool
is_too_deep(const struct look *look, const struct kind *kind)
{
	unsigned maximum = look->task->brief->max_archive_depth;
	bool layer = kind->layer || look->part->kind == PART_MEMBER;

	if (!container_has_room(look->task))
		return true;
	return layer && maximum != 0 && look->part->archive_depth >= maximum;
}

/* The first in the table that it is, from the `from`th on. */
static const struct kind *
find_kind(const struct look *look, unsigned from)
{
	for (unsigned i = from; look->size >= FILE_MIN && i < G_N_ELEMENTS(kinds); i++) {
		if (kinds[i].is != NULL ? kinds[i].is(look)
					: kinds[i].is_document(look->bytes, look->size))
			return &kinds[i];
	}
	return NULL;
}

/*
 * Programs for zip files go by the end of a file, others by its beginning: a file may be both. Documents hold zip files, which may
 * lie at their end by chance, but not to the last byte.
 */
static const struct kind *
find_second(struct look *look, const struct kind *first)
{
	if (first == NULL || begins_as_zip(look) || !zipdir_ends_here(look->bytes, look->size))
		return NULL;
	if (first->is != is_zip)
		return zipdir_ends_exactly(look->bytes, look->size) || is_archive_name(look)
			   ? find_kind(look, KIND_ZIP)
			   : NULL;
	look->second = true;
	first = find_kind(look, KIND_ZIP + 1);
	return first != NULL && first->is != is_archive_name ? first : NULL;
}

bool
unpack_is_kind(const struct task *task, unsigned n, const char *bytes, size_t size)
{
	struct look look = { .task = (struct task *)task,
		.n = n,
		.part = facts_part(task->facts, n),
		.bytes = bytes,
		.size = size };

	return find_kind(&look, 0) != NULL || (size >= FILE_MIN && is_pdf(&look));
}

static void
open_kind(struct look *look, const struct kind *kind)
{
	if (kind == NULL)
		return;
	if (is_too_deep(look, kind) || (kind->open == NULL && !look->task->brief->unpack_documents))
		part_set(facts_part(look->task->facts, look->n), PART_FACT_not_unpacked);
	else if (kind->open != NULL)
		kind->open(look);
	else
		kind->open_document(look->task, look->n, look->bytes, look->size);
}

void
unpack(struct task *task, unsigned n, const char *bytes, size_t size)
{
	struct look look = { .task = task,
		.n = n,
		.part = facts_part(task->facts, n),
		.bytes = bytes,
		.size = size };
	const struct kind *kind = find_kind(&look, 0);

	if (size >= FILE_MIN && is_pdf(&look) &&
	    pdf_read(task, facts_part(task->facts, n), bytes, size))
		open_kind(&look, &pdf_files);
	open_kind(&look, kind);
	open_kind(&look, find_second(&look, kind));
}

void
unpack_prepare(void)
{
	archive_prepare();
}
