# shellcheck shell=bash
# Finds out how the source is built, and patches it.

# ab_type - settle ABTYPE, by asking each back end in this order
ab_type() {
	local type
	case $ABTYPE in
	cmakeninja) ABTYPE=cmake ;;
	pep517) ABTYPE=python ;;
	gomod) ABTYPE=go ;;
	'')
		for type in self autotools cmake meson perl python rust go plainmake dummy; do
			if "build_${type}_probe"; then
				ABTYPE=$type
				break
			fi
		done ;;
	esac
	declare -F "build_${ABTYPE}_probe" >/dev/null ||
	    abdie "ABTYPE: $ABTYPE: this autobuild does not know it" 65
	abinfo "type $ABTYPE"
}

# ab_run_type PART - configure, build or install, as the back end does it
ab_run_type() {
	"build_${ABTYPE}_$1"
	[ "$1" != install ] || cd "$SRCDIR"
}

# ab_patches - what the hook patch does; else those of series in its order, or
# all by name, and then those of this architecture
ab_patches() {
	local dir=$SRCDIR/autobuild/patches list=() line
	if ab_find patch >/dev/null; then
		ab_hook patch
		return
	fi
	[ -d "$dir" ] || return 0
	if [ -e "$dir/series" ]; then
		while read -r line _ || [ -n "$line" ]; do
			case $line in '' | '#'*) continue ;; esac
			list+=("$dir/$line")
		done <"$dir/series"
	else
		list=("$dir"/*.@(patch|diff))
	fi
	list+=("$dir"/*.@(patch|diff)."$ARCH")
	ab_apply_patches "${list[@]}"
}

# ab_shadow - the folder to build in: BLDDIR, or with ABSHADOW=no the source
ab_shadow() {
	bool "$ABSHADOW" || BLDDIR=$SRCDIR
	mkdir -p "$BLDDIR"
	cd "$BLDDIR"
}
