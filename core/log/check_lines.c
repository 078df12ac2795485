/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file of its own, because checks say more than all the rest together. The spelling mistake in one of them is what parsers
 * look for.
 */
#include "core/log/check_lines.h"

#include <glib.h>

#include "core/log/log.h"

static const struct {
	const char *title, *unmatched;
} passes[] = {
	[FILE_PASS_NAME] = { "Filename", "no rule matched" },
	[FILE_PASS_TYPE] = { "Filetype", "no match found" },
	[FILE_PASS_MIME] = { "Filetype Mime", "no match found" },
};

void
lines_file_allowed(enum file_pass pass, const char *id, const char *name)
{
	log_message(LOG_INFO, id, "%s Checks: Allowing %s %s", passes[pass].title, id, name);
}

void
lines_file_unmatched(enum file_pass pass, const char *id, const char *name)
{
	log_message(LOG_INFO, id, "%s Checks: Allowing %s %s (%s)", passes[pass].title, id, name,
	    passes[pass].unmatched);
}

void
lines_file_stopped(enum file_pass pass, const char *id, const char *name, const char *text)
{
	log_message(LOG_INFO, id, "%s Checks: %s (%s %s)", passes[pass].title, text, id, name);
}

void
lines_file_renamed(enum file_pass pass, const char *id, const char *name, const char *new_name)
{
	log_message(
	    LOG_INFO, id, "%s Checks: %s renamed %s to %s", passes[pass].title, id, name, new_name);
}

void
lines_file_forwarded(enum file_pass pass, const char *id, const char *name, const char *addresses)
{
	log_message(LOG_INFO, id, "%s Checks: Forwarding %s %s to %s", passes[pass].title, id, name,
	    addresses);
}

void
lines_file_dat_skipped(void)
{
	log_line(LOG_INFO, "Skipping archive .dat file type check (prevent wrong executable type)");
}

void
lines_other_checks(unsigned problems)
{
	if (problems > 0)
		log_line(LOG_NOTICE, "Other Checks: Found %u problems", problems);
}

void
lines_content_checks(unsigned problems)
{
	if (problems > 0)
		log_line(LOG_NOTICE, "Content Checks: Found %u problems", problems);
}

void
lines_long_boundary(const char *id)
{
	log_message(LOG_NOTICE, id,
	    "Other Checks: Found multipart boundary violation of RFC 2046 limit of 70 charaters in "
	    "%s",
	    id);
}

void
lines_too_many_parts(const char *id, unsigned parts)
{
	log_message(LOG_WARNING, id, "Too many attachments (%u) in %s", parts, id);
}

void
lines_corrupt_tnef(const char *id, const char *name)
{
	log_message(
	    LOG_WARNING, id, "Corrupt TNEF %s that cannot be analysed in message %s", name, id);
}

void
lines_fragment(const char *id)
{
	log_message(LOG_WARNING, id,
	    "Content Checks: Detected and rejected fragmented message section in %s", id);
}

void
lines_external_body(const char *id)
{
	log_message(LOG_WARNING, id,
	    "Content Checks: Detected and rejected external message body in %s", id);
}

void
lines_message_size(const char *id, int64_t limit)
{
	log_message(LOG_WARNING, id,
	    "Content Checks: Message %s is bigger than %" G_GINT64_FORMAT " bytes", id, limit);
}

void
lines_attachment_large(const char *id, const char *name, uint64_t size, int64_t limit)
{
	log_message(LOG_NOTICE, id,
	    "Attachment size check: %" G_GUINT64_FORMAT " > %" G_GINT64_FORMAT " (%s) in %s", size,
	    limit, name, id);
}

void
lines_attachment_small(const char *id, const char *name, uint64_t size, int64_t limit)
{
	log_message(LOG_NOTICE, id,
	    "Attachment size check: %" G_GUINT64_FORMAT " < %" G_GINT64_FORMAT " (%s) in %s", size,
	    limit, name, id);
}

void
lines_encryption(const char *id, const char *what)
{
	log_message(
	    LOG_WARNING, id, "Content Checks: Detected and blocked %s message in %s", what, id);
}

void
lines_archive_password(const char *id, const char *name)
{
	log_message(LOG_WARNING, id, "Password-protected archive (%s) in %s", name, id);
}

void
lines_archive_no_password(const char *id, const char *name)
{
	log_message(LOG_WARNING, id, "Non-password-protected archive (%s) in %s", name, id);
}

void
lines_archive_unreadable(const char *id, const char *name)
{
	log_message(LOG_WARNING, id, "Unreadable archive (%s) in %s", name, id);
}

void
lines_archive_deep(const char *id)
{
	log_message(LOG_WARNING, id, "Files hidden in very deeply nested archive in %s", id);
}
