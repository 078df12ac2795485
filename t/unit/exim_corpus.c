/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real -H files go through the reader and the writer, and come out as they went in. */
#include "spool/exim_read.h"
#include "spool/exim_write.h"

#include "spool/error.h"
#include "t/unit/samples.h"

/* Those that the reference's test bed damaged on purpose. */
static const char *const damaged[] = { "invalid_queue", NULL };

static bool
is_damaged(const char *path)
{
	for (size_t i = 0; damaged[i] != NULL; i++) {
		if (strstr(path, damaged[i]) != NULL)
			return true;
	}
	return false;
}

static void
check_file(const char *path)
{
	g_autofree char *name = g_path_get_basename(path);
	g_autofree char *id = g_strndup(name, strlen(name) - 2);
	g_autoptr(GError) error = NULL;
	struct envelope *envelope;
	struct header_list *headers;
	struct exim_change change = { 0 };
	char *text;
	size_t length;

	g_assert_true(g_file_get_contents(path, &text, &length, NULL));

	struct exim_control *control =
	    exim_control_read(name, id, text, length, NULL, &envelope, &headers, &error);

	if (control == NULL && is_damaged(path)) {
		g_test_message("%s", error->message);
		g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
		return;
	}
	g_assert_no_error(error);
	change.headers = headers;
	change.recipients = envelope->recipients;

	g_autoptr(GBytes) written = exim_control_write(control, &change, &error);

	g_assert_no_error(error);
	g_assert_cmpmem(
	    g_bytes_get_data(written, NULL), g_bytes_get_size(written), control->text, length);
	g_assert_cmpuint(envelope->recipients->len, >, 0);
	g_assert_cmpuint(header_list_count(headers), >, 0);
	header_list_free(headers);
	envelope_free(envelope);
	exim_control_free(control);
}

static void
check_tree(const char *directory)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

	sample_find(directory, "-H", paths);
	if (paths->len == 0) {
		g_test_skip("no sample queue files beside the checkout");
		return;
	}
	g_test_message("%u files below %s", paths->len, directory);
	for (guint i = 0; i < paths->len; i++)
		check_file(paths->pdata[i]);
}

static void
test_folder(const void *path)
{
	g_autofree char *directory = sample_path(path);

	check_tree(directory);
}

static void
test_archive(const void *path)
{
	g_autofree char *directory = sample_unpack(path);

	if (directory == NULL) {
		g_test_skip("no archive of sample queue files beside the checkout");
		return;
	}
	check_tree(directory);
	sample_remove(directory);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/exim_corpus/Exim's own test files come back as they were",
	    "corpus/queue/exim", test_folder);
	g_test_add_data_func(
	    "/exim_corpus/files of a real Exim 4.96 come back as they were", "golden", test_folder);
	g_test_add_data_func("/exim_corpus/600 real messages come back as they were",
	    "bench/mix600.tar.xz", test_archive);
	return g_test_run();
}
