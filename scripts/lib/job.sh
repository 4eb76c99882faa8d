# shellcheck shell=sh
# Jobs: a folder work_dir/jobs/ID, whose lock is the only sign of life.
#
#   kind  branch  bundle/  job.ini      written when the job is made
#   unit  without                       its name; what it does without, in a cycle
#   step                                the one that runs, or ran last
#   stack                               the layers it stands on, base first
#   table sources                       the spec's sources; as they were fetched
#   log samples.csv rusage version      of the container
#   bundle.digest                       of the bundle, as it was built
#   deps deps.log                       whether the layers have all dependencies;
#                                       what apt said when it was asked
#   upper work root archives output     the workspace
#   packages result.json                the end

# job_new KIND NAME - makes a job and holds its lock: sets job and job_id
job_new() {
	now=$(date '+%Y%m%d-%H%M%S %s')
	job_id=${now% *}-$2
	if [ "$dry" ]; then
		job=$work_dir/jobs/$job_id
		return 0
	fi
	[ -d "$work_dir/jobs" ] && [ -d "$work_dir/lock" ] ||
		mkdir -p "$work_dir/jobs" "$work_dir/lock" || die 73 "$work_dir/jobs: cannot be made"
	job_try='' job_wish=$job_id
	until job_claim "$job_wish${job_try:+.$job_try}"; do
		[ "${job_try:=1}" -lt 1000 ] && [ -w "$work_dir/jobs" ] ||
			die 73 "$work_dir/jobs/$job_wish: cannot be made"
		job_try=$((job_try + 1))
	done
	echo "$1" >"$job/kind"
	echo "${now#* }" >"$job/began"
}

# job_join FOLDER - the job is a part of a group, which has FOLDER for it
job_join() {
	[ -r "$1/unit" ] || bad "$1: not a unit of a group"
	echo "$job_id" >"$1/job"
	read -r job_jobs <"$1/jobs"
	cp "$1/unit" "$job/unit"
	[ ! -e "$1/without" ] || cp "$1/without" "$job/without"
	job_jobserver=${1%/run/*}/jobserver
}
job_jobs='' job_jobserver=''

# job_claim ID - locked before it is there, so that nobody takes it for dead
job_claim() {
	job_id=$1 job=$work_dir/jobs/$1
	exec 9>>"$work_dir/lock/job.$1"
	flock -n 9 && mkdir "$job" 2>/dev/null
}

# job_find ID - sets job and job_id; a package's name is its newest job, a unique
# part of an id will do, and "last" is the newest of all
job_find() {
	[ "$1" = last ] || name_ok "$1" || bad "$1: not a job"
	job_id=$1
	if [ ! -d "$work_dir/jobs/$1" ]; then
		# jobs: DATE-TIME-NAME, and .N where that was there already
		job_id=$(find "$work_dir/jobs" -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null |
			LC_ALL=C sort | want=$1 awk '
			BEGIN { want = ENVIRON["want"] }
			want == "last" { newest = $0; next }
			{ name = $0; sub(/^[0-9]*-[0-9]*-/, "", name) }
			name == want || index(name, want ".") == 1 &&
			    substr(name, length(want) + 2) ~ /^[0-9]+$/ { newest = $0 }
			index($0, want) { like[++n] = $0 }
			END {
				if (newest != "")
					print newest
				else for (i = 1; i <= n; i++)
					print like[i]
			}')
		case $job_id in
		'') [ "$1" != last ] || die 66 'there is no job yet'
			die 66 "no such job: $1; \"aoinb ls jobs\" lists them" ;;
		*"$nl"*) die 66 "more than one job is like $1: $(echo "$job_id" | tr '\n' ' ')" ;;
		esac
	fi
	job=$work_dir/jobs/$job_id
}

job_running() {
	lock_held "job.$1"
}

# job_stand BRANCH - the job stands on the branch's layers from here on
job_stand() {
	if [ "$dry" ]; then
		top=$(ref_get "instance/$1") || top=$(ref_get baseos) || top=''
		stack=${top:+$(stack_of "$top")}
		return 0
	fi
	lock_take 7 layers wait-shared 'layers are being removed'
	top=$(ref_get "instance/$1") || die 70 "instance $1 vanished"
	stack=$(stack_of "$top")
	echo "$stack" >"$job/stack"
	lock_drop 7
}

# job_workspace - an empty workspace; what a former try left goes
job_workspace() {
	[ ! "$dry" ] || return 0
	[ ! -d "$job/upper" ] || job_drop_workspace "$job"
	mkdir -p "$job/upper" "$job/work" "$job/root" "$job/output"
	archives_begin "$job/archives"
}

# job_drop_workspace JOB
job_drop_workspace() {
	trash "$1/upper" "$1/work" "$1/root" "$1/archives" "$1/output" "$1/fetch" "$1/resolve"
}

# job_keep_workspace JOB - so that it can be entered again: everything on the
# disk, and the mark gone by which the kernel refuses a volatile upper twice
job_keep_workspace() {
	sync -f "$1/upper"
	rm -rf --one-file-system "$1/work"
	mkdir "$1/work"
}

# jobs_sweep - jobs that died: what they say is "killed", their workspace goes.  Under
# their lock, since others may be sweeping, too.
jobs_sweep() {
	swept=''
	for dead in "$work_dir"/jobs/*; do
		[ -d "$dead" ] && [ ! -e "$dead/result.json" ] || continue
		exec 8>>"$work_dir/lock/job.${dead##*/}"
		flock -n 8 && [ -d "$dead" ] && [ ! -e "$dead/result.json" ] || continue
		note "job ${dead##*/}: was killed"
		job_drop_workspace "$dead"
		job_result "$dead" killed ''
		swept=1
	done
	lock_drop 8
	[ ! "$swept" ] || trash_empty
}

# job_result JOB VERDICT CODE - writes result.json
job_result() {
	read -r began 2>/dev/null <"$1/began" || began=0
	for file in sources packages stack rusage; do
		[ -r "$1/$file" ] || : >"$1/$file"
	done
	read -r job_bundle 2>/dev/null <"$1/bundle.path" || job_bundle=''
	read -r job_branch 2>/dev/null <"$1/branch" || job_branch=''
	jq -n --arg id "${1##*/}" --arg bundle "$job_bundle" \
	    --arg branch "$job_branch" --arg verdict "$2" --arg code "$3" \
	    --argjson began "$began" --argjson ended "$(date +%s)" \
	    --rawfile stack "$1/stack" --rawfile sources "$1/sources" \
	    --rawfile packages "$1/packages" --rawfile rusage "$1/rusage" '
		def rows: split("\n") | map(select(. != "") | split("\t"));
		{ id: $id, bundle: $bundle, branch: $branch, verdict: $verdict,
		  code: (if $code == "" then null else ($code | tonumber) end),
		  began: $began, ended: $ended,
		  layers: ($stack | split(" ") | map(rtrimstr("\n")) | map(select(. != ""))),
		  sources: ($sources | rows | map({ type: .[1], digest: .[2], name: .[3], url: .[5] })),
		  packages: ($packages | rows | map({ digest: .[0], bytes: (.[1] | tonumber), file: .[2] })),
		  usage: ($rusage | rows | map(.[0] | capture("^(?<key>[a-z_]+)=(?<value>.*)$")
		      | { (.key): (.value | if test("^-?[0-9]+([.][0-9]+)?$") then tonumber else . end) })
		      | add) }' \
	    >"$1/result.json.new" && mv "$1/result.json.new" "$1/result.json"
}

# job_steps STEP... - the straight line; the first that fails ends it
job_steps() {
	for step; do
		note "step $step"
		[ "$dry" ] || echo "$step" >"$job/step"
		. "$here/step/$step.sh"
	done
}

# job_end CODE - what there is to say when the job ends, however it does.  After
# steps that were named by hand the workspace stays, for the next of them.
by_hand='' deps_locked=''
job_end() {
	trap '' INT TERM HUP
	trap - EXIT
	progress_end
	case $1 in
	0) verdict=ok; [ -s "$job/packages" ] || verdict=unfinished ;;
	1|12[2-5]) verdict=$(record_get verdict failed) ;;
	129|130|143) verdict=stopped ;;
	*) verdict=error ;;
	esac
	[ "$by_hand" ] || history_add "$verdict"
	[ ! "$deps_locked" ] || deps_unlock
	[ ! -d "$job/resolve" ] || trash "$job/resolve"
	[ ! -d "$job/archives" ] || [ "$verdict" = stopped ] ||
		archives_end "$job/archives" "$(cat "$job/stack")"
	[ ! -d "$job/upper" ] || case ${by_hand:-$clean_keep}:$verdict in
	always:*) job_keep_workspace "$job" ;;
	never:*|*:ok|*:stopped|*:error) job_drop_workspace "$job" ;;
	*) job_keep_workspace "$job" ;;
	esac
	job_result "$job" "$verdict" "$1"
	trash_empty
	exit "$1"
}

# job_version - what build.sh says that it builds.  A report is written by a root
# that nobody vouches for.
job_version() {
	job_version=-
	[ ! -f "$job/output/report" ] || [ -L "$job/output/report" ] ||
		while IFS='=' read -r record_key record_value; do
			[ "$record_key" != version ] || job_version=$record_value
		done <"$job/output/report"
	case $job_version in
	*[!a-zA-Z0-9.+~:-]*) job_version=- ;;
	esac
	echo "$job_version" >"$job/version"
}

# record_get KEY DEFAULT - from the record of the container
record_get() {
	record_value=''
	[ ! -r "$job/rusage" ] || while IFS='=' read -r record_key record_value; do
		[ "$record_key" != "$1" ] || break
		record_value=''
	done <"$job/rusage"
	echo "${record_value:-$2}"
}
