/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_LOG_LINES_H
#define CORE_LOG_LINES_H
/*
 * The log lines that tools around MailScanner parse: each is one function here, its text stays as it is to the
 * character, and a test holds it. Counts are of messages, sizes in bytes, times in seconds.
 */
#include <stdbool.h>
#include <stdint.h>

void lines_starting(const char *version);
void lines_reading_configuration(const char *path);
/* `arguments` with their parentheses, or "". */
void lines_custom_init(const char *function, const char *arguments);
void lines_custom_end(const char *function, const char *arguments);
void lines_lock_type(const char *type);
void lines_attempts_connected(void);
void lines_attempts_found(unsigned messages);
void lines_attempts_deleted(unsigned messages);
void lines_attempt(const char *id, unsigned attempt);
void lines_too_many_attempts(const char *id);
void lines_invalid_queue_files(const char *ids);
void lines_waiting(unsigned messages);
void lines_forwarding(unsigned messages, uint64_t bytes);
void lines_scanning(unsigned messages, uint64_t bytes);
void lines_unscanned_delivered(unsigned messages);
void lines_uninfected_delivered(unsigned messages);
/* Speed of a whole batch; nothing is logged for the part that would divide by no time. */
void lines_batch_speed(uint64_t bytes, double seconds);
void lines_batch_time(unsigned messages, double seconds);
void lines_looked_up_last(double seconds);
void lines_old_age(void);
void lines_child_signal(const char *name);
void lines_child_exit(int code, int signal);
/* `Log Delivery And Non-Delivery`; recipients separated by commas, subject as it stands behind the colon. */
void lines_delivery(bool delivered, const char *id, const char *sender, const char *recipients,
    const char *subject);
void lines_archived(const char *ids);
void lines_archived_mbox(const char *id, const char *path);
void lines_rejected(const char *id, const char *sender, const char *report);
void lines_saved_whole(const char *id, const char *directory);
void lines_quarantined_crasher(const char *id);
void lines_notices(unsigned messages);
void lines_set_group(const char *name, unsigned gid);
void lines_set_user(const char *name, unsigned uid);

#endif
