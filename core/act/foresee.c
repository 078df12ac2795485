/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same functions plan here that plan when it happens, in the same order; those that need contents of parts (conversion to text,
 * packing) are left out, and the findings tell of them.
 */
#include "core/act/foresee.h"

#include "core/act/broken.h"
#include "core/act/decide.h"
#include "core/act/leftout.h"
#include "core/act/rewrite.h"
#include "core/act/verdict.h"
#include "rules/directives.h"

static const char *
verb_of(enum body_edit_kind kind)
{
	switch (kind) {
	case BODY_SPLICE:
	case BODY_EPILOGUE:
		return "is changed";
	case BODY_REPLACE:
		return "is replaced";
	case BODY_REMOVE:
		return "is removed";
	case BODY_RENAME:
		return "gets another name";
	case BODY_CONVERT:
		return "becomes text";
	case BODY_MEND:
		return "gets its Content headers anew";
	case BODY_BEFORE:
	case BODY_APPEND:
	case BODY_RELATE:
		break;
	}
	return "gets an attachment";
}

static void
add_once(GPtrArray *lines, char *line)
{
	if (g_ptr_array_find_with_equal_func(lines, line, g_str_equal, NULL))
		g_free(line);
	else
		g_ptr_array_add(lines, line);
}

static void
tell_edits(const struct message *message, const GPtrArray *left, GPtrArray *lines)
{
	for (unsigned i = 0; i < message->body_edits->len; i++) {
		const struct body_edit *edit = g_ptr_array_index(message->body_edits, i);

		if (!left_out_has(left, edit))
			add_once(lines, g_strdup_printf("part %u %s (%s)", edit->part,
					    verb_of(edit->kind), edit->stage));
	}
}

static void
tell_changes(struct message *message, GPtrArray *lines)
{
	struct rewrite *plan = NULL;

	if (message->body_edits->len == 0 || !rewrite_plan(message, &plan, NULL))
		return;
	tell_edits(message, rewrite_left_out(plan), lines);
	for (unsigned i = 0; i < rewrite_left_out(plan)->len; i++) {
		const struct left_out *left = g_ptr_array_index(rewrite_left_out(plan), i);

		add_once(lines, g_strdup(left->why));
	}
	for (unsigned i = 0; i < rewrite_broken(plan)->len; i++)
		add_once(lines, g_strdup_printf("a signature of the sender breaks: %s",
				    (const char *)g_ptr_array_index(rewrite_broken(plan), i)));
	rewrite_free(plan);
}

/* Why it would not leave at all; NULL where it would. The caller's. */
static char *
stop_of(struct message *message)
{
	const struct finding *denial = message_finding(message, FINDING_denial);
	struct verdict verdict;

	verdict_of(message, &verdict);
	if (!message_is_open(message))
		return g_strdup_printf("it stays in the queue: %s", message->fate.why);
	if (denial != NULL && quarantine_denial_of_service_for(message->subject))
		return g_strdup_printf("it is kept and stopped: %s", denial->text);
	if (verdict_is_hushed(&verdict) && !still_deliver_silent_viruses_for(message->subject))
		return g_strdup("it is stopped: what was found in it is silent");
	decide_rename(message);
	decide_mend(message);
	decide_clean(message);
	return message_is_open(message) ? NULL
					: g_strdup_printf("it is stopped: %s", message->fate.why);
}

GPtrArray *
foresee(struct message *message)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

	if (message->facts == NULL || scan_messages_for(message->subject) == WORD_no)
		return lines;
	char *stop = stop_of(message);
	if (stop != NULL) {
		g_ptr_array_add(lines, stop);
		return lines;
	}
	decide_sign(message);
	tell_changes(message, lines);
	return lines;
}
