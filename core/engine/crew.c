/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work goes to the first idle slot, so a queue that is nearly empty is served by one worker whose memory is warm.
 */
#include "core/engine/crew.h"

#include <errno.h>
#include <signal.h>

#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"

#define BACK_OFF_MAX 60 /* seconds */
#define HOPELESS 4	/* deaths in a row */

struct crew {
	const struct spool_format *format;
	struct spool_place *state;
	GPtrArray *slots; /* of struct slot */
	unsigned wanted;  /* those behind it are to have no worker */
	void (*in_child)(void *);
	void *data;
};

static gint64
seconds(gint64 n)
{
	return n * G_USEC_PER_SEC;
}

struct crew *
crew_new(const struct spool_format *format, struct spool_place *state, void (*in_child)(void *),
    void *data)
{
	struct crew *crew = g_new0(struct crew, 1);

	crew->format = format;
	crew->state = state;
	crew->slots = g_ptr_array_new();
	crew->in_child = in_child;
	crew->data = data;
	return crew;
}

void
crew_free(struct crew *crew)
{
	if (crew == NULL)
		return;
	for (unsigned i = 0; i < crew->slots->len; i++)
		slot_free(crew_slot(crew, i));
	g_ptr_array_unref(crew->slots);
	g_free(crew);
}

unsigned
crew_count(const struct crew *crew)
{
	return crew->slots->len;
}

struct slot *
crew_slot(const struct crew *crew, unsigned n)
{
	return g_ptr_array_index(crew->slots, n);
}

static void
fill(struct crew *crew, struct slot *slot, gint64 now)
{
	if (slot->pid != 0 || slot->not_before > now)
		return;
	if (slot_start(slot, crew->format, crew->state, crew->in_child, crew->data))
		return;
	log_line(LOG_ERR, "can't start a worker: %s", g_strerror(errno));
	crew_note_death(slot, now);
	slot->not_before = MAX(slot->not_before, now + seconds(1));
}

void
crew_keep(struct crew *crew, unsigned wanted, gint64 now)
{
	crew->wanted = wanted;
	while (crew->slots->len < wanted)
		g_ptr_array_add(crew->slots, slot_new(crew->slots->len));
	for (unsigned i = 0; i < crew->slots->len; i++) {
		if (i < wanted)
			fill(crew, crew_slot(crew, i), now);
		else
			slot_retire(crew_slot(crew, i));
	}
}

void
crew_retire_all(struct crew *crew)
{
	for (unsigned i = 0; i < crew->slots->len; i++)
		slot_retire(crew_slot(crew, i));
}

void
crew_retire_old(struct crew *crew, gint64 now)
{
	gint64 age = restart_every_for(NULL);

	for (unsigned i = 0; age > 0 && i < crew->slots->len; i++) {
		struct slot *slot = crew_slot(crew, i);

		if (slot_is_idle(slot) && now - slot->born >= seconds(age)) {
			lines_old_age();
			slot_retire(slot);
		}
	}
}

void
crew_kill_stuck(struct crew *crew, gint64 now)
{
	gint64 limit = batch_time_limit_for(NULL);

	for (unsigned i = 0; limit > 0 && i < crew->slots->len; i++) {
		struct slot *slot = crew_slot(crew, i);

		if (slot->pid == 0 || slot->job == NULL || now - slot->job_started < seconds(limit))
			continue;
		g_autofree char *doing = board_text(slot->board);
		log_line(LOG_ERR, "worker %d has exceeded Batch Time Limit while %s and is ended",
		    (int)slot->pid, doing);
		kill(slot->pid, SIGKILL);
		slot->job_started = now;
	}
}

void
crew_kill_all(struct crew *crew)
{
	for (unsigned i = 0; i < crew->slots->len; i++) {
		if (crew_slot(crew, i)->pid != 0)
			kill(crew_slot(crew, i)->pid, SIGKILL);
	}
}

struct slot *
crew_slot_of(const struct crew *crew, pid_t pid)
{
	for (unsigned i = 0; i < crew->slots->len; i++) {
		if (crew_slot(crew, i)->pid == pid)
			return crew_slot(crew, i);
	}
	return NULL;
}

struct slot *
crew_idle(const struct crew *crew)
{
	for (unsigned i = 0; i < crew->slots->len; i++) {
		if (slot_is_idle(crew_slot(crew, i)))
			return crew_slot(crew, i);
	}
	return NULL;
}

bool
crew_any_worker(const struct crew *crew)
{
	for (unsigned i = 0; i < crew->slots->len; i++) {
		if (crew_slot(crew, i)->pid != 0)
			return true;
	}
	return false;
}

bool
crew_any_job(const struct crew *crew)
{
	for (unsigned i = 0; i < crew->slots->len; i++) {
		if (crew_slot(crew, i)->job != NULL)
			return true;
	}
	return false;
}

bool
crew_is_hopeless(const struct crew *crew)
{
	for (unsigned i = 0; i < crew->slots->len; i++) {
		if (crew_slot(crew, i)->deaths < HOPELESS)
			return false;
	}
	return crew->slots->len > 0;
}

gint64
crew_next_wake(const struct crew *crew, gint64 now)
{
	gint64 age = restart_every_for(NULL), limit = batch_time_limit_for(NULL);
	gint64 next = G_MAXINT64;

	for (unsigned i = 0; i < crew->slots->len; i++) {
		const struct slot *slot = crew_slot(crew, i);

		if (slot->pid == 0)
			next = i < crew->wanted ? MIN(next, slot->not_before) : next;
		else if (slot->job != NULL && limit > 0)
			next = MIN(next, slot->job_started + seconds(limit));
		else if (slot_is_idle(slot) && age > 0)
			next = MIN(next, slot->born + seconds(age));
	}
	return MAX(next, now);
}

void
crew_note_death(struct slot *slot, gint64 now)
{
	slot->deaths++;
	if (slot->deaths > 2)
		slot->not_before =
		    now + seconds(MIN(BACK_OFF_MAX, 1 << MIN(slot->deaths - 3, 10u)));
}
