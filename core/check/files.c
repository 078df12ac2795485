/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part has as many names as there are ways of reading its headers, and rules see all of them.
 */
#include "core/check/files.h"

#include <string.h>

#include "rules/directives.h"
#include "rules/language.h"

int
file_reported(const struct message *message, unsigned n)
{
	return facts_part(message->facts, n)->reading == 0 ? (int)n : FINDING_WHOLE;
}

const char *
file_shown(struct message *message, unsigned n)
{
	const struct part *part = facts_part(message->facts, n);

	return part->name[0] != '\0' ? part->name : language_text(message->subject, "NotNamed");
}

/* `Archives Are` holds words of which only the first letter counts. */
static bool
is_archived(struct message *message, const struct part *part)
{
	const char *text = archives_are_for(message->subject);
	bool begins = true;

	for (; *text != '\0'; text++) {
		if (begins && g_ascii_tolower(*text) == part->letter)
			return true;
		begins = *text == ' ';
	}
	return false;
}

bool
file_of(struct message *message, unsigned n, struct file *file)
{
	const struct part *part = facts_part(message->facts, n);

	if (part->kind != PART_LEAF && part->kind != PART_MEMBER)
		return false;
	if (part_has(part, PART_FACT_empty_placeholder) &&
	    !check_filenames_in_password_protected_archives_for(message->subject))
		return false;
	*file = (struct file){ message, part, n, file_reported(message, n),
		is_archived(message, part), file_shown(message, n) };
	return true;
}

bool
file_is_attached(const struct part *part)
{
	return part->kind == PART_MEMBER || part->name[0] != '\0' || part->names->len > 0 ||
	       strcmp(part->disposition, "attachment") == 0;
}

static const struct {
	const char *type, *extension;
} extensions[] = {
	{ "text/html", "html" },
	{ "text/", "txt" },
	{ "application/octet-stream", "bin" },
	{ "application/pdf", "pdf" },
	{ "application/zip", "zip" },
	{ "image/jpeg", "jpg" },
	{ "image/gif", "gif" },
	{ "image/png", "png" },
	{ "message/", "msg" },
	{ "", "dat" },
};

static char *
generated_name(const struct file *file)
{
	size_t i = 0;

	while (!g_str_has_prefix(file->part->type, extensions[i].type))
		i++;
	return g_strdup_printf("msg-1-%u.%s", file->number, extensions[i].extension);
}

/* Nobody's file name, but the way in which a header writes one. */
static bool
is_encoded_word(const char *name)
{
	return strstr(name, "=?") != NULL && g_str_has_suffix(name, "?=");
}

static char *
in_ascii(const char *name)
{
	GString *text = g_string_new(NULL);

	for (const char *c = name; *c != '\0'; c = g_utf8_next_char(c))
		g_string_append_c(text, (guchar)*c < 0x80 ? *c : '#');
	return g_string_free(text, FALSE);
}

static void
add_once(GPtrArray *names, char *name)
{
	if (name[0] == '\0' || g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
		g_free(name);
	else
		g_ptr_array_add(names, name);
}

static void
add_name(GPtrArray *names, const char *name)
{
	char *ascii = in_ascii(name);
	size_t length = strlen(ascii);

	while (length > 0 && (ascii[length - 1] == '.' || g_ascii_isspace(ascii[length - 1])))
		length--;
	add_once(names, g_strndup(ascii, length));
	add_once(names, ascii);
}

GPtrArray *
file_names(const struct file *file)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	const GPtrArray *all = file->part->names;

	add_name(names, file->part->name);
	for (unsigned i = 0; i < all->len; i++) {
		const char *name = g_ptr_array_index(all, i);

		if (!is_encoded_word(name))
			add_name(names, name);
	}
	for (unsigned i = 0; i < all->len && names->len == 0; i++)
		add_name(names, g_ptr_array_index(all, i));
	if (names->len == 0)
		g_ptr_array_add(names, generated_name(file));
	return names;
}
