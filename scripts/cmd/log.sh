# log JOB - print the log of a job
#
#   -f, --follow   go on while the job runs
#   --raw          as it is, on a terminal too

use job
[ $# -eq 1 ] || bad 'log wants a JOB'
conf_load
job_find "$1"
if [ "$opt_follow" ]; then set -- follow; else set -- log; fi
exec aoinb-job --work-dir="$conf_work_dir" ${opt_raw:+--raw} "$1" "$job"
