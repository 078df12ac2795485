/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner check FILE.eml: what would be found in a message, for those who write rules, and for tests.
 */
#include "cmd/commands.h"

#include <stdio.h>
#include <sysexits.h>

#include "cmd/parts_view.h"
#include "cmd/screen.h"
#include "core/engine/pipeline.h"
#include "core/plugin/dump.h"
#include "core/plugin/functions.h"
#include "core/read/reader.h"
#include "spool/eml.h"

struct wanted {
	char *from, *ip;
	char **to;
	gboolean json, local;
};

/* 1 when anything was found, be it a reason to stop the message or just to change it; else 0. */
static int
status_of(const struct message *message)
{
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (finding->kind != FINDING_note && finding->kind != FINDING_copy)
			return 1;
	}
	return 0;
}

static void
show(struct message *message, bool json)
{
	if (!json) {
		parts_view_print(stdout, message, screen_has_colours());
		return;
	}
	g_autofree char *text = screen_json_text(dump_object(message->subject));

	fputs(text, stdout);
}

static int
check(struct reader *reader, const char *path, const struct wanted *wanted)
{
	g_autoptr(GError) error = NULL;
	struct spool_entry *entry =
	    eml_open(path, wanted->from, (const char *const *)wanted->to, wanted->ip, &error);

	if (entry == NULL) {
		fprintf(stderr, "mailscanner check: %s\n", error->message);
		return EX_NOINPUT;
	}
	struct message *message = message_new(entry);
	int status;

	pipeline_judge(reader, message);
	if (message_is_open(message)) {
		status = status_of(message);
		show(message, wanted->json);
	} else {
		fprintf(stderr, "mailscanner check: %s: %s\n", path, message->fate.why);
		status = EX_TEMPFAIL;
	}
	message_free(message);
	return status;
}

static int
check_all(
    const struct cmd_global *global, int count, char *const *paths, const struct wanted *wanted)
{
	g_autoptr(GError) error = NULL;
	struct diagnostics *diagnostics = cmd_load(global, SEVERITY_ERROR);
	int worst = EX_OK;

	if (diagnostics == NULL)
		return EX_CONFIG;
	diagnostics_free(diagnostics);
	struct reader *reader = reader_start(wanted->local, &error);
	if (reader == NULL) {
		fprintf(stderr, "mailscanner check: %s\n", error->message);
		return EX_OSERR;
	}
	struct functions *functions = cmd_start_functions();
	for (int i = 0; i < count; i++) {
		if (count > 1 && !wanted->json)
			printf("%s%s:\n", i > 0 ? "\n" : "", paths[i]);
		int status = check(reader, paths[i], wanted);
		worst = MAX(worst, status);
	}
	functions_end(functions);
	reader_stop(reader);
	return worst;
}

static int
run(const struct cmd_global *global, int argc, char **argv)
{
	struct wanted wanted = { 0 };
	int status;
	const GOptionEntry entries[] = {
		{ "from", 0, 0, G_OPTION_ARG_STRING, &wanted.from,
		    "Envelope sender (default: that of the header)", "ADDRESS" },
		{ "to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &wanted.to,
		    "Envelope recipient, may be repeated (default: those of the header)",
		    "ADDRESS" },
		{ "ip", 0, 0, G_OPTION_ARG_STRING, &wanted.ip, "Address of the client", "IP" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &wanted.json,
		    "Print an object: mailscanner-message(5)", NULL },
		{ "local", 0, 0, G_OPTION_ARG_NONE, &wanted.local,
		    "Read in this process, without a sandbox (for debuggers)", NULL },
		{ 0 },
	};

	if (cmd_options(&cmd_check, "FILE.eml...", entries, &argc, &argv, &status)) {
		if (argc < 2) {
			fprintf(stderr, "mailscanner check: expected a message file\n");
			status = EX_USAGE;
		} else {
			status = check_all(global, argc - 1, argv + 1, &wanted);
		}
	}
	g_free(wanted.from);
	g_free(wanted.ip);
	g_strfreev(wanted.to);
	return status;
}

const struct cmd cmd_check = {
	.name = "check",
	.summary = "Run all checks on message files and show what they find; changes nothing",
	.run = run,
};
