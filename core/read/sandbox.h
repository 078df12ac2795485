/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_SANDBOX_H
#define CORE_READ_SANDBOX_H
/*
 * What a process gives up that is about to read hostile bytes. There is no way back.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The descriptor that is left in sandbox_detach(). 0, 1 and 2 are /dev/null. */
#define SANDBOX_FD 3

/* Descriptors that the process can have at a time. */
#define SANDBOX_FILES 300

/*
 * Closes every descriptor but `fd`, which is moved to SANDBOX_FD. With the sanitizers, standard error stays too.
 * False: the system did not do it (errno).
 */
bool sandbox_detach(int fd) G_GNUC_WARN_UNUSED_RESULT;

/*
 * From here on the process has memory, the descriptors that it has or is sent, and a clock: `memory` bytes more than it has now
 * (0: no limit), no core file, no new process. Landlock refuses every file; seccomp refuses to look for files and kills for every
 * other call that is not needed (with the sanitizers it only refuses). What this kernel has not is appended to `lacks`, a name and a
 * blank each. False: something that it has could not be put to use, and the process must end.
 */
bool sandbox_enter(uint64_t memory, GString *lacks, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The part of it that Landlock does: no file can be opened. */
bool sandbox_close_files(GString *lacks, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Before each piece of work: SIGXCPU comes when it has used so many seconds of the processor, or up to a minute later.
 */
void sandbox_allow_time(unsigned seconds);

/* From now on writing behind `size` bytes of a file is SIGXFSZ; 0 at first. */
void sandbox_allow_files(uint64_t size);

#endif
