/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values are few and the same from message to message, so what is made of one is kept under its text.
 */
#include "core/check/rulelist.h"

#include <string.h>

#include "core/log/log.h"
#include "core/message/part.h"
#include "rules/config.h"
#include "rules/loaded.h"

static void
rule_list_free(void *data)
{
	struct rule_list *list = data;

	g_array_unref(list->rules);
	g_ptr_array_unref(list->files);
	g_free(list->missing);
	g_free(list);
}

static void
free_file(void *file)
{
	filerules_free(file);
}

/* The fact's number; PART_FACT_COUNT for none. */
static unsigned
find_fact(const char *word)
{
	unsigned i = 0;

	while (
	    i < PART_FACT_COUNT && g_ascii_strcasecmp(word, part_fact_name((enum part_fact)i)) != 0)
		i++;
	return i;
}

bool
rule_list_is_fact(const char *word)
{
	return g_ascii_strcasecmp(word, RULE_FACT_ATTACHED) == 0 ||
	       find_fact(word) < PART_FACT_COUNT;
}

static void
read_facts(struct listed_rule *listed)
{
	for (char **word = listed->rule->facts; word != NULL && *word != NULL; word++) {
		unsigned fact = find_fact(*word);

		if (g_ascii_strcasecmp(*word, RULE_FACT_ATTACHED) == 0)
			listed->attached = true;
		else if (fact < PART_FACT_COUNT)
			listed->facts |= UINT64_C(1) << fact;
		else
			listed->never = true;
	}
}

static void
add_file(struct rule_list *list, const char *path, struct diagnostics *diagnostics)
{
	struct filerules *file = filerules_load(path, rule_list_is_fact, diagnostics);

	if (file == NULL) {
		if (list->missing == NULL)
			list->missing = g_strdup(path);
		return;
	}
	g_ptr_array_add(list->files, file);
	for (unsigned i = 0; i < filerules_list(file)->len; i++) {
		struct listed_rule listed = { .rule = g_ptr_array_index(filerules_list(file), i),
			.path = filerules_path(file) };

		read_facts(&listed);
		g_array_append_val(list->rules, listed);
	}
}

static void *
load_files(const struct config *config, const char *value)
{
	g_auto(GStrv) paths = g_strsplit_set(value, " \t", -1);
	struct rule_list *list = g_new0(struct rule_list, 1);
	struct diagnostics *diagnostics = diagnostics_new();

	(void)config;
	list->rules = g_array_new(FALSE, FALSE, sizeof(struct listed_rule));
	list->files = g_ptr_array_new_with_free_func(free_file);
	for (char **path = paths; *path != NULL; path++) {
		if (**path != '\0')
			add_file(list, *path, diagnostics);
	}
	log_diagnostics(diagnostics);
	diagnostics_free(diagnostics);
	return list;
}

const struct rule_list *
rule_list_of(const char *files)
{
	return loaded_file(config_current(), "file rules", files, load_files, rule_list_free);
}

static void
free_expression(void *regex)
{
	regex_free(regex);
}

static void
free_expressions(void *list)
{
	g_ptr_array_unref(list);
}

static void *
load_expressions(const struct config *config, const char *value)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);
	GPtrArray *list = g_ptr_array_new_with_free_func(free_expression);

	(void)config;
	for (char **word = words; *word != NULL; word++) {
		g_autoptr(GError) error = NULL;

		if (**word == '\0')
			continue;
		struct regex *regex = regex_new(*word, FILE_EXPRESSION, &error);
		if (regex != NULL)
			g_ptr_array_add(list, regex);
		else
			log_line(LOG_ERR, "The expression %s in \"%s\" is wrong and left out: %s",
			    *word, value, error->message);
	}
	return list;
}

enum regex_answer
rule_list_words_match(const char *expressions, struct regex_scratch *scratch, const char *text)
{
	enum regex_answer answer = REGEX_MISS;

	if (expressions[0] == '\0')
		return REGEX_MISS;
	const GPtrArray *list = loaded_file(
	    config_current(), "file expressions", expressions, load_expressions, free_expressions);
	for (unsigned i = 0; i < list->len && answer != REGEX_HIT; i++) {
		enum regex_answer next =
		    regex_match(g_ptr_array_index(list, i), scratch, text, strlen(text));

		if (next != REGEX_MISS)
			answer = next;
	}
	return answer;
}
