/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Converters are opened once and kept: iconv loads its tables from files, and where mail is read there are none. Each call begins at the
 * initial state again. Where iconv lacks a converter the text is taken for windows-1252, as browsers take what they do not know.
 */
#include "core/read/html_charset.h"

#include <errno.h>
#include <glib.h>
#include <iconv.h>
#include <string.h>

/*
 * The labels that mean each charset; the first is the one that it is known by.
 */
static const struct row {
	struct html_charset charset;
	const char *others;
} rows[] = {
	{ { "windows-1252", "CP1252", true },
	    " iso-8859-1 us-ascii ascii latin1 iso8859-1 cp1252 x-cp1252 ansi_x3.4-1968 " },
	{ { "utf-8", "UTF-8", true }, " utf8 unicode-1-1-utf-8 " },
	{ { "utf-16le", "UTF-16LE", false }, " utf-16 utf16 ucs-2 unicode iso-10646-ucs-2 " },
	{ { "utf-16be", "UTF-16BE", false }, " " },
	{ { "utf-32le", "UTF-32LE", false }, " utf-32 utf32 ucs-4 " },
	{ { "utf-32be", "UTF-32BE", false }, " " },
	{ { "utf-7", "UTF-7", false }, " utf7 unicode-1-1-utf-7 csunicode11utf7 " },
	{ { "iso-2022-jp", "ISO-2022-JP-2", false }, " csiso2022jp iso-2022-jp-1 iso-2022-jp-2 " },
	{ { "iso-2022-kr", "ISO-2022-KR", false }, " csiso2022kr " },
	{ { "iso-2022-cn", "ISO-2022-CN-EXT", false }, " iso-2022-cn-ext " },
	{ { "hz-gb-2312", "EUC-CN", false }, " hz " },
	{ { "iso-8859-2", "ISO-8859-2", true }, " latin2 " },
	{ { "iso-8859-3", "ISO-8859-3", true }, " latin3 " },
	{ { "iso-8859-4", "ISO-8859-4", true }, " latin4 " },
	{ { "iso-8859-5", "ISO-8859-5", true }, " cyrillic " },
	{ { "iso-8859-6", "ISO-8859-6", true }, " arabic " },
	{ { "iso-8859-7", "ISO-8859-7", true }, " greek " },
	{ { "iso-8859-8", "ISO-8859-8", true }, " hebrew iso-8859-8-i " },
	{ { "iso-8859-10", "ISO-8859-10", true }, " latin6 " },
	{ { "iso-8859-13", "ISO-8859-13", true }, " " },
	{ { "iso-8859-14", "ISO-8859-14", true }, " " },
	{ { "iso-8859-15", "ISO-8859-15", true }, " latin-9 " },
	{ { "iso-8859-16", "ISO-8859-16", true }, " " },
	{ { "windows-1250", "CP1250", true }, " cp1250 " },
	{ { "windows-1251", "CP1251", true }, " cp1251 " },
	{ { "windows-1253", "CP1253", true }, " cp1253 " },
	{ { "windows-1254", "CP1254", true }, " cp1254 iso-8859-9 latin5 " },
	{ { "windows-1255", "CP1255", true }, " cp1255 " },
	{ { "windows-1256", "CP1256", true }, " cp1256 " },
	{ { "windows-1257", "CP1257", true }, " cp1257 " },
	{ { "windows-1258", "CP1258", true }, " cp1258 " },
	{ { "windows-874", "CP874", true }, " tis-620 iso-8859-11 " },
	{ { "koi8-r", "KOI8-R", true }, " koi8 koi " },
	{ { "koi8-u", "KOI8-U", true }, " koi8-ru " },
	{ { "ibm866", "CP866", true }, " cp866 866 " },
	{ { "macintosh", "MACINTOSH", true }, " mac x-mac-roman " },
	{ { "shift_jis", "CP932", true }, " sjis shift-jis x-sjis ms_kanji windows-31j cp932 " },
	{ { "euc-jp", "EUC-JP", true }, " x-euc-jp " },
	{ { "gb18030", "GB18030", true }, " gbk gb2312 gb_2312-80 x-gbk cp936 euc-cn " },
	{ { "big5", "BIG5-HKSCS", true }, " big5-hkscs cn-big5 x-x-big5 " },
	{ { "euc-kr", "CP949", true }, " ks_c_5601-1987 korean windows-949 cp949 ksc5601 " },
	/* No browser reads these, mail programs that ask Windows do. */
	{ { "ibm037", "IBM037", false }, " cp037 ebcdic-cp-us ebcdic-cp-ca ebcdic-cp-nl " },
	{ { "ibm500", "IBM500", false }, " cp500 ebcdic-cp-be ebcdic-cp-ch " },
	{ { "ibm1140", "IBM1140", false }, " ibm01140 cp1140 cp01140 ebcdic-us-37+euro " },
};

enum { WINDOWS_1252, UTF_8, UTF_16LE, UTF_16BE, UTF_32LE, UTF_32BE }; /* rows */

#define META_SEARCHED 1024

static iconv_t
converter(const struct html_charset *charset)
{
	static iconv_t opened[G_N_ELEMENTS(rows)];
	size_t i = (size_t)((const struct row *)(const void *)charset - rows);

	if (opened[i] == NULL)
		opened[i] = iconv_open("UTF-8", charset->converter);
	return opened[i];
}

void
html_charset_prepare(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		/* The first use loads what opening does not. */
		char space[16], *out = space, text[4] = " ", *in = text;
		size_t left = sizeof(text), room = sizeof(space);

		if (converter(&rows[i].charset) != (iconv_t)-1)
			(void)iconv(converter(&rows[i].charset), &in, &left, &out, &room);
	}
}

/* --- Which --- */

static const struct html_charset *
charset_labelled(const char *label, size_t length)
{
	g_autofree char *lower = g_ascii_strdown(label, (gssize)length);
	g_autofree char *word = g_strdup_printf(" %s ", g_strstrip(lower));

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (strcmp(rows[i].charset.label, lower) == 0 ||
		    (strpbrk(lower, " ") == NULL && lower[0] != '\0' &&
			strstr(rows[i].others, word) != NULL))
			return &rows[i].charset;
	}
	return NULL;
}

static const struct html_charset *
charset_marked(const char *bytes, size_t size)
{
	static const struct {
		const char *mark;
		size_t length;
		size_t row;
	} marks[] = {
		{ "\xFF\xFE\0\0", 4, UTF_32LE },
		{ "\0\0\xFE\xFF", 4, UTF_32BE },
		{ "\xFF\xFE", 2, UTF_16LE },
		{ "\xFE\xFF", 2, UTF_16BE },
		{ "\xEF\xBB\xBF", 3, UTF_8 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		if (size >= marks[i].length && memcmp(bytes, marks[i].mark, marks[i].length) == 0)
			return &rows[marks[i].row].charset;
	}
	return NULL;
}

/* What stands behind the `charset=` of a meta element near the beginning. */
static const struct html_charset *
charset_of_meta(const char *bytes, size_t size)
{
	g_autofree char *head = g_ascii_strdown(bytes, (gssize)MIN(size, META_SEARCHED));
	const char *meta = head;

	while ((meta = strstr(meta, "<meta")) != NULL) {
		const char *end = strchr(meta, '>');
		const char *at = strstr(meta, "charset");

		meta += strlen("<meta");
		if (at == NULL || (end != NULL && at > end))
			continue;
		at += strlen("charset");
		at += strspn(at, " \t\r\n=\"'");
		const struct html_charset *charset =
		    charset_labelled(at, strcspn(at, " \t\r\n\"'>;/"));
		/* Whoever could read this far was not in UTF-16. */
		if (charset != NULL && charset >= &rows[UTF_16LE].charset &&
		    charset <= &rows[UTF_32BE].charset)
			return &rows[UTF_8].charset;
		if (charset != NULL)
			return charset;
	}
	return NULL;
}

/* Text labelled as of wide characters: the order of their bytes, by where the zeros are; NULL where there are none. */
static const struct html_charset *
charset_wide(const struct html_charset *charset, const char *bytes, size_t size)
{
	size_t zeros[4] = { 0 }, count = MIN(size, META_SEARCHED);

	if (memchr(bytes, '\0', size) == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++)
		zeros[i % 4] += bytes[i] == '\0';
	if (charset == &rows[UTF_16LE].charset && zeros[0] + zeros[2] > zeros[1] + zeros[3])
		return &rows[UTF_16BE].charset;
	if (charset == &rows[UTF_32LE].charset && zeros[0] > zeros[3])
		return &rows[UTF_32BE].charset;
	return charset;
}

const struct html_charset *
html_charset_of(const char *bytes, size_t size, const char *label)
{
	const struct html_charset *charset = charset_marked(bytes, size);

	if (size == 0)
		return &rows[UTF_8].charset;
	if (charset != NULL)
		return charset;
	charset = charset_labelled(label, strlen(label));
	if (charset != NULL && charset >= &rows[UTF_16LE].charset &&
	    charset <= &rows[UTF_32BE].charset)
		charset = charset_wide(charset, bytes, size);
	if (charset == NULL)
		charset = charset_of_meta(bytes, size);
	if (charset == NULL)
		charset =
		    &rows[g_utf8_validate_len(bytes, size, NULL) ? UTF_8 : WINDOWS_1252].charset;
	return charset;
}

/* --- Conversion --- */

/* HZ (RFC 1843) as EUC-CN: what stands between ~{ and ~} with the high bits set. */
static GString *
hz_to_euc(const char *bytes, size_t size)
{
	GString *out = g_string_sized_new(size);
	bool chinese = false;

	for (size_t i = 0; i < size; i++) {
		char next = i + 1 < size ? bytes[i + 1] : '\0';

		if (bytes[i] == '~' && strchr("{}~\n", next) != NULL && next != '\0') {
			if (next == '~')
				g_string_append_c(out, '~');
			else if (next != '\n')
				chinese = next == '{';
			i++;
		} else if (chinese && bytes[i] > 0x20) {
			g_string_append_c(out, (char)(bytes[i] | 0x80));
		} else {
			chinese &= bytes[i] != '\n';
			g_string_append_c(out, bytes[i]);
		}
	}
	return out;
}

static GString *
convert(iconv_t descriptor, const char *bytes, size_t size)
{
	GString *out = g_string_sized_new(size);
	char *in = (char *)bytes;
	char buffer[4096];

	(void)iconv(descriptor, NULL, NULL, NULL, NULL);
	while (size > 0) {
		char *to = buffer;
		size_t room = sizeof(buffer);
		size_t done = iconv(descriptor, &in, &size, &to, &room);

		g_string_append_len(out, buffer, to - buffer);
		if (done != (size_t)-1 || errno == E2BIG)
			continue;
		g_string_append_unichar(out, 0xFFFD);
		in++;
		size--;
	}
	char *to = buffer;
	size_t room = sizeof(buffer);
	if (iconv(descriptor, NULL, NULL, &to, &room) != (size_t)-1)
		g_string_append_len(out, buffer, to - buffer);
	return out;
}

static GString *
make_valid(const char *bytes, size_t size)
{
	GString *out = g_string_sized_new(size);
	const char *at = size > 0 ? bytes : "", *end = at + size;

	while (at < end) {
		const char *bad;

		g_utf8_validate_len(at, (size_t)(end - at), &bad);
		g_string_append_len(out, at, bad - at);
		if (bad == end)
			break;
		if (*bad == '\0')
			g_string_append_c(out, '\0');
		else
			g_string_append_unichar(out, 0xFFFD);
		at = bad + 1;
	}
	return out;
}

char *
html_charset_convert(
    const struct html_charset *charset, const char *bytes, size_t size, size_t *length)
{
	iconv_t descriptor = converter(charset);
	GString *euc = NULL, *out;
	static const char mark[] = "\xEF\xBB\xBF";

	if (strcmp(charset->label, "hz-gb-2312") == 0)
		euc = hz_to_euc(bytes, size);
	if (descriptor == (iconv_t)-1)
		descriptor = converter(&rows[WINDOWS_1252].charset);
	if (charset == &rows[UTF_8].charset || descriptor == (iconv_t)-1)
		out = make_valid(bytes, size);
	else
		out = convert(
		    descriptor, euc != NULL ? euc->str : bytes, euc != NULL ? euc->len : size);
	if (euc != NULL)
		g_string_free(euc, TRUE);
	if (g_str_has_prefix(out->str, mark))
		g_string_erase(out, 0, (gssize)strlen(mark));
	*length = out->len;
	return g_string_free(out, FALSE);
}
