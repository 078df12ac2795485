/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of functions are known only once an object is loaded, so all are. An object that doesn't fit is never called. Files
 * are taken in the order of their names, so that every worker finds the same.
 */
#include "core/plugin/plugins.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "rules/directives.h"

struct offer {
	const struct mailscanner_function *function; /* NULL: of several files, so of none */
	char *path;
};

struct plugins {
	GHashTable *offers; /* name -> struct offer */
};

static void
offer_free(void *data)
{
	struct offer *offer = data;

	g_free(offer->path);
	g_free(offer);
}

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
take_function(struct plugins *plugins, const struct mailscanner_function *function,
    const char *path, struct diagnostics *diagnostics)
{
	if (function->size < sizeof *function || function->name == NULL ||
	    !is_name(function->name) || function->value == NULL) {
		diagnostics_add(diagnostics, SEVERITY_ERROR, path, 0, NULL,
		    "it has a function whose description is not whole, which is not used");
		return;
	}
	struct offer *other = g_hash_table_lookup(plugins->offers, function->name);
	if (other != NULL) {
		diagnostics_add(diagnostics, SEVERITY_ERROR, path, 0, NULL,
		    "function %s is in %s as well; neither is used", function->name, other->path);
		other->function = NULL;
		return;
	}
	struct offer *offer = g_new0(struct offer, 1);
	offer->function = function;
	offer->path = g_strdup(path);
	g_hash_table_insert(plugins->offers, g_strdup(function->name), offer);
}

static void
load(struct plugins *plugins, const char *path, struct diagnostics *diagnostics)
{
	void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (object == NULL) {
		diagnostics_add(
		    diagnostics, SEVERITY_ERROR, path, 0, NULL, "can't be loaded: %s", dlerror());
		return;
	}
	const struct mailscanner_plugin *plugin = dlsym(object, "mailscanner_plugin");
	if (plugin == NULL)
		diagnostics_add(diagnostics, SEVERITY_ERROR, path, 0, NULL,
		    "it is no plugin: it exports no mailscanner_plugin");
	else if (plugin->abi != MAILSCANNER_ABI)
		diagnostics_add(diagnostics, SEVERITY_ERROR, path, 0, NULL,
		    "it was built for ABI %u of plugins, this program has %u", plugin->abi,
		    MAILSCANNER_ABI);
	else if (plugin->size < sizeof *plugin || plugin->functions == NULL)
		diagnostics_add(diagnostics, SEVERITY_ERROR, path, 0, NULL,
		    "its mailscanner_plugin is not whole");
	else
		for (size_t i = 0; plugin->functions[i] != NULL; i++)
			take_function(plugins, plugin->functions[i], path, diagnostics);
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

static bool
is_of_other_language(const char *name)
{
	static const char *const endings[] = { ".pm", ".pl", ".lua" };
	g_autofree char *lower = g_ascii_strdown(name, -1);

	for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
		if (g_str_has_suffix(lower, endings[i]))
			return true;
	}
	return false;
}

static void
load_directory(struct plugins *plugins, const char *directory, struct diagnostics *diagnostics)
{
	g_autoptr(GPtrArray) names = names_in(directory, diagnostics);
	g_autoptr(GString) idle = g_string_new(NULL);

	for (unsigned i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		g_autofree char *path = g_build_filename(directory, name, NULL);

		if (g_str_has_suffix(name, ".so"))
			load(plugins, path, diagnostics);
		else if (is_of_other_language(name))
			g_string_append_printf(idle, "%s%s", idle->len > 0 ? ", " : "", name);
	}
	if (idle->len > 0)
		diagnostics_add(diagnostics, SEVERITY_INFO, directory, 0, NULL,
		    "%s: accepted, without effect in this version", idle->str);
}

struct plugins *
plugins_load(struct diagnostics *diagnostics)
{
	struct plugins *plugins = g_new0(struct plugins, 1);
	g_autofree char *shipped = shipped_directory();

	plugins->offers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, offer_free);
	load_directory(plugins, shipped, diagnostics);
	if (strcmp(custom_functions_dir_for(NULL), shipped) != 0)
		load_directory(plugins, custom_functions_dir_for(NULL), diagnostics);
	return plugins;
}

void
plugins_free(struct plugins *plugins)
{
	if (plugins == NULL)
		return;
	g_hash_table_unref(plugins->offers);
	g_free(plugins);
}

const struct mailscanner_function *
plugins_function(const struct plugins *plugins, const char *name)
{
	const struct offer *offer = g_hash_table_lookup(plugins->offers, name);

	return offer != NULL ? offer->function : NULL;
}
