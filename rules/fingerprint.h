/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_FINGERPRINT_H
#define RULES_FINGERPRINT_H
/*
 * Do the rules treat two subjects alike?
 */
#include "rules/config.h"

/*
 * All values that rulesets and functions of the configuration give this subject, in one text: equal texts, equal treatment. "" where there are
 * no such. The caller's.
 */
char *config_fingerprint(const struct config *config, struct subject *subject);

#endif
