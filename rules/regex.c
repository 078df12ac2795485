/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCRE2 with limits. An address has a few hundred bytes, so an honest expression needs some
 * thousand steps; one that backtracks without end is stopped within milliseconds and the caller
 * told, instead of a worker that stands still.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/regex.h"

#include <pcre2.h>
#include <string.h>

#define STEPS_LIMIT 100000
#define DEPTH_LIMIT 10000
#define HEAP_LIMIT 4096 /* KiB */

struct regex {
	pcre2_code *code;
	char *text;
	gint complained;
};

struct regex_scratch {
	pcre2_match_context *context;
	pcre2_match_data *data;
};

static G_DEFINE_QUARK(regex_error, regex_error)

    struct regex *regex_new(const char *expression, enum regex_flags flags, GError **error)
{
	uint32_t options = PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF;
	int number;
	PCRE2_SIZE offset;

	if (flags & REGEX_WHOLE)
		options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
	if (flags & REGEX_DOT_ALL)
		options |= PCRE2_DOTALL;
	bool star = (flags & REGEX_STAR) != 0 && expression[0] == '*';
	g_autofree char *whole = g_strconcat(star ? "." : "", expression, NULL);
	pcre2_code *code = pcre2_compile(
	    (PCRE2_SPTR)whole, PCRE2_ZERO_TERMINATED, options, &number, &offset, NULL);
	if (!code) {
		PCRE2_UCHAR text[256];
		pcre2_get_error_message(number, text, sizeof(text));
		g_set_error(error, regex_error_quark(), number, "%s at character %zu", (char *)text,
		    offset + (star ? 0 : 1));
		return NULL;
	}
	/* Where there is no machine code for it, the interpreter does the same. */
	if (flags & REGEX_COMPILED)
		pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	struct regex *regex = g_new0(struct regex, 1);
	regex->code = code;
	regex->text = g_strdup(expression);
	return regex;
}

void
regex_free(struct regex *regex)
{
	if (!regex)
		return;
	pcre2_code_free(regex->code);
	g_free(regex->text);
	g_free(regex);
}

const char *
regex_text(const struct regex *regex)
{
	return regex->text;
}

struct regex_scratch *
regex_scratch_new(void)
{
	struct regex_scratch *scratch = g_new(struct regex_scratch, 1);

	scratch->context = pcre2_match_context_create(NULL);
	scratch->data = pcre2_match_data_create(1, NULL);
	pcre2_set_match_limit(scratch->context, STEPS_LIMIT);
	pcre2_set_depth_limit(scratch->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(scratch->context, HEAP_LIMIT);
	return scratch;
}

void
regex_scratch_free(struct regex_scratch *scratch)
{
	if (!scratch)
		return;
	pcre2_match_context_free(scratch->context);
	pcre2_match_data_free(scratch->data);
	g_free(scratch);
}

enum regex_answer
regex_match(
    const struct regex *regex, struct regex_scratch *scratch, const char *text, size_t length)
{
	int rc = pcre2_match(
	    regex->code, (PCRE2_SPTR)text, length, 0, 0, scratch->data, scratch->context);

	if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
		rc = pcre2_match(regex->code, (PCRE2_SPTR)text, length, 0, PCRE2_NO_JIT,
		    scratch->data, scratch->context);
	if (rc == PCRE2_ERROR_NOMATCH)
		return REGEX_MISS;
	return rc >= 0 ? REGEX_HIT : REGEX_OVERRUN;
}

char *
regex_replace(const struct regex *regex, struct regex_scratch *scratch, const char *text,
    const char *replacement)
{
	uint32_t options = PCRE2_SUBSTITUTE_OVERFLOW_LENGTH | PCRE2_SUBSTITUTE_UNKNOWN_UNSET |
			   PCRE2_SUBSTITUTE_UNSET_EMPTY;
	PCRE2_SIZE length = strlen(text) + strlen(replacement) + 256;
	g_autofree char *result = g_malloc(length);
	int rc = PCRE2_ERROR_NOMEMORY;

	/* The first attempt may only tell how long the result is. */
	for (int i = 0; i < 2 && rc == PCRE2_ERROR_NOMEMORY; i++) {
		result = g_realloc(result, length);
		rc = pcre2_substitute(regex->code, (PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0,
		    options, NULL, scratch->context, (PCRE2_SPTR)replacement, PCRE2_ZERO_TERMINATED,
		    (PCRE2_UCHAR *)result, &length);
	}
	return rc > 0 ? g_steal_pointer(&result) : NULL;
}

bool
regex_first_complaint(const struct regex *regex)
{
	return g_atomic_int_compare_and_exchange((gint *)&regex->complained, 0, 1);
}
