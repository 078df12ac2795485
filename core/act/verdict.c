/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MailScanner keeps a counter for each kind of infection and flags for all that follows; here the findings are the only state,
 * and this says what they amount to.
 */
#include "core/act/verdict.h"

#include <string.h>

#include "rules/directives.h"
#include "rules/language.h"

/* Language keys that have a word of their own in Silent Viruses and Non-Forging Viruses. */
static const struct {
	const char *key, *word;
	bool with_all; /* All-Viruses means it too */
	bool can_be_noisy;
} keywords[] = {
	{ "FoundIFrame", "HTML-IFrame", false, false },
	{ "FoundForm", "HTML-Form", false, false },
	{ "FoundScript", "HTML-Script", false, false },
	{ "FoundObject", "HTML-Codebase", false, false },
	{ "FoundWebBug", "HTML-WebBug", false, false },
	{ "PasswordedArchive", "Zip-Password", true, true },
	{ "NonPasswordedArchive", "Zip-NonPassword", true, true },
};

bool
verdict_counts(const struct finding *finding)
{
	return finding_letter(finding->kind) != ' ';
}

bool
verdict_is_hushed(const struct verdict *verdict)
{
	return verdict->silent && !verdict->noisy;
}

static const char *
keyword_of(const struct finding *finding, bool *with_all, bool *can_be_noisy)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++) {
		if (g_ascii_strcasecmp(finding->key, keywords[i].key) != 0)
			continue;
		*with_all = keywords[i].with_all;
		*can_be_noisy = keywords[i].can_be_noisy;
		return keywords[i].word;
	}
	return NULL;
}

static bool
is_keyword(const char *word)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++) {
		if (g_ascii_strcasecmp(word, keywords[i].word) == 0)
			return true;
	}
	return g_ascii_strcasecmp(word, "All-Viruses") == 0;
}

static bool
list_has(char *const *words, const char *word)
{
	for (; *words != NULL; words++) {
		if (g_ascii_strcasecmp(*words, word) == 0)
			return true;
	}
	return false;
}

/* Any word that is no keyword and stands somewhere in the text, in any case. */
static bool
text_has_word(char *const *words, const char *text)
{
	g_autofree char *folded = g_utf8_casefold(text, -1);

	for (; *words != NULL; words++) {
		g_autofree char *word = g_utf8_casefold(*words, -1);

		if (*word != '\0' && !is_keyword(*words) && strstr(folded, word) != NULL)
			return true;
	}
	return false;
}

static void
hush(
    struct verdict *verdict, const struct finding *finding, char *const *silent, char *const *noisy)
{
	bool with_all = false, can_be_noisy = false;
	const char *keyword = keyword_of(finding, &with_all, &can_be_noisy);
	bool all = list_has(silent, "All-Viruses");

	if (keyword != NULL && (list_has(silent, keyword) || (with_all && all)))
		verdict->silent = true;
	if (keyword != NULL && can_be_noisy && list_has(noisy, keyword))
		verdict->noisy = true;
	if ((finding->kind == FINDING_virus && all) || text_has_word(silent, finding->text))
		verdict->silent = verdict->silent_virus = true;
	if (text_has_word(noisy, finding->text))
		verdict->noisy = true;
}

static void
count(struct verdict *verdict, const struct finding *finding)
{
	switch (finding_letter(finding->kind)) {
	case 'v':
		verdict->virus = true;
		break;
	case 'f':
		verdict->name = true;
		break;
	case 's':
		verdict->size = true;
		break;
	case 'e':
		verdict->error = verdict->other = true;
		break;
	case 'c':
	case 'd':
		verdict->other = true;
		break;
	}
	verdict->denial |= finding->kind == FINDING_denial || finding->kind == FINDING_crashes;
	verdict->password |= strcmp(finding->key, "PasswordedArchive") == 0;
	verdict->no_password |= strcmp(finding->key, "NonPasswordedArchive") == 0;
}

/* Will the part that this is about be replaced, so that nobody sees what was done to it? */
static bool
is_replaced(const struct message *message, const struct finding *about)
{
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (verdict_counts(finding) &&
		    (finding->part == FINDING_WHOLE || finding->part == 0 ||
			finding->part == about->part))
			return true;
	}
	return false;
}

void
verdict_of(const struct message *message, struct verdict *verdict)
{
	g_auto(GStrv) silent = NULL;
	g_auto(GStrv) noisy = NULL;

	*verdict = (struct verdict){ 0 };
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (finding->kind == FINDING_disarm || finding->kind == FINDING_phishing) {
			bool seen = !is_replaced(message, finding);

			verdict->disarmed |= seen && finding->kind == FINDING_disarm;
			verdict->phishing |= seen && finding->kind == FINDING_phishing;
		}
		if (!verdict_counts(finding))
			continue;
		if (silent == NULL) {
			silent = g_strsplit_set(silent_viruses_for(message->subject), " \t,", -1);
			noisy =
			    g_strsplit_set(non_forging_viruses_for(message->subject), " \t,", -1);
		}
		count(verdict, finding);
		hush(verdict, finding, silent, noisy);
	}
	verdict->infected = verdict->virus || verdict->name || verdict->size || verdict->other;
}

char *
verdict_report(const struct message *message, const struct finding *finding)
{
	const char *word = language_text(message->subject, "MailScanner");

	if (finding->kind == FINDING_virus || *word == '\0' ||
	    !include_scanner_name_in_reports_for(NULL))
		return g_strdup(finding->text);
	return g_strdup_printf("%s: %s", word, finding->text);
}

const char *
verdict_file_name(const struct message *message, const struct finding *finding)
{
	if (finding->part == FINDING_WHOLE || message->facts == NULL)
		return language_text(message->subject, "TheEntireMessage");
	const struct part *part = facts_part(message->facts, (unsigned)finding->part);

	return *part->name != '\0' ? part->name : language_text(message->subject, "NotNamed");
}
