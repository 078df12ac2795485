/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts and findings by enums and numbers, so that no struct of ours is part of the interface; everything else by its path in the
 * facts as JSON. The tree of what was read is the large one among these, so it is kept with the message.
 */
#include "core/plugin/host_facts.h"

#include <string.h>

#include <jansson.h>

#include "core/log/log.h"
#include "core/plugin/dump.h"
#include "core/plugin/facts.h"
#include "core/plugin/host_view.h"

static const struct part *
part_of(struct mailscanner_message *message, size_t n)
{
	const struct message *whole = host_whole(message);

	return n < host_parts(message) ? facts_part(whole->facts, (unsigned)n) : NULL;
}

size_t
host_parts(struct mailscanner_message *message)
{
	const struct message *whole = host_whole(message);

	return whole != NULL && whole->facts != NULL ? whole->facts->parts->len : 0;
}

static const char *
text_of(const struct part *part, enum mailscanner_part_text what)
{
	switch (what) {
	case MAILSCANNER_PART_KIND:
		return part_kind_name(part->kind);
	case MAILSCANNER_PART_TYPE:
		return part->type;
	case MAILSCANNER_PART_DECLARED:
		return part->declared_type;
	case MAILSCANNER_PART_DETECTED:
		return part->mime;
	case MAILSCANNER_PART_DESCRIPTION:
		return part->description;
	case MAILSCANNER_PART_NAME:
		return part->name;
	case MAILSCANNER_PART_DISPOSITION:
		return part->disposition;
	case MAILSCANNER_PART_ENCODING:
		return part->encoding;
	case MAILSCANNER_PART_CHARSET:
		return part->charset;
	case MAILSCANNER_PART_CONTENT_ID:
		return part->content_id;
	case MAILSCANNER_PART_DIGEST:
		return part->digest;
	}
	return NULL;
}

/* Parts live as long as the message does, so their texts need no copy. */
const char *
host_part_text(struct mailscanner_message *message, size_t n, enum mailscanner_part_text what)
{
	const struct part *part = part_of(message, n);
	const char *text = part != NULL ? text_of(part, what) : NULL;

	return text != NULL && *text != '\0' ? text : NULL;
}

static int64_t
depth_of(const struct facts *facts, const struct part *part)
{
	int64_t depth = 0;

	for (; part->parent >= 0; depth++)
		part = facts_part(facts, (unsigned)part->parent);
	return depth;
}

int64_t
host_part_number(struct mailscanner_message *message, size_t n, enum mailscanner_part_number what)
{
	const struct message *whole = host_whole(message);
	const struct part *part = part_of(message, n);

	if (part == NULL)
		return -1;
	switch (what) {
	case MAILSCANNER_PART_PARENT:
		return part->parent;
	case MAILSCANNER_PART_DEPTH:
		return depth_of(whole->facts, part);
	case MAILSCANNER_PART_UNPACKED_FROM:
		return facts_mime_part(whole->facts, (unsigned)n);
	case MAILSCANNER_PART_ARCHIVE_DEPTH:
		return part->archive_depth;
	case MAILSCANNER_PART_SIZE:
		return (int64_t)part->size;
	case MAILSCANNER_PART_READING:
		return part->reading;
	}
	return -1;
}

const char *
host_part_name(struct mailscanner_message *message, size_t part, size_t n)
{
	const struct part *of = part_of(message, part);

	return of != NULL && n < of->names->len ? g_ptr_array_index(of->names, n) : NULL;
}

int
host_part_is(struct mailscanner_message *message, size_t n, const char *what)
{
	const struct part *part = part_of(message, n);

	for (unsigned fact = 0; part != NULL && fact < PART_FACT_COUNT; fact++) {
		if (strcmp(part_fact_name(fact), what) == 0)
			return part_has(part, fact);
	}
	return -1;
}

static const struct finding *
finding_of(struct mailscanner_message *message, size_t n)
{
	const struct message *whole = host_whole(message);

	return n < host_findings(message) ? g_ptr_array_index(whole->findings, n) : NULL;
}

size_t
host_findings(struct mailscanner_message *message)
{
	const struct message *whole = host_whole(message);

	return whole != NULL ? whole->findings->len : 0;
}

static const char *
finding_text_of(const struct finding *finding, enum mailscanner_finding_text what)
{
	switch (what) {
	case MAILSCANNER_FINDING_KIND:
		return finding_kind_name(finding->kind);
	case MAILSCANNER_FINDING_TEXT:
		return finding->text;
	case MAILSCANNER_FINDING_RULE:
		return finding->rule;
	case MAILSCANNER_FINDING_WHO:
		return finding->source;
	case MAILSCANNER_FINDING_KEY:
		return finding->key;
	}
	return NULL;
}

const char *
host_finding_text(struct mailscanner_message *message, size_t n, enum mailscanner_finding_text what)
{
	const struct finding *finding = finding_of(message, n);
	const char *text = finding != NULL ? finding_text_of(finding, what) : NULL;

	return text != NULL && *text != '\0' ? text : NULL;
}

int
host_finding_part(struct mailscanner_message *message, size_t n)
{
	const struct finding *finding = finding_of(message, n);

	return finding != NULL ? finding->part : FINDING_WHOLE;
}

const char *
host_fact(struct mailscanner_message *message, const char *name)
{
	const struct message *whole = host_whole(message);
	g_autofree char *json = whole != NULL ? facts_json(whole, name) : NULL;

	return json != NULL ? host_keep(message, json) : NULL;
}

static const char tree_key; /* of the tree that is kept with a message */

static void
tree_free(void *data)
{
	json_decref(data);
}

/* What was read, as it is in facts_value(): it is read once. A new reference; NULL: it was not read. */
static json_t *
read_tree(const struct message *whole)
{
	json_t *tree = subject_attached(whole->subject, &tree_key);

	if (tree == NULL && whole->facts != NULL) {
		tree = facts_value(whole, "facts");
		subject_attach(whole->subject, &tree_key, tree, tree_free);
	}
	return json_incref(tree);
}

static json_t *
member(json_t *value, const char *step)
{
	char *end;

	if (json_is_object(value))
		return json_object_get(value, step);
	guint64 n = g_ascii_strtoull(step, &end, 10);
	return json_is_array(value) && end > step && *end == '\0' ? json_array_get(value, n) : NULL;
}

/* A new reference; NULL: there is no such thing. */
static json_t *
value_at(struct mailscanner_message *message, const char *path)
{
	const struct message *whole = host_whole(message);
	g_auto(GStrv) steps = g_strsplit(path, ".", -1);

	if (whole == NULL || steps[0] == NULL)
		return NULL;
	bool is_tree = strcmp(steps[0], "facts") == 0 || strcmp(steps[0], "parts") == 0;
	json_t *top = is_tree ? read_tree(whole) : facts_value(whole, steps[0]);
	json_t *value = top;
	for (char **step = steps + 1; value != NULL && *step != NULL; step++)
		value = member(value, *step);
	json_incref(value);
	json_decref(top);
	return value;
}

static char *
scalar_text(const json_t *value)
{
	if (json_is_string(value))
		return g_strdup(json_string_value(value));
	if (json_is_integer(value))
		return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	if (json_is_boolean(value))
		return g_strdup(json_is_true(value) ? "true" : "false");
	return NULL;
}

const char *
host_fact_text(struct mailscanner_message *message, const char *path)
{
	json_t *value = value_at(message, path);
	g_autofree char *text = scalar_text(value);

	json_decref(value);
	return text != NULL ? host_keep(message, text) : NULL;
}

int
host_fact_number(struct mailscanner_message *message, const char *path, int64_t *number)
{
	json_t *value = value_at(message, path);
	bool is_number = json_is_integer(value) || json_is_boolean(value);

	if (is_number)
		*number = json_is_integer(value) ? json_integer_value(value) : json_is_true(value);
	json_decref(value);
	return is_number;
}

size_t
host_fact_count(struct mailscanner_message *message, const char *path)
{
	json_t *value = value_at(message, path);
	size_t count = json_is_array(value) ? json_array_size(value) : json_object_size(value);

	json_decref(value);
	return count;
}

int
host_dump(struct mailscanner_message *message, const char *path)
{
	g_autoptr(GError) error = NULL;
	json_t *object = dump_object(host_subject(message));

	if (path == NULL)
		dump_log(object);
	else if (!dump_write(object, path, &error))
		log_line(LOG_WARNING, "a message can't be dumped: %s", error->message);
	json_decref(object);
	return error == NULL;
}
