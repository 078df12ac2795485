/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/read/prepare.h"

#include <fcntl.h>
#include <iconv.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/read/filetype.h"
#include "core/read/sandbox.h"

static const struct {
	const char *charset, *bytes, *text;
} texts[] = {
	{ "iso-8859-1", "\xe9", "\xc3\xa9" },
	{ "ISO-8859-15", "\xa4", "\xe2\x82\xac" },
	{ "windows-1252", "\x80", "\xe2\x82\xac" },
	{ "cp1251", "\xc4\xe0", "\xd0\x94\xd0\xb0" },
	{ "koi8-r", "\xe4\xc1", "\xd0\x94\xd0\xb0" },
	{ "iso-2022-jp", "\x1b$B$\"\x1b(B", "\xe3\x81\x82" },
	{ "shift_jis", "\x82\xa0", "\xe3\x81\x82" },
	{ "euc-kr", "\xb0\xa1", "\xea\xb0\x80" },
	{ "gb18030", "\xb0\xa1", "\xe5\x95\x8a" },
	{ "gb2312", "\xb0\xa1", "\xe5\x95\x8a" },
	{ "big5", "\xa4\x40", "\xe4\xb8\x80" },
	{ "utf-7", "+AOk-", "\xc3\xa9" },
	{ "utf-16le", "\xe9", "\xc3\xa9" },
};

/* Both ways. */
static bool
converts(size_t n)
{
	bool wide = strcmp(texts[n].charset, "utf-16le") == 0;
	gssize length = wide ? 2 : -1;
	g_autofree char *text =
	    g_convert(texts[n].bytes, length, "UTF-8", texts[n].charset, NULL, NULL, NULL);
	g_autofree char *bytes =
	    g_convert(texts[n].text, -1, texts[n].charset, "UTF-8", NULL, NULL, NULL);

	return g_strcmp0(text, texts[n].text) == 0 && bytes != NULL;
}

/* Number of the first charset that fails and one more; 0: none. */
static int
try_all(void)
{
	g_autoptr(GString) lacks = g_string_new(NULL);
	int fd = open("/dev/null", O_RDWR);

	if (!sandbox_detach(fd) || !prepare_libraries(NULL) ||
	    !sandbox_enter(256 << 20, lacks, NULL))
		return 255;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (!converts(i))
			return (int)i + 1;
	}
	return 0;
}

static void
converts_without_files(void)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(try_all());
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
}

static int
tell_type(void)
{
	g_autoptr(GString) lacks = g_string_new(NULL);
	g_autofree char *description = NULL, *mime = NULL;
	int fd = open("/dev/null", O_RDWR);

	if (!sandbox_detach(fd) || !prepare_libraries(NULL) ||
	    !sandbox_enter(256 << 20, lacks, NULL))
		return 255;
	filetype_of("%PDF-1.4\n", 9, "", &description, &mime);
	return g_strcmp0(mime, "application/pdf") == 0 ? 0 : 1;
}

static void
tells_types_without_files(void)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(tell_type());
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/prepare/charsets of mail are converted without a file system",
	    converts_without_files);
	g_test_add_func("/prepare/types are told without a file system", tells_types_without_files);
	return g_test_run();
}
