# SPDX-License-Identifier: GPL-2.0-or-later
# The variables that scripts look at; a configuration from a database is not read here.
package MailScanner::ConfigSQL;

use strict;
use warnings;

our $child = 1;
our $ConfFile = MailScanner::Host::configuration();
our %PercentVars;
our $debug = 0;

1;
