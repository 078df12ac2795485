/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One word of what people see is the claim. An address that is written out is taken wherever it stands; else the last word that has a dot
 * or a colon inside.
 */
#include "core/check/claim.h"

#include <string.h>

#include "core/check/hosts.h"
#include "core/check/visible.h"

/* Does it begin with `word`, of which the letter `repeated` may stand several times? Returns the length of that, or 0. */
static size_t
begins_word(const char *text, const char *word, char repeated)
{
	const char *start = text;

	for (; *word != '\0'; word++) {
		if (*text++ != *word)
			return 0;
		while (*word == repeated && *text == repeated)
			text++;
	}
	return (size_t)(text - start);
}

static const struct {
	const char *word;
	char repeated;
} scheme_words[] = {
	{ "htps", 't' },
	{ "htp", 't' },
	{ "ftp", 't' },
	{ "fpt", 't' },
	{ "mailto", '\0' },
	{ "webcal", '\0' },
};

/* The length of a scheme, mark and slashes included, that the text begins with; or 0. */
static size_t
scheme_length(const char *text)
{
	for (size_t i = 0; i < G_N_ELEMENTS(scheme_words); i++) {
		size_t length = begins_word(text, scheme_words[i].word, scheme_words[i].repeated);

		if (length > 0 && (text[length] == ':' || text[length] == ';'))
			return length + 1 + strspn(text + length + 1, "/");
	}
	return 0;
}

/* What stands around an address in a sentence. */
#define OPENING "([{<\"'"
#define CLOSING ")]}>\"'.,;:!?"

static char *
bare_word(const char *word, size_t length)
{
	while (length > 0 && strchr(OPENING, *word) != NULL) {
		word++;
		length--;
	}
	while (length > 0 && strchr(CLOSING, word[length - 1]) != NULL)
		length--;
	if (length > 2 && *word == '[' && g_ascii_isdigit(word[1]))
		length = MAX(length, strspn(word, "[]0123456789"));
	return g_strndup(word, length);
}

static bool
is_written_out(const char *word)
{
	word += strspn(word, OPENING);
	size_t w = strspn(word, "w");

	return scheme_length(word) > 0 || (w >= 2 && w <= 4 && word[w] == '.');
}

/* Has it a dot or colon that is neither its first nor its last character? */
static bool
has_inner_mark(const char *text)
{
	const char *mark = *text != '\0' ? strpbrk(text + 1, ".:") : NULL;

	return mark != NULL && mark[1] != '\0';
}

/* Where the word begins that makes the claim. `text` has no blanks at its ends. */
static const char *
claiming_word(const char *text)
{
	const char *chosen = NULL;

	for (const char *word = text + strlen(text); word >= text; word--) {
		bool begins = word == text || word[-1] == ' ';

		if (!begins || *word == ' ' || *word == '\0')
			continue;
		if (is_written_out(word))
			return word;
		if (chosen == NULL && has_inner_mark(word))
			chosen = word;
	}
	if (chosen == NULL)
		chosen = text;
	while (chosen[0] == ':' && chosen[1] == ' ')
		chosen += 2;
	return chosen;
}

/* Names of a platform, no hosts. */
static bool
is_platform(const char *word)
{
	return strcmp(word, ".net") == 0 || strcmp(word, "ado.net") == 0 ||
	       strcmp(word, "asp.net") == 0;
}

static void
remove_blanks(char *text)
{
	char *end = text;

	for (; *text != '\0'; text++) {
		if (*text != ' ')
			*end++ = *text;
	}
	*end = '\0';
}

/* Leaves the domain in `text`, the part before it in `user`. */
static void
split_mailbox(struct claim *claim)
{
	char *at = strrchr(claim->text, '@');
	size_t scheme = scheme_length(claim->text);

	if (at == NULL || at < claim->text + scheme)
		return;
	g_free(claim->user);
	claim->user = g_strndup(claim->text + scheme, (gsize)(at - claim->text) - scheme);
	char *domain = g_strndup(at + 1, strcspn(at + 1, "?>"));
	g_free(claim->text);
	claim->text = domain;
}

/* A mail address among the words wins where the link is one. */
static const char *
mailbox_word(const char *text)
{
	const char *at = strrchr(text, '@');

	while (at != NULL && at > text && at[-1] != ' ')
		at--;
	return at;
}

void
claim_read(struct claim *claim, const char *html, enum target_kind kind)
{
	g_autoptr(GString) visible = visible_text(html);
	char *text = g_strstrip(visible->str);

	claim->user = g_strdup("");
	if (kind == TARGET_PHONE) {
		remove_blanks(text);
		claim->text = g_strdup(text);
		return;
	}
	const char *word = kind == TARGET_MAIL ? mailbox_word(text) : NULL;
	if (word == NULL)
		word = claiming_word(text);
	const char *bracket = memchr(word, '<', strcspn(word, " "));
	if (bracket != NULL && scheme_length(bracket + 1) > 0)
		word = bracket + 1;
	claim->text = bare_word(word, strcspn(word, bracket == word - 1 ? " >" : " "));
	if (kind == TARGET_MAIL)
		split_mailbox(claim);
	if (is_platform(word) || is_platform(claim->text))
		*claim->text = '\0';
}

void
claim_clear(struct claim *claim)
{
	g_free(claim->text);
	g_free(claim->user);
}

static bool
has_known_ending(const char *text)
{
	static const char *const endings[] = { "com", "org", "net", "info", "biz", "ws" };

	for (const char *dot = text; (dot = strpbrk(dot, ".,")) != NULL; dot++) {
		for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
			if (g_str_has_prefix(dot + 1, endings[i]))
				return true;
		}
		if (g_str_has_prefix(dot + 1, "co") && (dot[3] == '.' || dot[3] == ',') &&
		    g_ascii_isalpha(dot[4]) && g_ascii_isalpha(dot[5]))
			return true;
	}
	return false;
}

static bool
begins_like_site(const char *text)
{
	size_t length = strspn(text, "w");

	for (size_t i = 0; i < G_N_ELEMENTS(scheme_words) && length == 0; i++) {
		if (!g_str_has_prefix(scheme_words[i].word, "ht"))
			length = begins_word(text, scheme_words[i].word, scheme_words[i].repeated);
	}
	return length > 0 && (text[length] == '.' || text[length] == ',');
}

bool
claim_is_address(const char *text)
{
	size_t scheme = scheme_length(text);

	return begins_like_site(text) || has_known_ending(text) ||
	       (scheme > 0 && strchr(text + scheme, '.') != NULL);
}

char *
claim_host(const char *text, bool plain)
{
	size_t scheme = scheme_length(text);
	bool secure = g_str_has_prefix(text, "https");
	g_autofree char *site = g_strndup(text + scheme, strcspn(text + scheme, "/?#"));

	if (g_str_has_suffix(site, secure ? ":443" : ":80"))
		*strrchr(site, ':') = '\0';
	for (size_t end = strlen(site); end > 0 && strchr(".,", site[end - 1]) != NULL; end--)
		site[end - 1] = '\0';
	g_autofree char *host = host_canonical(site);
	if (plain || *host == '\0' || g_str_has_prefix(host, "ww") || strstr(host, "ftp") != NULL ||
	    strstr(host, "mailto") != NULL || strstr(host, "webcal") != NULL)
		return g_steal_pointer(&host);
	return g_strconcat("www.", host, NULL);
}
