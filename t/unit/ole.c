/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the names of streams and storages say of an OLE2 document. */
#include "core/read/ole.h"

#include "t/unit/ole_fixture.h"
#include "t/unit/unpack_fixture.h"

static const struct {
	const char *name;
	uint8_t type;
	const char *facts;
} rows[] = {
	{ "EncryptedSummary", OLE_STREAM, " encrypted" },
	{ "encryptedsummary", OLE_STREAM, " encrypted" },
	{ "EncryptedPackage", OLE_STREAM, " encrypted" },
	{ "_VBA_PROJECT", OLE_STREAM, " vba" },
	{ "_VBA_PROJECT_CUR", OLE_STORAGE, " vba" },
	{ "Macros", OLE_STORAGE, " vba" },
	{ "MBD0001", OLE_STORAGE, " embedded_object" },
	{ "CONTENTS", OLE_STREAM, " embedded_object" },
	{ "Macros", OLE_STREAM, "" },
	{ "Nothing", OLE_STREAM, "" },
};

static char *
tell(const struct brief *brief, const uint8_t *file)
{
	struct facts *facts = unpack_read(brief, "a.doc", file, OLE_SIZE);
	char *text = unpack_text(facts);

	facts_free(facts);
	return text;
}

static void
names(void)
{
	uint8_t file[OLE_SIZE];
	struct brief brief;

	brief_init(&brief);
	brief.want_types = brief.want_mime_types = brief.want_html = false;
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *expected = NULL, *first = NULL, *second = NULL;

		g_test_message("%s", rows[i].name);
		expected = g_strdup_printf("n a.doc %d ole%s\n", (int)OLE_SIZE, rows[i].facts);
		ole_make(file, rows[i].name, "x", rows[i].type);
		first = tell(&brief, file);
		ole_make(file, "x", rows[i].name, rows[i].type);
		second = tell(&brief, file);
		g_assert_cmpstr(first, ==, expected);
		g_assert_cmpstr(second, ==, expected);
	}
}

static void
not_asked(void)
{
	uint8_t file[OLE_SIZE];
	g_autofree char *text = NULL;
	struct brief brief;

	brief_init(&brief);
	brief.want_types = brief.want_mime_types = brief.want_html = false;
	brief.unpack_documents = false;
	ole_make(file, "EncryptedSummary", "x", OLE_STREAM);
	text = tell(&brief, file);
	g_assert_cmpstr(text, ==, "n a.doc 1536 ole not_unpacked\n");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ole/what streams and storages are called says what they are", names);
	g_test_add_func("/ole/documents stay closed where nobody wants them open", not_asked);
	return g_test_run();
}
