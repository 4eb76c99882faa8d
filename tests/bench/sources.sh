#!/bin/sh
# What the step fetch takes when all files are in the cache: of one file, and of
# 184.  The network is not there, so that nobody can be asked.
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root

# step_time BUNDLE - microseconds of the step, the middle one of 21, for a job
# that was frozen from BUNDLE
step_time() (
	set -eu
	# shellcheck disable=SC2034 # for the libraries
	here=$top/scripts dry='' verbose='' conf_opt=$conf command=bench tty=''
	for word in $(sed -n 's/^for word in \(.*\); do$/\1/p' "$here/aoinb"); do
		. "$here/lib/$word.sh"
	done
	conf_load
	job=$work/$1 job_id=$1
	mkdir -p "$job"
	cp -a "$1" "$job/bundle"
	round=0
	while [ "$round" -lt 21 ]; do
		began=$(date +%s%6N)
		. "$here/step/fetch.sh"
		echo $(($(date +%s%6N) - began))
		round=$((round + 1))
	done | sort -n | sed -n 11p
)

# files N - a bundle of N files, which are in the cache
files() {
	mkdir -p "files$1/autobuild"
	i=0 srcs='' sums=''
	while [ "$i" -lt "$1" ]; do
		echo "$1 $i" >file
		sum=$(sha256sum <file)
		aoinb -c "$conf" cache import file >/dev/null
		srcs="$srcs file::https://nowhere.invalid/$i" sums="$sums sha256::${sum%% *}"
		i=$((i + 1))
	done
	printf 'VER=1\nSRCS="%s"\nCHKSUMS="%s"\n' "$srcs" "$sums" >"files$1/spec"
}

world_new w
for n in 1 184; do
	files "$n"
	step_time "files$n" | awk -v name="step fetch, $n files" '{
		printf "%-24s %10.4f s %12s   aim   %6.3f  %s\n", name, $1 / 1e6, "",
		    0.02, $1 <= 2e4 ? "ok    " : "MISSED"
	}'
done
