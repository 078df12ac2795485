/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a message looks like to a script is written in Perl, in MailScanner/Message.pm, where it can be read beside what it is to be
 * compatible with. Here one such hash is made for a message, told when more is known, and emptied when the message goes.
 */
#include "plugins/perl/object.h"

#include <stdbool.h>
#include <string.h>

#include "plugins/perl/value.h"

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
object_call(const char *function, SV *argument)
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

	object_call("MailScanner::Message::_gone", held->object);
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
object_message(struct mailscanner_message *message)
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
		object_call("MailScanner::Message::_refresh", held->object);
	held->revision = now;
	return held->object;
}

void
object_message_seen(struct mailscanner_message *message)
{
	dTHX;
	struct held *held = message != NULL ? perl_host->attached(message, &key) : NULL;

	if (held != NULL && was_read(aTHX_ held))
		object_call("MailScanner::Message::_seen", held->object);
}

void
object_refresh_batch(void)
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
	object_call("MailScanner::MessageBatch::_refresh", sv_2mortal(newSVuv((UV)now)));
}

SV *
object_batch(void)
{
	dTHX;
	SV *all = get_sv("global::MS", GV_ADD);
	SV **batch = SvROK(all) && SvTYPE(SvRV(all)) == SVt_PVHV
			 ? hv_fetchs((HV *)SvRV(all), "batch", 0)
			 : NULL;

	return batch != NULL ? *batch : &PL_sv_undef;
}
