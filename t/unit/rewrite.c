/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/rewrite.h"

#include "t/unit/rewrite_fixture.h"

#define HEAD "From: alice@sender.test\nSubject:  two  blanks\n\tfolded\n"
#define MIME HEAD "MIME-Version: 1.0\n"
#define PLAIN HEAD "\nDear Bob,\nthis is it.\n"
#define MIXED                                                                               \
	MIME "Content-Type: multipart/mixed;\n\tboundary=\"b1\"\nX-Last: 1\n\n"             \
	     "preamble\n--b1\nContent-Type: text/plain; charset=us-ascii\n\nhello\n--b1 \n" \
	     "Content-Type: application/octet-stream; name=\"evil.exe\"\n"                  \
	     "Content-Transfer-Encoding: base64\n\nAAAA\n--b1--\nepilogue\n"
#define ALTERNATIVE                                                                      \
	MIME "Content-Type: multipart/alternative; boundary=b1\n\n--b1\n\nplain\n--b1\n" \
	     "Content-Type: text/html; charset=iso-8859-1\n\n<p>rich</p>\n--b1--\n"

/* One edit, as the tables name it. */
struct step {
	enum body_edit_kind kind;
	unsigned part;
	const char *text; /* of the splice, of the new part ... */
	size_t start, end;
	bool cosmetic;
};

#define STEPS_MAX 4
#define EDIT(id, number, words)                                      \
	{                                                            \
		.kind = BODY_##id, .part = (number), .text = (words) \
	}
#define SPLICE(number, words, from, to)                                                  \
	{                                                                                \
		.kind = BODY_SPLICE, .part = (number), .text = (words), .start = (from), \
		.end = (to)                                                              \
	}
#define COSMETIC(number, words)                                                            \
	{                                                                                  \
		.kind = BODY_SPLICE, .part = (number), .text = (words), .start = BODY_END, \
		.end = BODY_END, .cosmetic = true                                          \
	}

struct sample {
	const char *why, *text;
	struct step steps[STEPS_MAX]; /* `text` NULL ends it, but for removals */
	const char *expected;	      /* boundaries of ours are written as @ */
};

static struct new_part *
content_of(const char *text)
{
	return new_part_new("text/plain", "UTF-8", NULL, NULL, g_bytes_new(text, strlen(text)));
}

static void
plan(struct message *message, const struct step *step)
{
	bool takes_content = step->kind == BODY_REPLACE || step->kind == BODY_BEFORE ||
			     step->kind == BODY_APPEND || step->kind == BODY_RELATE;
	struct body_edit *edit =
	    message_edit_body(message, step->kind, step->part, takes_content ? NULL : step->text,
		takes_content ? content_of(step->text) : NULL, "test");

	edit->start = step->start;
	edit->end = step->end;
	edit->cosmetic = step->cosmetic;
}

/* Our boundaries, told by how they begin. */
static char *
hide_boundaries(const char *text)
{
	g_autoptr(GRegex) regex = g_regex_new("=_ms-[0-9a-f]{32}", G_REGEX_RAW, 0, NULL);

	return g_regex_replace_literal(regex, text, -1, 0, "@", 0, NULL);
}

static void
test_sample(const void *data)
{
	const struct sample *sample = data;
	struct message *message = rewrite_message(sample->text, strlen(sample->text));

	message->facts = rewrite_facts(sample->text, strlen(sample->text));
	for (unsigned i = 0; i < STEPS_MAX; i++) {
		if (sample->steps[i].text != NULL)
			plan(message, &sample->steps[i]);
	}
	g_autoptr(GString) result = rewrite_result(message, NULL);
	g_autofree char *shown = hide_boundaries(result->str);

	g_assert_cmpstr(shown, ==, sample->expected);
	message_free(message);
}

#define QUOTED                                                                      \
	MIME "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: " \
	     "quoted-printable\n\n"
#define BASE64 MIME "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
#define LATIN                                                 \
	MIME "Content-Type: text/plain; charset=iso-8859-1; " \
	     "format=flowed\nContent-Transfer-Encoding: 8bit\n\n"
#define JAPANESE MIME "Content-Type: text/plain; charset=iso-2022-jp\n\n"
#define NEW "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 7bit\n"

static const struct sample samples[] = {
	{ "nothing is changed where nothing is asked for", MIXED, { EDIT(REMOVE, 0, NULL) },
	    MIXED },
	{ "a part can become an empty one", PLAIN, { EDIT(REPLACE, 0, "") },
	    HEAD "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: "
		 "7bit\nMIME-Version: 1.0\n\n" },
	{ "text goes to the top of a plain message", PLAIN, { SPLICE(0, "Beware!\n\n", 0, 0) },
	    HEAD "\nBeware!\n\nDear Bob,\nthis is it.\n" },
	{ "and to its end", PLAIN, { SPLICE(0, "\n-- \nsite\n", BODY_END, BODY_END) },
	    HEAD "\nDear Bob,\nthis is it.\n\n-- \nsite\n" },
	{ "text behind the last line of a part begins a line", MIXED,
	    { SPLICE(1, "sig\n", BODY_END, BODY_END) },
	    MIME "Content-Type: multipart/mixed;\n\tboundary=\"b1\"\nX-Last: 1\n\n"
		 "preamble\n--b1\nContent-Type: text/plain; charset=us-ascii\n\nhello\nsig\n--b1 \n"
		 "Content-Type: application/octet-stream; name=\"evil.exe\"\n"
		 "Content-Transfer-Encoding: base64\n\nAAAA\n--b1--\nepilogue\n" },
	{ "several splices are made in the order of their places; one inside another goes with it",
	    PLAIN,
	    { SPLICE(0, "[", 10, 10), SPLICE(0, "Hi", 0, 4), SPLICE(0, "xx", 1, 3),
		SPLICE(0, "]", BODY_END, BODY_END) },
	    HEAD "\nHi Bob,\n[this is it.\n]" },
	{ "quoted-printable keeps its lines", QUOTED "a =C3=A4 b\nlong =\nline\n",
	    { SPLICE(0, "\xC3\xB6", 4, 4) }, QUOTED "a =C3=A4=\n=C3=B6=\n b\nlong =\nline\n" },
	{ "and lines that come go between its lines", QUOTED "a =C3=A4 b\nlong =\nline\n",
	    { SPLICE(0, "\nsig=\n", BODY_END, BODY_END) },
	    QUOTED "a =C3=A4 b\nlong =\nline\n\nsig=3D\n" },
	{ "base64 is encoded anew from the line that changes", BASE64 "QUFB\nQkJC\nQ0ND\n",
	    { SPLICE(0, "x", 4, 5) }, BASE64 "QUFB\nQnhC\nQ0ND\n" },
	{ "the charset of the part is kept", LATIN "gr\xFC\xDF\n",
	    { SPLICE(0, "\xC3\xB6\n", 0, 0) }, LATIN "\xF6\ngr\xFC\xDF\n" },
	{ "text in a charset that switches is written in it", JAPANESE "\x1B$BF|\x1B(B\n",
	    { SPLICE(0, "\xE6\x97\xA5 a\n", BODY_END, BODY_END) },
	    JAPANESE "\x1B$BF|\x1B(B\n\x1B$BF|\x1B(B a\n" },
	{ "and a place in it counts bytes", JAPANESE "\x1B$BF|\x1B(B mark\n",
	    { SPLICE(0, "\xE6\x97\xA5", 9, 13) }, JAPANESE "\x1B$BF|\x1B(B \x1B$BF|\x1B(B\n" },
	{ "flowed text is stuffed", LATIN "x\n", { SPLICE(0, "> a  \nFrom b\n-- \n", 0, 0) },
	    LATIN " > a\n From b\n-- \nx\n" },
	{ "the part becomes UTF-8 where its charset lacks a character", LATIN "gr\xFC\xDF\n",
	    { SPLICE(0, "\xE2\x82\xAC\n", 0, 0) },
	    MIME "Content-Type: text/plain; charset=UTF-8; format=flowed\n"
		 "Content-Transfer-Encoding: quoted-printable\n\n=E2=82=AC\ngr=C3=BC=C3=9F\n" },
	{ "8-bit text makes a plain message quoted-printable", PLAIN,
	    { SPLICE(0, "\xC3\xB6\n", 0, 0) },
	    HEAD
	    "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n"
	    "MIME-Version: 1.0\n\n=C3=B6\nDear Bob,\nthis is it.\n" },
	{ "HTML says by number what its charset lacks", ALTERNATIVE,
	    { SPLICE(2, "\xE2\x82\xAC", 3, 3) },
	    MIME "Content-Type: multipart/alternative; boundary=b1\n\n--b1\n\nplain\n--b1\n"
		 "Content-Type: text/html; charset=iso-8859-1\n\n<p>&#8364;rich</p>\n--b1--\n" },
	{ "what would become a boundary is encoded", MIXED,
	    { SPLICE(1, "--b1\nContent-Type: text/html\n", 0, 0) },
	    MIME "Content-Type: multipart/mixed;\n\tboundary=\"b1\"\nX-Last: 1\n\n"
		 "preamble\n--b1\nContent-Type: text/plain; charset=us-ascii\n"
		 "Content-Transfer-Encoding: quoted-printable\n\n"
		 "=2D-b1\nContent-Type: text/html\nhello\n--b1 \n"
		 "Content-Type: application/octet-stream; name=\"evil.exe\"\n"
		 "Content-Transfer-Encoding: base64\n\nAAAA\n--b1--\nepilogue\n" },
	{ "a part is replaced", MIXED, { EDIT(REPLACE, 2, "gone\n") },
	    MIME "Content-Type: multipart/mixed;\n\tboundary=\"b1\"\nX-Last: 1\n\n"
		 "preamble\n--b1\nContent-Type: text/plain; charset=us-ascii\n\nhello\n--b1 \n" NEW
		 "\ngone\n\n--b1--\nepilogue\n" },
	{ "edits inside of a part that is replaced go with it", MIXED,
	    { SPLICE(1, "x", 0, 0), EDIT(REPLACE, 0, "all\n"), EDIT(RENAME, 2, "y") },
	    HEAD "MIME-Version: 1.0\nX-Last: 1\n" NEW "\nall\n" },
	{ "a single part that is replaced has a header that fits",
	    MIME "Content-type: application/x; name=\"a.exe\"\nContent-Transfer-Encoding: base64\n"
		 "Content-Disposition: attachment\nContent-Length: 5\n\nAAAA\n",
	    { EDIT(REPLACE, 0, "gone\n") }, MIME NEW "\ngone\n" },
	{ "an alternative of which a part is replaced becomes mixed", ALTERNATIVE,
	    { EDIT(REPLACE, 2, "gone\n") },
	    HEAD "MIME-Version: 1.0\nContent-Type: multipart/mixed; "
		 "boundary=b1\n\n--b1\n\nplain\n--b1\n" NEW "\ngone\n\n--b1--\n" },
	{ "a part is removed with the boundary before it", MIXED, { EDIT(REMOVE, 2, "") },
	    MIME "Content-Type: multipart/mixed;\n\tboundary=\"b1\"\nX-Last: 1\n\n"
		 "preamble\n--b1\nContent-Type: text/plain; "
		 "charset=us-ascii\n\nhello\n--b1--\nepilogue\n" },
	{ "or with the one behind it", MIXED, { EDIT(REMOVE, 1, "") },
	    MIME "Content-Type: multipart/mixed;\n\tboundary=\"b1\"\nX-Last: 1\n\n"
		 "preamble\n--b1\n"
		 "Content-Type: application/octet-stream; name=\"evil.exe\"\n"
		 "Content-Transfer-Encoding: base64\n\nAAAA\n--b1--\nepilogue\n" },
	{ "a message of which nothing is left is empty", MIXED,
	    { EDIT(REMOVE, 1, ""), EDIT(REMOVE, 2, "") },
	    HEAD "MIME-Version: 1.0\nX-Last: 1\n" NEW "\n" },
	{ "a part is renamed in both headers", MIXED, { EDIT(RENAME, 2, "a\"b.txt") },
	    MIME "Content-Type: multipart/mixed;\n\tboundary=\"b1\"\nX-Last: 1\n\n"
		 "preamble\n--b1\nContent-Type: text/plain; charset=us-ascii\n\nhello\n--b1 \n"
		 "Content-Type: application/octet-stream; name=\"a\\\"b.txt\"\n"
		 "Content-Transfer-Encoding: base64\n"
		 "Content-Disposition: attachment; "
		 "filename=\"a\\\"b.txt\"\n\nAAAA\n--b1--\nepilogue\n" },
	{ "a name that is not ASCII, among other parameters",
	    MIME "Content-Type: image/png\nContent-Disposition: inline; "
		 "filename*0=a;\n\tfilename*1=\".exe\"; size=5\n\nx\n",
	    { EDIT(RENAME, 0, "\xC3\xA4.txt") },
	    MIME "Content-Type: image/png\nContent-Disposition: inline; "
		 "filename*=UTF-8''%C3%A4.txt; size=5\n\nx\n" },
	{ "HTML is converted", ALTERNATIVE, { EDIT(CONVERT, 2, "rich\n") },
	    MIME "Content-Type: multipart/alternative; boundary=b1\n\n--b1\n\nplain\n--b1\n"
		 "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: "
		 "7bit\n\nrich\n\n--b1--\n" },
	{ "a part comes before others in a mixed message, another behind them", MIXED,
	    { EDIT(BEFORE, 0, "first"), EDIT(APPEND, 0, "last") },
	    MIME "Content-Type: multipart/mixed;\n\tboundary=\"b1\"\nX-Last: 1\n\n"
		 "preamble\n--b1\n" NEW "\nfirst\n--b1\n"
		 "Content-Type: text/plain; charset=us-ascii\n\nhello\n--b1 \n"
		 "Content-Type: application/octet-stream; name=\"evil.exe\"\n"
		 "Content-Transfer-Encoding: base64\n\nAAAA\n--b1\n" NEW
		 "\nlast\n--b1--\nepilogue\n" },
	{ "parts that all go make room for one that comes", MIXED,
	    { EDIT(REMOVE, 1, ""), EDIT(REMOVE, 2, ""), EDIT(BEFORE, 0, "first") },
	    MIME "Content-Type: multipart/mixed;\n\tboundary=\"b1\"\nX-Last: 1\n\n"
		 "preamble\n--b1\n" NEW "\nfirst\n--b1\n\n\n--b1--\nepilogue\n" },
	{ "a message of one part is wrapped, and its header moves inside",
	    MIME "Content-Type: text/html;\n charset=x\nContent-Transfer-Encoding: 8bit\nX-Last: "
		 "1\n\n<p>\n",
	    { EDIT(BEFORE, 0, "first") },
	    HEAD "MIME-Version: 1.0\nX-Last: 1\nContent-Type: multipart/mixed; boundary=\"@\"\n"
		 "Content-Transfer-Encoding: 8bit\n\n--@\n" NEW "\nfirst\n--@\n"
		 "Content-Type: text/html;\n charset=x\nContent-Transfer-Encoding: "
		 "8bit\n\n<p>\n\n--@--\n" },
	{ "an alternative is wrapped as a whole", ALTERNATIVE, { EDIT(APPEND, 0, "last") },
	    HEAD "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"@\"\n\n--@\n"
		 "Content-Type: multipart/alternative; boundary=b1\n\n--b1\n\nplain\n--b1\n"
		 "Content-Type: text/html; charset=iso-8859-1\n\n<p>rich</p>\n--b1--\n\n--@\n" NEW
		 "\nlast\n--@--\n" },
	{ "a picture goes beside the HTML that shows it", ALTERNATIVE, { EDIT(RELATE, 2, "pic") },
	    MIME "Content-Type: multipart/alternative; boundary=b1\n\n--b1\n\nplain\n--b1\n"
		 "Content-Type: multipart/related; boundary=\"@\"; type=\"text/html\"\n\n--@\n"
		 "Content-Type: text/html; charset=iso-8859-1\n\n<p>rich</p>\n--@\n" NEW
		 "\npic\n--@--\n\n--b1--\n" },
	{ "the text behind the last boundary is replaced", MIXED, { EDIT(EPILOGUE, 0, "\nsite\n") },
	    MIME "Content-Type: multipart/mixed;\n\tboundary=\"b1\"\nX-Last: 1\n\n"
		 "preamble\n--b1\nContent-Type: text/plain; charset=us-ascii\n\nhello\n--b1 \n"
		 "Content-Type: application/octet-stream; name=\"evil.exe\"\n"
		 "Content-Transfer-Encoding: base64\n\nAAAA\n--b1--\n\nsite\n" },
	{ "CRLF line ends are kept",
	    MIME
	    "Content-Type: multipart/mixed; boundary=b1\n\n--b1\r\n\r\nhello\r\nyou\r\n--b1--\r\n",
	    { SPLICE(1, "sig\n", BODY_END, BODY_END), EDIT(APPEND, 0, "a\nb") },
	    MIME "Content-Type: multipart/mixed; "
		 "boundary=b1\n\n--b1\r\n\r\nhello\r\nyou\r\nsig\r\n--b1\r\n"
		 "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: "
		 "7bit\r\n\r\na\r\nb\r\n--b1--\r\n" },
	{ "a message within a message keeps its subject when its content is replaced",
	    MIME "Content-Type: message/rfc822\n\nSubject: inner\nContent-Type: text/html\n\n<p>\n",
	    { EDIT(REPLACE, 1, "gone\n") },
	    MIME "Content-Type: message/rfc822\n\nSubject: inner\nContent-Type: text/plain; "
		 "charset=UTF-8\n"
		 "Content-Transfer-Encoding: 7bit\nMIME-Version: 1.0\n\ngone\n" },
	{ "cosmetic text stays out of what is signed",
	    MIME "Content-Type: multipart/signed; boundary=b1\n\n--b1\n\nhello\n--b1\n"
		 "Content-Type: application/pgp-signature\n\nx\n--b1--\n",
	    { COSMETIC(1, "sig\n") },
	    MIME "Content-Type: multipart/signed; boundary=b1\n\n--b1\n\nhello\n--b1\n"
		 "Content-Type: application/pgp-signature\n\nx\n--b1--\n" },
	{ "and out of a DKIM signature", "DKIM-Signature: v=1; bh=x; h=From\n" PLAIN,
	    { COSMETIC(0, "sig\n") }, "DKIM-Signature: v=1; bh=x; h=From\n" PLAIN },
	{ "but not where that covers only what stays", "DKIM-Signature: v=1; l=22; h=From\n" PLAIN,
	    { COSMETIC(0, "sig\n") }, "DKIM-Signature: v=1; l=22; h=From\n" PLAIN "sig\n" },
	{ "what is done for safety is done", "DKIM-Signature: v=1; bh=x; h=From\n" PLAIN,
	    { SPLICE(0, "sig\n", BODY_END, BODY_END) },
	    "DKIM-Signature: v=1; bh=x; h=From\n" PLAIN "sig\n" },
	{ "and then the rest, too", "DKIM-Signature: v=1; bh=x; h=From\n" PLAIN,
	    { SPLICE(0, "!", 0, 0), COSMETIC(0, "sig\n") },
	    "DKIM-Signature: v=1; bh=x; h=From\n" HEAD "\n!Dear Bob,\nthis is it.\nsig\n" },
};

/* A file that was unpacked, and the same bytes as another program reads them, have no place in the message. */
static void
test_without_place(void)
{
	for (int reading = 0; reading < 2; reading++) {
		struct message *message = rewrite_message(MIXED, strlen(MIXED));
		struct step cosmetic = COSMETIC(3, "sig\n");
		g_autoptr(GPtrArray) left = NULL;

		message->facts = rewrite_facts(MIXED, strlen(MIXED));
		struct part *part =
		    facts_add_part(message->facts, 2, reading == 0 ? PART_MEMBER : PART_LEAF);
		part->reading = (unsigned)reading;
		part->header_start = part->header_end = part->body_start = reading * 5000;
		part->body_end = reading * 9000;
		plan(message, &cosmetic);
		g_autoptr(GString) result = rewrite_result(message, &left);

		g_assert_cmpstr(result->str, ==, MIXED);
		g_assert_cmpuint(left->len, ==, 1);
		g_assert_nonnull(strstr(g_ptr_array_index(left, 0), "it can't be reached"));
		message_free(message);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	rewrite_configure("");
	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
		g_autofree char *path = g_strdup_printf("/rewrite/%s", samples[i].why);

		g_test_add_data_func(path, &samples[i], test_sample);
	}
	g_test_add_func("/rewrite/cosmetic text stays out of what does not lie in the message",
	    test_without_place);
	int result = g_test_run();

	config_free(config_use(NULL));
	return result;
}
