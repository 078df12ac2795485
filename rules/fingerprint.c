/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plain values are the same for everybody, so only the few directives with rules are asked.
 */
#include "rules/fingerprint.h"

#include "rules/config_data.h"

char *
config_fingerprint(const struct config *config, struct subject *subject)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < DIRECTIVE_COUNT; i++) {
		const struct value *value = &config->values[i];

		if (value->ruleset == NULL && value->function == NULL)
			continue;
		struct explanation *explanation = config_explain(config, i, subject);
		g_string_append_printf(text, "%u=%s\n", i, explanation->value);
		explanation_free(explanation);
	}
	return g_string_free(text, FALSE);
}
