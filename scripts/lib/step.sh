# shellcheck shell=sh
# What the steps of a job have in common: "STEP [-nv] JOB".  A step reads the folder
# of its job, adds its files to it, and exits; nothing else passes between steps.

here=${0%/*}
case $here in
[!/]*|*/..*) here=$(cd "$here/.." && pwd) ;;
*) here=${here%/*} ;;	# as the front-end calls us
esac
. "$here/lib/start.sh"

# step_begin [-nv] JOB - sets job; conf_KEY from its frozen configuration; the
# environment that it was begun with; and for a build, branch
step_begin() {
	step=${0##*/}
	while [ $# -gt 0 ]; do
		case $1 in
		-n) dry=1 ;;
		-v) verbose=1 ;;
		-h|--help) sed -n '2{s/^# /usage: /; s/ - /\n\n/p; q}' "$0"; exit 0 ;;
		-*) bad "step $step: no such option: $1" ;;
		*) break ;;
		esac
		shift
	done
	[ $# -eq 1 ] || bad "step $step: wants the folder of a job"
	job=$1
	[ -r "$job/conf" ] || die 66 "step $step: $job: not the folder of a build"
	settings=$(aoinb-conf --file="$job/conf" shell) || exit
	eval "$settings"
	step_environment
	read -r branch 2>/dev/null <"$job/branch" || die 65 "job ${job##*/}: it has no branch"
	trap 'exit 130' INT
	[ "$dry" ] || echo "$step" >"$job/step" ||
		die 74 "job ${job##*/}: $job/step cannot be written"
}

# step_environment - what a build heeds of the environment is that of the job's
# beginning, whoever goes on with it
step_environment() {
	unset ABMODIFIERS VERSTAMP AOINB_COMMIT AOINB_ACBS_VERSION SOURCE_DATE_EPOCH http_proxy https_proxy all_proxy no_proxy
	[ -r "$job/env" ] || return 0
	while IFS= read -r step_line; do
		export "${step_line?}"
	done <"$job/env"
}
