# shellcheck shell=sh
# A whole aoinb for a test: configuration, base system, an instance "stable".
# Made once by the front-end itself and kept below the build folder; each test
# gets its own, whose layers are hard links to those (layers never change).

world=${AOINB_TEST_WORLD:-$top/build/world}

# world_make - the one that the others are made from
world_make() {
	mkdir -p "${world%/*}"
	exec 9>"$world.lock"
	flock 9
	if [ ! -e "$world/conf" ]; then
		base=$(B=$B sh "$top/tests/base.sh")
		rm -rf --one-file-system "$world.part"
		mkdir "$world.part"
		aoinb -c "$world.part/conf" init --work-dir="$world.part/work" >/dev/null
		mkdir -p "$world.part/work"
		tar --xattrs --xattrs-include='*' --numeric-owner -C "$base" \
		    -cf "$world.part/work/buildkit_$(aoinb -c "$world.part/conf" conf arch).tar" .
		aoinb -c "$world.part/conf" load-baseos
		rm "$world.part/work"/buildkit_*
		aoinb -c "$world.part/conf" run stable -- true
		mv "$world.part" "$world"
	fi
	exec 9>&-
}

# world_new DIR [KEY=VALUE]... - a configuration in DIR/conf and a work folder in
# DIR/work, which lies beside the build folder so that links reach it; later
# cleans it up.  Sets conf and work.
world_new() {
	world_make || exit 1
	mkdir -p "$top/build/tests"
	work=$(mktemp -d "$top/build/tests/XXXXXX")
	later "rm -rf --one-file-system '$work'"
	conf=$PWD/$1/conf
	mkdir -p "$conf"
	cp -a "$world/conf/source_lists" "$conf/"
	cp -a "$world/work/ref" "$work/"
	cp -al "$world/work/layers" "$work/"
	shift
	# Servers of tests are on this machine.
	aoinb-conf -f /dev/null -D work_dir="$work" -D instance_update=never -D clean_keep=never \
	    -D fetch_private=127.0.0.0/8 ini >"$conf/plain.ini"
	[ $# -eq 0 ] || for setting; do
		aoinb-conf -f "$conf/plain.ini" -D "$setting" ini >"$conf/next.ini"
		mv "$conf/next.ini" "$conf/plain.ini"
	done
	mv "$conf/plain.ini" "$conf/aoinb.ini"
}

# bundle_tiny DIR [VER] - a bundle whose package holds one file, quickly built
bundle_tiny() {
	mkdir -p "$1/autobuild"
	printf 'VER=%s\nDUMMYSRC=1\n' "${2:-1}" >"$1/spec"
	printf 'PKGNAME=%s\nPKGSEC=misc\nPKGDES="A tiny package"\nABHOST=noarch\nABTYPE=self\n' \
	    "${1##*/}" >"$1/autobuild/defines"
	# shellcheck disable=SC2016 # for autobuild to expand
	printf 'mkdir -p "$PKGDIR"/usr/share/tiny\necho %s >"$PKGDIR"/usr/share/tiny/version\n' \
	    "${2:-1}" >"$1/autobuild/build"
}

# leavings - what must not be there between two commands: mounts, processes, half
# a layer, temporary files, trash
leavings() {
	printf '%s\n' "$work" >"$scratch/leavings"
	grep -Ff "$scratch/leavings" /proc/self/mountinfo
	running ''
	find "$work/trash" "$work/tmp" -mindepth 1 2>/dev/null
	find "$work/layers" -maxdepth 1 -name 'new.*' 2>/dev/null
	:
}

# cgroups_dead - cgroups of ours whose maker has gone
cgroups_dead() {
	find /sys/fs/cgroup -type d -name 'aoinb-*' 2>/dev/null | while read -r cgroup; do
		owner=${cgroup##*/aoinb-}
		[ -d "/proc/${owner%%-*}" ] || echo "$cgroup"
	done
}
cgroups_dead >"$scratch/cgroups"	# of others, before us

# nothing_left - at the end of a test.  A cgroup goes with the next sweep, which is
# part of gc.
nothing_left() {
	try 0 'gc'   aoinb -c "$conf" gc
	is 'no mount, process, cgroup or half a thing is left' \
	    "$(leavings; cgroups_dead | grep -vxFf "$scratch/cgroups")" ''
}

# group PROG [ARG]... - PROG in the background, a process group and a session of
# its own, which SIGINT reaches as it would on a terminal: sets group.  Its words
# go to group.out and group.err.
group() {
	setsid env --default-signal=INT,QUIT "$@" >group.out 2>group.err </dev/null &
	group=$!
}

# group_kill SIGNAL - to every process of the group; sets code
group_kill() {
	code=0
	env kill -s "$1" -- "-$group"
	wait "$group" || code=$?
}

# running WORD... - the pids of processes of $work with each WORD in their
# command line; 1 when there are none
running() {
	found=1
	printf '%s\n' "$work" >"$scratch/running"
	# shellcheck disable=SC2013 # no spaces there
	for at in $(grep -lsaFf "$scratch/running" /proc/[0-9]*/cmdline); do
		cmdline=$(tr '\0' ' ' 2>/dev/null <"$at") || continue
		for word; do
			case $cmdline in *"$word"*) ;; *) continue 2 ;; esac
		done
		at=${at#/proc/}
		echo "${at%/*}"
		found=0
	done 2>/dev/null
	return "$found"
}

# is_running WORD... - the same, silently
is_running() {
	running "$@" >/dev/null
}

# none_running - no process of $work
none_running() {
	! is_running ''
}
