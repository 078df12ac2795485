/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_DER_H
#define CORE_READ_DER_H
/*
 * A walk through ASN.1 in BER or DER (ITU-T X.690), as far as it is needed to come to some content: definite and indefinite lengths,
 * strings in pieces. Tags with numbers above 30 are not known, and end the walk.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left to be read, borrowed. */
struct der {
	const uint8_t *at;
	size_t left;
};

#define DER_OCTETS 0x04
#define DER_OID 0x06
#define DER_SEQUENCE 0x30
#define DER_CONTEXT_0 0xa0

struct der_element {
	uint8_t tag;
	struct der content; /* of one whose length is not said: all that follows */
	bool indefinite;    /* its length is not said */
	bool cut;	    /* it says that it is longer than what is there */
};

/*
 * The next element. Behind it, `der` stands at the element after it; where its length is not said, at its content. False, and nothing
 * moved: there is none, or it is none.
 */
bool der_next(struct der *der, struct der_element *element);

/* The next element, which must have that tag, is entered: `der` is its content. `cut` is set where it ends too early. */
bool der_enter(struct der *der, uint8_t tag, bool *cut);

/* Over the next element and all that is in it. */
bool der_skip(struct der *der);

/*
 * The bytes of the next element, an octet string in one piece or many, are put behind `out`. False: it is none, or broken in the middle;
 * what was there is in `out`. `cut` is set where it ends too early.
 */
bool der_octets(struct der *der, GByteArray *out, bool *cut);

#endif
