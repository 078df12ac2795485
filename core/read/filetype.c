/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/read/filetype.h"

#include <glib.h>
#include <magic.h>
#include <string.h>

static magic_t words, types;

bool
filetype_prepare(void)
{
	if (words == NULL) {
		words = magic_open(MAGIC_NONE);
		types = magic_open(MAGIC_MIME_TYPE);
		magic_load(words, NULL);
		magic_load(types, NULL);
	}
	return true;
}

void
filetype_of(const char *bytes, size_t size, const char *hint, char **description, char **mime)
{
	(void)hint;
	filetype_prepare();
	if (description != NULL)
		*description = g_strdup(magic_buffer(words, bytes, size));
	if (mime != NULL)
		*mime = g_strdup(magic_buffer(types, bytes, size));
}
