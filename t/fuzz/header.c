/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Header fields of any shape: looked up, edited, decoded. */
#include "t/fuzz/fuzz.h"

#include <string.h>

#include "core/message/subject_line.h"
#include "spool/header.h"

static void
read_fields(struct header_list *list, const char *text, size_t size)
{
	const char *end = text + size;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		/* A field goes on where the next line begins with a blank. */
		while (newline != NULL && newline + 1 < end &&
		       (newline[1] == ' ' || newline[1] == '\t'))
			newline = memchr(newline + 1, '\n', (size_t)(end - newline - 1));
		if (newline == NULL)
			return;
		header_list_read(list, text, (size_t)(newline + 1 - text), ' ', false);
		text = newline + 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct header_list *list = header_list_new();
	g_autofree char *copy = g_strndup((const char *)bytes, size);

	read_fields(list, (const char *)bytes, size);
	g_autofree char *subject = subject_line_text(list);
	g_assert_true(g_utf8_validate(subject, -1, NULL));
	g_autofree char *encoded = subject_line_encode(subject);
	g_assert_true(g_str_is_ascii(encoded));
	header_list_add(list, copy, copy, HEADER_TOP);
	header_list_append(list, "Subject", ", ", copy, HEADER_BOTTOM);
	header_list_prepend(list, "To", copy, " ", HEADER_BOTTOM);
	header_list_keep_first(list, "Received");
	header_list_remove(list, "Subject");
	g_assert_null(header_list_find(list, "Subject"));
	for (size_t i = 0; i < header_list_count(list); i++) {
		g_free(header_field_name(header_list_at(list, i)));
		g_free(header_field_value(header_list_at(list, i)));
	}
	header_list_free(list);
	return 0;
}
