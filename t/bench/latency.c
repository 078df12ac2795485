/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a message takes from the incoming queue to the outgoing one, when both are idle.
 *
 * usage: latency INCOMING OUTGOING COUNT PAUSE
 *
 * Puts COUNT messages into INCOMING one after the other, as Exim does: -D written, locked and synced, -H written
 * under another name and renamed, the directory synced, and only then -D closed, which lets the lock go. The clock
 * runs from that rename until inotify reports -H in OUTGOING. Between two messages PAUSE milliseconds go by, so that
 * each finds the program idle. What arrives is removed. Prints one JSON object: microseconds, and "held", for how long of
 * that the MTA itself held the lock.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>
#include <glib.h>

#define PATIENCE_MS 20000

static int incoming, outgoing;

static void
fail(const char *what)
{
	fprintf(stderr, "latency: %s: %s\n", what, g_strerror(errno));
	exit(EX_OSERR);
}

static gint64
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static int
create(const char *name, const char *text)
{
	int fd = openat(incoming, name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0640);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fsync(fd) < 0)
		fail(name);
	return fd;
}

/* Seconds and a number, in base 62 as in Exim's ids. */
static char *
make_id(unsigned n)
{
	static const char digits[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	char time_part[7] = "", number_part[7] = "";
	gint64 seconds = time(NULL);

	for (int i = 5; i >= 0; i--) {
		time_part[i] = digits[seconds % 62];
		number_part[i] = digits[n % 62];
		seconds /= 62;
		n /= 62;
	}
	return g_strdup_printf("%s-%s-00", time_part, number_part);
}

/* The message appears; returns when it did, and in `*held` for how long it stayed locked after that. */
static gint64
put(const char *id, gint64 *held)
{
	g_autofree char *data_name = g_strdup_printf("%s-D", id);
	g_autofree char *head_name = g_strdup_printf("%s-H", id);
	g_autofree char *temporary = g_strdup_printf("hdr.%s", id);
	g_autofree char *data = g_strdup_printf("%s-D\nA line of text.\nAnother one.\n", id);
	g_autofree char *head = g_strdup_printf(
	    "%s-H\nDebian-exim 100 100\n<alice@sender.test>\n%lld 0\n"
	    "--helo_name client.test\n-host_address [192.0.2.7]:40000\n"
	    "-received_protocol esmtp\n-body_linecount 2\n-max_received_linelength 40\n"
	    "-deliver_firsttime\nXX\n1\nbob@example.test\n\n"
	    "026F From: <alice@sender.test>\n023T To: <bob@example.test>\n"
	    "015  Subject: quick\n",
	    id, (long long)time(NULL));
	int data_fd = create(data_name, data);
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = (off_t)strlen(id) + 3
	};

	if (fcntl(data_fd, F_SETLK, &lock) < 0)
		fail(data_name);
	close(create(temporary, head));
	gint64 start = now_us();
	if (renameat(incoming, temporary, incoming, head_name) < 0)
		fail(head_name);
	fsync(incoming);
	close(data_fd);
	*held = now_us() - start;
	return start;
}

/* Waits until `name` has come into the watched directory. */
static void
wait_for(int watch, const char *name)
{
	char buffer[16384] __attribute__((aligned(8)));

	for (;;) {
		struct pollfd poll_watch = { .fd = watch, .events = POLLIN };

		if (poll(&poll_watch, 1, PATIENCE_MS) <= 0) {
			errno = ETIMEDOUT;
			fail(name);
		}
		ssize_t length = read(watch, buffer, sizeof buffer);

		for (char *at = buffer; at < buffer + length;) {
			const struct inotify_event *event = (const struct inotify_event *)at;

			if (event->len > 0 && strcmp(event->name, name) == 0)
				return;
			at += sizeof *event + event->len;
		}
	}
}

static void
remove_delivered(const char *id)
{
	g_autofree char *data_name = g_strdup_printf("%s-D", id);
	g_autofree char *head_name = g_strdup_printf("%s-H", id);

	unlinkat(outgoing, head_name, 0);
	unlinkat(outgoing, data_name, 0);
}

static int
compare_times(const void *a, const void *b)
{
	gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

	return (x > y) - (x < y);
}

static void
print_times(gint64 *times, gint64 *held, unsigned count)
{
	qsort(times, count, sizeof *times, compare_times);
	qsort(held, count, sizeof *held, compare_times);
	printf("{\"messages\": %u, \"min_us\": %lld, \"p50_us\": %lld, \"p90_us\": %lld, "
	       "\"p99_us\": %lld, "
	       "\"max_us\": %lld, \"held_p50_us\": %lld, \"held_p99_us\": %lld}\n",
	    count, (long long)times[0], (long long)times[count / 2],
	    (long long)times[count * 9 / 10], (long long)times[count * 99 / 100],
	    (long long)times[count - 1], (long long)held[count / 2],
	    (long long)held[count * 99 / 100]);
}

int
main(int argc, char **argv)
{
	unsigned count = argc == 5 ? (unsigned)atoi(argv[3]) : 0;
	int watch = inotify_init1(IN_CLOEXEC);

	if (count == 0) {
		fprintf(stderr, "usage: latency INCOMING OUTGOING COUNT PAUSE\n");
		return EX_USAGE;
	}
	incoming = open(argv[1], O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	outgoing = open(argv[2], O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (incoming < 0 || outgoing < 0 || watch < 0 ||
	    inotify_add_watch(watch, argv[2], IN_MOVED_TO | IN_CREATE) < 0)
		fail(argv[2]);
	g_autofree gint64 *times = g_new0(gint64, count + 1);
	g_autofree gint64 *held = g_new0(gint64, count + 1);

	/* The first one finds caches cold; the last slot takes it, and is left out. */
	for (unsigned n = 0; n <= count; n++) {
		unsigned slot = (n + count) % (count + 1);
		g_autofree char *id = make_id(n);
		g_autofree char *head_name = g_strdup_printf("%s-H", id);
		gint64 start = put(id, &held[slot]);

		wait_for(watch, head_name);
		times[slot] = now_us() - start;
		g_usleep((gulong)atoi(argv[4]) * 1000);
		remove_delivered(id);
	}
	print_times(times, held, count);
	return 0;
}
