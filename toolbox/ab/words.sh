# shellcheck shell=bash
# The words that defines and hooks may use.

abinfo() {
	printf '[INFO]:  %s\n' "$*"
}

abwarn() {
	printf '[WARN]:  %s\n' "$*" >&2
}

aberr() {
	printf '[ERROR]: %s\n' "$*" >&2
}

# abdie [TEXT [CODE]]
abdie() {
	trap - ERR
	printf 'autobuild: %s: %s\n' "$ab_doing" "${1:-stopped}" >&2
	exit "${2:-1}"
}

# bool WORD - true for yes and its kin, false for anything else
bool() {
	case ${1,,} in 1 | t | true | y | yes) return 0 ;; esac
	return 1
}

# ab_match_arch PATTERN - the machine is of that architecture
ab_match_arch() {
	# shellcheck disable=SC2053 # it is a pattern
	[[ $ARCH == $1 ]]
}

# ab_match_archgroup GROUP - the machine's architecture belongs to GROUP
ab_match_archgroup() {
	local group
	for group in "${AB_GROUPS[@]}"; do
		[ "${group^^}" != "${1^^}" ] || return 0
	done
	return 1
}

# ab_make ARG... - make with ABTHREADS jobs; or, unless the defines have settled on
# another number, with those of the group's jobserver, which -j would take it off
ab_make() {
	if [[ ${MAKEFLAGS-} == *--jobserver-auth=fifo:* && $ABTHREADS = "${AOINB_JOBS-}" ]]; then
		make "$@"
	else
		make -j"$ABTHREADS" "$@"
	fi
}

# ab_apply_patches PATCH... - in the order given, in the current folder
ab_apply_patches() {
	local patch
	for patch; do
		abinfo "patch ${patch##*/}"
		patch -Np1 -i "$patch"
	done
}

# ab_step NAME - what the messages from here on are about
ab_step() {
	ab_doing=$1
	printf '\n--- %s ---\n' "$1"
}

# ab_failed CODE LINE COMMAND FILE - the trap: say what failed, and where
ab_failed() {
	[ "$BASH_SUBSHELL" -eq 0 ] || exit "$1"
	trap - ERR
	printf 'autobuild: %s: %s, line %s: exit %s: %s\n' "$ab_doing" \
	    "${4#"$SRCDIR"/}" "$2" "$1" "${3%%$'\n'*}" >&2
	exit "$1"
}

# ab_find NAME - the file of ./autobuild called NAME, that of this architecture
# before the general one
ab_find() {
	local file
	for file in "$SRCDIR/autobuild/$ARCH/$1" "$SRCDIR/autobuild/$1.$ARCH" "$SRCDIR/autobuild/$1"; do
		if [ -e "$file" ]; then
			printf '%s\n' "$file"
			return
		fi
	done
	return 1
}

# ab_hook NAME - source it, if there is one, in the source folder
ab_hook() {
	local file
	file=$(ab_find "$1") || return 0
	cd "$SRCDIR"
	abinfo "hook $1"
	# shellcheck source=/dev/null
	. "$file"
	cd "$SRCDIR"
}

# ab_array NAME... - let each be an array: a string becomes its words, of which
# none is a pattern
ab_array() {
	local name words
	for name; do
		[[ ${!name@a} == *a* ]] && continue
		read -r -d '' -a words <<<"${!name-}" || :
		eval "$name=(\"\${words[@]}\")"
	done
}
