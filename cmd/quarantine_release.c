/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A message may be kept in several places (as infected and as spam): whoever asks for it by its id wants it once. The MTA is told as
 * of any other message; that is a hint, and nothing waits for it.
 */
#include "cmd/quarantine.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cmd/screen.h"
#include "core/act/release.h"
#include "core/act/release_note.h"
#include "rules/directives.h"
#include "rules/table.h"

static bool
is_noted(const struct kept *kept)
{
	g_autoptr(GPtrArray) notes = release_notes(kept, NULL);

	return notes->len > 0;
}

/* Of the entries of one message the one that was given back before, or the first that is whole. */
static const struct kept *
choose(const GPtrArray *found, unsigned from)
{
	const struct kept *chosen = g_ptr_array_index(found, from);
	const char *id = chosen->id;
	bool noted = is_noted(chosen);

	for (unsigned i = from + 1; i < found->len && !noted; i++) {
		const struct kept *other = g_ptr_array_index(found, i);

		if (strcmp(other->id, id) != 0)
			continue;
		noted = is_noted(other);
		if (noted || (other->whole && !chosen->whole))
			chosen = other;
	}
	return chosen;
}

static bool
is_repeated(const GPtrArray *found, unsigned n)
{
	const struct kept *kept = g_ptr_array_index(found, n);

	for (unsigned i = 0; i < n; i++) {
		const struct kept *earlier = g_ptr_array_index(found, i);

		if (strcmp(earlier->id, kept->id) == 0)
			return true;
	}
	return false;
}

static void
report(json_t *list, const struct kept *kept, const char *new_id, const GError *error)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", screen_json(kept->id));
	json_object_set_new(object, "released", json_boolean(error == NULL));
	json_object_set_new(object, "new_id", error == NULL ? screen_json(new_id) : json_null());
	json_object_set_new(
	    object, "error", error != NULL ? screen_json(error->message) : json_null());
	json_array_append_new(list, object);
}

/* Tells the MTA, as `Delivery Method` says. */
static void
kick(const GPtrArray *ids)
{
	const char *command = sendmail2_for(NULL);
	g_auto(GStrv) words = NULL;
	g_autoptr(GStrvBuilder) all = g_strv_builder_new();
	g_autoptr(GError) error = NULL;

	if (ids->len == 0 || delivery_method_for(NULL) != WORD_batch || *command == '\0')
		return;
	if (g_shell_parse_argv(command, NULL, &words, &error)) {
		g_strv_builder_addv(all, (const char **)words);
		g_strv_builder_add(all, "-Mc");
		for (unsigned i = 0; i < ids->len; i++)
			g_strv_builder_add(all, g_ptr_array_index(ids, i));
		g_auto(GStrv) arguments = g_strv_builder_end(all);

		if (g_spawn_async(NULL, arguments, NULL,
			G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
			    G_SPAWN_STDERR_TO_DEV_NULL,
			NULL, NULL, NULL, &error))
			return;
	}
	fprintf(stderr, "mailscanner quarantine: Sendmail2: %s: the queue runner will deliver\n",
	    error->message);
}

static bool
check_recipients(char **recipients)
{
	for (; recipients != NULL && *recipients != NULL; recipients++) {
		const char *at = strrchr(*recipients, '@');

		if (at == NULL || at == *recipients || at[1] == '\0') {
			fprintf(stderr, "mailscanner quarantine: %s: no address\n", *recipients);
			return false;
		}
	}
	return true;
}

static int
release_all(struct release *release, const struct spool_format *format, const GPtrArray *found,
    const struct quarantine_wanted *wanted, GPtrArray *ids, json_t *list)
{
	const struct release_terms terms = {
		.format = format,
		.recipients = (const char *const *)wanted->recipients,
		.by = wanted->by != NULL ? wanted->by : g_get_user_name(),
		.again = wanted->again,
	};
	int status = EX_OK;

	for (unsigned i = 0; i < found->len; i++) {
		const struct kept *kept = choose(found, i);
		char id[SPOOL_ID_MAX];
		g_autoptr(GError) error = NULL;

		if (is_repeated(found, i))
			continue;
		if (release_message(release, kept, &terms, id, &error)) {
			g_ptr_array_add(ids, g_strdup(id));
			if (!wanted->json)
				printf("%s: released as %s\n", kept->id, id);
		} else {
			int its = quarantine_complain(error);

			status = status == EX_OK ? its : status;
		}
		report(list, kept, id, error);
	}
	return status;
}

int
quarantine_release(const GPtrArray *found, const struct quarantine_wanted *wanted)
{
	const char *mta = table_word_text(mta_for(NULL));
	const struct spool_format *format = spool_format_named(mta);
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;

	if (!check_recipients(wanted->recipients))
		return EX_USAGE;
	if (format == NULL || format->submit == NULL) {
		fprintf(stderr, "mailscanner quarantine: MTA = %s: nothing can be released there\n",
		    mta);
		return EX_CONFIG;
	}
	struct release *release = release_open(state_dir_for(NULL), &error);
	if (release == NULL)
		return quarantine_complain(error);
	json_t *list = json_array();
	int status = release_all(release, format, found, wanted, ids, list);

	release_close(release);
	if (wanted->json) {
		json_dumpf(list, stdout, JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII | JSON_INDENT(2));
		putchar('\n');
	}
	json_decref(list);
	kick(ids);
	return status;
}
