# update-baseos - bring the base system up to date
#
#   --list=BRANCH    from that branch's source list; default the base's own
#
# A new layer on the old base; builds that run go on with the base they have.

use need progress lock layer root apt instance
[ $# -eq 0 ] || bad 'update-baseos takes no operand'
need_root
conf_load
base=$(layer_do ref baseos) || exit
list=''
[ ! "$opt_list" ] || list=$(instance_list "$opt_list") || exit
[ ! "$dry" ] || { say "base system $base: would be updated"; exit 0; }
lock_take baseos now 'another load-baseos or update-baseos is running'
base=$(layer_do ref baseos) || exit
layer_begin baseos
layer_update baseos "$base" "$list"
if layer_same "$base"; then
	note 'base system: nothing changed'
else
	layer_commit baseos base "$base" "from=$(layer_do info "$base" from)" >/dev/null
fi
