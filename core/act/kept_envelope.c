/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/kept_envelope.h"

#include <fcntl.h>
#include <string.h>

#include "spool/durable.h"
#include "spool/fd.h"

void
kept_lines(const char *text, kept_take_line take, void *data)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		char *value = strstr(*line, ": ");
		size_t length;

		if (value == NULL)
			continue;
		*value = '\0';
		value += strlen(": ");
		length = strlen(value);
		if (length >= 2 && value[0] == '<' && value[length - 1] == '>') {
			value[length - 1] = '\0';
			value++;
		}
		take(*line, value, data);
	}
}

char *
kept_lines_text(int directory, const char *name)
{
	autofd fd = TEMP_FAILURE_RETRY(
	    openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
	g_autofree char *text = fd >= 0 ? g_malloc(KEPT_LINES_MAX) : NULL;
	size_t length = 0;

	while (fd >= 0 && length < KEPT_LINES_MAX) {
		ssize_t n = TEMP_FAILURE_RETRY(read(fd, text + length, KEPT_LINES_MAX - length));

		if (n < 0)
			return NULL;
		if (n == 0)
			break;
		length += (size_t)n;
	}
	return fd >= 0 ? g_utf8_make_valid(text, (gssize)length) : NULL;
}

bool
kept_envelope_lines(int directory, kept_take_line take, void *data)
{
	g_autofree char *text = kept_lines_text(directory, "envelope");

	if (text != NULL)
		kept_lines(text, take, data);
	return text != NULL;
}

static void
take_line(const char *name, const char *value, void *data)
{
	struct envelope *envelope = data;
	const struct {
		const char *name;
		char **member;
	} members[] = {
		{ "Sender", &envelope->sender },
		{ "Client-Address", &envelope->client_ip },
		{ "Client-Name", &envelope->client_name },
		{ "Helo", &envelope->helo },
		{ "Protocol", &envelope->protocol },
		{ "Authenticated", &envelope->auth_id },
	};

	if (strcmp(name, "Recipient") == 0 && *value != '\0')
		envelope_add_recipient(envelope, value, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		if (strcmp(members[i].name, name) == 0) {
			g_free(*members[i].member);
			*members[i].member = g_strdup(value);
		}
	}
}

struct envelope *
kept_envelope(int directory)
{
	struct envelope *envelope = envelope_new();

	kept_envelope_lines(directory, take_line, envelope);
	return envelope;
}
