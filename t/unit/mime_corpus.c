/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All sample mail is read, ranges are right, and trees are those that other projects expect of the same messages. */
#include "core/read/mime.h"

#include <gmime/gmime.h>
#include <jansson.h>
#include "core/read/decode.h"
#include "core/read/names.h"
#include "t/unit/reading.h"
#include "t/unit/samples.h"

/* All trees that differ, and why. */
static const struct {
	const char *path, *why;
} differences[] = {
	{ "malformed/000.json", "parts of a header and nothing else are parts" },
	{ "malformed/000.crlf.json", "parts of a header and nothing else are parts" },
	{ "malformed/001.json",
	    "a boundary of the outer multipart ends the inner one, whose own is not waited for" },
	{ "malformed/001.crlf.json",
	    "a boundary of the outer multipart ends the inner one, whose own is not waited for" },
	{ "malformed/009.json",
	    "a boundary of the outer multipart ends the inner one, whose own is not waited for" },
	{ "malformed/009.crlf.json",
	    "a boundary of the outer multipart ends the inner one, whose own is not waited for" },
	{ "malformed/011.json",
	    "a boundary of the outer multipart ends the inner one, whose own is not waited for" },
	{ "malformed/011.crlf.json",
	    "a boundary of the outer multipart ends the inner one, whose own is not waited for" },
	{ "malformed/012.json",
	    "a boundary of the outer multipart ends the inner one, whose own is not waited for" },
	{ "malformed/012.crlf.json",
	    "a boundary of the outer multipart ends the inner one, whose own is not waited for" },
	{ "malformed/016.json",
	    "a boundary of the outer multipart ends the inner one, whose own is not waited for" },
	{ "malformed/016.crlf.json",
	    "a boundary of the outer multipart ends the inner one, whose own is not waited for" },
	{ "malformed/005.json", "a boundary with -- behind it is the last one, also where an inner "
				"boundary is written like that" },
	{ "malformed/005.crlf.json", "a boundary with -- behind it is the last one, also where an "
				     "inner boundary is written like that" },
	{ "malformed/017.json", "a file name counts without a disposition before it" },
	{ "malformed/017.crlf.json", "a file name counts without a disposition before it" },
	{ "malformed/022.json", "what is no message in message/rfc822 is a text in a message" },
	{ "malformed/022.crlf.json",
	    "what is no message in message/rfc822 is a text in a message" },
	{ "multi-digest.xml", "the type text is text/plain" },
	{ "multi-2evil.xml",
	    "a backslash parts directories first, and quotes in a further candidate" },
	{ "multi-2evil.ref",
	    "a backslash parts directories first, and quotes in a further candidate" },
	{ "ak-0696-none.ref", "made without looking into message/rfc822" },
};

static bool
is_explained(const char *path)
{
	for (size_t i = 0; i < G_N_ELEMENTS(differences); i++) {
		if (g_str_has_suffix(path, differences[i].path))
			return true;
	}
	return false;
}

/* What can be said of ranges without knowing the message. */
static void
check_ranges(const char *path, const struct facts *facts, size_t size)
{
	for (unsigned n = 0; n < facts->parts->len; n++) {
		const struct part *part = facts_part(facts, n);
		const struct part *parent;

		g_assert_cmpint(part->parent, <, (int)n);
		g_assert_cmpuint(part->header_start, <=, part->header_end);
		g_assert_cmpuint(part->header_end, <=, MAX(part->body_start, part->header_end));
		g_assert_cmpuint(part->body_start, <=, part->body_end);
		g_assert_cmpuint(part->body_end, <=, size);
		g_assert_true(g_utf8_validate(part->name, -1, NULL));
		g_assert_true(g_utf8_validate(part->type, -1, NULL));
		if (part->kind == PART_MEMBER) {
			g_assert_cmpuint(part->body_end, ==, 0);
			continue;
		}
		if (part->parent < 0)
			continue;
		parent = facts_part(facts, (unsigned)part->parent);
		if (part->header_start < parent->body_start || part->body_end > parent->body_end)
			g_error("%s: part %u lies outside of its parent", path, n);
	}
}

/* The bytes at a leaf's range, decoded, are as many as it says. */
static void
check_sizes(const char *path, const struct facts *facts, const char *text)
{
	for (unsigned n = 0; n < facts->parts->len; n++) {
		const struct part *part = facts_part(facts, n);
		size_t size = part->body_end - part->body_start;
		g_autofree char *decoded = NULL;

		if (part->kind != PART_LEAF || part->reading > 0 ||
		    part_has(part, PART_FACT_not_unpacked))
			continue;
		decoded =
		    decode(encoding_named(part->encoding), text + part->body_start, size, &size);
		if (size != part->size)
			g_error("%s: part %u has %zu bytes, not %" G_GUINT64_FORMAT, path, n, size,
			    part->size);
	}
}

static void
check_file(const char *path)
{
	struct brief brief;
	g_autofree char *text = NULL;
	g_autoptr(GString) joined = g_string_new(NULL);
	size_t size, header, body;
	gint64 start = g_get_monotonic_time();
	struct facts *facts;

	brief_init(&brief);
	g_assert_true(g_file_get_contents(path, &text, &size, NULL));
	body = reading_split(text, size, &header);
	g_string_append_len(joined, text, (gssize)header);
	g_string_append_c(joined, '\n');
	g_string_append_len(joined, text + body, (gssize)(size - body));
	facts = reading_of(&brief, text, size);
	g_assert_cmpint(g_get_monotonic_time() - start, <, G_USEC_PER_SEC);
	check_ranges(path, facts, joined->len);
	check_sizes(path, facts, joined->str);
	facts_free(facts);
}

static void
test_all(void)
{
	g_autofree char *directory = sample_path("corpus/mail");
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

	sample_find(directory, "", paths);
	if (paths->len == 0) {
		g_test_skip("no sample mail beside the checkout");
		return;
	}
	for (guint i = 0; i < paths->len; i++)
		check_file(g_ptr_array_index(paths, i));
	g_test_message("%u files", paths->len);
}

static void
test_evasion(void)
{
	g_autofree char *directory = sample_path("corpus/mail/clamav-evasion");
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	struct brief brief;

	brief_init(&brief);
	sample_find(directory, "", paths);
	if (paths->len == 0)
		g_test_skip("no sample mail beside the checkout");
	for (guint i = 0; i < paths->len; i++) {
		g_autofree char *text = NULL;
		size_t size;
		bool found = false;
		struct facts *facts;

		if (strstr(g_ptr_array_index(paths, i), "/clam.") == NULL)
			continue;
		g_assert_true(g_file_get_contents(g_ptr_array_index(paths, i), &text, &size, NULL));
		facts = reading_of(&brief, text, size);
		for (unsigned n = 0; n < facts->parts->len; n++) {
			const struct part *part = facts_part(facts, n);

			found |= strcmp(part->name, "clam.exe") == 0 && part->size == 544;
		}
		if (!found)
			g_error("%s: the attachment is not found",
			    (const char *)g_ptr_array_index(paths, i));
		facts_free(facts);
	}
}

/* Headers, parameters and boundaries that stand twice: whichever a program takes, its attachment is there, decoded. */
static const struct doubled {
	const char *file, *name, *content;
} doubled[] = {
	{ "boundary", "wookie.exe", "gotcha\n" },
	{ "content-disposition", "wookie.exe", "gotcha\n" },
	{ "content-disposition", "innocuous.txt", "gotcha\n" },
	{ "content-disposition-param", "wookie.exe", "gotcha\n" },
	{ "content-disposition-param", "innocuous.txt", "gotcha\n" },
	{ "content-id", "innocuous.txt", "gotcha\n" },
	{ "content-transfer-encoding", "wookie.exe", "gotcha\n" },
	/* As quoted-printable, which the second header says. */
	{ "content-transfer-encoding", "wookie.exe", "Z290Y2hhCg==\n" },
	{ "content-type", "wookie.exe", "gotcha\n" },
	{ "semicolon", NULL, "The better part\n" },
	{ "semicolon", NULL, "The worse part\n" },
	{ "semicolon2", NULL, "The better part\n" },
	{ "semicolon2", NULL, "The worse part\n" },
};

static bool
is_doubled(const struct doubled *row, const struct part *part)
{
	g_autofree char *digest =
	    g_compute_checksum_for_string(G_CHECKSUM_SHA256, row->content, -1);

	return part->digest != NULL && strcmp(part->digest, digest) == 0 &&
	       (row->name == NULL ||
		   g_ptr_array_find_with_equal_func(part->names, row->name, g_str_equal, NULL));
}

static void
test_doubled(void)
{
	struct brief brief;

	brief_init(&brief);
	brief.want_digests = true;
	for (size_t i = 0; i < G_N_ELEMENTS(doubled); i++) {
		g_autofree char *file = g_strdup_printf(
		    "corpus/mail/mime-tools/testmsgs/double-%s.msg", doubled[i].file);
		g_autofree char *path = sample_path(file), *text = NULL;
		bool found = false;
		size_t size;

		if (!g_file_get_contents(path, &text, &size, NULL)) {
			g_test_skip("no sample mail beside the checkout");
			return;
		}
		struct facts *facts = reading_of(&brief, text, size);

		for (unsigned n = 0; n < facts->parts->len; n++)
			found |= is_doubled(&doubled[i], facts_part(facts, n));
		g_test_message("%s: %s", doubled[i].file, doubled[i].name);
		g_assert_true(found);
		facts_free(facts);
	}
}

/*
 * Where GMime's own parser has the contents of leaves, ours has them in one of the readings.
 */
struct range_count {
	const struct facts *facts;
	unsigned seen, same;
};

static void
compare_range(struct range_count *count, GMimeObject *object)
{
	if (GMIME_IS_MULTIPART(object)) {
		for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(object)); i++)
			compare_range(count, g_mime_multipart_get_part(GMIME_MULTIPART(object), i));
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

		if (message != NULL)
			compare_range(count, g_mime_message_get_mime_part(message));
	} else if (GMIME_IS_PART(object) && g_mime_part_get_content(GMIME_PART(object)) != NULL) {
		GMimeStream *stream =
		    g_mime_data_wrapper_get_stream(g_mime_part_get_content(GMIME_PART(object)));
		bool found = false;

		for (unsigned n = 0; n < count->facts->parts->len && !found; n++) {
			const struct part *part = facts_part(count->facts, n);

			found = part->kind == PART_LEAF &&
				part->body_start == (uint64_t)stream->bound_start &&
				part->body_end == (uint64_t)stream->bound_end;
		}
		count->seen++;
		count->same += found;
	}
}

static void
test_gmime(void)
{
	g_autofree char *directory = sample_path("corpus/mail");
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	struct range_count count = { 0 };
	struct brief brief;

	g_mime_init();
	reading_bare(&brief);
	sample_find(directory, ".eml", paths);
	sample_find(directory, ".msg", paths);
	if (paths->len == 0)
		g_test_skip("no sample mail beside the checkout");
	for (guint i = 0; i < paths->len; i++) {
		g_autofree char *text = NULL;
		size_t size, header, body;

		g_assert_true(g_file_get_contents(g_ptr_array_index(paths, i), &text, &size, NULL));
		body = reading_split(text, size, &header);
		/* What is put between header and body is one byte: coordinates are the file's then alone. */
		if (body != header + 1 || g_str_has_prefix(text, "From "))
			continue;

		GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, size);
		GMimeParser *parser = g_mime_parser_new_with_stream(stream);
		GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
		struct facts *facts = reading_of(&brief, text, size);
		unsigned missed = count.seen - count.same;

		count.facts = facts;
		if (message != NULL)
			compare_range(&count, g_mime_message_get_mime_part(message));
		if (count.seen - count.same != missed)
			g_test_message("%s", (const char *)g_ptr_array_index(paths, i));
		facts_free(facts);
		g_clear_object(&message);
		g_object_unref(parser);
		g_object_unref(stream);
	}
	g_test_message("%u of %u leaves are where GMime has them", count.same, count.seen);
	g_assert_cmpuint(count.same * 100, >=, count.seen * 97);
}

/*
 * Trees as lines "type name", one a leaf.
 */
static void
add_leaf(GPtrArray *tree, const char *type, const char *name)
{
	g_ptr_array_add(tree, g_strdup_printf("%s %s", type, name));
}

static bool
is_container_type(const char *type)
{
	return g_str_has_prefix(type, "multipart/") || strcmp(type, "message/rfc822") == 0 ||
	       strcmp(type, "message/external-body") == 0;
}

/* Whether the part counts in trees: those that went in through an encoded text do where `texts`. */
static bool
is_listed(const struct facts *facts, const struct part *part, bool texts)
{
	const struct part *parent =
	    part->parent >= 0 ? facts_part(facts, (unsigned)part->parent) : NULL;

	/* Others take these for leaves. */
	if (parent != NULL &&
	    (part_has(parent, PART_FACT_external_body) || part_has(parent, PART_FACT_partial)))
		return false;
	if (part_has(part, PART_FACT_partial))
		return true;
	if (part->letter == 'u' && !texts)
		return false;
	return !is_container_type(part->type) && part->kind != PART_MULTIPART &&
	       part->kind != PART_MESSAGE;
}

static GPtrArray *
our_tree(const struct facts *facts, bool texts, bool all)
{
	GPtrArray *tree = g_ptr_array_new_with_free_func(g_free);

	for (unsigned n = 0; n < facts->parts->len; n++) {
		const struct part *part = facts_part(facts, n);

		if ((all || part->reading == 0) && is_listed(facts, part, texts))
			add_leaf(tree, part->type, part->name);
	}
	return tree;
}

/* How many of `some` are not in `all`, as often. */
static unsigned
count_missing(GPtrArray *all, GPtrArray *some)
{
	unsigned missing = 0;

	for (guint i = 0; i < some->len; i++) {
		guint at;

		if (g_ptr_array_find_with_equal_func(
			all, g_ptr_array_index(some, i), g_str_equal, &at))
			g_ptr_array_remove_index(all, at);
		else
			missing++;
	}
	return missing;
}

static char *
lines(GPtrArray *tree)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < tree->len; i++)
		g_string_append_printf(text, "%s\n", (char *)g_ptr_array_index(tree, i));
	return g_string_free(text, FALSE);
}

/* How many trees, and leaves in them, were compared, and how many were like ours. */
static unsigned compared, same, leaves, leaves_same;

static void
compare(const char *path, GPtrArray *expected, const char *text, size_t size)
{
	bool texts =
	    g_str_has_suffix(path, "extracted.ref") || g_str_has_suffix(path, "uu-zeegee.ref");
	struct brief brief;
	struct facts *facts;

	reading_bare(&brief);
	facts = reading_of(&brief, text, size);

	g_autoptr(GPtrArray) usual = our_tree(facts, texts, false);
	g_autoptr(GPtrArray) all = our_tree(facts, texts, true);
	g_autofree char *ours = lines(usual), *theirs = lines(expected), *any = lines(all);

	unsigned missing = count_missing(all, expected);

	compared++;
	leaves += expected->len;
	leaves_same += expected->len - missing;
	/* Where programs differ, theirs is one of the readings. */
	if (strcmp(ours, theirs) == 0 || (facts->readings > 1 && missing == 0))
		same++;
	else if (!is_explained(path)) {
		g_test_message("%s:\nexpected\n%sfound\n%s", path, theirs, any);
		g_test_fail();
	}
	facts_free(facts);
}

/* mail-parser's JSON. */
static const char *
attribute_in_json(const json_t *value, const char *name)
{
	const json_t *attribute;
	size_t i;

	json_array_foreach(json_object_get(value, "attributes"), i, attribute)
	{
		if (strcmp(json_string_value(json_object_get(attribute, "name")), name) == 0)
			return json_string_value(json_object_get(attribute, "value"));
	}
	return NULL;
}

static char *
type_in_json(const json_t *value)
{
	const char *sub = json_string_value(json_object_get(value, "c_subtype"));
	const char *top = json_string_value(json_object_get(value, "c_type"));
	g_autofree char *type = g_strdup_printf("%s/%s", top, sub != NULL ? sub : "");

	return g_ascii_strdown(type, -1);
}

static void
part_in_json(const json_t *part, GPtrArray *tree)
{
	g_autofree char *type = g_strdup("text/plain");
	const char *name = NULL, *content_name = NULL;
	const json_t *header;
	size_t i;

	json_array_foreach(json_object_get(part, "headers"), i, header)
	{
		const char *field = json_string_value(json_object_get(header, "name"));
		const json_t *value =
		    json_object_get(json_object_get(header, "value"), "ContentType");

		if (value == NULL || field == NULL)
			continue;
		if (strcmp(field, "content_type") == 0) {
			g_free(type);
			type = type_in_json(value);
			content_name = attribute_in_json(value, "name");
		} else if (strcmp(field, "content_disposition") == 0) {
			name = attribute_in_json(value, "filename");
		}
	}
	if (is_container_type(type))
		return;
	name = name != NULL ? name : content_name;
	g_autofree char *shown =
	    names_shown(name != NULL ? name : "", name != NULL ? strlen(name) : 0);

	add_leaf(tree, type, shown);
}

static void
tree_in_json(const json_t *message, GPtrArray *tree)
{
	const json_t *part;
	size_t i;

	json_array_foreach(json_object_get(message, "parts"), i, part)
	{
		const json_t *body = json_object_get(part, "body");
		const json_t *inner = json_object_get(body, "Message");

		if (inner != NULL)
			tree_in_json(inner, tree);
		else if (json_object_get(body, "Multipart") == NULL)
			part_in_json(part, tree);
	}
}

static char *
with_crlf(const char *text, size_t *size)
{
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < *size; i++) {
		if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
			g_string_append_c(out, '\r');
		g_string_append_c(out, text[i]);
	}
	*size = out->len;
	return g_string_free(out, FALSE);
}

static void
compare_json(const char *path)
{
	g_autoptr(GPtrArray) tree = g_ptr_array_new_with_free_func(g_free);
	bool crlf = g_str_has_suffix(path, ".crlf.json");
	g_autofree char *stem = g_strndup(path, strlen(path) - (crlf ? 10 : 5));
	g_autofree char *mail = g_strconcat(stem, ".eml", NULL);
	g_autofree char *text = NULL;
	json_t *json = json_load_file(path, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
	size_t size;

	g_assert_nonnull(json);
	g_assert_true(g_file_get_contents(mail, &text, &size, NULL));
	if (crlf) {
		char *other = with_crlf(text, &size);

		g_free(text);
		text = other;
	}
	tree_in_json(json, tree);
	compare(path, tree, text, size);
	json_decref(json);
}

/* mime4j's XML. */
struct xml {
	GPtrArray *tree;
	GString *text;
	GString *header;
	bool digest;
};

static void
xml_start(GMarkupParseContext *context, const char *element, const char **names,
    const char **values, gpointer data, GError **error)
{
	struct xml *xml = data;

	(void)context, (void)names, (void)values, (void)error;
	g_string_truncate(xml->text, 0);
	if (strcmp(element, "header") == 0)
		g_string_truncate(xml->header, 0);
	if (strcmp(element, "body-part") == 0)
		g_string_truncate(xml->header, 0);
}

static void
xml_leaf(struct xml *xml)
{
	g_autofree char *whole = g_strconcat(xml->header->str, "\n", NULL);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(whole, strlen(whole));
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeObject *object = g_mime_parser_construct_part(parser, NULL);
	GMimeContentType *content = object != NULL ? g_mime_object_get_content_type(object) : NULL;
	g_autofree char *type =
	    content != NULL ? g_mime_content_type_get_mime_type(content) : g_strdup("text/plain");
	g_autofree char *low = g_ascii_strdown(type, -1);
	const char *name = object != NULL
			       ? g_mime_object_get_content_disposition_parameter(object, "filename")
			       : NULL;

	if (name == NULL && object != NULL)
		name = g_mime_object_get_content_type_parameter(object, "name");
	g_autofree char *shown =
	    names_shown(name != NULL ? name : "", name != NULL ? strlen(name) : 0);

	if (!is_container_type(low))
		add_leaf(xml->tree, low, shown);
	g_clear_object(&object);
	g_object_unref(parser);
	g_object_unref(stream);
}

static void
xml_end(GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
	struct xml *xml = data;

	(void)context, (void)error;
	if (strcmp(element, "field") == 0) {
		g_string_append(xml->header, xml->text->str + (xml->text->str[0] == '\n'));
		g_string_append_c(xml->header, '\n');
	}
	if (strcmp(element, "body") == 0 || strcmp(element, "text-body") == 0 ||
	    strcmp(element, "binary-body") == 0)
		xml_leaf(xml);
	g_string_truncate(xml->text, 0);
}

static void
xml_text(GMarkupParseContext *context, const char *text, gsize size, gpointer data, GError **error)
{
	struct xml *xml = data;

	(void)context, (void)error;
	g_string_append_len(xml->text, text, (gssize)size);
}

static void
compare_xml(const char *path)
{
	static const GMarkupParser parser = { xml_start, xml_end, xml_text, NULL, NULL };
	g_autoptr(GPtrArray) tree = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) collected = g_string_new(NULL);
	g_autoptr(GString) header = g_string_new(NULL);
	struct xml xml = { .tree = tree, .text = collected, .header = header };
	g_autofree char *stem = g_strndup(path, strlen(path) - 4);
	g_autofree char *mail = g_strconcat(stem, ".msg", NULL);
	g_autofree char *text = NULL, *markup = NULL, *valid = NULL;
	GMarkupParseContext *context;
	size_t size;

	if (strstr(path, "_decoded") != NULL || !g_file_get_contents(mail, &text, &size, NULL))
		return;
	g_assert_true(g_file_get_contents(path, &markup, NULL, NULL));
	valid = g_utf8_make_valid(markup, -1);
	context = g_markup_parse_context_new(&parser, 0, &xml, NULL);
	if (g_markup_parse_context_parse(context, valid, (gssize)strlen(valid), NULL))
		compare(path, tree, text, size);
	else
		g_test_message("%s is no XML", path);
	g_markup_parse_context_free(context);
}

/* MIME-tools' dumped hashes. */
static char *
ref_value(const char *block, const char *key)
{
	g_autofree char *search = g_strdup_printf("\"%s\"", key);
	const char *found = strstr(block, search);
	GString *value = g_string_new(NULL);
	char end = '"';

	found = found != NULL ? found + strlen(search) + strspn(found + strlen(search), " =>") : "";
	if (g_str_has_prefix(found, "qq{")) {
		end = '}';
		found += 2;
	}
	for (found += *found != '\0'; *found != '\0' && *found != end; found++) {
		if (g_str_has_prefix(found, "\\x{")) {
			g_string_append_unichar(
			    value, (gunichar)g_ascii_strtoull(found + 3, NULL, 16));
			found = strchr(found, '}');
			continue;
		}
		if (*found == '\\' && found[1] != '\0')
			found++;
		g_string_append_c(value, *found);
	}
	return g_string_free(value, FALSE);
}

static int
compare_blocks(gconstpointer a, gconstpointer b)
{
	/* "Part_2_10" stands behind "Part_2_9". */
	const char *one = *(const char *const *)a + 1, *two = *(const char *const *)b + 1;

	while (*one != '\0' && *two != '\0' && *one != '"' && *two != '"') {
		if (g_ascii_isdigit(*one) && g_ascii_isdigit(*two)) {
			guint64 first = g_ascii_strtoull(one, (char **)&one, 10);
			guint64 second = g_ascii_strtoull(two, (char **)&two, 10);

			if (first != second)
				return first < second ? -1 : 1;
		} else {
			one++;
			two++;
		}
	}
	return (*one != '"') - (*two != '"');
}

static void
ref_tree(const char *text, GPtrArray *tree)
{
	g_auto(GStrv) blocks = g_strsplit(text, "\n  }", -1);
	g_autoptr(GPtrArray) parts = g_ptr_array_new();
	g_autofree char *whole = NULL;

	for (size_t i = 0; blocks[i] != NULL; i++) {
		const char *part = strstr(blocks[i], "\"Part_");
		const char *message = strstr(blocks[i], "\"Msg\"");

		if (part != NULL)
			g_ptr_array_add(parts, (char *)part);
		else if (message != NULL)
			whole = g_strdup(message);
	}
	g_ptr_array_sort(parts, compare_blocks);
	if (parts->len == 0 && whole != NULL)
		g_ptr_array_add(parts, whole);
	for (guint i = 0; i < parts->len; i++) {
		const char *block = g_ptr_array_index(parts, i);
		g_autofree char *type = ref_value(block, "Type");
		g_autofree char *name = ref_value(block, "Filename");
		g_autofree char *shown = names_shown(name, strlen(name));

		if (!is_container_type(type))
			add_leaf(tree, strchr(type, '/') != NULL ? type : "text/plain", shown);
	}
}

static void
compare_ref(const char *path)
{
	g_autoptr(GPtrArray) tree = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *ref = NULL, *text = NULL, *message = NULL, *mail = NULL;
	g_autofree char *directory = g_path_get_dirname(path);
	size_t size;

	g_assert_true(g_file_get_contents(path, &ref, NULL, NULL));
	message = ref_value(ref, "Message");
	mail = g_build_filename(directory, "..", message, NULL);
	if (!g_file_get_contents(mail, &text, &size, NULL))
		return;
	if (strstr(ref, "Fail =>") != NULL)
		return;
	ref_tree(ref, tree);
	compare(path, tree, text, size);
}

static const struct {
	const char *directory, *suffix;
	void (*compare)(const char *path);
} collections[] = {
	{ "corpus/mail/mail-parser", ".json", compare_json },
	{ "corpus/mail/mime4j", ".xml", compare_xml },
	{ "corpus/mail/mime-tools", ".ref", compare_ref },
};

static void
test_trees(void)
{
	g_mime_init();
	for (size_t c = 0; c < G_N_ELEMENTS(collections); c++) {
		g_autofree char *directory = sample_path(collections[c].directory);
		g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

		sample_find(directory, collections[c].suffix, paths);
		for (guint i = 0; i < paths->len; i++)
			collections[c].compare(g_ptr_array_index(paths, i));
		g_test_message("%u of %u trees, %u of %u leaves are the same", same, compared,
		    leaves_same, leaves);
	}
	if (compared == 0)
		g_test_skip("no sample mail beside the checkout");
	g_assert_cmpuint(leaves_same * 100, >=, leaves * 97);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime_corpus/all sample mail is read, and ranges are right", test_all);
	g_test_add_func("/mime_corpus/each way to hide an attachment reveals it", test_evasion);
	g_test_add_func("/mime_corpus/what stands twice hides no attachment", test_doubled);
	g_test_add_func("/mime_corpus/trees are those that others expect", test_trees);
	g_test_add_func("/mime_corpus/contents lie where GMime has them", test_gmime);
	return g_test_run();
}
