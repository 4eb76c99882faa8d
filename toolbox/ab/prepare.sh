# shellcheck shell=bash
# Finds out how the source is built, and patches it.

# ab_clean - what an earlier build left.  BLDDIR stays: sub-packages share it.
ab_clean() {
	! bool "$ABCLEAN" || rm -rf "$PKGDIR" "$SYMDIR"
}

# ab_type - settle ABTYPE, by asking each back end in this order
ab_type() {
	local type
	case $ABTYPE in
	go) ABTYPE=gomod ;;
	'')
		for type in self autotools cmakeninja autosetup cmake meson waf dune gomod pep517 \
		    perl rust python qtproj npm plainmake; do
			if "build_${type}_probe"; then
				ABTYPE=$type
				break
			fi
		done
		ABTYPE=${ABTYPE:-dummy} ;;
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

# ab_patches - what the hook patch does; else those of series in its order or all by name,
# then those of this architecture, and without series those to be taken back.  Once for a source,
# which sub-packages share: .patch tells.
ab_patches() {
	local dir=$SRCDIR/autobuild/patches list=()
	ab_stamp=$(mktemp -p "$SRCDIR/autobuild" .stamp.XXXXXX)
	[ ! -e "$SRCDIR/.patch" ] || return 0
	if ab_find patch >/dev/null; then
		ab_hook patch
	elif [ -e "$dir/series" ]; then
		ab_patch_series
		ab_apply_patches "$dir"/*.@(patch|diff)."$ARCH"
	elif [ -d "$dir" ]; then
		list=("$dir"/*.@(patch|diff) "$dir"/*.@(patch|diff)."$ARCH")
		ab_apply_patches "${list[@]}"
		list=("$dir"/*.@(rpatch|rdiff) "$dir"/*.@(rpatch|rdiff)."$ARCH")
		ab_reverse_patches "${list[@]}"
	else
		return 0
	fi
	: >"$SRCDIR/.patch"
}

# ab_patch_series - the patches that series lists, with the -pN that quilt knows
ab_patch_series() {
	local file strip rest before=("${PATCHFLAGS[@]}")
	while read -r file strip rest || [ -n "$file" ]; do
		case $file in '' | '#'*) continue ;; esac
		case $strip in
		'' | '#'*) PATCHFLAGS=("${before[@]}") ;;
		-p[0-9]) PATCHFLAGS=(-N -t "$strip") ;;
		*) abdie "autobuild/patches/series: $file: '$strip $rest' is not known: -pN may stand there" 65 ;;
		esac
		[ -e "$SRCDIR/autobuild/patches/$file" ] ||
		    abdie "autobuild/patches/series: $file: there is no such patch" 66
		ab_apply_patches "$SRCDIR/autobuild/patches/$file"
	done <"$(ab_find patches/series)"
	PATCHFLAGS=("${before[@]}")
}

# ab_shadow - the folder to build in: BLDDIR, or with ABSHADOW=no the source
ab_shadow() {
	bool "$ABSHADOW" || BLDDIR=$SRCDIR
	mkdir -p "$BLDDIR"
	cd "$BLDDIR"
}
