# shellcheck shell=sh
# Sessions: somebody, or a command, inside a branch's instance or in the kept workspace
# of a job.

# session_branch NAME - whether NAME is a branch
session_branch() {
	name_ok "$1" && [ -r "$conf_dir/source_lists/$1.list" ]
}

# session_open BRANCH|JOB KEEP BINDS [SETTING]... - makes or takes a workspace, and describes
# its container, with BINDS of aoinb-mount, a line each, and SETTINGs of aoinb-run: sets job
session_open() {
	session_keep=$2 session_binds=$3
	if session_branch "$1"; then
		session_new "$1"
	else
		session_fresh=''
		job_find "$1"
		lock_take "job.${job##*/}" now "job ${job##*/} is running"
		[ -d "$job/upper" ] ||
			die 66 "job ${job##*/}: its workspace was not kept; build with --keep, or set [clean] keep = failed"
		read -r branch <"$job/branch"
	fi
	[ ! "$dry" ] || [ "$session_fresh" ] || job_copy
	session_root=$job/container.session
	folders "$job/output" "$job/root"
	[ "$dry" ] || trap 'session_close "$?"' EXIT
	[ "$dry" ] || folders "$job/archives/partial"
	# Of somebody at a terminal nobody knows how long he thinks.
	session_time=$conf_limit_time_s
	[ "${4-}" != tty ] || session_time=0
	session_describe
	# aoinb-run makes a terminal of its own where one is asked for.
	[ "${4-}" = tty ] || echo 'rusage relay' >>"$session_root" || exit 74
	apt_proxies "$session_root"
	[ ! "$session_binds" ] || printf '%s\n' "$session_binds" | sed 's/\\/&&/g; s/^/mount bind=/' >>"$session_root" || exit 74
	shift 3
	[ $# -eq 0 ] || root_set "$session_root" run "$@"
}

# session_run PROG [ARG]... - in the container
session_run() {
	in_root "$session_root" "$@"
}

# session_new BRANCH
session_new() {
	session_fresh=1 branch=$1
	list=$(instance_list "$branch") || exit
	instance_ready "$branch" "$list" -1
	job_new --name="$branch" --branch="$branch" session
	[ "$dry" ] || trap 'session_close "$?"' EXIT
	if [ "$dry" ]; then
		layer_do stack "instance/$branch" >"$job/stack" 2>/dev/null || echo base >"$job/stack"
	else
		layer_do stand "$job" "$branch" || exit
	fi
	folders "$job/upper" "$job/work" "$job/root" "$job/output"
}

# session_describe - the container of the build, where there was one.  It may be silent:
# without a log, what a program says is not seen.
session_describe() {
	if [ -r "$job/container" ]; then
		[ ! "$(tail -c 1 "$job/container")" ] || die 65 "$job/container: torn; run the job again: aoinb job ${job##*/}"
		# What is kept must be on the disk, so that it can be entered again and again.
		echo 'rusage die-with-parent' >"$session_root"
		root_limits "$session_root" "$job/upper" "$session_time" 0
		root_sources "$session_root" "$job/sources"
		sed '/^rusage /d; /^mount volatile$/d; / bind=.*:\/buildroot\/jobserver$/d
			/ bind=.*:\/buildroot\/debs:ro$/d
			/ bind=.*:\/buildroot\/\(cache\|vcs\)\/.*:ro$/d' \
		    "$job/container" >>"$session_root"
		return 0
	fi
	stack=$(layer_stack_of "$job") || exit
	session_upper=$job/upper
	[ ! "$session_fresh" ] || session_upper=''
	session_net=$conf_dir/source_lists/$branch.list
	[ "$conf_build_network" != no ] || session_net=no
	root_begin "$session_root" "$job" "$stack" "$session_net" "$session_upper"
	root_build "$session_root"
	root_set "$session_root" rusage "time=$session_time" silence=0
	for mount in bundle sources; do
		[ ! -e "$job/$mount" ] || root_bind "$session_root" "$job/$mount" "/buildroot/$mount" ro
	done
	root_sources "$session_root" "$job/sources"
	apt_bind "$session_root" "$job"
	root_bind "$session_root" "$job/output" /buildroot/output
	root_repo "$session_root" "$branch"
}

# session_close CODE - an old workspace stays; a new one only when asked for
session_close() {
	trap '' INT TERM HUP
	trap - EXIT
	session_code=$1
	rm -f "$session_root" "$session_root.apt"
	rm -rf --one-file-system "$job/archives"
	if [ "$session_fresh" ] && [ ! "$session_keep" ]; then
		job_do remove "$job" || session_code=74
	elif [ "$session_fresh" ]; then
		job_do result --keep=always --by-hand -- "$job" "$1" >/dev/null || session_code=74
		printf '%s\n' "${job##*/}"
	fi
	exit "$session_code"
}
