/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers on which mail programs differ are written anew: what leaves has one reading, the one that was judged. */
#include "core/act/mend.h"

#include "core/act/decide.h"
#include "core/read/reading.h"
#include "t/unit/rewrite_fixture.h"
#include "t/unit/samples.h"

#define HEAD "From: alice@sender.test\nSubject: s\nMIME-Version: 1.0\n"
#define TEXT "\n\nhello\n"
#define BODY(boundary, header, content) \
	"--" boundary "\n" header "\n" content "\n--" boundary "--\n"
#define MIXED(part)                                                                       \
	HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\n" part "\n" \
	     "content\n--b--\n"

static struct facts *
read_facts(const char *bytes, size_t size)
{
	size_t header = rewrite_header_size(bytes, size), start = MIN(header + 1, size);
	struct source *source = source_new(bytes, header, bytes + start, size - start);
	struct brief brief;

	brief_init(&brief);
	brief.want_digests = brief.want_types = brief.want_mime_types = false;
	struct facts *facts = reading_run(&brief, source);

	source_free(source);
	return facts;
}

static const struct {
	const char *why, *text;
	const char *has;   /* a line of the result */
	const char * not ; /* nowhere in it */
	bool unclear_still;
} cases[] = {
	{ "a type that stands twice", HEAD "Content-Type: text/plain\nContent-Type: text/html" TEXT,
	    "\nContent-Type: text/plain\n\nhello", "html", false },
	{ "two boundaries in two fields",
	    HEAD "Content-Type: multipart/mixed; boundary=a\nContent-Type: multipart/mixed; "
		 "boundary=b\n\n" BODY("a", "", "one") BODY("b", "", "two"),
	    "\nContent-Type: multipart/mixed; boundary=a\n\n--a", "boundary=b", false },
	{ "two boundaries in one",
	    HEAD "Content-Type: multipart/mixed; boundary=\"a\"; boundary=b; type=\"x/y\"\n\n" BODY(
		"a", "", "one") BODY("b", "", "two"),
	    "\nContent-Type: multipart/mixed; boundary=a; type=\"x/y\"\n\n--a", "boundary=b",
	    false },
	{ "a boundary in pieces",
	    HEAD
	    "Content-Type: multipart/mixed; boundary*0=a; boundary*1=c\n\n" BODY("ac", "", "one"),
	    "\nContent-Type: multipart/mixed; boundary=ac\n\n", "*", false },
	{ "a field with a comment in its name counts for some, and goes",
	    HEAD "Content-Type (x): text/html\nContent-Type: text/plain; format=flowed" TEXT,
	    "\nContent-Type: text/plain; format=flowed\n\n", "html", false },
	{ "also where it is the only one", HEAD "Content-Type (x): text/html" TEXT,
	    "\nMIME-Version: 1.0\n\nhello", "html", false },
	{ "and one with a blank before its colon, and one with a stray letter",
	    HEAD "Content-Type : text/html\nContent-T\xFFype: text/xml" TEXT, NULL, "html", false },
	{ "two encodings",
	    HEAD "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\nAAAA\n",
	    "\nContent-Transfer-Encoding: base64\n\n", "7bit", false },
	{ "an encoding of a multipart",
	    HEAD "Content-Type: multipart/mixed; boundary=a\nContent-Transfer-Encoding: "
		 "base64\n\n" BODY("a", "", "AAAA"),
	    "\nContent-Type: multipart/mixed; boundary=a\n\n", "base64", false },
	{ "two names",
	    MIXED("Content-Type: image/png; name=a.png\n"
		  "Content-Disposition: attachment; filename=b.exe\n"),
	    "\n--b\nContent-Type: image/png; name=b.exe\nContent-Disposition: attachment; "
	    "filename=b.exe\n\ncontent\n",
	    "a.png", false },
	{ "two names in one field",
	    MIXED("Content-Type: image/png\n"
		  "Content-Disposition: inline; filename=a.png; size=3; filename=\"b.exe\"\n"
		  "X-Other: 1\n"),
	    "\nContent-Disposition: inline; filename=a.png; size=3\nX-Other: 1\n\ncontent\n",
	    "b.exe", false },
	{ "the same twice is left alone",
	    MIXED("Content-Type: image/png; name=a.png\nContent-Type: image/png; name=a.png\n"),
	    "name=a.png\nContent-Type: image/png; name=a.png\n", "\r", false },
	{ "a header of a part is cut off by no odd line",
	    MIXED("Content-Type: image/png\nContent-Type: text/html\nodd line\n \n\tx\nX-A: 1\n"),
	    "\n--b\nContent-Type: image/png\nX-A: 1\n\n", "odd", false },
	{ "a field behind a bare CR",
	    MIXED("Content-Type: image/png\nX-A: 1\rContent-Type: text/html\n"),
	    "\nX-A: 1 Content-Type: text/html\n\n", "\r", false },
	{ "an attached message keeps its other fields, whatever they are",
	    MIXED("Content-Type: message/rfc822\n\nSubject: odd\nno field\nContent-Type: a/b\n"
		  "X-A: 1\nContent-Type: text/plain\n"),
	    "\nSubject: odd\nno field\nContent-Type: a/b\nX-A: 1\n", "text/plain", true },
	{ "line ends stay as they are",
	    HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\r\nContent-Type: a/b\r\n"
		 "Content-Type: c/d\r\n\r\nx\r\n--b--\r\n",
	    "--b\r\nContent-Type: a/b\r\n\r\nx\r\n", "c/d", false },
	{ "where the empty line was forgotten nobody knows what is header",
	    MIXED("Content-Type: multipart/mixed; boundary=ab\n--ab\nContent-Type: text/plain\n\n"
		  "x\n--ab--\n"),
	    "boundary=ab\n--ab\nContent-Type: text/plain\n\nx\n--ab--\n", "\r", true },
	{ "nor can a type that no field can say",
	    MIXED("Content-Type: text/h\xC3\xA4\nContent-Type: text/html\n"),
	    "\nContent-Type: text/h\xC3\xA4\nContent-Type: text/html\n", "\r", true },
	{ "a multipart that has no boundary by any reading can't be mended",
	    HEAD "Content-Type: multipart/mixed\nContent-Type: multipart/related" TEXT,
	    "\nContent-Type: multipart/related\n", "\r", true },
};

/* One pass: what is due is planned and carried out. */
static GString *
mended(const char *text, size_t size, bool *planned)
{
	struct message *message = rewrite_message(text, size);

	message->facts = read_facts(text, size);
	decide_mend(message);
	*planned = message->body_edits->len > 0;
	GString *result = rewrite_result(message, NULL);

	message_free(message);
	return result;
}

static char *
shape_of(const char *text, size_t size)
{
	struct facts *facts = read_facts(text, size);
	char *shape = rewrite_shape(facts);

	facts_free(facts);
	return shape;
}

static void
test_cases(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *text = cases[i].text;
		bool planned;
		g_autoptr(GString) result = mended(text, strlen(text), &planned);
		g_autofree char *before = shape_of(text, strlen(text));
		g_autofree char *after = shape_of(result->str, result->len);
		struct facts *facts = read_facts(result->str, result->len);

		g_test_message("%s:\n%s", cases[i].why, result->str);
		g_assert_cmpstr(before, ==, after);
		if (cases[i].has != NULL)
			g_assert_nonnull(strstr(result->str, cases[i].has));
		g_assert_null(strstr(result->str, cases[i].not ));
		if (!cases[i].unclear_still)
			g_assert_cmpuint(facts->readings, ==, 1);
		facts_free(facts);
	}
}

static void
test_off(void)
{
	const char *text = cases[0].text;
	bool planned;

	rewrite_configure("Mend Ambiguous Headers = no\n");
	g_autoptr(GString) result = mended(text, strlen(text), &planned);

	g_assert_false(planned);
	g_assert_cmpstr(result->str, ==, text);
	rewrite_configure("");
}

/* A signature does not stop it. */
static void
test_signed(void)
{
	static const char text[] = "DKIM-Signature: v=1; h=from:content-type; b=x\n" HEAD
				   "Content-Type: text/plain\nContent-Type: text/html" TEXT;
	bool planned;
	g_autoptr(GString) result = mended(text, strlen(text), &planned);

	g_assert_true(planned);
	g_assert_null(strstr(result->str, "html"));
}

/* Every other edit of the same part still finds what it needs. */
static void
test_with_others(void)
{
	const char *text =
	    MIXED("Content-Type: text/plain; charset=utf-8\nContent-Type: text/html\n"
		  "Content-Disposition: inline; filename=a; filename=b\n");
	struct message *message = rewrite_message(text, strlen(text));

	message->facts = read_facts(text, strlen(text));
	decide_mend(message);
	message_edit_body(message, BODY_SPLICE, 2, "new \xC3\xA4", NULL, "test");
	message_edit_body(message, BODY_RENAME, 2, "c.txt", NULL, "test");
	g_autoptr(GString) result = rewrite_result(message, NULL);

	g_assert_nonnull(strstr(result->str, "\n--b\nContent-Type: text/plain; charset=utf-8\n"
					     "Content-Disposition: inline; filename=c.txt\n"));
	g_assert_nonnull(strstr(result->str, "new "));
	g_assert_null(strstr(result->str, "html"));
	message_free(message);
}

struct tally {
	unsigned mails, mended, one;
};

static bool
has_unclear(const struct facts *facts)
{
	for (unsigned n = 0; n < facts->parts->len; n++) {
		if (mend_is_due(facts_part(facts, n)))
			return true;
	}
	return false;
}

static void
try_sample(struct tally *tally, const char *path, const char *text, size_t size)
{
	bool planned;
	g_autoptr(GString) result = mended(text, size, &planned);

	tally->mails++;
	if (!planned)
		return;
	g_autofree char *before = shape_of(text, size);
	g_autofree char *after = shape_of(result->str, result->len);
	struct facts *facts = read_facts(result->str, result->len);

	/* One has a boundary of which the half is quoted, in the other the empty line behind a header is missing. */
	bool hopeless = g_str_has_suffix(path, "semicolon-boundary.eml") ||
			g_str_has_suffix(path, "malformed/007.eml");

	tally->mended++;
	g_assert_true(hopeless || !has_unclear(facts));
	g_assert_cmpstr(before, ==, after);
	tally->one += facts->readings == 1;
	if (facts->readings > 1)
		g_test_message("%s: %u readings", path, facts->readings);
	facts_free(facts);
}

static void
test_corpus(void)
{
	static const char *const directories[] = { "corpus/mail/clamav-evasion",
		"corpus/mail/mime-tools", "corpus/mail/rspamd", "corpus/mail/spamassassin",
		"corpus/mail/cpython", "corpus/mail/mime4j", "corpus/mail/mail-parser" };
	struct tally all = { 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(directories); i++) {
		g_autofree char *directory = sample_path(directories[i]);
		g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
		struct tally tally = { 0 };

		sample_find(directory, "", paths);
		for (unsigned n = 0; n < paths->len; n++) {
			g_autofree char *text = NULL;
			gsize size;

			if (rewrite_load(paths->pdata[n], &text, &size) == NULL)
				try_sample(&tally, paths->pdata[n], text, size);
		}
		g_test_message("%s: %u messages, %u mended, %u with one reading then",
		    directories[i], tally.mails, tally.mended, tally.one);
		all.mails += tally.mails;
		all.mended += tally.mended;
		all.one += tally.one;
	}
	if (all.mails == 0)
		g_test_skip("no sample mail beside the checkout");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	rewrite_configure("");
	g_test_add_func("/mend/what leaves has one reading", test_cases);
	g_test_add_func("/mend/nothing is touched where the directive says no", test_off);
	g_test_add_func("/mend/a signature does not stop it", test_signed);
	g_test_add_func("/mend/it goes together with other edits", test_with_others);
	g_test_add_func("/mend/samples", test_corpus);
	int result = g_test_run();

	config_free(config_use(NULL));
	return result;
}
