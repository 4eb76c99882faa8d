# build TARGET... [BRANCH] - build packages, and print the files they made
#
#   --no-update      leave the instance of the branch as it is
#   --keep           keep the workspace, for "aoinb shell JOB"
#   --backend=NAME   the container: native or nspawn
#   --network=WORD   which network the build has: yes, private, host or no
#   --no-network     the same as --network=no
#   -t, --tree=DIR   where packages and groups are looked up
#   --with-deps      build what these need, too, where apt does not have it
#   --rebuild        build what is built already, too
#   --fail-fast      begin nothing new once a package has failed
#   --slots=N        builds at once
#   --stage2         the second stage of an architecture's bootstrap: modifier +stage2
#   --verstamp=TEXT  behind each version: auto, no, or this text
#   --group=FOLDER   as one of a group, which has FOLDER for it
#   --tell=FILE      write the id of the group to FILE, before it begins
#
# A TARGET is a bundle's folder, or, in a tree, category/name, the name of a package,
# or groups/NAME.  Several are a group: see aoinb-tree(5) and "aoinb help plan".

use need progress lock layer root apt instance job
[ $# -ge 1 ] || bad 'build wants a TARGET and a BRANCH'
need_root
[ ! "$opt_no_network" ] || opt_network=no
[ ! "$opt_stage2" ] || export ABMODIFIERS="${ABMODIFIERS:+$ABMODIFIERS,}+stage2"
if [ "$opt_tree" ]; then
	tree=$(readlink -e -- "$opt_tree") || die 66 "tree $opt_tree: no such folder"
	opt_tree=$tree
fi

# with_settings PROG [ARG]... - PROG with our options as settings behind its ARGs
with_settings() {
	"$@" ${opt_backend:+--set="build_backend=$opt_backend"} ${opt_network:+--set="build_network=$opt_network"} \
	    ${opt_no_update:+--set="instance_update=never"} ${opt_keep:+--set="clean_keep=always"} \
	    ${opt_slots:+--set="group_slots=$opt_slots"} ${opt_verstamp:+--set="build_verstamp=$opt_verstamp"} \
	    ${opt_tree:+--set="tree_path=$opt_tree"}
}

# build_one BUNDLE - here and now
build_one() {
	list=$(instance_list "$branch") || exit
	with_settings job_freeze "$1" "$branch" "$list" "$opt_group"
	job_steps instance fetch deps build collect
}

# build_group TARGET... - in order, several at once
build_group() {
	use names plan
	if [ "$dry" ]; then
		exec "$here/aoinb" --dry-run --conf="$conf_dir" plan ${opt_tree:+--tree="$opt_tree"} \
		    ${opt_with_deps:+--with-deps} ${opt_rebuild:+--rebuild} \
		    ${opt_slots:+--slots="$opt_slots"} -- "$@" "$branch"
	fi
	list=$(instance_list "$branch") || exit
	name=$(plan_name "$1")
	set -- ${opt_with_deps:+--with-deps} ${opt_rebuild:+--rebuild} -- "$@"
	plan_ask "$branch" '' --check "$@" || exit
	job_do sweep || exit
	instance_ready "$branch" "$list" "$conf_instance_update_s"
	names_ready "$branch"
	lock_blank group
	group=$(job_do new --lock=5 --name="$name" --branch="$branch" group) || exit
	trap 'job_do remove "$group"' EXIT
	with_settings plan_freeze "$group" || exit
	progress_begin 'plan'
	plan_ask "$branch" "$(names_known)" --group="$group" "$@" || exit
	progress_end
	trap - EXIT
	[ ! "$opt_tell" ] || printf '%s\n' "${group##*/}" >"$opt_tell" || die 74 "$opt_tell: cannot be written"
	plan_run "$group" ${opt_fail_fast:+--fail-fast}
}

with_settings conf_load
need_build
added=$(instance_default "$@") || exit
set -- "$@" ${added:+"$added"}
targets=$(($# - 1)); for branch; do :; done
while [ "$targets" -gt 0 ]; do
	set -- "$@" "$1"
	shift; targets=$((targets - 1))
done
shift
one=$opt_group
[ $# -ne 1 ] || [ "$opt_with_deps" ] || case $1 in
*:[+-]*) [ ! -e "$1/spec" ] || one=1 ;;	# else with modifiers
*) [ "$conf_tree_path" ] && [ ! -e "$1/spec" ] || one=1 ;;
esac
if [ "$one" ]; then
	build_one "$1"
else
	build_group "$@"
fi
