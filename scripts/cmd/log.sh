# log JOB - print the log of a job
#
#   -f, --follow   go on while the job runs

use job
[ $# -eq 1 ] || bad 'log wants a JOB'
conf_load
job=$(job_do find "$1") || exit
[ "$opt_follow" ] || [ -r "$job/log" ] || die 66 "job ${job##*/}: no log yet"
[ "$opt_follow" ] || exec cat "$job/log"
exec aoinb-job --work-dir="$conf_work_dir" follow "$job"
