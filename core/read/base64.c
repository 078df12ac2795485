/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attachments are most of the bytes of mail, and their code has the same shape always: lines of signs. So four signs are looked up at
 * once, and runs of them are found to be plain many bytes at a time, in vectors.
 */
#include "core/read/base64.h"

#include <stdint.h>
#include <string.h>

/* Bytes that are looked at together. */
#define RUN 64
/* Set where a byte is no sign. */
#define NO_SIGN 0x80000000u

/* Bytes of which the processor makes one step. */
typedef uint8_t vector __attribute__((vector_size(16)));

/* What each of four signs stands for, where it stands in the three bytes. */
static uint32_t values[4][256];

static void
prepare(void)
{
	static const char signs[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (unsigned place = 0; place < 4; place++) {
		for (unsigned c = 0; c < 256; c++)
			values[place][c] = NO_SIGN;
		for (uint32_t i = 0; i < 64; i++)
			values[place][(uint8_t)signs[i]] = i << (6 * (3 - place));
	}
}

static bool
is_blank(uint8_t c)
{
	return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

/* The next four signs, with blanks anywhere between. NULL: there are no four, or something else. */
static const uint8_t *
take_group(const uint8_t *p, const uint8_t *end, uint32_t *group)
{
	*group = 0;
	for (unsigned place = 0; place < 4; p++) {
		if (p == end)
			return NULL;
		if (!is_blank(*p))
			*group |= values[place++][*p];
		if ((*group & NO_SIGN) != 0)
			return NULL;
	}
	return p;
}

static char *
put_group(char *out, uint32_t group)
{
	out[0] = (char)(group >> 16);
	out[1] = (char)(group >> 8);
	out[2] = (char)group;
	return out + 3;
}

size_t
base64_plain(const char *bytes, size_t size, char *out, size_t *length)
{
	const uint8_t *p = (const uint8_t *)bytes, *end = p + size, *next = p;
	char *at = out;
	uint32_t group;

	if (values[0][0] == 0)
		prepare();
	while (next != NULL) {
		for (p = next; end - p >= 4; p += 4) {
			group =
			    values[0][p[0]] | values[1][p[1]] | values[2][p[2]] | values[3][p[3]];
			if ((group & NO_SIGN) != 0)
				break;
			at = put_group(at, group);
		}
		next = take_group(p, end, &group);
		if (next != NULL)
			at = put_group(at, group);
	}
	*length = (size_t)(at - out);
	return (size_t)(p - (const uint8_t *)bytes);
}

/* Whether all of a run are signs, or end lines. */
static bool
is_plain_run(const uint8_t *p)
{
	vector odd = { 0 };

	for (unsigned i = 0; i < RUN; i += sizeof(vector)) {
		vector c, letter, digit, plain;

		memcpy(&c, p + i, sizeof(c));
		letter = (c | 0x20) - 'a';
		digit = c - '/';
		plain =
		    (vector)((letter < 26) | (digit < 11) | (c == '+') | (c == '\n') | (c == '\r'));
		odd |= ~plain;
	}
	uint64_t halves[sizeof(odd) / sizeof(uint64_t)];

	memcpy(halves, &odd, sizeof(odd));
	return (halves[0] | halves[1]) == 0;
}

bool
base64_is_rubbish(const char *bytes, size_t size, bool *padded)
{
	const uint8_t *p = (const uint8_t *)bytes, *end = p + size;
	bool rubbish = false, ended = false;

	*padded = false;
	if (values[0][0] == 0)
		prepare();
	while (p < end) {
		if (!ended && end - p >= RUN && is_plain_run(p)) {
			p += RUN;
			continue;
		}
		for (const uint8_t *stop = end - p < RUN ? end : p + RUN; p < stop; p++) {
			bool sign = values[0][*p] != NO_SIGN;

			rubbish |= !sign && *p != '=' && !is_blank(*p);
			ended |= *p == '=';
			*padded |= ended && sign;
		}
	}
	return rubbish;
}
