/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef T_UNIT_OLE_FIXTURE_H
#define T_UNIT_OLE_FIXTURE_H
/* An OLE2 file with two names in it. */
#include <stdint.h>
#include <string.h>

#define OLE_SECTOR 512
#define OLE_SIZE (3 * (size_t)OLE_SECTOR)
#define OLE_STORAGE 1
#define OLE_STREAM 2
#define OLE_ROOT 5
#define OLE_NONE 0xffffffffu
#define OLE_END 0xfffffffeu
#define OLE_FAT 0xfffffffdu

static inline void
ole_put32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static inline void
ole_put_entry(uint8_t *at, const char *name, uint8_t type, uint32_t right, uint32_t child)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < length; i++)
		at[2 * i] = (uint8_t)name[i];
	at[64] = (uint8_t)(2 * length + 2);
	at[66] = type;
	at[67] = 1;
	ole_put32(at + 68, OLE_NONE);
	ole_put32(at + 72, right);
	ole_put32(at + 76, child);
	ole_put32(at + 116, OLE_END);
}

/* A file with these two entries beside each other, without content: header, table of sectors, directory. */
static inline void
ole_make(uint8_t file[OLE_SIZE], const char *one, const char *two, uint8_t type)
{
	static const uint8_t head[] = { 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1 };

	memset(file, 0, OLE_SIZE);
	memcpy(file, head, sizeof head);
	ole_put32(file + 24, 0x0003003e);
	ole_put32(file + 28, 0x0009fffe);
	ole_put32(file + 32, 6);
	ole_put32(file + 44, 1);
	ole_put32(file + 48, 1); /* sector of the directory */
	ole_put32(file + 56, 4096);
	ole_put32(file + 60, OLE_END);
	ole_put32(file + 68, OLE_END);
	memset(file + 80, 0xff, OLE_SECTOR - 80);
	memset(file + OLE_SECTOR, 0xff, OLE_SECTOR);
	ole_put32(file + OLE_SECTOR, OLE_FAT);
	ole_put32(file + OLE_SECTOR + 4, OLE_END);
	ole_put_entry(file + 2 * (size_t)OLE_SECTOR, "Root Entry", OLE_ROOT, OLE_NONE, 1);
	ole_put_entry(file + 2 * (size_t)OLE_SECTOR + 128, one, type, 2, OLE_NONE);
	ole_put_entry(file + 2 * (size_t)OLE_SECTOR + 256, two, type, OLE_NONE, OLE_NONE);
}

#endif
