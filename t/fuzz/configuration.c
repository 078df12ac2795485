/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration file. It is read from memory by way of a file, since that is how it is read. */
#include "t/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rules/config.h"

/* Lines that would read other files are left out: what lies there is not the fuzzer's to say. */
static bool
is_harmless(const uint8_t *bytes, size_t size)
{
	return memmem(bytes, size, "include", 7) == NULL && memchr(bytes, '/', size) == NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (!is_harmless(bytes, size))
		return 0;
	int fd = memfd_create("configuration", MFD_CLOEXEC);
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		g_error("memory file");
	struct diagnostics *diagnostics = diagnostics_new();
	struct config *config = config_load(path, NULL, diagnostics);
	if (config != NULL) {
		config_use(config);
		struct subject *subject = subject_new("a@b.test", NULL, "192.0.2.7");

		for (unsigned i = 0; i < DIRECTIVE_COUNT; i++)
			explanation_free(config_explain(config, i, subject));
		subject_free(subject);
		config_use(NULL);
		config_free(config);
	}
	diagnostics_free(diagnostics);
	close(fd);
	return 0;
}
