/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both kinds of id are told apart by where the second hyphen is. No binary is asked for its version:
 * what counts is which Exim wrote the file.
 */
#include "spool/exim_id.h"

#include <string.h>

#define TIME_LENGTH 6

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct kind {
	size_t process, fraction; /* lengths in digits */
	unsigned tick;		  /* of the fraction, in microseconds */
};

static const struct kind kinds[] = {
	{ .process = 6, .fraction = 2, .tick = 5000 },
	{ .process = 11, .fraction = 4, .tick = 1 },
};

static size_t
kind_length(const struct kind *kind)
{
	return TIME_LENGTH + 1 + kind->process + 1 + kind->fraction;
}

static size_t
run_of_digits(const char *text, size_t most)
{
	size_t n = 0;

	while (n < most && g_ascii_isalnum(text[n]))
		n++;
	return n;
}

static const struct kind *
kind_of(const char *text)
{
	if (run_of_digits(text, TIME_LENGTH) != TIME_LENGTH || text[TIME_LENGTH] != '-')
		return NULL;
	text += TIME_LENGTH + 1;
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		const struct kind *kind = &kinds[i];

		if (run_of_digits(text, kind->process) == kind->process &&
		    text[kind->process] == '-' &&
		    run_of_digits(text + kind->process + 1, kind->fraction) == kind->fraction)
			return kind;
	}
	return NULL;
}

size_t
exim_id_length(const char *text)
{
	const struct kind *kind = kind_of(text);

	return kind != NULL ? kind_length(kind) : 0;
}

static guint64
number(const char *text, size_t length)
{
	guint64 value = 0;

	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		value = value * 62 + (guint64)(c <= '9'	  ? c - '0'
					       : c <= 'Z' ? c - 'A' + 10
							  : c - 'a' + 36);
	}
	return value;
}

static void
put_number(char *text, size_t length, guint64 value)
{
	while (length-- > 0) {
		text[length] = digits[value % 62];
		value /= 62;
	}
}

bool
exim_identify(const char *name, struct spool_name *what)
{
	const struct kind *kind = kind_of(name);

	if (kind == NULL)
		return false;

	size_t length = kind_length(kind);
	char type = name[length] == '-' ? name[length + 1] : '\0';

	if ((type != 'H' && type != 'D' && type != 'J') || name[length + 2] != '\0')
		return false;

	guint64 fraction = number(name + length - kind->fraction, kind->fraction) * kind->tick;

	memcpy(what->id, name, length);
	what->id[length] = '\0';
	what->control = type == 'H';
	what->received = (gint64)(number(name, TIME_LENGTH) * G_USEC_PER_SEC +
				  MIN(fraction, G_USEC_PER_SEC - 1));
	return true;
}

bool
exim_is_subdirectory(const char *name)
{
	return g_ascii_isalnum(name[0]) && name[1] == '\0';
}

void
exim_subdirectory(const char *id, char name[2])
{
	name[0] = id[TIME_LENGTH - 1];
	name[1] = '\0';
}

void
exim_id_make(char id[EXIM_ID_MAX + 1], const char *like, gint64 now, pid_t pid, unsigned n)
{
	const struct kind *kind = kind_of(like);
	guint64 seconds = (guint64)(now / G_USEC_PER_SEC);
	guint64 fraction = (guint64)(now % G_USEC_PER_SEC) / kind->tick + n;
	char *process = id + TIME_LENGTH + 1;

	put_number(id, TIME_LENGTH, seconds);
	id[TIME_LENGTH] = '-';
	put_number(process, kind->process, (guint64)pid);
	process[kind->process] = '-';
	put_number(process + kind->process + 1, kind->fraction, fraction);
	process[kind->process + 1 + kind->fraction] = '\0';
}
