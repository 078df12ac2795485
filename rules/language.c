/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The English texts are the table below, so a report always has its words: a file may lack a key, or be lost, and nobody gets
 * a message that says "foundblockedfilename". What a file says is expanded once, when it is read.
 *
 * A '#' begins a comment only at the beginning of a line, unlike in the configuration: texts hold colours of HTML.
 */
#include "rules/language.h"

#include <string.h>

#include "rules/config_data.h"
#include "rules/loaded.h"
#include "rules/textfile.h"

/* clang-format off */
const char *const language_built_in[] = {
	/* Spam reports */
	"Blacklisted", "always rejected",
	"Whitelisted", "always accepted",
	"Spam", "spam",
	"NotSpam", "not spam",
	"SkippedAsTooBig", "not checked for spam, too large",
	"SpamAssassin", "SpamAssassin",
	"Score", "score",
	"Required", "needed",
	"Cached", "cached",
	"NotCached", "not cached",
	"SATimedOut", "no answer in time",
	"SADisabled", "switched off after %d missing answers",
	"SATooLarge", "too large",
	"SANoHeaders", "no headers",
	"GSDisabled", "own spam scanner switched off",
	"GSTimedOut", "own spam scanner: no answer in time",
	"Watermarked", "carries our watermark",
	"MCP", "MCP",
	"MCPSpamAssassin", "MCP-Checker",
	"MCPSpam", "MCP",
	"MCPNotSpam", "not MCP",
	"MCPBlacklisted", "MCP: always rejected",
	"MCPWhitelisted", "MCP: always accepted",
	"MCPSADisabled", "MCP: switched off after %d missing answers",
	"MCPSANoHeaders", "MCP: no headers",
	"MCPSATimedOut", "MCP: no answer in time",

	/* Words of reports and notices */
	"TheEntireMessage", "the whole message",
	"NotNamed", "an attachment without a name",
	"MailScanner", "MailScanner",
	"PostmasterName", "Postmaster",
	"NoticeHeading", "What was stopped",
	"Report", "Report",
	"NoticeSubject", "Problem found in mail",
	"NoticePrefix", "Alert",
	"FullHeadersAre", "All headers of the message",
	"NoticeVirusInfected", "Virus found",
	"NoticeFilenameInfected", "Attachment not allowed",
	"NoticeOtherInfected", "Dangerous content found",
	"NoticeSizeInfected", "Size not allowed",
	"NoticePasswordProtected", "Archive with a password",
	"NoticeNonPasswordProtected", "Archive without a password",
	"Disinfected", "Disinfected",

	/* The message as a whole */
	"CantAnalyze", "This message is built in a way that can't be read, so nobody knows what is in it",
	"BadTNEF", "The winmail.dat attachment could not be decoded, so nobody knows what is in it",
	"TooManyAttachments", "This message has more attachments than are allowed",
	"PartialMessage", "This message is a fragment of a larger one, which can't be checked piece by piece",
	"ExternalBody", "The content of this message lies elsewhere and can't be checked",
	"EudoraLongMIME", "The line that separates the parts of this message is dangerously long",
	"DOSAttack", "Scanning this message took too long or could not be finished",
	"KilledMailScanner", "Reading this message stopped the scanner, which may be what its sender intended",
	"HTMLParserAttack", "The HTML of this part could not be read and was removed.\nIt was stored as:",
	"QPDOSFound", "A line of blanks is so long that mail programs may fail on it; its length is",
	"QPDOSFail", "The text of this message could not be searched for dangerously long lines",
	"Ambiguous", "Mail programs differ on what this message contains",

	/* Archives */
	"UnreadableArchive", "An archive could not be opened, so nobody knows what is in it",
	"PasswordedArchive", "An archive needs a password, so its files can't be checked",
	"NonPasswordedArchive", "An archive holds files that are not protected by a password",
	"ArchiveTooDeep", "An archive is nested too deeply or unpacks to more than is allowed",

	/* HTML */
	"FoundIFrame", "The HTML of this message shows another page inside it (iframe)",
	"FoundForm", "The HTML of this message holds a form",
	"FoundScript", "The HTML of this message holds a script",
	"FoundObject", "The HTML of this message loads a program (object)",
	"FoundWebBug", "The HTML of this message loads a picture that tells its sender who reads it",

	/* Encryption and sizes */
	"Encrypted", "This message is encrypted, which is not allowed",
	"Unencrypted", "This message is not encrypted, which is not allowed",
	"TooBig", "This message is larger than is allowed",
	"AttachmentTooLarge", "This attachment is larger than is allowed",
	"AttachmentTooSmall", "This attachment is smaller than is allowed",

	/* The lists of the configuration */
	"FoundBlockedFilename", "Attachments with this name are not allowed",
	"FoundBlockedFiletype", "Attachments of this type are not allowed",

	/* Put into HTML; each End closes what its Start opens */
	"PossibleFraudStart", "<font color=\"red\"><b>Warning: this link does not lead where it says but to",
	"PossibleFraudEnd", "</b></font>",
	"DefiniteFraudStart", "<font color=\"red\"><b>Warning: this link leads to a site known for fraud:",
	"DefiniteFraudEnd", "</b></font>",
	"NumericLinkWarning", "<font color=\"red\"><b>Warning: links to bare addresses are often malicious:</b></font>",
	"HiddenLinkWarningStart", "<font color=\"red\"><b>This link leads to:",
	"HiddenLinkWarningEnd", "</b></font>",
	NULL,
};
/* clang-format on */

static void
read_line(const struct config *config, GHashTable *texts, struct slice line)
{
	const char *equals = memchr(line.text, '=', line.length);

	if (line.length == 0 || line.text[0] == '#' || equals == NULL)
		return;
	struct slice key = { line.text, (size_t)(equals - line.text) };
	struct slice value = { equals + 1, line.length - key.length - 1 };
	slice_strip(&key);
	slice_strip(&value);
	g_autofree char *name = g_strndup(key.text, key.length);
	g_autofree char *text = g_strndup(value.text, value.length);
	g_hash_table_replace(
	    texts, g_ascii_strdown(name, -1), macros_expand(config->macros, text, false, NULL));
}

/* Key in lower case -> text. */
static void *
read_file(const struct config *config, const char *path)
{
	struct slice rest = { NULL, 0 }, line;
	g_autofree char *content = textfile_read(path, &rest.length, NULL);

	if (content == NULL)
		return NULL;
	GHashTable *texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	rest.text = content;
	while (textfile_line(&rest, &line))
		read_line(config, texts, line);
	return texts;
}

static void
forget_file(void *texts)
{
	g_hash_table_unref(texts);
}

static const char *
text_of_file(struct subject *subject, const char *key)
{
	const char *path = language_strings_for(subject);
	const struct config *config = config_current();

	if (path[0] == '\0')
		return NULL;
	GHashTable *texts = loaded_file(config, "language", path, read_file, forget_file);
	if (texts == NULL && subject != NULL) {
		g_autofree char *note = g_strdup_printf("%s: can't be read, English is used", path);

		subject_add_note(subject, note);
	}
	g_autofree char *lower = g_ascii_strdown(key, -1);
	return texts != NULL ? g_hash_table_lookup(texts, lower) : NULL;
}

const char *
language_text(struct subject *subject, const char *key)
{
	const char *text = text_of_file(subject, key);

	if (text != NULL)
		return text;
	for (const char *const *pair = language_built_in; *pair != NULL; pair += 2)
		if (g_ascii_strcasecmp(pair[0], key) == 0)
			return pair[1];
	return key;
}
