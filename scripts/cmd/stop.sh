# stop JOB|GROUP - end it as Ctrl-C would, and wait until it has ended

use job
[ $# -eq 1 ] || bad 'stop wants a JOB or a GROUP'
conf_load
job_do ${dry:+-n} ${verbose:+-v} stop "$1"
