/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As few functions in C as will do: what a message looks like to a script is written in Perl, in MailScanner/Message.pm, where it
 * can be read beside what it is to be compatible with.
 */
#include "plugins/perl/host.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "plugins/perl/guard.h"

#define BODY_MAX (1 << 24) /* bytes that a script gets at once */

const struct mailscanner_host *perl_host;

static const char key; /* of what is attached to a message */

struct held {
	SV *object;
	AV *fields;	   /* behind the object: [number, fields or undef, ...] */
	uint64_t revision; /* of the message, that the fields are of */
};

static uint64_t
revision_of(struct mailscanner_message *message)
{
	return MAILSCANNER_HOST_HAS(perl_host, revision) ? perl_host->revision(message) : 0;
}

/* Has a script looked into it? */
static bool
was_read(pTHX_ const struct held *held)
{
	SV **fields = av_fetch(held->fields, 1, 0);

	return fields != NULL && SvROK(*fields);
}

/* A new value. */
static SV *
from_json(pTHX_ json_t *json)
{
	size_t i;
	json_t *member;
	const char *name;

	if (json_is_string(json))
		return newSVpvn(json_string_value(json), json_string_length(json));
	if (json_is_integer(json))
		return newSViv((IV)json_integer_value(json));
	if (json_is_real(json))
		return newSVnv(json_real_value(json));
	if (json_is_boolean(json))
		return newSViv(json_is_true(json));
	if (json_is_array(json)) {
		AV *list = newAV();

		json_array_foreach(json, i, member) av_push(list, from_json(aTHX_ member));
		return newRV_noinc((SV *)list);
	}
	if (json_is_object(json)) {
		HV *object = newHV();

		json_object_foreach(json, name, member)(void)
		    hv_store(object, name, (I32)strlen(name), from_json(aTHX_ member), 0);
		return newRV_noinc((SV *)object);
	}
	return newSV(0);
}

static SV *
from_json_text(pTHX_ const char *text)
{
	json_t *json = text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
	SV *value = from_json(aTHX_ json);

	json_decref(json);
	return value;
}

static SV *
from_text(pTHX_ const char *text)
{
	return text != NULL ? newSVpv(text, 0) : newSV(0);
}

static struct mailscanner_message *
message_of(pTHX_ SV *number)
{
	return SvOK(number) ? INT2PTR(struct mailscanner_message *, SvIV(number)) : NULL;
}

/* What most functions begin with: the number of their arguments, and the message where the first one is that. */
#define ARGUMENTS(count, usage) \
	dXSARGS;                \
	PERL_UNUSED_VAR(cv);    \
	if (items != (count))   \
		croak("usage: " usage);

#define ANSWER(value)                      \
	do {                               \
		ST(0) = sv_2mortal(value); \
		XSRETURN(1);               \
	} while (0)

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
	ANSWER(from_text(aTHX_ perl_host->directive(message_of(aTHX_ ST(0)), SvPV_nolen(ST(1)))));
}

static void
xs_inner(pTHX_ CV *cv)
{
	ARGUMENTS(2, "inner(message, name)")
	ANSWER(from_text(aTHX_ perl_host->inner_value(message_of(aTHX_ ST(0)), SvPV_nolen(ST(1)))));
}

static void
xs_name(pTHX_ CV *cv)
{
	ARGUMENTS(2, "name(name, form)")
	ANSWER(from_text(aTHX_ perl_host->directive_name(
	    SvPV_nolen(ST(0)), (enum mailscanner_name)SvIV(ST(1)))));
}

static void
xs_ruleset(pTHX_ CV *cv)
{
	ARGUMENTS(3, "ruleset(message, name, path)")
	ANSWER(from_text(aTHX_ perl_host->ruleset(
	    message_of(aTHX_ ST(0)), SvPV_nolen(ST(1)), SvPV_nolen(ST(2)))));
}

static void
xs_macro(pTHX_ CV *cv)
{
	ARGUMENTS(1, "macro(name)")
	ANSWER(from_text(aTHX_ perl_host->macro(SvPV_nolen(ST(0)))));
}

static void
xs_configuration(pTHX_ CV *cv)
{
	ARGUMENTS(0, "configuration()")
	EXTEND(SP, 1);
	ANSWER(from_text(aTHX_ perl_host->configuration()));
}

static void
xs_language(pTHX_ CV *cv)
{
	ARGUMENTS(2, "language(message, key)")
	const char *word = SvPV_nolen(ST(1));
	ANSWER(from_text(aTHX_ MAILSCANNER_HOST_HAS(perl_host, language)
			     ? perl_host->language(message_of(aTHX_ ST(0)), word)
			     : word));
}

static void
xs_fact(pTHX_ CV *cv)
{
	ARGUMENTS(2, "fact(message, name)")
	struct mailscanner_message *message = message_of(aTHX_ ST(0));
	ANSWER(from_json_text(
	    aTHX_ message != NULL ? perl_host->fact(message, SvPV_nolen(ST(1))) : NULL));
}

/* sender, client address, recipients: what there is even for an envelope alone. */
static void
xs_envelope(pTHX_ CV *cv)
{
	ARGUMENTS(1, "envelope(message)")
	struct mailscanner_message *message = message_of(aTHX_ ST(0));

	SP -= items;
	if (message != NULL) {
		const char *const *recipients = perl_host->recipients(message);

		XPUSHs(sv_2mortal(newSVpv(perl_host->sender(message), 0)));
		XPUSHs(sv_2mortal(newSVpv(perl_host->client_address(message), 0)));
		for (size_t i = 0; recipients[i] != NULL; i++)
			XPUSHs(sv_2mortal(newSVpv(recipients[i], 0)));
	}
	PUTBACK;
}

/* All that `next` gives. */
static void
push_headers(
    pTHX_ SV *number, const char *(*next)(struct mailscanner_message *message, size_t *position))
{
	dSP;
	struct mailscanner_message *message = message_of(aTHX_ number);
	size_t position = 0;
	const char *text;

	SP--;
	while (message != NULL && (text = next(message, &position)) != NULL)
		XPUSHs(sv_2mortal(newSVpv(text, 0)));
	PUTBACK;
}

static void
xs_headers(pTHX_ CV *cv)
{
	ARGUMENTS(1, "headers(message)")
	push_headers(aTHX_ ST(0), perl_host->next_header);
}

/* As they came. */
static void
xs_originals(pTHX_ CV *cv)
{
	ARGUMENTS(1, "originals(message)")
	push_headers(aTHX_ ST(0), MAILSCANNER_HOST_HAS(perl_host, next_original)
				      ? perl_host->next_original
				      : perl_host->next_header);
}

static void
xs_control(pTHX_ CV *cv)
{
	ARGUMENTS(1, "control(message)")
	struct mailscanner_message *message = message_of(aTHX_ ST(0));
	size_t length = 0;
	const char *text = message != NULL ? perl_host->control(message, &length) : NULL;
	ANSWER(text != NULL ? newSVpvn(text, length) : newSV(0));
}

static void
xs_body(pTHX_ CV *cv)
{
	ARGUMENTS(3, "body(message, offset, size)")
	struct mailscanner_message *message = message_of(aTHX_ ST(0));
	UV wanted = SvUV(ST(2));
	size_t size = wanted < BODY_MAX ? wanted : BODY_MAX;
	SV *bytes = newSV(size + 1);

	SvPOK_on(bytes);
	size_t got =
	    message != NULL ? perl_host->body(message, SvUV(ST(1)), SvPVX(bytes), size) : 0;
	SvCUR_set(bytes, got);
	*SvEND(bytes) = '\0';
	ANSWER(bytes);
}

static void
xs_edit(pTHX_ CV *cv)
{
	ARGUMENTS(4, "edit(message, kind, name, value)")
	struct mailscanner_message *message = message_of(aTHX_ ST(0));
	const char *value = SvOK(ST(3)) ? SvPV_nolen(ST(3)) : NULL;
	ANSWER(newSViv(message != NULL &&
		       perl_host->edit_header(message, (enum mailscanner_header_edit)SvIV(ST(1)),
			   SvPV_nolen(ST(2)), value)));
}

static void
xs_add_recipient(pTHX_ CV *cv)
{
	ARGUMENTS(2, "add_recipient(message, address)")
	struct mailscanner_message *message = message_of(aTHX_ ST(0));
	ANSWER(newSViv(message != NULL && perl_host->add_recipient(message, SvPV_nolen(ST(1)))));
}

static void
xs_batch_fact(pTHX_ CV *cv)
{
	ARGUMENTS(0, "batch_fact()")
	struct mailscanner_batch *batch = perl_host->batch();
	EXTEND(SP, 1);
	ANSWER(from_json_text(aTHX_ batch != NULL ? perl_host->batch_fact(batch) : NULL));
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
		SV *object = host_message(message);
		SPAGAIN;
		XPUSHs(object);
	}
	PUTBACK;
}

static void
xs_store_get(pTHX_ CV *cv)
{
	ARGUMENTS(1, "store_get(name)")
	ANSWER(from_text(aTHX_ perl_host->store_get(SvPV_nolen(ST(0)))));
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

/* Instead of the recipients; the message, then the addresses. */
static void
xs_redirect(pTHX_ CV *cv)
{
	dXSARGS;
	PERL_UNUSED_VAR(cv);
	struct mailscanner_message *message = items > 0 ? message_of(aTHX_ ST(0)) : NULL;
	const char **addresses;
	int done = 0;

	Newx(addresses, (size_t)items + 1, const char *);
	for (I32 i = 1; i < items; i++)
		addresses[i - 1] = SvPV_nolen(ST(i));
	addresses[items > 0 ? items - 1 : 0] = NULL;
	if (message != NULL && MAILSCANNER_HOST_HAS(perl_host, redirect))
		done = perl_host->redirect(message, addresses);
	Safefree(addresses);
	EXTEND(SP, 1);
	ANSWER(newSViv(done));
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
	{ "MailScanner::Host::fact", xs_fact },
	{ "MailScanner::Host::envelope", xs_envelope },
	{ "MailScanner::Host::headers", xs_headers },
	{ "MailScanner::Host::originals", xs_originals },
	{ "MailScanner::Host::control", xs_control },
	{ "MailScanner::Host::body", xs_body },
	{ "MailScanner::Host::edit", xs_edit },
	{ "MailScanner::Host::add_recipient", xs_add_recipient },
	{ "MailScanner::Host::batch_fact", xs_batch_fact },
	{ "MailScanner::Host::batch_messages", xs_batch_messages },
	{ "MailScanner::Host::store_get", xs_store_get },
	{ "MailScanner::Host::store_set", xs_store_set },
	{ "MailScanner::Host::store_add", xs_store_add },
	{ "MailScanner::Host::redirect", xs_redirect },
	{ "MailScanner::Host::directives", xs_directives },
	{ "MailScanner::Host::leave", xs_leave },
	{ "MailScanner::Host::overdue", xs_overdue },
};

void
host_define(const struct mailscanner_host *host)
{
	dTHX;

	perl_host = host;
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		newXS(functions[i].name, functions[i].function, __FILE__);
}

/* One argument, one result (a new value), or NULL after an error, which is logged. */
static SV *
call(pTHX_ const char *function, SV *argument)
{
	dSP;
	SV *result = NULL;

	ENTER;
	SAVETMPS;
	PUSHMARK(SP);
	XPUSHs(argument);
	PUTBACK;
	call_pv(function, G_SCALAR | G_EVAL);
	SPAGAIN;
	SV *got = POPs;
	PUTBACK;
	if (SvTRUE(ERRSV))
		perl_host->log(MAILSCANNER_ERROR, "%s: %s", function, SvPV_nolen(ERRSV));
	else
		result = newSVsv(got);
	FREETMPS;
	LEAVE;
	return result;
}

void
host_call(const char *function, SV *argument)
{
	dTHX;
	SV *result = call(aTHX_ function, argument);

	if (result != NULL)
		SvREFCNT_dec(result);
}

/* The message goes: what scripts keep of it must not reach it any more. */
static void
release(void *data)
{
	dTHX;
	struct held *held = data;

	host_call("MailScanner::Message::_gone", held->object);
	SvREFCNT_dec(held->object);
	Safefree(held);
}

static bool
batch_has_ended(void)
{
	struct mailscanner_batch *batch = perl_host->batch();

	return batch != NULL && strstr(perl_host->batch_fact(batch), "\"ended\":null") == NULL;
}

static struct held *
hold(pTHX_ struct mailscanner_message *message)
{
	SV *number = sv_2mortal(newSViv(PTR2IV(message)));
	SV *object = call(aTHX_ "MailScanner::Message::_new", number);
	struct held *held;

	if (object == NULL)
		return NULL;
	MAGIC *tie = mg_find(SvRV(object), PERL_MAGIC_tied);
	Newxz(held, 1, struct held);
	held->object = object;
	held->fields = (AV *)SvRV(tie->mg_obj);
	held->revision = revision_of(message);
	perl_host->attach(message, &key, held, release);
	return held;
}

SV *
host_message(struct mailscanner_message *message)
{
	dTHX;

	if (message == NULL)
		return &PL_sv_undef;
	struct held *held = perl_host->attached(message, &key);
	if (held == NULL)
		held = hold(aTHX_ message);
	if (held == NULL)
		return &PL_sv_undef;
	uint64_t now = revision_of(message);
	if (now != held->revision && was_read(aTHX_ held))
		host_call("MailScanner::Message::_refresh", held->object);
	held->revision = now;
	return held->object;
}

void
host_message_seen(struct mailscanner_message *message)
{
	dTHX;
	struct held *held = message != NULL ? perl_host->attached(message, &key) : NULL;

	if (held != NULL && was_read(aTHX_ held))
		host_call("MailScanner::Message::_seen", held->object);
}

void
host_refresh_batch(void)
{
	static uint64_t number;
	static bool ended;
	dTHX;
	struct mailscanner_batch *batch = perl_host->batch();
	uint64_t now = batch != NULL ? perl_host->batch_number(batch) : 0;

	if (now == number && (ended || !batch_has_ended()))
		return;
	number = now;
	ended = batch_has_ended();
	host_call("MailScanner::MessageBatch::_refresh", sv_2mortal(newSVuv((UV)now)));
}

SV *
host_batch_object(void)
{
	dTHX;
	SV *all = get_sv("global::MS", GV_ADD);
	SV **batch = SvROK(all) && SvTYPE(SvRV(all)) == SVt_PVHV
			 ? hv_fetchs((HV *)SvRV(all), "batch", 0)
			 : NULL;

	return batch != NULL ? *batch : &PL_sv_undef;
}
