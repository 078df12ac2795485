/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CRASH_ACTED_H
#define CRASH_ACTED_H
/*
 * What acting on a message leaves besides the message, for t/crash/check.c: mails in the letterbox, and the further messages that it
 * was split into.
 */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "t/crash/control_file.h"
#include "t/crash/kept.h"

/* How many mails to `recipient` tell of the message. */
static inline unsigned
mails_about(const char *root, const char *id, const char *recipient)
{
	g_autofree char *top = g_build_filename(root, "mails", NULL);
	g_autoptr(GPtrArray) names = names_in(top);
	g_autofree char *first = g_strdup_printf("Recipients: -- %s\n", recipient);
	unsigned count = 0;

	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		g_autofree char *path = g_build_filename(top, name, NULL);
		g_autofree char *text = text_in(path);

		count += *name != '.' && g_str_has_prefix(text, first) && strstr(text, id) != NULL;
	}
	return count;
}

/* Envelope up to the recipients, and these: the caller's. NULL when -H is torn. */
static inline char **
read_share(GBytes *file, GString *head, GArray *headers)
{
	gsize length;
	const char *text = g_bytes_get_data(file, &length);
	g_autoptr(GString) envelope = g_string_new(NULL);
	const char *rest = read_envelope(text, text + length, envelope);
	const char *tree = rest == NULL ? NULL : strstr(envelope->str, "\nXX\n");
	const char *name = rest == NULL ? NULL : strchr(envelope->str, '\n');

	if (tree == NULL || !read_headers(rest, text + length, headers))
		return NULL;
	/* The first line is the id, which is another. */
	g_string_append_len(head, name, tree - name);
	const char *list = strchr(tree + strlen("\nXX\n"), '\n');
	g_autofree char *recipients = g_strchomp(g_strdup(list + 1));
	return g_strsplit(recipients, "\n", -1);
}

/* What is wrong with a share, the caller's; NULL when nothing is. Its recipients are added to `served`. */
static inline char *
share_differs(GBytes *before, GBytes *now, GHashTable *served)
{
	g_autoptr(GString) head_before = g_string_new(NULL), head_now = g_string_new(NULL);
	g_autoptr(GArray) headers_before = g_array_new(FALSE, FALSE, sizeof(struct control_header));
	g_autoptr(GArray) headers_now = g_array_new(FALSE, FALSE, sizeof(struct control_header));
	g_auto(GStrv) all = read_share(before, head_before, headers_before);
	g_auto(GStrv) some = read_share(now, head_now, headers_now);

	if (all == NULL)
		return g_strdup("was no good to begin with");
	if (some == NULL)
		return g_strdup("is torn");
	if (!g_string_equal(head_before, head_now))
		return g_strdup("has another envelope");
	for (char **recipient = some; *recipient != NULL; recipient++) {
		if (!g_strv_contains((const char *const *)all, *recipient))
			return g_strdup_printf("goes to %s", *recipient);
		if (!g_hash_table_add(served, g_strdup(*recipient)))
			return g_strdup_printf("goes to %s once more", *recipient);
	}
	return control_headers_differ(headers_before, headers_now);
}

/* Whose Message-ID it has. */
static inline bool
is_share_of(GBytes *before, GBytes *now)
{
	gsize length;
	const char *text = g_bytes_get_data(before, &length);
	const char *field =
	    text != NULL ? g_strstr_len(text, (gssize)length, "Message-ID: ") : NULL;

	if (field == NULL || g_bytes_get_size(now) == 0)
		return false;
	g_autofree char *line = g_strndup(field, strcspn(field, "\n"));
	return g_strstr_len(g_bytes_get_data(now, NULL), (gssize)g_bytes_get_size(now), line) !=
	       NULL;
}

/* Are the bodies, behind the lines with the ids, the same? */
static inline bool
same_body(GBytes *file, GBytes *expected)
{
	gsize length, size;
	const char *text = g_bytes_get_data(file, &length);
	const char *other = g_bytes_get_data(expected, &size);
	const char *body = length > 0 ? memchr(text, '\n', length) : NULL;
	const char *wanted = size > 0 ? memchr(other, '\n', size) : NULL;

	return body != NULL && wanted != NULL &&
	       length - (gsize)(body - text) == size - (gsize)(wanted - other) &&
	       memcmp(body, wanted, size - (gsize)(wanted - other)) == 0;
}

#endif
