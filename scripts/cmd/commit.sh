# commit BRANCH|JOB - make a kept workspace the top layer of its branch
#
# Of a BRANCH, the newest workspace that was kept.

use need progress lock layer job session
[ $# -eq 1 ] || bad 'commit wants a BRANCH or a JOB'
need_root
conf_load

if session_branch "$1"; then
	job=$(job_do list --branch="$1" jobs | sed -n 's/	.*,kept	.*//p' | tail -n 1)
	[ "$job" ] || die 66 "branch $1: no workspace was kept; try: aoinb shell --keep $1"
	job=$conf_work_dir/jobs/$job
else
	job_find "$1"
fi
id=${job##*/}
lock_take "job.$id" now "job $id is running"
[ -d "$job/upper" ] || die 66 "job $id: its workspace was not kept"
read -r branch <"$job/branch"
stack=$(layer_stack_of "$job") || exit
[ ! "$dry" ] || { say "job $id: would become a layer of $branch"; exit 0; }

lock_take "instance.$branch" wait "an update of $branch"
top=${stack##* }
parent=$(layer_do ref "instance/$branch") || exit
# Dependencies that the workspace stands on come with it.
[ "$parent" = "$top" ] ||
	{ [ "$(layer_do info "$top" kind)" = deps ] && [ "$(layer_do info "$top" parent)" = "$parent" ]; } ||
	die 75 "job $id: $branch has moved on since; start again from aoinb shell $branch"
layer_begin "instance.$branch"
layer_from "$job/upper"
layer_commit "instance/$branch" commit "$top" "branch=$branch" \
    "base=$(layer_do info "$parent" base)" "list=$(layer_do info "$parent" list)" \
    "state=$(layer_do info "$parent" state)" "from=$id"
job_do drop "$job" || exit
