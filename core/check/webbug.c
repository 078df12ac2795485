/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A size counts only where it is a number: "auto" and "100%" say nothing about how much is to be seen.
 */
#include "core/check/webbug.h"

#include <string.h>

#include "core/check/target.h"

static void
pattern_free(void *pattern)
{
	g_pattern_spec_free(pattern);
}

static GPtrArray *
read_list(const char *list)
{
	GPtrArray *patterns = g_ptr_array_new_with_free_func(pattern_free);
	g_autofree char *lower = g_ascii_strdown(list, -1);
	g_auto(GStrv) words = g_strsplit_set(lower, " ,\t\n", -1);

	for (char **word = words; *word != NULL; word++) {
		g_autofree char *anywhere = g_strconcat("*", *word, "*", NULL);

		if (**word != '\0')
			g_ptr_array_add(patterns, g_pattern_spec_new(anywhere));
	}
	return patterns;
}

void
webbug_rules_init(struct webbug_rules *rules, const char *servers, const char *ignored,
    const char *replacement, const char *removed)
{
	rules->servers = read_list(servers);
	rules->ignored = read_list(ignored);
	rules->replacement = g_strdup(replacement);
	rules->removed = g_strdup(removed);
}

void
webbug_rules_clear(struct webbug_rules *rules)
{
	g_ptr_array_unref(rules->servers);
	g_ptr_array_unref(rules->ignored);
	g_free(rules->replacement);
	g_free(rules->removed);
}

static bool
matches(const GPtrArray *patterns, const char *text)
{
	for (unsigned i = 0; i < patterns->len; i++) {
		if (g_pattern_spec_match_string(g_ptr_array_index(patterns, i), text))
			return true;
	}
	return false;
}

/* "2", " 1 ", "1px", "0.5" */
static bool
is_tiny(const char *size)
{
	char *end;

	if (size == NULL)
		return false;
	while (g_ascii_isspace(*size))
		size++;
	if (!g_ascii_isdigit(*size) || size[strspn(size, "0123456789.")] == 'x')
		return false;
	double number = g_ascii_strtod(size, &end);
	if (g_ascii_strncasecmp(end, "px", 2) == 0)
		end += 2;
	while (g_ascii_isspace(*end))
		end++;
	return *end == '\0' && number <= 2;
}

static bool
loads_nothing(const struct webbug_rules *rules, const char *src)
{
	return *src == '\0' || g_ascii_strncasecmp(src, "cid:", 4) == 0 ||
	       g_ascii_strncasecmp(src, "data:", 5) == 0 ||
	       (*rules->replacement != '\0' && g_str_has_prefix(src, rules->replacement));
}

static bool
is_ignored(const struct webbug_rules *rules, const char *src)
{
	if (rules->ignored->len == 0)
		return false;
	g_autofree char *path = g_ascii_strdown(src, (gssize)strcspn(src, "?#"));
	const char *slash = strrchr(path, '/');

	return matches(rules->ignored, slash != NULL ? slash + 1 : path);
}

/* Is it on a known server? What is no whole address is looked at as it stands. */
static bool
is_known(const struct webbug_rules *rules, const char *src)
{
	struct target target;

	if (rules->servers->len == 0)
		return false;
	target_read(&target, src, NULL, false);
	g_autofree char *lower = g_ascii_strdown(src, (gssize)strnlen(src, TARGET_LENGTH_MAX));
	bool web = target.kind == TARGET_WEB && strstr(lower, "//") != NULL;
	bool known = matches(rules->servers, web ? target.host : lower);

	target_clear(&target);
	return known;
}

bool
webbug_is(const struct webbug_rules *rules, const struct html_image *image)
{
	const char *src = image->src;

	if (src == NULL || *src == '\0' || is_ignored(rules, src))
		return false;
	if (is_known(rules, src))
		return true;
	return is_tiny(image->width) && is_tiny(image->height) && !loads_nothing(rules, src);
}

/* The longest address that is shown in place of a picture. */
#define SHOWN_MAX 300

static void
add_attribute(GString *tag, const char *name, const char *value)
{
	if (value == NULL)
		return;
	g_autofree char *valid = g_utf8_make_valid(value, (gssize)strnlen(value, SHOWN_MAX));
	g_autofree char *escaped = g_markup_escape_text(valid, -1);

	g_string_append_printf(tag, " %s=\"%s\"", name, escaped);
}

char *
webbug_replacement(const struct webbug_rules *rules, const struct html_image *image)
{
	GString *tag = g_string_new("<img");
	g_autofree char *escaped = g_markup_escape_text(rules->replacement, -1);
	g_autofree char *alt = g_strconcat(rules->removed, ": ", image->src, NULL);

	if (*escaped != '\0')
		g_string_append_printf(tag, " src=\"%s\"", escaped);
	add_attribute(tag, "width", image->width);
	add_attribute(tag, "height", image->height);
	add_attribute(tag, "alt", alt);
	g_string_append(tag, " />");
	return g_string_free(tag, FALSE);
}
