/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of a Mac give their content and their names away, and damaged ones are never clean. */
#include "core/read/applefile.h"

#include "t/unit/reading.h"
#include "t/unit/unpack_fixture.h"

#define SINGLE "\0\5\x16\0"
#define DOUBLE "\0\5\x16\7"
#define FILLER "\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define ENTRY(kind, offset, length) "\0\0\0" kind "\0\0\0" offset "\0\0\0" length
/* Behind one, two or three entries. */
#define ONE "\x26"
#define TWO "\x32"
#define THREE "\x3e"

static const struct {
	const char *bytes;
	size_t size;
	const char *facts, *members, *why;
} rows[] = {
#define ROW(bytes, facts, members, why)                       \
	{                                                     \
		bytes, sizeof(bytes) - 1, facts, members, why \
	}
	ROW(SINGLE FILLER "\0\2" ENTRY("\3", TWO, "\5") ENTRY("\1", "\x37", "\3") "a.exeMZ!", "",
	    "  r a.exe 3\n", "name and content"),
	ROW(SINGLE FILLER "\0\3" ENTRY("\1", "\x43", "\3") ENTRY("\2", "\x42", "\1")
		ENTRY("\3", THREE, "\4") "a.jsRMZ!",
	    "", "  r a.js 3\n", "in any order, with a resource fork"),
	ROW(SINGLE FILLER "\0\1" ENTRY("\1", ONE, "\3") "MZ!", "", "  r a.bin 3\n",
	    "without a name"),
	ROW(SINGLE FILLER "\0\2" ENTRY("\1", TWO, "\3") ENTRY("\1", "\x33", "\2") "MZ!", "",
	    "  r a.bin 3\n  r a.bin 2 same_name\n", "two contents"),
	ROW(SINGLE FILLER "\0\1" ENTRY("\1", ONE, "\0"), "", "  r a.bin 0\n", "nothing"),
	ROW(DOUBLE FILLER "\0\1" ENTRY("\2", ONE, "\3") "xyz", "", "", "a resource fork"),
	ROW(SINGLE FILLER "\0\1" ENTRY("\1", ONE, "\4") "MZ!", " unreadable", "  r a.bin 3\n",
	    "an entry that is cut"),
	ROW(SINGLE FILLER "\0\1" ENTRY("\1", "\xff", "\3") "MZ!", " unreadable", "  r a.bin 0\n",
	    "an entry somewhere else"),
	ROW(SINGLE FILLER "\0\1\0\0\0\1\xff\xff\xff\xff\xff\xff\xff\xff"
			  "MZ!",
	    " unreadable", "  r a.bin 0\n", "an entry beyond all measure"),
	ROW(DOUBLE FILLER "\0\1" ENTRY("\2", ONE, "\4") "xyz", " unreadable", "",
	    "a resource fork that is cut"),
	ROW(SINGLE FILLER "\xff\xff" ENTRY("\1", ONE, "\3") "MZ!", " unreadable", "  r a.bin 3\n",
	    "more entries than there are"),
	ROW(SINGLE FILLER, " unreadable", "", "a header that is cut"),
	ROW(SINGLE, " unreadable", "", "and more so"),
#undef ROW
};

static char *
tell(const struct brief *brief, const char *bytes, size_t size)
{
	return unpack_tell(brief, "a.bin", bytes, size);
}

static void
forks(void)
{
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = tell(&brief, rows[i].bytes, rows[i].size);
		g_autofree char *expected = g_strdup_printf(
		    "n a.bin %zu%s\n%s", rows[i].size, rows[i].facts, rows[i].members);

		g_test_message("%s", rows[i].why);
		g_assert_cmpstr(text, ==, expected);
	}
}

static bool
has_name(const struct part *part, const char *name)
{
	for (unsigned i = 0; i < part->names->len; i++) {
		if (strcmp(g_ptr_array_index(part->names, i), name) == 0)
			return true;
	}
	return false;
}

/* The name that the part has counts as well as the one that is stored. */
static void
names(void)
{
	struct brief brief;
	struct facts *facts;

	unpack_brief(&brief);
	facts = unpack_read(&brief, "a.bin", rows[0].bytes, rows[0].size);
	g_assert_true(has_name(facts_part(facts, 1), "a.exe"));
	g_assert_true(has_name(facts_part(facts, 1), "a.bin"));
	facts_free(facts);
}

/* RFC 1740: the header in one part, the content in the next. */
static void
apart(void)
{
	static const char header[] =
	    DOUBLE FILLER "\0\2" ENTRY("\3", TWO, "\5") ENTRY("\2", "\x37", "\1") "a.exeR";
	g_autofree char *code = g_base64_encode((const guchar *)header, sizeof header - 1);
	g_autofree char *text = g_strdup_printf(
	    "Content-Type: multipart/appledouble; boundary=b\n\n--b\nContent-Type: "
	    "application/applefile\nContent-Transfer-Encoding: base64\n\n%s\n--b\nContent-Type: "
	    "text/html; name=a.html\n\n<form action=x></form>\n--b--\n",
	    code);
	struct brief brief;
	struct facts *facts;

	reading_bare(&brief);
	facts = reading_of(&brief, text, strlen(text));
	g_assert_cmpuint(facts->parts->len, ==, 3);
	g_assert_true(has_name(facts_part(facts, 1), "a.exe"));
	g_assert_false(part_has(facts_part(facts, 1), PART_FACT_unreadable));
	g_assert_cmpstr(facts_part(facts, 2)->type, ==, "text/html");
	facts_free(facts);
}

/* What calls itself one and is none. */
static void
called(void)
{
	static const char text[] = "Content-Type: application/applefile\n\nnothing of the kind\n";
	struct brief brief;
	struct facts *facts;

	reading_bare(&brief);
	facts = reading_of(&brief, text, sizeof text - 1);
	g_assert_true(part_has(facts_part(facts, 0), PART_FACT_unreadable));
	facts_free(facts);
}

static void
not_asked(void)
{
	struct brief brief;
	struct facts *facts;

	unpack_brief(&brief);
	brief.max_archive_depth = 0;
	facts = unpack_read(&brief, "a.bin", rows[0].bytes, rows[0].size);
	g_assert_cmpuint(facts->parts->len, ==, 1);
	g_assert_true(part_has(facts_part(facts, 0), PART_FACT_not_unpacked));
	g_assert_true(has_name(facts_part(facts, 0), "a.exe"));
	facts_free(facts);
}

/* Every entry is the whole file, which is one again. */
static void
bombs(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autofree char *text = NULL;
	struct brief brief;
	gint64 start = g_get_monotonic_time();

	unpack_brief(&brief);
	g_byte_array_append(bytes, (const guint8 *)SINGLE FILLER "\xff\xff", 26);
	for (unsigned i = 0; i < 65535; i++)
		g_byte_array_append(bytes, (const guint8 *)"\0\0\0\1\0\0\0\0\0\x0c\0\x0e", 12);
	text = tell(&brief, (const char *)bytes->data, bytes->len);
	g_assert_nonnull(strstr(text, " not_unpacked\n"));
	g_assert_nonnull(strstr(text, "\nlimit "));
	g_assert_cmpint(g_get_monotonic_time() - start, <, 10 * G_USEC_PER_SEC);
}

/* A file that is in itself is opened no deeper than archives may be. */
static void
itself(void)
{
	static const char bytes[] = "\0\5\x16\0\0\2\0\0________________\0\1"
				    "\0\0\0\1\0\0\0\0\0\0\0\x26";
	struct brief brief;
	struct facts *facts;

	unpack_brief(&brief);
	brief.max_archive_depth = 4;
	facts = unpack_read(&brief, "a.bin", bytes, sizeof bytes - 1);
	g_assert_cmpuint(facts->parts->len, >, 2);
	g_assert_cmpuint(facts->parts->len, <, 8);
	g_assert_true(facts->limits & 1u << READ_LIMIT_archive_depth);
	facts_free(facts);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/applefile/the data fork is a file", forks);
	g_test_add_func("/applefile/both names are candidates", names);
	g_test_add_func("/applefile/a header beside the content tells its name", apart);
	g_test_add_func("/applefile/what calls itself one and is none is unreadable", called);
	g_test_add_func("/applefile/stays closed where archives do, but tells its name", not_asked);
	g_test_add_func("/applefile/bombs end at a limit", bombs);
	g_test_add_func("/applefile/one that is in itself ends at the depth", itself);
	return g_test_run();
}
