/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files are taken out of a PDF, however it is written, and none that can't be is clean. */
#include "core/read/pdf_files.h"

#include <time.h>
#include <zlib.h>
#include "t/unit/unpack_fixture.h"

/* Of CPU, for 4 MB of whatever costs most. */
#ifdef __SANITIZE_ADDRESS__
#define SECONDS_MAX 30
#else
#define SECONDS_MAX 5
#endif
#define HEAD "%PDF-1.7\n"
#define SPEC "1 0 obj<</Type/Filespec/F(a.exe)/UF(a.exe)/EF<</F 6 0 R>>>>endobj\n"
#define FILE "6 0 obj<</Type/EmbeddedFile/Length 4>>stream\nMZ12\nendstream endobj\n"
#define MEMBER "  o a.exe 4\n"
#define MISSING "  o a.exe 0 unreadable empty_placeholder\n"
#define EMBEDS " embedded_object"

static const struct {
	const char *pdf, *facts, *members, *why;
} rows[] = {
	{ SPEC FILE, EMBEDS, MEMBER, "as programs write it" },
	{ FILE SPEC, EMBEDS, MEMBER, "in the other order" },
	{ "1 0 obj<</#54ype/F#69lespec%x>>\n/UF(\\141.e\\\nxe)/E#46<<\n/F%y\r6  0\tR>>>>\n" FILE,
	    EMBEDS, MEMBER, "in odd ways" },
	{ SPEC "6%6 0 obj\n0%x\nobj<</Length 4>>stream\nMZ12\nendstream", EMBEDS, MEMBER,
	    "its number cut up, and no type" },
	{ "% 1 0 obj<</F(a.exe)/EF<</F 6 0 R>>>> %6 0 obj<<>>stream\nMZ12\nendstream", EMBEDS,
	    MEMBER, "in comments" },
	{ "1 0 obj<</F<612E6578 65>/EF 8 0 R>>8 0 obj<</F 6 0 R>>endobj " FILE, EMBEDS, MEMBER,
	    "what leads to it stands elsewhere" },
	{ "1 0 obj<</UF 9 0 R/EF<</UF 6 0 R>>>>9 0 obj(a.exe)endobj " FILE, EMBEDS, MEMBER,
	    "its name stands elsewhere" },
	{ "1 0 obj[[[<</UF<feff0061002e0065007800650000>/EF<</F 6 0 R>>>>]]]endobj " FILE, EMBEDS,
	    MEMBER, "in UTF-16, in arrays" },
	{ "1 0 obj<</UF<feff001b0065006e001b0061002e006500780065>/EF<</F 6 0 R>>>>" FILE, EMBEDS,
	    MEMBER, "with a language" },
	{ "trailer<</Root<</Subtype/FileAttachment/FS<</F(a.exe)/EF<</F 6 0 R>>>>>>>>" FILE, EMBEDS,
	    MEMBER, "in the trailer" },
	{ SPEC "6 0 obj<</Length 999>>stream\r\nMZ12\r\nendstream", EMBEDS, MEMBER,
	    "a wrong length" },
	{ SPEC "6 0 obj<</Length 7 0 R>>stream\nMZ\nendstream4\nendstream 7 0 obj 14 endobj",
	    EMBEDS, "  o a.exe 14\n", "a length elsewhere, and an end in the data" },
	{ SPEC "6 0 obj<</Filter/AHx>>stream\n4D 5A 31 32>\nendstream", EMBEDS, MEMBER, "hex" },
	{ SPEC "6 0 obj<</Filter[/ASCII85Decode]>>stream\n9lYZj~>\nendstream", EMBEDS, MEMBER,
	    "base 85" },
	{ SPEC "6 0 obj<</Filter[/AHx/ASCII#38#35Decode]>>stream\n396C595A6A7E3E>\nendstream",
	    EMBEDS, MEMBER, "both" },
	{ SPEC "6 0 obj<</Filter 7 0 R>>stream\n4D5A3132>\nendstream 7 0 obj[/AHx]endobj", EMBEDS,
	    MEMBER, "a filter elsewhere" },
	{ SPEC "6 0 obj<</Length 90>>stream\n6 0 obj<<>>stream\nMZ\nendstream", EMBEDS,
	    "  o a.exe 20\n  o a.exe 2\n", "one inside of the other" },
	{ SPEC FILE FILE, EMBEDS, MEMBER MEMBER, "two of one number" },
	{ SPEC SPEC FILE, EMBEDS, MEMBER, "named twice" },
	{ FILE, EMBEDS, "  o embedded-file 4\n", "without a name" },
	{ SPEC, EMBEDS, MISSING, "without a content" },
	{ SPEC "6 0 obj<</Filter/LZWDecode>>stream\nMZ12\nendstream", EMBEDS, MISSING,
	    "a filter that is not known" },
	{ SPEC "6 0 obj<</Filter/Fl/DecodeParms<</Predictor 12>>>>stream\nx\nendstream", EMBEDS,
	    MISSING, "what comes out is not yet the content" },
	{ SPEC "6 0 obj<</Filter/FlateDecode>>stream\nMZ12\nendstream", EMBEDS, MISSING,
	    "damaged" },
	{ SPEC "6 0 obj<</Filter/FlateDecode>>stream\nMZ12\nendstream trailer<</Encrypt 9 0 R>>",
	    " encrypted" EMBEDS, "  o a.exe 0 encrypted empty_placeholder\n", "encrypted" },
	{ "1 0 obj<</F(\001\202x)/EF<</F 6 0 R>>>>6 0 obj<</Filter/Fl>>stream\nxx\nendstream "
	  "trailer<</Encrypt 9 0 R>>",
	    " encrypted" EMBEDS, "  o embedded-file 0 encrypted empty_placeholder\n",
	    "its name encrypted, too" },
	{ SPEC FILE "trailer<</Encrypt 9 0 R>>", " encrypted" EMBEDS, "  o a.exe 4 encrypted\n",
	    "perhaps encrypted" },
	{ "2 0 obj<</Type/ObjStm/First "
	  "3/Filter/AHx>>stream\n3120303c3c2f4628612e657865292f45463c3c2f46"
	  "20362030523e3e3e3e>\nendstream " FILE,
	    EMBEDS, MEMBER, "objects in hex" },
	{ "2 0 obj<</Type/ObjStm/First 4/Filter/LZWDecode>>stream\nx\nendstream ", " unreadable",
	    "", "objects that can't be read" },
	{ "2 0 obj<</X( obj )/Type/ObjStm/Filter/LZW>>stream\nx\nendstream ", " unreadable", "",
	    "with a word in it that means nothing" },
	{ "2 0 obj<</X(/ObjStm)>>endobj 3 0 obj<<>>stream\nx\nendstream ", " unreadable", "",
	    "what looks like objects" },
	{ "2 0 obj<</X(/ObjStm)>>endobj", "", "", "what names them only" },
	{ "2 0 obj<</Type/ObjStm/Filter/LZW>>stream\nx\nendstream trailer<</Encrypt 9 0 R>>",
	    " encrypted", "", "objects that are encrypted" },
	{ "2 0 obj<</Type/ObjStm/Filter[/Fl/Fl/Fl/Fl/Fl/Fl/Fl/Fl/Fl 9 0 R]>>stream\nx\nendstream ",
	    " unreadable", "", "more filters than there may be" },
	{ "1 0 obj<</F(a.exe)>>endobj 6 0 obj<<>>stream\nMZ12\nendstream", "", "",
	    "a file that is elsewhere" },
};

static char *
tell(const struct brief *brief, const char *pdf, size_t size)
{
	return unpack_tell(brief, "a.pdf", pdf, size);
}

static void
files(void)
{
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *pdf = g_strconcat(HEAD, rows[i].pdf, NULL);
		g_autofree char *text = tell(&brief, pdf, strlen(pdf));
		g_autofree char *expected = g_strdup_printf(
		    "n a.pdf %zu%s\n%s", strlen(pdf), rows[i].facts, rows[i].members);

		g_test_message("%s", rows[i].why);
		g_assert_cmpstr(text, ==, expected);
	}
}

/* Adds a stream, compressed. */
static void
add_stream(GString *pdf, const char *dictionary, const void *bytes, size_t size)
{
	uLongf packed = compressBound(size);
	g_autofree guint8 *data = g_malloc(packed);

	g_assert_cmpint(compress(data, &packed, bytes, size), ==, Z_OK);
	g_string_append_printf(pdf, "%s/Filter/FlateDecode>>stream\n", dictionary);
	g_string_append_len(pdf, (const char *)data, (gssize)packed);
	g_string_append(pdf, "\nendstream endobj\n");
}

static void
compressed(void)
{
	static const char objects[] = "3 0 1 9 <</X 44>><</UF(a.exe)/EF<</F 6 0 R>>>>";
	g_autoptr(GString) pdf = g_string_new(HEAD), outer = g_string_new(HEAD);
	g_autofree char *text = NULL, *nested = NULL, *closed = NULL, *listed = NULL;
	struct brief brief;

	unpack_brief(&brief);
	add_stream(pdf, "2 0 obj<</Type/ObjStm/First 8", objects, strlen(objects));
	add_stream(pdf, "6 0 obj<<", "MZ12", 4);
	text = tell(&brief, pdf->str, pdf->len);
	g_assert_nonnull(strstr(text, "\n" MEMBER));

	add_stream(outer, "6 0 obj<</Type/EmbeddedFile", pdf->str, pdf->len);
	nested = tell(&brief, outer->str, outer->len);
	g_assert_nonnull(strstr(nested, "\n  " MEMBER));

	brief.max_archive_depth = 0;
	closed = tell(&brief, pdf->str, pdf->len);
	g_assert_null(strstr(closed, "a.exe"));
	brief.max_archive_depth = 8;
	brief.unpack_documents = false;
	listed = tell(&brief, pdf->str, pdf->len);
	g_assert_nonnull(strstr(listed, EMBEDS));
	g_assert_null(strstr(listed, "a.exe"));
}

/* A PDF in a PDF, as it is, is read once. */
static void
inner(void)
{
	static const char in[] = HEAD SPEC FILE;
	g_autofree char *bytes =
	    g_strdup_printf("%s1 0 obj<</Type/EmbeddedFile/Length %zu>>stream\n%s\nendstream", HEAD,
		strlen(in), in);
	struct brief brief;

	unpack_brief(&brief);
	g_autofree char *text = tell(&brief, bytes, strlen(bytes));
	g_autofree char *expected =
	    g_strdup_printf("n a.pdf %zu" EMBEDS "\n  o embedded-file %zu" EMBEDS "\n  " MEMBER,
		strlen(bytes), strlen(in));
	g_assert_cmpstr(text, ==, expected);
}

/* No name hides behind others of the same file. */
static void
many_names(void)
{
	g_autoptr(GString) pdf = g_string_new(HEAD FILE);
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < 100; i++)
		g_string_append_printf(pdf, "%u 0 obj<</F(%u.txt)/EF<</F 6 0 R>>>>", i + 100, i);
	g_string_append(pdf, SPEC);
	struct facts *facts = unpack_read(&brief, "a.pdf", pdf->str, pdf->len);
	bool found = false;

	for (unsigned n = 0; n < facts->parts->len; n++)
		found |= g_ptr_array_find_with_equal_func(
		    facts_part(facts, n)->names, "a.exe", g_str_equal, NULL);
	g_assert_true(found);
	g_assert_cmpuint(facts->parts->len, ==, 1 + 13);
	facts_free(facts);
}

static void
bomb(void)
{
	g_autofree char *zeros = g_malloc0(64 << 20);
	g_autoptr(GString) pdf = g_string_new(HEAD);
	struct brief brief;

	unpack_brief(&brief);
	add_stream(pdf, "6 0 obj<</Type/EmbeddedFile", zeros, 64 << 20);
	g_autofree char *text = tell(&brief, pdf->str, pdf->len);
	g_assert_nonnull(strstr(text, " not_unpacked embedded_object\n"));
	g_assert_nonnull(strstr(text, "limit ratio\n"));
}

/* What lies behind so much that it is not looked at is not taken for clean. */
static void
far_behind(void)
{
	static const char spec[] = "<</UF(a.exe)/EF<</F 6 0 R>>>>";
	size_t size = 5 << 20;
	g_autofree char *objects = g_malloc(size + sizeof spec);
	g_autoptr(GString) large = g_string_new(HEAD), many = g_string_new(HEAD);
	struct brief brief;

	unpack_brief(&brief);
	memset(objects, ' ', size);
	memcpy(objects + size, spec, sizeof spec);
	add_stream(large, "2 0 obj<</Type/ObjStm/First 0", objects, size + sizeof spec);
	g_autofree char *text = tell(&brief, large->str, large->len);
	g_assert_nonnull(strstr(text, " not_unpacked\nlimit bytes\n"));
	for (unsigned i = 0; i < 20001; i++)
		g_string_append(many, "2 0 obj<</Type/ObjStm>>stream\n(x)\nendstream\n");
	g_autofree char *other = tell(&brief, many->str, many->len);
	g_assert_nonnull(strstr(other, " not_unpacked\nlimit bytes\n"));
}

/* What is repeated without end costs no more than other bytes, and is not taken for clean. */
static void
costs(void)
{
	static const struct {
		const char *piece;
		bool limited;
	} pieces[] = {
		{ "1 0 obj<<", false },
		{ "1 0 obj(", true },
		{ "1 0 obj<</EF<</F 1 0 R>>", false },
		{ "1 0 obj<</Type/EmbeddedFile>>stream\n", true },
		{ "1 0 obj<</EF 1 0 R/F 1 0 R>>", false },
		{ "1 0 obj<</Type/EmbeddedFile/Filter/AHx>>stream\n", true },
		{ "[", false },
		{ "<<", false },
		{ "% ", false },
		{ "6 0 obj ", false },
		{ "/EF(", false },
		{ "/EF%", false },
		{ "/EF<", false },
		{ "/ObjStm obj ", false },
		{ "2 0 obj<</Type/ObjStm/Filter/AHx>>stream\n", true },
		{ "1 0 obj<</Type/ObjStm>>stream\n", true },
	};
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(pieces); i++) {
		g_autoptr(GString) pdf = g_string_new(HEAD "/EmbeddedFiles ");
		g_autofree char *text = NULL;
		clock_t start;

		while (pdf->len < 4 << 20)
			g_string_append(pdf, pieces[i].piece);
		start = clock();
		text = tell(&brief, pdf->str, pdf->len);
		g_test_message("%s", pieces[i].piece);
		g_assert_cmpint(clock() - start, <, SECONDS_MAX * CLOCKS_PER_SEC);
		if (pieces[i].limited)
			g_assert_nonnull(strstr(text, "limit "));
	}
}

/* An invoice with its data in it, in a zip, is no archive in an archive. */
static void
layers(void)
{
	struct brief brief;
	struct facts *facts;

	unpack_brief(&brief);
	brief.max_archive_depth = 1;
	facts = unpack_read(&brief, "a.pdf", HEAD SPEC FILE, strlen(HEAD SPEC FILE));
	g_assert_cmpuint(facts->parts->len, ==, 2);
	g_assert_cmpuint(facts_part(facts, 1)->archive_depth, ==, 0);
	g_assert_cmpuint(facts->limits, ==, 0);
	facts_free(facts);
}

/* More files than may be: those that may are taken, and that there were more is said. */
static void
too_many(void)
{
	g_autoptr(GString) pdf = g_string_new(HEAD);
	struct brief brief;
	struct facts *facts;

	unpack_brief(&brief);
	brief.max_files = 100;
	for (unsigned i = 1; i <= 100000; i++)
		g_string_append_printf(pdf,
		    "%u 0 obj<</F(%u)/EF<</F %u 0 R>>>> %u 0 obj<<>>stream\nabcd\nendstream\n", i,
		    i, i + 200000, i + 200000);
	facts = unpack_read(&brief, "a.pdf", pdf->str, pdf->len);
	g_assert_cmpuint(facts->parts->len, <=, 101);
	g_assert_true(facts->limits & 1u << READ_LIMIT_files);
	g_assert_true(part_has(facts_part(facts, 0), PART_FACT_not_unpacked));
	facts_free(facts);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pdf/embedded files are taken out, however they are written", files);
	g_test_add_func(
	    "/pdf/compressed, in streams of objects, and only where asked for", compressed);
	g_test_add_func("/pdf/it is no archive", layers);
	g_test_add_func("/pdf/a PDF in a PDF is read once", inner);
	g_test_add_func("/pdf/no name hides behind others", many_names);
	g_test_add_func("/pdf/a bomb is stopped", bomb);
	g_test_add_func("/pdf/what is too far behind is a limit", far_behind);
	g_test_add_func("/pdf/the cost is linear", costs);
	g_test_add_func("/pdf/too many files are a limit", too_many);
	return g_test_run();
}
