/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mail programs show the content of signed data as they show any part, whether the signature is good or not: so it is looked
 * at as any part is. GMime would need GPGME, and that another program, to say what stands here in plain bytes.
 */
#include "core/read/smime.h"

#include <string.h>

#include "core/read/der.h"
#include "core/read/fields.h"
#include "core/read/member.h"
#include "core/read/mime.h"

#define HEADER_MAX 65536
/* How far into S/MIME data that is no CMS its kind may be named. */
#define HEAD 64

/* 1.2.840.113549.1.7 and what stands behind it, RFC 5652 and RFC 5083, RFC 3274. */
static const struct kind {
	const char *oid;
	unsigned length;
	enum part_fact fact;
	bool wraps; /* holds a content in the clear */
} kinds[] = {
	{ "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 9, PART_FACT_mime_signed, true },
	{ "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", 9, PART_FACT_mime_encrypted, false },
	{ "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06", 9, PART_FACT_mime_encrypted, false },
	{ "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17", 11, PART_FACT_mime_encrypted, false },
	{ "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09", 11, PART_FACT_unreadable, false },
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

/* SignedData, section 5.1: the content in it. NULL: it has none, as where the signature stands beside it. */
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

static void
read_file(struct task *task, unsigned n, const char *name, const GByteArray *content)
{
	struct container container;
	const char *shown = name != NULL ? name : "";

	container_enter(&container, task, n, content->len, 'r');
	member_whole(&container, shown, strlen(shown), (const char *)content->data, content->len);
	container_leave(&container);
}

static void
open_content(struct task *task, unsigned n, struct der der, size_t size)
{
	struct part *part = facts_part(task->facts, n);
	g_autoptr(GByteArray) content = NULL;
	g_autofree char *name = inner_name(part);
	bool cut = false;

	if (!task_count_bytes(task, size)) {
		part_set(part, PART_FACT_not_unpacked);
		return;
	}
	content = read_content(der, &cut);
	if (cut)
		part_set(part, PART_FACT_truncated);
	if (content == NULL || content->len == 0)
		return;
	if (has_header(content) || (is_called_smime(part) && name == NULL))
		mime_read_content(task, n, (const char *)content->data, content->len);
	else
		read_file(task, n, name, content);
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
	part_set(part, kind->fact);
	if (cut)
		part_set(part, PART_FACT_truncated);
	if (kind->wraps)
		open_content(task, n, der, size);
	return true;
}
