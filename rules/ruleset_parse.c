/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the text of a ruleset to terms and rules. No line is fatal: what can't be used is left out
 * and said, for a ruleset is edited by hand on a running system.
 */
#include <string.h>

#include "rules/ruleset_build.h"

struct word {
	const char *text;
	enum direction direction;
};

/* As people write them; anything else is looked into for these parts, as the reference does. */
static const struct word usual[] = {
	{ "From:", DIRECTION_FROM },
	{ "To:", DIRECTION_TO },
	{ "FromOrTo:", DIRECTION_FROM_OR_TO },
	{ "FromAndTo:", DIRECTION_FROM_AND_TO },
	{ "Virus:", DIRECTION_VIRUS },
	{ "From", DIRECTION_FROM },
	{ "To", DIRECTION_TO },
	{ "FromOrTo", DIRECTION_FROM_OR_TO },
	{ "FromAndTo", DIRECTION_FROM_AND_TO },
	{ "Virus", DIRECTION_VIRUS },
	{ "From+To:", DIRECTION_FROM_OR_TO },
	{ "ToOrFrom:", DIRECTION_FROM_OR_TO },
	{ "ToAndFrom:", DIRECTION_FROM_AND_TO },
	{ "From+To", DIRECTION_FROM_OR_TO },
	{ "ToOrFrom", DIRECTION_FROM_OR_TO },
	{ "ToAndFrom", DIRECTION_FROM_AND_TO },
};

static const char *const direction_names[] = {
	[DIRECTION_FROM] = "From:",
	[DIRECTION_TO] = "To:",
	[DIRECTION_FROM_OR_TO] = "FromOrTo:",
	[DIRECTION_FROM_AND_TO] = "FromAndTo:",
	[DIRECTION_VIRUS] = "Virus:",
};

static bool
read_unusual(const char *word, enum direction *direction)
{
	bool from = strstr(word, "from"), to = strstr(word, "to");

	if (strstr(word, "and"))
		*direction = DIRECTION_FROM_AND_TO;
	else if (strstr(word, "virus"))
		*direction = DIRECTION_VIRUS;
	else if (from && to)
		*direction = DIRECTION_FROM_OR_TO;
	else if (from)
		*direction = DIRECTION_FROM;
	else if (to)
		*direction = DIRECTION_TO;
	else
		return false;
	return true;
}

static bool
read_direction(struct builder *builder, struct slice word, const struct where *where,
    enum direction *direction)
{
	for (size_t i = 0; i < G_N_ELEMENTS(usual); i++) {
		if (slice_is(word, usual[i].text)) {
			*direction = usual[i].direction;
			return true;
		}
	}
	g_autofree char *lower = g_ascii_strdown(word.text, (gssize)word.length);
	g_autofree char *shown = slice_shown(word);
	if (!read_unusual(lower, direction)) {
		builder_complain(builder, SEVERITY_ERROR, where,
		    "\"%s\" is no direction; the line is left out (From:, To:, FromOrTo:, "
		    "FromAndTo: or Virus: is expected)",
		    shown);
		return false;
	}
	builder_complain(builder, SEVERITY_INFO, where, "\"%s\" is taken for %s", shown,
	    direction_names[*direction]);
	return true;
}

/* Runs of blanks become one, none at the ends. */
static void
squeeze_blanks(char *text)
{
	char *kept = text;

	for (const char *from = text; *from != '\0'; from++) {
		if (!g_ascii_isspace(*from))
			*kept++ = *from;
		else if (kept > text && kept[-1] != ' ')
			*kept++ = ' ';
	}
	if (kept > text && kept[-1] == ' ')
		kept--;
	*kept = '\0';
}

static uint32_t
keep_value(struct builder *builder, char *value)
{
	void *known = g_hash_table_lookup(builder->values, value);
	GPtrArray *values = builder->set->values;

	if (known) {
		g_free(value);
		return GPOINTER_TO_UINT(known) - 1;
	}
	g_ptr_array_add(values, value);
	g_hash_table_insert(builder->values, value, GUINT_TO_POINTER(values->len));
	return values->len - 1;
}

static bool
read_value(struct builder *builder, struct slice text, bool is_default, const struct where *where,
    uint32_t *value)
{
	const struct ruleset_use *use = builder->use;
	GHashTable *converted = builder->converted[is_default];
	g_autoptr(GError) error = NULL;

	g_string_truncate(builder->value, 0);
	g_string_append_len(builder->value, text.text, (gssize)text.length);
	void *known = g_hash_table_lookup(converted, builder->value->str);
	if (known) {
		*value = GPOINTER_TO_UINT(known) - 1;
		return true;
	}
	char *kept = use->convert ? use->convert(builder->value->str, is_default, use->data, &error)
				  : g_strdup(builder->value->str);
	if (!kept) {
		builder_complain(builder, SEVERITY_ERROR, where, "%s; the line is left out",
		    error ? error->message : "the value is wrong");
		return false;
	}
	if (use->all)
		squeeze_blanks(kept);
	*value = keep_value(builder, kept);
	g_hash_table_insert(converted, g_strdup(builder->value->str), GUINT_TO_POINTER(*value + 1));
	return true;
}

/* A rule as it stands on its line. */
struct line {
	struct where where;
	struct half halves[2];
	struct slice words[2];
	bool both;
	struct slice value;
};

static bool
split_line(struct builder *builder, struct slice text, struct line *line)
{
	const struct where *where = &line->where;
	struct slice direction = slice_word(&text);

	line->words[0] = slice_word(&text);
	if (line->words[0].length == 0) {
		builder_complain(builder, SEVERITY_ERROR, where,
		    "a rule has a direction, a pattern and a value; the line is left out");
		return false;
	}
	if (!read_direction(builder, direction, where, &line->halves[0].direction))
		return false;
	line->value = text;
	line->both = slice_is(slice_word(&text), "and");
	if (!line->both)
		return true;
	direction = slice_word(&text);
	line->words[1] = slice_word(&text);
	line->value = text;
	if (line->words[1].length == 0) {
		builder_complain(builder, SEVERITY_ERROR, where,
		    "\"and\" is followed by a direction and a pattern; the line is left out");
		return false;
	}
	line->halves[0].paired = line->halves[1].paired = true;
	return read_direction(builder, direction, where, &line->halves[1].direction);
}

static void
remove_part(struct ruleset *set, uint32_t begin, uint32_t end, uint32_t term)
{
	for (uint32_t i = begin; i < end; i++) {
		if (g_array_index(set->parts, uint32_t, i) == term) {
			g_array_remove_index(set->parts, i);
			return;
		}
	}
}

/* Takes out of the parts what makes the rule a default rule. */
static void
split_default(struct ruleset *set, const struct line *line, uint32_t halves[2])
{
	if (!line->both)
		return;
	remove_part(set, halves[1], set->parts->len, line->halves[1].everyone);
	remove_part(set, halves[0], halves[1], line->halves[0].everyone);
	halves[1]--;
}

static void
read_default(struct builder *builder, const struct line *line)
{
	uint32_t value;

	if (!read_value(builder, line->value, true, &line->where, &value))
		return;
	builder->set->default_value = (int)value;
	builder->set->default_line = line->where.line;
}

static void
read_rule(struct builder *builder, struct line *line)
{
	struct ruleset *set = builder->set;
	struct rule rule = { .line = line->where.line, .both = line->both };

	rule.halves[0] = set->parts->len;
	builder_half(builder, &line->halves[0], line->words[0], &line->where);
	rule.halves[1] = set->parts->len;
	if (line->both)
		builder_half(builder, &line->halves[1], line->words[1], &line->where);
	if (line->halves[0].has_default && (!line->both || line->halves[1].has_default)) {
		split_default(set, line, rule.halves);
		read_default(builder, line);
	}
	rule.directions[0] = (uint8_t)line->halves[0].direction;
	rule.directions[1] = (uint8_t)line->halves[1].direction;
	bool can_match =
	    rule.halves[1] > rule.halves[0] && (!line->both || set->parts->len > rule.halves[1]);
	if (can_match && read_value(builder, line->value, false, &line->where, &rule.value))
		g_array_append_val(set->rules, rule);
	else
		g_array_set_size(set->parts, rule.halves[0]);
}

static void
read_line(struct builder *builder, struct slice text, unsigned number)
{
	struct line line = { .where = { builder->set->path, number } };
	const char *comment = memchr(text.text, '#', text.length);

	if (comment)
		text.length = (size_t)(comment - text.text);
	slice_strip(&text);
	if (text.length == 0)
		return;
	if (memchr(text.text, '\0', text.length)) {
		builder_complain(builder, SEVERITY_ERROR, &line.where,
		    "the line holds a NUL byte and is left out");
		return;
	}
	if (split_line(builder, text, &line))
		read_rule(builder, &line);
}

static void
regex_free_pointer(void *regex)
{
	regex_free(regex);
}

/* Takes the text. */
static struct ruleset *
new_set(const char *name, char *text, size_t length, const struct ruleset_use *use)
{
	struct ruleset *set = g_new0(struct ruleset, 1);
	guint lines = 1;

	for (const char *end = text; (end = memchr(end, '\n', (size_t)(text + length - end)));
	     end++)
		lines++;
	set->path = g_strdup(name);
	set->all = use->all;
	set->wildcard_recipients = use->wildcard_recipients;
	set->text = text;
	set->length = length;
	set->values = g_ptr_array_new_with_free_func(g_free);
	set->texts = g_string_chunk_new(4096);
	set->regexes = g_ptr_array_new_with_free_func(regex_free_pointer);
	set->terms = g_array_sized_new(FALSE, TRUE, sizeof(struct term), lines + 1);
	set->parts = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), lines);
	set->rules = g_array_sized_new(FALSE, FALSE, sizeof(struct rule), lines + 1);
	set->uses = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	set->tried = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	set->hosts = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	set->globs = globset_new();
	set->networks = netset_new();
	set->default_value = -1;
	return set;
}

static void
read_text(struct builder *builder)
{
	struct slice rest = { builder->set->text, builder->set->length }, line;

	for (unsigned number = 1; textfile_line(&rest, &line); number++)
		read_line(builder, line, number);
	if (builder->complaints > COMPLAINTS_LIMIT)
		diagnostics_add(builder->diagnostics, SEVERITY_WARNING, builder->set->path, 0,
		    builder->use->directive, "%u more complaints about this ruleset",
		    builder->complaints - COMPLAINTS_LIMIT);
}

static struct ruleset *
compile(const char *name, char *text, size_t length, const struct ruleset_use *use,
    struct diagnostics *diagnostics)
{
	struct builder builder = {
		.set = new_set(name, text, length, use),
		.use = use,
		.diagnostics = diagnostics,
		.terms = g_hash_table_new(g_str_hash, g_str_equal),
		.converted = { g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) },
		.values = g_hash_table_new(g_str_hash, g_str_equal),
		.lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, list_free),
		.pattern = { PATTERN_DEFAULT, g_string_new(NULL) },
		.word = g_string_new(NULL),
		.value = g_string_new(NULL),
		.key = g_string_new(NULL),
		.found = g_array_new(FALSE, FALSE, sizeof(struct network)),
	};

	read_text(&builder);
	g_hash_table_unref(builder.terms);
	g_hash_table_unref(builder.converted[0]);
	g_hash_table_unref(builder.converted[1]);
	g_hash_table_unref(builder.values);
	g_hash_table_unref(builder.lists);
	g_string_free(builder.pattern.text, TRUE);
	g_string_free(builder.word, TRUE);
	g_string_free(builder.value, TRUE);
	g_string_free(builder.key, TRUE);
	g_array_unref(builder.found);
	ruleset_index(builder.set);
	return builder.set;
}

struct ruleset *
ruleset_parse(const char *name, const char *text, size_t length, const struct ruleset_use *use,
    struct diagnostics *diagnostics)
{
	char *copy = g_malloc(length + 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	return compile(name, copy, length, use, diagnostics);
}

struct ruleset *
ruleset_load(const char *path, const struct ruleset_use *use, struct diagnostics *diagnostics)
{
	g_autoptr(GError) error = NULL;
	size_t length = 0;
	char *text = textfile_read(path, &length, &error);

	if (!text) {
		diagnostics_add(diagnostics, SEVERITY_WARNING, path, 0, use->directive,
		    "the ruleset can't be read, the default applies: %s", error->message);
		return NULL;
	}
	return compile(path, text, length, use, diagnostics);
}
