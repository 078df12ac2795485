/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The classic fcntl lock belongs to the process and is lost with any close of the file, so one open
 * of a queue file for another purpose would unlock it. The open-file-description lock conflicts
 * with the classic one (what MTAs take) and has no such trap.
 */
#include "spool/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "spool/error.h"

static bool
lock(int fd, short type, const char *name, GError **error)
{
	struct flock whole = { .l_type = type, .l_whence = SEEK_SET };

	if (TEMP_FAILURE_RETRY(fcntl(fd, F_OFD_SETLK, &whole)) == 0)
		return true;
	if (errno != EAGAIN && errno != EACCES)
		return spool_fail(error, SPOOL_ERROR_IO, "lock %s", name);
	errno = 0;
	return spool_fail(error, SPOOL_ERROR_BUSY, "%s is locked by another process", name);
}

bool
lock_take(int fd, const char *name, GError **error)
{
	return lock(fd, F_WRLCK, name, error);
}

bool
lock_share(int fd, const char *name, GError **error)
{
	return lock(fd, F_RDLCK, name, error);
}
