/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The values come from the facts, not from the fields, for the facts are what the checks have seen. Only parameters that no check
 * asks for (format=flowed, protocol, micalg ...) are taken over from the field that counted, as the reader understood them.
 */
#include "core/act/mend.h"

#include <string.h>

#include "core/act/transfer.h"
#include "core/read/fields.h"

/* Bytes of a parameter that is taken over. */
#define TAKEN_MAX 400

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~')
			return false;
	}
	return true;
}

static bool
is_token(const char *text)
{
	return *text != '\0' && is_plain(text) && strpbrk(text, " ()<>@,;:\\\"/[]?=") == NULL;
}

bool
mend_is_due(const struct part *part)
{
	bool container = part->kind == PART_MULTIPART;
	bool coded = container && part_has(part, PART_FACT_encoded_multipart);

	if (part->reading != 0 || part->kind == PART_MEMBER ||
	    (!part_has(part, PART_FACT_unclear_fields) && !coded) || !is_plain(part->type))
		return false;
	/* A queue that lets such lines through has no list of fields in which they could be told from the content. */
	if (part->parent < 0 && part_has(part, PART_FACT_broken_header))
		return false;
	/* Where no boundary counts, none can be named; where a field can't say it, the lines in the body would have to change, too. */
	return container ? part->boundary != NULL && is_plain(part->boundary)
			 : !g_str_has_prefix(part->type, "multipart/");
}

static void
with(char **value, const char *name, const char *text)
{
	char *longer = mimefield_with_parameter(*value, name, text);

	g_free(*value);
	*value = longer;
}

/* Parameters that the facts say are theirs alone. */
static bool
is_ours(const char *name)
{
	static const char *const names[] = { "charset", "boundary", "name", "filename" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/* The plain parameters of a field, the first of each name. */
static void
take_over(char **value, const char *field)
{
	struct params params;

	if (field == NULL)
		return;
	params_read(&params, field);
	for (guint i = 0; i < params.list->len; i++) {
		const struct param *param = &g_array_index(params.list, struct param, i);

		if (is_token(param->name) && !is_ours(param->name) && param->section < 0 &&
		    !param->extended && is_plain(param->value) &&
		    strlen(param->value) <= TAKEN_MAX &&
		    !mimefield_has_parameter(*value, param->name))
			with(value, param->name, param->value);
	}
	params_clear(&params);
}

static void
write_type(struct mimefields *fields, const struct part *part, bool named)
{
	const char *field = mimefields_get(fields, "Content-Type");
	g_autofree char *value = g_strdup(part->type);

	if (field == NULL && *part->charset == '\0' && part->boundary == NULL && !named)
		return;
	if (*part->charset != '\0' && is_plain(part->charset))
		with(&value, "charset", part->charset);
	if (part->kind == PART_MULTIPART)
		with(&value, "boundary", part->boundary);
	take_over(&value, field);
	if (named)
		with(&value, "name", part->name);
	mimefields_set(fields, "Content-Type", value);
}

static void
write_encoding(struct mimefields *fields, const struct part *part)
{
	struct params params;

	if (mimefields_get(fields, "Content-Transfer-Encoding") == NULL && *part->encoding == '\0')
		return;
	params_read(&params, part->encoding);
	enum transfer transfer = transfer_of(params.head);
	bool known = transfer != TRANSFER_IDENTITY;

	if (part->kind == PART_MULTIPART && known)
		mimefields_remove(fields, "Content-Transfer-Encoding");
	else if (is_token(params.head))
		mimefields_set(fields, "Content-Transfer-Encoding",
		    known ? transfer_name(transfer) : params.head);
	else
		mimefields_remove(fields, "Content-Transfer-Encoding");
	params_clear(&params);
}

static void
write_disposition(struct mimefields *fields, const struct part *part, bool named)
{
	const char *field = mimefields_get(fields, "Content-Disposition");
	g_autofree char *value =
	    g_strdup(is_token(part->disposition) ? part->disposition : "attachment");

	if (field == NULL && *part->disposition == '\0' && !named)
		return;
	if (named)
		with(&value, "filename", part->name);
	take_over(&value, field);
	mimefields_set(fields, "Content-Disposition", value);
}

static void
write_id(struct mimefields *fields, const struct part *part)
{
	if (part->content_id == NULL || *part->content_id == '\0' || !is_plain(part->content_id) ||
	    mimefields_get(fields, "Content-ID") == NULL)
		return;
	g_autofree char *value = g_strdup_printf("<%s>", part->content_id);

	mimefields_set(fields, "Content-ID", value);
}

static bool
is_about_content(const char *name)
{
	return g_ascii_strncasecmp(name, "content-", 8) == 0;
}

/* What a program that leaves out comments and stray characters takes for the field's name. */
static bool
seems_about_content(const struct mimefield *field)
{
	const char *end = *field->name != '\0' ? NULL : strchr(field->value, ':');
	bool odd;
	g_autofree char *name =
	    end != NULL ? fields_clean_name(field->value, (size_t)(end - field->value), &odd)
			: fields_clean_name(field->name, strlen(field->name), &odd);

	return odd && is_about_content(name);
}

/* A CR by itself ends a line for some programs, a line of blanks the header. The caller's; NULL: it is as it should be. */
static char *
straightened(const char *value)
{
	g_auto(GStrv) lines = g_strsplit(value, "\n", -1);
	GString *text = g_string_new(NULL);
	bool changed = false;

	for (unsigned i = 0; lines[i] != NULL; i++) {
		size_t length = strlen(lines[i]);

		if (length > 0 && lines[i][length - 1] == '\r')
			lines[i][length - 1] = '\0';
		changed |= strchr(lines[i], '\r') != NULL;
		g_strdelimit(lines[i], "\r", ' ');
		if (i > 0 && lines[i][strspn(lines[i], " \t")] == '\0') {
			changed = true;
			continue;
		}
		g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "", lines[i]);
	}
	return g_string_free(text, !changed);
}

static void
straighten(struct mimefield *field)
{
	char *value = straightened(field->value);

	if (value == NULL)
		return;
	g_free(field->value);
	field->value = value;
	field->state = FIELD_CHANGED;
}

/* The first of each name stays, written anew. */
static void
keep_firsts(struct mimefields *fields)
{
	for (unsigned i = 0; i < fields->list->len; i++) {
		struct mimefield *field = g_ptr_array_index(fields->list, i);

		if (field->state == FIELD_ADDED || field->state == FIELD_REMOVED)
			continue;
		straighten(field);
		if (!is_about_content(field->name))
			continue;
		g_autofree char *name = g_strdup(field->name);
		g_autofree char *value = g_strdup(field->value);

		mimefields_set(fields, name, value);
		field->state = FIELD_CHANGED;
	}
}

/* The empty line behind the header was forgotten: for some the content begins at that boundary. */
static bool
holds_boundary(const struct mimefields *fields)
{
	for (unsigned i = 0; i < fields->list->len; i++) {
		const struct mimefield *field = g_ptr_array_index(fields->list, i);

		if (*field->name == '\0' && g_str_has_prefix(field->value, "--"))
			return true;
	}
	return false;
}

void
mend_fields(struct mimefields *fields, const struct part *part, bool is_message)
{
	bool named = *part->name != '\0';
	const char *type, *disposition;

	if (holds_boundary(fields))
		return;
	for (unsigned i = 0; i < fields->list->len; i++) {
		struct mimefield *field = g_ptr_array_index(fields->list, i);

		if (seems_about_content(field) || (*field->name == '\0' && !is_message))
			field->state = FIELD_REMOVED;
	}
	type = mimefields_get(fields, "Content-Type");
	disposition = mimefields_get(fields, "Content-Disposition");
	bool in_type = type != NULL && (mimefield_has_parameter(type, "name") ||
					   mimefield_has_parameter(type, "filename"));
	bool in_disposition = disposition != NULL || *part->disposition != '\0';

	write_type(fields, part, named && (in_type || !in_disposition));
	write_encoding(fields, part);
	write_disposition(fields, part, named && in_disposition);
	write_id(fields, part);
	keep_firsts(fields);
}
