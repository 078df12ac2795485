/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the shipped rules say of files, in the standard profile and in the one that does as MailScanner 5 does.
 */
#include "core/check/filenames.h"
#include "core/check/filetypes.h"

#include "rules/directives.h"
#include "rules/filerules.h"
#include "t/unit/check_fixture.h"

#define FACT(id) (UINT64_C(1) << PART_FACT_##id)
#define HTML "HTML document, ASCII text"
#define SVG "SVG Scalable Vector Graphics image"
#define PDF "PDF document, version 1.4"
#define WORD_FILE "Composite Document File V2 Document, Little Endian, Os: Windows"
#define EXCEL "Microsoft Excel 2007+"
#define PE "PE32 executable (GUI) Intel 80386, for MS Windows"
#define ZIP "Zip archive data, at least v2.0 to extract"
#define TEXT "ASCII text"
#define DATA "data"
#define LONG "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

/* Verdicts: "allow", "name", "type" or "both" for what stops it, "rename". */
static const struct {
	const char *name, *type, *mime;
	uint64_t facts;
	const char *standard, *compat;
} cases[] = {
	/* Everyday files */
	{ "report.pdf", PDF, "application/pdf", 0, "allow", "allow" },
	{ "form.pdf", PDF, "application/pdf", FACT(script), "allow", "allow" },
	{ "letter.doc", WORD_FILE, "application/msword", FACT(ole), "allow", "allow" },
	{ "letter.docx", "Microsoft Word 2007+", "application/vnd.ms-word", FACT(ooxml), "allow",
	    "allow" },
	{ "table.xlsx", EXCEL, "application/vnd.ms-excel", FACT(ooxml), "allow", "allow" },
	{ "table.xlsb", EXCEL, "application/vnd.ms-excel", FACT(ooxml), "allow", "allow" },
	{ "photo.jpg", "JPEG image data, JFIF standard 1.01", "image/jpeg", 0, "allow", "allow" },
	{ "IMG_1234.JPEG", "JPEG image data", "image/jpeg", 0, "allow", "allow" },
	{ "notes.txt", TEXT, "text/plain", 0, "allow", "allow" },
	{ "notes.txt.gz", "gzip compressed data", "application/gzip", 0, "allow", "allow" },
	{ "letter.pdf.p7s", DATA, "application/octet-stream", 0, "allow", "name" },
	{ "report.doc.doc", WORD_FILE, "application/msword", 0, "allow", "allow" },
	{ "report.may.doc", WORD_FILE, "application/msword", 0, "allow", "allow" },
	{ "archive.zip", ZIP, "application/zip", FACT(archive), "allow", "allow" },
	{ "source.tar.gz", "gzip compressed data", "application/gzip", 0, "allow", "allow" },
	{ "key.asc", "PGP public key block", "application/pgp-keys", 0, "allow", "allow" },
	{ "meeting.ics", "vCalendar calendar file", "text/calendar", 0, "allow", "allow" },
	{ "card.vcf", "vCard visiting card", "text/vcard", 0, "allow", "allow" },
	{ "page.html", HTML, "text/html", 0, "allow", "allow" },
	{ "logo.svg", SVG, "image/svg+xml", 0, "allow", "allow" },
	{ "data.xml", "XML 1.0 document", "text/xml", 0, "allow", "allow" },
	{ NULL, TEXT, "text/plain", 0, "allow", "allow" },
	{ NULL, HTML, "text/html", FACT(script), "allow", "allow" },
	{ "v1.2.csv", "CSV text", "text/csv", 0, "allow", "allow" },
	/* Pages with script */
	{ "invoice.html", HTML, "text/html", FACT(script), "type", "allow" },
	{ "invoice.htm", HTML, "text/html", FACT(script), "type", "allow" },
	{ "logo.svg", SVG, "image/svg+xml", FACT(script), "type", "allow" },
	{ "invoice.shtml", HTML, "text/html", 0, "name", "allow" },
	{ "invoice.xhtml", "XML 1.0 document", "text/xml", 0, "name", "allow" },
	{ "page.mhtml", "MIME entity", "message/rfc822", 0, "name", "name" },
	/* Programs */
	{ "setup.exe", PE, "application/x-dosexec", 0, "both", "both" },
	{ "setup.exe", DATA, "application/octet-stream", 0, "name", "name" },
	{ "readme.txt", PE, "application/x-dosexec", 0, "type", "type" },
	{ "eicar.com", "EICAR virus test files", "text/plain", 0, "name", "name" },
	{ "saver.scr", PE, "application/x-dosexec", 0, "both", "both" },
	{ "run.bat", "DOS batch file, ASCII text", "text/x-msdos-batch", 0, "both", "name" },
	{ "run.cmd", TEXT, "text/plain", 0, "name", "name" },
	{ "run.pif", DATA, "application/octet-stream", 0, "name", "name" },
	{ "panel.cpl", PE, "application/x-dosexec", 0, "both", "both" },
	{ "thing", "ELF 64-bit LSB executable", "application/x-executable", 0, "type", "type" },
	{ "thing", "Mach-O 64-bit x86_64 executable", "application/x-mach-binary", 0, "type",
	    "type" },
	{ "setup.msi", WORD_FILE, "application/x-msi", 0, "both", "allow" },
	{ "update.msu", "Microsoft Cabinet archive data", "application/vnd.ms-cab-compressed", 0,
	    "name", "allow" },
	{ "setup.ppkg", DATA, "application/octet-stream", 0, "name", "allow" },
	{ "tool.jar", "Java archive data (JAR)", "application/java-archive", 0, "both", "allow" },
	{ "addin.xll", PE, "application/x-dosexec", 0, "both", "type" },
	{ "app.msix", ZIP, "application/zip", 0, "name", "allow" },
	/* Scripts */
	{ "run.js", TEXT, "text/plain", 0, "name", "name" },
	{ "run.jse", DATA, "application/octet-stream", 0, "name", "name" },
	{ "run.vbs", TEXT, "text/plain", 0, "name", "name" },
	{ "run.vbe", DATA, "application/octet-stream", 0, "name", "name" },
	{ "run.wsf", TEXT, "text/xml", 0, "name", "name" },
	{ "run.hta", HTML, "text/html", 0, "name", "name" },
	{ "run.ps1", TEXT, "text/plain", 0, "name", "allow" },
	/* Shortcuts and settings */
	{ "open.lnk", "MS Windows shortcut", "application/x-ms-shortcut", 0, "both", "name" },
	{ "open.url", TEXT, "text/plain", 0, "name", "allow" },
	{ "open.scf", TEXT, "text/plain", 0, "name", "name" },
	{ "docs.library-ms", "XML 1.0 document", "text/xml", 0, "name", "allow" },
	{ "docs.search-ms", "XML 1.0 document", "text/xml", 0, "name", "allow" },
	{ "x.SettingContent-ms", "XML 1.0 document", "text/xml", 0, "name", "allow" },
	{ "keys.reg", "Windows Registry text (Win2K or above)", "text/x-ms-regedit", 0, "both",
	    "name" },
	{ "keys.dat", "Windows Registry little-endian", "application/octet-stream", 0, "type",
	    "rename" },
	{ "help.chm", "MS Windows HtmlHelp Data", "application/octet-stream", 0, "both", "name" },
	/* Disk images and notes */
	{ "disk.iso", "ISO 9660 CD-ROM filesystem data 'X'", "application/x-iso9660-image", 0,
	    "both", "allow" },
	{ "invoice.dat", "ISO 9660 CD-ROM filesystem data 'X'", "application/x-iso9660-image", 0,
	    "type", "allow" },
	{ "disk.img", "DOS/MBR boot sector", "application/octet-stream", 0, "both", "allow" },
	{ "disk.daa", "PowerISO Direct-Access-Archive", "application/octet-stream", 0, "name",
	    "allow" },
	{ "disk.vhd", "Microsoft Disk Image, Virtual Server", "application/octet-stream", 0, "both",
	    "allow" },
	{ "disk.vhdx", "Microsoft Disk Image eXtended", "application/octet-stream", 0, "both",
	    "allow" },
	{ "notes.one", "Microsoft OneNote", "application/onenote", 0, "both", "allow" },
	/* Office */
	{ "table.xlsm", EXCEL, "application/vnd.ms-excel", FACT(ooxml) | FACT(vba), "both",
	    "allow" },
	{ "letter.docm", "Microsoft Word 2007+", "application/vnd.ms-word", 0, "name", "allow" },
	{ "letter.doc", WORD_FILE, "application/msword", FACT(ole) | FACT(vba), "type", "allow" },
	{ "table.xls", WORD_FILE, "application/vnd.ms-excel", FACT(ole) | FACT(xlm), "type",
	    "allow" },
	{ "letter.docx", "Microsoft Word 2007+", "application/vnd.ms-word",
	    FACT(ooxml) | FACT(remote_template), "type", "allow" },
	{ "table.xlsx", WORD_FILE, "application/octet-stream", FACT(ole) | FACT(encrypted), "type",
	    "allow" },
	{ "query.iqy", TEXT, "text/plain", 0, "name", "allow" },
	{ "sheet.slk", TEXT, "text/plain", 0, "name", "allow" },
	{ "sheet.csv", "spreadsheet interchange document", "application/x-sylk", 0, "type",
	    "allow" },
	{ "query.odc", TEXT, "text/html", 0, "name", "allow" },
	{ "base.accdb", "Microsoft Access Database", "application/x-msaccess", 0, "name", "allow" },
	{ "base.ade", DATA, "application/octet-stream", 0, "name", "allow" },
	/* Names that hide */
	{ "invoice.pdf.exe", DATA, "application/octet-stream", 0, "name", "name" },
	{ "invoice.pdf.xyz", DATA, "application/octet-stream", 0, "name", "name" },
	{ "invoice.pdf .xyz", DATA, "application/octet-stream", 0, "name", "name" },
	{ "setup.exe.", DATA, "application/octet-stream", 0, "name", "name" },
	{ "setup.exe  ", DATA, "application/octet-stream", 0, "name", "name" },
	{ "invoice.txt                    .xyz", DATA, "application/octet-stream", 0, "name",
	    "name" },
	{ "x.{3050f4d8-98b5-11cf-bb82-00aa00bdce0b}", DATA, "application/octet-stream", 0, "name",
	    "name" },
	{ LONG LONG LONG "abc", DATA, "application/octet-stream", 0, "name", "name" },
	{ LONG LONG LONG "ab", DATA, "application/octet-stream", 0, "allow", "allow" },
	{ "invoice_fdp.exe.txt", TEXT, "text/plain", FACT(bidi_name), "name", "allow" },
	{ "invoice.txt", TEXT, "text/plain", FACT(control_name), "name", "allow" },
};

static const char *
verdict(const struct act_fixture *fixture)
{
	bool name = false, type = false, rename = false;

	for (unsigned i = 0; i < fixture->message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(fixture->message->findings, i);

		name = name || finding->kind == FINDING_name;
		type = type || finding->kind == FINDING_type;
		rename = rename || finding->kind == FINDING_rename;
	}
	if (name || type)
		return name && type ? "both" : name ? "name" : "type";
	return rename ? "rename" : "allow";
}

/* Uses the rules in this folder of the sources. */
static void
configure(const struct act_fixture *fixture, const char *folder)
{
	g_autofree char *rules = g_test_build_filename(G_TEST_DIST, "rules", folder, NULL);
	g_autofree char *lines =
	    g_strdup_printf("Filename Rules = %s/filename.rules.conf\n"
			    "Filetype Rules = %s/filetype.rules.conf\n"
			    "Archives: Filename Rules = %s/archives.filename.rules.conf\n"
			    "Archives: Filetype Rules = %s/archives.filetype.rules.conf\n",
		rules, rules, rules, rules);
	act_configure(fixture, lines);
}

static void
check_case(struct act_fixture *fixture, size_t i, enum part_kind kind, const char *expected)
{
	struct part *part = check_add(fixture, 0, kind, cases[i].name);

	part->facts = cases[i].facts;
	part->description = g_strdup(cases[i].type);
	part->mime = g_strdup(cases[i].mime);
	check_filenames(fixture->message);
	check_filetypes(fixture->message);
	g_autofree char *said = check_said(fixture);
	g_test_message("%s, %s:\n%s", cases[i].name, cases[i].type, said);
	g_assert_cmpstr(verdict(fixture), ==, expected);
	check_forget(fixture);
	g_ptr_array_set_size(fixture->message->facts->parts, 1);
}

static void
test_profile(const char *folder, bool compat, enum part_kind kind)
{
	struct act_fixture fixture;

	check_open(&fixture, "");
	configure(&fixture, folder);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *expected = compat ? cases[i].compat : cases[i].standard;

		/* Members have names and aren't renamed but stopped. Electronic books are full of XHTML. */
		if (kind == PART_MEMBER && cases[i].name == NULL)
			continue;
		if (kind == PART_MEMBER && strcmp(expected, "rename") == 0)
			expected = "type";
		if (kind == PART_MEMBER && g_strcmp0(cases[i].name, "invoice.xhtml") == 0)
			expected = "allow";
		check_case(&fixture, i, kind, expected);
	}
	act_close(&fixture);
}

static void
test_standard(void)
{
	test_profile("", false, PART_LEAF);
}

static void
test_standard_archives(void)
{
	test_profile("", false, PART_MEMBER);
}

static void
test_compat(void)
{
	test_profile("compat", true, PART_LEAF);
}

static void
test_compat_archives(void)
{
	test_profile("compat", true, PART_MEMBER);
}

/* Each shipped file loads without a word. */
static void
test_files(void)
{
	static const char *const names[] = { "filename.rules.conf", "filetype.rules.conf",
		"archives.filename.rules.conf", "archives.filetype.rules.conf",
		"compat/filename.rules.conf", "compat/filetype.rules.conf",
		"compat/archives.filename.rules.conf", "compat/archives.filetype.rules.conf" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_test_build_filename(G_TEST_DIST, "rules", names[i], NULL);
		struct diagnostics *diagnostics = diagnostics_new();
		struct filerules *rules = filerules_load(path, NULL, diagnostics);

		g_assert_nonnull(rules);
		g_assert_cmpuint(filerules_list(rules)->len, >, 5);
		g_assert_cmpuint(diagnostics_list(diagnostics)->len, ==, 0);
		filerules_free(rules);
		diagnostics_free(diagnostics);
	}
}

/* Profile chooses between the files. */
static void
test_defaults(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_configure(&fixture, "");
	g_assert_true(g_str_has_suffix(filename_rules_for(NULL), "/rules/filename.rules.conf"));
	act_configure(&fixture, "Profile = compat\n");
	g_assert_true(
	    g_str_has_suffix(filename_rules_for(NULL), "/rules/compat/filename.rules.conf"));
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_assert_cmpuint(G_N_ELEMENTS(cases), >=, 60);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/filepolicy/the shipped files have no mistakes", test_files);
	g_test_add_func("/filepolicy/the profile chooses the rules", test_defaults);
	g_test_add_func("/filepolicy/the standard profile stops what is dangerous", test_standard);
	g_test_add_func("/filepolicy/in archives too", test_standard_archives);
	g_test_add_func("/filepolicy/the compat profile does as MailScanner 5", test_compat);
	g_test_add_func("/filepolicy/in its archives too", test_compat_archives);
	return g_test_run();
}
