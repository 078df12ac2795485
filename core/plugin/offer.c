/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A language is asked for its function by the state that it has made for it; a logger has no value.
 */
#include "core/plugin/offer.h"

void
offer_free(void *data)
{
	struct offer *offer = data;

	g_free(offer->name);
	g_free(offer->path);
	g_free(offer);
}

const char *
offer_kind(const struct offer *offer)
{
	return offer->is_language ? "language" : offer->logger != NULL ? "logger" : "function";
}

const char *
offer_misfit(const struct offer *offer, enum directive directive)
{
	if (offer->logger == NULL)
		return NULL;
	if (directive == DIRECTIVE_always_looked_up_last)
		return offer->logger->message != NULL ? NULL : "it logs whole batches only";
	if (directive == DIRECTIVE_always_looked_up_last_after_batch)
		return offer->logger->batch != NULL ? NULL : "it logs single messages only";
	return "it is a logger, which has no value";
}

const char *
offer_start(const struct offer *offer, const struct function_use *use, void **state)
{
	const char *const *arguments = (const char *const *)use->arguments;

	if (offer->language != NULL)
		return offer->language->init(offer->name, arguments, state);
	if (offer->logger != NULL)
		return offer->logger->init != NULL
			   ? offer->logger->init(&plugin_host, arguments, state)
			   : NULL;
	return offer->function->init != NULL ? offer->function->init(&plugin_host, arguments, state)
					     : NULL;
}

static enum function_answer
answer_of(enum mailscanner_answer answer, const char **text)
{
	switch (answer) {
	case MAILSCANNER_VALUE:
		return *text != NULL ? FUNCTION_VALUE : FUNCTION_NO_VALUE;
	case MAILSCANNER_NO_VALUE:
		return FUNCTION_NO_VALUE;
	case MAILSCANNER_CANT_TELL:
		return FUNCTION_UNKNOWN;
	}
	/* It comes from outside, so it may be none of these. */
	*text = "its answer is none of those in mailscanner.h";
	return FUNCTION_UNKNOWN;
}

enum function_answer
offer_ask(const struct offer *offer, void *state, struct subject *subject, const char **text)
{
	struct mailscanner_message *message = host_message(subject);

	if (offer->function != NULL)
		return answer_of(offer->function->value(state, message, text), text);
	if (offer->language != NULL)
		return answer_of(offer->language->value(state, message, text), text);
	return FUNCTION_NO_VALUE;
}

void
offer_end(const struct offer *offer, void *state)
{
	if (offer->language != NULL)
		offer->language->end(state);
	else if (offer->logger != NULL && offer->logger->end != NULL)
		offer->logger->end(state);
	else if (offer->function != NULL && offer->function->end != NULL)
		offer->function->end(state);
}

void
offer_look_last(const struct offer *offer, void *state, struct subject *subject)
{
	const char *text = NULL;

	if (offer->logger != NULL)
		offer->logger->message(state, host_message(subject));
	else
		(void)offer_ask(offer, state, subject, &text);
}

void
offer_look_after_batch(const struct offer *offer, void *state, struct batch_view *view)
{
	const char *text = NULL;

	if (offer->logger != NULL)
		offer->logger->batch(state, host_batch(view));
	else if (offer->language != NULL)
		offer->language->batch(state, host_batch(view));
	else
		(void)offer->function->value(state, NULL, &text);
}
