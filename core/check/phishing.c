/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The net is a pure function; here are its rules for one message, and what follows from its verdicts.
 *
 * A warning of our own is taken off before a link is judged, or the second of two gateways would judge the words of
 * the first. It spares the link another one only where it names the host that the link really leads to: anybody can write one.
 */
#include "core/check/phishing.h"

#include <string.h>

#include "core/check/gate.h"
#include "core/check/html.h"
#include "core/check/htmlplace.h"
#include "core/check/phishing_net.h"
#include "core/check/splices.h"
#include "core/log/lines.h"
#include "rules/config.h"
#include "rules/language.h"
#include "rules/loaded.h"
#include "rules/sitelist.h"

#define STAGE "phishing"

/* The words around a host in a warning. */
struct warning {
	const char *start, *end; /* end NULL: the host is not named */
};

struct judging {
	struct message *message;
	struct phishing_net net;
	bool highlight; /* warnings are put in where the part allows it */
	struct warning warnings[PHISHING_HIDDEN];
	struct warning hidden;
	GHashTable *reported; /* texts of findings there are */
};

static const char *const verdict_keys[] = {
	[PHISHING_NONE] = "",
	[PHISHING_POSSIBLE] = "PossibleFraud",
	[PHISHING_DEFINITE] = "DefiniteFraud",
	[PHISHING_NUMERIC] = "NumericLink",
	[PHISHING_HIDDEN] = "HiddenLink",
};

/* Says what was read. Files that nobody asked for needn't be there. */
static struct sitelist *
load_list(const struct config *config, const char *path, enum directive directive,
    void (*unreadable)(const char *path), void (*read)(unsigned count))
{
	g_autoptr(GPtrArray) unread = g_ptr_array_new_with_free_func(g_free);
	struct sitelist *list = sitelist_load(path, unread);
	const char *file;
	bool named = config_line_of(config, directive, &file) != 0;

	for (unsigned i = 0; i < unread->len; i++) {
		const char *lost = g_ptr_array_index(unread, i);

		if (named || g_file_test(lost, G_FILE_TEST_EXISTS))
			unreadable(lost);
	}
	if (read != NULL && sitelist_count(list) > 0)
		read(sitelist_count(list));
	return list;
}

static void *
load_safe(const struct config *config, const char *path)
{
	return load_list(config, path, DIRECTIVE_phishing_safe_sites_file,
	    lines_phishing_safe_unreadable, lines_phishing_safe);
}

static void *
load_bad(const struct config *config, const char *path)
{
	return load_list(config, path, DIRECTIVE_phishing_bad_sites_file,
	    lines_phishing_bad_unreadable, lines_phishing_bad);
}

static void *
load_country(const struct config *config, const char *path)
{
	return load_list(config, path, DIRECTIVE_country_sub_domains_list,
	    lines_country_domains_unreadable, NULL);
}

static void
forget_list(void *list)
{
	sitelist_free(list);
}

static void
read_lists(struct phishing_net *net)
{
	const struct config *config = config_current();

	if (config == NULL)
		return;
	net->safe = loaded_file(
	    config, "safe sites", phishing_safe_sites_file_for(NULL), load_safe, forget_list);
	net->bad = loaded_file(
	    config, "bad sites", phishing_bad_sites_file_for(NULL), load_bad, forget_list);
	net->country = loaded_file(config, "country domains", country_sub_domains_list_for(NULL),
	    load_country, forget_list);
}

void
check_phishing_prepare(void)
{
	struct phishing_net net;

	read_lists(&net);
}

static void
judging_init(struct judging *judging, struct message *message)
{
	struct subject *subject = message->subject;

	*judging = (struct judging){
		.message = message,
		.net = {
			.numeric = also_find_numeric_phishing_for(subject),
			.strict = use_stricter_phishing_net_for(subject),
			.mail = highlight_mailto_phishing_for(subject),
			.hidden = highlight_hidden_urls_for(subject),
		},
		.highlight = highlight_phishing_fraud_for(subject),
		.warnings = {
			[PHISHING_POSSIBLE] = { language_text(subject, "PossibleFraudStart"),
			    language_text(subject, "PossibleFraudEnd") },
			[PHISHING_DEFINITE] = { language_text(subject, "DefiniteFraudStart"),
			    language_text(subject, "DefiniteFraudEnd") },
			[PHISHING_NUMERIC] = { language_text(subject, "NumericLinkWarning"), NULL },
		},
		.hidden = { language_text(subject, "HiddenLinkWarningStart"),
		    language_text(subject, "HiddenLinkWarningEnd") },
		.reported = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	};
	read_lists(&judging->net);
}

/* The caller's. */
static char *
warning_text(const struct warning *warning, const char *host)
{
	if (warning->end == NULL)
		return g_strconcat(warning->start, " ", NULL);
	g_autofree char *escaped = g_markup_escape_text(host, -1);

	return g_strdup_printf("%s \"%s\" %s ", warning->start, escaped, warning->end);
}

/* Behind a warning of ours that the text begins with, or NULL. */
static const char *
behind_warning(const struct warning *warning, const char *text)
{
	if (*warning->start == '\0' || !g_str_has_prefix(text, warning->start))
		return NULL;
	text += strlen(warning->start);
	if (warning->end == NULL)
		return *text == ' ' ? text + 1 : NULL;
	const char *end = g_str_has_prefix(text, " \"") ? strchr(text + 2, '"') : NULL;

	if (end == NULL || end[1] != ' ' || !g_str_has_prefix(end + 2, warning->end))
		return NULL;
	end += 2 + strlen(warning->end);
	return *end == ' ' ? end + 1 : NULL;
}

/* The text of the link without our warning. */
static const char *
own_text(const struct judging *judging, const char *text)
{
	for (unsigned i = PHISHING_POSSIBLE; i < PHISHING_HIDDEN; i++) {
		const char *behind = behind_warning(&judging->warnings[i], text);

		if (behind != NULL)
			return behind;
	}
	return text;
}

static bool
is_highlighted(const struct judging *judging, const struct part *part)
{
	return judging->highlight && htmlplace_is_shown(part) &&
	       message_finding(judging->message, FINDING_convert) == NULL;
}

/* For people and for the log; not more often than is useful. */
static void
report(struct judging *judging, unsigned n, const struct html_link *link,
    const struct phishing_hit *hit, bool highlighted)
{
	const char *id = message_id(judging->message);
	g_autofree char *onward =
	    *hit->onward != '\0' ? g_strdup_printf(" and on to \"%s\"", hit->onward) : NULL;
	g_autofree char *claim =
	    *hit->claimed != '\0' ? g_strdup_printf(", says \"%s\"", hit->claimed) : NULL;
	g_autofree char *text = g_strdup_printf("A link leads to \"%s\"%s%s: %s", hit->target,
	    onward != NULL ? onward : "", claim != NULL ? claim : "", hit->why);
	g_autofree char *once = g_strdup_printf("%u %s", n, text);

	if (g_hash_table_size(judging->reported) >= PHISHING_FINDINGS_MAX ||
	    !g_hash_table_add(judging->reported, g_steal_pointer(&once)))
		return;
	message_find_part(judging->message,
	    hit->verdict == PHISHING_HIDDEN ? FINDING_note : FINDING_phishing, (int)n, STAGE,
	    verdict_keys[hit->verdict], NULL, text);
	if (hit->verdict == PHISHING_DEFINITE)
		lines_phishing_definite(link->href, id);
	else if (hit->verdict != PHISHING_HIDDEN && hit->address)
		lines_phishing_numeric(link->href, id, highlighted);
	else if (hit->verdict != PHISHING_HIDDEN)
		lines_phishing(link->href, hit->claimed, id, highlighted);
}

static void
warn(struct judging *judging, unsigned n, const struct html_link *link,
    const struct phishing_hit *hit, GArray *splices)
{
	const struct warning *warning = &judging->warnings[hit->verdict];
	g_autofree char *text = warning_text(warning, hit->target);

	/* An area, or a link around nothing, has no place for a warning. */
	if (link->text_start >= link->text_end || g_str_has_prefix(link->text, text))
		return;
	splices_add(splices, link->text_start, link->text_start, text);
	check_html_disarmed(judging->message, n, "phishing");
}

static void
show_target(struct judging *judging, unsigned n, const struct html_link *link, GArray *splices)
{
	g_autofree char *valid = g_utf8_make_valid(link->href, -1);
	g_autofree char *href = g_markup_escape_text(valid, -1);
	g_autofree char *text =
	    g_strdup_printf(" %s %s%s", judging->hidden.start, href, judging->hidden.end);

	if (link->text_start >= link->text_end || g_str_has_suffix(link->text, text))
		return;
	splices_add(splices, link->text_end, link->text_end, text);
	check_html_disarmed(judging->message, n, "hidden");
}

static void
judge_link(struct judging *judging, unsigned n, const struct part *part,
    const struct html_link *link, GArray *splices)
{
	struct phishing_hit hit;
	const char *text = link->text != NULL ? link->text : "";
	bool highlighted = is_highlighted(judging, part);

	phishing_judge(
	    &judging->net, own_text(judging, text), link->href, link->area, part->html->base, &hit);
	if (hit.verdict != PHISHING_NONE)
		report(judging, n, link, &hit, highlighted);
	if (hit.verdict == PHISHING_HIDDEN && htmlplace_is_shown(part) &&
	    message_finding(judging->message, FINDING_convert) == NULL)
		show_target(judging, n, link, splices);
	else if (hit.verdict != PHISHING_NONE && hit.verdict != PHISHING_HIDDEN && highlighted)
		warn(judging, n, link, &hit, splices);
	phishing_hit_clear(&hit);
}

static bool
has_links(const struct message *message)
{
	for (unsigned n = 0; n < message->facts->parts->len; n++) {
		const struct html_facts *html = facts_part(message->facts, n)->html;

		if (html != NULL && html->links->len > 0)
			return true;
	}
	return false;
}

void
check_phishing(struct message *message)
{
	struct judging judging;

	if (!gate_dangerous(message) || !has_links(message) ||
	    !find_phishing_fraud_for(message->subject))
		return;
	judging_init(&judging, message);
	for (unsigned n = 0; n < message->facts->parts->len; n++) {
		const struct part *part = facts_part(message->facts, n);
		g_autoptr(GArray) splices = splices_new();

		for (unsigned i = 0; part->html != NULL && i < part->html->links->len; i++)
			judge_link(
			    &judging, n, part, g_ptr_array_index(part->html->links, i), splices);
		splices_plan(message, n, splices, STAGE);
	}
	g_hash_table_unref(judging.reported);
}
