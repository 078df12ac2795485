/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A message is read and changed: the first two bytes choose which kind of edit is made of which part, the rest is the message. What
 * comes out can be read again, and is the same when it is written as a patch.
 */
#include "t/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "core/read/reading.h"
#include "t/unit/rewrite_fixture.h"

#define INSERTED "inserted: \xC3\xA4 \xE2\x82\xAC\n--b\n"

static struct facts *
read_facts(const char *text, size_t size)
{
	size_t header = rewrite_header_size(text, size), start = MIN(header + 1, size);
	struct source *source = source_new(text, header, text + start, size - start);
	struct brief brief;

	brief_init(&brief);
	brief.seconds = 5;
	brief.want_digests = brief.want_types = brief.want_mime_types = false;
	struct facts *facts = reading_run(&brief, source);

	source_free(source);
	return facts;
}

static struct new_part *
new_text(void)
{
	return new_part_new("text/plain", "UTF-8", "n\xC3\xA4me.txt", "inline",
	    g_bytes_new(INSERTED, strlen(INSERTED)));
}

/* The choice has a bit for each kind of edit; each is made of another part. */
static void
plan(struct message *message, unsigned choice, unsigned part)
{
	static const enum body_edit_kind kinds[] = { BODY_SPLICE, BODY_REPLACE, BODY_REMOVE,
		BODY_RENAME, BODY_CONVERT, BODY_BEFORE, BODY_APPEND, BODY_RELATE, BODY_EPILOGUE,
		BODY_MEND };

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		bool takes = kinds[i] == BODY_REPLACE || kinds[i] == BODY_BEFORE ||
			     kinds[i] == BODY_APPEND || kinds[i] == BODY_RELATE;

		if ((choice >> i & 1) == 0)
			continue;
		struct body_edit *edit =
		    message_edit_body(message, kinds[i], part % message->facts->parts->len,
			takes ? NULL : INSERTED, takes ? new_text() : NULL, "fuzz");

		edit->start = choice >> 9 & 1 ? part : 0;
		edit->end = choice >> 10 & 1 ? BODY_END : edit->start;
		part = part / 2 + 1;
	}
}

/* A configuration of defaults, loaded once. */
static void
use_defaults(void)
{
	static gsize loaded;

	if (g_once_init_enter(&loaded)) {
		rewrite_configure("");
		g_once_init_leave(&loaded, 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *text = (const char *)bytes + 3;

	if (size < 3)
		return 0;
	size -= 3;
	use_defaults();
	struct message *message = rewrite_message(text, size);
	message->facts = read_facts(text, size);
	plan(message, bytes[0] | (unsigned)bytes[1] << 8, bytes[2]);
	g_autoptr(GString) result = rewrite_result(message, NULL);
	struct facts *facts = read_facts(result->str, result->len);

	g_assert_cmpuint(facts->parts->len, >, 0);
	facts_free(facts);
	message_free(message);
	return 0;
}
