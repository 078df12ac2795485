/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GMime's parser keeps the first of parameters with the same name; here all are kept, since the others are what some other program
 * sees. Generous: a missing semicolon, quote or value ends nothing.
 */
#include "core/read/fields.h"

#include <string.h>
#include "core/read/names.h"

static void
param_clear(void *data)
{
	struct param *param = data;

	g_free(param->name);
	g_free(param->value);
	g_free(param->whole);
}

/* Over blanks and comments. */
static const char *
skip_space(const char *at)
{
	unsigned depth = 0;

	for (; *at != '\0'; at++) {
		if (*at == '\\' && depth > 0 && at[1] != '\0')
			at++;
		else if (*at == '(')
			depth++;
		else if (*at == ')' && depth > 0)
			depth--;
		else if (depth == 0 && !g_ascii_isspace(*at))
			break;
	}
	return at;
}

static const char *
take_quoted(const char *at, GString *value)
{
	for (at++; *at != '\0' && *at != '"'; at++) {
		if (*at == '\\' && (at[1] == '"' || at[1] == '\\'))
			at++;
		g_string_append_c(value, *at);
	}
	return *at == '"' ? at + 1 : at;
}

/* What stands up to the next semicolon, without white space around it. The caller's. */
static char *
whole_value(const char *at)
{
	return g_strstrip(g_strndup(at, strcspn(at, ";")));
}

/* Another parameter, whose semicolon was forgotten? */
static bool
begins_param(const char *at)
{
	return g_ascii_isspace(*at) && memchr(at, '=', strcspn(at, ";\"")) != NULL;
}

static const char *
take_value(const char *at, GString *value, char **whole)
{
	const char *start = at;

	if (*at == '"') {
		const char *rest = at = take_quoted(at, value);

		rest += strspn(rest, " \t");
		if (*rest != '\0' && *rest != ';' && *rest != '(' && !begins_param(at))
			*whole = whole_value(start);
		/* What follows the quotes belongs to it for few. */
		while (*at != '\0' && *at != ';' && !g_ascii_isspace(*at) && *at != '(')
			at++;
		return at;
	}
	while (*at != '\0' && *at != ';')
		g_string_append_c(value, *at++);
	while (value->len > 0 && g_ascii_isspace(value->str[value->len - 1]))
		g_string_truncate(value, value->len - 1);
	if (strchr(value->str, '(') != NULL)
		*whole = g_strdup(value->str);
	return at;
}

/* "name*3*" says: piece 3, percent-encoded. */
static void
take_marks(struct param *param)
{
	size_t length = strlen(param->name);
	char *star;

	if (length > 0 && param->name[length - 1] == '*') {
		param->name[length - 1] = '\0';
		param->extended = true;
	}
	star = strchr(param->name, '*');
	if (star != NULL) {
		param->section = (int)MIN(g_ascii_strtoull(star + 1, NULL, 10), PARAMS_MAX);
		*star = '\0';
	}
}

static void
add_param(struct params *params, char *name, char *value, char *whole)
{
	struct param param = { .name = name, .value = value, .whole = whole, .section = -1 };

	take_marks(&param);
	for (guint i = 0; i < params->list->len; i++) {
		const struct param *other = &g_array_index(params->list, struct param, i);

		if (other->section == param.section && other->extended == param.extended &&
		    strcmp(other->name, param.name) == 0)
			params->repeated = true;
	}
	g_array_append_val(params->list, param);
}

void
params_read(struct params *params, const char *value)
{
	const char *at = skip_space(value), *start = at;

	*params = (struct params){ .list = g_array_new(FALSE, FALSE, sizeof(struct param)) };
	g_array_set_clear_func(params->list, param_clear);
	while (*at != '\0' && *at != ';' && *at != '(' && !g_ascii_isspace(*at))
		at++;
	params->head = g_ascii_strdown(start, at - start);
	if (strchr(params->head, '=') != NULL) {
		/* The head is missing, and this is a parameter. */
		*params->head = '\0';
		at = start;
	}
	for (at = skip_space(at); *at != '\0' && params->list->len < PARAMS_MAX;
	     at = skip_space(at)) {
		GString *text;
		char *whole = NULL;

		if (*at == ';') {
			at++;
			continue;
		}
		start = at;
		while (
		    *at != '\0' && *at != ';' && *at != '=' && *at != '(' && !g_ascii_isspace(*at))
			at++;
		g_autofree char *name = g_ascii_strdown(start, at - start);

		at = skip_space(at);
		if (*at != '=') {
			at += *name == '\0' && *at != '\0';
			continue;
		}
		text = g_string_new(NULL);
		at = take_value(skip_space(at + 1), text, &whole);
		add_param(params, g_steal_pointer(&name), g_string_free(text, FALSE), whole);
	}
}

void
params_clear(struct params *params)
{
	g_free(params->head);
	g_array_unref(params->list);
}

/* The piece with this number, or the one that is not in pieces for -1. */
static const struct param *
find_piece(const struct params *params, const char *name, int section, int extended)
{
	for (guint i = 0; i < params->list->len; i++) {
		const struct param *param = &g_array_index(params->list, struct param, i);

		if (param->section == section && strcmp(param->name, name) == 0 &&
		    (extended < 0 || param->extended == (extended != 0)))
			return param;
	}
	return NULL;
}

static void
append_decoded(GString *to, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '%' && g_ascii_isxdigit(text[1]) && g_ascii_isxdigit(text[2])) {
			int byte =
			    g_ascii_xdigit_value(text[1]) * 16 + g_ascii_xdigit_value(text[2]);

			g_string_append_c(to, byte != 0 ? (char)byte : ' ');
			text += 2;
		} else {
			g_string_append_c(to, *text);
		}
	}
}

/* All pieces put together, raw; `charset` is the caller's, NULL where none is named. */
static GString *
join(const struct params *params, const char *name, char **charset)
{
	const struct param *param = find_piece(params, name, -1, 1);
	int section = 0;
	GString *text;

	*charset = NULL;
	if (param == NULL)
		param = find_piece(params, name, section++, -1);
	if (param == NULL)
		return NULL;
	text = g_string_new(NULL);
	while (param != NULL && text->len < (1 << 16)) {
		const char *value = param->value;
		const char *mark = section <= 1 && param->extended ? strchr(value, '\'') : NULL;
		const char *second = mark != NULL ? strchr(mark + 1, '\'') : NULL;

		if (second != NULL) {
			*charset = g_strndup(value, (gsize)(mark - value));
			value = second + 1;
		}
		if (param->extended)
			append_decoded(text, value);
		else
			g_string_append(text, value);
		param = param->section < 0 ? NULL : find_piece(params, name, section++, -1);
	}
	return text;
}

char *
params_get_extended(const struct params *params, const char *name)
{
	g_autofree char *charset = NULL;
	GString *raw = join(params, name, &charset);
	char *text = NULL;

	if (raw == NULL)
		return NULL;
	if (charset != NULL && *charset != '\0')
		text = g_convert(raw->str, (gssize)raw->len, "UTF-8", charset, NULL, NULL, NULL);
	if (text == NULL || !g_utf8_validate(text, -1, NULL)) {
		g_free(text);
		text = names_utf8(raw->str, raw->len);
	}
	g_string_free(raw, TRUE);
	return text;
}

/* The number of the last piece; -1: it is not in pieces. */
static int
last_piece(const struct params *params, const char *name)
{
	int last = -1;

	for (guint i = 0; i < params->list->len; i++) {
		const struct param *param = &g_array_index(params->list, struct param, i);

		if (param->section > last && strcmp(param->name, name) == 0)
			last = param->section;
	}
	return last;
}

char *
params_get_scattered(const struct params *params, const char *name)
{
	int last = last_piece(params, name), found = 0;
	GString *raw;
	char *text = NULL;

	if (last < 0)
		return NULL;
	raw = g_string_new(NULL);
	for (int section = 0; section <= last; section++) {
		const struct param *param = find_piece(params, name, section, -1);

		if (param == NULL)
			continue;
		if (param->extended)
			append_decoded(raw, param->value);
		else
			g_string_append(raw, param->value);
		found++;
	}
	if (found <= last)
		text = names_utf8(raw->str, raw->len);
	g_string_free(raw, TRUE);
	return text;
}

char *
params_get(const struct params *params, const char *name)
{
	const struct param *plain = find_piece(params, name, -1, 0);
	g_autofree char *charset = NULL;
	GString *joined;

	if (plain != NULL)
		return g_strdup(plain->value);
	joined = join(params, name, &charset);
	return joined != NULL ? g_string_free(joined, FALSE) : NULL;
}
