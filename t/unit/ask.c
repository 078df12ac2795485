/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib/gstdio.h>
#include <stddef.h>

#include "core/read/reader.h"
#include "rules/config.h"

static char *path;

static void
configure(const char *lines)
{
	struct diagnostics *diagnostics = diagnostics_new();

	g_assert_true(g_file_set_contents(path, lines, -1, NULL));
	struct config *config = config_load(path, NULL, diagnostics);
	g_assert_nonnull(config);
	config_free(config_use(config));
	diagnostics_free(diagnostics);
}

static struct brief
brief_of(const char *lines)
{
	struct subject *subject =
	    subject_new("alice@sender.test", (const char *[]){ "bob@example.test", NULL }, "");
	struct brief brief;

	configure(lines);
	brief_for(&brief, subject);
	subject_free(subject);
	return brief;
}

enum type { NUMBER, SIGNED, LARGE, YES };

static gint64
value_of(const struct brief *brief, enum type type, size_t offset)
{
	const char *at = (const char *)brief + offset;

	switch (type) {
	case NUMBER:
		return *(const unsigned *)at;
	case SIGNED:
		return *(const gint64 *)at;
	case LARGE:
		return (gint64) * (const uint64_t *)at;
	case YES:
		return *(const bool *)at;
	}
	return -1;
}

#define NO_FILES "Filetype Rules =\nArchives: Filetype Rules =\n"
#define ROW(line, type, member, value)                                 \
	{                                                              \
		line "\n", type, offsetof(struct brief, member), value \
	}
static const struct {
	const char *lines;
	enum type type;
	size_t offset;
	gint64 value;
} rows[] = {
	ROW("", NUMBER, max_depth, 100),
	ROW("Maximum MIME Depth = 7", NUMBER, max_depth, 7),
	ROW("Maximum MIME Depth = 0", NUMBER, max_depth, 1),
	ROW("", SIGNED, max_parts, 200),
	ROW("Maximum Attachments Per Message = 0", SIGNED, max_parts, 200),
	ROW("Maximum Attachments Per Message = -1", SIGNED, max_parts, -1),
	ROW("Maximum Attachments Per Message = 5", SIGNED, max_parts, 5),
	ROW("", LARGE, max_header, 1000000),
	ROW("Maximum Header Size = 64k", LARGE, max_header, 64000),
	ROW("Maximum Header Size = 0", LARGE, max_header, 1),
	ROW("", NUMBER, max_archive_depth, 8),
	ROW("Maximum Archive Depth = 0", NUMBER, max_archive_depth, 0),
	ROW("Maximum Archive Depth = -3", NUMBER, max_archive_depth, 0),
	ROW("Maximum Unpacked Files = 12", NUMBER, max_files, 12),
	ROW("Maximum Unpacked Files = 0", NUMBER, max_files, 1),
	ROW("Maximum Unpacked Files = 900000", NUMBER, max_files, 25000),
	ROW("Maximum Unpacked Size = 1m", LARGE, max_bytes, 1000000),
	ROW("Maximum Unpacked Size = 20g", LARGE, max_bytes, INT64_C(20000000000)),
	ROW("Maximum Unpacked Size = -1", LARGE, max_bytes, 1),
	ROW("", NUMBER, max_ratio, 250),
	ROW("Maximum Compression Ratio = 0", NUMBER, max_ratio, 0),
	ROW("", NUMBER, seconds, 30),
	ROW("Reader Timeout = 0", NUMBER, seconds, 1),
	ROW("Reader Timeout = 99999999", NUMBER, seconds, 86400),
	ROW("", YES, find_archives_by_content, 1),
	ROW("Find Archives By Content = no", YES, find_archives_by_content, 0),
	ROW("", YES, find_uuencoded, 0),
	ROW("Find UU-Encoded Files = yes", YES, find_uuencoded, 1),
	ROW("Unpack Microsoft Documents = no", YES, unpack_documents, 0),
	ROW("Expand TNEF = no", YES, expand_tnef, 0),
	ROW("TNEF Expander = internal", YES, expand_tnef, 1),
	ROW("TNEF Expander =", YES, expand_tnef, 0),
	ROW("", YES, list_archives, 1),
	ROW("Allow Password-Protected Archives = yes", YES, list_archives, 0),
	ROW("Allow Password-Protected Archives = yes\nArchives Must Be Password Protected = yes",
	    YES, list_archives, 1),
	ROW("", YES, want_types, 1),
	ROW("", YES, want_mime_types, 1),
	ROW(NO_FILES, YES, want_types, 0),
	ROW(NO_FILES, YES, want_mime_types, 0),
	ROW(NO_FILES "Deny Filetypes = ELF", YES, want_types, 1),
	ROW(NO_FILES "Deny Filetypes = ELF", YES, want_mime_types, 0),
	ROW(NO_FILES "Archives: Allow File MIME Types = ^text/", YES, want_types, 0),
	ROW(NO_FILES "Archives: Allow File MIME Types = ^text/", YES, want_mime_types, 1),
	ROW("Filetype Rules = /etc/filetype.rules.conf", YES, want_types, 1),
	ROW("Filetype Rules = /etc/filetype.rules.conf", YES, want_mime_types, 1),
	ROW(NO_FILES "Deny Filetypes = ELF\nFile Command =", YES, want_types, 0),
	ROW(NO_FILES "Deny Filetypes = ELF\nScan Messages = virus", YES, want_types, 0),
	ROW("", YES, want_html, 1),
	ROW("Scan Messages = virus", YES, want_html, 1),
};

static void
makes_briefs(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct brief brief = brief_of(rows[i].lines);

		g_test_message("%s", rows[i].lines);
		g_assert_cmpint(value_of(&brief, rows[i].type, rows[i].offset), ==, rows[i].value);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_autofree char *directory = g_dir_make_tmp("ask-XXXXXX", NULL);
	path = g_build_filename(directory, "conf", NULL);
	g_test_add_func("/ask/directives become a brief that makes sense", makes_briefs);
	int status = g_test_run();
	config_free(config_use(NULL));
	g_unlink(path);
	g_rmdir(directory);
	g_free(path);
	return status;
}
