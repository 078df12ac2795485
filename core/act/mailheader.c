/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Templates are texts, so what they hold is text: of a Content-Type only the charset is put right, and a type is given where
 * there is none.
 */
#include "core/act/mailheader.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "core/act/submit.h"
#include "core/message/subject_line.h"

static const char charset_parameter[] = "charset=";

static bool
is_field(const char *line, const char *name)
{
	size_t length = strlen(name);

	return g_ascii_strncasecmp(line, name, length) == 0 && line[length] == ':';
}

static bool
has_field(char *const *lines, const char *name)
{
	for (; *lines != NULL; lines++) {
		if (is_field(*lines, name))
			return true;
	}
	return false;
}

/* Where the value of the parameter begins, or NULL. */
static const char *
charset_of(const char *line)
{
	for (const char *at = line; *at != '\0'; at++) {
		if (g_ascii_strncasecmp(at, charset_parameter, strlen(charset_parameter)) == 0)
			return at + strlen(charset_parameter);
	}
	return NULL;
}

static void
add_type(GString *out, const char *line)
{
	const char *charset = charset_of(line);

	if (charset == NULL) {
		g_string_append_printf(out, "%s; charset=UTF-8\n", line);
		return;
	}
	const char *rest = charset + strcspn(charset, ";");
	g_string_append_len(out, line, charset - line);
	g_string_append_printf(out, "UTF-8%s\n", rest);
}

char *
mailheader_mailbox(const char *name, const char *address)
{
	g_autofree char *clean = submit_header_value(name);
	g_autofree char *mailbox = submit_header_value(address);

	g_strdelimit(clean, "\"\\", '\'');
	if (g_str_is_ascii(clean))
		return g_strdup_printf("\"%s\" <%s>", clean, mailbox);
	g_autofree char *encoded = subject_line_encode(clean);
	return g_strdup_printf("%s <%s>", encoded, mailbox);
}

/* A mailbox with a name in front of it keeps its address legible. The caller's. */
static char *
encode_value(const char *line, const char *value)
{
	const char *angle = strrchr(value, '<');
	bool is_mailbox = is_field(line, "From") || is_field(line, "To") ||
			  is_field(line, "Reply-To") || is_field(line, "Sender");

	if (!is_mailbox || angle == NULL || !g_str_is_ascii(angle))
		return subject_line_encode(value);
	g_autofree char *name = g_strndup(value, (size_t)(angle - value));
	g_autofree char *address = g_strndup(angle + 1, strcspn(angle + 1, ">"));

	g_strdelimit(name, "\"", ' ');
	return mailheader_mailbox(name, address);
}

static void
add_line(GString *out, const char *line)
{
	size_t name = strcspn(line, ":");

	if (is_field(line, "Content-Type") && strcasestr(line, "text/") != NULL)
		add_type(out, line);
	else if (g_str_is_ascii(line) || line[name] == '\0')
		g_string_append_printf(out, "%s\n", line);
	else {
		g_autofree char *value = g_strdup(line + name + 1);
		g_autofree char *encoded = encode_value(line, g_strchug(value));

		g_string_append_printf(out, "%.*s: %s\n", (int)name, line, encoded);
	}
}

/* The header's fields, one a line. The caller's. */
static char **
fields_of(const char *mail, const char *body)
{
	g_autoptr(GString) header =
	    g_string_new_len(mail, body != NULL ? body - mail : (gssize)strlen(mail));

	g_string_replace(header, "\n ", " ", 0);
	g_string_replace(header, "\n\t", " ", 0);
	g_strchomp(header->str);
	return g_strsplit(header->str, "\n", -1);
}

/* An encoding that the body may really be in; 7bit can't hold UTF-8. */
static bool
is_encoding(const char *line)
{
	return is_field(line, "Content-Transfer-Encoding") && strcasestr(line, "7bit") == NULL;
}

char *
mailheader_complete(const char *mail)
{
	const char *body = strstr(mail, "\n\n");
	g_auto(GStrv) lines = fields_of(mail, body);
	bool typed = has_field(lines, "Content-Type"), encoded = false;
	GString *out = g_string_new(NULL);

	if (!has_field(lines, "Auto-Submitted"))
		g_string_append(out, "Auto-Submitted: auto-replied\n");
	for (char **line = lines; *line != NULL; line++) {
		if (typed && is_encoding(*line))
			encoded = true;
		else if (is_field(*line, "Content-Transfer-Encoding"))
			continue;
		add_line(out, *line);
	}
	if (!has_field(lines, "MIME-Version"))
		g_string_append(out, "MIME-Version: 1.0\n");
	if (!typed)
		g_string_append(out, "Content-Type: text/plain; charset=UTF-8\n");
	if (!encoded)
		g_string_append(out, "Content-Transfer-Encoding: 8bit\n");
	g_string_append(out, body != NULL ? body + 1 : "\n");
	return g_string_free(out, FALSE);
}
