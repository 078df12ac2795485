/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program's first steps: common options, then the subcommand.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("mailscanner %s\n", VERSION);
		return 0;
	}
	fprintf(stderr, "mailscanner: no such command\n");
	return EX_USAGE;
}
