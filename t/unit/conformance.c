/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One story, told over every queue format: a message is found, claimed, read, changed, and handed
 * over; then both queues are looked at again. A format that is added gets a row in `kinds`.
 */
#include "spool/spool.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include "spool/error.h"
#include "spool/fd.h"
#include "t/unit/queue_fixture.h"

#define SENDER "Sender.Case@from.test"
#define RECIPIENTS "One@x.test two@x.test three@x.test"
#define HEADER                                       \
	"Received: from client.test\n\tby mx.test\n" \
	"To: one@x.test,\n two@x.test\n"             \
	"X-Odd : blank before the colon\n"           \
	"Subject: a subject\n"
#define BODY "line 1\nline 2, without an end"

struct kind {
	const char *name;
	const struct spool_format *format;
	const char *id;
	const char *not_queue_file;
	/* Writes the message above, or a damaged one. */
	void (*put)(const struct queue_fixture *, const char *id, bool damaged);
	/* The lock of the MTA, without waiting. */
	bool (*lock)(const struct spool_place *place, const char *id);
};

struct world {
	const struct kind *kind;
	struct queue_fixture queues;
	struct journal *journal;
	struct handoff *handoff;
	const char *id;
};

static void
put_exim(const struct queue_fixture *queues, const char *id, bool damaged)
{
	g_autofree char *header = g_strdup_printf("%s-H", id);
	g_autofree char *data = g_strdup_printf("%s-D", id);
	g_autofree char *body = g_strdup_printf("%s\n%s", data, BODY);
	g_autofree char *text = g_strdup_printf("%s\nmail 8 8\n<" SENDER ">\n1795341539 0\n"
						"--helo_name client.test\n"
						"-body_linecount 2\n"
						"XX\n%s\nOne@x.test\n"
						"two@x.test  0,2  0,-1#3\nthree@x.test\n\n"
						"039P Received: from client.test\n\tby mx.test\n"
						"028T To: one@x.test,\n two@x.test\n"
						"031  X-Odd : blank before the colon\n"
						"019  Subject: a subject\n",
	    header, damaged ? "many" : "3");

	queue_fixture_put(queues->in, data, body);
	queue_fixture_put(queues->in, header, text);
}

static bool
lock_exim(const struct spool_place *place, const char *id)
{
	g_autofree char *data = g_strdup_printf("%s-D", id);
	struct flock first_line = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = (off_t)strlen(data) + 1
	};
	int fd = openat(place->fd, data, O_RDWR | O_APPEND);

	g_assert_cmpint(fd, >=, 0);
	return fcntl(fd, F_SETLK, &first_line) == 0;
}

static const struct kind kinds[] = {
	{
	    .name = "exim",
	    .format = &spool_exim,
	    .id = "1xV4Lb-0004IV-0p",
	    .not_queue_file = "hdr.1xV4Lb-0004IV-0p",
	    .put = put_exim,
	    .lock = lock_exim,
	},
	{
	    .name = "exim, long ids",
	    .format = &spool_exim,
	    .id = "1xV4Lb-00000004IVx-0001",
	    .not_queue_file = "1xV4Lb-00000004IVx-0001-K",
	    .put = put_exim,
	    .lock = lock_exim,
	},
};

static void
begin(struct world *world, const struct kind *kind)
{
	g_autoptr(GError) error = NULL;

	world->kind = kind;
	world->id = kind->id;
	queue_fixture_open(&world->queues);
	world->journal = journal_open(world->queues.state, "worker", &error);
	g_assert_no_error(error);
	world->handoff = handoff_new(world->journal, HANDOFF_SYNC_FILE);
	kind->put(&world->queues, world->id, false);
}

static void
end(struct world *world)
{
	handoff_free(world->handoff);
	journal_close(world->journal);
	queue_fixture_close(&world->queues);
}

static struct spool_entry *
claim(const struct world *world, struct spool_place *place, const char *id)
{
	g_autoptr(GError) error = NULL;
	struct spool_entry *entry = world->kind->format->claim(place, id, &error);

	g_assert_no_error(error);
	g_assert_true(entry->format->read(entry, &error));
	g_assert_no_error(error);
	return entry;
}

static void
expect_claim_fails(const struct world *world, enum spool_error code)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(world->kind->format->claim(world->queues.in, world->id, &error));
	g_assert_error(error, SPOOL_ERROR, (int)code);
	g_assert_nonnull(strstr(error->message, world->id));
}

static void
append_header(GString *text, const struct header_list *headers)
{
	for (size_t i = 0; i < header_list_count(headers); i++) {
		const struct header_field *field = header_list_at(headers, i);

		if (!field->deleted)
			g_string_append_len(text, field->text, (gssize)field->length);
	}
}

static void
append_body(GString *text, const struct spool_entry *entry)
{
	g_autofree char *body = g_malloc0(entry->body_size + 1);

	g_assert_cmpint(pread(entry->body_fd, body, entry->body_size + 1, entry->body_offset), ==,
	    (ssize_t)entry->body_size);
	g_string_append(text, body);
}

/* The message as it lies in the queue: sender, recipients, header, body. */
static char *
shown(const struct world *world, struct spool_place *place, const char *id)
{
	GString *text = g_string_new(NULL);
	struct spool_entry *entry = claim(world, place, id);

	g_string_append_printf(text, "%s:", entry->envelope->sender);
	for (guint i = 0; i < entry->envelope->recipients->len; i++) {
		const struct recipient *recipient = entry->envelope->recipients->pdata[i];

		g_string_append_printf(text, " %s", recipient->address);
	}
	g_string_append_c(text, '\n');
	append_header(text, entry->headers);
	g_string_append_c(text, '\n');
	append_body(text, entry);
	spool_entry_free(entry);
	return g_string_free(text, FALSE);
}

static void
expect_message(
    const struct world *world, struct spool_place *place, const char *id, const char *expected)
{
	g_autofree char *text = shown(world, place, id);

	g_assert_cmpstr(text, ==, expected);
}

#define MESSAGE(recipients, header, body) SENDER ": " recipients "\n" header "\n" body
#define AS_IT_CAME MESSAGE(RECIPIENTS, HEADER, BODY)

static guint
count_messages(const struct world *world, const struct spool_place *place)
{
	g_autoptr(GDir) directory = g_dir_open(place->path, 0, NULL);
	const char *name;
	guint n = 0;

	while ((name = g_dir_read_name(directory)) != NULL) {
		struct spool_name what;

		n += world->kind->format->identify(name, &what) && what.control;
	}
	return n;
}

/* Nothing of any message. */
static void
expect_empty(const struct spool_place *place)
{
	g_autoptr(GDir) directory = g_dir_open(place->path, 0, NULL);

	g_assert_cmpstr(g_dir_read_name(directory), ==, NULL);
}

static void
commit(struct world *world)
{
	g_autoptr(GPtrArray) refused = NULL;
	g_autoptr(GPtrArray) pending = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(handoff_commit(world->handoff, &refused, &pending, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(refused->len, ==, 0);
	g_assert_cmpuint(pending->len, ==, 0);
}

static struct spool_delivery
plain(const struct world *world)
{
	return (struct spool_delivery){ .to = world->queues.out };
}

static void
deliver(struct world *world, struct spool_entry *entry, struct spool_delivery *delivery)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(entry->format->deliver(entry, delivery, world->handoff, &error));
	g_assert_no_error(error);
}

/* Lets all locks go. */
static void
let_go(struct world *world, struct spool_entry *entry)
{
	spool_entry_free(entry);
	handoff_free(world->handoff);
	world->handoff = handoff_new(world->journal, HANDOFF_SYNC_FILE);
}

/* The whole of it for one message that leaves in one piece. */
static void
hand_over(struct world *world, struct spool_entry *entry, struct spool_delivery *delivery)
{
	spool_entry_begin(entry, world->handoff);
	deliver(world, entry, delivery);
	commit(world);
	let_go(world, entry);
	expect_empty(world->queues.in);
}

static void
test_list(const void *kind)
{
	struct world world;
	g_autoptr(GDir) directory = NULL;
	const char *name;
	guint control = 0;
	struct spool_name what;

	begin(&world, kind);
	directory = g_dir_open(world.queues.in->path, 0, NULL);
	while ((name = g_dir_read_name(directory)) != NULL) {
		g_assert_true(world.kind->format->identify(name, &what));
		g_assert_cmpstr(what.id, ==, world.id);
		control += what.control;
	}
	g_assert_cmpuint(control, ==, 1);
	g_assert_false(world.kind->format->identify(world.kind->not_queue_file, &what));
	end(&world);
}

static void
test_read(const void *kind)
{
	struct world world;
	struct spool_entry *entry;

	begin(&world, kind);
	expect_message(&world, world.queues.in, world.id, AS_IT_CAME);
	entry = claim(&world, world.queues.in, world.id);
	g_assert_cmpstr(entry->envelope->helo, ==, "client.test");
	g_assert_cmpint(entry->envelope->received, ==, 1795341539);
	g_assert_cmpuint(entry->size, >, strlen(HEADER BODY));
	g_assert_cmpuint(entry->body_size, ==, strlen(BODY));
	g_assert_false(entry->body_crlf);
	spool_entry_free(entry);
	end(&world);
}

/* A process that takes the MTA's lock, says so, and holds it until it is told to end. */
static pid_t
hold_lock(const struct world *world)
{
	int said[2];
	char byte = 'n';

	g_assert_cmpint(pipe(said), ==, 0);

	pid_t child = fork();

	if (child == 0) {
		byte = world->kind->lock(world->queues.in, world->id) ? 'y' : 'n';
		_exit(write(said[1], &byte, 1) == 1 && pause() != 0 ? 0 : 1);
	}
	g_assert_cmpint(read(said[0], &byte, 1), ==, 1);
	g_assert_cmpint(byte, ==, 'y');
	close(said[0]);
	close(said[1]);
	return child;
}

/* Can another process take the MTA's lock? */
static bool
lock_is_free(const struct world *world, const struct spool_place *place, const char *id)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(world->kind->lock(place, id) ? 0 : 1);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 0;
}

static void
test_busy(const void *kind)
{
	struct world world;

	begin(&world, kind);

	pid_t child = hold_lock(&world);

	expect_claim_fails(&world, SPOOL_ERROR_BUSY);
	kill(child, SIGKILL);
	g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
	expect_message(&world, world.queues.in, world.id, AS_IT_CAME);
	end(&world);
}

static void
test_lock(const void *kind)
{
	struct world world;
	struct spool_delivery delivery;
	struct spool_entry *entry;

	begin(&world, kind);
	entry = claim(&world, world.queues.in, world.id);
	g_assert_false(lock_is_free(&world, world.queues.in, world.id));
	expect_claim_fails(&world, SPOOL_ERROR_BUSY);
	delivery = plain(&world);
	spool_entry_begin(entry, world.handoff);
	deliver(&world, entry, &delivery);
	commit(&world);
	g_assert_false(lock_is_free(&world, world.queues.out, delivery.new_id));
	spool_entry_free(entry);
	g_assert_true(lock_is_free(&world, world.queues.out, delivery.new_id));
	end(&world);
}

static void
test_gone(const void *kind)
{
	struct world world;

	begin(&world, kind);
	queue_fixture_empty(world.queues.in->path);
	expect_claim_fails(&world, SPOOL_ERROR_GONE);
	end(&world);
}

static void
test_corrupt(const void *kind)
{
	struct world world;
	struct spool_entry *entry;
	g_autoptr(GError) error = NULL;

	begin(&world, kind);
	queue_fixture_empty(world.queues.in->path);
	world.kind->put(&world.queues, world.id, true);
	entry = world.kind->format->claim(world.queues.in, world.id, &error);
	g_assert_no_error(error);
	g_assert_false(entry->format->read(entry, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
	g_assert_nonnull(strstr(error->message, world.id));
	spool_entry_free(entry);
	g_assert_cmpuint(count_messages(&world, world.queues.in), ==, 1);
	expect_empty(world.queues.out);
	end(&world);
}

static void
test_unchanged(const void *kind)
{
	struct world world;
	struct spool_delivery delivery;

	begin(&world, kind);
	delivery = plain(&world);
	hand_over(&world, claim(&world, world.queues.in, world.id), &delivery);
	expect_message(&world, world.queues.out, delivery.new_id, AS_IT_CAME);
	g_assert_cmpuint(count_messages(&world, world.queues.out), ==, 1);
	end(&world);
}

static void
test_untouched(const void *kind)
{
	struct world world;
	struct spool_delivery delivery;
	struct spool_entry *entry;

	begin(&world, kind);
	delivery = plain(&world);
	delivery.untouched = true;
	entry = claim(&world, world.queues.in, world.id);
	header_list_add(entry->headers, "X-New", "1", HEADER_TOP);
	hand_over(&world, entry, &delivery);
	expect_message(&world, world.queues.out, delivery.new_id, AS_IT_CAME);
	end(&world);
}

static void
edit_headers(struct header_list *headers)
{
	header_list_add(headers, "X-New", "1", HEADER_TOP);
	header_list_add(headers, "X-Last", "2", HEADER_BOTTOM);
	header_list_prepend(headers, "Subject", "{tag}", " ", HEADER_TOP);
	header_list_remove(headers, "X-Odd");
}

#define EDITED_HEADER                                \
	"X-New: 1\n"                                 \
	"Received: from client.test\n\tby mx.test\n" \
	"To: one@x.test,\n two@x.test\n"             \
	"Subject: {tag} a subject\n"                 \
	"X-Last: 2\n"

static void
test_headers(const void *kind)
{
	for (int keep = 0; keep < 2; keep++) {
		struct world world;
		struct spool_delivery delivery;
		struct spool_entry *entry;

		begin(&world, kind);
		delivery = plain(&world);
		delivery.keep_deleted_headers = keep == 1;
		entry = claim(&world, world.queues.in, world.id);
		edit_headers(entry->headers);
		hand_over(&world, entry, &delivery);
		expect_message(&world, world.queues.out, delivery.new_id,
		    MESSAGE(RECIPIENTS, EDITED_HEADER, BODY));
		end(&world);
	}
}

static void
test_recipients(const void *kind)
{
	static const char *const added[] = { "four@x.test", "\"f i v e\"@x.test", NULL };
	struct world world;
	struct spool_delivery delivery;

	begin(&world, kind);
	delivery = plain(&world);
	delivery.added = added;
	hand_over(&world, claim(&world, world.queues.in, world.id), &delivery);
	expect_message(&world, world.queues.out, delivery.new_id,
	    MESSAGE(RECIPIENTS " four@x.test \"f i v e\"@x.test", HEADER, BODY));
	end(&world);
}

#define NEW_BODY "another body\n\nof three lines\n"

static bool
give_text(const void *body, spool_take take, void *data, GError **error)
{
	return take(data, body, strlen(body), error);
}

static void
test_body(const void *kind)
{
	struct world world;
	struct spool_delivery delivery;
	struct spool_entry *entry;

	begin(&world, kind);
	delivery = plain(&world);
	delivery.new_body = give_text;
	delivery.body = NEW_BODY;
	entry = claim(&world, world.queues.in, world.id);
	edit_headers(entry->headers);
	hand_over(&world, entry, &delivery);
	expect_message(&world, world.queues.out, delivery.new_id,
	    MESSAGE(RECIPIENTS, EDITED_HEADER, NEW_BODY));
	end(&world);
}

/* Two for one body, one for another; both with other headers. */
static void
split(struct world *world, struct spool_entry *entry, struct spool_delivery deliveries[2],
    const char *body)
{
	g_autoptr(GPtrArray) first = g_ptr_array_new();
	g_autoptr(GPtrArray) second = g_ptr_array_new();

	g_ptr_array_add(first, entry->envelope->recipients->pdata[0]);
	g_ptr_array_add(first, entry->envelope->recipients->pdata[1]);
	g_ptr_array_add(second, entry->envelope->recipients->pdata[2]);
	deliveries[0].recipients = first;
	deliveries[1].recipients = second;
	deliveries[1].new_body = body != NULL ? give_text : NULL;
	deliveries[1].body = body;
	deliver(world, entry, &deliveries[0]);
	edit_headers(entry->headers);
	deliver(world, entry, &deliveries[1]);
	deliveries[0].recipients = deliveries[1].recipients = NULL;
}

static void
test_split(const void *kind)
{
	struct world world;
	struct spool_delivery deliveries[2];
	struct spool_entry *entry;

	begin(&world, kind);
	deliveries[0] = deliveries[1] = plain(&world);
	entry = claim(&world, world.queues.in, world.id);
	spool_entry_begin(entry, world.handoff);
	split(&world, entry, deliveries, NEW_BODY);
	commit(&world);
	let_go(&world, entry);
	expect_empty(world.queues.in);
	g_assert_cmpuint(count_messages(&world, world.queues.out), ==, 2);
	g_assert_cmpstr(deliveries[0].new_id, !=, deliveries[1].new_id);
	expect_message(&world, world.queues.out, deliveries[0].new_id,
	    MESSAGE("One@x.test two@x.test", HEADER, BODY));
	expect_message(&world, world.queues.out, deliveries[1].new_id,
	    MESSAGE("three@x.test", EDITED_HEADER, NEW_BODY));
	end(&world);
}

/* Decided otherwise half-way: nothing has happened, and the message can still be delivered. */
static void
test_abandon(const void *kind)
{
	struct world world;
	struct spool_delivery deliveries[2];
	struct spool_entry *entry;

	begin(&world, kind);
	deliveries[0] = deliveries[1] = plain(&world);
	entry = claim(&world, world.queues.in, world.id);
	spool_entry_begin(entry, world.handoff);
	split(&world, entry, deliveries, NULL);
	handoff_abandon(world.handoff);
	expect_empty(world.queues.out);
	hand_over(&world, entry, &deliveries[0]);
	expect_message(&world, world.queues.out, deliveries[0].new_id,
	    MESSAGE(RECIPIENTS, EDITED_HEADER, BODY));
	end(&world);
}

/* The only sub-directory of the outgoing queue, opened. */
static struct spool_place *
only_subdirectory(const struct world *world)
{
	g_autoptr(GDir) directory = g_dir_open(world->queues.out->path, 0, NULL);
	const char *name = g_dir_read_name(directory);
	g_autoptr(GError) error = NULL;

	g_assert_true(world->kind->format->is_subdirectory(name));
	g_assert_cmpstr(g_dir_read_name(directory), ==, NULL);

	g_autofree char *path = g_build_filename(world->queues.out->path, name, NULL);
	struct spool_place *place = spool_place_open(path, &error);

	g_assert_no_error(error);
	return place;
}

static void
test_layouts(const void *kind)
{
	static const struct {
		int layout;
		const char *there;
		bool split;
	} layouts[] = {
		{ SPOOL_FLAT, "b", false },
		{ SPOOL_SPLIT, NULL, true },
		{ SPOOL_DETECT, NULL, false },
		{ SPOOL_DETECT, "b", true },
	};

	if (((const struct kind *)kind)->format->is_subdirectory == NULL)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(layouts); i++) {
		struct world world;
		struct spool_delivery delivery;
		struct spool_place *place;

		begin(&world, kind);
		if (layouts[i].there != NULL)
			g_assert_cmpint(
			    mkdirat(world.queues.out->fd, layouts[i].there, 0750), ==, 0);
		delivery = plain(&world);
		delivery.layout = layouts[i].layout;
		hand_over(&world, claim(&world, world.queues.in, world.id), &delivery);
		place = layouts[i].split ? only_subdirectory(&world)
					 : spool_place_ref(world.queues.out);
		expect_message(&world, place, delivery.new_id, AS_IT_CAME);
		spool_place_unref(place);
		end(&world);
	}
}

static void
test_split_incoming(const void *kind)
{
	struct world world;
	struct queue_fixture inner;
	struct spool_delivery delivery;
	g_autoptr(GError) error = NULL;

	begin(&world, kind);
	queue_fixture_empty(world.queues.in->path);
	inner = world.queues;
	inner.in = spool_place_child(world.queues.in, "b", world.queues.in, &error);
	g_assert_no_error(error);
	world.kind->put(&inner, world.id, false);
	delivery = plain(&world);

	struct spool_entry *entry = claim(&world, inner.in, world.id);

	spool_entry_begin(entry, world.handoff);
	deliver(&world, entry, &delivery);
	commit(&world);
	spool_entry_free(entry);
	expect_empty(inner.in);
	expect_message(&world, world.queues.out, delivery.new_id, AS_IT_CAME);
	end(&world);
}

static void
test_other_file_system(const void *kind)
{
	static const char other[] = "/dev/shm";
	struct world world;
	struct queue_fixture there;
	struct stat here_st, there_st;
	struct spool_delivery delivery;
	struct spool_entry *entry;

	begin(&world, kind);
	if (stat(other, &there_st) != 0 || stat(world.queues.root, &here_st) != 0 ||
	    here_st.st_dev == there_st.st_dev || access(other, W_OK) != 0) {
		g_test_skip("no second file system to write to");
		end(&world);
		return;
	}
	there.root = g_build_filename(other, "handoff-XXXXXX", NULL);
	g_assert_nonnull(g_mkdtemp(there.root));
	there.in = queue_fixture_place(&there, "in");
	there.out = queue_fixture_place(&there, "out");
	there.state = queue_fixture_place(&there, "state");
	delivery = plain(&world);
	delivery.to = there.out;
	entry = claim(&world, world.queues.in, world.id);
	edit_headers(entry->headers);
	hand_over(&world, entry, &delivery);
	expect_empty(world.queues.out);
	expect_message(
	    &world, there.out, delivery.new_id, MESSAGE(RECIPIENTS, EDITED_HEADER, BODY));
	g_assert_cmpuint(count_messages(&world, there.out), ==, 1);
	queue_fixture_close(&there);
	end(&world);
}

/* Somebody has made a second link to each file: what it shows must not change. */
static void
test_links(const void *kind)
{
	struct world world;
	struct spool_delivery delivery;
	struct spool_entry *entry;
	g_autoptr(GPtrArray) before = g_ptr_array_new_with_free_func(g_free);

	begin(&world, kind);
	delivery = plain(&world);
	entry = claim(&world, world.queues.in, world.id);

	const char *const *files = entry->format->files(entry);

	for (size_t i = 0; files[i] != NULL; i++) {
		g_autofree char *path = g_build_filename(world.queues.in->path, files[i], NULL);
		char *text;

		g_assert_cmpint(
		    linkat(world.queues.in->fd, files[i], world.queues.state->fd, files[i], 0), ==,
		    0);
		g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
		g_ptr_array_add(before, text);
	}

	g_auto(GStrv) names = g_strdupv((char **)files);

	spool_entry_free(entry);
	entry = claim(&world, world.queues.in, world.id);
	edit_headers(entry->headers);
	hand_over(&world, entry, &delivery);
	for (size_t i = 0; names[i] != NULL; i++)
		queue_fixture_expect(world.queues.state, names[i], before->pdata[i]);
	expect_message(
	    &world, world.queues.out, delivery.new_id, MESSAGE(RECIPIENTS, EDITED_HEADER, BODY));
	end(&world);
}

static void
test_taken(const void *kind)
{
	struct world world;
	struct spool_delivery delivery;
	struct spool_entry *entry;
	g_autoptr(GError) error = NULL;

	begin(&world, kind);
	delivery = plain(&world);
	hand_over(&world, claim(&world, world.queues.in, world.id), &delivery);
	world.kind->put(&world.queues, world.id, false);
	entry = claim(&world, world.queues.in, world.id);
	delivery.to = world.queues.out;
	spool_entry_begin(entry, world.handoff);
	g_assert_false(entry->format->deliver(entry, &delivery, world.handoff, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_EXISTS);
	handoff_abandon(world.handoff);
	spool_entry_free(entry);
	expect_message(&world, world.queues.in, world.id, AS_IT_CAME);
	expect_message(&world, world.queues.out, world.id, AS_IT_CAME);
	end(&world);
}

static void
test_drop(const void *kind)
{
	struct world world;
	struct spool_entry *entry;

	begin(&world, kind);
	entry = claim(&world, world.queues.in, world.id);
	spool_entry_begin(entry, world.handoff);
	entry->format->drop(entry, world.handoff);
	commit(&world);
	spool_entry_free(entry);
	expect_empty(world.queues.in);
	expect_empty(world.queues.out);
	end(&world);
}

/* What was read of it, as a message that comes from no queue; nothing of it is seen before it is decided, and none of it goes. */
static void
test_submit(const void *kind)
{
	struct world world;

	begin(&world, kind);
	struct spool_entry *entry = claim(&world, world.queues.in, world.id);
	struct spool_submission submission = { .to = world.queues.out,
		.envelope = entry->envelope,
		.headers = entry->headers,
		.body = give_text,
		.source = NEW_BODY,
		.like = world.id };

	for (int commits = 0; commits < 2; commits++) {
		g_autoptr(GError) error = NULL;

		g_assert_true(entry->format->submit(&submission, world.handoff, &error));
		g_assert_no_error(error);
		g_assert_cmpuint(count_messages(&world, world.queues.out), ==, 0);
		if (commits == 0)
			handoff_abandon(world.handoff);
		else
			commit(&world);
	}
	g_assert_cmpstr(submission.new_id, !=, world.id);
	g_assert_cmpuint(strlen(submission.new_id), ==, strlen(world.id));
	let_go(&world, entry);
	g_assert_cmpuint(count_messages(&world, world.queues.out), ==, 1);
	expect_message(
	    &world, world.queues.out, submission.new_id, MESSAGE(RECIPIENTS, HEADER, NEW_BODY));
	expect_message(&world, world.queues.in, world.id, AS_IT_CAME);
	end(&world);
}

static const struct {
	const char *name;
	void (*test)(const void *kind);
} stories[] = {
	{ "is found by the names of its files", test_list },
	{ "is read", test_read },
	{ "is left to who has locked it", test_busy },
	{ "stays locked until its entry is freed", test_lock },
	{ "may be gone", test_gone },
	{ "that is damaged stays where it is", test_corrupt },
	{ "is handed over as it came", test_unchanged },
	{ "that is to pass untouched does", test_untouched },
	{ "is handed over with other headers", test_headers },
	{ "is handed over to more recipients", test_recipients },
	{ "is handed over with another body", test_body },
	{ "is split in two", test_split },
	{ "is as it came when the plan is abandoned", test_abandon },
	{ "is handed over in the outgoing queue's layout", test_layouts },
	{ "is taken from a sub-directory", test_split_incoming },
	{ "is handed over to another file system", test_other_file_system },
	{ "that others have links to is not written to", test_links },
	{ "does not replace another of its name", test_taken },
	{ "is dropped", test_drop },
	{ "is submitted as a new one", test_submit },
};

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		for (size_t n = 0; n < G_N_ELEMENTS(stories); n++) {
			g_autofree char *path = g_strdup_printf(
			    "/conformance/%s/a message %s", kinds[i].name, stories[n].name);

			g_test_add_data_func(path, &kinds[i], stories[n].test);
		}
	}
	return g_test_run();
}
