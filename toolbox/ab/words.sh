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

# abdie [TEXT [CODE]] - without CODE, that of the command that failed just before, or 1
abdie() {
	local code=$?
	trap - ERR
	((code)) || code=1
	printf 'autobuild: %s: %s\n' "$ab_doing" "${1:-stopped}" >&2
	exit "${2:-$code}"
}

# bool WORD - true for yes and its kin, false for anything else
bool() {
	case ${1,,} in 1 | t | true | y | yes) return 0 ;; esac
	return 1
}

# ab_match_arch PATTERN - the package is of that architecture; one of noarch is of none
ab_match_arch() {
	# shellcheck disable=SC2053 # it is a pattern
	[[ $ABHOST == $1 ]]
}

# ab_match_archgroup PATTERN - the machine's architecture belongs to such a group
ab_match_archgroup() {
	local group
	for group in "${AB_GROUPS[@],,}"; do
		# shellcheck disable=SC2053 # it is a pattern
		[[ $group != ${1,,} ]] || return 0
	done
	return 1
}

# ab_make ARG... - make, where MAKEFLAGS has no number of jobs or jobserver also with one
ab_make() {
	if [[ ${MAKEFLAGS-} == *--jobserver-auth=fifo:* ]]; then
		make "$@"
	else
		make -j"$ABTHREADS" "$@"
	fi
}

# ab_apply_patches PATCH... - in the order given, in the current folder; lines around a
# change that differ are only passed over with ABPATCHLAX
ab_apply_patches() {
	ab_patch_each applied "${PATCHFLAGS[@]}" -- "$@"
}

# ab_reverse_patches PATCH... - take them back
ab_reverse_patches() {
	ab_patch_each 'taken back' "${RPATCHFLAGS[@]}" -- "$@"
}

# ab_patch_each WHAT FLAG... -- PATCH...
ab_patch_each() {
	local what=$1 patch flags=()
	shift
	while [ "$1" != -- ]; do
		flags+=("$1")
		shift
	done
	shift
	bool "$ABPATCHLAX" || flags+=(-F0)
	for patch; do
		if [ ! -e "$patch" ]; then
			abwarn "patch ${patch##*/}: there is no such file, it is not $what"
			continue
		fi
		abinfo "patch ${patch##*/} is $what"
		patch "${flags[@]}" -i "$patch"
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

# ab_find NAME - the file of ./autobuild called NAME: that of this architecture, of a
# group that it is in, the nearest first, or the general one.  During the second stage
# each place is first asked for NAME.stage2.
ab_find() {
	local file group stage places=("$ABHOST/$1") stages=('')
	[ "$ABHOST" = noarch ] || places+=("$1.$ARCH")
	for group in "${ABHOST_GROUP[@]}"; do
		places+=("$group/$1")
	done
	! bool "$ABSTAGE2" || stages=(.stage2 '')
	for file in "${places[@]}" "$1"; do
		for stage in "${stages[@]}"; do
			if [ -e "$SRCDIR/autobuild/$file$stage" ]; then
				printf '%s\n' "$SRCDIR/autobuild/$file$stage"
				return
			fi
		done
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
		! abisarray "$name" || continue
		read -r -d '' -a words <<<"${!name-}" || :
		eval "$name=(\"\${words[@]}\")"
	done
}
