# resume [GROUP] - go on with a group that was stopped or killed
#
#   --fail-fast      begin nothing new once a package has failed
#
# The newest one that did not come to its end, when no GROUP is named.  What was
# built stays; what failed is tried again.

use need progress lock layer root apt instance job plan
[ $# -le 1 ] || bad 'resume takes one GROUP'
need_root
conf_load
if [ $# -eq 1 ]; then group=$(job_do find --group "$1"); else group=$(job_do find --group --unfinished); fi || exit
id=${group##*/}
[ -r "$group/order" ] || die 66 "group $id: it was never planned; build it again"
[ ! "$dry" ] || { say "group $id: would be gone on with"; exit 0; }
lock_take "group.$id" now "group $id is running"
conf_opt=$group/conf
conf_load
need_build
read -r branch <"$group/branch"
job_do sweep || exit
list=$(instance_list "$branch") || exit
instance_ready "$branch" "$list" "$conf_instance_update_s"
plan_run "$group" ${opt_fail_fast:+--fail-fast}
