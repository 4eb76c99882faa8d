# shellcheck shell=bash
# A spec, for who has no host to read it: it is evaluated by being sourced, which is
# fine in here and only in here.  The answers are those of aoinb-spec(1).

# spec_make SPEC ARCH FOLDER [CACHE] - writes FOLDER/spec.env as the host does; and, when
# CACHE is given, FOLDER/sources, which names the files that CACHE has
spec_make() {
	local text ver rel epoch subdir dummysrc srcs chksums
	[ -r "$1" ] || die 66 "$1: cannot be read"
	bash -n "$1" || die 65 "$1: not shell"
	text=$(spec_evaluate "$1" "${2^^}") || die 65 "$1: cannot be evaluated"
	eval "${text%%$'\n'*}"
	[ -n "$ver" ] || die 65 "$1: VER is not set"
	case ${dummysrc,,} in
	1 | y | yes | true | on) dummysrc=1 ;;
	'' | 0 | n | no | false | off) dummysrc='' ;;
	*) die 65 "$1: DUMMYSRC is neither yes nor no: $dummysrc" ;;
	esac
	{
		printf '%s=%q\n' ver "$ver" rel "$rel" epoch "$epoch" subdir "$subdir" \
		    dummysrc "$dummysrc"
		printf '%s' "${text#*$'\n'}"
	} >"$3/spec.env"
	[ $# -eq 4 ] || return 0
	: >"$3/sources"
	[ -n "$dummysrc" ] ||
	    spec_table "$srcs" "$chksums" "$4" "$(spec_package "$1")" >"$3/sources"
}

# spec_package SPEC - what its sources go by: PKGNAME of its package, or the name of its
# folder where there are sub-packages; nothing when that is not known.  Uses ver.
spec_package() (
	set +eu
	dir=$(realpath -- "$1")
	dir=${dir%/*} folder=${dir##*/}
	[ "$dir" != "${AOINB_BUILDROOT:-/buildroot}/bundle" ] || folder=
	if [ -e "$dir/autobuild/defines" ]; then
		unset PKGNAME
		# shellcheck source=/dev/null
		. <(printf 'PKGVER=%q\n' "$ver"; tr -d '\r' <"$dir/autobuild/defines"; echo) >/dev/null 2>&1
		folder=${PKGNAME:-$folder}
	elif ! compgen -G "$dir/[0-9]*-*/defines" >/dev/null; then
		folder=
	fi
	printf '%s\n' "$folder"
)

# spec_evaluate SPEC ARCH - two parts, both assignments: a line with what spec_make takes,
# and the exports.  In a subshell, so that a spec can overwrite no variable of ours.  A "~"
# is a character: where bash takes it for a home directory, that is "~".
spec_evaluate() (
	set +eu
	HOME='~'
	unset VER REL EPOCH SUBDIR DUMMYSRC SRCS CHKSUMS SRCTBL CHKSUM
	# shellcheck source=/dev/null
	. <(tr -d '\r' <"$1"; echo) >&2
	here=SRCS__$2
	[ "${!here+set}" ] && SRCS=${!here}
	here=CHKSUMS__$2
	[ "${!here+set}" ] && CHKSUMS=${!here}
	[[ ${SRCS-} == *[![:space:]]* ]] || spec_2020
	printf '%s=%q ' ver "${VER-}" rel "${REL:-0}" epoch "${EPOCH-}" subdir "${SUBDIR-}" \
	    dummysrc "${DUMMYSRC-}" srcs "${SRCS-}" chksums "${CHKSUMS-}"
	echo
	for here in "${!__@}"; do
		printf 'export %s=%q\n' "$here" "${!here}"
	done
	echo :
)

# spec_2020 - the forms of 2020, one variable a kind of source, said in today's
spec_2020() {
	local urls url kind src rev branch options
	SRCS='' CHKSUMS=${CHKSUM-}
	read -r -d '' -a urls <<<"${SRCTBL-}"
	for url in "${urls[@]}"; do
		SRCS+=" tbl::$url"
		[ -n "${CHKSUM-}" ] || CHKSUMS+=' SKIP'
	done
	for kind in git svn hg bzr fossil; do
		src=${kind^^}
		[ "$kind" = fossil ] && src=FSL
		rev=${src}CO branch=${src}BRCH src=${src}SRC options=
		[ "${!src}" ] || continue
		[ -z "${!rev}" ] || options="commit=${!rev}"
		[ "$kind" != git ] || [ -z "${!branch}" ] || options+="${options:+;}branch=${!branch}"
		SRCS+=" $kind::${options:+$options::}${!src}" CHKSUMS+=' SKIP'
	done
}

# spec_table SRCS CHKSUMS CACHE PACKAGE - the sources, as lines of "N TYPE DIGEST NAME
# OPTIONS URL PATH", separated by TABs; PATH is that of the file in CACHE, ALGORITHM/HEX,
# or "-" when it has to be fetched.  Uses ver of its caller.
spec_table() {
	local entry entries sums type options url digest name place n=0 package=$4 taken=''
	read -r -d '' -a entries <<<"$1" || :
	read -r -d '' -a sums <<<"$2" || :
	[ "${#entries[@]}" -gt 0 ] || die 65 'spec: no sources: neither SRCS nor DUMMYSRC is set'
	[ "${#sums[@]}" -eq 0 ] || [ "${#sums[@]}" -eq "${#entries[@]}" ] ||
	    die 65 "spec: SRCS has ${#entries[@]}, but CHKSUMS has ${#sums[@]}"
	[[ " $1 " != *[:\;]rename="$package"[:\;]* ]] || taken=1
	for entry in "${entries[@]}"; do
		spec_entry "$entry"
		spec_name "$n"
		digest=${sums[n]-skip} n=$((n + 1))
		digest=${digest,,}
		case $type:$digest in
		tarball:skip | file:skip | pypi:skip) digest=SKIP ;;
		tarball:* | file:* | pypi:*) ;;
		*:skip) digest=SKIP ;;
		esac
		case ${#sums[@]}:$type in
		0:tarball | 0:file | 0:pypi) die 65 'spec: no CHKSUMS' ;;
		esac
		place=${digest/:://}
		[ -f "$3/$place" ] || place=-
		printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$n" "$type" "$digest" \
		    "$name" "${options:--}" "${url:--}" "$place"
	done
}

# spec_entry ENTRY - splits "URL", "type::URL" or "type::k=v;k=v::URL" into type, options
# and url of its caller
spec_entry() {
	options=
	case $1 in
	*::*::*) type=${1%%::*} url=${1#*::} options=${url%%::*} url=${url#*::} ;;
	*::*) type=${1%%::*} url=${1#*::} ;;
	*) type=$(spec_type "$1") url=$1 ;;
	esac
	case ${type,,} in
	tbl | tarball) type=tarball ;;
	file | git | svn | hg | bzr | fossil | pypi | none) type=${type,,} ;;
	'') die 65 "spec: cannot tell the type of $1" ;;
	*) die 65 "spec: unknown type $type" ;;
	esac
	[[ ";$options;" != *';commit=;'* ]] || die 65 "spec: $1: bad value in commit="
	case $type:$url in
	tarball:* | file:*) ! [[ $url =~ $spec_bare ]] || url=http://$url ;;
	none:* | pypi:* | bzr:lp:?*) return 0 ;;
	esac
	[[ $url =~ ^[A-Za-z0-9][A-Za-z0-9.+-]*://. ]] || die 65 "spec: $url: not a URL with a scheme"
}

# A URL without a scheme, which is a host and a path; for files it is one of http.
spec_bare='^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?/'

# spec_path URL - what stands behind its host
spec_path() {
	[[ $1 =~ $spec_bare ]] && set -- "http://$1"
	local behind='^[A-Za-z0-9][A-Za-z0-9+.-]*://[^/?#]*(.*)'
	[[ $1 =~ $behind ]] && set -- "${BASH_REMATCH[1]}"
	printf '%s\n' "$1"
}

# spec_type URL - the type of a source that names none: what has an archive's suffix
# behind its host is one
spec_type() {
	local archive='\.(tar\..|cpio\..|tgz|tbz|txz|zip|7z|gem)'
	if [[ $1 == *.git || ${1,,} == git://* ]]; then
		echo git
	elif [[ $(spec_path "$1") =~ $archive ]]; then
		echo tarball
	fi
}

# spec_name OTHERS - sets name, how the source is called in the build folder, from type,
# options and url, package, taken and ver of its callers: what rename= says; or PACKAGE for the
# first repository, and PACKAGE-VER-OTHERS.EXT for a file, OTHERS being how many sources come
# before it; else the last part of the URL's path
spec_name() {
	local one list renamed='' keeps='' base
	base=$(spec_base "$type" "$url") name=
	IFS=';' read -r -a list <<<"$options"
	for one in "${list[@]}"; do
		case ${one%%=*} in
		rename) name=${one#*=} renamed=1 ;;
		use-url-name) [ "${one#*=}" != true ] || keeps=1 ;;
		esac
	done
	if [ -z "$renamed" ]; then
		one=$package-$ver
		[ "$1" -eq 0 ] || one+=-$1
		case $type in
		file) [ -n "$keeps" ] || name=$one$(spec_extension) ;;
		tarball) [ -n "$base" ] || name=$one ;;
		git | svn | hg | bzr | fossil) [ -n "$taken" ] || name=$package taken=1 ;;
		esac
		if [ -z "$package" ] || ! spec_usable "$name"; then
			name=$base
		fi
	fi
	[ "$type" = none ] || spec_usable "$name" ||
	    die 65 "spec: cannot be a file's name: \"$name\" (give it another: rename=)"
}

# spec_usable NAME - whether it can be that of a file
spec_usable() {
	case $1 in
	'' | . | .. | -* | */* | *[[:cntrl:][:space:]]*) return 1 ;;
	esac
	[ "${#1}" -le 255 ]
}

# spec_base TYPE URL - the last part of its path, by which it would be known without us
spec_base() {
	local name
	name=$(spec_path "$2")
	name=${name%%[?#]*}
	case $1 in
	none) name=- ;;
	pypi) name=$2 ;;
	tarball | file) name=${name##*[/:]} ;;
	*)
		name=${name%"${name##*[!/]}"}
		name=${name##*[/:]} name=${name%.git} ;;
	esac
	printf '%s\n' "$name"
}

# spec_extension - of url of its caller: ".tar.gz", or from the last dot
spec_extension() {
	local name=${url##*/} ext=''
	case $name in
	*.tar.?*) ext=.tar.${name#*.tar.} ;;
	*.cpio.?*) ext=.cpio.${name#*.cpio.} ;;
	*.*) ext=.${name##*.} ;;
	esac
	ext=${ext%%[?#]*}
	[ "$ext" = . ] || printf '%s\n' "$ext"
}
