/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever a plugin is given is a copy that lives as long as the subject, or something that does anyway; so no plugin has to free
 * anything, and none sees how a message is made. The same text asked for again is the same copy.
 */
#include "core/plugin/host.h"

#include <stdarg.h>

#include <jansson.h>

#include "core/log/log.h"
#include "core/plugin/host_config.h"
#include "core/plugin/host_facts.h"
#include "core/plugin/host_message.h"
#include "core/plugin/host_view.h"
#include "core/plugin/store.h"
#include "rules/directives.h"

static struct batch_view *batch_in_hand;

struct mailscanner_message *
host_message(struct subject *subject)
{
	return (struct mailscanner_message *)(void *)subject;
}

struct mailscanner_batch *
host_batch(struct batch_view *view)
{
	return (struct mailscanner_batch *)(void *)view;
}

void
host_set_batch(struct batch_view *view)
{
	batch_in_hand = view;
}

static struct batch_view *
view_of(struct mailscanner_batch *batch)
{
	return (struct batch_view *)(void *)batch;
}

static void write_log(enum mailscanner_level level, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
write_log(enum mailscanner_level level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	log_line(CLAMP((int)level, LOG_ERR, LOG_DEBUG), "%s", text);
}

static unsigned
time_limit(void)
{
	return (unsigned)CLAMP(custom_function_timeout_for(NULL), 0, G_MAXINT);
}

static struct mailscanner_batch *
current_batch(void)
{
	return host_batch(batch_in_hand);
}

static struct mailscanner_message *
next_message(struct mailscanner_batch *batch, size_t *position)
{
	const struct batch_view *view = view_of(batch);

	if (*position >= view->messages->len)
		return NULL;
	const struct message *message = g_ptr_array_index(view->messages, (*position)++);
	return host_message(message->subject);
}

static uint64_t
batch_number(struct mailscanner_batch *batch)
{
	return view_of(batch)->number;
}

static const char *
batch_fact(struct mailscanner_batch *batch)
{
	static char *last;
	const struct batch_view *view = view_of(batch);
	json_t *json =
	    json_pack("{s:I, s:I, s:f, s:o}", "messages", (json_int_t)view->messages->len, "bytes",
		(json_int_t)view->bytes, "started", (double)view->started / G_USEC_PER_SEC, "ended",
		view->ended != 0 ? json_real((double)view->ended / G_USEC_PER_SEC) : json_null());
	char *dumped = json_dumps(json, JSON_COMPACT);

	g_free(last);
	last = g_strdup(dumped);
	free(dumped);
	json_decref(json);
	return last;
}

static uint64_t
revision(struct mailscanner_message *message)
{
	const struct message *whole = host_whole(message);
	bool ended = batch_in_hand != NULL && batch_in_hand->ended != 0;

	if (whole == NULL)
		return 0;
	return ((uint64_t)whole->findings->len << 8) | ((uint64_t)whole->fate.kind << 2) |
	       (whole->facts != NULL ? 2u : 0u) | (ended ? 1u : 0u);
}

const struct mailscanner_host plugin_host = {
	.size = sizeof(struct mailscanner_host),
	.log = write_log,
	.directive = host_directive,
	.keep = host_keep,
	.id = host_id,
	.sender = host_sender,
	.recipients = host_recipients,
	.client_address = host_client_address,
	.bytes = host_bytes,
	.received = host_received,
	.header = host_header,
	.next_header = host_next_header,
	.time_limit = time_limit,
	.fact = host_fact,
	.control = host_control,
	.body = host_body,
	.edit_header = host_edit_header,
	.add_recipient = host_add_recipient,
	.inner_value = host_inner_value,
	.directive_name = host_directive_name,
	.ruleset = host_ruleset,
	.macro = host_macro,
	.configuration = host_configuration,
	.attach = host_attach,
	.attached = host_attached,
	.batch = current_batch,
	.next_message = next_message,
	.batch_number = batch_number,
	.batch_fact = batch_fact,
	.store_get = store_get,
	.store_set = store_set,
	.store_add = store_add,
	.revision = revision,
	.redirect = host_redirect,
	.next_original = host_next_original,
	.language = host_language,
	.next_directive = host_next_directive,
	.explain = host_explain,
	.next_field = host_next_field,
	.parts = host_parts,
	.part_text = host_part_text,
	.part_number = host_part_number,
	.part_name = host_part_name,
	.part_is = host_part_is,
	.findings = host_findings,
	.finding_text = host_finding_text,
	.finding_part = host_finding_part,
	.fact_text = host_fact_text,
	.fact_number = host_fact_number,
	.fact_count = host_fact_count,
	.dump = host_dump,
};
