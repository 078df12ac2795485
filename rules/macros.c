/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expansion is one scan from left to right for each of the three steps, each over the result of the
 * one before: that is the order in which MailScanner 5 applies them, and values that rely on it
 * exist. Nothing here loops: what a macro expands to is not looked at again in the same step.
 */
#include "rules/macros.h"

#include <string.h>

/* Macros made of macros may grow without end. */
enum { EXPANDED_BYTES = 1 << 20 };

static const char safe_path[] = "/sbin:/bin:/usr/sbin:/usr/bin";

struct macro {
	char *value;
	bool used;
};

struct macros {
	GHashTable *table;   /* "%name%" in lower case -> struct macro */
	GHashTable *missing; /* names that were reported */
};

static void
macro_free(gpointer data)
{
	struct macro *macro = data;

	g_free(macro->value);
	g_free(macro);
}

struct macros *
macros_new(void)
{
	struct macros *macros = g_new0(struct macros, 1);

	macros->table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, macro_free);
	macros->missing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	macros_define(macros, "%version%", VERSION);
	return macros;
}

void
macros_free(struct macros *macros)
{
	if (macros == NULL)
		return;
	g_hash_table_unref(macros->table);
	g_hash_table_unref(macros->missing);
	g_free(macros);
}

bool
macros_define(struct macros *macros, const char *name, const char *value)
{
	g_autofree char *key = g_ascii_strdown(name, -1);
	struct macro *old = g_hash_table_lookup(macros->table, key);
	bool late = old && old->used && strcmp(old->value, value) != 0;
	struct macro *macro = g_new0(struct macro, 1);

	macro->value = g_strdup(value);
	g_hash_table_insert(macros->table, g_steal_pointer(&key), macro);
	return late;
}

const char *
macros_value(const struct macros *macros, const char *name)
{
	g_autofree char *key = g_ascii_strdown(name, -1);
	const struct macro *macro = g_hash_table_lookup(macros->table, key);

	return macro ? macro->value : NULL;
}

/* Appends what the macro `name` (with percent signs) stands for. */
static void
append_macro(
    struct macros *macros, const char *name, size_t length, GString *to, GPtrArray *missing)
{
	g_autofree char *key = g_ascii_strdown(name, length);
	struct macro *macro = g_hash_table_lookup(macros->table, key);

	if (macro && to->len + strlen(macro->value) <= EXPANDED_BYTES) {
		macro->used = true;
		g_string_append(to, macro->value);
	} else if (missing && !g_hash_table_contains(macros->missing, key)) {
		g_ptr_array_add(missing, g_strdup(key));
		g_hash_table_add(macros->missing, g_steal_pointer(&key));
	}
}

/* Appends what stands before the next `special`, or all; returns that place, NULL at the end. */
static const char *
append_until(char special, const char *text, GString *to)
{
	const char *next = strchr(text, special);

	g_string_append_len(to, text, next ? next - text : -1);
	return next;
}

/* `blanks`: a name may hold white space. */
static char *
expand_macros(struct macros *macros, const char *text, bool blanks, GPtrArray *missing)
{
	GString *to = g_string_sized_new(strlen(text) + 32);

	while ((text = append_until('%', text, to))) {
		size_t length = strcspn(text + 1, blanks ? "%" : "% \t\r\n\f");

		if (length == 0 || text[length + 1] != '%') {
			g_string_append_c(to, *text++);
			continue;
		}
		append_macro(macros, text, length + 2, to, missing);
		text += length + 2;
	}
	return g_string_free(to, FALSE);
}

static const char *
environment(const char *name)
{
	const char *value;

	if (strcmp(name, "PATH") == 0)
		return safe_path;
	if (strcmp(name, "HOME") == 0 || strcmp(name, "BASH_ENV") == 0)
		return "";
	value = g_getenv(name);
	if (value == NULL && strcmp(name, "HOSTNAME") == 0)
		value = g_get_host_name();
	return value ? value : "";
}

static char *
expand_environment(const char *text)
{
	GString *to = g_string_sized_new(strlen(text) + 32);

	while ((text = append_until('$', text, to))) {
		const char *name = text + (text[1] == '{' ? 2 : 1), *end = name;
		g_autofree char *key = NULL;

		while (g_ascii_isalnum(*end) || *end == '_')
			end++;
		if (end == name) {
			g_string_append_c(to, *text++);
			continue;
		}
		key = g_strndup(name, end - name);
		g_string_append(to, environment(key));
		text = end + (*end == '}');
	}
	return g_string_free(to, FALSE);
}

static char *
expand_newlines(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\\n", -1);

	return g_strjoinv("\n", lines);
}

char *
macros_expand(struct macros *macros, const char *text, bool again, GPtrArray *missing)
{
	g_autofree char *expanded = NULL, *with_environment = NULL;

	if (strpbrk(text, "%$\\") == NULL)
		return g_strdup(text);
	expanded = expand_macros(macros, text, true, missing);
	with_environment = expand_environment(expanded);
	if (again) {
		g_free(expanded);
		expanded = expand_macros(macros, with_environment, false, missing);
		g_free(with_environment);
		with_environment = expand_environment(expanded);
	}
	return expand_newlines(with_environment);
}
