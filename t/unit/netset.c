/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The prefix tree names the same networks as looking at each of them does.
 */
#include "rules/netset.h"

#define NETWORKS 300

struct found {
	GArray *ids;
};

static void
collect(uint32_t id, void *data)
{
	struct found *found = data;

	g_array_append_val(found->ids, id);
}

static int
compare(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

static bool
holds(const struct network *network, const struct ip *ip)
{
	if (network->ip.family != ip->family)
		return false;
	for (unsigned i = 0; i < network->bits; i++) {
		if ((network->ip.bytes[i / 8] ^ ip->bytes[i / 8]) & 0x80 >> i % 8)
			return false;
	}
	return true;
}

/* Few different bits, so that networks hold each other. */
static struct ip
random_ip(GRand *random)
{
	struct ip ip = { .family = g_rand_boolean(random) ? IP_V4 : IP_V6 };

	for (unsigned i = 0; i < ip_bits(ip.family) / 8; i++)
		ip.bytes[i] =
		    (uint8_t)(g_rand_boolean(random) ? 0 : 0x81 << g_rand_int_range(random, 0, 3));
	return ip;
}

static struct network
random_network(GRand *random)
{
	struct network network = { .ip = random_ip(random) };
	unsigned size = ip_bits(network.ip.family);

	network.bits = (unsigned)g_rand_int_range(random, 0, (gint32)size + 1);
	for (unsigned i = network.bits; i < size; i++)
		network.ip.bytes[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	return network;
}

static void
test_random(void)
{
	GRand *random = g_rand_new_with_seed(1);
	struct network networks[NETWORKS];

	for (int round = 0; round < 30; round++) {
		struct netset *set = netset_new();
		for (uint32_t i = 0; i < NETWORKS; i++) {
			networks[i] = random_network(random);
			netset_add(set, &networks[i], i);
		}
		for (int i = 0; i < 300; i++) {
			struct ip ip = random_ip(random);
			struct found found = { g_array_new(FALSE, FALSE, sizeof(uint32_t)) };
			unsigned n = 0;
			netset_find(set, &ip, collect, &found);
			g_array_sort(found.ids, compare);
			for (uint32_t j = 0; j < NETWORKS; j++) {
				if (!holds(&networks[j], &ip))
					continue;
				g_assert_cmpuint(n, <, found.ids->len);
				g_assert_cmpuint(g_array_index(found.ids, uint32_t, n), ==, j);
				n++;
			}
			g_assert_cmpuint(n, ==, found.ids->len);
			g_array_unref(found.ids);
		}
		netset_free(set);
	}
	g_rand_free(random);
}

static void
test_nothing(void)
{
	struct netset *set = netset_new();
	struct network everything = { { IP_V4, { 0 } }, 0 };
	struct found found = { g_array_new(FALSE, FALSE, sizeof(uint32_t)) };
	struct ip none = { IP_NONE, { 0 } };

	netset_find(set, &everything.ip, collect, &found);
	netset_add(set, &everything, 1);
	netset_find(set, &none, collect, &found);
	g_assert_cmpuint(found.ids->len, ==, 0);
	netset_find(set, &everything.ip, collect, &found);
	g_assert_cmpuint(found.ids->len, ==, 1);
	g_array_unref(found.ids);
	netset_free(set);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/netset/finds what looking at each network finds", test_random);
	g_test_add_func("/netset/no address is in no network", test_nothing);
	return g_test_run();
}
