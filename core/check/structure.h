/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_STRUCTURE_H
#define CORE_CHECK_STRUCTURE_H
/*
 * How the message is built: what of it can't be read, is not all there, or is read in different ways by different programs.
 */
struct message;

/* What reading could not make sense of, and what is ambiguous. Whatever `Scan Messages` says. */
void check_structure(struct message *message);
/* A boundary so long that old mail programs fail on it; how many problems. */
unsigned check_boundary(struct message *message);
/* Endless blank lines, fragments and content that lies elsewhere; how many problems. */
unsigned check_fragments(struct message *message);

#endif
