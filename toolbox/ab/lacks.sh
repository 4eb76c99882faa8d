# shellcheck shell=bash
# What this autobuild lacks, by the table of that name: it is refused before anything is
# built, and nothing is left out in silence.

ab_lacks() {
	local kind name reason hooks=() text
	mapfile -t hooks < <(ab_hook_files)
	text=$(sed 's/^[[:space:]]*#.*//' "${hooks[@]}")
	while IFS=$'\t' read -r kind name reason; do
		case $kind in '' | '#'*) continue ;; esac
		if "ab_uses_$kind" "$name" "$text"; then
			abdie "$name: this autobuild cannot do that, it takes a base system that has autobuild4: $reason" 69
		fi
	done <"$toolbox/ab/lacks"
}

# ab_hook_files - the defines and the hooks that this build has
ab_hook_files() {
	local name
	for name in defines patch prepare build beyond; do
		ab_find "$name" || :
	done
}

# ab_uses_KIND NAME TEXT - whether the bundle, the text of its hooks included, uses what
# a line of the table tells
ab_uses_true() { bool "${!1-}"; }
ab_uses_value() { local name=${1%%=*}; [ "${!name-}" = "${1#*=}" ]; }
ab_uses_file() { ab_find "$1" >/dev/null; }
ab_uses_variable() { grep -qE "\\\$\\{?[#!]?$1([^A-Za-z0-9_]|\$)" <<<"$2"; }
ab_uses_word() { grep -qE "(^|[;&|({!\`]|[[:space:]])$1([[:space:]]|\$)" <<<"$2"; }
