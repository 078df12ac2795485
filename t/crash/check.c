/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one program that knows which states of the two queues are legal. It compares them with the
 * incoming queue as it was, and says of each message where it is not exactly once and whole.
 *
 * usage: check STAGE LIST BEFORE NOW
 *
 * STAGE
 *	finished  all was worked off: everything is where it belongs, and nothing else
 *	killed    processes were stopped; another run will follow
 *	cut       as killed, but names that were not synced may have come back or gone one by one
 * LIST has a line for each message: id, blank, and what is to become of it:
 *	deliver    to the outgoing queue, with headers of ours
 *	untouched  to the outgoing queue, byte for byte
 *	archive    as deliver, with a copy of both files, as they came, in a directory in "archive"
 *	mbox       as deliver, with the body in the file "archive/mbox"
 *	edited     as deliver, with the body (all of -D) that lies in LIST's directory as ID.edited
 *	told       as edited, with a copy in "quarantine" of what is ID.kept there; its sender, who is ID@sender.test, and the
 *	           postmaster have a mail about it, unless there is a file "words" where LIST is: the log says which was not sent
 *	split      as several messages, each recipient in one; what goes to *@other.test has the body ID.other
 *	drop       out of the incoming queue, into no other
 *	keep       nothing
 * BEFORE and NOW hold the queues "in" and "out", flat or split, "archive", "quarantine" and "mails".
 * A line for each fault; exit status 1 when there are any.
 */
#include <glib.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "t/crash/acted.h"
#include "t/crash/control_file.h"

enum stage { FINISHED, KILLED, CUT };
enum file { H, D, FILES };
enum place { IN, OUT, ARCHIVE, PLACES };

static const char *const place_names[PLACES] = { "in", "out", "archive" };

struct message {
	GPtrArray *files[PLACES][FILES]; /* paths (char *) */
};

struct world {
	const char *root;
	GHashTable *messages; /* id -> struct message */
	GPtrArray *strays;    /* paths of whatever else lies in the queues */
};

static unsigned faults;

static void __attribute__((format(printf, 2, 3))) fault(const char *id, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	printf("%s: %s\n", id, text);
	faults++;
}

static void
message_free(gpointer data)
{
	struct message *message = data;

	for (enum place place = IN; place < PLACES; place++)
		for (enum file file = H; file < FILES; file++)
			g_ptr_array_unref(message->files[place][file]);
	g_free(message);
}

static struct message *
message_of(struct world *world, const char *id)
{
	struct message *message = g_hash_table_lookup(world->messages, id);

	if (message != NULL)
		return message;
	message = g_new0(struct message, 1);
	for (enum place place = IN; place < PLACES; place++)
		for (enum file file = H; file < FILES; file++)
			message->files[place][file] = g_ptr_array_new_with_free_func(g_free);
	g_hash_table_insert(world->messages, g_strdup(id), message);
	return message;
}

static unsigned
count(const struct message *message, enum place place, enum file file)
{
	return message->files[place][file]->len;
}

/* The only one, where that was asked before. */
static const char *
path_of(const struct message *message, enum place place, enum file file)
{
	return g_ptr_array_index(message->files[place][file], 0);
}

static bool
is_queue_file(const char *name)
{
	size_t length = strlen(name);

	if (!g_str_has_suffix(name, "-H") && !g_str_has_suffix(name, "-D"))
		return false;
	return (length == 18 && name[6] == '-' && name[13] == '-') ||
	       (length == 25 && name[6] == '-' && name[18] == '-');
}

static void
note_file(struct world *world, enum place place, const char *directory, const char *name)
{
	size_t length = strlen(name);
	char *path = g_build_filename(directory, name, NULL);

	if (!is_queue_file(name)) {
		g_ptr_array_add(world->strays, path);
		return;
	}
	g_autofree char *id = g_strndup(name, length - 2);
	enum file file = name[length - 1] == 'H' ? H : D;
	g_ptr_array_add(message_of(world, id)->files[place][file], path);
}

static void
note_directory(struct world *world, enum place place, const char *directory, bool top)
{
	g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
	const char *name;

	if (dir == NULL && place != ARCHIVE)
		fault(directory, "can't be read");
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(directory, name, NULL);
		bool holds_files = strlen(name) == 1 || place == ARCHIVE;

		if (top && holds_files && g_file_test(path, G_FILE_TEST_IS_DIR))
			note_directory(world, place, path, false);
		else if (place != ARCHIVE || is_queue_file(name))
			note_file(world, place, directory, name);
	}
}

static void
world_read(struct world *world, const char *root)
{
	world->root = root;
	world->messages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, message_free);
	world->strays = g_ptr_array_new_with_free_func(g_free);
	for (enum place place = IN; place < PLACES; place++) {
		g_autofree char *directory = g_build_filename(root, place_names[place], NULL);

		note_directory(world, place, directory, true);
	}
}

static void
world_clear(struct world *world)
{
	g_hash_table_unref(world->messages);
	g_ptr_array_unref(world->strays);
}

/* Empty where it can't be read: then it is not whole, either. */
static GBytes *
load(const char *path)
{
	char *data = NULL;
	gsize length = 0;

	g_file_get_contents(path, &data, &length, NULL);
	return g_bytes_new_take(data, length);
}

static bool
same_content(const char *path, const char *other)
{
	g_autoptr(GBytes) ours = load(path);
	g_autoptr(GBytes) theirs = load(other);

	return g_bytes_get_size(ours) > 0 && g_bytes_equal(ours, theirs);
}

/* A copy must be on disk before the message leaves. There may be several, after a crash. */
static void
check_archive(const char *id, const struct message *was, const struct message *is)
{
	for (enum file file = H; file < FILES; file++) {
		bool whole = false;

		for (guint i = 0; i < count(is, ARCHIVE, file) && !whole; i++)
			whole = same_content(
			    g_ptr_array_index(is->files[ARCHIVE][file], i), path_of(was, IN, file));
		if (!whole)
			fault(id, "-%c has no copy in the archive", "HD"[file]);
	}
}

static void
check_mbox(const char *id, const struct message *was, const struct world *now)
{
	g_autofree char *path = g_build_filename(now->root, "archive", "mbox", NULL);
	g_autoptr(GBytes) all = load(path);
	g_autoptr(GBytes) file = load(path_of(was, IN, D));
	gsize length, size;
	const char *text = g_bytes_get_data(all, &length);
	/* cppcheck-suppress AssignmentIntegerToAddress */
	const char *body = g_bytes_get_data(file, &size);
	size_t skip = strlen(id) + strlen("-D\n");

	if (length == 0 || size <= skip || memmem(text, length, body + skip, size - skip) == NULL)
		fault(id, "is not in %s", path);
}

static bool
is_edited(const char *fate)
{
	return strcmp(fate, "edited") == 0 || strcmp(fate, "told") == 0;
}

static void
check_control_file(
    const char *id, const char *fate, const struct message *was, const struct message *is)
{
	const char *path = path_of(is, OUT, H);

	if (strcmp(fate, "untouched") == 0) {
		if (!same_content(path, path_of(was, IN, H)))
			fault(id, "%s was changed", path);
		return;
	}
	g_autoptr(GBytes) before = load(path_of(was, IN, H));
	g_autoptr(GBytes) now = load(path);
	g_autofree char *difference = control_file_differs(before, now, is_edited(fate));
	if (difference != NULL)
		fault(id, "%s %s", path, difference);
}

/* Whatever happens, a mail is not sent twice; at the end it was sent, or the log says that it was not. */
static void
check_told(enum stage stage, const char *id, const struct world *now, const char *directory)
{
	g_autofree char *sender = g_strdup_printf("%s@sender.test", id);
	g_autofree char *words = g_build_filename(directory, "words", NULL);
	const char *recipients[] = { sender, "postmaster" };

	for (size_t i = 0; i < G_N_ELEMENTS(recipients); i++) {
		unsigned mails = mails_about(now->root, id, recipients[i]);

		if (mails > 1)
			fault(id, "%s was told %u times", recipients[i], mails);
		if (mails == 0 && stage == FINISHED && !g_file_test(words, G_FILE_TEST_EXISTS))
			fault(id, "%s was not told", recipients[i]);
	}
}

/* The parts of a split message that the outgoing MTA could take. Those that are known become known messages. */
static void
check_shares(enum stage stage, const char *id, struct world *before, const struct world *now,
    const char *directory)
{
	const struct message *was = message_of(before, id);
	g_autoptr(GHashTable) served = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *other = g_strdup_printf("%s/%s.other", directory, id);
	g_autoptr(GBytes) control = load(path_of(was, IN, H));
	GHashTableIter iter;
	gpointer key, value;

	g_hash_table_iter_init(&iter, now->messages);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		const struct message *is = value;

		if (count(is, OUT, H) == 0)
			continue;
		g_autoptr(GBytes) file = load(path_of(is, OUT, H));
		if (!is_share_of(control, file))
			continue;
		g_autofree char *difference = share_differs(control, file, served);
		if (difference != NULL)
			fault(key, "%s", difference);
		bool signed_one = g_hash_table_contains(served, "dora@other.test") &&
				  strstr(g_bytes_get_data(file, NULL), "\ndora@") != NULL;
		g_autoptr(GBytes) wanted = load(signed_one ? other : path_of(was, IN, D));
		g_autoptr(GBytes) body = count(is, OUT, D) == 1 ? load(path_of(is, OUT, D)) : NULL;
		if (body != NULL ? !same_body(body, wanted) : stage != CUT)
			fault(key, "has not the body that this part of %s should have", id);
		message_of(before, key);
	}
	if (stage == FINISHED && g_hash_table_size(served) != 4)
		fault(id, "went to %u recipients", g_hash_table_size(served));
}

static void
check_whole(const char *id, const char *fate, const struct message *was, const struct message *is,
    const struct world *now, const char *edited)
{
	const char *body = path_of(is, OUT, D);

	if (strcmp(fate, "split") == 0)
		return;
	if (!same_content(body, is_edited(fate) ? edited : path_of(was, IN, D)))
		fault(id, "%s is not the body that it should be", body);
	check_control_file(id, fate, was, is);
	if (strcmp(fate, "archive") == 0)
		check_archive(id, was, is);
	if (strcmp(fate, "mbox") == 0)
		check_mbox(id, was, now);
	if (strcmp(fate, "told") == 0) {
		g_autofree char *kept = g_strndup(edited, strlen(edited) - strlen(".edited"));
		g_autofree char *path = g_strconcat(kept, ".kept", NULL);

		if (!is_kept(now->root, id, path))
			fault(id, "has no whole copy in the quarantine");
	}
}

static void
check_kept(const char *id, const struct message *was, const struct message *is)
{
	for (enum file file = H; file < FILES; file++) {
		if (count(is, OUT, file) > 0)
			fault(id, "-%c is in the outgoing queue, but was to be kept", "HD"[file]);
		if (count(is, IN, file) != count(was, IN, file))
			fault(id, "-%c was to be kept", "HD"[file]);
		else if (count(is, IN, file) > 0 &&
			 !same_content(path_of(is, IN, file), path_of(was, IN, file)))
			fault(id, "-%c was to be kept as it is", "HD"[file]);
	}
}

static void
check_finished(const char *id, const char *fate, const struct message *was,
    const struct message *is, const struct world *now, const char *edited)
{
	unsigned wanted = strcmp(fate, "drop") == 0 ? 0 : 1;

	for (enum file file = H; file < FILES; file++) {
		if (count(is, IN, file) > 0)
			fault(id, "-%c is still in the incoming queue", "HD"[file]);
		if (count(is, OUT, file) != wanted)
			fault(id, "-%c is %u times in the outgoing queue", "HD"[file],
			    count(is, OUT, file));
	}
	if (count(is, OUT, H) == 1 && count(is, OUT, D) == 1 && wanted == 1)
		check_whole(id, fate, was, is, now, edited);
}

/*
 * Between two runs. A -H in the incoming queue may be torn: whether it can be mended is seen when
 * the next run has mended it. Whatever the outgoing MTA could take must be whole and the only one.
 */
static void
check_between(enum stage stage, const char *id, const char *fate, const struct message *was,
    const struct message *is, const struct world *now, const char *edited)
{
	unsigned controls = count(is, IN, H) + count(is, OUT, H);

	if (strcmp(fate, "drop") == 0) {
		if (count(is, OUT, H) > 0)
			fault(id, "is in the outgoing queue, but was to be dropped");
		return;
	}
	if (controls == 0)
		fault(id, "is lost: no -H in any queue");
	if (controls > 1)
		fault(id, "is there twice: %u -H in the incoming queue, %u in the outgoing queue",
		    count(is, IN, H), count(is, OUT, H));
	/* After a cut it may still have the name under which it was prepared. */
	if (stage != CUT && count(is, IN, D) + count(is, OUT, D) == 0)
		fault(id, "is lost: no -D in any queue");
	if (count(is, OUT, H) != 1)
		return;
	if (count(is, OUT, D) == 1)
		check_whole(id, fate, was, is, now, edited);
	else if (stage != CUT)
		fault(id, "is in the outgoing queue with %u -D", count(is, OUT, D));
}

/* Names that an MTA would take for a message. What else a run leaves half-way is ours to clean. */
static void
check_strays(enum stage stage, const struct world *was, const struct world *is)
{
	for (guint i = 0; i < is->strays->len; i++) {
		const char *path = g_ptr_array_index(is->strays, i);
		bool known = false;

		for (guint k = 0; k < was->strays->len && !known; k++)
			known =
			    g_str_has_suffix(g_ptr_array_index(was->strays, k), strrchr(path, '/'));
		if (!known && (stage == FINISHED || g_str_has_suffix(path, "-H")))
			fault(path, "should not be there");
	}
	GHashTableIter iter;
	gpointer id, message;
	g_hash_table_iter_init(&iter, is->messages);
	while (g_hash_table_iter_next(&iter, &id, &message))
		if (!g_hash_table_contains(was->messages, id) &&
		    (stage == FINISHED || count(message, IN, H) + count(message, OUT, H) > 0))
			fault(id, "was never accepted");
}

static void
check_message(enum stage stage, const char *id, const char *fate, struct world *before,
    struct world *now, const char *directory)
{
	g_autofree char *name = g_strconcat(id, ".edited", NULL);
	g_autofree char *edited = g_build_filename(directory, name, NULL);
	struct message *was = message_of(before, id), *is = message_of(now, id);

	if (strcmp(fate, "keep") == 0)
		check_kept(id, was, is);
	else if (count(was, IN, H) != 1 || count(was, IN, D) != 1)
		fault(id, "was not in the incoming queue");
	else if (stage == FINISHED)
		check_finished(id, fate, was, is, now, edited);
	else
		check_between(stage, id, fate, was, is, now, edited);
	if (strcmp(fate, "told") == 0)
		check_told(stage, id, now, directory);
	if (strcmp(fate, "split") == 0)
		check_shares(stage, id, before, now, directory);
}

int
main(int argc, char **argv)
{
	static const char *const stages[] = { "finished", "killed", "cut", NULL };
	g_autofree char *list = NULL;
	struct world before, now;
	enum stage stage = FINISHED;

	while (argc == 5 && stages[stage] != NULL && strcmp(stages[stage], argv[1]) != 0)
		stage++;
	if (argc != 5 || stages[stage] == NULL ||
	    !g_file_get_contents(argv[2], &list, NULL, NULL)) {
		fprintf(stderr, "usage: check finished|killed|cut LIST BEFORE NOW\n");
		return EX_USAGE;
	}
	g_autofree char *directory = g_path_get_dirname(argv[2]);
	g_auto(GStrv) lines = g_strsplit(g_strchomp(list), "\n", -1);
	world_read(&before, argv[3]);
	world_read(&now, argv[4]);
	for (char **line = lines; *line != NULL; line++) {
		char *fate = strchr(*line, ' ');

		if (fate == NULL)
			continue;
		*fate++ = '\0';
		check_message(stage, *line, fate, &before, &now, directory);
	}
	check_strays(stage, &before, &now);
	world_clear(&before);
	world_clear(&now);
	return faults == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
