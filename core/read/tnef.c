/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A walker over attributes and properties, which is all that taking out files needs. libytnef was looked at: it copies every
 * property of a message into tables of its own, prints while it reads, and has had its share of reads past the end.
 */
#include "core/read/tnef.h"

#include <string.h>
#include "core/read/mapi.h"
#include "core/read/member.h"
#include "core/read/rtf.h"

#define SIGNATURE 0x223e9f78u
#define LEVEL_ATTACHMENT 2
#define ATTRIBUTE_HEADER 9 /* level, id, length */
#define CHECKSUM 2
/* A message in a message in a message. */
#define NESTED_MAX 16

enum attribute {
	ATTACH_TITLE = 0x00018010,
	ATTACH_DATA = 0x0006800f,
	ATTACH_RENDER = 0x00069002,
	ATTACH_PROPERTIES = 0x00069005,
	MESSAGE_BODY = 0x0002800c,
	MESSAGE_PROPERTIES = 0x00069003,
};

/* What is known of the attachment at hand. */
struct attachment {
	bool begun;
	GString *title, *short_name, *long_name, *display_name;
	struct span data, object; /* borrowed from the bytes */
};

struct walk {
	struct container *container;
	struct attachment attachment;
	bool bad;
	unsigned nested;
};

static void walk_stream(struct walk *walk, struct span stream);

bool
tnef_is(const char *bytes, size_t size)
{
	struct span span = { .at = (const uint8_t *)bytes, .left = size };
	bool bad = false;

	return span_take(&span, 4, &bad) == SIGNATURE && !bad;
}

/* Text up to its NUL, as UTF-8 where it is UTF-16. */
static void
keep_text(GString **text, struct span value, bool unicode)
{
	if (*text != NULL)
		g_string_free(*text, TRUE);
	*text = g_string_new("");
	if (!unicode) {
		g_string_append_len(*text, (const char *)value.at,
		    (gssize)strnlen((const char *)value.at, value.left));
		return;
	}
	for (size_t i = 0; i + 1 < value.left; i += 2) {
		gunichar c = value.at[i] | (gunichar)value.at[i + 1] << 8;

		if (c == 0)
			break;
		if ((c & 0xfc00) == 0xd800 && i + 3 < value.left) {
			c = 0x10000 + ((c & 0x3ff) << 10) +
			    ((value.at[i + 2] | (gunichar)value.at[i + 3] << 8) & 0x3ff);
			i += 2;
		}
		g_string_append_unichar(*text, g_unichar_validate(c) ? c : 0xfffd);
	}
}

static void
attachment_clear(struct attachment *attachment)
{
	GString **texts[] = { &attachment->title, &attachment->short_name, &attachment->long_name,
		&attachment->display_name };

	for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (*texts[i] != NULL)
			g_string_free(*texts[i], TRUE);
	}
	*attachment = (struct attachment){ 0 };
}

/* An object is a GUID and a TNEF stream, or any other storage. */
static bool
walk_object(struct walk *walk)
{
	struct span inner = walk->attachment.object;
	bool bad = false;

	span_cut(&inner, 16, &bad);
	if (bad || !tnef_is((const char *)inner.at, inner.left) || walk->nested >= NESTED_MAX)
		return false;
	attachment_clear(&walk->attachment);
	walk->nested++;
	walk_stream(walk, inner);
	walk->nested--;
	return true;
}

/* The attachment at hand is complete. */
static void
end_attachment(struct walk *walk)
{
	struct attachment *attachment = &walk->attachment;
	const GString *names[] = { attachment->long_name, attachment->title, attachment->short_name,
		attachment->display_name };
	struct span data = attachment->data.at != NULL ? attachment->data : attachment->object;
	struct member member;
	bool named = false;

	if (!attachment->begun || walk->container->stopped)
		return attachment_clear(attachment);
	if (attachment->data.left == 0 && attachment->object.at != NULL && walk_object(walk))
		return;
	if (!member_begin(&member, walk->container, NULL, 0))
		return attachment_clear(attachment);
	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
		if (names[i] != NULL && names[i]->len > 0) {
			member_path(&member, names[i]->str, names[i]->len, !named);
			named = true;
		}
	}
	if (data.at != NULL)
		member_write(&member, data.at, data.left);
	member_end(&member);
	attachment_clear(attachment);
}

static void
add_body(struct walk *walk, const char *name, const void *bytes, size_t size)
{
	struct facts *facts = walk->container->task->facts;
	unsigned n = facts->parts->len;

	/* Its name is ours. */
	if (size > 0 && member_whole(walk->container, name, strlen(name), bytes, size))
		part_set(facts_part(facts, n), PART_FACT_generated);
}

static void
add_rtf(struct walk *walk, struct span value)
{
	g_autoptr(GByteArray) rtf = rtf_decompress(value.at, value.left);

	if (rtf == NULL)
		walk->bad = true;
	else
		add_body(walk, "message.rtf", rtf->data, rtf->len);
}

static void
add_text(struct walk *walk, struct span value, bool unicode)
{
	GString *text = NULL;

	keep_text(&text, value, unicode);
	add_body(walk, "message.txt", text->str, text->len);
	g_string_free(text, TRUE);
}

/* One value of a property that may mean something. */
static bool
take_value(unsigned id, unsigned type, struct span value, void *data)
{
	struct walk *walk = data;
	struct attachment *attachment = &walk->attachment;
	bool unicode = type == MAPI_TYPE_UNICODE;

	switch (id) {
	case MAPI_LONG_NAME:
		keep_text(&attachment->long_name, value, unicode);
		break;
	case MAPI_SHORT_NAME:
		keep_text(&attachment->short_name, value, unicode);
		break;
	case MAPI_DISPLAY_NAME:
		keep_text(&attachment->display_name, value, unicode);
		break;
	case MAPI_DATA:
		if (type == MAPI_TYPE_OBJECT || type == MAPI_TYPE_BINARY)
			attachment->object = value;
		break;
	case MAPI_RTF:
		add_rtf(walk, value);
		break;
	case MAPI_HTML:
		add_body(walk, "message.html", value.at, value.left);
		break;
	case MAPI_BODY:
		add_text(walk, value, unicode);
		break;
	}
	return !walk->container->stopped;
}

static void
take_attribute(struct walk *walk, unsigned level, uint32_t id, struct span value)
{
	struct attachment *attachment = &walk->attachment;

	if (id == ATTACH_RENDER) {
		end_attachment(walk);
		attachment->begun = true;
	}
	attachment->begun |= level == LEVEL_ATTACHMENT;
	if (id == ATTACH_TITLE)
		keep_text(&attachment->title, value, false);
	else if (id == ATTACH_DATA)
		attachment->data = value;
	else if (id == ATTACH_PROPERTIES || id == MESSAGE_PROPERTIES)
		walk->bad |= !mapi_walk(value, take_value, walk);
	else if (id == MESSAGE_BODY)
		add_text(walk, value, false);
}

static void
walk_stream(struct walk *walk, struct span stream)
{
	bool bad = false, any = false;

	span_cut(&stream, 6, &bad); /* signature, key */
	while (stream.left >= ATTRIBUTE_HEADER && !bad && !walk->container->stopped) {
		unsigned level = span_take(&stream, 1, &bad);
		uint32_t id, length;
		struct span value;

		id = span_take(&stream, 4, &bad);
		length = span_take(&stream, 4, &bad);
		/* Behind the last attribute, some programs leave rubbish; others read on whatever the level is. */
		if (level != 1 && level != LEVEL_ATTACHMENT && length > stream.left) {
			bad = !any;
			break;
		}
		any |= level == 1 || level == LEVEL_ATTACHMENT;
		value = span_cut(&stream, length, &bad);
		take_attribute(walk, level, id, value);
		span_cut(&stream, MIN(stream.left, CHECKSUM), &bad);
	}
	end_attachment(walk);
	walk->bad |= bad || (!any && !walk->container->stopped);
}

void
tnef_open(struct task *task, unsigned n, const char *bytes, size_t size)
{
	struct part *part = facts_part(task->facts, n);
	struct container container;
	struct walk walk = { .container = &container };
	struct span stream = { .at = (const uint8_t *)bytes, .left = size };

	part_set(part, PART_FACT_tnef);
	if (!tnef_is(bytes, size)) {
		part_set(part, PART_FACT_bad_tnef);
		return;
	}
	container_enter(&container, task, n, size, 't');
	walk_stream(&walk, stream);
	container_leave(&container);
	if (walk.bad)
		part_set(part, PART_FACT_bad_tnef);
}

bool
tnef_is_name(const char *name)
{
	const char *p = name;

	while ((p = strchr(p, 'w')) != NULL) {
		const char *q = p++;

		if (!g_str_has_prefix(q, "winmail"))
			continue;
		q += strspn(q + 7, "0123456789") + 7;
		if (g_str_has_prefix(q, ".dat") && q[4 + strspn(q + 4, "0123456789")] == '\0')
			return true;
	}
	return false;
}
