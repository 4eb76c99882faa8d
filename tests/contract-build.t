#!/bin/sh
# aoinb build, where the base has autobuild4: what packages of a tree in git are called
# and say, the second stage, and the jobs of a group in a real make that can share them
# shellcheck disable=SC2016 # for other shells to expand
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need git jq dpkg-deb
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_COMMITTER_NAME=a \
    GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_EMAIL=a@example.org

# with_autobuild4 - a layer in the instance that has it
with_autobuild4() {
	job=$(aoinb -c "$conf" run --keep stable -- mkdir -p /etc/autobuild)
	cp "$top/tests/autobuild4" "$work/jobs/$job/upper/usr/bin/autobuild" 2>/dev/null ||
	    install -D "$top/tests/autobuild4" "$work/jobs/$job/upper/usr/bin/autobuild"
	echo 'MTER="The Base <base@example.org>"' >"$work/jobs/$job/upper/etc/autobuild/ab4cfg.sh"
	aoinb -c "$conf" commit "$job" >/dev/null
}

# bundle NAME LINE... - category app-x, with more lines of defines
bundle() {
	at=tree/app-x/$1
	mkdir -p "$at/autobuild"
	printf 'VER=1\nREL=2\nDUMMYSRC=1\n' >"$at/spec"
	printf 'PKGNAME=%s\nPKGSEC=misc\nPKGDES="A thing"\nABHOST=noarch\n' "$1" >"$at/autobuild/defines"
	shift
	printf '%s\n' "$@" >>"$at/autobuild/defines"
}

# field NAME - of the package whose path is in out
field() {
	dpkg-deb -f "$(tail -n 1 out)" "$1"
}

world_new w
with_autobuild4
mkdir -p tree/groups
bundle thing
git init -q -b topic tree
git -C tree add -A
GIT_COMMITTER_DATE='2026-02-03T04:05:06Z' git -C tree commit -q -m x
commit=$(git -C tree rev-parse --short HEAD)

echo '# a tree in git'
try 0 'a package of it'                    aoinb -c "$conf" build -t tree thing stable
is 'has its time in the version'           "$(field Version)" '1-2~pre20260203T040506Z'
is 'and its commit in a field'             "$(field X-AOSC-Commit)" "$commit"
is 'and who built it'                      "$(field X-AOSC-ACBS-Version)" "aoinb-$(aoinb-job --version | sed 's/.* //')"
is 'the maintainer is that of the base'    "$(field Maintainer)" 'The Base <base@example.org>'
is 'apt finds it by that version'          "$(sed -n 's/^Version: //p' "$work/output/stable/Packages")" '1-2~pre20260203T040506Z'
try 0 'it counts as built'                 aoinb -c "$conf" plan -t tree thing stable
says out '^built	app-x/thing'        'whatever its stamp'
try 0 '--verstamp=no'                      aoinb -c "$conf" build --verstamp=no -t tree --rebuild thing stable
is 'leaves it out'                         "$(field Version)" 1-2
try 0 '--verstamp=TEXT'                    aoinb -c "$conf" build --verstamp=+mine -t tree --rebuild thing stable
is 'is what it has'                        "$(field Version)" 1-2+mine
try 64 'one that is no part of a version'  aoinb -c "$conf" build --verstamp=a-b -t tree thing stable
says err 'build_verstamp=a-b: is neither auto, no, nor' 'is refused'
mkdir keys
cp -a "$conf/source_lists" keys/
aoinb-conf -c "$conf" -D build_verstamp=no -D build_acbs_version=no -D 'build_maintainer=We <w@example.org>' ini >keys/aoinb.ini
try 0 'with other keys'                    aoinb -c keys build -t tree --rebuild thing stable
is 'they hold'                             "$(field Version) $(field X-AOSC-ACBS-Version) $(field X-AOSC-Commit) $(field Maintainer)" \
    "1-2  $commit We <w@example.org>"
try 0 'by its path, without a tree'        env VERSTAMP=x AOINB_COMMIT=x aoinb -c "$conf" build tree/app-x/thing stable
is 'it is the same; the environment is not heard' "$(field Version) $(field X-AOSC-Commit)" "1-2~pre20260203T040506Z $commit"
job=$(basename "$(find "$work/jobs" -maxdepth 1 -name '*-thing' | sort | tail -n 1)")
git -C tree checkout -q -b stable
try 0 'a job that is run again'            env VERSTAMP=x AOINB_COMMIT=x aoinb -c "$conf" job "$job"
is 'has what it had'                       "$(field Version)" '1-2~pre20260203T040506Z'

echo '# the second stage'
bundle two 'PKGSUG=first'
sed 's/first/second/' tree/app-x/two/autobuild/defines >tree/app-x/two/autobuild/defines.stage2
for name in thing two; do
	echo 'mkdir -p "$PKGDIR/usr/share"; echo "$ABSTAGE2 $PKGSUG $ABMODIFIERS" >"$PKGDIR/usr/share/$PKGNAME"' >"tree/app-x/$name/autobuild/build"
done
# holds PACKAGE - the line in it
holds() {
	dpkg-deb --fsys-tarfile "$work/output/stable/$1_1-2_noarch.deb" | tar -xO "./usr/share/$1"
}
try 0 '--stage2, of one'                   aoinb -c "$conf" build --verstamp=no --stage2 tree/app-x/two stable
is 'is heard'                              "$(holds two)" '1 second +stage2'
try 0 'and of a group'                     env ABMODIFIERS=+y aoinb -c "$conf" build --verstamp=no -t tree --rebuild --stage2 two thing:+x stable
is 'for those without modifiers'           "$(holds two)" '1 second +y,+stage2'
is 'and those that have some'              "$(holds thing)" '1  +x,+stage2'
try 0 'a unit may be of the first'         aoinb -c "$conf" build --verstamp=no -t tree --rebuild --stage2 two thing:-stage2 stable
is 'if it says so'                         "$(holds thing)" '  -stage2'
nothing_left

echo '# the jobs of a group, in a make that can share them'
. "$top/scripts/lib/debian.sh"
say() { echo "# $*"; }
trixie=${AOINB_TEST_BASE:-$top/build/base}-trixie

# trixie_make - a root with make 4.4, kept beside the other
trixie_make() {
	exec 9>"$trixie.lock"
	flock 9
	[ ! -d "$trixie" ] || return 0
	rm -rf --one-file-system "$trixie.part"
	# The machine's own mirror, which has other suites as well.
	. /etc/os-release
	debian_sources debian "$VERSION_CODENAME" | awk -v was="$VERSION_CODENAME" '$3 == was { print "deb", $2, "trixie", "main"; exit }' |
	    timeout 400 setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc \
	    mmdebstrap --quiet --variant=minbase --mode=root --include=make,ca-certificates,curl,file,git,patch,xz-utils \
	    --aptopt='APT::Install-Recommends "false"' trixie "$trixie.part" - >trixie.log 2>&1 9>&- || {
		tail -n 5 trixie.log | sed 's/^/# /'
		return 1
	}
	mv "$trixie.part" "$trixie"
	exec 9>&-
}
if ! trixie_make; then
	skip 9 'apt has no root of Debian trixie'
	finish
fi
export AOINB_TEST_BASE="$trixie"
world=$world-trixie
world_new t build_jobs=6 group_slots=2
with_autobuild4
for name in wide fixed single lone; do
	bundle "$name"
	cat >"tree/app-x/$name/autobuild/build" <<'X'
printf 'all: a b c d e f g h\n%%:\n\t@echo + >>log; sleep 1; echo - >>log\n' >Makefile
make --version | head -n 1
make || return
awk '/^[+]/ { if (++n > most) most = n } /^-/ { n-- } END { print "at once: " most }' log
mkdir -p "$PKGDIR/usr/share/$PKGNAME"
X
done
echo ABTHREADS=2 >>tree/app-x/fixed/autobuild/defines
echo NOPARALLEL=1 >>tree/app-x/single/autobuild/defines
bundle small

# log NAME PATTERN - of the last build of it
log() {
	aoinb -c "$conf" log "$1" | sed -n "s/^$2//p"
}
# Of 6 jobs for 2 builds each has one, and 4 are tokens: a build alone may have 5.
try 0 'a group of one that is wide and one that soon ends' aoinb -c "$conf" build --verstamp=no -t tree wide small stable
is 'make is a new one'                     "$(log wide 'GNU Make 4.[4-9].*' | wc -l)" 1
is 'it has the tokens, and not a number'   "$(log wide 'at once: ')" 5
is 'which is said, once'                   "$(log wide '.*make shares the jobs of the group' | wc -l)" 1
try 0 'a group of those that know better'  aoinb -c "$conf" build --verstamp=no -t tree fixed single stable
is 'one has its number'                    "$(log fixed 'at once: ')" 2
is 'and one goes alone'                    "$(log single 'at once: ')" 1
is 'which shares nothing, and does not say so' "$(log single '.*make shares the jobs of the group' | wc -l) $(log fixed '.*make shares' | wc -l)" '0 0'
try 0 'one by itself, in no group'         aoinb -c "$conf" build --verstamp=no tree/app-x/lone stable
is 'has the number of aoinb.ini'           "$(log lone 'at once: ')" 6
nothing_left
finish
