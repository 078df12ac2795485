/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What holds for every edit of every message: real mail, and mail that was made to be trouble. */
#include "core/act/rewrite.h"

#include "core/act/transfer.h"
#include "t/unit/rewrite_fixture.h"
#include "t/unit/samples.h"

#define PARTS_MAX 40
#define BODY_MAX (512 * 1024)

static const char text[] = "inserted here: \xC3\xA4\n";

struct mail {
	const char *path;
	char *text;
	size_t size;
	struct facts *facts;
	unsigned edits; /* made so far */
};

/* A header without a CR, and no mbox line: as it lies in a queue. */
static bool
mail_load(struct mail *mail, const char *path)
{
	if (!g_file_get_contents(path, &mail->text, &mail->size, NULL))
		return false;
	if (mail->size > 5 && memcmp(mail->text, "From ", 5) == 0) {
		const char *feed = memchr(mail->text, '\n', mail->size);
		size_t skip = feed != NULL ? (size_t)(feed - mail->text) + 1 : mail->size;

		memmove(mail->text, mail->text + skip, mail->size - skip);
		mail->size -= skip;
	}
	size_t header = rewrite_header_size(mail->text, mail->size);
	if (mail->size > BODY_MAX || header + 1 > mail->size ||
	    memchr(mail->text, '\r', header) != NULL) {
		g_free(mail->text);
		return false;
	}
	mail->facts = rewrite_facts(mail->text, mail->size);
	return true;
}

static struct message *
mail_message(const struct mail *mail)
{
	struct message *message = rewrite_message(mail->text, mail->size);

	message->facts = rewrite_facts(mail->text, mail->size);
	return message;
}

/* The result of one edit, and facts about it. */
struct outcome {
	GString *text;
	struct facts *facts;
};

static struct outcome
outcome_of(struct mail *mail, enum body_edit_kind kind, unsigned part, size_t place)
{
	struct message *message = mail_message(mail);
	bool takes = kind == BODY_REPLACE || kind == BODY_APPEND || kind == BODY_BEFORE ||
		     kind == BODY_RELATE;
	struct new_part *content =
	    takes ? new_part_new("text/plain", "UTF-8", "new.txt", "inline",
			g_bytes_new(text, strlen(text)))
		  : NULL;
	struct body_edit *edit =
	    message_edit_body(message, kind, part, takes ? NULL : text, content, "test");
	struct outcome outcome;

	edit->start = edit->end = place;
	outcome.text = rewrite_result(message, NULL);
	outcome.facts = rewrite_facts(outcome.text->str, outcome.text->len);
	message_free(message);
	mail->edits++;
	return outcome;
}

static void
outcome_clear(struct outcome *outcome)
{
	g_string_free(outcome->text, TRUE);
	facts_free(outcome->facts);
}

static size_t
common_prefix(const char *a, const char *b, size_t limit)
{
	size_t n = 0;

	while (n < limit && a[n] == b[n])
		n++;
	return n;
}

/* The old body before `start` and behind `end` (places in the old message) is in the new one. */
static void
check_range(const struct mail *mail, const struct outcome *outcome, uint64_t start, uint64_t end)
{
	const char *old = mail->text + mail->facts->body_start;
	const char *new = outcome->text->str + outcome->facts->body_start;
	size_t old_size = mail->size - mail->facts->body_start;
	size_t new_size = outcome->text->len - outcome->facts->body_start;
	size_t before = start - mail->facts->body_start, behind = mail->size - end;

	g_assert_cmpuint(new_size, >=, before + behind);
	g_assert_cmpuint(common_prefix(old, new, before), ==, before);
	g_assert_true(behind == 0 ||
		      memcmp(old + old_size - behind, new + new_size - behind, behind) == 0);
}

static GString *
decoded(const struct outcome *outcome, unsigned n)
{
	const struct part *part = facts_part(outcome->facts, n);

	return transfer_decode(transfer_of(part->encoding), outcome->text->str + part->body_start,
	    part->body_end - part->body_start);
}

static unsigned
descendants(const struct facts *facts, unsigned n)
{
	unsigned count = 0;

	for (unsigned i = n + 1; i < facts->parts->len; i++) {
		for (int at = facts_part(facts, i)->parent; at >= 0;
		     at = facts_part(facts, (unsigned)at)->parent)
			count += at == (int)n;
	}
	return count;
}

static void
check_splice(struct mail *mail, unsigned n, size_t place)
{
	const struct part *part = facts_part(mail->facts, n);
	struct outcome outcome = outcome_of(mail, BODY_SPLICE, n, place);

	check_range(mail, &outcome, n == 0 ? mail->facts->body_start : part->header_start,
	    part->body_end);
	g_autofree char *before = rewrite_shape(mail->facts);
	g_autofree char *after = rewrite_shape(outcome.facts);
	g_assert_cmpstr(before, ==, after);
	if (outcome.facts->parts->len > n) {
		g_autoptr(GString) content = decoded(&outcome, n);

		g_assert_nonnull(strstr(place == 0 ? content->str
						   : content->str + content->len -
							 MIN(content->len, 2 * strlen(text) + 20),
		    "inserted"));
	}
	outcome_clear(&outcome);
}

static void
check_replace(struct mail *mail, unsigned n)
{
	const struct part *part = facts_part(mail->facts, n);
	struct outcome outcome = outcome_of(mail, BODY_REPLACE, n, 0);

	check_range(mail, &outcome, n == 0 ? mail->facts->body_start : part->header_start,
	    n == 0 ? mail->size : part->body_end);
	g_assert_cmpuint(
	    outcome.facts->parts->len, ==, mail->facts->parts->len - descendants(mail->facts, n));
	g_assert_cmpstr(facts_part(outcome.facts, n)->type, ==, "text/plain");
	g_assert_cmpstr(facts_part(outcome.facts, n)->name, ==, "new.txt");
	g_autoptr(GString) content = decoded(&outcome, n);
	g_assert_true(g_str_has_prefix(content->str, "inserted here: \xC3\xA4"));
	outcome_clear(&outcome);
}

/* A leaf or container goes, and containers that are empty then: at least one part stays. */
static void
check_remove(struct mail *mail, unsigned n)
{
	struct outcome outcome = outcome_of(mail, BODY_REMOVE, n, 0);

	g_assert_cmpuint(outcome.facts->parts->len, <=,
	    MAX(1, mail->facts->parts->len - 1 - descendants(mail->facts, n)));
	outcome_clear(&outcome);
}

static void
check_rename(struct mail *mail, unsigned n)
{
	const struct part *part = facts_part(mail->facts, n);
	struct outcome outcome = outcome_of(mail, BODY_RENAME, n, 0);
	g_autofree char *before = rewrite_shape(mail->facts);
	g_autofree char *after = rewrite_shape(outcome.facts);

	check_range(mail, &outcome, n == 0 ? mail->size : part->header_start,
	    n == 0 ? mail->size : part->body_start);
	g_assert_cmpstr(before, ==, after);
	outcome_clear(&outcome);
}

static void
check_beside(struct mail *mail, enum body_edit_kind kind, unsigned n)
{
	const struct part *part = facts_part(mail->facts, n);
	struct outcome outcome = outcome_of(mail, kind, n, 0);
	unsigned more = outcome.facts->parts->len - mail->facts->parts->len;

	check_range(mail, &outcome, n == 0 ? mail->facts->body_start : part->header_start,
	    n == 0 ? mail->size : part->parent >= 0 ? MIN(mail->size, part->body_end + 0) : 0);
	g_assert_true(more == 1 || more == 2);
	outcome_clear(&outcome);
}

static void
check_untouched(struct mail *mail)
{
	struct message *message = mail_message(mail);
	g_autoptr(GString) same = rewrite_result(message, NULL);

	g_assert_cmpmem(same->str, same->len, mail->text, mail->size);
	message_free(message);
}

static void
check_part(struct mail *mail, unsigned n)
{
	const struct part *part = facts_part(mail->facts, n);

	if (part->kind == PART_LEAF && g_str_has_prefix(part->type, "text/")) {
		check_splice(mail, n, 0);
		check_splice(mail, n, BODY_END);
	}
	check_replace(mail, n);
	check_remove(mail, n);
	check_rename(mail, n);
	check_beside(mail, BODY_BEFORE, n);
	check_beside(mail, BODY_APPEND, n);
}

static void
test_corpus(void)
{
	g_autofree char *directory = sample_path("corpus/mail");
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	unsigned mails = 0, edits = 0;

	if (g_getenv("ONE") != NULL)
		g_ptr_array_add(paths, g_strdup(g_getenv("ONE")));
	else
		sample_find(directory, "", paths);
	for (unsigned i = 0; i < paths->len; i++) {
		struct mail mail = { .path = paths->pdata[i] };

		if (!mail_load(&mail, mail.path))
			continue;
		check_untouched(&mail);
		for (unsigned n = 0; n < MIN(mail.facts->parts->len, PARTS_MAX); n++) {
			check_part(&mail, n);
			if (g_test_failed())
				break;
		}
		if (g_test_failed()) {
			g_test_message("%s", mail.path);
			return;
		}
		mails++;
		edits += mail.edits;
		facts_free(mail.facts);
		g_free(mail.text);
	}
	if (mails == 0)
		g_test_skip("no sample mail beside the checkout");
	g_test_message("%u messages, %u edits", mails, edits);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	rewrite_configure("");
	g_test_add_func("/rewrite/each edit of each real message changes its own range", test_corpus);
	int result = g_test_run();

	config_free(config_use(NULL));
	return result;
}
