# log JOB - print the log of a job
#
#   -f, --follow   go on while the job runs
#   --raw          as it is, on a terminal too
#   --why          only the lines that say why it failed, with their numbers
#   --usage        a chart of what it used, for a terminal

use job
[ $# -eq 1 ] || bad 'log wants a JOB'
conf_load
job_find "$1"
[ ! "$opt_usage" ] || exec aoinb-report --work-dir="$conf_work_dir" --chart -- "${job##*/}"
set -- ${opt_why:+why} ${opt_follow:+follow} log
exec aoinb-job --work-dir="$conf_work_dir" ${opt_raw:+--raw} "$1" "$job"
