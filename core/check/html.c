/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table says which directive decides about which kind, and what its words mean for it. Five directives are older than most ways
 * to do harm: what came later goes with the nearest of them. But a mail that an old rule stopped only for what it names is
 * not stopped for more now, so such kinds are disarmed even where the directive says no.
 *
 * A base address and style sheets from elsewhere stand in ordinary newsletters: they go only where their directive says no.
 */
#include "core/check/html.h"

#include <string.h>

#include "core/check/gate.h"
#include "core/check/htmlplace.h"
#include "core/check/splices.h"
#include "core/check/webbug.h"
#include "core/log/lines.h"
#include "rules/config.h"
#include "rules/directives.h"
#include "rules/language.h"

#define STAGE "html"
#define WEB_BUG_WORD "web bug"

enum family { IFRAME, FORM, SCRIPT, OBJECT, WEB_BUG, FAMILY_COUNT };

static const struct {
	enum directive allow;
	const char *key;    /* of the language strings */
	const char *logged; /* in "... tag found in message" */
} families[FAMILY_COUNT] = {
	[IFRAME] = { DIRECTIVE_allow_iframe_tags, "FoundIFrame", "HTML-IFrame" },
	[FORM] = { DIRECTIVE_allow_form_tags, "FoundForm", "HTML-Form" },
	[SCRIPT] = { DIRECTIVE_allow_script_tags, "FoundScript", "HTML-Script" },
	[OBJECT] = { DIRECTIVE_allow_object_codebase_tags, "FoundObject", "HTML-Object" },
	[WEB_BUG] = { DIRECTIVE_allow_webbugs, "FoundWebBug", "HTML Img" },
};

enum treatment { LEAVE, DISARM, BLOCK };

static const struct {
	enum family family;
	enum treatment on_disarm, on_no;
} policy[HTML_KIND_COUNT] = {
	[HTML_iframe] = { IFRAME, DISARM, BLOCK },
	[HTML_frame] = { IFRAME, DISARM, BLOCK },
	[HTML_form] = { FORM, DISARM, BLOCK },
	[HTML_form_input] = { FORM, DISARM, DISARM },
	[HTML_form_button] = { FORM, DISARM, DISARM },
	[HTML_script] = { SCRIPT, DISARM, BLOCK },
	[HTML_event_handler] = { SCRIPT, DISARM, DISARM },
	[HTML_script_url] = { SCRIPT, DISARM, BLOCK },
	[HTML_svg_script] = { SCRIPT, DISARM, BLOCK },
	[HTML_object_codebase] = { OBJECT, DISARM, BLOCK },
	[HTML_object_data] = { OBJECT, DISARM, BLOCK },
	[HTML_object] = { OBJECT, DISARM, DISARM },
	[HTML_meta_refresh] = { SCRIPT, DISARM, DISARM },
	[HTML_base] = { OBJECT, LEAVE, DISARM },
	[HTML_remote_css] = { WEB_BUG, LEAVE, DISARM },
};

/* What the directives say about this message. */
struct plan {
	struct message *message;
	enum word allowed[FAMILY_COUNT];
	bool convert;		/* shown HTML becomes text: there is nothing to disarm in it */
	bool attachments;	/* `Disarm HTML Attachments` */
	bool convert_dangerous; /* `Convert Dangerous HTML To Text` */
	bool log;
	struct webbug_rules bugs;
	bool blocked; /* something was found that stops it */
};

/* Has the part a finding of that kind with that text? */
static bool
has_finding(const struct message *message, enum finding_kind kind, unsigned part, const char *text)
{
	for (unsigned i = message->findings->len; i-- > 0;) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (finding->kind == kind && finding->part == (int)part &&
		    strcmp(finding->text, text) == 0)
			return true;
	}
	return false;
}

void
check_html_disarmed(struct message *message, unsigned part, const char *word)
{
	if (!has_finding(message, FINDING_disarm, part, word))
		message_find_part(message, FINDING_disarm, (int)part, STAGE, NULL, NULL, word);
}

char *
check_html_words(const struct message *message)
{
	GString *words = g_string_new(NULL);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (finding->kind == FINDING_disarm && g_hash_table_add(seen, finding->text))
			g_string_append_printf(
			    words, "%s%s", words->len > 0 ? ", " : "", finding->text);
	}
	return g_string_free(words, FALSE);
}

static enum treatment
treatment_of(const struct plan *plan, enum html_kind kind)
{
	enum word allowed = plan->allowed[policy[kind].family];

	if (allowed == WORD_yes)
		return LEAVE;
	return allowed == WORD_no ? policy[kind].on_no : policy[kind].on_disarm;
}

/*
 * Of another reading it is no silent finding: more than such a tag is odd about the message, and it may be a mistake. Nor is it where a
 * site asked for less.
 */
static void
block(struct plan *plan, unsigned n, enum family family)
{
	const char *key = families[family].key;
	bool usual =
	    facts_part(plan->message->facts, n)->reading == 0 && plan->allowed[family] == WORD_no;

	message_find_part(plan->message, FINDING_content, (int)n, STAGE, usual ? key : NULL,
	    directive_info(families[family].allow)->name,
	    language_text(plan->message->subject, key));
	plan->blocked = true;
}

/* Something that would be disarmed, where nothing is. */
static void
leave(struct plan *plan, unsigned n, const char *key, const char *word)
{
	g_autofree char *text =
	    g_strdup_printf("%s: left as it is, it can't be disarmed where it is", word);

	if (!has_finding(plan->message, FINDING_note, n, text))
		message_find_part(plan->message, FINDING_note, (int)n, STAGE, key, NULL, text);
}

/* Which kinds stand in the part. */
static void
count_kinds(const struct html_facts *html, bool seen[static HTML_KIND_COUNT])
{
	for (unsigned i = 0; i < html->tags->len; i++) {
		const struct html_tag *tag = g_ptr_array_index(html->tags, i);

		seen[tag->kind] = true;
	}
}

/* Is there a tag for which the directive was made? */
static bool
has_family(const bool seen[static HTML_KIND_COUNT], enum family family)
{
	for (unsigned kind = 0; kind < HTML_KIND_COUNT; kind++) {
		if (seen[kind] && policy[kind].family == family && policy[kind].on_no == BLOCK)
			return true;
	}
	return false;
}

static void
log_tags(
    const struct plan *plan, const struct html_facts *html, const bool seen[static HTML_KIND_COUNT])
{
	const char *id = message_id(plan->message), *sender = message_sender(plan->message);

	if (!plan->log)
		return;
	for (unsigned family = 0; family < WEB_BUG; family++) {
		if (has_family(seen, family))
			lines_html_tag(families[family].logged, id, sender);
	}
	if (html->images->len > 0)
		lines_html_tag(families[WEB_BUG].logged, id, sender);
	if (html->links->len > 0)
		lines_html_link(id, sender);
}

static bool
is_edited(const struct plan *plan, const struct part *part)
{
	return htmlplace_is_file(part) ? plan->attachments
				       : htmlplace_is_shown(part) && !plan->convert;
}

/* Nothing is done about what would be disarmed elsewhere. */
static bool
is_left(const struct plan *plan, const struct part *part)
{
	return !is_edited(plan, part) && !htmlplace_is_shown(part);
}

/* The reader's proposals of the kinds that are disarmed. */
static void
take_edits(struct plan *plan, unsigned n, const struct html_facts *html,
    const bool disarmed[static HTML_KIND_COUNT], GArray *splices)
{
	for (unsigned i = 0; i < html->edits->len; i++) {
		const struct html_edit *edit = g_ptr_array_index(html->edits, i);

		if (!disarmed[edit->kind])
			continue;
		splices_add(splices, edit->start, edit->end, edit->text);
		check_html_disarmed(plan->message, n, html_kind_word(edit->kind));
	}
}

static void
judge_tags(struct plan *plan, unsigned n, const struct part *part, GArray *splices)
{
	bool seen[HTML_KIND_COUNT] = { false }, disarmed[HTML_KIND_COUNT] = { false };
	bool blocked[FAMILY_COUNT] = { false };
	bool beyond = htmlplace_is_beyond(plan->message->facts, part, plan->attachments);

	count_kinds(part->html, seen);
	log_tags(plan, part->html, seen);
	for (unsigned kind = 0; kind < HTML_KIND_COUNT; kind++) {
		enum treatment treatment = treatment_of(plan, kind);

		if (treatment == DISARM && beyond)
			treatment = BLOCK;
		/* An end tag alone has an edit, and no tag. */
		disarmed[kind] = treatment == DISARM;
		blocked[policy[kind].family] |= seen[kind] && treatment == BLOCK;
		if (seen[kind] && treatment == DISARM && is_left(plan, part))
			leave(plan, n, families[policy[kind].family].key, html_kind_word(kind));
	}
	for (unsigned family = 0; family < FAMILY_COUNT; family++) {
		if (blocked[family])
			block(plan, n, family);
	}
	if (is_edited(plan, part))
		take_edits(plan, n, part->html, disarmed, splices);
}

static void
replace_bug(struct plan *plan, unsigned n, const struct html_image *image, GArray *splices)
{
	g_autofree char *tag = webbug_replacement(&plan->bugs, image);

	splices_add(splices, image->start, image->end, tag);
	check_html_disarmed(plan->message, n, WEB_BUG_WORD);
}

static void
judge_images(struct plan *plan, unsigned n, const struct part *part, GArray *splices)
{
	enum word allowed = plan->allowed[WEB_BUG];

	if (allowed == WORD_yes)
		return;
	for (unsigned i = 0; i < part->html->images->len; i++) {
		const struct html_image *image = g_ptr_array_index(part->html->images, i);

		if (!webbug_is(&plan->bugs, image))
			continue;
		if (allowed == WORD_no) {
			block(plan, n, WEB_BUG);
			return;
		}
		if (is_edited(plan, part))
			replace_bug(plan, n, image, splices);
		else if (is_left(plan, part))
			leave(plan, n, families[WEB_BUG].key, WEB_BUG_WORD);
	}
}

/* What lies behind the limit of the reader's lists is unknown. */
static void
judge_rest(struct plan *plan, unsigned n)
{
	struct subject *subject = plan->message->subject;
	bool wanted = false;

	for (unsigned family = 0; family < FAMILY_COUNT; family++)
		wanted |= plan->allowed[family] != WORD_yes;
	if (!wanted)
		return;
	message_find_part(plan->message,
	    ignore_denial_of_service_for(subject) ? FINDING_note : FINDING_content, (int)n, STAGE,
	    "HTMLParserAttack", "Ignore Denial Of Service",
	    language_text(subject, "HTMLParserAttack"));
}

/* Does an Allow directive let something through that is to become text then? */
static bool
is_dangerous(const struct plan *plan, const struct part *part)
{
	bool seen[HTML_KIND_COUNT] = { false };

	count_kinds(part->html, seen);
	for (unsigned family = 0; family < FAMILY_COUNT; family++) {
		if (plan->allowed[family] == WORD_yes && has_family(seen, family))
			return true;
	}
	for (unsigned i = 0; plan->allowed[WEB_BUG] == WORD_yes && i < part->html->images->len;
	     i++) {
		if (webbug_is(&plan->bugs, g_ptr_array_index(part->html->images, i)))
			return true;
	}
	return false;
}

static void
decide_conversion(struct plan *plan)
{
	struct message *message = plan->message;
	bool all = convert_html_to_text_for(message->subject), dangerous = false, shown = false;

	for (unsigned n = 0; n < message->facts->parts->len; n++) {
		const struct part *part = facts_part(message->facts, n);

		shown |= htmlplace_is_shown(part);
		if (plan->convert_dangerous && part->html != NULL)
			dangerous |= is_dangerous(plan, part);
	}
	plan->convert = shown && (all || dangerous);
	if (plan->convert)
		message_find_part(message, FINDING_convert, FINDING_WHOLE, STAGE, NULL,
		    all ? "Convert HTML To Text" : "Convert Dangerous HTML To Text",
		    "HTML becomes plain text");
}

static void
plan_init(struct plan *plan, struct message *message)
{
	struct subject *subject = message->subject;

	*plan = (struct plan){
		.message = message,
		.attachments = disarm_html_attachments_for(subject),
		.convert_dangerous = convert_dangerous_html_to_text_for(subject),
		.log = log_dangerous_html_tags_for(subject),
	};
	for (unsigned family = 0; family < FAMILY_COUNT; family++)
		plan->allowed[family] = directive_word(families[family].allow, subject);
	webbug_rules_init(&plan->bugs, known_web_bug_servers_for(subject),
	    ignored_web_bug_filenames_for(subject), web_bug_replacement_for(subject),
	    language_text(subject, "WebBugRemoved"));
}

void
check_html(struct message *message)
{
	struct plan plan;

	if (!gate_dangerous(message))
		return;
	plan_init(&plan, message);
	decide_conversion(&plan);
	for (unsigned n = 0; n < message->facts->parts->len; n++) {
		const struct part *part = facts_part(message->facts, n);
		g_autoptr(GArray) splices = splices_new();

		if (part->html == NULL)
			continue;
		judge_tags(&plan, n, part, splices);
		judge_images(&plan, n, part, splices);
		if (part->html->truncated)
			judge_rest(&plan, n);
		splices_plan(message, n, splices, STAGE);
	}
	if (plan.blocked)
		lines_html_exploits(message_id(message));
	webbug_rules_clear(&plan.bugs);
}
