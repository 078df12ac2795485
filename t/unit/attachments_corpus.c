/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real archives, TNEF files and documents, many of them damaged on purpose, are read, and what is in them is found. */
#include "core/read/unpack.h"

#include "t/unit/samples.h"
#include "t/unit/unpack_fixture.h"

#define CORPUS "corpus/attachments"

static struct facts *
read_bytes(const char *name, const char *bytes, size_t size)
{
	struct brief brief;

	brief_init(&brief);
	brief.want_types = brief.want_mime_types = brief.want_html = false;
	return unpack_read(&brief, name, bytes, size);
}

static struct facts *
read_file(const char *path)
{
	g_autofree char *name = g_path_get_basename(path);
	g_autofree char *bytes = NULL;
	size_t size;

	g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
	return read_bytes(name, bytes, size);
}

/* Paths below a folder of the corpus. NULL, and the test skipped: it is not there. */
static GPtrArray *
corpus(const char *folder, const char *suffix)
{
	g_autofree char *part = g_build_filename(CORPUS, folder, NULL);
	g_autofree char *directory = sample_path(part);
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);

	sample_find(directory, suffix, paths);
	if (paths->len > 0)
		return paths;
	g_ptr_array_unref(paths);
	g_test_skip("there is no corpus beside the checkout");
	return NULL;
}

/* Where our lists differ from those that tnef has with its samples. */
static const struct {
	const char *file, *ours, *why;
} differences[] = {
	{ "long-filename", "allproductsmar2000.dat", "their list names the body alone" },
	{ "missing-filenames", "generpts.src", "their list names the body alone" },
	{ "missing-filenames", "TechlibDEC99.doc", "their list names the body alone" },
	{ "missing-filenames", "TechlibDEC99-JAN00.doc", "their list names the body alone" },
	{ "missing-filenames", "TechlibNOV99.doc", "their list names the body alone" },
	{ "triples", "message.txt", "the plain text is a member, too" },
	{ "unicode-mapi-attr", "message.html", "so is the HTML" },
	{ "unicode-mapi-attr-name", "message.html", "so is the HTML" },
};

/* What tnef calls the file that we call `name`. */
static char *
tnef_name(const char *stem, const char *name)
{
	if (g_str_has_prefix(name, "message."))
		return g_strdup_printf("%s-body.%s", stem, name + strlen("message."));
	return g_strdelimit(g_strdup(name), " ()", '_');
}

static bool
is_explained(const char *stem, const char *ours)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(differences); i++) {
		if (strcmp(differences[i].file, stem) == 0 &&
		    g_strcmp0(differences[i].ours, ours) == 0)
			return true;
	}
	return false;
}

static void
check_tnef_list(const char *path)
{
	g_autofree char *stem = g_path_get_basename(path);
	g_autofree char *data = g_strndup(path, strlen(path) - strlen(".list"));
	g_autofree char *file = g_strconcat(data, ".tnef", NULL);
	g_autofree char *list = NULL;
	struct facts *facts = read_file(file);
	unsigned count = 0, expected = 0;

	stem[strlen(stem) - strlen(".list")] = '\0';
	g_assert_true(g_file_get_contents(path, &list, NULL, NULL));
	g_strdelimit(list, " ()", '_');
	for (unsigned n = 1; n < facts->parts->len; n++) {
		const struct part *part = facts_part(facts, n);
		g_autofree char *name = tnef_name(stem, part->name);

		if (part->parent != 0 || is_explained(stem, part->name))
			continue;
		if (strstr(list, name) == NULL)
			g_error("%s: %s is not expected", stem, name);
		count++;
	}
	g_auto(GStrv) lines = g_strsplit(g_strstrip(list), "\n", -1);

	for (unsigned i = 0; lines[i] != NULL; i++)
		expected += *lines[i] != '\0';
	g_test_message("%s: %u of %u", stem, count, expected);
	g_assert_cmpuint(count, ==, expected);
	g_assert_true(part_has(facts_part(facts, 0), PART_FACT_tnef));
	facts_free(facts);
}

static void
tnef_lists(void)
{
	GPtrArray *paths = corpus("tnef", ".list");

	for (unsigned i = 0; paths != NULL && i < paths->len; i++)
		check_tnef_list(g_ptr_array_index(paths, i));
	if (paths != NULL)
		g_ptr_array_unref(paths);
}

/* Files that ytnef took out, byte for byte. */
static void
ytnef_results(void)
{
	static const struct {
		const char *container, *member;
	} rows[] = {
		{ "missing-filenames.tnef", "TechlibNOV99.doc" },
		{ "missing-filenames.tnef", "TechlibDEC99.doc" },
		{ "missing-filenames.tnef", "TechlibDEC99-JAN00.doc" },
		{ "missing-filenames.tnef", "generpts.src" },
		{ "winmail.dat", "zappa_av1.jpg" },
		{ "winmail.dat", "bookmark.htm" },
		{ "one-file.tnef", "AUTHORS" },
		{ "long-filename.tnef", "allproductsmar2000.dat" },
	};
	GPtrArray *paths = corpus("ytnef", "winmail.dat");

	for (unsigned i = 0; paths != NULL && i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *container =
		    g_build_filename(CORPUS "/ytnef/test-data", rows[i].container, NULL);
		g_autofree char *member =
		    g_build_filename(CORPUS "/ytnef/test-data/results", rows[i].member, NULL);
		g_autofree char *path = sample_path(container);
		g_autofree char *result = sample_path(member);
		g_autofree char *bytes = NULL;
		g_autofree char *digest = NULL;
		struct facts *facts = read_file(path);
		size_t size;
		bool found = false;

		g_assert_true(g_file_get_contents(result, &bytes, &size, NULL));
		digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)bytes, size);
		for (unsigned n = 1; n < facts->parts->len; n++) {
			const struct part *part = facts_part(facts, n);

			found |= strcmp(part->name, rows[i].member) == 0 &&
				 g_strcmp0(part->digest, digest) == 0;
		}
		if (!found)
			g_error("%s: no %s as expected", rows[i].container, rows[i].member);
		facts_free(facts);
	}
	if (paths != NULL)
		g_ptr_array_unref(paths);
}

/* What is to be found in a folder's files whose names begin so; the first row that fits counts. -1: nothing. */
static const struct {
	const char *folder, *prefix, *ending;
	int fact;
	const char *why;
} documents[] = {
	{ "encrypted", "", "", PART_FACT_encrypted, "" },
	{ "basic", "encrypted", "", PART_FACT_encrypted, "" },
	{ "excel4-macros", "", ".slk", -1, "SYLK is text, not a container" },
	{ "excel4-macros", "", "", PART_FACT_xlm, "" },
	{ "msodde", "dde-test", ".xlsb", -1, "links in binary workbooks are not looked for" },
	{ "msodde", "dde-test", ".zip", PART_FACT_encrypted, "" },
	{ "msodde", "dde-test", "", PART_FACT_dde, "" },
	{ "msodde", "dde-in", ".xml", PART_FACT_dde, "" },
	{ "msodde", "harmless", "", -1, "" },
	{ "ooxml", "dde-in", ".xml", PART_FACT_dde, "" },
	{ "ooxml", "harmless", "", -1, "" },
	{ "oleform", "", "", PART_FACT_vba, "" },
	{ "olevba", "", "", PART_FACT_vba, "" },
	{ "external_link", "", "", PART_FACT_remote_template, "" },
	{ "oleobj", "", "", PART_FACT_embedded_object, "" },
};

static void
check_document(const char *path)
{
	g_autofree char *name = g_path_get_basename(path);
	g_autofree char *above = g_path_get_dirname(path);
	g_autofree char *folder = g_path_get_basename(above);
	const uint64_t all = UINT64_C(1) << PART_FACT_encrypted | UINT64_C(1) << PART_FACT_xlm |
			     UINT64_C(1) << PART_FACT_dde | UINT64_C(1) << PART_FACT_vba |
			     UINT64_C(1) << PART_FACT_remote_template |
			     UINT64_C(1) << PART_FACT_embedded_object;
	struct facts *facts = read_file(path);

	for (unsigned i = 0; i < G_N_ELEMENTS(documents); i++) {
		const struct part *part = facts_part(facts, 0);

		if (strcmp(folder, documents[i].folder) != 0 ||
		    !g_str_has_prefix(name, documents[i].prefix) ||
		    !g_str_has_suffix(name, documents[i].ending))
			continue;
		if (documents[i].fact < 0 ? (part->facts & all) != 0
					  : !part_has(part, (enum part_fact)documents[i].fact))
			g_error("%s/%s: facts are not as expected", folder, name);
		break;
	}
	facts_free(facts);
}

static void
document_facts(void)
{
	GPtrArray *paths = corpus("oletools", "");

	for (unsigned i = 0; paths != NULL && i < paths->len; i++)
		check_document(g_ptr_array_index(paths, i));
	if (paths != NULL)
		g_ptr_array_unref(paths);
}

/* Data of a uuencoded file. The caller's. */
static GByteArray *
decode(const char *path)
{
	g_autofree char *text = NULL;
	GByteArray *bytes = g_byte_array_new();
	bool begun = false;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	for (char *line = text, *next; line != NULL; line = next) {
		unsigned left;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (!begun || *line == '\0') {
			begun = begun || g_str_has_prefix(line, "begin ");
			continue;
		}
		if (strcmp(line, "end") == 0)
			break;
		left = (unsigned)(*line - ' ') & 63;
		for (const char *p = line + 1; left > 0 && strlen(p) >= 4; p += 4) {
			unsigned v = 0;
			uint8_t three[3];

			for (unsigned i = 0; i < 4; i++)
				v = v << 6 | ((unsigned)(p[i] - ' ') & 63);
			three[0] = (uint8_t)(v >> 16);
			three[1] = (uint8_t)(v >> 8);
			three[2] = (uint8_t)v;
			g_byte_array_append(bytes, three, MIN(left, 3));
			left -= MIN(left, 3);
		}
	}
	return bytes;
}

static const struct {
	const char *file;
	const char *text; /* what is found, as unpack_text() tells it, without its first line */
} archives[] = {
	{ "test_read_format_zip_encryption_partially.zip",
	    "  z bar.txt 20\n"
	    "  z foo.txt 0 encrypted empty_placeholder\n" },
	{ "test_read_format_7zip_encryption.7z", "  r bar.txt 0 encrypted empty_placeholder\n" },
	{ "test_read_format_7zip_encryption_header.7z", "" },
	{ "test_read_format_rar4_encrypted_filenames.rar", "" },
	{ "test_read_format_rar5_encrypted_filenames.rar", "" },
	{ "test_read_format_rar5_encrypted.rar", "  r a.txt 18\n"
						 "  r b.txt 0 encrypted empty_placeholder\n"
						 "  r c.txt 18\n"
						 "  r d.txt 0 encrypted empty_placeholder\n" },
	{ "test_read_format_rar5_multiple_files.rar", "  r test1.bin 4096\n"
						      "  r test2.bin 4096\n"
						      "  r test3.bin 4096\n"
						      "  r test4.bin 4096\n" },
};

static void
check_archive(const char *path)
{
	g_autofree char *base = g_path_get_basename(path);
	g_autofree char *name = g_strndup(base, strlen(base) - strlen(".uu"));
	g_autoptr(GByteArray) bytes = decode(path);
	struct facts *facts = read_bytes(name, (const char *)bytes->data, bytes->len);
	g_autofree char *text = unpack_text(facts);

	for (unsigned i = 0; i < G_N_ELEMENTS(archives); i++) {
		if (strcmp(archives[i].file, name) == 0)
			g_assert_cmpstr(strchr(text, '\n') + 1, ==, archives[i].text);
	}
	if (strstr(name, "encrypt") != NULL || strstr(name, "aes") != NULL)
		g_assert_true(part_has(facts_part(facts, 0), PART_FACT_encrypted));
	facts_free(facts);
}

static void
archive_samples(void)
{
	GPtrArray *paths = corpus("libarchive", ".uu");

	for (unsigned i = 0; paths != NULL && i < paths->len; i++)
		check_archive(g_ptr_array_index(paths, i));
	if (paths != NULL)
		g_ptr_array_unref(paths);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/attachments/TNEF files hold what tnef lists", tnef_lists);
	g_test_add_func(
	    "/attachments/files out of TNEF are those that ytnef took out", ytnef_results);
	g_test_add_func("/attachments/documents say what is dangerous in them", document_facts);
	g_test_add_func("/attachments/archives are read, however damaged", archive_samples);
	return g_test_run();
}
