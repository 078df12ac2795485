/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a signature is valid is not asked: that needs the network, and a signature that is broken already costs nothing but a
 * signature block that is not put below a message.
 */
#include "core/act/seal.h"

#include <string.h>

static const struct {
	const char *type, *why;
} sealed_types[] = {
	{ "multipart/signed", "it is signed" },
	{ "multipart/encrypted", "it is encrypted" },
	{ "application/pkcs7-mime", "it is signed or encrypted (S/MIME)" },
	{ "application/x-pkcs7-mime", "it is signed or encrypted (S/MIME)" },
	{ "application/pkcs7-signature", "it is a signature (S/MIME)" },
	{ "application/pgp-encrypted", "it is encrypted (OpenPGP)" },
	{ "application/pgp-signature", "it is a signature (OpenPGP)" },
	{ "text/calendar", "it is an invitation" },
};

static const char *
seal_of_type(const struct part *part)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sealed_types); i++) {
		if (strcmp(part->type, sealed_types[i].type) == 0)
			return sealed_types[i].why;
	}
	if (part_has(part, PART_FACT_mime_signed))
		return "it is signed";
	return part_has(part, PART_FACT_mime_encrypted) ? "it is encrypted" : NULL;
}

const char *
seal_of_part(const struct facts *facts, unsigned n)
{
	const char *why = NULL;
	int at = (int)n;

	/* A parent stands before its children, so this ends. */
	while (at >= 0 && why == NULL) {
		const struct part *part = facts_part(facts, (unsigned)at);

		why = seal_of_type(part);
		at = part->parent < at ? part->parent : -1;
	}
	return why;
}

bool
seal_in_text(const char *text, size_t size)
{
	static const char *const marks[] = { "-----BEGIN PGP SIGNED MESSAGE-----",
		"-----BEGIN PGP MESSAGE-----" };

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		if (memmem(text, size, marks[i], strlen(marks[i])) != NULL)
			return true;
	}
	return false;
}

/* The value of a tag in "a=1; b=2", or NULL. The caller's. */
static char *
tag_value(const char *list, const char *tag)
{
	g_auto(GStrv) items = g_strsplit(list, ";", -1);

	for (char **item = items; *item != NULL; item++) {
		char *equals = strchr(*item, '=');

		if (equals == NULL)
			continue;
		*equals = '\0';
		if (strcmp(g_strstrip(*item), tag) == 0)
			return g_strdup(g_strstrip(equals + 1));
	}
	return NULL;
}

/* Values of the DKIM-Signature fields. */
static GPtrArray *
signatures(const struct header_list *headers)
{
	GPtrArray *values = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < header_list_count(headers); i++) {
		const struct header_field *field = header_list_at(headers, i);
		g_autofree char *name = field->deleted ? NULL : header_field_name(field);

		if (name != NULL && g_ascii_strcasecmp(name, "DKIM-Signature") == 0)
			g_ptr_array_add(values, header_field_value(field));
	}
	return values;
}

static bool
names_field(const char *signature, const char *name)
{
	g_autofree char *list = tag_value(signature, "h");
	g_auto(GStrv) names = g_strsplit(list != NULL ? list : "", ":", -1);

	for (char **one = names; *one != NULL; one++) {
		if (g_ascii_strcasecmp(g_strstrip(*one), name) == 0)
			return true;
	}
	return false;
}

bool
seal_covers_field(const struct header_list *headers, const char *name)
{
	g_autoptr(GPtrArray) values = signatures(headers);

	for (unsigned i = 0; i < values->len; i++) {
		if (names_field(g_ptr_array_index(values, i), name))
			return true;
	}
	return false;
}

struct seal_dkim
seal_dkim_of(const struct header_list *headers)
{
	static const char *const content[] = { "Content-Type", "Content-Transfer-Encoding",
		"Content-Disposition", "Content-ID", "Content-Description", "MIME-Version" };
	g_autoptr(GPtrArray) values = signatures(headers);
	struct seal_dkim dkim = { .signed_body = values->len > 0 };

	for (unsigned i = 0; i < values->len; i++) {
		const char *value = g_ptr_array_index(values, i);
		g_autofree char *length = tag_value(value, "l");
		g_autofree char *canonical = tag_value(value, "c");
		bool relaxed = canonical != NULL && g_str_has_suffix(canonical, "/relaxed");
		uint64_t *longest = relaxed ? &dkim.relaxed : &dkim.simple;
		guint64 covered = 0;

		if (length == NULL ||
		    !g_ascii_string_to_unsigned(length, 10, 0, G_MAXUINT64, &covered, NULL))
			dkim.whole = true;
		*longest = MAX(*longest, covered);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(content); i++)
		dkim.content_type |= seal_covers_field(headers, content[i]);
	return dkim;
}

char *
seal_dkim_domains(const struct header_list *headers)
{
	g_autoptr(GPtrArray) values = signatures(headers);
	g_autoptr(GPtrArray) domains = g_ptr_array_new_with_free_func(g_free);

	for (unsigned i = 0; i < values->len; i++) {
		g_autofree char *domain = tag_value(g_ptr_array_index(values, i), "d");

		if (domain != NULL &&
		    !g_ptr_array_find_with_equal_func(domains, domain, g_str_equal, NULL))
			g_ptr_array_add(domains, g_steal_pointer(&domain));
	}
	g_ptr_array_add(domains, NULL);
	return g_strjoinv(", ", (char **)domains->pdata);
}

/* Lines end in CRLF there; with relaxed(), white space is one blank, and none at the end of a line (RFC 6376 section 3.4.4). */
bool
seal_dkim_breaks(const struct seal_dkim *dkim, const char *bytes, uint64_t size)
{
	uint64_t simple = 0, relaxed = 0;
	bool blank = false;

	if (!dkim->signed_body || dkim->whole)
		return dkim->whole;
	for (uint64_t i = 0; i < size; i++) {
		bool feed = bytes[i] == '\n';

		if (bytes[i] == '\r')
			continue;
		simple += feed ? 2 : 1;
		if (bytes[i] == ' ' || bytes[i] == '\t') {
			blank = true;
			continue;
		}
		relaxed += feed ? 2 : blank ? 2 : 1;
		blank = false;
	}
	return simple < dkim->simple || relaxed < dkim->relaxed;
}
