/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list of bad sites has hundreds of thousands of lines. So a file is read into one block, folded to lower case there, and the table
 * holds pointers into it: no allocation a line. What is to be removed is known only after the last file.
 */
#include "rules/sitelist.h"

#include <string.h>

#include "rules/textfile.h"

struct sitelist {
	GPtrArray *texts;    /* of char *, owned: the files */
	GHashTable *entries; /* of char *, in `texts` */
};

static void
fold(char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		text[i] = g_ascii_tolower(text[i]);
}

static void
add_line(struct sitelist *list, struct slice line, GPtrArray *removed)
{
	slice_strip(&line);
	if (line.length == 0 || *line.text == '#')
		return;
	struct slice word = slice_word(&line);

	if (slice_is(word, "remove") && line.length > 0) {
		word = slice_word(&line);
		/* The text is ours; what ends the word is a blank or the end of the line. */
		((char *)word.text)[word.length] = '\0';
		g_ptr_array_add(removed, (char *)word.text);
		return;
	}
	((char *)word.text)[word.length] = '\0';
	g_hash_table_add(list->entries, (char *)word.text);
}

static bool
add_file(struct sitelist *list, const char *path, GPtrArray *removed)
{
	size_t length = 0;
	char *text = textfile_read(path, &length, NULL);

	if (text == NULL)
		return false;
	fold(text, length);
	g_ptr_array_add(list->texts, text);
	struct slice rest = { text, length }, line;
	while (textfile_line(&rest, &line))
		add_line(list, line, removed);
	return true;
}

struct sitelist *
sitelist_load(const char *paths, GPtrArray *unread)
{
	struct sitelist *list = g_new0(struct sitelist, 1);
	g_auto(GStrv) words = g_strsplit_set(paths, " ,\t\n", -1);
	g_autoptr(GPtrArray) removed = g_ptr_array_new();

	list->texts = g_ptr_array_new_with_free_func(g_free);
	list->entries = g_hash_table_new(g_str_hash, g_str_equal);
	for (char **word = words; *word != NULL; word++) {
		if (**word != '\0' && !add_file(list, *word, removed) && unread != NULL)
			g_ptr_array_add(unread, g_strdup(*word));
	}
	for (unsigned i = 0; i < removed->len; i++)
		g_hash_table_remove(list->entries, g_ptr_array_index(removed, i));
	return list;
}

void
sitelist_free(struct sitelist *list)
{
	if (list == NULL)
		return;
	g_hash_table_unref(list->entries);
	g_ptr_array_unref(list->texts);
	g_free(list);
}

unsigned
sitelist_count(const struct sitelist *list)
{
	return g_hash_table_size(list->entries);
}

bool
sitelist_has_entry(const struct sitelist *list, const char *entry)
{
	return list != NULL && g_hash_table_contains(list->entries, entry);
}

/* A host name has no more octets; what is longer is in no list. */
#define HOST_MAX 253

bool
sitelist_has(const struct sitelist *list, const char *host)
{
	char pattern[HOST_MAX + 2] = "*";

	if (list == NULL || *host == '\0' || strlen(host) > HOST_MAX ||
	    g_hash_table_size(list->entries) == 0)
		return false;
	if (g_hash_table_contains(list->entries, host))
		return true;
	for (const char *dot = strchr(host, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
		g_strlcpy(pattern + 1, dot, sizeof(pattern) - 1);
		if (g_hash_table_contains(list->entries, pattern))
			return true;
	}
	return false;
}
