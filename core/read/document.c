/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XML is searched, not parsed: what counts are a few words that no document has by chance, and office programs take XML that a
 * strict parser refuses. Paths are the sender's to choose, so the content types, which office programs go by, are looked at too.
 */
#include "core/read/document.h"

#include <string.h>

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

/* A character reference like "&#84;" or "&#x54;" to something that is no mark of XML; its length, or 0. */
static size_t
read_reference(const char *at, const char *end, char *c)
{
	bool hex = end - at > 3 && (at[2] == 'x' || at[2] == 'X');
	const char *p = at + (hex ? 3 : 2);
	unsigned value = 0;

	if (end - at < 4 || at[1] != '#')
		return 0;
	for (; p < end && value < 0x80 && (hex ? g_ascii_isxdigit(*p) : g_ascii_isdigit(*p)); p++)
		value = value * (hex ? 16 : 10) + (unsigned)g_ascii_xdigit_value(*p);
	if (p == end || *p != ';' || value < ' ' || value >= 0x7f || strchr("<>\"'&", (int)value))
		return 0;
	*c = (char)value;
	return (size_t)(p + 1 - at);
}

/* What has no tags in it, however it looks: comments and instructions go, quoted text loses its marks. */
static const struct span_kind {
	const char *open, *close;
	bool text;
} span_kinds[] = {
	{ "<!--", "-->", false },
	{ "<![CDATA[", "]]>", true },
	{ "<?", "?>", false },
};

/* The span that begins at `at`, its text written to `to`. What follows it; `at` where none begins. */
static const char *
skip_span(const char *at, const char *end, char **to)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(span_kinds); i++) {
		const struct span_kind *kind = &span_kinds[i];
		size_t length = strlen(kind->open);
		const char *stop;

		if ((size_t)(end - at) < length || memcmp(at, kind->open, length) != 0)
			continue;
		at += length;
		stop = memmem(at, (size_t)(end - at), kind->close, strlen(kind->close));
		/* What has no end is the last thing in the file. */
		length = stop != NULL ? strlen(kind->close) : 0;
		stop = stop != NULL ? stop : end;
		for (; kind->text && at < stop; at++)
			*(*to)++ = strchr("<>\"'\t\r\n", *at) != NULL ? ' ' : *at;
		return stop + length;
	}
	return at;
}

/* What can be written in several ways is written in one: references decoded, white space made blanks. */
static void
make_plain(GString *text)
{
	const char *at = text->str, *end = text->str + text->len;
	char *to = text->str;

	while (at < end) {
		const char *next = *at == '<' ? skip_span(at, end, &to) : at;
		size_t reference = *at == '&' ? read_reference(at, end, to) : 0;

		if (next > at) {
			at = next;
			continue;
		}
		if (reference == 0)
			*to = g_ascii_isspace(*at) ? ' ' : *at;
		at += MAX(reference, 1);
		to++;
	}
	g_string_truncate(text, (gsize)(to - text->str));
}

/* XML as UTF-8: UTF-16 is told by its first bytes. */
static GString *
as_plain(const char *bytes, size_t size)
{
	const uint8_t *u = (const uint8_t *)bytes;
	bool little = size >= 4 && ((u[0] == 0xff && u[1] == 0xfe) || (u[0] == '<' && u[1] == 0));
	bool big = size >= 4 && ((u[0] == 0xfe && u[1] == 0xff) || (u[0] == 0 && u[1] == '<'));
	GString *text = g_string_sized_new(size + 1);

	if (!little && !big)
		g_string_append_len(text, bytes, (gssize)size);
	/* Words that are looked for are ASCII; nothing else needs to be kept. */
	for (size_t i = 0; (little || big) && i + 1 < size; i += 2) {
		unsigned c = little ? u[i] | u[i + 1] << 8 : u[i + 1] | u[i] << 8;

		g_string_append_c(text, c < 0x80 ? (char)c : '?');
	}
	make_plain(text);
	return text;
}

/* The > that ends the tag; one in quotes ends nothing. `end`: none does. */
static const char *
tag_end(const char *tag, const char *end)
{
	char quote = '\0';

	for (; tag < end && (quote != '\0' || *tag != '>'); tag++) {
		if (quote == *tag)
			quote = '\0';
		else if (quote == '\0' && (*tag == '"' || *tag == '\''))
			quote = *tag;
	}
	return tag;
}

/* The value of an attribute in a tag. False: it has none. */
static bool
find_attribute(const char *tag, size_t length, const char *name, const char **value, size_t *size)
{
	const char *end = tag + length;
	const char *p = tag;

	while ((p = memmem(p, (size_t)(end - p), name, strlen(name))) != NULL) {
		const char *q = p + strlen(name);
		const char *stop;
		bool begins = p == tag || strchr(" \"':", p[-1]) != NULL;

		p = q;
		if (!begins)
			continue;
		while (q < end && g_ascii_isspace(*q))
			q++;
		if (q == end || *q++ != '=')
			continue;
		while (q < end && g_ascii_isspace(*q))
			q++;
		if (q == end || (*q != '"' && *q != '\''))
			continue;
		stop = memchr(q + 1, *q, (size_t)(end - q - 1));
		*value = q + 1;
		*size = (size_t)((stop != NULL ? stop : end) - q - 1);
		return true;
	}
	return false;
}

/* Whether a target lies beside the document or on this machine's disk. */
static bool
is_local(const char *target, size_t size)
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

	return find_attribute(tag, length, "Type", &value, &size) && size >= ending &&
	       memcmp(value + size - ending, kind, ending) == 0;
}

static bool
is_remote(const char *tag, size_t length)
{
	const char *value;
	size_t size;
	bool kind = false;

	if (!find_attribute(tag, length, "TargetMode", &value, &size) || size != 8 ||
	    g_ascii_strncasecmp(value, "External", 8) != 0)
		return false;
	for (unsigned i = 0; i < G_N_ELEMENTS(loaded); i++)
		kind |= is_kind(tag, length, loaded[i]);
	return kind && find_attribute(tag, length, "Target", &value, &size) &&
	       !is_local(value, size);
}

static void
look_at_relationships(struct part *document, const char *text, size_t size)
{
	const char *p = text, *end = text + size;

	while ((p = memmem(p, (size_t)(end - p), "Relationship", 12)) != NULL) {
		const char *tag = p + 12;

		p = tag_end(tag, end);
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
		const char *stop = tag_end(p, end);
		size_t length = (size_t)(stop - p);
		const char *value;

		if (stop == end)
			break;
		if (has_word(p, length, "fldChar") && has_word(p, length, "begin")) {
			g_string_append_c(fields, '\n');
		} else if (has_word(p, length, "fldSimple") &&
			   find_attribute(p, length, "instr", &value, &size)) {
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
	return g_string_free(fields, FALSE);
}

static void
look_at_fields(struct part *document, const char *text, size_t size)
{
	g_autofree char *fields = field_instructions(text, size);

	for (const char *p = strchr(fields, '\n'); p != NULL; p = strchr(p, '\n')) {
		while (g_ascii_isspace(*p) || *p == '"' || *p == '\\')
			p++;
		if (g_ascii_strncasecmp(p, "dde", 3) == 0 &&
		    (!g_ascii_isalnum(p[3]) || g_ascii_strncasecmp(p + 3, "auto", 4) == 0))
			part_set(document, PART_FACT_dde);
	}
}

static void
look_at_content(struct part *document, const char *path, const char *bytes, size_t size)
{
	GString *text = as_plain(bytes, size);

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
