/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What members of an office document say of it, however their XML is written. */
#include "core/read/document.h"

#include <glib.h>
#include <string.h>

#define KIND "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
#define RELATION(attributes) \
	"<Relationships><Relationship Id=\"r\" " attributes "/></Relationships>"
#define INSTRUCTION(text) "<w:r><w:instrText>" text "</w:instrText></w:r>"

static const char relations[] = "word/_rels/settings.xml.rels", text[] = "word/document.xml";

static const struct {
	const char *path, *xml;
	int fact; /* -1: nothing is found */
	const char *why;
} rows[] = {
	{ relations,
	    RELATION("Type=\"" KIND "\" Target=\"http://x.test/y\" TargetMode=\"External\""),
	    PART_FACT_remote_template, "as office programs write it" },
	{ relations, RELATION("Type='" KIND "' Target='http://x.test/y' TargetMode='External'"),
	    PART_FACT_remote_template, "quotes are either" },
	{ relations,
	    RELATION("TargetMode\n=\n'External' Target = 'http://x.test/y' Type\t='" KIND "'"),
	    PART_FACT_remote_template, "any order and white space" },
	{ relations,
	    RELATION("Type='http://x/relationships/attached&#84;emplate' "
		     "Target='http&#x3a;//x.test/y' TargetMode='Ext&#101;rnal'"),
	    PART_FACT_remote_template, "characters may be references" },
	{ relations, RELATION("Target='http://x.test/>' Type='" KIND "' TargetMode='External'"),
	    PART_FACT_remote_template, "a > in quotes ends no tag" },
	{ relations,
	    "<!-- Relationship's -->" RELATION(
		"Type='" KIND "' Target='http://x.test/y' TargetMode='External'"),
	    PART_FACT_remote_template, "a comment's quote begins nothing" },
	{ relations, RELATION("Type='" KIND "' Target='file:///C:/x.dotx' TargetMode='External'"),
	    -1, "a template of this machine" },
	{ relations,
	    RELATION("Type='http://x/relationships/hyperlink' Target='http://x.test/y' "
		     "TargetMode='External'"),
	    -1, "a link is followed only when it is clicked" },
	{ text, INSTRUCTION("DDEAUTO c:\\x"), PART_FACT_dde, "as office programs write it" },
	{ text, INSTRUCTION("D") INSTRUCTION("DE x"), PART_FACT_dde, "cut into pieces" },
	{ text, INSTRUCTION("&#68;DE x"), PART_FACT_dde, "a reference" },
	{ text, INSTRUCTION("D<!-- ' -->DE x"), PART_FACT_dde, "a comment inside" },
	{ text, INSTRUCTION("<![CDATA[DDE x]]>"), PART_FACT_dde, "quoted text" },
	{ text, "<w:t><![CDATA[<!--]]></w:t>" INSTRUCTION("DDE x"), PART_FACT_dde,
	    "quoted text begins no comment" },
	{ text, "<!-- isn't -->" INSTRUCTION("DDE x"), PART_FACT_dde,
	    "a comment's quote begins nothing" },
	{ text, "<w:fldSimple\nw:instr='DDE x'/>", PART_FACT_dde, "in an attribute" },
	{ text, "<w:fldChar w:fldCharType='begin'/>" INSTRUCTION(" QUOTE 68 68 69 65 85 84 79 "),
	    PART_FACT_dde, "made of numbers" },
	{ text, INSTRUCTION(" QUOTE 72 101 108 108 111 "), -1, "a greeting made of them" },
	{ text, INSTRUCTION(" INCLUDETEXT \"http://x.test/y\" "), PART_FACT_remote_template,
	    "text of elsewhere" },
	{ text, INSTRUCTION("LINK Word.Document.8 &quot;\\\\\\\\x.test\\\\y&quot; \\a"),
	    PART_FACT_remote_template, "an object of elsewhere" },
	{ text, INSTRUCTION("LINK Excel.Sheet.12 \"C:\\\\a.xlsx\" \\a"), -1,
	    "one of this machine" },
	{ text, INSTRUCTION("INCLUDETEXT \"file:////x.test/y\""), PART_FACT_remote_template,
	    "a share as a URL" },
	{ text, INSTRUCTION("INCLUDETEXT file:///C:/y.doc"), -1, "a file as a URL" },
	{ text, INSTRUCTION("INCLUDEPICTURE \"http://x.test/a.png\" \\d"), -1,
	    "a picture of a web page" },
	{ text, INSTRUCTION("INCLUDEPICTURE \"file://x.test/a.png\" \\d"),
	    PART_FACT_remote_template, "a picture on a share" },
	{ text, INSTRUCTION("HYPERLINK \"http://x.test/\""), -1, "a link is for whoever clicks" },
	{ text, INSTRUCTION("PAGE") "<w:t>DDE</w:t>", -1, "a page number, and words in the text" },
	{ "xl/externalLinks/externalLink1.xml", "<ddeLink\tddeService='cmd'/>", PART_FACT_dde,
	    "any white space" },
};

static void
facts(void)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct facts *facts = facts_new();
		struct part *document = facts_add_part(facts, -1, PART_LEAF);
		g_autoptr(GPtrArray) names = g_ptr_array_new();

		g_ptr_array_add(names, (void *)rows[i].path);
		g_test_message("%s: %s", rows[i].path, rows[i].why);
		document_member(document, names, rows[i].xml, strlen(rows[i].xml));
		g_assert_cmphex(
		    document->facts, ==, rows[i].fact < 0 ? 0 : UINT64_C(1) << rows[i].fact);
		facts_free(facts);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/document/what its XML says is found however it is written", facts);
	return g_test_run();
}
