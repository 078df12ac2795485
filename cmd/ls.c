/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner ls: the incoming queues as a table, oldest first.
 */
#include "cmd/commands.h"

#include <stdio.h>
#include <sysexits.h>

#include "cmd/message_view.h"
#include "cmd/screen.h"
#include "core/engine/survey.h"

static const char *const titles[] = { "ID", ">AGE", ">SIZE", "FROM", "TO", "STATE", NULL };

static enum screen_colour
state_colour(enum survey_state state)
{
	switch (state) {
	case SURVEY_WAITING:
		return SCREEN_PLAIN;
	case SURVEY_LOCKED:
	case SURVEY_LATER:
		return SCREEN_YELLOW;
	case SURVEY_FROZEN:
	case SURVEY_HELD:
		return SCREEN_BLUE;
	case SURVEY_BAD:
	case SURVEY_UNREADABLE:
	case SURVEY_GIVEN_UP:
		return SCREEN_RED;
	}
	g_return_val_if_reached(SCREEN_PLAIN);
}

static char *
recipients_cell(const struct surveyed *message)
{
	const GPtrArray *all = message->recipients;

	if (all->len == 0)
		return g_strdup("-");
	g_autofree char *first = screen_text(g_ptr_array_index(all, 0));
	return all->len == 1 ? g_steal_pointer(&first)
			     : g_strdup_printf("%s +%u", first, all->len - 1);
}

static char *
sender_cell(const struct surveyed *message)
{
	if (!message->read)
		return g_strdup("-");
	return *message->sender == '\0' ? g_strdup("<>") : screen_text(message->sender);
}

static void
add_row(struct screen_table *table, const struct surveyed *message)
{
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	char **cells = g_new0(char *, G_N_ELEMENTS(titles));

	cells[0] = screen_text(message->id);
	cells[1] = message->received == 0 ? g_strdup("-") : screen_age(now - message->received);
	cells[2] = message->size == 0 ? g_strdup("-") : screen_size(message->size);
	cells[3] = sender_cell(message);
	cells[4] = recipients_cell(message);
	cells[5] = message_view_state(message);
	screen_table_add(table, cells, state_colour(message->state));
}

static void
print_table(struct survey *survey)
{
	struct screen_progress progress = { 0 };
	struct screen_table *table = screen_table_new(titles);
	unsigned count = survey_count(survey);

	for (unsigned i = 0; i < count; i++) {
		struct surveyed *message = survey_look(survey, i);

		if (message != NULL)
			add_row(table, message);
		surveyed_free(message);
		screen_progress(&progress, "Reading the queue", i + 1, count);
	}
	screen_table_end(table);
}

static void
print_json(struct survey *survey)
{
	const char *separator = "[\n";

	for (unsigned i = 0; i < survey_count(survey); i++) {
		struct surveyed *message = survey_look(survey, i);

		if (message == NULL)
			continue;
		json_t *object = message_view_json(message);

		fputs(separator, stdout);
		json_dumpf(object, stdout, JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);
		json_decref(object);
		surveyed_free(message);
		separator = ",\n";
	}
	puts(*separator == '[' ? "[]" : "\n]");
}

static int
run(const struct cmd_global *global, int argc, char **argv)
{
	gboolean json = FALSE;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print an array of objects", NULL },
		{ 0 },
	};
	g_autoptr(GError) error = NULL;
	int status;

	if (!cmd_options(&cmd_ls, NULL, entries, &argc, &argv, &status))
		return status;
	if (argc > 1) {
		fprintf(stderr, "mailscanner ls: %s: no argument is expected\n", argv[1]);
		return EX_USAGE;
	}
	struct diagnostics *diagnostics = cmd_load(global, SEVERITY_ERROR);
	if (diagnostics == NULL)
		return EX_CONFIG;
	diagnostics_free(diagnostics);
	struct survey *survey = survey_new(NULL, &error);
	if (survey == NULL) {
		fprintf(stderr, "mailscanner ls: %s\n", error->message);
		return EX_CONFIG;
	}
	if (json)
		print_json(survey);
	else
		print_table(survey);
	survey_free(survey);
	return EX_OK;
}

const struct cmd cmd_ls = {
	.name = "ls",
	.summary = "List the messages in the incoming queues, and what keeps them",
	.run = run,
};
