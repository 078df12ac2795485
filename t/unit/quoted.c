/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is done fast is what GMime does. */
#include "core/read/quoted.h"

#include <gmime/gmime.h>
#include <string.h>

#include "core/act/transfer.h"
#include "core/read/decode.h"

static char *
decode_by_gmime(const GString *text, size_t *length)
{
	GMimeEncoding decoder;
	char *out = g_malloc(text->len + 8);

	g_mime_encoding_init_decode(&decoder, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	*length = g_mime_encoding_step(&decoder, text->str, text->len, out);
	*length += g_mime_encoding_flush(&decoder, "", 0, out + *length);
	return out;
}

static void
expect_same_bytes(const GString *text)
{
	size_t expected_length, length;
	g_autofree char *expected = decode_by_gmime(text, &expected_length);
	g_autofree char *found = decode(ENCODING_QUOTED_PRINTABLE, text->str, text->len, &length);
	g_autoptr(GString) other = transfer_decode(TRANSFER_QUOTED, text->str, text->len);

	g_assert_cmpmem(found, length, expected, expected_length);
	g_assert_cmpmem(other->str, other->len, expected, expected_length);
}

/* The place behind so many decoded bytes, found byte by byte. */
static size_t
seek_by_gmime(const GString *text, size_t place, bool *found)
{
	GMimeEncoding decoder;
	size_t count = 0, at = 0;
	char out[8];

	g_mime_encoding_init_decode(&decoder, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	while (at < text->len && count < place)
		count += g_mime_encoding_step(&decoder, text->str + at++, 1, out);
	*found = count == place;
	return at;
}

static void
expect_same_places(const GString *text, GRand *random)
{
	struct transfer_cursor cursor;

	transfer_cursor_init(&cursor, text->str, text->len);
	for (size_t place = 0; place <= text->len;
	     place += (size_t)g_rand_int_range(random, 1, 20)) {
		bool expected;
		size_t at = seek_by_gmime(text, place, &expected);

		g_assert_cmpint(transfer_cursor_seek(&cursor, place), ==, expected);
		if (!expected)
			break;
		g_assert_cmpuint(cursor.at, ==, at);
	}
}

static void
is_as_gmime(void)
{
	static const char *const pieces[] = { "a", "word ", "=", "=3D", "=c3=A4", "=\n", "=\r\n",
		"\n", "\r\n", "=0", "=zz", "=\r", "= \n", "\xff", "long words and more of them " };
	g_autoptr(GRand) random = g_rand_new_with_seed(8);
	g_autoptr(GString) text = g_string_new(NULL);

	for (unsigned i = 0; i < 20000; i++) {
		/* Half of them with nothing odd in it. */
		int count = g_rand_int_range(random, 0, 30), odd = i % 2 == 0 ? 4 : 0;

		g_string_truncate(text, 0);
		for (int n = 0; n < count; n++) {
			int piece = g_rand_int_range(random, 0, 11 + odd);

			g_string_append(
			    text, odd == 0 && (piece == 2 || piece >= 9) ? "x" : pieces[piece]);
		}
		if (i % 50 == 0)
			g_string_append_len(text, "\0=00", 4);
		expect_same_bytes(text);
		expect_same_places(text, random);
	}
}

static void
stops(void)
{
	static const struct {
		const char *text;
		size_t limit, read;
		const char *bytes;
	} rows[] = {
		{ "", 9, 0, "" },
		{ "ab=3Dc", 9, 6, "ab=c" },
		{ "ab=3Dc", 2, 2, "ab" },
		{ "ab=3Dc", 3, 5, "ab=" },
		{ "ab=\nc", 2, 2, "ab" },
		{ "ab=\r\nc", 3, 6, "abc" },
		{ "ab=zzc", 9, 2, "ab" },
		{ "ab=4", 9, 2, "ab" },
		{ "ab=", 9, 2, "ab" },
		{ "ab=\r", 9, 2, "ab" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char out[16];
		size_t length, other;

		g_test_message("%s", rows[i].text);
		g_assert_cmpuint(
		    quoted_plain(rows[i].text, strlen(rows[i].text), out, rows[i].limit, &length),
		    ==, rows[i].read);
		g_assert_cmpmem(out, length, rows[i].bytes, strlen(rows[i].bytes));
		quoted_plain(rows[i].text, strlen(rows[i].text), NULL, rows[i].limit, &other);
		g_assert_cmpuint(other, ==, length);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/quoted/reading ends before what is odd, or at the limit", stops);
	g_test_add_func("/quoted/bytes and places are as GMime has them", is_as_gmime);
	return g_test_run();
}
