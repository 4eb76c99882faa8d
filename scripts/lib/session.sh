# shellcheck shell=sh
# Sessions: somebody, or a command, inside a branch's instance or in the kept
# workspace of a job.

# is_branch NAME
is_branch() {
	name_ok "$1" && [ -r "$conf_dir/source_lists/$1.list" ]
}

# session_open BRANCH|JOB - makes or takes a workspace; sets stack and fresh
session_open() {
	if is_branch "$1"; then
		branch=$1 fresh=1
		instance_ready "$branch" never
		job_new session "$branch"
		[ ! "$dry" ] || { job_stand "$branch"; return 0; }
		trap 'session_close $?' EXIT
		echo "$branch" >"$job/branch"
		job_stand "$branch"
		job_workspace
		return 0
	fi
	fresh=''
	job_find "$1"
	lock_take 9 "job.$job_id" now "job $job_id is running"
	[ -d "$job/upper" ] ||
		die 66 "job $job_id: its workspace was not kept; build with --keep, or set [clean] keep = failed"
	read -r stack <"$job/stack"
	read -r branch <"$job/branch"
	mkdir -p "$job/output" "$job/root"
	[ -d "$job/archives" ] || archives_begin "$job/archives"
	[ "$dry" ] || trap 'session_close $?' EXIT
}

# session_close CODE - an old workspace stays; a new one only when asked for
session_close() {
	trap '' INT TERM HUP
	trap - EXIT
	archives_end "$job/archives" "$stack"
	if [ ! "$fresh" ] || [ "$opt_keep" ]; then
		job_keep_workspace "$job"
		[ ! "$fresh" ] || { job_result "$job" session "$1"; echo "$job_id"; }
	else
		trash "$job"
		rm -f "$work_dir/lock/job.$job_id"
	fi
	trash_empty
	exit "$1"
}

# session_run PROG [ARG]... - in the workspace, with a terminal when we have one
session_run() {
	root_begin "$job" "$stack"
	root_tty=$1; shift
	for mount in bundle sources; do
		[ ! -e "$job/$mount" ] || root_bind "$job/$mount" "/buildroot/$mount" ro
	done
	[ "$dry" ] || mkdir -p "$work_dir/cache/sources" "$work_dir/cache/vcs"
	root_bind "$work_dir/cache/sources" /buildroot/cache ro
	root_bind "$work_dir/cache/vcs" /buildroot/vcs ro
	root_bind "$work_dir/cache/debs" /buildroot/debs ro
	root_bind "$job/archives" /var/cache/apt/archives
	root_bind "$job/output" /buildroot/output
	repo_bind "$branch"
	in_root "$@"
}
