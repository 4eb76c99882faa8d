#!/bin/sh
# Groups: a whole tree of packages, built in order against each other, several at
# once; killed, interrupted and gone on with; and what apt then makes of it
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need jq python3 setsid curl dpkg-deb

world_new w group_slots=2 tree_path="$PWD/tree"

mkdir served
ln -s "$work/output" served/repo
python3 -u -m http.server --bind 127.0.0.1 --directory served 0 >http.log 2>&1 &
http=$!
later "kill $http"
wait_for 10 grep -q 'port [0-9]' http.log
url=http://127.0.0.1:$(sed -n 's/.*port \([0-9]*\).*/\1/p' http.log)
for name in hello figlet; do
	sh "$top/tests/upstream.sh" "$name" >>tarballs 2>upstream.log || sed 's/^/# /' upstream.log
done
# shellcheck disable=SC2046 # two paths without spaces
"$top/tests/tree-make" tree served "$url" $(cat tarballs) >told

# record - the group.json written last
record() {
	find "$work/groups" -name group.json -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2-
}

# of_group FILTER - of it
of_group() {
	jq -r "$1" "$(record)"
}

# verdicts - "unit verdict" of it, a line each, by name and without categories
verdicts() {
	of_group '.units[] | "\(.unit | sub(".*/"; "")) \(.verdict)"' | LC_ALL=C sort
}

# group_begins N ARG... - aoinb ARG... in the background, until N builds have begun
group_begins() {
	begins=$1; shift
	rm -f group.err
	group aoinb -c "$conf" "$@"
	wait_for 120 has_begun "$begins"
}

has_begun() {
	[ "$(grep -cs ': begins$' group.err || :)" -ge "$1" ] 2>/dev/null
}

# builds_sleep - two builds are in the middle
builds_sleep() {
	[ "$(for job in "$work"/jobs/*; do
		[ -e "$job/result.json" ] || grep -ls 'hook build' "$job/log"
	done | wc -l)" -eq 2 ]
}

# tell_failed - for who reads a failed test: the units that were not built, and their logs' ends
tell_failed() {
	of_group '.units[] | select(.verdict | IN("ok", "unfit") | not) | tojson' | sed 's/^/# /'
	of_group '.units[] | select(.verdict | IN("ok", "unfit") | not) | .job // empty' | while read -r job; do
		tail -n 30 "$work/jobs/${job##*/}/log" | sed 's/^/# /'
	done
}

# group_wait - for the group in the background; sets code
group_wait() {
	code=0
	wait "$group" || code=$?
}

# most_at_once - how many builds ran at the same time, by the records of all jobs but
# those that were killed, whose end is when somebody found them
most_at_once() {
	find "$work/jobs" -name result.json -exec jq -r 'select(.verdict != "killed") | "\(.began) 1", "\(.ended) -1"' {} + |
	    sort -k 1,1n -k 2,2n | awk '{ n += $2; if (n > most) most = n } END { print most + 0 }'
}

# builds UNIT - how often it was built, by the history
builds() {
	aoinb -c "$conf" history "$1" | awk -F '\t' '$6 == "ok"' | wc -l
}

# indexed NAME - its versions in the repository
indexed() {
	awk -v name="$1" '/^Package: / { is = $2 == name } is && /^Version: / { print $2 }' \
	    "$work/output/stable/Packages"
}

echo '# what is planned'
try 0 'plan'                               aoinb -c "$conf" plan --json groups/all stable
cp out plan.json
is 'everything is to be built, two do not fit' \
    "$(jq -r '[.units[].state] | group_by(.) | map("\(length) \(.[0])") | join(" ")' plan.json)" '43 build 2 unfit'
is 'two cycles are broken where they run'  "$(jq -r '.broken[] | "\(.unit) \(.needs) \(.kind)"' plan.json | LC_ALL=C sort)" \
    'app-animals/fig app-animals/wasp run
app-animals/nectar app-animals/bee run'
is 'nothing was made'                      "$(find "$work/jobs" "$work/groups" -mindepth 1 2>/dev/null)" ''

echo '# kill -9 in the middle'
ok 'a group begins'                        group_begins 12 build groups/all stable
group_kill KILL
ok 'nothing runs on'                       wait_for 20 none_running
ok 'what is there is whole'                sh -c 'for deb in "$1"/output/stable/*.deb; do
	dpkg-deb --info "$deb" >/dev/null || exit; done' sh "$work"
before=$(find "$work/output/stable" -name '*.deb' -printf '%f %i %T@\n' | sort)
ok 'some of it'                            test "$(echo "$before" | wc -l)" -gt 6
try 0 'resume'                             aoinb -c "$conf" resume
cp out resumed; cp err resumed.err
tell_failed
is 'all that fits is built'                "$(of_group '[.units[].verdict] | group_by(.) | map("\(length) \(.[0])") | join(" ")')" \
    '43 ok 2 unfit'
is 'the verdict is ok'                     "$(of_group .verdict)" ok
is 'each was built once'                   "$(aoinb -c "$conf" history | cut -f 2,6 | sort | uniq -c | awk '$1 != 1 || $3 != "ok"')" ''
is 'what was there is as it was'           "$(echo "$before" | grep -vxF "$(find "$work/output/stable" -name '*.deb' -printf '%f %i %T@\n')")" ''
is 'two at once, and never more'           "$(most_at_once)" 2
is 'a repository of 44 packages'           "$(grep '^Package: ' "$work/output/stable/Packages" | grep -vc -e '-dbg$')" 44
is 'stdout is the packages made'           "$(grep -vc "^$work/output/stable/.*\.deb$" resumed)" 0
says resumed.err '^app-trees/palm  *unfit .*FAIL_ARCH' 'the table says what does not fit'
says resumed.err '^app-misc/hello  *ok  *[0-9]' 'and what was built'
is 'of one folder, two packages'           "$(of_group '.units[] | select(.unit == "app-animals/hive").packages | join(" ")' |
    sed "s/_$(dpkg --print-architecture)//g")" 'hive-tool-dbg_2.1-0.deb hive-tool_2.1-0.deb libhive-dbg_2.1-0.deb libhive_2.1-0.deb'
is 'a log of each, by name'                "$(find "$work"/groups/*/log -name '*.log' | wc -l)" 43

try 66 'resume, when nothing is left'      aoinb -c "$conf" resume

echo '# apt in a fresh root'
mkdir -p fresh/up fresh/work fresh/root fresh/up/etc/apt/preferences.d
base=$work/layers/$(cat "$work/ref/baseos")/tree
cp "$conf/source_lists/stable.list" fresh/up/etc/apt/sources.list
echo "deb [trusted=yes] $url/repo/stable ./" >>fresh/up/etc/apt/sources.list
printf 'Package: *\nPin: origin "127.0.0.1"\nPin-Priority: 900\n' >fresh/up/etc/apt/preferences.d/ours
# in_fresh COMMAND - there
in_fresh() {
	aoinb-mount -l "$base" -u fresh/up -w fresh/work fresh/root \
	    aoinb-run --network=host -e DEBIAN_FRONTEND=noninteractive fresh/root sh -ec "$1"
}
try 0 'installs all by one name'           in_fresh 'apt-get -q update
	apt-get -q -y --no-install-recommends install garden'
grep -v '^\(palm\|moss+32\|hay\|straw\|cactus\)	' told >wanted
# shellcheck disable=SC2046 # a line an argument
is 'each program says what it is made of'  "$(in_fresh "$(cut -f 1 wanted | sed 's/$/ || echo failed/')" 2>&1)" "$(cut -f 2 wanted)"
try 0 'dpkg finds them as they were made'  in_fresh 'dpkg --audit; dpkg --verify gardener meadow libhive'
is 'ours came before the mirror'\''s'      "$(in_fresh 'dpkg-query -W -f "\${Version}" hello')" 2.10
is 'an epoch is in the version'            "$(in_fresh 'dpkg-query -W -f "\${Version}" willow')" 1:7.3
is 'a configuration file'                  "$(in_fresh 'dpkg-query -W -f "\${Conffiles}" gardener' | awk '{ print $1 }' | tr -d '\n')" /etc/gardener.conf
try 0 'and removes one'                    in_fresh 'apt-get -q -y remove gardener; test ! -e /var/lib/gardener'

echo '# what is built already'
jobs=$(ls "$work/jobs")
try 0 'the same again'                     aoinb -c "$conf" build groups/all stable
is 'prints nothing'                        "$(cat out)" ''
is 'and builds nothing'                    "$(ls "$work/jobs")" "$jobs"
is 'it says so'                            "$(of_group '[.units[].verdict] | group_by(.) | map("\(length) \(.[0])") | join(" ")')" \
    '43 built 2 unfit'
echo 'REL=1' >>tree/core-water/dew/spec
try 0 'one that has changed'               aoinb -c "$conf" build groups/water stable
is 'is built, and no other'                "$(verdicts)" 'dew ok
pond built
rain built
river built'
is 'both versions are kept'                "$(indexed dew | tr '\n' ' ')" '0.1 0.1-1 '
echo '# a comment' >>tree/core-data/colours/autobuild/defines
try 0 'a bundle that has changed, not its version' aoinb -c "$conf" build colours stable
is 'is built'                              "$(builds core-data/colours)" 2
try 0 '--rebuild'                          aoinb -c "$conf" build --rebuild seeds colours stable
is 'builds what is built'                  "$(builds core-data/seeds) $(builds core-data/colours)" '2 3'
rm "$work"/output/stable/seeds_*.deb
try 0 'a package that has gone'            aoinb -c "$conf" build seeds stable
is 'is built again'                        "$(builds core-data/seeds)" 3
try 0 'other modifiers'                    aoinb -c "$conf" build campion:+red stable
is 'are another build'                     "$(builds app-flowers/campion)" 2
try 0 'history of a package'               aoinb -c "$conf" history dew
is 'has every build'                       "$(cut -f 2-6 out)" "$(printf "core-water/dew\tstable\t$(dpkg --print-architecture)\t%s\tok\n" 0.1-0 0.1-1)"
is 'with what it used'                     "$(awk -F '\t' '$7 > 0 && $8 > 0 && $9 > 0' out | wc -l)" 2
try 1 'history of what was never built'    aoinb -c "$conf" history palm

echo '# a failure in the middle'
try 1 'a group in which one fails'         aoinb -c "$conf" build groups/drought stable
is 'goes on with what does not need it'    "$(verdicts)" 'cactus ok
canal ok
hay skipped
straw skipped
wilt failed'
is 'the verdict is failed'                 "$(of_group .verdict)" failed
is 'why, for what was skipped'             "$(of_group '.units[] | select(.verdict == "skipped").why' | sort -u)" 'app-drought/wilt was not built'
says err 'app-drought/wilt: failed'        'it is said'
says err '^app-drought/hay  *skipped '     'and in the table'
is 'what was made is printed'              "$(sed 's/.*\///' out | cut -d _ -f 1 | sort | tr '\n' ' ')" 'cactus cactus-dbg canal canal-dbg '
ok 'the log has the reason'                grep -q 'there is no water' "$work"/groups/*-drought/log/app-drought_wilt.log
try 1 'with --fail-fast'                   aoinb -c "$conf" build --rebuild --fail-fast --slots=1 groups/drought stable
is 'nothing begins after it'               "$(verdicts | grep -v ' skipped$\| waiting$')" 'canal ok
wilt failed'
cat >tree/app-drought/wilt/autobuild/prepare <<'X'
cat >wilt.c <<'C'
#include "wilt.h"
const char *wilt_about(void) { return "mended"; }
C
X
try 0 'resume, when it is mended'          aoinb -c "$conf" resume
is 'builds what is left'                   "$(verdicts | grep -v ' ok$')" ''

echo '# Ctrl-C'
# nap NAME SECONDS - a package in a tree of its own, in the middle of whose build
# there is time for something to happen
nap() {
	bundle_tiny "naps/app-nap/$1"
	echo "PKGNAME=$1" >>"naps/app-nap/$1/autobuild/defines"
	printf 'cp /buildroot/bundle/spec "$PKGDIR"/usr/share/tiny/before\nsleep %s\n' "$2" >>"naps/app-nap/$1/autobuild/build"
	echo 'cp /buildroot/bundle/spec "$PKGDIR"/usr/share/tiny/after' >>"naps/app-nap/$1/autobuild/build"
}
for i in 1 2 3 4; do
	nap "nap$i" 3
done
ok 'two begin'                             group_begins 2 build -t naps nap1 nap2 nap3 nap4 stable
ok 'and are in the middle'                 wait_for 60 builds_sleep
env kill -s INT -- "-$group"
group_wait
is 'once: the code is 130'                 "$code" 130
is 'what ran is finished'                  "$(verdicts)" 'nap1 ok
nap2 ok
nap3 waiting
nap4 waiting'
is 'the verdict is stopped'                "$(of_group .verdict)" stopped
ok 'resume begins the others'              group_begins 2 resume
ok 'which come to the middle'              wait_for 60 builds_sleep
env kill -s INT -- "-$group"
sleep 0.5
began=$(date +%s)
env kill -s INT -- "-$group"
group_wait
is 'twice: the code is 130'                "$code" 130
ok 'at once'                               test "$(($(date +%s) - began))" -le 2
is 'what ran is stopped'                   "$(of_group .verdict; find "$work/output/stable" -name 'nap[34]*')" stopped
ok 'nothing runs on'                       wait_for 10 none_running

echo '# a tree that changes under a group'
ok 'resume once more'                      group_begins 2 resume
ok 'to the middle'                         wait_for 60 builds_sleep
rm -rf naps/app-nap/nap3
echo 'X=changed' >>naps/app-nap/nap4/spec
group_wait
is 'ends well'                             "$code" 0
[ "$code" -eq 0 ] || sed 's/^/# /' group.err
for i in 3 4; do
	deb=$work/output/stable/nap${i}_1-0_noarch.deb
	is "nap$i was built from what it was"  "$(dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/share/tiny/after | tr '\n' ' ')" 'VER=1 DUMMYSRC=1 '
done
is 'a package that has changed is not built' "$(aoinb -c "$conf" plan --json -t naps nap4 stable | jq -r '.units[].state')" build

echo '# two groups of one branch'
for i in 5 6 7 8; do
	nap "nap$i" 1
done
aoinb -c "$conf" build -t naps nap5 nap6 nap7 stable >one.out 2>one.err &
one=$!
aoinb -c "$conf" build -t naps nap8 nap7 nap6 stable >two.out 2>two.err &
two=$!
ok 'the first'                             wait "$one"
ok 'the second'                            wait "$two"
for i in 5 6 7 8; do
	is "nap$i is in the repository"    "$(indexed "nap$i")" 1
done

echo '# bad input'
try 66 'an unknown package'                aoinb -c "$conf" build medow stable
says err 'medow.*meadow'                   'the nearest name'
try 66 'an unknown group'                  aoinb -c "$conf" build groups/anmals stable
says err 'groups/anmals.*groups/animals'   'the nearest group'
echo groups/self >tree/groups/self
try 65 'a group that includes itself'      aoinb -c "$conf" build groups/self stable
says err 'groups/self'                     'is named'
cp -a naps/app-nap/nap5 naps/app-nap/nap9
try 65 'two folders of one name'           aoinb -c "$conf" build -t naps nap5 stable
says err 'app-nap/nap5.*app-nap/nap9'      'are both named'
try 1 'one of them by its folder'          aoinb -c "$conf" build -t naps app-nap/nap9 stable
says err 'nap5_1-0_noarch.deb: app-nap_nap5 made it, and app-nap/nap9 may not replace it' 'says whose it is'
rm -r naps/app-nap/nap9
bundle_tiny naps/app-nap/odd
printf 'PKGNAME=$(echo odd)\n' >>naps/app-nap/odd/autobuild/defines
try 0 'defines that cannot be evaluated'   aoinb -c "$conf" plan --json -t naps nap5 odd stable
says err 'app-nap/odd/autobuild/defines'   'are named'
try 0 'and left to the build'              aoinb -c "$conf" build -t naps nap5 naps/app-nap/odd stable
is 'which makes the package'               "$(sed 's/.*\///' out)" odd_1-0_noarch.deb
bundle_tiny naps/app-nap/lost
printf 'PKGNAME=lost\nPKGDEP=nowhere-to-be-found\n' >>naps/app-nap/lost/autobuild/defines
try 1 'a dependency that is nowhere'       aoinb -c "$conf" build -t naps lost nap5 stable
says err 'nowhere-to-be-found'             'is named'
is 'and not begun'                         "$(verdicts | grep lost)" 'lost unmet'
deb=$work/output/stable/cactus_1.4-0_$(dpkg --print-architecture).deb
truncate -s 500 "$deb"
try 0 'a damaged package in the repository' aoinb -c "$conf" build --rebuild -t naps nap5 nap6 stable
says err 'cactus_1.4-0_.*\.deb: .*; left out' 'is named'
is 'and left out'                          "$(indexed cactus)" ''
is 'what was built is in'                  "$(indexed nap6)" 1
try 64 'a slot that is none'               aoinb -c "$conf" build --slots=many nap5 nap6 stable

aoinb -c "$conf" cleanup jobs
nothing_left
finish
