/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_DIRECTIVES_H
#define RULES_DIRECTIVES_H
/*
 * One accessor for each directive that something reads, made from rules/directives.def:
 *
 *   yesno                      bool         virus_scanning_for(subject)
 *   number                     gint64       max_children_for(subject)
 *   enum, loose                enum word    delivery_method_for(subject)
 *   file, dir, path, command,
 *   mode, string               const char * mail_header_for(subject)
 *
 * They answer from the configuration in use (config_use() in rules/config.h). `subject` is for whom
 * the value is asked; NULL asks for the value without a message: a ruleset then gives its default.
 * Where rules can't tell, the answer is the default, and subject_doubt() says why.
 *
 * Texts are never NULL, and borrowed: good as long as both the configuration and the subject live.
 * Lists stay as written, words separated by blanks. WORD_NONE is the answer of an enum that is
 * blank. A plain value costs no more than an array look-up.
 */
#include <glib.h>
#include <stdbool.h>

struct subject;

enum directive {
#define DIRECTIVE(id, ...) DIRECTIVE_##id,
#include "rules/directives.def"
	DIRECTIVE_COUNT
};

enum word {
	WORD_NONE,
#define WORD(id, text) WORD_##id,
#include "rules/directives.def"
	WORD_COUNT
};

/* What the accessors are made of; only for directives of the kind in question. */
bool directive_yesno(enum directive directive, struct subject *subject);
gint64 directive_number(enum directive directive, struct subject *subject);
enum word directive_word(enum directive directive, struct subject *subject);
const char *directive_text(enum directive directive, struct subject *subject);

#define ACCESSOR(type, id, kind)                                  \
	static inline type id##_for(struct subject *subject)      \
	{                                                         \
		return directive_##kind(DIRECTIVE_##id, subject); \
	}
#define ACCESSOR_yesno(id) ACCESSOR(bool, id, yesno)
#define ACCESSOR_number(id) ACCESSOR(gint64, id, number)
#define ACCESSOR_enum(id) ACCESSOR(enum word, id, word)
#define ACCESSOR_loose(id) ACCESSOR(enum word, id, word)
#define ACCESSOR_file(id) ACCESSOR(const char *, id, text)
#define ACCESSOR_dir(id) ACCESSOR(const char *, id, text)
#define ACCESSOR_path(id) ACCESSOR(const char *, id, text)
#define ACCESSOR_command(id) ACCESSOR(const char *, id, text)
#define ACCESSOR_mode(id) ACCESSOR(const char *, id, text)
#define ACCESSOR_string(id) ACCESSOR(const char *, id, text)
#define ACCESSORS_READ(kind, id) ACCESSOR_##kind(id)
#define ACCESSORS_OURS(kind, id) ACCESSOR_##kind(id)
#define ACCESSORS_IDLE(kind, id)
#define ACCESSORS_UNNEEDED(reason) ACCESSORS_IDLE
#define DIRECTIVE(id, name, alias, kind, match, combine, initial, compat, words, group, mark, ...) \
	ACCESSORS_##mark(kind, id)
#include "rules/directives.def"

#endif
