# resume [GROUP] - go on with a group that was stopped or killed
#
#   --fail-fast      begin nothing new once a package has failed
#
# The newest one that did not come to its end, when no GROUP is named.  What was
# built stays; what failed is tried again.

[ $# -le 1 ] || bad 'resume takes one GROUP'
use tree units plan group engine board ends
need_root
conf_load
group_find "$@"
[ -r "$group/order" ] || die 66 "group $group_id: it was never planned; build it again"
[ ! "$dry" ] || { say "group $group_id: would be gone on with"; exit 0; }
lock_take 5 "group.$group_id" now "group $group_id is running"
conf_opt=$group/conf
conf_load
read -r branch <"$group/branch"
group_branch=$branch
jobs_sweep
instance_ready "$branch"
group_recover
group_build
