/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of files: any bytes as a name that a part has, in each of the ways of writing one; what people see is safe to show. */
#include "t/fuzz/fuzz.h"

#include <string.h>

#include "core/read/names.h"
#include "core/read/reading.h"

static void
check_shown(const char *name)
{
	g_assert_true(g_utf8_validate(name, -1, NULL));
	g_assert_cmpuint(strlen(name), <=, NAMES_SHOWN_MAX);
	for (const char *c = name; *c != '\0'; c = g_utf8_next_char(c))
		g_assert_false(g_unichar_iscntrl(g_utf8_get_char(c)));
}

static void
check_part(const char *form, const char *bytes)
{
	g_autofree char *header = g_strdup_printf("MIME-Version: 1.0\n%s%s\n", form, bytes);
	struct brief brief;

	brief_init(&brief);
	struct source *source = source_new(header, strlen(header), "x\n", 2);
	struct facts *facts = reading_run(&brief, source);

	for (unsigned i = 0; i < facts->parts->len; i++) {
		const struct part *part = facts_part(facts, i);

		if (part->name != NULL)
			check_shown(part->name);
		for (unsigned n = 0; n < part->names->len; n++)
			g_assert_true(g_utf8_validate(g_ptr_array_index(part->names, n), -1, NULL));
	}
	facts_free(facts);
	source_free(source);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const forms[] = { "Content-Type: a/b; name=",
		"Content-Disposition: attachment; filename*=",
		"Content-Disposition: attachment; filename*0*=", "Content-Type: a/b; ",
		"Content-Description: " };
	g_autofree char *text = g_strndup((const char *)bytes, size);
	g_autofree char *shown = names_shown((const char *)bytes, size);

	check_shown(shown);
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
		check_part(forms[i], text);
	return 0;
}
