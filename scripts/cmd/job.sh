# job JOB [STEP]... - run a job's steps again: every step, or the ones named
#
# The steps are: instance fetch deps build collect clean.  After steps that are named
# the workspace stays until clean.

use need progress lock job
[ $# -gt 0 ] || bad 'job wants a JOB'
need_root
conf_load
job_find "$1"
[ ! "$dry" ] || job_copy
shift
[ -r "$job/conf" ] || bad "job ${job##*/} has no steps: it is no build"
by_hand="$*"
[ $# -gt 0 ] || set -- instance fetch deps build collect
for step; do
	name_ok "$step" && [ -x "$here/step/$step" ] || bad "no such step: $step"
done
[ "$dry" ] || lock_take "job.${job##*/}" now "job ${job##*/} is running"
[ -e "$job/list" ] || {	# of the last version
	read -r branch <"$job/branch"
	printf '%s\n' "$conf_dir/source_lists/$branch.list" >"$job/list"
}
settings=$(aoinb-conf --file="$job/conf" shell) || exit
eval "$settings"
case ${by_hand:-build} in *build*) need_build ;; esac
# Whoever was killed may have left half of what the spec says.
[ "$by_hand" ] && [ -e "$job/spec.env" ] && [ -e "$job/sources.want" ] || job_spec || exit
if [ ! "$dry" ]; then
	rm -f "$job/result.json"
	trap 'job_end "$?" "$by_hand"' EXIT
fi
job_steps "$@"
