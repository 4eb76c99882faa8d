# status - what runs: step, time, processor, memory and last line of each job and group
#
#   -f, --follow   show it again each second, until Ctrl-C
#   --json         for programs
#
# Columns are separated by tabs when the output is not a terminal: seconds, per cent of
# one processor, KiB.

use job
[ $# -eq 0 ] || bad 'status takes no operand'
conf_load
exec aoinb-job --work-dir="$conf_work_dir" ${opt_follow:+--follow} ${opt_json:+--json} status
