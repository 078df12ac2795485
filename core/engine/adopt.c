/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The resolver lives for the whole process, so it can't ask the configuration at each question.
 */
#include "core/engine/adopt.h"

#include "core/log/lines.h"
#include "rules/directives.h"
#include "rules/resolver.h"

void
config_adopt(struct config *config, struct diagnostics *diagnostics)
{
	g_autoptr(GError) error = NULL;

	config_free(config_use(config));
	enum resolver_failure failure = if_resolver_fails_for(NULL) == WORD_no_name
					    ? RESOLVER_FAILURE_NO_NAME
					    : RESOLVER_FAILURE_UNKNOWN;
	unsigned milliseconds = (unsigned)CLAMP(dns_timeout_for(NULL), 1, 60000);

	if (!resolver_configure(dns_servers_for(NULL), milliseconds, failure, &error))
		diagnostics_add(
		    diagnostics, SEVERITY_ERROR, NULL, 0, "DNS Servers", "%s", error->message);
}

void
config_log_files(void)
{
	g_autoptr(GPtrArray) files = config_files(config_current());

	for (unsigned i = 0; i < files->len; i++)
		lines_reading_configuration(g_ptr_array_index(files, i));
}
