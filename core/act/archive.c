/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places are worked out first, all of them, and each different one is used once: tokens make the same
 * place of several entries or recipients. Only then is anything written.
 */
#include "core/act/archive.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/act/address.h"
#include "core/act/copies.h"
#include "core/act/keep.h"
#include "core/act/mbox.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "spool/error.h"
#include "spool/fd.h"

enum token { DATE, HOUR, FROM_USER, FROM_DOMAIN, TO_USER, TO_DOMAIN, TOKENS };

static const char *const token_names[TOKENS] = {
	[DATE] = "_DATE_",
	[HOUR] = "_HOUR_",
	[FROM_USER] = "_FROMUSER_",
	[FROM_DOMAIN] = "_FROMDOMAIN_",
	[TO_USER] = "_TOUSER_",
	[TO_DOMAIN] = "_TODOMAIN_",
};

/* What the tokens stand for, by enum token; each the array's own. */
struct values {
	char *text[TOKENS];
};

static void
values_clear(struct values *values)
{
	for (size_t i = 0; i < TOKENS; i++)
		g_clear_pointer(&values->text[i], g_free);
}

static void
set_address(struct values *values, enum token user, enum token domain, const char *address)
{
	g_autofree char *lower = g_ascii_strdown(address, -1);
	char *at = strrchr(lower, '@');

	if (at != NULL)
		*at++ = '\0';
	g_free(values->text[user]);
	g_free(values->text[domain]);
	values->text[user] = g_strdup(lower);
	values->text[domain] = g_strdup(at != NULL ? at : "");
}

static char *
expand(const char *entry, const struct values *values)
{
	bool is_path = *entry == '/';
	GString *text = g_string_new(NULL);

	while (*entry != '\0') {
		size_t i = 0;

		while (i < TOKENS && !g_str_has_prefix(entry, token_names[i]))
			i++;
		if (i == TOKENS) {
			g_string_append_c(text, *entry++);
			continue;
		}
		g_autofree char *part =
		    is_path ? keep_part(values->text[i]) : g_strdup(values->text[i]);
		g_string_append(text, part);
		entry += strlen(token_names[i]);
	}
	return g_string_free(text, FALSE);
}

static bool
names_recipient(const char *entry)
{
	return strstr(entry, token_names[TO_USER]) != NULL ||
	       strstr(entry, token_names[TO_DOMAIN]) != NULL;
}

/* Places in the order in which they are met, each once. */
struct places {
	GPtrArray *list;   /* of char *, borrowed from `known` */
	GHashTable *known; /* owns them */
};

static void
add_place(struct places *places, const char *entry, const struct values *values)
{
	g_autofree char *expanded = expand(entry, values);
	char *place =
	    *expanded == '/' ? g_canonicalize_filename(expanded, "/") : g_steal_pointer(&expanded);

	if (g_hash_table_contains(places->known, place)) {
		g_free(place);
		return;
	}
	g_hash_table_add(places->known, place);
	g_ptr_array_add(places->list, place);
}

/* All places that one entry of `Archive Mail` means. */
static void
add_places(
    struct places *places, const char *entry, struct values *values, const GPtrArray *recipients)
{
	if (!names_recipient(entry)) {
		add_place(places, entry, values);
		return;
	}
	for (unsigned i = 0; i < recipients->len; i++) {
		const struct recipient *recipient = g_ptr_array_index(recipients, i);

		set_address(values, TO_USER, TO_DOMAIN, recipient->address);
		add_place(places, entry, values);
	}
}

static void
find_places(struct places *places, const struct message *message, const char *entries)
{
	g_auto(GStrv) words = g_strsplit_set(entries, " \t", -1);
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	struct values values = {
		.text = { [DATE] = keep_day(), [HOUR] = g_date_time_format(now, "%H") }
	};

	set_address(&values, FROM_USER, FROM_DOMAIN, message_sender(message));
	for (char **word = words; *word != NULL; word++) {
		if (**word != '\0')
			add_places(places, *word, &values, message_recipients(message));
	}
	values_clear(&values);
}

static bool
store_in_directory(
    struct message *message, const char *path, const struct keepfile_access *access, GError **error)
{
	g_autofree char *day = keep_day();
	struct copy_place *place = copies_open(message, path, day, NULL, access, error);

	if (place == NULL || !copies_add_queue_files(message->entry, place, error))
		return false;
	message_find(message, FINDING_copy, "archive", place->path);
	return true;
}

static bool
store_in_mbox(
    struct message *message, const char *path, const struct keepfile_access *access, GError **error)
{
	g_autofree char *above = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	autofd directory = keepfile_open_path(above, access, error);

	if (directory < 0 || !mbox_append(directory, name, access, message, error))
		return false;
	message_find(message, FINDING_copy, "archive", path);
	lines_archived_mbox(message_id(message), path);
	return true;
}

static bool
store_at(
    struct message *message, const char *path, const struct keepfile_access *access, GError **error)
{
	struct stat st;
	bool in_file;

	if (stat(path, &st) == 0)
		in_file = S_ISREG(st.st_mode);
	else if (errno == ENOENT)
		in_file = missing_mail_archive_is_for(message->subject) == WORD_file;
	else
		return spool_fail(error, SPOOL_ERROR_IO, "look at %s", path);
	return in_file ? store_in_mbox(message, path, access, error)
		       : store_in_directory(message, path, access, error);
}

static void
add_recipient(struct message *message, const char *place)
{
	if (strchr(place, '@') != NULL && address_is_mailable(place))
		message_add_recipient(message, place);
	else
		log_message(LOG_WARNING, message_id(message),
		    "Archive Mail: %s is neither an absolute path nor an address that message %s "
		    "can be sent to",
		    place, message_id(message));
}

static bool
use_place(struct message *message, const char *place, const struct keepfile_access *access,
    bool *stored, GError **error)
{
	if (*place != '/') {
		add_recipient(message, place);
		return true;
	}
	if (!store_at(message, place, access, error)) {
		g_prefix_error(error, "Archive Mail: ");
		return false;
	}
	*stored = true;
	return true;
}

static bool
use_places(struct message *message, const GPtrArray *list, bool *stored, GError **error)
{
	struct keepfile_access access;

	keep_access(&access);
	for (unsigned i = 0; i < list->len; i++) {
		if (!use_place(message, g_ptr_array_index(list, i), &access, stored, error))
			return false;
	}
	return true;
}

bool
archive_message(struct message *message, bool *stored, GError **error)
{
	const char *entries = archive_mail_for(message->subject);
	const char *doubt = subject_doubt(message->subject);

	*stored = false;
	if (doubt != NULL) {
		errno = 0;
		return spool_fail(error, SPOOL_ERROR_IO, "Archive Mail can't be told: %s", doubt);
	}
	if (*entries == '\0')
		return true;
	struct places places = { .list = g_ptr_array_new(),
		.known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };
	find_places(&places, message, entries);
	bool done = use_places(message, places.list, stored, error);
	g_ptr_array_unref(places.list);
	g_hash_table_unref(places.known);
	return done;
}
