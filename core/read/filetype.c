/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmagic tries its thousands of entries one by one. What takes long is text, since about seventy of its entries are regular
 * expressions that are searched for in the first 8 KiB of it, by the C library. So there are two handles: with one, regular expressions
 * see a single byte, and find nothing. It is asked where no expression could find anything: one PCRE2 pattern, the union of how
 * all of them begin, tells. Where it says that the file is text and no more, the other would have said the same; in all other
 * cases the other is asked. HTML that begins like HTML needs no asking; and a second question, for the MIME type, is asked only
 * where the first answer does not imply it. Contents that come again (the same bytes, not the same digest) are known. The test holds all of this to libmagic's own words, over real mail.
 */
#include "core/read/filetype.h"

#include <glib.h>
#include <magic.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "core/read/magictable.h"

/* Bytes within which an expression of libmagic's can begin to match, and end. */
#define EXPRESSION_LOOK 24576

/* Contents whose types are remembered, and how long such a content is at most. */
#define ANSWERS_KEPT 64
#define ANSWER_SIZE_MAX 65536

/* How what libmagic's (5.44) expressions match begins; more than they match. */
static const char expressions[] =
    /* At the beginning of the file. */
    "\\A(?:[ \\t\\r\\nCc0-9<#%(\\[@]|HEADER|P[1-7]\\s|commit |Dryad|WEBVTT|blob |tree |pr[om]|"
    "[A-Z]{3,8} \\S+ [0-9])|"
    /* At the beginning of a line. */
    "^[:;]|^\\.[A-Za-z]|^[ \\t]*0|^#|^1[\\r\\n]+0|^\\(|^import|^export|^package[ \\t]|^using\\s|"
    "^MAX=|^PROC\\s|^SUBDIRS|^(?:CFLAGS|VPATH|LDFLAGS|all:)|^begin [0-7]|^dnl |^=+$|^AC_DEFUN|"
    "^namespace\\s|^(?:struct|union)\\s|^from[ \\t]+\\S+[ "
    "\\t]+import|^[!-?A-~]{1,255}(?:\\t[^\\t\\n]+){11}|"
    "^\\s*(?:\\.(?:asciiz|byte|even|globl|text|file|type)|(?:class|module)\\s|(?:char|float|double)"
    "[ *]|"
    "include "
    "[A-Z]|require\\s|protected:|private:|public:|template\\s*<|virtual\\s|extern\\s|except|"
    "def |call[ \\t]+rxfunc|(?i:say ['\"])|BEGIN\\s*\\{)|"
    /* Anywhere. */
    "\\x08|\\((?:\\s.*)? -- |\\((?:async )?function|\\(;|(?i:sisu)|require\\(|exports|typeof|tEDAx|"
    "(?:ha|li):[a-z]|dryad-bibo|\\)\\s*\\{|EAPI=|P[0-9][0-9]\\.[0-9]{4}\\.|[=.<>|!^]{79}";

/* What libmagic calls text that is nothing else. */
static const char *const plain[] = { "ASCII text", "Unicode text, UTF-8 text", "ISO-8859 text",
	"Non-ISO extended-ASCII text" };

/* MIME types that follow from the words before the first comma. */
static const char *const implied[][2] = {
	{ "ASCII text", "text/plain" },
	{ "ISO-8859 text", "text/plain" },
	{ "HTML document", "text/html" },
	{ "PNG image data", "image/png" },
	{ "JPEG image data", "image/jpeg" },
	{ "GIF image data", "image/gif" },
	{ "PDF document", "application/pdf" },
	{ "gzip compressed data", "application/gzip" },
};

static magic_t words, quick, types;
/* Most of the entries can't match a text at hand, which the table tells: then the rest of them is asked. NULL: no table. */
static struct magictable *table;
static magic_t rest;
static pcre2_code *expression;
static pcre2_match_data *found;

static magic_t
load(int flags)
{
	magic_t magic = magic_open(flags);

	if (magic != NULL && magic_load(magic, NULL) == 0)
		return magic;
	if (magic != NULL)
		magic_close(magic);
	return NULL;
}

static void
load_rest(void)
{
	size_t size, one = 1;
	void *buffer;

	table = magictable_load();
	rest = table != NULL ? magic_open(MAGIC_NONE) : NULL;
	if (rest == NULL)
		return;
	magictable_rest(table, &buffer, &size);
	if (magic_load_buffers(rest, &buffer, &size, 1) == 0) {
		magic_setparam(rest, MAGIC_PARAM_REGEX_MAX, &one);
		return;
	}
	magic_close(rest);
	rest = NULL;
}

bool
filetype_prepare(void)
{
	size_t one = 1, offset;
	int error;

	if (words != NULL)
		return true;
	words = load(MAGIC_NONE);
	quick = load(MAGIC_NONE);
	types = load(MAGIC_MIME_TYPE);
	expression = pcre2_compile(
	    (PCRE2_SPTR)expressions, PCRE2_ZERO_TERMINATED, PCRE2_MULTILINE, &error, &offset, NULL);
	g_assert(expression != NULL);
	pcre2_jit_compile(expression, PCRE2_JIT_COMPLETE);
	found = pcre2_match_data_create_from_pattern(expression, NULL);
	if (quick != NULL)
		magic_setparam(quick, MAGIC_PARAM_REGEX_MAX, &one);
	load_rest();
	return words != NULL && quick != NULL && types != NULL;
}

/* Whether there are no control characters but those that text has. */
static bool
is_text(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		uint8_t c = (uint8_t)bytes[i];

		if (c < ' ' && (c < '\a' || c > '\r') && c != '\033')
			return false;
	}
	return true;
}

/* Whether it begins as HTML does. */
static bool
begins_as_html(const char *bytes, size_t size)
{
	const char *end = bytes + size;

	while (bytes < end && g_ascii_isspace(*bytes))
		bytes++;
	return (end - bytes > 15 && g_ascii_strncasecmp(bytes, "<!doctype html", 14) == 0 &&
		   (bytes[14] == '>' || g_ascii_isspace(bytes[14]))) ||
	       (end - bytes > 6 && g_ascii_strncasecmp(bytes, "<html", 5) == 0 &&
		   (bytes[5] == '>' || g_ascii_isspace(bytes[5])));
}

static char *
describe_html(const char *bytes, size_t size)
{
	bool ascii = true;

	for (size_t i = 0; i < size && ascii; i++)
		ascii = (uint8_t)bytes[i] < 0x80;
	return g_strconcat("HTML document, ",
	    ascii					 ? "ASCII text"
	    : g_utf8_validate(bytes, (gssize)size, NULL) ? "Unicode text, UTF-8 text"
							 : "ISO-8859 text",
	    NULL);
}

/* Whether an expression of libmagic's may match. */
static bool
may_match(const char *bytes, size_t size)
{
	return pcre2_match(expression, (PCRE2_SPTR)bytes, MIN(size, EXPRESSION_LOOK), 0, 0, found,
		   NULL) != PCRE2_ERROR_NOMATCH;
}

/* What this handle calls text and no more. NULL: it may be something else. */
static const char *
ask_plain(magic_t magic, const char *bytes, size_t size)
{
	const char *answer = magic_buffer(magic, bytes, size);

	for (unsigned i = 0; answer != NULL && i < G_N_ELEMENTS(plain); i++) {
		if (g_str_has_prefix(answer, plain[i]))
			return answer;
	}
	return NULL;
}

/* The words for what is text and no more. NULL: it may be something else. */
static const char *
describe_plain(const char *bytes, size_t size)
{
	const char *answer = NULL;

	if (size == 0 || !is_text(bytes, MIN(size, EXPRESSION_LOOK)) || may_match(bytes, size))
		return NULL;
	if (rest != NULL && is_text(bytes, size) && !magictable_may_match(table, bytes, size))
		answer = ask_plain(rest, bytes, size);
	return answer != NULL ? answer : ask_plain(quick, bytes, size);
}

static char *
describe(const char *bytes, size_t size)
{
	const char *answer;

	if (begins_as_html(bytes, size) && is_text(bytes, size))
		return describe_html(bytes, size);
	answer = describe_plain(bytes, size);
	return g_strdup(answer != NULL ? answer : magic_buffer(words, bytes, size));
}

/* NULL: the words do not say. */
static const char *
implied_type(const char *description)
{
	size_t length = description != NULL ? strcspn(description, ",") : 0;

	for (unsigned i = 0; length > 0 && i < G_N_ELEMENTS(implied); i++) {
		if (strlen(implied[i][0]) == length &&
		    memcmp(implied[i][0], description, length) == 0)
			return implied[i][1];
	}
	return description != NULL && g_str_has_prefix(description, "Unicode text, UTF-8 text")
		   ? "text/plain"
		   : NULL;
}

/* What was asked lately: the same picture, the same signature, the same letter to many. */
static struct answer {
	char *bytes;
	size_t size;
	char *description, *mime; /* mime NULL: nobody asked */
} answers[ANSWERS_KEPT];
static unsigned next_answer;

static struct answer *
find_answer(const char *bytes, size_t size)
{
	for (unsigned i = 0; i < ANSWERS_KEPT; i++) {
		if (answers[i].bytes != NULL && answers[i].size == size &&
		    memcmp(answers[i].bytes, bytes, size) == 0)
			return &answers[i];
	}
	return NULL;
}

static struct answer *
new_answer(const char *bytes, size_t size)
{
	struct answer *answer = &answers[next_answer];

	next_answer = (next_answer + 1) % ANSWERS_KEPT;
	g_free(answer->bytes);
	g_free(answer->description);
	g_free(answer->mime);
	*answer = (struct answer){ .size = size, .description = describe(bytes, size) };
	/* What is larger is forgotten as soon as it was told. */
	if (size <= ANSWER_SIZE_MAX)
		answer->bytes = g_memdup2(bytes, size);
	return answer;
}

void
filetype_of(const char *bytes, size_t size, const char *hint, char **description, char **mime)
{
	struct answer *answer;
	const char *type;

	(void)hint;
	if (!filetype_prepare())
		return;
	answer = find_answer(bytes, size);
	if (answer == NULL)
		answer = new_answer(bytes, size);
	if (mime != NULL && answer->mime == NULL) {
		type = implied_type(answer->description);
		answer->mime = g_strdup(type != NULL ? type : magic_buffer(types, bytes, size));
	}
	if (mime != NULL)
		*mime = g_strdup(answer->mime);
	if (description != NULL)
		*description = g_strdup(answer->description);
}
