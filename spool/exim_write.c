/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file's parts come in the order in which they are read; each has a function that copies it or
 * writes it anew. Only recipients take thought: a part of them keeps its own lines, but a line may
 * name its parent by its place in the list, and the places shift.
 */
#include "spool/exim_write.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "spool/error.h"

void
exim_body_measure(struct exim_body *body, const char *bytes, size_t size)
{
	const char *end = bytes + size, *found, *at;

	for (at = bytes; at < end && (found = memchr(at, '\n', (size_t)(end - at))) != NULL;
	     at = found + 1) {
		body->longest = MAX(body->longest, body->open + (guint64)(found - at));
		body->lines++;
		body->open = 0;
	}
	body->open += (guint64)(end - at);
	for (at = bytes; at < end && (found = memchr(at, '\0', (size_t)(end - at))) != NULL;
	     at = found + 1)
		body->zeros++;
}

void
exim_body_measured(struct exim_body *body)
{
	body->longest = MAX(body->longest, body->open);
	body->lines += body->open > 0;
	body->open = 0;
}

static void
copy(GString *text, const struct exim_control *control, size_t start, size_t end)
{
	g_string_append_len(text, control->text + start, (gssize)(end - start));
}

/* One option about the body, with the value that fits the new body; nothing where none is due. */
static void
write_body_option(GString *text, enum exim_option option, guint64 old, const struct exim_body *body)
{
	switch (option) {
	case EXIM_BODY_LINECOUNT:
		g_string_append_printf(
		    text, "-body_linecount %" G_GUINT64_FORMAT "\n", body->lines);
		break;
	case EXIM_BODY_ZEROCOUNT:
		if (body->zeros > 0)
			g_string_append_printf(
			    text, "-body_zerocount %" G_GUINT64_FORMAT "\n", body->zeros);
		break;
	case EXIM_LINE_LENGTH:
		g_string_append_printf(text, "-max_received_linelength %" G_GUINT64_FORMAT "\n",
		    MAX(old, body->longest));
		break;
	case EXIM_WIREFORMAT:
	case EXIM_OPTION_OTHER:
		break;
	}
}

static void
write_options(GString *text, const struct exim_control *control, const struct exim_body *body)
{
	static const enum exim_option all[] = { EXIM_BODY_LINECOUNT, EXIM_BODY_ZEROCOUNT,
		EXIM_LINE_LENGTH };
	size_t at = control->first_line;
	bool seen[EXIM_WIREFORMAT + 1] = { false };

	for (guint i = 0; body != NULL && i < control->body_options->len; i++) {
		const struct exim_body_option *option =
		    &g_array_index(control->body_options, struct exim_body_option, i);

		copy(text, control, at, option->start);
		if (!seen[option->option])
			write_body_option(text, option->option, option->value, body);
		seen[option->option] = true;
		at = option->end;
	}
	copy(text, control, at, control->tree_start);
	for (size_t i = 0; body != NULL && i < G_N_ELEMENTS(all); i++) {
		if (!seen[all[i]])
			write_body_option(text, all[i], 0, body);
	}
}

/* Which of the file's recipients stay, and who is added. */
struct selection {
	bool all;	    /* the list stays as it is */
	bool *keep;	    /* of each recipient of the file; NULL: all of them */
	GPtrArray *added;   /* const char *, borrowed */
	GHashTable *undone; /* char *: to be taken out of the tree */
};

static const struct exim_recipient *
recipient_at(const struct exim_control *control, guint n)
{
	return &g_array_index(control->recipients, struct exim_recipient, n);
}

static bool
is_line(const char *own, const struct exim_line *line)
{
	return own != NULL && strlen(own) == line->length &&
	       memcmp(own, line->text, line->length) == 0;
}

/* True when the file's recipients that aren't done are just those chosen (but for added ones). */
static bool
all_are_chosen(const struct exim_control *control, GPtrArray *chosen)
{
	guint n = 0;

	for (guint i = 0; i < control->recipients->len; i++) {
		const struct exim_recipient *recipient = recipient_at(control, i);

		if (recipient->done)
			continue;
		if (n == chosen->len ||
		    !is_line(((struct recipient *)chosen->pdata[n])->own, &recipient->line))
			return false;
		n++;
	}
	while (n < chosen->len && ((struct recipient *)chosen->pdata[n])->own == NULL)
		n++;
	return n == chosen->len;
}

/* Recipients that are done stay where one that stays was expanded from them. */
static void
keep_parents(const struct exim_control *control, bool *keep)
{
	for (guint i = 0; i < control->recipients->len; i++) {
		int parent = keep[i] ? recipient_at(control, i)->parent : -1;

		while (parent >= 0 && !keep[parent] && recipient_at(control, (guint)parent)->done) {
			keep[parent] = true;
			parent = recipient_at(control, (guint)parent)->parent;
		}
	}
}

static void
keep_chosen(struct selection *selection, const struct exim_control *control, GPtrArray *chosen)
{
	g_autoptr(GHashTable) lines = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < chosen->len; i++) {
		const struct recipient *recipient = chosen->pdata[i];

		if (recipient->own != NULL)
			g_hash_table_add(lines, recipient->own);
	}
	selection->keep = g_new0(bool, control->recipients->len);
	for (guint i = 0; i < control->recipients->len; i++) {
		const struct exim_recipient *recipient = recipient_at(control, i);
		g_autofree char *line = g_strndup(recipient->line.text, recipient->line.length);

		selection->keep[i] = !recipient->done && g_hash_table_contains(lines, line);
	}
	keep_parents(control, selection->keep);
}

static bool
is_kept(const struct selection *selection, guint n)
{
	return selection->keep == NULL || selection->keep[n];
}

static bool
is_there(const struct selection *selection, const struct exim_control *control, const char *address)
{
	for (guint i = 0; i < control->recipients->len; i++) {
		const struct exim_recipient *recipient = recipient_at(control, i);
		struct exim_line own = { recipient->line.text, recipient->address_length };

		if (!recipient->done && is_kept(selection, i) && is_line(address, &own))
			return true;
	}
	return g_ptr_array_find_with_equal_func(selection->added, address, g_str_equal, NULL);
}

bool
exim_can_stand(const char *address)
{
	struct exim_recipient recipient;
	struct exim_line line = { address, strlen(address) };

	for (const char *p = address; *p != '\0'; p++) {
		if (g_ascii_iscntrl(*p))
			return false;
	}
	return exim_recipient_parse(line, &recipient) && recipient.address_length == line.length;
}

static bool
add(struct selection *selection, const struct exim_control *control, const char *address,
    GError **error)
{
	if (!exim_can_stand(address)) {
		errno = 0;
		return spool_fail(error, SPOOL_ERROR_CORRUPT,
		    "\"%s\" can't be added as a recipient: it is no address", address);
	}
	if (is_there(selection, control, address))
		return true;
	g_ptr_array_add(selection->added, (char *)address);

	const char *at = strrchr(address, '@');
	g_autofree char *domain = at != NULL ? g_ascii_strdown(at, -1) : g_strdup("");
	int local = (int)(at != NULL ? (size_t)(at - address) : strlen(address));

	g_hash_table_add(selection->undone, g_strdup(address));
	g_hash_table_add(selection->undone, g_strdup_printf("%.*s%s", local, address, domain));
	return true;
}

static bool
select_recipients(struct selection *selection, const struct exim_control *control,
    const struct exim_change *change, GError **error)
{
	GPtrArray *chosen = change->recipients;

	if (chosen != NULL && !all_are_chosen(control, chosen))
		keep_chosen(selection, control, chosen);
	for (guint i = 0; chosen != NULL && i < chosen->len; i++) {
		const struct recipient *recipient = chosen->pdata[i];

		if (recipient->own == NULL && !add(selection, control, recipient->address, error))
			return false;
	}
	for (size_t i = 0; change->added != NULL && change->added[i] != NULL; i++) {
		if (!add(selection, control, change->added[i], error))
			return false;
	}
	selection->all = selection->keep == NULL && selection->added->len == 0;
	return true;
}

/* The recipient's own line, its parent named by the place that it has now (-1 if it is gone). */
static void
write_recipient(GString *text, const struct exim_recipient *recipient, const int *places)
{
	const struct exim_line *line = &recipient->line;
	size_t end = recipient->parent_at + recipient->parent_length;

	if (recipient->parent < 0 || places[recipient->parent] == recipient->parent) {
		g_string_append_len(text, line->text, (gssize)line->length);
	} else if (places[recipient->parent] >= 0 || line->text[end] == '#') {
		g_string_append_len(text, line->text, (gssize)recipient->parent_at);
		g_string_append_printf(text, "%d", places[recipient->parent]);
		g_string_append_len(text, line->text + end, (gssize)(line->length - end));
	} else {
		g_string_append_len(text, line->text, (gssize)recipient->address_length);
	}
	g_string_append_c(text, '\n');
}

static bool
write_recipients(GString *text, const struct exim_control *control,
    const struct selection *selection, GError **error)
{
	if (selection->all) {
		copy(text, control, control->count_start, control->header_start);
		return true;
	}

	g_autofree int *places = g_new(int, control->recipients->len);
	int count = 0;

	for (guint i = 0; i < control->recipients->len; i++)
		places[i] = is_kept(selection, i) ? count++ : -1;
	if (count + selection->added->len > EXIM_RECIPIENTS_MAX ||
	    count + selection->added->len == 0) {
		errno = 0;
		return spool_fail(error, SPOOL_ERROR_CORRUPT,
		    "a message for %u recipients: Exim reads 1 to %d",
		    (guint)count + selection->added->len, EXIM_RECIPIENTS_MAX);
	}
	g_string_append_printf(text, "%u\n", (guint)count + selection->added->len);
	for (guint i = 0; i < control->recipients->len; i++) {
		if (places[i] >= 0)
			write_recipient(text, recipient_at(control, i), places);
	}
	for (guint i = 0; i < selection->added->len; i++)
		g_string_append_printf(text, "%s\n", (const char *)selection->added->pdata[i]);
	g_string_append_c(text, '\n');
	return true;
}

/* At least three digits. */
static void
write_length(GString *text, size_t length)
{
	const char digits[] = { (char)('0' + length / 100 % 10), (char)('0' + length / 10 % 10),
		(char)('0' + length % 10) };

	if (length < 1000)
		g_string_append_len(text, digits, sizeof(digits));
	else
		g_string_append_printf(text, "%zu", length);
}

static void
write_headers(GString *text, const struct exim_control *control, const struct exim_change *change)
{
	if (change->headers == NULL || !header_list_changed(change->headers)) {
		copy(text, control, control->header_start, control->length);
		return;
	}
	for (size_t i = 0; i < header_list_count(change->headers); i++) {
		const struct header_field *field = header_list_at(change->headers, i);

		if (field->deleted && field->mark != '*' && !change->keep_deleted)
			continue;
		write_length(text, field->length);
		g_string_append_c(text, field->deleted ? '*' : field->mark);
		g_string_append_c(text, ' ');
		g_string_append_len(text, field->text, (gssize)field->length);
	}
}

GBytes *
exim_control_write(
    const struct exim_control *control, const struct exim_change *change, GError **error)
{
	g_autoptr(GString) text = g_string_sized_new(control->length + 1024);
	g_autoptr(GHashTable) undone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) added = g_ptr_array_new();
	g_autofree bool *keep = NULL;
	struct selection selection = { .added = added, .undone = undone };
	bool good = select_recipients(&selection, control, change, error);

	keep = selection.keep;
	if (!good)
		return NULL;
	if (change->id != NULL)
		g_string_append_printf(text, "%s-H\n", change->id);
	else
		copy(text, control, 0, control->first_line);
	write_options(text, control, change->body);
	if (control->tree->as_read && added->len == 0)
		copy(text, control, control->tree_start, control->count_start);
	else
		exim_tree_write(control->tree, undone, text);
	if (!write_recipients(text, control, &selection, error))
		return NULL;
	write_headers(text, control, change);
	return g_string_free_to_bytes(g_steal_pointer(&text));
}
