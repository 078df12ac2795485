/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts that log parsers match, kept apart from all others so that nobody rewords one in passing.
 */
#include "core/log/lines.h"

#include "core/log/log.h"

void
lines_starting(const char *version)
{
	log_line(LOG_INFO, "MailScanner Email Processor version %s starting...", version);
}

void
lines_reading_configuration(const char *path)
{
	log_line(LOG_INFO, "Reading configuration file %s", path);
}

void
lines_custom_init(const char *function, const char *arguments)
{
	log_line(LOG_INFO, "Config: calling custom init function %s%s", function, arguments);
}

void
lines_custom_end(const char *function, const char *arguments)
{
	log_line(LOG_INFO, "Config: calling custom end function %s%s", function, arguments);
}

void
lines_lock_type(const char *type)
{
	log_line(LOG_INFO, "Using locktype = %s", type);
}

void
lines_attempts_connected(void)
{
	log_line(LOG_INFO, "Connected to Processing Attempts Database");
}

void
lines_attempts_found(unsigned messages)
{
	log_line(LOG_INFO, "Found %u messages in the Processing Attempts Database", messages);
}

void
lines_attempts_deleted(unsigned messages)
{
	log_line(LOG_INFO, "Deleted %u messages from processing-database", messages);
}

void
lines_attempt(const char *id, unsigned attempt)
{
	log_message(LOG_INFO, id, "Making attempt %u at processing message %s", attempt, id);
}

void
lines_too_many_attempts(const char *id)
{
	log_message(LOG_WARNING, id,
	    "Warning: skipping message %s as it has been attempted too many times", id);
}

void
lines_invalid_queue_files(const char *ids)
{
	log_line(LOG_NOTICE, "New Batch: Found invalid queue files: %s", ids);
}

void
lines_waiting(unsigned messages)
{
	log_line(LOG_INFO, "New Batch: Found %u messages waiting", messages);
}

void
lines_forwarding(unsigned messages, uint64_t bytes)
{
	log_line(LOG_INFO,
	    "New Batch: Forwarding %u unscanned messages, %" G_GUINT64_FORMAT " bytes", messages,
	    bytes);
}

void
lines_scanning(unsigned messages, uint64_t bytes)
{
	log_line(LOG_INFO, "New Batch: Scanning %u messages, %" G_GUINT64_FORMAT " bytes", messages,
	    bytes);
}

void
lines_unscanned_delivered(unsigned messages)
{
	log_line(LOG_INFO, "Unscanned: Delivered %u messages", messages);
}

void
lines_uninfected_delivered(unsigned messages)
{
	log_line(LOG_INFO, "Uninfected: Delivered %u messages", messages);
}

void
lines_batch_speed(uint64_t bytes, double seconds)
{
	uint64_t whole = (uint64_t)seconds;
	uint64_t speed = seconds > 0 ? (uint64_t)((double)bytes / seconds) : bytes;

	log_line(LOG_INFO,
	    "Batch completed at %" G_GUINT64_FORMAT " bytes per second (%" G_GUINT64_FORMAT
	    " / %" G_GUINT64_FORMAT ")",
	    speed, bytes, whole);
}

void
lines_batch_time(unsigned messages, double seconds)
{
	log_line(LOG_INFO, "Batch (%u message%s) processed in %.2f seconds", messages,
	    messages == 1 ? "" : "s", seconds);
}

void
lines_looked_up_last(double seconds)
{
	log_line(LOG_INFO, "\"Always Looked Up Last\" took %.2f seconds", seconds);
}

void
lines_old_age(void)
{
	log_line(LOG_INFO, "MailScanner child dying of old age");
}

void
lines_child_signal(const char *name)
{
	log_line(LOG_INFO, "MailScanner child caught a SIG%s", name);
}

void
lines_child_exit(int code, int signal)
{
	log_line(
	    LOG_WARNING, "Process did not exit cleanly, returned %d with signal %d", code, signal);
}

void
lines_delivery(
    bool delivered, const char *id, const char *sender, const char *recipients, const char *subject)
{
	log_message(LOG_NOTICE, id, "%s of nonspam: message %s from %s to %s with subject %s",
	    delivered ? "Delivery" : "Non-delivery", id, sender, recipients, subject);
}

void
lines_archived(const char *ids)
{
	log_line(LOG_NOTICE, "Saved archive copies of%s", ids);
}

void
lines_archived_mbox(const char *id, const char *path)
{
	log_message(LOG_INFO, id, "Archived message %s to mbox file %s", id, path);
}

void
lines_rejected(const char *id, const char *sender, const char *report)
{
	log_message(LOG_NOTICE, id, "Reject message %s from %s with report %s", id, sender, report);
}

void
lines_content_scanning(void)
{
	log_line(LOG_INFO, "Virus and Content Scanning: Starting");
}

void
lines_saved_infected(const char *name, const char *directory)
{
	log_line(LOG_NOTICE, "Saved infected \"%s\" to %s", name, directory);
}

void
lines_deleted_infected(const char *name)
{
	log_line(LOG_NOTICE, "Deleted infected \"%s\"", name);
}

void
lines_converting(const char *id)
{
	log_message(LOG_INFO, id,
	    "Content Checks: Detected and will convert HTML message to plain text in %s", id);
}

void
lines_tnef_added(const char *id, const char *name)
{
	log_message(LOG_INFO, id, "Message %s added TNEF contents %s", id, name);
}

void
lines_tnef_removed(const char *id, const char *name)
{
	log_message(LOG_INFO, id, "Message %s has had TNEF %s removed", id, name);
}

void
lines_external(const char *id)
{
	log_message(LOG_NOTICE, id, "Message is external, prepending warning for %s", id);
}

void
lines_quarantining_modified(const char *id)
{
	log_message(LOG_NOTICE, id, "Quarantining modified message for %s", id);
}

void
lines_silent(const char *reports)
{
	log_line(LOG_NOTICE, "Viruses marked as silent: %s", reports);
}

void
lines_silent_delivered(unsigned messages)
{
	log_line(LOG_NOTICE, "Silent: Delivered %u messages containing silent viruses", messages);
}

void
lines_cleaned_delivered(unsigned messages)
{
	log_line(LOG_NOTICE, "Cleaned: Delivered %u cleaned messages", messages);
}

void
lines_sender_warnings(unsigned warnings)
{
	log_line(LOG_NOTICE, "Sender Warnings: Delivered %u warnings to virus senders", warnings);
}

void
lines_skipping_precedence(const char *precedence)
{
	log_line(LOG_INFO, "Skipping sender of precedence %s", precedence);
}

void
lines_disarmed(const char *kinds, const char *id, const char *sender)
{
	log_message(LOG_INFO, id,
	    "Content Checks: Detected and have disarmed %s tags in HTML message in %s from %s",
	    kinds, id, sender);
}

void
lines_saved_whole(const char *id, const char *directory)
{
	log_message(LOG_NOTICE, id, "Saved entire message to %s", directory);
}

void
lines_quarantined_crasher(const char *id)
{
	log_message(LOG_WARNING, id,
	    "Quarantined message %s as it caused MailScanner to crash several times", id);
}

void
lines_notices(unsigned messages)
{
	log_line(LOG_NOTICE, "Notices: Warned about %u messages", messages);
}

void
lines_set_group(const char *name, unsigned gid)
{
	log_line(LOG_INFO, "MailScanner setting GID to %s (%u)", name, gid);
}

void
lines_set_user(const char *name, unsigned uid)
{
	log_line(LOG_INFO, "MailScanner setting UID to %s (%u)", name, uid);
}

void
lines_html_tag(const char *what, const char *id, const char *sender)
{
	log_message(LOG_NOTICE, id, "%s tag found in message %s from %s", what, id, sender);
}

void
lines_html_link(const char *id, const char *sender)
{
	log_message(LOG_INFO, id, "<A> tag found in message %s from %s", id, sender);
}

void
lines_html_exploits(const char *id)
{
	log_message(LOG_WARNING, id, "Content Checks: Detected HTML-specific exploits in %s", id);
}

void
lines_phishing(const char *href, const char *claim, const char *id, bool highlighted)
{
	log_message(highlighted ? LOG_NOTICE : LOG_INFO, id,
	    "Found phishing fraud from %s claiming to be %s in %s", href, claim, id);
}

void
lines_phishing_numeric(const char *href, const char *id, bool highlighted)
{
	log_message(highlighted ? LOG_NOTICE : LOG_INFO, id,
	    "Found ip-based phishing fraud from %s in %s", href, id);
}

void
lines_phishing_definite(const char *href, const char *id)
{
	log_message(LOG_NOTICE, id, "Found definite phishing fraud from %s in %s", href, id);
}

void
lines_phishing_safe(unsigned hosts)
{
	log_line(LOG_INFO, "Read %u hostnames from the phishing whitelist", hosts);
}

void
lines_phishing_bad(unsigned hosts)
{
	log_line(LOG_INFO, "Read %u hostnames from the phishing blacklists", hosts);
}

void
lines_phishing_safe_unreadable(const char *path)
{
	log_line(LOG_WARNING, "Could not read phishing whitelist file %s", path);
}

void
lines_phishing_bad_unreadable(const char *path)
{
	log_line(LOG_WARNING, "Could not read phishing blacklist file %s", path);
}

void
lines_country_domains_unreadable(const char *path)
{
	log_line(LOG_WARNING,
	    "Could not read list of country code second-level domain names from %s, "
	    "\"Use Stricter Phishing Net = no\" will not work properly",
	    path);
}
