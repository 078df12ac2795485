/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a message was given back can't be seen from the outgoing queue, where it stays for seconds. So the note of it is renamed by the
 * same journal record as the queue files: one decision, carried out to the end whoever does it. The record names the state directory
 * and the queue only, never the entry's own directory: that may be thrown away at any time, and a record must stay possible to
 * finish.
 */
#include "core/act/release.h"

#include <string.h>
#include <unistd.h>

#include "core/act/keep.h"
#include "core/act/kept_envelope.h"
#include "core/act/release_note.h"
#include "core/act/submit.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "rules/subject.h"
#include "spool/error.h"
#include "spool/handoff.h"

#define JOURNAL "release"
/* How long another process is waited for, and how long between two tries: microseconds. */
#define PATIENCE (10 * G_USEC_PER_SEC)
#define PAUSE (20 * G_TIME_SPAN_MILLISECOND)
/* Seconds after which a note that was prepared in vain is swept. */
#define SWEEP_AGE 3600

struct release {
	struct spool_place *state;
	struct journal *journal;
};

static bool
fail(GError **error, enum kept_error code, const char *id, GError *why)
{
	g_set_error(
	    error, KEPT_ERROR, (int)code, "%s%s%s", id, *id != '\0' ? ": " : "", why->message);
	g_error_free(why);
	return false;
}

/* Carries out what a process decided that died. */
static bool
finish_old(struct spool_place *state, GError **error)
{
	g_autoptr(GPtrArray) pending = NULL;
	GError *why = NULL;

	if (!handoff_recover_journal(state, JOURNAL, HANDOFF_SYNC_FILE, &pending, &why))
		return fail(error, KEPT_ERROR_SYSTEM, "", why);
	if (pending->len == 0)
		return true;
	const struct handoff_trouble *trouble = g_ptr_array_index(pending, 0);

	g_set_error(error, KEPT_ERROR, KEPT_ERROR_SYSTEM,
	    "an earlier release (%s) is not finished yet: %s", trouble->id, trouble->why);
	return false;
}

void
release_recover(struct spool_place *state)
{
	g_autoptr(GError) error = NULL;

	if (finish_old(state, &error))
		release_note_settle_all(state);
	else
		log_line(LOG_WARNING, "%s", error->message);
}

static bool
open_journal(struct release *release, GError **error)
{
	gint64 deadline = g_get_monotonic_time() + PATIENCE;

	for (;;) {
		GError *why = NULL;

		if (!finish_old(release->state, error))
			return false;
		release->journal = journal_open(release->state, JOURNAL, &why);
		if (release->journal != NULL)
			return true;
		/* EXISTS: the other one died in between. */
		bool passes = g_error_matches(why, SPOOL_ERROR, SPOOL_ERROR_BUSY) ||
			      g_error_matches(why, SPOOL_ERROR, SPOOL_ERROR_EXISTS);
		if (!passes || g_get_monotonic_time() > deadline)
			return fail(error, KEPT_ERROR_SYSTEM, "", why);
		g_error_free(why);
		g_usleep(PAUSE);
	}
}

struct release *
release_open(const char *state, GError **error)
{
	struct release *release = g_new0(struct release, 1);
	GError *why = NULL;

	release->state = spool_place_open(state, &why);
	if (release->state == NULL) {
		fail(error, KEPT_ERROR_SYSTEM, "", why);
		release_close(release);
		return NULL;
	}
	if (!open_journal(release, error)) {
		release_close(release);
		return NULL;
	}
	release_note_settle_all(release->state);
	/* Where that fails the files wait for the next time. */
	(void)!handoff_sweep(release->state, release->state, SWEEP_AGE, NULL);
	return release;
}

void
release_close(struct release *release)
{
	journal_close(release->journal);
	spool_place_unref(release->state);
	g_free(release);
}

/* One message on its way. */
struct outgoing {
	const struct kept *kept;
	const struct release_terms *terms;
	struct spool_entry *entry;
	struct subject *subject;
	struct spool_place *queue;
	struct handoff *handoff;
	char note[SPOOL_ID_MAX + sizeof RELEASE_NOTE_SUFFIX];
};

static void
take_note_line(const char *name, const char *value, void *data)
{
	GString *text = data;

	if (strcmp(name, "Released") == 0)
		g_string_append_printf(text, " on %s", value);
	else if (strcmp(name, "By") == 0)
		g_string_append_printf(text, " by %s", value);
}

static bool
check_notes(const struct release *release, const struct kept *kept, GError **error)
{
	g_autoptr(GPtrArray) notes = release_notes(kept, release->state);
	g_autoptr(GString) text = g_string_new(NULL);

	if (notes->len == 0)
		return true;
	kept_lines(g_ptr_array_index(notes, notes->len - 1), take_note_line, text);
	g_set_error(error, KEPT_ERROR, KEPT_ERROR_RELEASED, "%s was released before%s", kept->id,
	    text->str);
	return false;
}

static bool
choose_recipients(const struct outgoing *outgoing, GError **error)
{
	struct envelope *envelope = outgoing->entry->envelope;
	const char *const *named = outgoing->terms->recipients;

	if (named != NULL && *named != NULL)
		g_ptr_array_set_size(envelope->recipients, 0);
	for (; named != NULL && *named != NULL; named++)
		envelope_add_recipient(envelope, *named, NULL);
	if (envelope->recipients->len > 0)
		return true;
	g_set_error(error, KEPT_ERROR, KEPT_ERROR_REFUSED,
	    "%s: its recipients were not noted; name some", outgoing->kept->id);
	return false;
}

static struct subject *
subject_of(const struct envelope *envelope)
{
	g_autoptr(GPtrArray) recipients = g_ptr_array_new();

	for (unsigned i = 0; i < envelope->recipients->len; i++) {
		const struct recipient *recipient = g_ptr_array_index(envelope->recipients, i);

		g_ptr_array_add(recipients, recipient->address);
	}
	g_ptr_array_add(recipients, NULL);
	return subject_new(
	    envelope->sender, (const char *const *)recipients->pdata, envelope->client_ip);
}

/* "X-Example-MailScanner:" -> "X-Example-MailScanner-Released". */
static void
add_header(const struct outgoing *outgoing)
{
	g_autofree char *mail_header = g_strdup(mail_header_for(outgoing->subject));
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *stamp = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
	g_autofree char *who = submit_header_value(outgoing->terms->by);
	g_autofree char *value = g_strdup_printf("by %s on %s", who, stamp);

	mail_header[strcspn(mail_header, ":")] = '\0';
	g_autofree char *name =
	    g_strconcat(*mail_header != '\0' ? mail_header : "X-MailScanner", "-Released", NULL);
	header_list_add(outgoing->entry->headers, name, value, HEADER_TOP);
}

struct taker {
	spool_take take;
	void *data;
};

static bool
pass_on(const char *bytes, size_t length, void *data, GError **error)
{
	const struct taker *taker = data;

	return taker->take(taker->data, bytes, length, error);
}

static bool
give_body(const void *entry, spool_take take, void *data, GError **error)
{
	struct taker taker = { take, data };

	return keep_body(entry, pass_on, &taker, error);
}

/* Plans the message, and the note of it in the state directory. */
static bool
plan(const struct release *release, struct outgoing *outgoing, char new_id[SPOOL_ID_MAX],
    GError **error)
{
	struct spool_entry *entry = outgoing->entry;
	struct spool_place *state = release->state;
	struct spool_submission submission = {
		.to = outgoing->queue,
		.layout = split_exim_spool_for(NULL) ? SPOOL_SPLIT : SPOOL_DETECT,
		.envelope = entry->envelope,
		.headers = entry->headers,
		.body = give_body,
		.source = entry,
		.like = outgoing->kept->id,
	};

	if (!outgoing->terms->format->submit(&submission, outgoing->handoff, error))
		return false;
	g_strlcpy(new_id, submission.new_id, SPOOL_ID_MAX);
	g_snprintf(outgoing->note, sizeof outgoing->note, "%s" RELEASE_NOTE_SUFFIX, new_id);
	g_autofree char *temporary = g_strconcat(outgoing->note, HANDOFF_PREPARED_SUFFIX, NULL);
	g_autofree char *text = release_note_text(
	    outgoing->kept, outgoing->terms->by, new_id, outgoing->queue->path, entry->envelope);
	g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));

	if (!handoff_prepare_file(outgoing->handoff, state, temporary, 0600, state->owner,
		state->group, content, NULL, NULL, error))
		return false;
	handoff_rename(outgoing->handoff, state, temporary, state, outgoing->note, 0);
	return true;
}

static bool
commit(const struct outgoing *outgoing, GError **error)
{
	g_autoptr(GPtrArray) refused = NULL, pending = NULL;

	if (!handoff_commit(outgoing->handoff, &refused, &pending, error))
		return false;
	if (refused->len + pending->len == 0)
		return true;
	const struct handoff_trouble *trouble =
	    g_ptr_array_index(refused->len > 0 ? refused : pending, 0);

	g_set_error(error, SPOOL_ERROR, SPOOL_ERROR_IO,
	    refused->len > 0 ? "%s" : "it will be finished by the next release: %s", trouble->why);
	return false;
}

static bool
send(const struct release *release, struct outgoing *outgoing, char new_id[SPOOL_ID_MAX],
    GError **error)
{
	GError *why = NULL;

	outgoing->subject = subject_of(outgoing->entry->envelope);
	outgoing->queue = spool_place_open(outgoing_queue_dir_for(outgoing->subject), &why);
	if (outgoing->queue == NULL)
		return fail(error, KEPT_ERROR_SYSTEM, outgoing->kept->id, why);
	add_header(outgoing);
	outgoing->handoff = handoff_new(release->journal, HANDOFF_SYNC_FILE);
	if (!plan(release, outgoing, new_id, &why) || !commit(outgoing, &why)) {
		bool refused = g_error_matches(why, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);

		return fail(error, refused ? KEPT_ERROR_REFUSED : KEPT_ERROR_SYSTEM,
		    outgoing->kept->id, why);
	}
	if (release_note_settle(release->state, outgoing->note, &why))
		return true;
	g_prefix_error(&why, "it was released as %s, but ", new_id);
	return fail(error, KEPT_ERROR_SYSTEM, outgoing->kept->id, why);
}

bool
release_message(struct release *release, const struct kept *kept, const struct release_terms *terms,
    char new_id[SPOOL_ID_MAX], GError **error)
{
	struct outgoing outgoing = { .kept = kept, .terms = terms };

	if (!terms->again && !check_notes(release, kept, error))
		return false;
	outgoing.entry = kept_entry(kept, error);
	if (outgoing.entry == NULL)
		return false;
	bool sent = choose_recipients(&outgoing, error) && send(release, &outgoing, new_id, error);

	/* This lets the queue files' locks go. */
	handoff_free(outgoing.handoff);
	spool_place_unref(outgoing.queue);
	if (outgoing.subject != NULL)
		subject_free(outgoing.subject);
	spool_entry_free(outgoing.entry);
	return sent;
}
