/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between two escapes lie dozens of bytes that stand for themselves, so these are not looked at one by one. */
#include "core/read/quoted.h"

#include <glib.h>
#include <string.h>

/* What an escape takes of the text, and the byte that it gives, or -1 for none. 0: it is neither. */
static size_t
read_escape(const char *p, size_t left, int *byte)
{
	*byte = -1;
	if (left >= 2 && p[1] == '\n')
		return 2;
	if (left < 3)
		return 0;
	if (p[1] == '\r' && p[2] == '\n')
		return 3;
	if (!g_ascii_isxdigit(p[1]) || !g_ascii_isxdigit(p[2]))
		return 0;
	*byte = g_ascii_xdigit_value(p[1]) << 4 | g_ascii_xdigit_value(p[2]);
	return 3;
}

size_t
quoted_plain(const char *bytes, size_t size, char *out, size_t limit, size_t *length)
{
	size_t at = 0, taken = 1;

	*length = 0;
	while (at < size && *length < limit && taken > 0) {
		size_t most = MIN(size - at, limit - *length);
		const char *escape = memchr(bytes + at, '=', most);
		size_t run = escape != NULL ? (size_t)(escape - bytes) - at : most;
		int byte = -1;

		if (out != NULL)
			memcpy(out + *length, bytes + at, run);
		at += run;
		*length += run;
		if (escape == NULL || *length == limit)
			continue;
		taken = read_escape(escape, size - at, &byte);
		at += taken;
		if (byte >= 0 && out != NULL)
			out[*length] = (char)byte;
		*length += byte >= 0;
	}
	return at;
}
