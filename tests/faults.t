#!/bin/sh
# Programs that fail, one after another: what is in use stays, nothing wrong is said with
# code 0, and the next command works
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need gcc dpkg-deb flock timeout jq python3
case $B in *san*) skip_all 'a sanitizer wants to be loaded first' ;; esac

gcc -shared -fPIC -O1 -o faults.so "$top/tests/faults.c" -ldl || exit 1
world_new w cache_max_size=1K deps_max_size=1K
nap=3.0$$

# bundle NAME [LINE]... - a bundle whose package has these lines in its defines
bundle() {
	bundle_tiny "$1"
	sed -i "s/^PKGNAME=.*/PKGNAME=$1/" "$1/autobuild/defines"
	name=$1; shift
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$name/autobuild/defines"
}

# cached NAME - a file in the cache of sources: sets digest
cached() {
	head -c 5000 /dev/zero | tr '\0' x >"$1"
	echo "$1" >>"$1"
	digest=sha256::$(sha256sum <"$1" | cut -d ' ' -f 1)
	aoinb-fetch -c "$work/cache/sources" --import="$1" --digest="$digest" >/dev/null
}

# layer_spare - a layer that nothing stands on
layer_spare() {
	folder=$(flock "$work/lock/baseos" aoinb-layer -w "$work" begin baseos) &&
		aoinb-layer -w "$work" commit "$folder" base - >/dev/null
}

# A kept workspace on a layer of dependencies, a build that runs and has a cached
# source, a second branch.
bundle tiny
bundle user PKGDEP=tiny
bundle slow
cached source
printf 'VER=1\nSRCS="file::http://127.0.0.1:1/source"\nCHKSUMS="%s"\n' "$digest" >slow/spec
echo "sleep $nap; echo is asleep; sleep 1000" >>slow/autobuild/build
cp "$conf/source_lists/stable.list" "$conf/source_lists/other.list"
cp "$work/ref/instance/stable" "$work/ref/instance/other"
try 0 'a package'                          aoinb -c "$conf" build tiny stable
try 0 'what needs it, kept'                aoinb -c "$conf" build --keep user stable
kept=$(aoinb -c "$conf" ls jobs | sed -n 's/	.*,kept.*//p')
ok 'stands on a layer of dependencies'     grep -q . "$work/jobs/$kept/stack.deps"
aoinb -c "$conf" build slow stable >slow.out 2>slow.err &
slow=$!
later "kill $slow 2>/dev/null; wait $slow 2>/dev/null"
asleep() { aoinb -c "$conf" log slow 2>/dev/null | grep -q 'is asleep'; }
ok 'another runs'                          wait_for 60 asleep
runs=$(find "$work/jobs" -maxdepth 1 -name '*slow*' -printf '%f\n')
in_use=$(aoinb-layer -w "$work" used)

# whole - everything that is in use is there
whole() {
	for id in $in_use; do
		[ -d "$work/layers/$id/tree" ] && [ -s "$work/layers/$id/info" ] || return 1
	done
	[ -d "$work/jobs/$kept/upper" ] && [ -d "$work/jobs/$kept/bundle" ] || return 1
	[ -e "$work/cache/sources/sha256/${digest#*::}" ] || return 1
	[ ! -d "/proc/$slow" ] || [ -d "$work/jobs/$runs/upper" ]
}
ok 'all of that is whole'                  whole

# failing DEED CHECK COMMAND... - COMMAND with each program that it starts failing in
# turn.  CHECK, which may look at out, tells whether all is done when the code is 0.
# "before", when it is set, is what comes before each.
failing() {
	deed=$1 check=$2; shift 2
	n=0 wrong=''
	while :; do
		n=$((n + 1)) code=0
		[ ! "$before" ] || "$before"
		rm -f count count.what
		timeout 60 env AOINB_FAULT="$deed:$n:$PWD/count" LD_PRELOAD="$PWD/faults.so" \
		    aoinb -c "$conf" "$@" >out 2>err </dev/null || code=$?
		[ -e count.what ] || break
		what="$n: $(cat count.what)"
		whole || { wrong="$wrong in use is gone ($what)"; break; }
		[ "$code" -ne 0 ] || "$check" || wrong="$wrong, 0 ($what)"
		[ "$code" -eq 0 ] || grep -q . err || [ "$deed" = exit ] || wrong="$wrong, no word ($what)"
		[ "$code" -ne 124 ] || wrong="$wrong, for ever ($what)"
		[ $((n % 8)) -ne 0 ] || works || wrong="$wrong, then ($n)"
	done
	[ "$check" = false ] || { [ "$code" -eq 0 ] && "$check"; } ||
		wrong="$wrong, in the end: $code $(cat err)"
	is "$*: $deed, each of $((n - 1))" "$wrong" ''
}

# works - the next gc and build do
works() {
	layer_spare
	timeout 60 aoinb -c "$conf" gc 2>err && gone && whole || { sed 's/^/# gc: /' err; return 1; }
	timeout 60 aoinb -c "$conf" build tiny stable >out 2>err && built || { sed 's/^/# build: /' err; return 1; }
}

# What is true when the command ended with 0:
gone() {
	[ "$(aoinb-layer -w "$work" list layers | wc -l)" -eq "$(echo "$in_use" | wc -l)" ]
}
built() {
	[ "$(cat out)" = "$work/output/stable/tiny_1-0_noarch.deb" ] && [ -e "$(cat out)" ] &&
		grep -qx 'Package: tiny' "$work/output/stable/Packages" &&
		[ "$(find "$work/jobs" -name '*-tiny' | sort | tail -n 1 | xargs -I{} jq -r '.verdict + .version' {}/result.json)" = ok1-0 ]
}
same() {
	cut -f 1 out | cmp -s - expected
}
before=''

# listing COMMAND... - prints what it does now, or nothing with 0
listing() {
	before=''
	aoinb -c "$conf" "$@" | cut -f 1 >expected
	for deed in kill exit fork; do
		failing "$deed" same "$@"
	done
}
echo '# lists'
listing ls layers
listing ls jobs
listing ls
listing cache ls
listing repo ls stable

echo '# what is printed'
python3 -u -m http.server --bind 127.0.0.1 0 >port 2>requests &
later "kill $!"
wait_for 10 grep -qs port port
bundle sums
printf 'VER=1\nSRCS="file::http://127.0.0.1:%s/source"\nCHKSUMS="sha512::00"\n' \
    "$(sed 's/.*port \([0-9]*\).*/\1/' port)" >sums/spec
said() { cmp -s out expected; }
for printing in 'checksums sums' history conf 'repo index stable' 'cache verify'; do
	# shellcheck disable=SC2086 # words
	aoinb -c "$conf" $printing >expected
	for deed in kill exit fork; do
		# shellcheck disable=SC2086
		failing "$deed" said $printing
	done
done

echo '# gc'
spare() { layer_spare; cached junk; junk=$digest; digest=$source
	touch -d '1 hour ago' "$work/cache/sources/stamp/"*; }
source=$digest
before=spare
for deed in kill exit fork; do
	failing "$deed" gone gc
done
tidied() { [ ! -e "$work/cache/sources/sha256/${junk#*::}" ]; }
for deed in kill exit fork; do
	failing "$deed" tidied cache gc
done
before=''
echo '# build'
for deed in kill exit fork; do
	failing "$deed" built build tiny stable
done

echo '# a limit of processes, from 2 up'
at=/sys/fs/cgroup/pids
[ ! -e /sys/fs/cgroup/cgroup.controllers ] || at=/sys/fs/cgroup
pids=$at/faults-$$
# limited MOST CHECK COMMAND... - with each limit, until there are enough, or to MOST
limited() {
	most=$1 check=$2; shift 2
	limit=1 code=1 wrong=''
	while [ "$code" -ne 0 ] && [ "$limit" -lt "$most" ]; do
		limit=$((limit + 1)) code=0
		# A new one each time, since who died in it may still count.
		rmdir "$pids" 2>/dev/null
		mkdir "$pids" && echo "$limit" >"$pids/pids.max"
		[ ! "$before" ] || "$before"
		timeout 60 sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$pids" \
		    aoinb -c "$conf" "$@" >out 2>err </dev/null || code=$?
		whole || { wrong="$wrong in use is gone ($limit)"; break; }
		[ "$code" -ne 0 ] || "$check" || wrong="$wrong, 0 ($limit)"
		[ "$code" -eq 0 ] || grep -q . err || wrong="$wrong, no word ($limit)"
	done
	[ "$code" -eq 0 ] || [ "$most" -lt 60 ] || wrong="$wrong, never enough: $(cat err)"
	is "$*: 2 to $limit" "$wrong" ''
}
if mkdir "$pids" 2>/dev/null && [ -e "$pids/pids.max" ]; then
	later "rmdir '$pids'"
	before=spare
	limited 60 gone gc
	limited 60 tidied cache gc
	before=''
	# With more it gets into the container, where bash tries again for a minute.
	limited 7 built build tiny stable
	for list in 'ls layers' 'ls jobs' ls 'cache ls' 'repo ls stable'; do
		# shellcheck disable=SC2086 # words
		aoinb -c "$conf" $list | cut -f 1 >expected
		# shellcheck disable=SC2086
		limited 60 same $list
	done
	ok 'gc and build work'             works
else
	skip 9 'no cgroup of processes'
fi

echo '# cleanup'
try 75 'is refused while a build runs'     aoinb -c "$conf" cleanup stable
for deed in kill exit fork; do
	failing "$deed" false cleanup stable
done
kill "$slow"
wait "$slow" 2>/dev/null
# another - a branch on the layers of the first
another() { cp "$work/ref/instance/stable" "$work/ref/instance/other"; }
dropped() { [ ! -e "$work/ref/instance/other" ] && [ -e "$work/ref/instance/stable" ]; }
before=another
for deed in kill exit fork; do
	failing "$deed" dropped cleanup other
done
before=''
nothing_left
finish
