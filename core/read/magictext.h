/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_MAGICTEXT_H
#define CORE_READ_MAGICTEXT_H
/* What libmagic takes for text, and in what shape its entries for text are tried on it. */
#include "core/read/magicentry.h"

enum magictext {
	MAGICTEXT_NONE,	   /* certainly not text */
	MAGICTEXT_KNOWN,   /* text, as UTF-8 in `text` */
	MAGICTEXT_UNKNOWN, /* may be text, in a shape that only libmagic knows */
};

/* A content, as it is tried: as bytes, then as text. */
struct magicsight {
	struct magicview bytes, text;
	enum magictext kind;
	bool utf8;	       /* of text: else each byte is a character */
	GByteArray *converted; /* what `text` is in, if it is not in `bytes` */
};

/* `bytes` must outlive it. */
void magictext_look(struct magicsight *sight, const char *bytes, size_t size);

void magictext_clear(struct magicsight *sight);

/* Whether text like this may be comma separated values, to libmagic. */
bool magictext_may_be_csv(const char *bytes, size_t size);

/*
 * The words that libmagic has for text of a known shape, of which its entries say just this (`what`), or nothing (""). The caller's. NULL: it is to be
 * asked.
 */
char *magictext_describe(const struct magicsight *sight, const char *what);

#endif
