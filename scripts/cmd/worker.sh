# worker VERB [NAME]... - machines that build for a server: ls, drain, resume, trust, distrust
#
#   --why=TEXT   drain: what others are told
#   --json       ls: for programs
#
# A worker that is drained ends what it has, and gets nothing new.  The packages of one
# that is trusted enter the repository by themselves.

use client
conf_load --defaults
client --why="$opt_why" ${opt_json:+--json} -- worker "$@"
