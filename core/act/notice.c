/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout is MailScanner's, since people sort these mails by it: subject and first line give the
 * reasons, then for each message a block with labels that end in column 10.
 */
#include "core/act/notice.h"

#include <string.h>

#include "core/act/address.h"
#include "core/act/submit.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"

/* RFC 5322 section 2.1.1 allows 998 bytes a line; what is longer goes on in the next. */
#define NOTICE_LINE_MAX 900
/* Bytes of a message's header that a notice quotes. */
#define NOTICE_HEADER_MAX (64 * 1024)
/* Recipients of a message that a notice names. */
#define NOTICE_RECIPIENTS_MAX 100

/* One mail, with the settings of the first message in it. */
struct mail {
	char *address;
	char *command;
	char *from;
	char *heading;
	char *signature;
	GPtrArray *reasons; /* of const char *, string constants */
	GString *blocks;
};

struct notice {
	GPtrArray *mails; /* of struct mail */
	unsigned messages;
};

/* What subject and heading call it; NULL for what is no reason to send a notice. */
static const char *
finding_reason(enum finding_kind kind)
{
	return kind == FINDING_crashes ? "Message Stops The Scanner" : NULL;
}

static void
mail_free(void *data)
{
	struct mail *mail = data;

	g_free(mail->address);
	g_free(mail->command);
	g_free(mail->from);
	g_free(mail->heading);
	g_free(mail->signature);
	g_ptr_array_unref(mail->reasons);
	g_string_free(mail->blocks, TRUE);
	g_free(mail);
}

struct notice *
notice_new(void)
{
	struct notice *notice = g_new0(struct notice, 1);

	notice->mails = g_ptr_array_new_with_free_func(mail_free);
	return notice;
}

void
notice_free(struct notice *notice)
{
	if (notice == NULL)
		return;
	g_ptr_array_unref(notice->mails);
	g_free(notice);
}

/* "name" <address>, whatever the name is. */
static char *
mailbox_text(const char *name, const char *address)
{
	g_autofree char *clean = submit_header_value(name);
	g_autofree char *mailbox = submit_header_value(address);

	g_strdelimit(clean, "\"\\", '\'');
	return g_strdup_printf("\"%s\" <%s>", clean, mailbox);
}

static struct mail *
mail_to(struct notice *notice, const char *address, struct subject *subject)
{
	for (unsigned i = 0; i < notice->mails->len; i++) {
		struct mail *mail = g_ptr_array_index(notice->mails, i);

		if (g_ascii_strcasecmp(mail->address, address) == 0)
			return mail;
	}
	struct mail *mail = g_new0(struct mail, 1);

	mail->address = g_strdup(address);
	mail->command = g_strdup(sendmail_for(subject));
	mail->from = mailbox_text(notices_from_for(subject), local_postmaster_for(subject));
	mail->heading = submit_header_value(hostname_for(subject));
	mail->signature = g_strdup(notice_signature_for(subject));
	mail->reasons = g_ptr_array_new();
	mail->blocks = g_string_new(NULL);
	g_ptr_array_add(notice->mails, mail);
	return mail;
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
add_recipients(GString *block, const struct envelope *envelope)
{
	g_autoptr(GPtrArray) all = address_sorted_recipients(envelope);
	unsigned named = MIN(all->len, NOTICE_RECIPIENTS_MAX);

	for (unsigned i = 0; i < named; i++)
		add_field(block, "Recipient", g_ptr_array_index(all, i));
	if (named < all->len) {
		g_autofree char *rest = g_strdup_printf("and %u more", all->len - named);

		add_field(block, "Recipient", rest);
	}
}

static void
add_findings(GString *block, const GPtrArray *findings)
{
	for (unsigned i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);

		if (finding->kind == FINDING_copy)
			add_field(block, "Quarantine", finding->text);
	}
	for (unsigned i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);
		g_autofree char *report = g_strdup_printf("%s: %s", finding->source, finding->text);

		if (finding_reason(finding->kind) != NULL)
			add_field(block, "Report", report);
	}
}

/* The header, each line behind a blank. */
static void
add_header(GString *block, const struct header_list *headers)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < header_list_count(headers) && text->len < NOTICE_HEADER_MAX; i++) {
		const struct header_field *field = header_list_at(headers, i);

		if (!field->deleted && !field->added)
			g_string_append_len(text, field->text, (gssize)field->length);
	}
	bool cut = text->len > NOTICE_HEADER_MAX;

	g_string_truncate(text, MIN(text->len, NOTICE_HEADER_MAX));
	g_string_append(block, "\nThe header in full:\n\n");
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
	g_autofree char *title = header_list_value(message->entry->headers, "Subject");
	GString *block = g_string_new("\n");

	add_field(block, "Sender", envelope->sender);
	add_field(block, "IP Address", subject_client_ip(message->subject));
	add_recipients(block, envelope);
	add_field(block, "Subject", title != NULL ? title : "");
	add_field(block, "MessageID", message_id(message));
	add_findings(block, message->findings);
	if (notices_include_full_headers_for(message->subject))
		add_header(block, message->entry->headers);
	return block;
}

static void
add_reasons(struct mail *mail, const GPtrArray *findings)
{
	for (unsigned i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);
		const char *reason = finding_reason(finding->kind);

		if (reason != NULL &&
		    !g_ptr_array_find_with_equal_func(mail->reasons, reason, g_str_equal, NULL))
			g_ptr_array_add(mail->reasons, (char *)reason);
	}
}

static bool
has_reason(const GPtrArray *findings)
{
	for (unsigned i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);

		if (finding_reason(finding->kind) != NULL)
			return true;
	}
	return false;
}

void
notice_add(struct notice *notice, const struct message *message)
{
	struct subject *subject = message->subject;

	if (!has_reason(message->findings) || !send_notices_for(subject))
		return;
	g_auto(GStrv) addresses = g_strsplit_set(notices_to_for(subject), " ,\t", -1);
	g_autoptr(GString) block = message_block(message);
	bool told = false;

	for (char **address = addresses; *address != NULL; address++) {
		if (**address == '\0')
			continue;
		if (!address_is_mailable(*address)) {
			log_line(LOG_WARNING, "Notices To: %s is no address", *address);
			continue;
		}
		struct mail *mail = mail_to(notice, *address, subject);
		add_reasons(mail, message->findings);
		g_string_append_len(mail->blocks, block->str, (gssize)block->len);
		told = true;
	}
	notice->messages += told ? 1 : 0;
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
	g_autofree char *body = g_utf8_make_valid(mail->blocks->str, (gssize)mail->blocks->len);

	return g_strdup_printf("From: %s\n"
			       "To: %s\n"
			       "Subject: %s\n"
			       "Auto-Submitted: auto-generated\n"
			       "MIME-Version: 1.0\n"
			       "Content-Type: text/plain; charset=UTF-8\n"
			       "Content-Transfer-Encoding: 8bit\n"
			       "\n"
			       "Found by %s: %s\n"
			       "%s\n\n%s\n",
	    mail->from, mail->address, reasons, mail->heading, reasons, body, mail->signature);
}

static bool
send_mail(struct mail *mail)
{
	g_autofree char *text = mail_text(mail);
	const char *recipients[] = { mail->address, NULL };
	g_autoptr(GError) error = NULL;

	if (submit_mail(mail->command, mail->address, recipients, text, &error))
		return true;
	log_line(LOG_ERR, "The notice to %s can't be sent: %s", mail->address, error->message);
	return false;
}

void
notice_send(struct notice *notice)
{
	bool sent = false;

	for (unsigned i = 0; i < notice->mails->len; i++)
		sent = send_mail(g_ptr_array_index(notice->mails, i)) || sent;
	if (sent)
		lines_notices(notice->messages);
	g_ptr_array_set_size(notice->mails, 0);
	notice->messages = 0;
}
