/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ruleset, and look-ups in it. */
#include "t/fuzz/fuzz.h"

#include "t/unit/rules.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const envelopes[] = {
		"a@b.test c@d.test 192.0.2.7",
		"- x@y.z,a@b.c 2001:db8::1",
		"- - -",
	};
	const struct ruleset_use use = { .convert = NULL };
	struct diagnostics *diagnostics = diagnostics_new();
	struct ruleset *set = ruleset_parse("fuzz", (const char *)bytes, size, &use, diagnostics);

	for (size_t i = 0; set != NULL && i < G_N_ELEMENTS(envelopes); i++) {
		struct subject *subject = rules_subject(envelopes[i]);

		g_free(rules_answer(set, subject));
		subject_free(subject);
	}
	ruleset_free(set);
	diagnostics_free(diagnostics);
	return 0;
}
