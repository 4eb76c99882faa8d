# shellcheck shell=bash
# Reads the defines, and settles what the rest of the build goes by.

ab_defines() {
	local file=autobuild/defines
	ab_modifiers
	bool "$ABSTAGE2" && [ -e "$file.stage2" ] && file+=.stage2
	ab_read "$file"
	[ -n "$PKGNAME" ] || abdie "$file: PKGNAME is not set" 65
	[ -n "$PKGVER" ] || abdie "$file: PKGVER is not set" 65
	PKGREL=${PKGREL:-0}
	ab_check_names
	ab_check_arch
	ab_check_abhost
	export ARCH ABHOST ABBUILD SRCDIR BLDDIR PKGDIR PKGNAME PKGVER PKGREL ABTHREADS
	export CFLAGS CXXFLAGS CPPFLAGS LDFLAGS
	export LC_ALL=C.UTF-8 TZ=UTC
	abinfo "$PKGNAME $(ab_version) for $ABHOST"
}

# ab_read FILE - all that defines may set, as they set it for this architecture
ab_read() {
	ARCH=${AOINB_ARCH:-$(dpkg --print-architecture)}
	ABBUILD=$ARCH ABHOST=$ARCH
	read -r -d '' -a AB_GROUPS <<<"${AOINB_ARCH_GROUPS-}" || :
	ab_package
	ab_paths
	ab_defaults
	# shellcheck source=/dev/null
	. "$1"
	ab_overriding
	ABHOST=${ABHOST:-$ARCH}
}

# ab_overriding - VAR__ARCH over VAR__GROUP over VAR; of two groups that ARCH is in, the
# one that the host names last
ab_overriding() {
	local suffix name names
	mapfile -t names < <(compgen -v)
	for suffix in "${AB_GROUPS[@]}" "$ARCH"; do
		suffix=__${suffix^^}
		for name in "${names[@]}"; do
			[[ $name != [A-Z]*"$suffix" ]] || ab_replace "${name%"$suffix"}" "$name"
		done
	done
}

# ab_replace NAME OTHER - give NAME the value of OTHER; an array when one of them is
ab_replace() {
	local -n to=$1 from=$2
	local words=("${from[@]}") is=${to@a}${from@a}
	unset "$1"
	if [[ $is == *a* ]]; then
		to=("${words[@]}")
	else
		printf -v "$1" %s "${words[0]-}"
	fi
}

# ab_modifiers - "+name,-other" in ABMODIFIERS: NAME is 1 and OTHER is 0 in
# __ABMODIFIERS
ab_modifiers() {
	local list one modifiers=${ABMODIFIERS-}
	ABSTAGE2=${ABSTAGE2-}
	declare -gA __ABMODIFIERS=()
	IFS=, read -r -a list <<<"${modifiers^^}"
	for one in "${list[@]}"; do
		case $one in
		+?*) __ABMODIFIERS[${one:1}]=1 ;;
		-?*) __ABMODIFIERS[${one:1}]=0 ;;
		*) abdie "ABMODIFIERS: '$one': wants +NAME or -NAME" 65 ;;
		esac
	done
	[ "${__ABMODIFIERS[STAGE2]-}" != 1 ] || ABSTAGE2=1
}

ab_version() {
	[ "${PKGEPOCH:-0}" = 0 ] || printf '%s:' "$PKGEPOCH"
	printf '%s-%s' "$PKGVER" "$PKGREL"
}

ab_check_names() {
	[[ $PKGNAME =~ ^[a-z0-9][a-z0-9+.-]*$ ]] ||
	    abdie "PKGNAME: '$PKGNAME' is no name for dpkg: lower-case letters, digits and + - . only" 65
	[[ $PKGVER =~ ^[0-9][A-Za-z0-9.+~-]*$ ]] ||
	    abdie "VER: '$PKGVER' is no version for dpkg: it begins with a digit, and has letters, digits and . + ~ - only" 65
	dpkg --validate-version "$(ab_version)" 2>/dev/null ||
	    abdie "'$(ab_version)' is no version for dpkg" 65
}

# FAIL_ARCH: "a", "(a|b)" or "@(a|b)" fail there; "!(a|b)" fails elsewhere.
# The words are architectures, patterns of them, or groups.
ab_check_arch() {
	local bare=${FAIL_ARCH#[@!]} words word listed=no
	[ -n "$FAIL_ARCH" ] || return 0
	IFS=$' \t\n|' read -r -d '' -a words <<<"${bare//[()]/}" || :
	for word in "${words[@]}"; do
		if ab_match_arch "$word" || ab_match_archgroup "$word"; then
			listed=yes
		fi
	done
	case $FAIL_ARCH$listed in
	"!"*no) abdie "FAIL_ARCH: $PKGNAME is for ${words[*]} only, and this is $ARCH" ;;
	"!"*) ;;
	*yes) abdie "FAIL_ARCH: $PKGNAME is known to fail on $ARCH" ;;
	esac
}

# ab_check_abhost - the architecture of the package: this one, or none.  For optenv32, the
# 32-bit programs of amd64, a package is right as well, as the host says too; but building
# it takes the compiler and the paths of a base that has an autobuild of its own.
ab_check_abhost() {
	case $ABHOST:$ARCH in
	noarch:* | "$ARCH:$ARCH") ;;
	optenv32:amd64)
		abdie "ABHOST: this autobuild cannot build for optenv32: it takes a base system that has autobuild4" 69 ;;
	*) abdie "ABHOST: '$ABHOST': packages for that are not built on $ARCH" 65 ;;
	esac
}
