/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table serves the writer and the reader of JSON, so a member that is added to a struct is one row here.
 */
#include "core/read/facts_members.h"

#include <stdint.h>

#include "core/message/part.h"

G_STATIC_ASSERT(sizeof(size_t) == sizeof(uint64_t));

#define MEMBER(type, id, member_kind, text)                                                     \
	{                                                                                       \
		.name = #id, .kind = MEMBER_##member_kind, .offset = offsetof(struct type, id), \
		.initial = text                                                                 \
	}
#define MEMBERS(id, ...)                                          \
	static const struct member id##_list[] = { __VA_ARGS__ }; \
	const struct members id##_members = { id##_list, G_N_ELEMENTS(id##_list) }

#define FACTS(id, kind) MEMBER(facts, id, kind, NULL)
MEMBERS(facts, FACTS(body_start, LARGE), FACTS(counted, NUMBER), FACTS(unparsable, YES),
    FACTS(longest_boundary, NUMBER), FACTS(readings, NUMBER));

/* What most parts have comes first, since a row ends with the last that is not as it is at first. */
#define PART(id, kind) MEMBER(part, id, kind, "")
MEMBERS(part, MEMBER(part, type, TEXT, "text/plain"), PART(size, LARGE), PART(name, TEXT),
    PART(description, OPTIONAL), PART(mime, OPTIONAL), PART(archive_depth, NUMBER),
    PART(declared_type, OPTIONAL), PART(header_start, LARGE), PART(header_end, LARGE),
    PART(body_start, LARGE), PART(body_end, LARGE), PART(charset, TEXT), PART(encoding, TEXT),
    PART(disposition, TEXT), PART(name_header, TEXT), PART(boundary, OPTIONAL),
    PART(content_id, OPTIONAL), PART(reading, NUMBER), PART(digest, OPTIONAL),
    PART(blank_line, LARGE), PART(signature_mark, PLACE));

#define HTML(id, kind) MEMBER(html_facts, id, kind, "")
MEMBERS(html, HTML(base, OPTIONAL), HTML(transcoded, OPTIONAL), HTML(length, LARGE),
    HTML(html_open, PLACE), HTML(body_open, PLACE), HTML(body_close, PLACE),
    HTML(html_close, PLACE), HTML(truncated, YES));

#define TAG(id, kind) MEMBER(html_tag, id, kind, "")
MEMBERS(html_tag, TAG(start, LARGE), TAG(end, LARGE), TAG(detail, TEXT));

#define EDIT(id, kind) MEMBER(html_edit, id, kind, "")
MEMBERS(html_edit, EDIT(start, LARGE), EDIT(end, LARGE), EDIT(text, TEXT));

#define LINK(id, kind) MEMBER(html_link, id, kind, "")
MEMBERS(html_link, LINK(start, LARGE), LINK(end, LARGE), LINK(text_start, LARGE),
    LINK(text_end, LARGE), LINK(href, OPTIONAL), LINK(text, OPTIONAL), LINK(area, OPTIONAL),
    LINK(hidden, YES));

#define IMAGE(id, kind) MEMBER(html_image, id, kind, "")
MEMBERS(html_image, IMAGE(start, LARGE), IMAGE(end, LARGE), IMAGE(src, OPTIONAL),
    IMAGE(width, OPTIONAL), IMAGE(height, OPTIONAL), IMAGE(alt, OPTIONAL));
