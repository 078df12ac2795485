/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is opened, how deep, and what is said about it. */
#include "core/read/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>
#include "t/unit/unpack_fixture.h"

/* A zip, stored, of these members: pairs of name and content, NULL at the end. The caller's. */
static GByteArray *
zip(const char *const *members)
{
	struct archive *archive = archive_write_new();
	GByteArray *bytes = g_byte_array_new();
	size_t used;

	g_byte_array_set_size(bytes, 1 << 16);
	archive_write_set_format_zip(archive);
	archive_write_set_format_option(archive, "zip", "compression", "store");
	archive_write_set_bytes_in_last_block(archive, 1);
	archive_write_open_memory(archive, bytes->data, bytes->len, &used);
	for (; *members != NULL; members += 2) {
		struct archive_entry *entry = archive_entry_new();

		archive_entry_set_pathname(entry, members[0]);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_size(entry, (la_int64_t)strlen(members[1]));
		archive_write_header(archive, entry);
		archive_write_data(archive, members[1], strlen(members[1]));
		archive_entry_free(entry);
	}
	archive_write_close(archive);
	archive_write_free(archive);
	g_byte_array_set_size(bytes, (guint)used);
	return bytes;
}

static const char *const one[] = { "a.txt", "hello", NULL };
static const char *const tiny[] = { "a.txt", "abc", NULL };

static void
depth(void)
{
	static const struct {
		const char *const *members;
		unsigned depth;
		const char *text;
	} rows[] = {
		{ one, 2, "n x.zip 119 archive unencrypted_member\n  z a.txt 5\n" },
		{ one, 1,
		    "n x.zip 119 archive unencrypted_member\n  z a.txt 5\nlimit archive_depth\n" },
		{ tiny, 1, "n x.zip 117 archive unencrypted_member\n  z a.txt 3\n" },
		{ one, 0,
		    "n x.zip 119 archive unencrypted_member not_unpacked\n"
		    "  z a.txt 0 not_unpacked empty_placeholder\n" },
	};
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) bytes = zip(rows[i].members);
		g_autofree char *text = NULL;
		g_autofree char *size = g_strdup_printf("n x.zip %u ", bytes->len);

		brief.max_archive_depth = rows[i].depth;
		text = unpack_tell(&brief, "x.zip", bytes->data, bytes->len);
		g_assert_true(g_str_has_prefix(text, size));
		g_assert_cmpstr(
		    text + strlen(size), ==, strchr(strchr(rows[i].text + 2, ' ') + 1, ' ') + 1);
	}
}

static void
unlisted(void)
{
	g_autoptr(GByteArray) bytes = zip(one);
	g_autofree char *text = NULL;
	struct brief brief;

	unpack_brief(&brief);
	brief.max_archive_depth = 0;
	brief.list_archives = false;
	text = unpack_tell(&brief, "x.zip", bytes->data, bytes->len);
	g_assert_nonnull(strstr(text, "archive not_unpacked\n"));
	g_assert_null(strstr(text, "a.txt"));
}

static void
gates(void)
{
	static const char gzip[] =
	    "\x1f\x8b\x08\0\0\0\0\0\0\x03\xcbH\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\x05\0\0\0";
	static const struct {
		const char *name;
		bool by_content, opened;
	} rows[] = {
		{ "a.gz", true, true },
		{ "a.gz", false, true },
		{ "a.jpg", true, true },
		{ "a.jpg", false, false },
	};
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = NULL;

		brief.find_archives_by_content = rows[i].by_content;
		text = unpack_tell(&brief, rows[i].name, gzip, sizeof gzip - 1);
		g_assert_true((strstr(text, "  r a 5\n") != NULL) == rows[i].opened);
	}
}

static void
unreadable(void)
{
	static const struct {
		const char *name, *bytes, *facts;
	} rows[] = {
		{ "a.zip", "this is no zip", " archive unreadable" },
		{ "a.rar", "this is no rar", " archive unreadable" },
		{ "a.txt", "this is no zip", "" },
		{ "a.txt", "Rar!\x1a\x07 and rubbish", " archive unreadable" },
		{ "a.exe", "MZ is no archive", "" },
		{ "winmail.dat", "no TNEF at all", " tnef bad_tnef" },
		{ "WINMAIL2.DAT", "no TNEF at all", " tnef bad_tnef" },
		{ "a.7z", "7z\xbc\xaf'\x1c and rubbish in place of a directory",
		    " archive unreadable" },
		{ "winmail.dat", "x\x9f>\"kkrubbish right behind the signature", " tnef bad_tnef" },
		{ "a.pdf", "%PDF-1.4 /OpenAction << /S /JavaScript >>", " script" },
		{ "a.pdf", "%PDF-1.4 /OpenAction << /S /J#61va#53cript >>", " script" },
		{ "a.pdf", "%PDF-1.4 << /JS (x) >>", " script" },
		{ "a.pdf", "%PDF-1.4 << /JS /x >>", "" },
		{ "a.pdf", "%PDF-1.4 /OpenAction << /S /Launch >>", " script" },
		{ "a.pdf", "%PDF-1.4 /Encrypt 3 0 R /EmbeddedFiles", " encrypted embedded_object" },
	};
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		size_t size = strlen(rows[i].bytes);
		g_autofree char *text = unpack_tell(&brief, rows[i].name, rows[i].bytes, size);
		g_autofree char *expected =
		    g_strdup_printf("n %s %zu%s\n", rows[i].name, size, rows[i].facts);

		g_assert_cmpstr(text, ==, expected);
	}
}

/* Some formats begin with nothing, and nothing is what libarchive then sees in them. */
static void
nothing_in_it(void)
{
	static const char udf[] = "\1BEA01\1", attributes[] = "x\x9f>\"kk\0\0\0\0\0\0\0\0\0";
	/* One attribute, its checksum, and what some programs leave behind the last. */
	static const char rubbish[] = "x\x9f>\"kk\1\6\x90\x08\0\4\0\0\0\0\0\1\0\1\0rubbish-rubbish";
	static const char cpio[] = "070707000000000000000000000000000000000001000000000000000000000"
				   "1300000000000TRAILER!!!";
	static const char zip_end[] = "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autofree char *image = NULL, *tar = NULL, *empty = NULL, *tnef = NULL;
	struct brief brief;

	unpack_brief(&brief);
	g_byte_array_set_size(bytes, 40000);
	memset(bytes->data, 0, bytes->len);
	tar = unpack_tell(&brief, "a.tar", bytes->data, bytes->len);
	g_assert_cmpstr(tar, ==, "n a.tar 40000 archive\n");
	memcpy(bytes->data + 32768, udf, sizeof udf - 1);
	image = unpack_tell(&brief, "a.jpg", bytes->data, bytes->len);
	g_assert_cmpstr(image, ==, "n a.jpg 40000 archive unreadable\n");
	memset(bytes->data, 0, bytes->len);
	memcpy(bytes->data, cpio, sizeof cpio);
	g_free(tar);
	tar = unpack_tell(&brief, "a.cpio", bytes->data, 512);
	g_assert_cmpstr(tar, ==, "n a.cpio 512 archive\n");
	empty = unpack_tell(&brief, "a.zip", zip_end, sizeof zip_end);
	g_assert_cmpstr(empty, ==, "n a.zip 22 archive\n");
	tnef = unpack_tell(&brief, "a.bin", attributes, sizeof attributes);
	g_assert_cmpstr(tnef, ==, "n a.bin 16 tnef bad_tnef\n");
	g_free(tnef);
	tnef = unpack_tell(&brief, "a.bin", rubbish, sizeof rubbish - 1);
	g_assert_cmpstr(tnef, ==, "n a.bin 36 tnef\n");
}

/* Script in a stream of objects, compressed; streams of that kind that inflate without end. */
static void
pdf_streams(void)
{
	static const char script[] = "2 0 <</S/JavaScript/JS(x)>>";
	g_autofree char *zeros = g_malloc0(8 << 20);
	g_autofree guint8 *packed = g_malloc(1 << 20);
	uLongf size = 1 << 20, large = 1 << 20;
	g_autoptr(GString) pdf = g_string_new("%PDF-1.5\n1 0 obj<</Type/Obj#53tm/N 1>>stream\r\n");
	g_autofree char *text = NULL, *bomb = NULL;
	struct brief brief;

	unpack_brief(&brief);
	g_assert_cmpint(compress(packed, &size, (const Bytef *)script, sizeof script), ==, Z_OK);
	g_string_append_len(pdf, (const char *)packed, (gssize)size);
	text = unpack_tell(&brief, "a.pdf", pdf->str, pdf->len);
	g_assert_nonnull(strstr(text, " script\n"));
	g_assert_cmpint(compress(packed, &large, (const Bytef *)zeros, 8 << 20), ==, Z_OK);
	g_string_assign(pdf, "%PDF-1.5\n");
	for (unsigned i = 0; i < 100; i++) {
		g_string_append(pdf, "<</Type/ObjStm>>stream\n");
		g_string_append_len(pdf, (const char *)packed, (gssize)large);
	}
	gint64 start = g_get_monotonic_time();
	bomb = unpack_tell(&brief, "a.pdf", pdf->str, pdf->len);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 2 * G_USEC_PER_SEC);
	g_assert_nonnull(strstr(bomb, " not_unpacked\n"));
}

/* The first of several volumes has a mark in front of it, and no directory. */
static void
first_volume(void)
{
	g_autoptr(GByteArray) bytes = zip((const char *const[]){ "evil.exe", "hello", NULL });
	uint8_t *central = memmem(bytes->data, bytes->len, "PK\1\2", 4);
	g_autofree char *text = NULL;
	struct brief brief;

	unpack_brief(&brief);
	g_byte_array_set_size(bytes, (guint)(central - bytes->data));
	g_byte_array_prepend(bytes, (const guint8 *)"PK\7\10", 4);
	text = unpack_tell(&brief, "a.z01", bytes->data, bytes->len);
	g_assert_nonnull(strstr(text, "z evil.exe "));
}

static void
paths(void)
{
	static const char *const members[] = { "/etc/passwd", "1234", "../up.txt", "1234",
		"same.txt", "1234", "SAME.txt", "1234", NULL };
	g_autoptr(GByteArray) bytes = zip(members);
	struct brief brief;
	struct facts *facts;

	unpack_brief(&brief);
	facts = unpack_read(&brief, "x.zip", bytes->data, bytes->len);
	g_assert_cmpuint(facts->parts->len, ==, 5);
	g_assert_true(part_has(facts_part(facts, 1), PART_FACT_absolute_path));
	g_assert_true(part_has(facts_part(facts, 2), PART_FACT_parent_path));
	g_assert_false(part_has(facts_part(facts, 3), PART_FACT_same_name));
	g_assert_true(part_has(facts_part(facts, 4), PART_FACT_same_name));
	facts_free(facts);
}

static bool
has_name(const struct facts *facts, unsigned n, const char *name)
{
	const struct part *part = facts_part(facts, n);

	for (unsigned i = 0; i < part->names->len; i++) {
		if (strcmp(g_ptr_array_index(part->names, i), name) == 0)
			return true;
	}
	return false;
}

/* A file that begins like one thing and ends like a zip is both, to different programs. */
static void
two_kinds(void)
{
	static const struct {
		const char *name, *head;
		size_t size;
	} rows[] = {
		{ "a.rtf", "{\\rtf1 hello}", 13 },
		{ "winmail.dat", "x\x9f>\"kk\1\6\x90\x08\0\4\0\0\0\0\0\1\0\1\0", 21 },
		{ "a.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more", 20 },
		{ "a.jpg", "\xff\xd8\xff\xe0 a picture", 14 },
		{ "a.rar", "Rar!\x1a\7\0", 7 },
	};
	g_autoptr(GByteArray) end = zip((const char *const[]){ "evil.exe", "hello", NULL });
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) bytes = g_byte_array_new();
		g_autofree char *text = NULL;

		g_byte_array_append(bytes, (const guint8 *)rows[i].head, (guint)rows[i].size);
		g_byte_array_append(bytes, end->data, end->len);
		text = unpack_tell(&brief, rows[i].name, bytes->data, bytes->len);
		g_test_message("%s", text);
		g_assert_nonnull(strstr(text, "z evil.exe 5\n"));
	}
}

/* And what it begins like is opened, too; once. */
static void
both_kinds(void)
{
	g_autoptr(GByteArray) end = zip(one);
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	g_autofree char *text = NULL;
	struct brief brief;
	size_t used;

	unpack_brief(&brief);
	g_byte_array_set_size(bytes, 1 << 16);
	archive_write_set_format_ustar(archive);
	archive_write_open_memory(archive, bytes->data, bytes->len, &used);
	archive_entry_set_pathname(entry, "evil.exe");
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_size(entry, 3);
	archive_write_header(archive, entry);
	archive_write_data(archive, "abc", 3);
	archive_entry_free(entry);
	archive_write_close(archive);
	archive_write_free(archive);
	g_byte_array_set_size(bytes, (guint)used);
	g_byte_array_append(bytes, end->data, end->len);
	text = unpack_tell(&brief, "a.dat", bytes->data, bytes->len);
	g_assert_nonnull(strchr(text, '\n'));
	g_assert_cmpstr(strchr(text, '\n'), ==, "\n  z a.txt 5\n  r evil.exe 3\n");
}

/* The central directory says .txt, the header in front of the file says .exe. */
static void
two_names(void)
{
	g_autoptr(GByteArray) bytes = zip((const char *const[]){ "a.exe", "hello", NULL });
	uint8_t *central = memmem(bytes->data, bytes->len, "PK\1\2", 4);
	struct brief brief;
	struct facts *facts;

	unpack_brief(&brief);
	memcpy(central + 46, "a.txt", 5);
	facts = unpack_read(&brief, "x.zip", bytes->data, bytes->len);
	g_assert_cmpuint(facts->parts->len, ==, 2);
	g_assert_true(has_name(facts, 1, "a.exe"));
	g_assert_true(has_name(facts, 1, "a.txt"));
	facts_free(facts);
}

/* The central directory calls a file encrypted, whose local header says that it is not; or another way of packing. */
static void
two_ways(void)
{
	static const struct {
		unsigned at;
		uint8_t value;
		bool unreadable;
	} rows[] = { { 8, 0, false }, { 8, 1, false }, { 10, 8, true } };
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) bytes =
		    zip((const char *const[]){ "evil.exe", "hello", NULL });
		uint8_t *central = memmem(bytes->data, bytes->len, "PK\1\2", 4);
		struct facts *facts;
		bool read = false;

		/* As if nothing stood behind the content: its size is known. */
		bytes->data[6] = central[8] = 0;
		memcpy(bytes->data + 14, central + 16, 12);
		central[rows[i].at] = rows[i].value;
		facts = unpack_read(&brief, "x.zip", bytes->data, bytes->len);
		for (unsigned n = 1; n < facts->parts->len; n++)
			read |= has_name(facts, n, "evil.exe") && facts_part(facts, n)->size == 5;
		g_assert_true(read);
		g_assert_true(
		    part_has(facts_part(facts, 0), PART_FACT_unreadable) == rows[i].unreadable);
		facts_free(facts);
	}
}

/* A zip in front of a zip: who reads from the beginning finds another file. */
static void
hidden_member(void)
{
	g_autoptr(GByteArray) bytes = zip((const char *const[]){ "evil.exe", "hello", NULL });
	g_autoptr(GByteArray) shown = zip(one);
	struct brief brief;
	struct facts *facts;
	bool evil = false, good = false;

	unpack_brief(&brief);
	g_byte_array_append(bytes, shown->data, shown->len);
	facts = unpack_read(&brief, "x.zip", bytes->data, bytes->len);
	for (unsigned n = 1; n < facts->parts->len; n++) {
		evil |= has_name(facts, n, "evil.exe") && facts_part(facts, n)->size == 5;
		good |= has_name(facts, n, "a.txt") && facts_part(facts, n)->size == 5;
	}
	g_assert_true(evil && good);
	facts_free(facts);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
	    "/unpack/a file lies too deep in as many archives as the limit says", depth);
	g_test_add_func("/unpack/at depth 0 nothing is listed unless asked", unlisted);
	g_test_add_func("/unpack/archives are found by content where that is asked", gates);
	g_test_add_func(
	    "/unpack/what says it is an archive and can't be opened is unreadable", unreadable);
	g_test_add_func("/unpack/what has nothing in it is unreadable, but for what may be empty",
	    nothing_in_it);
	g_test_add_func("/unpack/streams of objects in a PDF are searched", pdf_streams);
	g_test_add_func("/unpack/the first of several volumes is looked into", first_volume);
	g_test_add_func("/unpack/paths that lead elsewhere are facts", paths);
	g_test_add_func("/unpack/what ends like a zip is one, whatever it begins like", two_kinds);
	g_test_add_func("/unpack/and what begins like an archive is one, too", both_kinds);
	g_test_add_func("/unpack/both names of a zip member are candidates", two_names);
	g_test_add_func(
	    "/unpack/what the directories of a zip do not agree about is no secret", two_ways);
	g_test_add_func("/unpack/a member that one directory hides is found", hidden_member);
	return g_test_run();
}
