/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_DOCTYPE_H
#define CORE_READ_HTML_DOCTYPE_H
/* What a doctype says (WHATWG, HTML Living Standard sections 13.2.5.53 to 13.2.5.68). */
#include "core/read/html_tokenizer.h"

struct html_doctype {
	GString *name, *public_id, *system_id; /* NULL: absent */
	bool quirks;
};

/* Of a HTML_TOKEN_DOCTYPE. */
void html_doctype_init(
    struct html_doctype *doctype, const char *bytes, const struct html_token *token);
void html_doctype_clear(struct html_doctype *doctype);

#endif
