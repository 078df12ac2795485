/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A channel of c-ares for each question that the cache can't answer: reading resolv.conf again is
 * nothing beside a question to the network, no socket is shared after a fork, and a question that
 * overran leaves nothing behind. PTR records are asked for as such (not by ares_gethostbyaddr, which
 * reports a time-out as an address without a name).
 */
#include "rules/resolver.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>

#include "rules/network.h"

#define CACHE_LIMIT 10000
#define KEEP_SECONDS 60
#define KEEP_FAILURE_SECONDS 5
#define TRIES 3
/* Names of one address that are verified, and addresses of one name that are compared. */
#define NAMES_LIMIT 5

struct answer {
	enum resolver_answer kind;
	char *name;
	gint64 expires;
};

static struct {
	GMutex lock;
	GHashTable *cache; /* "v" or "c" and the address -> struct answer */
	char *servers;
	unsigned milliseconds;
	enum resolver_failure failure;
} resolver = { .milliseconds = 5000 };

static G_DEFINE_QUARK(resolver_error, resolver_error)

    /* One name look-up: some questions under one deadline. */
    struct inquiry {
	ares_channel channel;
	gint64 deadline;
	struct ip ip;
};

/* The reply to one question. */
struct reply {
	bool done;
	int status;
	unsigned char *bytes;
	int length;
	struct hostent *host; /* of the hosts file */
};

static void
answer_free(gpointer data)
{
	struct answer *answer = data;

	g_free(answer->name);
	g_free(answer);
}

/* "a, b" as c-ares wants it: without blanks. The caller's. */
static char *
server_list(const char *servers)
{
	GString *list = g_string_new(NULL);

	for (; *servers != '\0'; servers++) {
		if (!g_ascii_isspace(*servers))
			g_string_append_c(list, *servers);
	}
	return g_string_free(list, FALSE);
}

static int
open_channel(ares_channel *channel, const char *servers, unsigned milliseconds)
{
	char hosts_file[] = "f";
	struct ares_options options = {
		/* Doubled with each try. */
		.timeout = (int)MAX(milliseconds / 4, 20),
		.tries = TRIES,
		.lookups = hosts_file,
	};
	int status;

	ares_library_init(ARES_LIB_INIT_ALL);
	status = ares_init_options(
	    channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS);
	if (status == ARES_SUCCESS && *servers != '\0') {
		status = ares_set_servers_ports_csv(*channel, servers);
		if (status != ARES_SUCCESS)
			ares_destroy(*channel);
	}
	return status;
}

bool
resolver_configure(
    const char *servers, unsigned milliseconds, enum resolver_failure failure, GError **error)
{
	g_autofree char *list = server_list(servers);
	ares_channel channel;
	int status = open_channel(&channel, list, milliseconds);

	if (status != ARES_SUCCESS) {
		g_set_error(error, resolver_error_quark(), status, "\"%s\": %s", servers,
		    ares_strerror(status));
		return false;
	}
	ares_destroy(channel);
	g_mutex_lock(&resolver.lock);
	g_free(resolver.servers);
	resolver.servers = g_steal_pointer(&list);
	resolver.milliseconds = milliseconds;
	resolver.failure = failure;
	g_clear_pointer(&resolver.cache, g_hash_table_unref);
	g_mutex_unlock(&resolver.lock);
	return true;
}

/* Lets the channel work until the reply is there or the time is up. */
static void
await(struct inquiry *inquiry, struct reply *reply)
{
	while (!reply->done) {
		ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
		struct pollfd fds[ARES_GETSOCK_MAXNUM];
		unsigned n = 0;
		unsigned wanted =
		    (unsigned)ares_getsock(inquiry->channel, sockets, ARES_GETSOCK_MAXNUM);
		gint64 left = (inquiry->deadline - g_get_monotonic_time()) / 1000;

		if (left <= 0) {
			ares_cancel(inquiry->channel);
			return;
		}
		/* ARES_GETSOCK_WRITABLE shifts into the sign. */
		for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
			short events =
			    (short)((wanted >> i & 1 ? POLLIN : 0) |
				    (wanted >> (ARES_GETSOCK_MAXNUM + i) & 1 ? POLLOUT : 0));
			if (events != 0)
				fds[n++] = (struct pollfd){ sockets[i], events, 0 };
		}
		struct timeval most = { left / 1000, left % 1000 * 1000 }, room;
		const struct timeval *next = ares_timeout(inquiry->channel, &most, &room);
		int ready = poll(fds, n, (int)(next->tv_sec * 1000 + next->tv_usec / 1000 + 1));
		if (ready <= 0)
			ares_process_fd(inquiry->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
		for (unsigned i = 0; ready > 0 && i < n; i++) {
			if (fds[i].revents != 0)
				ares_process_fd(inquiry->channel,
				    fds[i].revents & ~POLLOUT ? fds[i].fd : ARES_SOCKET_BAD,
				    fds[i].revents & POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
		}
	}
}

static void
take_reply(void *data, int status, int timeouts, unsigned char *bytes, int length)
{
	struct reply *reply = data;

	(void)timeouts;
	reply->done = true;
	reply->status = status;
	if (status == ARES_SUCCESS) {
		reply->bytes = g_memdup2(bytes, (gsize)length);
		reply->length = length;
	}
}

/* ARES_SUCCESS, ARES_ENOTFOUND for "no such thing", or what failed. */
static int
ask(struct inquiry *inquiry, const char *name, int type, struct reply *reply)
{
	ares_query(inquiry->channel, name, ns_c_in, type, take_reply, reply);
	await(inquiry, reply);
	return reply->status == ARES_ENODATA ? ARES_ENOTFOUND : reply->status;
}

/* The name in the reverse tree of RFC 1035 and RFC 3596. The caller's. */
static char *
reverse_name(const struct ip *ip)
{
	GString *name = g_string_new(NULL);

	if (ip->family == IP_V4) {
		g_string_printf(name, "%u.%u.%u.%u.in-addr.arpa", ip->bytes[3], ip->bytes[2],
		    ip->bytes[1], ip->bytes[0]);
		return g_string_free(name, FALSE);
	}
	for (int i = 15; i >= 0; i--)
		g_string_append_printf(name, "%x.%x.", ip->bytes[i] & 15, ip->bytes[i] >> 4);
	g_string_append(name, "ip6.arpa");
	return g_string_free(name, FALSE);
}

static int
socket_family(const struct ip *ip)
{
	return ip->family == IP_V4 ? AF_INET : AF_INET6;
}

static int
ip_size(const struct ip *ip)
{
	return ip->family == IP_V4 ? 4 : 16;
}

static void
add_name(GPtrArray *names, const char *name)
{
	char *lower = g_ascii_strdown(name, -1);
	size_t length = strlen(lower);

	if (length > 0 && lower[length - 1] == '.')
		lower[length - 1] = '\0';
	if (*lower != '\0' && names->len < NAMES_LIMIT)
		g_ptr_array_add(names, lower);
	else
		g_free(lower);
}

/* What the PTR records say. */
static int
ask_names(struct inquiry *inquiry, GPtrArray *names)
{
	g_autofree char *question = reverse_name(&inquiry->ip);
	struct reply reply = { 0 };
	struct hostent *host = NULL;
	int status = ask(inquiry, question, ns_t_ptr, &reply);

	if (status == ARES_SUCCESS)
		status = ares_parse_ptr_reply(reply.bytes, reply.length, inquiry->ip.bytes,
		    ip_size(&inquiry->ip), socket_family(&inquiry->ip), &host);
	g_free(reply.bytes);
	if (status != ARES_SUCCESS)
		return status == ARES_ENODATA ? ARES_ENOTFOUND : status;
	for (char **alias = host->h_aliases; alias && *alias; alias++)
		add_name(names, *alias);
	if (names->len == 0)
		add_name(names, host->h_name);
	ares_free_hostent(host);
	return names->len > 0 ? ARES_SUCCESS : ARES_ENOTFOUND;
}

/* Does the name lead to the address? Sets `*leads` on ARES_SUCCESS. */
static int
ask_address(struct inquiry *inquiry, const char *name, bool *leads)
{
	bool v4 = inquiry->ip.family == IP_V4;
	struct reply reply = { 0 };
	struct hostent *host = NULL;
	int status = ask(inquiry, name, v4 ? ns_t_a : ns_t_aaaa, &reply);

	*leads = false;
	if (status == ARES_SUCCESS)
		status = v4 ? ares_parse_a_reply(reply.bytes, reply.length, &host, NULL, NULL)
			    : ares_parse_aaaa_reply(reply.bytes, reply.length, &host, NULL, NULL);
	g_free(reply.bytes);
	if (status != ARES_SUCCESS)
		return status == ARES_ENODATA ? ARES_ENOTFOUND : status;
	for (char **address = host->h_addr_list; *address; address++)
		*leads = *leads ||
			 memcmp(*address, inquiry->ip.bytes, (size_t)ip_size(&inquiry->ip)) == 0;
	bool any = host->h_addr_list[0];
	ares_free_hostent(host);
	return any ? ARES_SUCCESS : ARES_ENOTFOUND;
}

static enum resolver_answer
verify_names(struct inquiry *inquiry, GPtrArray *names, char **name)
{
	enum resolver_answer answer = RESOLVER_NONE;

	for (unsigned i = 0; i < names->len; i++) {
		bool leads;
		int status = ask_address(inquiry, g_ptr_array_index(names, i), &leads);
		if (leads) {
			*name = g_strdup(g_ptr_array_index(names, i));
			return RESOLVER_NAME;
		}
		if (status == ARES_SUCCESS && answer == RESOLVER_NONE)
			answer = RESOLVER_SPOOFED;
		else if (status != ARES_SUCCESS && status != ARES_ENOTFOUND)
			answer = RESOLVER_UNKNOWN;
	}
	return answer;
}

static void
take_host(void *data, int status, int timeouts, struct hostent *host)
{
	char **name = data;

	(void)timeouts;
	if (status == ARES_SUCCESS && host->h_name && *host->h_name != '\0')
		*name = g_ascii_strdown(host->h_name, -1);
}

static enum resolver_answer
inquire(struct inquiry *inquiry, bool hosts_file, bool verify, char **name)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	/* The hosts file is the postmaster's own word and needs no proof. */
	if (hosts_file)
		ares_gethostbyaddr(inquiry->channel, inquiry->ip.bytes, ip_size(&inquiry->ip),
		    socket_family(&inquiry->ip), take_host, name);
	if (*name)
		return RESOLVER_NAME;
	switch (ask_names(inquiry, names)) {
	case ARES_SUCCESS:
		break;
	case ARES_ENOTFOUND:
		return RESOLVER_NONE;
	default:
		return RESOLVER_UNKNOWN;
	}
	if (verify)
		return verify_names(inquiry, names, name);
	*name = g_strdup(g_ptr_array_index(names, 0));
	return RESOLVER_NAME;
}

static enum resolver_answer
look_up(const struct ip *ip, bool verify, char **name)
{
	const char *servers = resolver.servers ? resolver.servers : "";
	struct inquiry inquiry = { .ip = *ip };
	enum resolver_answer answer = RESOLVER_UNKNOWN;

	inquiry.deadline =
	    g_get_monotonic_time() + (gint64)resolver.milliseconds * G_TIME_SPAN_MILLISECOND;
	if (open_channel(&inquiry.channel, servers, resolver.milliseconds) == ARES_SUCCESS) {
		answer = inquire(&inquiry, *servers == '\0', verify, name);
		ares_destroy(inquiry.channel);
	}
	return answer;
}

static gboolean
is_expired(gpointer key, gpointer value, gpointer now)
{
	(void)key;
	return ((struct answer *)value)->expires <= *(gint64 *)now;
}

static void
keep(const char *key, enum resolver_answer kind, const char *name)
{
	struct answer *answer = g_new(struct answer, 1);
	gint64 now = g_get_monotonic_time();
	int seconds = kind == RESOLVER_UNKNOWN ? KEEP_FAILURE_SECONDS : KEEP_SECONDS;

	if (!resolver.cache)
		resolver.cache =
		    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, answer_free);
	if (g_hash_table_size(resolver.cache) >= CACHE_LIMIT)
		g_hash_table_foreach_remove(resolver.cache, is_expired, &now);
	if (g_hash_table_size(resolver.cache) >= CACHE_LIMIT)
		g_hash_table_remove_all(resolver.cache);
	answer->kind = kind;
	answer->name = g_strdup(name);
	answer->expires = now + seconds * G_TIME_SPAN_SECOND;
	g_hash_table_insert(resolver.cache, g_strdup(key), answer);
}

static enum resolver_answer
cached_answer(const struct ip *ip, bool verify, char **name)
{
	g_autofree char *text = ip_text(ip);
	g_autofree char *key = g_strconcat(verify ? "v" : "c", text, NULL);
	struct answer *answer = NULL;

	if (resolver.cache)
		answer = g_hash_table_lookup(resolver.cache, key);
	if (answer && answer->expires > g_get_monotonic_time()) {
		*name = g_strdup(answer->name);
		return answer->kind;
	}
	enum resolver_answer kind = look_up(ip, verify, name);
	keep(key, kind, *name);
	return kind;
}

enum resolver_answer
resolver_client_name(const char *ip, bool verify, char **name)
{
	struct ip parsed;

	*name = NULL;
	if (!ip_parse(ip, &parsed))
		return RESOLVER_NONE;
	g_mutex_lock(&resolver.lock);
	enum resolver_answer answer = cached_answer(&parsed, verify, name);
	if (answer == RESOLVER_UNKNOWN && resolver.failure == RESOLVER_FAILURE_NO_NAME)
		answer = RESOLVER_NONE;
	g_mutex_unlock(&resolver.lock);
	return answer;
}
