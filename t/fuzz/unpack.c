/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Archives, TNEF, documents: the bytes are an attachment without a name, then one with a name that says what it is. */
#include "t/fuzz/fuzz.h"

#include <string.h>

#include "core/read/reading.h"

static void
read_as(const char *name, const uint8_t *bytes, size_t size)
{
	g_autofree char *header =
	    g_strdup_printf("MIME-Version: 1.0\nContent-Type: application/octet-stream%s%s\n"
			    "Content-Transfer-Encoding: binary\n",
		*name != '\0' ? "; name=" : "", name);
	struct brief brief;

	brief_init(&brief);
	brief.seconds = 5;
	brief.max_bytes = 16 << 20;
	brief.max_files = 200;
	struct source *source = source_new(header, strlen(header), (const char *)bytes, size);
	struct facts *facts = reading_run(&brief, source);

	g_assert_cmpuint(facts->parts->len, >, 0);
	facts_free(facts);
	source_free(source);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const names[] = { "", "a.zip", "winmail.dat", "a.doc", "a.docx", "a.rar",
		"a.7z", "a.tgz", "a.iso", "a.pdf" };

	if (size == 0)
		return 0;
	read_as("", bytes, size);
	read_as(names[bytes[size - 1] % G_N_ELEMENTS(names)], bytes, size);
	return 0;
}
