/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compound files (OLE2) and what lies in them: what stands behind the signature is the input. */
#include "t/fuzz/fuzz.h"

#include "t/fuzz/attachment.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char begin[] = { '\xd0', '\xcf', '\x11', '\xe0', '\xa1', '\xb1', '\x1a',
		'\xe1' };

	attachment_read_as("a.doc", begin, sizeof(begin), bytes, size);
	return 0;
}
