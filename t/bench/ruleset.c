/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What rulesets cost as they grow: time to load, memory, time of a look-up. Half of the lines are
 * addresses, the others domains, sub-domains, networks and pairs, and there are ten expressions.
 * usage: ruleset [--json] [LINES ...]
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rules/ruleset.h"

#define SUBJECTS 1000
#define LOOKUPS 300000
#define EXPRESSIONS 10

struct figures {
	unsigned lines;
	double load;	/* seconds */
	double memory;	/* MB that stay */
	double peak;	/* MB while it loads */
	double lookup;	/* nanoseconds */
	double subject; /* nanoseconds to prepare one, with one recipient */
	double hits;	/* share of look-ups that some rule matched */
};

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double
memory_used(void)
{
	struct mallinfo2 info = mallinfo2();

	return (double)(info.uordblks + info.hblkhd) / 1e6;
}

static void
add_line(GString *text, unsigned i)
{
	const char *value = i % 3 ? "yes" : "no";

	switch (i % 10) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4:
		g_string_append_printf(text, "%s user%u@domain%u.example.com %s\n",
		    i % 2 ? "From:" : "To:", i, i / 7, value);
		break;
	case 5:
	case 6:
		g_string_append_printf(text, "FromOrTo: customer%u.example.net %s\n", i, value);
		break;
	case 7:
		g_string_append_printf(text, "To: *.site%u.example.org %s\n", i, value);
		break;
	case 8:
		g_string_append_printf(text, "From: %u.%u.%u.0/%u %s\n", 1 + i / 65536 % 200,
		    i / 256 % 256, i % 256, 20 + i % 5, value);
		break;
	case 9:
		g_string_append_printf(text,
		    "From: partner%u.example and To: user@customer%u.example.net %s\n", i % 100, i,
		    value);
		break;
	}
}

static GString *
ruleset_text(unsigned lines)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i + EXPRESSIONS + 1 < lines; i++)
		add_line(text, i);
	for (unsigned i = 0; i < EXPRESSIONS; i++)
		g_string_append_printf(text, "FromOrTo: /^(list|news)-?%u[a-f]*@/ no\n", i);
	g_string_append(text, "FromOrTo: default no\n");
	return text;
}

/* Two in three hit a rule somewhere in the file. */
static struct subject *
random_subject(GRand *random, unsigned lines)
{
	unsigned i = (unsigned)g_rand_int_range(random, 0, (gint32)lines) / 10 * 10;
	g_autofree char *sender =
	    g_strdup_printf("user%u@domain%u.example.com", i + 1, (i + 1) / 7);
	g_autofree char *recipient = i % 3 == 0
					 ? g_strdup_printf("someone@customer%u.example.net", i + 5)
					 : g_strdup_printf("someone@elsewhere%u.example", i);
	g_autofree char *client =
	    g_strdup_printf("%u.%u.%u.7", 1 + i / 65536 % 200, i / 256 % 256, i % 256);
	const char *recipients[] = { recipient, NULL };

	return i % 3 == 1 ? subject_new("nobody@nowhere.example", recipients, "2001:db8::1")
			  : subject_new(sender, recipients, client);
}

static void
measure_lookups(const struct ruleset *set, struct figures *figures)
{
	struct subject *subjects[SUBJECTS];
	g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(struct rule_hit));
	GRand *random = g_rand_new_with_seed(1);
	double start = now();

	for (unsigned i = 0; i < SUBJECTS; i++)
		subjects[i] = random_subject(random, figures->lines);
	figures->subject = (now() - start) / SUBJECTS * 1e9;
	unsigned matched = 0;
	start = now();
	for (unsigned i = 0; i < LOOKUPS; i++) {
		g_array_set_size(hits, 0);
		matched += ruleset_match(set, subjects[i % SUBJECTS], hits) == RULES_HIT;
	}
	figures->lookup = (now() - start) / LOOKUPS * 1e9;
	figures->hits = (double)matched / LOOKUPS;
	for (unsigned i = 0; i < SUBJECTS; i++)
		subject_free(subjects[i]);
	g_rand_free(random);
}

static void
measure(unsigned lines, struct figures *figures)
{
	struct ruleset_use use = { .directive = "Bench" };
	struct diagnostics *diagnostics = diagnostics_new();
	GString *text = ruleset_text(lines);
	double before = memory_used(), start = now();
	struct ruleset *set = ruleset_parse("bench", text->str, text->len, &use, diagnostics);

	figures->lines = lines;
	figures->load = now() - start;
	figures->memory = memory_used() - before;
	if (ruleset_rules(set) + 1 < lines - 1)
		g_error("%u of %u lines became rules", ruleset_rules(set), lines);
	measure_lookups(set, figures);
	ruleset_free(set);
	g_string_free(text, TRUE);
	diagnostics_free(diagnostics);
}

static void
print_table(const struct figures *figures, unsigned n)
{
	printf("%10s %10s %12s %9s %10s %12s %7s\n", "lines", "load s", "lines/s", "MB",
	    "look-up ns", "times first", "hits");
	for (unsigned i = 0; i < n; i++, figures++)
		printf("%10u %10.3f %12.0f %9.1f %10.0f %12.2f %6.0f%%\n", figures->lines,
		    figures->load, figures->lines / figures->load, figures->memory, figures->lookup,
		    figures->lookup / figures[-(int)i].lookup, figures->hits * 100);
	printf("preparing a subject: %.0f ns\n", figures[-1].subject);
}

static void
print_json(const struct figures *figures, unsigned n)
{
	printf("{\"ruleset\": [");
	for (unsigned i = 0; i < n; i++, figures++)
		printf("%s\n  {\"lines\": %u, \"load_seconds\": %.4f, \"lines_per_second\": %.0f, "
		       "\"memory_mb\": %.2f, \"lookup_ns\": %.1f, \"lookup_ratio\": %.3f}",
		    i > 0 ? "," : "", figures->lines, figures->load, figures->lines / figures->load,
		    figures->memory, figures->lookup, figures->lookup / figures[-(int)i].lookup);
	printf("\n]}\n");
}

int
main(int argc, char **argv)
{
	static const unsigned usual[] = { 1000, 100000, 1000000 };
	struct figures figures[16] = { 0 };
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	unsigned n = 0;

	for (int i = 1 + json; i < argc && n < G_N_ELEMENTS(figures); i++)
		measure((unsigned)strtoul(argv[i], NULL, 10), &figures[n++]);
	for (size_t i = 0; n < G_N_ELEMENTS(usual) && argc == 1 + json; i++)
		measure(usual[i], &figures[n++]);
	if (json)
		print_json(figures, n);
	else
		print_table(figures, n);
	return 0;
}
