# submit TARGET... BRANCH - have a server build packages, and print the ids of its tasks
#
#   -t, --tree=DIR   where packages and groups are looked up
#   --arch=A,B       for these architectures, a task for each
#   --priority=N     from -100 to 100; the highest goes first
#   --wait           until they have ended, and end as "aoinb build" does
#
# A TARGET is what "aoinb build" takes.  What they are of the tree is sent along.

use client
[ $# -ge 2 ] || bad 'submit wants a TARGET and a BRANCH'
conf_load --defaults ${opt_tree:+--set="tree_path=$(readlink -m -- "$opt_tree")"}
client --arch="${opt_arch:-$conf_arch}" --tree="$conf_tree_path" --priority="$opt_priority" ${opt_wait:+--wait} \
    submit aoinb-plan --work-dir="$conf_work_dir" ${conf_tree_path:+--tree="$conf_tree_path"} \
    ${ABMODIFIERS:+--modifiers="$ABMODIFIERS"} --pack -- "$@"
