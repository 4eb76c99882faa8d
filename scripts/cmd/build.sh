# build TARGET... BRANCH - build packages, and print the files they made
#
#   --no-update      leave the instance of the branch as it is
#   --keep           keep the workspace, for "aoinb shell JOB"
#   --backend=NAME   the container: native or nspawn
#   --network=YESNO  whether the build sees the network
#   --no-network     the same as --network=no
#   --tree=DIR       where packages and groups are looked up; -t for short
#   --with-deps      build what these need, too, where apt does not have it
#   --rebuild        build what is built already, too
#   --fail-fast      begin nothing new once a package has failed
#   --slots=N        builds at once
#   --group=FOLDER   as one of a group, which has FOLDER for it
#
# A TARGET is a bundle's folder, or, in a tree, category/name, the name of a package,
# or groups/NAME.  Several are a group: see aoinb-tree(5) and "aoinb help plan".

[ $# -ge 2 ] || bad 'build wants a TARGET and a BRANCH'
need_root
[ ! "$opt_no_network" ] || opt_network=no
if [ "$opt_tree" ]; then
	tree=$(readlink -e -- "$opt_tree") || die 66 "tree $opt_tree: no such folder"
	opt_tree=$tree
fi

# with_settings PROG [ARG]... - PROG with our options as settings behind its ARGs
with_settings() {
	"$@" ${opt_backend:+--set="build_backend=$opt_backend"} \
	    ${opt_network:+--set="build_network=$opt_network"} \
	    ${opt_no_update:+--set="instance_update=never"} \
	    ${opt_keep:+--set="clean_keep=always"} \
	    ${opt_slots:+--set="group_slots=$opt_slots"} \
	    ${opt_tree:+--set="tree_path=$opt_tree"}
}

# build_one BUNDLE - here and now
build_one() {
	bundle=$1
	instance_list "$branch" >/dev/null
	bundle_check "$bundle"
	[ "$dry" ] || jobs_sweep
	bundle_name "$bundle"
	job_new build "$name"
	[ "$dry" ] || trap 'job_end $?' EXIT
	[ ! "$opt_group" ] || job_join "$opt_group"
	with_settings job_freeze "$bundle" "$branch"
	job_steps instance fetch deps run collect clean
}

# build_group TARGET... - in order, several at once
build_group() {
	use tree units plan group engine board ends
	if [ "$dry" ]; then
		exec "$here/aoinb" --dry-run --conf="$conf_dir" plan ${opt_tree:+--tree="$opt_tree"} \
		    ${opt_with_deps:+--with-deps} ${opt_rebuild:+--rebuild} \
		    ${opt_slots:+--slots="$opt_slots"} -- "$@" "$branch"
	fi
	instance_list "$branch" >/dev/null
	jobs_sweep
	group_new "$branch" "$@"
	trap 'group_drop' EXIT
	with_settings group_freeze
	plan_wanted "$group" "$branch" "$@"
	instance_ready "$branch"
	progress_begin 'plan'
	plan_finish
	progress_end
	trap - EXIT
	group_recover
	group_build
}

with_settings conf_load
targets=$(($# - 1))
for branch; do :; done
while [ "$targets" -gt 0 ]; do
	set -- "$@" "$1"
	shift; targets=$((targets - 1))
done
shift
one=$opt_group
[ $# -ne 1 ] || [ "$opt_with_deps" ] || case $1 in
*:[+-]*) [ ! -e "$1/spec" ] || one=1 ;;	# else with modifiers
*) [ "$tree_path" ] && [ ! -e "$1/spec" ] || one=1 ;;
esac
if [ "$one" ]; then
	build_one "$1"
else
	build_group "$@"
fi
