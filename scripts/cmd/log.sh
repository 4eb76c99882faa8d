# log JOB - print the log of a job
#
#   --follow         go on while the job runs; -f for short

[ $# -eq 1 ] || bad 'log wants a JOB'
conf_load
job_find "$1"
[ -r "$job/log" ] || die 66 "job $job_id: no log yet"
if [ ! "$opt_follow" ] || ! job_running "$job_id"; then
	exec cat "$job/log"
fi
tail -n +1 -f "$job/log" &
tail_pid=$!
trap 'kill "$tail_pid"' EXIT
flock -s "$work_dir/lock/job.$job_id" true
sleep 0.3	# what tail has not shown yet
