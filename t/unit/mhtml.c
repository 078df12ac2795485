/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents that are MIME are read as such under every name, and whatever stands in front of them. */
#include "core/read/mhtml.h"

#include "t/unit/activemime_fixture.h"
#include "t/unit/unpack_fixture.h"

#define HEADER "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"----=_x\"\r\n\r\n"
#define FIRST "rubbish\r\n------=_x\r\nContent-Type: text/html\r\n\r\n<p>hello\r\n"
#define MACROS "n editdata.mso "
#define OPENED "  o ActiveMime 1536 ole vba\n"

/* The document behind what is given. The caller's. */
static char *
make(const char *header)
{
	g_autoptr(GByteArray) macros = activemime_make();
	g_autofree char *code = g_base64_encode(macros->data, macros->len);

	return g_strconcat(header,
	    FIRST "------=_x\r\nContent-Location: file:///C:/x/editdata.mso\r\n"
		  "Content-Transfer-Encoding: base64\r\n"
		  "Content-Type: application/x-mso; name=editdata.mso\r\n\r\n",
	    code, "\r\n------=_x--\r\n", NULL);
}

static char *
tell(const struct brief *brief, const char *name, const char *bytes)
{
	return unpack_tell(brief, name, bytes, strlen(bytes));
}

static const struct {
	const char *name, *header;
	bool hidden;
	const char *why;
} rows[] = {
	{ "a.mht", HEADER, false, "as Office writes it" },
	{ "a.doc", HEADER, false, "under another name" },
	{ "", HEADER, false, "without a name" },
	{ "a.mht", "From: <Saved by Word>\r\nSubject: x\r\nDate: y\r\n" HEADER, false, "as saved" },
	{ "a.doc", "From: <Saved by Word>\r\nSubject: x\r\nDate: y\r\n" HEADER, true,
	    "with more of a header" },
	{ "a.doc", "rubbish of any kind\r\n\r\n\r\n" HEADER, true, "behind rubbish" },
	{ "a.doc", "rubbish" HEADER, true, "behind rubbish on the same line" },
	{ "a.mht", "rubbish, with: colons\r\n" HEADER, true, "the name does not help" },
	{ "a.doc", "Content-Type: text/plain\r\n\r\n" HEADER, true, "behind another header" },
	{ "a.doc", "Content-Type: multipart/x; boundary=none\r\n\r\n" HEADER, false,
	    "behind one without parts" },
	{ "a.doc", "mime-version : 1.0\r\ncontent-TYPE:mulTIpart/related;boundary=----=_x\r\n\r\n",
	    false, "in any case" },
	{ "a.doc", "Content-Type: multipart/related;\r\n boundary=\"----=_x\"\r\n\r\n", false,
	    "without a version" },
	{ "a.pdf", "%PDF-1.7\r\n1 0 obj\r\n<</Type /Catalog>>\r\nendobj\r\n%%EOF\r\n" HEADER, true,
	    "behind a PDF" },
	{ "a.doc", "%PDF-1.7 " HEADER, true, "behind the mark of one" },
};

static void
documents(void)
{
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *bytes = make(rows[i].header);
		g_autofree char *text = tell(&brief, rows[i].name, bytes);
		const char *end = strchr(text, '\n');

		g_test_message("%s: %s", rows[i].why, text);
		g_assert_nonnull(strstr(text, "\n" MACROS));
		g_assert_true(g_str_has_suffix(text, OPENED));
		g_assert_cmpint(
		    g_strstr_len(text, end - text, " hidden_message") != NULL, ==, rows[i].hidden);
	}
}

/* A whole PDF is searched, of other files the beginning. */
static void
far_behind(void)
{
	g_autofree char *front = g_strnfill(100000, 'x');
	g_autofree char *document = make(HEADER);
	g_autofree char *pdf = g_strconcat("%PDF-1.7\n", front, "\n", document, NULL);
	g_autofree char *other = g_strconcat(front, "\n", document, NULL);
	g_autofree char *found = NULL, *closed = NULL;
	struct brief brief;

	unpack_brief(&brief);
	found = tell(&brief, "a.pdf", pdf);
	closed = tell(&brief, "a.bin", other);
	g_assert_true(g_str_has_suffix(found, OPENED));
	g_assert_null(strstr(closed, MACROS));
}

/* What only looks like one has no parts. */
static void
others(void)
{
	static const char *const texts[] = {
		"Content-Type: multipart/mixed\r\n\r\nwhat this says\r\n",
		"X-MIME-Version: 1.0\r\nX: multipart/x; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--",
		"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
	};
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *text = tell(&brief, "a.doc", texts[i]);
		g_autofree char *expected = g_strdup_printf("n a.doc %zu\n", strlen(texts[i]));

		g_assert_cmpstr(text, ==, expected);
	}
}

/* A copy of mail in a text is opened by nobody. */
static void
texts(void)
{
	g_autofree char *bytes = make(HEADER);
	g_autofree char *text = NULL;
	struct brief brief;

	unpack_brief(&brief);
	brief.find_uuencoded = false;
	text = tell(&brief, "a.txt", bytes);
	g_assert_nonnull(strstr(text, MACROS));
	g_free(text);
	struct facts *facts = facts_new();
	struct task task = { .brief = &brief, .facts = facts, .deadline = G_MAXINT64 };
	struct part *part = facts_add_part(facts, -1, PART_LEAF);

	names_add(part, "a.txt", 5, "Content-Type");
	g_assert_false(mhtml_read(&task, 0, bytes, strlen(bytes)));
	names_add(part, "a.DOC", 5, "Content-Type");
	g_assert_true(mhtml_read(&task, 0, bytes, strlen(bytes)));
	text = unpack_text(facts);
	g_assert_nonnull(strstr(text, MACROS));
	facts_free(facts);
}

static void
not_asked(void)
{
	g_autofree char *bytes = make(HEADER);
	g_autofree char *text = NULL;
	struct brief brief;

	unpack_brief(&brief);
	brief.unpack_documents = false;
	text = tell(&brief, "a.doc", bytes);
	g_assert_null(strstr(text, MACROS));
}

/* What may be headers, without end. */
static void
costs(void)
{
	static const char *const pieces[] = { "MIME-Version:", "Content-Type: multipart/x\n",
		"Content-Type: multipart/x; boundary=b\n\n--c\n", ":" };
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(pieces); i++) {
		GString *text = g_string_new("%PDF-1.7\n");
		gint64 start;

		while (text->len < 1 << 20)
			g_string_append(text, pieces[i]);
		start = g_get_monotonic_time();
		g_free(tell(&brief, "a.doc", text->str));
		g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
		g_string_free(text, TRUE);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mhtml/is read under any name and behind anything", documents);
	g_test_add_func("/mhtml/is looked for in the whole of a PDF", far_behind);
	g_test_add_func("/mhtml/what has no parts is none", others);
	g_test_add_func("/mhtml/texts are none, unless Office opens the name", texts);
	g_test_add_func("/mhtml/stays closed where nobody wants it open", not_asked);
	g_test_add_func("/mhtml/what looks like many headers costs little", costs);
	return g_test_run();
}
