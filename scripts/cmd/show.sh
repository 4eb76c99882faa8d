# show JOB|GROUP - what it was and how it ended; of a group, the table of its packages
#
#   --json   for programs

use job
[ $# -eq 1 ] || bad 'show wants a JOB or a GROUP'
conf_load
job_do ${opt_json:+--json} --any show "$1"
