/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text is what a reader sees: tags are gone, and those that begin a line separate words; character references are decoded; what is
 * invisible (soft hyphens, joiners, marks of direction) is gone; letters that only look wide or small are plain (NFKC).
 *
 * One word of it is the claim. An address that is written out is taken wherever it stands; else the last word that has a dot or
 * a colon inside.
 */
#include "core/check/claim.h"

#include <string.h>

#include "core/check/hosts.h"

static const char *const line_tags[] = { "br", "p", "div", "td", "th", "tr", "table", "li", "ul",
	"ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "blockquote", "center" };

static const struct {
	const char *name;
	const char *text;
} references[] = {
	{ "amp", "&" },
	{ "lt", "<" },
	{ "gt", ">" },
	{ "quot", "\"" },
	{ "apos", "'" },
	{ "nbsp", " " },
	{ "shy", "" },
	{ "zwj", "" },
	{ "zwnj", "" },
	{ "period", "." },
	{ "comma", "," },
	{ "colon", ":" },
	{ "sol", "/" },
	{ "commat", "@" },
	{ "hyphen", "-" },
	{ "lowbar", "_" },
};

/* Behind the tag or comment that begins at `html`; `line` says whether it separates words. */
static const char *
skip_tag(const char *html, bool *line)
{
	const char *name = html + 1 + (html[1] == '/'), *end;
	char quote = '\0';
	char word[12];
	size_t length = 0;

	*line = false;
	if (g_str_has_prefix(html, "<!--")) {
		end = strstr(html + strlen("<!--"), "-->");
		return end != NULL ? end + strlen("-->") : html + strlen(html);
	}
	for (; g_ascii_isalnum(name[length]) && length < sizeof(word) - 1; length++)
		word[length] = g_ascii_tolower(name[length]);
	word[length] = '\0';
	for (size_t i = 0; i < G_N_ELEMENTS(line_tags); i++)
		*line |= strcmp(word, line_tags[i]) == 0;
	for (end = name + length; *end != '\0' && (quote != '\0' || *end != '>'); end++) {
		if (quote == *end)
			quote = '\0';
		else if (quote == '\0' && (*end == '"' || *end == '\''))
			quote = *end;
	}
	return *end == '>' ? end + 1 : end;
}

static bool
begins_tag(const char *html)
{
	return *html == '<' && (g_ascii_isalpha(html[1]) || strchr("/!?", html[1]) != NULL) &&
	       html[1] != '\0';
}

/* Decodes "&#46;" or "&#x2e;" at `html` into `out`; returns what is behind it, or NULL where there is none. */
static const char *
decode_number(const char *html, GString *out)
{
	bool hexadecimal = html[2] == 'x' || html[2] == 'X';
	const char *digits = html + 2 + hexadecimal;
	char *end;

	if (!(hexadecimal ? g_ascii_isxdigit(*digits) : g_ascii_isdigit(*digits)))
		return NULL;
	guint64 number = g_ascii_strtoull(digits, &end, hexadecimal ? 16 : 10);
	if (number == 0xa0 || (number < ' ' && number > 0))
		g_string_append_c(out, ' ');
	else if (number > 0 && number <= 0x10ffff && g_unichar_validate((gunichar)number))
		g_string_append_unichar(out, (gunichar)number);
	return *end == ';' ? end + 1 : end;
}

/* The same for names too. */
static const char *
decode_reference(const char *html, GString *out)
{
	if (html[1] == '#')
		return decode_number(html, out);
	for (size_t i = 0; i < G_N_ELEMENTS(references); i++) {
		size_t length = strlen(references[i].name);

		if (g_ascii_strncasecmp(html + 1, references[i].name, length) == 0 &&
		    html[1 + length] == ';') {
			g_string_append(out, references[i].text);
			return html + length + 2;
		}
	}
	return NULL;
}

static bool
is_invisible(gunichar c)
{
	return g_unichar_type(c) == G_UNICODE_FORMAT || c == 0x034f || c == 0x115f || c == 0x3164;
}

/* As people see it, in lower case: for text beyond ASCII. */
static void
fold(GString *text)
{
	g_autofree char *valid = g_utf8_make_valid(text->str, (gssize)text->len);
	g_autofree char *plain = g_utf8_normalize(valid, -1, G_NORMALIZE_NFKC);
	g_autofree char *lower = g_utf8_strdown(plain != NULL ? plain : valid, -1);

	g_string_truncate(text, 0);
	for (const char *c = lower; *c != '\0'; c = g_utf8_next_char(c)) {
		gunichar letter = g_utf8_get_char(c);

		if (g_unichar_isspace(letter))
			g_string_append_c(text, ' ');
		else if (!is_invisible(letter))
			g_string_append_unichar(text, letter);
	}
}

/* "%2e" and the like; %a0 is a blank that nobody sees. */
static const char *
decode_percent(const char *html, GString *out)
{
	int value = g_ascii_xdigit_value(html[1]) * 16 + g_ascii_xdigit_value(html[2]);

	if (value >= ' ' && value < 0x7f)
		g_string_append_c(out, g_ascii_tolower((char)value));
	return html + 3;
}

static GString *
visible_text(const char *html)
{
	GString *text = g_string_sized_new(strlen(html) + 1);
	bool ascii = true, line;

	while (*html != '\0') {
		const char *behind = NULL;

		if (begins_tag(html)) {
			behind = skip_tag(html, &line);
			if (line)
				g_string_append_c(text, ' ');
		} else if (*html == '&') {
			behind = decode_reference(html, text);
			ascii &= html[1] != '#';
		} else if (*html == '%' && g_ascii_isxdigit(html[1]) && g_ascii_isxdigit(html[2])) {
			behind = decode_percent(html, text);
		}
		if (behind == NULL) {
			char c = g_ascii_isspace(*html) ? ' ' : g_ascii_tolower(*html);

			ascii &= (unsigned char)c < 0x80;
			g_string_append_c(text, c == '\\' ? '/' : c);
			behind = html + 1;
		}
		html = behind;
	}
	if (!ascii)
		fold(text);
	return text;
}

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
