/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mail of all kinds goes through the process, and what comes out is believed and is what is read without one. */
#include <stdlib.h>

#include "core/read/facts_json.h"
#include "core/read/reader.h"
#include "rules/config.h"
#include "spool/eml.h"
#include "t/unit/samples.h"

static char *
text_of(const struct message *message)
{
	json_t *json = facts_to_json(message->facts);
	char *text = json_dumps(json, 0);
	char *copy = g_strdup(text);

	free(text);
	json_decref(json);
	return copy;
}

/* False where it is no file that can be opened. */
static bool
compare(struct reader *apart, struct reader *local, const char *path)
{
	g_autoptr(GError) error = NULL;
	struct spool_entry *entry = eml_open(path, NULL, NULL, NULL, NULL);

	if (entry == NULL)
		return false;
	struct message *message = message_new(entry);
	bool done = reader_read(local, message, &error);
	g_assert_no_error(error);
	g_assert_true(done);
	g_autofree char *expected = text_of(message);
	done = reader_read(apart, message, &error);
	if (!done)
		g_test_message("%s", path);
	g_assert_no_error(error);
	g_autofree char *found = text_of(message);
	g_assert_cmpstr(found, ==, expected);
	message_free(message);
	return true;
}

static void
reads_corpus(void)
{
	g_autofree char *directory = sample_path("corpus/mail");
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	unsigned compared = 0;

	sample_find(directory, "", paths);
	if (paths->len == 0) {
		g_test_skip("no ../shared/corpus/mail");
		return;
	}
	struct reader *apart = reader_start(false, NULL), *local = reader_start(true, NULL);
	for (unsigned i = 0; i < paths->len; i++)
		compared += compare(apart, local, g_ptr_array_index(paths, i)) ? 1 : 0;
	g_test_message("%u messages", compared);
	g_assert_cmpuint(compared, ==, paths->len);
	reader_stop(apart);
	reader_stop(local);
}

/* The file as an attachment, so that whatever opens files has it in hand. */
static char *
wrap(const char *path, const char *directory)
{
	g_autofree char *bytes = NULL, *name = g_path_get_basename(path);
	char *mail = g_build_filename(directory, "mail.eml", NULL);
	size_t length;

	g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
	g_autofree char *code = g_base64_encode((const guchar *)bytes, length);
	g_autofree char *text =
	    g_strdup_printf("MIME-Version: 1.0\n"
			    "Content-Type: application/octet-stream; name=\"%s\"\n"
			    "Content-Transfer-Encoding: base64\n\n%s\n",
		name, code);
	g_assert_true(g_file_set_contents(mail, text, -1, NULL));
	return mail;
}

static void
reads_attachments(void)
{
	g_autofree char *directory = sample_path("corpus/attachments");
	g_autofree char *scratch = g_dir_make_tmp("reader-XXXXXX", NULL);
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

	sample_find(directory, "", paths);
	if (paths->len == 0)
		g_test_skip("no ../shared/corpus/attachments");
	struct reader *apart = reader_start(false, NULL), *local = reader_start(true, NULL);
	for (unsigned i = 0; i < paths->len; i++) {
		g_autofree char *mail = wrap(g_ptr_array_index(paths, i), scratch);

		g_test_message("%s", (const char *)g_ptr_array_index(paths, i));
		g_assert_true(compare(apart, local, mail));
	}
	reader_stop(apart);
	reader_stop(local);
	sample_remove(scratch);
}

int
main(int argc, char **argv)
{
	struct diagnostics *diagnostics = diagnostics_new();

	g_test_init(&argc, &argv, NULL);
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "mailscanner.conf", NULL);
	struct config *config = config_load(path, NULL, diagnostics);
	g_assert_nonnull(config);
	config_free(config_use(config));
	diagnostics_free(diagnostics);
	g_test_add_func("/reader_corpus/the process and this one read alike", reads_corpus);
	g_test_add_func("/reader_corpus/so they do what is attached", reads_attachments);
	int status = g_test_run();
	config_free(config_use(NULL));
	return status;
}
