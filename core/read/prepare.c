/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The C library keeps its converter for a charset loaded as long as somebody has it open, so each is opened once and left open.
 * Text in a charset that is not on the list can't be converted, and is read as its bytes are.
 */
#include "core/read/prepare.h"

#include <gmime/gmime.h>
#include <iconv.h>
#include <jansson.h>

#include "core/read/filetype.h"
#include "core/read/html.h"

/* As mail has them: those of MIME, of Windows, and of East Asia. Some are of one module, which costs nothing twice. */
static const char *const charsets[] = { "ISO-8859-1", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4",
	"ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-9", "ISO-8859-10",
	"ISO-8859-11", "ISO-8859-13", "ISO-8859-14", "ISO-8859-15", "ISO-8859-16", "WINDOWS-874",
	"WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254",
	"WINDOWS-1255", "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258", "KOI8-R", "KOI8-U",
	"IBM437", "IBM850", "IBM852", "IBM855", "IBM866", "MACINTOSH", "TIS-620", "UTF-7", "UTF-16",
	"UTF-32", "ISO-2022-JP", "ISO-2022-JP-2", "EUC-JP", "SHIFT_JIS", "CP932", "ISO-2022-KR",
	"EUC-KR", "UHC", "JOHAB", "GB2312", "GBK", "GB18030", "ISO-2022-CN", "BIG5", "BIG5-HKSCS",
	"EUC-TW" };

static void
keep_charsets(void)
{
	/* One way is enough: the converter for the other is in the same file. */
	static G_GNUC_UNUSED iconv_t kept[G_N_ELEMENTS(charsets)];

	for (size_t i = 0; i < G_N_ELEMENTS(charsets); i++) {
		kept[i] = iconv_open("UTF-8", charsets[i]);
		if (kept[i] == (iconv_t)-1)
			g_debug("no converter for %s", charsets[i]);
	}
}

bool
prepare_libraries(GError **error)
{
	static bool done;

	if (done)
		return true;
	if (!filetype_prepare()) {
		g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
		    "the tables of libmagic can't be loaded");
		return false;
	}
	g_mime_init();
	json_object_seed(0);
	keep_charsets();
	html_prepare();
	done = true;
	return true;
}
