/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_FACTS_MEMBERS_H
#define CORE_READ_FACTS_MEMBERS_H
/*
 * The simple members of the structs that facts are made of, for whoever goes through them all: what they are called, of what
 * kind they are, and what they are at first. Lists, sets and kinds are not among them.
 */
#include <stddef.h>

enum member_kind {
	MEMBER_TEXT,	 /* char *, never NULL */
	MEMBER_OPTIONAL, /* char *, may be NULL */
	MEMBER_NUMBER,	 /* unsigned */
	MEMBER_LARGE,	 /* uint64_t or size_t */
	MEMBER_PLACE,	 /* size_t, HTML_NOWHERE at first */
	MEMBER_YES,	 /* bool */
};

struct member {
	const char *name;
	enum member_kind kind;
	size_t offset;
	const char *initial; /* of texts */
};

struct members {
	const struct member *list;
	size_t count;
};

extern const struct members facts_members, part_members, html_members;
extern const struct members html_tag_members, html_edit_members, html_link_members,
    html_image_members;

#endif
