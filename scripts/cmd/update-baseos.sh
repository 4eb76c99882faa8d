# update-baseos - bring the base system up to date
#
#   --list=BRANCH    from that branch's source list; default the base's own
#
# A new layer on the old base; builds that run go on with the base they have.

[ $# -eq 0 ] || bad 'update-baseos takes no operand'
need_root
conf_load
base=$(ref_get baseos) || die 66 'no base system; "aoinb load-baseos" loads one'
list_file=''
[ ! "$opt_list" ] || list_file=$(instance_list "$opt_list")
[ ! "$dry" ] || { say "base system $base: would be updated"; exit 0; }
lock_take 8 baseos now 'another load-baseos or update-baseos is running'
base=$(ref_get baseos)
layer_begin baseos
update_layer baseos "$base" "$list_file"
if [ "$(info_get "$work_dir/layers/$base" state)" = "$state" ]; then
	note 'base system: nothing changed'
	trash "$layer_new"
else
	layer_commit base "$base" state="$state" from="$(info_get "$work_dir/layers/$base" from)"
	ref_set baseos "$layer_id"
fi
trash_empty
