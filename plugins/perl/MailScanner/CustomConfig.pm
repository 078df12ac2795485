# SPDX-License-Identifier: GPL-2.0-or-later
# The package that custom functions are in. Those of MailScanner 5's own that are here are written in C (plugins/lists.c).
package MailScanner::CustomConfig;

use strict;
use warnings;

1;
