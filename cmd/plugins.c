/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner plugins: what the plugins and the files of functions bring, and which directives use it. No function is started.
 */
#include "cmd/commands.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>

#include "core/log/log.h"
#include "core/plugin/plugins.h"
#include "rules/function.h"

/* Names of the directives that name it: of const char *, borrowed; the array is the caller's. */
static GPtrArray *
users_of(const struct offer *offer)
{
	g_autoptr(GPtrArray) uses = config_functions(config_current());
	GPtrArray *names = g_ptr_array_new();

	for (unsigned i = 0; i < uses->len; i++) {
		const struct function_use *use = g_ptr_array_index(uses, i);

		if (!offer->is_language && !offer->refused && strcmp(use->name, offer->name) == 0)
			g_ptr_array_add(names, (char *)directive_info(use->directive)->name);
	}
	return names;
}

static json_t *
json_text(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	return json_string(valid);
}

static json_t *
json_of(const struct offer *offer)
{
	g_autoptr(GPtrArray) users = users_of(offer);
	json_t *used_by = json_array();

	for (unsigned i = 0; i < users->len; i++)
		json_array_append_new(used_by, json_text(g_ptr_array_index(users, i)));
	return json_pack("{s:o, s:s, s:i, s:o, s:o, s:o, s:b}", "name", json_text(offer->name),
	    "kind", offer_kind(offer), "abi", MAILSCANNER_ABI, "file", json_text(offer->path),
	    "language",
	    offer->language != NULL && !offer->is_language ? json_text(offer->language->name)
							   : json_null(),
	    "used_by", used_by, "refused", offer->refused);
}

static void
print_row(const struct offer *offer)
{
	g_autoptr(GPtrArray) users = users_of(offer);
	g_autofree char *path = log_escape(offer->path);

	g_ptr_array_add(users, NULL);
	g_autofree char *used_by = g_strjoinv(", ", (char **)users->pdata);
	printf("%-22s %-9s %3d  %s%s%s\n", offer->name, offer_kind(offer), MAILSCANNER_ABI, path,
	    offer->refused     ? "  (not used: another has its name)"
	    : *used_by != '\0' ? "  used by: "
			       : "",
	    offer->refused ? "" : used_by);
}

static void
print_all(const struct plugins *plugins, gboolean as_json)
{
	const GPtrArray *offers = plugins_offers(plugins);
	json_t *all = json_array();

	if (!as_json)
		printf("%-22s %-9s %s  %s\n", "NAME", "KIND", "ABI", "FILE");
	for (unsigned i = 0; i < offers->len; i++) {
		const struct offer *offer = g_ptr_array_index(offers, i);

		if (as_json)
			json_array_append_new(all, json_of(offer));
		else
			print_row(offer);
	}
	if (as_json) {
		json_dumpf(all, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
		printf("\n");
	}
	json_decref(all);
}

static int
run(const struct cmd_global *global, int argc, char **argv)
{
	gboolean as_json = FALSE;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
		{ 0 },
	};
	int status;

	if (!cmd_options(&cmd_plugins, NULL, entries, &argc, &argv, &status))
		return status;
	struct diagnostics *diagnostics = cmd_load(global, SEVERITY_ERROR);
	if (diagnostics == NULL)
		return EX_CONFIG;
	diagnostics_free(diagnostics);
	log_set_limit(LOG_WARNING);
	diagnostics = diagnostics_new();
	struct plugins *plugins = plugins_load(diagnostics);
	print_all(plugins, as_json);
	fflush(stdout);
	log_diagnostics(diagnostics);
	unsigned errors = diagnostics_count(diagnostics, SEVERITY_ERROR);
	diagnostics_free(diagnostics);
	plugins_free(plugins);
	return errors == 0 ? EX_OK : EX_CONFIG;
}

const struct cmd cmd_plugins = {
	.name = "plugins",
	.summary = "List functions, loggers and languages: kind, ABI, file, what uses them",
	.run = run,
};
