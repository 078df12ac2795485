/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hand-off and its recovery make the same kind of list.
 */
#include "spool/trouble.h"

#include "spool/handoff.h"

static void
trouble_free(struct handoff_trouble *trouble)
{
	g_free(trouble->id);
	g_free(trouble->why);
	g_free(trouble);
}

GPtrArray *
trouble_array(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)trouble_free);
}

void
trouble_add(GPtrArray *list, const char *id, const char *why)
{
	struct handoff_trouble *trouble = g_new0(struct handoff_trouble, 1);

	trouble->id = g_strdup(id);
	trouble->why = g_strdup(why);
	g_ptr_array_add(list, trouble);
}
