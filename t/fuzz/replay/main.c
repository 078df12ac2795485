/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: TARGET FILE...
 * Gives each file to the target, once as it is and once cut in half. Ends with 1 when there was none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "t/fuzz/fuzz.h"

/* An exact copy, so that a read behind its end is seen by checkers. */
static void
give(const char *bytes, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		g_autofree char *bytes = NULL;
		size_t size;

		if (!g_file_get_contents(argv[i], &bytes, &size, NULL)) {
			fprintf(stderr, "%s can't be read\n", argv[i]);
			return 1;
		}
		/* Said before, so that a crash tells over what. */
		printf("%s\n", argv[i]);
		fflush(stdout);
		give(bytes, size);
		give(bytes, size / 2);
	}
	return argc > 1 ? 0 : 1;
}
