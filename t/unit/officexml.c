/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents of Office in one XML file tell what those in zip files do, however they are written. */
#include "core/read/officexml.h"

#include "t/unit/activemime_fixture.h"
#include "t/unit/unpack_fixture.h"

#define WORDML "http://schemas.microsoft.com/office/word/2003/wordml"
#define WORD(attributes, content)                                             \
	"<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?>" \
	"<w:wordDocument xmlns:w=\"" WORDML "\" " attributes ">" content "</w:wordDocument>"
#define EXCEL(content)                                                      \
	"<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" " \
	"xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">" content "</Workbook>"
#define PACKAGE(content)                                                                          \
	"<pkg:package xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\">" content \
	"</pkg:package>"
#define PART(name, content) "<pkg:part pkg:name=\"" name "\">" content "</pkg:part>"
#define BINARY(code) "<pkg:binaryData>" code "</pkg:binaryData>"
#define RELATIONS(kind, target)                                                               \
	"<pkg:xmlData><Relationships><Relationship Id='r' Type='http://x/relationships/" kind \
	"' Target='" target "' TargetMode='External'/></Relationships></pkg:xmlData>"
#define RELS "/word/_rels/settings.xml.rels"

static const struct {
	const char *xml, *facts, *members, *why;
} rows[] = {
	{ WORD("", "<w:body/>"), "", "", "a text" },
	{ WORD("w:macrosPresent=\"yes\" w:embeddedObjPresent=\"no\"", ""), " vba", "",
	    "what the root says" },
	{ WORD("w:ocxPresent='yes'", ""), " embedded_object", "", "or else" },
	{ WORD("", "<w:docSuppData><w:binData w:name=\"editdata.mso\">aGVs\r\nbG8=</w:binData>"),
	    "", "  o editdata.mso 5\n", "binary data" },
	{ WORD("", "<w:binData w:name='a.bin'>aG<x/>V<!-- - -->s<![CDATA[bG8=]]></w:binData>"), "",
	    "  o a.bin 5\n", "cut into pieces" },
	{ "\357\273\277 \r\n<!-- x --><!DOCTYPE x><q:wordDocument xmlns:q='" WORDML
	  "'><q:binData>aGVs&#98;G8=</q:binData></q:wordDocument>",
	    "", "  o  5\n", "another prefix, no name, references" },
	{ WORD("", "<w:binData w:name='a'/><w:binData w:name='a'></w:binData>"), "", "  o a 0\n",
	    "empty ones" },
	{ WORD("", "<w:binData w:name='a'>aGVsbG8="), " unreadable", "  o a 5\n",
	    "one that does not end" },
	{ WORD("", "<w:docPr><w:attachedTemplate w:val=\"http://x.test/y.dot\"/></w:docPr>"),
	    " remote_template", "", "a template from elsewhere" },
	{ WORD("", "<w:attachedTemplate w:val=\"C:\\Normal.dot\"/>"), "", "",
	    "a template of this machine" },
	{ WORD("", "<w:subDoc w:link='\\\\x.test\\y'/>"), " remote_template", "",
	    "a part elsewhere" },
	{ WORD("", "<w:instrText>DDE</w:instrText><w:instrText>AUTO c:\\\\x</w:instrText>"), " dde",
	    "", "DDE" },
	{ WORD("", "<w:fldSimple w:instr='DDE x'/>"), " dde", "", "in an attribute" },
	{ WORD("", "<w:t>DDE, and http://x.test/</w:t>"), "", "", "words in the text" },
	{ EXCEL("<Cell ss:Formula=\"=cmd|'/c calc'!A0\"/>"), " dde", "", "DDE in a cell" },
	{ EXCEL("<Cell ss:Formula=\"=&quot;a|b!&quot;\"/>"), "", "", "a bar in a text" },
	{ EXCEL("<SupBook><Path>cmd|/c calc</Path></SupBook>"), " dde", "", "DDE in a link" },
	{ EXCEL("<SupBook><Path>C:\\a.xls</Path></SupBook>"), "", "", "another file" },
	{ PACKAGE(PART("/word/document.xml", "<pkg:xmlData/>")), " ooxml", "", "a package" },
	{ PACKAGE(PART("/word/vbaProject.bin", BINARY("aGVsbG8="))), " ooxml vba",
	    "  o vbaProject.bin 5\n", "macros in one" },
	{ PACKAGE("<pkg:part pkg:name=\"/a.bin\" pkg:contentType=\"application/vnd.ms-office."
		  "vbaProject\">" BINARY("aGVsbG8=") "</pkg:part>"),
	    " ooxml vba", "  o a.bin 5\n", "by another name" },
	{ PACKAGE(PART("/word/embeddings/a.exe", BINARY("TVo="))), " ooxml embedded_object",
	    "  o a.exe 2\n", "a file" },
	{ PACKAGE(PART(RELS, RELATIONS("attachedTemplate", "http://x.test/y"))),
	    " ooxml remote_template", "", "a template from elsewhere" },
	{ PACKAGE(PART(RELS, RELATIONS("hyperlink", "http://x.test/y"))), " ooxml", "",
	    "a link is followed only when it is clicked" },
	{ PACKAGE(PART("/word/document.xml", "<pkg:xmlData><w:instrText>DDE x</w:instrText>"
					     "</pkg:xmlData>")),
	    " ooxml dde", "", "DDE" },
	{ PACKAGE(PART(
	      "/word/_rels/a.rels", BINARY("PFJlbGF0aW9uc2hpcCBUeXBlPSJ4L3ZiYVByb2plY3QiLz4="))),
	    " ooxml vba", "  o a.rels 35\n", "relationships in base64" },
	{ PACKAGE(PART("/xl/macrosheets/a.xml", "<pkg:xmlData>x")), " ooxml unreadable xlm", "",
	    "one that does not end" },
	{ "<html><w:wordDocument xmlns:w='" WORDML "' w:macrosPresent='yes'>", "", "", "a page" },
	{ "<x><w:wordDocument xmlns:w='" WORDML "' w:macrosPresent='yes'/></x>", "", "",
	    "something else around it" },
	{ "<w:wordDocument w:macrosPresent='yes'><x xmlns:w='" WORDML "'/></w:wordDocument>", "",
	    "", "no namespace where it belongs" },
	{ "<_:wordDocument xmlns:_='" WORDML "' _:macrosPresent='yes'></_:wordDocument>", " vba",
	    "", "a prefix of no letters" },
	{ "x" WORD("w:macrosPresent='yes'", ""), "", "", "a text before it" },
};

static char *
tell(const struct brief *brief, const char *xml, size_t size)
{
	return unpack_tell(brief, "a.xml", xml, size);
}

/* The facts are those of the rows in the order in which they are told. */
static void
documents(void)
{
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = tell(&brief, rows[i].xml, strlen(rows[i].xml));
		g_autofree char *expected = g_strdup_printf(
		    "n a.xml %zu%s\n%s", strlen(rows[i].xml), rows[i].facts, rows[i].members);

		g_test_message("%s", rows[i].why);
		g_assert_cmpstr(text, ==, expected);
	}
}

/* Macros as Word stores them; in UTF-16, too, and behind a long comment. */
static void
macros(void)
{
	g_autoptr(GByteArray) bytes = activemime_make();
	g_autofree char *code = g_base64_encode(bytes->data, bytes->len);
	g_autofree char *xml =
	    g_strconcat("<w:wordDocument xmlns:w='" WORDML "'><w:binData w:name='editdata.mso'>",
		code, "</w:binData></w:wordDocument>", NULL);
	g_autofree char *blanks = g_strnfill(100000, ' ');
	g_autofree char *late = g_strconcat("<!--", blanks, "-->", xml, NULL);
	g_autofree gunichar2 *wide = g_utf8_to_utf16(xml, -1, NULL, NULL, NULL);
	const void *contents[] = { xml, late, wide };
	size_t sizes[] = { strlen(xml), strlen(late), 2 * strlen(xml) };
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(contents); i++) {
		g_autofree char *text = tell(&brief, contents[i], sizes[i]);

		g_assert_nonnull(strstr(text, "\n  o editdata.mso "));
		g_assert_true(g_str_has_suffix(text, "\n    o ActiveMime 1536 ole vba\n"));
	}
}

static void
not_asked(void)
{
	static const char xml[] = PACKAGE(PART("/word/vbaProject.bin", BINARY("aGVsbG8=")));
	g_autofree char *closed = NULL, *deep = NULL;
	struct brief brief;

	unpack_brief(&brief);
	brief.unpack_documents = false;
	closed = tell(&brief, xml, sizeof xml - 1);
	g_assert_true(g_str_has_suffix(closed, " not_unpacked\n"));
	g_assert_null(strstr(closed, "vba"));
	brief.unpack_documents = true;
	brief.max_archive_depth = 0;
	deep = tell(&brief, xml, sizeof xml - 1);
	g_assert_true(g_str_has_suffix(deep, " ooxml not_unpacked vba\n"));
}

/* More files than may be, and pieces of it without end. */
static void
bombs(void)
{
	static const char *const pieces[] = { "<w:binData>YQ==</w:binData>", "<w:binData>",
		"<pkg:part pkg:name='/a.xml'><pkg:xmlData>", "<pkg:xmlData></pkg:xmlData>", "<!--",
		"<", "<a b='" };
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < 2 * G_N_ELEMENTS(pieces); i++) {
		GString *xml = g_string_new(i % 2 == 0 ? "<w:x xmlns:w='" WORDML "'>"
						       : "<x xmlns='http://schemas.microsoft.com/"
							 "office/2006/xmlPackage'>");
		g_autofree char *text = NULL;
		gint64 start;

		while (xml->len < 1 << 20)
			g_string_append(xml, pieces[i / 2]);
		start = g_get_monotonic_time();
		text = tell(&brief, xml->str, xml->len);
		g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
		g_assert_true(i > 0 || strstr(text, "limit files\n") != NULL);
		g_string_free(xml, TRUE);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/officexml/tells what documents in zip files do", documents);
	g_test_add_func("/officexml/macros are found however they are written", macros);
	g_test_add_func("/officexml/stays closed where nobody wants it open", not_asked);
	g_test_add_func("/officexml/bombs end at a limit", bombs);
	return g_test_run();
}
