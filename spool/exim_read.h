/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_EXIM_READ_H
#define SPOOL_EXIM_READ_H
/*
 * Exim's -H file: envelope, options, who has got the message already, who is still to get it, and
 * the header. It is read strictly and kept as it is: what is noted here are places in its text.
 *
 *	<id>-H                                  the file's own name
 *	<login> <uid> <gid>
 *	<<sender>>
 *	<received> <warnings sent>
 *	-name value                             options; --name: value from outside; --(type)name:
 *	-aclm name LENGTH                       quoted for a look-up; ACL variables by length
 *	XX                                      or the tree of non-recipients
 *	COUNT                                   and that many recipients, a line each
 *	                                        an empty line
 *	LENGTHf text                            a header field: three digits or more, a letter
 */
#include <glib.h>
#include <stdbool.h>
#include "spool/envelope.h"
#include "spool/exim_recipient.h"
#include "spool/exim_tree.h"
#include "spool/header.h"

/* More recipients than this Exim takes for a damaged file. */
#define EXIM_RECIPIENTS_MAX 16384

/* Options that a new body makes wrong. */
enum exim_option {
	EXIM_OPTION_OTHER,
	EXIM_BODY_LINECOUNT,
	EXIM_BODY_ZEROCOUNT,
	EXIM_LINE_LENGTH,
	EXIM_WIREFORMAT,
};

/* An option about the body, with its newline. */
struct exim_body_option {
	enum exim_option option;
	size_t start, end;
	guint64 value; /* of EXIM_LINE_LENGTH */
};

struct exim_control {
	char *text;
	size_t length;
	size_t first_line; /* length of the first line, newline included */
	size_t tree_start; /* the options end here */
	size_t count_start;
	size_t recipients_start;
	size_t header_start;  /* behind the empty line */
	GArray *body_options; /* of struct exim_body_option, in order */
	struct exim_tree *tree;
	GArray *recipients; /* of struct exim_recipient, all of them, in order */
	bool wireformat;    /* the body's lines end in CRLF */
	bool no_delivery;   /* -N */
};

/*
 * Reads a -H file's text into a new control, a new envelope (with the recipients that aren't done)
 * and a new header list. The control owns the text (g_free); the header list's fields point into
 * it. `journal` is the text of a -J file, to be merged into the tree, or NULL. SPOOL_ERROR_CORRUPT
 * names `file` (or `journal->file`) and the line; then nothing is returned.
 */
struct exim_control *exim_control_read(const char *file, const char *id, char *text, size_t length,
    struct exim_text *journal, struct envelope **envelope, struct header_list **headers,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exim_control_free(struct exim_control *control);

#endif
