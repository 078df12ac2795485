/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A message that is sealed (signed or encrypted by its sender) is left alone altogether: MailScanner puts its text behind the
 * last boundary then, where no mail program shows it.
 */
#include "core/act/sign.h"

#include <string.h>

#include "core/act/report.h"
#include "core/act/textpart.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"

static bool
has_any_header(const struct message *message, const char *names)
{
	g_auto(GStrv) words = g_strsplit_set(names, ", \t\n", -1);

	for (char **word = words; *word != NULL; word++) {
		if (**word != '\0' && header_list_find(message->entry->headers, *word) != NULL)
			return true;
	}
	return false;
}

static bool
is_to_be_signed(const struct message *message)
{
	struct subject *subject = message->subject;

	if (!sign_clean_messages_for(subject))
		return false;
	if (!sign_messages_already_processed_for(subject) &&
	    header_list_find(message->entry->headers, mail_header_for(subject)) != NULL)
		return false;
	return !has_any_header(message, dont_sign_html_if_headers_exist_for(subject));
}

/* A picture whose text says that it is such a signature of this site. */
static bool
has_our_picture(const struct part *part)
{
	for (unsigned i = 0; part->html != NULL && i < part->html->images->len; i++) {
		const struct html_image *image = g_ptr_array_index(part->html->images, i);
		g_autofree char *alt = g_utf8_casefold(image->alt != NULL ? image->alt : "", -1);

		if (strstr(alt, "mailscanner") != NULL && strstr(alt, "signature") != NULL)
			return true;
	}
	return false;
}

static GBytes *
picture_bytes(const struct message *message, const char *path)
{
	g_autoptr(GError) error = NULL;
	char *bytes;
	size_t length;

	if (*path == '\0')
		return NULL;
	if (g_file_get_contents(path, &bytes, &length, &error))
		return g_bytes_new_take(bytes, length);
	log_message(LOG_WARNING, message_id(message),
	    "%s: the picture of the signature can't be had: %s", message_id(message),
	    error->message);
	return NULL;
}

static const char *
picture_type(const char *path)
{
	const char *dot = strrchr(path, '.');
	const char *ending = dot != NULL ? dot + 1 : "";

	if (g_ascii_strcasecmp(ending, "jpg") == 0)
		return "image/jpeg";
	g_autofree char *type = g_strdup_printf("image/%s", *ending != '\0' ? ending : "png");
	return g_intern_string(type);
}

static void
add_picture(struct message *message, unsigned part)
{
	struct subject *subject = message->subject;
	const char *path = signature_image_filename_for(subject);

	if (!attach_image_to_signature_for(subject) ||
	    (attach_image_to_html_message_only_for(subject) && !textpart_is_html(message, part)))
		return;
	GBytes *bytes = picture_bytes(message, path);
	if (bytes == NULL)
		return;
	const char *name = signature_image_img_filename_for(subject);
	struct new_part *content = new_part_new(picture_type(path), NULL, name, "inline", bytes);

	content->content_id = g_strdup(name);
	message_edit_body(message, BODY_RELATE, part, NULL, content, "signing")->cosmetic = true;
}

static void
sign_part(struct message *message, unsigned part)
{
	bool html = textpart_is_html(message, part);
	const struct report_about about = { .html = html };
	g_autofree char *text =
	    report_fill(message, html ? REPORT_signature_html : REPORT_signature_text, &about);
	g_autofree char *lines =
	    html ? g_strdup(text) : g_strconcat("\n", g_strchomp(text), "\n", NULL);

	textpart_insert_end(message, part, lines, true, "signing");
	add_picture(message, part);
}

/* There is no text to sign: a part of its own before all others. */
static void
add_text(struct message *message)
{
	char *text = report_fill(message, REPORT_signature_text, NULL);
	struct new_part *content = new_part_new(
	    "text/plain", "UTF-8", NULL, "inline", g_bytes_new_take(text, strlen(text)));

	message_edit_body(message, BODY_BEFORE, 0, NULL, content, "signing")->cosmetic = true;
}

void
sign_plan(struct message *message)
{
	bool sealed, declined = false;

	if (message->facts == NULL || !is_to_be_signed(message))
		return;
	g_autoptr(GArray) parts = textpart_list(message, TEXTPART_FIRST, &sealed);
	for (unsigned i = 0; i < parts->len; i++) {
		unsigned n = g_array_index(parts, unsigned, i);

		if (!allow_multiple_html_signatures_for(message->subject) &&
		    has_our_picture(facts_part(message->facts, n)))
			declined = true;
		else
			sign_part(message, n);
	}
	if (parts->len == 0 && !sealed && !declined &&
	    facts_part(message->facts, 0)->kind == PART_MULTIPART)
		add_text(message);
}

bool
sign_plan_external(struct message *message)
{
	if (message->facts == NULL || !external_message_warning_for(message->subject))
		return false;
	g_autoptr(GArray) parts = textpart_list(message, TEXTPART_ALL, NULL);

	for (unsigned i = 0; i < parts->len; i++) {
		unsigned part = g_array_index(parts, unsigned, i);
		bool html = textpart_is_html(message, part);
		const struct report_about about = { .html = html };
		g_autofree char *text = report_fill(
		    message, html ? REPORT_external_html : REPORT_external_text, &about);
		g_autofree char *lines = g_strconcat(text, html ? "" : "\n", NULL);

		textpart_insert_top(message, part, lines, true, "external warning");
	}
	if (parts->len > 0)
		lines_external(message_id(message));
	return parts->len > 0;
}
