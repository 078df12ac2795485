/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for modules that are not there yet. */
#include "core/read/filetype.h"
#include "core/read/html.h"
#include "core/read/unpack.h"

void
filetype_of(const char *bytes, size_t size, const char *hint, char **description, char **mime)
{
	(void)bytes, (void)size, (void)hint, (void)description, (void)mime;
}

bool
filetype_prepare(void)
{
	return true;
}

struct html_facts *
html_read(const char *bytes, size_t size, const char *charset, bool svg)
{
	(void)bytes, (void)size, (void)charset, (void)svg;
	return html_facts_new();
}

char *
html_to_text(const char *bytes, size_t size, const char *charset)
{
	(void)charset;
	return g_strndup(bytes, size);
}

void
unpack(struct task *task, unsigned n, const char *bytes, size_t size)
{
	(void)task, (void)n, (void)bytes, (void)size;
}
