/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of functions are known only once an object is loaded, so all are. An object that doesn't fit is never called. Files
 * are taken in the order of their names, so that every worker finds the same.
 */
#include "core/plugin/plugins.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "core/plugin/host.h"
#include "rules/config.h"
#include "rules/function.h"

/* Has the plugin's struct this member, as old as it may be? */
#define HAS(of, member)                                                          \
	((of)->size >= offsetof(typeof(*(of)), member) + sizeof((of)->member) && \
	    (of)->member != NULL)

struct plugins {
	GPtrArray *offers;     /* of struct offer, all of them, owned */
	GHashTable *functions; /* name -> struct offer, functions and loggers; borrowed */
	GHashTable *started;   /* of const struct mailscanner_language *, those that run */
	GHashTable *broken;    /* likewise, those that could not start */
};

/* While a file or a directory is read. */
struct loading {
	struct plugins *plugins;
	struct diagnostics *diagnostics;
	const char *path;
	bool shipped;
	const struct mailscanner_language *language; /* of the file */
};

/* The plugins that came with the program: beside it, as in its build tree, or where they were installed. */
static char *
shipped_directory(void)
{
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *folder = program != NULL ? g_path_get_dirname(program) : NULL;
	g_autofree char *beside = folder != NULL ? g_build_filename(folder, "plugins", NULL) : NULL;

	if (*plugin_dir_for(NULL) != '\0')
		return g_strdup(plugin_dir_for(NULL));
	if (beside != NULL && g_file_test(beside, G_FILE_TEST_IS_DIR))
		return g_steal_pointer(&beside);
	return g_strdup(PLUGINDIR);
}

char *
plugins_places(void)
{
	g_autofree char *shipped = shipped_directory();

	return g_strdup_printf("%s and %s", shipped, custom_functions_dir_for(NULL));
}

static bool
is_name(const char *name)
{
	return *name != '\0' && !g_ascii_isdigit(*name) &&
	       name[strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_")] == '\0';
}

static void
complain(const struct loading *loading, enum severity severity, const char *text)
{
	diagnostics_add(loading->diagnostics, severity, loading->path, 0, NULL, "%s", text);
}

/* Files of a language share names of helpers that nobody meant to be called; only C says what is a function. */
static bool
matters(const struct offer *offer)
{
	g_autoptr(GPtrArray) uses = config_functions(config_current());

	for (unsigned i = 0; i < uses->len; i++) {
		const struct function_use *use = g_ptr_array_index(uses, i);

		if (strcmp(use->name, offer->name) == 0)
			return true;
	}
	return offer->language == NULL;
}

/* Two of one name: what the site has in its own directory counts more than what ships; else neither counts. */
static bool
settle_conflict(const struct loading *loading, struct offer *other, struct offer *offer)
{
	bool replaces = other->shipped && !offer->shipped;

	diagnostics_add(loading->diagnostics,
	    replaces	     ? SEVERITY_INFO
	    : matters(offer) ? SEVERITY_ERROR
			     : SEVERITY_WARNING,
	    loading->path, 0, NULL,
	    replaces ? "function %s takes the place of the one in %s"
		     : "function %s is in %s as well; neither is used",
	    offer->name, other->path);
	other->refused = true;
	offer->refused = !replaces;
	return replaces;
}

/* Takes the offer. */
static void
add_offer(const struct loading *loading, struct offer *offer, const char *name)
{
	struct plugins *plugins = loading->plugins;
	struct offer *other = g_hash_table_lookup(plugins->functions, name);

	offer->name = g_strdup(name);
	offer->path = g_strdup(loading->path);
	offer->shipped = loading->shipped;
	g_ptr_array_add(plugins->offers, offer);
	if (!offer->is_language && (other == NULL || settle_conflict(loading, other, offer)))
		g_hash_table_replace(plugins->functions, offer->name, offer);
}

static void
take_function(const struct loading *loading, const struct mailscanner_function *function)
{
	if (function->size < sizeof *function || function->name == NULL ||
	    !is_name(function->name) || function->value == NULL) {
		complain(loading, SEVERITY_ERROR,
		    "it has a function whose description is not whole, which is not used");
		return;
	}
	struct offer *offer = g_new0(struct offer, 1);
	offer->function = function;
	add_offer(loading, offer, function->name);
}

static void
take_logger(const struct loading *loading, const struct mailscanner_logger *logger)
{
	if (logger->size < sizeof *logger || logger->name == NULL || !is_name(logger->name) ||
	    (logger->message == NULL && logger->batch == NULL)) {
		complain(loading, SEVERITY_ERROR,
		    "it has a logger whose description is not whole, which is not used");
		return;
	}
	struct offer *offer = g_new0(struct offer, 1);
	offer->logger = logger;
	add_offer(loading, offer, logger->name);
}

static void
take_language(const struct loading *loading, const struct mailscanner_language *language)
{
	if (language->size < sizeof *language || language->name == NULL ||
	    language->endings == NULL || language->load == NULL || language->init == NULL ||
	    language->value == NULL || language->batch == NULL || language->end == NULL) {
		complain(loading, SEVERITY_ERROR,
		    "it has a language whose description is not whole, which is not used");
		return;
	}
	struct offer *offer = g_new0(struct offer, 1);
	offer->language = language;
	offer->is_language = true;
	add_offer(loading, offer, language->name);
}

static void
take_all(const struct loading *loading, const struct mailscanner_plugin *plugin)
{
	bool functions = HAS(plugin, functions), loggers = HAS(plugin, loggers);
	bool languages = HAS(plugin, languages);

	for (size_t i = 0; functions && plugin->functions[i] != NULL; i++)
		take_function(loading, plugin->functions[i]);
	for (size_t i = 0; loggers && plugin->loggers[i] != NULL; i++)
		take_logger(loading, plugin->loggers[i]);
	for (size_t i = 0; languages && plugin->languages[i] != NULL; i++)
		take_language(loading, plugin->languages[i]);
	if (!functions && !loggers && !languages)
		complain(loading, SEVERITY_ERROR, "its mailscanner_plugin is not whole");
}

static void
load(const struct loading *loading)
{
	void *object = dlopen(loading->path, RTLD_NOW | RTLD_LOCAL);

	if (object == NULL) {
		diagnostics_add(loading->diagnostics, SEVERITY_ERROR, loading->path, 0, NULL,
		    "can't be loaded: %s", dlerror());
		return;
	}
	const struct mailscanner_plugin *plugin = dlsym(object, "mailscanner_plugin");
	if (plugin == NULL)
		complain(
		    loading, SEVERITY_ERROR, "it is no plugin: it exports no mailscanner_plugin");
	else if (plugin->abi != MAILSCANNER_ABI)
		diagnostics_add(loading->diagnostics, SEVERITY_ERROR, loading->path, 0, NULL,
		    "it was built for ABI %u of plugins, this program has %u", plugin->abi,
		    MAILSCANNER_ABI);
	else
		take_all(loading, plugin);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of the files there, sorted; empty when it can't be read. */
static GPtrArray *
names_in(const char *directory, struct diagnostics *diagnostics)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	g_autoptr(GDir) dir = g_dir_open(directory, 0, &error);

	/* One that isn't there is missed by whoever names a function. */
	if (dir == NULL && !g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		diagnostics_add(diagnostics, SEVERITY_WARNING, NULL, 0, NULL, "%s", error->message);
	for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
	     name = g_dir_read_name(dir)) {
		if (*name != '.')
			g_ptr_array_add(names, g_strdup(name));
	}
	g_ptr_array_sort(names, by_name);
	return names;
}

static const struct mailscanner_language *
language_of(const struct plugins *plugins, const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);

	for (unsigned i = 0; i < plugins->offers->len; i++) {
		const struct offer *offer = g_ptr_array_index(plugins->offers, i);

		for (size_t n = 0; offer->is_language && offer->language->endings[n] != NULL; n++) {
			if (g_str_has_suffix(lower, offer->language->endings[n]))
				return offer->language;
		}
	}
	return NULL;
}

/* Endings that belong to a language for which the plugin may be missing. */
static bool
is_program_text(const char *name)
{
	static const char *const endings[] = { ".pm", ".pl", ".lua" };
	g_autofree char *lower = g_ascii_strdown(name, -1);

	for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
		if (g_str_has_suffix(lower, endings[i]))
			return true;
	}
	return false;
}

/* As `found` of mailscanner_language.load. */
static void
found_function(void *data, const char *name)
{
	const struct loading *loading = data;

	if (!is_name(name))
		return;
	struct offer *offer = g_new0(struct offer, 1);
	offer->language = loading->language;
	add_offer(loading, offer, name);
}

static bool
start_language(const struct loading *loading)
{
	const struct mailscanner_language *language = loading->language;
	struct plugins *plugins = loading->plugins;

	if (g_hash_table_contains(plugins->started, language))
		return true;
	if (g_hash_table_contains(plugins->broken, language))
		return false;
	const char *fault = language->start != NULL ? language->start(&plugin_host) : NULL;
	g_hash_table_add(fault == NULL ? plugins->started : plugins->broken, (void *)language);
	if (fault != NULL)
		diagnostics_add(loading->diagnostics, SEVERITY_ERROR, loading->path, 0, NULL,
		    "%s can't start: %s", language->name, fault);
	return fault == NULL;
}

static void
load_text(const struct loading *loading)
{
	GStatBuf status;

	/* As MailScanner 5 does: what is empty or no file is passed over. */
	if (g_stat(loading->path, &status) == 0 &&
	    (!S_ISREG(status.st_mode) || status.st_size == 0))
		return;
	if (loading->language == NULL) {
		complain(loading, SEVERITY_ERROR, "there is no plugin for its language");
		return;
	}
	if (!start_language(loading))
		return;
	const char *fault = loading->language->load(loading->path, found_function, (void *)loading);
	if (fault != NULL)
		complain(loading, SEVERITY_ERROR, fault);
}

/* The shared objects among the files, or the texts. */
static void
load_files(struct plugins *plugins, const char *directory, const GPtrArray *names, bool texts,
    bool shipped, struct diagnostics *diagnostics)
{
	for (unsigned i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		g_autofree char *path = g_build_filename(directory, name, NULL);
		struct loading loading = { plugins, diagnostics, path, shipped,
			texts ? language_of(plugins, name) : NULL };

		if (!texts && g_str_has_suffix(name, ".so"))
			load(&loading);
		else if (texts && (loading.language != NULL || is_program_text(name)))
			load_text(&loading);
	}
}

static void
load_directory(
    struct plugins *plugins, const char *directory, bool shipped, struct diagnostics *diagnostics)
{
	g_autoptr(GPtrArray) names = names_in(directory, diagnostics);

	/* Shared objects first, for they may bring the languages of the texts. */
	load_files(plugins, directory, names, false, shipped, diagnostics);
	load_files(plugins, directory, names, true, shipped, diagnostics);
}

struct plugins *
plugins_load(struct diagnostics *diagnostics)
{
	struct plugins *plugins = g_new0(struct plugins, 1);
	g_autofree char *shipped = shipped_directory();

	plugins->offers = g_ptr_array_new_with_free_func(offer_free);
	plugins->functions = g_hash_table_new(g_str_hash, g_str_equal);
	plugins->started = g_hash_table_new(NULL, NULL);
	plugins->broken = g_hash_table_new(NULL, NULL);
	load_directory(plugins, shipped, true, diagnostics);
	if (strcmp(custom_functions_dir_for(NULL), shipped) != 0)
		load_directory(plugins, custom_functions_dir_for(NULL), false, diagnostics);
	return plugins;
}

void
plugins_free(struct plugins *plugins)
{
	GHashTableIter iter;
	void *key;

	if (plugins == NULL)
		return;
	g_hash_table_iter_init(&iter, plugins->started);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		const struct mailscanner_language *language = key;

		if (language->stop != NULL)
			language->stop();
	}
	g_hash_table_unref(plugins->started);
	g_hash_table_unref(plugins->broken);
	g_hash_table_unref(plugins->functions);
	g_ptr_array_unref(plugins->offers);
	g_free(plugins);
}

const struct offer *
plugins_find(const struct plugins *plugins, const char *name)
{
	const struct offer *offer = g_hash_table_lookup(plugins->functions, name);

	return offer != NULL && !offer->refused ? offer : NULL;
}

const GPtrArray *
plugins_offers(const struct plugins *plugins)
{
	return plugins->offers;
}
