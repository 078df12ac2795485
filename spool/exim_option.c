/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Most options mean nothing to us and pass by. Those that fill the envelope are in a table; a line
 * that is repeated counts as Exim counts it: the last one.
 */
#include "spool/exim_option.h"

#include <arpa/inet.h>
#include <string.h>

#define ACL_VALUE_MAX (64 * 1024 * 1024)

static bool
is_address(const char *text)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

char *
exim_client_address(const char *value)
{
	const char *end = value[0] == '[' ? strchr(value, ']') : NULL;
	g_autofree char *address =
	    end != NULL ? g_strndup(value + 1, (size_t)(end - value - 1)) : g_strdup(value);
	char *zone = strchr(address, '%');

	if (zone != NULL)
		*zone = '\0';
	if (is_address(address))
		return g_steal_pointer(&address);

	char *port = strrchr(address, '.');

	if (port != NULL)
		*port = '\0';
	return is_address(address) ? g_steal_pointer(&address) : g_strdup("");
}

static const struct {
	const char *name;
	size_t member; /* of struct envelope: a char * */
} texts[] = {
	{ "auth_id", G_STRUCT_OFFSET(struct envelope, auth_id) },
	{ "helo_name", G_STRUCT_OFFSET(struct envelope, helo) },
	{ "host_name", G_STRUCT_OFFSET(struct envelope, client_name) },
	{ "received_protocol", G_STRUCT_OFFSET(struct envelope, protocol) },
};

static const struct {
	const char *name;
	enum exim_option option;
} body_options[] = {
	{ "body_linecount", EXIM_BODY_LINECOUNT },
	{ "body_zerocount", EXIM_BODY_ZEROCOUNT },
	{ "max_received_linelength", EXIM_LINE_LENGTH },
	{ "spool_file_wireformat", EXIM_WIREFORMAT },
};

struct option {
	struct exim_line line;
	size_t name_start, name_end;
};

/* "-name value", "--name value" or "--(type)name value" */
static bool
split_option(struct exim_line line, struct option *option)
{
	size_t at = line.length > 1 && line.text[1] == '-' ? 2 : 1;

	if (at < line.length && line.text[at] == '(') {
		const char *end = memchr(line.text + at, ')', line.length - at);

		if (end == NULL)
			return false;
		at = (size_t)(end - line.text) + 1;
	}

	const char *blank = at < line.length ? memchr(line.text + at, ' ', line.length - at) : NULL;

	*option = (struct option){
		.line = line,
		.name_start = MIN(at, line.length),
		.name_end = blank != NULL ? (size_t)(blank - line.text) : line.length,
	};
	return true;
}

static bool
is_named(const struct option *option, const char *name)
{
	size_t length = option->name_end - option->name_start;

	return strlen(name) == length &&
	       memcmp(option->line.text + option->name_start, name, length) == 0;
}

static char *
value_of(const struct option *option)
{
	size_t start = MIN(option->name_end + 1, option->line.length);

	return g_strndup(option->line.text + start, option->line.length - start);
}

/* Skips the value of an ACL variable, whose length ends the line, and the newline behind it. */
static bool
skip_acl_value(const struct option *option, struct exim_text *text, size_t start, GError **error)
{
	static const char expected[] =
	    "an ACL variable (\"-aclm name length\") and as many bytes and a newline";
	const struct exim_line *line = &option->line;
	size_t at = line->length;
	guint64 length;

	while (at > 0 && line->text[at - 1] != ' ')
		at--;
	if (at <= option->name_end + 1 ||
	    !exim_number(line->text + at, line->length - at, ACL_VALUE_MAX, &length) ||
	    text->length - text->at < length + 1 || text->text[text->at + length] != '\n')
		return exim_text_fail(text, start, expected, error);
	text->at += length + 1;
	return true;
}

static void
take_text(const struct option *option, struct envelope *envelope)
{
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (!is_named(option, texts[i].name))
			continue;
		char **member = G_STRUCT_MEMBER_P(envelope, texts[i].member);

		g_free(*member);
		*member = value_of(option);
	}
	if (is_named(option, "host_address")) {
		g_autofree char *value = value_of(option);

		g_free(envelope->client_ip);
		envelope->client_ip = exim_client_address(value);
	}
}

static bool
take_body_option(const struct option *option, struct exim_control *control,
    const struct exim_text *text, size_t start, GError **error)
{
	struct exim_body_option found = { .start = start, .end = text->at };
	g_autofree char *value = value_of(option);

	for (size_t i = 0; i < G_N_ELEMENTS(body_options); i++) {
		if (is_named(option, body_options[i].name))
			found.option = body_options[i].option;
	}
	if (found.option == EXIM_OPTION_OTHER)
		return true;
	if (found.option == EXIM_WIREFORMAT)
		control->wireformat = true;
	else if (!exim_number(value, strlen(value), G_MAXINT64, &found.value))
		return exim_text_fail(text, start, "a number as this option's value", error);
	g_array_append_val(control->body_options, found);
	return true;
}

static bool
take_option(const struct option *option, struct exim_control *control, struct envelope *envelope,
    struct exim_text *text, size_t start, GError **error)
{
	if (is_named(option, "acl") || is_named(option, "aclc") || is_named(option, "aclm"))
		return skip_acl_value(option, text, start, error);
	if (is_named(option, "frozen")) {
		g_autofree char *value = value_of(option);
		guint64 since;

		if (!exim_number(value, strlen(value), G_MAXINT64, &since))
			return exim_text_fail(
			    text, start, "the time since when it is frozen", error);
		envelope->frozen = true;
	}
	if (is_named(option, "N"))
		control->no_delivery = true;
	take_text(option, envelope);
	return take_body_option(option, control, text, start, error);
}

bool
exim_options_read(
    struct exim_control *control, struct envelope *envelope, struct exim_text *text, GError **error)
{
	while (text->at < text->length && text->text[text->at] == '-') {
		size_t start = text->at;
		struct exim_line line;
		struct option option;

		if (!exim_text_line(text, &line, "an option", error))
			return false;
		if (!split_option(line, &option))
			return exim_text_fail(
			    text, start, "an option quoted as \"--(type)name value\"", error);
		if (!take_option(&option, control, envelope, text, start, error))
			return false;
	}
	return true;
}
