#!/bin/sh
# The fetch step of a second build: git sources whose commits are in the mirrors,
# by tags, which are asked for, and by hashes, which are not
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need git python3
. "$top/tests/vcs-words.sh"

world_new w
git_repo repo
n=0
while [ "$n" -lt 200 ]; do
	git_commit repo "file-$n"
	git -C work/repo tag "v$n"
	n=$((n + 1))
done
http_serve

# sources N COMMIT - a bundle with N of them, fetched once
sources() {
	bundle_tiny b
	n=0 list='' sums=''
	while [ "$n" -lt "$1" ]; do
		list="$list git::rename=r$n;commit=$2::$http/git/repo.git" sums="$sums SKIP" n=$((n + 1))
	done
	printf 'VER=1\nSRCS="%s"\nCHKSUMS="%s"\n' "$list" "$sums" >b/spec
	aoinb -c "$conf" fetch b >/dev/null
}

# step_time BUNDLE - seconds of the step fetch, the middle one of 21
step_time() (
	set -eu
	# shellcheck disable=SC2034 # for the libraries
	here=$top/scripts toolbox=$top/toolbox dry='' verbose='' conf_opt=$conf command=bench tty=''
	# shellcheck disable=SC2013 # words
	for word in $(sed -n 's/^for word in \(.*\); do$/\1/p' "$here/aoinb"); do
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

for commit in tags/v7 "$(git -C work/repo rev-parse v7)"; do
	case $commit in tags/*) what="tag" ;; *) what="hash" ;; esac
	for count in 1 10; do
		sources "$count" "$commit"
		step_time b | awk -v name="step fetch, $count git $what" -v n="$count" '{
			printf "%-24s %10.4f s %12s   aim   %6.3f  %s  a source\n", name, $1 / n, "", 0.1,
			    $1 / n <= 0.1 ? "ok    " : "MISSED"
		}'
	done
done
