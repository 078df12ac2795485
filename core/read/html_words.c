/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Most names in mail are none of these, and most of those end the search at their first letter: rows are tried from the first with
 * that letter on.
 */
#include "core/read/html_words.h"

#include <glib.h>
#include <string.h>

static const char *const elements[] = {
#define ELEMENT(id, name) name,
	HTML_ELEMENTS(ELEMENT)
#undef ELEMENT
	    "",
};

static const char *const attributes[] = {
#define ATTRIBUTE(id, name) name,
	HTML_ATTRIBUTES(ATTRIBUTE)
#undef ATTRIBUTE
	    "",
};

void
html_word_lower(const char *bytes, size_t size, char word[HTML_WORD_MAX])
{
	size_t length = 0;

	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == '\0')
			continue;
		if (length == HTML_WORD_MAX - 1) {
			length = 0;
			break;
		}
		word[length++] = g_ascii_tolower(bytes[i]);
	}
	word[length] = '\0';
}

static size_t
find(const char *const *words, size_t count, const char *word)
{
	size_t i = 0;

	while (i < count && words[i][0] < word[0])
		i++;
	while (i < count && words[i][0] == word[0]) {
		if (strcmp(words[i], word) == 0)
			return i;
		i++;
	}
	return count;
}

enum html_element
html_element_of(const char *word)
{
	return (enum html_element)find(elements, HTML_ELEMENT_OTHER, word);
}

enum html_attribute_word
html_attribute_of(const char *word)
{
	return (enum html_attribute_word)find(attributes, HTML_ATTRIBUTE_OTHER, word);
}

const char *
html_element_name(enum html_element element)
{
	return elements[element];
}
