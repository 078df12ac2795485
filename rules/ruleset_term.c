/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Equal patterns are one term, whichever rules they stand in: a ruleset with a rule for each
 * customer names the same domains over and over, and a look-up then compares each of them once.
 */
#include "rules/ruleset_build.h"

static bool
add_networks(struct builder *builder, const char *word, const struct where *where, uint32_t number)
{
	g_autoptr(GError) error = NULL;
	bool partial = false;
	GArray *found = builder->found;

	g_array_set_size(found, 0);
	if (!network_parse(word, found, &partial, &error)) {
		builder_complain(builder, SEVERITY_ERROR, where, "%s", error->message);
		return false;
	}
	if (partial)
		builder_complain(builder, SEVERITY_INFO, where,
		    "\"%s\" stops within a number and so fits more than one; a dot or colon behind "
		    "it makes it one network",
		    word);
	builder->networks += found->len;
	if (builder->networks > NETWORKS_LIMIT) {
		builder_complain(
		    builder, SEVERITY_ERROR, where, "more than %u networks", NETWORKS_LIMIT);
		return false;
	}
	for (unsigned i = 0; i < found->len; i++)
		netset_add(
		    builder->set->networks, &g_array_index(found, struct network, i), number);
	return true;
}

static bool
add_expression(struct builder *builder, enum pattern_kind kind, const char *text,
    const struct where *where, struct term *term)
{
	g_autoptr(GError) error = NULL;
	enum regex_flags flags = kind == PATTERN_CLIENT_WHOLE ? REGEX_WHOLE : REGEX_PLAIN;

	if (builder->set->regexes->len < COMPILED_LIMIT)
		flags |= REGEX_COMPILED;
	struct regex *regex = regex_new(text, flags, &error);
	if (!regex) {
		builder_complain(builder, SEVERITY_ERROR, where,
		    "the expression is wrong and never matches: %s", error->message);
		return false;
	}
	g_ptr_array_add(builder->set->regexes, regex);
	term->regex = regex;
	term->tried = true;
	return true;
}

static bool
add_term(struct builder *builder, enum pattern_kind kind, const char *text, const char *kept,
    const struct where *where, uint32_t *number)
{
	struct ruleset *set = builder->set;
	struct term term = { .glob = kept, .kind = (uint8_t)kind };

	*number = set->terms->len;
	if (pattern_is_expression(kind)) {
		if (!add_expression(builder, kind, text, where, &term))
			return false;
	} else if (kind == PATTERN_CLIENT) {
		if (!add_networks(builder, text, where, *number))
			return false;
	} else {
		term.tried = kind != PATTERN_ADDRESS || !globset_add(set->globs, kept, *number);
	}
	g_array_append_val(set->terms, term);
	return true;
}

bool
builder_term(struct builder *builder, enum pattern_kind kind, const char *text,
    const struct where *where, uint32_t *number)
{
	g_string_assign(builder->key, text);
	g_string_prepend_c(builder->key, (char)('A' + kind));
	void *known = g_hash_table_lookup(builder->terms, builder->key->str);
	if (known) {
		*number = GPOINTER_TO_UINT(known) - 1;
		return true;
	}
	char *key = g_string_chunk_insert_len(
	    builder->set->texts, builder->key->str, (gssize)builder->key->len);
	if (!add_term(builder, kind, text, key + 1, where, number))
		return false;
	g_hash_table_insert(builder->terms, key, GUINT_TO_POINTER(*number + 1));
	return true;
}
