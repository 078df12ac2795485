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
 *	kept       as edited, with a copy in "quarantine" of each file in the directory ID.kept there
 *	told       as kept, with what was found; its sender, who is ID@sender.test, and the postmaster have a mail about it, unless
 *	           there is a file "words" where LIST is: the log says which was not sent
 *	split      as several messages, each recipient in one; what goes to *@other.test has the body ID.other
 *	drop       out of the incoming queue, into no other
 *	keep       nothing
 *	release    in the outgoing queue under another id, with the header and body that lie in LIST's directory as ID.message, and
 *	           a note of it in "quarantine"; it never was in the incoming queue
 *	delete     no longer in "quarantine", and never in part
 *	stay       in "quarantine", whole
 * BEFORE and NOW hold the queues "in" and "out", flat or split, "archive", "quarantine" and "mails".
 * A line for each fault; exit status 1 when there are any.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "t/crash/acted.h"
#include "t/crash/control_file.h"
#include "t/crash/kept.h"
#include "t/crash/world.h"

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
is_copied(const char *fate)
{
	return strcmp(fate, "told") == 0 || strcmp(fate, "kept") == 0;
}

static bool
is_edited(const char *fate)
{
	return strcmp(fate, "edited") == 0 || is_copied(fate);
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
	if (is_copied(fate)) {
		g_autofree char *kept = g_strndup(edited, strlen(edited) - strlen(".edited"));
		g_autofree char *path = g_strconcat(kept, ".kept", NULL);

		if (!is_kept(now->root, id, path, strcmp(fate, "told") == 0))
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

	if (strcmp(fate, "release") == 0)
		check_release(stage, id, before, now, directory);
	else if (strcmp(fate, "delete") == 0 || strcmp(fate, "stay") == 0)
		check_left(stage, id, before, now, strcmp(fate, "stay") == 0);
	else if (strcmp(fate, "keep") == 0)
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
