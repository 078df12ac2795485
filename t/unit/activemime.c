/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Macros in ActiveMime are found wherever its stream begins, and one that can't be opened is never clean. */
#include "core/read/activemime.h"

#include "t/unit/activemime_fixture.h"
#include "t/unit/unpack_fixture.h"

#define MEMBER "  o ActiveMime 1536 ole vba\n"

/* What is found behind the first line. The caller's. */
static char *
tell(const struct brief *brief, const GByteArray *bytes)
{
	g_autofree char *text = unpack_tell(brief, "editdata.mso", bytes->data, bytes->len);
	g_autofree char *begin = g_strdup_printf("n editdata.mso %u", bytes->len);

	g_assert_true(g_str_has_prefix(text, begin));
	return g_strdup(text + strlen(begin));
}

static void
usual(void)
{
	g_autoptr(GByteArray) bytes = activemime_make();
	g_autofree char *text = NULL;
	struct brief brief;

	unpack_brief(&brief);
	text = tell(&brief, bytes);
	g_assert_cmpstr(text, ==, "\n" MEMBER);
}

/* More of a header, and what it says of it. */
static void
elsewhere(void)
{
	static const struct {
		guint more;
		uint8_t said;
	} rows[] = { { 0x1f8, 4 }, { 0x10, 0x14 }, { 0, 0xff }, { 7, 0 } };
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) stream = activemime_make();
		g_autoptr(GByteArray) bytes = g_byte_array_new();
		g_autofree guint8 *more = g_malloc0(rows[i].more + 1);
		g_autofree char *text = NULL;

		g_byte_array_append(bytes, stream->data, ACTIVEMIME_HEADER);
		g_byte_array_append(bytes, more, rows[i].more);
		g_byte_array_append(
		    bytes, stream->data + ACTIVEMIME_HEADER, stream->len - ACTIVEMIME_HEADER);
		bytes->data[0x1e] = rows[i].said;
		text = tell(&brief, bytes);
		g_assert_cmpstr(text, ==, "\n" MEMBER);
	}
}

/* Cut anywhere, or with rubbish in it. */
static void
damaged(void)
{
	g_autoptr(GByteArray) bytes = activemime_make();
	g_autofree char *rubbish = NULL;
	struct brief brief;

	unpack_brief(&brief);
	for (guint size = bytes->len - 1; size >= 10; size--) {
		g_autofree char *text = NULL;

		g_byte_array_set_size(bytes, size);
		text = tell(&brief, bytes);
		g_assert_true(g_str_has_prefix(text, " unreadable\n"));
	}
	g_byte_array_append(bytes, (const guint8 *)"and nothing of the kind", 23);
	rubbish = tell(&brief, bytes);
	g_assert_cmpstr(rubbish, ==, " unreadable\n");
}

static void
not_asked(void)
{
	g_autoptr(GByteArray) bytes = activemime_make();
	g_autofree char *closed = NULL, *deep = NULL;
	struct brief brief;

	unpack_brief(&brief);
	brief.unpack_documents = false;
	closed = tell(&brief, bytes);
	g_assert_cmpstr(closed, ==, " not_unpacked\n");
	brief.unpack_documents = true;
	brief.max_archive_depth = 0;
	deep = tell(&brief, bytes);
	g_assert_cmpstr(deep, ==, " not_unpacked\n");
}

/* Zeros without end, and one in the other. */
static void
bombs(void)
{
	g_autofree guint8 *zeros = g_malloc0(32 << 20);
	g_autoptr(GByteArray) bytes = activemime_make();
	g_autofree char *ratio = NULL, *size = NULL, *nested = NULL;
	struct brief brief;

	unpack_brief(&brief);
	g_byte_array_set_size(bytes, ACTIVEMIME_HEADER);
	activemime_pack(bytes, zeros, 32 << 20);
	ratio = tell(&brief, bytes);
	g_assert_nonnull(strstr(ratio, " not_unpacked\n"));
	g_assert_nonnull(strstr(ratio, "limit ratio\n"));
	brief.max_ratio = 0;
	brief.max_bytes = 1 << 20;
	size = tell(&brief, bytes);
	g_assert_nonnull(strstr(size, "limit bytes\n"));
	unpack_brief(&brief);
	brief.max_archive_depth = 1000;
	g_byte_array_unref(bytes);
	bytes = activemime_make();
	for (unsigned i = 0; i < 200; i++) {
		g_autoptr(GByteArray) inner = g_steal_pointer(&bytes);

		bytes = activemime_make();
		g_byte_array_set_size(bytes, ACTIVEMIME_HEADER);
		activemime_pack(bytes, inner->data, inner->len);
	}
	nested = tell(&brief, bytes);
	g_assert_nonnull(strstr(nested, "limit archive_depth\n"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/activemime/the OLE2 file in it is read as any is", usual);
	g_test_add_func("/activemime/the stream is found where the header says or not", elsewhere);
	g_test_add_func("/activemime/one that can't be opened is unreadable", damaged);
	g_test_add_func("/activemime/stays closed where nobody wants it open", not_asked);
	g_test_add_func("/activemime/bombs end at a limit", bombs);
	return g_test_run();
}
