/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of the tests is the reference's and decides: the same word may look like a file, an
 * expression, a network and a domain. Where the reference's test takes a word that can then never
 * match (a domain of hexadecimal letters, an expression on addresses without a letter), ours is
 * narrower.
 */
#include "rules/pattern.h"

#include <string.h>

#include "rules/network.h"

#define EXPRESSION_SIGNS "?[]()|$^{}\\"

bool
pattern_is_expression(enum pattern_kind kind)
{
	return kind == PATTERN_ADDRESS_EXPRESSION || kind == PATTERN_CLIENT_EXPRESSION ||
	       kind == PATTERN_CLIENT_WHOLE || kind == PATTERN_HOST_EXPRESSION ||
	       kind == PATTERN_CLAIMED_EXPRESSION || kind == PATTERN_REPORT_EXPRESSION;
}

bool
pattern_asks_host(enum pattern_kind kind)
{
	return kind == PATTERN_HOST || kind == PATTERN_HOST_EXPRESSION || kind == PATTERN_CLAIMED ||
	       kind == PATTERN_CLAIMED_EXPRESSION;
}

/* "/.../": sets the text to what stands between. */
static bool
read_expression(struct pattern *pattern, const char *word, enum pattern_kind kind)
{
	size_t length = strlen(word);

	if (length < 2 || word[0] != '/' || word[length - 1] != '/')
		return false;
	g_string_truncate(pattern->text, 0);
	g_string_append_len(pattern->text, word + 1, (gssize)length - 2);
	pattern->kind = kind;
	return true;
}

static void
lower(GString *text, const char *word)
{
	g_string_assign(text, word);
	for (gsize i = 0; i < text->len; i++)
		text->str[i] = g_ascii_tolower(text->str[i]);
}

static void
squeeze_stars(GString *text)
{
	gsize kept = 0;

	if (!strstr(text->str, "**"))
		return;
	for (gsize i = 0; i < text->len; i++) {
		if (text->str[i] != '*' || kept == 0 || text->str[kept - 1] != '*')
			text->str[kept++] = text->str[i];
	}
	g_string_truncate(text, kept);
}

/* host:NAME becomes a glob on the name with a dot before it. */
static void
read_host(struct pattern *pattern, const char *name, enum pattern_kind plain)
{
	enum pattern_kind expression =
	    plain == PATTERN_HOST ? PATTERN_HOST_EXPRESSION : PATTERN_CLAIMED_EXPRESSION;

	if (strcmp(name, "/.*/") == 0) {
		pattern->kind = PATTERN_DEFAULT;
		return;
	}
	if (read_expression(pattern, name, expression))
		return;
	pattern->kind = plain;
	lower(pattern->text, name);
	if (name[0] == '\0' || strcmp(pattern->text->str, PATTERN_SPOOFED) == 0)
		return;
	if (name[0] == '.')
		g_string_prepend(pattern->text, PATTERN_HOST_PREFIX "*");
	else if (name[0] != '*')
		g_string_prepend(pattern->text, "*" PATTERN_HOST_PREFIX);
	squeeze_stars(pattern->text);
}

/* Does the body of an expression end in a.b.c.d, the dots bare or escaped? */
static bool
ends_in_address(const char *body)
{
	const char *end = body + strlen(body);

	for (int octets = 1;; octets++) {
		const char *digits = end;
		while (digits > body && g_ascii_isdigit(digits[-1]))
			digits--;
		if (digits == end || end - digits > 3)
			return false;
		if (octets == 4)
			return true;
		if (digits == body || digits[-1] != '.')
			return false;
		end = digits - 1;
		if (end > body && end[-1] == '\\')
			end--;
	}
}

static void
read_client_expression(struct pattern *pattern)
{
	pattern->kind =
	    ends_in_address(pattern->text->str) ? PATTERN_CLIENT_WHOLE : PATTERN_CLIENT_EXPRESSION;
}

/* Without a letter and without "@" it is about client addresses; "^$" is the empty sender. */
static bool
is_about_clients(const char *body)
{
	if (strcmp(body, "^$") == 0 || strchr(body, '@'))
		return false;
	for (; *body != '\0'; body++) {
		if (g_ascii_isalpha(*body))
			return false;
	}
	return true;
}

/* "network/bits", "network/mask", "first-last". */
static bool
looks_like_pair(const char *word)
{
	const char *sign = strpbrk(word, "/-");

	if (!sign)
		return false;
	g_autofree char *left = g_strndup(word, (gsize)(sign - word));
	return network_looks_like(left) && network_looks_like(sign + 1);
}

static void
read_address(struct pattern *pattern, const char *word)
{
	GString *text = pattern->text;

	lower(text, word);
	pattern->kind = PATTERN_ADDRESS;
	if (strcmp(text->str, "default") == 0 || strcmp(text->str, "*") == 0)
		g_string_assign(text, "*@*");
	else if (!strchr(text->str, '@'))
		g_string_prepend(text, "*@");
	if (text->str[0] == '@')
		g_string_prepend_c(text, '*');
	if (text->str[text->len - 1] == '@')
		g_string_append_c(text, '*');
	squeeze_stars(text);
	if (text->len > 1 && text->str[text->len - 1] == '.')
		g_string_truncate(text, text->len - 1);
	if (strcmp(text->str, "*@*") == 0)
		pattern->kind = PATTERN_DEFAULT;
}

/* Fits anywhere in a report, so it is filed with a star on either side. */
static void
read_report(struct pattern *pattern, const char *word)
{
	lower(pattern->text, word);
	if (strcmp(pattern->text->str, "default") == 0 || strcmp(pattern->text->str, "*") == 0) {
		pattern->kind = PATTERN_DEFAULT;
		return;
	}
	g_string_prepend_c(pattern->text, '*');
	g_string_append_c(pattern->text, '*');
	squeeze_stars(pattern->text);
	pattern->kind = PATTERN_REPORT;
}

static bool
read_client(struct pattern *pattern, const char *word)
{
	if (g_ascii_strcasecmp(word, PATTERN_SPOOFED) == 0) {
		read_host(pattern, word, PATTERN_HOST);
		return true;
	}
	if (g_ascii_strncasecmp(word, "ip:", 3) == 0 &&
	    read_expression(pattern, word + 3, PATTERN_CLIENT_EXPRESSION)) {
		read_client_expression(pattern);
		return true;
	}
	if (!network_looks_like(word) && !looks_like_pair(word))
		return false;
	g_string_assign(pattern->text, word);
	pattern->kind = PATTERN_CLIENT;
	return true;
}

void
pattern_read(struct pattern *pattern, const char *word, bool virus)
{
	size_t length = strlen(word);

	if (length > 1 && word[0] == '/' && word[length - 1] != '/') {
		g_string_assign(pattern->text, word);
		pattern->kind = PATTERN_LIST;
	} else if (g_ascii_strncasecmp(word, "host:", 5) == 0) {
		read_host(pattern, word + 5, PATTERN_HOST);
	} else if (g_ascii_strncasecmp(word, "host-nocheck:", 13) == 0) {
		read_host(pattern, word + 13, PATTERN_CLAIMED);
	} else if (strcmp(word, "/.*/") == 0) {
		pattern->kind = PATTERN_DEFAULT;
	} else if (virus) {
		if (!read_expression(pattern, word, PATTERN_REPORT_EXPRESSION))
			read_report(pattern, word);
	} else if (read_expression(pattern, word, PATTERN_ADDRESS_EXPRESSION)) {
		if (is_about_clients(pattern->text->str))
			read_client_expression(pattern);
	} else if (!read_client(pattern, word)) {
		read_address(pattern, word);
	}
}

/* An expression on addresses whose only letters are those of escapes such as \d. */
static bool
means_a_client(const char *body)
{
	bool escape = false;

	for (; *body != '\0'; body++) {
		if (*body == '\\' && g_ascii_isalpha(body[1])) {
			escape = true;
			body++;
		} else if (g_ascii_isalpha(*body) || *body == '@') {
			return false;
		}
	}
	return escape;
}

/* "/.../i": the reference, and so we, take it for a file. */
static bool
means_an_expression(const char *word)
{
	const char *modifiers = strrchr(word, '/') + 1;

	return modifiers > word + 1 && strlen(modifiers) <= 3 &&
	       modifiers[strspn(modifiers, "gimosx")] == '\0';
}

static const char *
address_oddity(const char *word)
{
	if (strcmp(word, "<>") == 0)
		return "the empty sender is written /^$/";
	if (strpbrk(word, EXPRESSION_SIGNS))
		return "only * stands for other characters here, the rest is taken as it is";
	if (strpbrk(word, strchr(word, '@') ? "<>,;" : "<>,;/\""))
		return "neither an address nor a domain looks like that";
	return NULL;
}

const char *
pattern_oddity(const struct pattern *pattern, const char *word)
{
	switch (pattern->kind) {
	case PATTERN_ADDRESS:
	case PATTERN_HOST:
	case PATTERN_CLAIMED:
		return address_oddity(word);
	case PATTERN_REPORT:
		return strpbrk(word, EXPRESSION_SIGNS)
			   ? "only * stands for other characters here, the rest is taken as it is"
			   : NULL;
	case PATTERN_ADDRESS_EXPRESSION:
		return means_a_client(pattern->text->str)
			   ? "this is compared with mail addresses; for the client's write ip:/.../"
			   : NULL;
	case PATTERN_LIST:
		return means_an_expression(word)
			   ? "this is taken for the name of a list file; an expression ends in /"
			   : NULL;
	case PATTERN_DEFAULT:
	case PATTERN_CLIENT:
	case PATTERN_CLIENT_EXPRESSION:
	case PATTERN_CLIENT_WHOLE:
	case PATTERN_HOST_EXPRESSION:
	case PATTERN_CLAIMED_EXPRESSION:
	case PATTERN_REPORT_EXPRESSION:
		return NULL;
	}
	return NULL;
}
