# shellcheck shell=sh
# Plans and groups: aoinb-plan(1) makes the one, and aoinb-group(1) runs the other.

# plan_ask BRANCH NAMES ARG... - aoinb-plan with our settings; NAMES is a file of what apt
# can install, or nothing when that is not known
plan_ask() {
	plan_branch=$1 plan_names=$2; shift 2
	if [ "$plan_names" ]; then
		set -- --known="$plan_names" "$@"
		plan_names=$conf_work_dir/output/$plan_branch/Packages
		[ "$conf_repo_use" != yes ] || [ ! -r "$plan_names" ] || set -- --known="$plan_names" "$@"
	fi
	aoinb-plan --work-dir="$conf_work_dir" --arch="$conf_arch" --branch="$plan_branch" \
	    ${conf_tree_path:+--tree="$conf_tree_path"} --slots="$conf_group_slots" \
	    --memory="${conf_group_memory_kib}K" ${ABMODIFIERS:+--modifiers="$ABMODIFIERS"} ${conf_group_needs:+--needs="$conf_group_needs"} \
	    ${verbose:+-v} "$@"
}

# plan_name TARGET - what a group of it is called
plan_name() {
	plan_name=${1##*/}; plan_name=${plan_name%%:*}
	name_ok "$plan_name" || plan_name=group
	printf '%s\n' "$plan_name"
}

# plan_freeze GROUP SETTING... - the configuration that its builds see
plan_freeze() {
	plan_group=$1; shift
	aoinb-conf --quiet --conf="$conf_dir" "$@" ini >"$plan_group/conf/aoinb.ini" &&
		ln -s "$conf_dir/source_lists" "$plan_group/conf/source_lists"
}

# plan_run GROUP [OPTION]... - what is left of it, and out
plan_run() {
	plan_group=$1; shift
	exec aoinb-group --work-dir="$conf_work_dir" --lock=5 --slots="$conf_group_slots" \
	    --memory="${conf_group_memory_kib}K" --jobs="$conf_build_jobs" ${verbose:+-v} \
	    --exec="$here/exec/local" "$@" -- "$plan_group"
}
