/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Most hosts are plain ASCII: they are looked at byte by byte, and libidn2 and the tables of scripts are asked only about others.
 */
#include "core/check/hosts.h"

#include <string.h>

#include <arpa/inet.h>
#include <idn2.h>
#include <libpsl.h>

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text >= 0x80)
			return false;
	}
	return true;
}

char *
host_canonical(const char *host)
{
	char *converted = NULL;

	if (is_ascii(host))
		return g_ascii_strdown(host, -1);
	if (idn2_to_ascii_8z(host, &converted, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
		return g_utf8_strdown(host, -1);
	char *canonical = g_ascii_strdown(converted, -1);

	idn2_free(converted);
	return canonical;
}

/* Scripts that are written together count as one (UTS 39, "highly restrictive"). */
enum {
	LATIN = 1,
	EAST_ASIAN = 2,
	FIRST_OTHER = 4,
};

static unsigned
script_of(gunichar c)
{
	switch ((int)g_unichar_get_script(c)) {
	case G_UNICODE_SCRIPT_COMMON:
	case G_UNICODE_SCRIPT_INHERITED:
	case G_UNICODE_SCRIPT_UNKNOWN:
		return 0;
	case G_UNICODE_SCRIPT_LATIN:
		return LATIN;
	case G_UNICODE_SCRIPT_HAN:
	case G_UNICODE_SCRIPT_HIRAGANA:
	case G_UNICODE_SCRIPT_KATAKANA:
	case G_UNICODE_SCRIPT_HANGUL:
	case G_UNICODE_SCRIPT_BOPOMOFO:
		return EAST_ASIAN;
	}
	return FIRST_OTHER + (unsigned)g_unichar_get_script(c);
}

/* `label` in valid UTF-8. */
static bool
label_is_mixed(const char *label)
{
	unsigned seen = 0, script;
	bool latin = false;

	for (; *label != '\0'; label = g_utf8_next_char(label)) {
		script = script_of(g_utf8_get_char(label));
		latin |= script == LATIN;
		if (script == 0 || script == LATIN)
			continue;
		if (seen != 0 && seen != script)
			return true;
		seen = script;
	}
	return latin && seen > EAST_ASIAN;
}

bool
host_mixes_scripts(const char *host)
{
	char *shown = NULL;
	bool mixed = false;

	if (is_ascii(host) && strstr(host, "xn--") == NULL)
		return false;
	if (idn2_to_unicode_8z8z(host, &shown, 0) != IDN2_OK)
		shown = NULL;
	g_auto(GStrv) labels = g_strsplit(shown != NULL ? shown : host, ".", -1);

	for (char **label = labels; *label != NULL && !mixed; label++)
		mixed = g_utf8_validate(*label, -1, NULL) && label_is_mixed(*label);
	idn2_free(shown);
	return mixed;
}

/* One part of an IPv4 address: decimal, 0 and octal, or 0x and hexadecimal. Moves `text` behind it. */
static bool
read_part(const char **text, guint64 *value)
{
	const char *digit = *text;
	int base = 10;

	if (digit[0] == '0' && digit[1] == 'x')
		base = 16;
	else if (digit[0] == '0')
		base = 8;
	digit += base == 16 ? 2 : 0;
	*value = 0;
	for (; g_ascii_isxdigit(*digit); digit++) {
		int number = g_ascii_xdigit_value(*digit);

		if (number >= base || *value > G_MAXUINT32)
			return false;
		*value = *value * (guint64)base + (guint64)number;
	}
	bool some = digit > *text;

	*text = digit;
	return some;
}

/* The algorithm of the WHATWG's URL Standard, section 3.5. */
static bool
is_ipv4(const char *host)
{
	guint64 value = 0;

	for (unsigned parts = 1; parts <= 4; parts++) {
		if (!read_part(&host, &value))
			return false;
		if (*host == '\0' || (host[0] == '.' && host[1] == '\0'))
			return value < G_GUINT64_CONSTANT(1) << (8 * (5 - parts));
		if (*host++ != '.' || value > 255)
			return false;
	}
	return false;
}

static bool
is_ipv6(const char *host)
{
	struct in6_addr address;
	char text[INET6_ADDRSTRLEN];
	size_t length = strcspn(host + (*host == '['), "]%");

	if (length >= sizeof(text) || strchr(host, ':') == NULL)
		return false;
	memcpy(text, host + (*host == '['), length);
	text[length] = '\0';
	return inet_pton(AF_INET6, text, &address) == 1;
}

bool
host_is_address(const char *host)
{
	return is_ipv4(host) || is_ipv6(host);
}

char *
host_without_port(const char *site)
{
	const char *at = strrchr(site, '@'), *host = at != NULL ? at + 1 : site;
	const char *end = *host == '[' ? strchr(host, ']') : NULL;

	if (end != NULL)
		return g_strndup(host, (gsize)(end + 1 - host));
	const char *colon = strchr(host, ':');
	/* An IPv6 address without brackets has more than one. */
	if (colon == NULL || strchr(colon + 1, ':') != NULL)
		return g_strdup(host);
	return g_strndup(host, (gsize)(colon - host));
}

/* The last `labels` labels of the host, or NULL where it has fewer. */
static const char *
last_labels(const char *host, unsigned labels)
{
	const char *start = host + strlen(host);

	while (start > host) {
		if (start[-1] == '.' && --labels == 0)
			return start;
		start--;
	}
	return labels == 1 ? host : NULL;
}

/* As MailScanner does: first two labels are looked up, then three. */
static const char *
listed_domain(const char *host, const struct sitelist *suffixes)
{
	for (unsigned labels = 2; labels <= 3; labels++) {
		const char *suffix = last_labels(host, labels);

		if (suffix != NULL && sitelist_has_entry(suffixes, suffix))
			return last_labels(host, labels + 1);
	}
	return NULL;
}

static bool
is_listed_suffix(const char *host, const struct sitelist *suffixes)
{
	return sitelist_has_entry(suffixes, host);
}

const char *
host_domain(const char *host, const struct sitelist *suffixes)
{
	const char *domain = psl_registrable_domain(psl_builtin(), host);
	const char *listed = listed_domain(host, suffixes);

	if (is_listed_suffix(host, suffixes))
		return NULL;
	if (domain == NULL || listed == NULL)
		return domain != NULL ? domain : listed;
	return listed < domain ? listed : domain;
}
