/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every field counts here, also the repeated and the odd: what is said twice is said to somebody. */
#include "core/read/describe.h"

#include <string.h>
#include "core/read/names.h"
#include "core/read/unclear.h"

/* Bytes of a charset, disposition or Content-ID that are kept. */
#define WORD_MAX_BYTES 200
/* Bytes of a name in which backslashes are looked at. */
#define QUOTED_MAX 4096

static const struct name_source {
	const char *field, *param, *header;
} sources[] = {
	{ "content-disposition", "filename", "Content-Disposition" },
	{ "content-type", "name", "Content-Type" },
	/* Written by mistake, read by the kind. */
	{ "content-disposition", "name", "Content-Disposition" },
	{ "content-type", "filename", "Content-Type" },
};

static void
set(char **text, char *to)
{
	if (strlen(to) > WORD_MAX_BYTES)
		to[WORD_MAX_BYTES] = '\0';
	if (!g_utf8_validate(to, -1, NULL)) {
		char *valid = names_utf8(to, strlen(to));

		g_free(to);
		to = valid;
	}
	g_free(*text);
	*text = to;
}

/* A NUL has become a blank: for some it ended the name, for others it was not there. */
static void
add_around_nuls(struct part *part, const char *value, const char *header)
{
	g_auto(GStrv) pieces = NULL;
	g_autofree char *joined = NULL;

	if (strchr(value, ' ') == NULL || strlen(value) >= QUOTED_MAX)
		return;
	pieces = g_strsplit(value, " ", -1);
	joined = g_strjoinv("", pieces);
	for (unsigned i = 0; pieces[i] != NULL; i++) {
		if (*pieces[i] != '\0')
			names_add(part, pieces[i], strlen(pieces[i]), header);
	}
	names_add(part, joined, strlen(joined), header);
}

/* The name without the characters of a set. */
static void
add_without(struct part *part, const char *value, const char *characters, const char *header)
{
	g_auto(GStrv) pieces = g_strsplit_set(value, characters, -1);
	g_autofree char *joined = g_strjoinv("", pieces);

	names_add(part, joined, strlen(joined), header);
}

/* What some programs take for the value where it is not just a word or something in quotes. */
static void
add_whole(struct part *part, const char *whole, const char *header)
{
	GString *text = g_string_new(NULL);
	unsigned depth = 0;

	if (strlen(whole) < QUOTED_MAX) {
		names_add(part, whole, strlen(whole), header);
		add_without(part, whole, "\"", header);
		add_without(part, whole, "\" \t", header);
	}
	for (; *whole != '\0'; whole++) {
		depth += *whole == '(';
		if (depth == 0)
			g_string_append_c(text, *whole);
		depth -= *whole == ')' && depth > 0;
	}
	g_strstrip(text->str);
	names_add(part, text->str, strlen(text->str), header);
	g_string_free(text, TRUE);
}

static void
add_name(struct part *part, const char *value, const char *header, bool fallback)
{
	g_autofree char *shown = names_shown(value, strlen(value));
	const char *dot = strrchr(shown, '.'), *other = strrchr(part->name, '.');

	/* A plain name beside one in RFC 2231's form differs by its missing letters alone. */
	if (*shown != '\0' && *part->name != '\0' && strcmp(shown, part->name) != 0 &&
	    (!fallback || g_strcmp0(dot, other) != 0))
		part_set(part, PART_FACT_conflicting_names);
	names_add(part, value, strlen(value), header);
	/* RFC 822 has a backslash quote what follows, Windows has it part directories. */
	if (strchr(value, '\\') != NULL && strlen(value) < QUOTED_MAX) {
		g_auto(GStrv) pieces = g_strsplit(value, "\\", -1);
		g_autofree char *joined = g_strjoinv("", pieces);

		names_add(part, joined, strlen(joined), header);
	}
	if (part_has(part, PART_FACT_nul))
		add_around_nuls(part, value, header);
}

static void
describe_names(struct part *part, const struct params *params, const struct name_source *source)
{
	g_autofree char *extended = params_get_extended(params, source->param);
	g_autofree char *scattered = params_get_scattered(params, source->param);

	if (extended != NULL)
		add_name(part, extended, source->header, false);
	if (scattered != NULL)
		add_name(part, scattered, source->header, false);
	for (guint i = 0; i < params->list->len; i++) {
		const struct param *param = &g_array_index(params->list, struct param, i);
		g_autofree char *text = NULL;

		if (strcmp(param->name, source->param) != 0 || *param->value == '\0')
			continue;
		if (param->section < 0 && !param->extended) {
			add_name(part, param->value, source->header, extended != NULL);
			if (param->whole != NULL)
				add_whole(part, param->whole, source->header);
			continue;
		}
		/* A program that knows nothing of RFC 2231 shows it as it stands. */
		text = names_utf8(param->value, strlen(param->value));
		part_add_name(part, text);
	}
}

/* The blank at which a line was broken inside of quotes was never meant for some programs. */
static void
describe_broken(struct part *part, const struct field *field, const struct name_source *source)
{
	struct params params;
	g_autofree char *value = NULL;

	params_read(&params, field->value);
	value = params_get(&params, source->param);
	if (value != NULL && strlen(value) < QUOTED_MAX)
		add_without(part, value, " \t", source->header);
	params_clear(&params);
}

static void
describe_content_type(struct part *part, const struct params *params)
{
	char *charset = params_get(params, "charset");

	if (part->declared_type == NULL && *params->head != '\0')
		set(&part->declared_type, g_strdup(params->head));
	if (charset != NULL && *part->charset == '\0')
		set(&part->charset, charset);
	else
		g_free(charset);
}

static void
describe_crypt(struct part *part, const struct params *params)
{
	g_autofree char *kind = params_get(params, "smime-type");

	if (g_str_has_suffix(params->head, "/encrypted"))
		part_set(part, PART_FACT_mime_encrypted);
	if (strcmp(params->head, "multipart/signed") == 0)
		part_set(part, PART_FACT_mime_signed);
	if (!g_str_has_suffix(params->head, "pkcs7-mime") || kind == NULL)
		return;
	if (g_ascii_strcasecmp(kind, "enveloped-data") == 0 ||
	    g_ascii_strcasecmp(kind, "authEnveloped-data") == 0)
		part_set(part, PART_FACT_mime_encrypted);
	if (g_ascii_strcasecmp(kind, "signed-data") == 0)
		part_set(part, PART_FACT_mime_signed);
}

static void
describe_boundary(struct part *part, const struct params *params)
{
	g_autofree char *boundary = params_get(params, "boundary");
	bool plain = false;

	if (boundary == NULL)
		return;
	if (g_str_has_prefix(part->type, "multipart/") && part->boundary == NULL)
		part->boundary = names_utf8(boundary, strlen(boundary));
	for (guint i = 0; i < params->list->len; i++) {
		const struct param *param = &g_array_index(params->list, struct param, i);

		plain |=
		    strcmp(param->name, "boundary") == 0 && param->section < 0 && !param->extended;
	}
	if (!plain || *boundary == '\0' || strpbrk(boundary, "\"\t;") != NULL ||
	    g_ascii_isspace(boundary[strlen(boundary) - 1]))
		part_set(part, PART_FACT_odd_boundary);
}

static void
describe_field(struct part *part, const struct field *field)
{
	struct params params;

	params_read(&params, field->value);
	if (params.repeated)
		part_set(part, PART_FACT_repeated_parameter);
	if (strcmp(field->name, "content-type") == 0) {
		describe_content_type(part, &params);
		describe_crypt(part, &params);
		describe_boundary(part, &params);
	} else if (strcmp(field->name, "content-disposition") == 0) {
		g_autofree char *stray = params_get(&params, "boundary");

		if (stray != NULL)
			part_set(part, PART_FACT_odd_boundary);
		if (*part->disposition == '\0')
			set(&part->disposition, g_strdup(params.head));
	} else if (strcmp(field->name, "content-id") == 0 && part->content_id == NULL) {
		size_t skip = field->value[0] == '<';

		set(&part->content_id,
		    g_strndup(field->value + skip, strcspn(field->value + skip, ">")));
	}
	params_clear(&params);
}

static void
describe_repeated(struct part *part, const struct fields *fields)
{
	for (guint i = 1; i < fields->list->len; i++) {
		for (guint j = 0; j < i && !part_has(part, PART_FACT_repeated_header); j++) {
			if (strcmp(g_array_index(fields->list, struct field, i).name,
				g_array_index(fields->list, struct field, j).name) == 0)
				part_set(part, PART_FACT_repeated_header);
		}
	}
}

static void
describe_encoding(struct part *part, const struct fields *fields, const struct view *view)
{
	const struct field *field = fields_find(fields, "content-transfer-encoding");

	if (field != NULL)
		set(&part->encoding, g_strstrip(g_ascii_strdown(field->value, -1)));
	if (view->encoding == ENCODING_UNKNOWN)
		part_set(part, PART_FACT_unknown_encoding);
}

void
describe(struct part *part, const struct fields *fields, const struct view *view)
{
	set(&part->type, g_strdup(view->type));
	part->facts |= fields->facts;
	describe_repeated(part, fields);
	describe_encoding(part, fields, view);
	for (guint i = 0; i < fields->list->len; i++)
		describe_field(part, &g_array_index(fields->list, struct field, i));
	for (size_t s = 0; s < G_N_ELEMENTS(sources); s++) {
		for (guint i = 0; i < fields->list->len; i++) {
			const struct field *field = &g_array_index(fields->list, struct field, i);
			struct params params;

			if (strcmp(field->name, sources[s].field) != 0)
				continue;
			params_read(&params, field->value);
			describe_names(part, &params, &sources[s]);
			params_clear(&params);
			if (field->broken)
				describe_broken(part, field, &sources[s]);
		}
	}
	/* The one along which it is cut, whichever fields name others. */
	if (view->boundary != NULL) {
		g_free(part->boundary);
		part->boundary = names_utf8(view->boundary, strlen(view->boundary));
	}
	if (unclear_fields(fields) || part_has(part, PART_FACT_conflicting_names) ||
	    part_has(part, PART_FACT_odd_boundary))
		part_set(part, PART_FACT_unclear_fields);
}
