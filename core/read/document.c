/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XML is searched, not parsed: what counts are a few words that no document has by chance, and office programs take XML that a
 * strict parser refuses. Paths are the sender's to choose, so the content types, which office programs go by, are looked at too.
 */
#include "core/read/document.h"

#include <string.h>
#include "core/read/wordfield.h"
#include "core/read/xmltext.h"

/* What the path of a member says. */
static const struct {
	const char *path; /* somewhere in it, lower case */
	enum part_fact fact;
} paths[] = {
	{ "vbaproject.bin", PART_FACT_vba },
	{ "/macrosheets/", PART_FACT_xlm },
	{ "/embeddings/", PART_FACT_embedded_object },
	{ "/activex/", PART_FACT_embedded_object },
	{ "/objectreplacements/", PART_FACT_embedded_object },
	{ "/basic/", PART_FACT_vba },
	{ "/scripts/", PART_FACT_script },
};

/* What words in a member say whose path ends so. */
static const struct {
	const char *ending, *word;
	enum part_fact fact;
} words[] = {
	{ "[content_types].xml", "ms-office.vbaProject", PART_FACT_vba },
	{ "[content_types].xml", "macrosheet+xml", PART_FACT_xlm },
	{ "[content_types].xml", "ms-excel.macrosheet", PART_FACT_xlm },
	{ "[content_types].xml", "ms-excel.intlmacrosheet", PART_FACT_xlm },
	{ "[content_types].xml", "officedocument.oleObject", PART_FACT_embedded_object },
	{ ".xml", "ddeLink ", PART_FACT_dde }, /* white space is blanks here */
	{ ".xml", "text:dde-connection", PART_FACT_dde },
	{ ".xml", "table:dde-link", PART_FACT_dde },
	{ "meta-inf/manifest.xml", ":encryption-data", PART_FACT_encrypted },
};

/* Kinds of relationships whose target is loaded without being asked for. */
static const char *const loaded[] = { "/attachedTemplate", "/oleObject", "/frame", "/subDocument",
	"/aFChunk", "/externalLinkPath" };

bool
document_is(const struct zipdir *zipdir)
{
	return zipdir_has(zipdir, "[Content_Types].xml") ||
	       (zipdir_has(zipdir, "mimetype") && zipdir_has(zipdir, "META-INF/manifest.xml"));
}

static bool
has_word(const char *text, size_t size, const char *word)
{
	return memmem(text, size, word, strlen(word)) != NULL;
}

bool
document_is_local(const char *target, size_t size)
{
	g_autofree char *text = g_strndup(target, size);
	const char *path = text;

	if (g_ascii_strncasecmp(path, "file:", 5) == 0)
		for (path += 5; *path == '/' && path < text + 8; path++)
			continue;
	if (g_ascii_isalpha(path[0]) && path[1] == ':')
		return true;
	return path == text && strchr(text, ':') == NULL && strchr(text, '&') == NULL &&
	       !g_str_has_prefix(text, "//") && !g_str_has_prefix(text, "\\\\");
}

/* Whether the Type of this relationship ends so. */
static bool
is_kind(const char *tag, size_t length, const char *kind)
{
	size_t size, ending = strlen(kind);
	const char *value;

	return xml_attribute(tag, length, "Type", &value, &size) && size >= ending &&
	       memcmp(value + size - ending, kind, ending) == 0;
}

static bool
is_remote(const char *tag, size_t length)
{
	const char *value;
	size_t size;
	bool kind = false;

	if (!xml_attribute(tag, length, "TargetMode", &value, &size) || size != 8 ||
	    g_ascii_strncasecmp(value, "External", 8) != 0)
		return false;
	for (unsigned i = 0; i < G_N_ELEMENTS(loaded); i++)
		kind |= is_kind(tag, length, loaded[i]);
	return kind && xml_attribute(tag, length, "Target", &value, &size) &&
	       !document_is_local(value, size);
}

static void
look_at_relationships(struct part *document, const char *text, size_t size)
{
	const char *p = text, *end = text + size;

	while ((p = memmem(p, (size_t)(end - p), "Relationship", 12)) != NULL) {
		const char *tag = p + 12;

		p = xml_tag_end(tag, end);
		if (is_remote(tag, (size_t)(p - tag)))
			part_set(document, PART_FACT_remote_template);
		if (is_kind(tag, (size_t)(p - tag), "/vbaProject"))
			part_set(document, PART_FACT_vba);
	}
}

/* Instructions of fields, each on a line of its own, however they are cut up. The caller's. */
static char *
field_instructions(const char *text, size_t size)
{
	GString *fields = g_string_new("\n");
	const char *p = text, *end = text + size;

	while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		const char *stop = xml_tag_end(p, end);
		size_t length = (size_t)(stop - p);
		const char *value;

		if (stop == end)
			break;
		if (has_word(p, length, "fldChar") && has_word(p, length, "begin")) {
			g_string_append_c(fields, '\n');
		} else if (has_word(p, length, "fldSimple") &&
			   xml_attribute(p, length, "instr", &value, &size)) {
			g_string_append_c(fields, '\n');
			g_string_append_len(fields, value, (gssize)size);
			g_string_append_c(fields, '\n');
		} else if (has_word(p, length, "instrText") && p[1] != '/') {
			const char *next = memchr(stop, '<', (size_t)(end - stop));

			g_string_append_len(
			    fields, stop + 1, (next != NULL ? next : end) - stop - 1);
		}
		p = stop;
	}
	g_string_replace(fields, "&quot;", "\"", 0);
	return g_string_free(fields, FALSE);
}

static void
look_at_fields(struct part *document, const char *text, size_t size)
{
	g_autofree char *fields = field_instructions(text, size);
	g_auto(GStrv) lines = g_strsplit(fields, "\n", -1);

	for (char **line = lines; *line != NULL; line++)
		wordfield_look(document, *line);
}

static void
look_at_content(struct part *document, const char *path, const char *bytes, size_t size)
{
	GString *text = xml_plain(bytes, size);

	for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_str_has_suffix(path, words[i].ending) &&
		    has_word(text->str, text->len, words[i].word))
			part_set(document, words[i].fact);
	}
	if (g_str_has_suffix(path, ".rels"))
		look_at_relationships(document, text->str, text->len);
	else if (has_word(text->str, text->len, "instrText") ||
		 has_word(text->str, text->len, "fldSimple"))
		look_at_fields(document, text->str, text->len);
	g_string_free(text, TRUE);
}

void
document_member(struct part *document, const GPtrArray *names, const char *bytes, size_t size)
{
	for (unsigned i = 0; i < names->len; i++) {
		g_autofree char *lower = g_ascii_strdown(g_ptr_array_index(names, i), -1);
		g_autofree char *path = g_strconcat("/", g_strdelimit(lower, "\\", '/'), NULL);

		for (unsigned j = 0; j < G_N_ELEMENTS(paths); j++) {
			if (strstr(path, paths[j].path) != NULL)
				part_set(document, paths[j].fact);
		}
		if (i == 0 && (g_str_has_suffix(path, ".xml") || g_str_has_suffix(path, ".rels")))
			look_at_content(document, path, bytes, size);
	}
}
