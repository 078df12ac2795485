/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the program gives as JSON becomes what a script would write down: hashes, lists, texts, numbers, undef.
 */
#include "plugins/perl/value.h"

#include <string.h>

#include <jansson.h>

const struct mailscanner_host *perl_host;

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

SV *
perl_from_json(pTHX_ const char *text)
{
	json_t *json = text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
	SV *value = from_json(aTHX_ json);

	json_decref(json);
	return value;
}

SV *
perl_from_text(pTHX_ const char *text)
{
	return text != NULL ? newSVpv(text, 0) : newSV(0);
}

struct mailscanner_message *
perl_message_of(pTHX_ SV *number)
{
	return SvOK(number) ? INT2PTR(struct mailscanner_message *, SvIV(number)) : NULL;
}
