# shell BRANCH|JOB - a shell in a branch's instance, or in a kept workspace
#
#   --keep           keep the workspace, for "aoinb commit"; prints its job

use need progress lock layer root apt instance job session
[ $# -eq 1 ] || bad 'shell wants a BRANCH or a JOB'
need_root
conf_load
[ "$dry" ] || [ -t 0 ] || bad 'shell wants a terminal; "aoinb run BRANCH -- COMMAND" does without'
session_open "$1" "$opt_keep" '' tty
session_run /bin/bash -l
