/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In memory it is a sorted array: found by bisection, and written as a balanced tree by taking the
 * middle each time. Reading needs no recursion either (a tree may be as deep as the file is long):
 * a stack holds, for each subtree still to come, the two addresses that it must lie between.
 */
#include "spool/exim_tree.h"

#include <string.h>

/* What the next subtree must lie between; NULL: no bound. */
struct bounds {
	const char *above, *below;
};

struct exim_tree *
exim_tree_new(void)
{
	struct exim_tree *tree = g_new0(struct exim_tree, 1);

	tree->addresses = g_ptr_array_new_with_free_func(g_free);
	tree->as_read = true;
	return tree;
}

void
exim_tree_free(struct exim_tree *tree)
{
	if (tree == NULL)
		return;
	g_ptr_array_unref(tree->addresses);
	g_free(tree);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
sort_and_thin(GPtrArray *addresses)
{
	g_autoptr(GPtrArray) once = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_sort(addresses, compare);
	for (guint i = 0; i < addresses->len; i++) {
		char **address = (char **)&addresses->pdata[i];

		if (once->len == 0 || strcmp(*address, once->pdata[once->len - 1]) != 0)
			g_ptr_array_add(once, g_steal_pointer(address));
	}
	g_ptr_array_set_size(addresses, 0);
	g_ptr_array_extend_and_steal(addresses, g_steal_pointer(&once));
}

static bool
is_node(const struct exim_line *line)
{
	return line->length >= 4 && strchr("YN", line->text[0]) != NULL &&
	       strchr("YN", line->text[1]) != NULL && line->text[2] == ' ';
}

static bool
in_order(const char *address, const struct bounds *bounds)
{
	return (bounds->above == NULL || strcmp(bounds->above, address) < 0) &&
	       (bounds->below == NULL || strcmp(address, bounds->below) < 0);
}

bool
exim_tree_read(struct exim_tree *tree, struct exim_text *text, GError **error)
{
	static const char expected[] = "XX or an address that has been dealt with (\"YN address\")";
	g_autoptr(GArray) subtrees = g_array_new(FALSE, TRUE, sizeof(struct bounds));
	size_t start = text->at;
	struct exim_line line;

	if (!exim_text_line(text, &line, expected, error))
		return false;
	if (line.length == 2 && memcmp(line.text, "XX", 2) == 0)
		return true;
	text->at = start;
	g_array_set_size(subtrees, 1);
	while (subtrees->len > 0) {
		struct bounds bounds = g_array_index(subtrees, struct bounds, subtrees->len - 1);

		g_array_set_size(subtrees, subtrees->len - 1);
		start = text->at;
		if (!exim_text_line(text, &line, expected, error))
			return false;
		if (!is_node(&line))
			return exim_text_fail(text, start, expected, error);

		char *address = g_strndup(line.text + 3, line.length - 3);

		g_ptr_array_add(tree->addresses, address);
		tree->as_read = tree->as_read && in_order(address, &bounds);
		if (line.text[1] == 'Y')
			g_array_append_val(
			    subtrees, ((struct bounds){ .above = address, .below = bounds.below }));
		if (line.text[0] == 'Y')
			g_array_append_val(
			    subtrees, ((struct bounds){ .above = bounds.above, .below = address }));
	}
	sort_and_thin(tree->addresses);
	return true;
}

bool
exim_tree_read_journal(struct exim_tree *tree, struct exim_text *text, GError **error)
{
	guint before = tree->addresses->len;

	while (text->at < text->length) {
		const char *start = text->text + text->at;
		size_t rest = text->length - text->at;
		const char *end = memchr(start, '\n', rest);
		size_t length = end != NULL ? (size_t)(end - start) : rest;

		if (length == 0 || memchr(start, '\0', length) != NULL)
			return exim_text_fail(
			    text, text->at, "an address that has been delivered to", error);
		g_ptr_array_add(tree->addresses, g_strndup(start, length));
		text->at += MIN(length + 1, rest);
	}
	sort_and_thin(tree->addresses);
	tree->as_read = tree->as_read && tree->addresses->len == before;
	return true;
}

bool
exim_tree_has(const struct exim_tree *tree, const char *address)
{
	size_t low = 0, high = tree->addresses->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(address, tree->addresses->pdata[middle]);

		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

bool
exim_tree_has_recipient(const struct exim_tree *tree, const char *address)
{
	const char *at = strrchr(address, '@');

	if (tree->addresses->len == 0)
		return false;
	if (at == NULL)
		return exim_tree_has(tree, address);

	g_autofree char *domain = g_ascii_strdown(at, -1);
	g_autofree char *key = g_strdup_printf("%.*s%s", (int)(at - address), address, domain);

	return exim_tree_has(tree, address) || exim_tree_has(tree, key);
}

/* The depth is that of a balanced tree: the logarithm of the number of addresses. */
static void
write_subtree(char **addresses, size_t n, GString *text)
{
	size_t middle = n / 2, right = n - middle - 1;

	g_string_append_c(text, middle > 0 ? 'Y' : 'N');
	g_string_append_c(text, right > 0 ? 'Y' : 'N');
	g_string_append_c(text, ' ');
	g_string_append(text, addresses[middle]);
	g_string_append_c(text, '\n');
	if (middle > 0)
		write_subtree(addresses, middle, text);
	if (right > 0)
		write_subtree(addresses + middle + 1, right, text);
}

void
exim_tree_write(const struct exim_tree *tree, GHashTable *without, GString *text)
{
	g_autoptr(GPtrArray) rest = g_ptr_array_sized_new(tree->addresses->len);

	for (guint i = 0; i < tree->addresses->len; i++) {
		if (without == NULL || !g_hash_table_contains(without, tree->addresses->pdata[i]))
			g_ptr_array_add(rest, tree->addresses->pdata[i]);
	}
	if (rest->len == 0)
		g_string_append(text, "XX\n");
	else
		write_subtree((char **)rest->pdata, rest->len, text);
}
