#!/bin/sh
# The compile jobs that the builds of a group share: who reads GNU make's tokens from
# the FIFO gets those that are left, and make is told of it when it can read them
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need jq

world_new w group_slots=2 build_jobs=6

# Of 6 jobs for 2 builds, each has one without asking, and 4 are tokens.
# taker NAME - a package that takes all tokens it can have, and holds them a while
taker() {
	bundle_tiny "tree/app/$1"
	echo "PKGNAME=$1" >>"tree/app/$1/autobuild/defines"
	cat >"tree/app/$1/autobuild/build" <<'X'
mkdir -p "$PKGDIR/usr/share/$PKGNAME"
exec 7<>/buildroot/jobserver
held=
while read -r -t 2 -N 1 -u 7 token; do
	held+=$token
done
echo "tokens: ${#held}, jobs: $AOINB_JOBS"
sleep 2
X
}
# shellcheck disable=SC2016 # for the build
giver='printf %s "$held" >&7'
for name in one two three; do
	taker "$name"
	echo "$giver" >>"tree/app/$name/autobuild/build"
done
echo 'BUILDDEP="one two"' >>tree/app/three/autobuild/defines
taker lost
echo 'kill -9 $$' >>tree/app/lost/autobuild/build
taker after
echo 'PKGDEP=one' >>tree/app/after/autobuild/defines

# tokens NAME - how many it had
tokens() {
	aoinb -c "$conf" log "$1" | sed -n 's/^tokens: \([0-9]*\),.*/\1/p'
}

try 0 'a group'                            aoinb -c "$conf" build -t tree one two three stable
is 'two at once share four tokens'         "$(($(tokens one) + $(tokens two)))" 4
is 'the third has all of them again'       "$(tokens three)" 4
is 'others have a part of all jobs'        "$(aoinb -c "$conf" log one | sed -n 's/.*, jobs: //p')" 3
try 1 'one that is killed with its tokens' aoinb -c "$conf" build -t tree --slots=1 lost after stable
is 'takes none from those behind it'       "$(tokens after)" 5

# make, of two versions: ours says that it is another, and what it was given.
cat >make.in <<'X'
#!/bin/sh
[ "$1" != --version ] || { echo "GNU Make @VERSION@"; exit 0; }
echo "make is given: $* MAKEFLAGS=${MAKEFLAGS-}"
exec env -u MAKEFLAGS /usr/bin/make "$@"
X
mkdir -p tree/app/made/autobuild tree/app/fixed/autobuild
for name in made fixed; do
	printf 'VER=1\nDUMMYSRC=1\n' >"tree/app/$name/spec"
	printf 'PKGNAME=%s\nPKGSEC=misc\nPKGDES="Made"\nABHOST=noarch\nABTYPE=plainmake\n' "$name" \
	    >"tree/app/$name/autobuild/defines"
	cat >"tree/app/$name/autobuild/prepare" <<'X'
printf 'all:\ninstall:\n\tmkdir -p $(DESTDIR)/usr/share/made\n\techo >$(DESTDIR)/usr/share/made/file\n' >Makefile
X
done
echo 'ABTHREADS=1' >>tree/app/fixed/autobuild/defines

# with_make VERSION - builds both with it
with_make() {
	job=$(aoinb -c "$conf" run --keep stable -- touch /usr/local/bin/make)
	sed "s/@VERSION@/$1/" make.in >"$work/jobs/$job/upper/usr/local/bin/make"
	chmod 755 "$work/jobs/$job/upper/usr/local/bin/make"
	aoinb -c "$conf" commit "$job" >/dev/null
	try 0 "with make $1"               aoinb -c "$conf" build -t tree --rebuild made fixed stable
	given=$(aoinb -c "$conf" log made | sed -n 's/^make is given: //p' | head -n 1)
}
with_make 4.3
is 'it gets a number of jobs'              "$given" '-j3 V=1 VERBOSE=1 MAKEFLAGS=-j3'
with_make 4.10
is 'a newer one is told of the FIFO'       "$given" 'V=1 VERBOSE=1 MAKEFLAGS=-j3 --jobserver-auth=fifo:/buildroot/jobserver'
is 'unless the package says how many'      "$(aoinb -c "$conf" log fixed | sed -n 's/^make is given: //p' | head -n 1)" \
    '-j1 V=1 VERBOSE=1 MAKEFLAGS=-j1'

nothing_left
finish
