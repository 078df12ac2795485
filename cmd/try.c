/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner try FUNCTION: what one custom function does with one message, for those who write it.
 */
#include "cmd/commands.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cmd/screen.h"
#include "cmd/trial.h"
#include "rules/function.h"
#include "rules/table.h"

struct wanted {
	char *message, *directive, *from, *ip;
	char **to;
	gboolean json;
};

static void
wanted_clear(struct wanted *wanted)
{
	g_free(wanted->message);
	g_free(wanted->directive);
	g_free(wanted->from);
	g_free(wanted->ip);
	g_strfreev(wanted->to);
}

/* The use of a function of that name that the configuration has; NULL: none. */
static const struct function_use *
use_named(const char *name)
{
	g_autoptr(GPtrArray) uses = config_functions(config_current());

	for (unsigned i = 0; i < uses->len; i++) {
		const struct function_use *use = g_ptr_array_index(uses, i);

		if (strcmp(use->name, name) == 0)
			return use;
	}
	return NULL;
}

/* Where the function is to stand, and lets the configuration say so. False: said why not. */
static bool
seat(const struct cmd_global *global, struct trial *trial, const struct wanted *wanted,
    const struct function_use *given)
{
	const struct function_use *use = use_named(given->name);

	trial->directive = use != NULL ? use->directive : DIRECTIVE_always_looked_up_last;
	trial->is_seat = use == NULL && wanted->directive == NULL;
	if (wanted->directive != NULL && !directive_named(wanted->directive, &trial->directive)) {
		g_autofree char *suggestion = table_suggest(wanted->directive);

		fprintf(stderr, "mailscanner try: there is no directive \"%s\"%s%s%s\n",
		    wanted->directive, suggestion != NULL ? "; did you mean " : "",
		    suggestion != NULL ? suggestion : "", suggestion != NULL ? "?" : "");
		return false;
	}
	/* Arguments that are not given are those of the configuration. */
	const char *arguments = *given->text == '\0' && use != NULL ? use->text : given->text;
	if (use != NULL && use->directive == trial->directive && strcmp(arguments, use->text) == 0)
		return true;
	g_autofree char *value = g_strconcat("&", given->name, arguments, NULL);
	cmd_override(global, directive_info(trial->directive)->name, value);
	return true;
}

static void
print_line(const char *label, const char *text)
{
	g_autofree char *safe = text != NULL ? screen_text(text) : NULL;

	if (safe != NULL)
		printf("  %-11s %s\n", label, safe);
}

static void
print_member(json_t *result, const char *label, const char *name)
{
	print_line(label, json_string_value(json_object_get(result, name)));
}

static void
print_seconds(json_t *result)
{
	json_t *seconds = json_object_get(result, "seconds");
	json_t *call = json_object_get(seconds, "call"), *start = json_object_get(seconds, "start");
	g_autofree char *called = g_strdup_printf("%.3f ms", json_number_value(call) * 1000);
	g_autofree char *started = g_strdup_printf("%.3f ms", json_number_value(start) * 1000);

	print_line("took", call != NULL ? called : NULL);
	print_line("its start", start != NULL ? started : NULL);
}

static void
print_text(json_t *result)
{
	const char *directive = json_string_value(json_object_get(result, "directive"));
	const char *value = json_string_value(json_object_get(result, "value"));
	g_autofree char *safe = value != NULL ? screen_text(value) : NULL;
	json_t *one;
	size_t i;

	if (directive != NULL && safe != NULL)
		printf("%s = %s\n", directive, safe);
	else
		printf("%s\n", json_string_value(json_object_get(result, "function")));
	print_member(result, "message", "message");
	print_member(result, "answer", "answer");
	print_member(result, "gave", "gave");
	print_member(result, "inside", "inside");
	json_array_foreach(json_object_get(result, "why"), i, one)
	    print_line("because", json_string_value(one));
	print_member(result, "fault", "fault");
	print_seconds(result);
	json_array_foreach(json_object_get(result, "log"), i, one)
	{
		g_autofree char *text =
		    screen_text(json_string_value(json_object_get(one, "text")));
		const char *level = json_string_value(json_object_get(one, "level"));

		printf("  log %-7s %s\n", level != NULL ? level : "-", text);
	}
}

/* The function as it is named on the command line; NULL: said why not. */
static struct function_use *
function_of(const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *whole = *text != '&' ? g_strconcat("&", text, NULL) : g_strdup(text);
	bool semicolon;
	struct function_use *use = function_parse(whole, &semicolon, &error);

	if (use == NULL)
		fprintf(stderr, "mailscanner try: %s\n", error->message);
	return use;
}

static bool
load(const struct cmd_global *global, enum severity at_least)
{
	struct diagnostics *diagnostics = cmd_load(global, at_least);

	diagnostics_free(diagnostics);
	return diagnostics != NULL;
}

static int
try(const struct cmd_global *global, const struct wanted *wanted, const char *function)
{
	struct trial trial = { .message = wanted->message,
		.from = wanted->from,
		.to = (const char *const *)wanted->to,
		.ip = wanted->ip };
	int status;

	if (!load(global, SEVERITY_ERROR))
		return EX_CONFIG;
	struct function_use *given = function_of(function);
	bool seated = given != NULL && seat(global, &trial, wanted, given);
	function_use_free(given);
	if (!seated)
		return EX_USAGE;
	if (!load(global, SEVERITY_FATAL))
		return EX_CONFIG;
	json_t *result = trial_run(&trial, &status);
	if (wanted->json) {
		g_autofree char *text = screen_json_text(json_incref(result));

		fputs(text, stdout);
	} else {
		print_text(result);
	}
	json_decref(result);
	return status;
}

static int
run(const struct cmd_global *global, int argc, char **argv)
{
	struct wanted wanted = { 0 };
	const GOptionEntry entries[] = {
		{ "message", 'm', 0, G_OPTION_ARG_STRING, &wanted.message,
		    "The message: a file, or the id of one in an incoming queue (default: none)",
		    "FILE.eml|ID" },
		{ "directive", 'd', 0, G_OPTION_ARG_STRING, &wanted.directive,
		    "Whose value it gives (default: the one that the configuration names it for)",
		    "NAME" },
		{ "from", 0, 0, G_OPTION_ARG_STRING, &wanted.from,
		    "Envelope sender instead of the message's", "ADDRESS" },
		{ "to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &wanted.to,
		    "Envelope recipient instead of the message's; may be repeated", "ADDRESS" },
		{ "ip", 0, 0, G_OPTION_ARG_STRING, &wanted.ip,
		    "Address of the client instead of the message's", "IP" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &wanted.json, "Print an object", NULL },
		{ 0 },
	};
	int status;

	if (!cmd_options(&cmd_try, "FUNCTION[(ARGUMENTS)]", entries, &argc, &argv, &status))
		return status;
	status = EX_USAGE;
	if (argc != 2)
		fprintf(stderr, "mailscanner try: expected the name of one function\n");
	else if (wanted.ip != NULL && *wanted.ip != '\0' && !g_hostname_is_ip_address(wanted.ip))
		fprintf(stderr, "mailscanner try: --ip=%s is no address\n", wanted.ip);
	else
		status = try(global, &wanted, argv[1]);
	wanted_clear(&wanted);
	return status;
}

const struct cmd cmd_try = {
	.name = "try",
	.summary = "Run one custom function on one message: what it gives, how long it takes, what "
		   "it logs",
	.run = run,
};
