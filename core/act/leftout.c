/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/leftout.h"

static void
left_out_free(void *data)
{
	struct left_out *left = data;

	g_free(left->why);
	g_free(left);
}

GPtrArray *
left_out_new(void)
{
	return g_ptr_array_new_with_free_func(left_out_free);
}

void
left_out_add(GPtrArray *list, const struct body_edit *edit, char *why)
{
	struct left_out *left = g_new(struct left_out, 1);

	left->edit = edit;
	left->why = why;
	g_ptr_array_add(list, left);
}

bool
left_out_has(const GPtrArray *list, const struct body_edit *edit)
{
	for (unsigned i = 0; i < list->len; i++) {
		const struct left_out *left = g_ptr_array_index(list, i);

		if (left->edit == edit || (left->edit == NULL && edit->cosmetic))
			return true;
	}
	return false;
}
