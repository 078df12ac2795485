/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Archives, TNEF, documents: the bytes are an attachment without a name, then one with a name that says what it is. */
#include "t/fuzz/fuzz.h"

#include "t/fuzz/attachment.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const names[] = { "", "a.zip", "winmail.dat", "a.doc", "a.docx", "a.rar",
		"a.7z", "a.tgz", "a.iso", "a.pdf" };

	if (size == 0)
		return 0;
	attachment_read("", (const char *)bytes, size);
	attachment_read(names[bytes[size - 1] % G_N_ELEMENTS(names)], (const char *)bytes, size);
	return 0;
}
