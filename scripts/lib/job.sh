# shellcheck shell=sh
# Jobs: a folder work_dir/jobs/ID, whose lock is the only sign of life.  aoinb-store(7)
# tells what lies in it; aoinb-job(1) makes, finds and ends them.

# job_do VERB [ARG]... - aoinb-job on our work_dir
job_do() {
	aoinb-job --work-dir="$conf_work_dir" "$@"
}

# job_new ARG... - a new job, as "aoinb-job new" makes it, whose lock we hold: sets job.
# With -n it is one in a folder for the moment, which ends with us.
job_new() {
	if [ "$dry" ]; then
		job_scratch
		job=$(aoinb-job --work-dir="$job_scratch" new "$@") || exit
	else
		lock_blank job
		job=$(job_do new --lock=9 "$@") || exit
	fi
}

job_scratch() {
	job_scratch=$(mktemp -d) || die 73 'a temporary folder cannot be made'
	trap 'rm -rf --one-file-system "$job_scratch"' EXIT
}

# job_find JOB - sets job.  One of the last version becomes one of this, but not with -n.
job_find() {
	job=$(job_do ${dry:+-n} find "$1") || exit
}

# job_copy - with -n: what is done with the job is done with a copy of its records
job_copy() {
	job_scratch
	job=$(job_do find --copy="$job_scratch" "${job##*/}") || exit
}

# job_freeze BUNDLE BRANCH LIST MEMBER [SETTING]... - a build, with its own copies of
# what it is made from, so that nothing changes under it: sets job.  MEMBER is the
# folder that a group has for it, or nothing.
job_freeze() {
	freeze_list=$3
	job_new --branch="$2" ${conf_tree_path:+--tree="$conf_tree_path"} --verstamp="$conf_build_verstamp" \
	    --acbs-version="$conf_build_acbs_version" ${4:+--member="$4"} -- build "$1"
	shift 4
	[ "$dry" ] || trap 'job_end "$?" ""' EXIT
	aoinb-conf --quiet --conf="$conf_dir" "$@" ini >"$job/conf" &	# meanwhile
	freeze_conf=$!
	printf '%s\n' "$freeze_list" >"$job/list"
	job_spec || exit
	job_wait "$freeze_conf" aoinb-conf
}

# job_spec - what the spec says, read once
job_spec() {
	aoinb-spec --env --arch="$conf_arch" -- "$job/bundle/spec" >"$job/spec.env" &	# meanwhile
	job_env=$!
	# Whoever tidies the cache sees either the table, or nothing of ours in use.
	[ "$dry" ] || lock_take sources wait-shared 'the cache is being tidied'
	job_code=0 job_from=''
	[ ! -r "$job/bundle.path" ] || IFS= read -r job_from <"$job/bundle.path"
	aoinb-spec --sources --arch="$conf_arch" --folder="${job_from##*/}" -- "$job/bundle/spec" \
		>"$job/sources.want" || job_code=$?
	[ "$dry" ] || lock_drop sources
	job_wait "$job_env" aoinb-spec
	return "$job_code"
}

# job_wait PID PROG - for what runs meanwhile; the shell says nothing of one that is killed
job_wait() {
	job_waited=0
	wait "$1" || job_waited=$?
	[ "$job_waited" -lt 128 ] || say "$2: ended by signal $((job_waited - 128))"
	[ "$job_waited" -eq 0 ] || exit "$job_waited"
}

# job_steps STEP... - the straight line; the first that fails ends it
job_steps() {
	job_do ${dry:+-n} ${verbose:+-v} steps --steps="$here/step" -- "$job" "$@" || exit
}

# job_end CODE BY_HAND - the verdict, then what was made, and out.  BY_HAND are the steps
# that were named; after those the workspace stays, for the next of them.
job_end() {
	trap '' INT TERM HUP
	trap - EXIT
	job_code=$1
	job_do result --keep="$conf_clean_keep" ${2:+--by-hand} --say --arch="$conf_arch" \
	    -- "$job" "$1" >/dev/null || {
		[ "$job_code" -ne 0 ] || job_code=74
	}
	[ "$job_code" -eq 0 ] || [ "$conf_clean_keep" = never ] ||
		job_do trim --max-age="$conf_clean_max_age_s" --max-size="$conf_clean_max_size_kib" ||
		note 'workspaces of older builds stay'
	case $job_code:$2 in
	0:|0:*collect*) job_print ;;
	esac
	exit "$job_code"
}

# job_print - the paths of the packages.  Who was to read that may have gone; they are
# made all the same.
job_print() (
	trap '' PIPE
	[ -r "$job/packages" ] && read -r print_branch <"$job/branch" || exit 0
	while IFS='	' read -r _ _ file; do
		printf '%s\n' "$conf_work_dir/output/$print_branch/$file" 2>/dev/null || exit 0
	done <"$job/packages"
)

# job_forget CODE - of a job that was made to fetch only: nothing of it stays but what is
# in the cache
job_forget() {
	trap '' INT TERM HUP
	trap - EXIT
	progress_end
	job_do remove "$job" || exit
	exit "$1"
}
