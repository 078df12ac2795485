/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is Exim's own about its queue; what every format does is in conformance.c. */
#include "spool/spool.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "spool/error.h"
#include "spool/fd.h"
#include "t/unit/queue_fixture.h"

#define ID "1xV4nS-0005bJ-2Z"
#define START ID "-H\nmail 8 8\n<s@from.test>\n1795341539 0\n"
#define HEADER "008  X: text\n"
#define DATA ID "-D\nbody\n"
#define CONTROL START "XX\n2\na@x\nb@x\n\n" HEADER

struct world {
	struct queue_fixture queues;
	struct journal *journal;
	struct handoff *handoff;
};

static void
begin(struct world *world, const char *control)
{
	g_autoptr(GError) error = NULL;

	queue_fixture_open(&world->queues);
	world->journal = journal_open(world->queues.state, "worker", &error);
	g_assert_no_error(error);
	world->handoff = handoff_new(world->journal, HANDOFF_SYNC_FILE);
	queue_fixture_put(world->queues.in, ID "-D", DATA);
	queue_fixture_put(world->queues.in, ID "-H", control);
}

static void
end(struct world *world)
{
	handoff_free(world->handoff);
	journal_close(world->journal);
	queue_fixture_close(&world->queues);
}

static struct spool_entry *
claim(struct spool_place *place)
{
	g_autoptr(GError) error = NULL;
	struct spool_entry *entry = spool_exim.claim(place, ID, &error);

	g_assert_no_error(error);
	return entry;
}

/* Claims the message in `place`, reads it, and hands it over or drops it. */
static void
move_on(struct world *world, struct spool_place *place, bool drop)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) refused = NULL;
	g_autoptr(GPtrArray) pending = NULL;
	struct spool_delivery delivery = { .to = world->queues.out };
	struct spool_entry *entry = claim(place);

	g_assert_true(spool_exim.read(entry, &error));
	spool_entry_begin(entry, world->handoff);
	if (drop)
		spool_exim.drop(entry, world->handoff);
	else
		g_assert_true(spool_exim.deliver(entry, &delivery, world->handoff, &error));
	g_assert_no_error(error);
	g_assert_true(handoff_commit(world->handoff, &refused, &pending, &error));
	g_assert_cmpuint(refused->len + pending->len, ==, 0);
	spool_entry_free(entry);
}

static void
test_same_file(void)
{
	struct world world;
	struct stat before, after;

	begin(&world, CONTROL);
	g_assert_cmpint(fstatat(world.queues.in->fd, ID "-H", &before, 0), ==, 0);
	move_on(&world, world.queues.in, false);
	g_assert_cmpint(fstatat(world.queues.out->fd, ID "-H", &after, 0), ==, 0);
	g_assert_cmpint(before.st_ino, ==, after.st_ino);
	g_assert_cmpint(before.st_mtim.tv_nsec, ==, after.st_mtim.tv_nsec);
	queue_fixture_expect(world.queues.out, ID "-H", CONTROL);
	queue_fixture_expect(world.queues.out, ID "-D", DATA);
	end(&world);
}

/* Hands the message over with this body, of which so many bytes are as they were. */
static bool
give_text(const void *body, spool_take take, void *data, GError **error)
{
	return take(data, body, strlen(body), error);
}

static void
deliver_body(struct world *world, const char *body, uint64_t same)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) refused = NULL;
	g_autoptr(GPtrArray) pending = NULL;
	g_autoptr(GBytes) tail = g_bytes_new(body + same, strlen(body) - same);
	struct spool_entry *entry = claim(world->queues.in);
	struct spool_delivery delivery = { .to = world->queues.out,
		.new_body = give_text,
		.body = body,
		.new_tail = tail,
		.same = same };

	g_assert_true(spool_exim.read(entry, &error));
	spool_entry_begin(entry, world->handoff);
	g_assert_true(spool_exim.deliver(entry, &delivery, world->handoff, &error));
	g_assert_true(handoff_commit(world->handoff, &refused, &pending, &error));
	g_assert_cmpuint(refused->len + pending->len, ==, 0);
	spool_entry_free(entry);
}

/* A new body of which the end is known goes into the file that is there, unless that has another name. */
static void
test_patched_body(void)
{
	static const struct {
		const char *body;
		uint64_t same;
	} bodies[] = { { "body\nand more\n", 5 }, { "bod", 3 }, { "another\n", 0 }, { "", 0 } };

	for (size_t i = 0; i < 2 * G_N_ELEMENTS(bodies); i++) {
		const char *body = bodies[i / 2].body;
		bool linked = i % 2 == 1;
		struct world world;
		struct stat before, after;
		g_autofree char *expected = g_strconcat(ID "-D\n", body, NULL);

		begin(&world, CONTROL);
		if (linked)
			g_assert_cmpint(
			    linkat(world.queues.in->fd, ID "-D", world.queues.in->fd, "copy", 0),
			    ==, 0);
		g_assert_cmpint(fstatat(world.queues.in->fd, ID "-D", &before, 0), ==, 0);
		deliver_body(&world, body, bodies[i / 2].same);
		g_assert_cmpint(fstatat(world.queues.out->fd, ID "-D", &after, 0), ==, 0);
		g_assert_cmpint(before.st_ino == after.st_ino, ==, !linked);
		queue_fixture_expect(world.queues.out, ID "-D", expected);
		queue_fixture_expect(world.queues.in, ID "-D", NULL);
		queue_fixture_expect(world.queues.in, "copy", linked ? DATA : NULL);
		end(&world);
	}
}

static void
test_message_log(void)
{
	for (int drop = 0; drop < 2; drop++) {
		struct world world;
		struct spool_place *logs;

		begin(&world, CONTROL);
		logs = queue_fixture_place(&world.queues, "msglog");
		queue_fixture_put(logs, ID, "log\n");
		queue_fixture_put(logs, "1xV4nS-0005bJ-30", "another's log\n");
		move_on(&world, world.queues.in, drop == 1);
		queue_fixture_expect(logs, ID, NULL);
		queue_fixture_expect(logs, "1xV4nS-0005bJ-30", "another's log\n");
		spool_place_unref(logs);
		end(&world);
	}
}

static void
test_split_message_log(void)
{
	struct world world;
	struct spool_place *inner, *logs;

	begin(&world, CONTROL);
	inner = queue_fixture_place(&world.queues, "in/S");
	logs = queue_fixture_place(&world.queues, "msglog");
	spool_place_unref(logs);
	logs = queue_fixture_place(&world.queues, "msglog/S");
	queue_fixture_put(logs, ID, "log\n");
	queue_fixture_put(inner, ID "-D", DATA);
	queue_fixture_put(inner, ID "-H", CONTROL);
	move_on(&world, inner, false);
	queue_fixture_expect(logs, ID, NULL);
	spool_place_unref(inner);
	spool_place_unref(logs);
	end(&world);
}

static void
test_journal(void)
{
	struct world world;

	begin(&world, CONTROL);
	queue_fixture_put(world.queues.in, ID "-J", "b@x\nother@x\n");
	move_on(&world, world.queues.in, false);
	queue_fixture_expect(
	    world.queues.out, ID "-H", START "YN other@x\nNN b@x\n2\na@x\nb@x\n\n" HEADER);
	queue_fixture_expect(world.queues.in, ID "-J", NULL);
	queue_fixture_expect(world.queues.out, ID "-J", NULL);
	end(&world);
}

static void
test_journal_dropped(void)
{
	struct world world;

	begin(&world, CONTROL);
	queue_fixture_put(world.queues.in, ID "-J", "b@x\n");
	move_on(&world, world.queues.in, true);
	g_assert_cmpuint(queue_fixture_count(world.queues.in, ""), ==, 0);
	end(&world);
}

/* How the files are changed before the claim, and what then comes of it. */
struct oddity {
	const char *why;
	void (*make)(const struct spool_place *in);
	enum spool_error code;
	const char *text; /* in the error */
};

static void
unlink_data(const struct spool_place *in)
{
	g_assert_cmpint(unlinkat(in->fd, ID "-D", 0), ==, 0);
}

static void
unlink_header(const struct spool_place *in)
{
	g_assert_cmpint(unlinkat(in->fd, ID "-H", 0), ==, 0);
}

static void
link_data(const struct spool_place *in)
{
	g_assert_cmpint(renameat(in->fd, ID "-D", in->fd, "elsewhere"), ==, 0);
	g_assert_cmpint(symlinkat("elsewhere", in->fd, ID "-D"), ==, 0);
}

static void
link_header(const struct spool_place *in)
{
	g_assert_cmpint(renameat(in->fd, ID "-H", in->fd, "elsewhere"), ==, 0);
	g_assert_cmpint(symlinkat("elsewhere", in->fd, ID "-H"), ==, 0);
}

static void
fifo_data(const struct spool_place *in)
{
	unlink_data(in);
	g_assert_cmpint(mkfifoat(in->fd, ID "-D", 0600), ==, 0);
}

static void
fifo_header(const struct spool_place *in)
{
	unlink_header(in);
	g_assert_cmpint(mkfifoat(in->fd, ID "-H", 0600), ==, 0);
}

static void
directory_data(const struct spool_place *in)
{
	unlink_data(in);
	g_assert_cmpint(mkdirat(in->fd, ID "-D", 0700), ==, 0);
}

static void
directory_header(const struct spool_place *in)
{
	unlink_header(in);
	g_assert_cmpint(mkdirat(in->fd, ID "-H", 0700), ==, 0);
}

static void
socket_header(const struct spool_place *in)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autofd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	unlink_header(in);
	g_snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s", in->path, ID "-H");
	g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof(address)), ==, 0);
}

static void
empty_data(const struct spool_place *in)
{
	queue_fixture_put(in, ID "-D", "");
}

static void
foreign_data(const struct spool_place *in)
{
	queue_fixture_put(in, ID "-D", "1xV4nS-0005bJ-30-D\nbody\n");
}

static void
empty_header(const struct spool_place *in)
{
	queue_fixture_put(in, ID "-H", "");
}

static void
no_delivery(const struct spool_place *in)
{
	queue_fixture_put(in, ID "-H", START "-N\nXX\n1\na@x\n\n" HEADER);
}

static void
bad_journal(const struct spool_place *in)
{
	queue_fixture_put(in, ID "-J", "b@x\n\n");
}

static void
fifo_journal(const struct spool_place *in)
{
	g_assert_cmpint(mkfifoat(in->fd, ID "-J", 0600), ==, 0);
}

static void
linked_journal(const struct spool_place *in)
{
	g_assert_cmpint(symlinkat(ID "-H", in->fd, ID "-J"), ==, 0);
}

static const struct oddity oddities[] = {
	{ "no -D", unlink_data, SPOOL_ERROR_CORRUPT, ID "-D is missing" },
	{ "no -H", unlink_header, SPOOL_ERROR_GONE, ID "-H is no longer there" },
	{ "-D is a symbolic link", link_data, SPOOL_ERROR_CORRUPT, ID "-D: Too many levels" },
	{ "-H is a symbolic link", link_header, SPOOL_ERROR_CORRUPT, ID "-H: Too many levels" },
	{ "-D is a FIFO", fifo_data, SPOOL_ERROR_CORRUPT, ID "-D is not a regular file" },
	{ "-H is a FIFO", fifo_header, SPOOL_ERROR_CORRUPT, ID "-H is not a regular file" },
	{ "-D is a directory", directory_data, SPOOL_ERROR_CORRUPT, ID "-D is not a regular" },
	{ "-H is a directory", directory_header, SPOOL_ERROR_CORRUPT, ID "-H: Is a directory" },
	{ "-H is a socket", socket_header, SPOOL_ERROR_CORRUPT, ID "-H: No such device" },
	{ "-D is empty", empty_data, SPOOL_ERROR_CORRUPT, ID "-D line 1: expected the file's" },
	{ "-D is another's", foreign_data, SPOOL_ERROR_CORRUPT, ID "-D line 1: expected" },
	{ "-H is empty", empty_header, SPOOL_ERROR_CORRUPT, ID "-H line 1: expected the file's" },
	{ "no delivery is wanted", no_delivery, SPOOL_ERROR_HELD, ID "-H: no delivery" },
	{ "-J can't be made out", bad_journal, SPOOL_ERROR_HELD, ID "-J line 2: expected" },
	{ "-J is a FIFO", fifo_journal, SPOOL_ERROR_HELD, ID "-J is not a regular file" },
	{ "-J is a symbolic link", linked_journal, SPOOL_ERROR_HELD, ID "-J: Too many levels" },
};

static void
test_oddities(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(oddities); i++) {
		struct world world;
		g_autoptr(GError) error = NULL;
		struct spool_entry *entry;

		g_test_message("%s", oddities[i].why);
		begin(&world, CONTROL);
		oddities[i].make(world.queues.in);
		entry = spool_exim.claim(world.queues.in, ID, &error);
		if (entry != NULL)
			g_assert_false(spool_exim.read(entry, &error));
		g_assert_error(error, SPOOL_ERROR, (int)oddities[i].code);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, oddities[i].text));
		g_assert_true(g_str_has_prefix(error->message, world.queues.in->path) ||
			      g_str_has_prefix(error->message, "open "));
		spool_entry_free(entry);
		end(&world);
	}
}

static void
test_no_id(void)
{
	static const char *const ids[] = { "", "1xV4nS", ID "-H", "../in/" ID, ID "/" };
	struct world world;

	begin(&world, CONTROL);
	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(spool_exim.claim(world.queues.in, ids[i], &error));
		g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
	}
	end(&world);
}

static void
test_frozen(void)
{
	struct world world;
	struct spool_entry *entry;

	begin(&world, START "-frozen 1795341540\nXX\n1\na@x\n\n" HEADER);
	entry = claim(world.queues.in);
	g_assert_true(spool_exim.read(entry, NULL));
	g_assert_true(entry->envelope->frozen);
	spool_entry_free(entry);
	end(&world);
}

static void
test_wire_format(void)
{
	struct world world;
	struct spool_entry *entry;

	begin(&world, START "-spool_file_wireformat\nXX\n1\na@x\n\n" HEADER);
	entry = claim(world.queues.in);
	g_assert_true(spool_exim.read(entry, NULL));
	g_assert_true(entry->body_crlf);
	spool_entry_free(entry);
	end(&world);
}

/* New files are readable by the group, as Exim's own are. */
static void
test_new_files(void)
{
	struct world world;
	struct stat st;

	begin(&world, CONTROL);
	g_assert_cmpint(
	    linkat(world.queues.in->fd, ID "-H", world.queues.state->fd, "x", 0), ==, 0);
	move_on(&world, world.queues.in, false);
	g_assert_cmpint(fstatat(world.queues.out->fd, ID "-H", &st, 0), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, 0640);
	g_assert_cmpuint(st.st_nlink, ==, 1);
	g_assert_cmpuint(queue_fixture_count(world.queues.out, ""), ==, 2);
	g_assert_cmpuint(queue_fixture_count(world.queues.in, ""), ==, 0);
	end(&world);
}

static void
test_same_tick(void)
{
	struct world world;
	struct spool_delivery delivery = { 0 };
	g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GError) error = NULL;
	struct spool_entry *entry;

	enum { PARTS = 50 };

	begin(&world, CONTROL);
	delivery.to = world.queues.out;
	entry = claim(world.queues.in);
	g_assert_true(spool_exim.read(entry, &error));
	spool_entry_begin(entry, world.handoff);
	for (int i = 0; i < PARTS; i++) {
		g_assert_true(spool_exim.deliver(entry, &delivery, world.handoff, &error));
		g_assert_true(g_hash_table_add(ids, g_strdup(delivery.new_id)));
	}
	handoff_abandon(world.handoff);
	spool_entry_free(entry);
	g_assert_cmpuint(queue_fixture_count(world.queues.out, ""), ==, 0);
	end(&world);
}

static void
test_names(void)
{
	g_assert_true(spool_format_named("exim") == &spool_exim);
	g_assert_true(spool_format_named("Exim 4") == &spool_exim);
	g_assert_null(spool_format_named(""));
	g_assert_null(spool_format_named("qmail"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
	    "/exim/unchanged, the very files move and nothing is written", test_same_file);
	g_test_add_func("/exim/a body of which only the end changes is patched", test_patched_body);
	g_test_add_func("/exim/the message's log goes", test_message_log);
	g_test_add_func("/exim/logs are split as queues are", test_split_message_log);
	g_test_add_func("/exim/a journal is merged and goes", test_journal);
	g_test_add_func("/exim/a dropped message leaves no journal", test_journal_dropped);
	g_test_add_func("/exim/odd files are left alone, with the reason", test_oddities);
	g_test_add_func("/exim/what is no id opens nothing", test_no_id);
	g_test_add_func("/exim/frozen is a fact, not an error", test_frozen);
	g_test_add_func("/exim/a body in wire format is known", test_wire_format);
	g_test_add_func("/exim/new files are as Exim makes them", test_new_files);
	g_test_add_func("/exim/ids made in one tick differ", test_same_tick);
	g_test_add_func("/exim/the directive MTA names it", test_names);
	return g_test_run();
}
