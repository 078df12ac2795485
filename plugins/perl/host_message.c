/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A number that stands for no message gives nothing, and changes nothing: scripts keep messages longer than these live.
 */
#include "plugins/perl/host_message.h"

#include <stdbool.h>

#include "plugins/perl/value.h"

#define BODY_MAX (1 << 24) /* bytes that a script gets at once */

static void
xs_fact(pTHX_ CV *cv)
{
	ARGUMENTS(2, "fact(message, name)")
	struct mailscanner_message *message = perl_message_of(aTHX_ ST(0));
	ANSWER(perl_from_json(
	    aTHX_ message != NULL ? perl_host->fact(message, SvPV_nolen(ST(1))) : NULL));
}

/* sender, client address, recipients: what there is even for an envelope alone. */
static void
xs_envelope(pTHX_ CV *cv)
{
	ARGUMENTS(1, "envelope(message)")
	struct mailscanner_message *message = perl_message_of(aTHX_ ST(0));

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
	struct mailscanner_message *message = perl_message_of(aTHX_ number);
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
	struct mailscanner_message *message = perl_message_of(aTHX_ ST(0));
	size_t length = 0;
	const char *text = message != NULL ? perl_host->control(message, &length) : NULL;
	ANSWER(text != NULL ? newSVpvn(text, length) : newSV(0));
}

static void
xs_body(pTHX_ CV *cv)
{
	ARGUMENTS(3, "body(message, offset, size)")
	struct mailscanner_message *message = perl_message_of(aTHX_ ST(0));
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
	struct mailscanner_message *message = perl_message_of(aTHX_ ST(0));
	const char *value = SvOK(ST(3)) ? SvPV_nolen(ST(3)) : NULL;
	ANSWER(newSViv(message != NULL &&
		       perl_host->edit_header(message, (enum mailscanner_header_edit)SvIV(ST(1)),
			   SvPV_nolen(ST(2)), value)));
}

static void
xs_add_recipient(pTHX_ CV *cv)
{
	ARGUMENTS(2, "add_recipient(message, address)")
	struct mailscanner_message *message = perl_message_of(aTHX_ ST(0));
	ANSWER(newSViv(message != NULL && perl_host->add_recipient(message, SvPV_nolen(ST(1)))));
}

/* Instead of the recipients; the message, then the addresses. */
static void
xs_redirect(pTHX_ CV *cv)
{
	dXSARGS;
	PERL_UNUSED_VAR(cv);
	struct mailscanner_message *message = items > 0 ? perl_message_of(aTHX_ ST(0)) : NULL;
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

/* Was a file taken out of a part of which this is true? */
static void
xs_unpacked(pTHX_ CV *cv)
{
	ARGUMENTS(2, "unpacked(message, flag)")
	struct mailscanner_message *message = perl_message_of(aTHX_ ST(0));
	const char *flag = SvPV_nolen(ST(1));
	size_t count = message != NULL ? perl_host->parts(message) : 0;
	bool found = false;

	for (size_t n = 0; !found && n < count; n++) {
		int64_t parent = perl_host->part_number(message, n, MAILSCANNER_PART_PARENT);

		found = perl_host->part_number(message, n, MAILSCANNER_PART_UNPACKED_FROM) !=
			    (int64_t)n &&
			perl_host->part_is(message, (size_t)parent, flag) == 1;
	}
	ANSWER(newSViv(found));
}

static void
xs_dump(pTHX_ CV *cv)
{
	ARGUMENTS(2, "dump(message, path)")
	struct mailscanner_message *message = perl_message_of(aTHX_ ST(0));
	const char *path = SvOK(ST(1)) ? SvPV_nolen(ST(1)) : NULL;
	ANSWER(newSViv(message != NULL && perl_host->dump(message, path)));
}

static const struct {
	const char *name;
	XSUBADDR_t function;
} functions[] = {
	{ "MailScanner::Host::fact", xs_fact },
	{ "MailScanner::Host::envelope", xs_envelope },
	{ "MailScanner::Host::headers", xs_headers },
	{ "MailScanner::Host::originals", xs_originals },
	{ "MailScanner::Host::control", xs_control },
	{ "MailScanner::Host::body", xs_body },
	{ "MailScanner::Host::edit", xs_edit },
	{ "MailScanner::Host::add_recipient", xs_add_recipient },
	{ "MailScanner::Host::redirect", xs_redirect },
	{ "MailScanner::Host::unpacked", xs_unpacked },
	{ "MailScanner::Host::dump", xs_dump },
};

void
host_message_define(pTHX)
{
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		newXS(functions[i].name, functions[i].function, __FILE__);
}
