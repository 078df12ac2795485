/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files are for people to read and to translate, and lie beside the reports of the same languages; the assembler puts them
 * into the program, so that it has words where nothing is installed.
 */
#include <string.h>

#include "rules/language.h"

#define LANGUAGES(LANGUAGE) \
	LANGUAGE(en)        \
	LANGUAGE(de)        \
	LANGUAGE(fr)        \
	LANGUAGE(es)        \
	LANGUAGE(nl)        \
	LANGUAGE(it)        \
	LANGUAGE(pt)

#define LANGUAGE(name)                                                    \
	__asm__(".section .rodata\n"                                      \
		"language_" #name ":\n"                                   \
		".incbin \"core/act/reports/" #name "/languages.conf\"\n" \
		"language_" #name "_end:\n"                               \
		".byte 0\n"                                               \
		".previous\n");                                           \
	extern const char language_##name[], language_##name##_end[];
LANGUAGES(LANGUAGE)
#undef LANGUAGE

static const struct {
	const char *name, *start, *end;
} languages[] = {
#define LANGUAGE(name) { #name, language_##name, language_##name##_end },
	LANGUAGES(LANGUAGE)
#undef LANGUAGE
};

const char *
language_built_in(const char *language, size_t *length)
{
	size_t found = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
		if (strcmp(languages[i].name, language) == 0)
			found = i;
	}
	*length = (size_t)(languages[found].end - languages[found].start);
	return languages[found].start;
}
