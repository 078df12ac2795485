/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner [-c FILE] [--log=FORMAT] COMMAND ..., and the command lines that scripts around MailScanner 5 use: an option like
 * --lint or --value=NAME stands for the command of that name, and a configuration file alone for `run`.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd/commands.h"

#define DEFAULT_CONFIG CONFDIR "/MailScanner.conf"

const struct cmd *const cmd_table[] = {
	&cmd_run,
	&cmd_once,
	&cmd_lint,
	&cmd_value,
	&cmd_ls,
	&cmd_show,
	&cmd_check,
	&cmd_processing,
	&cmd_quarantine,
	&cmd_plugins,
	&cmd_try,
	NULL,
};

/* Options of MailScanner 5: each stands for a command, with arguments of its own. */
static const struct legacy {
	const char *option;  /* without dashes; ends in '=' when a value follows */
	const char *command; /* NULL: a further argument of the command that another option named */
	const char *argument; /* given to the command; "%s" is the value; NULL: none */
} legacy_options[] = {
	{ "lint", "lint", NULL },
	{ "lintlite", "lint", "--quiet" },
	{ "lintlight", "lint", "--quiet" },
	{ "once", "once", NULL },
	{ "debug", "once", "--one-batch" },
	{ "processing", "processing", NULL },
	{ "processing=", "processing", "--more-than=%s" },
	{ "changed", "value", "--all" },
	{ "value=", "value", "%s" },
	{ "from=", NULL, "--from=%s" },
	{ "to=", NULL, "--to=%s" },
	{ "ip=", NULL, "--ip=%s" },
	{ "virus=", NULL, "--virus=%s" },
	{ "id=", NULL, "--id=%s" },
	{ "json", NULL, "--json" },
};

static void
print_help(void)
{
	printf(
	    "usage: mailscanner [-c FILE] [--log=syslog|stderr|json] [--inqueuedir=QUEUE] COMMAND "
	    "...\n\n"
	    "Scans mail between an incoming and an outgoing queue.\n\n");
	for (size_t i = 0; cmd_table[i] != NULL; i++)
		printf("  %-11s %s\n", cmd_table[i]->name, cmd_table[i]->summary);
	printf("\n  -c, --config=FILE   configuration file (default " DEFAULT_CONFIG ")\n"
	       "  --log=FORMAT        where the log goes, whatever the configuration says\n"
	       "  --inqueuedir=QUEUE  directory, glob or list file instead of Incoming Queue Dir\n"
	       "  --version           version\n\n"
	       "Options of MailScanner 5 stand for commands: --lint, --lintlite, --debug, --once,\n"
	       "--processing[=N], --changed, --value=NAME (with --from, --to, --ip, --virus), "
	       "--id=ID.\n\n"
	       "`mailscanner COMMAND --help` tells the options of a command. Exit statuses are "
	       "those of\n"
	       "sysexits.h: 64 usage, 66 no such message, 75 something has to wait, 78 "
	       "configuration.\n");
}

static const struct cmd *
command_named(const char *name)
{
	for (size_t i = 0; cmd_table[i] != NULL; i++) {
		if (strcmp(cmd_table[i]->name, name) == 0)
			return cmd_table[i];
	}
	return NULL;
}

/* The value behind "-c FILE", "--config FILE" or "--name=value"; NULL when the argument is another option. */
static const char *
option_value(const char *name, char **argv, int *i)
{
	size_t length = strlen(name);
	const char *argument = argv[*i] + strspn(argv[*i], "-");

	if (argv[*i][0] != '-' || strncmp(argument, name, length) != 0)
		return NULL;
	if (argument[length] == '=')
		return argument + length + 1;
	return argument[length] == '\0' && argv[*i + 1] != NULL ? argv[++*i] : NULL;
}

struct line {
	struct cmd_global global;
	const struct cmd *command;
	GPtrArray *arguments; /* for the command, owned strings */
};

static bool
take_global(struct line *line, char **argv, int *i)
{
	const char *value;

	if ((value = option_value("c", argv, i)) != NULL ||
	    (value = option_value("config", argv, i)) != NULL)
		line->global.config_path = value;
	else if ((value = option_value("log", argv, i)) != NULL)
		line->global.log = value;
	else if ((value = option_value("inqueuedir", argv, i)) != NULL)
		cmd_override(&line->global, "Incoming Queue Dir", value);
	return value != NULL;
}

static bool
take_legacy(struct line *line, const char *argument)
{
	const char *name = argument + strspn(argument, "-");

	for (size_t i = 0; argument[0] == '-' && i < G_N_ELEMENTS(legacy_options); i++) {
		const struct legacy *legacy = &legacy_options[i];
		size_t length = strlen(legacy->option);
		bool takes_value = legacy->option[length - 1] == '=';

		if (g_ascii_strncasecmp(name, legacy->option, length) != 0 ||
		    (!takes_value && name[length] != '\0'))
			continue;
		if (legacy->command != NULL)
			line->command = command_named(legacy->command);
		if (legacy->argument != NULL && takes_value) {
			g_auto(GStrv) halves = g_strsplit(legacy->argument, "%s", 2);

			g_ptr_array_add(line->arguments,
			    g_strconcat(halves[0], name + length, halves[1], NULL));
		} else if (legacy->argument != NULL) {
			g_ptr_array_add(line->arguments, g_strdup(legacy->argument));
		}
		return true;
	}
	return false;
}

/* -1: go on; else the exit status. */
static int
parse(struct line *line, char **argv)
{
	int i;

	for (i = 1; argv[i] != NULL; i++) {
		if (strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "-v") == 0) {
			printf("mailscanner %s\n", VERSION);
			return EX_OK;
		}
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			print_help();
			return EX_OK;
		}
		if (take_global(line, argv, &i) || take_legacy(line, argv[i]))
			continue;
		if (line->command == NULL && (line->command = command_named(argv[i])) != NULL) {
			i++;
			break;
		}
		if (argv[i][0] != '-' && access(argv[i], F_OK) == 0) {
			line->global.config_path = argv[i];
			continue;
		}
		fprintf(stderr,
		    "mailscanner: %s is neither a command nor an option nor a configuration file "
		    "(--help lists them)\n",
		    argv[i]);
		return EX_USAGE;
	}
	for (; argv[i] != NULL; i++)
		g_ptr_array_add(line->arguments, g_strdup(argv[i]));
	return -1;
}

static int
execute(struct line *line)
{
	g_autoptr(GPtrArray) vector = g_ptr_array_new();

	g_ptr_array_add(vector, (char *)line->command->name);
	for (unsigned i = 0; i < line->arguments->len; i++)
		g_ptr_array_add(vector, g_ptr_array_index(line->arguments, i));
	int argc = (int)vector->len;
	g_ptr_array_add(vector, NULL);
	return line->command->run(&line->global, argc, (char **)vector->pdata);
}

int
main(int argc, char **argv)
{
	g_autoptr(GPtrArray) overrides = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
	struct line line = {
		.global = { .config_path = DEFAULT_CONFIG, .overrides = overrides },
		.arguments = arguments,
	};

	g_ptr_array_add(overrides, NULL);
	if (argc < 2) {
		print_help();
		return EX_USAGE;
	}
	int status = parse(&line, argv);
	if (status >= 0)
		return status;
	if (line.command == NULL)
		line.command = &cmd_run;
	return execute(&line);
}
