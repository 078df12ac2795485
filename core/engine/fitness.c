/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A start refuses what is found here, and so does a reload: a daemon must not come to be half of one
 * configuration and half of another.
 */
#include "core/engine/fitness.h"

#include <glob.h>
#include <string.h>

#include "core/engine/daemon.h"
#include "rules/directives.h"
#include "rules/table.h"
#include "spool/spool.h"

void
fitness_complain(struct diagnostics *diagnostics, enum severity severity, enum directive directive,
    const char *format, ...)
{
	const char *file;
	unsigned line = config_line_of(config_current(), directive, &file);
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	diagnostics_add(
	    diagnostics, severity, file, line, directive_info(directive)->name, "%s", text);
}

/* Is there a directory of that name, or one that the pattern fits? */
static bool
is_there(const char *queue)
{
	glob_t found = { 0 };
	bool any = false;

	if (strpbrk(queue, "*?") == NULL)
		return g_file_test(queue, G_FILE_TEST_IS_DIR);
	if (glob(queue, GLOB_ONLYDIR, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			any |= g_file_test(found.gl_pathv[i], G_FILE_TEST_IS_DIR);
	}
	globfree(&found);
	return any;
}

static bool
check_incoming(struct diagnostics *diagnostics)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) queues = config_incoming_queues(config_current(), &error);

	if (queues == NULL) {
		fitness_complain(diagnostics, SEVERITY_ERROR, DIRECTIVE_incoming_queue_dir, "%s",
		    error->message);
		return false;
	}
	for (unsigned i = 0; i < queues->len; i++) {
		if (is_there(g_ptr_array_index(queues, i)))
			return true;
	}
	fitness_complain(diagnostics, SEVERITY_ERROR, DIRECTIVE_incoming_queue_dir,
	    "there is no such directory, so no mail would ever be taken");
	return false;
}

static bool
check_format(struct diagnostics *diagnostics)
{
	const char *mta = table_word_text(mta_for(NULL));
	const char *file;

	if (spool_format_named(mta) != NULL)
		return true;
	fitness_complain(diagnostics, SEVERITY_ERROR, DIRECTIVE_mta,
	    "%s%s: this version knows the queues of exim", mta,
	    config_line_of(config_current(), DIRECTIVE_mta, &file) == 0
		? ", the default of this profile"
		: "");
	return false;
}

static bool
check_users(struct diagnostics *diagnostics)
{
	g_autoptr(GError) error = NULL;

	if (daemon_users_exist(&error))
		return true;
	diagnostics_add(diagnostics, SEVERITY_ERROR, NULL, 0, NULL, "%s", error->message);
	return false;
}

bool
fitness_check(struct diagnostics *diagnostics)
{
	bool format = check_format(diagnostics);
	bool incoming = check_incoming(diagnostics);
	bool users = check_users(diagnostics);

	return format && incoming && users;
}
