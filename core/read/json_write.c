/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/read/json_write.h"

static void
write_escaped(GString *out, unsigned char byte)
{
	if (byte == '"' || byte == '\\')
		g_string_append_printf(out, "\\%c", byte);
	else
		g_string_append_printf(out, "\\u%04x", byte);
}

/* Valid UTF-8. */
static void
write_valid(GString *out, const char *text)
{
	const char *run = text;

	g_string_append_c(out, '"');
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte >= ' ' && byte != '"' && byte != '\\')
			continue;
		g_string_append_len(out, run, text - run);
		write_escaped(out, byte);
		run = text + 1;
	}
	g_string_append_len(out, run, text - run);
	g_string_append_c(out, '"');
}

void
json_write_text(GString *out, const char *text)
{
	if (text == NULL) {
		g_string_append(out, "null");
	} else if (g_utf8_validate(text, -1, NULL)) {
		write_valid(out, text);
	} else {
		g_autofree char *valid = g_utf8_make_valid(text, -1);

		write_valid(out, valid);
	}
}

void
json_write_number(GString *out, uint64_t number)
{
	char digits[24], *at = digits + sizeof digits;

	do
		*--at = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	g_string_append_len(out, at, digits + sizeof digits - at);
}

void
json_write_name(GString *out, const char *name)
{
	if (out->str[out->len - 1] != '{')
		g_string_append_c(out, ',');
	g_string_append_c(out, '"');
	g_string_append(out, name);
	g_string_append(out, "\":");
}

void
json_write_comma(GString *out)
{
	if (out->str[out->len - 1] != '[')
		g_string_append_c(out, ',');
}
