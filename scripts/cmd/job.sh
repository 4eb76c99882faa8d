# job JOB [STEP]... - run a job's steps again: every step, or the ones named
#
# The steps are: instance fetch deps run collect clean.  After steps that are named the
# workspace stays until clean.

[ $# -gt 0 ] || bad 'job wants a JOB'
need_root
conf_load
job_find "$1"; shift
[ -r "$job/job.ini" ] || bad "job $job_id has no steps: it is no build"
if [ $# -gt 0 ]; then by_hand=always; else set -- instance fetch deps run collect clean; fi
for step; do
	name_ok "$step" && [ -r "$here/step/$step.sh" ] || bad "no such step: $step"
done
settings=$(aoinb-conf --file="$job/job.ini" shell)
eval "$settings"
read -r branch <"$job/branch"
bundle=$job/bundle
if [ ! "$dry" ]; then
	lock_take 9 "job.$job_id" now "job $job_id is running"
	rm -f "$job/result.json"
	trap 'job_end $?' EXIT
fi
job_steps "$@"
