# shellcheck shell=sh
# The step fetch alone, as the benchmarks of sources measure it.  For what has
# sourced lib.sh and world.sh, and made a world.

# step_time BUNDLE - seconds of the step, the middle one of 21, for a job that was
# frozen from BUNDLE
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
	round=0
	while [ "$round" -lt 21 ]; do
		began=$(date +%s%6N)
		. "$here/step/fetch.sh"
		echo $(($(date +%s%6N) - began))
		round=$((round + 1))
	done | sort -n | sed -n 11p | awk '{ print $1 / 1e6 }'
)
