# shellcheck shell=bash
# Reads the defines, and settles what the rest of the build goes by.

# ab_arch_groups - the groups that ARCH belongs to
ab_arch_groups() {
	case $ARCH in
	amd64 | arm64 | loongarch64 | loongson3 | ppc64el | riscv64) echo mainline ;;
	armv4 | armv6hf | armv7hf | i486 | m68k | powerpc | loongson2f | sparc64) echo retro ;;
	esac
}

ab_defines() {
	local file=autobuild/defines
	ARCH=${AOINB_ARCH:-$(dpkg --print-architecture)}
	ABBUILD=$ARCH ABHOST=$ARCH
	ab_modifiers
	bool "${ABSTAGE2-}" && [ -e "$file.stage2" ] && file+=.stage2
	ab_paths
	ab_defaults
	. "$file"
	ab_overriding
	[ -n "$PKGNAME" ] || abdie "$file: PKGNAME is not set" 65
	[ -n "$PKGVER" ] || abdie "$file: PKGVER is not set" 65
	PKGREL=${PKGREL:-0}
	ab_check_names
	ab_check_arch
	export ARCH ABHOST ABBUILD SRCDIR BLDDIR PKGDIR PKGNAME PKGVER PKGREL ABTHREADS
	export CFLAGS CXXFLAGS CPPFLAGS LDFLAGS
	export LC_ALL=C.UTF-8 TZ=UTC
	abinfo "$PKGNAME $(ab_version) for $ABHOST"
}

# ab_overriding - VAR__ARCH over VAR__GROUP over VAR
ab_overriding() {
	local suffix name
	for suffix in $(ab_arch_groups) "$ARCH"; do
		suffix=__${suffix^^}
		for name in $(compgen -v | grep -E "^[A-Z][A-Z0-9_]*$suffix\$"); do
			ab_replace "${name%"$suffix"}" "$name"
		done
	done
}

# ab_replace NAME OTHER - give NAME the value of OTHER, which may be an array
ab_replace() {
	local -n from=$2
	local copy=("${from[@]}")
	unset "$1"
	if [[ ${!2@a} == *a* || ${from@a} == *a* ]]; then
		eval "$1=(\"\${copy[@]}\")"
	else
		eval "$1=\${copy[0]-}"
	fi
}

# ab_modifiers - "+name,-other" in ABMODIFIERS: NAME is 1 and OTHER is 0 in
# __ABMODIFIERS
ab_modifiers() {
	local list one
	declare -gA __ABMODIFIERS=()
	IFS=, read -r -a list <<<"${ABMODIFIERS^^}"
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
	[[ $ABHOST == @(noarch|"$ARCH") ]] ||
	    abdie "ABHOST: '$ABHOST': this autobuild builds for noarch and $ARCH" 65
	dpkg --validate-version "$(ab_version)" 2>/dev/null ||
	    abdie "'$(ab_version)' is no version for dpkg" 65
}

# FAIL_ARCH: "a", "(a|b)" or "@(a|b)" fail there; "!(a|b)" fails elsewhere.
# The words are architectures, patterns of them, or groups.
ab_check_arch() {
	local words=${FAIL_ARCH#[@!]} word listed=no
	[ -n "$FAIL_ARCH" ] || return 0
	IFS=' |' read -r -a words <<<"${words//[()]/}"
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
