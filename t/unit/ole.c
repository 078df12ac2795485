/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the names of streams and storages say of an OLE2 document. */
#include "core/read/ole.h"

#include "t/unit/unpack_fixture.h"

#define SECTOR 512
#define STORAGE 1
#define STREAM 2
#define ROOT 5
#define NONE 0xffffffffu
#define END 0xfffffffeu
#define FAT 0xfffffffdu

static void
put32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static void
put_entry(uint8_t *at, const char *name, uint8_t type, uint32_t right, uint32_t child)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < length; i++)
		at[2 * i] = (uint8_t)name[i];
	at[64] = (uint8_t)(2 * length + 2);
	at[66] = type;
	at[67] = 1;
	put32(at + 68, NONE);
	put32(at + 72, right);
	put32(at + 76, child);
	put32(at + 116, END);
}

/* A file with these two entries beside each other, without content: header, table of sectors, directory. */
static void
make(uint8_t file[3 * SECTOR], const char *one, const char *two, uint8_t type)
{
	static const uint8_t head[] = { 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1 };

	memset(file, 0, 3 * (size_t)SECTOR);
	memcpy(file, head, sizeof head);
	put32(file + 24, 0x0003003e);
	put32(file + 28, 0x0009fffe);
	put32(file + 32, 6);
	put32(file + 44, 1);
	put32(file + 48, 1); /* sector of the directory */
	put32(file + 56, 4096);
	put32(file + 60, END);
	put32(file + 68, END);
	memset(file + 80, 0xff, SECTOR - 80);
	memset(file + SECTOR, 0xff, SECTOR);
	put32(file + SECTOR, FAT);
	put32(file + SECTOR + 4, END);
	put_entry(file + 2 * (size_t)SECTOR, "Root Entry", ROOT, NONE, 1);
	put_entry(file + 2 * (size_t)SECTOR + 128, one, type, 2, NONE);
	put_entry(file + 2 * (size_t)SECTOR + 256, two, type, NONE, NONE);
}

static const struct {
	const char *name;
	uint8_t type;
	const char *facts;
} rows[] = {
	{ "EncryptedSummary", STREAM, " encrypted" },
	{ "encryptedsummary", STREAM, " encrypted" },
	{ "EncryptedPackage", STREAM, " encrypted" },
	{ "_VBA_PROJECT", STREAM, " vba" },
	{ "_VBA_PROJECT_CUR", STORAGE, " vba" },
	{ "Macros", STORAGE, " vba" },
	{ "MBD0001", STORAGE, " embedded_object" },
	{ "CONTENTS", STREAM, " embedded_object" },
	{ "Macros", STREAM, "" },
	{ "Nothing", STREAM, "" },
};

static char *
tell(const struct brief *brief, const uint8_t *file)
{
	struct facts *facts = unpack_read(brief, "a.doc", file, 3 * (size_t)SECTOR);
	char *text = unpack_text(facts);

	facts_free(facts);
	return text;
}

static void
names(void)
{
	uint8_t file[3 * SECTOR];
	struct brief brief;

	brief_init(&brief);
	brief.want_types = brief.want_mime_types = brief.want_html = false;
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *expected = NULL, *first = NULL, *second = NULL;

		g_test_message("%s", rows[i].name);
		expected = g_strdup_printf("n a.doc %d ole%s\n", 3 * SECTOR, rows[i].facts);
		make(file, rows[i].name, "x", rows[i].type);
		first = tell(&brief, file);
		make(file, "x", rows[i].name, rows[i].type);
		second = tell(&brief, file);
		g_assert_cmpstr(first, ==, expected);
		g_assert_cmpstr(second, ==, expected);
	}
}

static void
not_asked(void)
{
	uint8_t file[3 * SECTOR];
	g_autofree char *text = NULL;
	struct brief brief;

	brief_init(&brief);
	brief.want_types = brief.want_mime_types = brief.want_html = false;
	brief.unpack_documents = false;
	make(file, "EncryptedSummary", "x", STREAM);
	text = tell(&brief, file);
	g_assert_cmpstr(text, ==, "n a.doc 1536 ole not_unpacked\n");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ole/what streams and storages are called says what they are", names);
	g_test_add_func("/ole/documents stay closed where nobody wants them open", not_asked);
	return g_test_run();
}
