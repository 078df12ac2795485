/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass, no evaluation. Values come from senders; a second look at them is how a subject could
 * have added recipients to our own mail.
 */
#include "core/act/template.h"

#include <stdbool.h>
#include <string.h>

#include "core/act/submit.h"
#include "rules/config.h"
#include "rules/textfile.h"

struct filling {
	const struct template_value *values;
	GString *out;
	bool in_header;
};

static const char *
value_named(const struct template_value *values, const char *name, size_t length)
{
	for (; values->name != NULL; values++) {
		if (strlen(values->name) == length && memcmp(values->name, name, length) == 0)
			return values->text;
	}
	return NULL;
}

static void
add_value(struct filling *filling, const char *value)
{
	g_autofree char *clean = filling->in_header ? submit_header_value(value) : NULL;

	g_string_append(filling->out, clean != NULL ? clean : value);
}

static size_t
name_length(const char *text)
{
	size_t n = 0;

	while (g_ascii_isalnum(text[n]) || text[n] == '_')
		n++;
	return n;
}

/* Each take_ function replaces what stands at `text` and returns its length; 0 when it is no such thing. */
static size_t
take_variable(struct filling *filling, const char *text)
{
	bool braces = text[1] == '{';
	const char *name = text + (braces ? 2 : 1);
	size_t length = name_length(name);
	const char *value = value_named(filling->values, name, length);

	if (value == NULL || (braces && name[length] != '}'))
		return 0;
	add_value(filling, value);
	return length + (braces ? 3 : 1);
}

static size_t
take_macro(struct filling *filling, const char *text)
{
	size_t length = strcspn(text + 1, "% \t\n");

	if (length == 0 || text[1 + length] != '%')
		return 0;
	g_autofree char *name = g_strndup(text, length + 2);
	const char *value = config_macro(config_current(), name);
	if (value == NULL)
		return 0;
	add_value(filling, value);
	return length + 2;
}

static size_t
take_escape(struct filling *filling, const char *text)
{
	static const char letters[] = "nt$\\";
	static const char meanings[] = "\n\t$\\";
	const char *letter = text[1] == '\0' ? NULL : strchr(letters, text[1]);

	if (letter == NULL)
		return 0;
	g_string_append_c(filling->out, meanings[letter - letters]);
	return 2;
}

static size_t
take(struct filling *filling, const char *text)
{
	switch (*text) {
	case '$':
		return take_variable(filling, text);
	case '%':
		return take_macro(filling, text);
	case '\\':
		return take_escape(filling, text);
	}
	return 0;
}

static bool
ends_header(const GString *out)
{
	return out->len >= 2 && memcmp(out->str + out->len - 2, "\n\n", 2) == 0;
}

static char *
fill(const char *text, const struct template_value *values, bool has_header)
{
	struct filling filling = { .values = values,
		.out = g_string_sized_new(strlen(text) * 2),
		.in_header = has_header };

	while (*text != '\0') {
		size_t taken = take(&filling, text);

		if (taken == 0) {
			g_string_append_c(filling.out, *text);
			taken = 1;
		}
		text += taken;
		if (ends_header(filling.out))
			filling.in_header = false;
	}
	return g_string_free(filling.out, FALSE);
}

char *
template_fill(const char *text, const struct template_value *values)
{
	return fill(text, values, true);
}

char *
template_fill_text(const char *text, const struct template_value *values)
{
	return fill(text, values, false);
}

char *
template_unknown(const char **text, unsigned *line, const char *const *names)
{
	for (const char *at = *text; *at != '\0'; at++) {
		*line += *at == '\n';
		if (at[0] == '\\' && (at[1] == '\\' || at[1] == '$')) {
			at++;
			continue;
		}
		const char *start = at + (at[0] == '$' && at[1] == '{' ? 2 : 1);
		size_t length = *at == '$' ? name_length(start) : 0;
		g_autofree char *name = g_strndup(start, length);

		if (length == 0 || g_strv_contains(names, name))
			continue;
		*text = start + length;
		return g_steal_pointer(&name);
	}
	return NULL;
}

char *
template_read(const char *path, const char *charset, GError **error)
{
	g_autofree char *text = NULL;
	size_t length, out = 0;

	if (!g_file_get_contents(path, &text, &length, error))
		return NULL;
	if (length > TEMPLATE_MAX || memchr(text, '\0', length) != NULL) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
		    "%s is no template: it is larger than %d bytes or holds a NUL", path,
		    TEMPLATE_MAX);
		return NULL;
	}
	for (size_t i = 0; i < length; i++) {
		if (text[i] != '\r' || text[i + 1] != '\n')
			text[out++] = text[i];
	}
	text[out] = '\0';
	return textfile_utf8(text, out, charset);
}
