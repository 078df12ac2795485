/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Browsers forgive much in an address: blanks and line ends in it, backslashes, one slash or three, percent signs in the host.
 * What they make of it is followed here, with what mail gateways put before an address ("blocked::", "outbind://8/") taken away.
 *
 * User names and ports stay part of the site, because who is shown "example.com" and led to "example.com@evil.test" or
 * to "example.com:8080" is led elsewhere.
 */
#include "core/check/target.h"

#include <string.h>

#include "core/check/hosts.h"

#define BAD_CHARACTER "_BAD_"

static const char alarm_control[] = "control characters in the address";
static const char alarm_delimiter[] = "encoded delimiters in the address";
static const char alarm_script[] = "letters of different scripts in one word of the host";

enum scheme_kind { SCHEME_SITE, SCHEME_MAIL, SCHEME_PHONE, SCHEME_SCRIPT, SCHEME_NOTHING };

static const struct {
	const char *name;
	enum scheme_kind kind;
	const char *shown; /* of SCHEME_SCRIPT */
} schemes[] = {
	{ "http", SCHEME_SITE, NULL },
	{ "https", SCHEME_SITE, NULL },
	{ "ftp", SCHEME_SITE, NULL },
	{ "webcal", SCHEME_SITE, NULL },
	{ "mailto", SCHEME_MAIL, NULL },
	{ "tel", SCHEME_PHONE, NULL },
	{ "fax", SCHEME_PHONE, NULL },
	{ "javascript", SCHEME_SCRIPT, "JavaScript" },
	{ "vbscript", SCHEME_SCRIPT, "VBScript" },
	{ "data", SCHEME_SCRIPT, "Data" },
	{ "file", SCHEME_NOTHING, NULL },
};

/* Names of parameters in which redirectors get an address. */
static const char *const redirect_words[] = { "adurl", "continue", "dest", "destination", "forward",
	"go", "goto", "href", "link", "location", "loc", "next", "out", "q", "r", "redir",
	"redirect", "redirect_to", "redirect_uri", "redirect_url", "return", "returnto",
	"return_to", "returnurl", "return_url", "rurl", "target", "to", "u", "uri", "url" };

/* Lower case, without blanks and line ends, backslashes turned. The caller's. */
static char *
tidy(const char *href)
{
	g_autofree char *valid = g_utf8_make_valid(href, (gssize)strnlen(href, TARGET_LENGTH_MAX));
	char *out = g_malloc(strlen(valid) + 1), *end = out;
	bool ascii = true;

	for (const char *c = valid; *c != '\0'; c++) {
		/* Browsers skip control characters in front. */
		if (g_ascii_isspace(*c) || (end == out && (unsigned char)*c < ' '))
			continue;
		ascii &= (unsigned char)*c < 0x80;
		*end++ = *c == '\\' ? '/' : g_ascii_tolower(*c);
	}
	*end = '\0';
	if (ascii)
		return out;
	char *folded = g_utf8_strdown(out, -1);
	g_free(out);
	return folded;
}

/* Behind what programs put in front of an address. */
static const char *
skip_wrapping(const char *href)
{
	if (*href == '[') {
		size_t digits = strspn(href + 1, "0123456789");

		if (digits > 0 && href[digits + 1] == ']')
			href += digits + 2;
	}
	for (unsigned i = 0; i < 4 && g_str_has_prefix(href, "blocked:"); i++) {
		href += strlen("blocked");
		href += strspn(href, ":/");
	}
	if (g_str_has_prefix(href, "outbind://")) {
		const char *slash = strchr(href + strlen("outbind://"), '/');

		href = slash != NULL ? slash + 1 : href;
	}
	return href;
}

/* Which row of `schemes` it begins with, ":" or ";" behind it; -1: none. `rest` becomes what follows. */
static int
scheme_of(const char *href, const char **rest)
{
	size_t length = strspn(href, "abcdefghijklmnopqrstuvwxyz");

	if (href[length] != ':' && href[length] != ';')
		return -1;
	for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
		if (strlen(schemes[i].name) == length &&
		    memcmp(schemes[i].name, href, length) == 0) {
			*rest = href + length + 1;
			return (int)i;
		}
	}
	return -1;
}

/* The text of `length` bytes, %XX decoded and folded; the caller's, maybe no valid UTF-8. */
static char *
decode(const char *text, size_t length)
{
	char *out = g_malloc0(length + 1), *end = out;

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '%' && i + 2 < length && g_ascii_isxdigit(text[i + 1]) &&
		    g_ascii_isxdigit(text[i + 2]) && (text[i + 1] != '0' || text[i + 2] != '0')) {
			*end++ = g_ascii_tolower((char)(g_ascii_xdigit_value(text[i + 1]) * 16 +
							g_ascii_xdigit_value(text[i + 2])));
			i += 2;
		} else {
			*end++ = text[i];
		}
	}
	*end = '\0';
	return out;
}

/* Controls become a word that no host has. Takes over `site`; the caller's. */
static char *
mark_controls(char *site, const char **alarm)
{
	const char *c = site;

	while (*c != '\0' && !g_unichar_iscntrl(g_utf8_get_char(c)) && g_utf8_get_char(c) != 0xfffd)
		c = g_utf8_next_char(c);
	if (*c == '\0')
		return site;
	GString *marked = g_string_new_len(site, (gssize)(c - site));
	for (; *c != '\0'; c = g_utf8_next_char(c)) {
		gunichar letter = g_utf8_get_char(c);

		if (g_unichar_iscntrl(letter) || letter == 0xfffd)
			g_string_append(marked, BAD_CHARACTER);
		else
			g_string_append_unichar(marked, letter);
	}
	*alarm = alarm_control;
	g_free(site);
	return g_string_free(marked, FALSE);
}

static void
set_site(struct target *target, char *site)
{
	g_free(target->site);
	g_free(target->host);
	target->site = site;
	target->host = host_without_port(site);
	if (g_str_is_ascii(target->host) && strstr(target->host, "xn--") == NULL)
		return;
	if (host_mixes_scripts(target->host))
		target->alarm = alarm_script;
	g_autofree char *canonical = host_canonical(target->host);
	/* User and port stand around the host that is written otherwise. */
	GString *whole = g_string_new(site);
	g_string_replace(whole, target->host, canonical, 1);
	g_free(target->site);
	g_free(target->host);
	target->site = g_string_free(whole, FALSE);
	target->host = g_steal_pointer(&canonical);
}

static bool
ends_with(const char *text, const char *end)
{
	return g_str_has_suffix(text, end);
}

/* From the bytes between scheme and path to the site that counts. */
static void
read_authority(struct target *target, const char *text, size_t length)
{
	char *site = decode(text, length);

	if (memchr(text, '%', length) != NULL) {
		g_strdelimit(site, "\\", '/');
		if (strpbrk(site, "/?#") != NULL)
			target->alarm = alarm_delimiter;
	}
	if (!g_utf8_validate(site, -1, NULL)) {
		char *valid = g_utf8_make_valid(site, -1);

		g_free(site);
		site = valid;
	}
	site = mark_controls(site, &target->alarm);
	site[strcspn(site, "<>/?#")] = '\0';
	if (ends_with(site, ":80"))
		site[strlen(site) - strlen(":80")] = '\0';
	for (size_t end = strlen(site); end > 0 && strchr(".,", site[end - 1]) != NULL; end--)
		site[end - 1] = '\0';
	set_site(target, site);
}

static bool
is_redirect_word(const char *name, size_t length)
{
	for (size_t i = 0; i < G_N_ELEMENTS(redirect_words); i++) {
		if (strlen(redirect_words[i]) == length &&
		    memcmp(redirect_words[i], name, length) == 0)
			return true;
	}
	return false;
}

/* Most values have no slash, encoded or not; the table of words needn't be asked about them. */
static bool
may_be_address(const char *value, size_t length)
{
	return memchr(value, '/', length) != NULL || memchr(value, '%', length) != NULL;
}

/* The address that a parameter of the query carries, %XX decoded; NULL: none. The caller's. */
static char *
carried_address(const char *url)
{
	const char *query = strchr(url, '?'), *rest;

	while (query != NULL && *query != '\0') {
		const char *name = query + 1;
		size_t length = strcspn(name, "=&;#");
		size_t end = length + strcspn(name + length, "&#");

		if (name[length] == '=' && may_be_address(name + length + 1, end - length - 1) &&
		    is_redirect_word(name, length)) {
			g_autofree char *value = decode(name + length + 1, end - length - 1);
			g_autofree char *again = decode(value, strlen(value));
			g_autofree char *address = tidy(again);
			int scheme = scheme_of(address, &rest);

			if ((scheme >= 0 && schemes[scheme].kind == SCHEME_SITE) ||
			    g_str_has_prefix(address, "//"))
				return g_steal_pointer(&address);
		}
		query = name[end] == '&' || name[end] == ';' ? name + end : NULL;
	}
	return NULL;
}

/* Of an address with scheme SCHEME_SITE: where its authority begins. */
static const char *
authority_of(const char *address)
{
	const char *rest = address;

	scheme_of(address, &rest);
	return rest + strspn(rest, "/");
}

static void
read_onward(struct target *target, const char *address)
{
	g_autofree char *carried = carried_address(address);

	for (unsigned i = 0; i < TARGET_ONWARD_MAX && carried != NULL; i++) {
		const char *authority = authority_of(carried);
		struct target onward = { .kind = TARGET_WEB };

		read_authority(&onward, authority, strcspn(authority, "/?#"));
		g_free(target->onward);
		target->onward = g_steal_pointer(&onward.host);
		target_clear(&onward);
		char *next = carried_address(authority);
		g_free(carried);
		carried = next;
	}
}

static void
read_web(struct target *target, const char *address, const char *authority)
{
	target->kind = TARGET_WEB;
	read_authority(target, authority, strcspn(authority, "/?#"));
	if (strchr(address, '?') != NULL)
		read_onward(target, address);
}

static void
read_mail(struct target *target, const char *address, bool mail)
{
	address += strspn(address, "/");
	g_autofree char *mailbox = decode(address, strcspn(address, "?"));
	char *at = strrchr(mailbox, '@');

	if (!mail)
		return;
	target->kind = TARGET_MAIL;
	if (at != NULL) {
		g_autofree char *user = g_utf8_make_valid(mailbox, (gssize)(at - mailbox));

		g_free(target->user);
		target->user = g_utf8_strdown(user, -1);
	}
	const char *domain = at != NULL ? at + 1 : mailbox;
	read_authority(target, domain, strcspn(domain, "/>,; "));
}

/* An address without a scheme that we know. */
static void
read_bare(struct target *target, const char *address, const char *base, bool mail)
{
	const char *rest = address;
	g_autofree char *tidy_base = base != NULL ? tidy(base) : NULL;
	int scheme = tidy_base != NULL ? scheme_of(tidy_base, &rest) : -1;

	if (g_str_has_prefix(address, "//"))
		read_web(target, address, address + strspn(address, "/"));
	else if (scheme >= 0 && schemes[scheme].kind == SCHEME_SITE)
		read_web(target, address, authority_of(tidy_base));
	else if (mail || strchr(address, '@') == NULL || strchr(address, '/') != NULL)
		read_web(target, address, address);
}

static void
read_scheme(struct target *target, int scheme, const char *address, const char *rest, bool mail)
{
	switch (schemes[scheme].kind) {
	case SCHEME_SITE:
		read_web(target, address, rest + strspn(rest, "/"));
		break;
	case SCHEME_MAIL:
		read_mail(target, rest, mail);
		break;
	case SCHEME_PHONE:
		target->kind = TARGET_PHONE;
		if (strpbrk(rest, "./") != NULL)
			set_site(target, g_strndup(rest, strcspn(rest, "?/")));
		break;
	case SCHEME_SCRIPT:
		target->kind = TARGET_SCRIPT;
		g_free(target->site);
		target->site = g_strdup(schemes[scheme].shown);
		break;
	case SCHEME_NOTHING:
		break;
	}
}

void
target_read(struct target *target, const char *href, const char *base, bool mail)
{
	g_autofree char *all = tidy(href);
	const char *address = skip_wrapping(all), *rest = address;
	int scheme = scheme_of(address, &rest);

	*target = (struct target){ .kind = TARGET_NONE };
	target->site = g_strdup("");
	target->host = g_strdup("");
	target->user = g_strdup("");
	target->onward = g_strdup("");
	if (scheme >= 0)
		read_scheme(target, scheme, address, rest, mail);
	else if (*address != '#' && (strpbrk(address, "./") != NULL || base != NULL))
		read_bare(target, address, base, mail);
}

void
target_clear(struct target *target)
{
	g_free(target->site);
	g_free(target->host);
	g_free(target->user);
	g_free(target->onward);
	memset(target, 0, sizeof(*target));
}
