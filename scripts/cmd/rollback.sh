# rollback BRANCH - take back the newest layer of a branch's instance

[ $# -eq 1 ] || bad 'rollback wants a BRANCH'
need_root
conf_load
branch=$1
name_ok "$branch" || bad "$branch: not a name for a branch"
[ "$dry" ] || lock_take 8 "instance.$branch" wait "an update of $branch"
top=$(ref_get "instance/$branch") || die 66 "instance $branch: there is none"
parent=$(info_get "$work_dir/layers/$top" parent)
below=$(deps_parent "$parent")
parent=${below:-$parent}
[ "$(info_get "$work_dir/layers/$parent" kind)" != base ] ||
	die 66 "instance $branch: only one layer stands on the base; \"aoinb cleanup $branch\" removes it"
[ ! "$dry" ] || { say "instance $branch: would go back to $parent"; exit 0; }
ref_set "instance/$branch" "$parent"
echo "$parent"
