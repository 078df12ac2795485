/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A logger: a line a message in a file, when it has left, and one a batch.
 *
 *	Always Looked Up Last             = &Ledger("/var/log/mail.ledger")
 *	Always Looked Up Last After Batch = &Ledger("/var/log/mail.ledger")
 *
 *	cc -fPIC -shared $(pkg-config --cflags mailscanner) -o logger.so logger.c
 */
#include <mailscanner.h>
#include <stdio.h>

static const struct mailscanner_host *host;

static const char *
start(const struct mailscanner_host *of, const char *const *arguments, void **state)
{
	host = of;
	if (arguments[0] == NULL || arguments[1] != NULL)
		return "it takes one argument, a file";
	FILE *ledger = fopen(arguments[0], "ae");
	if (ledger == NULL)
		return "its file can't be opened";
	setvbuf(ledger, NULL, _IOLBF, 0);
	*state = ledger;
	return NULL;
}

/* Texts come from mail, so what would break the line is shown as ?. */
static void
put(FILE *ledger, const char *text)
{
	for (; *text != '\0'; text++)
		fputc((unsigned char)*text < ' ' ? '?' : *text, ledger);
	fputc('\t', ledger);
}

static void
log_message(void *state, struct mailscanner_message *message)
{
	const char *const *recipients = host->recipients(message);
	const char *subject = host->header(message, "Subject");
	const char *fate = host->fact(message, "fate");

	put(state, host->id(message));
	put(state, host->sender(message));
	for (size_t i = 0; recipients[i] != NULL; i++)
		put(state, recipients[i]);
	put(state, subject != NULL ? subject : "");
	put(state, fate != NULL ? fate : "");
	fputc('\n', state);
}

static void
log_batch(void *state, struct mailscanner_batch *batch)
{
	fprintf(state, "batch %s\n", host->batch_fact(batch));
}

static void
end(void *state)
{
	fclose(state);
}

static const struct mailscanner_logger ledger = {
	.size = sizeof(struct mailscanner_logger),
	.name = "Ledger",
	.init = start,
	.message = log_message,
	.batch = log_batch,
	.end = end,
};

static const struct mailscanner_logger *const loggers[] = { &ledger, NULL };

const struct mailscanner_plugin mailscanner_plugin = {
	.abi = MAILSCANNER_ABI,
	.size = sizeof(struct mailscanner_plugin),
	.loggers = loggers,
};
