/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two languages are near enough that an expression can be carried over sign by sign. What means something else in PCRE2 (doubled
 * quantifiers, groups with a question mark, escapes that only one of them has) is not carried over, and may match always. Both are asked
 * whether there is a match, not which, so it does not matter that one looks for the longest and the other for the first.
 */
#include "core/read/magicregex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

/* libmagic looks at no more bytes, and takes a line for so many. */
#define LOOK 8192
#define LINE 80

struct magicregex {
	uint32_t lines, range;
	bool folded;
	GArray *literals; /* of struct magicview */
	pcre2_code *code; /* NULL: may match always */
	pcre2_match_data *match;
};

/* A bracket expression, of POSIX's: a backslash is one. Returns behind it; NULL: it is not understood. */
static const char *
carry_bracket(const char *p, GString *out)
{
	g_string_append_c(out, *p++);
	if (*p == '^') {
		g_string_append(out, "^\\n");
		p++;
	}
	for (bool first = true; *p != '\0'; first = false) {
		const char *close = *p == '[' && p[1] == ':' ? strstr(p, ":]") : NULL;

		if (*p == ']' && !first) {
			g_string_append_c(out, ']');
			return p + 1;
		}
		if (*p == '[' && (p[1] == '.' || p[1] == '='))
			return NULL;
		if (close != NULL) {
			g_string_append_len(out, p, close + 2 - p);
			p = close + 2;
			continue;
		}
		if (strchr("[]\\", *p) != NULL)
			g_string_append_c(out, '\\');
		g_string_append_c(out, *p++);
	}
	return NULL;
}

/* Whether both mean the same by the sign, or escape, that begins here. */
static bool
is_common(const char *p, char before)
{
	bool counts = strchr("*+?{", *p) != NULL;

	if (*p == '\\')
		return p[1] != '\0' && (g_ascii_isalnum(p[1]) ? strchr("wsb", p[1]) != NULL
							      : strchr("<>`'", p[1]) == NULL);
	if (counts && (before == '\0' || strchr("*+?{(|^", before) != NULL))
		return false;
	return *p != '{' || g_ascii_isdigit(p[1]);
}

/* NULL: it can't be carried over. */
static char *
carry(const char *p)
{
	g_autoptr(GString) out = g_string_new("(*LF)");
	char before = '\0';

	while (*p != '\0') {
		if (!is_common(p, before))
			return NULL;
		before = *p;
		if (*p == '[') {
			p = carry_bracket(p, out);
			if (p == NULL)
				return NULL;
		} else if (*p == '{') {
			size_t length = strcspn(p, "}");

			g_string_append_len(out, p, (gssize)length);
			p += length;
			if (*p != '\0')
				g_string_append_c(out, *p++);
		} else {
			if (*p == '\\')
				g_string_append_c(out, *p++);
			g_string_append_c(out, *p++);
		}
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Behind a group, a bracket expression or a sign. */
static const char *
skip(const char *p)
{
	unsigned depth = 0;
	g_autoptr(GString) nowhere = g_string_new("");

	do {
		const char *next = *p == '[' ? carry_bracket(p, nowhere) : NULL;

		depth += *p == '(';
		depth -= *p == ')' && depth > 0;
		if (*p == '\\' && p[1] != '\0')
			p++;
		p = next != NULL ? next : p + 1;
	} while (*p != '\0' && depth > 0);
	return p;
}

/* The longest run of signs that stand for themselves, in what can be carried over. */
static char *
find_literal(const char *p)
{
	g_autoptr(GString) run = g_string_new("");
	g_autoptr(GString) best = g_string_new("");

	while (*p != '\0') {
		const char *next = skip(p);
		bool escaped = *p == '\\' && !g_ascii_isalnum(p[1]);
		bool plain = escaped || strchr("\\.[(^$|*+?{)", *p) == NULL;
		bool optional = *next != '\0' && strchr("*?{", *next) != NULL;

		if (*p == '|')
			return g_strdup("");
		if (plain && !optional)
			g_string_append_c(run, escaped ? p[1] : *p);
		if (run->len > best->len)
			g_string_assign(best, run->str);
		if (!plain || optional || *next == '+')
			g_string_truncate(run, 0);
		if (*p == '{' && strchr(p, '}') != NULL)
			next = strchr(p, '}') + 1;
		p = next;
	}
	return g_string_free(g_steal_pointer(&best), FALSE);
}

static void
free_literal(void *data)
{
	struct magicview *literal = data;

	g_free((char *)literal->bytes);
}

/* Of struct magicview, whose bytes it owns. */
static GArray *
new_literals(void)
{
	GArray *literals = g_array_new(FALSE, FALSE, sizeof(struct magicview));

	g_array_set_clear_func(literals, free_literal);
	return literals;
}

static void
add_literal(GArray *literals, const GString *text)
{
	struct magicview literal = { g_strndup(text->str, text->len), text->len };

	g_array_append_val(literals, literal);
}

/* Those of a group that begins here, where each is signs that stand for themselves; else none. */
static void
find_alternatives(const char *p, GArray *literals)
{
	g_autoptr(GString) text = g_string_new("");

	for (p++; *p != '\0' && *p != ')'; p++) {
		bool escaped = *p == '\\' && !g_ascii_isalnum(p[1]);

		if (*p == '|') {
			add_literal(literals, text);
			g_string_truncate(text, 0);
		} else if (escaped || strchr("\\.[(^$*+?{", *p) == NULL) {
			p += escaped;
			g_string_append_c(text, *p);
		} else {
			g_array_set_size(literals, 0);
			return;
		}
	}
	add_literal(literals, text);
}

/* Each alternative is as short as the shortest. */
static size_t
shortest(const GArray *literals)
{
	size_t least = literals->len > 0 ? SIZE_MAX : 0;

	for (unsigned i = 0; i < literals->len; i++)
		least = MIN(least, g_array_index(literals, struct magicview, i).size);
	return least;
}

/* The longest literal, or the group whose alternatives are longer. */
static GArray *
find_literals(const char *p)
{
	g_autofree char *literal = find_literal(p);
	GArray *best = new_literals();

	if (*literal != '\0') {
		struct magicview plain = { g_strdup(literal), strlen(literal) };

		g_array_append_val(best, plain);
	}
	while (*p != '\0' && *p != '|') {
		const char *next = skip(p);
		g_autoptr(GArray) group = new_literals();

		if (*p == '(' && (*next == '\0' || strchr("*?{", *next) == NULL))
			find_alternatives(p, group);
		if (shortest(group) > shortest(best)) {
			GArray *worse = best;

			best = g_steal_pointer(&group);
			group = worse;
		}
		p = next;
	}
	if (*p == '|')
		g_array_set_size(best, 0);
	return best;
}

struct magicregex *
magicregex_new(const struct magicentry *entry)
{
	struct magicregex *regex = g_new0(struct magicregex, 1);
	g_autofree char *text = g_strndup(entry->value, sizeof(entry->value) - 1);
	g_autofree char *carried = carry(text);
	uint32_t options = PCRE2_MULTILINE | PCRE2_ALT_CIRCUMFLEX;
	int error;
	size_t offset;

	regex->folded = (entry->string_flags & MAGICENTRY_FOLDED) != 0;
	regex->lines = (entry->string_flags & MAGICENTRY_LINES) != 0 ? entry->range : 0;
	regex->range = regex->lines > 0 ? MIN(regex->lines, LOOK) * LINE : entry->range;
	regex->literals = carried != NULL ? find_literals(text) : new_literals();
	if (carried == NULL)
		return regex;
	regex->code = pcre2_compile((PCRE2_SPTR)carried, PCRE2_ZERO_TERMINATED,
	    options | (regex->folded ? PCRE2_CASELESS : 0), &error, &offset, NULL);
	if (regex->code == NULL)
		return regex;
	pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE);
	regex->match = pcre2_match_data_create(1, NULL);
	return regex;
}

const struct magicview *
magicregex_literals(const struct magicregex *regex, unsigned *count, bool *folded)
{
	*folded = regex->folded;
	*count = regex->literals->len;
	return (const struct magicview *)(const void *)regex->literals->data;
}

/* So many lines, as libmagic counts them. */
static size_t
measure_lines(const char *bytes, size_t size, uint32_t lines)
{
	const char *last = bytes + size, *end = last;

	for (const char *p = bytes; lines > 0 && p < end; lines--, p++) {
		const char *line = p;

		p = memchr(line, '\n', (size_t)(end - line));
		if (p == NULL)
			p = memchr(line, '\r', (size_t)(end - line));
		if (p == NULL)
			return size;
		if (p < end - 1 && p[0] == '\r' && p[1] == '\n')
			p++;
		if (p < end - 1 && p[0] == '\n')
			p++;
		last = p;
	}
	return lines > 0 ? size : (size_t)(last - bytes);
}

bool
magicregex_may_match(const struct magicregex *regex, const struct magicview *view, size_t place)
{
	const char *bytes = view->bytes + place;
	size_t size;

	if (place > view->size)
		return false;
	if (regex->code == NULL)
		return true;
	size = MIN(view->size - place, LOOK);
	if (regex->range > 0)
		size = MIN(size, regex->range);
	if (regex->lines > 0)
		size = measure_lines(bytes, size, regex->lines);
	/* The last byte gives way to the zero that ends it. */
	size = size > 0 ? strnlen(bytes, size - 1) : 0;
	return pcre2_match(regex->code, (PCRE2_SPTR)(size > 0 ? bytes : ""), size, 0, 0,
		   regex->match, NULL) != PCRE2_ERROR_NOMATCH;
}
