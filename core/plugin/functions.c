/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each directive that names a function is an instance of its own, as in MailScanner 5: with its own start, arguments and end.
 *
 * The value without a message is asked for once and kept: whoever reads such a value may hold it as long as the configuration lives.
 *
 * A directive is looked up many times for a message. A function that has run into its time limit is not asked again about the
 * same one, or a single message would hold its batch for many times that limit.
 */
#include "core/plugin/functions.h"

#include <string.h>

#include "core/log/lines.h"
#include "core/log/log.h"
#include "core/plugin/host.h"
#include "core/plugin/plugins.h"
#include "core/plugin/store.h"
#include "rules/config.h"
#include "rules/directives.h"
#include "rules/function.h"
#include "rules/table.h"

struct instance {
	const struct function_use *use; /* the configuration's */
	const struct offer *offer;	/* the plugins' */
	void *state;
	bool busy;  /* it is being called */
	bool alone; /* it was asked for the value without a message ... */
	enum function_answer alone_answer;
	char *alone_text; /* ... which is this */
	GHashTable *slow; /* of struct late_answer, by serial, until the batch ends */
};

/* What came of a call that took all its time. */
struct late_answer {
	uint64_t serial; /* of the subject; 0: without a message */
	enum function_answer answer;
	char *text;
};

struct functions {
	struct plugins *plugins;
	GPtrArray *instances;		      /* of struct instance, those that started */
	struct instance *of[DIRECTIVE_COUNT]; /* the same, by directive; NULL: none */
	char *running;
	char nowhere[FUNCTIONS_NAME_SIZE];
	bool in_batch;
};

static void
late_answer_free(void *data)
{
	struct late_answer *late = data;

	g_free(late->text);
	g_free(late);
}

static void
instance_free(void *data)
{
	struct instance *instance = data;

	g_hash_table_unref(instance->slow);
	g_free(instance->alone_text);
	g_free(instance);
}

static enum function_answer
answer_of(enum mailscanner_answer answer, const char **text)
{
	switch (answer) {
	case MAILSCANNER_VALUE:
		return *text != NULL ? FUNCTION_VALUE : FUNCTION_NO_VALUE;
	case MAILSCANNER_NO_VALUE:
		return FUNCTION_NO_VALUE;
	case MAILSCANNER_CANT_TELL:
		return FUNCTION_UNKNOWN;
	}
	/* It comes from outside, so it may be none of these. */
	*text = "its answer is none of those in mailscanner.h";
	return FUNCTION_UNKNOWN;
}

/* Writes the name where the supervisor can read it after a crash; what stood there goes to `before`. */
static void
enter(struct functions *functions, const char *name, char *before)
{
	g_strlcpy(before, functions->running, FUNCTIONS_NAME_SIZE);
	g_strlcpy(functions->running, name, FUNCTIONS_NAME_SIZE);
}

static void
leave(struct functions *functions, const char *before)
{
	g_strlcpy(functions->running, before, FUNCTIONS_NAME_SIZE);
}

static enum mailscanner_answer
ask_offer(const struct instance *instance, struct subject *subject, const char **text)
{
	const struct offer *offer = instance->offer;
	struct mailscanner_message *message = host_message(subject);

	if (offer->function != NULL)
		return offer->function->value(instance->state, message, text);
	if (offer->language != NULL)
		return offer->language->value(instance->state, message, text);
	return MAILSCANNER_NO_VALUE;
}

/* In microseconds. */
static gint64
time_limit(void)
{
	return custom_function_timeout_for(NULL) * G_TIME_SPAN_SECOND;
}

static uint64_t
serial_of(const struct subject *subject)
{
	return subject != NULL ? subject_serial(subject) : 0;
}

static enum function_answer
call(struct functions *functions, struct instance *instance, struct subject *subject,
    const char **text)
{
	char before[FUNCTIONS_NAME_SIZE];
	gint64 started = g_get_monotonic_time();

	instance->busy = true;
	enter(functions, instance->use->name, before);
	enum function_answer answer = answer_of(ask_offer(instance, subject, text), text);
	leave(functions, before);
	instance->busy = false;
	if (functions->in_batch && g_get_monotonic_time() - started >= time_limit()) {
		struct late_answer *late = g_new(struct late_answer, 1);

		late->serial = serial_of(subject);
		late->answer = answer;
		late->text = g_strdup(*text);
		g_hash_table_replace(instance->slow, &late->serial, late);
	}
	return answer;
}

static enum function_answer
call_alone(struct functions *functions, struct instance *instance, const char **text)
{
	if (!instance->alone) {
		instance->alone_answer = call(functions, instance, NULL, text);
		instance->alone = instance->alone_answer != FUNCTION_UNKNOWN;
		g_free(instance->alone_text);
		instance->alone_text = g_strdup(*text);
	}
	*text = instance->alone_text;
	return instance->alone_answer;
}

/* A function_ask. */
static enum function_answer
ask(void *data, const struct function_use *use, struct subject *subject, const char **text)
{
	struct functions *functions = data;
	struct instance *instance = functions->of[use->directive];

	/* One that looks up its own directive, by whatever detour, must not go round for ever. */
	if (instance == NULL || instance->busy)
		return FUNCTION_NO_VALUE;
	uint64_t serial = serial_of(subject);
	const struct late_answer *late = g_hash_table_lookup(instance->slow, &serial);

	if (late != NULL) {
		*text = late->text;
		return late->answer;
	}
	if (subject == NULL)
		return call_alone(functions, instance, text);
	return call(functions, instance, subject, text);
}

static const char *
start_offer(const struct offer *offer, const struct function_use *use, void **state)
{
	const char *const *arguments = (const char *const *)use->arguments;

	if (offer->language != NULL)
		return offer->language->init(offer->name, arguments, state);
	if (offer->logger != NULL)
		return offer->logger->init != NULL
			   ? offer->logger->init(&plugin_host, arguments, state)
			   : NULL;
	return offer->function->init != NULL ? offer->function->init(&plugin_host, arguments, state)
					     : NULL;
}

static void
end_offer(const struct offer *offer, void *state)
{
	if (offer->language != NULL)
		offer->language->end(state);
	else if (offer->logger != NULL && offer->logger->end != NULL)
		offer->logger->end(state);
	else if (offer->function != NULL && offer->function->end != NULL)
		offer->function->end(state);
}

/* NULL when the offer can serve the directive, else why not. */
static const char *
misfit(const struct offer *offer, enum directive directive)
{
	if (offer->logger == NULL)
		return NULL;
	if (directive == DIRECTIVE_always_looked_up_last)
		return offer->logger->message != NULL ? NULL : "it logs whole batches only";
	if (directive == DIRECTIVE_always_looked_up_last_after_batch)
		return offer->logger->batch != NULL ? NULL : "it logs single messages only";
	return "it is a logger, which has no value";
}

static const char *
start_state(struct functions *functions, const struct function_use *use, const struct offer *offer,
    void **state)
{
	char before[FUNCTIONS_NAME_SIZE];
	const char *fault = misfit(offer, use->directive);

	if (fault != NULL)
		return fault;
	lines_custom_init(use->name, use->text);
	enter(functions, use->name, before);
	fault = start_offer(offer, use, state);
	leave(functions, before);
	return fault;
}

static void
start(struct functions *functions, const struct function_use *use, struct diagnostics *diagnostics)
{
	const struct offer *offer = plugins_find(functions->plugins, use->name);
	const char *name = directive_info(use->directive)->name;
	void *state = NULL;

	if (offer == NULL) {
		g_autofree char *places = plugins_places();

		diagnostics_add(diagnostics, SEVERITY_WARNING, use->file, use->line, name,
		    "there is no function %s in %s; the default is used", use->name, places);
		return;
	}
	const char *fault = start_state(functions, use, offer, &state);
	if (fault != NULL) {
		diagnostics_add(diagnostics, SEVERITY_ERROR, use->file, use->line, name,
		    "function %s can't start: %s; the default is used", use->name, fault);
		return;
	}
	struct instance *instance = g_new0(struct instance, 1);
	instance->use = use;
	instance->offer = offer;
	instance->state = state;
	instance->slow = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, late_answer_free);
	g_ptr_array_add(functions->instances, instance);
	functions->of[use->directive] = instance;
}

struct functions *
functions_start(char *running, struct diagnostics *diagnostics)
{
	g_autoptr(GPtrArray) uses = config_functions(config_current());

	if (uses->len == 0)
		return NULL;
	struct functions *functions = g_new0(struct functions, 1);
	functions->running = running != NULL ? running : functions->nowhere;
	functions->instances = g_ptr_array_new_with_free_func(instance_free);
	functions->plugins = plugins_load(diagnostics);
	function_register(ask, functions);
	for (unsigned i = 0; i < uses->len; i++)
		start(functions, g_ptr_array_index(uses, i), diagnostics);
	return functions;
}

void
functions_begin_batch(struct functions *functions, struct batch_view *view)
{
	if (functions == NULL)
		return;
	functions->in_batch = true;
	host_set_batch(view);
}

void
functions_end_batch(struct functions *functions)
{
	if (functions == NULL)
		return;
	functions->in_batch = false;
	for (unsigned i = 0; i < functions->instances->len; i++) {
		const struct instance *instance = g_ptr_array_index(functions->instances, i);

		g_hash_table_remove_all(instance->slow);
	}
	host_set_batch(NULL);
}

bool
functions_has(const struct functions *functions, enum directive directive)
{
	return functions != NULL && functions->of[directive] != NULL;
}

void
functions_look_last(struct functions *functions, struct subject *subject)
{
	const char *text = NULL;
	char before[FUNCTIONS_NAME_SIZE];

	if (!functions_has(functions, DIRECTIVE_always_looked_up_last))
		return;
	const struct instance *instance = functions->of[DIRECTIVE_always_looked_up_last];
	enter(functions, instance->use->name, before);
	if (instance->offer->logger != NULL)
		instance->offer->logger->message(instance->state, host_message(subject));
	else
		(void)ask_offer(instance, subject, &text);
	leave(functions, before);
}

void
functions_look_after_batch(struct functions *functions, struct batch_view *view)
{
	const char *text = NULL;
	char before[FUNCTIONS_NAME_SIZE];

	if (!functions_has(functions, DIRECTIVE_always_looked_up_last_after_batch))
		return;
	const struct instance *instance =
	    functions->of[DIRECTIVE_always_looked_up_last_after_batch];
	enter(functions, instance->use->name, before);
	if (instance->offer->logger != NULL)
		instance->offer->logger->batch(instance->state, host_batch(view));
	else if (instance->offer->language != NULL)
		instance->offer->language->batch(instance->state, host_batch(view));
	else
		(void)instance->offer->function->value(instance->state, NULL, &text);
	leave(functions, before);
}

void
functions_end(struct functions *functions)
{
	char before[FUNCTIONS_NAME_SIZE];

	if (functions == NULL)
		return;
	function_register(NULL, NULL);
	for (unsigned i = 0; i < functions->instances->len; i++) {
		const struct instance *instance = g_ptr_array_index(functions->instances, i);

		lines_custom_end(instance->use->name, instance->use->text);
		enter(functions, instance->use->name, before);
		end_offer(instance->offer, instance->state);
		leave(functions, before);
	}
	g_ptr_array_unref(functions->instances);
	plugins_free(functions->plugins);
	store_close();
	g_free(functions);
}
