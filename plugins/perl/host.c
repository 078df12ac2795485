/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As few functions in C as will do; the rest of what scripts find is written in Perl on top of these.
 */
#include "plugins/perl/host.h"

#include <unistd.h>

#include "plugins/perl/guard.h"
#include "plugins/perl/host_message.h"
#include "plugins/perl/object.h"
#include "plugins/perl/value.h"

static void
xs_log(pTHX_ CV *cv)
{
	ARGUMENTS(2, "log(level, text)")
	perl_host->log((enum mailscanner_level)SvIV(ST(0)), "%s", SvPV_nolen(ST(1)));
	XSRETURN(0);
}

static void
xs_directive(pTHX_ CV *cv)
{
	ARGUMENTS(2, "directive(message, name)")
	ANSWER(perl_from_text(
	    aTHX_ perl_host->directive(perl_message_of(aTHX_ ST(0)), SvPV_nolen(ST(1)))));
}

static void
xs_inner(pTHX_ CV *cv)
{
	ARGUMENTS(2, "inner(message, name)")
	ANSWER(perl_from_text(
	    aTHX_ perl_host->inner_value(perl_message_of(aTHX_ ST(0)), SvPV_nolen(ST(1)))));
}

static void
xs_name(pTHX_ CV *cv)
{
	ARGUMENTS(2, "name(name, form)")
	ANSWER(perl_from_text(aTHX_ perl_host->directive_name(
	    SvPV_nolen(ST(0)), (enum mailscanner_name)SvIV(ST(1)))));
}

static void
xs_ruleset(pTHX_ CV *cv)
{
	ARGUMENTS(3, "ruleset(message, name, path)")
	ANSWER(perl_from_text(aTHX_ perl_host->ruleset(
	    perl_message_of(aTHX_ ST(0)), SvPV_nolen(ST(1)), SvPV_nolen(ST(2)))));
}

static void
xs_macro(pTHX_ CV *cv)
{
	ARGUMENTS(1, "macro(name)")
	ANSWER(perl_from_text(aTHX_ perl_host->macro(SvPV_nolen(ST(0)))));
}

static void
xs_configuration(pTHX_ CV *cv)
{
	ARGUMENTS(0, "configuration()")
	EXTEND(SP, 1);
	ANSWER(perl_from_text(aTHX_ perl_host->configuration()));
}

static void
xs_language(pTHX_ CV *cv)
{
	ARGUMENTS(2, "language(message, key)")
	const char *word = SvPV_nolen(ST(1));
	ANSWER(perl_from_text(aTHX_ MAILSCANNER_HOST_HAS(perl_host, language)
				  ? perl_host->language(perl_message_of(aTHX_ ST(0)), word)
				  : word));
}

static void
xs_batch_fact(pTHX_ CV *cv)
{
	ARGUMENTS(0, "batch_fact()")
	struct mailscanner_batch *batch = perl_host->batch();
	EXTEND(SP, 1);
	ANSWER(perl_from_json(aTHX_ batch != NULL ? perl_host->batch_fact(batch) : NULL));
}

static void
xs_batch_messages(pTHX_ CV *cv)
{
	ARGUMENTS(0, "batch_messages()")
	struct mailscanner_batch *batch = perl_host->batch();
	struct mailscanner_message *message;
	size_t position = 0;

	while (batch != NULL && (message = perl_host->next_message(batch, &position)) != NULL) {
		PUTBACK;
		SV *object = object_message(message);
		SPAGAIN;
		XPUSHs(object);
	}
	PUTBACK;
}

static void
xs_store_get(pTHX_ CV *cv)
{
	ARGUMENTS(1, "store_get(name)")
	ANSWER(perl_from_text(aTHX_ perl_host->store_get(SvPV_nolen(ST(0)))));
}

static void
xs_store_set(pTHX_ CV *cv)
{
	ARGUMENTS(3, "store_set(name, text, seconds)")
	perl_host->store_set(
	    SvPV_nolen(ST(0)), SvOK(ST(1)) ? SvPV_nolen(ST(1)) : NULL, (unsigned)SvUV(ST(2)));
	XSRETURN(0);
}

static void
xs_store_add(pTHX_ CV *cv)
{
	ARGUMENTS(3, "store_add(name, number, seconds)")
	ANSWER(newSViv(
	    (IV)perl_host->store_add(SvPV_nolen(ST(0)), SvIV(ST(1)), (unsigned)SvUV(ST(2)))));
}

static void
xs_directives(pTHX_ CV *cv)
{
	ARGUMENTS(0, "directives()")
	size_t position = 0;
	const char *name;

	SP -= items;
	while (MAILSCANNER_HOST_HAS(perl_host, next_directive) &&
	       (name = perl_host->next_directive(&position)) != NULL)
		XPUSHs(sv_2mortal(newSVpv(name, 0)));
	PUTBACK;
}

/* Ends a process that a script has forked: what is our own, as what is to be done at exit, is the worker's alone. */
static void
xs_leave(pTHX_ CV *cv)
{
	ARGUMENTS(1, "leave(status)")
	PERL_FLUSHALL_FOR_CHILD;
	_exit((int)SvIV(ST(0)));
}

/* The limit in seconds when it is over, else 0. */
static void
xs_overdue(pTHX_ CV *cv)
{
	ARGUMENTS(0, "overdue()")
	EXTEND(SP, 1);
	ANSWER(newSViv(guard_overdue() ? (IV)perl_host->time_limit() : 0));
}

static void
xs_explain(pTHX_ CV *cv)
{
	ARGUMENTS(2, "explain(message, name)")
	ANSWER(perl_from_text(
	    aTHX_ perl_host->explain(perl_message_of(aTHX_ ST(0)), SvPV_nolen(ST(1)))));
}

static const struct {
	const char *name;
	XSUBADDR_t function;
} functions[] = {
	{ "MailScanner::Host::log", xs_log },
	{ "MailScanner::Host::directive", xs_directive },
	{ "MailScanner::Host::inner", xs_inner },
	{ "MailScanner::Host::name", xs_name },
	{ "MailScanner::Host::ruleset", xs_ruleset },
	{ "MailScanner::Host::macro", xs_macro },
	{ "MailScanner::Host::configuration", xs_configuration },
	{ "MailScanner::Host::language", xs_language },
	{ "MailScanner::Host::batch_fact", xs_batch_fact },
	{ "MailScanner::Host::batch_messages", xs_batch_messages },
	{ "MailScanner::Host::store_get", xs_store_get },
	{ "MailScanner::Host::store_set", xs_store_set },
	{ "MailScanner::Host::store_add", xs_store_add },
	{ "MailScanner::Host::directives", xs_directives },
	{ "MailScanner::Host::leave", xs_leave },
	{ "MailScanner::Host::overdue", xs_overdue },
	{ "MailScanner::Host::explain", xs_explain },
};

void
host_define(const struct mailscanner_host *host)
{
	dTHX;

	perl_host = host;
	host_message_define(aTHX);
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		newXS(functions[i].name, functions[i].function, __FILE__);
}
