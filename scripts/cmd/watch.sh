# watch ID - print the log of a server's task as it grows, and end as its build does
#
#   --raw   as it is, on a terminal too
#
# ID.N is attempt N alone.  Exits 130 when the task was cancelled.

use need server watch
[ $# -eq 1 ] || bad 'watch wants the number of a task'
id=${1%%.*} attempt=''
server_id "$id"
[ "$id" = "$1" ] || { attempt=${1#*.}; server_id "$attempt"; }
server_begin
trap 'trap "" INT; say "task $id goes on; \"aoinb watch $id\" shows it again, \"aoinb task cancel $id\" ends it"; exit 130' INT
watch_log "$id" "$attempt" ${opt_raw:+--raw}
