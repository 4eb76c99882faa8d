# cleanup all|baseos|jobs|BRANCH - remove the base system, an instance or the jobs
#
# baseos takes the instances with it, since they stand on it; all takes the jobs
# too.  Groups go with the jobs.  Packages and fetched sources stay.  What a running
# build uses is refused.

use need lock job layer
[ $# -eq 1 ] || bad 'cleanup wants all, baseos, jobs or a BRANCH'
need_root
conf_load

# cleanup_refuse LOCK [BRANCH] - 75, when a job or a group (of BRANCH) runs, or what LOCK
# protects is being changed
cleanup_refuse() {
	for kind in jobs groups; do
		running=$(job_do list --running ${2:+--branch="$2"} "$kind") || exit
		[ ! "$running" ] || die 75 "${kind%s} ${running%%	*} is running; wait for it, or stop it"
	done
	[ ! -e "$conf_work_dir/lock/$1" ] || flock -n -s "$conf_work_dir/lock/$1" true ||
		die 75 "${1#instance.} is being changed; wait for that"
}

case $1 in
all) cleanup_refuse baseos; run aoinb-job --work-dir="$conf_work_dir" clean; run aoinb-layer --work-dir="$conf_work_dir" unref --all ;;
baseos) cleanup_refuse baseos; run aoinb-layer --work-dir="$conf_work_dir" unref --all ;;
jobs) run aoinb-job --work-dir="$conf_work_dir" clean ;;
*)
	name_ok "$1" && [ -e "$conf_work_dir/ref/instance/$1" ] ||
		die 66 "instance $1: there is none"
	cleanup_refuse "instance.$1" "$1"
	run aoinb-layer --work-dir="$conf_work_dir" unref "instance/$1" ;;
esac
layer_do gc --debs-max-size="$conf_apt_max_size_kib" ${dry:+-n} ${verbose:+-v}
