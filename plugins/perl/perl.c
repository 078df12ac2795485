/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Custom functions in Perl, as MailScanner 5 has them: files *.pm and *.pl in `Custom Functions Dir` that define subs in the
 * package MailScanner::CustomConfig. For the directive `Sign Clean Messages = &Myfunc("a", "b")` these are called:
 *
 *	InitMyfunc("a", "b")               at a worker's start
 *	Myfunc($message, ["a", "b"])       at each look-up; without arguments only ($message); undef where there is no message
 *	EndMyfunc("a", "b")                at the worker's end
 *
 * One interpreter a process. What a script finds besides (MailScanner::Log, ::Config, ::Message, $global::MS ...) is in the
 * folder perl/MailScanner beside this object. A script that dies or overruns its time is logged with its message and line, and
 * the directive's default counts.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/perl/guard.h"
#include "plugins/perl/interpreter.h"
#include "plugins/perl/object.h"
#include "plugins/perl/perl_headers.h"
#include "plugins/perl/value.h"

#define PACKAGE "MailScanner::CustomConfig"
#define NAME_SIZE 256

struct function {
	char *name;
	const char *const *arguments;
	AV *list;    /* the same, for look-ups; NULL: none */
	SV *text;    /* the last value */
	char *fault; /* the last error that was logged */
};

/* The sub behind an entry of the package's symbol table; NULL: none. */
static CV *
sub_of(SV *entry)
{
	if (SvROK(entry))
		return SvTYPE(SvRV(entry)) == SVt_PVCV ? (CV *)SvRV(entry) : NULL;
	return isGV(entry) ? GvCV((GV *)entry) : NULL;
}

static bool
has_sub(const char *name)
{
	dTHX;
	char full[NAME_SIZE];
	bool fits = (size_t)snprintf(full, sizeof full, PACKAGE "::%s", name) < sizeof full;
	CV *sub = fits ? get_cv(full, 0) : NULL;

	return sub != NULL && (CvROOT(sub) != NULL || CvISXSUB(sub));
}

static bool
begins_or_ends(const char *name)
{
	return (strncmp(name, "Init", 4) == 0 && has_sub(name + 4)) ||
	       (strncmp(name, "End", 3) == 0 && has_sub(name + 3));
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The subs that stand in this file, in the order of their names. */
static void
report_functions(const char *path, void (*found)(void *data, const char *name), void *data)
{
	dTHX;
	HV *stash = gv_stashpv(PACKAGE, GV_ADD);
	char **names = calloc(HvUSEDKEYS(stash) + 1, sizeof *names);
	size_t count = 0;
	char *name;
	I32 length;
	SV *entry;

	hv_iterinit(stash);
	while (names != NULL && (entry = hv_iternextsv(stash, &name, &length)) != NULL) {
		CV *sub = sub_of(entry);

		if (sub != NULL && !CvISXSUB(sub) && CvROOT(sub) != NULL && CvFILE(sub) != NULL &&
		    strcmp(CvFILE(sub), path) == 0)
			names[count++] = name;
	}
	if (names != NULL)
		qsort(names, count, sizeof *names, by_name);
	for (size_t i = 0; i < count; i++) {
		if (!begins_or_ends(names[i]))
			found(data, names[i]);
	}
	free(names);
}

/* One call, for run(). */
struct call {
	const char *prefix; /* "Init", "" or "End" */
	SV *first;	    /* message or batch; NULL: none */
	bool spread;	    /* arguments one by one, not as a list */
	SV *result;	    /* where the value goes; NULL: it is ignored */
};

static void
push_arguments(pTHX_ const struct function *function, const struct call *details)
{
	dSP;

	PUSHMARK(SP);
	if (details->first != NULL)
		XPUSHs(details->first);
	for (size_t i = 0; details->spread && function->arguments[i] != NULL; i++)
		XPUSHs(sv_2mortal(newSVpv(function->arguments[i], 0)));
	if (!details->spread && function->list != NULL)
		XPUSHs(sv_2mortal(newRV_inc((SV *)function->list)));
	PUTBACK;
}

/* NULL, or the error. */
static const char *
run(const struct function *function, const struct call *details)
{
	dTHX;
	char full[NAME_SIZE];
	const char *fault = NULL;

	PERL_SET_CONTEXT(perl_interpreter);
	snprintf(full, sizeof full, PACKAGE "::%s%s", details->prefix, function->name);
	ENTER;
	SAVETMPS;
	push_arguments(aTHX_ function, details);
	guard_begin(perl_host->time_limit());
	call_pv(full, G_SCALAR | G_EVAL);
	guard_end();
	interpreter_settle(aTHX);
	dSP;
	SV *got = POPs;
	PUTBACK;
	if (SvTRUE(ERRSV))
		fault = interpreter_fault(aTHX);
	else if (guard_was_overdue())
		fault = "it has taken too long (Custom Function Timeout)";
	else if (details->result != NULL)
		sv_setsv(details->result, got);
	FREETMPS;
	LEAVE;
	return fault;
}

static const char *
load(const char *path, void (*found)(void *data, const char *name), void *data)
{
	dTHX;
	const char *fault = NULL;
	dSP;

	PERL_SET_CONTEXT(perl_interpreter);
	ENTER;
	SAVETMPS;
	PUSHMARK(SP);
	XPUSHs(sv_2mortal(newSVpv(path, 0)));
	PUTBACK;
	guard_begin(perl_host->time_limit());
	call_pv("MailScanner::Plugin::load", G_DISCARD | G_EVAL | G_VOID);
	guard_end();
	interpreter_settle(aTHX);
	if (SvTRUE(ERRSV))
		fault = interpreter_fault(aTHX);
	FREETMPS;
	LEAVE;
	report_functions(path, found, data);
	return fault;
}

static void
function_free(struct function *function)
{
	dTHX;

	SvREFCNT_dec((SV *)function->list);
	SvREFCNT_dec(function->text);
	free(function->name);
	free(function->fault);
	free(function);
}

static const char *
init(const char *name, const char *const *arguments, void **state)
{
	dTHX;
	char init_name[NAME_SIZE];
	struct function *function = calloc(1, sizeof *function);
	const char *fault = NULL;

	if (function == NULL)
		return "no memory";
	PERL_SET_CONTEXT(perl_interpreter);
	function->name = strdup(name);
	function->arguments = arguments;
	function->text = newSV(0);
	for (size_t i = 0; arguments[i] != NULL; i++) {
		if (function->list == NULL)
			function->list = newAV();
		av_push(function->list, newSVpv(arguments[i], 0));
	}
	snprintf(init_name, sizeof init_name, "Init%s", name);
	/* As in MailScanner 5, it may be missing where there is nothing to tell it. */
	if (has_sub(init_name))
		fault = run(function, &(struct call){ .prefix = "Init", .spread = true });
	else if (arguments[0] != NULL)
		fault = "there is no Init function to take the arguments";
	if (fault != NULL)
		function_free(function);
	else
		*state = function;
	return fault;
}

/* The same error is said once, not for each message. */
static void
complain(struct function *function, const char *fault)
{
	if (function->fault != NULL && strcmp(function->fault, fault) == 0)
		return;
	free(function->fault);
	function->fault = strdup(fault);
	perl_host->log(MAILSCANNER_ERROR, "custom function %s: %s; the default is used",
	    function->name, fault);
}

static enum mailscanner_answer
value(void *state, struct mailscanner_message *message, const char **text)
{
	dTHX;
	struct function *function = state;

	PERL_SET_CONTEXT(perl_interpreter);
	object_refresh_batch();
	struct call details = {
		.prefix = "", .first = object_message(message), .result = function->text
	};
	const char *fault = run(function, &details);
	object_message_seen(message);
	if (fault == NULL && SvROK(function->text) && !SvAMAGIC(function->text))
		fault = "it gave a reference: expected a text or a number";
	if (fault != NULL) {
		complain(function, fault);
		return MAILSCANNER_NO_VALUE;
	}
	if (!SvOK(function->text))
		return MAILSCANNER_NO_VALUE;
	*text = SvPV_nolen(function->text);
	return MAILSCANNER_VALUE;
}

static void
batch(void *state, struct mailscanner_batch *of)
{
	struct function *function = state;

	(void)of;
	object_refresh_batch();
	const char *fault = run(function, &(struct call){ .prefix = "", .first = object_batch() });
	if (fault != NULL)
		complain(function, fault);
}

static void
end(void *state)
{
	struct function *function = state;
	char end_name[NAME_SIZE];

	snprintf(end_name, sizeof end_name, "End%s", function->name);
	const char *fault = has_sub(end_name)
				? run(function, &(struct call){ .prefix = "End", .spread = true })
				: NULL;
	if (fault != NULL)
		perl_host->log(MAILSCANNER_WARNING, "custom function %s: %s", end_name, fault);
	function_free(function);
}

static const char *const endings[] = { ".pm", ".pl", NULL };

static const struct mailscanner_language perl = {
	.size = sizeof(struct mailscanner_language),
	.name = "Perl",
	.endings = endings,
	.start = interpreter_start,
	.load = load,
	.init = init,
	.value = value,
	.batch = batch,
	.end = end,
	.stop = interpreter_stop,
};

static const struct mailscanner_language *const languages[] = { &perl, NULL };

const struct mailscanner_plugin mailscanner_plugin = {
	.abi = MAILSCANNER_ABI,
	.size = sizeof(struct mailscanner_plugin),
	.languages = languages,
};
