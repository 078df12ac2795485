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
 * with the lists of what it brings: functions, loggers, languages. It is built like this:
 *
 *	cc -fPIC -shared $(pkg-config --cflags mailscanner) -o constant.so constant.c
 *
 * `mailscanner plugins` shows what was found, `mailscanner lint` what is wrong with it.
 *
 * Processes. All calls come from worker processes, as the user `Run As User`, one at a time and from
 * one thread. A worker handles batches of messages until it is some hours old; several run side by
 * side, and each has its own copy of all variables of the plugin. `mailscanner lint`, `value`,
 * `check`, `show --parts` and `once --one-batch` do as a worker does, in their own process and as whoever runs
 * them; `try` has one for the function alone.
 *
 * Faults. A call that crashes, or isn't back within `Batch Time Limit`, costs the worker; the log
 * names the function then, and the messages in hand are tried again, each alone. So set time limits to
 * whatever is waited for: at most the host's time_limit(). Don't exit, fork without exec, change signal
 * handlers, or print.
 *
 * Texts. All are NUL-terminated bytes as they came: from mail, thus not always UTF-8, and hostile.
 * Texts that are given to a function belong to mailscanner.
 *
 * Versions. MAILSCANNER_ABI changes when an old plugin can't work any more; a plugin made for another is
 * not loaded. Members are only ever added at the end of structs: `size` tells which are there. A plugin
 * that uses a member of the host table which came later than others asks MAILSCANNER_HOST_HAS() first.
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
 * has it as an argument; see attach() for what is to last as long as the message. */
struct mailscanner_message;
/* The messages that are worked on together. Good only during the call. */
struct mailscanner_batch;

/* The values are those of syslog(3). */
enum mailscanner_level {
	MAILSCANNER_ERROR = 3,
	MAILSCANNER_WARNING = 4,
	MAILSCANNER_NOTICE = 5,
	MAILSCANNER_INFO = 6,
	MAILSCANNER_DEBUG = 7
};

/* What may be done to the header of a message; `value` NULL where none is needed. */
enum mailscanner_header_edit {
	MAILSCANNER_HEADER_ADD,	    /* another field, whatever is there */
	MAILSCANNER_HEADER_REPLACE, /* the only field of its name */
	MAILSCANNER_HEADER_APPEND,  /* ", value" behind the value that is there */
	MAILSCANNER_HEADER_REMOVE,  /* every field of that name */
	MAILSCANNER_HEADER_FIRST,   /* every field of that name but the first goes */
	MAILSCANNER_HEADER_PREFIX,  /* value and a blank before the field's text */
	MAILSCANNER_HEADER_SUFFIX   /* a blank and value behind the field's text */
};

/* How names of directives are written. */
enum mailscanner_name {
	MAILSCANNER_NAME_FILE,	   /* as in the configuration file: "Scan Messages" */
	MAILSCANNER_NAME_EXTERNAL, /* the same in lower case, letters and digits only */
	MAILSCANNER_NAME_INTERNAL  /* that of MailScanner 5's own code: "scanmail" */
};

/* How the text of a header field is given. */
enum mailscanner_form {
	MAILSCANNER_RAW, /* the field as it came: name, colon, folding; without the final newline */
	MAILSCANNER_UNFOLDED, /* its value in one line */
	MAILSCANNER_DECODED   /* the same with encoded words (RFC 2047) read, in valid UTF-8 */
};

/* What there is to say of a part in words. */
enum mailscanner_part_text {
	MAILSCANNER_PART_KIND, /* "leaf", "multipart", "message"; "member": unpacked from another part */
	MAILSCANNER_PART_TYPE,	      /* the MIME type that it counts as, lower case */
	MAILSCANNER_PART_DECLARED,    /* the one that its header says */
	MAILSCANNER_PART_DETECTED,    /* the one that its content says */
	MAILSCANNER_PART_DESCRIPTION, /* what file(1) says of its content */
	MAILSCANNER_PART_NAME,	      /* its file name, safe to show */
	MAILSCANNER_PART_DISPOSITION, /* "attachment", "inline" */
	MAILSCANNER_PART_ENCODING,    /* transfer encoding, lower case */
	MAILSCANNER_PART_CHARSET,
	MAILSCANNER_PART_CONTENT_ID, /* without <> */
	MAILSCANNER_PART_DIGEST	     /* SHA-256 of its content, hexadecimal */
};

/* What there is to say of a part in numbers. */
enum mailscanner_part_number {
	MAILSCANNER_PART_PARENT, /* the part around it; -1: it is the message */
	MAILSCANNER_PART_DEPTH,	 /* how many parts are around it */
	MAILSCANNER_PART_UNPACKED_FROM, /* the MIME part that it came out of; its own number where it is one */
	MAILSCANNER_PART_ARCHIVE_DEPTH, /* how many archives are around it */
	MAILSCANNER_PART_SIZE, /* bytes of its content, decoded; 0 for what only holds other parts */
	MAILSCANNER_PART_READING /* 0: as most programs read the message; else as some others do */
};

/* What there is to say of a finding. */
enum mailscanner_finding_text {
	MAILSCANNER_FINDING_KIND, /* "virus", "name", "type", "content", "size", "error", "denial", "phishing" ... */
	MAILSCANNER_FINDING_TEXT, /* the report, for people */
	MAILSCANNER_FINDING_RULE, /* what decided: "FILE:LINE", or the name of a directive */
	MAILSCANNER_FINDING_WHO,  /* which check says so */
	MAILSCANNER_FINDING_KEY /* the language string that the report is made of, or a name for the case */
};

#define MAILSCANNER_HOST_HAS(host, member) \
	((host)->size >= offsetof(struct mailscanner_host, member) + sizeof((host)->member))

/*
 * What a plugin may ask of the program. The table stays where it is until the process ends.
 *
 * Its functions may be called whenever one of the plugin's own is being called, in the same process and thread;
 * none waits for anything but where that is said. Where `message` may be NULL, that means no message. Texts of a
 * message stay good as long as the message: until the call returns, at least.
 *
 * What is known when. Envelope and header: at every look-up that has a message, but for what `mailscanner value
 * --from ...` makes up, which has an envelope alone. Parts: once the message was read, that is at look-ups of what
 * is done about its content, and not at those before (Scan Messages, Reject Message ...). Findings: those so far;
 * all of them in `Always Looked Up Last`.
 */
struct mailscanner_host {
	size_t size; /* of this struct */

	/* One line for the log. Control characters in it are made visible. */
	void (*log)(enum mailscanner_level level, const char *format, ...) MAILSCANNER_PRINTF;

	/*
	 * The value of a directive, by its name in the configuration file, in the words of that file.
	 * `message` may be NULL: then that of a ruleset is its default. NULL: there is no such
	 * directive. A directive whose own function is just being called gives its default. So does one
	 * whose value can't be found out now (explain() tells); the message stays queued then, whatever
	 * a function says. Another function, or a name server, may be asked and waited for.
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

	/* Seconds that one call should take at most (`Custom Function Timeout`); 0: no limit. */
	unsigned (*time_limit)(void);

	/*
	 * Facts by name, as JSON: names come with time, and the value of one only ever gets more members.
	 * Text is UTF-8, bytes that are none are U+FFFD. NULL: there is no such fact, or the message has
	 * none (there is only an envelope, it was not read yet).
	 *
	 *	envelope  {"id", "size", "sender", "recipients": [], "client_ip", "client_name", "helo",
	 *	          "protocol", "auth_id", "received", "frozen"}; null where not known
	 *	header    [{"name", "value", "text"}] as it stands now: unfolded value, and the field as it is; name is
	 *	          null where a line is no field
	 *	queue     {"format", "directory", "files": [], "modified"}
	 *	fate      {"kind": "open" pass deliver drop leave hold, "stage", "why", "new_id"}
	 *	findings  [{"kind", "part", "source", "text", "rule", "key", "letter", "infection", "delete"}]: the
	 *	          letter is that of MailScanner 5's report types, "" for what is no infection; part -1: the message
	 *	facts     what was read of it: parts, limits that were reached ...; also by the name of parts
	 *	changes   {"read", "header", "body", "size", "intact"}: was it read; how many edits are planned; of
	 *	          how many bytes is the body, and how many are still as they came (when it has left: not all)
	 */
	const char *(*fact)(struct mailscanner_message *message, const char *name);
	/* What the queue file says before the header fields, byte for byte; its format is that of the
	 * MTA. NULL: none. */
	const char *(*control)(struct mailscanner_message *message, size_t *length);
	/* Bytes of the body as it came (still encoded, LF line ends): at most `size` from `offset` into
	 * `buffer`. How many; 0 at the end, and where there is no body. */
	size_t (*body)(
	    struct mailscanner_message *message, uint64_t offset, void *buffer, size_t size);

	/*
	 * Plans an edit of the header, or adds a recipient. 0: it can't be done, because there is only an
	 * envelope or the message has left already. Edits come before those of the program itself.
	 */
	int (*edit_header)(struct mailscanner_message *message, enum mailscanner_header_edit edit,
	    const char *name, const char *value);
	int (*add_recipient)(struct mailscanner_message *message, const char *address);

	/* As directive(), in MailScanner 5's inner words: 1 and 0 for yes and no, convert for disarm. */
	const char *(*inner_value)(struct mailscanner_message *message, const char *name);
	/* Another form of a directive's name, given in any of them. NULL: there is no such directive. */
	const char *(*directive_name)(const char *name, enum mailscanner_name form);
	/* What a file of rules says of the message, as if the directive named that file. NULL: no rule
	 * fits, or the file can't be used (the log says so). A function may also return such a file's
	 * name as its value. `message` may be NULL. */
	const char *(*ruleset)(
	    struct mailscanner_message *message, const char *directive, const char *path);
	/* A macro of the configuration, with its percent signs; NULL: not defined. */
	const char *(*macro)(const char *name);
	/* Path of the configuration file. */
	const char *(*configuration)(void);

	/*
	 * Something of the plugin's own that lasts as long as the message: `key` is any address of the
	 * plugin's own, `release` (may be NULL) is called when the message goes, at the end of its batch
	 * as a rule. attached(): NULL when there is nothing.
	 */
	void (*attach)(struct mailscanner_message *message, const void *key, void *data,
	    void (*release)(void *data));
	void *(*attached)(struct mailscanner_message *message, const void *key);

	/* The batch in hand; NULL between batches. */
	struct mailscanner_batch *(*batch)(void);
	/* Its messages, from *position = 0; NULL after the last. */
	struct mailscanner_message *(*next_message)(
	    struct mailscanner_batch *batch, size_t *position);
	/* A number that no other batch of this process has. */
	uint64_t (*batch_number)(struct mailscanner_batch *batch);
	/* {"messages", "bytes", "started", "ended"}: counts, and seconds since the epoch with a fraction;
	 * ended is null until the messages have left. Good until it is asked for again. */
	const char *(*batch_fact)(struct mailscanner_batch *batch);

	/*
	 * A store of texts that all workers share and that lasts: a file in `State Dir`. Names should begin
	 * with that of the function. get(): NULL when there is none, or it has expired; good until the next
	 * call of get(). set(): `value` NULL removes; it expires after so many seconds, 0: never. add():
	 * adds to a number (0 where there is none), and gives the sum; the time to expire counts from when
	 * it was made. When the store can't be used the log says so once, and there is nothing in it.
	 */
	const char *(*store_get)(const char *name);
	void (*store_set)(const char *name, const char *value, unsigned seconds);
	int64_t (*store_add)(const char *name, int64_t amount, unsigned seconds);

	/* Something that is another number whenever more is known of the message: it was read, something
	 * was found in it, its fate is settled, its batch has ended. */
	uint64_t (*revision)(struct mailscanner_message *message);
	/*
	 * From now on it goes to these addresses (NULL-terminated) instead of its recipients. 0: it can't be
	 * done, because none is given, there is only an envelope, or the message has left already.
	 */
	int (*redirect)(struct mailscanner_message *message, const char *const *addresses);
	/* As next_header(), but the headers as they came, whatever has been done to them. */
	const char *(*next_original)(struct mailscanner_message *message, size_t *position);
	/* A text for people in the language of the site, or of the message's recipients: `Language Strings`.
	 * `message` may be NULL. The key itself where nobody knows it. */
	const char *(*language)(struct mailscanner_message *message, const char *key);
	/* The names of all directives, as in the file, from *position = 0; NULL after the last. */
	const char *(*next_directive)(size_t *position);

	/*
	 * Why directive() gives what it gives, for people: "rule /etc/MailScanner/rules/scan.rules:3: From: ...",
	 * "function ...", "file ...", "default"; several with "; " between them. Where it begins with "could not be
	 * found out: ", the answer was can't tell, and the default was given. `message` may be NULL. NULL: there is no
	 * such directive.
	 */
	const char *(*explain)(struct mailscanner_message *message, const char *name);
	/* The header fields of that name (any case, without colon; NULL: all), one a call. Start with
	 * *position = 0; NULL after the last. */
	const char *(*next_field)(struct mailscanner_message *message, const char *name,
	    enum mailscanner_form form, size_t *position);

	/*
	 * Parts: MIME parts, and files that were unpacked from them. They are numbered from 0, which is the message as
	 * a whole; a part stands behind the one around it, siblings in the order of the message.
	 *
	 * parts(): how many; 0: it was not read (yet, or it can't be).
	 * part_text(): NULL: there is no such part, or nothing to say.
	 * part_number(): -1: there is no such part.
	 * part_name(): each name that some program may see in it, from n = 0, the one to show among them; NULL after
	 * the last.
	 * part_is(): is it "encrypted", "vba", "archive" ... (mailscanner-message(5) lists them)? 1 yes, 0 no, -1: there
	 * is no such part, or no such thing is ever said of one.
	 */
	size_t (*parts)(struct mailscanner_message *message);
	const char *(*part_text)(
	    struct mailscanner_message *message, size_t part, enum mailscanner_part_text what);
	int64_t (*part_number)(
	    struct mailscanner_message *message, size_t part, enum mailscanner_part_number what);
	const char *(*part_name)(struct mailscanner_message *message, size_t part, size_t n);
	int (*part_is)(struct mailscanner_message *message, size_t part, const char *what);

	/*
	 * Findings, in the order in which they were made; more may follow until the message has left.
	 *
	 * finding_text(): NULL: there is no such finding, or nothing to say.
	 * finding_part(): the part that it is about; -1: the message as a whole.
	 */
	size_t (*findings)(struct mailscanner_message *message);
	const char *(*finding_text)(struct mailscanner_message *message, size_t finding,
	    enum mailscanner_finding_text what);
	int (*finding_part)(struct mailscanner_message *message, size_t finding);

	/*
	 * Single values out of fact(), for those without a reader of JSON, by the path to them: the fact, then names
	 * and numbers from 0 with dots between: "envelope.helo", "facts.parts.2.type", "facts.parts.2.names".
	 *
	 * fact_text(): a text, number, true or false as text. NULL: there is none, or it is null, a list or an object.
	 * fact_number(): 1, and the number (1 and 0 for true and false); 0: it is no number.
	 * fact_count(): members of a list or an object; 0: it has none, or is neither.
	 */
	const char *(*fact_text)(struct mailscanner_message *message, const char *path);
	int (*fact_number)(struct mailscanner_message *message, const char *path, int64_t *number);
	size_t (*fact_count)(struct mailscanner_message *message, const char *path);
	/*
	 * Writes all facts as one JSON object, whose schema is mailscanner-message(5): into a file, or with `path` NULL
	 * into the log, a line a fact. The file is there whole or not at all, and for its owner only. Its path is absolute
	 * and ends in ".json"; no directory in it is a link; and it takes the place of nothing but a regular file of our
	 * own user. 1: it is written; 0: it isn't, and the log says why.
	 */
	int (*dump)(struct mailscanner_message *message, const char *path);
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
	 * a ruleset would join the values of several rules, also several words), or the name of a file of
	 * rules, which are asked then. 1, 0, 2 and convert stand for yes, no, virus or replace, and disarm.
	 * A value that the directive can't have is logged, and the default counts.
	 * MAILSCANNER_CANT_TELL: *text is why, or NULL; without a message the default counts then, and the
	 * function is asked again.
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

/*
 * A logger: it is told of messages after the fact, when they have left. Which one is called stands in
 * `Always Looked Up Last = &Name` and `Always Looked Up Last After Batch = &Name(arguments)`; each of the
 * two has its own state, init and end. (A function may stand there too; its value is ignored.)
 */
struct mailscanner_logger {
	size_t size;	  /* sizeof(struct mailscanner_logger) */
	const char *name; /* as that of a function, and as unique */

	/* As in struct mailscanner_function. */
	const char *(*init)(
	    const struct mailscanner_host *host, const char *const *arguments, void **state);
	/* Called for each message of a batch, whatever became of it, when that is final. Nothing can be
	 * changed any more. NULL: it logs whole batches only. */
	void (*message)(void *state, struct mailscanner_message *message);
	/* Called once after the messages of a batch. NULL: it logs single messages only. */
	void (*batch)(void *state, struct mailscanner_batch *batch);
	void (*end)(void *state);
};

/*
 * A language: functions that stand in files of text in `Custom Functions Dir` (and not only in shared
 * objects). The language finds out what a file defines; from then on its functions live as all others
 * do. Calls should end after time_limit(), by the language's own means, so that the worker lives.
 */
struct mailscanner_language {
	size_t size;
	const char *name;	    /* for people */
	const char *const *endings; /* of file names, any case: { ".lua", NULL } */
	const char *(*start)(	    /* once in a process, before the first file; may be NULL */
	    const struct mailscanner_host *host);
	/*
	 * Reads a file and calls found() for each function that it defines, but for those that begin or
	 * end another (InitName, EndName). NULL, or why it can't be used, with the line, for people;
	 * what it had defined by then may be found all the same. Files come in the order of their names.
	 */
	const char *(*load)(
	    const char *path, void (*found)(void *data, const char *name), void *data);
	/* As in struct mailscanner_function, for the function of that name. */
	const char *(*init)(const char *name, const char *const *arguments, void **state);
	enum mailscanner_answer (*value)(
	    void *state, struct mailscanner_message *message, const char **text);
	/* Where the function stands in `Always Looked Up Last After Batch`. */
	void (*batch)(void *state, struct mailscanner_batch *batch);
	void (*end)(void *state);
	/* Once, after the last end(); may be NULL. start() may follow again. */
	void (*stop)(void);
};

/* Lists are NULL-terminated; NULL: none. */
struct mailscanner_plugin {
	unsigned abi; /* MAILSCANNER_ABI */
	size_t size;  /* sizeof(struct mailscanner_plugin) */
	const struct mailscanner_function *const *functions;
	const struct mailscanner_logger *const *loggers;
	const struct mailscanner_language *const *languages;
};

extern const struct mailscanner_plugin mailscanner_plugin;

#endif
