/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills an Exim queue directory with copies of the messages of another, as many as wanted.
 *
 * usage: queue SOURCE DIRECTORY COUNT
 *
 * Each copy has an id of its own, which also stands in the first line of both files. Ends with a
 * sync of the file system, so that what is measured next starts on a quiet disk.
 */
#include <fcntl.h>
#include <unistd.h>
#include "t/bench/measure.h"

enum { ID_LENGTH = 16 };

/* Time and process as in Exim's ids, so that they sort in order of number. */
static void
make_id(char id[ID_LENGTH + 1], guint number)
{
	static const char digits[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	memcpy(id, "1xV4AA-000000-00", ID_LENGTH + 1);
	for (int i = 12; i > 6; i--, number /= 62)
		id[i] = digits[number % 62];
}

static void
copy(const char *source, const char *old_id, const char *directory, const char *id,
    const char *suffix)
{
	g_autofree char *from = g_strconcat(source, "/", old_id, suffix, NULL);
	g_autofree char *to = g_strconcat(directory, "/", id, suffix, NULL);
	g_autofree char *text = NULL;
	gsize length;

	if (!g_file_get_contents(from, &text, &length, NULL) || length < ID_LENGTH)
		measure_fail(from);
	memcpy(text, id, ID_LENGTH);
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

	if (fd < 0 || write(fd, text, length) != (ssize_t)length || close(fd) != 0)
		measure_fail(to);
}

int
main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: queue SOURCE DIRECTORY COUNT\n");
		return EX_USAGE;
	}
	g_autoptr(GPtrArray) ids = measure_ids(argv[1]);
	char id[ID_LENGTH + 1];

	if (ids->len == 0) {
		fprintf(stderr, "queue: no messages in %s\n", argv[1]);
		return EX_NOINPUT;
	}
	for (guint i = 0; i < (guint)atoi(argv[3]); i++) {
		const char *old_id = g_ptr_array_index(ids, i % ids->len);

		make_id(id, i);
		copy(argv[1], old_id, argv[2], id, "-D");
		copy(argv[1], old_id, argv[2], id, "-H");
	}
	sync();
	return 0;
}
