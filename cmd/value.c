/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner value: which value a directive has for a message, and who says so.
 */
#include "cmd/commands.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>

#include "core/log/log.h"
#include "core/plugin/functions.h"
#include "rules/table.h"

static struct {
	char *from;
	char **to;
	char *ip;
	char **virus;
	gboolean all;
	gboolean json;
} options;

static const GOptionEntry entries[] = {
	{ "from", 0, 0, G_OPTION_ARG_STRING, &options.from, "Envelope sender", "ADDRESS" },
	{ "to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.to, "Envelope recipient; may be repeated",
	    "ADDRESS" },
	{ "ip", 0, 0, G_OPTION_ARG_STRING, &options.ip, "Address of the SMTP client", "ADDRESS" },
	{ "virus", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.virus,
	    "Text of a report, for Virus: rules; may be repeated", "TEXT" },
	{ "all", 0, 0, G_OPTION_ARG_NONE, &options.all,
	    "Every directive whose value differs from its default", NULL },
	{ "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
	{ 0 },
};

static struct subject *
subject_of_options(void)
{
	if (options.from == NULL && options.to == NULL && options.ip == NULL &&
	    options.virus == NULL)
		return NULL;
	struct subject *subject = subject_new(options.from != NULL ? options.from : "",
	    (const char *const *)options.to, options.ip != NULL ? options.ip : "");

	for (char **text = options.virus; text != NULL && *text != NULL; text++)
		subject_add_report(subject, *text);
	return subject;
}

static void
print_reason(const struct reason *reason)
{
	g_autofree char *text = reason_text(reason);
	g_autofree char *safe = log_escape(text);

	printf("  %s\n", safe);
}

static void
print_text(const struct directive_info *info, const struct explanation *explanation)
{
	g_autofree char *value = log_escape(explanation->value);

	printf("%s = %s%s\n", info->name, value,
	    explanation->by_rules ? " (rules decide for each message)" : "");
	if (explanation->joined != NULL) {
		g_autofree char *joined = log_escape(explanation->joined);

		printf("  from the values: %s\n", joined);
	}
	for (unsigned i = 0; i < explanation->reasons->len; i++)
		print_reason(g_ptr_array_index(explanation->reasons, i));
	if (!explanation->certain)
		printf("  a message would stay queued until this can be found out\n");
}

static json_t *
json_text(const char *text)
{
	g_autofree char *valid = text != NULL ? g_utf8_make_valid(text, -1) : NULL;

	return valid != NULL ? json_string(valid) : json_null();
}

static json_t *
json_of(const struct directive_info *info, const struct explanation *explanation)
{
	json_t *reasons = json_array();

	for (unsigned i = 0; i < explanation->reasons->len; i++) {
		const struct reason *reason = g_ptr_array_index(explanation->reasons, i);

		json_array_append_new(reasons,
		    json_pack("{s:s, s:o, s:i, s:o}", "source", reason_source_name(reason->source),
			"file", json_text(reason->file), "line", (int)reason->line, "text",
			json_text(reason->text)));
	}
	return json_pack("{s:s, s:o, s:o, s:b, s:b, s:b, s:o}", "directive", info->name, "value",
	    json_text(explanation->value), "joined", json_text(explanation->joined), "certain",
	    explanation->certain, "by_rules", explanation->by_rules, "default",
	    explanation->is_default, "reasons", reasons);
}

static void
print_json(json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	printf("\n");
	json_decref(value);
}

static int
print_one(const char *name, struct subject *subject)
{
	enum directive directive;

	if (!directive_named(name, &directive)) {
		g_autofree char *suggestion = table_suggest(name);

		fprintf(stderr, "mailscanner value: there is no directive \"%s\"%s%s%s\n", name,
		    suggestion != NULL ? "; did you mean " : "",
		    suggestion != NULL ? suggestion : "", suggestion != NULL ? "?" : "");
		return EX_USAGE;
	}
	struct explanation *explanation = config_explain(config_current(), directive, subject);
	int status = explanation->certain ? EX_OK : EX_TEMPFAIL;

	if (options.json)
		print_json(json_of(directive_info(directive), explanation));
	else
		print_text(directive_info(directive), explanation);
	explanation_free(explanation);
	return status;
}

static int
print_all(struct subject *subject)
{
	json_t *all = json_array();

	for (int i = 0; i < DIRECTIVE_COUNT; i++) {
		struct explanation *explanation =
		    config_explain(config_current(), (enum directive)i, subject);

		if (!explanation->is_default && options.json)
			json_array_append_new(
			    all, json_of(directive_info((enum directive)i), explanation));
		else if (!explanation->is_default)
			print_text(directive_info((enum directive)i), explanation);
		explanation_free(explanation);
	}
	if (options.json)
		print_json(all);
	else
		json_decref(all);
	return EX_OK;
}

static int
run(const struct cmd_global *global, int argc, char **argv)
{
	int status;

	if (!cmd_options(&cmd_value, "DIRECTIVE", entries, &argc, &argv, &status))
		return status;
	if ((argc != 2 && !options.all) || (argc != 1 && options.all)) {
		fprintf(stderr, "mailscanner value: give one directive, or --all\n");
		return EX_USAGE;
	}
	if (options.ip != NULL && !g_hostname_is_ip_address(options.ip)) {
		fprintf(stderr, "mailscanner value: --ip=%s is no address\n", options.ip);
		return EX_USAGE;
	}
	struct diagnostics *diagnostics = cmd_load(global, SEVERITY_ERROR);
	if (diagnostics == NULL)
		return EX_CONFIG;
	diagnostics_free(diagnostics);
	struct functions *functions = cmd_start_functions();
	struct subject *subject = subject_of_options();
	status = options.all ? print_all(subject) : print_one(argv[1], subject);
	subject_free(subject);
	functions_end(functions);
	return status;
}

const struct cmd cmd_value = {
	.name = "value",
	.summary = "Show the value of a directive, for a message or in general, and who says so",
	.run = run,
};
