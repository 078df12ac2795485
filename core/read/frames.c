/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small frame goes by one call and comes by one: the first look takes whatever is there, and only what is longer is asked for
 * again. Neither side ever waits in the socket itself, so a deadline holds whatever the other side does.
 */
#include "core/read/frames.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define FIRST_LOOK 16384

struct prefix {
	uint32_t kind, text;
	uint64_t bytes;
};

void
frame_init(struct frame *frame)
{
	frame->kind = FRAME_KINDS;
	frame->text = g_string_new(NULL);
	frame->bytes = g_string_new(NULL);
	frame->fd_count = 0;
}

void
frame_close_descriptors(struct frame *frame)
{
	for (unsigned i = 0; i < frame->fd_count; i++)
		close(frame->fds[i]);
	frame->fd_count = 0;
}

void
frame_clear(struct frame *frame)
{
	frame_close_descriptors(frame);
	g_string_free(frame->text, TRUE);
	g_string_free(frame->bytes, TRUE);
}

static enum frame_end
wait_for(int socket, short events, gint64 deadline)
{
	struct pollfd pollfd = { .fd = socket, .events = events };

	for (;;) {
		gint64 left = deadline == G_MAXINT64 ? -1 : deadline - g_get_monotonic_time();
		int timeout =
		    deadline == G_MAXINT64 ? -1 : (int)CLAMP((left + 999) / 1000, 0, G_MAXINT);
		int ready = poll(&pollfd, 1, timeout);

		if (ready > 0)
			return FRAME_DONE;
		if (ready == 0 && timeout == 0)
			return FRAME_LATE;
		if (ready < 0 && errno != EINTR)
			return FRAME_REFUSED;
	}
}

static enum frame_end
end_of_errno(void)
{
	return errno == EPIPE || errno == ECONNRESET ? FRAME_CLOSED : FRAME_REFUSED;
}

static bool
is_to_be_repeated(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static void
attach(struct msghdr *message, void *room, const int *fds, unsigned count)
{
	struct cmsghdr *control = room;

	message->msg_control = room;
	message->msg_controllen = CMSG_SPACE(count * sizeof(int));
	memset(room, 0, message->msg_controllen);
	control->cmsg_level = SOL_SOCKET;
	control->cmsg_type = SCM_RIGHTS;
	control->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(control), fds, count * sizeof(int));
}

/* Takes what was sent off the front of the pieces. */
static void
advance(struct msghdr *message, size_t sent)
{
	while (message->msg_iovlen > 0 && sent >= message->msg_iov->iov_len) {
		sent -= message->msg_iov->iov_len;
		message->msg_iov++;
		message->msg_iovlen--;
	}
	if (message->msg_iovlen > 0) {
		message->msg_iov->iov_base = (char *)message->msg_iov->iov_base + sent;
		message->msg_iov->iov_len -= sent;
	}
}

enum frame_end
frame_put(int socket, enum frame_kind kind, const char *text, size_t text_length, const char *bytes,
    size_t bytes_length, const int *fds, unsigned fd_count, gint64 deadline)
{
	struct prefix prefix = { kind, (uint32_t)text_length, bytes_length };
	struct iovec pieces[] = { { &prefix, sizeof prefix }, { (char *)text, text_length },
		{ (char *)bytes, bytes_length } };
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = G_N_ELEMENTS(pieces) };
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(FRAME_FDS_MAX * sizeof(int))];
	enum frame_end end = FRAME_DONE;

	if (text_length > FRAME_TEXT_MAX || bytes_length > FRAME_BYTES_MAX)
		return FRAME_ODD;
	if (fd_count > 0)
		attach(&message, room, fds, fd_count);
	while (message.msg_iovlen > 0 && end == FRAME_DONE) {
		ssize_t sent = sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent >= 0) {
			message.msg_control = NULL;
			message.msg_controllen = 0;
			advance(&message, (size_t)sent);
		} else if (is_to_be_repeated()) {
			end = wait_for(socket, POLLOUT, deadline);
		} else {
			end = end_of_errno();
		}
	}
	return end;
}

static void
take_descriptors(struct msghdr *message, struct frame *frame)
{
	for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control != NULL;
	     control = CMSG_NXTHDR(message, control)) {
		if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS)
			continue;
		size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(control) + i * sizeof fd, sizeof fd);
			if (frame->fd_count < FRAME_FDS_MAX)
				frame->fds[frame->fd_count++] = fd;
			else
				close(fd);
		}
	}
}

/* Something, up to `room` bytes, into `into`; `got` says how much. */
static enum frame_end
take_some(int socket, struct frame *frame, void *into, size_t room, size_t *got, gint64 deadline)
{
	struct iovec piece = { into, room };
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(FRAME_FDS_MAX * sizeof(int))];

	for (;;) {
		struct msghdr message = { .msg_iov = &piece,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof control };
		bool forever = deadline == G_MAXINT64;
		enum frame_end end = forever ? FRAME_DONE : wait_for(socket, POLLIN, deadline);

		if (end != FRAME_DONE)
			return end;
		ssize_t n =
		    recvmsg(socket, &message, (forever ? 0 : MSG_DONTWAIT) | MSG_CMSG_CLOEXEC);
		if (n < 0 && is_to_be_repeated())
			continue;
		if (n < 0)
			return end_of_errno();
		take_descriptors(&message, frame);
		*got = (size_t)n;
		return n == 0 ? FRAME_CLOSED : FRAME_DONE;
	}
}

/* Fills `into` up to `length`, of which the first bytes may be there already. */
static enum frame_end
take_rest(int socket, struct frame *frame, GString *into, size_t length, gint64 deadline)
{
	size_t at = into->len;

	g_string_set_size(into, length);
	while (at < length) {
		size_t got;
		enum frame_end end =
		    take_some(socket, frame, into->str + at, length - at, &got, deadline);

		if (end != FRAME_DONE)
			return end;
		at += got;
	}
	return FRAME_DONE;
}

enum frame_end
frame_take(int socket, struct frame *frame, gint64 deadline)
{
	struct prefix prefix;
	char first[FIRST_LOOK];
	size_t got = 0, n;

	frame_close_descriptors(frame);
	while (got < sizeof prefix) {
		enum frame_end end =
		    take_some(socket, frame, first + got, sizeof first - got, &n, deadline);

		if (end != FRAME_DONE)
			return end;
		got += n;
	}
	/* cppcheck-suppress uninitvar ; take_some() filled it */
	memcpy(&prefix, first, sizeof prefix);
	got -= sizeof prefix;
	/* One question, one answer: nothing can be behind the frame. */
	if (prefix.kind >= FRAME_KINDS || prefix.text > FRAME_TEXT_MAX ||
	    prefix.bytes > FRAME_BYTES_MAX || got > prefix.text + prefix.bytes)
		return FRAME_ODD;
	frame->kind = prefix.kind;
	size_t of_text = MIN(got, prefix.text);

	g_string_truncate(frame->text, 0);
	g_string_truncate(frame->bytes, 0);
	g_string_append_len(frame->text, first + sizeof prefix, (gssize)of_text);
	g_string_append_len(frame->bytes, first + sizeof prefix + of_text, (gssize)(got - of_text));
	enum frame_end end = take_rest(socket, frame, frame->text, prefix.text, deadline);

	return end == FRAME_DONE ? take_rest(socket, frame, frame->bytes, prefix.bytes, deadline)
				 : end;
}
