/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order and the conditions are MailScanner's, since sites have set their directives with it in mind; but a message that is
 * stopped here has left its trace first (a copy, where one is wanted), and never goes because some step looked at a flag too late.
 */
#include "core/act/decide.h"

#include "core/act/address.h"
#include "core/act/clean.h"
#include "core/act/contents.h"
#include "core/act/doctext.h"
#include "core/act/mend.h"
#include "core/act/pack.h"
#include "core/act/quarantine.h"
#include "core/act/sign.h"
#include "core/act/unzip.h"
#include "core/act/verdict.h"
#include "core/act/winmail.h"
#include "core/check/html.h"
#include "core/check/htmlplace.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"

bool
decide_quarantine(struct message *message, struct reader *reader, GError **error)
{
	return quarantine_infections(message, reader, error);
}

bool
decide_denial(struct message *message, GError **error)
{
	const struct finding *denial = message_finding(message, FINDING_denial);

	if (denial == NULL || !quarantine_denial_of_service_for(message->subject))
		return true;
	if (message_finding(message, FINDING_copy) == NULL && !quarantine_message(message, error))
		return false;
	message_settle(message, FATE_DROP, "quarantine", "%s", denial->text);
	return true;
}

static void
log_silent(const struct message *message)
{
	g_autofree char *report = NULL;

	if (!log_silent_viruses_for(NULL))
		return;
	report = clean_report(message, "");
	g_strdelimit(g_strchomp(report), "\n", ',');
	lines_silent(report);
}

/*
 * `Still Deliver Silent Viruses`: cleaned, or as it is, at once; with `Still Scan Silent Viruses` only after everything else.
 * Without a spam check between, both come to the same here: the message goes on its way through the stages.
 */
void
decide_silent(struct message *message)
{
	struct verdict verdict;

	verdict_of(message, &verdict);
	if (!verdict_is_hushed(&verdict))
		return;
	log_silent(message);
	if (!still_deliver_silent_viruses_for(message->subject))
		message_settle(message, FATE_DROP, "silent viruses",
		    "what was found in it is silent, and Still Deliver Silent Viruses is no");
}

void
decide_redirect(struct message *message)
{
	const struct finding *redirect = message_finding(message, FINDING_redirect);

	if (redirect == NULL)
		return;
	g_auto(GStrv) words = g_strsplit_set(redirect->text, ", \t", -1);
	g_autoptr(GPtrArray) addresses = g_ptr_array_new();

	for (char **word = words; *word != NULL; word++) {
		if (address_is_mailable(*word))
			g_ptr_array_add(addresses, *word);
	}
	if (addresses->len == 0) {
		message_settle(message, FATE_LEAVE, "redirection",
		    "%s sends it to \"%s\", which is no address", redirect->rule, redirect->text);
		return;
	}
	g_ptr_array_add(addresses, NULL);
	message_redirect(message, (const char *const *)addresses->pdata);
	log_message(LOG_NOTICE, message_id(message), "%s: goes to %s instead of its recipients: %s",
	    message_id(message), redirect->text, redirect->rule);
}

/* Parts that had a name get the other one; members of archives can't. */
void
decide_rename(struct message *message)
{
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (finding->kind != FINDING_rename || finding->part == FINDING_WHOLE)
			continue;
		const struct part *part = facts_part(message->facts, (unsigned)finding->part);
		if (part->kind == PART_LEAF && part->reading == 0 && *part->name != '\0')
			message_edit_body(message, BODY_RENAME, (unsigned)finding->part,
			    finding->text, NULL, "renaming");
	}
}

/* What each part was judged as is what every mail program is to see in it. */
unsigned
decide_mend(struct message *message)
{
	unsigned parts = 0;

	if (message->facts == NULL || !mend_ambiguous_headers_for(message->subject))
		return 0;
	for (unsigned n = 0; n < message->facts->parts->len; n++) {
		if (!mend_is_due(facts_part(message->facts, n)))
			continue;
		message_edit_body(message, BODY_MEND, n, NULL, NULL, "mending");
		parts++;
	}
	return parts;
}

bool
decide_convert(struct message *message, struct reader *reader, GError **error)
{
	g_autofree char *words = check_html_words(message);

	if (*words != '\0')
		lines_disarmed(words, message_id(message), message_sender(message));
	if (message->facts == NULL || message_finding(message, FINDING_convert) == NULL)
		return true;
	unsigned count = message->facts->parts->len;
	g_autofree bool *wanted = g_new0(bool, count);
	struct contents contents;

	for (unsigned n = 0; n < count; n++)
		wanted[n] = htmlplace_is_shown(facts_part(message->facts, n));
	bool done = contents_fetch(&contents, message, reader, CONTENT_TEXT, wanted, error);
	for (unsigned i = 0; done && i < contents.count; i++) {
		g_autoptr(GBytes) bytes = contents_bytes(&contents, i);
		size_t length = 0;
		const char *start = bytes != NULL ? g_bytes_get_data(bytes, &length) : "";
		g_autofree char *text = g_strndup(start != NULL ? start : "", length);

		/* What can't be had as text is not shown as HTML either. */
		message_edit_body(
		    message, BODY_CONVERT, contents.parts[i], text, NULL, "conversion");
	}
	if (done && contents.count > 0)
		lines_converting(message_id(message));
	contents_clear(&contents);
	return done;
}

bool
decide_modified(struct message *message, GError **error)
{
	return quarantine_modified(message, error);
}

void
decide_clean(struct message *message)
{
	struct verdict verdict;

	verdict_of(message, &verdict);
	if (!verdict.infected)
		return;
	if (!deliver_cleaned_messages_for(message->subject)) {
		message_settle(message, FATE_DROP, "cleaning", "Deliver Cleaned Messages is no");
		return;
	}
	if (still_deliver_silent_viruses_unmodified_for(message->subject) &&
	    verdict_is_hushed(&verdict))
		return;
	clean_replace(message);
	clean_mark(message);
}

bool
decide_pack(struct message *message, struct reader *reader, GError **error)
{
	return winmail_expand(message, reader, error) &&
	       unzip_small_files(message, reader, error) && doctext_add(message, reader, error) &&
	       pack_attachments(message, reader, error);
}

void
decide_sign(struct message *message)
{
	struct verdict verdict;

	verdict_of(message, &verdict);
	sign_plan_external(message);
	if (!verdict.infected)
		sign_plan(message);
}
