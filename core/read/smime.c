/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mail programs show the content of signed data as they show any part, whether the signature is good or not: so it is looked
 * at as any part is. GMime would need GPGME, and that another program, to say what stands here in plain bytes.
 */
#include "core/read/smime.h"

#include <string.h>

#include "core/read/der.h"
#include "core/read/fields.h"
#include "core/read/inflated.h"
#include "core/read/member.h"
#include "core/read/mime.h"

#define HEADER_MAX 65536
/* Bytes that compressed data may become, whatever the limits say. */
#define INNER_MAX (UINT32_MAX / 2)
/* How far into S/MIME data that is no CMS its kind may be named. */
#define HEAD 64

/* 1.2.840.113549.1.7 and what stands behind it, RFC 5652 and RFC 5083, RFC 3274. */
static const struct kind {
	const char *oid;
	unsigned length;
	enum part_fact fact; /* of one that is not opened */
	enum wrapping { WRAPS_NOTHING, WRAPS_CONTENT, WRAPS_COMPRESSED } wraps;
} kinds[] = {
	{ "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 9, PART_FACT_mime_signed, WRAPS_CONTENT },
	{ "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", 9, PART_FACT_mime_encrypted, WRAPS_NOTHING },
	{ "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06", 9, PART_FACT_mime_encrypted, WRAPS_NOTHING },
	{ "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17", 11, PART_FACT_mime_encrypted,
	    WRAPS_NOTHING },
	{ "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09", 11, PART_FACT_unreadable,
	    WRAPS_COMPRESSED },
};

static const struct kind *
kind_of(struct der oid)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (oid.left == kinds[i].length &&
		    memcmp(oid.at, kinds[i].oid, kinds[i].length) == 0)
			return &kinds[i];
	}
	return NULL;
}

/* ContentInfo, RFC 5652 section 3: afterwards `der` is what its content is. */
static const struct kind *
read_info(struct der *der, bool *cut)
{
	struct der_element oid;
	const struct kind *kind;

	if (!der_enter(der, DER_SEQUENCE, cut) || !der_next(der, &oid) || oid.tag != DER_OID)
		return NULL;
	kind = kind_of(oid.content);
	return kind != NULL && der_enter(der, DER_CONTEXT_0, cut) ? kind : NULL;
}

/*
 * SignedData, section 5.1, or CompressedData, RFC 3274 section 1.1: the content in it. NULL: it has none, as where the signature
 * stands beside it.
 */
static GByteArray *
read_content(struct der der, bool *cut)
{
	struct der_element oid;
	g_autoptr(GByteArray) content = g_byte_array_new();

	if (!der_enter(&der, DER_SEQUENCE, cut) || !der_skip(&der) || !der_skip(&der) ||
	    !der_enter(&der, DER_SEQUENCE, cut) || !der_next(&der, &oid) || oid.tag != DER_OID ||
	    !der_enter(&der, DER_CONTEXT_0, cut))
		return NULL;
	*cut |= !der_octets(&der, content, cut);
	return g_steal_pointer(&content);
}

static bool
is_called_smime(const struct part *part)
{
	return g_str_has_suffix(part->type, "pkcs7-mime");
}

/* The name without .p7m, where another ending is left: "document.pdf.p7m". The caller's; NULL for none. */
static char *
inner_name(const struct part *part)
{
	size_t length = strlen(part->name);
	g_autofree char *name = NULL;

	if (length < 5 || g_ascii_strcasecmp(part->name + length - 4, ".p7m") != 0)
		return NULL;
	name = g_strndup(part->name, length - 4);
	return strchr(name, '.') != NULL ? g_steal_pointer(&name) : NULL;
}

/* Has it a header that says what it is? */
static bool
has_header(const GByteArray *content)
{
	struct fields fields;
	bool found;

	fields_read(&fields, (const char *)content->data, content->len, HEADER_MAX);
	found = fields.list->len > 0;
	fields_clear(&fields);
	return found;
}

/* What is in part n, which is open as this container. */
static void
read_inner(struct container *container, const GByteArray *content)
{
	const struct part *part = facts_part(container->task->facts, container->part);
	g_autofree char *name = inner_name(part);
	const char *shown = name != NULL ? name : "", *bytes = (const char *)content->data;

	if (content->len == 0)
		return;
	if (has_header(content) || (is_called_smime(part) && name == NULL))
		mime_read_content(container->task, container->part, bytes, content->len);
	else
		member_whole(container, shown, strlen(shown), bytes, content->len);
}

/* Where the content of compressed data goes. */
struct inner {
	struct container *container;
	GByteArray *bytes;
};

static bool
take(const void *bytes, size_t length, void *data)
{
	struct inner *inner = data;

	if (!container_count(inner->container, length))
		return false;
	if (length > INNER_MAX - inner->bytes->len) {
		task_reached(inner->container->task, READ_LIMIT_bytes);
		container_stop(inner->container);
		return false;
	}
	g_byte_array_append(inner->bytes, bytes, (guint)length);
	return true;
}

static void
read_compressed(struct container *container, const GByteArray *content)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct inner inner = { container, bytes };
	enum inflated end = inflated_read((const char *)content->data, content->len, take, &inner);

	if (end == INFLATED_CUT || end == INFLATED_BROKEN)
		part_set(facts_part(container->task->facts, container->part), PART_FACT_unreadable);
	if (end != INFLATED_STOPPED)
		read_inner(container, bytes);
}

static void
open_content(struct task *task, unsigned n, const struct kind *kind, struct der der, size_t size)
{
	struct part *part = facts_part(task->facts, n);
	g_autoptr(GByteArray) content = NULL;
	struct container container;
	bool cut = false;

	if (!container_has_room(task) || !task_count_bytes(task, size)) {
		part_set(part, PART_FACT_not_unpacked);
		return;
	}
	content = read_content(der, &cut);
	if (cut)
		part_set(part, PART_FACT_truncated);
	container_enter(&container, task, n, size, 'r');
	if (kind->wraps == WRAPS_CONTENT && content != NULL)
		read_inner(&container, content);
	else if (kind->wraps == WRAPS_COMPRESSED && content != NULL)
		read_compressed(&container, content);
	else if (kind->wraps == WRAPS_COMPRESSED)
		part_set(part, PART_FACT_unreadable);
	container_leave(&container);
}

/* What calls itself S/MIME and can't be read may still say what it is. */
static void
look_at_head(struct part *part, const char *bytes, size_t size)
{
	part_set(part, PART_FACT_unreadable);
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (memmem(bytes, MIN(size, HEAD), kinds[i].oid, kinds[i].length) != NULL)
			part_set(part, kinds[i].fact);
	}
}

bool
smime_open(struct task *task, unsigned n, const char *bytes, size_t size)
{
	struct part *part = facts_part(task->facts, n);
	struct der der = { .at = (const uint8_t *)bytes, .left = size };
	bool cut = false;
	const struct kind *kind = read_info(&der, &cut);

	if (kind == NULL) {
		if (is_called_smime(part) && size > 0)
			look_at_head(part, bytes, size);
		return is_called_smime(part);
	}
	if (kind->wraps != WRAPS_COMPRESSED)
		part_set(part, kind->fact);
	if (cut)
		part_set(part, PART_FACT_truncated);
	if (kind->wraps != WRAPS_NOTHING)
		open_content(task, n, kind, der, size);
	return true;
}
