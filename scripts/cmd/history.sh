# history [PACKAGE]... - earlier builds: when, how they ended, what they used
#
#   --branch=BRANCH  of that branch only
#   --json           for programs
#
# A PACKAGE is a folder's name, category/name, or a path.  The oldest comes first.
# Columns are separated by tabs when the output is not a terminal: the end in
# seconds since 1970, times in microseconds and memory in KiB.

use job
conf_load
job_do history ${opt_branch:+--branch="$opt_branch"} ${opt_json:+--json} \
    ${conf_tree_path:+--tree="$conf_tree_path"} -- "$@"
