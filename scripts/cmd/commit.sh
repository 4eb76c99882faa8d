# commit BRANCH|JOB - make a kept workspace the top layer of its branch
#
# Of a BRANCH, the newest workspace that was kept.

[ $# -eq 1 ] || bad 'commit wants a BRANCH or a JOB'
need_root
conf_load

# newest_kept BRANCH - the newest job of BRANCH with a workspace; sets job
newest_kept() {
	job_id=''
	for dir in "$work_dir"/jobs/*/upper; do
		dir=${dir%/upper}
		[ "$(cat "$dir/branch" 2>/dev/null)" != "$1" ] || job_id=${dir##*/}
	done
	[ "$job_id" ] || die 66 "branch $1: no workspace was kept; try: aoinb shell --keep $1"
	job=$work_dir/jobs/$job_id
}

if is_branch "$1"; then newest_kept "$1"; else job_find "$1"; fi
lock_take 9 "job.$job_id" now "job $job_id is running"
[ -d "$job/upper" ] || die 66 "job $job_id: its workspace was not kept"
read -r branch <"$job/branch"
read -r stack <"$job/stack"
[ ! "$dry" ] || { say "job $job_id: would become a layer of $branch"; exit 0; }

lock_take 8 "instance.$branch" wait "an update of $branch"
parent=$(ref_get "instance/$branch") || die 66 "instance $branch: there is none"
top=${stack##* }
# Dependencies that the workspace stands on come with it.
[ "$parent" = "$top" ] || [ "$(deps_parent "$top")" = "$parent" ] ||
	die 75 "job $job_id: $branch has moved on since; start again from aoinb shell $branch"
layer_begin "instance.$branch"
rmdir "$layer_new/tree"
mv -T "$job/upper" "$layer_new/tree"
old=$work_dir/layers/$parent
layer_commit commit "$top" branch="$branch" base="$(info_get "$old" base)" \
    list="$(info_get "$old" list)" state="$(info_get "$old" state)" from="$job_id"
ref_set "instance/$branch" "$layer_id"
job_drop_workspace "$job"
trash_empty
echo "$layer_id"
