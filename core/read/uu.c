/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over the lines; what begins a file is rare, and found by the first bytes of a line. The text part stays what it is: a
 * program that knows nothing of these formats shows the text.
 */
#include "core/read/uu.h"

#include <gmime/gmime.h>
#include <string.h>
#include "core/read/coded.h"
#include "core/read/mime.h"
#include "core/read/names.h"

/* Lines in which the header of a hidden message begins, and lines that it has. */
#define HIDDEN_WITHIN 30
#define HIDDEN_HEADER 31
/* Messages in texts of messages in texts ... */
#define HIDDEN_DEPTH 2

struct span {
	const char *start, *end;
};

static const char *
line_end(const char *at, const char *end)
{
	const char *lf = memchr(at, '\n', (size_t)(end - at));

	return lf != NULL ? lf + 1 : end;
}

static bool
starts(const char *at, const char *end, const char *with)
{
	size_t length = strlen(with);

	return (size_t)(end - at) >= length && memcmp(at, with, length) == 0;
}

/* The rest of a line, as a name. */
static char *
rest_of_line(const char *at, const char *end)
{
	return g_strstrip(g_strndup(at, (gsize)(end - at)));
}

/* Pictures by their names, as MIME-tools has it; anything else is just bytes. */
static const char *
type_of(const char *name)
{
	static const struct {
		const char *ending, *type;
	} types[] = { { ".gif", "image/gif" }, { ".jpg", "image/jpg" }, { ".jpeg", "image/jpeg" },
		{ ".png", "image/png" }, { ".xbm", "image/xbm" }, { ".xpm", "image/xpm" } };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < G_N_ELEMENTS(types); i++) {
		if (g_ascii_strcasecmp(dot, types[i].ending) == 0)
			return types[i].type;
	}
	return "application/octet-stream";
}

static void
add_member(struct task *task, unsigned n, enum part_fact fact, const char *name, const char *bytes,
    size_t size)
{
	struct part *host = facts_part(task->facts, n);
	struct part *part;

	part_set(host, fact);
	if (!task_count_file(task) || !task_count_bytes(task, size)) {
		part_set(host, PART_FACT_not_unpacked);
		return;
	}
	part = facts_add_part(task->facts, (int)n, PART_MEMBER);
	part->letter = 'u';
	part->reading = host->reading;
	part->archive_depth = host->archive_depth;
	g_free(part->type);
	part->type = g_strdup(type_of(name));
	names_add(part, name, strlen(name), NULL);
	task_content(task, task->facts->parts->len - 1, bytes, size);
}

/* "begin 644 name" or "begin-base64 644 name": where the name begins; NULL for no such line. */
static const char *
uu_name(const char *at, const char *end, bool *base64)
{
	const char *digits;

	*base64 = starts(at, end, "begin-base64 ");
	if (!*base64 && !starts(at, end, "begin "))
		return NULL;
	at += *base64 ? 13 : 6;
	while (at < end && *at == ' ')
		at++;
	digits = at;
	while (at < end && *at >= '0' && *at <= '7')
		at++;
	return at - digits >= 3 && at - digits <= 6 && at < end && *at == ' ' ? at + 1 : NULL;
}

/* Whether the line is uuencoded data, as long as it says. */
static bool
is_uu_line(const char *at, const char *end)
{
	size_t count = at<end && * at> ' ' && *at <= '`' ? (size_t)(*at - ' ') & 63 : 0;
	size_t length;

	while (end > at && (end[-1] == '\n' || end[-1] == '\r'))
		end--;
	length = (size_t)(end - at);
	for (; at < end && *at >= ' ' && *at <= '`'; at++)
		continue;
	return count > 0 && at == end && length == 1 + (count + 2) / 3 * 4;
}

/* "begin" and a name, as some programs write and read it; `next` is the line behind. NULL for no such line. */
static const char *
uu_loose_name(const char *at, const char *next, const char *end)
{
	if (!starts(at, next, "begin ") || !is_uu_line(next, line_end(next, end)))
		return NULL;
	at += 6;
	while (at < next && (*at == ' ' || g_ascii_isdigit(*at)))
		at++;
	return at < next && !g_ascii_isspace(*at) ? at : NULL;
}

/* Up to the line that ends it, or that can't be data. */
static const char *
uu_end(const char *at, const char *end, bool base64)
{
	while (at < end) {
		const char *next = line_end(at, end);

		if (base64 ? starts(at, end, "====") : starts(at, end, "end"))
			return at;
		/* No data looks like the beginning of the next file. */
		if (starts(at, end, "begin "))
			return at;
		at = next;
	}
	return end;
}

static char *
uu_decode(const char *at, const char *end, bool base64, size_t *size)
{
	guchar *out = g_malloc((gsize)(end - at) + 8);
	gint state = 0;

	if (base64) {
		guint bits = 0;

		*size = g_base64_decode_step(at, (gsize)(end - at), out, &state, &bits);
		return (char *)out;
	}
	*size = coded_uu_decode(at, end, (char *)out);
	return (char *)out;
}

static const char *
take_uu(struct task *task, unsigned n, const char *at, const char *end)
{
	const char *next = line_end(at, end);
	bool base64;
	const char *name = uu_name(at, next, &base64);
	g_autofree char *text = NULL, *decoded = NULL;
	const char *stop;
	size_t size;

	if (name == NULL && !base64)
		name = uu_loose_name(at, next, end);
	if (name == NULL)
		return NULL;
	text = rest_of_line(name, next);
	stop = uu_end(next, end, base64);
	decoded = uu_decode(next, stop, base64, &size);
	if (size == 0)
		return NULL;
	add_member(task, n, PART_FACT_uuencode, text, decoded, size);
	return stop;
}

static const char *
yenc_end(const char *at, const char *end)
{
	while (at < end && !starts(at, end, "=yend") && !starts(at, end, "=ybegin "))
		at = line_end(at, end);
	return at;
}

static const char *
take_yenc(struct task *task, unsigned n, const char *at, const char *end)
{
	const char *next = line_end(at, end);
	const char *name = memmem(at, (size_t)(next - at), "name=", 5);
	g_autofree char *text = NULL, *decoded = NULL;
	const char *stop;
	size_t size;

	if (!starts(at, end, "=ybegin ") || name == NULL)
		return NULL;
	text = rest_of_line(name + 5, next);
	stop = yenc_end(next, end);
	decoded = g_malloc((gsize)(stop - next) + 1);
	size = coded_yenc_decode(next, stop, decoded);
	add_member(task, n, PART_FACT_yenc, text, decoded, size);
	return stop;
}

static const char *
take_binhex(struct task *task, unsigned n, const char *at, const char *end)
{
	g_autofree char *name = NULL, *data = NULL;
	size_t size;
	const char *stop;

	if (!starts(at, end, "(This file must be converted with BinHex"))
		return NULL;
	stop = coded_binhex_decode(
	    line_end(at, end), end, task->brief->max_bytes, &name, &data, &size);
	if (stop == NULL) {
		part_set(facts_part(task->facts, n), PART_FACT_binhex);
		return NULL;
	}
	add_member(task, n, PART_FACT_binhex, name, data, size);
	return stop;
}

void
uu_find_files(struct task *task, unsigned n, const char *bytes, size_t size)
{
	const char *end = bytes + size;

	for (const char *at = bytes; at < end && task_in_time(task);) {
		const char *next = NULL;

		if (*at == 'b')
			next = take_uu(task, n, at, end);
		else if (*at == '=')
			next = take_yenc(task, n, at, end);
		else if (*at == '(')
			next = take_binhex(task, n, at, end);
		if (next == NULL) {
			/* To the next line that may be one. */
			next = at;
			do
				next = line_end(next, end);
			while (next < end && *next != 'b' && *next != '=' && *next != '(');
		}
		at = next;
	}
}

/* "Word: ..." */
static bool
is_field(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && (g_ascii_isalnum(*at) || *at == '-' || *at == '_'))
		at++;
	return at > start && at + 1 < end && at[0] == ':' && g_ascii_isspace(at[1]);
}

/* Whether a header begins here that says that MIME follows. */
static bool
is_hidden_message(const char *at, const char *end)
{
	bool mime = false;

	for (unsigned lines = 0; lines <= HIDDEN_HEADER && at < end; lines++) {
		const char *next = line_end(at, end);

		if (*at == '\n' || (*at == '\r' && at + 1 < end && at[1] == '\n'))
			return mime && lines >= 2;
		if (!is_field(at, next) && !(lines > 0 && (*at == ' ' || *at == '\t')))
			return false;
		mime |= next - at > 8 && g_ascii_strncasecmp(at, "content-", 8) == 0;
		at = next;
	}
	return false;
}

/* In texts without a name, like bounces. */
static void
find_message(struct task *task, unsigned n, const char *bytes, size_t size)
{
	const struct part *part = facts_part(task->facts, n);
	const char *at = bytes, *end = bytes + size;

	if (strcmp(part->type, "text/plain") != 0 || *part->name != '\0' ||
	    task->embedded >= HIDDEN_DEPTH)
		return;
	for (unsigned line = 0; line < HIDDEN_WITHIN && at < end; line++) {
		const char *next = line_end(at, end);

		if (is_field(at, next) && next < end &&
		    (is_field(next, line_end(next, end)) || *next == ' ' || *next == '\t') &&
		    is_hidden_message(at, end)) {
			part_set(facts_part(task->facts, n), PART_FACT_hidden_message);
			mime_read_embedded(task, n, at, (size_t)(end - at));
			return;
		}
		at = next;
	}
}

void
uu_find(struct task *task, unsigned n, const char *bytes, size_t size)
{
	const struct part *part = facts_part(task->facts, n);
	bool text = g_str_has_prefix(part->type, "text/") ||
		    g_str_has_prefix(part->type, "multipart/") ||
		    g_str_has_prefix(part->type, "application/mac-binhex") ||
		    part_has(part, PART_FACT_unknown_encoding);

	if (size == 0 || (!(text && part->letter == 'n') && !task->brief->find_uuencoded))
		return;
	uu_find_files(task, n, bytes, size);
	find_message(task, n, bytes, size);
}
