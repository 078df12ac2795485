/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iconv by way of GLib. Whether a charset is a superset of ASCII is found out by asking it, so that no list of names has to be
 * complete; only those that switch to other letters by way of ASCII bytes must be known by name.
 */
#include "core/act/charset.h"

#include <errno.h>
#include <string.h>

#define BLOCK 4096

/* Beginnings of names of charsets whose bytes look like ASCII and mean something else. */
static const char *const stateful[] = { "iso-2022", "iso2022", "csiso2022", "hz", "utf-7", "utf7",
	"unicode-1-1-utf-7", "csunicode11utf7" };

/* Backslash and tilde are other letters in some Asian charsets that are supersets for all our purposes. */
static const char probe[] = "\t\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "[]^_`abcdefghijklmnopqrstuvwxyz{|}";

static bool
is_stateful(const char *charset)
{
	for (size_t i = 0; i < G_N_ELEMENTS(stateful); i++) {
		if (g_ascii_strncasecmp(charset, stateful[i], strlen(stateful[i])) == 0)
			return true;
	}
	return false;
}

enum charset_kind
charset_kind_of(const char *charset)
{
	if (*charset == '\0')
		return CHARSET_NONE;
	if (g_ascii_strcasecmp(charset, "utf-8") == 0 || g_ascii_strcasecmp(charset, "utf8") == 0)
		return CHARSET_UTF8;
	if (strspn(
		charset, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:+") !=
	    strlen(charset))
		return CHARSET_UNKNOWN;
	gsize length = 0;
	g_autofree char *out =
	    g_convert(probe, sizeof probe - 1, charset, "UTF-8", NULL, &length, NULL);

	if (out == NULL)
		return CHARSET_UNKNOWN;
	if (is_stateful(charset) || length != sizeof probe - 1 || memcmp(out, probe, length) != 0)
		return CHARSET_WHOLE;
	return CHARSET_PLAIN;
}

/* One call of iconv with room for what it makes. `in` NULL: back to the initial state. False with errno. */
static bool
step(GIConv converter, const char **in, size_t *left, GString *out)
{
	char block[BLOCK];
	char *to = block;
	gsize room = sizeof block;
	gsize result = g_iconv(converter, (char **)in, left, &to, &room);
	int code = errno;

	g_string_append_len(out, block, to - block);
	errno = code;
	return result != (gsize)-1 || code == E2BIG;
}

/*
 * What iconv doesn't take is given to `odd`, which puts something else in its place and says how many bytes that was; 0: give up.
 */
static GString *
convert(GIConv converter, const char *in, size_t size,
    size_t (*odd)(GIConv converter, const char *in, size_t left, GString *out))
{
	GString *out = g_string_sized_new(size);

	while (size > 0) {
		if (step(converter, &in, &size, out))
			continue;
		size_t skipped = odd != NULL ? odd(converter, in, size, out) : 0;
		if (skipped == 0) {
			g_string_free(out, TRUE);
			return NULL;
		}
		in += skipped;
		size -= skipped;
	}
	step(converter, NULL, NULL, out);
	return out;
}

static size_t
put_reference(GIConv converter, const char *in, size_t left, GString *out)
{
	gunichar letter = g_utf8_get_char_validated(in, (gssize)left);

	if (letter == (gunichar)-1 || letter == (gunichar)-2)
		return 1;
	g_autofree char *reference = g_strdup_printf("&#%u;", letter);
	const char *text = reference;
	size_t length = strlen(reference);

	while (length > 0 && step(converter, &text, &length, out))
		continue;
	return (size_t)(g_utf8_next_char(in) - in);
}

static size_t
put_replacement(
    G_GNUC_UNUSED GIConv converter, G_GNUC_UNUSED const char *in, size_t left, GString *out)
{
	g_string_append(out, "\xEF\xBF\xBD");
	return left > 0 ? 1 : 0;
}

/* UTF-16 and UTF-32 without a word about the order of bytes: as the byte-order mark says, else as nearly all programs write it. */
static const char *
ordered(const char *charset, const char *bytes, size_t size)
{
	bool two = g_ascii_strcasecmp(charset, "utf-16") == 0;

	if ((!two && g_ascii_strcasecmp(charset, "utf-32") != 0) || size < 4)
		return charset;
	if (memcmp(bytes, two ? "\xFF\xFE" : "\xFF\xFE\0\0", two ? 2 : 4) == 0 ||
	    memcmp(bytes, two ? "\xFE\xFF" : "\0\0\xFE\xFF", two ? 2 : 4) == 0)
		return charset;
	return two ? "UTF-16LE" : "UTF-32LE";
}

GString *
charset_encode(const char *text, size_t size, const char *charset, bool references)
{
	GIConv converter = g_iconv_open(charset, "UTF-8");

	if (converter == (GIConv)-1)
		return NULL;
	GString *out = convert(converter, text, size, references ? put_reference : NULL);

	g_iconv_close(converter);
	return out;
}

GString *
charset_decode(const char *bytes, size_t size, const char *charset)
{
	GIConv converter = g_iconv_open("UTF-8", ordered(charset, bytes, size));

	if (converter == (GIConv)-1)
		return NULL;
	GString *out = convert(converter, bytes, size, put_replacement);

	g_iconv_close(converter);
	return out;
}

bool
charset_is_ascii(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)bytes[i] >= 0x80)
			return false;
	}
	return true;
}

char *
charset_references(const char *text)
{
	GString *out = charset_encode(text, strlen(text), "US-ASCII", true);

	return g_string_free(out, FALSE);
}

char *
charset_letters(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	return g_str_to_ascii(valid, "C");
}
