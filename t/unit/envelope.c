/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/envelope.h"

static void
test_new(void)
{
	struct envelope *envelope = envelope_new();

	g_assert_cmpstr(envelope->sender, ==, "");
	g_assert_cmpstr(envelope->client_ip, ==, "");
	g_assert_null(envelope->client_name);
	g_assert_cmpuint(envelope->recipients->len, ==, 0);
	envelope_free(envelope);
	envelope_free(NULL);
}

static void
test_recipients(void)
{
	struct envelope *envelope = envelope_new();
	char address[] = "a@x", own[] = "a@x 0";

	envelope_add_recipient(envelope, address, own);
	envelope_add_recipient(envelope, address, NULL);
	address[0] = own[0] = 'b';

	const struct recipient *first = envelope->recipients->pdata[0];
	const struct recipient *second = envelope->recipients->pdata[1];

	g_assert_cmpstr(first->address, ==, "a@x");
	g_assert_cmpstr(first->own, ==, "a@x 0");
	g_assert_cmpstr(second->address, ==, "a@x");
	g_assert_null(second->own);
	envelope_free(envelope);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/envelope/a new one says nothing", test_new);
	g_test_add_func("/envelope/recipients are copied, in order", test_recipients);
	return g_test_run();
}
