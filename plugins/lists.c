/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of senders in files, by the names that configurations of MailScanner 5 use:
 *
 *	Is Definitely Not Spam = &ByDomainSpamWhitelist
 *	Is Definitely Spam     = &ByDomainSpamBlacklist
 *	Is Definitely Not Spam = &SpamWhiteList("/etc/MailScanner/spam.whitelist")
 *
 * The first two look into a directory, /etc/MailScanner/spam.bydomain/whitelist and .../blacklist unless the argument names
 * another, for files named like the first recipient (user@example.com), like that recipient's domain, and "default"; all that
 * exist count. A line is a sender's address, a domain, or a client's address; what follows # is a comment; case does not count.
 * The value is yes where the message's sender, its domain or the client stands in a list, else no.
 *
 * Files are read at the start of a worker, so a change shows after a reload.
 */
#include "plugins/mailscanner.h"

#include <stdbool.h>
#include <string.h>

#include <glib.h>

#define WHITELIST "/etc/MailScanner/spam.bydomain/whitelist"
#define BLACKLIST "/etc/MailScanner/spam.bydomain/blacklist"

struct lists {
	GHashTable
	    *by_name; /* name of the file -> GHashTable of entries; "" for one list for all */
};

static const struct mailscanner_host *host;

/* The entries of a file, a set. NULL, and a line in the log, when it can't be read. */
static GHashTable *
read_list(const char *path)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	if (!g_file_get_contents(path, &text, NULL, &error)) {
		host->log(MAILSCANNER_WARNING, "%s", error->message);
		return NULL;
	}
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GHashTable *entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (char **line = lines; *line != NULL; line++) {
		char *entry = g_strstrip(g_strdelimit(*line, "#", '\0'));

		if (*entry == '@')
			entry++;
		if (*entry != '\0')
			g_hash_table_add(entries, g_ascii_strdown(entry, -1));
	}
	return entries;
}

static void
free_list(void *list)
{
	if (list != NULL)
		g_hash_table_unref(list);
}

static struct lists *
lists_new(void)
{
	struct lists *lists = g_new(struct lists, 1);

	lists->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_list);
	return lists;
}

static const char *
start_directory(const char *directory, void **state)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GDir) dir = g_dir_open(directory, 0, &error);
	struct lists *lists = lists_new();

	/* Without it nothing is listed, which is no fault. */
	if (dir == NULL)
		host->log(MAILSCANNER_NOTICE, "%s", error->message);
	for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
	     name = g_dir_read_name(dir)) {
		g_autofree char *path = g_build_filename(directory, name, NULL);

		if (*name != '.' && g_file_test(path, G_FILE_TEST_IS_REGULAR))
			g_hash_table_replace(
			    lists->by_name, g_ascii_strdown(name, -1), read_list(path));
	}
	*state = lists;
	return NULL;
}

static const char *
start_by_domain(const char *usual, const char *const *arguments, void **state)
{
	if (arguments[0] != NULL && arguments[1] != NULL)
		return "it takes one argument at most, a directory";
	return start_directory(arguments[0] != NULL ? arguments[0] : usual, state);
}

static const char *
start_whitelist(const struct mailscanner_host *of, const char *const *arguments, void **state)
{
	host = of;
	return start_by_domain(WHITELIST, arguments, state);
}

static const char *
start_blacklist(const struct mailscanner_host *of, const char *const *arguments, void **state)
{
	host = of;
	return start_by_domain(BLACKLIST, arguments, state);
}

static const char *
start_file(const struct mailscanner_host *of, const char *const *arguments, void **state)
{
	host = of;
	if (arguments[0] == NULL || arguments[1] != NULL)
		return "it takes one argument, a file";
	GHashTable *list = read_list(arguments[0]);
	if (list == NULL)
		return "its list can't be read";
	struct lists *lists = lists_new();
	g_hash_table_insert(lists->by_name, g_strdup(""), list);
	*state = lists;
	return NULL;
}

/* What follows the last @; the whole text where there is none. */
static const char *
domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at != NULL ? at + 1 : address;
}

static bool
list_has(const struct lists *lists, const char *name, struct mailscanner_message *message)
{
	GHashTable *list = g_hash_table_lookup(lists->by_name, name);
	g_autofree char *sender = g_ascii_strdown(host->sender(message), -1);

	return list != NULL && (g_hash_table_contains(list, sender) ||
				   g_hash_table_contains(list, domain_of(sender)) ||
				   g_hash_table_contains(list, host->client_address(message)));
}

static enum mailscanner_answer
value(void *state, struct mailscanner_message *message, const char **text)
{
	const struct lists *lists = state;

	if (message == NULL)
		return MAILSCANNER_NO_VALUE;
	const char *first = host->recipients(message)[0];
	g_autofree char *recipient = g_ascii_strdown(first != NULL ? first : "", -1);
	bool listed = list_has(lists, recipient, message) ||
		      list_has(lists, domain_of(recipient), message) ||
		      list_has(lists, "default", message) || list_has(lists, "", message);

	*text = listed ? "yes" : "no";
	return MAILSCANNER_VALUE;
}

static void
end(void *state)
{
	struct lists *lists = state;

	g_hash_table_unref(lists->by_name);
	g_free(lists);
}

static const struct mailscanner_function whitelist = {
	.size = sizeof(struct mailscanner_function),
	.name = "ByDomainSpamWhitelist",
	.init = start_whitelist,
	.value = value,
	.end = end,
};

static const struct mailscanner_function blacklist = {
	.size = sizeof(struct mailscanner_function),
	.name = "ByDomainSpamBlacklist",
	.init = start_blacklist,
	.value = value,
	.end = end,
};

static const struct mailscanner_function file = {
	.size = sizeof(struct mailscanner_function),
	.name = "SpamWhiteList",
	.init = start_file,
	.value = value,
	.end = end,
};

static const struct mailscanner_function *const functions[] = { &whitelist, &blacklist, &file,
	NULL };

const struct mailscanner_plugin mailscanner_plugin = {
	.abi = MAILSCANNER_ABI,
	.size = sizeof(struct mailscanner_plugin),
	.functions = functions,
};
