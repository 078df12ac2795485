/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rule that looks at one form of a name is passed by the sender who finds another form that the recipient's program makes the
 * same file of. So each form that is known to be made by some program is a candidate; there are few, and rules are cheap.
 */
#include "core/read/names.h"

#include <gmime/gmime.h>
#include <string.h>

/* Candidates of one part; more of them are no name of anything. */
#define CANDIDATES_MAX 64
/* Bytes of one raw name that are looked at. */
#define RAW_MAX 4096

char *
names_utf8(const char *bytes, size_t length)
{
	GString *text;

	if (g_utf8_validate(bytes, (gssize)length, NULL))
		return g_strndup(bytes, length);
	text = g_string_sized_new(length + 16);
	for (size_t i = 0; i < length; i++) {
		/* Windows-1252 where it differs from Latin-1: 0x80 to 0x9f. */
		static const gunichar high[32] = { 0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026,
			0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
			0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122,
			0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178 };
		unsigned char byte = (unsigned char)bytes[i];

		if (byte == 0)
			g_string_append_c(text, ' ');
		else
			g_string_append_unichar(
			    text, byte >= 0x80 && byte < 0xa0 ? high[byte - 0x80] : byte);
	}
	return g_string_free(text, FALSE);
}

static bool
is_bidi(gunichar c)
{
	return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static bool
is_control(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

/* Shown as nothing: a name with it looks like one without. */
static bool
is_invisible(gunichar c)
{
	return c == 0xad || c == 0x200b || c == 0x200c || c == 0x200d || c == 0x2060 || c == 0xfeff;
}

static const char *
base_name(const char *name)
{
	const char *slash = strrchr(name, '/'), *backslash = strrchr(name, '\\');
	const char *last = slash > backslash ? slash : backslash;

	return last != NULL ? last + 1 : name;
}

char *
names_safe(const char *name)
{
	GString *safe = g_string_new(NULL);
	char *end;

	for (const char *at = base_name(name); *at != '\0'; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		g_string_append_unichar(
		    safe, is_control(c) || is_bidi(c) || is_invisible(c) ? '_' : c);
	}
	g_strstrip(safe->str);
	safe->len = strlen(safe->str);
	if (safe->len > NAMES_SHOWN_MAX) {
		/* The end says what it is, the beginning which. */
		const char *dot = strrchr(safe->str, '.');
		g_autofree char *extension = g_strdup(dot != NULL && strlen(dot) <= 16 ? dot : "");

		end = g_utf8_find_prev_char(
		    safe->str, safe->str + NAMES_SHOWN_MAX - strlen(extension) + 1);
		g_string_truncate(safe, end != NULL ? (gsize)(end - safe->str) : 0);
		g_string_append(safe, extension);
	}
	return g_string_free(safe, FALSE);
}

/* Without what is not shown. */
static char *
strip(const char *name)
{
	GString *text = g_string_new(NULL);

	for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (!is_control(c) && !is_bidi(c) && !is_invisible(c))
			g_string_append_unichar(text, c);
	}
	return g_strstrip(g_string_free(text, FALSE));
}

static void
note(struct part *part, const char *name)
{
	for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (is_bidi(c))
			part_set(part, PART_FACT_bidi_name);
		if (is_control(c) && c != '\t' && c != '\n')
			part_set(part, PART_FACT_control_name);
	}
}

static void
add(struct part *part, const char *name)
{
	if (part->names->len < CANDIDATES_MAX)
		part_add_name(part, name);
}

/* One decoded form: as it is, its base name, without marks, without what Windows cuts off. */
static void
add_forms(struct part *part, const char *name)
{
	g_autofree char *stripped = strip(name);
	g_autofree char *safe = names_safe(name);
	size_t length = strlen(stripped);
	g_autofree char *windows = NULL;

	note(part, name);
	add(part, name);
	add(part, stripped);
	add(part, base_name(stripped));
	add(part, safe);
	/* What ends in a separator is called what stands in front of it. */
	while (length > 0 && strchr("/\\", stripped[length - 1]) != NULL)
		stripped[--length] = '\0';
	windows = g_strdup(base_name(stripped));
	length = strlen(windows);
	while (length > 0 && (windows[length - 1] == '.' || windows[length - 1] == ' '))
		windows[--length] = '\0';
	add(part, windows);
	/* A stream of an NTFS file: "x.exe::$DATA". */
	if (strstr(windows, "::$") != NULL) {
		*strstr(windows, "::$") = '\0';
		add(part, windows);
	}
}

/* Without the quotes that some programs leave and others cut off. */
static void
add_unquoted(struct part *part, const char *name)
{
	g_autofree char *text = g_strdup(name);
	char *start = text;
	size_t length = strlen(text);

	if (strpbrk(name, "\"'") == NULL)
		return;
	while (length > 0 && strchr("\"' ", start[length - 1]) != NULL)
		start[--length] = '\0';
	while (*start != '\0' && strchr("\"' ", *start) != NULL)
		start++;
	add_forms(part, start);
}

/* Percent signs decoded, as some do although RFC 2231 has a mark for it; and letters that are others in disguise. */
static void
add_decoded(struct part *part, const char *name)
{
	g_autofree char *plain = NULL;

	if (strchr(name, '%') != NULL) {
		g_autofree char *decoded = g_uri_unescape_string(name, NULL);

		if (decoded != NULL && g_utf8_validate(decoded, -1, NULL))
			add_forms(part, decoded);
	}
	for (const char *at = name; *at != '\0'; at++) {
		if ((*at & 0x80) == 0)
			continue;
		plain = g_utf8_normalize(name, -1, G_NORMALIZE_NFKC);
		if (plain != NULL)
			add_forms(part, plain);
		return;
	}
}

static GMimeParserOptions *
loose_options(void)
{
	static GMimeParserOptions *options;

	if (g_once_init_enter(&options)) {
		GMimeParserOptions *made = g_mime_parser_options_new();

		g_mime_parser_options_set_rfc2047_compliance_mode(made, GMIME_RFC_COMPLIANCE_LOOSE);
		g_once_init_leave(&options, made);
	}
	return options;
}

/*
 * GMime joins words that stand side by side before it decodes them, as a character may be cut in two, and so sees nothing behind
 * padding that ends one of them. With a blank word between them each is decoded alone.
 */
static char *
part_words(const char *text)
{
	static GRegex *between;

	if (g_once_init_enter(&between)) {
		GRegex *made =
		    g_regex_new("=\\?=\\s*(?==\\?)", G_REGEX_RAW, (GRegexMatchFlags)0, NULL);

		g_once_init_leave(&between, made);
		/* cppcheck-suppress memleak ; kept until the process ends */
	}
	return g_regex_replace_literal(
	    between, text, -1, 0, "=?= =?us-ascii?Q?\?= ", (GRegexMatchFlags)0, NULL);
}

static gboolean
add_padding(const GMatchInfo *match, GString *text, void *data)
{
	g_autofree char *word = g_match_info_fetch(match, 0);
	g_autofree char *two = g_match_info_fetch(match, 1);

	(void)data;
	g_string_append_len(text, word, (gssize)strlen(word) - 2);
	g_string_append(text, *two != '\0' ? "==?=" : "=?=");
	return FALSE;
}

/* Base64 that ends without its padding is read to its end by many, and by GMime not. */
static char *
pad_words(const char *text)
{
	static GRegex *unpadded;

	if (g_once_init_enter(&unpadded)) {
		GRegex *made = g_regex_new("=\\?[^?\\s]+\\?b\\?(?:[a-z0-9+/]{4})*+"
					   "(?:([a-z0-9+/]{2})|[a-z0-9+/]{3})\\?=",
		    G_REGEX_RAW | G_REGEX_CASELESS, (GRegexMatchFlags)0, NULL);

		g_once_init_leave(&unpadded, made);
		/* cppcheck-suppress memleak ; kept until the process ends */
	}
	return g_regex_replace_eval(
	    unpadded, text, -1, 0, (GRegexMatchFlags)0, add_padding, NULL, NULL);
}

/* RFC 2047 has no place in parameters, and everybody reads it there. */
static char *
decode_words(const char *text)
{
	g_autofree char *padded = NULL, *parted = NULL;
	char *decoded;

	if (strstr(text, "=?") == NULL)
		return NULL;
	padded = pad_words(text);
	parted = part_words(padded);
	decoded = g_mime_utils_header_decode_text(loose_options(), parted);
	if (decoded != NULL && !g_utf8_validate(decoded, -1, NULL)) {
		char *valid = names_utf8(decoded, strlen(decoded));

		g_free(decoded);
		decoded = valid;
	}
	return decoded;
}

char *
names_shown(const char *raw, size_t length)
{
	g_autofree char *whole = names_utf8(raw, MIN(length, RAW_MAX));
	g_autofree char *decoded = decode_words(whole);

	return names_safe(decoded != NULL ? decoded : whole);
}

void
names_add(struct part *part, const char *raw, size_t length, const char *header)
{
	size_t nul = length > 0 ? strnlen(raw, MIN(length, RAW_MAX)) : 0;
	g_autofree char *whole = names_utf8(raw, MIN(length, RAW_MAX));
	g_autofree char *decoded = decode_words(whole);
	const char *usual = decoded != NULL ? decoded : whole;
	g_autofree char *safe = names_safe(usual);

	if (*safe != '\0' && *part->name == '\0') {
		g_free(part->name);
		g_free(part->name_header);
		part->name = g_steal_pointer(&safe);
		part->name_header = g_strdup(header != NULL ? header : "");
	}
	add_forms(part, usual);
	if (decoded != NULL)
		add_forms(part, whole);
	add_unquoted(part, usual);
	add_decoded(part, usual);
	if (nul < MIN(length, RAW_MAX)) {
		g_autofree char *before = names_utf8(raw, nul);

		part_set(part, PART_FACT_control_name);
		add_forms(part, before);
	}
}
