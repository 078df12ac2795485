/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and texts may come from the sender, so nothing that they contain may end a line, a field or a part: what could is encoded.
 */
#include "core/act/newpart.h"

#include <string.h>

#define HARMLESS_LINE 900

/* Can this text stand in a message as it is, whatever the boundaries around it are? */
static bool
is_harmless(const char *bytes, size_t size)
{
	size_t column = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte >= 0x7f || (byte < ' ' && byte != '\n' && byte != '\t'))
			return false;
		if (column == 0 && ((size - i >= 2 && memcmp(bytes + i, "--", 2) == 0) ||
				       (size - i >= 5 && memcmp(bytes + i, "From ", 5) == 0)))
			return false;
		column = byte == '\n' ? 0 : column + 1;
		if (column > HARMLESS_LINE)
			return false;
	}
	return true;
}

static bool
is_text(const char *type)
{
	return g_ascii_strncasecmp(type, "text/", 5) == 0;
}

/* Never NULL. */
static const char *
bytes_of(const struct new_part *content, size_t *size)
{
	const char *bytes = g_bytes_get_data(content->bytes, size);

	return bytes != NULL ? bytes : "";
}

enum transfer
newpart_transfer(const char *type, const char *bytes, size_t size)
{
	if (!is_text(type))
		return TRANSFER_BASE64;
	if (memchr(bytes, '\0', size) != NULL)
		return TRANSFER_BASE64;
	return is_harmless(bytes, size) ? TRANSFER_IDENTITY : TRANSFER_QUOTED;
}

/* A name that can stand in a header: no controls. The caller's. */
static char *
clean(const char *name)
{
	char *copy = g_utf8_make_valid(name, -1);

	for (char *c = copy; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '_';
	}
	return copy;
}

static void
set_parameter(char **value, const char *name, const char *text)
{
	char *with = mimefield_with_parameter(*value, name, text);

	g_free(*value);
	*value = with;
}

void
newpart_fields(struct mimefields *fields, const struct new_part *content)
{
	size_t size;
	const char *bytes = bytes_of(content, &size);
	enum transfer transfer = newpart_transfer(content->type, bytes, size);
	g_autofree char *type = g_strdup(content->type);
	g_autofree char *name = content->name != NULL ? clean(content->name) : NULL;

	if (content->charset != NULL)
		set_parameter(&type, "charset", content->charset);
	if (name != NULL)
		set_parameter(&type, "name", name);
	mimefields_set(fields, "Content-Type", type);
	mimefields_set(fields, "Content-Transfer-Encoding", transfer_name(transfer));
	if (content->disposition != NULL || name != NULL) {
		g_autofree char *disposition =
		    g_strdup(content->disposition != NULL ? content->disposition : "attachment");

		if (name != NULL)
			set_parameter(&disposition, "filename", name);
		mimefields_set(fields, "Content-Disposition", disposition);
	}
	if (content->content_id != NULL) {
		g_autofree char *id = clean(content->content_id);
		g_autofree char *value = g_strdup_printf("<%s>", id);

		mimefields_set(fields, "Content-ID", value);
	}
}

/* Line feeds alone, or with a carriage return where the lines of the message have one. */
static void
append_lines(GString *out, const char *bytes, size_t size, const char *line_end)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == '\r' && i + 1 < size && bytes[i + 1] == '\n')
			continue;
		if (bytes[i] == '\n')
			g_string_append(out, line_end);
		else
			g_string_append_c(out, bytes[i]);
	}
}

void
newpart_encode(GString *out, enum transfer transfer, bool text, const char *bytes, size_t size,
    const char *line_end)
{
	switch (transfer) {
	case TRANSFER_QUOTED: {
		g_autoptr(GString) quoted = g_string_new(NULL);

		transfer_quote(quoted, bytes, size, line_end);
		g_string_append_len(out, quoted->str, (gssize)quoted->len);
		break;
	}
	case TRANSFER_UUENCODE:
	case TRANSFER_BASE64: {
		g_autoptr(GString) lines = g_string_new(NULL);

		if (text)
			append_lines(lines, bytes, size, "\r\n");
		else
			g_string_append_len(lines, bytes, (gssize)size);
		transfer_base64(out, lines->str, lines->len, TRANSFER_BASE64_WIDTH, line_end);
		break;
	}
	case TRANSFER_IDENTITY:
		append_lines(out, bytes, size, line_end);
		break;
	}
}

void
newpart_body(GString *out, const struct new_part *content, const char *line_end)
{
	size_t size;
	const char *bytes = bytes_of(content, &size);
	enum transfer transfer = newpart_transfer(content->type, bytes, size);

	newpart_encode(out, transfer, is_text(content->type), bytes, size, line_end);
}

void
newpart_write(GString *out, const struct new_part *content, const char *line_end)
{
	auto_mimefields *fields = mimefields_read("", 0);

	newpart_fields(fields, content);
	mimefields_append_content(out, fields, line_end);
	g_string_append(out, line_end);
	newpart_body(out, content, line_end);
}
