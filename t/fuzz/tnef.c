/* SPDX-License-Identifier: GPL-2.0-or-later */
/* winmail.dat: what stands behind the signature and the key is the input. */
#include "t/fuzz/fuzz.h"

#include "t/fuzz/attachment.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char begin[] = "\x78\x9f\x3e\x22\x01";

	attachment_read_as("winmail.dat", begin, sizeof(begin), bytes, size);
	return 0;
}
