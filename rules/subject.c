/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A message is looked up for some hundred directives, so everything that a look-up could compute is
 * computed here once: lower case, hashes, the parsed client address, and, when the first rule asks,
 * the client's name.
 */
#include "rules/subject_private.h"

#include <string.h>

#include "rules/pattern.h"
#include "rules/resolver.h"

struct host {
	bool asked;
	bool known;
	char *text;
};

struct attachment {
	void *data;
	GDestroyNotify release;
};

struct subject {
	uint64_t serial;
	char *sender;
	char **recipients;
	char *client_ip;
	char *ip_text;
	struct address sender_address;
	struct address *recipient_addresses;
	unsigned recipient_count;
	struct address *substitute; /* NULL until asked for */
	struct ip ip;
	struct host hosts[2]; /* claimed, verified */
	GArray *reports;
	GPtrArray *notes;
	GStringChunk *kept;
	char *doubt;
	struct regex_scratch *scratch;
	void *handle;
	GHashTable *attachments; /* key -> struct attachment; NULL: none */
};

static void
attachment_free(gpointer data)
{
	struct attachment *attachment = data;

	if (attachment->release && attachment->data)
		attachment->release(attachment->data);
	g_free(attachment);
}

static void
report_clear(gpointer data)
{
	struct report *report = data;

	g_free(report->text);
	g_free(report->lower);
}

struct subject *
subject_new(const char *sender, const char *const *recipients, const char *client_ip)
{
	static const char *const none[] = { NULL };
	static uint64_t last;
	struct subject *subject = g_new0(struct subject, 1);

	subject->serial = ++last;
	subject->sender = g_strdup(sender ? sender : "");
	subject->recipients = g_strdupv((char **)(recipients ? recipients : none));
	subject->client_ip = g_strdup(client_ip ? client_ip : "");
	subject->ip_text = ip_parse(subject->client_ip, &subject->ip)
			       ? ip_text(&subject->ip)
			       : g_strdup(subject->client_ip);
	address_init(&subject->sender_address, subject->sender);
	subject->recipient_count = g_strv_length(subject->recipients);
	subject->recipient_addresses = g_new(struct address, subject->recipient_count);
	for (unsigned i = 0; i < subject->recipient_count; i++)
		address_init(&subject->recipient_addresses[i], subject->recipients[i]);
	subject->reports = g_array_new(FALSE, FALSE, sizeof(struct report));
	g_array_set_clear_func(subject->reports, report_clear);
	return subject;
}

void
subject_free(struct subject *subject)
{
	if (!subject)
		return;
	g_clear_pointer(&subject->attachments, g_hash_table_unref);
	for (unsigned i = 0; i < subject->recipient_count; i++)
		address_clear(&subject->recipient_addresses[i]);
	g_free(subject->recipient_addresses);
	address_clear(&subject->sender_address);
	if (subject->substitute)
		address_clear(subject->substitute);
	g_free(subject->substitute);
	g_free(subject->hosts[false].text);
	g_free(subject->hosts[true].text);
	g_array_unref(subject->reports);
	g_clear_pointer(&subject->notes, g_ptr_array_unref);
	g_clear_pointer(&subject->kept, g_string_chunk_free);
	regex_scratch_free(subject->scratch);
	g_strfreev(subject->recipients);
	g_free(subject->sender);
	g_free(subject->client_ip);
	g_free(subject->ip_text);
	g_free(subject->doubt);
	g_free(subject);
}

void
subject_add_report(struct subject *subject, const char *text)
{
	struct report report = { g_strdup(text), g_ascii_strdown(text, -1), strlen(text) };

	g_array_append_val(subject->reports, report);
}

void
subject_set_handle(struct subject *subject, void *handle)
{
	subject->handle = handle;
}

void *
subject_handle(const struct subject *subject)
{
	return subject->handle;
}

const char *
subject_sender(const struct subject *subject)
{
	return subject->sender;
}

const char *const *
subject_recipients(const struct subject *subject)
{
	return (const char *const *)subject->recipients;
}

uint64_t
subject_serial(const struct subject *subject)
{
	return subject->serial;
}

const char *
subject_client_ip(const struct subject *subject)
{
	return subject->client_ip;
}

const char *
subject_doubt(const struct subject *subject)
{
	return subject->doubt;
}

void
subject_set_doubt(struct subject *subject, const char *why)
{
	if (!subject->doubt)
		subject->doubt = g_strdup(why);
}

const GPtrArray *
subject_notes(const struct subject *subject)
{
	return subject->notes;
}

void
subject_add_note(struct subject *subject, const char *text)
{
	if (!subject->notes)
		subject->notes = g_ptr_array_new_with_free_func(g_free);
	if (!g_ptr_array_find_with_equal_func(subject->notes, text, g_str_equal, NULL))
		g_ptr_array_add(subject->notes, g_strdup(text));
}

const char *
subject_keep(struct subject *subject, const char *text)
{
	if (!subject->kept)
		subject->kept = g_string_chunk_new(256);
	return g_string_chunk_insert_const(subject->kept, text);
}

void
subject_attach(struct subject *subject, const void *key, void *data, GDestroyNotify release)
{
	struct attachment *attachment = g_new(struct attachment, 1);

	*attachment = (struct attachment){ data, release };
	if (!subject->attachments)
		subject->attachments = g_hash_table_new_full(NULL, NULL, NULL, attachment_free);
	g_hash_table_replace(subject->attachments, (void *)key, attachment);
}

void *
subject_attached(const struct subject *subject, const void *key)
{
	const struct attachment *attachment =
	    subject->attachments ? g_hash_table_lookup(subject->attachments, key) : NULL;

	return attachment ? attachment->data : NULL;
}

const struct address *
subject_sender_address(const struct subject *subject)
{
	return &subject->sender_address;
}

const struct address *
subject_recipient_addresses(const struct subject *subject, unsigned *count)
{
	*count = subject->recipient_count;
	return subject->recipient_addresses;
}

/* The text behind the first "@", or NULL unless it is the same in all. */
static const char *
common_domain(const struct subject *subject)
{
	const char *common = NULL;

	for (unsigned i = 0; i < subject->recipient_count; i++) {
		const char *at = strchr(subject->recipient_addresses[i].lower, '@');
		if (!at || (common && strcmp(common, at + 1) != 0))
			return NULL;
		common = at + 1;
	}
	return common;
}

const struct address *
subject_substitute(struct subject *subject)
{
	if (!subject->substitute) {
		const char *domain = common_domain(subject);
		g_autofree char *text = g_strconcat("*@", domain ? domain : "*", NULL);
		subject->substitute = g_new(struct address, 1);
		address_init(subject->substitute, text);
	}
	return subject->substitute;
}

const struct ip *
subject_ip(const struct subject *subject)
{
	return &subject->ip;
}

const char *
subject_ip_text(const struct subject *subject)
{
	return subject->ip_text;
}

const struct report *
subject_reports(const struct subject *subject, unsigned *count)
{
	*count = subject->reports->len;
	return (const struct report *)(void *)subject->reports->data;
}

static void
ask_host(struct subject *subject, bool verify, struct host *host)
{
	enum resolver_answer answer = RESOLVER_NONE;
	g_autofree char *name = NULL;

	if (subject->ip.family != IP_NONE)
		answer = resolver_client_name(subject->ip_text, verify, &name);
	host->asked = true;
	host->known = answer != RESOLVER_UNKNOWN;
	if (answer == RESOLVER_NAME)
		host->text = g_strconcat(PATTERN_HOST_PREFIX, name, NULL);
	else
		host->text = g_strdup(answer == RESOLVER_SPOOFED ? PATTERN_SPOOFED : "");
}

bool
subject_host(struct subject *subject, bool verify, const char **text)
{
	struct host *host = &subject->hosts[verify];

	if (!host->asked)
		ask_host(subject, verify, host);
	*text = host->text;
	return host->known;
}

struct regex_scratch *
subject_scratch(struct subject *subject)
{
	if (!subject->scratch)
		subject->scratch = regex_scratch_new();
	return subject->scratch;
}
