# shellcheck shell=sh
# Sources: what specs name, verified, in the cache.  A FOLDER is a job, or stands for
# one: sources.want in it says what is wanted, and sources what was fetched.

# sources_with ARG... - aoinb-fetch with the settings of [fetch]
sources_with() {
	set -f
	for template in $conf_fetch_fallback; do
		set -- --fallback="$template" "$@"
	done
	sources_mirrors=$#
	for template in $conf_fetch_mirror; do
		set -- "$@" --mirror="$template"
	done
	set +f
	# Templates before what may be operands, in their order.
	while [ "$sources_mirrors" -gt 0 ]; do
		set -- "$@" "$1"; shift
		sources_mirrors=$((sources_mirrors - 1))
	done
	[ "$dry" ] || [ -d "$conf_work_dir/cache/sources" ] || aoinb-layer -w "$conf_work_dir" folder cache/sources || exit
	run aoinb-fetch --die-with-parent --cache="$conf_work_dir/cache/sources" \
	    --user="$conf_fetch_user" --jobs="$conf_fetch_jobs" \
	    --per-host="$conf_fetch_per_host" --retries="$conf_fetch_retries" \
	    --connect-timeout="$conf_fetch_connect_timeout_s" \
	    --stall-timeout="$conf_fetch_stall_timeout_s" \
	    --least-speed="${conf_fetch_least_speed_kib}K" \
	    --speed-window="$conf_fetch_speed_window_s" --private="$conf_fetch_private" \
	    --max-size="${conf_fetch_max_size_kib}K" "$@"
}

# sources_fetch FOLDER... - what their tables name, in one run.  Everything that can be
# had is fetched before a failure is returned.
sources_fetch() {
	sources_code=0
	[ $# -gt 0 ] || return 0
	for folder; do
		set -- "$@" --table="$folder/sources.want"; shift
	done
	sources_with ${conf_fetch_pypi:+--pypi="$conf_fetch_pypi"} "$@" >/dev/null ||
		sources_code=$?
	for table; do
		folder=${table#--table=}
		vcs_fetch "${folder%/*}" || sources_code=$(sources_worst "$sources_code" $?)
	done
	return "$sources_code"
}

# sources_table SPEC FOLDER - the table of a spec that is not a job's.  The lock makes
# sure that whoever tidies the cache sees either the table or nothing of ours in use.
sources_table() {
	lock_take sources wait-shared 'the cache is being tidied'
	table_code=0
	aoinb-spec --sources --arch="$conf_arch" -- "$1" >"$2/sources.want" || table_code=$?
	lock_drop sources
	return "$table_code"
}

# sources_find BUNDLE - prints its folder, which a name may stand for in the tree; 66 when
# it is no bundle, having said why
sources_find() {
	aoinb-bundle ${conf_tree_path:+--tree="$conf_tree_path"} -- find "$1"
}

# sources_worst CODE CODE - the one to end with: the lowest that is no success, as
# aoinb-fetch(1) has it
sources_worst() {
	[ "$1" -ne 0 ] && { [ "$2" -eq 0 ] || [ "$1" -le "$2" ]; } || set -- "$2"
	printf '%s\n' "$1"
}
