# cleanup all|baseos|jobs|BRANCH - remove the base system, an instance or the jobs
#
# baseos takes the instances with it, since they stand on it; all takes the jobs
# too.  Groups go with the jobs.  Packages and fetched sources stay.  What a running
# build uses is refused.

[ $# -eq 1 ] || bad 'cleanup wants all, baseos, jobs or a BRANCH'
use group
need_root
conf_load

# refuse_running [BRANCH] - 75, when a job (of BRANCH) runs
refuse_running() {
	for dir in "$work_dir"/jobs/*; do
		[ -d "$dir" ] && job_running "${dir##*/}" || continue
		[ $# -eq 0 ] || [ "$(cat "$dir/branch" 2>/dev/null)" = "$1" ] || continue
		die 75 "job ${dir##*/} is running; wait for it, or stop it"
	done
	for dir in "$work_dir"/groups/*; do
		[ -d "$dir" ] && group_running "${dir##*/}" || continue
		[ $# -eq 0 ] || [ "$(cat "$dir/branch" 2>/dev/null)" = "$1" ] || continue
		die 75 "group ${dir##*/} is running; wait for it, or stop it"
	done
	for lock in ${1+"instance.$1"} ${1-baseos}; do
		! lock_held "$lock" || die 75 "${lock#instance.} is being changed; wait for that"
	done
}

drop_ref() {
	run rm -f "$work_dir/ref/$1" "$work_dir/ref/checked/${1#instance/}"
}

drop_jobs() {
	for dir in "$work_dir"/jobs/*; do
		[ -d "$dir" ] || continue
		run trash "$dir"
		run rm -f "$work_dir/lock/job.${dir##*/}"
	done
	for dir in "$work_dir"/groups/*; do
		[ -d "$dir" ] || continue
		run trash "$dir"
		run rm -f "$work_dir/lock/group.${dir##*/}"
	done
}

drop_refs() {
	for ref in $(ref_names); do
		drop_ref "$ref"
	done
}

what=$1
case $what in
all) refuse_running; drop_jobs; drop_refs ;;
baseos) refuse_running; drop_refs ;;
jobs) refuse_running; drop_jobs ;;
*)
	name_ok "$what" && [ -e "$work_dir/ref/instance/$what" ] ||
		die 66 "instance $what: there is none"
	refuse_running "$what"
	drop_ref "instance/$what" ;;
esac
layers_gc
