# SPDX-License-Identifier: GPL-2.0-or-later
# The proof is worth what its tools are: the checker finds each kind of fault, and the shim misses no call.
# Read by t/crash/run.

# Puts the queues into a state that the checker knows to be good, breaks it, and expects a fault.
finds() { # what stage fault, command
	local what=$1 stage=$2 fault=$3 status
	shift 3
	rm -rf "$home/broken"
	cp -a "$home/good" "$home/broken"
	(cd "$home/broken" && "$@") || echo "# not broken: $*"
	"$BUILD/t/crash/check" "$stage" "$home/list" "$home/before" "$home/broken" >"$scratch/found"
	[ $? = 1 ] && grep -q -- "$fault" "$scratch/found"
	status=$?
	tap_result $status "the checker finds $what"
	[ $status = 0 ] || note_file "$scratch/found"
}

passes() { # what stage, command
	local what=$1 stage=$2
	shift 2
	rm -rf "$home/broken"
	cp -a "$home/good" "$home/broken"
	(cd "$home/broken" && "$@")
	ok "the checker lets pass $what" "$BUILD/t/crash/check" "$stage" "$home/list" "$home/before" "$home/broken"
}

stage_new "$scratch/tools" edited
stage_under
cp -a "$home/disk" "$home/good"
read -r plain _ <"$home/list"
many=$(sed -n '5s/ .*//p' "$home/list")
untouched=$(sed -n 's/ untouched//p' "$home/list")
edited=$(sed -n '2s/ edited//p' "$home/list")
dropped=$(sed -n 's/ drop//p' "$home/list")
was=$home/before/in

passes "a queue that was worked off" finished true
passes "a queue that nobody touched yet" killed sh -c "rm -r in out && cp -a $home/before/in $home/before/out ."
passes "one between its renames" killed mv "out/$plain-H" in
passes "a header file half rewritten in the incoming queue" killed \
    sh -c "mv out/$plain-H in && truncate -s 300 in/$plain-H"
finds "a message that is in no queue" finished "-H is 0 times" rm "out/$plain-H" "out/$plain-D"
finds "a message that is in no queue, before the next run" killed "is lost: no -H" rm "out/$plain-H"
finds "a body that is in no queue, before the next run" killed "is lost: no -D" sh -c "mv out/$plain-H in && rm out/$plain-D"
finds "a message in both queues" killed "is there twice" cp "$was/$plain-H" in
finds "a message twice in a split queue" finished "-H is 2 times" sh -c "mkdir out/q && cp out/$plain-? out/q"
finds "a header file without its body" killed "with 0 -D" mv "out/$plain-D" in
finds "what stayed behind" finished "-D is still in the incoming queue" cp "$was/$plain-D" in
finds "a header file that is cut" finished "is torn" truncate -s -7 "out/$plain-H"
finds "a header file that is cut between two headers" finished "lacks header" \
    sh -c "sed -i '/Message-ID/d' out/$plain-H"
finds "a header file that ends in NULs" finished "is torn" truncate -s +512 "out/$plain-H"
finds "an empty header file" killed "is torn" truncate -s 0 "out/$plain-H"
finds "another's headers" finished "another envelope" sh -c "cp out/$many-H out/$plain-H"
finds "a recipient too few" finished "another envelope" \
    sed -i '0,/^user7@/{/^user7@/d;s/^200$/199/}' "out/$many-H"
finds "a recipient changed" finished "another envelope" sed -i 's/^user7@/user8@/' "out/$many-H"
finds "an option lost" finished "another envelope" sed -i '/^--helo_name/d' "out/$plain-H"
finds "a header changed" finished "neither its own nor ours" sed -i 's/^\(0..I Message-ID: <\)p/\1q/' "out/$plain-H"
finds "headers that were added twice" finished "our header X-Example-MailScanner twice" \
    sed -i 's/^0..  X-Example-MailScanner:.*/&\n&/' "out/$plain-H"
finds "headers that were not added" finished "no header of ours" cp "$was/$plain-H" out
finds "a change where none was wanted" finished "was changed" sed -i 's/^0...*Subject: u/&/; s/Subject: u/Subject: v/' "out/$untouched-H"
finds "a body cut short" finished "is not the body" truncate -s -1 "out/$plain-D"
finds "zeros in a body" finished "is not the body" \
    dd if=/dev/zero of="out/$plain-D" bs=1 seek=20 count=3 conv=notrunc status=none
finds "another's body" finished "is not the body" cp "out/$many-D" "out/$plain-D"
finds "the old body instead of the new" finished "is not the body" cp "$was/$edited-D" out
finds "a message that was to be dropped" finished "-H is 1 times in the outgoing queue" cp "$was/$dropped-H" "$was/$dropped-D" out
finds "a message that nobody sent" finished "was never accepted" sh -c "cp out/$plain-H out/${plain:0:14}zz-H"
finds "a file that was forgotten" finished "should not be there" touch "out/$plain-T"
echo "$plain archive" >"$home/list"
finds "a message that was not archived" finished "-D has no copy" true
echo "$plain mbox" >"$home/list"
finds "a message that was not put into a mailbox" finished "is not in .*/mbox" true

# What is left of acting on messages.
stage_new "$scratch/tools-acted" acted
stage_under
cp -a "$home/disk" "$home/good"
told=$(sed -n '2s/ told//p' "$home/list")
split=$(sed -n 's/ split//p' "$home/list")
passes "messages that were acted on" finished true
finds "a copy that is cut" finished "no whole copy in the quarantine" sh -c "truncate -s -1 quarantine/*/$told/setup.exe"
finds "a copy that is lost" killed "no whole copy in the quarantine" sh -c "rm -r quarantine/*/$told"
finds "a copy of which nothing is known" finished "no whole copy in the quarantine" sh -c "rm quarantine/*/$told/envelope"
finds "a sender who was not told" finished "$told@sender.test was not told" sh -c "rm \$(grep -l '^Recipients: -- $told@' mails/*)"
finds "a sender who was told twice" killed "was told 2 times" sh -c "cp \$(grep -l '^Recipients: -- $told@' mails/*) mails/again"
finds "a part of a split message that is lost" finished "went to 2 recipients" sh -c "rm out/$split-?"
finds "a part of a split message in both of its places" killed "once more" \
    sh -c "cp \$(grep -l '^dora@' out/*-H) out/${split:0:14}zz-H"
finds "a part of a split message with the other's body" finished "has not the body" \
    sh -c "cp out/$split-D \$(grep -l '^dora@' out/*-H | sed 's/H\$/D/')"

# And of what is kept.
stage_new "$scratch/tools-whole" whole
stage_under
cp -a "$home/disk" "$home/good"
told=$(sed -n '1s/ told//p' "$home/list")
kept=$(sed -n 's/ kept//p' "$home/list")
passes "messages that were kept whole" finished true
finds "a whole message that is cut" finished "no whole copy in the quarantine" sh -c "truncate -s -1 quarantine/*/$told/message"
finds "one that is another's" killed "no whole copy in the quarantine" sh -c "cp quarantine/*/$kept/message quarantine/*/$told"
finds "the original of a changed body that is lost" finished "no whole copy in the quarantine" sh -c "rm quarantine/*/$kept/message"

stage_new "$scratch/tools-release" release
stage_under
cp -a "$home/disk" "$home/good"
first=$(sed -n '1s/ release//p' "$home/list")
file=$(sed -n '4s/ release//p' "$home/list")
stays=$(sed -n 's/ stay//p' "$home/list")
new=$(sed -n 's/^Id: //p' "$home"/good/quarantine/*/"$first"/.released)
passes "messages that were released" finished true
passes "one that is not released yet" killed sh -c "rm out/$new-? quarantine/*/$first/.released"
passes "one that is released and not noted yet" killed sh -c "rm quarantine/*/$first/.released"
finds "one that is released and not noted at the end" finished "$first: was not released by its notes" sh -c "rm quarantine/*/$first/.released"
finds "one that is noted and in no queue" killed "$first: is noted as released, and is in no queue" rm "out/$new-H"
finds "one that was released twice" killed "$first: was released 2 times" sh -c "cp out/$new-H out/${new:0:14}zz-H; cp out/$new-D out/${new:0:14}zz-D"
finds "one that is noted twice" killed "$first: was released 1 times, and noted 2 times" sh -c "cd quarantine/*/$first && cp .released .released-1"
finds "a note of another release" killed "$first: is noted as released as" sh -c "sed -i s/^Id:.*/Id:/ quarantine/*/$first/.released"
finds "a note that is lost of a message that is one file" finished "$file: was not released" sh -c "rm quarantine/*/spam/.$file.released"
finds "a released message that is cut" killed "is not the message $first" truncate -s -1 "out/$new-D"
finds "one without the header that says so" killed "is not the message $first" sed -i /MailScanner-Released/d "out/$new-H"
finds "what was not to be released and is gone" killed "$stays: was to stay" sh -c "rm -r quarantine/*/$stays"

stage_new "$scratch/tools-delete" delete
stage_under
cp -a "$home/disk" "$home/good"
gone=$(sed -n '1s/ delete//p' "$home/list")
stays=$(sed -n 's/ stay//p' "$home/list" | head -n 1)
passes "messages that were deleted" finished true
passes "one that is not deleted yet" killed sh -c "cp -a $home/before/quarantine/*/$gone quarantine/*/"
finds "one that is not deleted at the end" finished "$gone: was to be deleted" sh -c "cp -a $home/before/quarantine/*/$gone quarantine/*/"
finds "one that is deleted in part" killed "$gone: is in the quarantine in part" \
    sh -c "cp -a $home/before/quarantine/*/$gone quarantine/*/ && rm quarantine/*/$gone/envelope"
finds "what a removal left" finished "left something behind" sh -c "mkdir \$(echo quarantine/*)/.deleted-1"
finds "one that was deleted and should not be" killed "$stays: was to stay" sh -c "rm -r quarantine/*/$stays"

# The kernel's own list of calls, of the same run: each that changes or syncs a file in the scope must have been counted.
changes='(open|openat|creat)\(.*(O_CREAT|O_TMPFILE)|^(p?write(v|64)?|pwritev2?|copy_file_range|sendfile(64)?|splice|f?truncate|fallocate|rename(at2?)?|link(at)?|symlink(at)?|mknod(at)?|unlink(at)?|rmdir|mkdir(at)?|f?chmod(at)?|[fl]?chown(at)?|utimensat|f(data)?sync|syncfs|sync_file_range|msync|ioctl)\('
count_calls() { # story
	local kernel shared
	stage_new "$scratch/strace-$1" "$1"
	result=$("$BUILD/t/crash/under" --scope "$home/disk" --shim "$BUILD/t/shim/fault.so" --trace "$home/trace" -- \
	    strace -f -qq -yy -s 0 -e signal=none -o "$home/strace" "$home/program" 2>>"$home/log")
	grep -E "[\"<]$home/disk[/>\"]" "$home/strace" | sed -E 's/^[0-9]+ +//' >"$home/ours"
	kernel=$(grep -cE "$changes" "$home/ours")
	is "the shim counts each change that the kernel sees ($1 queues)" "$(echo "$result" | cut -d' ' -f2)" "$kernel"
	shared=$(grep -E '^mmap\(.*PROT_WRITE, MAP_SHARED' "$home/ours" | grep -vc -e '-shm>')
	is "no file is written through memory, where nobody could count it ($1 queues)" "$shared" 0
}
for story in ${CRASH_STORIES:-flat edited acted release delete}; do
	count_calls "$story"
done
