/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exim's -H files. */
#include "t/fuzz/fuzz.h"

#include <string.h>

#include "spool/exim_read.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autoptr(GError) error = NULL;
	char *text = g_malloc(size + 1);
	struct envelope *envelope;
	struct header_list *headers;

	memcpy(text, bytes, size);
	text[size] = '\0';
	struct exim_control *control = exim_control_read("1xV4Lb-0004IV-0p-H", "1xV4Lb-0004IV-0p",
	    text, size, NULL, &envelope, &headers, &error);

	g_assert_true((control == NULL) == (error != NULL));
	if (control == NULL)
		return 0;
	for (size_t i = 0; i < header_list_count(headers); i++) {
		g_free(header_field_name(header_list_at(headers, i)));
	}
	header_list_free(headers);
	envelope_free(envelope);
	exim_control_free(control);
	return 0;
}
