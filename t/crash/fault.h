/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CRASH_FAULT_H
#define CRASH_FAULT_H
/*
 * What t/crash/under.c tells the preloaded t/shim/fault.c, and hears from it: one block of memory,
 * mapped from the file that FAULT_CONTROL names into every process of a run.
 *
 * Counted are the calls on files below `scope` whose kind is in `kinds`, in all processes together.
 * One lock is held around each of them, so their numbers are the order in which they happened.
 *
 * The trace has a line for each counted call, line n for call n, fields separated by tabs:
 *
 *	name  path                     the call; ends here when it failed or changed nothing
 *	      create    INODE          path is new, and empty
 *	      directory INODE          path is a new directory
 *	      write     INODE OFFSET BYTES(hex)
 *	      size      INODE LENGTH   cut, or extended with zeros
 *	      mode      INODE MODE(octal)
 *	      rename    OLD-PATH       which is now `path`
 *	      link      INODE          path is one more name of it
 *	      unlink
 *	      sync      INODE          data and size of a file, or the names in a directory
 *	      syncall                  all of the file system
 *
 * Paths are relative to `scope`.
 */
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

enum fault_kind {
	FAULT_OPEN = 1 << 0, /* of what exists */
	FAULT_READ = 1 << 1,
	FAULT_CLOSE = 1 << 2,
	FAULT_CREATE = 1 << 3, /* open that may create */
	FAULT_WRITE = 1 << 4,
	FAULT_RESIZE = 1 << 5,
	FAULT_NAME = 1 << 6, /* rename, link, mkdir */
	FAULT_REMOVE = 1 << 7,
	FAULT_MODE = 1 << 8, /* mode, owner */
	FAULT_SYNC = 1 << 9,
	FAULT_CHANGES =
	    FAULT_CREATE | FAULT_WRITE | FAULT_RESIZE | FAULT_NAME | FAULT_REMOVE | FAULT_MODE,
	FAULT_ALL = FAULT_CHANGES | FAULT_SYNC | FAULT_OPEN | FAULT_READ | FAULT_CLOSE,
};

enum fault_mode {
	FAULT_COUNT,	   /* only count */
	FAULT_KILL_BEFORE, /* all processes die before call `at` is done */
	FAULT_KILL_AFTER,  /* ... when it is done, before it returns */
	FAULT_KILL_ONE,	   /* the one that makes call `at` dies before it is done */
	FAULT_FAIL,	   /* call `at` fails with `error`, or is done by half where that is 0 */
	FAULT_FAIL_FROM,   /* so does each later call that can fail this way */
};

struct fault_control {
	char scope[PATH_MAX]; /* a canonical path */
	char trace[PATH_MAX]; /* "": none */
	char
	    inodes[PATH_MAX]; /* struct fault_inode[], by `real`: what stat() is to say; "": none */
	unsigned kinds;
	enum fault_mode mode;
	unsigned long at;
	int error;
	pid_t watcher; /* gets SIGUSR1 when `dead` becomes true */

	pthread_mutex_t lock;
	unsigned long calls;
	atomic_bool dead; /* no process may make another counted call */
	bool struck;	  /* call `at` was reached, and could fail this way */
	char what[PATH_MAX + 64];
};

/*
 * A rebuilt disk image has other inode numbers than the disk had, but what a program noted down
 * about its files must still hold. Files that are not in the table get FAULT_INODE_NEW added, so
 * that no two are the same.
 */
struct fault_inode {
	ino_t real;
	ino_t shown;
};
#define FAULT_INODE_NEW ((ino_t)1 << 48)

#endif
