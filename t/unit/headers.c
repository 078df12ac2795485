/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the configuration does to the header of a message that is delivered. */
#include "core/act/headers.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>

#include "rules/config.h"

/* A queue format that holds nothing but what the test puts into the entry. */
static void
release_nothing(struct spool_entry *entry)
{
	(void)entry;
}

static const struct spool_format paper = { .name = "paper", .release = release_nothing };

static struct message *
make_message(const char *const *fields, const char *client_ip)
{
	struct spool_entry *entry = g_new0(struct spool_entry, 1);

	entry->format = &paper;
	entry->id = g_strdup("1abc");
	entry->body_fd = -1;
	entry->envelope = envelope_new();
	g_free(entry->envelope->sender);
	g_free(entry->envelope->client_ip);
	entry->envelope->sender = g_strdup("Alice@sender.test");
	entry->envelope->client_ip = g_strdup(client_ip);
	envelope_add_recipient(entry->envelope, "bob@example.test", NULL);
	envelope_add_recipient(entry->envelope, "anna@example.test", NULL);
	envelope_add_recipient(entry->envelope, "bob@example.test", NULL);
	entry->headers = header_list_new();
	for (; *fields != NULL; fields++)
		header_list_read(entry->headers, *fields, strlen(*fields), ' ', false);
	return message_new(entry);
}

/* All undeleted fields in one text. */
static char *
header_text(const struct message *message)
{
	const struct header_list *headers = message->entry->headers;
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < header_list_count(headers); i++) {
		const struct header_field *field = header_list_at(headers, i);

		if (!field->deleted)
			g_string_append_len(text, field->text, (gssize)field->length);
	}
	return g_string_free(text, FALSE);
}

static void
load(const char *settings)
{
	g_autofree char *path = NULL;
	struct diagnostics *diagnostics = diagnostics_new();
	int fd = g_file_open_tmp("headers-XXXXXX", &path, NULL);

	g_assert_cmpint(fd, >=, 0);
	g_close(fd, NULL);
	g_autofree char *text = g_strconcat("%org-name% = Ex\n", settings, NULL);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	struct config *config = config_load(path, NULL, diagnostics);
	g_assert_nonnull(config);
	g_assert_cmpuint(diagnostics_count(diagnostics, SEVERITY_WARNING), ==, 0);
	diagnostics_free(diagnostics);
	config_free(config_use(config));
	g_unlink(path);
}

struct example {
	const char *why;
	const char *settings;
	const char *fields[6];
	const char *expected;
};

#define OURS                                         \
	"X-Ex-MailScanner-From: Alice@sender.test\n" \
	"X-Ex-MailScanner: N\n"                      \
	"X-Ex-MailScanner-ID: 1abc\n"                \
	"X-Ex-MailScanner-Information: I\n"
#define VALUES "Information Header Value = I\nUnscanned Header Value = N\n"

static const struct example examples[] = {
	{ "ours go on top, and what was there keeps its bytes and its order", VALUES,
	    { "Subject: a\n", "X-Weird : b\n", "subject:c\n" },
	    OURS "Subject: a\nX-Weird : b\nsubject:c\n" },
	{ "in the compat profile they go below, and a second Subject is deleted",
	    "Profile = compat\nSign Clean Messages = no\nVirus Scanners = none\n",
	    { "Subject: a\n", "Subject: b\n" },
	    "Subject: a\nX-MailScanner-ID: 1abc\nX-MailScanner: Found to be clean\n"
	    "X-MailScanner-Envelope-From: Alice@sender.test\n" },
	{ "nothing is called clean while a scanner that is named has not looked",
	    "Profile = compat\nID Header =\nAdd Envelope From Header = no\nVirus Scanners = "
	    "clamd\n",
	    { "Subject: a\n" },
	    "Subject: a\nX-MailScanner: Not scanned: please contact your administrator for "
	    "details\n" },
	{ "a status that is there is appended to, replaced, or kept beside",
	    "Profile = compat\nID Header =\nAdd Envelope From Header = no\nVirus Scanners = none\n",
	    { "X-MailScanner: before\n", "A: b\n" },
	    "X-MailScanner: before, Found to be clean\nA: b\n" },
	{ "Multiple Headers = replace",
	    "Profile = compat\nID Header =\nAdd Envelope From Header = no\nVirus Scanners = none\n"
	    "Multiple Headers = replace\n",
	    { "X-MailScanner: before\n", "A: b\n" }, "A: b\nX-MailScanner: Found to be clean\n" },
	{ "no status where unscanned mail is not marked",
	    "Profile = compat\nID Header =\nAdd Envelope From Header = no\n"
	    "Mark Unscanned Messages = no\n",
	    { "A: b\n" }, "A: b\n" },
	{ "recipients are shown sorted, each once",
	    "Profile = compat\nID Header =\nMail Header = \nAdd Envelope To Header = yes\n"
	    "Add Envelope From Header = no\n",
	    { "A: b\n" },
	    "A: b\nX-MailScanner-Envelope-To: anna@example.test, bob@example.test\n" },
	{ "the client's protocol version",
	    "Profile = compat\nID Header =\nMail Header =\nAdd Envelope From Header = no\n"
	    "IP Protocol Version Header = X-IP\n",
	    { "A: b\n" }, "A: b\nX-IP: IPv6\n" },
	{ "fields are removed by name and by expression, our own too",
	    "Profile = compat\nRemove These Headers = x-gone: X-MailScanner-ID, /^x-.*secret/\n"
	    "Mail Header =\nAdd Envelope From Header = no\n",
	    { "X-Gone: 1\n", "X-A: has a Secret\n", "X-B: harmless\n", "x-gone:\n two\n" },
	    "X-B: harmless\n" },
	{ "a tag goes before the subject",
	    "Profile = compat\nScanned Modify Subject = start\nID Header =\nMail Header =\n"
	    "Add Envelope From Header = no\n",
	    { "Subject: hello\n" }, "Subject: {Scanned} hello\n" },
	{ "yes means behind it for this tag, once",
	    "Profile = compat\nScanned Modify Subject = yes\nID Header =\nMail Header =\n"
	    "Add Envelope From Header = no\n",
	    { "Subject: hello\n there {scanned}\n" }, "Subject: hello\n there {scanned}\n" },
	{ "a blank stays between a tag and a subject that are both encoded",
	    "Profile = compat\nScanned Modify Subject = start\nID Header =\nMail Header =\n"
	    "Add Envelope From Header = no\nScanned Subject Text = {Gepr\u00FCft}\n",
	    { "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\n" },
	    "Subject: =?UTF-8?B?e0dlcHLDvGZ0fQ==?= =?UTF-8?Q?_?= =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\n" },
	{ "also behind it",
	    "Profile = compat\nScanned Modify Subject = end\nID Header =\nMail Header =\n"
	    "Add Envelope From Header = no\nScanned Subject Text = {Gepr\u00FCft}\n",
	    { "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\n" },
	    "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?= =?UTF-8?Q?_?= =?UTF-8?B?e0dlcHLDvGZ0fQ==?=\n" },
	{ "and a tag in ASCII is legible before an encoded subject",
	    "Profile = compat\nScanned Modify Subject = start\nID Header =\nMail Header =\n"
	    "Add Envelope From Header = no\n",
	    { "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\n" },
	    "Subject: {Scanned} =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\n" },
	{ "a subject that its sender signed is left alone",
	    "Profile = compat\nScanned Modify Subject = start\nID Header =\nMail Header =\n"
	    "Add Envelope From Header = no\n",
	    { "DKIM-Signature: v=1; h=From:\n\tsubject; bh=x\n", "Subject: hello\n" },
	    "DKIM-Signature: v=1; h=From:\n\tsubject; bh=x\nSubject: hello\n" },
	{ "unless the site wants it",
	    "Profile = compat\nScanned Modify Subject = start\nID Header =\nMail Header =\n"
	    "Add Envelope From Header = no\nKeep Signatures = no\n",
	    { "DKIM-Signature: h=Subject\n", "Subject: hello\n" },
	    "DKIM-Signature: h=Subject\nSubject: {Scanned} hello\n" },
	{ "a message without a subject gets one",
	    "Profile = compat\nScanned Modify Subject = end\nID Header =\nMail Header =\n"
	    "Add Envelope From Header = no\n",
	    { "A: b\n" }, "A: b\nSubject: {Scanned}\n" },
};

static void
test_example(gconstpointer data)
{
	const struct example *example = data;

	load(example->settings);
	struct message *message = make_message(example->fields, "2001:db8::1");
	headers_plan(message);
	headers_apply(message);
	g_autofree char *text = header_text(message);
	g_assert_cmpstr(text, ==, example->expected);
	message_free(message);
}

static const struct {
	const char *findings; /* "kind part", ", " between them */
	const char *settings, *subject, *expected, *why;
} tags[] = {
	{ "name 1", "", "hello", "{Filename?} hello", "a name" },
	{ "type 1", "", "hello", "{Filename?} hello", "a type" },
	{ "virus 1", "", "hello", "{Virus?} hello", "a virus" },
	{ "content 1", "", "hello", "{Dangerous Content?} hello", "content" },
	{ "error -1", "", "hello", "{Dangerous Content?} hello", "what can't be read" },
	{ "size 1", "", "hello", "{Size} hello", "a size" },
	{ "size 1, name 2, virus 3", "", "hello", "{Virus?} hello", "the gravest counts" },
	{ "content 1, name 2", "", "hello", "{Filename?} hello", "names and content are no virus" },
	{ "size 1, content 2", "", "hello", "{Dangerous Content?} hello", "content before size" },
	{ "disarm 1", "", "hello", "{Disarmed} hello", "disarmed" },
	{ "phishing 1", "", "hello", "hello", "no is what that one is by default" },
	{ "phishing 1", "Phishing Modify Subject = yes\n", "hello", "{Fraud?} hello", "a fraud" },
	{ "name 2, disarm 1, phishing 1", "Phishing Modify Subject = start\n", "hello",
	    "{Fraud?} {Disarmed} {Filename?} hello", "the last one is the leftmost" },
	{ "name 1", "Filename Modify Subject = end\n", "hello", "hello {Filename?}", "at the end" },
	{ "name 1", "Filename Modify Subject = yes\n", "hello", "{Filename?} hello",
	    "yes is start" },
	{ "name 1", "Filename Modify Subject = no\n", "hello", "hello", "not at all" },
	{ "name 1", "Filename Modify Subject = no\nScanned Modify Subject = yes\n", "hello",
	    "hello {Scanned}", "then it was scanned" },
	{ "name 1", "Scanned Modify Subject = yes\n", "hello", "{Filename?} hello", "else not" },
	{ "name 1", "", "{filename?} hello", "{filename?} hello", "it is there already" },
	{ "virus 1", "", "{Filename?} hello", "{Virus?} {Filename?} hello", "another one is not" },
	{ "name 1", "Filename Subject Text = {\u00FC}\n", "hello", "=?UTF-8?B?e8O8fQ==?= hello",
	    "a tag that is not ASCII" },
	{ "name 1", "Filename Subject Text =\n", "hello", "hello", "a blank tag is none" },
};

static void
find_all(struct message *message, const char *findings)
{
	g_auto(GStrv) all = g_strsplit(findings, ", ", -1);

	for (char **one = all; *one != NULL; one++) {
		g_auto(GStrv) words = g_strsplit(*one, " ", 2);

		for (unsigned kind = 0; kind < FINDING_KIND_COUNT; kind++) {
			if (strcmp(finding_kind_name(kind), words[0]) == 0)
				message_find_part(
				    message, kind, atoi(words[1]), "test", NULL, NULL, "x");
		}
	}
}

static void
test_tags(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
		g_autofree char *subject = g_strdup_printf("Subject: %s\n", tags[i].subject);
		g_autofree char *expected = g_strdup_printf("Subject: %s\n", tags[i].expected);
		g_autofree char *settings =
		    g_strconcat("Profile = compat\nID Header =\nMail Header =\n"
				"Add Envelope From Header = no\n",
			tags[i].settings, NULL);
		const char *fields[] = { subject, NULL };

		g_test_message("%s", tags[i].why);
		load(settings);
		struct message *message = make_message(fields, "192.0.2.1");
		find_all(message, tags[i].findings);
		headers_plan(message);
		headers_apply(message);
		g_autofree char *text = header_text(message);
		g_assert_cmpstr(text, ==, expected);
		message_free(message);
	}
}

static void
test_received_address(void)
{
	static const char *const fields[] = { "Received: from a ([192.0.2.1])\n",
		"X-Other: [192.0.2.9]\n", "Received: from b (helo=[bad]\n [IPv6:2001:db8::2])\n",
		NULL };

	load("Read IP Address From Received Header = 2\n");
	struct message *message = make_message(fields, "192.0.2.200");
	g_assert_cmpstr(subject_client_ip(message->subject), ==, "2001:db8::2");
	message_free(message);
	load("Read IP Address From Received Header = yes\n");
	message = make_message(fields, "192.0.2.200");
	g_assert_cmpstr(subject_client_ip(message->subject), ==, "192.0.2.1");
	message_free(message);
	load("");
	message = make_message(fields, "192.0.2.200");
	g_assert_cmpstr(subject_client_ip(message->subject), ==, "192.0.2.200");
	message_free(message);
}

static void
test_fate_is_settled_once(void)
{
	static const char *const fields[] = { "A: b\n", NULL };

	load("");
	struct message *message = make_message(fields, "");
	g_assert_true(message_is_open(message));
	message_settle(message, FATE_PASS, "first", "because of %d", 1);
	message_settle(message, FATE_DROP, "second", NULL);
	g_assert_cmpint(message->fate.kind, ==, FATE_PASS);
	g_assert_cmpstr(message->fate.why, ==, "because of 1");
	message_leave(message, "hand-over", "disk full");
	g_assert_cmpint(message->fate.kind, ==, FATE_LEAVE);
	message_add_recipient(message, "BOB@example.test");
	message_add_recipient(message, "new@example.test");
	message_add_recipient(message, "New@example.test");
	g_assert_cmpuint(message->added_recipients->len, ==, 1);
	message_free(message);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
		g_autofree char *name = g_strconcat("/headers/", examples[i].why, NULL);

		g_test_add_data_func(name, &examples[i], test_example);
	}
	g_test_add_func("/headers/the subject says what was found", test_tags);
	g_test_add_func(
	    "/message/the client is the one a Received header names", test_received_address);
	g_test_add_func("/message/a fate is settled once", test_fate_is_settled_once);
	return g_test_run();
}
