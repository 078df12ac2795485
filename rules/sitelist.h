/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_SITELIST_H
#define RULES_SITELIST_H
/*
 * Files that list domain names: sites that are safe or bad, and domains below which names are registered.
 *
 * The first word of a line is an entry, whatever its case; what stands behind it is for people. "*.example.com" is every
 * name below example.com, not that name itself. "REMOVE host" takes the entry `host` away, wherever another line or
 * file of the list has it. Lines that are blank or begin with # don't count.
 */
#include <glib.h>
#include <stdbool.h>

struct sitelist;

/*
 * `paths` are files, separated by blanks or commas; "" makes an empty list. A file that can't be read is left out, and its path is
 * added to `unread` (of char *; may be NULL). Never NULL.
 */
struct sitelist *sitelist_load(const char *paths, GPtrArray *unread);
/* NULL is allowed. */
void sitelist_free(struct sitelist *list);

unsigned sitelist_count(const struct sitelist *list);

/* Is the host an entry, or below a "*." entry? `host` in lower case. A list that is NULL is empty, and "" is in none. */
bool sitelist_has(const struct sitelist *list, const char *host);
/* Is it an entry as it stands? */
bool sitelist_has_entry(const struct sitelist *list, const char *entry);

#endif
