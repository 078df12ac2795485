/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout is MailScanner's, since people sort these mails by it: subject and first line give the
 * reasons, then for each message a block with labels that end in column 10.
 */
#include "core/act/notice.h"

#include <stddef.h>
#include <string.h>

#include "core/act/address.h"
#include "core/act/mailheader.h"
#include "core/act/submit.h"
#include "core/act/verdict.h"
#include "core/log/log.h"
#include "core/message/subject_line.h"
#include "rules/directives.h"
#include "rules/language.h"

/* RFC 5322 section 2.1.1 allows 998 bytes a line; what is longer goes on in the next. */
#define NOTICE_LINE_MAX 900
/* Bytes of a message's header that a notice quotes. */
#define NOTICE_HEADER_MAX (64 * 1024)
/* Recipients of a message that a notice names. */
#define NOTICE_RECIPIENTS_MAX 100

/* One mail, with the settings of the first message in it. All but what is counted is borrowed from blocks. */
struct mail {
	const json_t *first;
	GPtrArray *reasons; /* of const char * */
	GString *blocks;
	GHashTable *messages; /* their ids */
};

/* REASON(member of struct verdict, language key), sorted by key as in the subject. */
static const struct {
	size_t member;
	const char *key;
} reasons_table[] = {
	{ offsetof(struct verdict, name), "NoticeFilenameInfected" },
	{ offsetof(struct verdict, no_password), "NoticeNonPasswordProtected" },
	{ offsetof(struct verdict, other), "NoticeOtherInfected" },
	{ offsetof(struct verdict, password), "NoticePasswordProtected" },
	{ offsetof(struct verdict, size), "NoticeSizeInfected" },
	{ offsetof(struct verdict, virus), "NoticeVirusInfected" },
};

static void
mail_free(void *data)
{
	struct mail *mail = data;

	g_ptr_array_unref(mail->reasons);
	g_string_free(mail->blocks, TRUE);
	g_hash_table_unref(mail->messages);
	g_free(mail);
}

/* A line with `text`, and as many more, indented, as its length needs. */
static void
add_wrapped(GString *block, const char *text, size_t length)
{
	while (length > NOTICE_LINE_MAX) {
		g_string_append_len(block, text, NOTICE_LINE_MAX);
		g_string_append(block, "\n            ");
		text += NOTICE_LINE_MAX;
		length -= NOTICE_LINE_MAX;
	}
	g_string_append_len(block, text, (gssize)length);
	g_string_append_c(block, '\n');
}

static void
add_field(GString *block, const char *label, const char *value)
{
	g_autofree char *clean = submit_header_value(value);

	g_string_append_printf(block, "%10s: ", label);
	add_wrapped(block, clean, strlen(clean));
}

static void
add_recipients(GString *block, const GPtrArray *recipients)
{
	g_autoptr(GPtrArray) all = address_sorted_recipients(recipients);
	unsigned named = MIN(all->len, NOTICE_RECIPIENTS_MAX);

	for (unsigned i = 0; i < named; i++)
		add_field(block, "Recipient", g_ptr_array_index(all, i));
	if (named < all->len) {
		g_autofree char *rest = g_strdup_printf("and %u more", all->len - named);

		add_field(block, "Recipient", rest);
	}
}

static void
add_findings(GString *block, const struct message *message)
{
	const char *label = language_text(message->subject, "Report");
	g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (finding->kind == FINDING_copy &&
		    g_hash_table_add(said, g_strdup(finding->text)))
			add_field(block, "Quarantine", finding->text);
	}
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);
		g_autofree char *report = verdict_report(message, finding);

		if (verdict_counts(finding) && g_hash_table_add(said, g_strdup(report)))
			add_field(block, label, report);
	}
}

/* The header, each line behind a blank. */
static void
add_header(GString *block, const struct header_list *headers, const char *title)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < header_list_count(headers) && text->len < NOTICE_HEADER_MAX; i++) {
		const struct header_field *field = header_list_at(headers, i);

		if (!field->deleted && !field->added)
			g_string_append_len(text, field->text, (gssize)field->length);
	}
	bool cut = text->len > NOTICE_HEADER_MAX;

	g_string_truncate(text, MIN(text->len, NOTICE_HEADER_MAX));
	g_string_append_printf(block, "\n%s:\n\n", title);
	for (const char *line = text->str, *end = line + text->len; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((newline != NULL ? newline : end) - line);

		g_string_append_c(block, ' ');
		add_wrapped(block, line, length);
		line += length + 1;
	}
	if (cut)
		g_string_append(block, " (the rest of the header is left out)\n");
}

static GString *
message_block(const struct message *message)
{
	const struct envelope *envelope = message->entry->envelope;
	g_autofree char *title = subject_line_text(message->entry->headers);
	GString *block = g_string_new("\n");

	add_field(block, "Sender", envelope->sender);
	add_field(block, "IP Address", subject_client_ip(message->subject));
	add_recipients(block, message_recipients(message));
	add_field(block, "Subject", title);
	add_field(block, "MessageID", message_id(message));
	add_findings(block, message);
	if (notices_include_full_headers_for(message->subject))
		add_header(block, message->entry->headers,
		    language_text(message->subject, "FullHeadersAre"));
	return block;
}

static json_t *
text_json(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	return json_string(valid);
}

static json_t *
reasons_json(const struct message *message, const struct verdict *verdict)
{
	json_t *list = json_array();

	for (size_t i = 0; i < G_N_ELEMENTS(reasons_table); i++) {
		if (*(const bool *)((const char *)verdict + reasons_table[i].member))
			json_array_append_new(
			    list, text_json(language_text(message->subject, reasons_table[i].key)));
	}
	return list;
}

static json_t *
block_json(const struct message *message, const char *address, const struct verdict *verdict,
    const char *block)
{
	struct subject *subject = message->subject;
	g_autofree char *from =
	    mailheader_mailbox(notices_from_for(subject), local_postmaster_for(subject));
	g_autofree char *heading = submit_header_value(hostname_for(subject));
	json_t *json = json_object();

	json_object_set_new(json, "kind", json_string("notice"));
	json_object_set_new(json, "directory", text_json(message->entry->place->path));
	json_object_set_new(json, "id", text_json(message_id(message)));
	json_object_set_new(json, "command", text_json(sendmail_for(subject)));
	json_object_set_new(json, "address", text_json(address));
	json_object_set_new(json, "from", text_json(from));
	json_object_set_new(json, "heading", text_json(heading));
	json_object_set_new(json, "prefix", text_json(language_text(subject, "NoticePrefix")));
	json_object_set_new(json, "signature", text_json(notice_signature_for(subject)));
	json_object_set_new(json, "reasons", reasons_json(message, verdict));
	json_object_set_new(json, "block", text_json(block));
	return json;
}

json_t *
notice_blocks(const struct message *message)
{
	struct subject *subject = message->subject;
	struct verdict verdict;
	json_t *blocks = json_array();

	verdict_of(message, &verdict);
	if (!verdict.infected || !send_notices_for(subject))
		return blocks;
	g_auto(GStrv) addresses = g_strsplit_set(notices_to_for(subject), " ,\t", -1);
	GString *block = message_block(message);

	for (char **address = addresses; *address != NULL; address++) {
		if (**address == '\0')
			continue;
		if (address_is_mailable(*address))
			json_array_append_new(
			    blocks, block_json(message, *address, &verdict, block->str));
		else
			log_line(LOG_WARNING, "Notices To: %s is no address", *address);
	}
	g_string_free(block, TRUE);
	return blocks;
}

static const char *
text_of(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text != NULL ? text : "";
}

static struct mail *
mail_to(GPtrArray *mails, const json_t *block)
{
	for (unsigned i = 0; i < mails->len; i++) {
		struct mail *mail = g_ptr_array_index(mails, i);

		if (g_ascii_strcasecmp(
			text_of(mail->first, "address"), text_of(block, "address")) == 0)
			return mail;
	}
	struct mail *mail = g_new0(struct mail, 1);

	mail->first = block;
	mail->reasons = g_ptr_array_new();
	mail->blocks = g_string_new(NULL);
	mail->messages = g_hash_table_new(g_str_hash, g_str_equal);
	g_ptr_array_add(mails, mail);
	return mail;
}

static void
add_reasons(struct mail *mail, const json_t *reasons)
{
	for (size_t i = 0; i < json_array_size(reasons); i++) {
		const char *reason = json_string_value(json_array_get(reasons, i));

		if (reason != NULL &&
		    !g_ptr_array_find_with_equal_func(mail->reasons, reason, g_str_equal, NULL))
			g_ptr_array_add(mail->reasons, (char *)reason);
	}
}

static int
compare_reasons(gconstpointer one, gconstpointer other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static char *
mail_text(struct mail *mail)
{
	g_ptr_array_sort(mail->reasons, compare_reasons);
	g_ptr_array_add(mail->reasons, NULL);
	g_autofree char *reasons = g_strjoinv(" : ", (char **)mail->reasons->pdata);
	g_autofree char *title = subject_line_encode(reasons);

	return g_strdup_printf("From: %s\n"
			       "To: %s\n"
			       "Subject: %s\n"
			       "Auto-Submitted: auto-generated\n"
			       "MIME-Version: 1.0\n"
			       "Content-Type: text/plain; charset=UTF-8\n"
			       "Content-Transfer-Encoding: 8bit\n"
			       "\n"
			       "%s: %s\n"
			       "%s\n\n%s\n",
	    text_of(mail->first, "from"), text_of(mail->first, "address"), title,
	    text_of(mail->first, "prefix"), reasons, mail->blocks->str,
	    text_of(mail->first, "signature"));
}

static bool
send_mail(struct mail *mail)
{
	g_autofree char *text = mail_text(mail);
	const char *address = text_of(mail->first, "address");
	const char *recipients[] = { address, NULL };
	g_autoptr(GError) error = NULL;

	if (submit_mail(text_of(mail->first, "command"), address, recipients, text, &error))
		return true;
	log_line(LOG_ERR, "The notice to %s can't be sent: %s", address, error->message);
	return false;
}

unsigned
notice_send(const json_t *blocks, unsigned *told)
{
	g_autoptr(GPtrArray) mails = g_ptr_array_new_with_free_func(mail_free);
	g_autoptr(GHashTable) messages = g_hash_table_new(g_str_hash, g_str_equal);
	unsigned sent = 0;

	for (size_t i = 0; i < json_array_size(blocks); i++) {
		const json_t *block = json_array_get(blocks, i);
		struct mail *mail = mail_to(mails, block);

		add_reasons(mail, json_object_get(block, "reasons"));
		g_string_append(mail->blocks, text_of(block, "block"));
		g_hash_table_add(mail->messages, (char *)text_of(block, "id"));
	}
	for (unsigned i = 0; i < mails->len; i++) {
		struct mail *mail = g_ptr_array_index(mails, i);
		GHashTableIter all;
		void *id;

		if (!send_mail(mail))
			continue;
		sent++;
		g_hash_table_iter_init(&all, mail->messages);
		while (g_hash_table_iter_next(&all, &id, NULL))
			g_hash_table_add(messages, id);
	}
	*told += g_hash_table_size(messages);
	return sent;
}
