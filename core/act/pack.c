/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Contents come from the reader; here they are only packed or attached, so nothing hostile is parsed. The one program that does
 * parse (Antiword) has a process of its own, with limits on its time, its memory and its output.
 */
#include "core/act/pack.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <gio/gio.h>

#include "core/act/contents.h"
#include "core/log/log.h"
#include "rules/directives.h"

static bool
is_replaced(const struct message *message, unsigned n)
{
	for (unsigned i = 0; i < message->body_edits->len; i++) {
		const struct body_edit *edit = g_ptr_array_index(message->body_edits, i);

		if ((edit->kind == BODY_REPLACE || edit->kind == BODY_REMOVE) &&
		    (edit->part == n || edit->part == 0))
			return true;
	}
	return false;
}

static bool
ends_with_any(const char *name, const char *endings)
{
	g_auto(GStrv) words = g_strsplit_set(endings, ", \t", -1);
	g_autofree char *folded = g_utf8_casefold(name, -1);

	for (char **word = words; *word != NULL; word++) {
		g_autofree char *ending = g_utf8_casefold(*word, -1);

		if (*ending != '\0' && g_str_has_suffix(folded, ending))
			return true;
	}
	return false;
}

/* Inside of what somebody signed or encrypted nothing is moved. */
static bool
is_sealed(const struct facts *facts, unsigned n)
{
	for (int at = (int)n; at >= 0; at = facts_part(facts, (unsigned)at)->parent) {
		const struct part *part = facts_part(facts, (unsigned)at);

		if (part_has(part, PART_FACT_mime_signed) ||
		    part_has(part, PART_FACT_mime_encrypted))
			return true;
	}
	return false;
}

/* -- Zip Attachments */

static bool
is_to_be_zipped(const struct message *message, unsigned n)
{
	const struct part *part = facts_part(message->facts, n);

	return n > 0 && part->kind == PART_LEAF && part->reading == 0 && *part->name != '\0' &&
	       strcmp(part->disposition, "attachment") == 0 && !part_has(part, PART_FACT_tnef) &&
	       !is_replaced(message, n) && !is_sealed(message->facts, n) &&
	       !ends_with_any(part->name, attachment_extensions_not_to_zip_for(message->subject));
}

static la_ssize_t
append_bytes(struct archive *archive, void *data, const void *bytes, size_t length)
{
	(void)archive;
	g_byte_array_append(data, bytes, (unsigned)length);
	return (la_ssize_t)length;
}

static bool
add_file(struct archive *archive, const char *name, GBytes *bytes)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname_utf8(entry, name);
	archive_entry_set_size(entry, (la_int64_t)g_bytes_get_size(bytes));
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	bool done = archive_write_header(archive, entry) == ARCHIVE_OK &&
		    archive_write_data(archive, g_bytes_get_data(bytes, NULL),
			g_bytes_get_size(bytes)) == (la_ssize_t)g_bytes_get_size(bytes);

	archive_entry_free(entry);
	return done;
}

static bool
fill_archive(
    struct archive *archive, const struct message *message, const struct contents *contents)
{
	for (unsigned i = 0; i < contents->count; i++) {
		g_autoptr(GBytes) bytes = contents_bytes(contents, i);
		const char *name = facts_part(message->facts, contents->parts[i])->name;

		if (bytes == NULL || !add_file(archive, name, bytes))
			return false;
	}
	return true;
}

/* The archive, or NULL where not all of the files can be packed. */
static GBytes *
make_zip(const struct message *message, const struct contents *contents)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct archive *archive = archive_write_new();
	bool done = archive_write_set_format_zip(archive) == ARCHIVE_OK &&
		    archive_write_set_options(archive, "hdrcharset=UTF-8") >= ARCHIVE_WARN &&
		    archive_write_open(archive, bytes, NULL, append_bytes, NULL) == ARCHIVE_OK &&
		    fill_archive(archive, message, contents);

	done = archive_write_close(archive) == ARCHIVE_OK && done;
	archive_write_free(archive);
	return done ? g_byte_array_free_to_bytes(g_steal_pointer(&bytes)) : NULL;
}

static void
plan_zip(struct message *message, const struct contents *contents)
{
	GBytes *zip = make_zip(message, contents);

	if (zip == NULL) {
		log_message(LOG_WARNING, message_id(message),
		    "%s: its attachments can't be packed and stay as they are",
		    message_id(message));
		return;
	}
	for (unsigned i = 0; i < contents->count; i++)
		message_edit_body(message, BODY_REMOVE, contents->parts[i], NULL, NULL, "packing");
	message_edit_body(message, BODY_APPEND, 0, NULL,
	    new_part_new("application/zip", NULL, attachments_zip_filename_for(message->subject),
		"attachment", zip),
	    "packing");
}

bool
pack_attachments(struct message *message, struct reader *reader, GError **error)
{
	struct subject *subject = message->subject;

	if (message->facts == NULL || !zip_attachments_for(subject) ||
	    *attachments_zip_filename_for(subject) == '\0')
		return true;
	unsigned count = message->facts->parts->len, found = 0;
	g_autofree bool *wanted = g_new0(bool, count);
	uint64_t bytes = 0;

	for (unsigned n = 0; n < count; n++) {
		wanted[n] = is_to_be_zipped(message, n);
		found += wanted[n];
		bytes += wanted[n] ? facts_part(message->facts, n)->size : 0;
	}
	if (found == 0 || (gint64)bytes < attachments_min_total_size_to_zip_for(subject))
		return true;
	struct contents contents;
	bool done = contents_fetch(&contents, message, reader, CONTENT_DECODED, wanted, error);
	if (done)
		plan_zip(message, &contents);
	contents_clear(&contents);
	return done;
}

/* -- Unzip */

static bool
is_small_archive(const struct message *message, unsigned n, gint64 most)
{
	const struct facts *facts = message->facts;
	const struct part *part = facts_part(facts, n);
	gint64 members = 0;

	if (part->kind != PART_LEAF || part->reading != 0 || part_has(part, PART_FACT_tnef) ||
	    !part_has(part, PART_FACT_archive) || is_replaced(message, n))
		return false;
	for (unsigned i = n + 1; i < facts->parts->len; i++)
		members += facts_part(facts, i)->parent == (int)n;
	return members > 0 && members <= most;
}

static bool
matches_any(const char *name, char **patterns)
{
	g_autofree char *folded = g_utf8_casefold(name, -1);

	for (; *patterns != NULL; patterns++) {
		g_autofree char *pattern = g_utf8_casefold(*patterns, -1);
		g_autofree char *anywhere = g_strconcat("*", pattern, "*", NULL);

		if (*pattern != '\0' && g_pattern_match_simple(anywhere, folded))
			return true;
	}
	return false;
}

static void
mark_members(const struct message *message, unsigned archive, bool *wanted)
{
	g_auto(GStrv) patterns = g_strsplit_set(unzip_filenames_for(message->subject), ", \t", -1);
	gint64 most = unzip_maximum_file_size_for(message->subject);

	for (unsigned i = archive + 1; i < message->facts->parts->len; i++) {
		const struct part *part = facts_part(message->facts, i);

		if (part->parent == (int)archive && part->kind == PART_MEMBER &&
		    !part_has(part, PART_FACT_empty_placeholder) && (gint64)part->size < most &&
		    matches_any(part->name, patterns))
			wanted[i] = true;
	}
}

bool
pack_unzip(struct message *message, struct reader *reader, GError **error)
{
	struct subject *subject = message->subject;
	gint64 most = unzip_maximum_files_per_archive_for(subject);

	if (message->facts == NULL || most <= 0 || *unzip_mimetype_for(subject) == '\0')
		return true;
	unsigned count = message->facts->parts->len;
	g_autofree bool *wanted = g_new0(bool, count);
	struct contents contents;

	for (unsigned n = 0; n < count; n++) {
		if (is_small_archive(message, n, most))
			mark_members(message, n, wanted);
	}
	bool done = contents_fetch(&contents, message, reader, CONTENT_DECODED, wanted, error);
	for (unsigned i = 0; done && i < contents.count; i++) {
		GBytes *bytes = contents_bytes(&contents, i);

		if (bytes != NULL)
			message_edit_body(message, BODY_APPEND, 0, NULL,
			    new_part_new(unzip_mimetype_for(subject), NULL,
				facts_part(message->facts, contents.parts[i])->name, "attachment",
				bytes),
			    "unzipping");
	}
	contents_clear(&contents);
	return done;
}

/* -- Add Text Of Doc */

/* Bytes that the text of a document may have. */
#define DOCUMENT_TEXT_MAX (4 * 1024 * 1024)

static void
limit_child(void *data)
{
	const struct rlimit memory = { 512U << 20, 512U << 20 };
	const gint64 *seconds = data;
	const struct rlimit time = { (rlim_t)*seconds, (rlim_t)*seconds + 1 };

	setrlimit(RLIMIT_AS, &memory);
	setrlimit(RLIMIT_CPU, &time);
	alarm((unsigned)*seconds);
	signal(SIGALRM, SIG_DFL);
}

/* What the program says of the document; NULL where it fails or says nothing. */
static char *
run_antiword(const struct message *message, int document)
{
	gint64 seconds = CLAMP(antiword_timeout_for(NULL), 1, 3600);
	g_auto(GStrv) words = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GStrvBuilder) arguments = g_strv_builder_new();

	if (!g_shell_parse_argv(antiword_for(message->subject), NULL, &words, NULL))
		return NULL;
	g_strv_builder_addv(arguments, (const char **)words);
	g_strv_builder_add_many(arguments, "-m", "UTF-8.txt", "-", NULL);
	g_auto(GStrv) all = g_strv_builder_end(arguments);
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
	    G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);

	g_subprocess_launcher_take_stdin_fd(launcher, dup(document));
	g_subprocess_launcher_set_child_setup(launcher, limit_child, &seconds, NULL);
	g_autoptr(GSubprocess) process =
	    g_subprocess_launcher_spawnv(launcher, (const char *const *)all, &error);
	g_autoptr(GBytes) output = NULL;
	if (process == NULL ||
	    !g_subprocess_communicate(process, NULL, NULL, &output, NULL, &error)) {
		log_message(LOG_WARNING, message_id(message), "%s: Antiword: %s",
		    message_id(message), error->message);
		return NULL;
	}
	size_t length = output != NULL ? g_bytes_get_size(output) : 0;
	if (!g_subprocess_get_successful(process) || length == 0)
		return NULL;
	return g_utf8_make_valid(
	    g_bytes_get_data(output, NULL), (gssize)MIN(length, DOCUMENT_TEXT_MAX));
}

static bool
is_document(const struct message *message, unsigned n)
{
	const struct part *part = facts_part(message->facts, n);

	return part->kind == PART_LEAF && part->reading == 0 && !is_replaced(message, n) &&
	       ends_with_any(part->name, ".doc");
}

static void
add_text(struct message *message, unsigned n, char *text)
{
	const struct part *part = facts_part(message->facts, n);
	g_autofree char *name = g_strconcat(part->name, ".txt", NULL);
	unsigned place = part->parent < 0 ? 0 : (unsigned)part->parent;

	message_edit_body(message, BODY_APPEND, place, NULL,
	    new_part_new(
		"text/plain", "UTF-8", name, "attachment", g_bytes_new_take(text, strlen(text))),
	    "text of documents");
}

bool
pack_document_text(struct message *message, struct reader *reader, GError **error)
{
	if (message->facts == NULL || !add_text_of_doc_for(message->subject))
		return true;
	unsigned count = message->facts->parts->len;
	g_autofree bool *wanted = g_new0(bool, count);
	struct contents contents;

	for (unsigned n = 0; n < count; n++)
		wanted[n] = is_document(message, n);
	bool done = contents_fetch(&contents, message, reader, CONTENT_DECODED, wanted, error);
	for (unsigned i = 0; done && i < contents.count; i++) {
		char *text = contents.got[i] && lseek(contents.fds[i], 0, SEEK_SET) == 0
				 ? run_antiword(message, contents.fds[i])
				 : NULL;

		if (text != NULL)
			add_text(message, contents.parts[i], text);
	}
	contents_clear(&contents);
	return done;
}
