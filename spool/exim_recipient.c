/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `end` walks from the right end of the line to the left; each step takes one piece and the blank
 * before it, and fails where the piece is not what its form wants. No step can go below 0.
 */
#include "spool/exim_recipient.h"

#include <limits.h>
#include <string.h>

enum { HAS_ERRORS_TO = 1, HAS_DSN = 2 };

static size_t
start_of(const char *text, size_t end, const char *bytes)
{
	while (end > 0 && text[end - 1] != '\0' && strchr(bytes, text[end - 1]) != NULL)
		end--;
	return end;
}

/* Takes " FIRST,SECOND" off the end. SECOND may be negative. */
static bool
take_pair(const char *text, size_t *end, size_t *first, size_t *second_at)
{
	size_t start = start_of(text, *end, "0123456789,-");
	const char *comma = memchr(text + start, ',', *end - start);
	guint64 number;

	if (comma == NULL || start == 0 || text[start - 1] != ' ' ||
	    !exim_number(text + start, (size_t)(comma - text) - start, INT_MAX, &number))
		return false;
	*first = number;
	*second_at = (size_t)(comma - text) + 1;
	*end = start - 1;
	return true;
}

/* Takes `length` bytes and the blank before them off the end. */
static bool
take_bytes(const char *text, size_t *end, size_t length)
{
	if (*end < length + 1 || text[*end - length - 1] != ' ')
		return false;
	*end -= length + 1;
	return true;
}

static bool
parent_is(struct exim_recipient *recipient, size_t at, size_t end)
{
	const char *text = recipient->line.text;
	guint64 number;

	recipient->parent_at = at;
	recipient->parent_length = end - at;
	if (end - at == 2 && memcmp(text + at, "-1", 2) == 0)
		return true;
	if (!exim_number(text + at, end - at, INT_MAX, &number))
		return false;
	recipient->parent = (int)number;
	return true;
}

/* "... #n": `end` is where the # stands. */
static bool
parse_current(struct exim_recipient *recipient, size_t end, guint64 flags)
{
	const char *text = recipient->line.text;
	size_t length, second, until = end;
	guint64 ignored;

	if ((flags & HAS_ERRORS_TO) != 0) {
		if (!take_pair(text, &end, &length, &second) ||
		    !parent_is(recipient, second, until) || !take_bytes(text, &end, length))
			return false;
		until = end;
	}
	if ((flags & HAS_DSN) != 0) {
		if (!take_pair(text, &end, &length, &second) ||
		    !exim_number(text + second, until - second, INT_MAX, &ignored) ||
		    !take_bytes(text, &end, length))
			return false;
	}
	recipient->address_length = end;
	return true;
}

/* "address N,PARENT,N": `start` is where the first N stands. */
static bool
parse_old(struct exim_recipient *recipient, size_t start)
{
	const char *text = recipient->line.text + start;
	size_t length = recipient->line.length - start;
	const char *first = memchr(text, ',', length);
	const char *second = memchr(first + 1, ',', length - (size_t)(first + 1 - text));

	if (second == NULL || first == text || second + 1 == text + length ||
	    memchr(second + 1, ',', length - (size_t)(second + 1 - text)) != NULL)
		return false;
	recipient->address_length = start - 1;
	return parent_is(recipient, (size_t)(first + 1 - recipient->line.text),
	    (size_t)(second - recipient->line.text));
}

bool
exim_recipient_parse(struct exim_line line, struct exim_recipient *recipient)
{
	const char *text = line.text;
	size_t digits = start_of(text, line.length, "0123456789");
	char before = digits > 0 ? text[digits - 1] : '\0';
	bool good = true;

	*recipient =
	    (struct exim_recipient){ .line = line, .address_length = line.length, .parent = -1 };
	if (digits == line.length)
		return line.length > 0;
	if (before == ' ') {
		recipient->address_length = digits - 1;
		good = parent_is(recipient, digits, line.length);
	} else if (before == '#') {
		guint64 flags;

		good = exim_number(text + digits, line.length - digits, 3, &flags) && flags > 0 &&
		       parse_current(recipient, digits - 1, flags);
	} else if (before == ',') {
		size_t start = start_of(text, line.length, "0123456789,");

		if (start > 0 && text[start - 1] == ' ')
			good = parse_old(recipient, start);
	}
	return good && recipient->address_length > 0;
}
