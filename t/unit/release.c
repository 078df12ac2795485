/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a crash may leave is in t/crash; here is what is refused, and what is noted. */
#include "core/act/release.h"

#include <unistd.h>

#include "act_fixture.h"
#include "core/act/kept_tree.h"
#include "core/act/release_note.h"

#define ENTRY "@@/quarantine/20200131/" ACT_ID

struct scene {
	struct act_fixture act;
	struct kept kept;
	char *state;
};

static void
begin(struct scene *scene)
{
	act_open(&scene->act);
	act_configure(&scene->act, "Outgoing Queue Dir = @@/out\nMail Header = X-Example-Checked:");
	act_directory(&scene->act, "@@/out");
	act_directory(&scene->act, "@@/state");
	act_directory(&scene->act, "@@/quarantine/20200131");
	act_directory(&scene->act, ENTRY);
	act_put(&scene->act, ENTRY "/message", "Subject: x\n\nbody\n");
	act_put(&scene->act, ENTRY "/envelope", "Sender: <a@from.test>\nRecipient: <b@to.test>\n");
	scene->kept = (struct kept){ .root = act_expand(&scene->act, "@@/quarantine"),
		.path = act_expand(&scene->act, ENTRY),
		.id = g_strdup(ACT_ID) };
	scene->state = act_expand(&scene->act, "@@/state");
}

static void
end(struct scene *scene)
{
	g_free(scene->kept.root);
	g_free(scene->kept.path);
	g_free(scene->kept.id);
	g_free(scene->state);
	act_close(&scene->act);
}

/* Names in a directory that end so. */
static unsigned
count(const struct scene *scene, const char *path, const char *ending)
{
	g_autofree char *whole = act_expand(&scene->act, path);
	g_autoptr(GDir) directory = g_dir_open(whole, 0, NULL);
	const char *name;
	unsigned n = 0;

	while (directory != NULL && (name = g_dir_read_name(directory)) != NULL)
		n += g_str_has_suffix(name, ending) ? 1 : 0;
	return n;
}

/* Releases it; `code` -1: that goes well. */
static void
release_as(struct scene *scene, const struct release_terms *terms, int code)
{
	g_autoptr(GError) error = NULL;
	char id[SPOOL_ID_MAX] = "";
	struct release *release = release_open(scene->state, &error);

	g_assert_no_error(error);
	bool done = release_message(release, &scene->kept, terms, id, &error);
	g_test_message("%s", error != NULL ? error->message : id);
	g_assert_true(done == (code == -1));
	if (!done)
		g_assert_error(error, KEPT_ERROR, code);
	release_close(release);
}

static void
release(struct scene *scene, int code)
{
	const struct release_terms terms = { .format = &spool_exim, .by = "me" };

	release_as(scene, &terms, code);
}

static void
test_once(void)
{
	const struct release_terms again = { .format = &spool_exim, .by = "me", .again = true };
	struct scene scene;

	begin(&scene);
	release(&scene, -1);
	release(&scene, KEPT_ERROR_RELEASED);
	g_assert_cmpuint(count(&scene, "@@/out", "-H"), ==, 1);
	g_assert_cmpuint(count(&scene, "@@/out", ""), ==, 2);
	g_assert_cmpuint(count(&scene, "@@/state", ".released"), ==, 0);
	g_autoptr(GPtrArray) notes = release_notes(&scene.kept, NULL);
	g_assert_cmpuint(notes->len, ==, 1);
	g_assert_nonnull(strstr(g_ptr_array_index(notes, 0), "\nBy: me\nId: "));
	g_assert_nonnull(strstr(g_ptr_array_index(notes, 0), "\nRecipient: <b@to.test>\n"));
	release_as(&scene, &again, -1);
	g_assert_cmpuint(count(&scene, "@@/out", "-H"), ==, 2);
	g_autoptr(GPtrArray) more = release_notes(&scene.kept, NULL);
	g_assert_cmpuint(more->len, ==, 2);
	end(&scene);
}

/* Who does it and to whom may be anything, but no second header field. */
static void
test_hostile_terms(void)
{
	static const struct {
		const char *recipient, *by;
		int code;
	} cases[] = {
		{ "c@to.test", "me\nBcc: x@y", -1 },
		{ "c@to.test", "", -1 },
		{ "c@to.test\nd@to.test", "me", KEPT_ERROR_REFUSED },
		{ "c@to.test 0,0,0", "me", KEPT_ERROR_REFUSED },
		{ "", "me", KEPT_ERROR_REFUSED },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *recipients[] = { cases[i].recipient, NULL };
		const struct release_terms terms = {
			.format = &spool_exim, .recipients = recipients, .by = cases[i].by
		};
		struct scene scene;

		begin(&scene);
		release_as(&scene, &terms, cases[i].code);
		g_assert_cmpuint(count(&scene, "@@/out", "-H"), ==, cases[i].code == -1 ? 1 : 0);
		g_assert_cmpuint(count(&scene, "@@/out", "-T"), ==, 0);
		g_assert_cmpuint(count(&scene, "@@/state", "-T"), ==, 0);
		g_autoptr(GPtrArray) notes = release_notes(&scene.kept, NULL);
		g_assert_cmpuint(notes->len, ==, cases[i].code == -1 ? 1 : 0);
		end(&scene);
	}
}

static void
test_refused_without_trace(void)
{
	struct scene scene;

	begin(&scene);
	act_put(&scene.act, ENTRY "/message", "");
	release(&scene, KEPT_ERROR_REFUSED);
	act_put(&scene.act, ENTRY "/message", "Subject: x\n\nbody\n");
	act_put(&scene.act, ENTRY "/envelope", "Sender: <a@from.test>\n");
	release(&scene, KEPT_ERROR_REFUSED);
	act_put(&scene.act, ENTRY "/envelope", "Sender: <a b\nRecipient: <b@to.test>\n");
	g_autofree char *out = act_expand(&scene.act, "@@/out"),
			*away = act_expand(&scene.act, "@@/away");
	g_assert_cmpint(rename(out, away), ==, 0);
	release(&scene, KEPT_ERROR_SYSTEM);
	g_assert_cmpint(rename(away, out), ==, 0);
	g_assert_cmpuint(count(&scene, "@@/out", ""), ==, 0);
	g_assert_cmpuint(count(&scene, "@@/state", ".released"), ==, 0);
	end(&scene);
}

static void
leave_note(const struct scene *scene, const char *name)
{
	struct envelope *envelope = envelope_new();
	g_autofree char *text =
	    release_note_text(&scene->kept, "earlier", "1aaaaa-000001-aa", "/out", envelope);
	g_autofree char *path = g_strconcat("@@/state/", name, NULL);

	act_put(&scene->act, path, text);
	envelope_free(envelope);
}

/* A note that a crash left is brought to its place before anything else. */
static void
test_waiting_note(void)
{
	struct scene scene;

	begin(&scene);
	leave_note(&scene, "1aaaaa-000001-aa.released");
	release(&scene, KEPT_ERROR_RELEASED);
	g_assert_true(act_exists(&scene.act, ENTRY "/.released"));
	g_assert_cmpuint(count(&scene, "@@/state", ".released"), ==, 0);
	/* Once more, as after a crash between its place and its end here. */
	g_autofree char *note = act_get(&scene.act, ENTRY "/.released");
	g_autofree char *again =
	    g_strdup_printf("Quarantine: %s\nPath: %s\n%s", scene.kept.root, scene.kept.path, note);
	act_put(&scene.act, "@@/state/1aaaaa-000001-aa.released", again);
	release(&scene, KEPT_ERROR_RELEASED);
	g_assert_false(act_exists(&scene.act, ENTRY "/.released-1"));
	g_assert_false(strstr(note, "Path: ") != NULL);
	end(&scene);
}

/* One that can't be brought there counts where it is; one whose entry has gone goes. */
static void
test_note_stays(void)
{
	struct scene scene;
	g_autoptr(GError) error = NULL;

	begin(&scene);
	leave_note(&scene, "1aaaaa-000001-aa.released");
	g_autofree char *away = act_expand(&scene.act, "@@/unmounted");
	g_assert_cmpint(rename(scene.kept.root, away), ==, 0);
	struct release *release_one = release_open(scene.state, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(count(&scene, "@@/state", ".released"), ==, 1);
	struct spool_place *state = spool_place_open(scene.state, NULL);
	g_autoptr(GPtrArray) notes = release_notes(&scene.kept, state);
	g_assert_cmpuint(notes->len, ==, 1);
	spool_place_unref(state);
	release_close(release_one);
	g_assert_cmpint(rename(away, scene.kept.root), ==, 0);
	g_assert_cmpint(rename(scene.kept.path, away), ==, 0);
	release(&scene, KEPT_ERROR_GONE);
	g_assert_cmpuint(count(&scene, "@@/state", ".released"), ==, 0);
	end(&scene);
}

/* Rubbish with the name of a note, or one that leads elsewhere, is brought nowhere. */
static void
test_odd_notes(void)
{
	struct scene scene;
	g_autofree char *outside = NULL;

	begin(&scene);
	act_directory(&scene.act, "@@/outside");
	outside = act_expand(&scene.act, "Quarantine: @@/quarantine\nPath: @@/outside\nBy: x\n");
	act_put(&scene.act, "@@/state/1.released", "");
	act_put(&scene.act, "@@/state/2.released", "Path: /etc\n");
	act_put(&scene.act, "@@/state/3.released", outside);
	release(&scene, -1);
	g_assert_cmpuint(count(&scene, "@@/state", ".released"), ==, 0);
	g_assert_false(act_exists(&scene.act, "@@/outside/.released"));
	end(&scene);
}

/* Who may not read a note still knows that there is one; who owns the directory may. */
static void
test_note_for_others(void)
{
	struct scene scene;
	struct stat st;
	bool root = geteuid() == 0;

	begin(&scene);
	act_directory(&scene.act, ENTRY "/.released");
	release(&scene, KEPT_ERROR_RELEASED);
	g_autofree char *note = act_expand(&scene.act, ENTRY "/.released");
	g_assert_cmpint(rmdir(note), ==, 0);
	if (root)
		g_assert_cmpint(chown(scene.kept.path, 12345, 23456), ==, 0);
	release(&scene, -1);
	g_assert_cmpint(lstat(note, &st), ==, 0);
	g_assert_cmpuint(st.st_uid, ==, root ? 12345 : geteuid());
	if (root)
		g_assert_cmpuint(st.st_gid, ==, 23456);
	end(&scene);
}

static void
test_no_state(void)
{
	struct scene scene;
	g_autoptr(GError) error = NULL;

	begin(&scene);
	g_autofree char *none = act_expand(&scene.act, "@@/none");
	g_assert_null(release_open(none, &error));
	g_assert_error(error, KEPT_ERROR, KEPT_ERROR_SYSTEM);
	end(&scene);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/release/a message is given back once, and again if asked", test_once);
	g_test_add_func("/release/what people type is only text", test_hostile_terms);
	g_test_add_func("/release/what is refused leaves no trace", test_refused_without_trace);
	g_test_add_func("/release/a note that waits is brought to its place", test_waiting_note);
	g_test_add_func("/release/one that can't be brought counts where it is", test_note_stays);
	g_test_add_func("/release/a note is for all who may release", test_note_for_others);
	g_test_add_func("/release/what is no note is brought nowhere", test_odd_notes);
	g_test_add_func("/release/nothing is released without a state directory", test_no_state);
	return g_test_run();
}
