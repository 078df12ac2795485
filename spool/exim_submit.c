/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A message that Exim did not accept itself: both files are prepared under names that it ignores, then -D gets its name, then -H,
 * which makes it a message. The -H says what Exim would have noted at the reception, as far as that is known.
 */
#include "spool/exim.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include "spool/durable.h"
#include "spool/error.h"
#include "spool/exim_option.h"
#include "spool/exim_place.h"
#include "spool/exim_write.h"

/* What the id is like where nobody says: the short kind, which every Exim reads. */
#define ANY_ID "000000-000000-00"

static bool
is_printable(const char *text)
{
	for (; *text != '\0'; text++) {
		if (g_ascii_iscntrl(*text))
			return false;
	}
	return true;
}

static bool
check_address(const char *address, const char *what, GError **error)
{
	errno = 0;
	return (*address == '\0' && strcmp(what, "sender") == 0) || exim_can_stand(address) ||
	       spool_fail(error, SPOOL_ERROR_CORRUPT, "\"%s\" can't be a %s: it is no address",
		   address, what);
}

static bool
check_envelope(const struct envelope *envelope, GError **error)
{
	unsigned count = envelope->recipients->len;

	if (count == 0 || count > EXIM_RECIPIENTS_MAX) {
		errno = 0;
		return spool_fail(error, SPOOL_ERROR_CORRUPT, "%u recipients, not 1 to %d", count,
		    EXIM_RECIPIENTS_MAX);
	}
	for (unsigned i = 0; i < count; i++) {
		const struct recipient *recipient = g_ptr_array_index(envelope->recipients, i);

		if (!check_address(recipient->address, "recipient", error))
			return false;
	}
	return check_address(envelope->sender, "sender", error);
}

/* From outside: "--" says so to an Exim that taints such values. */
static void
add_text(GString *text, const char *option, const char *value)
{
	if (value != NULL && *value != '\0' && is_printable(value))
		g_string_append_printf(text, "--%s %s\n", option, value);
}

static void
add_origin(GString *text, const struct envelope *envelope, const struct spool_place *place)
{
	const struct passwd *user = getpwuid(place->owner);
	gint64 now = g_get_real_time();

	g_string_append_printf(text, "%s %u %u\n<%s>\n%" G_GINT64_FORMAT " 0\n",
	    user != NULL ? user->pw_name : "root", (unsigned)place->owner, (unsigned)place->group,
	    envelope->sender, now / G_USEC_PER_SEC);
	g_string_append_printf(text, "-received_time_usec .%06d\n", (int)(now % G_USEC_PER_SEC));
}

/* Addresses that only a server with SMTPUTF8 (RFC 6531) takes. */
static bool
is_international(const struct envelope *envelope)
{
	bool ascii = g_str_is_ascii(envelope->sender);

	for (unsigned i = 0; i < envelope->recipients->len && ascii; i++) {
		const struct recipient *recipient = g_ptr_array_index(envelope->recipients, i);

		ascii = g_str_is_ascii(recipient->address);
	}
	return !ascii;
}

static void
add_options(GString *text, const struct envelope *envelope, const struct exim_body *body)
{
	g_autofree char *client_ip = exim_client_address(envelope->client_ip);

	add_text(text, "helo_name", envelope->helo);
	if (*client_ip != '\0') {
		g_string_append_printf(text, "--host_address [%s]:0\n", client_ip);
		add_text(text, "host_name", envelope->client_name);
	} else {
		g_string_append(text, "-local\n");
	}
	add_text(text, "received_protocol", envelope->protocol);
	add_text(text, "auth_id", envelope->auth_id);
	if (is_international(envelope))
		g_string_append(text, "-smtputf8\n");
	g_string_append_printf(text, "-body_linecount %" G_GUINT64_FORMAT "\n", body->lines);
	if (body->zeros > 0)
		g_string_append_printf(
		    text, "-body_zerocount %" G_GUINT64_FORMAT "\n", body->zeros);
	g_string_append_printf(text,
	    "-max_received_linelength %" G_GUINT64_FORMAT "\n-deliver_firsttime\n", body->longest);
}

/* The letters by which Exim finds the fields that it needs itself. */
static char
mark_of(const struct header_field *field)
{
	static const struct {
		const char *name;
		char mark;
	} marks[] = { { "Bcc", 'B' }, { "Cc", 'C' }, { "From", 'F' }, { "Message-ID", 'I' },
		{ "Received", 'P' }, { "Reply-To", 'R' }, { "Sender", 'S' }, { "To", 'T' } };
	g_autofree char *name = field->mark == ' ' ? header_field_name(field) : NULL;

	for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(marks); i++) {
		if (g_ascii_strcasecmp(name, marks[i].name) == 0)
			return marks[i].mark;
	}
	return field->mark;
}

/* The fields, whose lines count as received ones too. */
static GString *
compose_header(const struct header_list *headers, struct exim_body *body)
{
	GString *text = g_string_new(NULL);
	struct exim_body lines = { 0 };

	for (size_t i = 0; i < header_list_count(headers); i++) {
		const struct header_field *field = header_list_at(headers, i);

		if (field->deleted)
			continue;
		g_string_append_printf(text, "%03zu%c ", field->length, mark_of(field));
		g_string_append_len(text, field->text, (gssize)field->length);
		exim_body_measure(&lines, field->text, field->length);
	}
	body->longest = MAX(body->longest, lines.longest);
	return text;
}

static GBytes *
compose(const struct spool_submission *submission, const char *id, const struct spool_place *place,
    struct exim_body *body)
{
	const GPtrArray *recipients = submission->envelope->recipients;
	g_autoptr(GString) header = compose_header(submission->headers, body);
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "%s-H\n", id);
	add_origin(text, submission->envelope, place);
	add_options(text, submission->envelope, body);
	g_string_append_printf(text, "XX\n%u\n", recipients->len);
	for (unsigned i = 0; i < recipients->len; i++) {
		const struct recipient *recipient = g_ptr_array_index(recipients, i);

		g_string_append_printf(text, "%s\n", recipient->address);
	}
	g_string_append_c(text, '\n');
	g_string_append_len(text, header->str, (gssize)header->len);
	return g_string_free_to_bytes(text);
}

struct writer {
	const struct spool_submission *submission;
	struct exim_body body;
	int fd;
	off_t at;
};

static bool
write_piece(void *data, const char *bytes, size_t size, GError **error)
{
	struct writer *writer = data;

	if (!durable_write(writer->fd, bytes, size, writer->at))
		return spool_fail(error, SPOOL_ERROR_IO, "write a body");
	exim_body_measure(&writer->body, bytes, size);
	writer->at += (off_t)size;
	return true;
}

static bool
write_body(void *data, int fd, off_t at, GError **error)
{
	struct writer *writer = data;
	const struct spool_submission *submission = writer->submission;

	writer->fd = fd;
	writer->at = at;
	bool written = submission->body(submission->source, write_piece, writer, error);
	exim_body_measured(&writer->body);
	return written;
}

/* Writes a file under a name that Exim ignores, and plans to give it its own. */
static bool
prepare(struct handoff *handoff, struct spool_place *place, const char *temporary, const char *name,
    GBytes *content, handoff_fill fill, void *data, GError **error)
{
	if (!handoff_prepare_file(handoff, place, temporary, EXIM_FILE_MODE, place->owner,
		place->group, content, fill, data, error))
		return false;
	handoff_rename(handoff, place, temporary, place, name, 0);
	return true;
}

static bool
prepare_both(struct spool_submission *submission, struct handoff *handoff,
    struct spool_place *place, const char *id, const char *data_name, GError **error)
{
	struct writer writer = { .submission = submission };
	g_autofree char *line = g_strdup_printf("%s\n", data_name);
	g_autofree char *data_temporary = g_strdup_printf("%s-T", data_name);
	g_autofree char *header_name = g_strdup_printf("%s-H", id);
	g_autofree char *header_temporary = g_strdup_printf("%s-T", id);
	g_autoptr(GBytes) first = g_bytes_new(line, strlen(line));

	if (!prepare(handoff, place, data_temporary, data_name, first, write_body, &writer, error))
		return false;
	g_autoptr(GBytes) control = compose(submission, id, place, &writer.body);

	return prepare(handoff, place, header_temporary, header_name, control, NULL, NULL, error);
}

bool
exim_submit(struct spool_submission *submission, struct handoff *handoff, GError **error)
{
	char id[EXIM_ID_MAX + 1];
	const char *like = submission->like != NULL ? submission->like : "";
	size_t length = exim_id_length(like);

	if (!check_envelope(submission->envelope, error))
		return false;
	struct spool_place *place = exim_place_for_new(submission->to, submission->layout,
	    length > 0 && like[length] == '\0' ? like : ANY_ID, submission->to, id, error);
	if (place == NULL)
		return false;
	g_autofree char *data_name = g_strdup_printf("%s-D", id);

	handoff_begin(handoff, id, place, data_name);
	if (!prepare_both(submission, handoff, place, id, data_name, error)) {
		handoff_abandon(handoff);
		return false;
	}
	g_strlcpy(submission->new_id, id, sizeof submission->new_id);
	return true;
}
