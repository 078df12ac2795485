/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In the place of sendmail: each mail becomes a file, on disk before it is said to be taken, as an MTA does it. What was
 * not taken leaves a name that begins with a dot.
 *
 * usage: letterbox DIRECTORY [OPTION...] -- RECIPIENT...      the mail on standard input
 */
#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/durable.h"
#include "spool/fd.h"

/* "Recipients: ..." as a first line, then the mail. */
static GString *
mail_text(char **words)
{
	GString *text = g_string_new("Recipients:");
	char piece[4096];
	ssize_t n;

	while (*words != NULL && strcmp(*words, "--") != 0)
		words++;
	for (; *words != NULL; words++)
		g_string_append_printf(text, " %s", *words);
	g_string_append_c(text, '\n');
	while ((n = read(STDIN_FILENO, piece, sizeof piece)) > 0)
		g_string_append_len(text, piece, n);
	return text;
}

int
main(int argc, char **argv)
{
	autofd directory = argc > 2 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	g_autofree char *name =
	    g_strdup_printf("%d-%" G_GINT64_FORMAT, (int)getpid(), g_get_real_time());
	g_autofree char *temporary = g_strconcat(".", name, NULL);
	autofd file = directory < 0 ? -1
				    : openat(directory, temporary,
					  O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (file < 0)
		return EX_TEMPFAIL;
	g_autoptr(GString) text = mail_text(argv + 2);
	bool taken = durable_write(file, text->str, text->len, 0) && durable_sync(file) &&
		     renameat(directory, temporary, directory, name) == 0;
	/* Once it has its name it will be delivered: to say anything else would have it sent again. */
	if (taken)
		(void)!durable_sync_directory(directory);
	return taken ? EX_OK : EX_TEMPFAIL;
}
