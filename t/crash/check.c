/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one program that knows which states of the two queues are legal. It compares them with the
 * incoming queue as it was, and says of each message where it is not exactly once and whole. It
 * reads Exim's files by itself: what it judges must not be judged by the same code.
 *
 * usage: check STAGE LIST BEFORE NOW
 *
 * STAGE
 *	finished  all was worked off: everything is where it belongs, and nothing else
 *	killed    processes were stopped; another run will follow
 *	cut       as killed, but names that were not synced may have come back or gone one by one
 * LIST has a line for each message: id, blank, and what is to become of it:
 *	deliver    to the outgoing queue, with headers of ours
 *	untouched  to the outgoing queue, byte for byte
 *	edited     as deliver, with the body (all of -D) that lies in LIST's directory as ID.edited
 *	drop       out of the incoming queue, into no other
 *	keep       nothing
 * BEFORE and NOW hold the queues "in" and "out", flat or split.
 * A line for each fault; exit status 1 when there are any.
 */
#include <glib.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum stage { FINISHED, KILLED, CUT };
enum file { H, D, FILES };

/* Paths (char *) of the files of one message. */
struct whereabouts {
	GPtrArray *in[FILES];
	GPtrArray *out[FILES];
};

struct queues {
	GHashTable *messages; /* id -> struct whereabouts */
	GPtrArray *strays;    /* paths of whatever else lies there */
};

struct header {
	char flag;
	const char *text;
	size_t length;
};

static unsigned faults;

static void __attribute__((format(printf, 2, 3))) fault(const char *id, const char *format, ...)
{
	va_list arguments;

	printf("%s: ", id);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	faults++;
}

static void
whereabouts_free(gpointer data)
{
	struct whereabouts *place = data;

	for (int file = 0; file < FILES; file++) {
		g_ptr_array_unref(place->in[file]);
		g_ptr_array_unref(place->out[file]);
	}
	g_free(place);
}

static struct whereabouts *
whereabouts_of(struct queues *queues, const char *id)
{
	struct whereabouts *place = g_hash_table_lookup(queues->messages, id);

	if (place != NULL)
		return place;
	place = g_new0(struct whereabouts, 1);
	for (int file = 0; file < FILES; file++) {
		place->in[file] = g_ptr_array_new_with_free_func(g_free);
		place->out[file] = g_ptr_array_new_with_free_func(g_free);
	}
	g_hash_table_insert(queues->messages, g_strdup(id), place);
	return place;
}

static bool
is_id(const char *name, size_t length)
{
	return (length == 16 && name[6] == '-' && name[13] == '-') ||
	       (length == 23 && name[6] == '-' && name[18] == '-');
}

static void
note_file(struct queues *queues, bool outgoing, const char *directory, const char *name)
{
	size_t length = strlen(name);
	g_autofree char *path = g_build_filename(directory, name, NULL);

	if (length < 2 || !is_id(name, length - 2) ||
	    (!g_str_has_suffix(name, "-H") && !g_str_has_suffix(name, "-D"))) {
		g_ptr_array_add(queues->strays, g_steal_pointer(&path));
		return;
	}
	g_autofree char *id = g_strndup(name, length - 2);
	struct whereabouts *place = whereabouts_of(queues, id);
	enum file file = name[length - 1] == 'H' ? H : D;
	g_ptr_array_add(outgoing ? place->out[file] : place->in[file], g_steal_pointer(&path));
}

static void
note_directory(struct queues *queues, bool outgoing, const char *directory, bool top)
{
	g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
	const char *name;

	if (dir == NULL) {
		fault(directory, "can't be read");
		return;
	}
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(directory, name, NULL);

		if (top && strlen(name) == 1 && g_file_test(path, G_FILE_TEST_IS_DIR))
			note_directory(queues, outgoing, path, false);
		else
			note_file(queues, outgoing, directory, name);
	}
}

static void
queues_read(struct queues *queues, const char *root)
{
	g_autofree char *in = g_build_filename(root, "in", NULL);
	g_autofree char *out = g_build_filename(root, "out", NULL);

	queues->messages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, whereabouts_free);
	queues->strays = g_ptr_array_new_with_free_func(g_free);
	note_directory(queues, false, in, true);
	note_directory(queues, true, out, true);
}

static void
queues_clear(struct queues *queues)
{
	g_hash_table_unref(queues->messages);
	g_ptr_array_unref(queues->strays);
}

/* Empty where it can't be read: then it is not whole, either. */
static GBytes *
load(const char *path)
{
	char *data = NULL;
	gsize length = 0;

	g_file_get_contents(path, &data, &length, NULL);
	return g_bytes_new_take(data, length);
}

static bool
same_content(const char *path, const char *other)
{
	g_autoptr(GBytes) ours = load(path);
	g_autoptr(GBytes) theirs = load(other);

	return g_bytes_get_size(ours) > 0 && g_bytes_equal(ours, theirs);
}

/* The next line without its newline, NULL at the end. `*rest` moves behind it. */
static char *
next_line(const char **rest, const char *end)
{
	const char *newline = memchr(*rest, '\n', (size_t)(end - *rest));

	if (newline == NULL)
		return NULL;
	char *line = g_strndup(*rest, (gsize)(newline - *rest));
	*rest = newline + 1;
	return line;
}

/* The length of a value that follows "-aclm NAME LENGTH", with its newline; 0 for other options. */
static size_t
value_length(const char *option)
{
	const char *name = option + strspn(option, "-");
	const char *blank = strrchr(option, ' ');

	if (strncmp(name, "acl", 3) != 0 || blank == NULL)
		return 0;
	return (size_t)strtoul(blank + 1, NULL, 10) + 1;
}

/* Options of a body that was edited say something else. */
static bool
is_about_body(const char *option)
{
	const char *name = option + strspn(option, "-");

	return g_str_has_prefix(name, "body_linecount") ||
	       g_str_has_prefix(name, "body_zerocount") ||
	       g_str_has_prefix(name, "max_received_linelength") ||
	       g_str_has_prefix(name, "spool_file_wireformat");
}

/*
 * Reads what stands before the headers of -H, but for options about the body into `kept`. Returns
 * where the headers start, NULL when there is a fault in it.
 */
static const char *
read_envelope(const char *text, const char *end, GString *kept)
{
	const char *rest = text, *start;
	g_autofree char *line = NULL;
	long open = 1, count;

	for (int i = 0; i < 4; i++) {
		g_autofree char *fixed = next_line(&rest, end);

		if (fixed == NULL)
			return NULL;
	}
	g_string_append_len(kept, text, rest - text);
	for (start = rest; (line = next_line(&rest, end)) != NULL && line[0] == '-'; start = rest) {
		size_t value = value_length(line);

		if (value > (size_t)(end - rest))
			return NULL;
		rest += value;
		if (!is_about_body(line))
			g_string_append_len(kept, start, rest - start);
		g_clear_pointer(&line, g_free);
	}
	/* The tree of non-recipients: each line takes one open place and may open two. */
	while (line != NULL && strcmp(line, "XX") != 0 && open > 0) {
		if (strlen(line) < 4 || line[2] != ' ')
			return NULL;
		open += (line[0] == 'Y') + (line[1] == 'Y') - 1;
		if (open == 0)
			break;
		g_free(line);
		line = next_line(&rest, end);
	}
	g_autofree char *number = next_line(&rest, end);
	if (line == NULL || number == NULL)
		return NULL;
	for (count = strtol(number, NULL, 10); count > 0; count--) {
		g_autofree char *recipient = next_line(&rest, end);

		if (recipient == NULL || recipient[0] == '\0')
			return NULL;
	}
	g_autofree char *empty = next_line(&rest, end);
	if (empty == NULL || empty[0] != '\0')
		return NULL;
	g_string_append_len(kept, start, rest - start);
	return rest;
}

static bool
read_headers(const char *rest, const char *end, GArray *headers)
{
	while (rest < end) {
		size_t digits = 0, length = 0;

		while (rest + digits < end && g_ascii_isdigit(rest[digits]) && digits < 9)
			length = length * 10 + (size_t)(rest[digits++] - '0');
		if (digits < 3 || length == 0 || (size_t)(end - rest) < digits + 2 + length ||
		    rest[digits + 1] != ' ')
			return false;
		struct header header = { rest[digits], rest + digits + 2, length };
		if (header.text[length - 1] != '\n' || memchr(header.text, '\0', length) != NULL)
			return false;
		g_array_append_val(headers, header);
		rest = header.text + length;
	}
	return headers->len > 0;
}

static bool
same_header(const struct header *a, const struct header *b)
{
	return a->flag == b->flag && a->length == b->length &&
	       memcmp(a->text, b->text, a->length) == 0;
}

/* All headers that came must be there in their order; what stands between is ours, each once. */
static void
compare_headers(const char *id, const GArray *before, const GArray *now)
{
	g_autoptr(GHashTable) ours = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	guint next = 0;

	for (guint i = 0; i < now->len; i++) {
		const struct header *header = &g_array_index(now, struct header, i);

		if (next < before->len &&
		    same_header(header, &g_array_index(before, struct header, next))) {
			next++;
			continue;
		}
		size_t length = strcspn(header->text, ":\n");
		char *name = g_ascii_strdown(header->text, (gssize)length);
		if (header->flag != ' ' || !g_str_has_prefix(name, "x-"))
			fault(id, "-H has a header that is neither its own nor ours: %s", name);
		if (!g_hash_table_add(ours, name))
			fault(id, "-H has our header %.*s twice", (int)length, header->text);
	}
	if (next < before->len)
		fault(id, "-H lacks header %u as it came", next + 1);
	if (g_hash_table_size(ours) == 0)
		fault(id, "-H has no header of ours");
}

static void
compare_control(const char *id, const char *before_path, const char *now_path, bool edited)
{
	g_autoptr(GBytes) before = load(before_path);
	g_autoptr(GBytes) now = load(now_path);
	g_autoptr(GString) envelope_before = g_string_new(NULL);
	g_autoptr(GString) envelope_now = g_string_new(NULL);
	g_autoptr(GArray) headers_before = g_array_new(FALSE, FALSE, sizeof(struct header));
	g_autoptr(GArray) headers_now = g_array_new(FALSE, FALSE, sizeof(struct header));
	gsize length_before, length_now;
	const char *text_before = g_bytes_get_data(before, &length_before);
	const char *text_now = g_bytes_get_data(now, &length_now);
	const char *rest_before =
	    read_envelope(text_before, text_before + length_before, envelope_before);
	const char *rest_now = read_envelope(text_now, text_now + length_now, envelope_now);

	if (rest_before == NULL ||
	    !read_headers(rest_before, text_before + length_before, headers_before))
		fault(id, "-H was no good to begin with");
	else if (rest_now == NULL || !read_headers(rest_now, text_now + length_now, headers_now))
		fault(id, "%s is torn", now_path);
	else if (edited ? !g_string_equal(envelope_before, envelope_now)
			: rest_before - text_before != rest_now - text_now ||
			      memcmp(text_before, text_now, (size_t)(rest_now - text_now)) != 0)
		fault(id, "%s has another envelope", now_path);
	else
		compare_headers(id, headers_before, headers_now);
}

static void
check_whole(const char *id, const char *fate, const struct whereabouts *was,
    const struct whereabouts *is, const char *edited)
{
	const char *h = is->out[H]->pdata[0], *d = is->out[D]->pdata[0];
	const char *h_before = was->in[H]->pdata[0], *d_before = was->in[D]->pdata[0];

	if (!same_content(d, strcmp(fate, "edited") == 0 ? edited : d_before))
		fault(id, "%s is not the body that it should be", d);
	if (strcmp(fate, "untouched") != 0)
		compare_control(id, h_before, h, strcmp(fate, "edited") == 0);
	else if (!same_content(h, h_before))
		fault(id, "%s was changed", h);
}

static void
check_kept(const char *id, const struct whereabouts *was, const struct whereabouts *is)
{
	if (is->out[H]->len + is->out[D]->len > 0)
		fault(id, "is in the outgoing queue, but was to be kept");
	for (enum file file = H; file < FILES; file++)
		if (is->in[file]->len != was->in[file]->len)
			fault(id, "-%c was to be kept", "HD"[file]);
		else if (is->in[file]->len > 0 &&
			 !same_content(is->in[file]->pdata[0], was->in[file]->pdata[0]))
			fault(id, "-%c was to be kept as it is", "HD"[file]);
}

static void
check_finished(const char *id, const char *fate, const struct whereabouts *was,
    const struct whereabouts *is, const char *edited)
{
	bool drop = strcmp(fate, "drop") == 0;

	for (enum file file = H; file < FILES; file++) {
		if (is->in[file]->len > 0)
			fault(id, "-%c is still in the incoming queue", "HD"[file]);
		if (is->out[file]->len != !drop)
			fault(id, "-%c is %u times in the outgoing queue", "HD"[file],
			    is -> out[file] -> len);
	}
	if (!drop && is->out[H]->len == 1 && is->out[D]->len == 1)
		check_whole(id, fate, was, is, edited);
}

/*
 * Between two runs. A -H in the incoming queue may be torn: whether it can be mended is seen when
 * the next run has mended it. Whatever the outgoing MTA could take must be whole and the only one.
 */
static void
check_between(enum stage stage, const char *id, const char *fate, const struct whereabouts *was,
    const struct whereabouts *is, const char *edited)
{
	bool drop = strcmp(fate, "drop") == 0;

	if (drop) {
		if (is->out[H]->len > 0)
			fault(id, "is in the outgoing queue, but was to be dropped");
		return;
	}
	if (is->in[H]->len + is->out[H]->len == 0)
		fault(id, "is lost: no -H in any queue");
	if (is->in[H]->len + is->out[H]->len > 1)
		fault(id, "is there twice: %u -H in the incoming queue, %u in the outgoing queue",
		    is->in[H]->len, is->out[H]->len);
	/* After a cut it may still have the name under which it was prepared. */
	if (stage != CUT && is->in[D]->len + is->out[D]->len == 0)
		fault(id, "is lost: no -D in any queue");
	if (is->out[H]->len != 1)
		return;
	if (is->out[D]->len == 1)
		check_whole(id, fate, was, is, edited);
	else if (stage != CUT)
		fault(id, "is in the outgoing queue with %u -D", is->out[D]->len);
}

/* Names that an MTA would take for a message. What else a run leaves half-way is ours to clean. */
static void
check_strays(enum stage stage, const struct queues *was, const struct queues *is)
{
	for (guint i = 0; i < is->strays->len; i++) {
		const char *path = is->strays->pdata[i];
		bool known = false;

		for (guint k = 0; k < was->strays->len && !known; k++)
			known = g_str_has_suffix(was->strays->pdata[k], strrchr(path, '/'));
		if (!known && (stage == FINISHED || g_str_has_suffix(path, "-H")))
			fault(path, "should not be there");
	}
	GHashTableIter iter;
	gpointer id;
	g_hash_table_iter_init(&iter, is->messages);
	while (g_hash_table_iter_next(&iter, &id, NULL))
		if (!g_hash_table_contains(was->messages, id))
			fault(id, "was never accepted");
}

static void
check_message(enum stage stage, const char *id, const char *fate, struct queues *was,
    struct queues *is, const char *directory)
{
	g_autofree char *name = g_strconcat(id, ".edited", NULL);
	g_autofree char *edited = g_build_filename(directory, name, NULL);
	struct whereabouts *before = whereabouts_of(was, id), *now = whereabouts_of(is, id);

	if (strcmp(fate, "keep") == 0)
		check_kept(id, before, now);
	else if (before->in[H]->len != 1 || before->in[D]->len != 1)
		fault(id, "was not in the incoming queue");
	else if (stage == FINISHED)
		check_finished(id, fate, before, now, edited);
	else
		check_between(stage, id, fate, before, now, edited);
}

int
main(int argc, char **argv)
{
	static const char *const stages[] = { "finished", "killed", "cut", NULL };
	g_autofree char *list = NULL;
	struct queues was, is;
	enum stage stage = FINISHED;

	while (argc == 5 && stages[stage] != NULL && strcmp(stages[stage], argv[1]) != 0)
		stage++;
	if (argc != 5 || stages[stage] == NULL ||
	    !g_file_get_contents(argv[2], &list, NULL, NULL)) {
		fprintf(stderr, "usage: check finished|killed|cut LIST BEFORE NOW\n");
		return EX_USAGE;
	}
	g_autofree char *directory = g_path_get_dirname(argv[2]);
	g_auto(GStrv) lines = g_strsplit(g_strchomp(list), "\n", -1);
	queues_read(&was, argv[3]);
	queues_read(&is, argv[4]);
	check_strays(stage, &was, &is);
	for (char **line = lines; *line != NULL; line++) {
		char *fate = strchr(*line, ' ');

		if (fate == NULL)
			continue;
		*fate++ = '\0';
		check_message(stage, *line, fate, &was, &is, directory);
	}
	queues_clear(&was);
	queues_clear(&is);
	return faults == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
