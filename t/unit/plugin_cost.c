/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a look-up costs that a function answers with a constant, in each language: from the accessor to the value.
 */
#include <stdlib.h>

#include "core/log/log.h"
#include "core/plugin/functions.h"
#include "t/unit/config_scratch.h"

#define ROUNDS 20
#define CALLS 2000
#define MOST 20.0 /* microseconds a call */

#if defined(__SANITIZE_ADDRESS__)
#define MEASURED false
#else
#define MEASURED true
#endif

static const char lua_text[] = "function Same(message) return false end\n";
static const char perl_text[] =
    "package MailScanner::CustomConfig;\nsub Same { my ($message) = @_; return 0 }\n1;\n";

/* The plugins of the build; NULL: they were not built. */
static char *
plugin_directory(void)
{
	const char *build = g_getenv("BUILD");
	char *path = g_build_filename(build != NULL ? build : "build", "plugins", NULL);

	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		return path;
	g_free(path);
	return NULL;
}

/* Microseconds a call, of the best round: others were disturbed. */
static double
measure(void)
{
	static const char *const recipients[] = { "bob@example.test", NULL };
	gint64 best = G_MAXINT64;

	for (int round = 0; round < ROUNDS; round++) {
		struct subject *subject = subject_new("alice@sender.test", recipients, "192.0.2.1");
		gint64 started = g_get_monotonic_time();

		for (int i = 0; i < CALLS; i++)
			g_assert_cmpint(scan_messages_for(subject), ==, WORD_no);
		best = MIN(best, g_get_monotonic_time() - started);
		subject_free(subject);
	}
	return (double)best / CALLS;
}

static void
check(const char *file, const char *text, const char *function, const char *plugin)
{
	g_autofree char *plugins = plugin_directory();
	g_autofree char *object = plugins != NULL ? g_build_filename(plugins, plugin, NULL) : NULL;

	if (object == NULL || !g_file_test(object, G_FILE_TEST_EXISTS)) {
		g_test_skip("the plugin was not built");
		return;
	}
	g_autofree char *name = g_strconcat("functions/", file, NULL);
	g_autofree char *path = scratch_write(name, text);
	g_autofree char *directory = scratch_path("functions");
	g_autofree char *settings =
	    g_strdup_printf("Plugin Dir = %s\nCustom Functions Dir = %s\nScan Messages = %s\n",
		plugins, directory, function);
	g_autofree char *said = NULL;
	struct diagnostics *diagnostics = diagnostics_new();

	config_free(config_use(scratch_load(settings, NULL, &said)));
	struct functions *functions = functions_start(NULL, diagnostics);
	g_assert_cmpuint(diagnostics_count(diagnostics, SEVERITY_WARNING), ==, 0);
	double cost = measure();
	g_test_message("%s: %.2f microseconds a call", plugin, cost);
	functions_end(functions);
	diagnostics_free(diagnostics);
	g_remove(path);
	if (MEASURED)
		g_assert_cmpfloat(cost, <, MOST);
}

static void
test_lua(void)
{
	check("same.lua", lua_text, "&Same", "lua.so");
}

static void
test_perl(void)
{
	check("same.pm", perl_text, "&Same", "perl.so");
}

static void
test_c(void)
{
	check("none.txt", "", "&SpamWhiteList(/dev/null)", "lists.so");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	log_set_limit(LOG_WARNING);
	log_open(LOG_SINK_STDERR, "test", "mail");
	scratch_open();
	g_test_add_func("/plugin-cost/a constant in C costs little", test_c);
	g_test_add_func("/plugin-cost/a constant in Lua costs little", test_lua);
	g_test_add_func("/plugin-cost/a constant in Perl costs little", test_perl);
	int status = g_test_run();
	config_free(config_use(NULL));
	scratch_close();
	return status;
}
