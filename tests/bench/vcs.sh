#!/bin/sh
# The fetch step of a second build: git sources whose commits are in the mirrors,
# by tags, which are asked for, and by hashes, which are not
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
. "$top/tests/bench/step.sh"
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

for commit in tags/v7 "$(git -C work/repo rev-parse v7)"; do
	case $commit in tags/*) what="tag" ;; *) what="hash" ;; esac
	for count in 1 10; do
		sources "$count" "$commit"
		aim "step fetch, $count git $what" \
		    "$(step_time b | awk -v n="$count" '{ print $1 / n }')" 0.1 'a source'
	done
done
