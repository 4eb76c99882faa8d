# build BUNDLE... BRANCH - build packages, and print the files they made
#
#   --no-update      leave the instance of the branch as it is
#   --keep           keep the workspace, for "aoinb shell JOB"
#   --backend=NAME   the container: native or nspawn
#   --network=YESNO  whether the build sees the network
#   --no-network     the same as --network=no

[ $# -ge 2 ] || bad 'build wants a BUNDLE and a BRANCH'
need_root
[ ! "$opt_no_network" ] || opt_network=no

if [ $# -gt 2 ]; then
	# Several: each in a process of its own, so that one cannot end the rest.
	trap 'exit 130' INT	# the one that ran says so
	failed=0 bundles=$(($# - 1))
	for branch; do :; done
	while [ "$bundles" -gt 0 ]; do
		setpriv --pdeathsig TERM "$here/aoinb" ${conf_opt:+--conf="$conf_opt"} \
		    ${dry:+-n} ${verbose:+-v} build ${opt_no_update:+--no-update} \
		    ${opt_keep:+--keep} ${opt_backend:+--backend="$opt_backend"} \
		    ${opt_network:+--network="$opt_network"} -- "$1" "$branch" || {
			code=$?
			[ "$code" -lt 128 ] || exit "$code"
			failed=1
		}
		shift; bundles=$((bundles - 1))
	done
	exit "$failed"
fi

bundle=$1 branch=$2
set -- ${opt_backend:+--set="build_backend=$opt_backend"} \
    ${opt_network:+--set="build_network=$opt_network"} \
    ${opt_no_update:+--set="instance_update=never"} \
    ${opt_keep:+--set="clean_keep=always"}
conf_load "$@"
instance_list "$branch" >/dev/null
bundle_check "$bundle"

[ "$dry" ] || jobs_sweep
bundle_name "$bundle"
job_new build "$name"
[ "$dry" ] || trap 'job_end $?' EXIT
job_freeze "$bundle" "$branch" "$@"
job_steps instance fetch deps run collect clean
