# shellcheck shell=bash
# shellcheck disable=SC2030,SC2031 # spec_dump is a subshell
# Reads a spec by sourcing it, which is fine in here and only in here.

# spec_read FILE ARCH - set ver rel epoch subdir dummysrc srcs chksums, and
# export every __* of the spec.
spec_read() {
	local text
	bash -n "$1" || die 65 "$1: not shell"
	text=$(spec_dump "$1" "${2^^}") || die 65 "$1: cannot be evaluated"
	eval "$text"
	[ -n "$ver" ] || die 65 "$1: VER is not set"
}

# In a subshell, so that a spec can overwrite none of our own variables.
spec_dump() (
	set +eu
	unset VER REL EPOCH SUBDIR DUMMYSRC SRCS CHKSUMS SRCTBL CHKSUM
	. <(tr -d '\r' <"$1"; echo)
	here=SRCS__$2
	[ "${!here+set}" ] && SRCS=${!here}
	here=CHKSUMS__$2
	[ "${!here+set}" ] && CHKSUMS=${!here}
	[ "$SRCS" ] || spec_2020
	printf '%s=%q\n' ver "$VER" rel "${REL:-0}" epoch "$EPOCH" \
	    subdir "$SUBDIR" dummysrc "$DUMMYSRC" srcs "$SRCS" \
	    chksums "$CHKSUMS"
	for name in "${!__@}"; do
		printf 'export %s=%q\n' "$name" "${!name}"
	done
)

# The forms of 2020, one variable a kind of source, said in today's.
spec_2020() {
	local urls url kind src rev branch
	CHKSUMS=$CHKSUM
	read -r -d '' -a urls <<<"$SRCTBL"
	for url in "${urls[@]}"; do
		SRCS+=" tbl::$url"
	done
	for kind in git svn hg bzr fossil; do
		src=${kind^^}
		[ "$kind" = fossil ] && src=FSL
		rev=${src}CO branch=${src}BRCH src=${src}SRC
		[ "${!src}" ] || continue
		SRCS+=" $kind::commit=${!rev}"
		[ "${!branch}" ] && SRCS+=";branch=${!branch}"
		SRCS+="::${!src}" CHKSUMS+=' SKIP'
	done
}

# spec_dummy - the spec says that it has no sources
spec_dummy() {
	case $dummysrc in y | yes | 1) return 0 ;; esac
	return 1
}

# spec_table CACHE - the sources of the spec that was read, as lines of
# "N TYPE DIGEST NAME OPTIONS URL PATH", separated by TABs; PATH is that of the
# file in CACHE, ALGORITHM/HEX, or "-" when it has to be fetched.
spec_table() {
	local entry entries type options url digest name path n=0 sums
	read -r -d '' -a entries <<<"$srcs" || :
	read -r -d '' -a sums <<<"$chksums" || :
	for entry in "${entries[@]}"; do
		digest=${sums[n]-}
		[ -n "$digest" ] ||
		    die 65 "spec: SRCS has more entries than CHKSUMS"
		n=$((n + 1))
		spec_entry "$entry"
		name=$(option_get rename "$options")
		[ -n "$name" ] || name=$(url_name "$type" "$url")
		path=${digest,,}
		path=${path/:://}
		[ -f "$1/$path" ] || path=-
		printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$n" "$type" "$digest" \
		    "$name" "${options:--}" "$url" "$path"
	done
	[ "$n" -eq "${#sums[@]}" ] ||
	    die 65 "spec: SRCS has $n entries, CHKSUMS ${#sums[@]}"
}

# spec_entry ENTRY - split "URL", "type::URL" or "type::k=v;k=v::URL" into
# type, options and url
spec_entry() {
	options=
	case $1 in
	*::*::*) type=${1%%::*} url=${1#*::} options=${url%%::*} url=${url#*::} ;;
	*::*) type=${1%%::*} url=${1#*::} ;;
	*) type=$(url_type "$1") url=$1 ;;
	esac
	case ${type,,} in
	tbl | tarball) type=tarball ;;
	file | git | svn | hg | bzr | fossil | pypi | none) type=${type,,} ;;
	*) die 65 "spec: $1: what kind of source is this?" ;;
	esac
}

# url_type URL - the type of a source that names none
url_type() {
	local archive='\.(tar\..+|cpio\..+|tgz|tbz|tbz2|txz|zip|7z|gem)'
	if [[ $1 == *.git || $1 == git://* ]]; then
		echo git
	elif [[ $1 =~ $archive ]]; then
		echo tarball
	fi
}

# url_name TYPE URL - how the source is called in the build folder
url_name() {
	local name=${2%%[?#]*}
	name=${name%/}
	name=${name##*/}
	[ "$1" = git ] && name=${name%.git}
	printf '%s\n' "${name:-source}"
}

# option_get KEY OPTIONS - the value of KEY in "k=v;k=v"; empty when not there
option_get() {
	local one list
	IFS=';' read -r -a list <<<"$2"
	for one in "${list[@]}"; do
		[ "${one%%=*}" != "$1" ] || printf '%s\n' "${one#*=}"
	done
}
