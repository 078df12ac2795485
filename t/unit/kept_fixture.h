/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef T_UNIT_KEPT_FIXTURE_H
#define T_UNIT_KEPT_FIXTURE_H
/*
 * A quarantine made by hand in the scratch directory of act_fixture.h, and what is found in it.
 */
#include <fcntl.h>
#include <unistd.h>
#include <utime.h>

#include "core/act/kept.h"
#include "t/unit/act_fixture.h"

#define OLD "@@/quarantine/20200131"

/* Makes the directory with all above it. */
static inline void
make(const struct act_fixture *fixture, const char *path)
{
	g_autofree char *whole = act_expand(fixture, path);

	g_assert_cmpint(g_mkdir_with_parents(whole, 0700), ==, 0);
}

static inline void
put(const struct act_fixture *fixture, const char *directory, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);

	make(fixture, directory);
	act_put(fixture, path, text);
}

static inline void
link_to(const struct act_fixture *fixture, const char *target, const char *path)
{
	g_autofree char *from = act_expand(fixture, path), *to = act_expand(fixture, target);

	g_assert_cmpint(symlink(to, from), ==, 0);
}

/* As if nothing had changed there for a while. */
static inline void
settle(const struct act_fixture *fixture, const char *path)
{
	g_autofree char *whole = act_expand(fixture, path);
	const struct utimbuf then = { 1580000000, 1580000000 };

	g_assert_cmpint(utime(whole, &then), ==, 0);
}

static inline struct kept_index *
open_index(const struct act_fixture *fixture, const char *root)
{
	g_autofree char *whole = act_expand(fixture, root);
	g_autoptr(GError) error = NULL;
	struct kept_index *index = kept_open(whole, fixture->root, NULL, NULL, &error);

	g_assert_no_error(error);
	return index;
}

static inline int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All ids that fit, sorted, with blanks between. The caller's. */
static inline char *
ids(const struct act_fixture *fixture, const struct kept_filter *filter)
{
	struct kept_index *index = open_index(fixture, "@@/quarantine");
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) found = kept_find(index, filter, &error);
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	g_assert_no_error(error);
	for (unsigned i = 0; i < found->len; i++)
		g_ptr_array_add(names, ((struct kept *)g_ptr_array_index(found, i))->id);
	g_ptr_array_sort(names, compare);
	g_ptr_array_add(names, NULL);
	char *text = g_strjoinv(" ", (char **)names->pdata);
	kept_close(index);
	return text;
}

static inline void
expect_ids(
    const struct act_fixture *fixture, const struct kept_filter *filter, const char *expected)
{
	g_autofree char *found = ids(fixture, filter);

	g_assert_cmpstr(found, ==, expected);
}

/* The one entry with this id. The caller's. */
static inline struct kept *
entry(const struct act_fixture *fixture, const char *id)
{
	struct kept_index *index = open_index(fixture, "@@/quarantine");
	const struct kept_filter filter = { .id = id };
	g_autoptr(GPtrArray) found = kept_find(index, &filter, NULL);

	kept_close(index);
	g_assert_cmpuint(found->len, ==, 1);
	return g_ptr_array_steal_index(found, 0);
}

#define ENVELOPE(sender, recipients, subject, finding) \
	"Id: x\nSender: <" sender ">\n" recipients "Subject: " subject "\nFinding: " finding "\n"

static inline void
put_three(const struct act_fixture *fixture)
{
	put(fixture, OLD "/one", "envelope",
	    ENVELOPE("Alice@sender.test", "Recipient: <bob@example.test>\n", "hello 100%",
		"setup.exe is a program"));
	put(fixture, "@@/quarantine/20200201/two", "envelope",
	    ENVELOPE("", "Recipient: <bob@example.test>\nRecipient: <\"d e\"@Other.test>\n",
		"it's me", "Eicar in x.zip\nFinding: another"));
	put(fixture, "@@/quarantine/20200301/spam", "three", "Subject: spam\n\n");
}

#endif
