# shellcheck shell=bash
# Words that autobuild4 has from its own programs, and that hooks know.

# abdbg TEXT - for who looks for a mistake; nobody is told here
abdbg() { :; }

abisarray() { [[ $(declare -p "$1" 2>/dev/null) =~ ^declare\ -[^\ ]*a ]]; }
abisdefined() { declare -p "$1" >/dev/null 2>&1; }

# abcopyvar FROM TO - an array stays one
abcopyvar() {
	unset "$2"
	ab_replace "$2" "$1"
}

# argprint WORD... - quoted for a shell
argprint() { printf '%q ' "$@"; }

# ab_typecheck [-a|-f|-h|-i] NAME - it is an array, function, table or number
ab_typecheck() {
	case $1 in
	-a) abisarray "$2" ;;
	-f) declare -F "$2" >/dev/null ;;
	-h) [[ ${!2@a} == *A* ]] ;;
	-i) [[ ${!2@a} == *i* ]] ;;
	*) return 1 ;;
	esac
}

ab_tostringarray() { ab_array "$1"; }

# ab_remove_args ARRAY WORD... - take these words out of it
ab_remove_args() {
	local -n args=$1
	local kept=() one word
	shift
	for one in "${args[@]}"; do
		for word; do
			[ "$one" != "$word" ] || continue 2
		done
		kept+=("$one")
	done
	args=("${kept[@]}")
}

# ab_concatarray TO FROM - TO has the words of both
ab_concatarray() {
	local -n longer=$1 more=$2
	longer+=("${more[@]}")
}

# ab_join_elements ARRAY SEPARATOR
ab_join_elements() {
	local -n elements=$1
	local one separator=''
	for one in "${elements[@]}"; do
		printf '%s%s' "$separator" "$one"
		separator=$2
	done
}

# ab_read_list FILE ARRAY - its lines, without comments
ab_read_list() {
	mapfile -t "$2" < <(sed '/^#/d; /^$/d' "$1")
}

# ab_get_item_by_key TABLE KEY [DEFAULT]
ab_get_item_by_key() {
	local -n table=$1
	printf '%s\n' "${table[$2]-${3?"no $2 in $1"}}"
}

# ab_trim_args NAME - one space where there are several
ab_trim_args() {
	printf -v "$1" %s "$(tr -s ' ' <<<"${!1}")"
}

# load_strict FILE - source it
load_strict() {
	# shellcheck source=/dev/null
	. "$1"
}

# arch_findfile [-2] NAME [VARIABLE] - the file of ./autobuild for this architecture;
# -2 is understood, as files of the second stage come first in it anyway
arch_findfile() {
	local ab_path
	[ "$1" != -2 ] || shift
	ab_path=$(ab_find "$1") || return 127
	[ -z "${2-}" ] || printf -v "$2" %s "$ab_path"
}

arch_loadfile_strict() {
	local ab_file
	arch_findfile "$@" ab_file || return
	load_strict "$ab_file"
}

arch_loadfile() { arch_loadfile_strict "$@"; }
