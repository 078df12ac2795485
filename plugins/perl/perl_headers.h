/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_PERL_PERL_HEADERS_H
#define PLUGINS_PERL_PERL_HEADERS_H
/*
 * Perl's own headers, in the order that they want, and without what they do to others.
 */
#include <EXTERN.h>
#include <perl.h>
/* After perl.h. */
#include <XSUB.h>

#endif
