/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files come out of a cabinet as they were put in, or are said to be unreadable. */
#include "core/read/cab.h"

#include <zlib.h>

#include "t/unit/unpack_fixture.h"

#define BLOCK 32768
#define SIZE (BLOCK + 1000)
#define STORED 0
#define MSZIP 1
#define LZX 3

static void
put16(GByteArray *to, unsigned value)
{
	const guint8 bytes[] = { (guint8)value, (guint8)(value >> 8) };

	g_byte_array_append(to, bytes, 2);
}

static void
put32(GByteArray *to, uint32_t value)
{
	put16(to, value & 0xffff);
	put16(to, value >> 16);
}

/* A block as it is packed; what MSZIP packs may refer to the block before. */
static void
put_block(
    GByteArray *to, unsigned method, const char *text, size_t from, size_t size, unsigned reserve)
{
	g_autofree guint8 *packed = g_malloc0(2 * BLOCK);
	z_stream stream = { .next_in = (Bytef *)text + from, .avail_in = (uInt)size };
	size_t length = size;

	memcpy(packed, text + from, size);
	if (method == MSZIP) {
		memcpy(packed, "CK", 2);
		g_assert_cmpint(
		    deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), ==, Z_OK);
		if (from > 0)
			deflateSetDictionary(&stream, (const Bytef *)text + from - BLOCK, BLOCK);
		stream.next_out = packed + 2;
		stream.avail_out = 2 * BLOCK - 2;
		g_assert_cmpint(deflate(&stream, Z_FINISH), ==, Z_STREAM_END);
		length = 2 + stream.total_out;
		deflateEnd(&stream);
	}
	put32(to, 0);
	put16(to, (unsigned)length);
	put16(to, (unsigned)size);
	for (unsigned i = 0; i < reserve; i++)
		g_byte_array_append(to, (const guint8 *)"r", 1);
	g_byte_array_append(to, packed, (guint)length);
}

/* Two files, of which the second begins in the first block and ends in the other. */
static GByteArray *
make(unsigned method, const char *text, unsigned reserve)
{
	GByteArray *cab = g_byte_array_new();
	unsigned header = 36 + (reserve > 0 ? 4 + reserve : 0), files = header + 8 + reserve;

	g_byte_array_append(cab, (const guint8 *)"MSCF\0\0\0\0", 8);
	put32(cab, 0); /* size, which nobody looks at */
	put32(cab, 0);
	put32(cab, files);
	put32(cab, 0);
	put16(cab, 0x0103);
	put16(cab, 1); /* folders, files */
	put16(cab, 2);
	put16(cab, reserve > 0 ? 4 : 0);
	put32(cab, 0);
	if (reserve > 0) {
		put16(cab, reserve);
		put16(cab, reserve | reserve << 8);
		for (unsigned i = 0; i < reserve; i++)
			g_byte_array_append(cab, (const guint8 *)"r", 1);
	}
	put32(cab, files + 2 * (16 + 6));
	put16(cab, 2); /* blocks */
	put16(cab, method);
	for (unsigned i = 0; i < reserve; i++)
		g_byte_array_append(cab, (const guint8 *)"r", 1);
	for (unsigned i = 0; i < 2; i++) {
		put32(cab, i == 0 ? 10 : SIZE - 10);
		put32(cab, i == 0 ? 0 : 10);
		put32(cab, 0); /* folder, date */
		put32(cab, 0);
		g_byte_array_append(cab, (const guint8 *)(i == 0 ? "a.txt" : "b.txt"), 6);
	}
	put_block(cab, method, text, 0, BLOCK, reserve);
	put_block(cab, method, text, BLOCK, SIZE - BLOCK, reserve);
	return cab;
}

static char *
digest(const char *bytes, size_t size)
{
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
}

static char *
make_text(void)
{
	char *text = g_malloc(SIZE);

	for (unsigned i = 0; i < SIZE; i++)
		text[i] = (char)('a' + (i * i / 7 + i) % 26);
	return text;
}

static void
contents(void)
{
	static const struct {
		unsigned method, reserve;
	} rows[] = { { STORED, 0 }, { MSZIP, 0 }, { STORED, 5 }, { MSZIP, 5 } };
	g_autofree char *text = make_text();
	g_autofree char *first = digest(text, 10), *second = digest(text + 10, SIZE - 10);
	struct brief brief;

	brief_init(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) cab = make(rows[i].method, text, rows[i].reserve);
		struct facts *facts = unpack_read(&brief, "a.bin", cab->data, cab->len);

		g_test_message("method %u, %u bytes reserved", rows[i].method, rows[i].reserve);
		g_assert_cmpuint(facts->parts->len, ==, 3);
		g_assert_cmpstr(facts_part(facts, 1)->name, ==, "a.txt");
		g_assert_cmpstr(facts_part(facts, 1)->digest, ==, first);
		g_assert_cmpstr(facts_part(facts, 2)->name, ==, "b.txt");
		g_assert_cmpstr(facts_part(facts, 2)->digest, ==, second);
		g_assert_false(part_has(facts_part(facts, 0), PART_FACT_unreadable));
		facts_free(facts);
	}
}

/* Names are known all the same. */
static void
unreadable(void)
{
	g_autofree char *text = make_text();
	struct brief brief;

	brief_init(&brief);
	for (unsigned i = 0; i < 3; i++) {
		g_autoptr(GByteArray) cab = make(i == 0 ? LZX : MSZIP, text, 0);
		struct facts *facts;

		if (i == 1)
			g_byte_array_set_size(cab, cab->len - 1);
		if (i == 2)
			cab->data[36 + 8 + 2 * 22 + 8] ^= 1; /* the mark of a block */
		facts = unpack_read(&brief, "a.bin", cab->data, cab->len);
		g_autofree char *said = unpack_text(facts);
		g_test_message("%u: %s", i, said);
		g_assert_cmpuint(facts->parts->len, ==, 3);
		g_assert_cmpstr(facts_part(facts, 2)->name, ==, "b.txt");
		g_assert_true(part_has(facts_part(facts, 0), PART_FACT_archive));
		g_assert_true(part_has(facts_part(facts, 0), PART_FACT_unreadable));
		g_assert_true(part_has(facts_part(facts, 2), PART_FACT_unreadable));
		facts_free(facts);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cab/files come out as they were put in", contents);
	g_test_add_func("/cab/what can't be decoded is unreadable", unreadable);
	return g_test_run();
}
