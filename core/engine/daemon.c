/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order at start: state directory and pid file as root, then privileges, then the lock: fcntl locks end with the
 * process that took them, so nothing stale is ever left and no worker keeps one by inheritance.
 */
#include "core/engine/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/log/lines.h"
#include "rules/directives.h"
#include "spool/fd.h"

G_DEFINE_QUARK(daemon_error, daemon_error)

static bool G_GNUC_PRINTF(3, 4)
    fail(GError **error, enum daemon_error code, const char *format, ...)
{
	int number = errno;
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	if (number != 0)
		g_set_error(error, DAEMON_ERROR, (int)code, "%s: %s", text, g_strerror(number));
	else
		g_set_error_literal(error, DAEMON_ERROR, (int)code, text);
	return false;
}

/* Blank and "0" mean: stay who you are. */
static bool
is_named(const char *name)
{
	return *name != '\0' && strcmp(name, "0") != 0 && strcmp(name, "root") != 0;
}

static bool
find_user(uid_t *uid, gid_t *gid, GError **error)
{
	const char *name = run_as_user_for(NULL);

	*uid = geteuid();
	*gid = getegid();
	if (!is_named(name))
		return true;
	const struct passwd *user = getpwnam(name);
	if (user == NULL) {
		errno = 0;
		return fail(error, DAEMON_ERROR_CONFIG, "Run As User: no user %s", name);
	}
	*uid = user->pw_uid;
	*gid = user->pw_gid;
	return true;
}

static bool
find_group(const char *directive, const char *name, gid_t *gid, GError **error)
{
	if (!is_named(name))
		return true;
	const struct group *group = getgrnam(name);
	if (group == NULL) {
		errno = 0;
		return fail(error, DAEMON_ERROR_CONFIG, "%s: no group %s", directive, name);
	}
	*gid = group->gr_gid;
	return true;
}

/* Gives what root has just made to the user that the program is about to become. */
static bool
give_away(int fd, const char *what, GError **error)
{
	uid_t uid;
	gid_t gid;

	if (!find_user(&uid, &gid, error) ||
	    !find_group("Run As Group", run_as_group_for(NULL), &gid, error))
		return false;
	if (geteuid() == 0 && fchown(fd, uid, gid) != 0)
		return fail(error, DAEMON_ERROR_SYSTEM, "%s: change of owner", what);
	return true;
}

static bool
take_lock(const struct spool_place *state, GError **error)
{
	/* The descriptor stays open for the life of the process: closing it would give the lock up. */
	int fd = openat(state->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fd < 0)
		return fail(error, DAEMON_ERROR_SYSTEM, "%s/lock", state->path);
	if (fcntl(fd, F_SETLK, &whole) == 0)
		return give_away(fd, "lock", error);
	if (errno != EAGAIN && errno != EACCES) {
		close(fd);
		return fail(error, DAEMON_ERROR_SYSTEM, "%s/lock", state->path);
	}
	whole.l_pid = 0;
	fcntl(fd, F_GETLK, &whole);
	close(fd);
	errno = 0;
	return fail(error, DAEMON_ERROR_LOCKED, "another instance is at work on %s (process %d)",
	    state->path, (int)whole.l_pid);
}

/* Files that an earlier start left there as another user. */
static bool
give_away_contents(const struct spool_place *state, GError **error)
{
	uid_t uid;
	gid_t gid;
	g_autoptr(GDir) directory = geteuid() == 0 ? g_dir_open(state->path, 0, NULL) : NULL;

	if (!find_user(&uid, &gid, error) ||
	    !find_group("Run As Group", run_as_group_for(NULL), &gid, error))
		return false;
	for (const char *name = directory != NULL ? g_dir_read_name(directory) : NULL; name != NULL;
	     name = g_dir_read_name(directory)) {
		if (fchownat(state->fd, name, uid, gid, AT_SYMLINK_NOFOLLOW) != 0)
			return fail(error, DAEMON_ERROR_SYSTEM, "%s/%s: change of owner",
			    state->path, name);
	}
	return true;
}

struct spool_place *
daemon_state(GError **error)
{
	const char *path = state_dir_for(NULL);

	if (g_mkdir_with_parents(path, 0700) != 0) {
		fail(error, DAEMON_ERROR_SYSTEM, "State Dir %s", path);
		return NULL;
	}
	struct spool_place *state = spool_place_open(path, error);
	if (state != NULL && !(give_away(state->fd, path, error) && take_lock(state, error) &&
				 give_away_contents(state, error))) {
		spool_place_unref(state);
		return NULL;
	}
	return state;
}

/* The second group is one more that the program is in. */
static bool
find_all(uid_t *uid, gid_t groups[2], GError **error)
{
	if (!find_user(uid, &groups[0], error) ||
	    !find_group("Run As Group", run_as_group_for(NULL), &groups[0], error))
		return false;
	groups[1] = groups[0];
	return find_group("Quarantine Group", quarantine_group_for(NULL), &groups[1], error);
}

bool
daemon_users_exist(GError **error)
{
	uid_t uid;
	gid_t groups[2];

	return find_all(&uid, groups, error);
}

bool
daemon_drop_privileges(GError **error)
{
	uid_t uid;
	gid_t groups[2];

	if (!find_all(&uid, groups, error))
		return false;
	if (uid == geteuid() && groups[0] == getegid())
		return true;
	if (setgroups(G_N_ELEMENTS(groups), groups) != 0 || setgid(groups[0]) != 0)
		return fail(error, DAEMON_ERROR_SYSTEM, "become group %u", (unsigned)groups[0]);
	lines_set_group(run_as_group_for(NULL), (unsigned)groups[0]);
	if (setuid(uid) != 0)
		return fail(error, DAEMON_ERROR_SYSTEM, "become user %u", (unsigned)uid);
	lines_set_user(run_as_user_for(NULL), (unsigned)uid);
	return true;
}

/* The first process: lives until the daemon says that it runs, or has ended. */
static void G_GNUC_NORETURN
wait_for_daemon(pid_t child, int fd)
{
	char word;
	int status = 0;

	if (read(fd, &word, 1) == 1)
		_exit(0);
	waitpid(child, &status, 0);
	_exit(WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : 70);
}

int
daemon_background(GError **error)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0) {
		fail(error, DAEMON_ERROR_SYSTEM, "pipe");
		return -1;
	}
	pid_t child = fork();
	if (child < 0) {
		fail(error, DAEMON_ERROR_SYSTEM, "fork");
		close(ends[0]);
		close(ends[1]);
		return -1;
	}
	if (child > 0) {
		close(ends[1]);
		wait_for_daemon(child, ends[0]);
	}
	close(ends[0]);
	setsid();
	return ends[1];
}

void
daemon_ready(int fd)
{
	if (fd < 0)
		return;
	/* From here on nobody reads what is printed. */
	autofd null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int standard = 0; null >= 0 && standard <= 2; standard++)
		dup2(null, standard);
	if (write(fd, "r", 1) < 0)
		errno = 0; /* the first process has gone: nobody waits */
	close(fd);
}

bool
daemon_write_pid_file(const char *path, GError **error)
{
	g_autofree char *text = g_strdup_printf("%d\n", (int)getpid());

	if (*path == '\0')
		return true;
	autofd fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	size_t length = strlen(text);
	if (fd < 0 || write(fd, text, length) != (ssize_t)length)
		return fail(error, DAEMON_ERROR_SYSTEM, "PID file %s", path);
	return give_away(fd, path, error);
}

void
daemon_remove_pid_file(const char *path)
{
	if (*path != '\0' && unlink(path) != 0 && truncate(path, 0) != 0)
		errno = 0; /* neither is allowed to us: a stale pid is all that stays */
}
