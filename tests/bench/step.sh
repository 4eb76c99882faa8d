# shellcheck shell=sh
# A step alone, as the benchmarks measure it.  For what has sourced lib.sh and
# world.sh, and made a world.

# step_time BUNDLE [STEP [TIMES]] - seconds of the step, fetch when none is named, the
# middle one of 21 or TIMES, for a job that was frozen from BUNDLE
step_time() (
	set -eu
	# shellcheck disable=SC2034 # for the libraries
	here=$top/scripts toolbox=$top/toolbox dry='' verbose='' conf_opt=$conf command=bench tty=''
	# shellcheck disable=SC2013 # words
	for word in $(sed -n 's/^use //p' "$here/aoinb"); do
		. "$here/lib/$word.sh"
	done
	conf_load
	job=$work/jobs/bench job_id=bench branch=stable
	rm -rf "$job"
	mkdir -p "$job"
	cp -a "$1" "$job/bundle"
	job_stand "$branch"
	step=${2:-fetch} times=${3:-21} round=0
	while [ "$round" -lt "$times" ]; do
		began=$(date +%s%6N)
		. "$here/step/$step.sh"
		echo $(($(date +%s%6N) - began))
		round=$((round + 1))
	done | sort -n | sed -n "$(((times + 1) / 2))p" | awk '{ print $1 / 1e6 }'
)
