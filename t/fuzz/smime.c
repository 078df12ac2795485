/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signed data (CMS): what stands behind its version is the input. */
#include "t/fuzz/fuzz.h"

#include "t/fuzz/attachment.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char begin[] = "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
				    "\xa0\x80\x30\x80\x02\x01\x01";

	attachment_read_as("smime.p7m", begin, sizeof(begin) - 1, bytes, size);
	return 0;
}
