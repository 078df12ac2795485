/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values are what accessors give, by the same functions; so what a plugin is told is what the program does.
 */
#include "core/plugin/host_config.h"

#include "core/log/log.h"
#include "core/plugin/host_view.h"
#include "rules/config.h"
#include "rules/directives.h"
#include "rules/function.h"
#include "rules/language.h"
#include "rules/table.h"

const char *
host_directive(struct mailscanner_message *message, const char *name)
{
	enum directive directive;

	if (!directive_named(name, &directive))
		return NULL;
	struct explanation *explanation =
	    config_explain(config_current(), directive, host_subject(message));
	const char *value = host_keep(message, explanation->value);
	explanation_free(explanation);
	return value;
}

const char *
host_inner_value(struct mailscanner_message *message, const char *name)
{
	const char *value = host_directive(message, name);
	enum directive directive;

	if (value == NULL || !directive_named(name, &directive))
		return NULL;
	g_autofree char *inner = function_inner_value(table_row(directive), value);
	return host_keep(message, inner);
}

const char *
host_directive_name(const char *name, enum mailscanner_name form)
{
	enum directive directive;
	g_autofree char *text = NULL;

	if (!directive_named(name, &directive))
		return NULL;
	switch (form) {
	case MAILSCANNER_NAME_FILE:
		return directive_info(directive)->name;
	case MAILSCANNER_NAME_EXTERNAL:
		text = table_fold(directive_info(directive)->name);
		break;
	case MAILSCANNER_NAME_INTERNAL:
		text = table_internal_name(directive);
		break;
	}
	return text != NULL ? g_intern_string(text) : NULL;
}

const char *
host_ruleset(struct mailscanner_message *message, const char *name, const char *path)
{
	struct subject *subject = message != NULL ? host_subject(message) : NULL;
	enum directive directive;

	if (!directive_named(name, &directive))
		return NULL;
	struct diagnostics *diagnostics = diagnostics_new();
	g_autofree char *value =
	    config_ask_file(config_current(), directive, subject, path, diagnostics);
	log_diagnostics(diagnostics);
	diagnostics_free(diagnostics);
	return value != NULL ? host_keep(message, value) : NULL;
}

const char *
host_macro(const char *name)
{
	return config_macro(config_current(), name);
}

const char *
host_configuration(void)
{
	const char *path = config_path(config_current());

	return path != NULL ? path : "";
}

const char *
host_language(struct mailscanner_message *message, const char *key)
{
	return host_keep(
	    message, language_text(message != NULL ? host_subject(message) : NULL, key));
}

const char *
host_next_directive(size_t *position)
{
	if (*position >= DIRECTIVE_COUNT)
		return NULL;
	return directive_info((enum directive)(*position)++)->name;
}

const char *
host_explain(struct mailscanner_message *message, const char *name)
{
	g_autoptr(GString) text = g_string_new(NULL);
	enum directive directive;

	if (!directive_named(name, &directive))
		return NULL;
	struct explanation *explanation =
	    config_explain(config_current(), directive, host_subject(message));
	for (unsigned i = 0; i < explanation->reasons->len; i++) {
		const struct reason *reason = g_ptr_array_index(explanation->reasons, i);
		g_autofree char *one = reason_text(reason);

		/* What could not be found out comes first: the other reasons are those of the default. */
		if (reason->source == REASON_UNKNOWN)
			g_string_prepend(text, text->len > 0 ? "; " : "");
		else if (text->len > 0)
			g_string_append(text, "; ");
		g_string_insert(text, reason->source == REASON_UNKNOWN ? 0 : -1, one);
	}
	explanation_free(explanation);
	return host_keep(message, text->str);
}
