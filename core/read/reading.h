/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_READING_H
#define CORE_READ_READING_H
/*
 * One message is read: the whole way from its bytes to facts, in this process. The reader process calls it; so do tests and
 * fuzzers. It keeps nothing between messages but libraries' own tables.
 */
#include "core/message/part.h"
#include "core/read/brief.h"
#include "core/read/source.h"

/* Never NULL: what can't be read is a fact, too. */
struct facts *reading_run(const struct brief *brief, const struct source *source);

/*
 * How the content of a part is wanted.
 */
enum content_form {
	CONTENT_DECODED, /* its bytes without transfer encoding; of a member: unpacked */
	CONTENT_TEXT,	 /* of HTML: readable text, UTF-8 (`Convert HTML To Text`) */
};

/* Called with the content, piece by piece. False ends it. */
typedef bool content_take(const char *bytes, size_t length, void *data);

/*
 * Reads the message once more and hands out the content of these parts (numbers in the facts that the same brief gave), in order
 * of their numbers: `begin` (may be NULL) before each. Parts that there are not, or whose content can't be had, are left out.
 */
struct reading_wish {
	const unsigned *parts; /* ascending */
	unsigned count;
	enum content_form form;
	bool (*begin)(unsigned part, void *data);
	content_take *take;
	void *data;
};
bool reading_contents(
    const struct brief *brief, const struct source *source, const struct reading_wish *wish);

#endif
