/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two prefix trees, IPv4 and IPv6, with paths compressed: a node is a network, its two children lie
 * within its halves, and a look-up passes exactly the networks that hold the address and the few
 * that only exist to part two others. Nodes lie in one array and name each other by number.
 */
#include "rules/netset.h"

#include <string.h>

#define NONE UINT32_MAX

struct node {
	uint8_t bytes[16];
	uint32_t children[2]; /* NONE: none */
	uint32_t members;     /* first of the numbers added; NONE: a parting of ways only */
	uint8_t bits;
};

struct member {
	uint32_t id;
	uint32_t next;
};

struct netset {
	GArray *nodes;
	GArray *members;
	uint32_t roots[2]; /* IPv4, IPv6 */
};

struct netset *
netset_new(void)
{
	struct netset *set = g_new(struct netset, 1);

	set->nodes = g_array_new(FALSE, FALSE, sizeof(struct node));
	set->members = g_array_new(FALSE, FALSE, sizeof(struct member));
	set->roots[0] = set->roots[1] = NONE;
	return set;
}

void
netset_free(struct netset *set)
{
	if (!set)
		return;
	g_array_unref(set->nodes);
	g_array_unref(set->members);
	g_free(set);
}

static struct node *
node_at(const struct netset *set, uint32_t number)
{
	return &g_array_index(set->nodes, struct node, number);
}

static uint32_t
new_node(struct netset *set, const uint8_t bytes[16], unsigned bits)
{
	struct node node = { .children = { NONE, NONE }, .members = NONE, .bits = (uint8_t)bits };

	for (unsigned i = 0; i < bits; i++)
		node.bytes[i / 8] |= (uint8_t)(bytes[i / 8] & 0x80 >> i % 8);
	g_array_append_val(set->nodes, node);
	return set->nodes->len - 1;
}

static unsigned
bit_at(const uint8_t bytes[16], unsigned bit)
{
	return bytes[bit / 8] >> (7 - bit % 8) & 1;
}

/* How many of the first `limit` bits are the same. */
static unsigned
common_bits(const uint8_t a[16], const uint8_t b[16], unsigned limit)
{
	unsigned bits = 0;

	while (bits + 8 <= limit && a[bits / 8] == b[bits / 8])
		bits += 8;
	while (bits < limit && bit_at(a, bits) == bit_at(b, bits))
		bits++;
	return bits;
}

/* Writes to the place that names a node: a root, or a child of `parent`. */
static void
attach(struct netset *set, unsigned root, uint32_t parent, unsigned side, uint32_t node)
{
	if (parent == NONE)
		set->roots[root] = node;
	else
		node_at(set, parent)->children[side] = node;
}

/* The node of exactly this network, made where there is none. */
static uint32_t
node_of(struct netset *set, const struct network *network)
{
	const uint8_t *bytes = network->ip.bytes;
	unsigned root = network->ip.family == IP_V6, side = 0;
	uint32_t parent = NONE, here = set->roots[root];

	while (here != NONE) {
		const struct node *node = node_at(set, here);
		unsigned same = common_bits(node->bytes, bytes, MIN(node->bits, network->bits));
		if (same < node->bits) {
			unsigned below = bit_at(node->bytes, same);
			uint32_t fork = new_node(set, bytes, same);
			node_at(set, fork)->children[below] = here;
			attach(set, root, parent, side, fork);
			here = fork;
			node = node_at(set, here);
		}
		if (node->bits == network->bits)
			return here;
		parent = here;
		side = bit_at(bytes, node->bits);
		here = node->children[side];
	}
	here = new_node(set, bytes, network->bits);
	attach(set, root, parent, side, here);
	return here;
}

void
netset_add(struct netset *set, const struct network *network, uint32_t id)
{
	struct node *node = node_at(set, node_of(set, network));
	struct member member = { id, node->members };

	node->members = set->members->len;
	g_array_append_val(set->members, member);
}

void
netset_find(const struct netset *set, const struct ip *ip, netset_found found, void *data)
{
	unsigned size = ip_bits(ip->family);

	if (ip->family == IP_NONE)
		return;
	uint32_t here = set->roots[ip->family == IP_V6];
	while (here != NONE) {
		const struct node *node = node_at(set, here);
		/* A wrong turn is noticed here: the way down looks at single bits only. */
		if (node->members != NONE &&
		    common_bits(node->bytes, ip->bytes, node->bits) < node->bits)
			return;
		for (uint32_t i = node->members; i != NONE;) {
			const struct member *member =
			    &g_array_index(set->members, struct member, i);
			found(member->id, data);
			i = member->next;
		}
		if (node->bits == size)
			return;
		here = node->children[bit_at(ip->bytes, node->bits)];
	}
}
