/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts from a reader that somebody else has in hand. What is believed must come back as it was when it is written again. */
#include <stdint.h>
#include <string.h>

#include "core/read/facts_json.h"

#define SIZE 100000

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct facts *
parse(const char *text, size_t length)
{
	g_autofree char *why = NULL;
	struct facts *facts = facts_read(text, length, SIZE, &why);

	if ((facts == NULL) != (why != NULL))
		g_error("refused without a reason, or taken with one");
	return facts;
}

static void
expect_back(const struct facts *facts)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) again = g_string_new(NULL);

	facts_write(facts, text);
	struct facts *back = parse(text->str, text->len);
	if (back == NULL)
		g_error("not believed the second time");
	facts_write(back, again);
	if (!g_string_equal(text, again))
		g_error("another text the second time");
	facts_free(back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct facts *facts = parse((const char *)bytes, size);

	if (facts == NULL)
		return 0;
	/* Numbers of parts are followed by everybody. */
	for (unsigned i = 0; i < facts->parts->len; i++)
		(void)facts_mime_part(facts, i);
	expect_back(facts);
	facts_free(facts);
	return 0;
}
