# ls [jobs|groups|instances|layers] - list them, with sizes and ages
#
#   --json   for programs
#
# Columns are separated by tabs when the output is not a terminal.

use job layer
[ $# -le 1 ] || bad 'ls takes one kind'
conf_load
case ${1-all} in
jobs|groups) job_do list ${opt_json:+--json} "$1" ;;
instances|layers) layer_do list ${opt_json:+--json} "$1" ;;
all)
	[ ! "$opt_json" ] || bad 'ls: --json wants a kind'
	layer_do list instances
	echo
	job_do list jobs ;;
*) bad "ls: $1: neither jobs, groups, instances nor layers" ;;
esac
