/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules for file names and types, and a match against them. The first line of the input is the name. */
#include "t/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rules/filerules.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const uint8_t *newline = memchr(bytes, '\n', size);
	size_t first = newline != NULL ? (size_t)(newline - bytes) : size;
	g_autofree char *name = g_utf8_make_valid((const char *)bytes, (gssize)first);
	int fd = memfd_create("rules", MFD_CLOEXEC);
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);

	if (fd < 0 || write(fd, bytes + first, size - first) != (ssize_t)(size - first))
		g_error("memory file");
	struct diagnostics *diagnostics = diagnostics_new();
	struct filerules *rules = filerules_load(path, NULL, diagnostics);
	if (rules != NULL) {
		bool certain;

		filerules_match(rules, name, &certain);
		filerules_free(rules);
	}
	diagnostics_free(diagnostics);
	close(fd);
	return 0;
}
