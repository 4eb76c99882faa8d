# watch ID - print the log of a server's task as it grows, and end as its build does
#
#   --raw   as it is, on a terminal too
#
# ID.N is attempt N alone.  Exits 130 when the task was cancelled.

use client
conf_load --defaults
client ${opt_raw:+--raw} -- watch "$@"
