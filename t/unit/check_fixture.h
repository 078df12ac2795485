/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef T_UNIT_CHECK_FIXTURE_H
#define T_UNIT_CHECK_FIXTURE_H
/*
 * A message whose facts the test builds, for tests of checks: act_fixture.h with facts, and findings as text. What checks log is kept.
 */
#include <fcntl.h>
#include <unistd.h>
#include "t/unit/act_fixture.h"
#include "core/log/log.h"

#define NO_RULES                               \
	"Filename Rules =\nFiletype Rules =\n" \
	"Archives: Filename Rules =\nArchives: Filetype Rules =\n"

/* A multipart/mixed with nothing in it. */
static inline void
check_open(struct act_fixture *fixture, const char *lines)
{
	g_autofree char *all = g_strconcat(NO_RULES, lines, NULL);

	act_open(fixture);
	act_configure(fixture, all);
	act_take_plain(fixture);
	fixture->message->facts = facts_new();
	struct part *top = facts_add_part(fixture->message->facts, -1, PART_MULTIPART);
	g_free(top->type);
	top->type = g_strdup("multipart/mixed");
	fixture->message->facts->readings = 1;
}

/* A part of the top, or in part `parent`; its type is text/plain. `name` may be NULL. */
static inline struct part *
check_add(struct act_fixture *fixture, int parent, enum part_kind kind, const char *name)
{
	struct part *part = facts_add_part(fixture->message->facts, parent, kind);

	g_free(part->type);
	part->type = g_strdup("text/plain");
	part->letter = kind == PART_MEMBER ? 'z' : 'n';
	part->size = 100;
	if (name == NULL)
		return part;
	g_free(part->name);
	part->name = g_strdup(name);
	part_add_name(part, name);
	return part;
}

static inline void
check_set(char **where, const char *text)
{
	g_free(*where);
	*where = g_strdup(text);
}

/* "kind part key flags rule: text", one a line; the scratch directory is "@@". The caller's. */
static inline char *
check_said(const struct act_fixture *fixture)
{
	GString *said = g_string_new(NULL);

	for (unsigned i = 0; i < fixture->message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(fixture->message->findings, i);

		g_string_append_printf(said, "%s %d [%s] %s%s%s: %s\n",
		    finding_kind_name(finding->kind), finding->part, finding->key,
		    finding->flags & FINDING_DELETE ? "delete " : "",
		    finding->flags & FINDING_LISTED ? "listed " : "", finding->rule, finding->text);
	}
	g_string_replace(said, fixture->root, "@@", 0);
	return g_string_free(said, FALSE);
}

/* Findings so far are gone. */
static inline void
check_forget(struct act_fixture *fixture)
{
	g_ptr_array_set_size(fixture->message->findings, 0);
}

/* What the check logs, without time and tag, and how many problems it counts. The caller's. */
static inline char *
check_logged(struct act_fixture *fixture, unsigned (*check)(struct message *), unsigned *problems)
{
	g_autofree char *path = act_expand(fixture, "@@/log");
	g_autofree char *tag = g_strdup_printf("Test[%d]: ", (int)getpid());
	int standard = dup(STDERR_FILENO);
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	g_assert_cmpint(dup2(file, STDERR_FILENO), >=, 0);
	log_open(LOG_SINK_STDERR, "Test", "mail");
	*problems = check(fixture->message);
	dup2(standard, STDERR_FILENO);
	close(standard);
	close(file);
	GString *text = g_string_new(NULL);
	g_autofree char *logged = act_get(fixture, "@@/log");
	g_string_append(text, logged);
	g_string_replace(text, tag, "", 0);
	return g_string_free(text, FALSE);
}

#endif
