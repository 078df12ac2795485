/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/read/wordfield.h"

#include <string.h>

static bool
is_share(const char *target)
{
	if (g_ascii_strncasecmp(target, "file:", 5) != 0)
		return g_str_has_prefix(target, "\\\\") || g_str_has_prefix(target, "//");
	/* Two slashes, or five, and a name are another machine's; three, and whatever, are this one's. */
	size_t slashes = strspn(target + 5, "/\\");
	return slashes == 2 || slashes > 3;
}

bool
wordfield_is_elsewhere(const char *target)
{
	return is_share(target) ||
	       (strstr(target, "://") != NULL && g_ascii_strncasecmp(target, "file:", 5) != 0);
}

static bool
begins(const char *text, const char *word)
{
	return g_ascii_strncasecmp(text, word, strlen(word)) == 0;
}

/* `LINK` has the kind of object before its place. */
static bool
any_word(const char *text, bool (*is)(const char *))
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t\"", -1);

	for (char **word = words; *word != NULL; word++) {
		if (is(*word))
			return true;
	}
	return false;
}

/* The text that `QUOTE` makes of numbers of characters, of which the field around it may be made. The caller's. */
static char *
quoted(const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t\"", -1);
	GString *out = g_string_new("");

	for (char **word = words; *word != NULL; word++) {
		guint64 c;

		if (g_ascii_string_to_unsigned(*word, 10, 1, 0x7f, &c, NULL))
			g_string_append_c(out, (char)c);
	}
	return g_string_free(out, FALSE);
}

static bool
is_dde(const char *text)
{
	return begins(text, "dde") && (!g_ascii_isalnum(text[3]) || begins(text + 3, "auto"));
}

void
wordfield_look(struct part *document, const char *instruction)
{
	const char *text = instruction + strspn(instruction, " \t\r\n\"\\");

	if (begins(text, "quote")) {
		g_autofree char *made = quoted(text);

		if (is_dde(g_strchug(made)))
			part_set(document, PART_FACT_dde);
	}
	if (is_dde(text))
		part_set(document, PART_FACT_dde);
	if ((begins(text, "includetext") || begins(text, "link")) &&
	    any_word(text, wordfield_is_elsewhere))
		part_set(document, PART_FACT_remote_template);
	/* Pictures of web pages are in many letters; one on a share gives away who opens it. */
	if ((begins(text, "includepicture") || begins(text, "import")) && any_word(text, is_share))
		part_set(document, PART_FACT_remote_template);
}
