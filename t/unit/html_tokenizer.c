/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tokenizer against the cases of html5lib, which the standard's own authors use, where they are; and what they don't ask. */
#include "core/read/html_tokenizer.h"

#include <jansson.h>

#include "core/read/html_doctype.h"
#include "core/read/html_tagparse.h"
#include "t/unit/samples.h"

#define CASES "corpus/html5lib/tokenizer"

static const struct {
	const char *name;
	enum html_content content;
} states[] = {
	{ "Data state", HTML_CONTENT_DATA },
	{ "PLAINTEXT state", HTML_CONTENT_PLAINTEXT },
	{ "RCDATA state", HTML_CONTENT_RCDATA },
	{ "RAWTEXT state", HTML_CONTENT_RAWTEXT },
	{ "Script data state", HTML_CONTENT_SCRIPT },
	{ "CDATA section state", HTML_CONTENT_CDATA },
};

static enum html_content
state_named(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
		if (strcmp(states[i].name, name) == 0)
			return states[i].content;
	}
	g_error("no state %s", name);
}

/* A code point as UTF-8; surrogates, too, which GLib refuses. */
static void
append_code(GString *out, unsigned code)
{
	if (code >= 0xD800 && code <= 0xDFFF) {
		g_string_append_c(out, (char)(0xE0 | code >> 12));
		g_string_append_c(out, (char)(0x80 | (code >> 6 & 0x3F)));
		g_string_append_c(out, (char)(0x80 | (code & 0x3F)));
	} else {
		g_string_append_unichar(out, code);
	}
}

/* The text of a JSON string, whose \uHHHH are to be undone once more where `escaped`. */
static GString *
json_text(const json_t *value, bool escaped)
{
	const char *text = json_string_value(value);
	size_t size = json_string_length(value);
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < size; i++) {
		unsigned code;

		if (escaped && size - i >= 6 && text[i] == '\\' && text[i + 1] == 'u' &&
		    sscanf(text + i + 2, "%4x", &code) == 1) {
			append_code(out, code);
			i += 5;
		} else {
			g_string_append_c(out, text[i]);
		}
	}
	return out;
}

/* One token on a line: what it is, then its texts, each in brackets. */
static void
append_text(GString *line, const char *text, size_t size)
{
	g_string_append(line, " [");
	g_string_append_len(line, text, (gssize)size);
	g_string_append_c(line, ']');
}

static void
append_part(GString *line, const GString *part)
{
	if (part == NULL)
		g_string_append(line, " null");
	else
		append_text(line, part->str, part->len);
}

static void
append_json(GString *line, const json_t *value, bool escaped)
{
	GString *text = json_is_string(value) ? json_text(value, escaped) : NULL;

	append_part(line, text);
	if (text != NULL)
		g_string_free(text, TRUE);
}

static int
compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
append_sorted(GString *line, GPtrArray *attributes)
{
	g_ptr_array_sort(attributes, compare_texts);
	for (unsigned i = 0; i < attributes->len; i++)
		g_string_append(line, attributes->pdata[i]);
}

static void
expect_attributes(GString *line, json_t *object, bool escaped)
{
	g_autoptr(GPtrArray) attributes = g_ptr_array_new_with_free_func(g_free);
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		GString *text = g_string_new(NULL);
		json_t *key = json_string_nocheck(name);

		append_json(text, key, escaped);
		append_json(text, value, escaped);
		json_decref(key);
		g_ptr_array_add(attributes, g_string_free(text, FALSE));
	}
	append_sorted(line, attributes);
}

static GString *
expected(const json_t *tokens, bool escaped)
{
	GString *out = g_string_new(NULL);
	size_t i;
	json_t *token;

	json_array_foreach(tokens, i, token)
	{
		const char *kind = json_string_value(json_array_get(token, 0));

		g_string_append(out, kind);
		append_json(out, json_array_get(token, 1), escaped);
		if (strcmp(kind, "DOCTYPE") == 0) {
			append_json(out, json_array_get(token, 2), escaped);
			append_json(out, json_array_get(token, 3), escaped);
			g_string_append(
			    out, json_is_true(json_array_get(token, 4)) ? "" : " quirks");
		} else if (strcmp(kind, "StartTag") == 0) {
			expect_attributes(out, json_array_get(token, 2), escaped);
			g_string_append(out, json_is_true(json_array_get(token, 3)) ? " /" : "");
		}
		g_string_append_c(out, '\n');
	}
	return out;
}

static void
print_tag(GString *line, const char *bytes, const struct html_token *token)
{
	g_autoptr(GPtrArray) attributes = g_ptr_array_new_with_free_func(g_free);

	for (unsigned i = 0; token->kind == HTML_TOKEN_START && i < token->count; i++) {
		const struct html_attribute *attribute = &token->attributes[i];
		g_autoptr(GString) name = g_string_new(NULL);
		g_autoptr(GString) value = g_string_new(NULL);
		GString *text = g_string_new(NULL);

		html_decode_name(
		    name, bytes + attribute->start, attribute->name_end - attribute->start);
		html_decode(value, bytes + attribute->value_start,
		    attribute->value_end - attribute->value_start,
		    HTML_DECODE_REFERENCES | HTML_DECODE_ATTRIBUTE | HTML_DECODE_NUL);
		append_part(text, name);
		append_part(text, value);
		if (html_attribute_repeats(bytes, token, attribute))
			g_string_free(text, TRUE);
		else
			g_ptr_array_add(attributes, g_string_free(text, FALSE));
	}
	append_sorted(line, attributes);
	if (token->kind == HTML_TOKEN_START && token->self_closing)
		g_string_append(line, " /");
}

static unsigned
decoding_of(enum html_content content)
{
	switch (content) {
	case HTML_CONTENT_DATA:
		return HTML_DECODE_REFERENCES;
	case HTML_CONTENT_RCDATA:
		return HTML_DECODE_REFERENCES | HTML_DECODE_NUL;
	case HTML_CONTENT_RAWTEXT:
	case HTML_CONTENT_SCRIPT:
	case HTML_CONTENT_PLAINTEXT:
		return HTML_DECODE_NUL;
	case HTML_CONTENT_CDATA:
		return 0;
	}
	g_assert_not_reached();
}

static void
print_token(GString *out, const char *bytes, const struct html_token *token)
{
	const char *data = bytes + token->data_start;
	size_t size = token->data_end - token->data_start;
	g_autoptr(GString) text = g_string_new(NULL);
	struct html_doctype doctype;

	switch (token->kind) {
	case HTML_TOKEN_TEXT:
		break;
	case HTML_TOKEN_START:
	case HTML_TOKEN_END:
		html_decode_name(text, data, size);
		g_string_append(out, token->kind == HTML_TOKEN_START ? "StartTag" : "EndTag");
		append_part(out, text);
		print_tag(out, bytes, token);
		break;
	case HTML_TOKEN_COMMENT:
		html_decode(text, data, size, HTML_DECODE_NUL);
		g_string_append(out, "Comment");
		append_part(out, text);
		break;
	case HTML_TOKEN_DOCTYPE:
		html_doctype_init(&doctype, bytes, token);
		g_string_append(out, "DOCTYPE");
		append_part(out, doctype.name);
		append_part(out, doctype.public_id);
		append_part(out, doctype.system_id);
		g_string_append(out, doctype.quirks ? " quirks" : "");
		html_doctype_clear(&doctype);
		break;
	case HTML_TOKEN_CUT:
		return;
	}
	g_string_append_c(out, '\n');
}

static GString *
actual(const GString *input, enum html_content content, const char *name)
{
	struct html_tokenizer tokenizer;
	struct html_token *token = g_new0(struct html_token, 1);
	GString *out = g_string_new(NULL), *text = g_string_new(NULL);
	size_t end = 0;

	html_tokenizer_init(&tokenizer, input->str, input->len);
	tokenizer.content = content;
	tokenizer.name = name;
	for (;;) {
		bool more = html_tokenizer_next(&tokenizer, token);

		if (more && token->kind == HTML_TOKEN_TEXT)
			html_decode(text, input->str + token->data_start,
			    token->data_end - token->data_start, decoding_of(token->content));
		if (more)
			g_assert_true(token->start >= end && token->end > token->start);
		end = more ? token->end : end;
		if (text->len > 0 &&
		    (!more || (token->kind != HTML_TOKEN_TEXT && token->kind != HTML_TOKEN_CUT))) {
			g_string_append(out, "Character");
			append_part(out, text);
			g_string_append_c(out, '\n');
			g_string_truncate(text, 0);
		}
		if (!more)
			break;
		if (token->kind != HTML_TOKEN_TEXT)
			print_token(out, input->str, token);
	}
	g_assert_cmpuint(tokenizer.at, ==, input->len);
	g_string_free(text, TRUE);
	g_free(token);
	return out;
}

static void
replace_all(GString *text, const char *from, const char *to)
{
	g_string_replace(text, from, to, 0);
}

/* What the rows of xmlViolation.test want on top: a tree that XML can hold. */
static void
coerce(GString *out)
{
	replace_all(out, "\xEF\xBF\xBF", "\xEF\xBF\xBD");
	replace_all(out, "\f", " ");
	replace_all(out, "--", "- -");
}

static void
check_case(const char *file, const json_t *test, bool xml)
{
	bool escaped = json_is_true(json_object_get(test, "doubleEscaped"));
	GString *input = json_text(json_object_get(test, "input"), escaped);
	GString *want = expected(json_object_get(test, "output"), escaped);
	const char *name = json_string_value(json_object_get(test, "lastStartTag"));
	const json_t *list = json_object_get(test, "initialStates");

	for (size_t i = 0; i < MAX(json_array_size(list), 1); i++) {
		const char *state = json_string_value(json_array_get(list, i));
		GString *got = actual(input, state_named(state != NULL ? state : "Data state"),
		    name != NULL ? name : " ");

		if (xml)
			coerce(got);
		if (!g_string_equal(got, want)) {
			g_test_message("%s: %s (%s)\n%s: is\n%s, should be\n%s", file,
			    json_string_value(json_object_get(test, "description")), state,
			    input->str, got->str, want->str);
			g_test_fail();
		}
		g_string_free(got, TRUE);
	}
	g_string_free(input, TRUE);
	g_string_free(want, TRUE);
}

static size_t
check_file(const char *path)
{
	json_error_t error;
	json_t *root = json_load_file(path, JSON_ALLOW_NUL, &error), *test;
	bool xml = json_object_get(root, "xmlViolationTests") != NULL;
	const json_t *tests = json_object_get(root, xml ? "xmlViolationTests" : "tests");
	size_t i, count = json_array_size(tests);

	if (root == NULL)
		g_error("%s: line %d: %s", path, error.line, error.text);
	json_array_foreach(tests, i, test) check_case(path, test, xml);
	json_decref(root);
	return count;
}

static void
test_html5lib(void)
{
	g_autofree char *directory = sample_path(CASES);
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	size_t count = 0;

	sample_find(directory, ".test", paths);
	if (paths->len == 0) {
		g_test_skip("no " CASES " beside the checkout");
		return;
	}
	for (unsigned i = 0; i < paths->len; i++)
		count += check_file(paths->pdata[i]);
	g_test_message("%zu cases in %u files", count, paths->len);
	g_assert_cmpuint(count, >, 6000);
}

/* Positions: what a token's range is cut from. */
static void
test_ranges(void)
{
	static const char text[] = "ab<p class = 'x y'id=z hidden>c</p  ><!-- d --><a b='";
	static const char *const pieces[] = { "ab", "<p class = 'x y'id=z hidden>", "c", "</p  >",
		"<!-- d -->", "<a b='" };
	struct html_tokenizer tokenizer;
	struct html_token token = { 0 };

	html_tokenizer_init(&tokenizer, text, strlen(text));
	for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
		g_assert_true(html_tokenizer_next(&tokenizer, &token));
		g_assert_cmpmem(
		    text + token.start, token.end - token.start, pieces[i], strlen(pieces[i]));
		if (i != 1)
			continue;
		g_assert_cmpuint(token.count, ==, 3);
		const struct html_attribute *first = &token.attributes[0];
		g_assert_cmpmem(
		    text + first->start, first->end - first->start, "class = 'x y'", 13);
		g_assert_cmpmem(
		    text + first->value_start, first->value_end - first->value_start, "x y", 3);
		g_assert_cmpint(first->quote, ==, '\'');
	}
	g_assert_cmpint(token.kind, ==, HTML_TOKEN_CUT);
	g_assert_false(html_tokenizer_next(&tokenizer, &token));
}

static void
test_many_attributes(void)
{
	g_autoptr(GString) text = g_string_new("<p");
	struct html_tokenizer tokenizer;
	struct html_token token = { 0 };

	for (unsigned i = 0; i < HTML_ATTRIBUTES_MAX; i++)
		g_string_append(text, " a");
	size_t crowd = text->len - 1;
	g_string_append(text, " onclick=x y>");
	html_tokenizer_init(&tokenizer, text->str, text->len);
	g_assert_true(html_tokenizer_next(&tokenizer, &token));
	g_assert_cmpuint(token.count, ==, HTML_ATTRIBUTES_MAX - 1);
	g_assert_cmpuint(token.crowd, ==, crowd);
	g_assert_cmpuint(token.end, ==, text->len);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
	    "/html_tokenizer/all cases of html5lib come out as they should", test_html5lib);
	g_test_add_func("/html_tokenizer/tokens are ranges of the text", test_ranges);
	g_test_add_func("/html_tokenizer/a tag with more attributes than are kept says so",
	    test_many_attributes);
	return g_test_run();
}
