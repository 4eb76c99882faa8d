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
	aoinb-conf -f /dev/null -D work_dir="$work" -D instance_update=never ini >"$conf/plain.ini"
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
	printf 'PKGNAME=tiny\nPKGSEC=misc\nPKGDES="A tiny package"\nABHOST=noarch\nABTYPE=self\n' \
	    >"$1/autobuild/defines"
	# shellcheck disable=SC2016 # for autobuild to expand
	printf 'mkdir -p "$PKGDIR"/usr/share/tiny\necho %s >"$PKGDIR"/usr/share/tiny/version\n' \
	    "${2:-1}" >"$1/autobuild/build"
}
