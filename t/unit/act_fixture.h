/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef T_UNIT_ACT_FIXTURE_H
#define T_UNIT_ACT_FIXTURE_H
/*
 * One message in a scratch incoming queue, a configuration of a few lines, and a program in the
 * place of sendmail that keeps what it is given. @@ in lines and paths stands for the scratch
 * directory.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include "core/act/copies.h"
#include "core/message/message.h"
#include "rules/config.h"

#define ACT_ID "1xV4PB-0002j0-0T"

struct act_fixture {
	char *root;
	struct spool_place *in;
	struct message *message;
};

static inline char *
act_expand(const struct act_fixture *fixture, const char *text)
{
	GString *out = g_string_new(text);

	g_string_replace(out, "@@", fixture->root, 0);
	return g_string_free(out, FALSE);
}

static inline void
act_put(const struct act_fixture *fixture, const char *path, const char *text)
{
	g_autofree char *whole = act_expand(fixture, path);

	g_assert_true(g_file_set_contents(whole, text, -1, NULL));
}

/* What is in a file; fails the test when there is none. The caller's. */
static inline char *
act_get(const struct act_fixture *fixture, const char *path)
{
	g_autofree char *whole = act_expand(fixture, path);
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	g_file_get_contents(whole, &text, NULL, &error);
	g_assert_no_error(error);
	return text;
}

static inline bool
act_exists(const struct act_fixture *fixture, const char *path)
{
	g_autofree char *whole = act_expand(fixture, path);

	return g_file_test(whole, G_FILE_TEST_EXISTS);
}

static inline unsigned
act_mode(const struct act_fixture *fixture, const char *path)
{
	g_autofree char *whole = act_expand(fixture, path);
	struct stat st;

	g_assert_cmpint(stat(whole, &st), ==, 0);
	return st.st_mode & 07777;
}

/* How many copies of the message were noted. */
static inline unsigned
act_copies(const struct act_fixture *fixture)
{
	unsigned copies = 0;

	for (unsigned i = 0; i < fixture->message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(fixture->message->findings, i);

		copies += finding->kind == FINDING_copy ? 1 : 0;
	}
	return copies;
}

static inline void
act_not_settled(struct message *message, const GError *error)
{
	(void)message;
	g_error("%s", error->message);
}

/* What the message leaves here gets its name. */
static inline void
act_settle(struct message *message)
{
	g_autoptr(GPtrArray) messages = g_ptr_array_new();

	g_ptr_array_add(messages, message);
	copies_settle(messages, act_not_settled);
}

/* Uses a configuration of these lines. */
static inline void
act_configure(const struct act_fixture *fixture, const char *lines)
{
	g_autofree char *path = act_expand(fixture, "@@/conf");
	g_autofree char *text = g_strconcat("Sendmail = @@/sendmail\n"
					    "Quarantine Dir = @@/quarantine\n",
	    lines, "\n", NULL);
	g_autofree char *expanded = act_expand(fixture, text);
	struct diagnostics *diagnostics = diagnostics_new();

	act_put(fixture, "@@/conf", expanded);
	struct config *config = config_load(path, NULL, diagnostics);
	for (unsigned i = 0; i < diagnostics_list(diagnostics)->len; i++) {
		g_autofree char *said =
		    diagnostic_text(g_ptr_array_index(diagnostics_list(diagnostics), i));

		g_test_message("%s", said);
	}
	g_assert_nonnull(config);
	config_free(config_use(config));
	diagnostics_free(diagnostics);
}

/* Exim's text of one header field. */
static inline void
act_add_header(GString *out, const char *field)
{
	char mark = g_str_has_prefix(field, "X-Gone") ? '*' : ' ';

	g_string_append_printf(out, "%03zu%c %s", strlen(field), mark, field);
}

/* Puts the message into the queue and reads it. `recipients` and `fields` end in NULL. */
static inline void
act_take(struct act_fixture *fixture, const char *sender, const char *const *recipients,
    const char *const *fields, const char *option, const char *body)
{
	g_autoptr(GString) control = g_string_new(NULL);
	g_autofree char *data = g_strconcat(ACT_ID "-D\n", body, NULL);
	g_autoptr(GError) error = NULL;

	g_string_append_printf(control,
	    ACT_ID "-H\nDebian-exim 102 105\n<%s>\n1795341761 0\n"
		   "-helo_name client.sender.test\n-host_address [192.0.2.7]:46288\n"
		   "-received_protocol esmtp\n-received_time_usec .147788\n%sXX\n%u\n",
	    sender, option, g_strv_length((char **)recipients));
	for (; *recipients != NULL; recipients++)
		g_string_append_printf(control, "%s\n", *recipients);
	g_string_append_c(control, '\n');
	for (; *fields != NULL; fields++)
		act_add_header(control, *fields);
	act_put(fixture, "@@/in/" ACT_ID "-D", data);
	act_put(fixture, "@@/in/" ACT_ID "-H", control->str);
	struct spool_entry *entry = spool_exim.claim(fixture->in, ACT_ID, &error);
	g_assert_no_error(error);
	g_assert_true(spool_exim.read(entry, &error));
	message_free(fixture->message);
	fixture->message = message_new(entry);
}

static const char *const act_recipients[] = { "Bob@Example.test", "dora@other.test", NULL };
static const char *const act_fields[] = { "From: Alice <alice@sender.test>\n",
	"Subject: hello\n\tclean text\n", "X-Gone: deleted by Exim\n", "X-Last: 1\n", NULL };

/* The message that most tests take. */
static inline void
act_take_plain(struct act_fixture *fixture)
{
	act_take(fixture, "Alice@Sender.test", act_recipients, act_fields, "",
	    "Dear Bob,\nFrom here to there.\n>From me\nnothing else");
}

static inline void
act_directory(const struct act_fixture *fixture, const char *path)
{
	g_autofree char *whole = act_expand(fixture, path);

	g_assert_cmpint(g_mkdir(whole, 0700), ==, 0);
}

static inline void
act_open(struct act_fixture *fixture)
{
	g_autoptr(GError) error = NULL;

	*fixture = (struct act_fixture){ .root = g_dir_make_tmp("act-XXXXXX", NULL) };
	act_directory(fixture, "@@/in");
	act_directory(fixture, "@@/quarantine");
	g_autofree char *in = act_expand(fixture, "@@/in");
	fixture->in = spool_place_open(in, &error);
	g_assert_no_error(error);
	g_autofree char *script = act_expand(fixture,
	    "#!/bin/sh\n[ ! -e @@/broken ] || { echo 'it is' >&2; echo broken >&2; exit 75; }\n"
	    "{ printf '[%s]' \"$@\"; echo; cat; } >>@@/mails\n");
	act_put(fixture, "@@/sendmail", script);
	g_autofree char *program = act_expand(fixture, "@@/sendmail");
	g_assert_cmpint(g_chmod(program, 0755), ==, 0);
	act_configure(fixture, "");
}

static inline void
act_close(struct act_fixture *fixture)
{
	const char *argv[] = { "rm", "-rf", fixture->root, NULL };

	message_free(fixture->message);
	spool_place_unref(fixture->in);
	config_free(config_use(NULL));
	g_spawn_sync(
	    NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
	g_free(fixture->root);
}

#endif
