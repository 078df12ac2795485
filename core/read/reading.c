/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Contents are not kept between the two calls: whoever wants some has the message read again, with nothing looked at that the
 * walk does not need. That costs less than holding what mostly nobody asks for, and both walks number the parts alike.
 */
#include "core/read/reading.h"

#include "core/read/mime.h"
#include "core/read/task.h"

static struct facts *
run(const struct brief *brief, const struct source *source, const struct reading_wish *wish,
    bool *ended)
{
	struct task task = {
		.brief = brief,
		.source = source,
		.facts = facts_new(),
		.wish = wish,
		.deadline =
		    g_get_monotonic_time() + (gint64)MAX(brief->seconds, 1) * G_USEC_PER_SEC,
	};

	mime_read(&task);
	if (ended != NULL)
		*ended = task.ended;
	return task.facts;
}

struct facts *
reading_run(const struct brief *brief, const struct source *source)
{
	return run(brief, source, NULL, NULL);
}

bool
reading_contents(
    const struct brief *brief, const struct source *source, const struct reading_wish *wish)
{
	struct brief bare = *brief;
	bool ended = false;

	bare.want_html = bare.want_digests = bare.want_types = bare.want_mime_types = false;
	if (wish->count > 0)
		facts_free(run(&bare, source, wish, &ended));
	return !ended;
}
