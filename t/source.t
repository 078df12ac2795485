#!/bin/bash
# The sources keep the house rules that a program can check, and what is written about them is so.
set -eu
. "$(dirname "$0")/lib/tap.sh"
cd "$root"

mapfile -t sources < <(find . -path './build*' -prune -o -name '*.[ch]' -printf '%P\n' | sort)
# "folder folder" for each folder that includes from another one.
includes() {
	grep -HE '^#include "' "${sources[@]}" |
	    sed -nE 's/^(([a-z_]+\/)*)[^\/]+:#include "(([a-z_]+\/)*)[^\/]+".*/\1 \3/p' | sort -u | awk '$1 != $2'
}
allowed() { # from, to
	case "$1 $2" in
	"rules/ "* | "spool/ "*) false ;;
	"core/log/ rules/") ;;
	"core/log/ "*) false ;;
	"core/message/ rules/" | "core/message/ spool/" | "core/message/ core/log/") ;;
	"core/message/ "*) false ;;
	"core/plugin/ plugins/") ;;
	"core/"*" cmd/" | "core/"*" plugins/" | "core/"*" t/"*) false ;;
	"plugins/ "*) false ;;
	esac
}
above() {
	local from to
	includes | while read -r from to; do
		allowed "$from" "$to" || echo "$from includes from $to"
	done
}
is "no floor includes from one above it" "$(above)" ""
ok "no folders include from each other in a circle" eval 'includes | grep -v "^t/" | tsort'

is "every source begins with its licence" "$(grep -L -m1 '^/\* SPDX-License-Identifier: GPL-2.0-or-later \*/$' "${sources[@]}")" ""
is "nothing is left to do in comments" "$(grep -nEw 'TODO|FIXME|XXX|HACK' "${sources[@]}" || :)" ""

missing=
for package in $(sed -n 's/^[a-z]*="\(.*\)"$/\1/p' t/need | tr ' ' '\n' | grep -v '\$' | sort -u); do
	grep -Eq "^\|[^|]*\b$package\b" README.md || missing="$missing $package"
done
is "README.md tells what each package is for" "$missing" ""
missing=
for path in $(grep -oE '`[A-Za-z_./]+/?`' README.md | tr -d '`' | grep -E '^(cmd|core|rules|spool|plugins|t)/|^[A-Za-z_.]+\.(conf|md)$|^LICENSE$'); do
	[ -e "$path" ] || [ "$path" = MailScanner.conf ] || [ "$path" = outgoing.conf ] || missing="$missing $path"
done
is "every file that README.md names is there" "$missing" ""

ok "make install" make -s install DESTDIR="$scratch/installed" BUILD="$BUILD"
ok "the installed program runs" "$scratch/installed/usr/local/sbin/mailscanner" --version
ok "the installed configuration is the shipped one" cmp mailscanner.conf "$scratch/installed/etc/MailScanner/MailScanner.conf"
echo "# changed here" >>"$scratch/installed/etc/MailScanner/MailScanner.conf"
ok "make install again" make -s install DESTDIR="$scratch/installed" BUILD="$BUILD"
ok "a configuration that is there is kept" grep -q '^# changed here$' "$scratch/installed/etc/MailScanner/MailScanner.conf"
ok "make uninstall" make -s uninstall DESTDIR="$scratch/installed" BUILD="$BUILD"
is "only the configuration is left" "$(find "$scratch/installed" -type f ! -path "$scratch/installed/etc/MailScanner/*")" ""
finish
