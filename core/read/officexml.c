/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Elements are known by their names alone, without prefixes, which are the sender's to choose. Parts of a package are looked at as
 * the members of a zip file are that have the same paths.
 */
#include "core/read/officexml.h"

#include <string.h>

#include "core/read/decode.h"
#include "core/read/document.h"
#include "core/read/member.h"
#include "core/read/xmltext.h"

/* Bytes within which most files have named their outermost element. */
#define ROOT_LOOK 4096

enum format { FORMAT_NONE, FORMAT_WORD, FORMAT_EXCEL, FORMAT_PACKAGE };

static const struct {
	const char *namespace;
	enum format format;
} namespaces[] = {
	{ "http://schemas.microsoft.com/office/word/2003/wordml", FORMAT_WORD },
	{ "urn:schemas-microsoft-com:office:spreadsheet", FORMAT_EXCEL },
	{ "http://schemas.microsoft.com/office/2006/xmlPackage", FORMAT_PACKAGE },
};

/* A tag, borrowed from the text. */
struct tag {
	const char *name; /* without its prefix */
	size_t name_length;
	const char *text; /* all of it, behind the < */
	size_t length;
	const char *behind; /* what follows its > */
	bool closing, empty;
};

struct walk {
	struct container container;
	struct part *part;
	const char *at, *end;
	GPtrArray *path; /* of char *: the part of a package at hand, one */
	bool damaged;
};

/* The next tag at or behind *at, which goes behind it. False: there is none. */
static bool
next_tag(const char **at, const char *end, struct tag *tag)
{
	const char *p = memchr(*at, '<', (size_t)(end - *at)), *stop;

	if (p == NULL)
		return false;
	stop = xml_tag_end(p, end);
	*tag = (struct tag){ .text = p + 1, .length = (size_t)(stop - p - 1) };
	tag->behind = *at = stop < end ? stop + 1 : end;
	tag->closing = tag->length > 0 && *tag->text == '/';
	tag->empty = tag->length > 0 && stop[-1] == '/';
	tag->name = p = tag->text + tag->closing;
	for (; p < stop && *p != ' ' && *p != '/'; p++) {
		if (*p == ':')
			tag->name = p + 1;
	}
	tag->name_length = (size_t)(p - tag->name);
	return true;
}

static bool
is_named(const struct tag *tag, const char *name)
{
	return tag->name_length == strlen(name) && memcmp(tag->name, name, tag->name_length) == 0;
}

static bool
has_word(const char *text, size_t size, const char *word)
{
	return memmem(text, size, word, strlen(word)) != NULL;
}

static bool
says(const struct tag *tag, const char *attribute, const char *expected)
{
	const char *value;
	size_t size;

	return xml_attribute(tag->text, tag->length, attribute, &value, &size) &&
	       size == strlen(expected) && memcmp(value, expected, size) == 0;
}

/* The outermost element: the first tag that is no declaration. False: it is not there, or not all of it. */
static bool
find_root(const GString *text, struct tag *tag)
{
	const char *at = text->str, *end = text->str + text->len;

	while (next_tag(&at, end, tag)) {
		if (tag->length > 0 && (g_ascii_isalpha(*tag->text) || *tag->text == '_'))
			return tag->text + tag->length < end;
	}
	return false;
}

static enum format
format_of(const struct tag *root)
{
	for (size_t i = 0; i < G_N_ELEMENTS(namespaces); i++) {
		if (has_word(root->text, root->length, namespaces[i].namespace))
			return namespaces[i].format;
	}
	return FORMAT_NONE;
}

/* Whether it begins as XML does and web pages don't. */
static bool
begins_as_xml(const char *bytes, size_t size)
{
	const char *at = bytes, *end = bytes + size;

	if (size < 8)
		return false;
	if (memcmp(at, "\xff\xfe", 2) == 0 || memcmp(at, "\xfe\xff", 2) == 0 ||
	    memcmp(at, "<\0", 2) == 0 || memcmp(at, "\0<", 2) == 0)
		return true;
	if (memcmp(at, "\357\273\277", 3) == 0)
		at += 3;
	while (at < end && g_ascii_isspace(*at))
		at++;
	if (end - at <= 14 || *at != '<' || g_ascii_strncasecmp(at, "<!doctype html", 14) == 0)
		return false;
	/* Where the first tag is the outermost element, it names the namespace. */
	return !g_ascii_isalpha(at[1]) ||
	       (g_ascii_strncasecmp(at, "<html", 5) != 0 &&
		   has_word(at, (size_t)(xml_tag_end(at, end) - at), "xmlns"));
}

static enum format
find_format(const char *bytes, size_t size)
{
	enum format format = FORMAT_NONE;
	bool found = false;

	if (!begins_as_xml(bytes, size))
		return FORMAT_NONE;
	for (size_t look = MIN(size, ROOT_LOOK); !found; look = size) {
		GString *text = xml_plain(bytes, look);
		struct tag root;

		found = find_root(text, &root);
		if (found)
			format = format_of(&root);
		g_string_free(text, TRUE);
		if (look == size)
			break;
	}
	return format;
}

bool
officexml_is(const char *bytes, size_t size)
{
	return find_format(bytes, size) != FORMAT_NONE;
}

/* What is in this element, which the walk leaves: of its text, without tags, in `text` where that is wanted. */
static size_t
take_content(struct walk *walk, const struct tag *open, GString *text)
{
	const char *at = open->behind;
	struct tag tag;

	while (next_tag(&walk->at, walk->end, &tag)) {
		if (text != NULL)
			g_string_append_len(text, at, tag.text - 1 - at);
		at = tag.behind;
		if (tag.closing && tag.name_length == open->name_length &&
		    memcmp(tag.name, open->name, tag.name_length) == 0)
			return (size_t)(tag.text - 1 - open->behind);
	}
	if (text != NULL)
		g_string_append_len(text, at, walk->end - at);
	walk->at = walk->end;
	walk->damaged = true;
	return (size_t)(walk->end - open->behind);
}

/* What such a member says about the document. */
static void
look_at(struct walk *walk, const char *path, const char *bytes, size_t size)
{
	g_ptr_array_set_size(walk->path, 0);
	g_ptr_array_add(walk->path, g_strdup(path));
	document_member(walk->part, walk->path, bytes, size);
}

static void
take_binary(struct walk *walk, const struct tag *open, const char *name)
{
	GString *code = g_string_new(NULL);
	g_autofree char *bytes = NULL;
	size_t size;

	take_content(walk, open, code);
	bytes = decode(ENCODING_BASE64, code->str, code->len, &size);
	g_string_free(code, TRUE);
	look_at(walk, name, bytes, size);
	if (walk->container.names_only)
		part_set(walk->part, PART_FACT_not_unpacked);
	else
		member_whole(&walk->container, name, strlen(name), bytes, size);
}

/* The value of an attribute; "" for none. The caller's. */
static char *
attribute_of(const struct tag *tag, const char *name)
{
	const char *value = "";
	size_t size = 0;

	xml_attribute(tag->text, tag->length, name, &value, &size);
	return g_strndup(value, size);
}

/* A part of a package: its path and type. The path without its first slash; the caller's. */
static char *
begin_part(struct walk *walk, const struct tag *tag)
{
	g_autofree char *type = attribute_of(tag, "contentType");
	g_autofree char *path = attribute_of(tag, "name");

	look_at(walk, "[Content_Types].xml", type, strlen(type));
	return g_strdup(*path == '/' ? path + 1 : path);
}

static void
walk_package(struct walk *walk)
{
	g_autofree char *path = g_strdup("");
	struct tag tag;

	while (!walk->container.stopped && task_in_time(walk->container.task) &&
	       next_tag(&walk->at, walk->end, &tag)) {
		if (tag.closing || tag.empty)
			continue;
		if (is_named(&tag, "part")) {
			g_free(path);
			path = begin_part(walk, &tag);
		} else if (is_named(&tag, "binaryData")) {
			take_binary(walk, &tag, path);
		} else if (is_named(&tag, "xmlData")) {
			size_t size = take_content(walk, &tag, NULL);

			look_at(walk, path, tag.behind, size);
		}
	}
}

/* Elements of WordprocessingML that name a file which is loaded, and the attribute that does. */
static const char *const loading[][2] = {
	{ "attachedTemplate", "val" },
	{ "sourceFileName", "val" },
	{ "subDoc", "link" },
};

static void
look_at_word(struct walk *walk, const struct tag *tag)
{
	const char *value;
	size_t size;

	if (says(tag, "macrosPresent", "yes"))
		part_set(walk->part, PART_FACT_vba);
	if (says(tag, "embeddedObjPresent", "yes") || says(tag, "ocxPresent", "yes") ||
	    is_named(tag, "OLEObject"))
		part_set(walk->part, PART_FACT_embedded_object);
	for (size_t i = 0; i < G_N_ELEMENTS(loading); i++) {
		if (is_named(tag, loading[i][0]) &&
		    xml_attribute(tag->text, tag->length, loading[i][1], &value, &size) &&
		    !document_is_local(value, size))
			part_set(walk->part, PART_FACT_remote_template);
	}
}

/* A formula that asks another program: =program|topic!item, none of it within quotes, which stand for texts. */
static bool
is_dde(const char *formula, size_t size)
{
	bool quoted = false, asks = false;

	for (size_t i = 0; i < size; i++) {
		if (size - i >= 6 && memcmp(formula + i, "&quot;", 6) == 0)
			quoted = !quoted;
		asks |= !quoted && i > 0 && formula[i] == '|';
		if (asks && formula[i] == '!')
			return true;
	}
	return false;
}

static void
look_at_excel(struct walk *walk, const struct tag *tag)
{
	const char *value;
	size_t size;

	if (xml_attribute(tag->text, tag->length, "Formula", &value, &size) && is_dde(value, size))
		part_set(walk->part, PART_FACT_dde);
	/* The path of a link to another file has a bar where that is a program. */
	if (is_named(tag, "Path") && !tag->closing) {
		const char *stop = memchr(tag->behind, '<', (size_t)(walk->end - tag->behind));

		size = (size_t)((stop != NULL ? stop : walk->end) - tag->behind);
		if (memchr(tag->behind, '|', size) != NULL)
			part_set(walk->part, PART_FACT_dde);
	}
}

static void
walk_document(struct walk *walk, enum format format)
{
	struct tag tag;

	look_at(walk, "document.xml", walk->at, (size_t)(walk->end - walk->at));
	while (!walk->container.stopped && task_in_time(walk->container.task) &&
	       next_tag(&walk->at, walk->end, &tag)) {
		if (format == FORMAT_EXCEL) {
			look_at_excel(walk, &tag);
		} else if (is_named(&tag, "binData") && !tag.closing && !tag.empty) {
			g_autofree char *name = attribute_of(&tag, "name");

			take_binary(walk, &tag, name);
		} else {
			look_at_word(walk, &tag);
		}
	}
}

void
officexml_open(struct task *task, unsigned n, const char *bytes, size_t size)
{
	enum format format = find_format(bytes, size);
	g_autoptr(GPtrArray) path = g_ptr_array_new_with_free_func(g_free);
	struct walk walk = { .part = facts_part(task->facts, n), .path = path };
	GString *text = xml_plain(bytes, size);

	walk.at = text->str;
	walk.end = text->str + text->len;
	container_enter_document(&walk.container, task, n, size, 'o');
	walk.container.names_only = task->brief->max_archive_depth == 0;
	if (format == FORMAT_PACKAGE) {
		part_set(walk.part, PART_FACT_ooxml);
		walk_package(&walk);
	} else {
		walk_document(&walk, format);
	}
	if (walk.damaged)
		part_set(walk.part, PART_FACT_unreadable);
	container_leave(&walk.container);
	g_string_free(text, TRUE);
}
