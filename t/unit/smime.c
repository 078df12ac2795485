/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opaque S/MIME: what lies in signed data is read as any part is; so is what is compressed; what is encrypted is said to be. */
#include "core/read/smime.h"

#include <zlib.h>

#include "core/read/der.h"
#include "t/unit/reading.h"
#include "t/unit/unpack_fixture.h"

#define INNER                                                                    \
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: " \
	"text/html\r\n\r\n<form action=x></form>\r\n--b\r\nContent-Type: "       \
	"application/octet-stream; name=setup.exe\r\n\r\nMZ\r\n--b--\r\n"

static char *directory;

/* Runs openssl in the scratch directory. */
static void
openssl(const char *arguments)
{
	g_autofree char *line = g_strdup_printf("openssl %s", arguments);
	g_auto(GStrv) words = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *said = NULL;
	int status;

	g_assert_true(g_shell_parse_argv(line, NULL, &words, &error));
	g_assert_true(g_spawn_sync(
	    directory, words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &said, &status, &error));
	if (status != 0)
		g_test_message("%s: %s", line, said);
	g_assert_cmpint(status, ==, 0);
}

static void
put(const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static GBytes *
get(const char *name)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);
	char *text;
	gsize size;

	g_assert_true(g_file_get_contents(path, &text, &size, NULL));
	return g_bytes_new_take(text, size);
}

/* "0 application/pkcs7-mime mime_signed; 1 text/html;" : number of the parent, type, name, facts. */
static char *
tree_of(const struct facts *facts)
{
	GString *text = g_string_new(NULL);

	for (unsigned n = 0; n < facts->parts->len; n++) {
		const struct part *part = facts_part(facts, n);

		g_string_append_printf(text, "%d %s%s%s", part->parent, part->type,
		    *part->name != '\0' ? " " : "", part->name);
		unpack_facts_text(text, part);
		g_string_append(text, "\n");
	}
	return g_string_free(text, FALSE);
}

/* `bytes` as the only part of a message. */
static char *
tree_of_bytes(const char *type, const void *bytes, size_t size)
{
	g_autofree char *code = g_base64_encode(bytes, size);
	g_autofree char *text = g_strdup_printf(
	    "Content-Type: %s\nContent-Transfer-Encoding: base64\n\n%s\n", type, code);
	struct brief brief;

	reading_bare(&brief);
	struct facts *facts = reading_of(&brief, text, strlen(text));
	char *tree = tree_of(facts);

	facts_free(facts);
	return tree;
}

static const char inside[] = "0 text/html\n0 application/octet-stream setup.exe\n";

/* What openssl makes of a message, in DER and streamed in BER. */
static void
test_made(void)
{
	static const struct {
		const char *arguments; /* of openssl cms */
		const char *type, *facts;
		bool open;
	} rows[] = {
		{ "-sign -nodetach -outform DER", "application/pkcs7-mime; smime-type=signed-data",
		    " mime_signed", true },
		{ "-sign -nodetach -stream -outform DER", "application/x-pkcs7-mime",
		    " mime_signed", true },
		{ "-sign -nodetach -outform DER", "application/octet-stream", " mime_signed",
		    true },
		{ "-encrypt -aes128 -outform DER", "application/pkcs7-mime", " mime_encrypted",
		    false },
		{ "-encrypt -aes128 -stream -outform DER", "application/octet-stream",
		    " mime_encrypted", false },
		{ "-EncryptedData_encrypt -aes128 -secretkey 000102030405060708090a0b0c0d0e0f "
		  "-outform DER",
		    "application/pkcs7-mime", " mime_encrypted", false },
		{ "-sign -outform DER", "application/pkcs7-signature", " mime_signed", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		bool signs = strstr(rows[i].arguments, "-sign") != NULL;
		bool key = strstr(rows[i].arguments, "-secretkey") != NULL;
		g_autofree char *line =
		    g_strdup_printf("cms %s -binary -in inner -out out %s", rows[i].arguments,
			signs ? "-signer cert.pem -inkey key.pem"
			: key ? ""
			      : "cert.pem");

		openssl(line);
		g_autoptr(GBytes) bytes = get("out");
		g_autofree char *tree = tree_of_bytes(
		    rows[i].type, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
		g_auto(GStrv) type = g_strsplit(rows[i].type, ";", 2);
		g_autofree char *expected = g_strdup_printf(
		    "-1 %s%s\n%s", type[0], rows[i].facts, rows[i].open ? inside : "");
		g_test_message("%s", rows[i].arguments);
		g_assert_cmpstr(tree, ==, expected);
	}
}

/* A whole message as openssl writes it, signed twice, one in the other. */
static void
test_twice(void)
{
	struct brief brief;

	openssl("cms -sign -nodetach -binary -in inner -out once -signer cert.pem -inkey key.pem");
	openssl("cms -sign -nodetach -binary -in once -out twice -signer cert.pem -inkey key.pem");
	g_autoptr(GBytes) bytes = get("twice");
	reading_bare(&brief);
	struct facts *facts =
	    reading_of(&brief, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	g_autofree char *tree = tree_of(facts);

	g_assert_nonnull(strstr(tree, "\n1 text/html\n1 application/octet-stream setup.exe\n"));
	facts_free(facts);
}

/* A signed document is no message. */
static void
test_document(void)
{
	put("document", "%PDF-1.4 nothing\n");
	openssl("cms -sign -nodetach -binary -in document -out out -outform DER -signer cert.pem "
		"-inkey key.pem");
	g_autoptr(GBytes) bytes = get("out");
	g_autofree char *tree = tree_of_bytes("application/octet-stream; name=order.pdf.p7m",
	    g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

	g_assert_cmpstr(tree, ==,
	    "-1 application/octet-stream order.pdf.p7m mime_signed\n0 application/octet-stream "
	    "order.pdf\n");
}

#define OID(last) "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07" last
#define OPEN "\x30\x80"
#define INFO                             \
	OPEN OID("\x02") "\xa0\x80" OPEN \
			 "\x02\x01\x01\x31\x80\x05\x00\x00\x00" OPEN OID("\x01") "\xa0\x80"
#define TEXT "\x04\x0dX-A: 1\n\nhello"

/* Ways of writing it that no library writes. */
static void
test_written(void)
{
	static const struct {
		const char *why, *bytes;
		size_t size;
		const char *tree;
	} rows[] = {
#define ROW(why, bytes, tree) { why, bytes, sizeof(bytes) - 1, tree }
		ROW("lengths that are not said", INFO TEXT "\0\0\0\0\0\0",
		    " mime_signed\n0 text/plain\n"),
		ROW("a string in pieces in pieces",
		    INFO "\x24\x80\x24\x09\x04\x03X-A\x04\x02: \x24\x80\x04\x02"
			 "1\n\0\0\x04\x06\nhello\0\0",
		    " mime_signed\n0 text/plain\n"),
		ROW("a length in more bytes than it needs",
		    INFO "\x04\x84\0\0\0\x0dX-A: 1\n\nhello", " mime_signed\n0 text/plain\n"),
		ROW("it ends within the string", INFO "\x04\x40X-A: 1\n\nhello",
		    " mime_signed truncated\n0 text/plain\n"),
		ROW("or between the pieces", INFO "\x24\x80\x04\x0dX-A: 1\n\nhello",
		    " mime_signed truncated\n0 text/plain\n"),
		ROW("something else among the pieces",
		    INFO "\x24\x80\x04\x0dX-A: 1\n\nhello\x02\x01\x01",
		    " mime_signed truncated\n0 text/plain\n"),
		ROW("a length beyond all measure", INFO "\x04\xff\xff", " mime_signed truncated\n"),
		ROW("no content",
		    OPEN OID("\x02") "\xa0\x80" OPEN "\x02\x01\x01\x31\x00\x30\x0b" OID("\x01"),
		    " mime_signed\n"),
		ROW("data that is compressed, without any",
		    "\x30\x11\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09\xa0\x02\x30\x00",
		    " unreadable\n"),
		ROW("no CMS at all", "hello", " unreadable\n"),
		ROW("no CMS, but the words", "\xff\xff" OID("\x03"),
		    " mime_encrypted unreadable\n"),
		ROW("nothing", "", "\n"),
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *tree =
		    tree_of_bytes("application/pkcs7-mime", rows[i].bytes, rows[i].size);
		g_autofree char *expected =
		    g_strconcat("-1 application/pkcs7-mime", rows[i].tree, NULL);

		g_test_message("%s", rows[i].why);
		g_assert_cmpstr(tree, ==, expected);
	}
}

/* What stands before and behind compressed data in BER, without lengths. */
#define COMPRESSED                                                               \
	OPEN "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09\xa0\x80" OPEN \
	     "\x02\x01\x00\x30\x0d\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x08"
#define COMPRESSED_END "\0\0\0\0\0\0\0\0\0\0\0\0"

/* Adds an element with a length of four bytes. */
static void
add_element(GByteArray *bytes, uint8_t tag, const void *content, size_t size)
{
	uint8_t head[6] = { tag, 0x84 };

	for (unsigned i = 0; i < 4; i++)
		head[2 + i] = (uint8_t)(size >> 8 * (3 - i));
	g_byte_array_append(bytes, head, sizeof head);
	g_byte_array_append(bytes, content, (guint)size);
}

/* `content` in a compressed message, its string in pieces of so many bytes. The caller's. */
static GByteArray *
compressed(const void *content, size_t size, size_t piece)
{
	uLongf length = compressBound(size);
	g_autofree guint8 *packed = g_malloc(length);
	GByteArray *bytes = g_byte_array_new();

	g_assert_cmpint(compress(packed, &length, content, size), ==, Z_OK);
	g_byte_array_append(bytes, (const guint8 *)COMPRESSED, sizeof COMPRESSED - 1);
	g_byte_array_append(bytes, (const guint8 *)OPEN OID("\x01") "\xa0\x80\x24\x80", 2 + 11 + 4);
	for (size_t at = 0; at < length; at += piece)
		add_element(bytes, DER_OCTETS, packed + at, MIN(piece, length - at));
	g_byte_array_append(bytes, (const guint8 *)COMPRESSED_END, sizeof COMPRESSED_END - 1);
	return bytes;
}

static void
test_compressed(void)
{
	static const struct {
		const char *type, *content, *tree, *why;
		size_t piece;
	} rows[] = {
		{ "application/pkcs7-mime; smime-type=compressed-data", INNER, inside, "a message",
		    SIZE_MAX },
		{ "application/pkcs7-mime", INNER, inside, "in small pieces", 3 },
		{ "application/octet-stream", INNER, inside, "whatever it is called", SIZE_MAX },
		{ "application/octet-stream; name=a.pdf.p7m", "%PDF-1.4 nothing",
		    "0 application/octet-stream a.pdf\n", "a document", SIZE_MAX },
		{ "application/pkcs7-mime", "", "", "nothing", SIZE_MAX },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) bytes =
		    compressed(rows[i].content, strlen(rows[i].content), rows[i].piece);
		g_autofree char *tree = tree_of_bytes(rows[i].type, bytes->data, bytes->len);

		g_test_message("%s", rows[i].why);
		g_assert_nonnull(strchr(tree, '\n'));
		g_assert_cmpstr(strchr(tree, '\n') + 1, ==, rows[i].tree);
		g_assert_null(strstr(tree, "unreadable"));
	}
}

/* Signed and compressed; and compressed again and again. */
static void
test_compressed_nested(void)
{
	static const char head[] = "Content-Type: application/pkcs7-mime\n"
				   "Content-Transfer-Encoding: binary\n\n";
	g_autoptr(GByteArray) bytes = compressed(INNER, sizeof INNER - 1, SIZE_MAX);
	g_autofree char *signed_tree = NULL, *tree = NULL, *files = NULL;

	g_byte_array_prepend(bytes, (const guint8 *)head, sizeof head - 1);
	g_autofree char *path = g_build_filename(directory, "compressed", NULL);
	g_assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
	openssl("cms -sign -nodetach -binary -in compressed -out out -outform DER -signer cert.pem "
		"-inkey key.pem");
	g_autoptr(GBytes) out = get("out");
	signed_tree = tree_of_bytes(
	    "application/pkcs7-mime", g_bytes_get_data(out, NULL), g_bytes_get_size(out));
	g_assert_nonnull(strstr(signed_tree, "setup.exe"));
	for (unsigned i = 0; i < 200; i++) {
		g_autoptr(GByteArray) inner = g_steal_pointer(&bytes);

		bytes = compressed(inner->data, inner->len, SIZE_MAX);
		g_byte_array_prepend(bytes, (const guint8 *)head, sizeof head - 1);
	}
	g_byte_array_remove_range(bytes, 0, sizeof head - 1);
	tree = tree_of_bytes("application/pkcs7-mime", bytes->data, bytes->len);
	g_assert_nonnull(strstr(tree, "not_unpacked"));
	/* As files, without headers. */
	g_byte_array_set_size(bytes, 0);
	for (unsigned i = 0; i < 200; i++) {
		g_autoptr(GByteArray) inner = g_steal_pointer(&bytes);

		bytes = compressed(inner->data, inner->len, SIZE_MAX);
	}
	files = tree_of_bytes("application/octet-stream", bytes->data, bytes->len);
	g_assert_nonnull(strstr(files, "not_unpacked"));
}

/* Cut anywhere it is not clean; and zeros without end. */
static void
test_compressed_hostile(void)
{
	g_autoptr(GByteArray) bytes = compressed(INNER, sizeof INNER - 1, SIZE_MAX);
	g_autofree guint8 *zeros = g_malloc0(32 << 20);
	g_autofree char *code = NULL, *text = NULL;
	struct brief brief;

	for (guint size = 0; size + sizeof COMPRESSED_END - 1 < bytes->len; size++) {
		g_autofree char *tree = tree_of_bytes("application/pkcs7-mime", bytes->data, size);

		g_assert_true(size == 0 || strstr(tree, "unreadable") != NULL);
	}
	g_autoptr(GByteArray) bomb = compressed(zeros, 32 << 20, SIZE_MAX);
	code = g_base64_encode(bomb->data, bomb->len);
	text = g_strdup_printf("Content-Type: application/pkcs7-mime\n"
			       "Content-Transfer-Encoding: base64\n\n%s\n",
	    code);
	reading_bare(&brief);
	for (unsigned i = 0; i < 2; i++) {
		struct facts *facts = reading_of(&brief, text, strlen(text));
		enum read_limit limit = i == 0 ? READ_LIMIT_ratio : READ_LIMIT_bytes;

		g_assert_true(part_has(facts_part(facts, 0), PART_FACT_not_unpacked));
		g_assert_cmpuint(facts->limits & 1u << limit, !=, 0);
		facts_free(facts);
		brief.max_ratio = 0;
		brief.max_bytes = 1 << 20;
	}
}

/* Nested without end, and cut anywhere. */
static void
test_hostile(void)
{
	g_autoptr(GString) deep = g_string_new_len(INFO, sizeof(INFO) - 1);

	for (unsigned i = 0; i < 200000; i++)
		g_string_append_len(deep, i % 2 == 0 ? "\x24\x80" : "\x30\x80", 2);
	g_autofree char *tree = tree_of_bytes("application/pkcs7-mime", deep->str, deep->len);
	g_assert_nonnull(strstr(tree, "truncated"));

	openssl(
	    "cms -sign -nodetach -stream -binary -in inner -out out -outform DER -signer cert.pem "
	    "-inkey key.pem");
	g_autoptr(GBytes) bytes = get("out");
	for (gsize size = 0; size < g_bytes_get_size(bytes); size++) {
		g_autofree char *cut =
		    tree_of_bytes("application/pkcs7-mime", g_bytes_get_data(bytes, NULL), size);

		g_assert_nonnull(cut);
	}
}

static void
make_key(void)
{
	put("inner", INNER);
	openssl("req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj "
		"/CN=alice@sender.test");
}

static void
remove_all(void)
{
	g_autoptr(GDir) names = g_dir_open(directory, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(names)) != NULL) {
		g_autofree char *path = g_build_filename(directory, name, NULL);

		g_assert_cmpint(unlink(path), ==, 0);
	}
	g_assert_cmpint(rmdir(directory), ==, 0);
	g_free(directory);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	directory = g_dir_make_tmp("smime-XXXXXX", NULL);
	make_key();
	g_test_add_func("/smime/what openssl makes is read", test_made);
	g_test_add_func("/smime/one in the other", test_twice);
	g_test_add_func("/smime/a signed document is a file", test_document);
	g_test_add_func("/smime/every way of writing it", test_written);
	g_test_add_func("/smime/compressed data is read as signed data is", test_compressed);
	g_test_add_func(
	    "/smime/compressed data in signed data, and in itself", test_compressed_nested);
	g_test_add_func("/smime/compressed data that is cut or a bomb", test_compressed_hostile);
	g_test_add_func("/smime/what is deep or cut does no harm", test_hostile);
	int result = g_test_run();

	remove_all();
	return result;
}
