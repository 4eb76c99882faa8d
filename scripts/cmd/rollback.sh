# rollback BRANCH - take back the newest layer of a branch's instance

use need lock layer
[ $# -eq 1 ] || bad 'rollback wants a BRANCH'
need_root
conf_load
name_ok "$1" || bad "$1: not a name for a branch"
[ "$dry" ] || lock_take "instance.$1" wait "an update of $1"
top=$(layer_do ref "instance/$1") || exit
parent=$(layer_do info "$top" parent) || exit
# Dependencies that a workspace stood on came with it.
[ "$(layer_do info "$parent" kind)" != deps ] || parent=$(layer_do info "$parent" parent) || exit
[ "$(layer_do info "$parent" kind)" != base ] ||
	die 66 "instance $1: only one layer stands on the base; \"aoinb cleanup $1\" removes it"
[ ! "$dry" ] || { say "instance $1: would go back to $parent"; exit 0; }
layer_do ref "instance/$1" "$parent"
printf '%s\n' "$parent"
