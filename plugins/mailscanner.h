/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILSCANNER_H
#define MAILSCANNER_H
/*
 * What a plugin of mailscanner includes. It needs nothing else of ours, and no library.
 *
 * A plugin is a shared object in `Custom Functions Dir` that exports one constant:
 *
 *	const struct mailscanner_plugin mailscanner_plugin = {
 *		.abi = MAILSCANNER_ABI,
 *		.size = sizeof(struct mailscanner_plugin),
 *		.functions = functions,
 *	};
 *
 * and is built like this:
 *
 *	cc -fPIC -shared -o constant.so constant.c
 *
 * Processes. All calls come from worker processes, as the user `Run As User`, one at a time and from
 * one thread. A worker handles batches of messages until it is some hours old; several run side by
 * side, and each has its own copy of all variables of the plugin. `mailscanner lint`, `value` and
 * `once --one-batch` do as a worker does, in their own process and as whoever runs them.
 *
 * Faults. A call that crashes, or isn't back within `Batch Time Limit`, costs the worker; the log
 * names the function then, and the messages in hand are tried again, each alone. So set time limits to
 * whatever is waited for. Don't exit, fork without exec, change signal handlers, or print.
 *
 * Texts. All are NUL-terminated bytes as they came: from mail, thus not always UTF-8, and hostile.
 * Texts that are given to a function belong to mailscanner.
 *
 * Versions. MAILSCANNER_ABI changes when an old plugin can't work any more; a plugin made for another is
 * not loaded. Members are only ever added at the end of structs: `size` tells which are there.
 */
#include <stddef.h>
#include <stdint.h>

#define MAILSCANNER_ABI 1

#if defined(__GNUC__)
#define MAILSCANNER_PRINTF __attribute__((format(printf, 2, 3)))
#else
#define MAILSCANNER_PRINTF
#endif

/* A message, or just an envelope (from `mailscanner value --from ...`). Good only during the call that
 * has it as an argument. */
struct mailscanner_message;

/* The values are those of syslog(3). */
enum mailscanner_level {
	MAILSCANNER_ERROR = 3,
	MAILSCANNER_WARNING = 4,
	MAILSCANNER_NOTICE = 5,
	MAILSCANNER_INFO = 6,
	MAILSCANNER_DEBUG = 7
};

/*
 * What a plugin may ask of the program. The table stays where it is until the process ends.
 *
 * Where `message` may be NULL, that means no message. Texts of a message stay good as long as the
 * message: until the call returns, at least.
 */
struct mailscanner_host {
	size_t size; /* of this struct */

	/* One line for the log. Control characters in it are made visible. */
	void (*log)(enum mailscanner_level level, const char *format, ...) MAILSCANNER_PRINTF;

	/*
	 * The value of a directive, by its name in the configuration file, in the words of that file.
	 * `message` may be NULL: then that of a ruleset is its default. NULL: there is no such
	 * directive. A directive whose own function is just being called gives its default.
	 */
	const char *(*directive)(struct mailscanner_message *message, const char *name);

	/* A copy of `text` that stays good as long as the message; with NULL, until the process ends. */
	const char *(*keep)(struct mailscanner_message *message, const char *text);

	/* The queue id; "" when there is only an envelope. */
	const char *(*id)(struct mailscanner_message *message);
	/* Envelope sender without <>, case as it came; "" for the null sender. */
	const char *(*sender)(struct mailscanner_message *message);
	/* Envelope recipients without <>, NULL-terminated. */
	const char *const *(*recipients)(struct mailscanner_message *message);
	/* IP address of the SMTP client; "" when unknown or local. */
	const char *(*client_address)(struct mailscanner_message *message);
	/* Bytes of its queue files together; 0 when there is only an envelope. */
	uint64_t (*bytes)(struct mailscanner_message *message);
	/* When the MTA received it: seconds since the epoch; 0 when unknown. */
	int64_t (*received)(struct mailscanner_message *message);
	/* Value of the first header of that name (any case, without colon), unfolded; NULL: none. */
	const char *(*header)(struct mailscanner_message *message, const char *name);
	/*
	 * The headers in order, each as it stands in the message: "Name: value", folding included,
	 * without the final newline. Start with *position = 0; NULL after the last.
	 */
	const char *(*next_header)(struct mailscanner_message *message, size_t *position);
};

enum mailscanner_answer {
	MAILSCANNER_VALUE,    /* here it is */
	MAILSCANNER_NO_VALUE, /* nothing to say: the directive's default counts */
	MAILSCANNER_CANT_TELL /* not now: the message stays in the incoming queue and is tried again */
};

/*
 * A custom function: it gives a directive its value, where the configuration says
 * `Directive = &Name` or `Directive = &Name(arguments)`. Each such directive has its own `state` and
 * its own init and end; one function may serve several.
 */
struct mailscanner_function {
	size_t size;	  /* sizeof(struct mailscanner_function) */
	const char *name; /* letters, digits and _, no digit first; unique among all plugins */

	/*
	 * Called once at the start of each worker, after the configuration was read. May be NULL.
	 * `arguments` without their quotes, NULL-terminated, good until after `end`. What is put into
	 * *state is passed to the other calls; it is NULL before. Open connections here or at the first
	 * look-up.
	 *
	 * NULL: all is well. Else why it can't work, for people; then the directive has its default in
	 * this worker, and neither `value` nor `end` is called.
	 */
	const char *(*init)(
	    const struct mailscanner_host *host, const char *const *arguments, void **state);

	/*
	 * Called at each look-up of the directive, possibly several times for one message. `message`
	 * NULL asks for the value without a message; it is asked for once in a worker's life.
	 *
	 * MAILSCANNER_VALUE: *text is the value, as one would write it in the configuration file (where
	 * a ruleset would join the values of several rules, also several words). 1, 0, 2 and convert
	 * stand for yes, no, virus or replace, and disarm. A value that the directive can't have is
	 * logged, and the default counts. MAILSCANNER_CANT_TELL: *text is why, or NULL; without a
	 * message the default counts then, and the function is asked again.
	 * *text must stay good until the function is called again.
	 */
	enum mailscanner_answer (*value)(
	    void *state, struct mailscanner_message *message, const char **text);

	/*
	 * Called once at the worker's regular end (old age, new configuration, stop), not after a crash
	 * or a kill. May be NULL. Frees the state.
	 */
	void (*end)(void *state);
};

struct mailscanner_plugin {
	unsigned abi;					     /* MAILSCANNER_ABI */
	size_t size;					     /* sizeof(struct mailscanner_plugin) */
	const struct mailscanner_function *const *functions; /* NULL-terminated */
};

extern const struct mailscanner_plugin mailscanner_plugin;

#endif
