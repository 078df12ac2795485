/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmagic tries its thousands of entries one by one, seventy of them regular expressions, which takes it half a millisecond for a short
 * text. So it is asked with those entries only that the content may match, and where that is certain, without its looks at encodings;
 * a second question, for the MIME type, is asked only where the first answer does not imply it. Contents that come again (the
 * same bytes, not the same digest) are known. The test holds all of this to libmagic's own words, over real mail.
 */
#include "core/read/filetype.h"

#include <glib.h>
#include <magic.h>
#include <string.h>

#include "core/read/magicset.h"
#include "core/read/magictable.h"
#include "core/read/magictext.h"

/* Contents whose types are remembered, and how long such a content is at most. */
#define ANSWERS_KEPT 64
#define ANSWER_SIZE_MAX 65536

/* MIME types that follow from the words before the first comma. */
static const char *const implied[][2] = {
	{ "ASCII text", "text/plain" },
	{ "ISO-8859 text", "text/plain" },
	{ "HTML document", "text/html" },
	{ "PNG image data", "image/png" },
	{ "JPEG image data", "image/jpeg" },
	{ "GIF image data", "image/gif" },
	{ "PDF document", "application/pdf" },
	{ "gzip compressed data", "application/gzip" },
	{ "XML 1.0 document", "text/xml" },
	{ "Zip archive data", "application/zip" },
	{ "Microsoft Word 2007+",
	    "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
	{ "Microsoft Excel 2007+",
	    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ "Microsoft PowerPoint 2007+",
	    "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
};

/* What later versions of libmagic know, and rules are written for. */
static const struct {
	char mark[16]; /* at the beginning */
	const char *description, *mime;
} newer[] = {
	{ "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "Microsoft OneNote",
	    "application/onenote" },
	{ "\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f", "Microsoft OneNote",
	    "application/onenote" },
};

/* With all entries. */
static magic_t words, types;
/* NULL: none is known, and libmagic is asked as it is. */
static struct magictable *table;

static magic_t
load(int flags)
{
	magic_t magic = magic_open(flags);

	if (magic != NULL && magic_load(magic, NULL) == 0)
		return magic;
	if (magic != NULL)
		magic_close(magic);
	return NULL;
}

bool
filetype_prepare(void)
{
	if (words != NULL)
		return true;
	words = load(MAGIC_NONE);
	types = load(MAGIC_MIME_TYPE);
	table = magictable_load();
	return words != NULL && types != NULL;
}

/* How a content is to be asked for. */
struct question {
	const char *bytes;
	size_t size;
	const struct magicset *set; /* NULL: with all entries */
	int flags;
	char *description, *mime; /* what is known without asking, or NULL */
};

/* What libmagic need not look at. With no entries that ask, whether it is text matters only to what is done at its end. */
static int
flags_for(const struct magicsight *sight, const struct magicset *set)
{
	const struct magicview *bytes = &sight->bytes;

	if (sight->kind == MAGICTEXT_NONE)
		return MAGIC_NO_CHECK_ENCODING | MAGIC_NO_CHECK_TEXT;
	if (sight->kind == MAGICTEXT_KNOWN && magicset_is_empty(set) &&
	    !magictext_may_be_csv(bytes->bytes, bytes->size))
		return MAGIC_NO_CHECK_ENCODING;
	return 0;
}

/* Of text no entry says anything, or one that says no more. */
static void
answer_text(struct question *question, const struct magicsight *sight, bool none,
    const struct magicentry *sure)
{
	if (none) {
		question->description = magictext_describe(sight, "");
		question->mime = g_strdup(question->description != NULL ? "text/plain" : NULL);
	} else if (sure != NULL && sure[1].level == 0 && sure->mime[0] != '\0') {
		question->description = magictext_describe(sight, sure->description);
		if (question->description != NULL)
			question->mime = g_strndup(sure->mime, sizeof(sure->mime));
	}
}

static void
answer_newer(struct question *question)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(newer); i++) {
		if (question->size < sizeof newer[i].mark ||
		    memcmp(question->bytes, newer[i].mark, sizeof newer[i].mark) != 0)
			continue;
		question->description = g_strdup(newer[i].description);
		question->mime = g_strdup(newer[i].mime);
	}
}

static struct question
prepare_question(const char *bytes, size_t size)
{
	struct question question = { .bytes = bytes, .size = size };
	struct magicsight sight;
	const struct magicentry *sure;
	GArray *candidates;

	answer_newer(&question);
	/* Less is told by its size. */
	if (question.description != NULL || table == NULL || size < 2)
		return question;
	magictext_look(&sight, bytes, size);
	candidates = magictable_candidates(table, &sight, &sure);
	answer_text(&question, &sight, candidates->len == 0, sure);
	if (question.description != NULL)
		g_array_unref(candidates);
	else
		question.set = magicset_get(table, candidates, sight.kind == MAGICTEXT_UNKNOWN);
	if (question.set != NULL)
		question.flags = flags_for(&sight, question.set);
	magictext_clear(&sight);
	return question;
}

static char *
ask(const struct question *question, bool mime)
{
	char *known = mime ? question->mime : question->description;
	magic_t magic = NULL;

	if (known != NULL)
		return g_strdup(known);
	if (question->set != NULL)
		magic = mime ? magicset_types(question->set) : magicset_words(question->set);
	if (magic == NULL)
		magic = mime ? types : words;
	else
		magic_setflags(magic, (mime ? MAGIC_MIME_TYPE : MAGIC_NONE) | question->flags);
	return g_strdup(magic_buffer(magic, question->bytes, question->size));
}

/* NULL: the words do not say. */
static const char *
implied_type(const char *description)
{
	size_t length = description != NULL ? strcspn(description, ",") : 0;

	for (unsigned i = 0; length > 0 && i < G_N_ELEMENTS(implied); i++) {
		if (strlen(implied[i][0]) == length &&
		    memcmp(implied[i][0], description, length) == 0)
			return implied[i][1];
	}
	return description != NULL && g_str_has_prefix(description, "Unicode text, UTF-8 text")
		   ? "text/plain"
		   : NULL;
}

/* What was asked lately: the same picture, the same signature, the same letter to many. */
static struct answer {
	char *bytes;
	size_t size;
	char *description, *mime; /* mime NULL: nobody asked */
} answers[ANSWERS_KEPT];
static unsigned next_answer;

static struct answer *
find_answer(const char *bytes, size_t size)
{
	for (unsigned i = 0; i < ANSWERS_KEPT; i++) {
		if (answers[i].bytes != NULL && answers[i].size == size &&
		    memcmp(answers[i].bytes, bytes, size) == 0)
			return &answers[i];
	}
	return NULL;
}

/* What is larger is forgotten as soon as it was told. */
static struct answer *
new_answer(const char *bytes, size_t size)
{
	struct answer *answer = &answers[next_answer];

	next_answer = (next_answer + 1) % ANSWERS_KEPT;
	g_free(answer->bytes);
	g_free(answer->description);
	g_free(answer->mime);
	*answer = (struct answer){ .size = size };
	if (size <= ANSWER_SIZE_MAX)
		answer->bytes = g_memdup2(bytes, size);
	return answer;
}

/* What is missing in it, and wanted. */
static void
complete_answer(struct answer *answer, const char *bytes, size_t size, bool mime)
{
	bool asked = answer->description != NULL;
	struct question question;

	if (asked && (!mime || answer->mime != NULL))
		return;
	if (asked)
		answer->mime = g_strdup(implied_type(answer->description));
	if (asked && answer->mime != NULL)
		return;
	question = prepare_question(bytes, size);
	if (!asked)
		answer->description = ask(&question, false);
	if (mime && question.mime == NULL)
		answer->mime = g_strdup(implied_type(answer->description));
	if (mime && answer->mime == NULL)
		answer->mime = ask(&question, true);
	g_free(question.description);
	g_free(question.mime);
}

void
filetype_of(const char *bytes, size_t size, const char *hint, char **description, char **mime)
{
	struct answer *answer;

	(void)hint;
	if (!filetype_prepare())
		return;
	answer = find_answer(bytes, size);
	if (answer == NULL)
		answer = new_answer(bytes, size);
	complete_answer(answer, bytes, size, mime != NULL);
	if (mime != NULL)
		*mime = g_strdup(answer->mime);
	if (description != NULL)
		*description = g_strdup(answer->description);
}
