/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_NEWPART_H
#define CORE_ACT_NEWPART_H
/*
 * Parts of our own as MIME.
 */
#include "core/act/mimefield.h"
#include "core/act/transfer.h"
#include "core/message/message.h"

/* What says `content` shortest and gets through unharmed: 7bit, else quoted-printable for text, base64 for the rest. */
enum transfer newpart_transfer(const char *type, const char *bytes, size_t size);

/* Content-* fields for it; others that are there stay. */
void newpart_fields(struct mimefields *fields, const struct new_part *content);
/* Its bytes, encoded as the fields say. */
void newpart_body(GString *out, const struct new_part *content, const char *line_end);
/* Fields, empty line and body. */
void newpart_write(GString *out, const struct new_part *content, const char *line_end);

/* `text` encoded for a body, lines ended by `line_end`. */
void newpart_encode(GString *out, enum transfer transfer, bool text, const char *bytes, size_t size,
    const char *line_end);

#endif
