/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The resolver and host: rules against a real name server on loopback, started here; and against
 * one that never answers and one that is not there.
 */
#include "rules/resolver.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "t/unit/rules.h"

/* 2001:db8::7 */
#define SEVENTH "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"

static const char *const records[] = {
	"--host-record=Good.example,192.0.2.1",
	"--host-record=mail7.sub.good.example,192.0.2.2",
	"--ptr-record=3.2.0.192.in-addr.arpa,good.example",
	"--ptr-record=4.2.0.192.in-addr.arpa,nowhere.example",
	"--ptr-record=5.2.0.192.in-addr.arpa,good.example",
	"--ptr-record=5.2.0.192.in-addr.arpa,second.example",
	"--host-record=second.example,192.0.2.5",
	"--host-record=six.example,2001:db8::6",
	"--ptr-record=" SEVENTH ",six.example",
	"--local=/example/",
	"--local=/0.192.in-addr.arpa/",
	"--local=/ip6.arpa/",
};

/* A socket on a free port of 127.0.0.1. */
static int
loopback_socket(unsigned *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	g_assert_cmpint(bind(fd, (struct sockaddr *)&address, size), ==, 0);
	g_assert_cmpint(getsockname(fd, (struct sockaddr *)&address, &size), ==, 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static void
use_port(unsigned port, unsigned milliseconds, enum resolver_failure failure)
{
	g_autofree char *servers = g_strdup_printf("127.0.0.1:%u", port);
	g_autoptr(GError) error = NULL;

	g_assert_true(resolver_configure(servers, milliseconds, failure, &error));
	g_assert_no_error(error);
}

/* Returns when the server says that it has started. */
static GSubprocess *
start_server(unsigned *port)
{
	g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *program = g_find_program_in_path("dnsmasq");
	g_autoptr(GError) error = NULL;

	if (!program)
		program = g_strdup("/usr/sbin/dnsmasq");
	close(loopback_socket(port));
	g_ptr_array_add(arguments, g_strdup(program));
	g_ptr_array_add(arguments, g_strdup_printf("--port=%u", *port));
	g_ptr_array_add(arguments, g_strdup_printf("--user=%s", g_get_user_name()));
	for (const char *const *option = (const char *const[]){ "--keep-in-foreground",
		 "--conf-file=/dev/null", "--listen-address=127.0.0.1", "--bind-interfaces",
		 "--no-resolv", "--no-hosts", "--pid-file", "--log-facility=-", NULL };
	     *option; option++)
		g_ptr_array_add(arguments, g_strdup(*option));
	for (size_t i = 0; i < G_N_ELEMENTS(records); i++)
		g_ptr_array_add(arguments, g_strdup(records[i]));
	g_ptr_array_add(arguments, NULL);
	GSubprocess *server = g_subprocess_newv(
	    (const char *const *)arguments->pdata, G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
	g_assert_no_error(error);
	g_autoptr(GDataInputStream) log =
	    g_data_input_stream_new(g_subprocess_get_stderr_pipe(server));
	for (;;) {
		g_autofree char *line = g_data_input_stream_read_line(log, NULL, NULL, &error);
		g_assert_nonnull(line);
		if (strstr(line, "started"))
			break;
	}
	g_filter_input_stream_set_close_base_stream(G_FILTER_INPUT_STREAM(log), FALSE);
	return server;
}

static void
stop_server(GSubprocess *server)
{
	g_subprocess_send_signal(server, SIGTERM);
	g_subprocess_wait(server, NULL, NULL);
	g_object_unref(server);
}

static bool
server_missing(void)
{
	g_autofree char *program = g_find_program_in_path("dnsmasq");

	if (program || g_file_test("/usr/sbin/dnsmasq", G_FILE_TEST_IS_EXECUTABLE))
		return false;
	g_test_skip("dnsmasq is not installed");
	return true;
}

struct test_name {
	const char *why;
	const char *ip;
	bool verify;
	enum resolver_answer expected;
	const char *name;
};

static const struct test_name names[] = {
	{ "a name that leads back", "192.0.2.1", true, RESOLVER_NAME, "good.example" },
	{ "the same, only claimed", "192.0.2.1", false, RESOLVER_NAME, "good.example" },
	{ "a mapped address", "::ffff:192.0.2.1", true, RESOLVER_NAME, "good.example" },
	{ "a name that leads elsewhere", "192.0.2.3", true, RESOLVER_SPOOFED, NULL },
	{ "such a name, only claimed", "192.0.2.3", false, RESOLVER_NAME, "good.example" },
	{ "a name without an address", "192.0.2.4", true, RESOLVER_NONE, NULL },
	{ "two names, one leads back", "192.0.2.5", true, RESOLVER_NAME, "second.example" },
	{ "an IPv6 address", "2001:db8::6", true, RESOLVER_NAME, "six.example" },
	{ "a name that leads to another IPv6 address", "2001:db8::7", true, RESOLVER_SPOOFED,
	    NULL },
	{ "no name", "192.0.2.77", true, RESOLVER_NONE, NULL },
	{ "no IPv6 name", "2001:db8::77", true, RESOLVER_NONE, NULL },
	{ "refused by the server", "198.51.100.1", true, RESOLVER_UNKNOWN, NULL },
	{ "what is no address", "joe", true, RESOLVER_NONE, NULL },
	{ "nothing", "", true, RESOLVER_NONE, NULL },
};

static void
test_names(void)
{
	unsigned port;

	if (server_missing())
		return;
	GSubprocess *server = start_server(&port);
	use_port(port, 5000, RESOLVER_FAILURE_UNKNOWN);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *name = NULL;
		g_test_message("%s", names[i].why);
		g_assert_cmpint(resolver_client_name(names[i].ip, names[i].verify, &name), ==,
		    names[i].expected);
		g_assert_cmpstr(name, ==, names[i].name);
	}
	stop_server(server);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *name = NULL;
		g_test_message("kept: %s", names[i].why);
		g_assert_cmpint(resolver_client_name(names[i].ip, names[i].verify, &name), ==,
		    names[i].expected);
		g_assert_cmpstr(name, ==, names[i].name);
	}
}

struct test_rule {
	const char *rules;
	const char *client;
	const char *expected; /* NULL: no rule */
};

static const struct test_rule rules[] = {
	{ "From: host:good.example 1\n", "192.0.2.1", "1" },
	{ "From: host:Good.Example 1\n", "192.0.2.2", "1" },
	{ "From: host:od.example 1\n", "192.0.2.1", NULL },
	{ "From: host:mail*.good.example 1\n", "192.0.2.2", "1" },
	{ "From: host:mail*.good.example 1\n", "192.0.2.1", NULL },
	{ "From: host:*.good.example 1\n", "192.0.2.2", "1" },
	{ "From: host:*.good.example 1\n", "192.0.2.1", "1" },
	{ "From: host:.good.example 1\n", "192.0.2.2", "1" },
	{ "From: host:.good.example 1\n", "192.0.2.1", NULL },
	{ "From: host:*d.example 1\n", "192.0.2.1", "1" },
	{ "From: host: 1\n", "192.0.2.77", "1" },
	{ "From: host: 1\n", "192.0.2.4", "1" },
	{ "From: host: 1\n", "192.0.2.1", NULL },
	{ "From: host:_SPOOFED_ 1\n", "192.0.2.3", "1" },
	{ "From: _SPOOFED_ 1\n", "192.0.2.3", "1" },
	{ "From: _SPOOFED_ 1\n", "192.0.2.1", NULL },
	{ "From: host:good.example 1\n", "192.0.2.3", NULL },
	{ "From: host-nocheck:good.example 1\n", "192.0.2.3", "1" },
	{ "From: host:/_SPOOFED_/ 1\n", "192.0.2.3", "1" },
	{ "From: host:/^\\.mail\\d/ 1\n", "192.0.2.2", "1" },
	{ "From: host:/^mail/ 1\n", "192.0.2.2", NULL },
	{ "From: host:/^\\.sub\\.good/ 1\n", "192.0.2.2", "1" },
	{ "From: host:* 1\n", "192.0.2.77", "1" },
	{ "From: host:* 1\n", "192.0.2.3", "1" },
	{ "FromOrTo: host:good.example 1\n", "192.0.2.1", "1" },
	{ "To: host:good.example 1\n", "192.0.2.1", NULL },
	{ "From: host:six.example 1\n", "2001:db8::6", "1" },
	{ "From: host:good.example and To: y.z 1\n", "192.0.2.1", "1" },
	{ "To: y.z and From: host:good.example 1\n", "192.0.2.1", "1" },
	{ "From: host:good.example and To: q.r 1\n", "192.0.2.1", NULL },
	{ "From: b.c 1\nFrom: host:good.example 2\n", "192.0.2.1", "1" },
	{ "From: host:good.example 1\nFrom: b.c 2\n", "192.0.2.1", "1" },
	{ "From: host:/.*/ 1\n", "192.0.2.1", NULL },
};

static char *
answer_of(const char *text, bool all, struct subject *subject)
{
	struct ruleset_use use = { .directive = "Test", .all = all };
	struct diagnostics *diagnostics = diagnostics_new();
	struct ruleset *set = ruleset_parse("t.rules", text, strlen(text), &use, diagnostics);
	char *answer = rules_answer(set, subject);

	ruleset_free(set);
	diagnostics_free(diagnostics);
	return answer;
}

static void
test_rules(void)
{
	unsigned port;

	if (server_missing())
		return;
	GSubprocess *server = start_server(&port);
	use_port(port, 5000, RESOLVER_FAILURE_UNKNOWN);
	for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
		g_autofree char *envelope = g_strconcat("a@b.c x@y.z ", rules[i].client, NULL);
		struct subject *subject = rules_subject(envelope);
		g_autofree char *answer = answer_of(rules[i].rules, false, subject);
		g_test_message("%s for %s", rules[i].rules, rules[i].client);
		g_assert_cmpstr(answer, ==, rules[i].expected);
		g_assert_null(subject_doubt(subject));
		subject_free(subject);
	}
	struct subject *subject = rules_subject("a@b.c x@y.z 192.0.2.2");
	g_autofree char *answer =
	    answer_of("From: host:/example/ e\nFrom: host:good.example g\n", true, subject);
	g_assert_cmpstr(answer, ==, "e e e e g");
	subject_free(subject);
	stop_server(server);
}

struct test_doubt {
	const char *why;
	const char *rules;
	bool all;
	const char *expected; /* "?": can't tell */
};

static const struct test_doubt doubts[] = {
	{ "a host rule decides", "From: host:x 1\n", false, "?" },
	{ "before a certain rule", "From: host:x 1\nFrom: b.c 2\n", false, "?" },
	{ "behind a certain rule", "From: b.c 2\nFrom: host:x 1\n", false, "2" },
	{ "behind an expression that fits", "From: /b/ 2\nFrom: host:x 1\n", false, "2" },
	{ "a list-like pair whose other half misses", "From: host:x and To: q.r 1\n", false, NULL },
	{ "a pair whose other half fits", "To: y.z and From: host:x 1\n", false, "?" },
	{ "the claimed name too", "From: host-nocheck:x 1\n", false, "?" },
	{ "_SPOOFED_ too", "From: _SPOOFED_ 1\n", false, "?" },
	{ "no name too", "From: host: 1\n", false, "?" },
	{ "any host rule in all mode", "From: b.c 2\nFrom: host:x 1\n", true, "?" },
	{ "a pair in all mode", "From: b.c 2\nTo: q.r and From: host:x 1\n", true, "2" },
	{ "a default alone asks nobody", "From: host:/.*/ 1\n", true, NULL },
};

static void
check_doubts(bool unknown)
{
	for (size_t i = 0; i < G_N_ELEMENTS(doubts); i++) {
		struct subject *subject = rules_subject("a@b.c x@y.z 192.0.2.1");
		g_autofree char *answer = answer_of(doubts[i].rules, doubts[i].all, subject);
		bool doubtful = g_strcmp0(doubts[i].expected, "?") == 0;

		g_test_message("%s", doubts[i].why);
		if (unknown || !doubtful)
			g_assert_cmpstr(answer, ==, doubts[i].expected);
		else
			g_assert_cmpstr(answer, !=, "?");
		g_assert_cmpint(subject_doubt(subject) != NULL, ==, unknown && doubtful);
		subject_free(subject);
	}
}

static void
test_doubt_text(void)
{
	struct subject *subject = rules_subject("a@b.c x@y.z 192.0.2.1");
	g_autofree char *answer = answer_of("\nFrom: host:x 1\n", false, subject);

	g_assert_cmpstr(answer, ==, "?");
	g_assert_cmpstr(subject_doubt(subject), ==,
	    "t.rules:2: the name of the client 192.0.2.1 could not be found out");
	subject_free(subject);
}

static void
test_silent(void)
{
	unsigned port;
	char packet[512];
	int fd = loopback_socket(&port);
	gint64 start = g_get_monotonic_time();

	use_port(port, 200, RESOLVER_FAILURE_UNKNOWN);
	check_doubts(true);
	test_doubt_text();
	g_assert_cmpint(g_get_monotonic_time() - start, <, 3 * G_TIME_SPAN_SECOND);
	unsigned packets = 0;
	while (recv(fd, packet, sizeof(packet), MSG_DONTWAIT) > 0)
		packets++;
	/* Two names, verified and claimed, each tried at most three times; all else is kept. */
	g_assert_cmpuint(packets, >=, 2);
	g_assert_cmpuint(packets, <=, 6);
	use_port(port, 200, RESOLVER_FAILURE_NO_NAME);
	check_doubts(false);
	close(fd);
}

/* Answers each question until the socket is shut: with a server failure, or with bytes that are no
 * answer. */
struct broken {
	int fd;
	bool garbage;
};

static void *
serve_broken(void *data)
{
	const struct broken *broken = data;
	struct sockaddr_in client;
	socklen_t size = sizeof(client);
	unsigned char packet[512];
	ssize_t n;

	while ((n = recvfrom(broken->fd, packet, sizeof(packet), 0, (struct sockaddr *)&client,
		    &size)) > 4) {
		packet[2] |= 0x80;
		packet[3] = 0x80 | 2;
		if (broken->garbage) {
			packet[3] = 0x80;
			packet[7] = 200; /* as many answers as there are not */
		}
		sendto(broken->fd, packet, (size_t)n, 0, (struct sockaddr *)&client, size);
	}
	return NULL;
}

static void
test_broken(const void *data)
{
	unsigned port;
	struct broken broken = { loopback_socket(&port), data != NULL };
	pthread_t thread;

	g_assert_cmpint(pthread_create(&thread, NULL, serve_broken, &broken), ==, 0);
	use_port(port, 1000, RESOLVER_FAILURE_UNKNOWN);
	check_doubts(true);
	shutdown(broken.fd, SHUT_RD);
	pthread_join(thread, NULL);
	close(broken.fd);
}

static void
test_absent(void)
{
	unsigned port;

	close(loopback_socket(&port));
	use_port(port, 2000, RESOLVER_FAILURE_UNKNOWN);
	check_doubts(true);
}

static void
test_servers(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(resolver_configure("ns.example", 100, RESOLVER_FAILURE_UNKNOWN, &error));
	g_assert_nonnull(strstr(error->message, "ns.example"));
	g_assert_true(resolver_configure(
	    "192.0.2.1, 192.0.2.2:5353, [2001:db8::1]:53", 100, RESOLVER_FAILURE_UNKNOWN, NULL));
	g_assert_true(resolver_configure("", 100, RESOLVER_FAILURE_UNKNOWN, NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/resolver/names are verified and kept", test_names);
	g_test_add_func("/resolver/host rules", test_rules);
	g_test_add_func("/resolver/a silent server means can't tell, in time", test_silent);
	g_test_add_func("/resolver/an absent server means can't tell", test_absent);
	g_test_add_data_func("/resolver/a server failure means can't tell", NULL, test_broken);
	g_test_add_data_func("/resolver/garbage means can't tell", "garbage", test_broken);
	g_test_add_func("/resolver/malformed servers are refused", test_servers);
	return g_test_run();
}
