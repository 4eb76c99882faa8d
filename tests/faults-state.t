#!/bin/sh
# Records that are torn, readers that have gone, clocks that jump: what is built, indexed
# and recorded is the same, and every later command works or says what to do
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need jq flock gcc timeout

world_new w
bundle_tiny tiny
mkdir -p tree/cat tree/groups
for name in one two; do
	bundle_tiny "tree/cat/$name"
	sed -i "s/^PKGNAME=.*/PKGNAME=$name/" "tree/cat/$name/autobuild/defines"
done
cp "$conf/source_lists/stable.list" "$conf/source_lists/other.list"
cp "$work/ref/instance/stable" "$work/ref/instance/other"

ao() { timeout 120 aoinb -c "$conf" "$@"; }
# newest - the folder of the job begun last
newest() { find "$work/jobs" -mindepth 1 -maxdepth 1 | sort | tail -n 1; }
# works TEXT - every command that has nothing to do with it
works() {
	try 0 "$1: a build"                ao build tiny other
	try 0 "$1: gc"                     ao gc
}
# torn FILE [BYTES] - its first half, or so many bytes
torn() {
	cp -p "$1" whole
	head -c "${2:-$(($(wc -c <whole) / 2))}" whole >"$1"
}
mend() { cp -p whole "$1"; }

echo '# a torn record'
try 0 'a build'                            ao build --keep tiny stable
job=$(newest)
id=${job##*/}
torn "$job/packages"
try 0 'packages: the list of jobs'         ao ls jobs
says out "^$id	stable	ok,kept"          'has it'
works 'packages'
rm "$job/result.json"	# as if it had been killed
try 0 'packages of one that died: gc'      ao gc
says err "job $id: packages is damaged; passed over" 'names it'
is 'it has its result'                     "$(jq -r .verdict "$job/result.json")" killed
works 'packages of one that died'

try 0 'a build'                            ao build --keep tiny stable
job=$(newest)
id=${job##*/}
torn "$job/result.json" 40
try 0 'result.json: the list of jobs'      ao ls jobs
says err "job $id: result.json is damaged; passed over" 'names it'
says out "^$id	stable	damaged"           'has it'
try 0 'its log'                            ao log "$id"
works 'result.json'
mend "$job/result.json"

torn "$work/history" "$(($(wc -c <"$work/history") - 20))"
try 0 'the history'                        ao history
says err 'history: .*damaged'              'names it'
works 'history'
try 0 'the history'                        ao history tiny
is 'has what came after that'              "$(tail -n 1 out | cut -f 3)" other

torn "$job/container" "$(($(wc -c <"$job/container") - 9))"
try 65 'container: a session in it'        ao run "$id" -- true
says err "$job/container"                  'names it'
works 'container'
try 0 'the build again'                    ao job "$id"
is 'makes it anew'                         "$(tail -c 1 "$job/container" | od -An -c | tr -d ' ')" '\n'

try 0 'a build'                            ao build --keep tiny stable
job=$(newest)
id=${job##*/}
for stack in stack stack.deps; do
	torn "$job/$stack" 10
	try 0 "$stack: a session"          ao run "$id" -- true
	try 70 'gc'                        ao gc
	says err "jobs/$id/$stack.*nothing was removed" 'names it, too'
	try 0 'a build'                    ao build tiny other
	mend "$job/$stack"
done
mv "$job/container" container
torn "$job/stack.deps" 10
try 65 'where no container is described'   ao run "$id" -- true
says err "stack.deps is torn; run it again: aoinb job $id" 'names it'
mend "$job/stack.deps"
torn "$job/stack" 10
try 0 'the build again'                    ao job "$id"
works 'a stack'

echo '# a torn ref, a torn layer'
torn "$work/ref/instance/stable" 6
try 70 'gc'                                ao gc
says err 'nothing was removed'             'removes nothing'
try 0 'the list of instances'              ao ls instances
says err 'ref/instance/stable'             'names it'
says out '^other	'                        'has the other'
try 0 'a build of another branch'          ao build tiny other
try 0 'it can be removed'                  ao cleanup stable
works 'without it'
cp "$work/ref/instance/other" "$work/ref/instance/stable"
torn "$work/ref/instance/stable" 6
try 0 'a build makes the instance anew'    ao build tiny stable
says err 'ref/instance/stable: is torn; the instance is made anew' 'and says so'
works 'a ref'
cp "$work/ref/instance/other" "$work/ref/instance/stable"
layer=$(cat "$work/ref/instance/stable")
torn "$work/layers/$layer/info" 9
try 70 'info: gc'                          ao gc
says err "layers/$layer/info: is torn.*nothing was removed" 'names it'
try 0 'the list of layers'                 ao ls layers
says err "layers/$layer/info"              'names it'
try 0 'a build makes the instance anew'    ao build tiny stable
says err "layers/$layer/info: is torn; the instance is made anew" 'and says so'
mend "$work/layers/$layer/info"
works 'that mended'

echo '# a torn record of what is built, torn events'
try 0 'a group'                            ao build -t "$PWD/tree" cat/one cat/two stable
group=$(ls "$work/groups")
built=$work/built/stable/cat_one
torn "$built" 20
try 0 'a plan'                             ao plan -t "$PWD/tree" cat/one cat/two stable
says err 'built/stable: the record of cat/one is damaged'          'names it'
says out 'one'                             'would build it again'
works 'built'
try 0 'the group again'                    ao build -t "$PWD/tree" cat/one cat/two stable
ok 'makes it anew'                         cmp -s whole "$built"
torn "$work/groups/$group/events" "$(($(wc -c <"$work/groups/$group/events") - 3))"
try 0 'events: the list of groups'         ao ls groups
says out "^$group	"                        'has it'
works 'events'
try 0 'it is gone on with'                 ao resume "$group"
is 'and built whole'                       "$(ao ls groups | grep "^$group" | cut -f 3,5)" 'ok	2/2'

echo '# who reads the standard output'
# recorded VER WHAT - tiny of that version is in the repository, its index, the records
recorded() {
	job=$(newest)
	is "$2: collected, indexed, recorded" "$(cd "$work" && [ -e "output/stable/tiny_$1-0_noarch.deb" ] &&
	    grep -A 9 -x 'Package: tiny' output/stable/Packages | grep -cx "Version: $1"
	    jq -r '"\(.verdict) \(.packages[0].file)"' "$job/result.json"
	    tail -n 1 history | cut -f 2,6,10
	    grep '^version' built/stable/*tiny)" "1
ok tiny_$1-0_noarch.deb
tiny	ok	${job##*/}
version=$1-0"
}
n=10
# reader WHAT SCRIPT - a build in sh, whose standard descriptors are as SCRIPT has them
reader() {
	n=$((n + 1))
	bundle_tiny tiny "$n"
	code=0
	timeout 120 sh -c "$2" sh aoinb -c "$conf" build tiny stable >out 2>err || code=$?
	recorded "$n" "$1"
}
reader 'head -n 0'         '"$@" | head -n 0'
reader 'grep -q'           '"$@" | grep -q x'
reader 'a closed output'   '"$@" >&-'
is 'is no failure'         "$code" 0
reader 'no errors'         '"$@" 2>&-'
reader 'no input'          '"$@" <&-'
reader 'none of them'      '"$@" <&- >&- 2>&-'
reader 'a full device'     '"$@" >/dev/full'
reader 'both into a reader that has gone' '"$@" 2>&1 | :'

# full_pipe - a FIFO "full", which nobody reads until there is a file "enough"
full_pipe() {
	rm -f full enough filled
	mkfifo full
	python3 -c '
import os, time
fd = os.open("full", os.O_RDWR | os.O_NONBLOCK)
try:
    while os.write(fd, b"x"): pass
except BlockingIOError: pass
open("filled", "w").close()
while not os.path.exists("enough"): time.sleep(.02)' &
	reader=$!
	wait_for 10 test -e filled
}
n=$((n + 1))
bundle_tiny tiny "$n"
full_pipe
aoinb -c "$conf" build tiny stable >full 2>err &
build=$!
in_history() { grep -q "	$n-0	" "$work/history" && [ -e "$(newest)/result.json" ]; }
ok 'a pipe that nobody reads: all is done' wait_for 30 in_history
recorded "$n" 'it'
try 0 'others build meanwhile'             ao build tiny other
touch enough
wait "$reader"; wait "$build"
for script in '"$@" | head -n 0' '"$@" | grep -q x' '"$@" >&-' '"$@" <&- >&- 2>&-' '"$@" 2>&1 | :'; do
	rm -rf "$work/output/stable"/one* "$work/output/stable"/two*
	timeout 120 sh -c "$script" sh aoinb -c "$conf" build --rebuild -t "$PWD/tree" \
	    cat/one cat/two stable >out 2>err
	is "a group: $script"              "$(find "$work/output/stable" -name 'one_*' -o -name 'two_*' | wc -l) $(grep -cx 'Package: one\|Package: two' \
	    "$work/output/stable/Packages") $(ao ls groups | tail -n 1 | cut -f 3,5)" '2 2 ok	2/2'
done
rm -rf "$work/output/stable"/one* "$work/output/stable"/two*
full_pipe
aoinb -c "$conf" build --rebuild -t "$PWD/tree" cat/one cat/two stable >full 2>err &
build=$!
grouped() { [ "$(find "$work/output/stable" -name 'one_*' -o -name 'two_*' | wc -l)" -eq 2 ] &&
	[ -e "$(find "$work/groups" -mindepth 1 -maxdepth 1 | sort | tail -n 1)/group.json" ]; }
ok 'a group into a pipe that nobody reads' wait_for 30 grouped
touch enough
wait "$reader"; wait "$build"

echo '# lists whose reader has gone'
for list in 'ls' 'ls jobs' 'ls layers' 'ls instances' 'ls groups' history 'cache ls' 'repo ls stable' "log $id" conf help doctor; do
	# shellcheck disable=SC2086 # words
	{ timeout 60 aoinb -c "$conf" $list 2>err; echo $? >code; } | head -n 0
	wait_for 10 test -s code
	is "$list"                         "$(cat err)" ''
	rm -f code
done

echo '# a log is followed until its reader goes'
bundle_tiny slow
sed -i 's/=tiny/=slow/' slow/autobuild/defines
echo 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo "step $i"; sleep 1; done' >>slow/autobuild/build
aoinb -c "$conf" build slow stable >slow.out 2>slow.err &
build=$!
begun() { aoinb -c "$conf" log slow 2>/dev/null | grep -q 'step 1'; }
ok 'it runs'                               wait_for 30 begun
timeout 60 sh -c 'aoinb -c "$1" log -f slow | grep -m1 "step 2" >/dev/null' sh "$conf" 2>err
is 'its reader ends, and it says nothing'  "$? $(cat err)" '0 '
ok 'while the job goes on'                 kill -0 "$build"
kill "$build"
wait "$build" 2>/dev/null
wait_for 20 none_running

echo '# the clock'
gcc -shared -fPIC -O1 -o faults.so "$top/tests/faults.c" -ldl || exit 1
# build_at NAME SETTING... - a build whose log says NAME
build_at() {
	bundle_tiny tiny
	echo "echo $1" >>tiny/autobuild/build
	at=$1; shift
	try 0 "a build, $at"               env LD_PRELOAD="$PWD/faults.so" "$@" timeout 120 \
	    aoinb -c "$conf" build tiny stable
	is 'has the last id'               "$(grep -acx "$at" "$(newest)/log")" 1
	for name in last tiny; do
		is "log $name is its"      "$(ao log "$name" | grep -acx "$at")" 1
	done
}
build_at tokyo TZ=Asia/Tokyo
build_at new-york TZ=America/New_York
build_at a-year-ago AOINB_SHIFT=-31536000
build_at an-hour-ahead AOINB_SHIFT=3600
build_at now TZ=UTC
is 'a time in the future is no age'        "$(ao ls jobs | tail -n 2 | cut -f 4 | head -n 1)" -
ok 'nor is it younger than what is'        sh -c 'aoinb -c "$1" ls jobs | tail -n 1 | cut -f 4 | grep -q "^[0-9]*s$"' sh "$conf"
# An instance that was looked at in the future is to be looked at now.
checked=$work/ref/checked/stable
aoinb-conf -f "$conf/aoinb.ini" -D instance_update=6h ini >next.ini
mkdir -p later/source_lists
cp next.ini later/aoinb.ini
cp "$conf/source_lists"/* later/source_lists/
touch "$checked"
aoinb -n -c later build tiny stable >out 2>err
is 'an instance checked now is good'       "$(grep -c 'would be updated' err)" 0
touch -d '+1 year' "$checked"
aoinb -n -c later build tiny stable >out 2>err
says err 'instance stable: would be updated' 'one checked in the future is not'

# So is a file of the cache that was used in the future, where there is no room.
head -c 5000 /dev/urandom >file
digest=$(sha256sum <file | cut -d ' ' -f 1)
aoinb-fetch -c "$work/cache/sources" --import=file --digest="sha256::$digest" >/dev/null
touch -d '+1 year' "$work/cache/sources/stamp"/*
aoinb-conf -f "$conf/aoinb.ini" -D cache_max_size=1K ini >later/aoinb.ini
ln -sf nowhere "$work/lock/job.$(basename "$(newest)")"
try 70 'cache gc where it cannot be told what runs' aoinb -c later cache gc
says err 'nothing is removed'              'says so'
ok 'removes nothing'                       test -e "$work/cache/sources/sha256/$digest"
rm "$work/lock"/job.*
try 0 'cache gc'                           aoinb -c later cache gc
ok 'removes what was used in the future'   test ! -e "$work/cache/sources/sha256/$digest"

echo '# what fits several'
try 66 'a job'                             ao log 20
sed 's/: 20[0-9]*-.*/: IDS/' err >jobs.err
try 66 'a group'                           ao resume 20
sed 's/: 20[0-9]*-.*/: IDS/' err >groups.err
is 'are refused in the same words'         "$(sed 's/group/job/g' groups.err)" "$(cat jobs.err)"
try 66 'nor is it what fits none'          ao log no-such-thing
sed 's/group/job/g' err >jobs.err
try 66 'of either'                         ao resume no-such-thing
is 'in the same words, too'                "$(sed 's/group/job/g' err)" "$(cat jobs.err)"

echo '# locks'
{
	sed -n '/^lock_class()/,/^}/s/^	\([a-z|]*\)) lock_order=\([0-9]*\) lock_fd=\([0-9]*\) ;;$/\1 \2 \3/p' \
	    "$top/scripts/lib/lock.sh" | while read -r classes order fd; do
		for class in $(echo "$classes" | tr '|' ' '); do
			echo "$order $class $fd"
		done
	done
} >locks
is 'the table of the shell is that of C'   "$(cat locks)" "$(aoinb-layer locks | grep -v ' -1$')"
# in_shell TEXT WORD... - takes locks of these names, one after another
in_shell() {
	text=$1; shift
	try 70 "$text" sh -c 'here=$1 conf_work_dir=$2; shift 2; . "$here/lib/start.sh"; use lock
		for name; do lock_take "$name" now held; done; exit 0' sh "$top/scripts" "$work" "$@"
	says err 'taken out of its order' 'and is said'
}
in_shell 'one twice'                       repo.x repo.x
in_shell 'two of one order'                instance.x names
in_shell 'one out of order'                layers job.x
cat >locks.c <<'X'
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "store/store.h"
int main(int argc, char *argv[])
{
	struct store s;
	int i;

	if (store_open(&s, argv[1]) < 0)
		return 1;
	for (i = 2; i < argc; i++) {
		char *name = strchr(argv[i], '.');

		if (name)
			*name++ = '\0';
		if (lock_take(&s, argv[i], name, LOCK_NOW, NULL) < 0)
			return errno == EDEADLK ? 70 : 1;
	}
	return 0;
}
X
if gcc -D_GNU_SOURCE -I"$top/helpers/lib" -o locks-c locks.c "$B/libaoinb.a" -lcrypto 2>locks.err; then
	try 70 'C: one twice'              ./locks-c "$work" repo.x repo.x
	try 70 'two of one order'          ./locks-c "$work" instance.x names
	try 70 'one out of order'          ./locks-c "$work" layers job.x
	try 0 'all in order'               ./locks-c "$work" group.x job.x instance.x repo.x layers sources jobs
else
	report 1 'a program of locks is compiled'
	sed 's/^/# /' locks.err
fi

echo '# a job again'
bundle_tiny tiny 77
cat >>tiny/autobuild/build <<'X'
echo "modifiers <$ABMODIFIERS> epoch <$SOURCE_DATE_EPOCH>"
X
try 0 'a build'                            env ABMODIFIERS=+x SOURCE_DATE_EPOCH=1500000000 \
    timeout 60 aoinb -c "$conf" build tiny stable
job=$(newest)
deb=$(sha256sum <"$work/output/stable/tiny_77-0_noarch.deb")
built=$(ls "$work/built/stable"/*tiny)
was=$(cat "$built")
ok 'with its environment'                  grep -qx 'modifiers <+x> epoch <1500000000>' "$job/log"
bundle_tiny tiny 78	# which it has a copy of
: >"$job/spec.env"
try 0 'the same job'                       env ABMODIFIERS=-y SOURCE_DATE_EPOCH=1 \
    timeout 60 aoinb -c "$conf" job "${job##*/}"
is 'builds what it did'                    "$(cat out) $(sha256sum <"$work/output/stable/tiny_77-0_noarch.deb")" \
    "$work/output/stable/tiny_77-0_noarch.deb $deb"
ok 'with its own environment'              grep -qx 'modifiers <+x> epoch <1500000000>' "$job/log"
is 'and that is what is built'             "$(cat "$built")" "$was"
says "$built" '^modifiers=+x$'             'with its modifiers'

echo '# what is bad, and what is good'
head -c 100 /dev/urandom >file
digest=sha256::$(sha256sum <file | cut -d ' ' -f 1)
aoinb-fetch -c "$work/cache/sources" --import=file --digest="$digest" >/dev/null
bundle_tiny good
printf 'VER=1\nSRCS="file::http://127.0.0.1:1/file"\nCHKSUMS="%s"\n' "$digest" >good/spec
try 66 'fetch BAD GOOD'                    ao fetch bad good
is 'fetches the good one'                  "$(cut -f 1,3 out)" "good	$digest"
try 66 'of a branch without instance'      ao fetch --branch=none bad good
is 'fetches it, too'                       "$(cut -f 1,3 out)" "good	$digest"

echo '# programs that are missing'
mkdir none
for dir in "$B/bin" "$top/scripts" /usr/local/sbin /usr/sbin /sbin /usr/local/bin /usr/bin /bin; do
	for prog in "$dir"/*; do
		[ -e "none/${prog##*/}" ] || ln -s "$prog" none/
	done
done
# without PROG TEXT COMMAND... - it is named before anything is done
without() {
	prog=$1 text=$2; shift 2
	before=$(ls "$work/jobs" "$work/groups")
	rm "none/$prog"
	code=0
	# Where nothing else finds it, either.
	try 69 "$text, without $prog"      unshare -m sh -c 'for at in /usr/bin /usr/sbin /usr/local/bin; do
		[ ! -e "$at/$0" ] || mount --bind /dev/null "$at/$0"; done; PATH=$1; shift; exec "$@"' \
	    "$prog" "$PWD/none" "$@"
	says err "$prog is missing; install the package" 'is named'
	is 'before it begins'              "$(ls "$work/jobs" "$work/groups")" "$before"
	ln -s "$(command -v "$prog")" none/
}
if unshare -m true 2>/dev/null; then
	without apt-ftparchive build aoinb -c "$conf" build tiny stable
	without apt-ftparchive 'a group' aoinb -c "$conf" build -t "$PWD/tree" --rebuild cat/one cat/two stable
	without apt-ftparchive 'a job' aoinb -c "$conf" job tiny
	without apt-ftparchive 'repo index' aoinb -c "$conf" repo index stable
	without mmdebstrap 'a base' aoinb -c "$conf" load-baseos --debian=bookworm
	without jq 'a base out of a manifest' aoinb -c "$conf" load-baseos
	aoinb-conf -f "$conf/aoinb.ini" -D repo_sign=nobody ini >later/aoinb.ini
	without gpg 'a repository that is signed' aoinb -c later build tiny stable
else
	skip 21 'no mounts here'
fi
nothing_left
finish
