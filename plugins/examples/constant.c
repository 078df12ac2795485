/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The smallest custom function: it always gives its argument.
 *
 *	Sign Clean Messages = &Constant("no")
 *
 *	cc -fPIC -shared -o constant.so constant.c
 */
#include <mailscanner.h>

static const char *
start(const struct mailscanner_host *host, const char *const *arguments, void **state)
{
	(void)host;
	if (arguments[0] == NULL || arguments[1] != NULL)
		return "it takes one argument, the value";
	*state = (void *)arguments[0];
	return NULL;
}

static enum mailscanner_answer
value(void *state, struct mailscanner_message *message, const char **text)
{
	(void)message;
	*text = state;
	return MAILSCANNER_VALUE;
}

static const struct mailscanner_function constant = {
	.size = sizeof(struct mailscanner_function),
	.name = "Constant",
	.init = start,
	.value = value,
	.end = NULL,
};

static const struct mailscanner_function *const functions[] = { &constant, NULL };

const struct mailscanner_plugin mailscanner_plugin = {
	.abi = MAILSCANNER_ABI,
	.size = sizeof(struct mailscanner_plugin),
	.functions = functions,
};
