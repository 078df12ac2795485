# SPDX-License-Identifier: GPL-2.0-or-later
# kill -9 of releases, at random and again until each is done, while an Exim delivers all the time what is in its queue: each
# message is delivered once. Read by t/crash/chaos.sh, which has set up the Exims.

releases=$([ -n "$full" ] && echo 60 || echo 6)
release_kills=0

# Releases it, with kill -9 at a random moment until it comes to its end.
release_until_done() { # ID
	local pid status tries
	for tries in 1 2 3 4 5 6 7 8; do
		"$MAILSCANNER" -c "$ms_conf" quarantine release "$1" --by tester >>"$scratch/released" 2>&1 &
		pid=$!
		pause 60
		[ $tries = 8 ] || ! kill -KILL $pid 2>/dev/null || release_kills=$((release_kills + 1))
		status=0
		wait $pid 2>/dev/null || status=$?
		case $status in 0 | 65) return 0 ;; 137) ;; *) return 1 ;; esac
	done
	return 1
}

keep_delivering() {
	while [ -e "$scratch/busy" ]; do
		$exim_kick -qf
	done
}

# A line for each that was not delivered once, whole and noted.
unlike_released() {
	local id file count
	while read -r id _; do
		file=$(grep -rl "^Message-ID: <$id@" "$exim_delivered")
		count=$(grep -c . <<<"$file")
		[ "$count" = 1 ] || { echo "$id: delivered $count times"; continue; }
		cmp -s <(sed '1,/^$/d' "$file") "$scratch/body" || echo "$id: not whole"
		[ "$(find "$home/disk/quarantine" -path "*$id*" -name '*.released*' | wc -l)" = 1 ] || echo "$id: not noted once"
	done <"$home/list"
	grep -Eo ' [^ ]+ [=-]> ' "$exim_out_log" | sort | uniq -d | sed 's/$/: delivered again, says Exim/'
}

home=$scratch/kept
mkdir -p "$home/disk/quarantine"
: >"$home/list"
seq -f 'line %g of a message that is released' 1 300 >"$scratch/body"
for n in $(seq 1 "$releases"); do
	stage_keep 20200131 "$([ $((n % 2)) = 0 ] && echo queue || echo message)" 1 release <"$scratch/body"
done
rm -f "$exim_delivered"/*
ms_config "Delivery Method = batch" "Sendmail2 = $exim_kick" "Quarantine Dir = $home/disk/quarantine"
touch "$scratch/busy"
keep_delivering &
deliverer=$!
status=0
while read -r id _; do
	release_until_done "$id" || status=1
done <"$home/list"
rm "$scratch/busy"
wait $deliverer
tap_result $status "after $release_kills times kill -9 all $releases messages are released"
[ $status = 0 ] || note_file "$scratch/released"
ok "the outgoing Exim delivers all of them" wait_until 60 run_outgoing_queue
unlike_released >"$scratch/unlike"
is "each was delivered once, whole, and is noted" "$(head -n 20 "$scratch/unlike")" ""
figures[chaos]=$((${figures[chaos]} + release_kills))
