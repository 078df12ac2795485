/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A link: its address, its text, and the base of its document, each on a line. Every net judges it. */
#include "t/fuzz/fuzz.h"

#include <glib.h>

#include "core/check/phishing_net.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autofree char *all = g_strndup((const char *)bytes, size);
	g_auto(GStrv) lines = g_strsplit(all, "\n", 3);
	unsigned count = g_strv_length(lines);

	if (count < 2)
		return 0;
	g_autofree char *text = g_utf8_make_valid(lines[1], -1);
	for (unsigned i = 0; i < 8; i++) {
		struct phishing_net net = { .numeric = true,
			.strict = (i & 1) != 0,
			.mail = (i & 2) != 0,
			.hidden = (i & 4) != 0 };
		struct phishing_hit hit;

		phishing_judge(&net, text, lines[0], NULL, count > 2 ? lines[2] : NULL, &hit);
		if (!g_utf8_validate(hit.target, -1, NULL) ||
		    !g_utf8_validate(hit.claimed, -1, NULL))
			g_error("a host that can't be shown");
		phishing_hit_clear(&hit);
	}
	return 0;
}
