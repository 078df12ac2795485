/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_LOG_CHECK_LINES_H
#define CORE_LOG_CHECK_LINES_H
/*
 * Log lines of the checks that tools around MailScanner parse: fixed to the character, as those of core/log/lines.h.
 */
#include <stdint.h>

/* What a rule about files looked at. */
enum file_pass { FILE_PASS_NAME, FILE_PASS_TYPE, FILE_PASS_MIME };

void lines_file_allowed(enum file_pass pass, const char *id, const char *name);
/* Nothing in rules and lists is about it. */
void lines_file_unmatched(enum file_pass pass, const char *id, const char *name);
/* `text` is the rule's text for the log. */
void lines_file_stopped(enum file_pass pass, const char *id, const char *name, const char *text);
void lines_file_renamed(
    enum file_pass pass, const char *id, const char *name, const char *new_name);
void lines_file_forwarded(
    enum file_pass pass, const char *id, const char *name, const char *addresses);
void lines_file_dat_skipped(void);

/* At the end of the batch's checks; nothing where there are none. */
void lines_other_checks(unsigned problems);
void lines_content_checks(unsigned problems);

void lines_long_boundary(const char *id);
void lines_too_many_parts(const char *id, unsigned parts);
void lines_corrupt_tnef(const char *id, const char *name);
void lines_fragment(const char *id);
void lines_external_body(const char *id);
void lines_message_size(const char *id, int64_t limit);
void lines_attachment_large(const char *id, const char *name, uint64_t size, int64_t limit);
void lines_attachment_small(const char *id, const char *name, uint64_t size, int64_t limit);
/* "encrypted" or "unencrypted" */
void lines_encryption(const char *id, const char *what);
void lines_archive_password(const char *id, const char *name);
void lines_archive_no_password(const char *id, const char *name);
void lines_archive_unreadable(const char *id, const char *name);
void lines_archive_deep(const char *id);

#endif
