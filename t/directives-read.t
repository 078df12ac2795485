#!/bin/sh
# Every directive that the table marks as read is read by the program, and none that it marks as idle or not needed is.
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# check NUMBER FILE SENTENCE: ok when the file is empty; else its lines say why not.
check() {
	if [ -s "$2" ]; then
		echo "not ok $1 - $3"
		sed 's/^/# /' "$2"
	else
		echo "ok $1 - $3"
	fi
}

echo 1..3
# "id mark" for each row of the table.
tr '\n' ' ' <rules/directives.def | sed 's/DIRECTIVE(/\n&/g' |
	sed -nE 's/^DIRECTIVE\(([a-z0-9_]+), .*, +(READ|IDLE|UNNEEDED|OURS)(\("[^"]*"\))?, +".*/\1 \2/p' >"$scratch/rows"
grep '^DIRECTIVE(' rules/directives.def | sed -E 's/^DIRECTIVE\(([a-z0-9_]+),.*/\1/' | sort >"$scratch/all"
cut -d' ' -f1 "$scratch/rows" | sort | comm -13 - "$scratch/all" >"$scratch/unmarked"
check 1 "$scratch/unmarked" "each row of the table has a mark"

# What the sources name: accessors called, and directives by their enumeration. (rules/filecheck.c only looks for mistakes.)
find core cmd rules -name '*.[ch]' ! -name filecheck.c -exec grep -hoE \
	'\<([a-z0-9_]+_for[(,]|DIRECTIVE_[a-z0-9_]+)' {} + | sed 's/_for[(,]$//; s/^DIRECTIVE_//' >"$scratch/named.core"
# Plugins ask by name.
sed -nE "s/.*->directive\(NULL, \"([^\"]*)\"\).*/\1/p; s/.*Host::directive\(undef, '([^']*)'\).*/\1/p" plugins/*.c plugins/*/*.c \
	plugins/perl/MailScanner/*.pm | tr 'A-Z ' 'a-z_' | cat - "$scratch/named.core" |
	sort -u >"$scratch/named"
sed -nE 's/ (READ|OURS)$//p' "$scratch/rows" | sort | comm -23 - "$scratch/named" >"$scratch/unread"
check 2 "$scratch/unread" "each directive marked as read is read"

sed -nE 's/ (IDLE|UNNEEDED)$//p' "$scratch/rows" | sort | comm -12 - "$scratch/named" >"$scratch/read"
check 3 "$scratch/read" "no directive marked as idle or not needed is read"
