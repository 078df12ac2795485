/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * These files are edited by hand in editors that turn tabs into blanks, so blanks are taken as
 * separators too, but said: a line that fell apart otherwise would be a protection that is missing.
 * For the same reason an unknown action is an error and never means "allow".
 */
#include "rules/filerules.h"

#include <string.h>

#include "rules/textfile.h"

#define FIELDS 5

struct filerules {
	char *path;
	GPtrArray *list;
};

/* The line that is read. */
struct source {
	const char *path;
	unsigned line;
	struct diagnostics *diagnostics;
	bool (*is_fact)(const char *word);
};

static void G_GNUC_PRINTF(3, 4)
    complain(const struct source *source, enum severity severity, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	diagnostics_add(
	    source->diagnostics, severity, source->path, source->line, NULL, "%s", text);
}

static void
rule_free(void *data)
{
	struct file_rule *rule = data;

	g_free(rule->text);
	g_strfreev(rule->addresses);
	g_strfreev(rule->facts);
	regex_free(rule->expression);
	regex_free(rule->mime);
	g_free(rule->log);
	g_free(rule->report);
	g_free(rule);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The length of the separator at the beginning of the text: a run of blanks with a tab in it, or if
 * `blanks` also one of two or more. */
static size_t
separator(struct slice text, bool blanks)
{
	size_t length = 0;
	bool tab = false;

	for (; length < text.length && is_blank(text.text[length]); length++)
		tab = tab || text.text[length] == '\t';
	return tab || (blanks && length > 1) ? length : 0;
}

/* Cuts the line into at most FIELDS fields, the last one holding the rest; returns how many. */
static unsigned
split(struct slice line, bool blanks, struct slice fields[FIELDS])
{
	unsigned n = 0;

	for (size_t i = fields[0].length = 0; n < FIELDS - 1 && i < line.length;) {
		struct slice rest = { line.text + i, line.length - i };
		size_t skip = separator(rest, blanks);
		if (skip == 0) {
			i++;
			continue;
		}
		fields[n++] = (struct slice){ line.text, i };
		line.text += i + skip;
		line.length -= i + skip;
		i = 0;
	}
	fields[n++] = line;
	return n;
}

/* The fields in the order of the full form; false when the line has too few. */
static bool
read_fields(const struct source *source, struct slice line, struct slice fields[FIELDS])
{
	unsigned n = split(line, false, fields);

	if (n < FIELDS - 1) {
		n = split(line, true, fields);
		if (n >= FIELDS - 1)
			complain(source, SEVERITY_WARNING,
			    "fields are separated by tabs; here blanks are taken for them");
	}
	if (n < FIELDS - 1) {
		complain(source, SEVERITY_ERROR,
		    "a rule has four or five fields separated by tabs; the line is left out");
		return false;
	}
	if (n < FIELDS) {
		fields[4] = fields[3];
		fields[3] = fields[2];
		fields[2] = (struct slice){ "-", 1 };
	}
	return true;
}

/* "-" is nothing. */
static char *
read_text(struct slice field)
{
	return slice_is(field, "-") ? g_strdup("") : g_strndup(field.text, field.length);
}

/* True also for "-", which gives no expression. */
static bool
read_expression(const struct source *source, struct slice field, struct regex **regex)
{
	g_autofree char *shown = slice_shown(field);
	g_autoptr(GError) error = NULL;

	*regex = NULL;
	if (slice_is(field, "-"))
		return true;
	if (field.length > 2 && field.text[0] == '/' && field.text[field.length - 1] == '/') {
		field.text++;
		field.length -= 2;
	}
	g_autofree char *word = g_strndup(field.text, field.length);
	*regex = regex_new(word, FILE_EXPRESSION, &error);
	if (!*regex)
		complain(source, SEVERITY_ERROR,
		    "the expression %s is wrong, the line is left out: %s", shown, error->message);
	return *regex != NULL;
}

/* Takes "fact:a+b" and the blanks behind it off the front of the field; NULL where it doesn't begin so. */
static char **
read_facts(struct slice *field)
{
	static const char mark[] = "fact:";
	const size_t length = strlen(mark);

	if (field->length < length || g_ascii_strncasecmp(field->text, mark, length) != 0)
		return NULL;
	struct slice word = slice_word(field);
	g_autofree char *names = g_strndup(word.text + length, word.length - length);
	if (field->length == 0)
		*field = (struct slice){ "-", 1 };
	return g_strsplit(names, "+", -1);
}

static void
check_facts(const struct source *source, char *const *facts)
{
	for (; facts != NULL && source->is_fact != NULL && *facts != NULL; facts++) {
		if (!source->is_fact(*facts))
			complain(source, SEVERITY_ERROR,
			    "\"%s\" is no fact, so the rule is for no file", *facts);
	}
}

static bool
is_blank_or_comma(char c)
{
	return is_blank(c) || c == ',';
}

static char **
read_addresses(const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t,", -1);
	GPtrArray *addresses = g_ptr_array_new();

	for (char **word = words; *word; word++) {
		if (**word != '\0')
			g_ptr_array_add(addresses, g_strdup(*word));
	}
	g_ptr_array_add(addresses, NULL);
	return (char **)g_ptr_array_free(addresses, FALSE);
}

/* "rename TEXT" and "rename to TEXT" */
static bool
read_rename(const char *action, struct file_rule *rule)
{
	const char *text = action + strlen("rename");

	if (*text == '\0') {
		rule->action = FILE_RENAME;
		return true;
	}
	if (*text++ != ' ')
		return false;
	if (g_ascii_strncasecmp(text, "to ", 3) == 0)
		text += 3;
	else if (g_ascii_strcasecmp(text, "to") == 0)
		return false;
	rule->action = FILE_RENAME_TO;
	rule->text = g_strdup(text);
	return true;
}

static bool
read_action(const char *action, struct file_rule *rule)
{
	g_autofree char *lower = g_ascii_strdown(action, -1);
	bool at = strchr(action, '@');

	if (strcmp(lower, "allow") == 0) {
		rule->action = FILE_ALLOW;
	} else if (g_str_has_prefix(lower, "deny") && !at) {
		rule->action = strstr(lower, "delete") ? FILE_DENY_DELETE : FILE_DENY;
	} else if (g_str_has_prefix(lower, "rename")) {
		return read_rename(action, rule);
	} else if (at) {
		rule->action = FILE_SEND_TO;
		rule->addresses = read_addresses(action);
	} else {
		return false;
	}
	return true;
}

static bool
read_rule(const struct source *source, struct slice line, struct file_rule *rule)
{
	struct slice fields[FIELDS];

	if (!read_fields(source, line, fields))
		return false;
	struct slice word = fields[0];
	while (word.length > 0 && is_blank_or_comma(word.text[0])) {
		word.text++;
		word.length--;
	}
	while (word.length > 0 && is_blank_or_comma(word.text[word.length - 1]))
		word.length--;
	g_autofree char *action = g_strndup(word.text, word.length);
	if (!read_action(action, rule)) {
		g_autofree char *shown = slice_shown(word);
		complain(source, SEVERITY_ERROR,
		    "\"%s\" is no action, the line is left out (allow, deny, deny+delete, rename, "
		    "rename to TEXT or addresses)",
		    shown);
		return false;
	}
	rule->line = source->line;
	rule->log = read_text(fields[3]);
	rule->report = read_text(fields[4]);
	rule->facts = read_facts(&fields[1]);
	check_facts(source, rule->facts);
	return read_expression(source, fields[1], &rule->expression) &&
	       read_expression(source, fields[2], &rule->mime);
}

static void
read_line(struct filerules *rules, const struct source *source, struct slice line)
{
	bool comment = line.length > 0 && line.text[0] == '#';

	slice_strip(&line);
	if (comment || line.length == 0)
		return;
	if (memchr(line.text, '\0', line.length)) {
		complain(source, SEVERITY_ERROR, "the line holds a NUL byte and is left out");
		return;
	}
	struct file_rule *rule = g_new0(struct file_rule, 1);
	if (read_rule(source, line, rule))
		g_ptr_array_add(rules->list, rule);
	else
		rule_free(rule);
}

struct filerules *
filerules_load(const char *path, bool (*is_fact)(const char *), struct diagnostics *diagnostics)
{
	g_autoptr(GError) error = NULL;
	struct source source = { path, 0, diagnostics, is_fact };
	struct slice rest = { NULL, 0 }, line;
	g_autofree char *text = textfile_read(path, &rest.length, &error);

	if (!text) {
		complain(
		    &source, SEVERITY_ERROR, "the file rules can't be read: %s", error->message);
		return NULL;
	}
	struct filerules *rules = g_new(struct filerules, 1);
	rules->path = g_strdup(path);
	rules->list = g_ptr_array_new_with_free_func(rule_free);
	rest.text = text;
	while (textfile_line(&rest, &line)) {
		source.line++;
		read_line(rules, &source, line);
	}
	return rules;
}

void
filerules_free(struct filerules *rules)
{
	if (!rules)
		return;
	g_ptr_array_unref(rules->list);
	g_free(rules->path);
	g_free(rules);
}

const char *
filerules_path(const struct filerules *rules)
{
	return rules->path;
}

const GPtrArray *
filerules_list(const struct filerules *rules)
{
	return rules->list;
}

const struct file_rule *
filerules_match(const struct filerules *rules, const char *name, bool *certain)
{
	struct regex_scratch *scratch = regex_scratch_new();
	const struct file_rule *found = NULL;
	size_t length = strlen(name);

	*certain = true;
	for (unsigned i = 0; i < rules->list->len && !found; i++) {
		const struct file_rule *rule = g_ptr_array_index(rules->list, i);
		enum regex_answer answer = REGEX_MISS;
		if (rule->expression && !rule->facts)
			answer = regex_match(rule->expression, scratch, name, length);
		if (answer != REGEX_MISS)
			found = rule;
		*certain = answer != REGEX_OVERRUN;
	}
	regex_scratch_free(scratch);
	return found;
}
