/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of the questions is MailScanner's, so that who knows its net knows this one. Each answer carries its reason.
 */
#include "core/check/phishing_net.h"

#include <string.h>

#include "core/check/claim.h"
#include "core/check/hosts.h"
#include "core/check/target.h"

static const char why_bad[] = "it is on the list of bad sites";
static const char why_onward_bad[] = "it goes on to a host on the list of bad sites";
static const char why_host[] = "the text names another host";
static const char why_domain[] = "the text names another domain";
static const char why_user[] = "the text names another mailbox";
static const char why_login[] = "the address has a user name before the host";
static const char why_address[] = "it leads to a bare IP address";
static const char why_numeric[] = "text and target are a bare IP address";
static const char why_onward[] = "it goes on to another host than the text names";
static const char why_script[] = "it runs a script, the text names a host";
static const char why_hidden[] = "the text does not show where it leads";

/* All that is known of one link. */
struct case_file {
	const struct phishing_net *net;
	struct target target;
	struct claim claim;
	const char *text;
	char *host; /* the claim's */
	bool numeric;
};

static bool
is_safe(const struct case_file *file, const char *host)
{
	return sitelist_has(file->net->safe, host);
}

static bool
is_bad(const struct case_file *file, const char *host)
{
	return *host != '\0' && sitelist_has(file->net->bad, host) && !is_safe(file, host);
}

/* Behind "www." and what looks like it. */
static const char *
without_www(const char *host)
{
	size_t w = strspn(host, "w");

	return w >= 2 && host[w] == '.' && host[w + 1] != '\0' ? host + w + 1 : host;
}

static bool
is_same_host(const char *a, const char *b)
{
	return strcmp(without_www(a), without_www(b)) == 0;
}

static bool
is_same_domain(const struct case_file *file, const char *a, const char *b)
{
	if (host_is_address(without_www(a)) || host_is_address(without_www(b)))
		return is_same_host(a, b);
	const char *first = host_domain(a, file->net->country);
	const char *second = host_domain(b, file->net->country);

	return first != NULL && second != NULL && strcmp(first, second) == 0;
}

/* Why the lenient net holds it; NULL: it doesn't. */
static const char *
differs_by_domain(const struct case_file *file)
{
	g_autofree char *claimed = host_without_port(file->host);

	if (*file->target.site == '\0')
		return NULL;
	if (file->target.kind == TARGET_WEB && strchr(file->target.site, '@') != NULL)
		return why_login;
	return is_same_domain(file, file->target.host, claimed) ? NULL : why_domain;
}

static const char *
differs_by_host(const struct case_file *file)
{
	const struct target *target = &file->target;

	if (target->kind == TARGET_MAIL && *file->claim.user != '\0' &&
	    strcmp(file->claim.user, target->user) != 0)
		return why_user;
	if (*target->site == '\0' || is_same_host(target->site, file->host))
		return NULL;
	if (target->kind == TARGET_WEB && strchr(target->site, '@') != NULL)
		return why_login;
	return why_host;
}

/* Does a redirector lead away from what the text says? A text that shows the whole address hides nothing. */
static const char *
differs_onward(const struct case_file *file)
{
	const char *onward = file->target.onward;
	g_autofree char *claimed = host_without_port(file->host);

	if (*onward == '\0' || is_safe(file, onward) || *claimed == '\0' ||
	    is_same_domain(file, onward, claimed) || strstr(file->text, onward) != NULL)
		return NULL;
	return why_onward;
}

/* What is wrong with a target that is not on a list; `verdict` becomes the graver of two kinds. */
static const char *
suspicion(const struct case_file *file, enum phishing_verdict *verdict)
{
	const struct target *target = &file->target;
	const char *why = file->net->strict ? differs_by_host(file) : differs_by_domain(file);

	*verdict = PHISHING_POSSIBLE;
	if (target->alarm != NULL)
		return target->alarm;
	if (file->numeric) {
		bool same = file->net->strict ? strcmp(target->site, file->host) == 0 : why == NULL;

		*verdict = same ? PHISHING_NUMERIC : PHISHING_POSSIBLE;
		return same ? why_numeric : why_address;
	}
	if (why != NULL && target->kind == TARGET_SCRIPT)
		return why_script;
	if (why == NULL && file->net->strict)
		why = differs_onward(file);
	return why;
}

static void
judge(struct case_file *file, struct phishing_hit *hit)
{
	const struct target *target = &file->target;

	if (is_bad(file, target->host) || is_bad(file, target->onward)) {
		hit->verdict = PHISHING_DEFINITE;
		hit->why = is_bad(file, target->host) ? why_bad : why_onward_bad;
		return;
	}
	if (target->alarm == NULL && !file->numeric && !claim_is_address(file->claim.text))
		return;
	if (is_safe(file, target->host)) {
		hit->why = *file->host != '\0' ? differs_onward(file) : NULL;
		hit->verdict = hit->why != NULL ? PHISHING_POSSIBLE : PHISHING_NONE;
		return;
	}
	enum phishing_verdict verdict;
	hit->why = suspicion(file, &verdict);
	hit->verdict = hit->why != NULL ? verdict : PHISHING_NONE;
}

/* Is it a link that doesn't show its target? */
static void
look_for_hidden(const struct case_file *file, struct phishing_hit *hit)
{
	const struct target *target = &file->target;

	if (!file->net->hidden || hit->verdict != PHISHING_NONE || *target->site == '\0' ||
	    (target->kind != TARGET_WEB && target->kind != TARGET_SCRIPT) ||
	    is_same_host(target->site, file->claim.text) || is_same_host(target->site, file->host))
		return;
	hit->verdict = PHISHING_HIDDEN;
	hit->why = why_hidden;
}

void
phishing_judge(const struct phishing_net *net, const char *text, const char *href, const char *area,
    const char *base, struct phishing_hit *hit)
{
	struct case_file file = { .net = net, .text = area != NULL ? href : text };

	target_read(&file.target, area != NULL ? area : href, base, net->mail);
	claim_read(&file.claim, file.text, file.target.kind);
	file.numeric =
	    net->numeric && file.target.kind == TARGET_WEB && host_is_address(file.target.host);
	file.host = claim_host(file.claim.text, file.numeric);
	*hit = (struct phishing_hit){ .verdict = PHISHING_NONE, .address = file.numeric };
	judge(&file, hit);
	look_for_hidden(&file, hit);
	hit->target = g_steal_pointer(&file.target.site);
	hit->onward = g_steal_pointer(&file.target.onward);
	hit->claimed = g_steal_pointer(&file.host);
	target_clear(&file.target);
	claim_clear(&file.claim);
}

void
phishing_hit_clear(struct phishing_hit *hit)
{
	g_free(hit->target);
	g_free(hit->onward);
	g_free(hit->claimed);
	memset(hit, 0, sizeof(*hit));
}
