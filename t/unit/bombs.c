/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that grow without end when they are unpacked end at a limit instead, soon and in little memory. */
#include "core/read/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <time.h>
#include "t/unit/unpack_fixture.h"

#define SECONDS_MAX 2
/* The address sanitizer keeps what was freed for a while. */
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_MAX ((size_t)512 << 20)
#else
#define MEMORY_MAX ((size_t)64 << 20)
#endif
#define MIB (1 << 20)

struct pack {
	struct archive *archive;
	GByteArray *bytes;
};

static la_ssize_t
take(struct archive *archive, void *data, const void *bytes, size_t length)
{
	(void)archive;
	g_byte_array_append(data, bytes, (guint)length);
	return (la_ssize_t)length;
}

static void
pack_begin(struct pack *pack, int format, int filter)
{
	pack->bytes = g_byte_array_new();
	pack->archive = archive_write_new();
	g_assert_cmpint(archive_write_set_format(pack->archive, format), ==, ARCHIVE_OK);
	g_assert_cmpint(archive_write_add_filter(pack->archive, filter), ==, ARCHIVE_OK);
	archive_write_set_bytes_in_last_block(pack->archive, 1);
	g_assert_cmpint(
	    archive_write_open(pack->archive, pack->bytes, NULL, take, NULL), ==, ARCHIVE_OK);
}

static GByteArray *
pack_end(struct pack *pack)
{
	g_assert_cmpint(archive_write_close(pack->archive), ==, ARCHIVE_OK);
	archive_write_free(pack->archive);
	return pack->bytes;
}

/* A member of `size` bytes: `piece` again and again. */
static void
pack_member(struct pack *pack, const char *name, const void *piece, size_t length, uint64_t size)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)size);
	g_assert_cmpint(archive_write_header(pack->archive, entry), ==, ARCHIVE_OK);
	for (; size > 0; size -= MIN(size, length))
		g_assert_cmpint(archive_write_data(pack->archive, piece, MIN(size, length)), >=, 0);
	archive_entry_free(entry);
}

/* One file of `size` NUL bytes, packed. The caller's. */
static GByteArray *
pack_zeros(int format, int filter, uint64_t size)
{
	g_autofree char *zeros = g_malloc0(MIB);
	struct pack pack;

	pack_begin(&pack, format, filter);
	pack_member(&pack, "zeros.bin", zeros, MIB, size);
	return pack_end(&pack);
}

/* The bytes as one member of an archive. Takes them; the caller's. */
static GByteArray *
pack_again(GByteArray *inner, int format, int filter, const char *name, unsigned times)
{
	struct pack pack;

	pack_begin(&pack, format, filter);
	for (unsigned i = 0; i < times; i++) {
		g_autofree char *numbered = g_strdup_printf("%u%s", i, name);

		pack_member(&pack, numbered, inner->data, inner->len, inner->len);
	}
	g_byte_array_unref(inner);
	return pack_end(&pack);
}

/* Time that this process had, in microseconds: how long it waited for others is not its doing. */
static gint64
cpu_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Reads it, and holds it to the time, the memory and the limits of which it has to reach one, where there are any. */
static void
explode(const char *name, GByteArray *bytes, unsigned limits)
{
	struct brief brief;
	size_t before = unpack_resident();
	gint64 start = cpu_time();
	struct facts *facts;

	brief_init(&brief);
	facts = unpack_read(&brief, name, bytes->data, bytes->len);
	g_test_message("%s: %u bytes, %.0f ms, %.1f MiB, %u parts, limits %#x", name, bytes->len,
	    (double)(cpu_time() - start) / 1000, ((double)unpack_resident() - (double)before) / MIB,
	    facts->parts->len, facts->limits);
	g_assert_cmpint(cpu_time() - start, <, SECONDS_MAX * G_USEC_PER_SEC);
	g_assert_cmpuint(unpack_resident(), <, before + MEMORY_MAX);
	g_assert_true(limits == 0 || (facts->limits & limits) != 0);
	facts_free(facts);
	g_byte_array_unref(bytes);
}

#define LIMIT(id) (1u << READ_LIMIT_##id)

static void
zeros_in_zip(void)
{
	explode("zeros.zip", pack_zeros(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, 64 * MIB),
	    LIMIT(ratio) | LIMIT(bytes));
}

static void
zeros_in_7z(void)
{
	explode("zeros.7z", pack_zeros(ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE, 64 * MIB),
	    LIMIT(ratio));
}

/* Ten gigabytes in ten kilobytes: zeros compress well twice. */
static void
zeros_compressed_twice(void)
{
	GByteArray *inner = pack_zeros(ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, 128 * MIB);

	for (unsigned i = 0; i < 7; i++) {
		GByteArray *more = g_byte_array_new();

		/* Members of gzip may stand behind each other. */
		g_byte_array_append(more, inner->data, inner->len);
		g_byte_array_append(more, inner->data, inner->len);
		g_byte_array_unref(inner);
		inner = more;
	}
	inner = pack_again(inner, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "zeros.gz", 1);
	explode("zeros.gz.zip",
	    pack_again(inner, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, ".zip", 1), LIMIT(ratio));
}

static void
zeros_in_xz(void)
{
	explode(
	    "zeros.xz", pack_zeros(ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_XZ, 64 * MIB), LIMIT(ratio));
}

/* As 42.zip: sixteen archives in each, six deep. */
static void
nested_sixteenfold(void)
{
	GByteArray *bytes = pack_zeros(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, 16 * MIB);

	for (unsigned i = 0; i < 5; i++)
		bytes = pack_again(bytes, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, ".zip", 16);
	explode("nested.zip", bytes, LIMIT(ratio) | LIMIT(files) | LIMIT(archive_depth));
}

static void
million_members(void)
{
	struct pack pack;

	pack_begin(&pack, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE);
	for (unsigned i = 0; i < 1000000; i++) {
		char name[16];

		g_snprintf(name, sizeof name, "%u", i);
		pack_member(&pack, name, "", 1, 0);
	}
	explode("million.zip", pack_end(&pack), LIMIT(files));
}

static void
million_members_in_tar_gz(void)
{
	struct pack pack;

	pack_begin(&pack, ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP);
	for (unsigned i = 0; i < 100000; i++) {
		char name[16];

		g_snprintf(name, sizeof name, "%u", i);
		pack_member(&pack, name, "x", 1, 1);
	}
	explode("many.tar.gz", pack_end(&pack), LIMIT(files) | LIMIT(ratio));
}

/* A gzip file that is its own content: copies of literal blocks and of matches in turn, and a checksum that is part of what it is of. */
static void
a_file_that_is_in_itself(void)
{
	static const char quine[] =
	    "1f8b0808010000000003712e677a00001400ebff1f8b0808010000000003712e677a00001400ebff"
	    "428821c400000500faff428821c400000500faff000500faff001400ebff428821c400000500faff"
	    "000500faff001400ebff428821c400001400ebff428821c400001400ebff428821c400001400ebff"
	    "428821c400001400ebff428821c400000000ffff000000ffff001200edff428821c400000000ffff"
	    "000000ffff001200edff4288c04400010000ffff485add54ce0000004288c04400010000ffff485a"
	    "dd54ce000000";
	GByteArray *bytes = g_byte_array_new();

	for (const char *digit = quine; *digit != '\0'; digit += 2) {
		guint8 byte =
		    (guint8)(g_ascii_xdigit_value(digit[0]) << 4 | g_ascii_xdigit_value(digit[1]));

		g_byte_array_append(bytes, &byte, 1);
	}
	explode("q.gz", bytes, LIMIT(archive_depth));
}

static void
a_hundred_layers(void)
{
	GByteArray *bytes = pack_zeros(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, 10);

	for (unsigned i = 0; i < 100; i++)
		bytes = pack_again(bytes, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, ".zip", 1);
	explode("deep.zip", bytes, LIMIT(archive_depth));
}

/* Eight gigabytes of which the last block is stored: GNU tar's way to write down a hole. */
static void
hole_in_tar(void)
{
	GByteArray *bytes = g_byte_array_new();
	char *header;
	unsigned sum = 0;

	g_byte_array_set_size(bytes, 512 + 4096 + 1024);
	memset(bytes->data, 0, bytes->len);
	header = (char *)bytes->data;
	memcpy(header, "hole", 4);
	memcpy(header + 100,
	    "0000644\0"
	    "0000000\0"
	    "0000000\0"
	    "00000010000\0"
	    "00000000000\0",
	    48);
	memset(header + 148, ' ', 8);
	header[156] = 'S';
	memcpy(header + 257, "ustar  ", 8);
	memcpy(header + 386,
	    "77777760000\0"
	    "00000010000\0",
	    24);
	memcpy(header + 483, "77777770000\0", 12);
	for (unsigned i = 0; i < 512; i++)
		sum += (unsigned char)header[i];
	g_snprintf(header + 148, 8, "%06o", sum);
	explode("hole.tar", bytes, LIMIT(ratio));
}

/* Putting marks of letters in order takes the square of their number. */
static void
long_names(void)
{
	g_autoptr(GString) name = g_string_new(NULL);
	struct pack pack;

	pack_begin(&pack, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_NONE);
	for (unsigned i = 0; i < 20; i++) {
		while (name->len < 60000 + i)
			g_string_append(name, "\xcc\x81\xcc\x96");
		pack_member(&pack, name->str, "x", 1, 1);
	}
	explode("names.tar", pack_end(&pack), 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/bombs/zeros in a zip end at the ratio", zeros_in_zip);
	g_test_add_func("/bombs/zeros in a 7z end at the ratio", zeros_in_7z);
	g_test_add_func("/bombs/zeros in an xz end at the ratio", zeros_in_xz);
	g_test_add_func("/bombs/zeros compressed twice end at the ratio", zeros_compressed_twice);
	g_test_add_func("/bombs/archives sixteenfold in archives end", nested_sixteenfold);
	g_test_add_func("/bombs/a million members are not all looked at", million_members);
	g_test_add_func("/bombs/nor are those of a compressed tar", million_members_in_tar_gz);
	g_test_add_func(
	    "/bombs/a file that is in itself ends at the depth", a_file_that_is_in_itself);
	g_test_add_func("/bombs/a hundred layers end at the depth", a_hundred_layers);
	g_test_add_func("/bombs/a hole of eight gigabytes ends at the ratio", hole_in_tar);
	g_test_add_func("/bombs/long names of nothing but marks cost no more", long_names);
	return g_test_run();
}
