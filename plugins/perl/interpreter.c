/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interpreter is made with our own modules loaded, and so that a script can do it no more harm than its own function's.
 */
#include "plugins/perl/interpreter.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugins/perl/host.h"
#include "plugins/perl/shield.h"
#include "plugins/perl/value.h"

#include <perliol.h>

#define FAULT_SIZE 2048

PerlInterpreter *perl_interpreter;
static char fault_text[FAULT_SIZE];

EXTERN_C void boot_DynaLoader(pTHX_ CV *cv);

static void
define_all(pTHX)
{
	newXS("DynaLoader::boot_DynaLoader", boot_DynaLoader, __FILE__);
	host_define(perl_host);
}

/* After each call that has run a script. */
void
interpreter_settle(pTHX)
{
	if (shield_is_forked()) {
		PERL_FLUSHALL_FOR_CHILD;
		_exit(0);
	}
	shield_restore();
}

/* Modules with parts in C look for Perl's functions among the global ones, but plugins are loaded apart. */
static const char *
share_library(void)
{
	Dl_info info;

	if (dladdr((void *)perl_alloc, &info) == 0)
		return "where libperl is can't be found out";
	return dlopen(info.dli_fname, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD) != NULL ? NULL
										    : dlerror();
}

/* "-I" and the folder of our modules, which is beside this object. */
static bool
include_option(char *option, size_t size)
{
	Dl_info info;

	if (dladdr((void *)include_option, &info) == 0)
		return false;
	const char *slash = strrchr(info.dli_fname, '/');
	int length = slash != NULL ? (int)(slash - info.dli_fname) : 0;
	return (size_t)snprintf(option, size, "-I%.*s/perl", length, info.dli_fname) < size;
}

/* The error of the eval before, for people: one line, no full stop. */
const char *
interpreter_fault(pTHX)
{
	if (SvROK(ERRSV) && !SvAMAGIC(ERRSV)) {
		snprintf(fault_text, sizeof fault_text, "it died with a reference (%s)",
		    sv_reftype(SvRV(ERRSV), true));
		return fault_text;
	}
	const char *text = SvPV_nolen(ERRSV);
	size_t length = strlen(text);

	while (length > 0 && strchr(".\n \t", text[length - 1]) != NULL)
		length--;
	snprintf(fault_text, sizeof fault_text, "%.*s", (int)length, text);
	for (char *at = fault_text; *at != '\0'; at++) {
		if (*at == '\n')
			*at = ' ';
	}
	return fault_text;
}

void
interpreter_stop(void)
{
	if (perl_interpreter == NULL)
		return;
	PERL_SET_CONTEXT(perl_interpreter);
	perl_destruct(perl_interpreter);
	perl_free(perl_interpreter);
	perl_interpreter = NULL;
	shield_stop();
}

const char *
interpreter_start(const struct mailscanner_host *host)
{
	static char program[] = "mailscanner", include[4096], module[] = "-MMailScanner::Plugin";
	static char option[] = "-e", text[] = "0";
	static char *arguments[] = { program, include, module, option, text, NULL };
	static bool begun;
	static int count = 5;
	static char **vector = arguments, *nothing[] = { NULL }, **environment = nothing;
	const char *fault = share_library();

	if (fault != NULL)
		return fault;
	if (!include_option(include, sizeof include))
		return "where its modules are can't be found out";
	perl_host = host;
	/* Numbers in our own log lines are to stay as they are. */
	setenv("PERL_SKIP_LOCALE_INIT", "1", 0);
	if (!begun)
		PERL_SYS_INIT3(&count, &vector, &environment);
	begun = true;
	shield_start();
	perl_interpreter = perl_alloc();
	PERL_SET_CONTEXT(perl_interpreter);
	PL_perl_destruct_level = 1;
	perl_construct(perl_interpreter);
	PL_exit_flags |= PERL_EXIT_DESTRUCT_END;
	/* So that a script's close() leaves the descriptors themselves open, and no other file gets their numbers. */
	for (int fd = 0; fd <= 2; fd++)
		PerlIOUnix_refcnt_inc(fd);
	if (perl_parse(perl_interpreter, define_all, count, arguments, NULL) == 0 &&
	    perl_run(perl_interpreter) == 0)
		return NULL;
	interpreter_stop();
	return "its own modules can't be loaded (perl said why on standard error)";
}
