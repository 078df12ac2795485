/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One message after the other; nothing is kept between two but what libraries keep. It doesn't end by signals that are meant for
 * the program as a whole: its worker finishes the batch, closes the socket, and so ends it.
 */
#include "core/read/reader_process.h"

#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "core/read/brief_json.h"
#include "core/read/contents.h"
#include "core/read/facts_json.h"
#include "core/read/frames.h"
#include "core/read/prepare.h"
#include "core/read/sandbox.h"

/* Memory that is kept at hand between messages, so that the kernel isn't asked for it each time. */
#define KEPT_MEMORY (8 << 20)
#define LARGE_MESSAGE (1u << 20)
/* What may be written of a message is no more than it holds and what may be unpacked, and some room for text made from HTML. */
#define FILE_ROOM (16u << 20)

struct request {
	struct brief brief; /* stays for the next, which may come without one */
	bool briefed;
	uint64_t offset, size;
	GArray *parts; /* of unsigned */
	uint64_t form;
};

static bool
get_number(const json_t *json, const char *name, uint64_t *number)
{
	const json_t *value = json_object_get(json, name);

	*number = (uint64_t)json_integer_value(value);
	return json_is_integer(value);
}

static bool
get_parts(const json_t *list, GArray *parts)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		unsigned part = (unsigned)json_integer_value(json_array_get(list, i));

		g_array_append_val(parts, part);
	}
	return true;
}

static bool
get_brief(const json_t *json, struct request *request)
{
	if (json != NULL)
		request->briefed = brief_read(&request->brief, json);
	return request->briefed;
}

static bool
get_request(const struct frame *frame, struct request *request)
{
	json_t *json = json_loadb(frame->text->str, frame->text->len, 0, NULL);
	bool good = get_brief(json_object_get(json, "brief"), request) &&
		    get_number(json, "offset", &request->offset) &&
		    get_number(json, "size", &request->size) &&
		    (frame->kind != FRAME_CONTENTS || get_number(json, "form", &request->form)) &&
		    get_parts(json_object_get(json, "parts"), request->parts);

	json_decref(json);
	return good;
}

static struct source *
open_source(struct frame *frame, const struct request *request, GError **error)
{
	return source_new_mapped(frame->bytes->str, frame->bytes->len, frame->fds[0],
	    (off_t)request->offset, request->size, error);
}

static void
write_contents(const struct request *request, const struct frame *frame,
    const struct source *source, GString *text)
{
	bool got[FRAME_FDS_MAX];

	contents_write(&request->brief, source, (enum content_form)request->form,
	    (const unsigned *)(const void *)request->parts->data, frame->fds + 1, got,
	    request->parts->len);
	for (unsigned i = 0; i < request->parts->len; i++)
		g_string_append_c(text, got[i] ? '1' : '0');
}

static void
read_facts(const struct request *request, const struct source *source, GString *text)
{
	struct facts *facts = reading_run(&request->brief, source);

	facts_write(facts, text);
	facts_free(facts);
	if (text->len > FRAME_TEXT_MAX)
		g_string_truncate(text, 0);
}

static bool
answer(struct frame *frame, struct request *request)
{
	bool contents = frame->kind == FRAME_CONTENTS;
	g_autoptr(GString) text = g_string_sized_new(2048);
	g_autoptr(GError) error = NULL;

	if (!get_request(frame, request) || frame->fd_count < 1 ||
	    request->parts->len != frame->fd_count - 1)
		return false;
	sandbox_allow_time(request->brief.seconds);
	if (contents)
		sandbox_allow_files(
		    request->offset + request->size + request->brief.max_bytes + FILE_ROOM);
	struct source *source = open_source(frame, request, &error);

	if (source != NULL && contents)
		write_contents(request, frame, source, text);
	else if (source != NULL)
		read_facts(request, source, text);
	source_free(source);
	/* Before the answer: the queue file's lock lasts as long as its descriptor is open anywhere. */
	frame_close_descriptors(frame);
	const char *why = error != NULL ? error->message : "";

	return frame_put(SANDBOX_FD, contents ? FRAME_WRITTEN : FRAME_FACTS, text->str, text->len,
		   why, strlen(why), NULL, 0, G_MAXINT64) == FRAME_DONE;
}

static void
serve(void)
{
	struct request request = { .parts = g_array_new(FALSE, FALSE, sizeof(unsigned)) };
	struct frame frame;

	frame_init(&frame);
	while (
	    frame_take(SANDBOX_FD, &frame, G_MAXINT64) == FRAME_DONE && answer(&frame, &request)) {
		g_array_set_size(request.parts, 0);
		if (request.size > LARGE_MESSAGE)
			malloc_trim(LARGE_MESSAGE);
	}
}

static void
take_signals(void)
{
	static const int meant_for_others[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2 };
	static const int ours[] = { SIGPIPE, SIGCHLD, SIGALRM, SIGXCPU, SIGXFSZ };
	sigset_t none;

	for (size_t i = 0; i < G_N_ELEMENTS(meant_for_others); i++)
		signal(meant_for_others[i], SIG_IGN);
	for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
		signal(ours[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void
reader_process_run(int socket, pid_t parent, uint64_t memory)
{
	g_autoptr(GString) lacks = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may have ended before that call. */
	if (getppid() != parent)
		_exit(1);
	prctl(PR_SET_NAME, "reader");
	take_signals();
	mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
	mallopt(M_MMAP_THRESHOLD, KEPT_MEMORY);
	if (!sandbox_detach(socket))
		_exit(1);
	bool ready = prepare_libraries(&error) && sandbox_enter(memory, lacks, &error);
	const char *why = ready ? "" : error->message;
	enum frame_end end = frame_put(
	    SANDBOX_FD, FRAME_READY, lacks->str, lacks->len, why, strlen(why), NULL, 0, G_MAXINT64);

	if (ready && end == FRAME_DONE)
		serve();
	_exit(0);
}
