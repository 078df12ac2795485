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
/* Always logged when there is anything to scan, whoever scans. */
void lines_content_scanning(void);
void lines_saved_infected(const char *name, const char *directory);
void lines_deleted_infected(const char *name);
void lines_converting(const char *id);
void lines_external(const char *id);
void lines_tnef_added(const char *id, const char *name);
void lines_tnef_removed(const char *id, const char *name);
void lines_quarantining_modified(const char *id);
void lines_silent(const char *reports);
void lines_silent_delivered(unsigned messages);
void lines_cleaned_delivered(unsigned messages);
void lines_sender_warnings(unsigned warnings);
void lines_skipping_precedence(const char *precedence);
/* `kinds` separated by ", ". */
void lines_disarmed(const char *kinds, const char *id, const char *sender);
void lines_saved_whole(const char *id, const char *directory);
void lines_quarantined_crasher(const char *id);
void lines_notices(unsigned messages);
void lines_set_group(const char *name, unsigned gid);
void lines_set_user(const char *name, unsigned uid);
/* `Log Dangerous HTML Tags`: `what` is "HTML-IFrame", "HTML-Form", "HTML-Script", "HTML-Object" or "HTML Img". */
void lines_html_tag(const char *what, const char *id, const char *sender);
void lines_html_link(const char *id, const char *sender);
void lines_html_exploits(const char *id);
/* `claim` is the host that the text names; `highlighted` says whether people are warned. */
void lines_phishing(const char *href, const char *claim, const char *id, bool highlighted);
void lines_phishing_numeric(const char *href, const char *id, bool highlighted);
void lines_phishing_definite(const char *href, const char *id);
void lines_phishing_safe(unsigned hosts);
void lines_phishing_bad(unsigned hosts);
void lines_phishing_safe_unreadable(const char *path);
void lines_phishing_bad_unreadable(const char *path);
void lines_country_domains_unreadable(const char *path);

#endif
