/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H
/* What the movers of t/bench have in common: the messages of a queue, and a run with its figures. */
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>

static inline void
measure_fail(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", g_get_prgname(), what, g_strerror(errno));
	exit(EX_OSERR);
}

static inline int
measure_compare(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Ids of the messages in an Exim queue directory, oldest first; the caller's. */
static inline GPtrArray *
measure_ids(const char *directory)
{
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
	GDir *queue = g_dir_open(directory, 0, NULL);
	const char *name;

	if (queue == NULL)
		measure_fail(directory);
	while ((name = g_dir_read_name(queue)) != NULL) {
		if (g_str_has_suffix(name, "-H"))
			g_ptr_array_add(ids, g_strndup(name, strlen(name) - 2));
	}
	g_dir_close(queue);
	g_ptr_array_sort(ids, measure_compare);
	return ids;
}

static inline double
measure_cpu(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Runs `work` in so many threads and prints what it took for each of `messages`. */
static inline void
measure_threads(GThreadFunc work, gpointer data, guint threads, guint messages)
{
	GThread *running[64];
	double cpu = measure_cpu();
	gint64 start = g_get_monotonic_time();

	threads = CLAMP(threads, 1, G_N_ELEMENTS(running));
	for (guint i = 0; i < threads; i++)
		running[i] = g_thread_new("mover", work, data);
	for (guint i = 0; i < threads; i++)
		g_thread_join(running[i]);
	double seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;

	printf("{\"messages\": %u, \"per_second\": %.0f, \"cpu_ms\": %.4f}\n", messages,
	    messages / seconds, 1000 * (measure_cpu() - cpu) / MAX(messages, 1));
}

#endif
