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
	uint64_t serial; /* of the subject */
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

/* Whether a call that began then has run into the limit; where there is none, no call has. */
static bool
took_all_its_time(gint64 started)
{
	gint64 limit = custom_function_timeout_for(NULL) * G_TIME_SPAN_SECOND;

	return limit > 0 && g_get_monotonic_time() - started >= limit;
}

static enum function_answer
call(struct functions *functions, struct instance *instance, struct subject *subject,
    const char **text)
{
	char before[FUNCTIONS_NAME_SIZE];
	gint64 started = g_get_monotonic_time();

	instance->busy = true;
	enter(functions, instance->use->name, before);
	enum function_answer answer = offer_ask(instance->offer, instance->state, subject, text);
	leave(functions, before);
	instance->busy = false;
	if (subject != NULL && functions->in_batch && took_all_its_time(started)) {
		struct late_answer *late = g_new(struct late_answer, 1);

		late->serial = subject_serial(subject);
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

enum function_answer
functions_ask(struct functions *functions, const struct function_use *use, struct subject *subject,
    const char **text)
{
	struct instance *instance = functions->of[use->directive];

	/* One that looks up its own directive, by whatever detour, must not go round for ever. */
	if (instance == NULL || instance->busy)
		return FUNCTION_NO_VALUE;
	if (subject == NULL)
		return call_alone(functions, instance, text);
	uint64_t serial = subject_serial(subject);
	const struct late_answer *late = g_hash_table_lookup(instance->slow, &serial);

	if (late != NULL) {
		*text = late->text;
		return late->answer;
	}
	return call(functions, instance, subject, text);
}

/* A function_ask. */
static enum function_answer
ask(void *data, const struct function_use *use, struct subject *subject, const char **text)
{
	return functions_ask(data, use, subject, text);
}

static const char *
start_state(struct functions *functions, const struct function_use *use, const struct offer *offer,
    void **state)
{
	char before[FUNCTIONS_NAME_SIZE];
	const char *fault = offer_misfit(offer, use->directive);

	if (fault != NULL)
		return fault;
	lines_custom_init(use->name, use->text);
	enter(functions, use->name, before);
	fault = offer_start(offer, use, state);
	leave(functions, before);
	return fault;
}

/* NULL, or why it can't start. */
static const char *
start(struct functions *functions, const struct function_use *use, struct diagnostics *diagnostics)
{
	const struct offer *offer = plugins_find(functions->plugins, use->name);
	const char *name = directive_info(use->directive)->name;
	void *state = NULL;

	if (offer == NULL) {
		g_autofree char *places = plugins_places();

		diagnostics_add(diagnostics, SEVERITY_WARNING, use->file, use->line, name,
		    "there is no function %s in %s; the default is used", use->name, places);
		return NULL;
	}
	const char *fault = start_state(functions, use, offer, &state);
	if (fault != NULL) {
		diagnostics_add(diagnostics, SEVERITY_ERROR, use->file, use->line, name,
		    "function %s can't start: %s; the default is used", use->name, fault);
		return fault;
	}
	struct instance *instance = g_new0(struct instance, 1);
	instance->use = use;
	instance->offer = offer;
	instance->state = state;
	instance->slow = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, late_answer_free);
	g_ptr_array_add(functions->instances, instance);
	functions->of[use->directive] = instance;
	return NULL;
}

/* None is started yet. */
static struct functions *
functions_new(char *running, struct diagnostics *diagnostics)
{
	struct functions *functions = g_new0(struct functions, 1);

	functions->running = running != NULL ? running : functions->nowhere;
	functions->instances = g_ptr_array_new_with_free_func(instance_free);
	functions->plugins = plugins_load(diagnostics);
	function_register(ask, functions);
	return functions;
}

struct functions *
functions_start(char *running, struct diagnostics *diagnostics)
{
	g_autoptr(GPtrArray) uses = config_functions(config_current());

	if (uses->len == 0)
		return NULL;
	struct functions *functions = functions_new(running, diagnostics);
	for (unsigned i = 0; i < uses->len; i++)
		(void)start(functions, g_ptr_array_index(uses, i), diagnostics);
	return functions;
}

struct functions *
functions_start_one(
    const struct function_use *use, struct diagnostics *diagnostics, const char **fault)
{
	struct functions *functions = functions_new(NULL, diagnostics);
	const char *why = start(functions, use, diagnostics);

	*fault = NULL;
	if (functions->instances->len > 0)
		return functions;
	/* The plugin's own text may go with it. */
	*fault = why != NULL ? g_intern_string(why) : NULL;
	functions_end(functions);
	return NULL;
}

bool
functions_is_logger(const struct functions *functions, enum directive directive)
{
	return functions_has(functions, directive) &&
	       functions->of[directive]->offer->logger != NULL;
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
	char before[FUNCTIONS_NAME_SIZE];

	if (!functions_has(functions, DIRECTIVE_always_looked_up_last))
		return;
	const struct instance *instance = functions->of[DIRECTIVE_always_looked_up_last];
	enter(functions, instance->use->name, before);
	offer_look_last(instance->offer, instance->state, subject);
	leave(functions, before);
}

void
functions_look_after_batch(struct functions *functions, struct batch_view *view)
{
	char before[FUNCTIONS_NAME_SIZE];

	if (!functions_has(functions, DIRECTIVE_always_looked_up_last_after_batch))
		return;
	const struct instance *instance =
	    functions->of[DIRECTIVE_always_looked_up_last_after_batch];
	enter(functions, instance->use->name, before);
	offer_look_after_batch(instance->offer, instance->state, view);
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
		offer_end(instance->offer, instance->state);
		leave(functions, before);
	}
	g_ptr_array_unref(functions->instances);
	plugins_free(functions->plugins);
	store_close();
	g_free(functions);
}
