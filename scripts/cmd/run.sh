# run BRANCH|JOB -- PROG [ARG]... - run a program in a branch's instance
#
#   --keep           keep the workspace, for "aoinb commit"; prints its job
#   --bind=SRC:DST[:ro]  show SRC of this machine at DST; may be repeated
#
# What it changes is thrown away, unless it runs in a kept workspace.  It reads our
# standard input.  The exit code is the program's.

use need progress lock layer root apt instance job session
[ $# -ge 2 ] || bad 'run wants a BRANCH and a program'
need_root
conf_load
session_open "$1" "$opt_keep" "$opt_bind" input; shift
session_run "$@"
