/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is done fast is what GMime does, and a plain loop over bytes. */
#include "core/read/base64.h"

#include <gmime/gmime.h>
#include <string.h>

#include "core/read/decode.h"

#define SIGNS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

static void
expect_same_bytes(const GString *text)
{
	GMimeEncoding decoder;
	g_autofree char *expected = g_malloc(text->len + 8);
	size_t length, plain_length, expected_length, plain;
	g_autofree char *found = decode(ENCODING_BASE64, text->str, text->len, &length);
	g_autofree char *start = g_malloc(text->len / 4 * 3 + 1);

	g_mime_encoding_init_decode(&decoder, GMIME_CONTENT_ENCODING_BASE64);
	expected_length = g_mime_encoding_step(&decoder, text->str, text->len, expected);
	expected_length += g_mime_encoding_flush(&decoder, "", 0, expected + expected_length);
	g_assert_cmpmem(found, length, expected, expected_length);
	plain = base64_plain(text->str, text->len, start, &plain_length);
	g_assert_cmpuint(plain, <=, text->len);
	g_assert_cmpuint(plain_length % 3, ==, 0);
	g_assert_cmpmem(start, plain_length, expected, plain_length);
}

static void
expect_same_finding(const GString *text)
{
	bool rubbish = false, padded = false, ended = false, found;

	for (size_t i = 0; i < text->len; i++) {
		char c = text->str[i];
		bool sign = c != '\0' && strchr(SIGNS, c) != NULL;

		ended = ended || c == '=';
		padded = padded || (ended && sign);
		rubbish = rubbish || !(sign || (c != '\0' && strchr("= \t\r\n", c) != NULL));
	}
	g_assert_cmpint(base64_is_rubbish(text->str, text->len, &found), ==, rubbish);
	g_assert_cmpint(found, ==, padded);
}

/* Lines of signs, with here and there something else among them. */
static void
fill(GString *text, GRand *random, const char *others, unsigned rate)
{
	static const unsigned widths[] = { 76, 76, 75, 60, 3, 1000 };
	unsigned width = widths[g_rand_int_range(random, 0, G_N_ELEMENTS(widths))];
	unsigned count = (unsigned)g_rand_int_range(random, 0, 600);

	g_string_truncate(text, 0);
	for (unsigned i = 0; i < count; i++) {
		if (i % width == width - 1)
			g_string_append(text, g_rand_boolean(random) ? "\n" : "\r\n");
		if (rate > 0 && g_rand_int_range(random, 0, (gint32)rate) == 0)
			g_string_append_c(
			    text, others[g_rand_int_range(random, 0, (gint32)strlen(others))]);
		else
			g_string_append_c(text, SIGNS[g_rand_int_range(random, 0, 64)]);
	}
}

static void
is_as_slow_ones(void)
{
	static const struct {
		const char *others;
		unsigned rate;
	} mixes[] = { { "", 0 }, { "=", 200 }, { "=", 5 }, { " \t\n", 20 }, { "=-_.\xe4\x01", 100 },
		{ "=\n !", 3 } };
	g_autoptr(GRand) random = g_rand_new_with_seed(20);
	g_autoptr(GString) text = g_string_new(NULL);

	for (unsigned i = 0; i < 20000; i++) {
		unsigned n = i % G_N_ELEMENTS(mixes);

		fill(text, random, mixes[n].others, mixes[n].rate);
		if (g_rand_boolean(random))
			g_string_append(text, g_rand_boolean(random) ? "=\n" : "==");
		if (i % 100 == 0)
			g_string_append_len(text, "\0A", 2);
		expect_same_bytes(text);
		expect_same_finding(text);
	}
}

static void
stops_at_what_is_odd(void)
{
	static const struct {
		const char *text;
		size_t plain;
		const char *bytes;
	} rows[] = {
		{ "", 0, "" },
		{ "QUJD", 4, "ABC" },
		{ "QUJDREVG", 8, "ABCDEF" },
		{ "QUJD\r\nREVG\r\n", 10, "ABCDEF" },
		{ "QU\nJ D\tREVG", 11, "ABCDEF" },
		{ "QUJDREU=", 4, "ABC" },
		{ "QUJD\n=", 4, "ABC" },
		{ "QUJDR-EVG", 4, "ABC" },
		{ "=QUJD", 0, "" },
		{ "QUJDREV", 4, "ABC" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char out[16];
		size_t length, plain;

		plain = base64_plain(rows[i].text, strlen(rows[i].text), out, &length);
		g_test_message("%s", rows[i].text);
		g_assert_cmpmem(out, length, rows[i].bytes, strlen(rows[i].bytes));
		g_assert_cmpuint(plain, ==, rows[i].plain);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base64/what is plain ends with a whole group", stops_at_what_is_odd);
	g_test_add_func("/base64/the bytes and the findings are as slow ones are", is_as_slow_ones);
	return g_test_run();
}
