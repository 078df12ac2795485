# SPDX-License-Identifier: GPL-2.0-or-later
# The Test Anything Protocol for shell tests, and a scratch directory that goes when the test ends.
#
#	. "$(dirname "$0")/lib/tap.sh"
#	ok "what is true" command arguments...      passes when the command does
#	is "what is true" "$got" "$expected"
#	same "what is true" got-file expected-file
#	skip_all "reason"                           nothing here can run
#	finish                                      last line: the plan
#
# $scratch: the test's own directory, which other users may pass through. $root: the source tree.
# at_exit COMMAND is run before the scratch directory goes; KEEP=1 in the environment keeps it.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python=$(command -v /usr/bin/python3 || command -v python3 || :) # not a wrapper of somebody's own, where there is a choice
: "${BUILD:=$root/build}"
: "${MAILSCANNER:=$BUILD/mailscanner}"
scratch=$(mktemp -d "${TMPDIR:-/tmp}/mailscanner-test.XXXXXX")
chmod 711 "$scratch"

tap_count=0
tap_failed=0
tap_cleanups=()
tap_finished=

at_exit() {
	tap_cleanups=("$*" "${tap_cleanups[@]}")
}

tap_leave() {
	local status=$? command
	set +e
	trap '' PIPE
	[ -n "$tap_finished" ] || echo "Bail out! $0 stopped before its end (status $status)"
	for command in "${tap_cleanups[@]}"; do
		eval "$command"
	done
	if [ -n "${KEEP-}" ]; then
		echo "# kept: $scratch"
	else
		rm -rf "$scratch"
	fi
}
trap tap_leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP PIPE

tap_result() { # status name
	tap_count=$((tap_count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_count - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $2"
	fi
}

# Shows a file as diagnostics.
note_file() {
	[ -s "$1" ] && head -n "${2:-40}" "$1" | sed 's/^/# /'
	return 0
}

ok() {
	local name=$1 status=0
	shift
	"$@" >"$scratch/.ok" 2>&1 || status=$?
	tap_result "$status" "$name"
	[ "$status" = 0 ] || { echo "# failed ($status): $*"; note_file "$scratch/.ok"; }
}

is() {
	if [ "$2" = "$3" ]; then
		tap_result 0 "$1"
	else
		tap_result 1 "$1"
		diff <(printf '%s\n' "$3") <(printf '%s\n' "$2") | head -n 40 | sed 's/^/# /'
		echo "# (< expected, > got)"
	fi
}

same() {
	if cmp -s "$2" "$3"; then
		tap_result 0 "$1"
	else
		tap_result 1 "$1"
		diff -a "$3" "$2" 2>&1 | head -n 40 | cut -c1-200 | sed 's/^/# /'
		echo "# (< expected $3, > got $2)"
	fi
}

skip() { # name reason
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

skip_all() {
	tap_finished=yes
	echo "1..0 # SKIP $*"
	exit 0
}

finish() {
	tap_finished=yes
	echo "1..$tap_count"
	[ "$tap_failed" = 0 ] || exit 1
}

# Waits until the command succeeds; fails after so many seconds.
wait_until() { # seconds command...
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -le $deadline ] || { echo "# waited in vain for: $*"; return 1; }
		read -rt 0.02 <> <(:) || :
	done
}

absent() {
	[ ! -e "$1" ]
}
