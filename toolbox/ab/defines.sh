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
	ab_settle
	export ARCH ABHOST ABBUILD SRCDIR BLDDIR PKGDIR SYMDIR PKGNAME PKGVER PKGREL ABTHREADS
	export ABTYPE ABSHADOW PYTHON ABPY2VER ABPY2SHORTVER ABPY3VER ABPY3SHORTVER
	export LC_ALL=C.UTF-8 TZ=UTC HOME=/root PATH=$PATH:/usr/bin/core_perl
	export COREPACK_ENABLE_DOWNLOAD_PROMPT=0
	abinfo "$PKGNAME $(ab_version) for $ABHOST"
}

# ab_read FILE - all that defines may set, as they set it for this architecture
ab_read() {
	ARCH=${AOINB_ARCH:-$(dpkg --print-architecture)}
	ABBUILD=$ARCH ABHOST=$ARCH
	read -r -d '' -a AB_GROUPS <<<"${AOINB_ARCH_GROUPS-}" || :
	ab_groups
	ab_targets
	ab_pythons
	ab_package
	ab_paths
	ab_defaults
	# shellcheck source=/dev/null
	. "$1"
	ab_overriding
	ABHOST=${ABHOST:-$ARCH}
}

# ab_groups - ABHOST_GROUP, as files and hooks name the groups, the nearest first
ab_groups() {
	local group
	ABHOST_GROUP=()
	for group in "${AB_GROUPS[@],,}"; do
		ABHOST_GROUP=("$group" "${ABHOST_GROUP[@]}")
	done
}

# ab_targets - ARCH_TARGET, HOST and BUILD: what GNU calls the architectures; this one as
# the base's own compiler does
ab_targets() {
	local name
	declare -gA ARCH_TARGET=([alpha]=alpha [amd64]=x86_64 [arm64]=aarch64 [armv4]=arm
	    [armv6hf]=arm [armv7hf]=arm [i486]=i486 [ia64]=ia64 [loongson2f]=mips64el
	    [loongson3]=mips64el [loongarch64]=loongarch64 [loongarch64_nosimd]=loongarch64
	    [m68k]=m68k [mips32r6el]=mipsisa32r6el [mips64r6el]=mipsisa64r6el [optenv32]=i686
	    [powerpc]=powerpc [ppc64]=powerpc64 [ppc64el]=powerpc64le [riscv64]=riscv64)
	for name in "${!ARCH_TARGET[@]}"; do
		case $name in
		armv4) ARCH_TARGET[$name]+=-aosc-linux-gnueabi ;;
		arm*hf) ARCH_TARGET[$name]+=-aosc-linux-gnueabihf ;;
		loongson* | mips64*) ARCH_TARGET[$name]+=-aosc-linux-gnuabi64 ;;
		*) ARCH_TARGET[$name]+=-aosc-linux-gnu ;;
		esac
	done
	! command -v gcc >/dev/null || ARCH_TARGET[$ARCH]=$(gcc -dumpmachine)
	# shellcheck disable=SC2034 # for hooks
	HOST=${ARCH_TARGET[$ARCH]-} BUILD=$HOST
}

# ab_pythons - ABPY3VER, 3.11, and ABPY3SHORTVER, 311; the same of python2
ab_pythons() {
	local of
	PYTHON=/usr/bin/python3
	for of in 2 3; do
		printf -v "ABPY${of}VER" %s ''
		! command -v "python$of" >/dev/null ||
		    printf -v "ABPY${of}VER" %s "$("python$of" -c 'import sys; print("%s.%s" % sys.version_info[:2])')"
	done
	ABPY2SHORTVER=${ABPY2VER/./} ABPY3SHORTVER=${ABPY3VER/./}
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

# ab_settle - what follows from others of them
ab_settle() {
	local one
	if ! bool "$ABSTRIP" && bool "$ABSPLITDBG"; then
		abwarn 'ABSTRIP: the debug symbols stay in the programs, so there is no package of them'
		ABSPLITDBG=no
	fi
	[ "$ABHOST" != noarch ] || ABSPLITDBG=no
	! bool "$ABSTAGE2" || ABSPLITDBG=no NOCARGOAUDIT=yes NONPMAUDIT=yes
	! bool "$AB_SKIP_ALLMAINTSCRIPTS" || AB_SKIP_MAINTSCRIPTS=(preinst postinst prerm postrm)
	for one in "${AB_SKIP_MAINTSCRIPTS[@]}"; do
		[[ $one == @(pre|post)@(inst|rm) ]] ||
		    abdie "AB_SKIP_MAINTSCRIPTS: '$one' is no script of a package" 65
	done
}

# A version without a revision is older than one with 1, and the same as one with 0.
ab_version() {
	[ "${PKGEPOCH:-0}" = 0 ] || printf '%s:' "$PKGEPOCH"
	printf %s "$PKGVER"
	[ "$PKGREL" = 0 ] || printf -- '-%s' "$PKGREL"
	printf %s "$VERSTAMP"
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
	# shellcheck disable=SC2053 # it is a pattern
	[[ -z $ALLOW_ARCH || $ARCH == $ALLOW_ARCH ]] ||
	    abdie "ALLOW_ARCH: $PKGNAME is for $ALLOW_ARCH only, and this is $ARCH"
	[ -n "$FAIL_ARCH" ] || return 0
	[ -z "$ALLOW_ARCH" ] || abdie 'FAIL_ARCH and ALLOW_ARCH: only one of them may be set' 65
	IFS=$' \t\n|' read -r -d '' -a words <<<"${bare//[()]/}" || :
	for word in "${words[@]}"; do
		# shellcheck disable=SC2053 # it is a pattern
		if [[ $ARCH == $word ]] || ab_match_archgroup "$word"; then
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
