/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_FD_H
#define SPOOL_FD_H
/* A descriptor that is closed when its variable goes out of scope (GLib has this from 2.76 on). */
#include <glib.h>
#include <unistd.h>

static inline void
fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static inline int
fd_steal(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

#define autofd __attribute__((cleanup(fd_close))) int

#endif
