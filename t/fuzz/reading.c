/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader's whole path: a message with all that is in it, read, described, and described again from the description. */
#include "t/fuzz/fuzz.h"

#include <string.h>

#include "core/read/facts_json.h"
#include "core/read/reading.h"

/* What the reader says must be something that the worker believes, and takes as it was said. */
static void
check(const struct facts *facts, uint64_t size)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) again = g_string_new(NULL);
	g_autofree char *why = NULL;

	facts_write(facts, text);
	struct facts *taken = facts_read(text->str, text->len, size, &why);
	if (taken == NULL)
		g_error("%s", why);
	facts_write(taken, again);
	if (!g_string_equal(text, again))
		g_error("taken as something else than was said");
	facts_free(taken);

	json_t *json = facts_to_json(facts);
	taken = facts_from_json(json, size, &why);
	if (taken == NULL)
		g_error("%s", why);
	facts_free(taken);
	json_decref(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *text = (const char *)bytes;
	const char *end = memmem(text, size, "\n\n", 2);
	size_t header = end != NULL ? (size_t)(end + 1 - text) : size;
	size_t body = end != NULL ? header + 1 : size;
	struct brief brief;

	brief_init(&brief);
	brief.seconds = 5;
	brief.max_bytes = 16 << 20;
	brief.max_files = 200;
	struct source *source = source_new(text, header, text + body, size - body);
	struct facts *facts = reading_run(&brief, source);

	g_assert_cmpuint(facts->parts->len, >, 0);
	check(facts, size + 2);
	facts_free(facts);
	source_free(source);
	return 0;
}
