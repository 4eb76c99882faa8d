# shellcheck shell=sh
# A step alone, as the benchmarks measure it.  For what has sourced lib.sh and
# world.sh, and made a world.

# step_job BUNDLE - a job that is frozen from it, as "aoinb build" makes one; prints its
# folder
step_job() (
	set -eu
	aoinb -c "$conf" cleanup jobs
	job=$(aoinb-job -w "$work" new --branch=stable -- build "$1")
	aoinb-conf -c "$conf" ini >"$job/conf"
	echo "$conf/source_lists/stable.list" >"$job/list"
	arch=$(aoinb-conf -c "$conf" get arch)
	aoinb-spec --env -a "$arch" "$job/bundle/spec" >"$job/spec.env"
	aoinb-spec --sources -a "$arch" "$job/bundle/spec" >"$job/sources.want"
	aoinb-layer -w "$work" stand "$job" stable
	echo "$job"
)

# step_time BUNDLE [STEP [TIMES]] - seconds of the step, fetch when none is named, the
# middle one of 21 or TIMES
step_time() (
	set -eu
	job=$(step_job "$1")
	step=${2:-fetch} times=${3:-21} round=0
	while [ "$round" -lt "$times" ]; do
		began=$(date +%s%6N)
		"$top/scripts/step/$step" "$job" >&2
		echo $(($(date +%s%6N) - began))
		round=$((round + 1))
	done | sort -n | sed -n "$(((times + 1) / 2))p" | awk '{ print $1 / 1e6 }'
)
