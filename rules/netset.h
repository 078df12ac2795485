/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_NETSET_H
#define RULES_NETSET_H
/*
 * A set of networks. Asked with an address, it names all that hold it.
 */
#include <glib.h>
#include <stdint.h>
#include "rules/network.h"

struct netset;

typedef void (*netset_found)(uint32_t id, void *data);

struct netset *netset_new(void);
void netset_free(struct netset *set);

/* The same network may be added under several numbers. */
void netset_add(struct netset *set, const struct network *network, uint32_t id);

/* Calls `found` once for each network that holds the address, the widest first. */
void netset_find(const struct netset *set, const struct ip *ip, netset_found found, void *data);

#endif
