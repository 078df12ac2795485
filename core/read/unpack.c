/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table of kinds, each with its test and its opener; the first whose test holds opens. What the bytes are comes before what the
 * name says, for programs go by the bytes; a name alone is believed last, and then the bytes must agree, or the file could not be
 * opened.
 */
#include "core/read/unpack.h"

#include <string.h>
#include "core/read/archive.h"
#include "core/read/cab.h"
#include "core/read/document.h"
#include "core/read/member.h"
#include "core/read/ole.h"
#include "core/read/pdf.h"
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
};

/* How the bytes of archives begin. Where the mark is so short that others begin like that, failing to open it says nothing. */
static const struct magic {
	size_t offset;
	const char *bytes;
	size_t length;
	bool weak;
	enum archive_kind kind;
} magics[] = {
#define MAGIC(offset, bytes, kind)                                     \
	{                                                              \
		offset, bytes, sizeof bytes - 1, false, ARCHIVE_##kind \
	}
#define WEAK(offset, bytes, kind)                                     \
	{                                                             \
		offset, bytes, sizeof bytes - 1, true, ARCHIVE_##kind \
	}
	MAGIC(0, "\x1f\x8b\x08", GZIP), MAGIC(0, "\xfd\x37zXZ\0", XZ),
	MAGIC(0, "\x28\xb5\x2f\xfd", ZSTD), MAGIC(0, "\x04\x22\x4d\x18", LZ4),
	MAGIC(0, "LZIP", LZIP), MAGIC(0, "\xed\xab\xee\xdb", RPM), WEAK(0, "BZh", BZIP2),
	WEAK(0, "\x1f\x9d", COMPRESS), WEAK(0, "\x5d\0\0", LZMA),
	MAGIC(0, "7z\xbc\xaf\x27\x1c", ANY), MAGIC(0, "!<arch>\n", ANY), /* ar, deb */
	MAGIC(0, "xar!", ANY), MAGIC(0, "070701", ANY),			 /* cpio */
	MAGIC(0, "070702", ANY), MAGIC(0, "070707", ANY), MAGIC(257, "ustar", ANY),
	MAGIC(32769, "CD001", ANY), /* ISO 9660 */
	MAGIC(2, "-lh", ANY), MAGIC(2, "-lz", ANY),
	WEAK(0, "\xc7\x71", ANY), /* cpio, either byte order */
	WEAK(0, "\x71\xc7", ANY),
	/* Not to be opened, but archives all the same. */
	MAGIC(32769, "BEA01", ANY), /* UDF */
	MAGIC(7, "**ACE**", ANY), MAGIC(0, "MSWIM\0\0\0", ANY), MAGIC(0, "vhdxfile", ANY),
	MAGIC(0, "conectix", ANY), /* VHD */
	MAGIC(0, "hsqs", ANY),	   /* squashfs */
	WEAK(0, "\x60\xea", ANY),  /* arj */
#undef MAGIC
#undef WEAK
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

/* A tar of old: no mark, but a checksum over the first header. */
static bool
is_old_tar(const struct look *look)
{
	const uint8_t *u = (const uint8_t *)look->bytes;
	unsigned sum = 8 * ' ';

	if (look->size < 512 || u[0] == '\0')
		return false;
	for (unsigned i = 0; i < 512; i++)
		sum += i >= 148 && i < 156 ? 0 : u[i];
	return g_ascii_strtoull(look->bytes + 148, NULL, 8) == sum;
}

/* NULL: none. */
static const struct magic *
find_magic(const struct look *look)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(magics); i++) {
		const struct magic *magic = &magics[i];

		if (look->size >= magic->offset + magic->length &&
		    memcmp(look->bytes + magic->offset, magic->bytes, magic->length) == 0)
			return magic;
	}
	return NULL;
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
is_richtext(const struct look *look)
{
	return richtext_is(look->bytes, look->size);
}

static bool
is_pdf(const struct look *look)
{
	return pdf_is(look->bytes, look->size);
}

static bool
is_zip(const struct look *look)
{
	return starts(look, "PK\3\4") || starts(look, "PK00PK\3\4") ||
	       starts(look, "PK\7\10PK\3\4") /* the first of several volumes */ ||
	       zipdir_ends_here(look->bytes, look->size);
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
	       (find_magic(look) != NULL || is_old_tar(look));
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
	const struct magic *magic = find_magic(look);
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
	struct part *part = facts_part(look->task->facts, look->n);

	if (look->task->brief->unpack_documents) {
		ole_open(look->task, look->n, look->bytes, look->size);
		return;
	}
	part_set(part, PART_FACT_ole);
	part_set(part, PART_FACT_not_unpacked);
}

static void
open_richtext(struct look *look)
{
	if (look->task->brief->unpack_documents)
		richtext_open(look->task, look->n, look->bytes, look->size);
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

static void
open_pdf(struct look *look)
{
	pdf_read(facts_part(look->task->facts, look->n), look->bytes, look->size);
}

static const struct kind {
	const char *name;
	bool (*is)(const struct look *look);
	void (*open)(struct look *look);
	bool layer; /* opening it needs a layer of archives to be left */
} kinds[] = {
	{ "TNEF", is_tnef, open_tnef, false },
	{ "OLE2", is_ole, open_ole, true },
	{ "RTF", is_richtext, open_richtext, true },
	{ "zip", is_zip, open_zip, true },
	{ "RAR", is_rar, open_rar, true },
	{ "cabinet", is_cabinet, open_cabinet, true },
	{ "program", is_program, open_program, true },
	{ "archive", is_archive, open_magic, true },
	{ "archive by name", is_archive_name, open_magic, true },
};

static unsigned
count_containers(const struct task *task)
{
	unsigned count = 0;

	for (const struct container *c = task->containers; c != NULL; c = c->outer)
		count++;
	return count;
}

/* Whether it lies too deep to be opened. */
static bool
is_too_deep(const struct look *look, const struct kind *kind)
{
	unsigned maximum = look->task->brief->max_archive_depth;
	bool layer = kind->layer || look->part->kind == PART_MEMBER;

	if (count_containers(look->task) >= CONTAINER_DEPTH_MAX) {
		task_reached(look->task, READ_LIMIT_archive_depth);
		return true;
	}
	return layer && maximum != 0 && look->part->archive_depth >= maximum;
}

static const struct kind *
find_kind(const struct look *look)
{
	for (unsigned i = 0; look->size >= FILE_MIN && i < G_N_ELEMENTS(kinds); i++) {
		if (kinds[i].is(look))
			return &kinds[i];
	}
	return NULL;
}

bool
unpack_is_kind(const struct task *task, unsigned n, const char *bytes, size_t size)
{
	struct look look = { (struct task *)task, n, facts_part(task->facts, n), bytes, size };

	return find_kind(&look) != NULL || (size >= FILE_MIN && is_pdf(&look));
}

void
unpack(struct task *task, unsigned n, const char *bytes, size_t size)
{
	struct look look = { task, n, facts_part(task->facts, n), bytes, size };
	const struct kind *kind = find_kind(&look);

	if (size >= FILE_MIN && is_pdf(&look))
		open_pdf(&look);
	if (kind == NULL)
		return;
	if (is_too_deep(&look, kind))
		part_set(facts_part(task->facts, n), PART_FACT_not_unpacked);
	else
		kind->open(&look);
}

void
unpack_prepare(void)
{
	archive_prepare();
}
