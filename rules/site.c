/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Macros are expanded as lines are read, so a name that is replaced after reading would come too
 * late for every value that uses it. Therefore the lines are looked at first; where they hold
 * nothing but placeholders, the guess is defined before the first line and the placeholders are
 * passed over.
 *
 * No name server is asked: a configuration must load without a network.
 */
#include "rules/site.h"

#include <string.h>
#include "rules/lines.h"

static const struct {
	const char *macro, *placeholder;
} site_macros[] = {
	{ "%org-name%", "yoursite" },
	{ "%org-long-name%", "Your Organisation Name Here" },
	{ "%web-site%", "www.your-organisation.com" },
};

/* The value of the last line that defines it, NULL when none does. */
static const char *
last_value(const GPtrArray *lines, const char *macro)
{
	for (unsigned i = lines->len; i-- > 0;) {
		const struct line *line = lines->pdata[i];

		if (g_ascii_strcasecmp(line->name, macro) == 0)
			return line->value;
	}
	return NULL;
}

bool
site_is_placeholder(const GPtrArray *lines)
{
	for (size_t i = 0; i < G_N_ELEMENTS(site_macros); i++)
		if (g_strcmp0(
			last_value(lines, site_macros[i].macro), site_macros[i].placeholder) != 0)
			return false;
	return true;
}

bool
site_skips(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(site_macros); i++)
		if (g_ascii_strcasecmp(name, site_macros[i].macro) == 0)
			return true;
	return false;
}

/* The domain of this host: of its full name, else the one that Debian keeps for mail, else just the
 * host. The caller's. */
static char *
host_domain(void)
{
	const char *host = g_get_host_name(), *dot = strchr(host, '.');
	g_autofree char *mailname = NULL;

	if (dot && dot[1])
		return g_strdup(dot + 1);
	if (g_file_get_contents("/etc/mailname", &mailname, NULL, NULL) &&
	    g_strstrip(mailname)[0] && strlen(mailname) < 256)
		return g_steal_pointer(&mailname);
	return g_strdup(host);
}

static void
define_unless_set(struct macros *macros, const char *name, const char *value)
{
	if (macros_value(macros, name) == NULL)
		macros_define(macros, name, value);
}

void
site_define(struct macros *macros)
{
	g_autofree char *domain = host_domain();
	g_autofree char *web = g_strconcat("www.", domain, NULL);
	g_autofree char *name = g_strdup(domain);

	for (char *c = name; *c; c++)
		if (!g_ascii_isalnum(*c) && *c != '-')
			*c = '_';
	define_unless_set(macros, "%org-name%", name);
	define_unless_set(macros, "%org-long-name%", domain);
	define_unless_set(macros, "%web-site%", web);
}
