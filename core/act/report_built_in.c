/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The texts are files, for people to read and to translate; the assembler puts them into the program, so that it has something
 * to say where nothing is installed.
 */
#include <string.h>

#include "core/act/report.h"

#define TEXT(language, id, file)                                        \
	__asm__(".section .rodata\n"                                    \
		"report_" #language "_" #id ":\n"                       \
		".incbin \"core/act/reports/" #language "/" file "\"\n" \
		"report_" #language "_" #id "_end:\n"                   \
		".byte 0\n"                                             \
		".previous\n");                                         \
	extern const char report_##language##_##id[], report_##language##_##id##_end[];

#define REPORT(id, accessor, file, whole) \
	TEXT(en, id, file)                \
	TEXT(de, id, file)                \
	TEXT(fr, id, file)                \
	TEXT(es, id, file)                \
	TEXT(nl, id, file)                \
	TEXT(it, id, file)                \
	TEXT(pt, id, file)
REPORTS(REPORT)
#undef REPORT

struct text {
	const char *start, *end;
};

#define ROW(language, id) { report_##language##_##id, report_##language##_##id##_end },
#define LANGUAGE(language) static const struct text texts_##language[] = { REPORTS(REPORT) };
#define REPORT(id, accessor, file, whole) ROW(en, id)
LANGUAGE(en)
#undef REPORT
#define REPORT(id, accessor, file, whole) ROW(de, id)
LANGUAGE(de)
#undef REPORT
#define REPORT(id, accessor, file, whole) ROW(fr, id)
LANGUAGE(fr)
#undef REPORT
#define REPORT(id, accessor, file, whole) ROW(es, id)
LANGUAGE(es)
#undef REPORT
#define REPORT(id, accessor, file, whole) ROW(nl, id)
LANGUAGE(nl)
#undef REPORT
#define REPORT(id, accessor, file, whole) ROW(it, id)
LANGUAGE(it)
#undef REPORT
#define REPORT(id, accessor, file, whole) ROW(pt, id)
LANGUAGE(pt)
#undef REPORT

static const struct {
	const char *name;
	const struct text *texts;
} languages[] = {
	{ "en", texts_en }, /* the one to fall back to comes first */
	{ "de", texts_de },
	{ "fr", texts_fr },
	{ "es", texts_es },
	{ "nl", texts_nl },
	{ "it", texts_it },
	{ "pt", texts_pt },
};

const char *
report_built_in(enum report_text which, const char *language, size_t *length)
{
	const struct text *texts = languages[0].texts;

	for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
		if (strcmp(languages[i].name, language) == 0)
			texts = languages[i].texts;
	}
	*length = (size_t)(texts[which].end - texts[which].start);
	return texts[which].start;
}
