/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What holds for every edit of every message: real mail, and mail that was made to be trouble. */
#include "core/act/rewrite.h"

#include "core/act/charset.h"
#include "core/act/transfer.h"
#include "core/read/html_charset.h"
#include "core/read/reading.h"
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

/* As the program itself reads it. */
static struct facts *
read_facts(const char *bytes, size_t size)
{
	size_t header = rewrite_header_size(bytes, size), start = MIN(header + 1, size);
	struct source *source = source_new(bytes, header, bytes + start, size - start);
	struct brief brief;

	brief_init(&brief);
	brief.want_digests = brief.want_types = brief.want_mime_types = false;
	struct facts *facts = reading_run(&brief, source);

	source_free(source);
	return facts;
}

/* A message whose parts begin before its header ends can only be changed as a whole. */
static bool
begins_in_header(const struct facts *facts)
{
	for (unsigned n = 1; n < facts->parts->len; n++) {
		const struct part *part = facts_part(facts, n);

		if (part->reading == 0 && part->header_start > 0 &&
		    part->header_start < facts->body_start)
			return true;
	}
	return false;
}

/* NULL; else why it is left out, a constant. */
static const char *
mail_load(struct mail *mail, const char *path)
{
	const char *why = rewrite_load(path, &mail->text, &mail->size);

	if (why != NULL)
		return why;
	if (mail->size <= BODY_MAX) {
		mail->facts = read_facts(mail->text, mail->size);
		if (!begins_in_header(mail->facts))
			return NULL;
		facts_free(mail->facts);
		why = "a part of it begins before its header ends, so only the whole can change";
	} else {
		why = "it is too large to be changed thousands of times";
	}
	g_free(mail->text);
	return why;
}

static struct message *
mail_message(const struct mail *mail)
{
	struct message *message = rewrite_message(mail->text, mail->size);

	message->facts = read_facts(mail->text, mail->size);
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
	struct new_part *content = takes ? new_part_new("text/plain", "UTF-8", "new.txt", "inline",
					       g_bytes_new(text, strlen(text)))
					 : NULL;
	struct body_edit *edit =
	    message_edit_body(message, kind, part, takes ? NULL : text, content, "test");
	struct outcome outcome;

	edit->start = edit->end = place;
	outcome.text = rewrite_result(message, NULL);
	outcome.facts = read_facts(outcome.text->str, outcome.text->len);
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
	g_assert_true(
	    behind == 0 || memcmp(old + old_size - behind, new + new_size - behind, behind) == 0);
}

static GString *
decoded(const struct outcome *outcome, unsigned n)
{
	const struct part *part = facts_part(outcome->facts, n);

	return transfer_decode(transfer_of(part->encoding), outcome->text->str + part->body_start,
	    part->body_end - part->body_start);
}

static bool
is_usual(const struct facts *facts, unsigned n)
{
	return facts_part(facts, n)->kind != PART_MEMBER && facts_part(facts, n)->reading == 0;
}

/* MIME parts of the usual reading. */
static unsigned
count_parts(const struct facts *facts)
{
	unsigned count = 0;

	for (unsigned n = 0; n < facts->parts->len; n++)
		count += is_usual(facts, n);
	return count;
}

static unsigned
descendants(const struct facts *facts, unsigned n)
{
	unsigned count = 0;

	for (unsigned i = n + 1; i < facts->parts->len; i++) {
		for (int at = is_usual(facts, i) ? facts_part(facts, i)->parent : -1; at >= 0;
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

	check_range(
	    mail, &outcome, n == 0 ? mail->facts->body_start : part->header_start, part->body_end);
	g_autofree char *before = rewrite_shape(mail->facts);
	g_autofree char *after = rewrite_shape(outcome.facts);
	g_assert_cmpstr(before, ==, after);
	if (outcome.facts->parts->len > n) {
		g_autoptr(GString) bytes = decoded(&outcome, n);
		size_t length = bytes->len;
		bool whole = charset_kind_of(part->charset) == CHARSET_WHOLE;
		g_autofree char *decoded_text =
		    whole ? html_charset_convert(
				html_charset_of(bytes->str, bytes->len, part->charset), bytes->str,
				bytes->len, &length)
			  : g_memdup2(bytes->str, bytes->len + 1);
		g_autoptr(GString) content = g_string_new_len(decoded_text, (gssize)length);
		size_t tail = MIN(content->len, 2 * strlen(text) + 20);
		const char *from = place == 0 ? content->str : content->str + content->len - tail;

		g_assert_nonnull(memmem(from, (size_t)(content->str + content->len - from),
		    "inserted", strlen("inserted")));
	}
	outcome_clear(&outcome);
}

/* Where a replacement begins: with the header of its parent where that is no longer what it was. */
static uint64_t
start_of(const struct mail *mail, unsigned n)
{
	const struct part *part = facts_part(mail->facts, n);
	const struct part *parent = facts_part(mail->facts, (unsigned)part->parent);

	if (strcmp(parent->type, "multipart/alternative") != 0 &&
	    strcmp(parent->type, "multipart/related") != 0)
		return part->header_start;
	return part->parent == 0 ? mail->facts->body_start : parent->header_start;
}

static void
check_replace(struct mail *mail, unsigned n)
{
	const struct part *part = facts_part(mail->facts, n);
	struct outcome outcome = outcome_of(mail, BODY_REPLACE, n, 0);

	check_range(mail, &outcome, n == 0 ? mail->facts->body_start : start_of(mail, n),
	    n == 0 ? mail->size : part->body_end);
	g_assert_cmpuint(
	    count_parts(outcome.facts), ==, count_parts(mail->facts) - descendants(mail->facts, n));
	g_assert_cmpuint(outcome.facts->parts->len, >, n);
	if (outcome.facts->parts->len <= n)
		return;
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

	unsigned left = count_parts(mail->facts) - descendants(mail->facts, n);

	g_assert_cmpuint(count_parts(outcome.facts), <=, MAX(1, left - 1));
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
	unsigned more = count_parts(outcome.facts) - count_parts(mail->facts);

	check_range(mail, &outcome, n == 0 ? mail->facts->body_start : part->header_start,
	    n == 0		? mail->size
	    : part->parent >= 0 ? MIN(mail->size, part->body_end + 0)
				: 0);
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

	if (n > 0 && (part->kind == PART_MEMBER || part->reading != 0 ||
			 part->header_start < mail->facts->body_start))
		return;
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

static struct new_part *
new_text(void)
{
	return new_part_new(
	    "text/plain", "UTF-8", "new.txt", "inline", g_bytes_new(text, strlen(text)));
}

/* All kinds of edits at once never contradict each other. */
static void
check_together(struct mail *mail)
{
	struct message *message = mail_message(mail);

	message_edit_body(message, BODY_BEFORE, 0, NULL, new_text(), "test");
	message_edit_body(message, BODY_APPEND, 0, NULL, new_text(), "test");
	for (unsigned n = 0; n < MIN(mail->facts->parts->len, PARTS_MAX); n++) {
		const struct part *part = facts_part(mail->facts, n);

		if (part->kind == PART_LEAF)
			message_edit_body(message, BODY_SPLICE, n, text, NULL, "test")->end =
			    3 * (n % 2);
		message_edit_body(message, BODY_RENAME, n, "renamed", NULL, "test");
		if (n % 3 == 0)
			message_edit_body(message, BODY_RELATE, n, NULL, new_text(), "test");
		if (n % 4 == 3)
			message_edit_body(message, BODY_REMOVE, n, NULL, NULL, "test");
		if (n % 5 == 4)
			message_edit_body(message, BODY_CONVERT, n, text, NULL, "test");
	}
	g_autoptr(GString) result = rewrite_result(message, NULL);
	struct facts *facts = read_facts(result->str, result->len);

	g_assert_cmpuint(count_parts(facts), >=, 3);
	facts_free(facts);
	message_free(message);
}

/* How many were left out, and why; files that are no mail don't count. */
static unsigned
tell_skipped(GHashTable *skipped)
{
	GHashTableIter iter;
	void *why, *count;
	unsigned mails = 0;

	g_hash_table_iter_init(&iter, skipped);
	while (g_hash_table_iter_next(&iter, &why, &count)) {
		g_test_message("%u left out: %s", GPOINTER_TO_UINT(count), (const char *)why);
		if (strstr(why, "it has no header") == NULL)
			mails += GPOINTER_TO_UINT(count);
	}
	return mails;
}

static void
count_skipped(GHashTable *skipped, const char *why)
{
	unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(skipped, why));

	g_hash_table_insert(skipped, (char *)why, GUINT_TO_POINTER(count + 1));
}

static void
test_corpus(void)
{
	g_autoptr(GHashTable) skipped = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *directory = sample_path("corpus/mail");
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	unsigned mails = 0, edits = 0;

	sample_find(directory, "", paths);
	for (unsigned i = 0; i < paths->len; i++) {
		struct mail mail = { .path = paths->pdata[i] };

		const char *why = mail_load(&mail, mail.path);

		if (why != NULL) {
			count_skipped(skipped, why);
			continue;
		}
		check_untouched(&mail);
		check_together(&mail);
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
	g_assert_cmpuint(tell_skipped(skipped), <=, 3);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	rewrite_configure("");
	g_test_add_func(
	    "/rewrite/each edit of each real message changes its own range", test_corpus);
	int result = g_test_run();

	config_free(config_use(NULL));
	return result;
}
