/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One half of a rule: a direction and a word, and what the list files bring that the word names. A
 * list is read from disk once, and counts once in a half however often and by whatever way it is
 * named, so lists that name each other come to an end.
 */
#include "rules/ruleset_build.h"

struct list {
	char *text; /* NULL: could not be read */
	size_t length;
	bool quiet; /* complaints about its lines were made */
};

/* What goes down from a list to the lists that it names. */
struct reading {
	struct half *half;
	GHashTable *seen; /* paths of lists; NULL until the first */
	unsigned depth;
	bool quiet;
	bool told_client; /* that a client's address does not fit the direction */
};

static void read_word(
    struct builder *builder, struct reading *reading, struct slice word, const struct where *where);

void
list_free(void *pointer)
{
	struct list *list = pointer;

	g_free(list->text);
	g_free(list);
}

static struct list *
list_of(struct builder *builder, const char *path, const struct where *where)
{
	g_autoptr(GError) error = NULL;
	struct list *list = g_hash_table_lookup(builder->lists, path);

	if (list)
		return list;
	list = g_new0(struct list, 1);
	list->text = textfile_read(path, &list->length, &error);
	if (!list->text)
		builder_complain(builder, SEVERITY_WARNING, where,
		    "the list file %s can't be read and is taken as empty: %s", path,
		    error->message);
	g_hash_table_insert(builder->lists, g_strdup(path), list);
	return list;
}

static void
strip_comment(struct slice *line)
{
	const char *comment = memchr(line->text, '#', line->length);

	if (comment)
		line->length = (size_t)(comment - line->text);
	slice_strip(line);
}

static void
read_lines(struct builder *builder, struct reading *reading, struct list *list, const char *path)
{
	struct slice rest = { list->text, list->length }, line;
	struct where where = { path, 0 };
	bool quiet = reading->quiet;

	reading->quiet = list->quiet;
	reading->depth++;
	while (builder->listed < PATTERNS_LIMIT && textfile_line(&rest, &line)) {
		where.line++;
		builder->listed++;
		strip_comment(&line);
		if (line.length > 0)
			read_word(builder, reading, line, &where);
		if (builder->listed == PATTERNS_LIMIT)
			builder_complain(builder, SEVERITY_ERROR, &where,
			    "lists are read up to here: more than %u lines for all rules together",
			    PATTERNS_LIMIT);
	}
	reading->depth--;
	reading->quiet = quiet;
	list->quiet = true;
}

static void
read_list(struct builder *builder, struct reading *reading, const struct where *where)
{
	g_autofree char *path = g_strdup(builder->pattern.text->str);

	if (reading->depth == LIST_DEPTH_LIMIT) {
		if (!reading->quiet)
			builder_complain(builder, SEVERITY_WARNING, where,
			    "the list file %s is ignored: lists may name lists %d deep", path,
			    LIST_DEPTH_LIMIT);
		return;
	}
	if (!reading->seen)
		reading->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (!g_hash_table_add(reading->seen, g_strdup(path)))
		return;
	struct list *list = list_of(builder, path, where);
	if (list->text)
		read_lines(builder, reading, list, path);
}

/* A client's address and name are those of the sender's side. */
static bool
direction_allows(struct builder *builder, struct reading *reading, const struct where *where)
{
	enum direction direction = reading->half->direction;
	enum pattern_kind kind = builder->pattern.kind;
	bool client = pattern_asks_host(kind) || kind == PATTERN_CLIENT ||
		      kind == PATTERN_CLIENT_EXPRESSION || kind == PATTERN_CLIENT_WHOLE;

	if (!client || direction == DIRECTION_FROM || direction == DIRECTION_FROM_OR_TO)
		return true;
	if (!reading->told_client && !reading->quiet)
		builder_complain(builder, SEVERITY_WARNING, where,
		    "\"%s\" is about the client, which only From: rules look at; it never matches",
		    builder->word->str);
	reading->told_client = true;
	return false;
}

static void
add_part(
    struct builder *builder, enum pattern_kind kind, const struct where *where, uint32_t *number)
{
	if (builder_term(builder, kind, builder->pattern.text->str, where, number))
		g_array_append_val(builder->set->parts, *number);
}

/* "default" as one half of two: whatever has an "@", or for /.*\/ whatever there is. */
static void
read_default(struct builder *builder, struct reading *reading, const struct where *where)
{
	enum pattern_kind kind = PATTERN_ADDRESS;

	reading->half->has_default = true;
	if (!reading->half->paired)
		return;
	if (reading->half->direction == DIRECTION_VIRUS)
		kind = PATTERN_REPORT;
	else if (g_str_has_suffix(builder->word->str, "/"))
		kind = PATTERN_ADDRESS_EXPRESSION;
	g_string_assign(builder->pattern.text, kind == PATTERN_ADDRESS	? "*@*"
					       : kind == PATTERN_REPORT ? "*"
									: ".*");
	add_part(builder, kind, where, &reading->half->everyone);
}

static void
read_word(
    struct builder *builder, struct reading *reading, struct slice word, const struct where *where)
{
	uint32_t number;

	if (memchr(word.text, '\0', word.length)) {
		builder_complain(builder, SEVERITY_ERROR, where, "a pattern holds a NUL byte");
		return;
	}
	g_string_truncate(builder->word, 0);
	g_string_append_len(builder->word, word.text, (gssize)word.length);
	pattern_read(
	    &builder->pattern, builder->word->str, reading->half->direction == DIRECTION_VIRUS);
	const char *oddity = pattern_oddity(&builder->pattern, builder->word->str);
	if (oddity && !reading->quiet) {
		g_autofree char *shown = slice_shown(word);
		builder_complain(builder, SEVERITY_WARNING, where, "\"%s\": %s", shown, oddity);
	}
	if (builder->pattern.kind == PATTERN_LIST)
		read_list(builder, reading, where);
	else if (builder->pattern.kind == PATTERN_DEFAULT)
		read_default(builder, reading, where);
	else if (direction_allows(builder, reading, where))
		add_part(builder, builder->pattern.kind, where, &number);
}

/* Tried terms first, then by number. */
static int
compare_parts(const void *left, const void *right, void *data)
{
	const struct ruleset *set = data;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	bool a_tried = ruleset_term(set, a)->tried, b_tried = ruleset_term(set, b)->tried;

	if (a_tried != b_tried)
		return b_tried - a_tried;
	return (a > b) - (a < b);
}

static void
sort_parts(struct ruleset *set, unsigned begin)
{
	uint32_t *parts = (uint32_t *)(void *)set->parts->data;
	unsigned kept = begin;

	if (set->parts->len - begin < 2)
		return;
	qsort_r(parts + begin, set->parts->len - begin, sizeof(*parts), compare_parts, set);
	for (unsigned i = begin; i < set->parts->len; i++) {
		if (kept == begin || parts[kept - 1] != parts[i])
			parts[kept++] = parts[i];
	}
	g_array_set_size(set->parts, kept);
}

void
builder_half(
    struct builder *builder, struct half *half, struct slice word, const struct where *where)
{
	struct reading reading = { .half = half };
	unsigned begin = builder->set->parts->len;

	read_word(builder, &reading, word, where);
	sort_parts(builder->set, begin);
	if (reading.seen)
		g_hash_table_unref(reading.seen);
}
