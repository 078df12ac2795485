/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_MAGICENTRY_H
#define CORE_READ_MAGICENTRY_H
/*
 * The entries of libmagic's compiled table, as they stand in the file, in the byte order of this machine. The format is private to
 * libmagic and has a version (MAGICENTRY_VERSION, 5.44's): any other is not read.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#define MAGICENTRY_FORMAT 0xF11E041Cu
#define MAGICENTRY_VERSION 18
/* Those that are tried in turn, and those that others use by name. */
#define MAGICENTRY_SETS 2

struct magicentry {
	uint16_t level; /* 0: begins an entry; others continue it */
	uint8_t flags, factor;
	char relation;
	uint8_t length, type, indirect_type;
	uint8_t indirect_operator, mask_operator, condition, factor_operator;
	int32_t offset, indirect_offset;
	uint32_t line;
	uint32_t range, string_flags; /* or, of numbers, a mask */
	char value[128];
	char description[64];
	char mime[80];
	char rest[72];
};

_Static_assert(sizeof(struct magicentry) == 376, "an entry is as long as libmagic's");

enum {
	MAGICENTRY_INDIRECT = 0x1,
	MAGICENTRY_RELATIVE = 0x6,
	MAGICENTRY_UNSIGNED = 0x8,
	MAGICENTRY_BINARY = 0x20, /* tried on the bytes as they are */
	MAGICENTRY_TEXT = 0x40,	  /* tried on text, in UTF-8 */
	MAGICENTRY_FROM_END = 0x80,
};

enum {
	MAGICENTRY_BLANKS = 0x3,  /* a blank stands for several, or for none */
	MAGICENTRY_FOLDED = 0xc,  /* letters of either case will do */
	MAGICENTRY_LINES = 0x800, /* of expressions: the range is lines */
};

enum {
	MAGICENTRY_STRING = 5,
	MAGICENTRY_PSTRING = 13,
	MAGICENTRY_REGEX = 17,
	MAGICENTRY_BESTRING16 = 18,
	MAGICENTRY_LESTRING16 = 19,
	MAGICENTRY_SEARCH = 20,
	MAGICENTRY_ELSEWHERE = 41, /* the whole table, at another place */
	MAGICENTRY_NAME = 45,
	MAGICENTRY_USE = 46,
	MAGICENTRY_DER = 48,
	MAGICENTRY_GUID = 49,
};

/* Bytes that are to be seen. */
struct magicview {
	const char *bytes;
	size_t size;
};

/* The table of this machine. Kept for the life of the process. */
struct magicfile {
	GMappedFile *file;
	const struct magicentry *head, *sets[MAGICENTRY_SETS];
	uint32_t counts[MAGICENTRY_SETS];
};

/*
 * Reads the table that magic_load(NULL) would load. False when there is none of the format that is known here, or when an
 * administrator has added entries: then libmagic is to be asked as it is.
 */
bool magicfile_load(struct magicfile *table);

/* Where an entry ends that begins here: behind all that continues it. */
const struct magicentry *magicentry_end(
    const struct magicentry *entry, const struct magicentry *end);

/* The bytes that must be there for a string to match: of `value`, up to the first blank where blanks are special. */
struct magicview magicentry_string(const struct magicentry *entry);

/* How wide a number of this type is. 0: not a number of a known kind. */
unsigned magicentry_width(const struct magicentry *entry);

/* The number that stands here, of magicentry_width() bytes. */
uint64_t magicentry_number(const struct magicentry *entry, const char *bytes);

#endif
